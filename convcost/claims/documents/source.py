"""Source text and where its lines stand: what every reader cuts its passages from."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
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
        start += shown.find(bare)
        first = bisect_right(self.places, (start, 1 << 60)) - 1
        offset, line, column = self.places[first]
        places = [(0, line, column + start - offset)]
        for number in range(first + 1, len(self.places)):
            offset, line, column = self.places[number]
            if offset >= start + len(bare):
                break
            places.append((offset - start, line, column))
        return Passage(bare, tuple(places), kind, self.cell)


def source_of(passage: Passage) -> Source:
    """A passage as something to cut from."""
    return Source(passage.text, passage.lines, passage.cell)
