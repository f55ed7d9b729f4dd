"""A table as a grid: quantities over columns, labels before rows, totals told from layers."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

from ..documents import Passage, Table
from .figure import Figure, read_figure
from .head import ADDITIVE, COSTS, Head, read_head
from .shapes import read_shape, read_spec

MAX_COLUMNS = 40
#: What a total without a label is a total of.
UNLABELLED = "unlabelled"
_TOTAL = re.compile(
    r"\W*(?:the\s+|grand\s+|network\s+|model\s+)?(?:totals?|sum|overall|in total|all layers|"
    r"whole (?:network|model)|entire (?:network|model))(?![\w-])"
    r"|\W*(?:总计|合计|总和|总共|共计|总数|总参数|总计算|总的|总量|总|全部|整个网络|全网络?|一共|"
    r"求和|小计|总體|總計|總和)"
    r"|.{0,40}\b(?:subtotal|sub-total|total|sum)\W*$|.{0,20}(?:总计|合计|小计|总和)\W*$|Σ|\W*\\sum",
    re.IGNORECASE,
)
_SUBTOTAL = re.compile(r"sub-?\s?total|小计|部分和", re.IGNORECASE)
_ASIDE = re.compile(
    r"\W*(?:non[- ]?)?trainable|\W*frozen|可训练|\W*(?:avg|average|mean|median|"
    r"max(?:imum)?\b(?!\s?-?pool)|min(?:imum)?\b|std)\b|平均(?!池化)|最大值|最小值"
    r"|\W*(?:ratio|reduction|saving|savings|speed-?up|vs\.?|relative|baseline|compared|of which|其中|"
    r"比例|比值|压缩比|optimizer params|paper|reported|published|reference|official|论文|官方)",
    re.IGNORECASE,
)
_MORE = re.compile(r"\W*(?:\.{2,}|…+|⋮|\\[vcl]?dots|\betc\b|省略|另外|其余.*|others?)\W*", re.IGNORECASE)
_NEUTRAL = re.compile(
    r"total|sum|overall|grand|the|all|in|of|network|model|layers?|params?|parameters?|weights|macs|"
    r"flops|memory|number|count|and|"
    r"subtotal|sub|总计|合计|总和|总共|共计|总数|总|小计|参数量?|计算量|网络|模型|全部|整个|数|量|的|[\W\d_]+",
    re.IGNORECASE,
)
#: A label that says how often its row counts: ``×3``, ``3 x block``.
REPEATED = re.compile(
    r"(?<!\d)(?<!\d\s)[×xX*]\s?(\d{1,3})\s*(?:\)|$|blocks?|layers?|个|次|times)|"
    r"(?<![\d.×x*])(\d{1,3})\s?[×xX](?=\s*(?:$|[A-Za-z\u4e00-\u9fff(\[]))"
)
_SIZE = re.compile(r"\W*\d[\d.,]*\s*[KkMG]i?B(?![A-Za-z])")
_RULE = re.compile(r":?[-=]+:?")
#: Heads that may be of channels or of shapes.
_BARE = ("in", "input", "inputs", "out", "output", "outputs", "输入", "输出")
#: Cells that say nothing, or that there is none.
BLANK = re.compile(r"[\s\-–—―−~/.·×x]*|n/?a|none|无", re.IGNORECASE)


@dataclass(frozen=True)
class Row:
    """A row: its cells, its label, and its kind: ``layer``, ``total``, ``subtotal``, ``more`` or ``aside``."""

    cells: tuple[Passage | None, ...]
    label: str
    kind: str = "layer"
    #: What a total is restricted to: "encoder" of "Encoder total".
    of: str = ""


@dataclass(frozen=True)
class Grid:
    """Columns with their heads, and rows."""

    heads: tuple[Head, ...]
    head_cells: tuple[Passage | None, ...]
    rows: tuple[Row, ...]
    _figures: dict[tuple[int, int], Figure | None] = field(default_factory=dict, compare=False, repr=False)

    def figure(self, row: int, column: int) -> Figure | None:
        """The number of a cell in its column's unit."""
        if (row, column) not in self._figures:
            cell = self.rows[row].cells[column]
            self._figures[row, column] = None if cell is None else read_figure(cell, self.heads[column].unit)
        return self._figures[row, column]

    def columns(self, *quantities: str) -> list[int]:
        """The columns of some quantities."""
        return [n for n, head in enumerate(self.heads) if head.quantity in quantities]

    @cached_property
    def layers(self) -> list[int]:
        """The rows that are neither totals nor asides."""
        return [n for n, row in enumerate(self.rows) if row.kind == "layer"]

    @property
    def additive(self) -> list[int]:
        """The columns whose values may add up to a total."""
        return self.columns(*ADDITIVE)

    @property
    def counts_costs(self) -> bool:
        return bool(self.columns(*COSTS))


def grid_of(table: Table) -> Grid | None:
    """The grid of a table, or nothing where its rows have no common columns.

    >>> from ..documents import read
    >>> (table,) = read("|Layer|Params (M)|\\n|-|-|\\n|conv|1.5|\\n|Total|1.5|").blocks
    >>> grid = grid_of(table)
    >>> [(row.kind, row.label) for row in grid.rows], grid.figure(0, 1).value
    ([('layer', 'conv'), ('total', 'Total')], Fraction(1500000, 1))
    """
    rules = [n for n, row in enumerate(table.rows) if all(_RULE.fullmatch(cell.text.strip()) for cell in row)]
    rows = [row for n, row in enumerate(table.rows) if row and n not in rules]
    heads = min(table.heads or (rules[0] if rules else 0), len(rows))
    if not heads and rows and not any(_has_number(cell) for cell in rows[0]):
        heads = 1
    while heads and heads < len(rows) - 1 and _continues_head(rows[heads]):
        heads += 1
    body = rows[heads:]
    if not body:
        return None
    width = max(Counter(map(len, body)).most_common(1)[0][0], *map(len, rows[:heads]), 0)
    if not 2 <= width <= MAX_COLUMNS:
        return None
    return _assembled(_padded(rows[:heads], width), _padded(body, width))


def _padded(rows: Sequence[Sequence[Passage]], width: int) -> list[tuple[Passage | None, ...]]:
    return [(*row[:width], *[None] * (width - len(row))) for row in rows]


def _has_number(cell: Passage) -> bool:
    return re.match(r"\W*\d", cell.text) is not None


def _continues_head(row: Sequence[Passage]) -> bool:
    """A second row of the head: units and words under the first, no numbers, nothing before it."""
    filled = [cell for cell in row if cell.text.strip()]
    return len(filled) > 1 and not row[0].text.strip() and not any(re.search(r"\d", cell.text) for cell in filled)


def transposed(grid: Grid) -> Grid | None:
    """The same table with rows for columns: where layers stand side by side, or totals at the right."""
    table = [tuple(grid.head_cells), *(row.cells for row in grid.rows)]
    turned = list(zip(*table, strict=True))
    if len(turned) < 2 or not 2 <= len(turned[0]) <= MAX_COLUMNS:
        return None
    found = _assembled([turned[0]], turned[1:])
    common = {head.quantity: head for head in grid.heads[1:] if head.quantity not in ("total", "share", "label", "")}
    if len(common) == 1 and next(iter(common)) in ADDITIVE:
        (head,) = common.values()
        heads = tuple(Head(head.quantity, head.unit, "", h.words) if not h.quantity else h for h in found.heads)
        found = Grid(heads, found.head_cells, found.rows)
    return found


def _assembled(heads: Sequence[tuple[Passage | None, ...]], body: Sequence[tuple[Passage | None, ...]]) -> Grid:
    width = len(body[0])
    texts = [" ".join(dict.fromkeys(row[n].text.strip() for row in heads if row[n])) for n in range(width)]  # type: ignore[union-attr]
    columns = [[row[n] for row in body] for n in range(width)]
    read = tuple(_refined(read_head(text), column) for text, column in zip(texts, columns, strict=True))
    labels = [n for n in range(width) if _is_label(n, read[n], columns[n])]
    rows = tuple(_row(cells, labels) for cells in body)
    if not heads:
        read = tuple(_headless(head, column, rows) for head, column in zip(read, columns, strict=True))
        if any(head.quantity == "bytes" for head in read):
            read = tuple(_tensor(head, column) for head, column in zip(read, columns, strict=True))
    grid = Grid(read, heads[-1] if heads else body[0], rows)
    return replace(grid, rows=tuple(_with_totals(grid)), _figures={})


def _headless(head: Head, cells: Sequence[Passage | None], rows: Sequence[Row]) -> Head:
    """Columns of large whole numbers beside layers hold values that add up, whatever they count."""
    figures = [figure for cell in cells if cell is not None and (figure := read_figure(cell)) is not None]
    large = [one for one in figures if one.printed.exact and one.value >= 100 and not one.computed]
    layers = sum(bool(read_spec(row.label).kind) for row in rows)
    if not head.quantity and 2 * len(large) > len(figures) > 1 and 2 * layers >= len(rows):
        return Head("values", None, "", head.words)
    return head


def _tensor(head: Head, cells: Sequence[Passage | None]) -> Head:
    """Beside sizes in bytes, products without a head are shapes."""
    texts = [cell.level.strip() for cell in cells if cell is not None and cell.text.strip()]
    shapes = not head.quantity and texts and all(map(_is_product_shape, texts))
    return replace(head, quantity="out shape") if shapes else head


def _with_totals(grid: Grid) -> Iterator[Row]:
    """Rows without any label whose number is larger than those above are totals too."""
    group: list[int] = []
    for number, row in enumerate(grid.rows):
        kind = row.kind
        if kind == "layer" and group and _unlabelled_total(grid, number, group):
            kind = "subtotal"
        group = [*group, number] if kind == "layer" else []
        yield replace(row, kind=kind) if kind == row.kind else replace(row, kind=kind, of=UNLABELLED)


def _unlabelled_total(grid: Grid, number: int, group: Sequence[int]) -> bool:
    row = grid.rows[number]
    filled = [n for n, cell in enumerate(row.cells) if cell is not None and not BLANK.fullmatch(cell.text.strip())]
    if row.label.strip("-–— ") or len(group) < 2 or not filled or not set(filled) <= set(grid.additive):
        return False
    for column in filled:
        figure = grid.figure(number, column)
        above = [one.value for _, one in numbers_of(grid, column, group)]
        if figure is None or len(above) < 2 or figure.value < max(above):
            return False
    return True


def _refined(head: Head, cells: Sequence[Passage | None]) -> Head:
    """Words that may mean two things are settled by what stands below them."""
    texts = [cell.level.strip() for cell in cells if cell is not None and not BLANK.fullmatch(cell.level.strip())]
    quantity, unit = head.quantity, head.unit
    shapes = sum(_is_product_shape(text) for text in texts)
    mostly_shapes = 2 * shapes > len(texts) > 0
    if head.words.lower() in _BARE and not mostly_shapes and texts and all(map(str.isdigit, texts)):
        quantity = "in" if quantity == "in shape" else "out"
    elif quantity in ("size", "out size", "elements", "in", "in shape", "out shape") and mostly_shapes:
        quantity = "in shape" if quantity in ("in", "in shape") else "out shape"
    elif quantity in ("out", "weights", "weight shape", "kernel") and mostly_shapes:
        ranks = Counter(len(shape.dims) for text in texts if (shape := read_shape(text)))
        quantity = "kernel" if ranks.most_common(1)[0][0] <= 3 else "weight shape"
    elif quantity == "out size":
        quantity = "elements"
    elif quantity == "bias?" and any(re.fullmatch(r"\d{2,}", text) for text in texts):
        quantity = "biases"
    elif quantity == "repeat" and any(re.fullmatch(r"[\d,]{4,}", text) for text in texts):
        quantity = "elements"
    elif quantity in ("", "size", "bytes", "weights", "params", "elements") and texts and unit is None:
        find = _SIZE.search if quantity in ("", "size", "bytes") else _SIZE.match
        sized = sum(find(text) is not None for text in texts)
        quantity = "bytes" if 2 * sized > len(texts) else "elements" if quantity == "bytes" else quantity
    return replace(head, quantity=quantity, unit=unit)


def _is_product_shape(text: str) -> bool:
    shape = read_shape(text)
    return shape is not None and (len(shape.dims) > 1 or text[:1] in "([") and not re.fullmatch(r"[\d,.\s]+", text)


def _is_label(number: int, head: Head, cells: Sequence[Passage | None]) -> bool:
    if head.quantity == "label":
        return True
    if head.quantity not in ("", "nothing"):
        return False
    if not number:
        return True
    filled = [cell.text.strip() for cell in cells if cell is not None and cell.text.strip()]
    return 2 * sum(bool(re.match(r"\W*[A-Za-z\u4e00-\u9fff]", text)) for text in filled) >= len(filled) > 0


def _row(cells: tuple[Passage | None, ...], labels: Sequence[int]) -> Row:
    texts = [cells[n].text.strip() for n in labels or [0] if cells[n] is not None]  # type: ignore[union-attr]
    label = " ".join(" ".join(text for text in texts if text).split())[:200]
    filled = [cell.text.strip() for cell in cells if cell is not None and cell.text.strip()]
    total = next(
        (text for text in [label, *texts, *filled[:1]] if _TOTAL.match(text) and not re.match(r"\W*\d", text)), None
    )
    if _ASIDE.match(label) or any(_ASIDE.match(text) for text in filled[:1]):
        return Row(cells, label, "aside")
    if total is not None:
        of = " ".join(_NEUTRAL.sub(" ", total.lower()).split())
        return Row(cells, label, "subtotal" if _SUBTOTAL.search(total) else "total", of)
    if any(_MORE.fullmatch(text) for text in (filled[:1] or [""])) or (filled and all(map(_MORE.fullmatch, filled))):
        return Row(cells, label, "more")
    return Row(cells, label)


def numbers_of(grid: Grid, column: int, rows: Sequence[int]) -> Iterator[tuple[int, Figure]]:
    """The figures of a column in some rows, without the cells that have none."""
    for row in rows:
        figure = grid.figure(row, column)
        if figure is not None:
            yield row, figure
