r"""LaTeX source: comments and commands blanked in place, sections, items, tables, displayed formulas, code.

Nothing is expanded and nothing is executed: what a macro stands for is not known.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from . import latex_commands as commands
from . import latex_tables, tex
from .inline import without_links
from .marks import marks
from .model import Block, Document, Passage
from .source import Source, lines_of, numbered

_CODE = r"verbatim\*?|lstlisting|minted|Verbatim|alltt|filecontents\*?"
_LEX = re.compile(
    rf"\\begin\s?\{{(?P<code>{_CODE})\}}|\\begin\s?\{{(?P<drawn>comment|tikzpicture|pgfpicture|thebibliography)\}}"
    r"|(?P<off>\\iffalse(?![A-Za-z]))|\\(?:verb\*?|lstinline(?:\[[^\]\n]{0,80}\])?)(?P<mark>[^A-Za-z\s*{])"
    r"|\\[\s\S]|(?P<comment>%[^\n]*)"
)
_TABLE = re.compile(rf"\\begin\s?\{{(?P<name>{latex_tables.NAMES})\}}")
_BREAK = re.compile(
    r"\n[ \t]*\n\s*|\\par(?![A-Za-z])|(?P<item>\\item(?![A-Za-z])(?:\s?\[[^\]\n]{0,80}\])?)"
    r"|(?P<head>\\(?:part|chapter|(?:sub){0,2}section|(?:sub)?paragraph|title|frametitle|caption)\*?(?:\[[^\]\n]{0,200}\])?"
    r"(?=\s{0,9}\{))|\\(?:begin|end)\s{0,9}\{[A-Za-z*]{1,40}\}"
)


def read(text: str, source: str) -> Document:
    """The blocks of a LaTeX text."""
    lines = lines_of(text)
    return Document(source, numbered(lines), tuple(blocks(lines)), marks(lines))


def blocks(lines: Sequence[str], cell: int | None = None, first: int = 1) -> Iterator[Block]:
    """The blocks of the lines; the first line has the number ``first``."""
    source = Source.of(lines, cell, first)
    text, code = _bare(source.text)
    return _Reader(source, text).blocks(code)


@dataclass(frozen=True)
class _Code:
    """Where a verbatim environment stands, and where its text."""

    start: int
    end: int
    first: int
    last: int


def _bare(text: str) -> tuple[str, list[_Code]]:
    r"""The text without comments, drawings, preamble and code, as long as before, and the code.

    >>> _bare("3 % no\n\\verb|x=3|")[0]
    '3     \n      x=3 '
    """
    clean, code = list(text), list[_Code]()
    at = 0
    while (match := _LEX.search(text, at)) is not None:
        at = match.end()
        if match["comment"]:
            _blank(clean, text, match.start(), at)
        elif match["code"] or match["drawn"] or match["off"]:
            closing = "\\fi" if match["off"] else f"\\end{{{match['code'] or match['drawn']}}}"
            close = text.find(closing, at)
            last = close if close >= 0 else len(text)
            stop = min(len(text), last + len(closing))
            if match["code"]:
                code.append(_Code(match.start(), stop, _first_line(text, at, last), last))
            _blank(clean, text, match.start(), stop)
            at = stop
        elif match["mark"]:
            close = text.find(match["mark"], at, at + 400)
            if close >= 0 and "\n" not in text[at:close]:
                _blank(clean, text, match.start(), at)
                clean[close], at = " ", close + 1
    bare = "".join(clean)
    begin, end = bare.find("\\begin{document}"), bare.find("\\end{document}")
    if begin >= 0:
        _blank(clean, bare, 0, begin + 16)
    if end >= 0:
        _blank(clean, bare, end, len(bare))
    return "".join(clean), code


def _blank(clean: list[str], text: str, start: int, end: int) -> None:
    clean[start:end] = re.sub(r"[^\n]", " ", text[start:end])


def _first_line(text: str, start: int, end: int) -> int:
    """Code begins below its options."""
    line = text.find("\n", start, end)
    return line + 1 if line >= 0 else start


class _Reader:
    def __init__(self, source: Source, text: str) -> None:
        self.source, self.text = source, text
        self.clean = without_links(commands.blanked(text))
        self.brackets = commands.closings(text)

    def blocks(self, code: Sequence[_Code]) -> Iterator[Block]:
        """The blocks between pieces of code, and those."""
        at = 0
        for piece in code:
            yield from self._between(at, piece.start)
            passage = self.source.passage(piece.first, piece.last, "code")
            yield from [passage] if passage else []
            at = piece.end
        yield from self._between(at, len(self.text))

    def _between(self, start: int, end: int) -> Iterator[Block]:
        """Tables, and what is between them."""
        at = start
        while (opening := _TABLE.search(self.text, at, end)) is not None:
            close = self.text.find(f"\\end{{{opening['name']}}}", opening.end(), end)
            if close < 0:
                break
            yield from self._paragraphs(at, opening.start())
            table = latex_tables.table(
                self.source, self.text, self.clean, self.brackets, opening.end(), close, opening["name"]
            )
            yield from [table] if table else []
            at = close
        yield from self._paragraphs(at, end)

    def _paragraphs(self, start: int, end: int) -> Iterator[Passage]:
        for first, last, display in tex.parted(self.text, start, end):
            if display:
                for a, b in tex.rows(self.text, first, last):
                    yield from self._passage(a, b, "math")
            else:
                yield from self._running(first, last)

    def _running(self, start: int, end: int) -> Iterator[Passage]:
        """Running text between displays: parted at blank lines, items, headings and environments."""
        begin, kind = start, "prose"
        for match in _BREAK.finditer(self.text, start, end):
            if match.start() < begin:
                continue
            yield from self._passage(begin, match.start(), kind)
            begin, kind = match.end(), "item" if match["item"] else "prose"
            closing = commands.closing(self.text, self.brackets, begin, end) if match["head"] else None
            if closing is not None:
                yield from self._passage(begin, closing, "heading")
                begin = closing
        yield from self._passage(begin, end, kind)

    def _passage(self, start: int, end: int, kind: str) -> Iterator[Passage]:
        passage = self.source.passage(start, end, kind, self.clean)
        yield from [passage] if passage else []
