"""Series below one another, branches side by side."""

from __future__ import annotations

from dataclasses import dataclass

from .mesh import Mesher
from .pieces import End, Jog, Lane, Piece, Placed
from .seriesparallel import Mesh, Parallel, Series, Tree, Wire

#: Pixels between columns, and between lines that run beside one another.
GAP, TRACK = 24, 8
#: Half of the room that a line needs.
_LINE = 12


@dataclass(frozen=True)
class Vertex:
    """What the arrangement has to know of a box."""

    form: str
    width: int
    height: int
    #: Width of the text at the line below it.
    label: int = 0
    #: Boxes of no size stand for "before everything" and "behind everything".
    virtual: bool = False
    is_sum: bool = False


class Arranger:
    """Makes pieces of trees. ``below`` and ``above`` are the heights of the bands under and over a box."""

    def __init__(self, vertices: list[Vertex], main: int, below: int = 22, above: int = 16) -> None:
        self.vertices, self.main, self.below, self.above = vertices, main, below, above
        self.mesher = Mesher(self)

    def piece(self, tree: Tree, source: int, sink: int) -> Piece:
        """What lies between two vertices, without them."""
        if isinstance(tree, Wire):
            return Piece(_LINE, _LINE, 0, [Lane(0, tree.edge)], [Lane(0, tree.edge)])
        if isinstance(tree, Series):
            return self._series(tree, source, sink)
        if isinstance(tree, Parallel):
            return self._parallel(tree, source, sink)
        return self.mesher.piece(tree)

    # -- series --------------------------------------------------------------------------------------------------

    def _series(self, tree: Series, source: int, sink: int) -> Piece:
        whole = Piece()
        ends = [source, *tree.vertices, sink]
        for place, between in enumerate(tree.between):
            inner = self.piece(between, ends[place], ends[place + 1])
            y = whole.height
            whole.put(inner, 0, y)
            whole.height += inner.height
            if place == 0:
                whole.entries = inner.entries
            else:
                self.fork(whole, ends[place], inner.entries, y)
            if place == len(tree.between) - 1:
                whole.exits = inner.exits
            else:
                self._stand(whole, ends[place + 1], inner.exits)
        return whole

    def _stand(self, whole: Piece, number: int, exits: list[Lane]) -> None:
        """A vertex under the lanes that come to it, and the band below it."""
        vertex = self.vertices[number]
        wide = self.wide(vertex, [lane for lane in exits if not lane.aside])
        whole.height += self.join(whole, vertex, wide, exits, whole.height)
        whole.boxes.append(Placed(number, 0, whole.height, wide, vertex.height))
        whole.reach(-wide // 2, wide - wide // 2)
        whole.reach(0, vertex.label + 8)
        whole.height += vertex.height + self.below

    @staticmethod
    def wide(vertex: Vertex, lanes: list[Lane]) -> int:
        """The width of a vertex that ``lanes`` lead to: a bar reaches over all of them."""
        if vertex.form == "flat" and len(lanes) > 1:
            return max(vertex.width, 2 * max(abs(lane.x) for lane in lanes) + 2 * _LINE)
        return max(vertex.width, 12 * (len(lanes) + 1)) if len(lanes) > 1 else vertex.width

    def fork(self, whole: Piece, number: int, entries: list[Lane], top: int) -> None:
        """Lines from a vertex whose band ends at ``top`` to the lanes of the piece below."""
        if self.vertices[number].virtual:
            return
        bottom = top - self.below
        for lane in entries:
            whole.starts.append(End(lane.edge, 0, bottom))
            if lane.x:
                whole.jogs.append(Jog(lane.edge, top, 0, lane.x))

    def join(self, whole: Piece, vertex: Vertex, wide: int, exits: list[Lane], top: int) -> int:
        """Lines from lanes to the vertex below them; the height that this takes."""
        direct = sorted(lane for lane in exits if not lane.aside)
        is_bar = vertex.form == "flat" and len(direct) > 1
        ports = [lane.x for lane in direct] if is_bar else _ports([lane.x for lane in direct], wide)
        left = [place for place, lane in enumerate(direct) if lane.x < ports[place]]
        right = [place for place, lane in enumerate(direct) if lane.x > ports[place]][::-1]
        levels = {place: level for side in (left[::-1], right[::-1]) for level, place in enumerate(side)}
        height = self.above + TRACK * max(len(left), len(right), 1) - TRACK
        for place, lane in enumerate(direct):
            if lane.x != ports[place]:
                whole.jogs.append(Jog(lane.edge, top + TRACK * levels[place], lane.x, ports[place]))
            whole.ends.append(End(lane.edge, ports[place], top + height))
        for lane in exits:
            if lane.aside:
                middle = top + height + vertex.height // 2
                whole.jogs.append(Jog(lane.edge, middle, lane.x, wide - wide // 2))
                whole.ends.append(End(lane.edge, wide - wide // 2, middle, True))
        return height

    # -- branches ------------------------------------------------------------------------------------------------

    def _parallel(self, tree: Parallel, source: int, sink: int) -> Piece:
        pieces = [self.piece(branch, source, sink) for branch in tree.branches]
        places = self._columns(tree, pieces, sink)
        # Lines alone still need the height to go apart and meet again.
        whole = Piece(height=max(*(piece.height for piece in pieces), 2 * TRACK))
        aside = self._is_aside(tree, pieces, sink)
        for piece, x in zip(pieces, places, strict=True):
            spare = whole.height - piece.height
            at_side = aside and x != 0
            y = 0 if self.vertices[sink].virtual else spare // 2 if at_side else spare
            whole.put(piece, x, y)
            whole.entries += [lane._replace(x=lane.x + x) for lane in piece.entries]
            whole.exits += [lane._replace(x=lane.x + x, aside=at_side or lane.aside) for lane in piece.exits]
        return whole

    def _is_aside(self, tree: Parallel, pieces: list[Piece], sink: int) -> bool:
        """Whether a branch meets the other one at the side of a round box."""
        one_each = all(len(piece.exits) == 1 for piece in pieces)
        return len(tree.branches) == 2 and self.vertices[sink].is_sum and one_each

    def _columns(self, tree: Parallel, pieces: list[Piece], sink: int) -> list[int]:
        """Where the axes of the branches stand."""
        order = list(range(len(pieces)))
        wires = [place for place in order if isinstance(tree.branches[place], Wire)]
        trunk = None
        if self.vertices[sink].virtual:
            trunk = max(order, key=lambda place: (self.main in _vertices(tree.branches[place]), -place))
        elif len(order) - len(wires) == 1 or (len(order) == 2 and self.vertices[sink].is_sum):
            trunk = max(order, key=lambda place: (pieces[place].height, -place))
        places = [0] * len(pieces)
        if trunk is not None:
            edge = pieces[trunk].right
            for place in order:
                if place != trunk:
                    places[place] = edge + GAP + pieces[place].left
                    edge = places[place] + pieces[place].right
            return places
        total = sum(piece.left + piece.right for piece in pieces) + GAP * (len(pieces) - 1)
        edge = -(total // 2)
        for place, piece in enumerate(pieces):
            places[place] = edge + piece.left
            edge += piece.left + piece.right + GAP
        return places


def _vertices(tree: Tree) -> set[int]:
    if isinstance(tree, Series):
        return set(tree.vertices).union(*map(_vertices, tree.between))
    if isinstance(tree, Parallel):
        return set().union(*map(_vertices, tree.branches))
    if isinstance(tree, Mesh):
        return set(tree.vertices).union(*(_vertices(tree) for *_, tree in tree.links))
    return set()


def _ports(lanes: list[int], wide: int) -> list[int]:
    """Where lines come in at the top of a box: the one on its axis in the middle, if there is one."""
    count = len(lanes)
    if count < 2:
        return [0] * count
    if 0 in lanes:
        middle = lanes.index(0)
        step = min(18, max(wide // 2 - 8, 1) // max(middle, count - 1 - middle))
        return [step * (place - middle) for place in range(count)]
    step = min(18, max(wide - 16, 2) // (count - 1))
    return [step * place - step * (count - 1) // 2 for place in range(count)]
