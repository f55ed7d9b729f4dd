"""Networks that go down and come up again, as U-Nets do: encoder on the left, decoder on the right, skips across.

The rule is general: skips that lie inside one another, ``v₁ → … v₂ → … w₂ → … w₁`` with lines ``vᵢ → wᵢ``, become
levels. What leads down to the innermost skip is the left arm; what follows it is arranged like any series, and then
turned upside down, so that the two ends of each skip stand beside one another.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from itertools import pairwise
from typing import NamedTuple

from .arrange import Arranger
from .pieces import Flat, Piece, Placed, Points, flattened, route, straight
from .seriesparallel import Parallel, Series, Tree, Wire

#: Fewer levels, and lower pictures, stay in one column.
LEVELS, LOW = 2, 800
#: Pixels between the arms, and around the label of the line at the bottom.
BETWEEN, AROUND = 56, 20
#: Stands for the line to the other arm.
_ACROSS = -1


class Skip(NamedTuple):
    """A line from the left arm to the right one."""

    source: int
    target: int
    edge: int


@dataclass
class Arms:
    """Both arms as series, and what leads across; the last one of ``skips`` is the innermost."""

    down: Series
    up: Series
    skips: list[Skip]
    across: int
    #: Vertices that the line at the bottom joins.
    bottom: tuple[int, int]


@dataclass
class Sheet:
    """Boxes and lines at their final places."""

    boxes: list[Placed] = field(default_factory=list)
    routes: dict[int, Points] = field(default_factory=dict)
    width: int = 0
    height: int = 0


def arms(tree: Tree, heights: Callable[[int], int]) -> Arms | None:
    """The two arms of a network with skips inside one another; nothing where there are none.

    >>> inner = Series((Wire(3), Wire(4)), (2,))
    >>> once = Series((Wire(1), Parallel((Wire(2), inner)), Wire(5)), (1, 3))
    >>> found = arms(Series((Wire(0), Parallel((Wire(9), once)), Wire(6)), (0, 4)), lambda vertex: 1)
    >>> found.down.vertices, found.up.vertices, [skip[:2] for skip in found.skips]
    ((0, 1, 2), (3, 4), [(0, 4), (1, 3)])
    """
    down: tuple[list[Tree], list[int]] = [], []
    back: list[tuple[tuple[Tree, ...], tuple[int, ...]]] = []
    skips: list[Skip] = []
    while isinstance(tree, Series) and (place := _inward(tree)) is not None:
        edge, inner = _parts(tree.between[place])
        down[0].extend(tree.between[:place])
        down[1].extend(tree.vertices[:place])
        back.append((tree.between[place + 1 :], tree.vertices[place:]))
        skips.append(Skip(tree.vertices[place - 1], tree.vertices[place], edge))
        tree = inner
    if not isinstance(tree, Series) or len(skips) < LEVELS:
        return None
    cut = _middle(tree, heights)
    if cut is None:
        return None
    back.append((tree.between[cut + 1 :], tree.vertices[cut:]))
    across = tree.between[cut]
    left = Series((*down[0], *tree.between[:cut], Wire(_ACROSS)), (*down[1], *tree.vertices[:cut]))
    between = [part for each, _ in reversed(back) for part in each]
    right = Series((Wire(_ACROSS), *between), tuple(vertex for _, each in reversed(back) for vertex in each))
    assert isinstance(across, Wire)  # noqa: S101 (tells the type)
    return Arms(left, right, skips, across.edge, (left.vertices[-1], right.vertices[0]))


def _parts(tree: Tree) -> tuple[int, Series]:
    """The line and the series of a skip."""
    assert isinstance(tree, Parallel)  # noqa: S101 (tells the type)
    wire = next(branch for branch in tree.branches if isinstance(branch, Wire))
    return wire.edge, next(branch for branch in tree.branches if isinstance(branch, Series))


def _inward(tree: Series) -> int | None:
    """Which of the trees in a series is the skip with most other skips inside."""
    found = {place: _nesting(tree.between[place]) for place in range(1, len(tree.vertices))}
    best = max(found, key=lambda place: (found[place], -place), default=None)
    return best if best is not None and found[best] else None


def _nesting(tree: Tree) -> int:
    """How many skips lie inside one another, this one included."""
    if not isinstance(tree, Parallel) or sorted(type(branch).__name__ for branch in tree.branches) != [
        "Series",
        "Wire",
    ]:
        return 0
    _, inner = _parts(tree)
    return 1 + max((_nesting(between) for between in inner.between[1:-1]), default=0)


def _middle(tree: Series, heights: Callable[[int], int]) -> int | None:
    """Where the innermost series goes from one arm to the other: at a line, and as near to its middle as can be."""
    tall = [heights(vertex) for vertex in tree.vertices]
    cuts = [place for place in range(1, len(tree.between)) if isinstance(tree.between[place], Wire)]
    return min(cuts, key=lambda place: (abs(2 * sum(tall[:place]) - sum(tall)), -place), default=None)


def bent(arranger: Arranger, tree: Tree, ends: tuple[int, int], margin: int) -> Sheet | None:
    """The sheet of a network that is a U; nothing for any other, and for those that are low enough without."""
    found = arms(tree, lambda vertex: arranger.vertices[vertex].height)
    if found is None or arranger.piece(tree, *ends).height < LOW:
        return None
    pieces = arranger.piece(found.down, *ends), arranger.piece(found.up, *ends)
    room = max(BETWEEN, arranger.vertices[found.bottom[0]].label + AROUND)
    return _Bender(found, pieces, room).sheet(margin)


class _Bender:
    """Puts two arms beside one another."""

    def __init__(self, found: Arms, pieces: tuple[Piece, Piece], room: int) -> None:
        self.found = found
        left, right = pieces
        axes = left.left, left.left + left.right + room + right.left
        self.width = axes[1] + right.right
        self.flats = flattened(left, axes[0], 0), flattened(right, axes[1], 0)
        self.boxes = [{box.vertex: box for box in flat.boxes} for flat in self.flats]

    def sheet(self, margin: int) -> Sheet:
        down, up = self._stretches()
        down_boxes, down_routes = _moved(self.flats[0], lambda y: y + sum(by for at, by in down if y > at))
        flipped = _moved(self.flats[1], lambda y: -y - sum(by for at, by in up if y >= at))
        first = self.found.skips[0]
        level = _bottom(down_boxes[first.source]) - _bottom(flipped[0][first.target])
        boxes = {**down_boxes, **{key: box._replace(y=box.y + level) for key, box in flipped[0].items()}}
        routes = {edge: tuple((x, y + level) for x, y in points) for edge, points in flipped[1].items()}
        routes = {**down_routes, **routes, **{skip.edge: _across(boxes, skip[:2]) for skip in self.found.skips}}
        routes[self.found.across] = self._turn(boxes)
        return _framed(boxes.values(), routes, self.width, margin)

    def _stretches(self) -> tuple[list[tuple[int, int]], list[tuple[int, int]]]:
        """How much longer each arm gets at which heights, so that both are as long between two levels."""
        skips, (left, right) = self.found.skips, self.boxes
        stops = [(_bottom(left[skip.source]), right[skip.target].y) for skip in skips]
        low, high = self.found.bottom
        stops.append((_bottom(left[low]), right[high].y))
        down, up = [], []
        for (a, b), (c, d) in pairwise(stops):
            # Where nothing is below the innermost skip on the right its line comes up from the bottom.
            spare = (c - a) - (b - d) if b != d else 0
            down.append((a, max(-spare, 0)))
            up.append((b, max(spare, 0)))
        return down, up

    def _turn(self, boxes: dict[int, Placed]) -> Points:
        """The line at the bottom."""
        low, high = self.found.bottom
        if high != self.found.skips[-1].target:
            return _across(boxes, (low, high))
        source, target = boxes[low], boxes[high]
        y = source.y + source.height // 2
        return straight([(_right(source), y), (target.x, y), (target.x, _bottom(target))])


def _moved(flat: Flat, place: Callable[[int], int]) -> tuple[dict[int, Placed], dict[int, Points]]:
    """Everything at other heights, and upside down if ``place`` says so."""
    boxes = {}
    for box in flat.boxes:
        top = min(place(box.y), place(box.y) + (place(box.y + 1) - place(box.y)) * box.height)
        boxes[box.vertex] = box._replace(y=top)
    whole = [edge for edge in flat.starts if edge in flat.ends]
    return boxes, {edge: straight([(x, place(y)) for x, y in route(flat, edge)]) for edge in whole}


def _across(boxes: dict[int, Placed], ends: tuple[int, int]) -> Points:
    """A level line from the right side of a box to the left side of another one whose bottom is as low."""
    source, target = boxes[ends[0]], boxes[ends[1]]
    y = _bottom(source) - min(source.height, target.height) // 2
    return (_right(source), y), (_left(target), y)


def _framed(boxes: Iterable[Placed], routes: dict[int, Points], wide: int, margin: int) -> Sheet:
    top = min(box.y for box in boxes) - margin
    placed = [box._replace(x=box.x + margin, y=box.y - top) for box in boxes]
    lines = {edge: tuple((x + margin, y - top) for x, y in points) for edge, points in routes.items()}
    return Sheet(placed, lines, wide + 2 * margin, max(map(_bottom, placed)) + margin)


def _bottom(box: Placed) -> int:
    return box.y + box.height


def _left(box: Placed) -> int:
    return box.x - box.width // 2


def _right(box: Placed) -> int:
    return _left(box) + box.width
