"""HTML, forgivingly: tags blanked in place, entities read, tables as tables; scripts and comments are skipped."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from . import grid, tex
from .html_tags import Tag, tags
from .inline import entities, without_links
from .marks import marks
from .mathml import Formula
from .model import Block, Document, Passage
from .source import Source, lines_of, numbered

_HEADINGS = frozenset(("h1", "h2", "h3", "h4", "h5", "h6", "title", "caption", "summary"))
_BLOCKS = _HEADINGS | frozenset(
    "address article aside blockquote body center dd details dialog div dl dt fieldset figcaption figure footer form "
    "head header hr html li main nav ol option p pre section select table tbody td tfoot th thead tr ul".split()
)
_CELLS = frozenset(("td", "th"))
_TABLES = frozenset(("table", "tr", "td", "th", "thead", "tbody", "tfoot"))
#: Elements that are drawings, or formulas drawn a second time.
_DRAWN = re.compile(r"(?:^|\s)(?:katex-html|MathJax\w*)(?:\s|$)")
_RAISED = re.compile(r"\s*[\w+\-−]{1,12}\s*\Z")


def read(text: str, source: str) -> Document:
    """The blocks of an HTML text."""
    lines = lines_of(text)
    return Document(source, numbered(lines), tuple(blocks(lines)), marks(lines))


def blocks(lines: Sequence[str], cell: int | None = None, first: int = 1) -> Iterator[Block]:
    """The blocks of the lines; the first line has the number ``first``."""
    return blocks_of(Source.of(lines, cell, first))


def blocks_of(source: Source) -> Iterator[Block]:
    """The blocks of a piece of HTML."""
    reader = _Reader(source.text)
    reader.run()
    return reader.blocks(source)


@dataclass
class _Cell:
    start: int
    tag: Tag
    end: int = -1


@dataclass
class _Table:
    rows: list[list[_Cell]] = field(default_factory=list)
    cell: _Cell | None = None
    heads: int = 0


@dataclass
class _Skipped:
    """An element that is not read, from its beginning; ``depth`` are the elements of its name in it."""

    start: int
    name: str
    depth: int = 1


class _Reader:
    """Walks over the tags once; what stands between two block tags is a stretch of running text or a table's cell."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.clean = list(text)
        self.found: list[tuple[int, int, str] | _Table] = []
        self.tables: list[_Table] = []
        self.begin, self.kind, self.lists = 0, "prose", 0
        self.formula: Formula | None = None
        self.skipped: _Skipped | None = None
        self.raised: tuple[Tag, bool] | None = None

    def run(self) -> None:
        at = 0
        for tag in tags(self.text):
            self._characters(at, tag.start)
            self._blank(tag.start, tag.end)
            at = tag.end
            if tag.raw is not None:
                at = tag.raw
                self._raw(tag)
            if tag.name:
                self._tag(tag)
        self._characters(at, len(self.text))
        if self.formula is not None:
            self.formula.close(len(self.text))
        if self.skipped is not None:
            self._blank(self.skipped.start, len(self.text))
        while self.tables:
            self._end_table(len(self.text))
        self._flush(len(self.text), len(self.text))

    def _blank(self, start: int, end: int) -> None:
        self.clean[start:end] = re.sub(r"[^\n]", " ", self.text[start:end])

    def _characters(self, start: int, end: int) -> None:
        text = self.text[start:end]
        if "&" in text:
            self.clean[start:end] = entities(text)

    def _raw(self, tag: Tag) -> None:
        """The text of a script is skipped, unless it is a formula for MathJax."""
        if tag.name != "script" or not tag.attribute("type").startswith("math/tex"):
            self._blank(tag.end, tag.raw or tag.end)

    def _tag(self, tag: Tag) -> None:
        if self.skipped is not None:
            self._skip(tag, self.skipped)
        elif tag.name == "math" or self.formula is not None:
            self._math(tag)
        elif tag.name == "svg" or (not tag.closing and _DRAWN.search(tag.attribute("class"))):
            if not tag.closing and not tag.empty:
                self.skipped = _Skipped(tag.end, tag.name)
        elif tag.name in ("sup", "sub"):
            self._script(tag)
        elif tag.name == "br":
            self.clean[tag.end - 1] = "\n"
        elif tag.name in _TABLES and (self.tables or (tag.name == "table" and not tag.closing)):
            self._part_of_table(tag)
        elif tag.name in _BLOCKS and not (self.tables and self.tables[-1].cell):
            self._block(tag)
        elif tag.name == "a" and self.raised is not None:
            self.raised = self.raised[0], True

    def _skip(self, tag: Tag, skipped: _Skipped) -> None:
        if tag.name == skipped.name and not tag.empty:
            skipped.depth += -1 if tag.closing else 1
            if not skipped.depth:
                self._blank(skipped.start, tag.start)
                self.skipped = None

    def _math(self, tag: Tag) -> None:
        if self.formula is None:
            if not tag.closing and not tag.empty:
                self.formula = Formula(tag.end, self.clean)
        elif tag.name == "math" and tag.closing:
            self.formula.close(tag.start)
            self.formula = None
        else:
            self.formula.tag(tag)

    def _script(self, tag: Tag) -> None:
        """``7<sup>2</sup>`` is a power, a raised link or ``[1]`` a reference; what is lowered belongs to a name."""
        if tag.name == "sub":
            self.clean[tag.end - 1] = " " if tag.closing else "_"
        elif not tag.closing:
            self.raised = tag, False
        elif self.raised is not None:
            (opening, linked), self.raised = self.raised, None
            raised = "".join(self.clean[opening.end : tag.start])
            self._blank(opening.end, tag.start)
            if _RAISED.match(raised) and not linked:
                power = f"^{raised.strip()}"
                self.clean[opening.start : opening.start + len(power)] = power

    def _block(self, tag: Tag) -> None:
        self._flush(tag.start, tag.end)
        if tag.name in ("ul", "ol"):
            self.lists = max(0, self.lists + (-1 if tag.closing else 1))
        if tag.closing or tag.name not in _HEADINGS | {"pre"}:
            self.kind = "item" if self.lists else "prose"
        else:
            self.kind = "code" if tag.name == "pre" else "heading"

    def _flush(self, end: int, begin: int) -> None:
        """Running text ends here and begins anew there."""
        if self.begin < end:
            self.found.append((self.begin, end, self.kind))
        self.begin = begin

    def _part_of_table(self, tag: Tag) -> None:
        if tag.name == "table" and not tag.closing:
            self._end_cell(tag.start)
            self._flush(tag.start, tag.end)
            self.tables.append(_Table())
            return
        table = self.tables[-1]
        self._end_cell(tag.start)
        self._flush(tag.start, tag.end)
        if tag.name == "table":
            self._end_table(tag.start)
            self.begin = tag.end
        elif tag.name in _CELLS and not tag.closing:
            table.rows = table.rows or [[]]
            table.cell = _Cell(tag.end, tag)
        elif tag.name == "tr" and not tag.closing:
            table.rows.append([])
        elif tag.name == "thead" and tag.closing:
            table.heads = len(table.rows)

    def _end_cell(self, end: int) -> None:
        table = self.tables[-1] if self.tables else None
        if table is not None and table.cell is not None:
            table.cell.end = end
            table.rows[-1].append(table.cell)
            table.cell = None
            self.begin = end

    def _end_table(self, end: int) -> None:
        self._end_cell(end)
        self.found.append(self.tables.pop())

    def blocks(self, source: Source) -> Iterator[Block]:
        """What was found, cut from the source."""
        clean = without_links("".join(self.clean))
        for found in self.found:
            if isinstance(found, _Table):
                table = _table(found, source, clean)
                if table is not None:
                    yield table
            else:
                yield from _running(source, clean, *found)


def _table(table: _Table, source: Source, clean: str) -> Block | None:
    rows = [
        [
            grid.Cell(
                _cell(source, clean, cell),
                _whole(cell.tag.attribute("colspan")),
                _whole(cell.tag.attribute("rowspan")),
                cell.tag.name == "th",
            )
            for cell in row
        ]
        for row in table.rows
    ]
    return grid.table([row for row in rows if row], table.heads)


def _cell(source: Source, clean: str, cell: _Cell) -> Passage:
    passage = source.passage(cell.start, cell.end, "cell", clean)
    return passage or Passage("", (source.at(cell.start),), "cell", source.cell)


def _whole(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 6 else 1


def _running(source: Source, clean: str, start: int, end: int, kind: str) -> Iterator[Passage]:
    """Running text, and the formulas displayed in it."""
    if kind == "code" or ("\\" not in clean[start:end] and "$$" not in clean[start:end]):
        passage = source.passage(start, end, kind, clean)
        yield from [passage] if passage else []
        return
    shown = source.piece(start, end)
    bare = tex.without_marks(clean[start:end])
    for first, last, display in tex.parted(clean[start:end]):
        for a, b in tex.rows(bare, first, last) if display else [(first, last)]:
            passage = shown.passage(a, b, "math" if display else kind, bare)
            yield from [passage] if passage else []
