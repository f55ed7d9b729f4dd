"""Tables of models: a row (or a column) for each network, columns for params, operations, layers.

A table may speak of something else, such as detectors with these networks inside. So a column vouches for its numbers:
one of them is called wrong only where no fewer are right.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from ...errors import ClaimError
from ...messages import Message
from ..documents import Document, Passage, Table
from ..expression import number_pattern
from ..printed import Printed, read_number
from .names import Name, names
from .quantities import Quantity
from .questions import Judgement, Question
from .verdicts import judged
from .wording import Wording

_HEADS = {
    "params": re.compile(r"param|^#\s?par|weights?\b|参数|參數|权重", re.IGNORECASE),
    "operations": re.compile(
        r"flops?\b|\bmacs?\b|[gm]macs?\b|madds?|mult|\bops\b|gops|计算量|运算量|乘加|浮点", re.IGNORECASE
    ),
    "depth": re.compile(r"^\s?(?:#\s?)?(?:layers|depth|层数|深度|number of layers)\s?$", re.IGNORECASE),
}
#: Heads that tell of shares, savings, sizes or rates.
_NO_TOTAL = re.compile(
    r"ratio|reduc|saving|saved|\bper\b|%|/s\b|per second|speed|比例|减少|压缩|倍|compress|factor|efficien|/param"
    r"|/flop|memory|\bMB\b|内存|top-?1|acc",
    re.IGNORECASE,
)
#: Words around a table that speak of other networks than the plain ones.
_OTHER_NETWORKS = re.compile(
    r"backbone|encoder|\bmAP|\bAP\b|AP50|IoU|cifar|mnist|svhn|prun|sparsit|quanti[sz]|compress|distill|segmentation"
    r"|detector|fine-?tun"
    r"|骨干|主干|剪枝|量化|压缩|检测|分割|蒸馏|微调|\bours\b|width mult|transfer|trainable",
    re.IGNORECASE,
)
_UNIT = re.compile(
    r"(?:\(|\[|/|,|\bin\s|×\s?|x\s?)\s?(?P<unit>M|G|B|K|T|million|billion|百万|亿|万"
    r"|10\s?\^?\s?\{?(?P<power>[69])\}?|10(?P<sup>[⁶⁹]))(?![A-Za-z])"
    r"|(?<![A-Za-z])(?P<prefix>[KMGTB])[- ]?(?=FLOP|MAC|Op|MAdd|Param|mult)|(?P<word>million|billion)s?\b",
    re.IGNORECASE,
)
_POWERS = {"6": "M", "9": "G", "⁶": "M", "⁹": "G"}
_INPUT = re.compile(r"input|resolution|image size|分辨率|输入", re.IGNORECASE)
_REST = re.compile(
    r"(?:\s|[^\w\s]|_|\b(?:(?:19|20)\d\d|et|al|paper|torchvision|pytorch|keras|tensorflow|caffe|original|baseline"
    r"|model|network|imagenet"
    r"|pre-?trained|imagenet1k_v\d|1\.0x?|224|ilsvrc|net)\b|网络|模型|原版)*+",
    re.IGNORECASE,
)
_MORE = re.compile(
    r"\s?(?:FLOPs?|MACs?|params?|parameters?|MAdds?|mult-?adds?|ops|个|次|层|layers?|参数)?\s?$", re.IGNORECASE
)
_APART = re.compile(r"\s?(?P<unit>[KMGB])(?![A-Za-z])|\s?(?P<glued>[KMGB])(?=FLOP|MAC|Op)", re.IGNORECASE)
_ABOUT = re.compile(r"^\s?(?:~|≈|约|about|ca\.?|\\approx)\s?", re.IGNORECASE)


@dataclass(frozen=True)
class _Column:
    """A column of numbers: what it counts, its word, and the unit of its head."""

    quantity: str
    word: str
    unit: str
    cells: tuple[tuple[Name, Passage, Passage, int | None], ...]


@dataclass(frozen=True)
class Cell:
    """A judged cell: the name's passage, the number's, and what became of it."""

    passage: Passage
    quantity: Quantity
    judgement: Judgement
    #: Whether the number has no unit of its own.
    bare: bool = False


def judge_tables(document: Document) -> Iterator[Cell]:
    """The cells of all tables of models."""
    before = ""
    for block in document.blocks:
        if isinstance(block, Table):
            yield from _in_table(block, before)
            before = ""
        else:
            before = block.level if isinstance(block, Passage) else ""


def _in_table(table: Table, before: str) -> Iterator[Cell]:
    rows = table.rows
    if not rows or not table.heads or _OTHER_NETWORKS.search(before[-400:]):
        return
    grid = _upright(rows)
    if _OTHER_NETWORKS.search(" ".join(cell.level for cell in grid[0])):
        return
    columns = [*_columns(grid)]
    exchanged = [*_exchanged(columns)]
    yield from exchanged
    for column in [] if exchanged else columns:
        cells = [*_judged(column)]
        wrong = [cell for cell in cells if cell.judgement.verdict == "wrong"]
        right = [cell for cell in cells if _holds(cell)]
        sure = len(wrong) <= len(right) or (len(cells) == 1 and cells[0].judgement.reason != "arithmetic")
        yield from (cell for cell in cells if sure or cell.judgement.verdict != "wrong")


def _exchanged(columns: list[_Column]) -> Iterator[Cell]:
    """The cells of two columns whose heads are swapped: as they stand nothing holds, the other way round everything."""
    for place, first in enumerate(columns):
        for second in columns[place + 1 :]:
            if first.quantity == second.quantity or len(first.cells) != len(second.cells):
                continue
            swapped = replace(first, cells=second.cells), replace(second, cells=first.cells)
            if any(_all_hold(column) for column in (first, second)) or not all(map(_all_hold, swapped)):
                continue
            for column, other in zip((first, second), swapped, strict=True):
                yield from _as_swapped(column, other)


def _as_swapped(column: _Column, other: _Column) -> Iterator[Cell]:
    """A column's numbers as they stand, with what belongs there: the numbers of the other one."""
    right = [*_judged(other)]
    for (_, _, passage, _), meant in zip(column.cells, right, strict=len(right) == len(column.cells)):
        quantity = _number(passage, column.unit, column)
        if quantity is None:
            continue
        text = meant.passage.text[meant.quantity.start : meant.quantity.end]
        why = Message("The columns are swapped: under the other head the number holds. Right: {right}.", right=text)
        yield Cell(passage, quantity, Judgement("wrong", "swapped-columns", meant.judgement.computed, why, text))


def _all_hold(column: _Column) -> bool:
    cells = [*_judged(column)]
    return len(cells) > 1 and all(map(_holds, cells))


def _upright(rows: tuple[tuple[Passage, ...], ...]) -> list[list[Passage]]:
    """The rows, or the columns where the networks stand in the head."""
    named = sum(_network(cell) is not None for cell in rows[0][1:])
    if named and not any(_network(row[0]) for row in rows[1:] if row):
        width = len(rows[0])
        full = [row for row in rows if len(row) == width]
        return [[row[place] for row in full] for place in range(width)]
    return [list(row) for row in rows]


def _network(cell: Passage) -> Name | None:
    """The network that a cell names and nothing else."""
    found = [*names(cell.level)]
    if not found or not all(name.plain and name.networks == found[0].networks for name in found):
        return None
    rest = cell.level[: found[0].start] + " " + cell.level[found[-1].end :]
    return found[0] if found[0].networks and _REST.fullmatch(rest) else None


def _columns(grid: list[list[Passage]]) -> Iterator[_Column]:
    head = grid[0]
    named = [(name, row) for row in grid[1:] if row and (name := _first_name(row)) is not None]
    sides = next((place for place, cell in enumerate(head) if _INPUT.search(cell.level)), None)
    for place, cell in enumerate(head):
        quantity = next((what for what, pattern in _HEADS.items() if pattern.search(cell.level)), None)
        if quantity is None or _NO_TOTAL.search(cell.level):
            continue
        cells = tuple((name[0], name[1], row[place], _side(row, sides)) for name, row in named if len(row) > place)
        yield _Column(quantity, cell.level, _unit(cell.level), cells)


def _first_name(row: list[Passage]) -> tuple[Name, Passage] | None:
    """The name in one of the first two cells of a row."""
    for cell in row[:2]:
        found = _network(cell)
        if found is not None:
            return found, cell
    return None


def _side(row: list[Passage], place: int | None) -> int | None:
    if place is None or len(row) <= place:
        return None
    match = re.search(r"(?<!\d)(\d{2,4})(?!\d)", row[place].level)
    return int(match[1]) if match else None


def _unit(head: str) -> str:
    match = _UNIT.search(head)
    if match is None:
        return ""
    power = match["power"] or match["sup"]
    if power:
        return _POWERS[power]
    unit = match["unit"] or match["prefix"] or match["word"]
    return unit.upper() if len(unit) == 1 else unit


def _judged(column: _Column) -> Iterator[Cell]:
    """The cells in the unit of the head; without one, in the unit in which most of them hold.

    A number that has no unit at all is called wrong only beside two others that hold.
    """
    units = [column.unit] if column.unit or column.quantity == "depth" else ["", "M", "G"]
    best = max(([*_cells(column, unit)] for unit in units), key=lambda cells: sum(map(_holds, cells)))
    guessed = len(units) > 1 and sum(map(_holds, best)) < 2
    yield from (cell for cell in best if _holds(cell) or not (guessed and cell.bare))


def _holds(cell: Cell) -> bool:
    return cell.judgement.verdict.startswith("holds")


def _cells(column: _Column, unit: str) -> Iterator[Cell]:
    for name, named, passage, side in column.cells:
        quantity = _number(passage, unit, column)
        if quantity is None:
            continue
        text = passage.text[quantity.start : quantity.end]
        wording = Wording(side=side)
        label = named.text[name.start : name.end]
        judgement = judged(Question(label, name.networks, quantity, text, tight=True, wording=wording))
        if judgement is not None:
            bare = not any(map(str.isalpha, text))
            yield Cell(passage, quantity, judgement, bare)


def _number(passage: Passage, unit: str, column: _Column) -> Quantity | None:
    """The number of a cell, which has nothing but its unit beside it."""
    level = passage.level
    sign = _ABOUT.match(level)
    match = number_pattern().search(level, sign.end() if sign else 0)
    if match is None or level[sign.end() if sign else 0 : match.start()].strip():
        return None
    apart = _APART.match(level, match.end())
    end = match.end()
    text = match[0]
    try:
        printed = read_number(text)
        if not printed.unit and apart:
            letter = (apart["unit"] or apart["glued"]).upper()
            end, printed = apart.end("unit" if apart["unit"] else "glued"), read_number(text + letter)
        elif not printed.unit and unit:
            printed = replace(_scaled(printed, unit), text=printed.text)
    except ClaimError:
        return None
    if printed.percent or printed.byte_power or not _MORE.fullmatch(level[end:]):
        return None
    return Quantity(match.start(), end, printed, column.quantity, column.word, (match.start(), end), sign is not None)


def _scaled(printed: Printed, unit: str) -> Printed:
    """A number whose unit stands in the head of its column: each of its digits is printed on purpose."""
    by = read_number(f"1{unit}").value
    return replace(
        printed, value=printed.value * by, step=printed.step * by, loose_step=printed.loose_step * by, scale=by,
        exact=False, unit=unit if len(unit) == 1 else "",
    )  # fmt: skip
