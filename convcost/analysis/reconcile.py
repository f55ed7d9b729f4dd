"""Why two conventions give two numbers: an exact account of every unit of the difference."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any, NamedTuple, TypeVar

from ..arith import Dim, decide_same, is_array, is_symbolic
from ..conventions import Convention, Term, convention
from ..costing import Cost
from ..errors import SpecError

#: ``2 per multiply-accumulate``: the coefficient, and what it is a coefficient of.
_PRICE = re.compile(r"(\d{1,18}) per (.+)")


class Side(NamedTuple):
    """One end of a reconciliation: whose number it is, and in which unit; ``None`` where it is unknown."""

    tool: str
    value: Dim
    unit: str


class Entry(NamedTuple):
    """One part at one place, as both charge it; the price is empty where one of them does not charge it."""

    part: str
    path: str
    before: str
    after: str
    start: Dim
    end: Dim

    @property
    def value(self) -> Dim:
        """What this adds to the difference."""
        return self.end - self.start


class Difference(NamedTuple):
    """One row of the account: what is counted differently, and by how much."""

    what: str
    value: Dim
    part: str
    entries: tuple[Entry, ...]


class PlaceDifference(NamedTuple):
    """What one place adds to a row of the account."""

    path: str
    what: str
    value: Dim


_Row = TypeVar("_Row", Difference, PlaceDifference)


@dataclass(frozen=True)
class Reconciliation:
    """The way from one convention's number to another's.

    ``start`` and ``end`` are what the two conventions say, whatever their accounts contain; ``terms`` come from the
    accounts. So ``remainder`` is a check: it is 0 where every unit of the difference is explained.
    """

    cost: Cost
    start: Side
    end: Side
    entries: tuple[Entry, ...]

    @cached_property
    def terms(self) -> tuple[Difference, ...]:
        """The rows, largest first (in the order of the network where sizes are symbolic), without those that are 0."""
        return _sorted(_differences(self.entries, self.start, self.end))

    def by_path(self) -> tuple[PlaceDifference, ...]:
        """The same place by place, with the words of the row that each place belongs to."""
        groups = _groups(self.entries, self.start, self.end)
        places = [
            PlaceDifference(entry.path, what, Cost.closed(entry.value))
            for what, _, entries in groups
            for entry in entries
        ]
        return _sorted(places)

    @cached_property
    def difference(self) -> Dim:
        """The end minus the start; ``None`` where one of them is unknown."""
        if self.start.value is None or self.end.value is None:
            return None
        return Cost.closed(self.end.value - self.start.value)

    @cached_property
    def remainder(self) -> Dim:
        """What the rows leave unexplained; ``None`` where the cost is unknown."""
        if self.difference is None:
            return None
        return Cost.closed(self.difference - sum((term.value for term in self.terms), 0))

    @property
    def exact(self) -> bool:
        """Whether the rows explain the whole difference."""
        return self.remainder is not None and decide_same(self.remainder, 0) is True

    def to_dict(self, *, by_path: bool = False) -> dict[str, Any]:
        """The ``reconcile`` JSON object."""
        from ..report.reconciliation import reconciliation_to_dict

        return reconciliation_to_dict(self, by_path=by_path)

    def table(self, fmt: str = "plain", *, by_path: bool = False) -> str:
        """The account as text in one of the formats of ``Cost.table``."""
        from ..report.reconciliation import render_reconciliation

        return render_reconciliation(self, fmt, by_path=by_path)

    def svg(self) -> str:
        """The account as a picture: bars that lead from the start to the end, in SVG.

        Raises :class:`~convcost.errors.SpecError` where there are no numbers to draw.
        """
        from ..report.reconciliation import draw_reconciliation

        return draw_reconciliation(self)

    def _repr_html_(self) -> str:
        table = self.table("html")
        return f"{table}\n{self.svg()}" if type(self.difference) is int else table


def reconcile(cost: Cost, a: str | Convention, b: str | Convention) -> Reconciliation:
    """What leads from the number of convention ``a`` to that of ``b``, to the unit.

    Raises :class:`~convcost.errors.SpecError` for a convention that there is not, and whatever the conventions
    themselves raise for a network that they cannot count.

    >>> from convcost import Conv, ReLU, cost
    >>> why = reconcile(cost(Conv(8, 1) >> ReLU(), (3, 4, 4)), "macs", "full")
    >>> for term in why.terms:
    ...     print(f"{term.value:5}  {term.what}")
      384  convolutions: factor 2 (operation, 2 per multiply-accumulate)
      128  bias of convolutions: counted at 1 per addition only by full
      128  ReLU: counted at 1 per comparison only by full
    >>> why.start.value, why.end.value, why.remainder
    (384, 1024, 0)
    """
    if not isinstance(cost, Cost):
        raise SpecError("a reconciliation is of a cost", got=type(cost).__name__, fix="reconcile(cost(...), a, b)")
    first, second = (asked if isinstance(asked, Convention) else convention(asked) for asked in (a, b))
    start, end = _side(cost, a, first), _side(cost, b, second)
    for side in (start, end):
        if is_array(side.value):
            raise SpecError("an account is of one network", got="an array of sizes", fix="put single numbers in")
    if start.value is None or end.value is None:
        return Reconciliation(cost, start, end, ())
    accounts = [cost.account(asked) if isinstance(asked, str) else asked.account(cost) for asked in (a, b)]
    return Reconciliation(cost, start, end, _entries(*accounts))


def _side(cost: Cost, asked: str | Convention, price: Convention) -> Side:
    """The number itself, asked for apart from the account, so that the remainder checks something."""
    if isinstance(asked, str):
        return Side(asked, cost.under(asked), price.unit)
    value = None if cost.status == "unknown" else Cost.closed(price.total(cost))
    return Side(price.name, value, price.unit)


def _entries(first: Iterable[Term], second: Iterable[Term]) -> tuple[Entry, ...]:
    """Both accounts, put together by part and place in the order of the network."""
    found: dict[tuple[str, str], tuple[list[str], list[str], list[Dim]]] = {}
    for number, account in enumerate((first, second)):
        for term in account:
            if type(term.value) is int and term.value == 0:
                continue
            hows = found.setdefault((term.part, term.path), ([], [], [0, 0]))
            if term.how not in hows[number]:
                hows[number].append(term.how)
            hows[2][number] = hows[2][number] + term.value
    return tuple(
        Entry(part, path, " and ".join(before), " and ".join(after), *values)
        for (part, path), (before, after, values) in found.items()
    )


def _groups(entries: Sequence[Entry], start: Side, end: Side) -> list[tuple[str, str, tuple[Entry, ...]]]:
    """Entries of one part and one pair of prices, with their words and their part."""
    places: dict[str, set[str]] = {}
    keyed: dict[tuple[str, str, str], list[Entry]] = {}
    for entry in entries:
        places.setdefault(entry.part, set()).add(entry.path)
        keyed.setdefault((entry.part, entry.before, entry.after), []).append(entry)
    for part in places:
        # The same thing may be charged to a module by one and to its layer by the other: that is one difference.
        only_start = [key for key in keyed if key[0] == part and not key[2]]
        only_end = [key for key in keyed if key[0] == part and not key[1]]
        if only_start and only_end:
            before, after = (" and ".join(key[n] for key in keys) for n, keys in ((1, only_start), (2, only_end)))
            moved = [entry for key in (*only_start, *only_end) for entry in keyed.pop(key)]
            keyed.setdefault((part, before, after), []).extend(moved)
    return [
        (_what(key, members, len(places[key[0]]), start, end), key[0], tuple(members)) for key, members in keyed.items()
    ]


def _differences(entries: Sequence[Entry], start: Side, end: Side) -> list[Difference]:
    return [
        Difference(what, Cost.closed(sum((entry.value for entry in members), 0)), part, members)
        for what, part, members in _groups(entries, start, end)
    ]


def _what(key: tuple[str, str, str], members: Sequence[Entry], places: int, start: Side, end: Side) -> str:
    """The difference in words."""
    part, before, after = key
    here = len({entry.path for entry in members})
    where = f", at {here} of {places} places" if here < places else ""
    if not after:
        return f"{part}: counted at {before} only by {start.tool}{where}"
    if not before:
        return f"{part}: counted at {after} only by {end.tool}{where}"
    if before == after:
        moved = all(not entry.before or not entry.after for entry in members)
        return f"{part}: {after} in both, {'at other places' if moved else 'of other amounts'}{where}"
    factor = _factor(before, after, members)
    if factor is not None:
        return f"{part}: factor {factor} ({end.unit}, {after}){where}"
    return f"{part}: {after}, not {before}{where}"


def _factor(before: str, after: str, members: Sequence[Entry]) -> Fraction | None:
    """By how much more the same multiply-accumulates are priced, if that is all there is to it."""
    prices = _PRICE.fullmatch(before), _PRICE.fullmatch(after)
    if prices[0] is None or prices[1] is None or not int(prices[0][1]):
        return None
    if {price[2] for price in prices if price} != {"multiply-accumulate"}:
        return None
    factor = Fraction(int(prices[1][1]), int(prices[0][1]))
    first, second = (Cost.closed(sum((getattr(entry, name) for entry in members), 0)) for name in ("start", "end"))
    return factor if decide_same(first * factor.numerator, second * factor.denominator) is True else None


def _sorted(rows: Sequence[_Row]) -> tuple[_Row, ...]:
    kept = [row for row in rows if decide_same(row.value, 0) is not True]
    if any(is_symbolic(row.value) for row in kept):
        return tuple(kept)
    return tuple(sorted(kept, key=lambda row: -abs(row.value)))
