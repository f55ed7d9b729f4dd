"""PDF: the text layer, page by page. A passage's ``cell`` is its page; lines count on over the whole text."""

from __future__ import annotations

import ctypes
import math
import re
from collections.abc import Iterator, Sequence
from statistics import median
from typing import Any

from ...errors import SpecError
from . import columns
from .model import Block, Document
from .model import Line as DocumentLine
from .pdf_layout import Glyph, Line, lines_of
from .source import Source, numbered

_BULLET = re.compile(r"[•‣◦∙▪–*-]\s|\(?\d{1,2}[.)]\s")
_GOES_ON = re.compile(r"[=≈+×·)\]]")
_SENTENCE_END = tuple(".!?:。！？：")
#: The number of an equation at the end of its line.
_TAG = re.compile(r" {3}\(\d{1,3}(?:\.\d{1,3})?[a-z]?\)\Z")


def read(data: bytes, source: str) -> Document:
    """The blocks of a PDF."""
    lines: list[DocumentLine] = []
    blocks: list[Block] = []
    for page, written in enumerate(_pages(data, source), start=1):
        own = numbered([line.text for line in written], page, len(lines) + 1)
        blocks += _blocks(written, page, len(lines) + 1)
        lines += own
    if not lines:
        raise SpecError(
            "page 1 has no text layer", where=source, got="a PDF of pictures", fix="recognise its text (OCR) first"
        )
    return Document(source, tuple(lines), tuple(blocks))


def _pages(data: bytes, source: str) -> Iterator[list[Line]]:
    try:
        import pypdfium2
    except ImportError:
        raise SpecError("a PDF is read with pypdfium2", where=source, fix="pip install 'convcost[pdf]'") from None
    try:
        document = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        raise SpecError("this PDF cannot be read", where=source, got=str(error).split("(")[-1].rstrip(").")) from None
    try:
        for number in range(len(document)):
            try:
                yield lines_of(_glyphs(document[number], pypdfium2.raw))
            except pypdfium2.PdfiumError:
                yield []  # one broken page: the others are read
    finally:
        document.close()


def _glyphs(page: Any, raw: Any) -> Iterator[Glyph]:
    """The glyphs of a page, in the order in which they are written."""
    text = page.get_textpage()
    x, y, box, matrix = ctypes.c_double(), ctypes.c_double(), raw.FS_RECTF(), raw.FS_MATRIX()
    heights: dict[float, float] = {}
    half = 0
    for index in range(raw.FPDFText_CountChars(text)):
        code = raw.FPDFText_GetUnicode(text, index)
        if 0xD800 <= code < 0xDC00:  # the first half of a character, which comes before the second one
            half = code
            continue
        raw.FPDFText_GetLooseCharBox(text, index, box)
        height = round(box.top - box.bottom, 2)
        if not height:
            continue  # not a glyph of the page, but a blank that pdfium makes of a gap
        raw.FPDFText_GetCharOrigin(text, index, x, y)
        if height not in heights:
            raw.FPDFText_GetMatrix(text, index, matrix)
            heights[height] = raw.FPDFText_GetFontSize(text, index) * (math.hypot(matrix.c, matrix.d) or 1)
        yield Glyph(
            chr(code) if 2 < code < 0xD800 else _character(code, half), box.left, box.right, y.value, heights[height]
        )
    text.close()
    page.close()


def _character(code: int, half: int) -> str:
    """A character of the text layer; a hyphen at a line's end and what has no meaning are marked by pdfium."""
    if 0xDC00 <= code < 0xE000:
        return chr(0x10000 + ((half & 0x3FF) << 10) + (code & 0x3FF))
    return {2: "-", 0xFFFE: "-", 0: "\ufffd"}.get(code) or chr(code)


def _blocks(lines: Sequence[Line], page: int, first: int) -> Iterator[Block]:
    if not lines:
        return
    source = Source.of([line.text for line in lines], page, first)
    clean = "\n".join(_TAG.sub(lambda m: " " * len(m[0]), line.text) for line in lines)
    usual = median(line.size for line in lines)
    at = 0
    while at < len(lines):
        stop = at
        while stop < len(lines) and "   " in lines[stop].text and not _TAG.search(lines[stop].text):
            stop += 1
        rows = [*enumerate((line.text for line in lines[at:stop]), start=first + at)]
        table = columns.table(rows, page) if stop - at > 1 else None
        if table is not None:
            yield table
            at = stop
            continue
        stop = at + 1
        while stop < len(lines) and _goes_on(lines, at, stop):
            stop += 1
        end = source.places[stop][0] if stop < len(lines) else len(source.text)
        kind = "item" if _BULLET.match(lines[at].text) else "heading" if lines[at].size > 1.15 * usual else "prose"
        passage = source.passage(source.places[at][0], end, kind, clean)
        yield from [passage] if passage else []
        at = stop


def _goes_on(lines: Sequence[Line], start: int, number: int) -> bool:
    """Whether a line belongs to the paragraph that begins with another."""
    line, before, first = lines[number], lines[number - 1], lines[start]
    size = max(line.size, before.size)
    drop = (before.base - line.base) / size
    if not 0 < drop < 2.4 or max(line.size, before.size) > 1.12 * min(line.size, before.size):
        return False
    if _GOES_ON.match(line.text):
        return True
    if drop > 1.7 or "   " in line.text or _BULLET.match(line.text):
        return False
    if (
        before.text.endswith(_SENTENCE_END)
        and before.right < max(each.right for each in lines[start : number + 1]) - 3 * size
    ):
        return False
    indented = number - start == 1 and 0 < first.left - line.left < 3 * size
    hanging = number - start == 1 and _BULLET.match(first.text) is not None and 0 <= line.left - first.left < 4 * size
    return abs(line.left - before.left) < 0.7 * size or indented or hanging
