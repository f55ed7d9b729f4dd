"""Jupyter notebooks: cells through the reader of their format, and what was printed below them.

Cells count from 1, over cells of every type; lines count inside the cell, and those of its outputs go on below the
last line of its source.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from ...errors import SpecError
from . import html, latex, markdown
from . import text as plain
from .marks import marks
from .model import Block, Document, Line, Passage
from .source import Source, lines_of, numbered

_Reader = Callable[[Sequence[str], int | None, int], Iterator[Block]]
_READERS: dict[str, _Reader] = {
    "markdown": markdown.blocks,
    "latex": latex.blocks,
    "html": html.blocks,
    "text": plain.blocks,
}
#: Outputs that say the same: the first of these that is there is read.
_RICHEST = (("text/markdown", "markdown"), ("text/html", "html"), ("text/latex", "latex"), ("text/plain", "text"))
_MAGIC = {"%%markdown": "markdown", "%%latex": "latex", "%%html": "html"}


def read(text: str, source: str) -> Document:
    """The blocks of a notebook."""
    lines: list[Line] = []
    blocks: list[Block] = []
    accepted: dict[tuple[int | None, int], str] = {}
    for number, cell in enumerate(_cells(text, source), start=1):
        for kind, piece in _pieces(cell):
            first = 1 + _last(lines, number)
            own = lines_of(piece)
            lines += numbered(own, number, first)
            blocks += _code(own, number, first) if kind == "code" else _READERS[kind](own, number, first)
            accepted |= marks(own, number, first)
    return Document(source, tuple(lines), tuple(blocks), accepted)


def _last(lines: Sequence[Line], cell: int) -> int:
    """How many lines of the cell there are already."""
    return lines[-1].number if lines and lines[-1].cell == cell else 0


def _cells(text: str, source: str) -> list[Mapping[str, Any]]:
    """The cells of a notebook, of format 3 too."""
    try:
        notebook = json.loads(text)
    except (ValueError, RecursionError) as error:
        line = f"line {error.lineno}" if isinstance(error, json.JSONDecodeError) else ""
        raise SpecError("this is no notebook: its JSON is broken", where=source, got=line) from None
    if not isinstance(notebook, dict):
        raise SpecError("this is no notebook: its JSON is no object", where=source)
    sheets = notebook.get("worksheets")
    holders = sheets if isinstance(sheets, list) else [notebook]
    cells = [cell for holder in holders if isinstance(holder, dict) for cell in _list(holder.get("cells"))]
    if not isinstance(notebook.get("cells"), list) and not cells:
        raise SpecError("this is no notebook: it has no cells", where=source)
    return [cell if isinstance(cell, dict) else {} for cell in cells]


def _pieces(cell: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """The texts of a cell with their formats: its source, then its outputs."""
    text, kind = _text(cell.get("source", cell.get("input"))), cell.get("cell_type")
    if kind == "code":
        magic = _MAGIC.get(text.split(maxsplit=1)[0] if text.strip() else "")
        yield magic or "code", text
        for output in _list(cell.get("outputs")):
            yield from _output(output if isinstance(output, dict) else {})
    elif kind == "raw":
        metadata = cell.get("metadata")
        words = str(metadata.get("format", metadata.get("raw_mimetype", ""))) if isinstance(metadata, dict) else ""
        yield next((name for name in _READERS if name in words), "text"), text
    else:
        yield "markdown", text


def _output(output: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    data = output.get("data", output)
    if not isinstance(data, dict):
        return
    for key, kind in (*_RICHEST, ("text", "text")):
        text = _text(data.get(key))
        if text.strip():
            yield kind, text
            return


def _code(lines: Sequence[str], cell: int, first: int) -> Iterator[Passage]:
    source = Source.of(lines, cell, first)
    if source.text.strip():
        yield Passage(source.text, source.places, "code", cell)


def _text(value: Any) -> str:
    """A text, or the lines of one."""
    if isinstance(value, list):
        return "".join(piece for piece in value if isinstance(piece, str))
    return value if isinstance(value, str) else ""


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []
