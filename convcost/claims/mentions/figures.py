"""The numbers that a network is known by: params, operations and depth, under every usual way to count them.

All of them are computed once for a network; a printed number is then looked up among them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cache

from ...analysis.depth import depth
from ...analysis.readings import readings
from ...costing import Cost, Row, cost
from ...errors import ConvcostError
from ...layers import Linear
from ...layers.base import Contracting
from ...layers.normalization import BatchNorm
from ...messages import Message
from ..judge import matches
from ..printed import Printed
from .variants import VARIANTS, Variant

PARAMS, MACS, FLOPS = Message("parameters"), Message("MACs"), Message("FLOPs")
LAYERS = Message("layers with weights")
#: What may be changed about a count (the first three by :mod:`convcost.analysis.readings`), in words to be told.
_CHANGES = {
    "without bias": Message("without biases"),
    "without batch norm": Message("without batch norm"),
    "with running statistics": Message("with running statistics"),
    "without last": Message("without the last layer"),
    "without linear": Message("without the linear layers"),
    "Keras biases": Message("with running statistics and biases before batch norm, as Keras has them"),
    "Keras scale": Message("with running statistics and no scale in batch norm, as Keras has it"),
}


@dataclass(frozen=True)
class Figure:
    """A number of a network in words, or a range where tools differ in what little they count as well."""

    low: Fraction
    high: Fraction
    what: Message
    how: Message
    #: Whether it is what the words say, and no special reading of them.
    plain: bool = False
    #: What is told of it: ``without bias``, ``with heads`` and the like.
    tags: frozenset[str] = frozenset()

    def fits(self, printed: Printed, about: bool = False) -> str | None:
        """``holds`` or ``holds-rounded``, where the printed number stands for it.

        >>> from ..printed import read_number
        >>> figure = Figure(Fraction(40), Fraction(42), Message("MACs"), Message("so"))
        >>> figure.fits(read_number("40")), figure.fits(read_number("41")), figure.fits(read_number("43"))
        ('holds', 'holds-rounded', None)
        """
        if printed.value == self.low:
            return "holds"
        # Zeros that fill a rounded number up (138,358,000) are no figures.
        padded = printed.exact and printed.loose_step >= 10 and printed.value >= 1000 * printed.loose_step
        return "holds-rounded" if matches(self._nearest(printed.value), printed, about or padded) else None

    def distance(self, value: Fraction) -> Fraction:
        """How far a value is off, as a part of the figure."""
        return abs(value - self._nearest(value)) / self.low

    def times(self, factor: int, what: Message) -> Figure:
        """The same so many times."""
        return replace(self, low=self.low * factor, high=self.high * factor, what=what)

    def _nearest(self, value: Fraction) -> Fraction:
        return min(max(value, self.low), self.high)


@dataclass(frozen=True)
class Figures:
    """Everything that is known of a network: ``headless`` are its params without the last layer, and each class of that
    layer has ``per_class`` more.
    """

    params: tuple[Figure, ...]
    macs: tuple[Figure, ...]
    depth: int
    headless: int
    per_class: int

    @property
    def flops(self) -> tuple[Figure, ...]:
        """Two for each multiply-accumulate."""
        return tuple(figure.times(2, FLOPS) for figure in self.macs)


@cache
def figures(name: str, side: int | None = None) -> Figures:
    """The figures of a network, of all that its name may mean; at another input size with ``side``.

    >>> found = figures("vgg16")
    >>> int(found.params[0].low), int(found.macs[0].low), found.depth
    (138357544, 15470264320, 16)
    """
    counted = [(variant, _cost(variant, side)) for variant in VARIANTS[name]]
    taken = [(variant, each) for variant, each in counted if each is not None]
    if not taken:
        return figures(name)
    first = taken[0][1]
    last = _contracting(first)[-1]
    return Figures(
        params=_distinct(figure for variant, each in taken for figure in _params(variant, each)),
        macs=tuple(figure for variant, each in taken for figure in _macs(variant, each)),
        depth=depth(first),
        headless=first.params - last.params,
        per_class=last.params // last.output[0],
    )


def _distinct(found: Iterable[Figure]) -> tuple[Figure, ...]:
    """The first of those that are the same number."""
    kept: dict[Fraction, Figure] = {}
    for figure in found:
        kept.setdefault(figure.low, figure)
    return tuple(kept.values())


def _cost(variant: Variant, side: int | None) -> Cost | None:
    """The cost at a side length, where the network takes it; a variant that differs only in that is left out."""
    shape = variant.input if side is None else (variant.input[0], side, side)
    if side is not None and variant.at_other_size:
        return None
    try:
        return cost(variant.build(), shape)
    except ConvcostError:
        return None


def _contracting(counted: Cost) -> list[Row]:
    return [row for row in counted.rows if isinstance(row.layer, Contracting)]


def _params(variant: Variant, counted: Cost) -> Iterator[Figure]:
    """With and without biases, batch norm, running statistics and the last layers."""
    for found in readings(counted, None, ()).found:
        far = abs(found.value - counted.params) * 100 > counted.params
        if set(found.changes) <= {*_CHANGES} and not (far and "without batch norm" in found.changes):
            yield _point(found.value, variant, *found.changes)
    layers = _contracting(counted)
    last, linear = layers[-1], sum(row.params for row in layers if isinstance(row.layer, Linear))
    norm = sum(row.params for row in counted.rows if isinstance(row.layer, BatchNorm))
    yield _point(counted.params - last.params, variant, "without last")
    if linear > last.params:
        yield _point(counted.params - linear, variant, "without linear")
    if norm:
        yield _point(counted.params + norm // 2 + counted.buffers, variant, "Keras biases")
        yield _point(counted.params - norm // 2 + counted.buffers, variant, "Keras scale")


def _point(value: int | Fraction, variant: Variant, *changes: str) -> Figure:
    how = Message.joined(variant.words, *(_CHANGES[change] for change in changes), by=", ")
    tags = variant.tags | {*changes}
    return Figure(Fraction(value), Fraction(value), PARAMS, how, not changes, tags)


def _macs(variant: Variant, counted: Cost) -> Iterator[Figure]:
    """From the multiply-accumulates alone to all that tools count as well: batch norm, activations, pools, biases.

    Some tools charge linear layers their additions on top of that.
    """
    alone = counted.macs
    linear = sum(row.macs for row in counted.rows if isinstance(row.layer, Linear))
    others = counted.under("full") - counted.under("flops")
    most = max(Fraction(alone) + linear + Fraction(3 * others, 2), alone * Fraction(101, 100))
    yield Figure(Fraction(alone), most, MACS, variant.words, True, variant.tags)
    if linear * 200 > alone:
        how = Message.joined(variant.words, Message("convolutions only"), by=", ")
        convolutions = Fraction(alone - linear)
        yield Figure(convolutions, convolutions * Fraction(101, 100), MACS, how, tags=variant.tags | {"without linear"})
