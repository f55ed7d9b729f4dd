"""Pieces of a layout: boxes and lines relative to an axis, put together without being moved one by one.

All lines run downwards. A line is told by where it starts, where it ends, and its jogs: at some height it moves from
one x to another. Nobody needs to know more of a line than the jogs of his own piece.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple, TypeAlias

#: The corners of a line.
Points: TypeAlias = tuple[tuple[int, int], ...]


class Jog(NamedTuple):
    """The line of ``edge`` goes sideways at height ``y``."""

    edge: int
    y: int
    before: int
    after: int


class End(NamedTuple):
    """Where the line of ``edge`` begins or ends; ``aside`` where it ends at the side of a round box."""

    edge: int
    x: int
    y: int
    aside: bool = False


class Placed(NamedTuple):
    """A box: its middle, its top, and its size."""

    vertex: int
    x: int
    y: int
    width: int
    height: int


class Lane(NamedTuple):
    """Where the line of ``edge`` comes into a piece, or leaves it; ``aside`` if it goes on to the side of a box."""

    x: int
    edge: int
    aside: bool = False


@dataclass
class Piece:
    """Reaches from ``-left`` to ``right`` around the axis, and from 0 down to ``height``."""

    left: int = 0
    right: int = 0
    height: int = 0
    entries: list[Lane] = field(default_factory=list)
    exits: list[Lane] = field(default_factory=list)
    inner: list[tuple[Piece, int, int]] = field(default_factory=list)
    boxes: list[Placed] = field(default_factory=list)
    jogs: list[Jog] = field(default_factory=list)
    starts: list[End] = field(default_factory=list)
    ends: list[End] = field(default_factory=list)

    def reach(self, left: int, right: int) -> None:
        """Make room for something from ``left`` to ``right``."""
        self.left, self.right = max(self.left, -left), max(self.right, right)

    def put(self, piece: Piece, x: int, y: int) -> None:
        """Another piece inside this one."""
        self.inner.append((piece, x, y))
        self.reach(x - piece.left, x + piece.right)


@dataclass
class Flat:
    """Everything of a piece and the pieces inside it, at its final place."""

    boxes: list[Placed] = field(default_factory=list)
    jogs: dict[int, list[Jog]] = field(default_factory=dict)
    starts: dict[int, End] = field(default_factory=dict)
    ends: dict[int, End] = field(default_factory=dict)


def flattened(piece: Piece, x: int, y: int) -> Flat:
    """A piece with its axis at ``x`` and its top at ``y``."""
    flat, waiting = Flat(), [(piece, x, y)]
    while waiting:
        part, dx, dy = waiting.pop()
        flat.boxes += [box._replace(x=box.x + dx, y=box.y + dy) for box in part.boxes]
        for jog in part.jogs:
            moved = Jog(jog.edge, jog.y + dy, jog.before + dx, jog.after + dx)
            flat.jogs.setdefault(jog.edge, []).append(moved)
        flat.starts.update((end.edge, end._replace(x=end.x + dx, y=end.y + dy)) for end in part.starts)
        flat.ends.update((end.edge, end._replace(x=end.x + dx, y=end.y + dy)) for end in part.ends)
        waiting += [(inner, dx + ix, dy + iy) for inner, ix, iy in part.inner]
    return flat


def route(flat: Flat, edge: int) -> Points:
    """The corners of a line."""
    start, end = flat.starts[edge], flat.ends[edge]
    points = [(start.x, start.y)]
    for jog in sorted(flat.jogs.get(edge, ()), key=lambda jog: jog.y):
        points += [(jog.before, jog.y), (jog.after, jog.y)]
    points.append((end.x, end.y))
    return straight(points)


def straight(points: list[tuple[int, int]]) -> Points:
    """Without points that are there twice, or on the way between two others."""
    kept: list[tuple[int, int]] = []
    for point in points:
        if kept and kept[-1] == point:
            continue
        while len(kept) > 1 and _between(kept[-2], kept[-1], point):
            kept.pop()
        kept.append(point)
    return tuple(kept)


def _between(a: tuple[int, int], b: tuple[int, int], c: tuple[int, int]) -> bool:
    return a[0] == b[0] == c[0] or a[1] == b[1] == c[1]
