"""A printed summary as one record, whatever tool printed it: rows, totals, sizes, every number with its place."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property

from ..model import Spot
from ..printed import Printed, format_like, written_like

Dims = tuple[int, ...]


@dataclass(frozen=True)
class Figure:
    """A printed number: its text, what it says with its unit multiplied out, and where it stands."""

    text: str
    value: Fraction
    step: Fraction
    scale: Fraction
    spot: Spot

    @cached_property
    def exact(self) -> bool:
        """Printed in full: it stands for itself only."""
        return self.step == self.scale == 1

    @property
    def printed(self) -> Printed:
        """The same for the diagnosis."""
        return Printed(self.text, self.value, self.step, self.step, self.scale, self.exact)

    def says(self, value: Fraction | int) -> bool:
        """Whether ``value`` would be printed like this; halves may go either way.

        >>> figure("0.57", Spot(1, 0, 4)).says(Fraction(574, 1000)), figure("9,472", Spot(1, 0, 5)).says(9471)
        (True, False)
        """
        return value == self.value if self.exact else abs(value - self.value) * 2 <= self.step

    def between(self, low: Fraction | int, high: Fraction | int) -> bool:
        """Whether a value between two bounds would be printed like this."""
        slack = Fraction(0) if self.exact else self.step / 2
        return low - slack <= self.value <= high + slack

    @cached_property
    def low(self) -> Fraction:
        """The least that is printed like this."""
        return self.value if self.exact else self.value - self.step / 2

    @cached_property
    def high(self) -> Fraction:
        """The most that is printed like this."""
        return self.value if self.exact else self.value + self.step / 2

    def like(self, value: Fraction | int) -> str:
        """``value`` written like this number.

        >>> figure("9,472", Spot(1, 0, 5)).like(9408), figure("0.57", Spot(1, 0, 4)).like(Fraction(1, 3))
        ('9,408', '0.33')
        """
        number = Fraction(value)
        if self.exact and number.denominator == 1:
            grouped = "," in self.text or (len(self.text) < 4 <= len(str(number)) and self.text != "0")
            return format_like("1,000" if grouped else self.text, number.numerator)
        return written_like(self.text, self.printed, number)


def figure(text: str, spot: Spot, scale: Fraction | int = 1) -> Figure:
    """A number as tools print it: digits, commas for thousands, a point before decimals; ``scale`` is its unit's."""
    digits = text.strip().replace(",", "").replace("_", "")
    decimals = len(digits.partition(".")[2])
    unit = Fraction(scale)
    return Figure(text.strip(), Fraction(digits) * unit, unit / 10**decimals, unit, spot)


@dataclass(frozen=True)
class Size:
    """A printed shape: the dims behind the batch, and the batch (``None`` where it is left open)."""

    text: str
    dims: Dims
    batch: int | None
    spot: Spot
    #: Whether it stands in one line as written, so that another can be put in its place.
    whole: bool = True

    def like(self, dims: Dims) -> str:
        """Another shape written like this one.

        >>> Size("(None, 26, 23)", (26, 23), None, Spot(1, 0, 14)).like((26, 32))
        '(None, 26, 32)'
        """
        new = iter(map(str, dims))
        places = list(re.finditer(r"\d+", self.text))[-len(self.dims) :]
        text, end = "", 0
        for place in places:
            text, end = text + self.text[end : place.start()] + next(new), place.end()
        return text + self.text[end:]


@dataclass(frozen=True)
class Row:
    """One printed line of a summary.

    ``kind`` is the class as the tool names it, ``sources`` the names of the layers before it where they are printed,
    ``arguments`` those of the module where they are. ``share`` is a percentage of all parameters.
    """

    name: str
    kind: str
    text: str
    spot: Spot
    depth: int = 0
    number: int | None = None
    output: Size | None = None
    input: Size | None = None
    kernel: Dims | None = None
    params: Figure | None = None
    macs: Figure | None = None
    share: Figure | None = None
    #: The product of every number of the printed output shapes, signs and batch and all.
    volume: int | None = None
    sources: tuple[str, ...] | None = None
    arguments: str = ""
    repeated: bool = False
    frozen: bool = False
    #: Whether its class or its shape goes on in the line below.
    folded: bool = False
    #: Whether no header says which column is which.
    guessed: bool = False
    #: Whether something that is no row stands between the row before and this one.
    after_gap: bool = False
    #: Other numbers of the line by the name of their column.
    others: Mapping[str, Figure] = field(default_factory=dict)


@dataclass(frozen=True)
class Record:
    """A whole summary.

    ``totals`` are the figures below the rows by their names (see ``footer``). ``whole`` says that the rows stand there
    from the first to the last, as far as one can see. ``name`` is the model's, where it is printed.
    """

    tool: str
    rows: tuple[Row, ...]
    totals: Mapping[str, Figure] = field(default_factory=dict)
    #: Powers of a thousand in the units of sizes: kB 1, MB 2, GB 3.
    powers: Mapping[str, int] = field(default_factory=dict)
    whole: bool = False
    name: str = ""
    lines: frozenset[tuple[int | None, int]] = frozenset()
    #: What the tool's header line says, or the first row.
    head: Spot = field(default_factory=lambda: Spot(1, 0, 0))
