"""Markdown: blocks by markdown-it, with their lines; markup inside them blanked in place.

The parser says which lines belong to which block. The characters are always taken from the source, so that nothing
the parser rewrites (tabs, NUL, what is hidden from it) changes a passage. Lines that it drops are read as prose.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.token import Token

from . import display, html, pipes, tex
from .inline import blanked
from .marks import marks
from .mask import front_matter, masked
from .model import Block, Document, Fence, Passage, Table
from .source import lines_of, numbered, source_of
from .text import blocks as text_blocks

#: Tokens that hold text.
_TEXTS = ("inline", "fence", "code_block", "display", "html_block")
#: How deep quotations and lists are followed; deeper lines are read as prose.
_NESTING = 60
#: So many lines, shorter than this on average, are read as plain text.
_CROWD, _SHORT = 20_000, 25
_QUOTE = re.compile(r"(?:[ \t]|>|(?:[-+*]|\d{1,9}[.)])(?=[ \t]))*")
_CLOSING = re.compile(r"(?:^|[ \t])#+[ \t]*$")
_EQUATION = re.compile(r"[=≈]")


@cache
def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"maxNesting": _NESTING}).enable("table")
    # Inline content is taken as it stands; what emphasis would make of it is of no use here.
    return parser.disable("inline").use(display.rules)


def read(text: str, source: str) -> Document:
    """The blocks of a Markdown text."""
    lines = lines_of(text)
    return Document(source, numbered(lines), tuple(blocks(lines)), marks(lines))


def blocks(lines: Sequence[str], cell: int | None = None, first: int = 1) -> Iterator[Block]:
    """The blocks of the lines; the first line has the number ``first``."""
    if _is_crowded(lines):
        return text_blocks(lines, cell, first, blanked)
    return _Reader(lines, cell, first).blocks()


def _is_crowded(lines: Sequence[str]) -> bool:
    """Whether there are more and shorter lines than any written text has: the parser would take its time over them."""
    if len(lines) < _CROWD:
        return False
    filled = [len(line) for line in lines if line]
    return len(filled) > _CROWD and sum(filled) < _SHORT * len(filled)


class _Reader:
    """Reads one text."""

    def __init__(self, lines: Sequence[str], cell: int | None, first: int) -> None:
        self.lines, self.cell, self.first = lines, cell, first
        #: For each line, whether some block has taken it.
        self.covered = bytearray(len(lines))
        self._cover(0, front_matter(lines))
        #: The lines as the parser sees them, each as long as in the source.
        self.shown: list[str] = []
        self.labels: frozenset[str] = frozenset()

    def _cover(self, first: int, last: int) -> None:
        self.covered[first:last] = b"\1" * (last - first)

    def blocks(self) -> Iterator[Block]:
        hidden = zip(self.covered, masked(self.lines), strict=True)
        self.shown = shown = [("" if taken else line) for taken, line in hidden]
        env: dict[str, Any] = {}
        tokens = _parser().parse("\n".join(shown), env)
        self.labels = frozenset(label.strip().casefold() for label in env.get("references", {}))
        found = [(token.map[0], block) for token, block in self._found(tokens) if token.map]
        for number, line in enumerate(self.lines):
            if not self.covered[number] and any(map(str.isdigit, line)):
                found += [(number, block) for block in self._prose(number, number + 1, [line], "prose")]
        return (block for _, block in sorted(found, key=lambda pair: pair[0]))

    def _found(self, tokens: list[Token]) -> Iterator[tuple[Token, Block]]:
        kind, items, at = "prose", 0, 0
        while at < len(tokens):
            token = tokens[at]
            kind = _kind(token, kind)
            items += (token.type == "list_item_open") - (token.type == "list_item_close")
            if token.map and (not token.nesting or token.type in ("heading_open", "table_open")):
                self._cover(*token.map)
                if token.type == "table_open":
                    yield token, self._table(range(*token.map))
                    while tokens[at].type != "table_close":
                        at += 1
                elif token.type in _TEXTS:
                    for block in self._of(token, "item" if items and kind == "prose" else kind):
                        yield token, block
            at += 1

    def _of(self, token: Token, kind: str) -> Iterator[Block]:
        """The blocks of a token that holds text."""
        first, last = token.map or (0, 0)
        pieces = token.content.rstrip("\n").split("\n")
        if token.type == "fence":
            yield from self._fence(token, first + 1)
        elif token.type == "code_block":
            yield from self._code(first, pieces)
        elif token.type == "display":
            yield from self._math(first, pieces)
        elif token.type == "html_block":
            yield from html.blocks_of(source_of(self._raw(first, pieces)))
        else:
            yield from self._running(first, last, pieces, kind)

    def _running(self, first: int, last: int, pieces: list[str], kind: str) -> Iterator[Block]:
        """A paragraph or a heading; an equation that is underlined by chance is a paragraph."""
        if kind == "underlined":
            kind = "prose" if len(pieces) > 1 or _EQUATION.search(pieces[0]) else "heading"
        elif kind == "heading":
            yield from self._prose(first, last, pieces, kind, closed=True)
            return
        elif len(pieces) > 1 and all("|" in piece for piece in pieces) and pieces[0].count("|") > 1:
            yield self._table(range(first, last))
            return
        yield from self._prose(first, last, pieces, kind)

    def _raw(self, first: int, pieces: Sequence[str], closed: bool = False) -> Passage:
        """The source's own characters of some lines of a block, each of which is the end of its line; a heading may be
        ``closed`` by more hashes."""
        texts, places, offset = [], [], 0
        for number, piece in enumerate(pieces, start=first):
            line = self.shown[number].rstrip()
            line = _CLOSING.sub("", line).rstrip() if closed else line
            bare = len(piece.strip())
            begin = len(line) - bare
            indent = min(begin, len(piece.rstrip()) - bare) if bare else 0
            texts.append(" " * indent + self.lines[number][begin : len(line)] if bare else "")
            places.append((offset, self.first + number, begin - indent))
            offset += len(texts[-1]) + 1
        return Passage("\n".join(texts), tuple(places), cell=self.cell)

    def _prose(
        self, first: int, last: int, pieces: Sequence[str], kind: str, closed: bool = False
    ) -> Iterator[Passage]:
        source = source_of(self._raw(first, pieces[: last - first], closed))
        passage = source.passage(0, len(source.text), kind, blanked(source.text, self.labels))
        if passage is not None:
            yield passage

    def _code(self, first: int, pieces: Sequence[str]) -> Iterator[Passage]:
        raw = self._raw(first, pieces)
        if raw.text.strip():
            yield Passage(raw.text, raw.lines, "code", self.cell)

    def _math(self, first: int, pieces: Sequence[str]) -> Iterator[Passage]:
        source = source_of(self._raw(first, pieces))
        clean = tex.without_marks(source.text)
        for start, end in tex.rows(source.text):
            passage = source.passage(start, end, "math", clean)
            if passage is not None:
                yield passage

    def _fence(self, token: Token, first: int) -> Iterator[Block]:
        language = token.info.strip().split(" ")[0].strip("{}").lower()
        pieces = token.content.rstrip("\n").split("\n") if token.content.strip() else []
        if language == "convcost":
            yield Fence(language, tuple(enumerate(pieces, start=self.first + first)), self.cell)
        elif language in ("math", "latex", "tex"):
            yield from self._math(first, pieces)
        elif pieces:
            yield from self._code(first, pieces)

    def _table(self, numbers: range) -> Table:
        """A table by its own lines: rows keep the cells that the parser would drop."""
        lines = [(self.first + n, self.lines[n], self._begin(self.lines[n], n == numbers[0])) for n in numbers]
        return pipes.table(lines, self.cell) or Table((), 0)

    @staticmethod
    def _begin(line: str, first: bool) -> int:
        """Where a row begins behind the marks of quotations, and of a list item in the first row."""
        if not first:
            return len(line) - len(line.lstrip(" \t>"))
        marks_before = _QUOTE.match(line)
        return marks_before.end() if marks_before else 0


def _kind(token: Token, kind: str) -> str:
    """The kind of the text that a token opens; ``underlined`` for a heading with a line of dashes below it."""
    if token.type == "paragraph_open":
        return "prose"
    if token.type == "heading_open":
        return "heading" if token.markup.startswith("#") else "underlined"
    return kind
