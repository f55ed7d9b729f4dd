"""What a Keras tensor is in a graph, and what a law of a Keras layer is given to work with.

Shapes of a graph stand channels first, Keras' own mostly channels last. A value therefore remembers whether its last
Keras axis has been moved to the front. Maps keep that order from layer to layer, as if they had been transposed in
thought; only where a layer needs the other order does the graph get a ``Permute``, which costs nothing.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from ..arith import prod
from ..errors import UnsupportedError
from ..graph import Graph
from ..layers import Permute, Reshape, Unknown
from ..layers.base import Layer

#: A shape as Keras has it, without the batch; ``None`` where a dim is open.
KerasShape = tuple[int | None, ...]


class Value(NamedTuple):
    """A tensor: its number in the graph, its Keras shape, and whether its last axis stands first in the graph."""

    number: int
    shape: KerasShape
    moved: bool

    @property
    def axes(self) -> tuple[int, ...]:
        """The Keras axis (without the batch) behind each axis in the graph."""
        return axes_of(len(self.shape), self.moved)


def axes_of(rank: int, moved: bool) -> tuple[int, ...]:
    """The Keras axis behind each axis in the graph.

    >>> axes_of(3, True), axes_of(2, False)
    ((2, 0, 1), (0, 1))
    """
    axes = tuple(range(rank))
    return (*axes[-1:], *axes[:-1]) if moved else axes


def placed(shape: Sequence[Any], moved: bool) -> tuple[Any, ...]:
    """A Keras shape (without the batch) in the order of the graph.

    >>> placed((224, 225, 3), True)
    (3, 224, 225)
    """
    return tuple(shape[axis] for axis in axes_of(len(shape), moved))


class NoLaw(Exception):  # noqa: N818 (no error: the layer becomes an Unknown)
    """A layer, or a way of calling it, for which there is no law. Raised before anything of it is in the graph."""


class Target:
    """The graph that is being built, and what later checks need to know of it."""

    def __init__(self, calls: dict[int, int], moved: Callable[[int], bool]) -> None:
        self.graph = Graph()
        #: How often each layer (by ``id``) is called: what is called once shares its weights with nobody.
        self.calls = calls
        #: Whether tensors of a rank (without the batch) stand channels first when nobody has said otherwise.
        self.moved = moved
        #: Graph value -> the shape that Keras states for it, in the order of the graph.
        self.stated: dict[int, tuple[Any, ...]] = {}
        #: What Keras counts in each layer: name, place among the nodes, scalars.
        self.scalars: list[tuple[str, range, int]] = []
        #: The key under which a layer (by ``id``) that is called again shares its weights.
        self.keys: dict[int, str] = {}
        #: Layers (by ``id``) that have been called already.
        self.met: set[int] = set()
        self._paths: set[str] = set()

    def path(self, wanted: str) -> str:
        """``wanted``, or with a number behind it where it is taken (a layer that is called again)."""
        path, turn = wanted, 1
        while path in self._paths:
            turn += 1
            path = f"{wanted}#{turn}"
        self._paths.add(path)
        return path


class Call:
    """One call of one Keras layer or operation: what comes in, and what the graph gets for it."""

    def __init__(
        self, target: Target, layer: Any, path: str, inputs: Sequence[Value], outputs: Sequence[KerasShape],
        arguments: Mapping[str, Any],
    ) -> None:  # fmt: skip
        self.target = target
        self.layer = layer
        #: Path of its main node; further nodes stand below it.
        self.path = target.path(path)
        self.inputs = tuple(inputs)
        #: Keras' output shapes without the batch.
        self.outputs = tuple(outputs)
        #: The arguments of the call by name, tensors replaced by values.
        self.arguments = arguments
        #: Whether this layer has not been called before.
        self.first = id(layer) not in target.met
        target.met.add(id(layer))
        shared = target.calls.get(id(layer), 1) > 1
        self._key = target.keys.setdefault(id(layer), f"{path} (shared)") if shared else ""

    @property
    def input(self) -> Value:
        """The only input; a law for one input is not asked about several."""
        if len(self.inputs) != 1:
            raise NoLaw("several inputs")
        return self.inputs[0]

    @property
    def shape(self) -> KerasShape:
        """Keras' shape of the first output."""
        return self.outputs[0]

    # -- into the graph ------------------------------------------------------------------------------------------

    def add(
        self, layer: Layer, *values: Value, suffix: str = "", shape: KerasShape | None = None,
        moved: bool | None = None,
    ) -> Value:  # fmt: skip
        """``layer`` behind ``values``; ``shape`` is Keras' shape of what comes out (by default of the output).

        It stands in the order of the first value, unless ``moved`` says otherwise.
        """
        path = self.target.path(f"{self.path}/{suffix}") if suffix else self.path
        key = f"{self._key} {suffix}".strip() if self._key else ""
        number = self.target.graph.emit(layer, tuple(value.number for value in values), path, key)
        shape = self.shape if shape is None else shape
        moved = (values[0].moved if values else False) if moved is None else moved
        return Value(number, shape, moved and len(shape) > 1)

    def ordered(self, value: Value, moved: bool) -> Value:
        """``value`` with its last axis first, or in Keras' own order; permuted where it stands otherwise."""
        if len(value.shape) < 2 or value.moved == moved:
            return value._replace(moved=moved and len(value.shape) > 1)
        wanted = axes_of(len(value.shape), moved)
        order = tuple(value.axes.index(axis) for axis in wanted)
        name = "channels_first" if moved else "channels_last"
        return self.add(Permute(order), value, suffix=name, shape=value.shape, moved=moved)

    def maps(self, value: Value, data_format: str = "channels_last") -> Value:
        """``value`` with its channels first."""
        return self.ordered(value, data_format == "channels_last")

    def plain(self, value: Value) -> Value:
        """``value`` in Keras' own order: a sequence is ``(steps, features)``."""
        return self.ordered(value, False)

    def axis(self, value: Value, axis: int) -> int:
        """The axis in the graph of a Keras axis, which counts the batch."""
        rank = len(value.shape) + 1
        place = axis % rank - 1
        if place < 0:
            raise NoLaw("an operation along the batch")
        return value.axes.index(place)

    def ranked(self, value: Value, rank: int, suffix: str, in_front: bool = True) -> Value:
        """``value`` with axes of size 1 in front (behind the batch) until it has ``rank`` of them."""
        missing = rank - len(value.shape)
        if missing <= 0:
            return value
        value = self.plain(value)
        shape = (*(1,) * missing, *value.shape) if in_front else (*value.shape, *(1,) * missing)
        return self.add(Reshape(open_shape(shape)), value, suffix=suffix, shape=shape)

    def argument(self, name: str, default: Any = None) -> Any:
        """An argument of the call."""
        value = self.arguments.get(name, default)
        return default if value is None else value

    def sub(self, layer: Any, inputs: Sequence[Value], outputs: Sequence[KerasShape], name: str) -> Call:
        """The call of a layer inside this one (a wrapped layer, an activation that is a layer)."""
        self.target.calls[id(layer)] = self.target.calls.get(id(self.layer), 1)
        return Call(self.target, layer, f"{self.path}/{name}", inputs, outputs, {})

    def standing_for(self, layer: Any) -> Call:
        """The same call as one of ``layer``, which this layer wraps."""
        inner = copy.copy(self)
        inner.layer = layer
        return inner

    def unknown(self, operator: str) -> list[Value]:
        """The layer as an operation without a law: shapes and stored scalars as Keras states them."""
        learned, other = scalars(self.layer)
        values = []
        for number, shape in enumerate(self.outputs):
            if None in shape:
                raise UnsupportedError(
                    f"{operator} has no law, and Keras leaves its output shape open",
                    where=self.path,
                    got=f"output {('batch', *shape)}",
                    fix="build the model for a fixed input shape",
                )
            moved = self.inputs[0].moved if self.inputs and len(self.inputs[0].shape) == len(shape) else None
            moved = self.target.moved(len(shape)) if moved is None else moved
            # What it stores stands at its first output.
            made = Unknown(operator, placed(shape, moved), *((0, 0) if number else (learned, other)))
            values.append(
                self.add(made, *self.inputs, suffix=f"output{number + 1}" if number else "", shape=shape, moved=moved)
            )
        return values


def open_shape(shape: Sequence[int | None]) -> tuple[int, ...]:
    """A shape for ``Reshape``: the one open dim is inferred.

    >>> open_shape((None, 64))
    (-1, 64)
    """
    if sum(size is None for size in shape) > 1:
        raise NoLaw("several open dims")
    return tuple(-1 if size is None else size for size in shape)


def scalars(layer: Any) -> tuple[int, int]:
    """What a layer stores: learned scalars (frozen ones too) and others.

    Keras keeps weights that were made to be trained apart from the rest, whatever ``trainable`` says now.
    """
    learned = other = 0
    made = getattr(layer, "_trainable_variables", ())
    mine = {id(weight) for weight in made}
    for inner in getattr(layer, "_flatten_layers", lambda: ())():
        mine.update(id(weight) for weight in inner._trainable_variables)
    for weight in getattr(layer, "weights", ()):
        size = int(prod(weight.shape))
        if id(weight) in mine:
            learned += size
        else:
            other += size
    return learned, other


#: A law: what the graph gets for a call. It may raise :class:`NoLaw` before it has added anything.
Law = Callable[[Call], "Value | Sequence[Value]"]
LAYERS: dict[str, Law] = {}
OPERATIONS: dict[str, Law] = {}


def law(*names: str, table: dict[str, Law] = LAYERS) -> Callable[[Law], Law]:
    """Enter a law for the Keras classes of these names."""

    def enter(function: Law) -> Law:
        for name in names:
            table[name] = function
        return function

    return enter


def find_law(layer: Any) -> tuple[str, Law | None]:
    """The name of a layer's class, and its law if it is Keras' own class of that name.

    A subclass may compute anything: it has no law, whatever it is derived from.
    """
    kind = type(layer)
    if kind.__module__.split(".")[0] != "keras":
        return kind.__name__, None
    is_layer = hasattr(layer, "count_params")
    found = (LAYERS if is_layer else OPERATIONS).get(kind.__name__)
    if getattr(layer, "lora_enabled", False) or getattr(layer, "quantization_mode", None):
        # Weights of such layers are not what the class alone says.
        return kind.__name__, None
    if is_layer and not layer.built:
        # An activation that is a layer with weights gets them in its first real run.
        return kind.__name__, None
    return kind.__name__ if is_layer else f"keras.ops.{kind.__name__}", found
