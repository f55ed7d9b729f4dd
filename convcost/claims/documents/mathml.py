"""MathML read in place: a sign where an element says what its tags stand for, or nothing where that cannot be said."""

from __future__ import annotations

from collections import Counter
from collections.abc import MutableSequence
from dataclasses import dataclass, field

from .html_tags import Tag

_LEAVES = frozenset(("mn", "mi", "mo", "mtext"))
#: What is no arithmetic without its drawing: roots, limits, fences that are attributes.
_UNREADABLE = frozenset(
    ("msqrt", "mroot", "munder", "mover", "munderover", "mmultiscripts", "mfenced", "menclose", "maction", "mlongdiv")
)
#: What the formula says a second time.
_REPEATED = frozenset(("annotation", "annotation-xml"))
#: The sign before the n-th child of an element.
_BEFORE = {
    "msup": ("", "^"),
    "msub": ("", "_"),
    "msubsup": ("", "_", "^"),
    "mfrac": ("", "/"),
}


@dataclass
class _Element:
    name: str
    children: int = 0
    #: What is written at its end.
    closing: str = ""


@dataclass
class Formula:
    """One ``<math>`` element while it is read; signs are written over the ends of tags."""

    start: int
    written: MutableSequence[str]
    open: list[_Element] = field(default_factory=list)
    names: Counter[str] = field(default_factory=Counter)
    readable: bool = True
    repeated: int | None = None

    def tag(self, tag: Tag) -> None:
        """Take a tag inside the formula."""
        self.readable = self.readable and tag.name not in _UNREADABLE
        if tag.closing:
            self._closed(tag)
        else:
            self._opened(tag)

    def _opened(self, tag: Tag) -> None:
        element = _Element(tag.name)
        before = ""
        if self.open:
            parent = self.open[-1]
            signs = _BEFORE.get(parent.name, ())
            before = signs[parent.children] if parent.children < len(signs) else ""
            parent.children += 1
            grouped = (parent.name == "mfrac" or before == "^") and tag.name not in _LEAVES
            if grouped and not tag.empty:
                before, element.closing = before + "(", ")"
        self._write(before, tag)
        if tag.name in _REPEATED and self.repeated is None:
            self.repeated = tag.end
        if not tag.empty:
            self.open.append(element)
            self.names[tag.name] += 1

    def _closed(self, tag: Tag) -> None:
        if tag.name in _REPEATED and self.repeated is not None:
            self._blank(self.repeated, tag.start)
            self.repeated = None
        if not self.names[tag.name]:
            return
        while True:
            element = self.open.pop()
            self.names[element.name] -= 1
            if element.name == tag.name:
                self._write(element.closing, tag)
                return
            self.readable = self.readable and not element.closing

    def _write(self, sign: str, tag: Tag) -> None:
        self.written[tag.end - len(sign) : tag.end] = sign

    def _blank(self, start: int, end: int) -> None:
        for at in range(start, end):
            if self.written[at] != "\n":
                self.written[at] = " "

    def close(self, end: int) -> None:
        """The formula is over; one that cannot be read is blank."""
        if self.repeated is not None:
            self._blank(self.repeated, end)
        if not self.readable:
            self._blank(self.start, end)
