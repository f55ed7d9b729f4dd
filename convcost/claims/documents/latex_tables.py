r"""The tables of LaTeX: cells between ``&``, rows that end in ``\\``, heads above the first rule inside."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from . import grid
from .latex_commands import closing
from .model import Passage, Table
from .source import Source

NAMES = r"tabular[*xy]?|longtable|tabu|tblr|longtblr|supertabular"
_OPTION = re.compile(r"\s*\[[^\[\]]{0,80}\]")
_WITH_WIDTH = ("tabular*", "tabularx", "tabulary")
_TOKEN = re.compile(
    r"\\\\\*?(?:\[[^\[\]\n]{0,20}\])?|\\tabularnewline|\\(?:hline|toprule|midrule|bottomrule|Xhline)|\\[\s\S]|[&{}]"
)
_RULES = ("\\hline", "\\toprule", "\\midrule", "\\bottomrule", "\\Xhline")
_WIDE = re.compile(r"\s*\\multicolumn\s?\{(\d{1,3})\}")


def table(
    source: Source, text: str, clean: str, brackets: Mapping[int, int], start: int, end: int, name: str
) -> Table | None:
    """The table whose content, its column specification in front, stands between two offsets."""
    for _ in range(2 if name in _WITH_WIDTH else 1):
        option = _OPTION.match(text, start, end)
        start = option.end() if option else start
        start = closing(text, brackets, start, end) or start
    rows: list[list[grid.Cell]] = []
    heads = 0
    for ruled, cells in _rows(text, start, end):
        if ruled and rows and not heads:
            heads = len(rows)
        row = [_cell(source, text, clean, *cell) for cell in cells]
        if any(cell.passage.text for cell in row):
            rows.append(row)
    return grid.table(rows, heads if heads < len(rows) else 0)


def _rows(text: str, start: int, end: int) -> Iterator[tuple[bool, list[tuple[int, int]]]]:
    """The cells of each row, and whether a rule stands above it."""
    cells: list[tuple[int, int]] = []
    depth, ruled, begin = 0, False, start
    for match in _TOKEN.finditer(text, start, end):
        mark = match[0]
        depth = max(0, depth + (mark == "{") - (mark == "}"))
        if mark in _RULES:
            ruled = True
        elif depth == 0 and (mark == "&" or mark.startswith(("\\\\", "\\tabularnewline"))):
            cells.append((begin, match.start()))
            begin = match.end()
            if mark != "&":
                yield ruled, cells
                cells, ruled = [], False
    yield ruled, [*cells, (begin, end)]


def _cell(source: Source, text: str, clean: str, start: int, end: int) -> grid.Cell:
    passage = source.passage(start, end, "cell", clean) or Passage("", (source.at(start),), "cell", source.cell)
    # A cell of several rows needs nothing: below it, an empty cell is written in its place.
    wide = _WIDE.match(text, start, end)
    return grid.Cell(passage, int(wide[1]) if wide else 1)
