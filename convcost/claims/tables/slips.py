"""What happened to a cell that breaks a law, and what only looks as if it did."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from math import isqrt

from ...messages import Message
from ..diagnosis import Case, diagnose
from ..expression import Node, Number, numbers
from ..printed import read_number
from .evidence import Instance
from .figure import Figure, agreement
from .grid import Grid
from .layers import Facts, Layer, Ref
from .relation import Forecast, Relation

#: Kernel, input and output channels of the layers that AlexNet splits into two groups.
_TWO_GROUPS = {(5, 96, 256), (3, 384, 384), (3, 384, 256)}
#: LeNet-5's C3 connects each map with some of the maps before it only.
_LENET_C3 = {Fraction(1516), Fraction(1500), Fraction(151600), Fraction(150000), Fraction(156000)}


_TENS = tuple(Fraction(10) ** power for power in (-6, -3, -2, -1, 1, 2, 3, 6))


@dataclass(frozen=True)
class Slip:
    """A reason and a sentence; ``named`` if it is a slip of its own and no mere difference."""

    reason: str
    why: Message
    named: bool = True


#: Where nothing is known of what happened.
UNKNOWN = Slip("arithmetic", Message("no simpler slip explains the difference"), named=False)


def of_number(said: int, right: int) -> Slip:
    """What happened to a number of channels.

    >>> of_number(46, 64).reason, of_number(46, 128).reason
    ('misprint', 'arithmetic')
    """
    node = Number((0, 0), 1, read_number(str(right)))
    found = diagnose(Case(node, Fraction(right), read_number(str(said)), str(said)))
    return Slip("misprint", found.why) if found.reason == "misprint" else UNKNOWN


def layer_of(facts: Facts, row: int) -> Layer | None:
    return next((layer for layer in facts.layers if layer.row == row), None)


def excused(relation: Relation, facts: Facts) -> bool:
    """Whether a layer may be built otherwise than its row lets one think: then its numbers are not judged."""
    said = facts.values[relation.target]
    layer = layer_of(facts, relation.row)
    if not isinstance(said, Figure) or layer is None or relation.law not in ("parameters", "operations"):
        return False
    sizes = _sizes(layer, facts)
    if sizes is None:
        return False
    area, inputs, outputs, places = sizes
    if said.value in _LENET_C3 and (area, inputs, outputs) == (25, 6, 16):
        return True
    if relation.law == "operations":
        return _other_inputs(said, area * outputs * places, layer, facts, inputs, (0,))
    if (area, inputs, outputs) in {(k * k, i, o) for k, i, o in _TWO_GROUPS} and _says(
        said, Fraction(area * inputs * outputs, 2), outputs
    ):
        return True
    return _other_inputs(said, area * outputs, layer, facts, inputs, (0, outputs, 2 * outputs, 4 * outputs))


def _says(figure: Figure, weights: Fraction, outputs: int) -> bool:
    return any(agreement(figure, value, value) != "no" for value in (weights, weights + outputs))


def _sizes(layer: Layer, facts: Facts) -> tuple[int, int, int, int] | None:
    """Kernel area, input and output channels, positions of the output."""
    if not {"in", "out"} <= layer.refs.keys():
        return None
    inputs, outputs = layer.refs["in"].of(facts.values), layer.refs["out"].of(facts.values)
    kernel = facts.values.get(layer.refs["kernel"].key) if "kernel" in layer.refs else (1, 1)
    if not inputs or not outputs or not isinstance(kernel, tuple):
        return None
    shape = layer.refs.get("out shape")
    places = Ref(shape.key, "positions").of(facts.values) if shape and layer.kind != "fc" else 1
    return kernel[0] * kernel[1], inputs, outputs, places or 1


def _other_inputs(
    said: Figure, per_input: int, layer: Layer, facts: Facts, inputs: int, beside: tuple[int, ...]
) -> bool:
    """Whether the input comes from elsewhere than the row before: a branch, two of them, an unlisted pooling."""
    key = layer.refs["in"].key
    if key[0] == layer.row:
        return False
    counts = {(said.value - more) / per_input for more in beside} | {said.value / 2 / per_input}
    found = {count.numerator for count in counts if count.denominator == 1 and count > 1 and count != inputs}
    if layer.kind == "fc":
        return any(_pooled(facts.values.get(key), count) for count in found)
    known = _channels_of(facts)
    return any(
        inputs % count == 0 or count in known or any(count - other in known for other in known) for count in found
    )


def _pooled(shape: object, count: int) -> bool:
    """Whether so many features are left of a map after a pooling."""
    if not isinstance(shape, tuple) or not shape[0] or count % shape[0]:
        return False
    places = count // shape[0]
    return isqrt(places) ** 2 == places and isqrt(places) < min(shape[1:], default=0)


def _channels_of(facts: Facts) -> set[int]:
    """Every number of channels that a row tells."""
    refs = (ref for layer in facts.layers for name, ref in layer.refs.items() if name in ("in", "out"))
    return {count for ref in refs if (count := ref.of(facts.values))}


def named_slip(instance: Instance, forecast: Forecast, facts: Facts) -> Slip | None:
    """A slip of the law itself: biases, a factor of the product, the wrong size."""
    relation, said = instance.relation, facts.values[instance.relation.target]
    if isinstance(said, int):
        return None
    if not isinstance(said, Figure):
        return Slip("output-shape", Message("with kernel, stride and padding as shown the output has another size"))
    if instance.other is not None:
        return _other_variant(relation, instance.other)
    layer = layer_of(facts, relation.row)
    if layer is None or relation.law not in ("parameters", "operations"):
        return None
    for value, slip in _forgotten(relation, layer, facts):
        if agreement(said, value, value) == "yes" and not said.low <= forecast.value <= said.high:
            return slip
    return None


def _other_variant(relation: Relation, other: Relation) -> Slip:
    if relation.law == "parameters":
        return Slip(
            "bias", Message("this row counts {one}, the others count {all}", one=other.variant, all=relation.variant)
        )
    if relation.law in ("operations", "FLOPs and MACs"):
        return Slip("factor-2", Message("this row counts otherwise than the others: {one}", one=other.variant))
    reason = "factor-2" if other.variant.split(",")[0] != relation.variant.split(",")[0] else "unit"
    return Slip(reason, Message("this row counts otherwise than the others: {one}", one=other.variant))


def _forgotten(relation: Relation, layer: Layer, facts: Facts) -> Iterator[tuple[Fraction, Slip]]:
    """What the row would say if a part of the product had been forgotten."""
    sizes = _sizes(layer, facts)
    if sizes is None:
        return
    area, inputs, outputs, places = (Fraction(size) for size in sizes)
    if relation.law == "parameters":
        weights = area * inputs * outputs
        yield (
            weights + 1,
            Slip("bias", Message("one bias is counted for the whole layer, where every output channel has one")),
        )
        if layer.depthwise:
            return
        for bias in (outputs, Fraction(0), Fraction(1)):
            if inputs > 1:
                yield area * outputs + bias, Slip("missing-term", Message("the input channels are forgotten"))
            if outputs > 1:
                yield area * inputs + bias, Slip("missing-term", Message("the output channels are forgotten"))
            if area > 1:
                yield inputs * outputs + bias, Slip("missing-term", Message("the size of the kernel is forgotten"))
    else:
        yield from _forgotten_places(layer, facts, area * inputs * outputs, places)


def _forgotten_places(
    layer: Layer, facts: Facts, weights: Fraction, places: Fraction
) -> Iterator[tuple[Fraction, Slip]]:
    for by in (1, 2):
        if places > 1:
            yield weights * by, Slip("missing-term", Message("the positions of the output are forgotten"))
        shape = layer.refs.get("in shape")
        before = Ref(shape.key, "positions").of(facts.values) if shape else None
        if before and before != places:
            yield (
                weights * by * before,
                Slip("output-shape", Message("the size of the input is taken for that of the output")),
            )


def slip_of(instance: Instance, forecast: Forecast, facts: Facts, grid: Grid) -> Slip:
    """The best explanation of a wrong cell."""
    found = named_slip(instance, forecast, facts)
    if found is not None:
        return found
    said = facts.values[instance.relation.target]
    node = forecast.node
    if isinstance(said, int):
        return of_number(said, int(forecast.value))
    if not isinstance(said, Figure) or node is None:
        return UNKNOWN
    if said.computed and said.node is not None:
        return _expression_slip(said.node, node) or diagnosed(said, forecast, instance.relation.target, facts, grid)
    return diagnosed(said, forecast, instance.relation.target, facts, grid)


def _expression_slip(printed: Node, right: Node) -> Slip | None:
    """An expression of as many numbers as the row asks for, some of them others."""
    said, asked = Counter(n.printed.value for n in numbers(printed)), Counter(n.printed.value for n in numbers(right))
    wrong, missing = said - asked, asked - said
    if said.total() == asked.total() and 0 < wrong.total() <= 2:
        shown, meant = (", ".join(map(str, sorted(rest.elements()))) for rest in (wrong, missing))
        return Slip(
            "wrong-operand", Message("the expression has {shown} where the row has {meant}", shown=shown, meant=meant)
        )
    return None


def diagnosed(said: Figure, forecast: Forecast, key: tuple[int, int | str], facts: Facts, grid: Grid) -> Slip:
    """A slip of digits, units or terms; a number that stands in the row above or below; or nothing known."""
    node = forecast.node
    if node is not None:
        found = diagnose(Case(node, forecast.value, said.printed, said.text))
        if found.reason != "arithmetic":
            return Slip(found.reason, found.why, found.reason != "rounding")
    elif any(forecast.low <= said.value * by <= forecast.high for by in _TENS):
        return Slip("unit", Message("the printed value is off by a power of ten"))
    row, column = key
    for other in (row - 1, row + 1):
        neighbour = facts.values.get((other, column))
        if isinstance(neighbour, Figure) and neighbour.value == said.value and said.value >= 10:
            return Slip(
                "wrong-operand", Message("this is the number of {label}", label=grid.rows[other].label), named=False
            )
    return UNKNOWN
