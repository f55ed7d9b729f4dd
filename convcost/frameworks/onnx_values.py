"""What an ONNX tensor is in a graph, and what a law of an ONNX operator is given to work with.

ONNX shapes have the batch in them, anywhere: first as a rule, behind the steps of a sequence in recurrent layers, and
folded into the heads where attention is a product of matrices. A tensor remembers where, so that the graph gets shapes
of one example.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

import numpy as np

from ..arith import Shape, prod
from ..errors import UnsupportedError
from ..graph import Graph
from ..layers import Parameter, Reshape, Unknown
from ..layers.base import Layer


class NoLaw(Exception):  # noqa: N818 (no error: the node becomes an Unknown)
    """An operator, or a use of it, for which there is no law."""


class Place(NamedTuple):
    """Where the batch stands: the axis ``outer x batch x inner``. It is an axis of its own where both are 1."""

    axis: int
    outer: int = 1
    inner: int = 1

    @property
    def alone(self) -> bool:
        return self.outer * self.inner == 1


@dataclass(frozen=True)
class Tensor:
    """A tensor of the file: its whole shape, where the batch stands in it, and what is known of it.

    ``number`` is its value in the graph; a stored tensor has none before something asks for one. ``data`` is its
    content where that is known (shape arithmetic), ``name`` and ``stored`` the initializer that it is a view of and how
    many scalars that has, ``learned`` whether those are params.
    """

    shape: tuple[int, ...]
    batch: Place | None = None
    number: int | None = None
    data: Any = None
    name: str = ""
    stored: int = 0
    learned: bool = False

    @property
    def is_weight(self) -> bool:
        """Whether it is stored, and nothing has been computed of it."""
        return bool(self.name) and self.number is None

    @property
    def example(self) -> Shape:
        """Its shape for one example, as it stands in the graph."""
        if self.batch is None:
            return self.shape
        axis, outer, inner = self.batch
        own = () if self.batch.alone else (outer * inner,)
        return (*self.shape[:axis], *own, *self.shape[axis + 1 :])

    def axis(self, axis: int) -> int:
        """The axis in the graph of an ONNX axis; along the batch there is none."""
        axis %= len(self.shape)
        if self.batch is None or axis < self.batch.axis:
            return axis
        if self.batch.axis == axis:
            if self.batch.alone:
                raise NoLaw("an operation along the batch")
            return axis
        return axis - self.batch.alone


def whole(example: Shape, batch: Place | None, size: int) -> tuple[int, ...]:
    """The ONNX shape of a tensor whose shape in the graph is ``example``; ``size`` is that of the batch.

    >>> whole((8, 5, 5), Place(0), 7), whole((12, 5, 64), Place(0, inner=12), 7)
    ((7, 8, 5, 5), (84, 5, 64))
    """
    if batch is None:
        return example
    if batch.alone:
        return (*example[: batch.axis], size, *example[batch.axis :])
    return (*example[: batch.axis], example[batch.axis] * size, *example[batch.axis + 1 :])


@dataclass
class Target:
    """The graph that is being built, and the state of reading."""

    batch: int
    opsets: Mapping[str, int]
    #: Shapes as ``onnx.shape_inference`` has them, by tensor name, where all dims are known.
    inferred: Mapping[str, tuple[int, ...]]
    graph: Graph = field(default_factory=Graph)
    #: Initializers whose scalars have been counted.
    counted: set[str] = field(default_factory=set)
    #: Stored tensors that have become values, by initializer.
    made: dict[str, int] = field(default_factory=dict)
    #: The shape of every value.
    shapes: dict[int, Shape] = field(default_factory=dict)
    _paths: set[str] = field(default_factory=set)

    def path(self, wanted: str) -> str:
        """``wanted``, or with a number behind it where it is taken."""
        path, turn = wanted, 1
        while path in self._paths:
            turn += 1
            path = f"{wanted}#{turn}"
        self._paths.add(path)
        return path


class Call:
    """One node: its inputs and attributes, and what the graph gets for it."""

    def __init__(
        self, target: Target, operator: str, path: str, inputs: Sequence[Tensor | None], outputs: Sequence[str],
        attributes: Mapping[str, Any],
    ) -> None:  # fmt: skip
        self.target = target
        self.operator = operator
        self.path = target.path(path)
        self.inputs = tuple(inputs)
        #: Names of the outputs; an empty one is not asked for.
        self.outputs = tuple(outputs)
        self.attributes = attributes

    # -- what comes in -------------------------------------------------------------------------------------------

    def get(self, number: int) -> Tensor | None:
        """An input that may be left out."""
        return self.inputs[number] if number < len(self.inputs) else None

    def need(self, number: int) -> Tensor:
        """An input that must be there."""
        tensor = self.get(number)
        if tensor is None:
            raise NoLaw("an input is missing")
        return tensor

    def known(self, number: int) -> Any:
        """The content of an input, ``None`` where it is left out; a computed one has no law."""
        tensor = self.get(number)
        if tensor is None:
            return None
        if tensor.data is None:
            raise NoLaw("an input that is computed, or stored in another file")
        return tensor.data

    def integers(self, number: int, attribute: str = "") -> list[int] | None:
        """Whole numbers that newer operators take as an input, older ones as an attribute."""
        if attribute in self.attributes:
            given = self.attributes[attribute]
            return [given] if isinstance(given, int) else list(given)
        found = self.known(number)
        return None if found is None else [int(value) for value in np.asarray(found).reshape(-1)]

    def weight(self, number: int) -> Tensor:
        """An input that must be stored."""
        tensor = self.need(number)
        if not tensor.is_weight:
            raise NoLaw("weights that are computed")
        return tensor

    @property
    def opset(self) -> int:
        """The version of the operators in this file."""
        return self.target.opsets.get("", 1)

    # -- into the graph ------------------------------------------------------------------------------------------

    def emit(self, layer: Layer, numbers: Sequence[int], suffix: str = "") -> int:
        """``layer`` behind values of the graph: the value that comes out."""
        path = self.target.path(f"{self.path}/{suffix}") if suffix else self.path
        number = self.target.graph.emit(layer, tuple(numbers), path)
        shapes = self.target.shapes
        shapes[number] = layer.output_shape(*(shapes[value] for value in numbers))
        return number

    def add(
        self, layer: Layer, *tensors: Tensor, batch: Place | str | None = "as first", suffix: str = "",
        params: Sequence[Tensor] = (), buffers: Sequence[Tensor] = (),
    ) -> Tensor:  # fmt: skip
        """``layer`` behind ``tensors``, with the stored tensors that are its weights.

        ``batch`` is where the batch stands in what comes out: by default where it does in the first tensor.
        """
        numbers = [self.number(tensor) for tensor in tensors]
        place = (tensors[0].batch if tensors else None) if isinstance(batch, str) else batch
        return self.put(layer, numbers, place, suffix, params, buffers)

    def put(
        self, layer: Layer, numbers: Sequence[int], batch: Place | None, suffix: str = "",
        params: Sequence[Tensor] = (), buffers: Sequence[Tensor] = (),
    ) -> Tensor:  # fmt: skip
        """As :meth:`add`, behind values of the graph."""
        number = self.emit(layer, numbers, suffix)
        shapes = self.target.shapes
        given = [shapes[value] for value in numbers]
        wanted = sum(tensor.stored for tensor in params), sum(tensor.stored for tensor in buffers)
        stated = layer.params(*given, out=shapes[number]), layer.buffers(*given)
        if stated != wanted:
            raise UnsupportedError(
                "the law of this layer counts other weights than the file stores",
                where=self.path,
                got=f"params and buffers {stated}, in the file {wanted}",
            )
        self._claim(number, params, buffers)
        return Tensor(whole(shapes[number], batch, self.target.batch), batch, number)

    def _claim(self, number: int, params: Sequence[Tensor], buffers: Sequence[Tensor]) -> None:
        """Count the scalars of stored tensors at this value, but for those that have been counted before."""
        before = [0, 0]
        for kind, weights in enumerate((params, buffers)):
            for tensor in weights:
                if tensor.name in self.target.counted:
                    before[kind] += tensor.stored
                self.target.counted.add(tensor.name)
        if any(before):
            self.target.graph.elsewhere[number] = (before[0], before[1])

    def number(self, tensor: Tensor, example: Shape | None = None) -> int:
        """The value of ``tensor`` in the graph, brought to the shape ``example`` if one is asked for."""
        example = tensor.example if example is None else example
        if tensor.number is not None:
            return self._reshaped(tensor.number, example)
        if tensor.name not in self.target.made:
            path = self.target.path(tensor.name.strip("/") or f"{self.path}/constant")
            number = self.target.graph.emit(Parameter(example, learned=tensor.learned), (), path)
            self.target.shapes[number] = example
            if not tensor.name:
                return number
            self._claim(number, [tensor] if tensor.learned else [], [] if tensor.learned else [tensor])
            self.target.made[tensor.name] = number
        return self._reshaped(self.target.made[tensor.name], example)

    def _reshaped(self, number: int, example: Shape) -> int:
        same = self.target.shapes[number] == example
        return number if same else self.emit(Reshape(example), [number], "shape")

    def one_place(self, places: set[Place]) -> Place | None:
        """Where the batch stands in all of several tensors.

        A batch of one that stands at different places is an axis of size 1 like others: ``None``.
        """
        if len(places) > 1 and self.target.batch != 1:
            raise NoLaw("tensors with the batch at different places")
        return next(iter(places)) if len(places) == 1 else None

    # -- what has no law -----------------------------------------------------------------------------------------

    def unknown(self) -> list[Tensor]:
        """The node as an operation without a law; what it stores stands beside it."""
        operands = [tensor for tensor in self.inputs if tensor is not None]
        numbers = [self.number(t) for t in operands if t.number is not None or (t.is_weight and t.learned)]
        batched = any(tensor.batch is not None for tensor in operands)
        made = []
        for place, name in enumerate(self.outputs):
            if not name:
                made.append(Tensor(()))
                continue
            shape = self.target.inferred.get(name)
            if shape is None:
                raise UnsupportedError(
                    f"{self.operator} has no law, and the shape of its output is not known",
                    where=self.path,
                    got=f"output {name}",
                    fix="write its shape into value_info of the file",
                )
            batch = self.guess(shape) if batched else None
            layer = Unknown(self.operator, Tensor(shape, batch).example)
            made.append(self.put(layer, numbers, batch, f"output{place + 1}" if place else ""))
        return made

    def guess(self, shape: tuple[int, ...]) -> Place | None:
        """Where the batch may stand in a shape that nobody followed: the first axis that it divides."""
        size = self.target.batch
        for axis, length in enumerate(shape):
            if length % size == 0 and length:
                return Place(axis, 1, length // size)
        return None


#: A law: what the graph gets for a node, its outputs in order. It may raise :class:`NoLaw`.
Law = Callable[[Call], "Tensor | Sequence[Tensor]"]
OPERATORS: dict[str, Law] = {}


def law(*operators: str) -> Callable[[Law], Law]:
    """Enter a law for operators."""

    def enter(function: Law) -> Law:
        for operator in operators:
            OPERATORS[operator] = function
        return function

    return enter


def view(tensor: Tensor, shape: Sequence[int]) -> Tensor:
    """A stored tensor in another shape: still stored, but no longer with a known content."""
    return replace(tensor, shape=tuple(shape), data=None)


def elements(shape: Sequence[int]) -> int:
    """How many elements a shape has."""
    return int(prod(shape))
