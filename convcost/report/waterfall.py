"""A waterfall: bars that lead from one number to another, as SVG text.

Nothing here needs a plotting library. Where the two numbers are much larger than what lies between them, the wide
empty stretches of the axis are cut out, which the picture shows by a torn band and says in words.
"""

from __future__ import annotations

import hashlib
import html
import re
import textwrap
import unicodedata
from collections.abc import Sequence
from typing import NamedTuple

from .axis import Axis

#: Okabe and Ito's colours, which people with any kind of colour vision can tell apart; decreases are hatched as well.
COLOURS = {"total": "#555555", "increase": "#D55E00", "decrease": "#0072B2"}
#: Pixels of an average letter, of a bold one and of a bold digit, in the widest of these fonts: in no other is clipped.
FONT, _LETTER, _BOLD, _DIGIT = "'DejaVu Sans', Verdana, system-ui, sans-serif", 7.4, 8.2, 8.4
_SIZE, _LINE, _BAR, _GAP, _PAD = 12, 16, 20, 12, 16
#: Width of the plot, and letters in a line of a label.
_PLOT, _LABEL = 520, 46
_GREY = "#444444"
_NOT_XML = re.compile("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class Bar(NamedTuple):
    """A bar from the level ``start`` to ``end``; ``kind`` is one of :data:`COLOURS`."""

    label: str
    kind: str
    value: int
    start: int
    end: int

    @property
    def text(self) -> str:
        """The value, signed unless it is a total."""
        return f"{self.value:,}" if self.kind == "total" else f"{self.value:+,}"


def waterfall(start: tuple[str, int], steps: Sequence[tuple[str, int]], end: tuple[str, int], *, title: str) -> str:
    """The picture: a bar for each end, and one for each step between them, with its value.

    >>> svg = waterfall(("a", 100), [("more", 30), ("less", -10)], ("b", 120), title="From a to b")
    >>> "+30" in svg, "the axis starts at zero" in svg
    (True, True)
    """
    return _Picture(_bars(start, steps, end), title).svg()


def _bars(start: tuple[str, int], steps: Sequence[tuple[str, int]], end: tuple[str, int]) -> list[Bar]:
    level = start[1]
    bars = [Bar(start[0], "total", level, 0, level)]
    for label, value in steps:
        bars.append(Bar(label, "increase" if value >= 0 else "decrease", value, level, level + value))
        level += value
    return [*bars, Bar(end[0], "total", end[1], 0, end[1])]


class _Picture:
    """Sizes of the picture, worked out from its texts, and the marks drawn so far."""

    def __init__(self, bars: list[Bar], title: str) -> None:
        self.bars, self.title = bars, title
        self.labels = [wrapped(bar.label, _LABEL) for bar in bars]
        letters = [
            columns(line) * (_BOLD if bar.kind == "total" else _LETTER)
            for bar, lines in zip(bars, self.labels, strict=True)
            for line in lines
        ]
        self.left = _PAD + int(max(letters)) + 14
        self.right = self.left + _PLOT
        self.width = self.right + 14 + int(max(len(bar.text) for bar in bars) * _DIGIT) + _PAD
        self.axis = Axis([level for bar in bars for level in (bar.start, bar.end)], self.left, self.right)
        #: Names of parts must differ between pictures that stand in one page.
        self.key = "w" + hashlib.sha256(repr((bars, title)).encode("utf-8", "replace")).hexdigest()[:10]
        self.out: list[str] = []

    def svg(self) -> str:
        """The whole picture as text."""
        top = self._head()
        heights = [max(len(lines) * _LINE, _BAR) + _GAP for lines in self.labels]
        bottom = top + sum(heights)
        self._grid(top, bottom)
        y, before = float(top), None
        for bar, lines, height in zip(self.bars, self.labels, heights, strict=True):
            middle = y + height / 2
            self._bar(bar, lines, middle)
            if before is not None:
                # A thin line from where the bar above has ended.
                x = self.axis.x(before[0])
                self.line(x, before[1] + _BAR / 2, x, middle - _BAR / 2, "#888888")
            before = (bar.end, middle)
            y += height
        for piece in self.axis.pieces:
            if piece.cut:
                self._torn((float(piece.left) + float(piece.right)) / 2, top, bottom)
        return self._page(bottom + 34)

    # -- parts ---------------------------------------------------------------------------------------------------

    def _head(self) -> int:
        """Title, what the axis shows, and the legend; where the plot may start."""
        room = self.width - 2 * _PAD
        y = _PAD + 14
        for line in wrapped(self.title, int(room / 9.6)):
            self.text(_PAD, y, line, "start", f'font-size="{_SIZE + 3}" font-weight="bold"')
            y += 20
        for line in wrapped(self.said, int(room / _LETTER)):
            self.text(_PAD, y, line, "start", f'fill="{_GREY}"')
            y += _LINE
        y += 8
        for place, kind in enumerate(COLOURS):
            x = _PAD + 110 * place
            self.fill(x, y - 10, 16, 11, kind)
            self.text(x + 22, y, kind, "start", f'fill="{_GREY}"')
        return y + _GAP

    def _grid(self, top: int, bottom: int) -> None:
        """The axis with its ticks."""
        widest = max(len(f"{level:,}") for bar in self.bars for level in (bar.start, bar.end))
        for tick in self.axis.ticks(int(widest * _DIGIT) + 20):
            x = self.axis.x(tick)
            self.line(x, top, x, bottom + 5, "#888888" if tick == 0 else "#dddddd")
            self.text(x, bottom + 20, f"{tick:,}", "middle", f'fill="{_GREY}"')
        self.line(self.left, bottom, self.right, bottom, "#888888")

    def _bar(self, bar: Bar, lines: list[str], middle: float) -> None:
        low, high = sorted((self.axis.x(bar.start), self.axis.x(bar.end)))
        # A difference that is too small for the scale is still to be seen.
        wide = max(high - low, 2.0)
        self.fill((low + high - wide) / 2, middle - _BAR / 2, wide, _BAR, bar.kind)
        style = 'font-weight="bold"' if bar.kind == "total" else ""
        for number, line in enumerate(lines):
            base = middle + 4 + (number - (len(lines) - 1) / 2) * _LINE
            self.text(self.left - 10, base, line, "end", style)
        self.text(self.width - _PAD, middle + 4, bar.text, "end", style)

    def _torn(self, x: float, top: int, bottom: int) -> None:
        """A white band with ragged edges over everything that crosses it."""
        half, tooth, step = 4, 3, 6
        rows = [*range(top, bottom, step), bottom]
        edges = [
            [(x + side * half + (tooth if number % 2 else -tooth), row) for number, row in enumerate(rows)]
            for side in (-1, 1)
        ]
        outline = " ".join(f"{a:.1f},{b}" for a, b in (*edges[0], *reversed(edges[1])))
        self.out.append(f'<polygon points="{outline}" fill="#ffffff"/>')
        for edge in edges:
            points = " ".join(f"{a:.1f},{b}" for a, b in edge)
            self.out.append(f'<polyline points="{points}" fill="none" stroke="#888888"/>')

    @property
    def said(self) -> str:
        """What has to be known about the axis."""
        cuts = self.axis.cuts
        below = any(level < 0 for bar in self.bars for level in (bar.start, bar.end))
        if not cuts:
            return f"Drawn to scale; {'zero is the darker line' if below else 'the axis starts at zero'}."
        stretches = " and ".join(f"{low:,} to {high:,}" for low, high in cuts)
        band, stands = ("bands", "stand") if len(cuts) > 1 else ("band", "stands")
        return f"The axis is cut: the torn {band} {stands} for {stretches}. Only the rest is drawn to scale."

    def _page(self, height: float) -> str:
        parts = ". ".join(f"{bar.label}: {bar.text}" for bar in self.bars)
        key, size = self.key, f'width="{self.width}" height="{height:.0f}"'
        head = (
            f'<svg xmlns="http://www.w3.org/2000/svg" {size} viewBox="0 0 {self.width} {height:.0f}" role="img" '
            f'aria-labelledby="{key}t {key}d" font-family="{FONT}" font-size="{_SIZE}" fill="#000000">'
        )
        hatch = (
            f'<defs><pattern id="{key}h" width="6" height="6" patternUnits="userSpaceOnUse" '
            'patternTransform="rotate(45)"><line x1="0" y1="0" x2="0" y2="6" stroke="#ffffff" stroke-width="2" '
            'stroke-opacity="0.55"/></pattern></defs>'
        )
        title = f'<title id="{key}t">{escaped(self.title)}</title>'
        account = f'<desc id="{key}d">{escaped(f"Waterfall chart. {parts}. {self.said}")}</desc>'
        return "\n".join([head, title, account, hatch, f'<rect {size} fill="#ffffff"/>', *self.out, "</svg>\n"])

    # -- marks ---------------------------------------------------------------------------------------------------

    def fill(self, x: float, y: float, width: float, height: float, kind: str) -> None:
        """A rectangle in the colour of its kind; a decrease is hatched."""
        place = f'x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}"'
        self.out.append(f'<rect {place} fill="{COLOURS[kind]}"/>')
        if kind == "decrease":
            self.out.append(f'<rect {place} fill="url(#{self.key}h)"/>')

    def line(self, x1: float, y1: float, x2: float, y2: float, colour: str) -> None:
        """A thin line."""
        self.out.append(f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" stroke="{colour}"/>')

    def text(self, x: float, y: float, words: str, anchor: str, style: str = "") -> None:
        """A line of text."""
        self.out.append(f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" {style}>{escaped(words)}</text>')


def escaped(text: str) -> str:
    """``text`` inside XML, with a mark for every character that XML cannot hold.

    >>> escaped("a < b & c") == "a &lt; b &amp; c"
    True
    """
    return html.escape(_NOT_XML.sub("\ufffd", text))


def columns(text: str) -> int:
    """How many letters wide a text is; Chinese characters are twice as wide as Latin ones."""
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in text)


def wrapped(text: str, room: int) -> list[str]:
    """``text`` in lines of at most ``room`` letters, broken inside a word only where that must be.

    >>> wrapped("bias of convolutions: counted", 16)
    ['bias of', 'convolutions:', 'counted']
    """
    # A wide text gets half the letters in a line: simple, and never too long.
    wide = columns(text) > len(text)
    return textwrap.wrap(text, max(room // 2 if wide else room, 8)) or [""]
