"""The formats, and the reader of each."""

from __future__ import annotations

from ...errors import SpecError
from . import html, latex, markdown, notebook
from . import text as plain
from .model import Document

_READERS = {
    "markdown": markdown.read,
    "text": plain.read,
    "latex": latex.read,
    "html": html.read,
    "notebook": notebook.read,
}
#: The formats; a PDF is read from a file only.
KINDS = (*_READERS, "pdf")


def read(text: str, source: str = "<text>", kind: str = "markdown") -> Document:
    """The blocks of a text. ``kind`` is the format, one of ``KINDS``.

    >>> [block.kind for block in read("# Head\\n\\nSome text\\nin two lines.").passages()]
    ['heading', 'prose']
    """
    if kind not in _READERS:
        known = f"one of {', '.join(_READERS)}"
        raise SpecError("a text is not read in this format", got=kind, fix="name a file" if kind == "pdf" else known)
    return _READERS[kind](text, source)
