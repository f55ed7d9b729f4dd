"""The one intermediate representation: nodes and edges.

Blocks lower to it, importers build it directly, and a network that is no series-parallel tree is written into it
node by node::

    graph = Graph()
    x = graph.input()
    a = graph.add(Conv(16, 1), x, name="reduce")
    b = graph.add(Conv(32, 5, padding=2), a)
    graph.output(b)
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from .arith import Dim, Shape, is_symbolic
from .block import Block
from .calls import Call
from .errors import SpecError
from .layers.base import Layer
from .layers.merge import Concat
from .sight import NOTHING, InputLaw, kept

#: Beyond this a network is a mistake, such as a repetition that was meant to be of something else.
MAX_LAYERS = 50_000


class Declared(NamedTuple):
    """What an imported module declares for a node, as it counts there: shared weights where they first occur."""

    params: int
    trainable: int
    buffers: int


class Node(NamedTuple):
    """A layer at a place. ``inputs`` are values: first the graph's inputs, then one value per node."""

    path: str
    layer: Layer
    inputs: tuple[int, ...]
    #: How often it stands in a row; a symbol inside a symbolic repetition.
    times: Dim = 1
    #: Nodes with the same key share their weights.
    weights: str = ""
    #: What it declares, where an importer has seen it; else its layer's laws tell.
    declared: Declared | None = None
    #: Whether it ran at the imported mode and shape.
    ran: bool = True


@dataclass
class Scope:
    """A part that is a module of its own: nodes ``first`` to ``stop`` (exclusive), and what goes in and out."""

    kind: str
    path: str
    first: int
    inputs: tuple[int, ...]
    stop: int = -1
    value: int = -1


class _SameShape(Layer):
    """The end of a symbolic repetition: what comes out must look like what went in."""

    arity = 2
    is_silent = True
    makes_map = False

    def output_shape(self, *inputs: Shape) -> Shape:
        after, before = inputs
        # Concatenating on a fresh axis compares every dim, with the error message of a merge.
        Concat(axis=0).output_shape((1, *before), (1, *after))
        return after

    def sight(self, *inputs: Shape, out: Shape) -> tuple[InputLaw, ...]:
        return kept(out), NOTHING


def _has_symbols(value: object) -> bool:
    return is_symbolic(value) or (type(value) is tuple and any(map(_has_symbols, value)))


class Graph:
    """Nodes in the order in which they run.

    >>> from convcost import Add, Conv, cost
    >>> graph = Graph()
    >>> x = graph.input()
    >>> a = graph.add(Conv(8, 3, padding=1), x, name="a")
    >>> b = graph.add(Conv(8, 1), a, name="b")
    >>> graph.output(graph.add(Add(), a, b))
    >>> cost(graph, (3, 4, 4)).macs
    4480
    """

    def __init__(self) -> None:
        self.nodes: list[Node] = []
        self.scopes: list[Scope] = []
        self.outputs: list[int] = []
        #: Which output is the main one; side outputs stand before it.
        self.main = 0
        self.input_count = 0
        #: The shapes it was imported at, if it was.
        self.input_shapes: tuple[Shape, ...] | None = None
        #: Where the batch stands in each input, for a graph whose shapes carry every axis; ``None`` for a graph
        #: of layers, which speak of one example.
        self.batch_dims: tuple[int | None, ...] | None = None
        #: The record of calls of an imported module.
        self.calls: Call | None = None
        #: For a module imported in training mode: the same module in evaluation mode, which some counters count.
        self.evaluated: Graph | None = None
        #: Nodes with a symbol among their layer's arguments, or for their number of repetitions.
        self.symbolic: list[Node] = []
        #: Values that hang on stored tensors alone: made once a call, whatever the batch.
        self.constants: set[int] = set()
        #: Value -> params and buffers of its node that are stored at an earlier node (single tensors shared in part).
        self.elsewhere: dict[int, tuple[Dim, Dim]] = {}
        self._times: Dim = 1
        self._used: set[str] = set()
        self._counts: dict[tuple[str, str], int] = {}

    # -- building, node by node ----------------------------------------------------------------------------------

    def input(self) -> int:
        """One more input; the value that stands for it."""
        if self.nodes:
            raise SpecError("inputs are declared before the first layer", got=f"{len(self.nodes)} layers")
        self.input_count += 1
        return self.input_count - 1

    def add(self, block: Block, *inputs: int, name: str | None = None, weights: str = "") -> int:
        """A layer or block behind the values ``inputs``; the value that comes out.

        Layers with the same ``weights`` key share their parameters, which then count once.
        """
        if not isinstance(block, Block):
            raise SpecError("a graph is made of blocks", got=repr(block))
        for value in inputs:
            if type(value) is not int or not 0 <= value < self.input_count + len(self.nodes):
                raise SpecError("there is no such value in this graph", where=name or "", got=repr(value))
        if weights and not isinstance(block, Layer):
            raise SpecError("weights are shared between layers", where=name or "", got=repr(block))
        block = block if name is None else block.named(name)
        path = self.child("", block)
        if weights:
            return self.emit(block, inputs, path, weights)  # type: ignore[arg-type]
        return block.lower(self, inputs, path)

    def output(self, value: int) -> None:
        """Declare an output; the first one declared is the main one."""
        if type(value) is not int or not 0 <= value < self.input_count + len(self.nodes):
            raise SpecError("there is no such value in this graph", got=repr(value))
        self.outputs.append(value)

    # -- what blocks ask of it -----------------------------------------------------------------------------------

    def emit(self, layer: Layer, inputs: tuple[int, ...], path: str, weights: str = "") -> int:
        if layer.arity is not None and len(inputs) != layer.arity:
            raise SpecError(
                f"{type(layer).__name__} takes {layer.arity} input{'s' * (layer.arity > 1)}",
                where=path,
                got=f"{len(inputs)}",
            )
        if len(self.nodes) >= MAX_LAYERS:
            raise SpecError(f"a network has at most {MAX_LAYERS:,} layers", where=path)
        if path in self._used:
            raise SpecError("two parts have the same name", where=path, fix="give each a name of its own")
        self._used.add(path)
        node = Node(path, layer, inputs, self._times, weights or path)
        self.nodes.append(node)
        value = self.input_count + len(self.nodes) - 1
        if not inputs or (self.constants and self.constants.issuperset(inputs)):
            self.constants.add(value)
        if is_symbolic(self._times) or any(map(_has_symbols, vars(layer).values())):
            self.symbolic.append(node)
        return value

    def forget(self, first: int) -> None:
        """Take back the nodes from number ``first`` on: an importer found that they are no law for what it reads."""
        for node in self.nodes[first:]:
            self._used.discard(node.path)
        self.symbolic = [node for node in self.symbolic if node in self.nodes[:first]]
        last = self.input_count + first
        self.constants = {value for value in self.constants if value < last}
        self.elsewhere = {value: counts for value, counts in self.elsewhere.items() if value < last}
        del self.nodes[first:]

    def child(self, path: str, block: Block) -> str:
        """The path of ``block`` inside ``path``: its name, or its kind and a running number."""
        name = block.name
        if name is None:
            kind = type(block).__name__.lower()
            count = self._counts.get((path, kind), 0) + 1
            self._counts[path, kind] = count
            name = kind + str(count)
        return f"{path}/{name}" if path else name

    def enter(self, kind: str, path: str, inputs: tuple[int, ...]) -> Scope:
        scope = Scope(kind, path, len(self.nodes), inputs)
        self.scopes.append(scope)
        return scope

    def leave(self, scope: Scope, value: int) -> None:
        scope.stop = len(self.nodes)
        scope.value = value

    def repeat(self, body: Block, times: Dim, value: int, path: str) -> int:
        outer, side_outputs = self._times, len(self.outputs)
        self._times = outer * times
        end = body.lower(self, (value,), f"{path}/each")
        self._times = outer
        if len(self.outputs) != side_outputs:
            raise SpecError("a symbolic repetition cannot have side outputs", where=path, got=f"times={times}")
        return end if end == value else self.emit(_SameShape(), (end, value), f"{path}/same_shape")

    # -- reading -------------------------------------------------------------------------------------------------

    def _repr_svg_(self) -> str | None:
        """Its block diagram, for notebooks; shapes and costs are a cost's to tell."""
        from .pictures.drawing import sketch

        return sketch(self)

    def __repr__(self) -> str:
        return f"<Graph of {len(self.nodes)} layers, {self.input_count} in, {len(self.outputs)} out>"


def lower(block: Block | Graph) -> Graph:
    """The graph of a block; a graph is returned as it is."""
    if isinstance(block, Graph):
        if not block.outputs:
            raise SpecError("the graph has no output", got=repr(block), fix="call graph.output(value)")
        return block
    if not isinstance(block, Block):
        hint = "parse it with convcost.parse(...)" if isinstance(block, str) else ""
        raise SpecError("cost is asked of a block or a graph", got=repr(block)[:80], fix=hint)
    made: Graph | None = block.__dict__.get("_graph")
    if made is not None:
        return made
    graph = Graph()
    value = graph.input()
    # A sequence at the top is no part of its own: its layers' paths start with their own names.
    path = "" if hasattr(block, "blocks") else graph.child("", block)
    end = block.lower(graph, (value,), path)
    graph.main = len(graph.outputs)
    graph.outputs.append(end)
    # Blocks are values, so their graph (which knows no sizes) is made once.
    object.__setattr__(block, "_graph", graph)
    return graph
