"""A document as the judges see it: blocks of text, each of which knows where in the source it stands.

Readers (one a format) make it. They never change what stands there: markup is blanked in place, so that a passage's
characters are those of the source and every position leads back to a line and a column.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

from ..model import Spot
from ..normalize import normalise

#: Ends of sentences: full stops before a blank or the end, and the Chinese ones.
_SENTENCE_END = re.compile(r"(?<=[。！？；])|(?<=[.!?;])(?=\s)|\n[ \t]*\n")
#: A full stop that ends no sentence.
_ABBREVIATION = re.compile(r"(?:\b(?:approx|ca|e\.g|i\.e|resp|vs|cf|fig|eq|sec|no|etc|al)|\b[A-Z])\.$", re.IGNORECASE)


@dataclass(frozen=True)
class Passage:
    """A stretch of running text: a paragraph, a list item, a heading, a table cell, a formula, a piece of code.

    ``text`` has the source's characters, its lines parted by line feeds. ``lines`` tells for each of these lines the
    offset in ``text`` at which it begins, and its line and column in the source. ``kind`` is ``prose``, ``item``,
    ``heading``, ``math``, ``code`` or ``cell``.
    """

    text: str
    lines: tuple[tuple[int, int, int], ...]
    kind: str = "prose"
    cell: int | None = None

    @cached_property
    def level(self) -> str:
        """The text in the grammar's alphabet, character for character (see ``normalize``)."""
        return normalise(self.text)

    @cached_property
    def notes(self) -> dict[str, object]:
        """What judges have worked out about the passage and may need again, each under a name of its own."""
        return {}

    def place(self, offset: int) -> tuple[int, int]:
        """Line (from 1) and column (from 0) of a character.

        >>> Passage("ab\\ncd", ((0, 7, 2), (3, 8, 0))).place(4)
        (8, 1)
        """
        begin, line, column = self.lines[max(0, bisect_right(self.lines, (offset, 1 << 60)) - 1)]
        return line, column + offset - begin

    def spot(self, start: int, end: int) -> Spot:
        """A stretch of the passage in the source; what runs over a line's end is cut there."""
        line, column = self.place(start)
        stop = self.text.find("\n", start, end)
        return Spot(line, column, column + (end if stop < 0 else stop) - start, self.cell)

    def line_numbers(self) -> range:
        """The source lines that it covers."""
        return range(self.lines[0][1], self.lines[-1][1] + 1)

    def without(self, covered: frozenset[tuple[int | None, int]]) -> Passage | None:
        """The passage with some lines blanked; nothing if all of them are."""
        if all((self.cell, number) in covered for number in self.line_numbers()):
            return None
        ends = [*(offset for offset, _, _ in self.lines[1:]), len(self.text)]
        pieces = []
        for (offset, number, _), end in zip(self.lines, ends, strict=True):
            piece = self.text[offset:end]
            pieces.append(re.sub(r"[^\n]", " ", piece) if (self.cell, number) in covered else piece)
        return replace(self, text=self.text[: self.lines[0][0]] + "".join(pieces))

    def sentences(self) -> Iterator[tuple[int, int]]:
        """Start and end of each sentence.

        >>> p = Passage("Two by e.g. two. 3.5 is no end。完", ((0, 1, 0),))
        >>> [p.text[a:b] for a, b in p.sentences()]
        ['Two by e.g. two.', ' 3.5 is no end。', '完']
        """
        start = 0
        for match in _SENTENCE_END.finditer(self.text):
            end = match.start()
            if end > start and not _ABBREVIATION.search(self.text, max(start, end - 12), end):
                yield start, end
                start = end
        if self.text[start:].strip():
            yield start, len(self.text)


@dataclass(frozen=True)
class Table:
    """Rows of cells, each a passage of kind ``cell``; the first ``heads`` rows are the head."""

    rows: tuple[tuple[Passage, ...], ...]
    heads: int = 1


@dataclass(frozen=True)
class Fence:
    """A fenced block with a language: its word, its lines with their numbers, and the cell."""

    language: str
    lines: tuple[tuple[int, str], ...]
    cell: int | None = None


Block = Passage | Table | Fence


@dataclass(frozen=True)
class Line:
    """A line of the source as it stands there."""

    number: int
    text: str
    cell: int | None = None


@dataclass(frozen=True)
class Document:
    """All of one source: its lines, the blocks that were found in it, and the author's marks.

    ``marks`` maps (cell, line) to the reason why claims of that line are accepted as they are.
    """

    source: str
    lines: tuple[Line, ...]
    blocks: tuple[Block, ...]
    marks: Mapping[tuple[int | None, int], str] = field(default_factory=dict)

    def passages(self) -> Iterator[Passage]:
        """Every passage, those of tables too, in the order of the document; fenced blocks are not among them."""
        for block in self.blocks:
            if isinstance(block, Passage):
                yield block
            elif isinstance(block, Table):
                for row in block.rows:
                    yield from row

    def without(self, covered: frozenset[tuple[int | None, int]]) -> Document:
        """The document without the lines (cell, number) that somebody has dealt with.

        >>> passage = Passage("so\\n1 2 3", ((0, 4, 0), (3, 5, 0)))
        >>> Document("a", (), (passage,)).without(frozenset({(None, 5)})).blocks[0].text
        'so\\n     '
        """
        if not covered:
            return self
        blocks: list[Block] = []
        for block in self.blocks:
            if isinstance(block, Passage):
                left = block.without(covered)
                blocks += [left] if left is not None else []
            elif isinstance(block, Table):
                rows = tuple(row for row in block.rows if any(cell.without(covered) is not None for cell in row))
                blocks += [Table(rows, min(block.heads, len(rows)))] if rows else []
            else:
                blocks.append(block)
        return Document(self.source, self.lines, tuple(blocks), self.marks)
