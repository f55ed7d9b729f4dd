"""The author's mark that a claim stays as it is: ``<!-- convcost: ok reason -->``, or ``% convcost: ok reason``."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

_MARK = re.compile(r"convcost:[ \t]{0,20}ok\b(?:(?!-->)[ \t:,-]){0,20}", re.IGNORECASE)
_OPENS = re.compile(r"(<!--|%+|#+|//+|/\*)[ \t]*\Z")
_CLOSES = re.compile(r"-->|\*/")
#: How far before the mark its comment opens, and how many lines a comment may go on.
_NEAR, _LONGEST = 40, 20


def marks(lines: Sequence[str], cell: int | None = None, first: int = 1) -> Mapping[tuple[int | None, int], str]:
    """Accepted lines with the reasons. A mark that stands alone in its line speaks of the next line with text.

    >>> marks(["6×7 = 41 <!-- convcost: ok as in the book -->", "% convcost: ok", "", "1+1=3"])
    {(None, 1): 'as in the book', (None, 4): ''}
    """
    found: dict[tuple[int | None, int], str] = {}
    for at, line in enumerate(lines):
        match = _MARK.search(line) if "convcost" in line.lower() else None
        opened = match and _OPENS.search(line, max(0, match.start() - _NEAR), match.start())
        if match and opened:
            why, end, rest = _comment(lines, at, match.end(), opened[1] in ("<!--", "/*"))
            alone = not (line[: opened.start()] + rest).strip(" \t>#%/*-")
            found[cell, first + (_next(lines, end) if alone else at)] = why
    return found


def _comment(lines: Sequence[str], at: int, start: int, closes: bool) -> tuple[str, int, str]:
    """The reason, the index of the line in which the comment ends, and what stands behind it there."""
    if not closes:
        return lines[at][start:].strip(), at, ""
    words = []
    for end in range(at, min(at + _LONGEST, len(lines))):
        begin = start if end == at else 0
        close = _CLOSES.search(lines[end], begin)
        words.append(lines[end][begin : close.start() if close else None].strip())
        if close:
            return " ".join(filter(None, words)), end, lines[end][close.end() :]
    return lines[at][start:].strip(), at, ""


def _next(lines: Sequence[str], at: int) -> int:
    """The next line that says something; the mark's own line if none does."""
    return next((n for n in range(at + 1, min(at + _LONGEST, len(lines))) if lines[n].strip(" \t>$\\[")), at)
