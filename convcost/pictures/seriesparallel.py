"""How a network is put together: what runs in series, what side by side, and what is no such thing.

The reduction of two-terminal series-parallel graphs (Valdes, Tarjan and Lawler 1982): a vertex with one edge in and
one out goes, edges with the same ends become one. What is left where nothing more can be reduced is a :class:`Mesh`.
"""

from __future__ import annotations

from collections import defaultdict, deque
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TypeAlias

#: Deeper nesting is drawn as a mesh: nobody could read it, and it would take a stack as deep.
DEEPEST = 40


@dataclass(frozen=True)
class Wire:
    """A single edge, by its number."""

    edge: int


@dataclass(frozen=True)
class Series:
    """Vertices one behind the other; ``between[i]`` leads to ``vertices[i]``, the last one on to what follows."""

    between: tuple[Tree, ...]
    vertices: tuple[int, ...]


@dataclass(frozen=True)
class Parallel:
    """Branches from the same vertex to the same vertex."""

    branches: tuple[Tree, ...]


@dataclass(frozen=True)
class Mesh:
    """Vertices from ``source`` to ``sink`` that no reduction takes apart; ``links`` are edges with what is on them."""

    source: int
    sink: int
    vertices: tuple[int, ...]
    links: tuple[tuple[int, int, Tree], ...]


Tree: TypeAlias = Wire | Series | Parallel | Mesh


@dataclass
class _Live:
    """An edge of the graph that is being reduced. ``left``, ``via``, ``right`` for a series, ``sides`` for branches."""

    source: int
    target: int
    edge: int = -1
    left: _Live | None = None
    via: int = -1
    right: _Live | None = None
    sides: list[_Live] = field(default_factory=list)
    depth: int = 0
    #: The first vertex on it: branches stand in the order in which they run.
    first: float = float("inf")


def decomposed(count: int, edges: list[tuple[int, int]], source: int, sink: int) -> Tree:
    """The structure of a graph of ``count`` vertices between two of them. Every vertex lies on a way from ``source``
    to ``sink``, and there are no circles.

    >>> decomposed(4, [(0, 1), (1, 3), (0, 2), (2, 3)], 0, 3)
    Parallel(branches=(Series(between=(Wire(edge=0), Wire(edge=1)), vertices=(1,)), Series(between=(Wire(edge=2), \
Wire(edge=3)), vertices=(2,))))
    """
    left = _reduced(count, edges, source, sink)
    if len(left) == 1:
        return _tree(left[0])
    return _segments(left, source)


def _reduced(count: int, edges: list[tuple[int, int]], source: int, sink: int) -> list[_Live]:
    reduction = _Reduction(count)
    for number, (a, b) in enumerate(edges):
        reduction.add(_Live(a, b, number))
    waiting = deque(vertex for vertex in range(count) if vertex not in (source, sink))
    while waiting:
        vertex = waiting.popleft()
        if len(reduction.into[vertex]) != 1 or len(reduction.out[vertex]) != 1:
            continue
        left, right = reduction.into[vertex].pop(), reduction.out[vertex].pop()
        reduction.drop(left)
        reduction.drop(right)
        first = min(left.first, vertex, right.first)
        joined = _Live(
            left.source, right.target, -1, left, vertex, right, depth=max(left.depth, right.depth), first=first
        )
        if reduction.add(joined):
            waiting += [end for end in (joined.source, joined.target) if end not in (source, sink)]
    return [live for edges_of in reduction.between.values() for live in edges_of]


class _Reduction:
    """The edges at each vertex, and between each pair."""

    def __init__(self, count: int) -> None:
        self.into: list[_Edges] = [_Edges() for _ in range(count)]
        self.out: list[_Edges] = [_Edges() for _ in range(count)]
        self.between: dict[tuple[int, int], list[_Live]] = defaultdict(list)

    def add(self, live: _Live) -> bool:
        """Put an edge in; whether it became one with another that has the same ends."""
        ends = (live.source, live.target)
        known = self.between[ends]
        mate = next((other for other in known if max(live.depth, other.depth) < DEEPEST), None)
        if mate is None:
            known.append(live)
            self.out[live.source].put(live)
            self.into[live.target].put(live)
            return False
        # The one that is there stays in its place, and becomes both.
        if not mate.sides:
            inner = _Live(**vars(mate))
            mate.sides, mate.left, mate.right, mate.edge = [inner], None, None, -1
            mate.depth += 1
        mate.sides.append(live)
        mate.depth = max(mate.depth, live.depth + 1)
        mate.first = min(mate.first, live.first)
        return True

    def drop(self, live: _Live) -> None:
        """Take an edge out."""
        self.out[live.source].take(live)
        self.into[live.target].take(live)
        known = self.between[live.source, live.target]
        known[:] = [other for other in known if other is not live]


class _Edges:
    """Edges by identity, in the order in which they came."""

    def __init__(self) -> None:
        self.held: dict[int, _Live] = {}

    def __len__(self) -> int:
        return len(self.held)

    def put(self, live: _Live) -> None:
        self.held[id(live)] = live

    def take(self, live: _Live) -> None:
        self.held.pop(id(live), None)

    def pop(self) -> _Live:
        return self.held.pop(next(iter(self.held)))


def _tree(live: _Live) -> Tree:
    if live.sides:
        branches: list[Tree] = []
        for side in sorted(live.sides, key=lambda side: side.first):
            tree = _tree(side)
            branches += tree.branches if isinstance(tree, Parallel) else [tree]
        return Parallel(tuple(branches))
    if live.via < 0:
        return Wire(live.edge)
    between: list[Tree] = []
    vertices: list[int] = []
    # A chain of thousands was joined pair by pair: it is unrolled without a stack of calls.
    waiting: list[_Live | int] = [live]
    while waiting:
        item = waiting.pop()
        if isinstance(item, int):
            vertices.append(item)
        elif item.left is not None and item.right is not None:
            waiting += [item.right, item.via, item.left]
        else:
            between.append(_tree(item))
    return Series(tuple(between), tuple(vertices))


def _segments(left: list[_Live], source: int) -> Tree:
    """What could not be reduced, cut at the vertices that every way goes through."""
    order = _sorted(left, source)
    places = {vertex: place for place, vertex in enumerate(order)}
    # An edge that jumps over a vertex is a way around it.
    jumps = [0] * (len(order) + 1)
    for live in left:
        jumps[places[live.source] + 1] += 1
        jumps[places[live.target]] -= 1
    cuts, over = [], 0
    for place, vertex in enumerate(order):
        over += jumps[place]
        if over == 0:
            cuts.append(vertex)
    inside: dict[int, list[_Live]] = defaultdict(list)
    cut_places = [places[cut] for cut in cuts]
    for live in left:
        inside[_last_at_most(cut_places, places[live.source])].append(live)
    between = [_segment(inside[number], a, b, order) for number, (a, b) in enumerate(pairwise(cuts))]
    if len(between) == 1:
        return between[0]
    return _spliced(between, cuts[1:-1])


def _spliced(between: list[Tree], vertices: list[int]) -> Series:
    """A series of trees, with those that are series themselves dissolved."""
    flat: list[Tree] = []
    through: list[int] = []
    for number, tree in enumerate(between):
        if isinstance(tree, Series):
            flat += tree.between
            through += tree.vertices
        else:
            flat.append(tree)
        if number < len(vertices):
            through.append(vertices[number])
    return Series(tuple(flat), tuple(through))


def _last_at_most(places: list[int], place: int) -> int:
    low, high = 0, len(places)
    while low < high:
        middle = (low + high) // 2
        low, high = (middle + 1, high) if places[middle] <= place else (low, middle)
    return low - 1


def _segment(lives: list[_Live], source: int, sink: int, order: list[int]) -> Tree:
    if len(lives) == 1:
        return _tree(lives[0])
    ends = {live.source for live in lives} | {live.target for live in lives}
    vertices = tuple(vertex for vertex in order if vertex in ends - {source, sink}) if len(ends) > 2 else ()
    links = tuple((live.source, live.target, _tree(live)) for live in lives)
    if not vertices:
        return Parallel(tuple(tree for *_, tree in links))
    return Mesh(source, sink, vertices, links)


def _sorted(left: list[_Live], source: int) -> list[int]:
    """Vertices in an order in which they can run, smaller numbers first."""
    import heapq

    waits: dict[int, int] = defaultdict(int)
    after: dict[int, list[int]] = defaultdict(list)
    for live in left:
        waits[live.target] += 1
        after[live.source].append(live.target)
    ready, order = [source], []
    while ready:
        vertex = heapq.heappop(ready)
        order.append(vertex)
        for target in after[vertex]:
            waits[target] -= 1
            if waits[target] == 0:
                heapq.heappush(ready, target)
    return order
