"""From recorded operators to the nodes of a graph."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import torch

from ..calls import Call, Module, Ref, Weight
from ..errors import ConvcostError
from ..graph import Declared, Graph, Node
from ..layers.base import Layer
from ..operators import Batchwise, Fixed, Guard, Source
from . import torch_laws_layers, torch_laws_moves, torch_laws_values  # noqa: F401 (they register their laws)
from .torch_below import macs_below, unknown_below
from .torch_laws import custom_layers
from .torch_leaf import LAWS, Leaf, Operand, short
from .torch_record import Operation, tensors
from .torch_sizes import Size, extent_of


@dataclass(slots=True)
class _Raw:
    """A node before it has a path."""

    layer: Layer
    inputs: tuple[int, ...]
    title: str
    owner: Call
    declared: list[Weight] = field(default_factory=list)
    path: str = ""


class Nodes:
    """Turns operators into nodes while a module runs, and into a graph when it has."""

    def __init__(self, inputs: list[torch.Tensor], weights: dict[int, Weight]) -> None:
        self.count = len(inputs)
        self.weights = weights
        self.raw: list[_Raw] = []
        self.shapes: list[tuple[int, ...]] = [tuple(tensor.shape) for tensor in inputs]
        self.values: dict[int, int] = {id(tensor): value for value, tensor in enumerate(inputs)}
        #: Tensors are kept, so that no identity is given twice.
        self.kept: list[Any] = list(inputs)
        self.declared: set[int] = set()
        self.path_of: Callable[[], Call] = lambda: Call("", "")
        self._asked: set[Any] = set()
        self._sources: dict[int, int] = {}

    # -- tensors -------------------------------------------------------------------------------------------------

    def argument(self, tensor: torch.Tensor) -> Ref | Weight:
        """What the record writes for a tensor."""
        value = self.values.get(id(tensor))
        if value is not None:
            return Ref(value, tensor.element_size())
        weight = self.weights.get(id(tensor))
        if weight is not None:
            return weight
        # A tensor that was there before: a constant of the module that is neither parameter nor buffer.
        return Ref(self._new(Source("Constant", tuple(tensor.shape)), (), "Constant", tensor), tensor.element_size())

    def value_of(self, operand: Operand) -> int:
        """The value of an operand; a weight used like any other tensor gets a node of its own."""
        if isinstance(operand.ref, Ref):
            return operand.ref.value
        weight = operand.ref
        if weight.key not in self._sources:
            title = "Parameter" if weight.parameter else "Buffer"
            value = self._new(Source(title, weight.shape), (), title, None, weight.shape)
            self._declare(self.raw[-1], weight)
            self.raw[-1].path = weight.name
            self._sources[weight.key] = value
        return self._sources[weight.key]

    def _new(
        self, layer: Layer, inputs: tuple[int, ...], title: str, tensor: torch.Tensor | None, shape: Any = None
    ) -> int:
        self.raw.append(_Raw(layer, inputs, title, self.path_of()))
        value = self.count + len(self.raw) - 1
        self.shapes.append(tuple(tensor.shape) if tensor is not None else shape)
        if tensor is not None:
            self.values[id(tensor)] = value
            self.kept.append(tensor)
        return value

    def _declare(self, raw: _Raw, weight: Weight) -> None:
        if weight.key not in self.declared:
            self.declared.add(weight.key)
            raw.declared.append(weight)

    # -- sizes ---------------------------------------------------------------------------------------------------

    def guard(self, relation: str, left: Any, right: Any, answer: bool) -> None:
        """A question about sizes on which the module's control flow hangs."""
        question = (relation, left, right, answer)
        if question in self._asked or left == right:
            return
        self._asked.add(question)
        leaf = Leaf("", (), self.value_of)
        positions = [leaf.extent(_Bare(side)) for side in (left, right)]
        # A second pass, since the first may have added inputs.
        positions = [leaf.extent(_Bare(side)) for side in (left, right)]
        if leaf.inputs:
            self._new(Guard(relation, positions[0], positions[1], answer), tuple(leaf.inputs), "Guard", None, ())

    # -- operators -----------------------------------------------------------------------------------------------

    def made(self, operation: Operation) -> None:
        """A node for every tensor that an operator gave."""
        name = short(operation.name)
        results = [operation.args[0]] if name == "__setitem__" else [*tensors(operation.result)]
        outputs = tuple(tuple(tensor.shape) for tensor in results)
        seen: list[Weight] = []
        args = self._operands(operation.args, seen)
        kwargs = self._operands(operation.kwargs, seen)
        if operation.name.startswith("aten."):
            args = tuple(arg for arg in args)
        leaf = Leaf(name, outputs, self.value_of)
        layers = self._by_law(leaf, operation, args, kwargs) or self._by_import(leaf, operation, args, kwargs)
        first = len(self.raw)
        for layer, tensor in zip(layers, results, strict=True):
            self._new(layer, tuple(leaf.inputs), layer.row_kind, tensor)
        for weight in seen:
            self._declare(self.raw[first], weight)
        operation.call.nodes = tuple(range(first, len(self.raw)))

    def _operands(self, value: Any, seen: list[Weight]) -> Any:
        if isinstance(value, torch.Tensor):
            ref = self.argument(value)
            if isinstance(ref, Weight):
                seen.append(ref)
            return Operand(ref, tuple(value.shape))
        if isinstance(value, dict):
            return {key: self._operands(item, seen) for key, item in value.items()}
        if type(value) in (tuple, list, torch.Size):
            return tuple([self._operands(item, seen) for item in value])
        return value

    def _by_law(self, leaf: Leaf, operation: Operation, args: Any, kwargs: Any) -> list[Layer] | None:
        """The layers that a law gives, if they give what torch gave: the same shapes, the same multiply-accumulates."""
        layers = custom_layers(leaf, operation.name, args, kwargs)
        if layers is not None:
            return layers
        law = LAWS.get(leaf.name)
        if law is None:
            return None
        try:
            answer = law(leaf, *args, **{key: item for key, item in kwargs.items() if key not in _MEANINGLESS})
            layers = answer if isinstance(answer, list) else [answer]
            if len(layers) != len(leaf.outputs):
                raise TypeError("another number of results")
            given = tuple(self.shapes[value] for value in leaf.inputs)
            counted = 0
            for layer, shape in zip(layers, leaf.outputs, strict=True):
                if layer.output_shape(*given) != shape:
                    raise TypeError("another shape")
                counted += layer.tally(*given, out=shape).macs
            if counted != macs_below(operation.below):
                raise TypeError("another number of multiply-accumulates")
        except (TypeError, ValueError, KeyError, IndexError, AttributeError, ConvcostError):
            # A call in a form that the law does not know; the import itself tells what it did at this shape.
            leaf.inputs = []
            return None
        return layers

    def _by_import(self, leaf: Leaf, operation: Operation, args: Any, kwargs: Any) -> list[Layer]:
        """What the operator did at this shape, as its decomposition tells; unknown where that is not understood."""
        leaf.use(*_flat(args), *_flat(tuple(kwargs.values())))
        given = tuple(self.shapes[value] for value in leaf.inputs)
        unknown = unknown_below(operation.below)
        macs = macs_below(operation.below)
        title = operation.name
        return [
            Fixed(title, shape, given, not unknown or bool(place), macs if place == 0 else 0)
            for place, shape in enumerate(leaf.outputs)
        ]

    # -- the graph -----------------------------------------------------------------------------------------------

    def graph(
        self,
        outputs: list[torch.Tensor],
        call: Call,
        module: Module,
        shapes: list[tuple[int, ...]],
        batch_dims: list[int | None],
    ) -> Graph:
        """All nodes with their paths; parts that did not run follow as rows of their own."""
        results = [self.value_of(Operand(self.argument(tensor), tuple(tensor.shape))) for tensor in outputs]
        graph = Graph()
        graph.input_count = self.count
        graph.input_shapes = tuple(shapes)
        graph.batch_dims = tuple(batch_dims)
        graph.calls = call
        name_nodes(self.raw, call)
        for raw in self.raw:
            graph.nodes.append(Node(raw.path, raw.layer, raw.inputs, declared=_declared(raw.declared)))
        for part in module.walk():
            missing = [w for w in part.weights.values() if w.key not in self.declared and (w.parameter or _runs(w))]
            if missing:
                self.declared.update(w.key for w in missing)
                kind = part.kind.rpartition(".")[2]
                path = _free(part.path or kind, {node.path for node in graph.nodes}) if part.ran else part.path
                source = Source(kind, ())
                graph.nodes.append(Node(path or kind, source, (), declared=_declared(missing), ran=False))
        graph.outputs = results
        graph.main = 0
        return graph


#: Options that change no shape and no count.
_MEANINGLESS = frozenset({
    "inplace", "out", "dtype", "device", "layout", "requires_grad", "memory_format", "non_blocking", "pin_memory",
    "copy", "generator", "rounding_mode", "alpha", "beta", "value", "eps", "training", "align_corners", "_stacklevel",
    "path",
})  # fmt: skip


class _Bare(int):
    """An extent handed on as if it were a size."""

    extent: Any

    def __new__(cls, extent: Any) -> Any:
        return Size(0, extent, lambda *_: None)


def _flat(value: Any) -> list[Any]:
    if isinstance(value, Operand):
        return [value]
    if isinstance(value, (tuple, list)):
        return [inner for item in value for inner in _flat(item)]
    return []


def _runs(weight: Weight) -> bool:
    """Whether a buffer is a running statistic."""
    return weight.name.rpartition(".")[2] in ("running_mean", "running_var")


def _declared(weights: list[Weight]) -> Declared:
    sizes = [(w, _numel(w.shape)) for w in weights]
    return Declared(
        sum(n for w, n in sizes if w.parameter),
        sum(n for w, n in sizes if w.parameter and w.learned),
        sum(n for w, n in sizes if not w.parameter and _runs(w)),
    )


def _numel(shape: tuple[int, ...]) -> int:
    count = 1
    for size in shape:
        count *= size
    return count


def name_nodes(raws: list[_Raw], root: Call) -> None:
    """Paths: that of the module for its only operator, else the module and what it does."""
    used: dict[str, int] = {}
    runs: dict[str, int] = {}
    prefixes: dict[int, str] = {}
    visible: dict[int, int] = {}
    module_of: dict[int, Call] = {}

    def enter(call: Call, module: Call) -> None:
        if call.module is not None:
            module = call
            runs[call.path] = runs.get(call.path, 0) + 1
            prefixes[id(call)] = call.path if runs[call.path] == 1 else f"{call.path}:{runs[call.path]}"
        module_of[id(call)] = module
        for inner in call.calls:
            enter(inner, module)

    enter(root, root)
    for raw in raws:
        if not raw.path and not isinstance(raw.layer, Guard):
            owner = id(module_of.get(id(raw.owner), root))
            visible[owner] = visible.get(owner, 0) + (not _silent(raw))
    for raw in raws:
        if raw.path:
            raw.path = _unique(raw.path, used)
            continue
        module = module_of.get(id(raw.owner), root)
        prefix = prefixes[id(module)]
        alone = visible.get(id(module)) == 1 and not (module.module and module.module.children) and not _silent(raw)
        kind = raw.title.rpartition(".")[2] or "value"
        raw.path = _unique(prefix if alone and prefix else f"{prefix}/{kind.lower()}" if prefix else kind.lower(), used)


def _silent(raw: _Raw) -> bool:
    return isinstance(raw.layer, (Guard, Source))


def _unique(path: str, used: dict[str, int]) -> str:
    used[path] = used.get(path, 0) + 1
    return path if used[path] == 1 else f"{path}:{used[path]}"


def _free(path: str, taken: set[str]) -> str:
    if path not in taken:
        return path
    return next(name for name in (f"{path}:unused{n or ''}" for n in range(len(taken) + 1)) if name not in taken)


__all__ = ["Batchwise", "Nodes", "extent_of"]
