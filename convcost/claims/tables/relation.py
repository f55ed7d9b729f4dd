"""Relations between cells: what one cell must be, given others, under the variants of a law."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction

from ...errors import ClaimError
from ..expression import Node, parse
from .figure import Figure, agreement
from .layers import Key, Ref, Value

Values = Mapping[Key, Value]
Factors = tuple[int, ...]


@dataclass(frozen=True)
class Forecast:
    """What a cell must be: between two bounds, or one of several shapes; ``text`` shows the computation."""

    low: Fraction = Fraction(0)
    high: Fraction = Fraction(0)
    text: str = ""
    shapes: tuple[tuple[int, ...], ...] = ()
    middle: Fraction | None = None
    #: The value in bytes, where the cell counts in kilobytes of 1024.
    exact: Fraction | None = None

    @property
    def value(self) -> Fraction:
        return (self.low + self.high) / 2 if self.middle is None else self.middle

    @property
    def node(self) -> Node | None:
        try:
            return parse(self.text)
        except ClaimError:
            return None


def exactly(value: int, text: str) -> Forecast:
    """The forecast of whole numbers, which has no slack.

    >>> exactly(34_640, "3×3×48×80 + 80").value == 34_640
    True
    """
    exact = Fraction(value)
    return Forecast(exact, exact, text)


def scaled(figure: Figure, by: Fraction, text: str) -> Forecast:
    """A multiple of another figure, with its rounding."""
    return Forecast(figure.low * by, figure.high * by, text, middle=figure.value * by)


@dataclass(frozen=True)
class Relation:
    """``target`` must be what ``forecast`` makes of ``sources``, under a ``variant`` of a ``law``.

    ``group`` are the rows that follow one variant together, such as those of one kind of layer. ``inverse`` tells what
    a source would have to be for the target to be right.
    """

    law: str
    variant: str
    row: int
    target: Key
    sources: tuple[Key, ...]
    forecast: Callable[[Values], Forecast | None]
    group: str = ""
    inverse: Callable[[Values, Key], Forecast | None] | None = None
    #: Whether the heads say that this variant is meant.
    sure: bool = False

    def holds(self, values: Values) -> str:
        """``yes``, ``maybe`` (cut off, or padded with zeros), ``no``, or nothing where it cannot be told."""
        forecast = self.forecast(values)
        said = values[self.target]
        if forecast is None:
            return ""
        if isinstance(said, Figure):
            return agreement(said, forecast.low, forecast.high)
        if isinstance(said, tuple):
            return "yes" if any(_same(shape, said) for shape in forecast.shapes) else "no"
        return "yes" if forecast.low == said == forecast.high else "no"


def _same(a: tuple[int, ...], b: tuple[int, ...]) -> bool:
    """Shapes agree where both tell: an unknown number of channels is 0."""
    return len(a) == len(b) and all(x == y or not x or not y for x, y in zip(a, b, strict=True))


def product_of(*numbers: int | None) -> Factors | None:
    """The numbers, if all are known and none is nothing."""
    known = tuple(number for number in numbers if number is not None and number > 0)
    return known if len(known) == len(numbers) else None


def written(factors: Factors) -> str:
    """A product of numbers."""
    return "×".join(map(str, factors))


def in_units_of(forecast: Forecast, shrink: Fraction) -> Forecast:
    """Bytes as a cell prints them: fewer where its kilobytes are larger."""
    middle = forecast.value * shrink
    return Forecast(forecast.low * shrink, forecast.high * shrink, forecast.text, middle=middle, exact=forecast.value)


def same_number(ref: Ref) -> Callable[[Values], Forecast | None]:
    """The forecast that a cell repeats a number."""

    def forecast(values: Values) -> Forecast | None:
        number = ref.of(values)
        return None if number is None else Forecast(Fraction(number), Fraction(number), str(number))

    return forecast
