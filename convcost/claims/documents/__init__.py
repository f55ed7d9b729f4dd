"""Reading documents: text of every format becomes blocks that know their place in the source."""

from __future__ import annotations

from ...errors import SpecError
from . import markdown
from .model import Block, Document, Fence, Line, Passage, Table

__all__ = ["Block", "Document", "Fence", "Line", "Passage", "Table", "read"]

_READERS = {"markdown": markdown.read, "text": markdown.read}


def read(text: str, source: str = "<text>", kind: str = "markdown") -> Document:
    """The blocks of a text. ``kind`` is the format: ``markdown`` or ``text``.

    >>> [block.kind for block in read("# Head\\n\\nSome text\\nin two lines.").passages()]
    ['heading', 'prose']
    """
    if kind not in _READERS:
        raise SpecError("there is no reader for this format", got=kind, fix=f"one of {', '.join(_READERS)}")
    return _READERS[kind](text, source)
