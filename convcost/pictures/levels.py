"""Items of a mesh in their layers: who stands where, where lines come in, and which lane or track is free."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass, field
from typing import Any

from .pieces import Piece

#: Pixels between boxes of a layer, between tracks of a channel, and between lanes; and the sweeps over the layers.
GAP, TRACK, SWEEPS = 28, 8, 6
#: Items that are no farther from one axis than this are put on it.
_SNAP = 30


@dataclass
class Item:
    """A box, or a piece of several, in a layer."""

    piece: Piece
    vertex: int = -1
    layer: int = 0
    x: int = 0
    #: Stands on the axis, whatever else.
    is_trunk: bool = False
    into: list[Link] = field(default_factory=list)
    out: list[Link] = field(default_factory=list)


@dataclass
class Link:
    """A line between two items. ``leave`` and ``enter`` are x of its ends relative to the items."""

    edge: int
    source: Item
    target: Item
    #: Lines with the same key carry the same map and may run on top of each other.
    bundle: Any
    leave: int = 0
    enter: int = 0
    lane: int | None = None

    @property
    def start(self) -> int:
        return self.source.x + self.leave

    @property
    def stop(self) -> int:
        return self.target.x + self.enter

    @property
    def is_long(self) -> bool:
        return self.target.layer > self.source.layer + 1


def barycentre(item: Item, down: bool | None) -> int:
    """The mean of where its lines come from, go to, or both."""
    ends = [link.start - link.enter for link in item.into if down is not False]
    ends += [link.stop - link.leave for link in item.out if down is not True]
    return sum(ends) // len(ends) if ends else item.x


def spaced(layer: list[Item], wished: list[int]) -> list[int]:
    """Places next to those wished for, in the given order, without overlap: pool adjacent violators."""
    offsets, offset = [], 0
    for before, item in zip([None, *layer], layer, strict=False):
        offset += 0 if before is None else _apart(before, item)
        offsets.append(offset)
    pools: list[tuple[int, int]] = []
    for wish, shift in zip(wished, offsets, strict=True):
        pools.append((wish - shift, 1))
        while len(pools) > 1 and pools[-2][0] * pools[-1][1] >= pools[-1][0] * pools[-2][1]:
            (a, n), (b, m) = pools[-2:]
            pools[-2:] = [(a + b, n + m)]
    bases = [total // count for total, count in pools for _ in range(count)]
    return [base + shift for base, shift in zip(bases, offsets, strict=True)]


def beside_trunk(layer: list[Item], places: list[int]) -> list[int]:
    """The same places with the item of the trunk on the axis, and the others out of its way."""
    trunk = next((number for number, item in enumerate(layer) if item.is_trunk), None)
    if trunk is None:
        return places
    found = [*places[:trunk], 0, *places[trunk + 1 :]]
    for number in range(trunk + 1, len(layer)):
        found[number] = max(found[number], found[number - 1] + _apart(layer[number - 1], layer[number]))
    for number in range(trunk - 1, -1, -1):
        found[number] = min(found[number], found[number + 1] - _apart(layer[number], layer[number + 1]))
    return found


def _apart(left: Item, right: Item) -> int:
    """How far the axes of two neighbours are from one another at least."""
    return left.piece.right + GAP + right.piece.left


def snapped(layer: list[Item]) -> None:
    """Put what stands nearly under or over another item right there, if its neighbours leave the room."""
    for number, item in enumerate(layer):
        ends = [link.start for link in item.into] + [link.stop for link in item.out if not link.is_long]
        near = [x for x in ends if abs(x - item.x) <= _SNAP]
        if not near or item.is_trunk or item.vertex < 0:
            continue
        x = min(near, key=lambda x: abs(x - item.x))
        low = layer[number - 1].x + _apart(layer[number - 1], item) if number else x
        high = layer[number + 1].x - _apart(item, layer[number + 1]) if number + 1 < len(layer) else x
        if low <= x <= high:
            item.x = x


def trunk(items: list[Item], source: Item, sink: Item, main: int) -> list[Item]:
    """The longest way from ``source`` to ``sink``: to the box number ``main`` if that is one of the items."""
    length: dict[int, int] = {id(source): 0}
    before: dict[int, Item] = {}
    for item in sorted([*items, sink], key=lambda item: item.layer):
        for link in item.into:
            known = length.get(id(link.source))
            if known is not None and known + item.piece.height + 1 > length.get(id(item), 0):
                length[id(item)], before[id(item)] = known + item.piece.height + 1, link.source
    last = next((item for item in items if item.vertex == main and id(item) in before), sink)
    way = [] if last is sink else [last]
    while id(last) in before:
        last = before[id(last)]
        way.append(last)
    return [item for item in way if item is not source]


def side_of(links: list[Link]) -> int:
    """The side of the lane: to the left of the axis if most of the ends are."""
    return -1 if sum(link.start + link.stop for link in links) < -GAP * len(links) else 1


def assign_ports(item: Item, above: list[int]) -> None:
    def comes_from(link: Link) -> tuple[int, int, int]:
        if not link.is_long:
            return 0, link.start, link.edge
        # Of long lines the shorter ones have the inner lanes.
        side = side_of([other for other in link.source.out if other.is_long])
        return side, link.source.layer * -side, link.edge

    links = sorted(item.into, key=comes_from)
    if len(links) == 1 and not _near(above, item.x, links[0].start):
        links[0].enter = 0
        return
    ports = spread(item, links)
    for link, wished in zip(links, ports, strict=True):
        # A line that starts right above comes straight down where that is in turn.
        link.enter = next(
            (wished + nudge for nudge in (0, 3, -3, 5, -5) if not _near(above, item.x + wished + nudge, link.start)),
            wished,
        )


def spread(item: Item, links: list[Link]) -> list[int]:
    """Where lines come in, from left to right; the one from right above in the middle, if there is one."""
    wide = item.piece.boxes[0].width
    middle = next((place for place, link in enumerate(links) if link.start == item.x and not link.is_long), None)
    if middle is None:
        step = max(1, min(18, (wide - 14) // max(len(links) - 1, 1)))
        return [step * place - step * (len(links) - 1) // 2 for place in range(len(links))]
    step = max(1, min(18, (wide // 2 - 7) // max(middle, len(links) - 1 - middle, 1)))
    return [step * (place - middle) for place in range(len(links))]


def _near(above: list[int], x: int, own: int) -> bool:
    """Whether another line starts at nearly this x."""
    place = bisect_left(above, x - 2)
    while place < len(above) and above[place] <= x + 2:
        if above[place] != own:
            return True
        place += 1
    return False


def span(links: list[Link]) -> tuple[int, int]:
    """The channels between which a bundle needs its lane."""
    return min(link.source.layer for link in links), max(link.target.layer - 1 for link in links)


def free_lane(lanes: list[list[tuple[int, int]]], span: tuple[int, int]) -> int:
    """The innermost lane that is free all along, which is taken."""
    for number, taken in enumerate(lanes):
        place = bisect_left(taken, span)
        before = place == 0 or taken[place - 1][1] < span[0]
        if before and (place == len(taken) or taken[place][0] > span[1]):
            taken.insert(place, span)
            return number
    lanes.append([span])
    return len(lanes) - 1


def channel(crossings: list[tuple[Any, int, int]]) -> dict[Any, int]:
    """A track for each bundle, so that no two overlap."""
    spans: dict[Any, tuple[int, int]] = {}
    for bundle, low, high in crossings:
        known = spans.get(bundle, (low, high))
        spans[bundle] = (min(low, known[0]), max(high, known[1]))
    tracks: list[list[tuple[int, int]]] = []
    found: dict[Any, int] = {}
    for bundle, span in sorted(spans.items(), key=lambda item: item[1]):
        found[bundle] = free_lane(tracks, span)
    return found
