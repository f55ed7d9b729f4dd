"""Tables drawn with pipes, and grids with ``+---+`` between their rows."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from .inline import blanked
from .model import Passage, Table

_PIPE = re.compile(r"(?<!\\)[|│┃║]")


def cell_places(line: str, start: int = 0) -> Iterator[tuple[int, int]]:
    """Where the cells of a row stand; what is before ``start`` belongs to no cell.

    >>> ["| a | b |"[a:b] for a, b in cell_places("| a | b |")]
    ['a', 'b']
    """
    edges = [match.start() for match in _PIPE.finditer(line, start)]
    opened = bool(edges) and not line[start : edges[0]].strip()
    begins = [*([] if opened else [start]), *(edge + 1 for edge in edges)]
    ends = [*edges[opened:], len(line)]
    if edges and not line[edges[-1] + 1 :].strip():
        begins.pop()
    for begin, end in zip(begins, ends, strict=False):
        text = line[begin:end]
        bare = text.strip()
        begin += text.find(bare) if bare else 0
        yield begin, begin + len(bare)


def is_rule(line: str) -> bool:
    """Whether a line only draws: ``|---|:--:|``, ``+====+``.

    >>> is_rule("|:--|--:|"), is_rule("| - | 1 |"), is_rule("| | |")
    (True, False, False)
    """
    return (
        not line.strip(" \t|:+-=─━═┼╋╪├┤┝┥┠┨╞╡╟╢╠╣╬┌┐└┘┏┓┗┛╔╗╚╝┬┴┯┷┰┸╤╧╥╨╦╩┳┻│┃║")
        and re.search("[-=─━═]{2}|:-", line) is not None
    )


def row(line: str, number: int, start: int = 0, cell: int | None = None) -> tuple[Passage, ...]:
    """The cells of a row."""
    return tuple(
        Passage(blanked(line[begin:end]).replace("\n", " "), ((0, number, begin),), "cell", cell)
        for begin, end in cell_places(line, start)
    )


def table(lines: Iterable[tuple[int, str, int]], cell: int | None = None) -> Table | None:
    """The table of some lines (number, text, and the column where it begins); ``None`` if it has no row.

    >>> table([(1, "| a | b |", 0), (2, "|---|---|", 0), (3, "| 1 | 2 | 3 |", 0)]).rows[1][2].text
    '3'
    """
    rows: list[tuple[Passage, ...]] = []
    heads, ruled = 0, False
    for number, line, start in lines:
        if is_rule(line[start:]):
            if rows and not ruled:
                heads, ruled = len(rows), True
            continue
        rows.append(row(line, number, start, cell))
    return Table(tuple(rows), heads if ruled else head_rows(rows)) if rows else None


def head_rows(rows: Sequence[tuple[Passage, ...]]) -> int:
    """Without a rule below it, the first row is a head if it has words only and numbers follow."""
    return int(len(rows) > 1 and not has_number(rows[0]) and has_number(rows[1]))


def has_number(cells: Iterable[Passage]) -> bool:
    """Whether a cell begins with a digit."""
    return any(re.match(r"[~≈<>(\[$\s]{0,4}\d", passage.text) for passage in cells)
