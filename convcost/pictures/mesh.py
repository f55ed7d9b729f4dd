"""What is no series and no set of branches: layers of boxes, with lines between them and beside them.

Layers by the longest way (Sugiyama, Tagawa and Toda 1981), order within them by barycentres, places by isotonic
regression. A line to the next layer goes through the channel between them; a longer one goes to a lane beside all
boxes, so that no line ever runs through a box.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from .levels import (
    GAP,
    SWEEPS,
    TRACK,
    Item,
    Link,
    assign_ports,
    barycentre,
    beside_trunk,
    channel,
    free_lane,
    side_of,
    snapped,
    spaced,
    span,
    trunk,
)
from .pieces import End, Jog, Lane, Piece, Placed
from .seriesparallel import Mesh, Parallel, Series, Tree, Wire

if TYPE_CHECKING:
    from .arrange import Arranger


class Mesher:
    """Makes a piece of a mesh."""

    def __init__(self, arranger: Arranger) -> None:
        self.arranger = arranger

    def piece(self, mesh: Mesh) -> Piece:
        """The mesh without its two ends; lines from the source come in, lines to the sink go out."""
        return _Meshed(self.arranger, mesh).piece()


class _Meshed:
    def __init__(self, arranger: Arranger, mesh: Mesh) -> None:
        self.arranger, self.mesh = arranger, mesh
        self.items: list[Item] = []
        self.links: list[Link] = []
        self.source, self.sink = Item(Piece(), mesh.source), Item(Piece(), mesh.sink)
        self._gather()
        self._layer()

    def piece(self) -> Piece:
        self._order()
        self._place()
        self._enter()
        whole = Piece()
        self._lanes(whole)
        self._draw(whole)
        return whole

    # -- items and links -----------------------------------------------------------------------------------------

    def _gather(self) -> None:
        vertices = self.arranger.vertices
        ends = {self.mesh.source: self.source, self.mesh.sink: self.sink}
        degree: dict[int, int] = defaultdict(int)
        trees = [(a, b, branch) for a, b, tree in self.mesh.links for branch in _branches(tree)]
        for _, b, tree in trees:
            degree[b] += _width_of(tree)
        for number in self.mesh.vertices:
            vertex = vertices[number]
            wide = max(vertex.width, 14 * (degree[number] + 1)) if degree[number] > 1 else vertex.width
            box = Piece(wide // 2, max(wide - wide // 2, vertex.label + 8), vertex.height)
            box.boxes.append(Placed(number, 0, 0, wide, vertex.height))
            ends[number] = Item(box, number)
            self.items.append(ends[number])
        for a, b, tree in trees:
            self._link(ends[a], ends[b], tree)

    def _link(self, source: Item, target: Item, tree: Tree) -> None:
        if isinstance(tree, Wire):
            self._add(Link(tree.edge, source, target, id(source)))
            return
        inner = Item(self.arranger.piece(tree, source.vertex, target.vertex))
        self.items.append(inner)
        for lane in inner.piece.entries:
            self._add(Link(lane.edge, source, inner, id(source), enter=lane.x))
        for lane in inner.piece.exits:
            self._add(Link(lane.edge, inner, target, (id(inner), lane.x), leave=lane.x))

    def _add(self, link: Link) -> None:
        self.links.append(link)
        link.source.out.append(link)
        link.target.into.append(link)

    # -- layers and places ---------------------------------------------------------------------------------------

    def _layer(self) -> None:
        waits = {id(item): len(item.into) for item in [*self.items, self.sink]}
        self.source.layer = -1
        ready = [self.source]
        while ready:
            item = ready.pop()
            for link in item.out:
                link.target.layer = max(link.target.layer, item.layer + 1)
                waits[id(link.target)] -= 1
                if waits[id(link.target)] == 0:
                    ready.append(link.target)
        self._pull_down()
        count = max(item.layer for item in self.items) + 1
        self.sink.layer = count
        self.layers: list[list[Item]] = [[] for _ in range(count)]
        for item in self.items:
            self.layers[item.layer].append(item)

    def _pull_down(self) -> None:
        """What waits for nothing inside stands right above what needs it."""
        for item in sorted(self.items, key=lambda item: -item.layer):
            if self.arranger.vertices[self.mesh.source].virtual and all(
                link.source is self.source for link in item.into
            ):
                nearest = min((link.target.layer for link in item.out if link.target is not self.sink), default=1)
                item.layer = max(item.layer, nearest - 1)

    def _order(self) -> None:
        """Barycentres: down by what comes in, up by what goes out, and so on."""
        for layer in self.layers:
            for place, item in enumerate(layer):
                item.x = (2 * place - len(layer) + 1) * 100
        for sweep in range(SWEEPS):
            down = sweep % 2 == 0
            for layer in self.layers if down else self.layers[::-1]:
                wished = {id(item): barycentre(item, down) for item in layer}
                layer.sort(key=lambda item: (wished[id(item)], item.x))
                for place, item in enumerate(layer):
                    item.x = (2 * place - len(layer) + 1) * 100

    def _place(self) -> None:
        """The longest way on the axis, everything else next to what it hangs together with."""
        for item in trunk(self.items, self.source, self.sink, self.arranger.main):
            item.is_trunk = True
        for sweep in range(SWEEPS + 2):
            down = sweep % 2 == 0
            for layer in self.layers if down else self.layers[::-1]:
                both = sweep >= SWEEPS
                wished = [barycentre(item, None if both else down) for item in layer]
                for item, x in zip(layer, beside_trunk(layer, spaced(layer, wished)), strict=True):
                    item.x = x
        for layer in self.layers:
            snapped(layer)

    def _enter(self) -> None:
        """Where lines come in at the top of the boxes: in the order in which they come, clear of lines that start
        right above."""
        for number, layer in enumerate(self.layers):
            above = sorted(link.start for item in self.layers[number - 1] for link in item.out) if number else []
            for item in layer:
                if item.vertex >= 0:
                    assign_ports(item, above)

    # -- lanes ---------------------------------------------------------------------------------------------------

    def _lanes(self, whole: Piece) -> None:
        for item in self.items:
            whole.reach(item.x - item.piece.left, item.x + item.piece.right)
        bundles: dict[Any, list[Link]] = defaultdict(list)
        for link in self.links:
            if link.is_long:
                bundles[link.bundle].append(link)
        taken: dict[int, list[list[tuple[int, int]]]] = {-1: [], 1: []}
        left, right = -whole.left, whole.right
        # Short ones inside, long ones outside.
        for links in sorted(bundles.values(), key=lambda links: span(links)[1] - span(links)[0]):
            side = side_of(links)
            lane = free_lane(taken[side], span(links))
            x = right + GAP // 2 + TRACK * lane if side > 0 else left - GAP // 2 - TRACK * lane
            for link in links:
                link.lane = x
            whole.reach(x - TRACK, x + TRACK)

    # -- channels and lines --------------------------------------------------------------------------------------

    def _draw(self, whole: Piece) -> None:
        channels = [channel(self._crossings(number)) for number in range(len(self.layers) - 1)]
        tops, y = [], self.arranger.above
        for number, layer in enumerate(self.layers):
            tops.append(y)
            y += max(item.piece.height for item in layer)
            if number < len(channels):
                y += self.arranger.below + TRACK * max(channels[number].values(), default=0) + self.arranger.above
        whole.height = y + self.arranger.below
        for item in self.items:
            whole.put(item.piece, item.x, tops[item.layer])
        for link in self.links:
            self._line(whole, link, tops, channels)

    def _crossings(self, number: int) -> list[tuple[Any, int, int]]:
        """Sideways stretches in the channel below a layer: bundle and both ends."""
        found = [
            (link.bundle, link.start, link.stop if link.lane is None else link.lane)
            for item in self.layers[number]
            for link in item.out
            if link.target is not self.sink or link.lane is not None
        ]
        found += [
            (link.bundle, link.lane, link.stop)
            for item in self.layers[number + 1]
            for link in item.into
            if link.lane is not None
        ]
        return [(bundle, min(a, b), max(a, b)) for bundle, a, b in found if a != b]

    def _line(self, whole: Piece, link: Link, tops: list[int], channels: list[dict[Any, int]]) -> None:
        source, target = link.source, link.target
        bottom = 0 if source is self.source else tops[source.layer] + source.piece.height

        def track(number: int) -> int:
            lowest = max(tops[number] + item.piece.height for item in self.layers[number])
            return lowest + self.arranger.below + TRACK * channels[number].get(link.bundle, 0)

        if source is not self.source and source.vertex >= 0:
            whole.starts.append(End(link.edge, link.start, bottom))
        at = link.stop if link.lane is None else link.lane
        if source is self.source:
            whole.entries.append(Lane(at, link.edge))
        elif target is self.sink and link.lane is None:
            whole.exits.append(Lane(link.start, link.edge))
            return
        elif link.start != at:
            whole.jogs.append(Jog(link.edge, track(source.layer), link.start, at))
        if target is self.sink:
            whole.exits.append(Lane(at, link.edge))
            return
        if link.lane is not None and at != link.stop:
            whole.jogs.append(Jog(link.edge, track(target.layer - 1), at, link.stop))
        if target.vertex >= 0:
            whole.ends.append(End(link.edge, link.stop, tops[target.layer]))


def _branches(tree: Tree) -> tuple[Tree, ...]:
    return tree.branches if isinstance(tree, Parallel) else (tree,)


def _width_of(tree: Tree) -> int:
    """How many lines come out of a tree."""
    if isinstance(tree, Series):
        return _width_of(tree.between[-1])
    return sum(map(_width_of, tree.branches)) if isinstance(tree, Parallel) else 1
