"""A cost, or a block without an input shape, as boxes and edges."""

from __future__ import annotations

import re
from dataclasses import replace

from ..arith import Shape
from ..block import Block
from ..costing import Cost
from ..errors import SpecError
from ..graph import Graph, lower
from ..messages import Message, plain
from .boxes import Box, Diagram, Edge
from .captions import caption
from .folding import folded, modules, repeated, span
from .network import Atom, Network, network
from .parts import Part, joins, merged, singles, total

#: More boxes than these are folded.
MAX_BOXES = 34
#: In smaller networks every layer has a box of its own.
_SMALL = 10
_DETAILS = 12
_LONG_PATH = 26


def diagram(
    source: Cost | Block | Graph,
    *,
    max_boxes: int = MAX_BOXES,
    fold: bool = True,
    depth: int | None = None,
    merge: bool | None = None,
) -> Diagram:
    """Boxes and edges of a cost; of a block or a graph those without shapes and costs.

    ``depth`` makes one box of the layers whose paths agree in so many components, as in ``convcost cost``. Without it
    a network of more than ``max_boxes`` boxes is folded so that it has fewer, unless ``fold`` is off. ``merge`` puts
    what costs no MACs into the box of its neighbour; by default in all but the smallest networks. Whatever is shown,
    the boxes add up to the totals.

    Raises ``SpecError`` for a cost that has rows and no graph.

    >>> from convcost import Conv, cost
    >>> shown = diagram(cost(Conv(16, 1) >> Conv(32, 5, padding=2), (192, 28, 28)))
    >>> [(box.title, box.macs) for box in shown.boxes if box.kind == "layer"]
    [('Conv 1×1, 16', 2408448), ('Conv 5×5, 32', 10035200)]
    """
    if max_boxes < 1:
        raise SpecError("a picture has at least one box", got=f"max_boxes={max_boxes}")
    if depth is not None and depth < 1:
        raise SpecError("depth is at least 1", got=f"depth={depth}")
    found = network(source if isinstance(source, Cost) else lower(source))
    if merge is None:
        merge = len(found.shown) > _SMALL
    parts = merged(found) if merge else singles(found)
    parts = _with_idle(parts)
    if depth is not None:
        parts = repeated(found, modules(parts, depth), 1)
    elif fold:
        parts = folded(found, parts, max_boxes)
    return _Drawing(found, parts).diagram()


def _with_idle(parts: list[Part]) -> list[Part]:
    """Everything that is declared and did not run, in one box at the end."""
    idle = [part for part in parts if not part.host.ran]
    if not idle:
        return parts
    members = [atom for part in idle for atom in part.members]
    return [*(part for part in parts if part.host.ran), Part(members, idle[0].host, "")]


class _Drawing:
    """Keys for parts, inputs and outputs, and the edges between them."""

    def __init__(self, found: Network, parts: list[Part]) -> None:
        self.found = found
        self.parts = parts
        self.first = found.graph.input_count
        self.owner = {value: f"in{value}" for value in range(self.first)}
        self.bundles: set[str] = set()
        for place, part in enumerate(parts):
            if part.branches:
                self.bundles.add(f"b{place}")
            self.owner.update((atom.number + self.first, f"b{place}") for atom in part.members)

    def diagram(self) -> Diagram:
        boxes = [
            Box(f"in{value}", "", "input", self._end(Message("Input"), value, self.first))
            for value in range(self.first)
        ]
        boxes += [self._box(f"b{place}", part) for place, part in enumerate(self.parts)]
        edges = [edge for place, part in enumerate(self.parts) for edge in self._edges(f"b{place}", part)]
        outputs = self.found.outputs
        for place, value in enumerate(outputs):
            key = f"out{place}"
            boxes.append(Box(key, "", "output", self._end(Message("Output"), place, len(outputs))))
            edges.append(Edge(self.owner[value], key, self.found.shape(value)))
        cost = self.found.cost
        if cost is None:
            return Diagram(tuple(boxes), tuple(edges), counted=False, main=self.found.graph.main)
        return Diagram(
            tuple(boxes), tuple(edges), cost.macs, cost.params, True, cost.unsupported, cost.assumptions,
            cost.graph.main, cost.batch,
        )  # fmt: skip

    @staticmethod
    def _end(word: Message, place: int, count: int) -> Message:
        return word if count == 1 else Message.joined(word, plain(str(place + 1)))

    def _box(self, key: str, part: Part) -> Box:
        rows = tuple(atom.place for atom in part.members if atom.place is not None)
        macs, params = total(atom.macs for atom in part.members), total(atom.params for atom in part.members)
        if self.found.cost is not None:
            macs, params = self.found.cost.closed(macs), self.found.cost.closed(params)
        if any(atom.layer.is_unknown for atom in part.members) and not (part.is_module or part.branches):
            macs = None
        kind = self._kind(part)
        host, before, after = part.host, "", ""
        title, name, times = caption(host.layer, host.kind, host.row), host.layer.name or "", host.times
        if kind == "idle":
            title, name = Message("declared, not run"), ""
        elif part.branches:
            title, name, after = Message("{count} more branches", count=part.branches), "", _between(part)
        elif kind == "part":
            title, after, times = _short(part.path), self._count(part), part.times
        else:
            where = part.members.index(host)
            before, after = _told(part.members[:where]), _told(part.members[where + 1 :])
            title = {"add": "+", "mul": "×"}.get(kind, title)
        path = (part.path or _span(part)) if kind == "part" else host.path
        return Box(key, path, kind, title, before, after, name, rows, macs, params, times, self._details(part))

    def _count(self, part: Part) -> str:
        """What is in a module, or in each of several."""
        each = part.each or len(part.members)
        if each == 1:
            return caption(part.host.layer, part.host.kind, part.host.row)
        if part.times > 1:
            return Message("{count} layers each", count=each)
        return Message("{count} layers", count=each)

    @staticmethod
    def _kind(part: Part) -> str:
        if not part.host.ran:
            return "idle"
        return "part" if part.is_module or part.branches else joins(part.host) or "layer"

    def _details(self, part: Part) -> tuple[str, ...]:
        lines = [_detail(atom) for atom in part.members[:_DETAILS]]
        return (*lines, "…") if len(part.members) > _DETAILS else tuple(lines)

    def _edges(self, key: str, part: Part) -> list[Edge]:
        """An edge for every value that comes from outside; two where a layer reads it twice. Of many branches one."""
        counts: dict[int, int] = {}
        for atom in part.members:
            for value in dict.fromkeys(atom.inputs):
                if self.owner[value] != key:
                    counts[value] = max(counts.get(value, 0), atom.inputs.count(value))
        edges: list[Edge] = []
        several: dict[str, set[Shape | None]] = {}
        for value, count in counts.items():
            source = self.owner[value]
            if source not in self.bundles:
                edges += [Edge(source, key, self.found.shape(value))] * count
                continue
            if source not in several:
                edges.append(Edge(source, key))
            several.setdefault(source, set()).add(self.found.shape(value))
        # The shape is told where all branches have the same one.
        return [
            replace(edge, shape=next(iter(several[edge.source])))
            if edge.source in several and len(several[edge.source]) == 1
            else edge
            for edge in edges
        ]


def _between(part: Part) -> str:
    """What the branches in one box are: the first and the last, where each is a layer."""
    if len(part.members) != part.branches or part.last is None:
        return Message("{count} layers", count=len(part.members))
    ends = [caption(atom.layer, atom.kind, atom.row) for atom in (part.host, part.last)]
    return ends[0] if ends[0] == ends[1] else " … ".join(ends)


def _span(part: Part) -> str:
    """Paths of the first and the last layer of branches in one box."""
    return span(part.host.path, part.last.path if part.last is not None else part.host.path)


def _short(path: str) -> str:
    """A path, or its last component where it is long."""
    return path if len(path) <= _LONG_PATH else re.split(r"[./]", path)[-1]


def _told(members: list[Atom]) -> str:
    """Companions as a line, without those that only rearrange a map."""
    return " · ".join(caption(atom.layer, atom.kind, atom.row).partition("(")[0] for atom in members)


def _detail(atom: Atom) -> str:
    notation = repr(atom.layer.unnamed()) if atom.kind == type(atom.layer).__name__ else atom.kind
    return f"{atom.path}: {notation}"
