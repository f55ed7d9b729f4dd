"""Which number is this? The readings under which a network yields a printed number."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from ..claims.judge import matches
from ..claims.printed import Printed
from ..claims.stated import Stated, read_stated
from ..costing import Cost
from ..errors import ClaimError, SpecError
from .readings import Quantity, readings

#: More bits than any count that a printed number stands for.
_MAX_BITS = 3000
#: Readings that are further from the number than this, as a part of their value, are shown only where no other is near.
_FAR = Fraction(1, 10)


@dataclass(frozen=True)
class Reading:
    """One way to read a number: what the network yields that way, and how far the number is from it.

    ``stated`` is the number as this reading takes it (units of 1000 or of 1024), ``exact`` says that it stands for
    ``value``: a printed number stands for everything that rounds to its last digit.
    """

    what: str
    convention: str | None
    value: Fraction
    stated: Fraction
    exact: bool
    changes: int

    @property
    def remainder(self) -> Fraction:
        """The number minus the value."""
        return self.stated - self.value

    @property
    def relative(self) -> Fraction:
        """The size of the remainder, as a part of the value."""
        return abs(self.remainder) / self.value


@dataclass(frozen=True)
class Identification:
    """The readings of a number, nearest first; ``skipped`` says which conventions do not take the network, and why.

    ``tried`` is how many different numbers were looked at: a number with few digits fits some of them by chance.
    """

    said: Stated
    cost: Cost
    readings: tuple[Reading, ...]
    skipped: Mapping[str, str]
    tried: int
    fitting: int

    @property
    def exact(self) -> bool:
        """Whether some reading yields the number."""
        return self.fitting > 0

    def to_dict(self) -> dict[str, Any]:
        """The ``identify`` JSON object."""
        from ..report.readings import identification_to_dict

        return identification_to_dict(self)

    def table(self, fmt: str = "plain") -> str:
        """The readings as text in one of the formats of ``Cost.table``."""
        from ..report.readings import render_identification

        return render_identification(self, fmt)

    def _repr_html_(self) -> str:
        return self.table("html")


def identify(number: int | str, cost: Cost, *, limit: int = 10) -> Identification:
    """The readings under which the network of ``cost`` yields ``number``, at most ``limit`` of them.

    First those that fit, with the fewest changes first, then the others, nearest first. A text is read as it is
    printed (``"1.5 GMACs"``); where it says params or operations, only these are looked at. An ``int`` stands for
    itself.

    Raises :class:`~convcost.errors.ClaimError` for what is no number, :class:`~convcost.errors.SpecError` for a cost
    over symbols.

    >>> from convcost import Conv, cost
    >>> found = identify("240.8M", cost(Conv(32, 5, padding=2), (192, 28, 28)), limit=1)
    >>> [(reading.what, int(reading.value), reading.exact) for reading in found.readings]
    [('flops (FLOP)', 240844800, True)]
    """
    if not isinstance(cost, Cost):
        raise SpecError(
            "a number is identified with a cost", got=type(cost).__name__, fix="identify(number, cost(...))"
        )
    if type(limit) is not int or limit < 1:
        raise SpecError("limit is a whole number from 1 on", got=f"limit={limit!r}")
    said = _said(number)
    found = readings(cost, said.printed.value)
    read = [
        reading
        for quantity in found.found
        if said.quantity != ("operations" if quantity.convention is None else "params")
        for reading in _read(quantity, said)
    ]
    read.sort(key=_nearness)
    fitting = sum(reading.exact for reading in read)
    # What is far off says nothing, unless there is nothing else to be said.
    near = [reading for reading in read if reading.exact or reading.relative <= _FAR] or read
    return Identification(said, cost, tuple(near[:limit]), found.skipped, len(read), fitting)


def _said(number: int | str) -> Stated:
    if isinstance(number, str):
        return read_stated(number)
    if type(number) is not int:
        raise ClaimError("a number is an int, or a text as it is printed", got=repr(number)[:40], fix="such as '1.5G'")
    if number < 0 or number.bit_length() > _MAX_BITS:
        raise ClaimError("a count is a number from 0 on, of a readable size", got=f"{number.bit_length()} bits")
    return read_stated(str(number))


def _read(quantity: Quantity, said: Stated) -> list[Reading]:
    """The number taken as it stands, and as one in units of 1024, which is one more change."""
    changes = len(quantity.changes)
    found = [_reading(quantity, said.printed, said.about, quantity.what, changes)]
    binary = said.printed.counted_in_1024()
    if binary is not None and changes < 2:
        words = f"{quantity.what}, 1 {said.printed.unit} = {int(binary.scale):,}"
        found.append(_reading(quantity, binary, said.about, words, changes + 1))
    return found


def _reading(quantity: Quantity, printed: Printed, about: bool, what: str, changes: int) -> Reading:
    exact = matches(quantity.value, printed, about) is not None
    return Reading(what, quantity.convention, quantity.value, printed.value, exact, changes)


def _nearness(reading: Reading) -> tuple[bool, int, Fraction]:
    """Fitting ones by simplicity; of the others, those with two changes last: one of so many is always near."""
    return not reading.exact, reading.changes if reading.exact else max(reading.changes, 1), reading.relative
