"""The lines of a document as one text to look for summaries in: markup and colours blanked, every place known."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from ..documents import Document, Line
from ..model import Spot

_TAG = re.compile(r"</?[A-Za-z][A-Za-z0-9-]{0,20}(?:\s[^<>\n]{0,400})?/?>|<!--|-->")
_COLOUR = re.compile(r"\x1b?\[[0-9;]{1,16}m")
_ENTITY = re.compile(r"&(?:#\d{1,6}|#x[0-9a-fA-F]{1,5}|[a-z]{2,8});")
_ENTITIES = {"&lt;": "<", "&gt;": ">", "&amp;": "&"}
_MARKS = str.maketrans("\t\u00a0\u3000\u2007\u202f\u200b\ufeff*`\v\f\r", " " * 12)


def _blank(match: re.Match[str]) -> str:
    return " " * len(match[0])


def _entity(match: re.Match[str]) -> str:
    return _ENTITIES.get(match[0], " ").ljust(len(match[0]))


def cleaned(line: str) -> str:
    """A line without markup, as long as before.

    >>> cleaned("conv2d (<span>Conv2D</span>)  **448**")
    'conv2d (      Conv2D       )    448  '
    """
    if "<" in line or "-->" in line:
        line = _TAG.sub(_blank, line)
    if "m" in line:
        line = _COLOUR.sub(_blank, line)
    if "&" in line:
        line = _ENTITY.sub(_entity, line)
    return line.translate(_MARKS)


@dataclass(frozen=True)
class Pasted:
    """The lines of one source or cell, cleaned and joined by line feeds."""

    text: str
    starts: tuple[int, ...]
    lines: tuple[Line, ...]

    @classmethod
    def of(cls, lines: Sequence[Line]) -> Pasted:
        """Lines that follow each other."""
        texts = [cleaned(line.text) for line in lines]
        starts, offset = [], 0
        for text in texts:
            starts.append(offset)
            offset += len(text) + 1
        return cls("\n".join(texts), tuple(starts), tuple(lines))

    def index(self, offset: int) -> int:
        """Which line a character stands in."""
        return max(0, bisect_right(self.starts, offset) - 1)

    def spot(self, start: int, end: int) -> Spot:
        """A stretch of the text in its document, cut at the end of its line.

        >>> Pasted.of((Line(7, "ab"), Line(8, "cde"))).spot(4, 6)
        Spot(line=8, start=1, end=3, cell=None)
        """
        at = self.index(start)
        line = self.lines[at]
        column = start - self.starts[at]
        return Spot(line.number, column, min(column + end - start, len(line.text)), line.cell)

    def line_text(self, offset: int) -> tuple[str, Spot]:
        """The line around a character as it stands in the source, without the blanks at its ends, and its place."""
        line = self.lines[self.index(offset)]
        text = line.text.strip()
        start = line.text.find(text) if text else 0
        return text, Spot(line.number, start, start + len(text), line.cell)

    def line_at(self, spot: Spot) -> tuple[str, Spot]:
        """The same for a spot of this text."""
        index = spot.line - self.lines[0].number
        return self.line_text(self.starts[max(0, min(index, len(self.lines) - 1))])

    def covered(self, start: int, end: int) -> frozenset[tuple[int | None, int]]:
        """The lines between two places."""
        return frozenset((line.cell, line.number) for line in self.lines[self.index(start) : self.index(end) + 1])


def pasted(document: Document) -> Iterator[Pasted]:
    """A document's lines, cell by cell."""
    for _, lines in groupby(document.lines, key=lambda line: line.cell):
        yield Pasted.of(tuple(lines))
