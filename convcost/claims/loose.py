"""Patterns of words that may stand apart: markup that was blanked in place leaves blanks."""

from __future__ import annotations

import re

_GAP = r"\s{0,4}"


def loose(pattern: str, flags: int = re.IGNORECASE) -> re.Pattern[str]:
    """The pattern, in which each ``\\s?`` stands for up to four blanks.

    >>> loose(r"\\d\\s?params").search("**7**  params") is not None
    False
    >>> loose(r"\\d\\s?params").search("  7    params") is not None
    True
    """
    return re.compile(pattern.replace(r"\s?", _GAP), flags)
