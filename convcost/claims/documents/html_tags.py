"""The tags of an HTML text, forgivingly: every one with its place, in one pass over the text.

The parser of the standard library knows lines and columns of a tag, but not where it ends, and takes quadratic time
over some unclosed ones.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

_OPEN = re.compile(r"<(?:(?P<comment>!--)|(?P<other>[!?])|(?P<close>/?)(?P<name>[A-Za-z][A-Za-z0-9:-]{0,40}))")
_STOP = re.compile(r"[<>]|=\s{0,9}[\"']")
#: Elements whose text is no markup, and none to read.
_RAW = ("script", "style", "textarea", "template", "iframe", "noembed")


class Tag(NamedTuple):
    """A tag, or a comment (without a name); ``raw`` is where the text of a script behind it ends."""

    start: int
    end: int
    name: str = ""
    closing: bool = False
    attributes: str = ""
    raw: int | None = None

    @property
    def empty(self) -> bool:
        """Whether it closes itself."""
        return self.attributes.rstrip().endswith("/")

    def attribute(self, name: str) -> str:
        """The value of an attribute; nothing where there is none.

        >>> next(tags('<td colspan="2" class=x>')).attribute("colspan")
        '2'
        """
        match = re.search(
            rf"(?<![\w-]){name}\s{{0,9}}=\s{{0,9}}(?:\"([^\"]*)\"|'([^']*)'|([^\s>]+))", self.attributes, re.I
        )
        return next((value for value in match.groups() if value is not None), "") if match else ""


def tags(text: str) -> Iterator[Tag]:
    """The tags and comments, in order. What only looks like one (``3 <b and no end``) is left out.

    >>> [(tag.name, tag.closing) for tag in tags("<p>3 < 4 <!-- no --><br/></p>")]
    [('p', False), ('', False), ('br', False), ('p', True)]
    """
    at, missing = 0, set[str]()
    while (opening := _OPEN.search(text, at)) is not None:
        if opening["comment"] or opening["other"]:
            mark = "-->" if opening["comment"] else ">"
            end = text.find(mark, opening.end())
            at = end + len(mark) if end >= 0 else len(text)
            yield Tag(opening.start(), at)
            continue
        close = _end(text, opening.end(), missing)
        if close is None:
            at = opening.end()
            continue
        name, end = opening["name"].lower().rpartition(":")[2], close
        at, attributes = end, text[opening.end() : end - 1]
        raw = None
        if name in _RAW and not opening["close"] and not attributes.endswith("/"):
            behind = re.compile(rf"</{name}\b", re.IGNORECASE).search(text, end)
            raw = at = behind.start() if behind else len(text)
        yield Tag(opening.start(), end, name, bool(opening["close"]), attributes, raw)


def _end(text: str, at: int, missing: set[str]) -> int | None:
    """Where a tag ends; quoted values may hold anything. ``missing`` are quotes that never come again."""
    while (stop := _STOP.search(text, at)) is not None:
        mark = stop[0][-1]
        if mark == ">":
            return stop.end()
        if mark == "<":
            return None
        close = -1 if mark in missing else text.find(mark, stop.end())
        if close < 0:
            missing.add(mark)
        at = close + 1 if close >= 0 else stop.end()
    return None
