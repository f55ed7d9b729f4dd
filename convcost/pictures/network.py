"""From a cost, or a bare graph, to the nodes that a picture shows: what feeds what, and what each costs."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

from ..arith import Dim, Shape
from ..costing import Cost
from ..graph import Graph, Node, _SameShape
from ..layers.base import Layer
from ..operators.base import Batchwise, Guard, Source
from ..operators.moves import Expanded, Padded, Permuted, Picked, Resampled, View
from ..row import Row

#: Operators that read only the sizes of their inputs but the first, or of all of them.
_FIRST_ONLY = (Expanded, Padded, Permuted, Picked, Resampled, View)
_SIZES_ONLY = (Guard, Source)


class Atom(NamedTuple):
    """A node of the graph as the picture sees it."""

    number: int
    path: str
    layer: Layer
    kind: str
    #: Values whose elements it reads, in order.
    inputs: tuple[int, ...]
    #: The number of its row, which a node that is no operation does not have.
    place: int | None
    row: Row | None
    times: Dim
    ran: bool

    @property
    def macs(self) -> Dim:
        return 0 if self.row is None or self.row.macs is None else self.row.macs

    @property
    def params(self) -> Dim:
        return 0 if self.row is None else self.row.params

    @property
    def works(self) -> bool:
        """Whether it multiplies, or may do so."""
        return self.layer.is_unknown or (self.layer.has_macs if self.row is None else bool(self.row.layer.has_macs))


@dataclass
class Network:
    """Nodes by number, with the values that they read, and which are outputs."""

    graph: Graph
    atoms: list[Atom]
    cost: Cost | None = None
    #: Nodes that nothing depends on and that cost nothing are not shown.
    shown: list[Atom] = field(default_factory=list)
    #: The values that come out.
    outputs: tuple[int, ...] = ()

    def shape(self, value: int) -> Shape | None:
        """The shape of a value, where there are shapes."""
        return None if self.cost is None else self.cost.value_shape(value)


def network(source: Cost | Graph) -> Network:
    """The nodes of a cost, or of a graph without shapes."""
    cost = source if isinstance(source, Cost) else None
    graph = cost.graph if cost is not None else source
    assert isinstance(graph, Graph)  # noqa: S101 (tells the type)
    rows = iter(enumerate(cost.rows if cost is not None else ()))
    atoms: list[Atom] = []
    #: The end of a symbolic repetition is a check and no operation: what reads it reads what it checked.
    same: dict[int, int] = {}
    for number, node in enumerate(graph.nodes):
        silent = node.layer.is_silent and node.declared is None
        place, row = next(rows) if cost is not None and not silent else (None, None)
        layer = node.layer.layer if isinstance(node.layer, Batchwise) else node.layer
        kind = row.kind if row is not None else layer.row_kind
        inputs = tuple([same.get(value, value) for value in _read(node)])
        if isinstance(layer, _SameShape):
            same[number + graph.input_count] = inputs[0]
            continue
        atoms.append(Atom(number, node.path, layer, kind, inputs, place, row, node.times, node.ran))
    found = Network(graph, atoms, cost, outputs=tuple([same.get(value, value) for value in graph.outputs]))
    found.shown = _needed(found)
    return found


def _read(node: Node) -> tuple[int, ...]:
    if isinstance(node.layer, _SIZES_ONLY):
        return ()
    return node.inputs[:1] if isinstance(node.layer, _FIRST_ONLY) else node.inputs


def _needed(found: Network) -> list[Atom]:
    """Without the nodes that only answered questions about sizes, from the last one back."""
    used = set(found.outputs)
    kept = []
    for atom in reversed(found.atoms):
        value = atom.number + found.graph.input_count
        free = _is_zero(atom.macs) and _is_zero(atom.params)
        if value not in used and free and (not atom.inputs or isinstance(atom.layer, _FIRST_ONLY)):
            continue
        used.update(atom.inputs)
        kept.append(atom)
    return kept[::-1]


def _is_zero(value: Dim) -> bool:
    return type(value) is int and value == 0
