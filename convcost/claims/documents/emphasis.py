"""Emphasis of Markdown, blanked in place; a star that multiplies is none."""

from __future__ import annotations

import re
from typing import NamedTuple

_RUN = re.compile(r"(?<![*_\\])(?:\*{1,3}|_{1,3})(?![*_])")
_OPENS = re.compile(r"(?<![A-Za-z0-9)\]*_×·^])(?:\*{1,3}|_{1,3})(?=[^\s*_])")
_CLOSES = re.compile(r"(?<=[^\s*_])(?:\*{1,3}|_{1,3})(?![A-Za-z0-9(\[])")
#: A factor and a blank: what follows is a times sign, not the beginning of emphasis.
_FACTOR = re.compile(r"(?:[0-9)\]]|(?<![A-Za-z])[A-Za-z])[ ]\Z")
#: Emphasis longer than this is none.
_LONGEST = 2000


class _Opened(NamedTuple):
    start: int
    end: int


def without_emphasis(text: str) -> str:
    """The text without the marks of emphasis, as long as before.

    >>> without_emphasis("**432** is *right*, __so__ 2**3 * 3 *4* 5")
    '  432   is  right ,   so   2**3 * 3 *4* 5'
    """
    if "*" not in text and "_" not in text:
        return text
    opened: dict[str, _Opened] = {}
    pieces: list[str] = list(text)
    for match in _RUN.finditer(text):
        mark, start, end = match[0], *match.span()
        begin = opened.pop(mark, None) if _CLOSES.match(text, start) else None
        if begin is not None and start - begin.end <= _LONGEST:
            pieces[begin.start : begin.end] = pieces[start:end] = " " * len(mark)
        elif _OPENS.match(text, start) and not (len(mark) == 1 and _FACTOR.search(text, max(0, start - 3), start)):
            opened[mark] = _Opened(start, end)
    return "".join(pieces)
