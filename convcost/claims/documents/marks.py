"""The author's mark that a claim stays as it is: ``<!-- convcost: ok reason -->``, or ``% convcost: ok reason``."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

_MARK = re.compile(
    r"(?P<open><!--|%+|#+|//|/\*)\s*convcost:\s*ok\b[ \t:,-]*(?P<why>[^\n]*?)\s*(?:-->|\*/|$)", re.IGNORECASE
)


def marks(lines: Sequence[str], cell: int | None = None) -> Mapping[tuple[int | None, int], str]:
    """Accepted lines with the reasons. A mark that stands alone in its line speaks of the next line.

    >>> marks(["6×7 = 41 <!-- convcost: ok as in the book -->", "% convcost: ok", "1+1=3"])
    {(None, 1): 'as in the book', (None, 3): ''}
    """
    found = {}
    for number, line in enumerate(lines, start=1):
        match = _MARK.search(line)
        if match is not None:
            alone = not (line[: match.start()] + line[match.end() :]).strip()
            found[cell, number + alone] = match["why"].strip()
    return found
