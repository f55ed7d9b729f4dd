"""The laws of a row: kernel and channels give parameters, parameters and positions give operations, and so on."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fractions import Fraction
from itertools import pairwise
from math import prod

from ...window import positions
from .figure import Figure
from .grid import Grid
from .layers import MAX_KERNEL, Facts, Key, Layer, Ref
from .relation import Forecast, Relation, Values, exactly, scaled


def relations_of(grid: Grid, facts: Facts) -> list[Relation]:
    """Every relation, under every variant of its law."""
    found: list[Relation] = []
    for layer in facts.layers:
        found += _parameters(grid, facts, layer)
        found += _operations(grid, facts, layer)
        found += _elements(grid, facts, layer)
    found += _channels(facts)
    found += _chain(facts)
    found += _windows(facts)
    return found


def _cells(grid: Grid, facts: Facts, row: int, *quantities: str) -> Iterator[Key]:
    """The printed figures of a row in the columns of some quantities."""
    for column in grid.columns(*quantities):
        figure = facts.values.get((row, column))
        if isinstance(figure, Figure) and figure.value > 0:
            yield row, column


# -- parameters ----------------------------------------------------------------------------------------------------

#: How often the output channels are counted beside the weights, and how that is written, by variant.
PARAMETERS = {
    "weights and biases": (1, "{w} + {o}"),
    "weights": (0, "{w}"),
    "weights and two per channel of a normalization": (2, "{w} + 2×{o}"),
    "weights, biases and two per channel of a normalization": (3, "{w} + {o} + 2×{o}"),
    "weights and four per channel of a normalization": (4, "{w} + 4×{o}"),
    "weights, biases and four per channel of a normalization": (5, "{w} + {o} + 4×{o}"),
}


def _parameters(grid: Grid, facts: Facts, layer: Layer) -> Iterator[Relation]:
    weights = weights_of(layer)
    if weights is None:
        return
    sources = tuple(layer.refs[name].key for name in ("kernel", "in", "out", "groups") if name in layer.refs)
    for target in _cells(grid, facts, layer.row, "params", "weights", "total"):
        both = grid.heads[target[1]].quantity == "weights" and grid.columns("biases", "params")  # type: ignore[index]
        for variant, (times, formula) in PARAMETERS.items():
            if both and variant != "weights":
                continue
            if layer.kind == "fc" and "normalization" in variant:
                continue
            if (biases := grid.heads[target[1]].biases) is not None and biases != ("biases" in variant):  # type: ignore[index]
                continue
            yield Relation(
                "parameters", variant, layer.row, target, sources,
                _with_channels(weights, layer, times, formula), "depthwise" if layer.depthwise else layer.kind, sure=biases is not None,
            )  # fmt: skip
    for target in _cells(grid, facts, layer.row, "biases"):
        forecast = _same_number(layer.refs["out"])
        yield Relation("biases", "", layer.row, target, (layer.refs["out"].key,), forecast, layer.kind)


Factors = tuple[int, ...]


def weights_of(layer: Layer) -> Callable[[Values], Factors | None] | None:
    """The factors of the product that counts a layer's weights."""
    refs = layer.refs
    if layer.kind == "fc" and {"in", "out"} <= refs.keys():
        return lambda values: _product(refs["in"].of(values), refs["out"].of(values))
    if layer.kind not in ("conv", "transposed") or not {"kernel", "in", "out"} <= refs.keys():
        return None
    return lambda values: _convolution(layer, values)


def _product(*numbers: int | None) -> Factors | None:
    known = tuple(number for number in numbers if number is not None and number > 0)
    return known if len(known) == len(numbers) else None


def _written(factors: Factors) -> str:
    return "×".join(map(str, factors))


def _convolution(layer: Layer, values: Values) -> Factors | None:
    kernel = values[layer.refs["kernel"].key]
    inputs, outputs = layer.refs["in"].of(values), layer.refs["out"].of(values)
    if not isinstance(kernel, tuple) or inputs is None or outputs is None or max(kernel) > MAX_KERNEL:
        return None
    groups = layer.refs["groups"].of(values) if "groups" in layer.refs else 1
    if layer.depthwise:
        return _product(*kernel, outputs)
    if not groups or inputs % groups:
        return None
    return _product(*kernel, inputs // groups, outputs)


def _with_channels(
    weights: Callable[[Values], Factors | None], layer: Layer, times: int, formula: str
) -> Callable[[Values], Forecast | None]:
    def forecast(values: Values) -> Forecast | None:
        product, outputs = weights(values), layer.refs["out"].of(values)
        if product is None or outputs is None:
            return None
        return exactly(prod(product) + times * outputs, formula.format(w=_written(product), o=outputs))

    return forecast


# -- operations ----------------------------------------------------------------------------------------------------

#: Operations per layer, by variant: per weight and per output channel, at every position; and how that is written.
OPERATIONS = {
    "one per multiply-add": (1, 0, "{w}×{p}"),
    "two per multiply-add": (2, 0, "2×{w}×{p}"),
    "one per multiply-add, and the biases": (1, 1, "({w} + {o})×{p}"),
    "two per multiply-add, and the biases": (2, 1, "(2×{w} + {o})×{p}"),
    "multiplications and additions": (2, -1, "(2×{w} - {o})×{p}"),
}
OPERATION_COLUMNS = ("macs", "flops", "operations")


def _operations(grid: Grid, facts: Facts, layer: Layer) -> Iterator[Relation]:
    weights = weights_of(layer)
    if weights is None:
        return
    shape = layer.refs.get("out shape")
    if layer.kind == "transposed":
        shape = layer.refs.get("in shape")
    elif layer.kind == "conv" and shape is None:
        return
    places = Ref(shape.key, "positions") if layer.kind != "fc" and shape else None
    sources = {layer.refs[name].key for name in ("kernel", "in", "out", "groups") if name in layer.refs}
    for target in _cells(grid, facts, layer.row, *OPERATION_COLUMNS):
        for variant, formula in OPERATIONS.items():
            yield Relation(
                "operations", variant, layer.row, target, (*sources, *([places.key] if places else ())),
                _per_position(weights, layer, formula, places), "depthwise" if layer.depthwise else layer.kind,
            )  # fmt: skip


def _per_position(
    weights: Callable[[Values], Factors | None], layer: Layer, formula: tuple[int, int, str], places: Ref | None
) -> Callable[[Values], Forecast | None]:
    per_weight, per_channel, text = formula

    def forecast(values: Values) -> Forecast | None:
        product, outputs = weights(values), layer.refs["out"].of(values)
        shape = values[places.key] if places else (0, 1)
        if product is None or outputs is None or not isinstance(shape, tuple) or len(shape) < 2:
            return None
        count = (per_weight * prod(product) + per_channel * outputs) * prod(shape[1:])
        return exactly(count, text.format(w=_written(product), o=outputs, p=_written(shape[1:])))

    return forecast


# -- shapes --------------------------------------------------------------------------------------------------------


def _elements(grid: Grid, facts: Facts, layer: Layer) -> Iterator[Relation]:
    shape = layer.refs.get("tensor") or layer.refs.get("out shape")
    if shape is None or shape.key[0] != layer.row:
        return
    if not _product_of(facts.values[shape.key]):
        return
    for target in _cells(grid, facts, layer.row, "elements"):
        yield Relation("elements", "", layer.row, target, (shape.key,), _volume(shape.key, 1))
    for target in _cells(grid, facts, layer.row, "bytes"):
        width = grid.heads[target[1]].width  # type: ignore[index]
        for size in (width,) if width else (4, 2, 1, 8):
            for base in (1000, 1024):
                yield Relation(
                    "bytes of a map", f"{size} bytes each, {base}", layer.row, target, (shape.key,),
                    _bytes(_volume(shape.key, size), facts, target, base), sure=width is not None,
                )  # fmt: skip


def _product_of(value: object) -> Factors | None:
    return _product(*value) if isinstance(value, tuple) else None


def _volume(key: Key, size: int) -> Callable[[Values], Forecast | None]:
    def forecast(values: Values) -> Forecast | None:
        product = _product_of(values[key])
        if product is None:
            return None
        return exactly(prod(product) * size, _written((*product, size) if size > 1 else product))

    return forecast


def _bytes(
    inner: Callable[[Values], Forecast | None], facts: Facts, target: Key, base: int
) -> Callable[[Values], Forecast | None]:
    """The same in a column whose megabytes are of 1024 kilobytes: the cell is larger, so the forecast is smaller."""
    figure = facts.values[target]
    power = figure.printed.byte_power if isinstance(figure, Figure) and "i" not in figure.printed.unit else 0
    shrink = Fraction(1000**power, base**power)

    def forecast(values: Values) -> Forecast | None:
        found = inner(values)
        if found is None or (base == 1024 and not power):
            return None
        return in_units_of(found, shrink)

    return forecast


def in_units_of(forecast: Forecast, shrink: Fraction) -> Forecast:
    """Bytes as a cell prints them: fewer where its kilobytes are larger."""
    middle = forecast.value * shrink
    return Forecast(forecast.low * shrink, forecast.high * shrink, forecast.text, middle=middle, exact=forecast.value)


def _channels(facts: Facts) -> Iterator[Relation]:
    """Channels in a column of their own are those of the shape beside it."""
    for layer in facts.layers:
        for name in ("in", "out"):
            own, shape = layer.refs.get(name), layer.refs.get(f"{name} shape")
            if own is None or shape is None or own.key != (layer.row, name) or shape.key != (layer.row, f"{name} shape"):
                continue
            channels = Ref(shape.key, "channels")
            if layer.kind == "conv" and channels.of(facts.values):
                yield Relation("channels", "", layer.row, own.key, (shape.key,), _same_number(channels), name)


def _chain(facts: Facts) -> Iterator[Relation]:
    """The input channels of a layer are the output channels of the one before."""
    rows = [layer for layer in facts.layers if layer.kind == "conv"]
    for before, after in pairwise(rows):
        out, into = before.refs.get("out"), after.refs.get("in")
        if out is None or into is None or out.part or into.part:
            continue
        if out.key == (before.row, "out") and into.key == (after.row, "in"):
            yield Relation("chain", "", after.row, into.key, (out.key,), _same_number(out), inverse=_same_back(into))


def _same_number(ref: Ref) -> Callable[[Values], Forecast | None]:
    def forecast(values: Values) -> Forecast | None:
        number = ref.of(values)
        return None if number is None else Forecast(Fraction(number), Fraction(number), str(number))

    return forecast


def _same_back(ref: Ref) -> Callable[[Values, Key], Forecast | None]:
    forecast = _same_number(ref)
    return lambda values, _: forecast(values)


def _windows(facts: Facts) -> Iterator[Relation]:
    """The size of the output, where kernel, stride, padding and the size of the input are all shown."""
    for layer in facts.layers:
        refs = layer.refs
        if layer.kind not in ("conv", "pool") or not {"kernel", "stride", "padding", "in shape", "out shape"} <= refs.keys():
            continue
        if "dilation" in refs or refs["out shape"].key[0] != layer.row:
            continue
        names = ("in shape", "kernel", "stride", "padding")
        yield Relation(
            "window", "", layer.row, refs["out shape"].key, tuple(refs[name].key for name in names),
            _window(layer), layer.kind,
        )  # fmt: skip


def _window(layer: Layer) -> Callable[[Values], Forecast | None]:
    def forecast(values: Values) -> Forecast | None:
        size, kernel = values[layer.refs["in shape"].key], values[layer.refs["kernel"].key]
        stride, padding = layer.refs["stride"].of(values), layer.refs["padding"].of(values)
        if not (isinstance(size, tuple) and isinstance(kernel, tuple) and len(size) == 3) or not stride or padding is None:
            return None
        if any(side + 2 * padding < k for side, k in zip(size[1:], kernel, strict=True)):
            return None
        floor, ceil = (
            tuple(positions(side, k, stride, padding, padding, ceil=up) for side, k in zip(size[1:], kernel, strict=True))
            for up in (False, True)
        )
        shapes = ((0, *floor), (0, *ceil)) if layer.kind == "pool" else ((0, *floor),)
        text = f"⌊({size[1]} - {kernel[0]} + 2×{padding})/{stride}⌋ + 1"
        return Forecast(text=text, shapes=shapes)

    return forecast


# -- columns -------------------------------------------------------------------------------------------------------


def multiples(
    law: str, row: int, source: Key, target: Key, by: Fraction, variant: str = "", group: str = "",
    shrink: Fraction = Fraction(1), sure: bool = False,
) -> Relation:  # fmt: skip
    """``target`` is ``by`` times ``source``; in kilobytes of 1024 its number is smaller by ``shrink``."""
    times = f"×{by}" if by != 1 else ""

    def forecast(values: Values) -> Forecast | None:
        figure = values[source]
        if not isinstance(figure, Figure):
            return None
        found = scaled(figure, by, f"{figure.text if figure.computed else figure.value}{times}")
        return found if shrink == 1 else in_units_of(found, shrink)

    def inverse(values: Values, key: Key) -> Forecast | None:
        figure = values[target]
        return scaled(figure, 1 / by / shrink, "") if key == source and isinstance(figure, Figure) else None

    return Relation(law, variant, row, target, (source,), forecast, group, inverse, sure)
