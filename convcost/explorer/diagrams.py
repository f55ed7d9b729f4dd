"""The blocks' diagrams, with places for numbers that change.

Boxes are laid out with room for numbers a thousand times those at the start; the page puts the numbers in, and shades
the boxes by their share.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from functools import cached_property
from typing import Any

from ..arith import Dim, Shape, is_symbolic
from ..messages import LANGUAGES
from ..pictures import Diagram, Layout, diagram, layout, svg
from ..pictures.shades import INK, LINE, QUIET, SHADES
from .sides import Side

_ROOM = 1000
#: Larger networks are folded, so that their boxes can be read side by side.
_MAX_BOXES = 16
#: Pixels; pictures that are wider stand below one another.
_HALF = 430
_EMPTY = "–"


class Drawing:
    """The diagram of one block."""

    def __init__(self, side: Side, starts: Mapping[str, int]) -> None:
        self.side, self.starts = side, starts
        self.shown = diagram(side.cost, max_boxes=_MAX_BOXES)

    @cached_property
    def wide(self) -> bool:
        """Whether it needs more than half a page."""
        return layout(self._measured()).width > _HALF

    def svg(self, language: str) -> str:
        """The picture in a language, without the foot that tells totals."""
        placed = self._emptied(layout(self._measured(), language))
        text = svg(placed, live=True, prefix=f"{self.side.letter.lower()}-{language}-", theme="light")
        return re.sub(
            r' width="(\d+)" height="\d+" viewBox="[^"]*"', lambda m: _cropped(int(m[1]), placed), text, count=1
        )

    def data(self) -> list[dict[str, Any]]:
        """The entries of the numbers in each box, and of the shapes that leave it."""
        return [
            {
                "key": box.key,
                "macs": None if box.macs is None else self.side.wire.add(box.macs),
                "params": None if box.params is None else self.side.wire.add(box.params),
                "shapes": [[*map(self.side.wire.add, shape)] for shape in self._leaving(box.key)],
            }
            for box in self.shown.boxes
        ]

    def _leaving(self, key: str) -> list[Shape]:
        shapes = {edge.text: edge.shape for edge in self.shown.edges if edge.source == key and edge.shape}
        return [*shapes.values()]

    def _measured(self) -> Diagram:
        """The diagram with the numbers that room is kept for."""
        boxes = tuple(
            replace(box, macs=self._wide(box.macs), params=self._wide(box.params)) for box in self.shown.boxes
        )
        edges = tuple(
            replace(edge, shape=None if edge.shape is None else tuple(map(self._number, edge.shape)))
            for edge in self.shown.edges
        )
        return replace(self.shown, boxes=boxes, edges=edges)

    def _wide(self, value: Dim) -> Dim:
        if value is None or (not is_symbolic(value) and value == 0):
            return value
        return self._number(value) * _ROOM

    def _number(self, value: Dim) -> int:
        """``value`` at the start; where that is nothing, a number of usual size."""
        from .. import symbolic

        found = symbolic.as_fraction(value, self.starts)
        return 10**6 if found is None or found <= 0 else int(found)

    def _emptied(self, placed: Layout) -> Layout:
        """The layout without its numbers, and with the letters' own boxes, which tooltips are told from."""
        boxes = tuple(
            replace(
                each,
                box=self.shown.box(each.box.key),
                size=each.size._replace(lines=tuple(map(_blank, each.size.lines))),
            )
            for each in placed.boxes
        )
        return replace(
            placed,
            diagram=self.shown,
            boxes=boxes,
            labels=tuple(replace(label, text=_EMPTY) for label in placed.labels),
        )


def _blank(line: Any) -> Any:
    return line._replace(text=_EMPTY) if line.field in ("macs", "params") else line


def _cropped(wide: int, placed: Layout) -> str:
    left = (wide - placed.width) // 2
    size = f'width="{placed.width}" height="{placed.height}"'
    return f' {size} viewBox="{left} 0 {placed.width} {placed.height}"'


def colours() -> str:
    """The diagrams' colours as variables of the style sheet, for light and dark pages.

    >>> colours().count("--shade-0:")
    3
    """
    light, dark = (_variables(theme) for theme in (0, 1))
    return (
        f":root{{{light}}}\n@media (prefers-color-scheme:dark){{:root{{{dark}}}}}\n@media print{{:root{{{light}}}}}\n"
        + "".join(f'.drawing [class*="-s{n} "]{{fill:var(--shade-{n})}}\n' for n in range(len(SHADES)))
    )


def _variables(theme: int) -> str:
    shades = {f"shade-{n}": (shade.light, shade.dark) for n, shade in enumerate(SHADES)}
    found = {**shades, "picture-ink": INK, "picture-quiet": QUIET, "picture-line": LINE}
    return "".join(f"--{name}:{pair[theme]};" for name, pair in found.items())


def drawings(side: Side, starts: Mapping[str, int], language: str) -> tuple[str, bool, list[dict[str, Any]]]:
    """The pictures of a block in all languages, one of them seen; whether they are wide; the data of their numbers."""
    drawing = Drawing(side, starts)
    pictures = "".join(
        f'<div class="drawing" data-language="{each}"{"" if each == language else " hidden"}>{drawing.svg(each)}</div>'
        for each in LANGUAGES
    )
    return pictures, drawing.wide, drawing.data()
