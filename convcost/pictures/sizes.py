"""The lines of text in a box, and how large it has to be for them."""

from __future__ import annotations

from typing import NamedTuple

from ..arith import Dim, is_symbolic
from ..messages import Message
from ..report.numbers import formula, number
from .boxes import Box, Diagram
from .textwidth import clean, fitted, width

#: Pixels: the widest line, what stands around the lines, the smallest box, and how far a stack sticks out.
ROOM, PAD_X, PAD_Y, LEAST, STACK = 250, 12, 9, 84, 5
#: Font size and line height by field.
FONTS = {
    "title": (13, 18),
    "name": (10, 13),
    "before": (11, 15),
    "after": (11, 15),
    "macs": (11, 15),
    "params": (11, 15),
}
#: Height of a box that is a single word.
FLAT = 28
LABEL_SIZE = 10


class Line(NamedTuple):
    """A line of text in a box: the ``field`` that it tells."""

    field: str
    text: str
    size: int
    height: int

    @property
    def bold(self) -> bool:
        return self.field == "title"

    @property
    def width(self) -> int:
        return width(self.text, self.size, bold=self.bold)


class Size(NamedTuple):
    """A box with its lines; ``form`` is ``round``, ``flat`` (a bar) or ``box``."""

    form: str
    width: int
    height: int
    lines: tuple[Line, ...]
    stack: int = 0


def told(text: str, lang: str) -> str:
    """A text in a language, on one line, without characters that cannot be shown."""
    return clean(text.to(lang) if isinstance(text, Message) else text)


def size_of(box: Box, shown: Diagram, lang: str) -> Size:
    """The lines of ``box`` and its size."""
    lines = _lines(box, shown, lang)
    wide = max(line.width for line in lines)
    is_word = len(lines) == 1
    if box.kind in ("add", "mul") and is_word:
        return Size("round", max(FLAT, wide + 2 * PAD_X) if box.after else FLAT, FLAT, lines)
    if box.kind in ("input", "output"):
        return Size("round", max(LEAST, wide + 2 * PAD_X), FLAT, lines)
    if box.kind == "concat":
        return Size("flat", max(LEAST, wide + 2 * PAD_X), sum(line.height for line in lines) + PAD_Y, lines)
    stack = STACK if box.kind == "part" and box.times != 1 else 0
    tall = max(FLAT, sum(line.height for line in lines) + 2 * PAD_Y)
    return Size("box", max(LEAST, wide + 2 * PAD_X) + stack, tall + stack, lines, stack)


def evened(sizes: list[Size]) -> list[Size]:
    """Plain boxes of nearly the same width all as wide as the widest, which looks calmer."""
    usual = max((size.width for size in sizes if size.form == "box" and size.width <= _USUAL), default=0)
    return [
        size._replace(width=usual)
        if size.form == "box" and _USUAL_LEAST * usual <= 100 * size.width < 100 * usual
        else size
        for size in sizes
    ]


#: The widest box that others adapt to, and the narrowest that does so, in per cent of it.
_USUAL, _USUAL_LEAST = 190, 60


def _lines(box: Box, shown: Diagram, lang: str) -> tuple[Line, ...]:
    title = told(box.title, lang)
    after = told(box.after, lang)
    if box.kind in ("add", "mul", "concat") and after:
        title, after = f"{title} · {after}" if box.kind == "concat" else f"{title} {after}", ""
    texts = [("name", told(box.name, lang)), ("before", told(box.before, lang))]
    texts += [("title", _with_times(title, box)), ("after", after)]
    if shown.counted and box.kind not in ("input", "output"):
        texts += [("macs", amount(box.macs, "macs", lang)), ("params", amount(box.params, "params", lang))]
    return tuple([_line(field, text) for field, text in texts if text])


def _with_times(title: str, box: Box) -> str:
    """The title, and how often it stands in a row."""
    if type(box.times) is int and box.times == 1:
        return title
    # The number of turns is never what is left out of a long name.
    turns = f" ×{number(box.times)}" if box.kind == "part" else f" (×{number(box.times)})"
    size = FONTS["title"][0]
    return fitted(title, max(ROOM - width(turns, size, bold=True), 0), size, bold=True) + turns


def _line(field: str, text: str) -> Line:
    size, height = FONTS[field]
    return Line(field, fitted(text, ROOM, size, bold=field == "title"), size, height)


def amount(value: Dim, field: str, lang: str) -> str:
    """A cost with its unit; nothing for a zero. Exact, or in short where that is wider than a box."""
    if not is_symbolic(value) and value == 0 and value is not None:
        return ""
    exact = number(value)
    if type(value) is int and width(exact, FONTS[field][0]) > ROOM - 60:
        exact = rough(value)
    told_in = Message("{count} MACs", count=exact) if field == "macs" else Message("{count} params", count=exact)
    return told_in.to(lang)


def rough(value: int) -> str:
    """A number in three digits.

    >>> rough(999_600), rough(12_443_648)
    ('≈ 1.00·10⁶', '≈ 1.24·10⁷')
    """
    power = len(str(value)) - 1
    lead = (200 * value + 10**power) // (2 * 10**power)
    if lead == 1000:
        lead, power = 100, power + 1
    return f"≈ {lead // 100}.{lead % 100:02}·{formula(f'10**{power}')}"
