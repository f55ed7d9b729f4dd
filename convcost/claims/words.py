"""Patterns made of lists of words: one list an idea, so that it can be read, and a word be added."""

from __future__ import annotations


def alternatives(*lists: str) -> str:
    """One group out of several lists, whose words are parted by ``|`` and may be patterns themselves.

    The first alternative that fits is taken: a longer word stands before one that it begins with.

    >>> alternatives("about|nearly", "大约|约")
    '(?:about|nearly|大约|约)'
    """
    return f"(?:{'|'.join(lists)})"
