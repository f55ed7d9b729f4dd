"""Coordinates of everything in a diagram, in whole pixels."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property

from ..errors import SpecError
from ..messages import LANGUAGES
from .arrange import Arranger, Vertex
from .boxes import Box, Diagram, Edge
from .columns import FORK, ONWARD, Column, columned
from .pieces import End, Flat, Jog, Points, flattened, route, straight
from .seriesparallel import decomposed
from .sizes import LABEL_SIZE, Size, evened, size_of
from .textwidth import fitted, width
from .ushape import Sheet, bent

MARGIN = 12
_LABEL_ROOM = 170


@dataclass(frozen=True)
class PlacedBox:
    """A box with its lines of text; ``x`` and ``y`` are its left upper corner."""

    box: Box
    x: int
    y: int
    width: int
    height: int
    size: Size


@dataclass(frozen=True)
class PlacedEdge:
    """An edge with the corners of its line, from the source down to the target."""

    edge: Edge
    points: tuple[tuple[int, int], ...]


@dataclass(frozen=True)
class PlacedLabel:
    """The shape of what leaves ``key``, at the line's start: left end and baseline."""

    key: str
    text: str
    x: int
    y: int


@dataclass(frozen=True)
class Layout:
    """A diagram with coordinates, in a frame from (0, 0) to (``width``, ``height``)."""

    diagram: Diagram
    lang: str
    width: int
    height: int
    boxes: tuple[PlacedBox, ...]
    edges: tuple[PlacedEdge, ...]
    labels: tuple[PlacedLabel, ...]

    @cached_property
    def by_key(self) -> dict[str, PlacedBox]:
        return {placed.box.key: placed for placed in self.boxes}


def layout(diagram: Diagram, lang: str = "en", *, columns: int | None = None) -> Layout:
    """Where everything stands. Texts are measured in the language in which they will be told.

    A network that is taller than a page goes on in further columns, unless ``columns`` says how many there are.

    >>> from convcost import Conv, cost
    >>> from convcost.pictures import diagram
    >>> placed = layout(diagram(cost(Conv(16, 1), (192, 28, 28))))
    >>> [(each.box.key, each.y) for each in placed.boxes]
    [('in0', 12), ('b0', 78), ('out0', 182)]
    """
    if lang not in LANGUAGES:
        raise SpecError("there are no texts in this language", got=lang, fix=f"one of {', '.join(LANGUAGES)}")
    if columns is not None and columns < 1:
        raise SpecError("there is at least one column", got=f"columns={columns}")
    return _Composer(diagram, lang).layout(columns)


class _Composer:
    def __init__(self, shown: Diagram, lang: str) -> None:
        self.shown, self.lang = shown, lang
        self.sizes = evened([size_of(box, shown, lang) for box in shown.boxes])
        self.labels = self._labels()
        count = len(shown.boxes)
        self.source, self.sink = count, count + 1
        self.pairs = [(shown.places[edge.source], shown.places[edge.target]) for edge in shown.edges]

    def _labels(self) -> dict[str, str]:
        """What leaves each box; several shapes where a module gives several."""
        shapes: dict[str, dict[str, None]] = defaultdict(dict)
        for edge in self.shown.edges:
            if edge.text:
                shapes[edge.source][edge.text] = None
        return {key: fitted(", ".join(texts), _LABEL_ROOM, LABEL_SIZE) for key, texts in shapes.items()}

    def layout(self, columns: int | None) -> Layout:
        vertices = [
            Vertex(
                size.form, size.width, size.height, width(self.labels.get(box.key, ""), LABEL_SIZE),
                is_sum=box.kind in ("add", "mul"),
            )
            for box, size in zip(self.shown.boxes, self.sizes, strict=True)
        ]  # fmt: skip
        vertices += [Vertex("", 0, 0, virtual=True)] * 2
        tree = decomposed(len(vertices), [*self.pairs, *self._ends()], self.source, self.sink)
        bands = (22, 16) if self.labels else (12, 16)
        arranger = Arranger(vertices, self._main(), *bands)
        ends = self.source, self.sink
        sheet = bent(arranger, tree, ends, MARGIN) if columns is None else None
        sheet = sheet or self._sheet(columned(arranger, tree, ends, columns), *bands)
        boxes = [self._box(place) for place in sorted(sheet.boxes)]
        boxes.sort(key=lambda placed: self.shown.places[placed.box.key])
        edges = [PlacedEdge(edge, sheet.routes[number]) for number, edge in enumerate(self.shown.edges)]
        labels = tuple(self._placed_labels(edges))
        return Layout(self.shown, self.lang, sheet.width, sheet.height, tuple(boxes), tuple(edges), labels)

    def _sheet(self, made: list[Column], below: int, above: int) -> Sheet:
        """Columns side by side."""
        several = len(made) > 1
        # Above the first box there is no line, but for the one that comes from the column before.
        top = MARGIN + FORK if several else MARGIN - above
        flats = [flattened(column.piece, MARGIN + column.x, top) for column in made]
        boxes = [box for flat in flats for box in flat.boxes]
        wide = 2 * MARGIN + made[-1].x + made[-1].piece.right
        tall = top + max(column.piece.height for column in made) - (0 if several else below) + MARGIN
        return Sheet(boxes, self._routed(made, flats, top, below), wide, tall)

    def _routed(self, made: list[Column], flats: list[Flat], top: int, below: int) -> dict[int, Points]:
        """The lines of all columns, and those from one to the next."""
        leads: dict[int, tuple[tuple[int, int], ...]] = {}
        for number, column in enumerate(made[1:], start=1):
            before, after, axis = flats[number - 1].starts[ONWARD], flats[number], MARGIN + column.x
            lane, low, high = MARGIN + made[number - 1].lane, before.y + below, top - FORK
            for entry in column.piece.entries:
                after.starts[entry.edge] = End(entry.edge, axis, high)
                after.jogs.setdefault(entry.edge, []).append(Jog(entry.edge, top, axis, axis + entry.x))
                leads[entry.edge] = ((before.x, before.y), (before.x, low), (lane, low), (lane, high))
        return {
            edge: straight([*leads.get(edge, ()), *route(flat, edge)])
            for flat in flats
            for edge in flat.starts
            if edge in flat.ends
        }

    def _ends(self) -> list[tuple[int, int]]:
        """Edges from before everything to the first boxes, and from the last ones to behind everything."""
        pairs = list(self.pairs)
        last = len(self.shown.boxes) - 1
        idle = [place for place, box in enumerate(self.shown.boxes) if box.kind == "idle"]
        # What did not run stands below everything else.
        pairs += [(self._main() if self._main() >= 0 else last, place) for place in idle]
        targets, sources = {b for _, b in pairs}, {a for a, _ in pairs}
        count = len(self.shown.boxes)
        pairs += [(self.source, box) for box in range(count) if box not in targets]
        pairs += [(box, self.sink) for box in range(count) if box not in sources]
        return pairs[len(self.pairs) :]

    def _main(self) -> int:
        """The main output, which stays on the axis."""
        outputs = [place for place, box in enumerate(self.shown.boxes) if box.kind == "output"]
        return outputs[min(self.shown.main, len(outputs) - 1)] if outputs else -1

    def _box(self, placed: tuple[int, int, int, int, int]) -> PlacedBox:
        vertex, x, y, wide, tall = placed
        return PlacedBox(self.shown.boxes[vertex], x - wide // 2, y, wide, tall, self.sizes[vertex])

    def _placed_labels(self, edges: list[PlacedEdge]) -> list[PlacedLabel]:
        seen: dict[str, PlacedLabel] = {}
        # Beside a line that goes up or down, if there is one; else above a level one.
        for placed in sorted(edges, key=lambda placed: placed.points[0][1] == placed.points[1][1]):
            key = placed.edge.source
            if key in self.labels and key not in seen:
                (x, y), (_, after) = placed.points[:2]
                lower = 15 if after > y else -9 if after < y else -4
                seen[key] = PlacedLabel(key, self.labels[key], x + 6, y + lower)
        return list(seen.values())
