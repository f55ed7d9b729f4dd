"""Columns that blanks part: tables of plain text and of printed output."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from .model import Passage, Table
from .pipes import has_number

_GAP = re.compile(r"[ \t]*\t[ \t]*| {2,}")
_DASHES = "-=_─━"


def is_rule(line: str) -> bool:
    """Whether a line only draws: dashes under a head, perhaps one stretch a column.

    >>> is_rule("-----  ----"), is_rule("a ----"), is_rule("=")
    (True, False, False)
    """
    runs = line.split()
    dashes = "".join(runs)
    return not dashes.strip(_DASHES) and len(dashes) > len(runs) and len(dashes) > 1


def cell_places(line: str) -> Iterator[tuple[int, int]]:
    """Where the cells of a row stand.

    >>> ["conv1  3×3    432"[a:b] for a, b in cell_places("conv1  3×3    432")]
    ['conv1', '3×3', '432']
    """
    start, end = len(line) - len(line.lstrip()), len(line.rstrip())
    for gap in _GAP.finditer(line, start, end):
        yield start, gap.start()
        start = gap.end()
    if start < end:
        yield start, end


def table(lines: Sequence[tuple[int, str]], cell: int | None = None) -> Table | None:
    """The table of some numbered lines, if they are aligned columns, two rows or more of as many cells each.

    >>> table([(1, "layer  weights"), (2, "conv1      432"), (3, "conv2    9,216")]).rows[2][1].text
    '9,216'
    >>> table([(1, "so it is.  And"), (2, "then")]) is None
    True
    """
    rows: list[tuple[Passage, ...]] = []
    heads = 0
    for number, line in lines:
        if is_rule(line):
            heads = heads or len(rows)
            continue
        places = list(cell_places(line))
        if len(places) < 2 or (rows and len(places) != len(rows[0])):
            return None
        rows.append(tuple(Passage(line[a:b], ((0, number, a),), "cell", cell) for a, b in places))
    if len(rows) < 2 or not any(map(has_number, rows)):
        return None
    return Table(tuple(rows), heads or int(not has_number(rows[0])))
