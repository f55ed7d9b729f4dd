"""Totals in the sentences before and behind a table."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ..documents import Passage
from ..model import Finding
from .figure import Figure
from .grid import Grid
from .layers import Facts
from .report import about_figure
from .said import Said, totals_said
from .sums import Part, judged
from .totals import parts_of, rows_as_parts

#: How far a total may be from the sum of the rows to be taken for it: a quarter of the sum.
_NEAR = 4
#: Reasons by which a total shows what it is the total of.
_TELLING = ("misprint", "missing-term", "unit")
#: Sentences of a passage that are looked into.
_SENTENCES = 4


def judge_beside(grid: Grid, facts: Facts, passages: Sequence[Passage], source: str) -> Iterator[Finding]:
    """Findings about totals that the sentences beside a table tell."""
    kinds = [layer.kind for layer in facts.layers]
    if 2 * sum(bool(kind) for kind in kinds) < len(kinds) or any(row.kind == "more" for row in grid.rows):
        return
    for passage in passages:
        for start, end in list(passage.sentences())[:_SENTENCES]:
            for said in totals_said(passage, start, end):
                finding = _judged(grid, facts, said, source)
                if finding is not None:
                    yield finding


def _judged(grid: Grid, facts: Facts, said: Said, source: str) -> Finding | None:
    columns = (
        grid.columns(said.quantity) if said.quantity else grid.columns("params", "macs", "flops", "operations", "bytes")
    )
    if len(columns) != 1 or said.figure.value <= 0:
        return None
    (column,) = columns
    for parts in _sums(grid, facts, column):
        verdict = judged(parts, said.figure)
        if verdict is not None and verdict.verdict != "wrong":
            return about_figure(source, said.figure, "total", verdict.value, verdict.verdict, verdict.why)
    first = next(_sums(grid, facts, column), [])
    verdict = judged(first, said.figure) if first else None
    if verdict is None or (said.figure.about and verdict.reason not in _TELLING):
        return None
    near = abs(said.figure.value - verdict.value) * _NEAR <= verdict.value
    if not near and verdict.reason not in _TELLING:
        return None
    return about_figure(source, said.figure, "total", verdict.value, "wrong", verdict.why, verdict.reason)


def _sums(grid: Grid, facts: Facts, column: int) -> Iterator[list[Part]]:
    """The sum of all rows; and of those that a total in the table sums up."""
    for parts in rows_as_parts(grid, facts.values, column):
        if len(parts) > 1:
            yield parts
    for row, entry in enumerate(grid.rows):
        if entry.kind == "total" and isinstance(facts.values.get((row, column)), Figure):
            found = parts_of(grid, facts.values, row, column)
            if found and len(found) > 1:
                yield found
