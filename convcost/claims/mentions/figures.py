"""The numbers that a network is known by: params, operations and depth, under every usual way to count them.

All of them are computed once for a network; a printed number is then looked up among them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
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
#: The changes of :mod:`convcost.analysis.readings`, in words that can be told in another language.
_CHANGES = {
    "without bias": Message("without biases"),
    "without batch norm": Message("without batch norm"),
    "with running statistics": Message("with running statistics"),
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

    def fits(self, printed: Printed, about: bool = False) -> str | None:
        """``holds`` or ``holds-rounded``, where the printed number stands for it.

        >>> from ..printed import read_number
        >>> figure = Figure(Fraction(40), Fraction(42), Message("MACs"), Message("so"))
        >>> figure.fits(read_number("40")), figure.fits(read_number("41")), figure.fits(read_number("43"))
        ('holds', 'holds-rounded', None)
        """
        if printed.value == self.low:
            return "holds"
        return "holds-rounded" if matches(self._nearest(printed.value), printed, about) else None

    def distance(self, value: Fraction) -> Fraction:
        """How far a value is off, as a part of the figure."""
        return abs(value - self._nearest(value)) / self.low

    def times(self, factor: int, what: Message) -> Figure:
        """The same so many times."""
        return Figure(self.low * factor, self.high * factor, what, self.how, self.plain)

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
        if set(found.changes) <= {*_CHANGES}:
            changes = [_CHANGES[change] for change in found.changes]
            yield _point(found.value, PARAMS, variant, *changes, plain=not changes)
    layers = _contracting(counted)
    last, linear = layers[-1], sum(row.params for row in layers if isinstance(row.layer, Linear))
    norm = sum(row.params for row in counted.rows if isinstance(row.layer, BatchNorm))
    yield _point(counted.params - last.params, PARAMS, variant, Message("without the last layer"))
    if linear > last.params:
        yield _point(counted.params - linear, PARAMS, variant, Message("without the linear layers"))
    if norm:
        both = counted.params + norm // 2 + counted.buffers
        yield _point(both, PARAMS, variant, Message("with biases before batch norm and running statistics, as Keras"))
        scaleless = counted.params - norm // 2 + counted.buffers
        yield _point(scaleless, PARAMS, variant, Message("with running statistics and no scale in batch norm, as Keras"))


def _macs(variant: Variant, counted: Cost) -> Iterator[Figure]:
    """From the multiply-accumulates alone to all that tools count as well: batch norm, activations, pools, biases.

    Some tools charge linear layers their additions on top of that.
    """
    alone = counted.macs
    linear = sum(row.macs for row in counted.rows if isinstance(row.layer, Linear))
    others = counted.under("full") - counted.under("flops")
    most = max(Fraction(alone) + linear + Fraction(3 * others, 2), alone * Fraction(101, 100))
    yield Figure(Fraction(alone), most, MACS, variant.words, plain=True)
    if linear * 200 > alone:
        how = Message.joined(variant.words, Message("convolutions only"), by=", ")
        yield Figure(Fraction(alone - linear), Fraction(alone - linear) * Fraction(101, 100), MACS, how)


def _point(value: int | Fraction, what: Message, variant: Variant, *changes: Message, plain: bool = False) -> Figure:
    how = Message.joined(variant.words, *changes, by=", ")
    return Figure(Fraction(value), Fraction(value), what, how, plain)
