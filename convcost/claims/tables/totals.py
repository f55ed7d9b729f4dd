"""Totals of tables: which rows a total is the sum of."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from fractions import Fraction

from .figure import Figure
from .grid import BLANK, REPEATED, UNLABELLED, Grid, Row
from .layers import Key, Value
from .relation import Forecast, Relation, Values
from .sums import Part, Verdict, diagnosed, judged, state

#: Totals of one table that are looked at.
MAX_TOTALS = 40
#: Columns whose total is no sum.
_NO_SUM = re.compile(
    r"\bpeak|\bmax|峰值|最大|\bavg|average|平均|per[\s-](?:image|pixel|position|channel)", re.IGNORECASE
)
_CHILD = re.compile(r"\s*(?:[├└│↳┗┣]|[-–—·•*]\s|&nbsp;|\\quad|\\hspace|\s*\+-)")
#: Rows that may hold the sum of rows below them are looked for in tables of this size.
_NESTED = 60


def totals_of(grid: Grid, values: Mapping[Key, Value]) -> Iterator[tuple[Key, list[Part], Verdict | None]]:
    """Every printed total with its parts, and what became of it."""
    rows = [(row, entry) for row, entry in enumerate(grid.rows) if entry.kind in ("total", "subtotal")]
    for row, entry in rows[:MAX_TOTALS]:
        for column in grid.additive:
            total = values.get((row, column))
            if isinstance(total, Figure) and not total.computed and not _NO_SUM.search(grid.heads[column].words):
                parts = parts_of(grid, values, row, column)
                if parts is not None:
                    verdict = _verdict(grid, entry, parts, total)
                    if verdict is not None and verdict.verdict == "wrong" and _has_holes(grid, values, column):
                        verdict = None
                    yield (row, column), parts, verdict


def _has_holes(grid: Grid, values: Mapping[Key, Value], column: int) -> bool:
    """Whether a layer's cell holds something, and no number: a hole, a reference, a question mark."""
    cells = ((row, grid.rows[row].cells[column]) for row in grid.layers)
    return any(
        cell is not None and not isinstance(values.get((row, column)), Figure) and not BLANK.fullmatch(cell.text)
        for row, cell in cells
    )


def _verdict(grid: Grid, entry: Row, parts: list[Part], total: Figure) -> Verdict | None:
    verdict = judged(parts, total)
    if verdict is None or verdict.verdict != "wrong":
        return verdict
    if any(other.kind == "more" for other in grid.rows) or (
        total.about and abs(total.value - verdict.value) * 20 < verdict.value
    ):
        return None
    near = entry.of == UNLABELLED and abs(total.value - verdict.value) * 50 <= verdict.value
    if entry.of and not near and diagnosed(parts, total)[0] == "total":
        return None  # a total of some rows only, and nothing shows of which
    return verdict


def parts_of(grid: Grid, values: Mapping[Key, Value], row: int, column: int) -> list[Part] | None:
    """The parts that add up to a total; those that most likely should, if none do."""
    total = values[row, column]
    if not isinstance(total, Figure):
        return None
    first: list[Part] | None = None
    for parts in _readings(grid, values, row, column):
        if len(parts) < 2:
            continue
        if state(parts, total) == "yes":
            return parts
        first = first or parts
    return first


def rows_as_parts(grid: Grid, values: Mapping[Key, Value], column: int) -> Iterator[list[Part]]:
    """All layers of a table as parts of a total that is told outside of it."""
    rows = [n for n in grid.layers if isinstance(values.get((n, column)), Figure)]
    yield from _multiplied(grid, values, rows, column)
    yield from _nested(grid, values, rows, column)


def _readings(grid: Grid, values: Mapping[Key, Value], row: int, column: int) -> Iterator[list[Part]]:
    """The ways in which a total may be meant, the most likely one first."""
    entry = grid.rows[row]
    totals = [n for n, other in enumerate(grid.rows) if other.kind in ("total", "subtotal")]
    before = max((n for n in totals if n < row), default=-1)
    above = [n for n in grid.layers if n < row]
    group = [n for n in above if n > before]
    below = [n for n in grid.layers if n > row]
    named = [n for n in grid.layers if entry.of and entry.of in grid.rows[n].label.lower()]
    partial = [n for n in totals if n < row and (grid.rows[n].kind == "subtotal" or grid.rows[n].of)]
    orders = (group, named, above, partial) if entry.of or entry.kind == "subtotal" else (above, group, partial, named)
    for rows in (*orders, *(() if above else (below,))):
        rows = [n for n in rows if isinstance(values.get((n, column)), Figure)]
        yield from _multiplied(grid, values, rows, column)
    yield from _nested(grid, values, [n for n in above if isinstance(values.get((n, column)), Figure)], column)


def _multiplied(grid: Grid, values: Mapping[Key, Value], rows: Sequence[int], column: int) -> Iterator[list[Part]]:
    """Every row once, or as often as a column or its label says."""
    yield _parts(grid, values, rows, column, {})
    times = {row: count for row in rows if (count := _repeats(grid, values, row)) > 1}
    if times:
        yield _parts(grid, values, rows, column, times)


def _parts(
    grid: Grid, values: Mapping[Key, Value], rows: Sequence[int], column: int, times: Mapping[int, int]
) -> list[Part]:
    found = []
    for row in rows:
        figure = values[row, column]
        if isinstance(figure, Figure):
            found.append(Part(figure, grid.rows[row].label, times.get(row, 1)))
    return found


def _repeats(grid: Grid, values: Mapping[Key, Value], row: int) -> int:
    for column in grid.columns("repeat"):
        count = values.get((row, column))
        if isinstance(count, Figure) and count.value.denominator == 1 and 1 <= count.value <= 1000:
            return count.value.numerator
    told = REPEATED.search(grid.rows[row].label)
    return int(told[1] or told[2]) if told else 1


def _nested(grid: Grid, values: Mapping[Key, Value], rows: Sequence[int], column: int) -> Iterator[list[Part]]:
    """Without the rows that a row above them already sums up."""
    tops = [row for row in rows if not _CHILD.match(grid.rows[row].label)]
    if len(tops) < len(rows):
        yield _parts(grid, values, tops, column, {})
        yield _parts(grid, values, [row for row in rows if row not in tops], column, {})
    if len(rows) > _NESTED:
        return
    figures = {row: figure.value for row in rows if isinstance(figure := values[row, column], Figure)}
    kept, at = [], 0
    while at < len(rows):
        kept.append(rows[at])
        at += 1 + _covered([figures[row] for row in rows[at:]])
    if len(kept) < len(rows):
        yield _parts(grid, values, kept, column, {})


def _covered(values: Sequence[object]) -> int:
    """How many of the values behind the first add up to it."""
    first, *rest = values
    running = 0
    for count, value in enumerate(rest, start=1):
        running += value  # type: ignore[operator]
        if running == first and count > 1:
            return count
        if running > first:  # type: ignore[operator]
            return 0
    return 0


# -- as relations --------------------------------------------------------------------------------------------------


def total_relations(grid: Grid, values: Mapping[Key, Value]) -> Iterator[Relation]:
    """Totals as relations: a cell whose repair makes its total right is the wrong one."""
    for key, parts, _ in totals_of(grid, values):
        times = {id(part.figure): part.times for part in parts}
        column = key[1]
        counts = {
            (row, column): times[id(figure)]
            for row in range(len(grid.rows))
            if id(figure := values.get((row, column))) in times
        }
        yield Relation("total", "", key[0], key, tuple(counts), _sum_of(counts), inverse=_rest_of(counts, key))


def _bounds(counts: Mapping[Key, int], values: Values) -> tuple[Fraction, Fraction]:
    figures = [(figure, count) for key, count in counts.items() if isinstance(figure := values[key], Figure)]
    return (
        sum((figure.low * count for figure, count in figures), Fraction(0)),
        sum((figure.high * count for figure, count in figures), Fraction(0)),
    )


def _sum_of(counts: Mapping[Key, int]) -> Callable[[Values], Forecast | None]:
    return lambda values: Forecast(*_bounds(counts, values))


def _rest_of(counts: Mapping[Key, int], total: Key) -> Callable[[Values, Key], Forecast | None]:
    """What a part has to be for the total to be right: the total less the other parts."""

    def inverse(values: Values, key: Key) -> Forecast | None:
        whole, others = values[total], {other: count for other, count in counts.items() if other != key}
        if not isinstance(whole, Figure) or len(others) == len(counts):
            return None
        low, high = _bounds(others, values)
        least, most = (whole.low - high) / counts[key], (whole.high - low) / counts[key]
        return Forecast(least, most) if least > 0 else None

    return inverse
