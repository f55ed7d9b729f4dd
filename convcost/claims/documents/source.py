"""Source text and where its lines stand: what every reader cuts its passages from."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from .model import Line, Passage

_LINE_END = re.compile("\r\n?|\n")


def lines_of(text: str) -> list[str]:
    r"""The lines of a text; a form feed or another control character ends none.

    >>> lines_of("a\r\nb\rc\fd\n")
    ['a', 'b', 'c\x0cd']
    """
    lines = _LINE_END.split(text)
    if not lines[-1]:
        lines.pop()
    return lines


def numbered(lines: Sequence[str], cell: int | None = None, first: int = 1) -> tuple[Line, ...]:
    """The lines with their numbers."""
    return tuple(Line(number, line, cell) for number, line in enumerate(lines, start=first))


@dataclass(frozen=True)
class Source:
    """A text whose lines are parted by line feeds; ``places`` has the offset, line and column at which each begins."""

    text: str
    places: tuple[tuple[int, int, int], ...]
    cell: int | None = None

    @classmethod
    def of(cls, lines: Sequence[str], cell: int | None = None, first: int = 1) -> Source:
        """Whole lines of a source, the first of which has the number ``first``."""
        places, offset = [], 0
        for number, line in enumerate(lines, start=first):
            places.append((offset, number, 0))
            offset += len(line) + 1
        return cls("\n".join(lines), tuple(places) or ((0, first, 0),), cell)

    def passage(self, start: int, end: int, kind: str = "prose", clean: str | None = None) -> Passage | None:
        r"""What stands between two offsets, without the blanks around it; ``None`` if nothing does.

        ``clean`` is the whole text with its markup blanked, as long as the text.

        >>> Source.of(["one", "two = 2"]).passage(3, 11)
        Passage(text='two = 2', lines=((0, 2, 0),), kind='prose', cell=None)
        """
        shown = (clean or self.text)[start:end]
        bare = shown.strip()
        if not bare:
            return None
        indent = shown.find(bare)
        if kind == "code" and (line := shown.rfind("\n", 0, indent) + 1) < indent:
            bare, indent = shown[line:indent] + bare, line
        start += indent
        return Passage(bare, tuple(self._places(bare, start)), kind, self.cell)

    def at(self, offset: int) -> tuple[int, int, int]:
        """The beginning of a passage that stands at an offset."""
        begin, line, column = self.places[bisect_right(self.places, (offset, 1 << 60)) - 1]
        return 0, line, column + offset - begin

    def piece(self, start: int, end: int) -> Source:
        """A part of the source."""
        return Source(self.text[start:end], tuple(self._places(self.text[start:end], start)), self.cell)

    def _places(self, text: str, start: int) -> Iterator[tuple[int, int, int]]:
        """Where the lines of a passage begin that stands at ``start``; a break may be a blanked mark within a line."""
        at, begin = bisect_right(self.places, (start, 1 << 60)) - 1, 0
        while True:
            while at + 1 < len(self.places) and self.places[at + 1][0] <= start + begin:
                at += 1
            offset, line, column = self.places[at]
            yield begin, line, column + start + begin - offset
            begin = text.find("\n", begin) + 1
            if not begin:
                return


def source_of(passage: Passage) -> Source:
    """A passage as something to cut from."""
    return Source(passage.text, passage.lines, passage.cell)
