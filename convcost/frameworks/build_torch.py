"""A block or graph as a real ``torch.nn.Module``: the same layers, under the same paths, in the same order."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable
from functools import cache
from typing import Any, NamedTuple

from torch import Tensor, nn

from ..arith import is_array, is_symbolic
from ..block import Block
from ..costing import cost
from ..errors import ConvcostError, SpecError, UnsupportedError
from ..graph import Graph, Node, Scope, lower
from ..layers.base import shape_text
from ..result import Cost
from . import torch_recipes  # noqa: F401 (it registers recipes)
from .torch_calls import plain
from .torch_layers import Recipe, recipe


def to_torch(block: Block | Graph, input_shape: Any = None) -> nn.Module:
    """The module that does what ``block`` says, built for inputs of ``input_shape`` (integers, without the batch).

    Shapes:  it takes tensors with the batch first, one for each input of the graph, and returns the output; where
             there are several, a tuple in the order of ``cost(...).outputs``
    Paths:   the node ``a/b/conv1`` is the submodule ``a.b.conv1``. A part made with ``Module("Stem", ...)`` is an
             instance of a class ``Stem`` that runs its part, and returns side outputs beside its output; other
             containers hold their parts only. A name that torch cannot take is changed (``"a.b"`` to ``a_b``), and
             stays different from its neighbours'
    Weights: those of fresh torch modules, in training mode; nodes that share weights share them here. Under
             ``torch.device("meta")`` nothing is allocated
    Sizes:   channels are inferred, and ``same`` padding is put in numbers, for ``input_shape``

    Raises what ``cost`` raises, and ``UnsupportedError`` for symbols, arrays, ``Unknown`` and what torch does not have.
    Padding that an average pool cannot make itself (unequal sides) counts in its averages, as zeros.

    >>> import torch
    >>> from convcost import Conv, ReLU
    >>> network = to_torch(Conv(8, 3, padding=1, name="reduce") >> ReLU(), (4, 5, 5))
    >>> network.reduce
    Conv2d(4, 8, kernel_size=(3, 3), stride=(1, 1), padding=(1, 1))
    >>> network(torch.zeros(2, 4, 5, 5)).shape
    torch.Size([2, 8, 5, 5])
    """
    graph = lower(block)
    for node in graph.nodes:
        for value in (node.times, *vars(node.layer).values()):
            if _is_open(value):
                raise UnsupportedError("modules are built with numbers", where=node.path, got=str(value)[:80])
    counted = cost(graph, input_shape)
    for shape in counted.inputs:
        if _is_open(shape):
            raise UnsupportedError("modules are built with numbers", got=f"input {shape_text(shape)}"[:80])
    return _Building(graph, counted).network()


def _is_open(value: object) -> bool:
    """Whether it is, or contains, a symbol or an array."""
    return any(map(_is_open, value)) if type(value) is tuple else is_symbolic(value) or is_array(value)


class Step(NamedTuple):
    """One call: which values it reads and gives, by number, and which of them nobody needs behind it."""

    run: Callable[..., Any]
    #: The submodule that is called, by its name inside the part; empty for a function.
    module: str
    reads: tuple[int, ...]
    gives: tuple[int, ...]
    done: tuple[int, ...] = ()


class Part(nn.Module):
    """A module that runs steps over numbered values, from those it ``reads`` to those it ``gives``."""

    def __init__(self, reads: tuple[int, ...], gives: tuple[int, ...]) -> None:
        super().__init__()
        self._reads = reads
        self._gives = gives
        self._steps: list[Step] = []

    def _run(self, *inputs: Tensor) -> Any:
        """The output; a tuple where there are several."""
        if len(inputs) != len(self._reads):
            raise SpecError(f"{type(self).__name__} takes {len(self._reads)} inputs", got=f"{len(inputs)}")
        values = dict(zip(self._reads, inputs, strict=True))
        for step in self._steps:
            given = [values[value] for value in step.reads]
            # By name, so that a submodule that was replaced is the one that runs.
            result = step.run(self.get_submodule(step.module), *given) if step.module else step.run(*given)
            values.update(zip(step.gives, (result,) if len(step.gives) == 1 else result, strict=True))
            for value in step.done:
                del values[value]
        outputs = tuple([values[value] for value in self._gives])
        return outputs[0] if len(outputs) == 1 else outputs

    def __reduce__(self) -> tuple[Any, ...]:
        # Its class is made when it is needed, so pickle cannot find it by name.
        return _blank, (type(self).__name__, len(self._reads) == 1), self.__dict__


class _OfOne(Part):
    # Tools that read signatures, and torch.fx, want no ``*inputs`` where there is one.
    def forward(self, x: Tensor) -> Any:
        return self._run(x)


class _OfSeveral(Part):
    def forward(self, *inputs: Tensor) -> Any:
        return self._run(*inputs)


@cache
def _kind(name: str, one_input: bool) -> type[Part]:
    return type(name, (_OfOne if one_input else _OfSeveral,), {"__module__": __name__})


def _blank(name: str, one_input: bool) -> Part:
    kind = _kind(name, one_input)
    return kind.__new__(kind)


class _Building:
    """One build: what is still to be placed, and what is there already."""

    def __init__(self, graph: Graph, counted: Cost) -> None:
        self.graph = graph
        self.rows = counted.rows
        self.first = graph.input_count
        self.waiting = deque(graph.scopes)
        self.modules: dict[str, list[tuple[Recipe, nn.Module]]] = {}
        self.boxes: dict[tuple[nn.Module, str], str] = {}
        #: The last node that reads each value.
        self.last = {value: number for number, node in enumerate(graph.nodes) for value in node.inputs}

    def network(self) -> Part:
        """All of it."""
        network = _part("Network", tuple(range(self.first)), tuple(self.graph.outputs))
        self.fill(network, "", 0, len(self.graph.nodes), frozenset(self.graph.outputs))
        if self.waiting:
            raise SpecError("a part is not inside another, nor beside it", where=self.waiting[0].path)
        return network

    def fill(self, part: Part, path: str, first: int, stop: int, wanted: frozenset[int]) -> None:
        """Put the nodes ``first`` to ``stop`` into ``part``; ``wanted`` are values that leave what stands around it."""
        steps: list[Step] = []
        at = first
        while True:
            scope = self.waiting[0] if self.waiting else None
            # A part of no nodes at the very end may also stand behind this one: its path says where.
            if scope and scope.first == at and scope.stop <= stop and (at < stop or _inside(scope.path, path)):
                self.waiting.popleft()
                steps.append(self.scope(part, path, scope, wanted))
                at = scope.stop
            elif at < stop:
                steps.append(self.node(part, path, at))
                at += 1
            else:
                break
        part._steps = _tidied(steps, part._gives)

    def scope(self, outer: Part, path: str, scope: Scope, wanted: frozenset[int]) -> Step:
        """A module scope becomes a part of its own."""
        inside = range(self.first + scope.first, self.first + scope.stop)
        asked = {scope.value}.union(*(node.inputs for node in self.graph.nodes[scope.first : scope.stop]))
        reads = scope.inputs + tuple(sorted(asked - {*inside, *scope.inputs}))
        # Side outputs leave beside the output, as torch modules return them.
        gives = [scope.value]
        gives += [v for v in inside if v != scope.value and (v in wanted or self.last.get(v, -1) >= scope.stop)]
        part = _part(scope.kind, reads, tuple(gives))
        name = self.place(outer, path, scope.path, part, scope.kind.lower())
        self.fill(part, scope.path, scope.first, scope.stop, wanted | {scope.value})
        return Step(plain, name, reads, part._gives)

    def node(self, part: Part, path: str, at: int) -> Step:
        """A layer becomes a submodule, or a function."""
        node, row = self.graph.nodes[at], self.rows[at]
        try:
            how = recipe(node.layer, row.inputs, row.output)
            name = ""
            if how.make is not None:
                fallback = node.layer.name or type(node.layer).__name__.lower()
                name = self.place(part, path, node.path, self.module(node, how, how.make), fallback)
        except ConvcostError as error:
            raise error.at(node.path) from None
        return Step(how.run, name, node.inputs, (self.first + at,))

    def module(self, node: Node, how: Recipe, make: Callable[..., nn.Module]) -> nn.Module:
        """The module of a node: that of a node with the same weights, if it is the same; else one that shares them."""
        known = self.modules.setdefault(node.weights, [])
        for other, module in known:
            if (other.make, other.options) == (how.make, how.options):
                return module
        try:
            made = make(**how.options)
        except (AssertionError, RuntimeError, TypeError, ValueError) as error:
            raise UnsupportedError("torch does not make this layer", got=str(error)[:200]) from None
        if known:
            _tie(made, known[0][1])
        known.append((how, made))
        return made

    def place(self, part: nn.Module, inside: str, path: str, module: nn.Module, fallback: str) -> str:
        """Hang ``module`` into ``part``, whose own path is ``inside``, where ``path`` says; its name in there."""
        relative = fallback if path == inside else path.removeprefix(f"{inside}/")
        *boxes, own = relative.split("/")
        names: list[str] = []
        holder = part
        for box in boxes:
            if (holder, box) not in self.boxes:
                self.boxes[holder, box] = _add(holder, box, nn.Module())
            names.append(self.boxes[holder, box])
            holder = holder.get_submodule(names[-1])
        return ".".join([*names, _add(holder, own, module)])


def _part(kind: str, reads: tuple[int, ...], gives: tuple[int, ...]) -> Part:
    return _kind(kind, len(reads) == 1)(reads, gives)


def _inside(path: str, outer: str) -> bool:
    return not outer or path == outer or path.startswith(f"{outer}/")


def _add(holder: nn.Module, name: str, module: nn.Module) -> str:
    """Register ``module`` under ``name``, or the nearest that is legal and free; the name that it has got."""
    legal = name.replace(".", "_") or "_"
    while hasattr(holder, legal):
        legal += "_"
    holder.add_module(legal, module)
    return legal


def _tie(module: nn.Module, to: nn.Module) -> None:
    """Let ``module``, which has settings of its own, share the weights (and statistics) of another."""
    theirs = {**dict(to.named_parameters()), **dict(to.named_buffers())}
    ours = {**dict(module.named_parameters()), **dict(module.named_buffers())}
    if {name: value.shape for name, value in ours.items()} != {name: value.shape for name, value in theirs.items()}:
        raise UnsupportedError("torch shares weights between layers of the same form only", got=f"{to} and {module}")
    for name, value in theirs.items():
        holder, _, own = name.rpartition(".")
        setattr(module.get_submodule(holder), own, value)


def _tidied(steps: list[Step], gives: Iterable[int]) -> list[Step]:
    """The steps, each with the values that are done with behind it, so that activations do not pile up."""
    needed = set(gives)
    tidied = []
    for step in reversed(steps):
        done = {*step.reads, *step.gives} - needed
        needed |= done
        tidied.append(step._replace(done=tuple(sorted(done))))
    return tidied[::-1]
