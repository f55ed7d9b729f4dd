"""Second figures in the brackets of a cell: ``34,848 (57 %)``, ``10,575 (41.31 KB)``."""

from __future__ import annotations

import re
from collections.abc import Iterator
from fractions import Fraction

from .figure import Figure, read_figure
from .grid import Grid
from .head import COSTS
from .layers import Facts, Key
from .pairs import multiples, share_of, whole_of
from .relation import Relation

_BRACKET = re.compile(r"[(（]\s*(?P<note>[~≈]?\s?\d[\d.,]*\s?(?:%|[KMG]i?B))\s*[)）]")


def notes_of(grid: Grid, facts: Facts) -> Iterator[Relation]:
    """Shares and sizes in brackets behind the numbers of a column."""
    for column in grid.columns(*COSTS):
        for row in range(len(grid.rows)):
            note = _note(facts, row, column)
            if note is not None:
                key = (row, f"{column} note")
                facts.values[key] = note
                facts.places[key] = (note.passage, note.start, note.end)
                yield from _relations(grid, facts, (row, column), key, note)


def _note(facts: Facts, row: int, column: int) -> Figure | None:
    said = facts.values.get((row, column))
    if not isinstance(said, Figure) or said.computed or said.value <= 0:
        return None
    bracket = _BRACKET.search(said.passage.level, said.end)
    return read_figure(said.passage, None, *bracket.span("note")) if bracket else None


def _relations(grid: Grid, facts: Facts, source: Key, target: Key, note: Figure) -> Iterator[Relation]:
    row, column = source
    if note.printed.percent and isinstance(column, int):
        whole = whole_of(grid, facts, column)
        if whole is not None and grid.rows[row].kind == "layer":
            sources = (source, *((whole,) if isinstance(whole, tuple) else ()))
            yield Relation("share", f"of column {column}", row, target, sources, share_of(source, whole))
    elif note.printed.byte_power and grid.heads[column].quantity == "params":  # type: ignore[index]
        power = 0 if "i" in note.printed.unit else note.printed.byte_power
        for size in (4, 2, 1):
            for base in (1000, 1024):
                yield multiples(
                    "bytes", row, source, target, Fraction(size), f"{size} bytes each, {base}", f"{column} note",
                    Fraction(1000**power, base**power),
                )  # fmt: skip
