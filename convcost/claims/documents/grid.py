"""Tables whose cells may take several columns and rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from .model import Passage, Table
from .pipes import has_number, head_rows

#: Columns and rows that one cell may take, and places of a table that are filled up.
_WIDEST, _MOST = 100, 20_000


@dataclass(frozen=True)
class Cell:
    """A cell as it is written: what stands in it, how far it reaches, and whether it is one of the head."""

    passage: Passage
    columns: int = 1
    rows: int = 1
    head: bool = False


def table(rows: Sequence[Sequence[Cell]], heads: int = 0) -> Table | None:
    """The table with a cell in every column: a number stands in the first place that it takes, words in all of them.

    >>> word, number = (Passage(text, ((0, 1, 0),), "cell") for text in ("net", "3"))
    >>> made = table([[Cell(word, columns=2)], [Cell(number, columns=2)]])
    >>> [[cell.text for cell in row] for row in made.rows]
    [['net', 'net'], ['3', '']]
    """
    filled: list[tuple[Passage, ...]] = []
    below: dict[int, tuple[int, Passage]] = {}
    room = _MOST
    for cells in rows:
        line: list[Passage] = []
        for cell in cells:
            _take(line, below)
            again = _again(cell.passage)
            wide = min(max(cell.columns, 1), _WIDEST, 1 + room)
            room -= wide - 1
            for column in range(wide):
                if cell.rows > 1 and room > 0:
                    room -= min(cell.rows, _WIDEST) - 1
                    below[len(line)] = min(cell.rows, _WIDEST) - 1, again
                line.append(again if column else cell.passage)
        _take(line, below)
        if any(passage.text for passage in line):
            filled.append(tuple(line))
    if not filled:
        return None
    if not heads:
        heads = next((n for n, cells in enumerate(rows) if not all(cell.head for cell in cells)), len(rows))
    return Table(tuple(filled), min(heads, len(filled)) or head_rows(filled))


def _take(line: list[Passage], below: dict[int, tuple[int, Passage]]) -> None:
    """Fill the places that cells of earlier rows take."""
    while len(line) in below:
        left, passage = below.pop(len(line))
        if left > 1:
            below[len(line)] = left - 1, passage
        line.append(passage)


def _again(passage: Passage) -> Passage:
    """What stands in the further places: a number is not there twice."""
    return Passage("", passage.lines[:1], "cell", passage.cell) if has_number([passage]) else passage
