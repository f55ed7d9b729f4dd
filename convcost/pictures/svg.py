"""A layout as SVG text: a file of its own that needs no font, no script and no network."""

from __future__ import annotations

import html
from dataclasses import dataclass, field

from ..errors import SpecError
from ..messages import Message
from ..report.numbers import number
from .foot import LINE_HEIGHT, SIZE, SWATCH, Foot, foot
from .layout import Layout, PlacedBox, layout
from .shades import INK, LINE, PAPER, QUIET, SHADES, percent, step
from .sizes import told
from .textwidth import clean, fitted, width

FONT = (
    "Arial, 'Liberation Sans', Helvetica, 'Noto Sans', 'PingFang SC', 'Microsoft YaHei', 'Noto Sans CJK SC', "
    "'WenQuanYi Micro Hei', sans-serif"
)
THEMES = ("auto", "light", "dark")
_TITLE, _RADIUS, _ARROW = 15, 7, 6
#: Letters of a description for screen readers, and of a tooltip.
_LONG = 2000


def svg(
    placed: Layout,
    *,
    title: str | None = None,
    lang: str | None = None,
    live: bool = False,
    prefix: str = "",
    theme: str = "auto",
) -> str:
    """The picture as SVG text; the same layout gives the same bytes.

    ``live`` marks every number with ``data-box`` and ``data-field`` (``macs``, ``params``, ``shape``), so that a page
    can put others in their place. ``prefix`` stands before every id and class, for several pictures in a page.
    ``theme`` is ``auto`` (light, and dark where the reader's system is), ``light`` or ``dark``.

    >>> from convcost import Conv, cost
    >>> from convcost.pictures import diagram, layout
    >>> svg(layout(diagram(cost(Conv(16, 1), (192, 28, 28)))))[:40]
    '<svg xmlns="http://www.w3.org/2000/svg" '
    """
    if theme not in THEMES:
        raise SpecError(f"there is no theme {theme!r}", fix=f"one of {', '.join(THEMES)}")
    if prefix and not all(letter.isascii() and (letter.isalnum() or letter in "-_") for letter in prefix):
        raise SpecError("a prefix is made of letters, digits, - and _", got=f"prefix={prefix!r}")
    if lang is not None and lang != placed.lang:
        placed = layout(placed.diagram, lang)
    return _Picture(placed, title, live, prefix, theme).text()


@dataclass
class _Picture:
    placed: Layout
    title: str | None
    live: bool
    prefix: str
    theme: str
    out: list[str] = field(default_factory=list)

    def text(self) -> str:
        """The whole file."""
        top = self._heading()
        below = foot(self.placed.diagram, self.placed.width, self.placed.lang)
        wide = max(self.placed.width, below.width, self._title_width())
        shift = (wide - self.placed.width) // 2
        tall = top + self.placed.height + below.height
        self.out += [self._head(wide, tall), self._style(), self._paper(wide, tall)]
        if top:
            self.out.append(self._words(wide // 2, 24, self._shown_title(), _TITLE, "t", bold=True, anchor="middle"))
        self.out.append(f'<g transform="translate({shift} {top})">')
        self._edges()
        for box in self.placed.boxes:
            self._box(box)
        self._labels()
        self.out.append("</g>")
        self._draw_foot(below, wide, top + self.placed.height)
        self.out.append("</svg>\n")
        return "\n".join(line for line in self.out if line)

    # -- head ----------------------------------------------------------------------------------------------------

    def _shown_title(self) -> str:
        return fitted(clean(self.title or ""), max(self.placed.width, 420) - 24, _TITLE, bold=True)

    def _heading(self) -> int:
        return 34 if self.title else 0

    def _title_width(self) -> int:
        return width(self._shown_title(), _TITLE, bold=True) + 24 if self.title else 0

    def _head(self, wide: int, tall: int) -> str:
        key, said = self.prefix, self._said()
        name = clean(self.title) if self.title else self._tell(Message("Block diagram"))
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{wide}" height="{tall}" viewBox="0 0 {wide} {tall}" '
            f'role="img" aria-labelledby="{key}title {key}desc" font-family="{FONT}" lang="{self.placed.lang}">\n'
            f'<title id="{key}title">{escaped(name)}</title>\n<desc id="{key}desc">{escaped(said)}</desc>'
        )

    def _said(self) -> str:
        """The picture in words, for those who cannot see it."""
        parts = []
        for box in self.placed.diagram.boxes:
            texts = [line.text for line in self.placed.by_key[box.key].size.lines]
            parts.append(" ".join(texts))
        words = "; ".join(parts)
        return words if len(words) <= _LONG else words[: _LONG - 1] + "…"

    def _style(self) -> str:
        """Colours for a dark screen. All others stand at the marks themselves, for those who read no styles."""
        if self.theme != "auto":
            return ""
        c = self.prefix
        rules = [f".{c}s{number}{{fill:{shade.dark}}}" for number, shade in enumerate(SHADES)]
        rules += [
            f".{c}t{{fill:{INK[1]}}}",
            f".{c}q{{fill:{QUIET[1]}}}",
            f".{c}p{{fill:{PAPER[1]}}}",
            f".{c}b{{stroke:{LINE[1]}}}",
            f".{c}e{{stroke:{LINE[1]};fill:none}}",
            f".{c}a{{fill:{LINE[1]}}}",
        ]
        return f"<style>@media screen and (prefers-color-scheme:dark){{{''.join(rules)}}}</style>"

    def _paper(self, wide: int, tall: int) -> str:
        return f'<rect class="{self.prefix}p" width="{wide}" height="{tall}" fill="{self._of(PAPER)}"/>'

    # -- marks ---------------------------------------------------------------------------------------------------

    def _of(self, colours: tuple[str, str]) -> str:
        return colours[self.theme == "dark"]

    def _fill(self, number: int) -> str:
        shade = SHADES[number]
        return f'class="{self.prefix}s{number} {self.prefix}b" fill="{self._of((shade.light, shade.dark))}"'

    def _words(
        self, x: int, y: int, text: str, size: int, kind: str, *, bold: bool = False, anchor: str = "", data: str = ""
    ) -> str:
        weight = ' font-weight="bold"' if bold else ""
        where = f' text-anchor="{anchor}"' if anchor else ""
        colour = self._of(INK if kind == "t" else QUIET)
        return (
            f'<text class="{self.prefix}{kind}" x="{x}" y="{y}" font-size="{size}"{weight}{where} '
            f'fill="{colour}"{data}>{escaped(text)}</text>'
        )

    def _data(self, key: str, name: str) -> str:
        return f' data-box="{escaped(key)}" data-field="{name}"' if self.live else ""

    def _tell(self, text: str) -> str:
        return told(text, self.placed.lang)

    # -- edges ---------------------------------------------------------------------------------------------------

    def _edges(self) -> None:
        """A path for all lines that leave a box, so that they are no darker where they run together."""
        paths: dict[str, str] = {}
        stroke = self._of(LINE)
        arrows = []
        for placed in self.placed.edges:
            *_, before, end = placed.points
            # The line stops inside its arrow, so that it does not blunt the tip.
            dx, dy = _sign(end[0] - before[0]), _sign(end[1] - before[1])
            points = [*placed.points[:-1], (end[0] - 4 * dx, end[1] - 4 * dy)]
            paths[placed.edge.source] = paths.get(placed.edge.source, "") + _rounded(points)
            a, b = end[0] - _ARROW * dx, end[1] - _ARROW * dy
            wing = _ARROW // 2
            corners = f"{end[0]},{end[1]} {a - wing * dy},{b + wing * dx} {a + wing * dy},{b - wing * dx}"
            arrows.append(f'<polygon class="{self.prefix}a" points="{corners}" fill="{stroke}"/>')
        kind = f'class="{self.prefix}e" fill="none" stroke="{stroke}" stroke-width="1.3"'
        self.out += [f'<path {kind} d="{path}"/>' for path in paths.values()] + arrows

    def _labels(self) -> None:
        for label in self.placed.labels:
            data = self._data(label.key, "shape")
            self.out.append(self._words(label.x, label.y, label.text, 10, "q", data=data))

    # -- boxes ---------------------------------------------------------------------------------------------------

    def _box(self, placed: PlacedBox) -> None:
        box, size = placed.box, placed.size
        shown = self.placed.diagram
        data = f' data-box="{escaped(box.key)}"' if self.live else ""
        self.out.append(f'<g id="{self.prefix}{escaped(box.key)}"{data}>')
        self.out.append(f"<title>{escaped(self._tooltip(placed))}</title>")
        fill = self._fill(step(box.macs, shown.macs) if shown.counted else 0)
        stroke = f'stroke="{self._of(LINE)}" stroke-width="1.2"'
        if box.kind == "idle":
            stroke += ' stroke-dasharray="5 3"'
        radius = {"round": placed.height // 2, "flat": 3}.get(size.form, 6)
        wide, tall = placed.width - size.stack, placed.height - size.stack
        for back in (size.stack, size.stack // 2, 0) if size.stack else (0,):
            place = f'x="{placed.x + back}" y="{placed.y + size.stack - back}" width="{wide}" height="{tall}"'
            self.out.append(f'<rect {fill} {place} rx="{radius}" {stroke}/>')
        self._texts(placed, wide, tall)
        self.out.append("</g>")

    def _texts(self, placed: PlacedBox, wide: int, tall: int) -> None:
        size = placed.size
        y = placed.y + size.stack + (tall - sum(line.height for line in size.lines)) // 2
        for line in size.lines:
            base = y + line.height // 2 + (line.size * 36 + 50) // 100
            data = self._data(placed.box.key, line.field)
            kind = "q" if line.field == "name" else "t"
            middle = placed.x + wide // 2
            self.out.append(
                self._words(middle, base, line.text, line.size, kind, bold=line.bold, anchor="middle", data=data)
            )
            y += line.height

    def _tooltip(self, placed: PlacedBox) -> str:
        box, shown = placed.box, self.placed.diagram
        lines = [box.path] if box.path else [self._tell(box.title)]
        lines += [line for line in box.details if line != box.path]
        if shown.counted and box.kind not in ("input", "output"):
            part = percent(box.macs, shown.macs)
            macs = Message("{count} MACs", count=number(box.macs))
            lines.append(self._tell(macs) + (f" ({part})" if part else ""))
            lines.append(self._tell(Message("{count} params", count=number(box.params))))
        shapes = dict.fromkeys(edge.text for edge in shown.edges if edge.source == box.key)
        lines += [f"→ {shape}" for shape in shapes if shape]
        return "\n".join(clean(line)[:_LONG] for line in lines)

    # -- foot ----------------------------------------------------------------------------------------------------

    def _draw_foot(self, below: Foot, wide: int, top: int) -> None:
        y = top + 14
        for place, note in enumerate(below.notes):
            data = self._data("total", "total") if place == 0 else ""
            self.out.append(self._words(wide // 2, y, note, SIZE, "t", anchor="middle", data=data))
            y += LINE_HEIGHT
        if not below.swatches:
            return
        x = (wide - below.row) // 2
        self.out.append(self._words(x, y + 3, below.words, SIZE, "q"))
        x += width(below.words, SIZE) + 8
        for shade, text in below.swatches:
            corner = f'x="{x}" y="{y - 7}" width="14" height="12" rx="2"'
            self.out.append(f'<rect {self._fill(shade)} {corner} stroke="{self._of(LINE)}" stroke-width="1"/>')
            self.out.append(self._words(x + 18, y + 3, text, SIZE, "q"))
            x += SWATCH + width(text, SIZE)


def _sign(value: int) -> int:
    return (value > 0) - (value < 0)


def _rounded(points: list[tuple[int, int]]) -> str:
    """A path along the corners, each rounded."""
    words = [f"M{points[0][0]} {points[0][1]}"]
    for before, corner, after in zip(points, points[1:], points[2:], strict=False):
        radius = min(_RADIUS, _distance(before, corner) // 2, _distance(corner, after) // 2)
        a, b = _towards(corner, before, radius), _towards(corner, after, radius)
        words += [f"L{a[0]} {a[1]}", f"Q{corner[0]} {corner[1]} {b[0]} {b[1]}"]
    words.append(f"L{points[-1][0]} {points[-1][1]}")
    return "".join(words)


def _distance(a: tuple[int, int], b: tuple[int, int]) -> int:
    return abs(a[0] - b[0]) + abs(a[1] - b[1])


def _towards(start: tuple[int, int], end: tuple[int, int], steps: int) -> tuple[int, int]:
    return start[0] + steps * _sign(end[0] - start[0]), start[1] + steps * _sign(end[1] - start[1])


def escaped(text: str) -> str:
    """``text`` inside XML.

    >>> escaped("a<b") == "a&lt;b"
    True
    """
    return html.escape(text)
