"""Parts of a tensor, copies of it, and tensors that are stored and no input."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from ..arith import Dim, Shape, as_dim, at_least, ceil_div, decide_same, maximum, minimum, prod
from ..block import Builder
from ..errors import ShapeError, SpecError
from ..messages import Message
from ..sight import MAX_PHASES, AxisLaw, InputLaw, NoLaw, One, Slide, kept, stays
from .base import Layer, flag, shape_text, whole


def _axis(layer: Any, x: Shape) -> int:
    if not -len(x) <= layer.axis < len(x):
        raise ShapeError(f"there is no axis {layer.axis}", got=f"input {shape_text(x)}")
    return int(layer.axis % len(x))


def _check_axis(axis: object) -> None:
    if type(axis) is not int:
        raise SpecError("axis is a whole number", got=f"axis={axis!r}")


@dataclass(frozen=True, repr=False)
class Slice(Layer):
    """The entries ``start``, ``start + step``, … before ``stop`` along ``axis``, as Python slices them.

    Shape: ``(…, n, …) -> (…, m, …)``, ``m = ceil((stop - start)/step)`` within ``0`` to ``n``, negative ends counted
    from behind; params and tally: none. Source: the language reference of Python; documentation of ``onnx`` ``Slice``

    >>> Slice(0, 2, -1).laws((64, 7, 7)).output
    (61, 7, 7)
    """

    axis: int
    start: Dim = 0
    stop: Dim | None = None
    step: Dim = 1

    def __post_init__(self) -> None:
        super().__post_init__()
        _check_axis(self.axis)
        self._set(
            start=as_dim(self.start, "start"),
            stop=None if self.stop is None else as_dim(self.stop, "stop"),
            step=whole("step", self.step),
        )

    def output_shape(self, *inputs: Shape) -> Shape:
        (x,) = inputs
        axis = _axis(self, x)
        size = x[axis]
        stop = size if self.stop is None else _end(self.stop, size)
        length = ceil_div(stop - _end(self.start, size), self.step)
        if not at_least(length, 1):
            raise ShapeError("nothing is left of the axis", got=f"input {shape_text(x)}, axis {axis}")
        return (*x[:axis], length, *x[axis + 1 :])

    def sight(self, *inputs: Shape, out: Shape) -> tuple[InputLaw, ...]:
        (x,) = inputs
        axis = _axis(self, x)
        first = _end(self.start, x[axis])
        return ((*kept(x)[:axis], Slide(axis, self.step, ((first, first),)), *kept(x)[axis + 1 :]),)


def _end(place: Dim, size: Dim) -> Dim:
    """A start or stop as a number from 0 to ``size``."""
    return minimum(place, size) if at_least(place, 0) else maximum(size + place, size * 0)


@dataclass(frozen=True, repr=False)
class Take(Layer):
    """``count`` entries along ``axis``, picked by index; without ``count`` one entry, whose axis goes.

    Shape: ``(…, n, …) -> (…, count, …)`` or ``(…, …)``; params and tally: none.
    Source: documentation of ``torch.index_select`` and ``torch.select``

    >>> Take(0).laws((197, 768)).output
    (768,)
    """

    axis: int
    count: Dim | None = None

    def __post_init__(self) -> None:
        super().__post_init__()
        _check_axis(self.axis)
        self._set(count=None if self.count is None else whole("count", self.count))

    def output_shape(self, *inputs: Shape) -> Shape:
        (x,) = inputs
        axis = _axis(self, x)
        return (*x[:axis], *(() if self.count is None else (self.count,)), *x[axis + 1 :])

    def sight(self, *inputs: Shape, out: Shape) -> tuple[InputLaw, ...]:
        (x,) = inputs
        axis = _axis(self, x)
        if self.count is None:
            return ((*kept(x)[:axis], One(), *(stays(place) for place in range(axis, len(x) - 1))),)
        picked = NoLaw(Message("elements are picked by index, and which ones is not known"))
        return ((*kept(x)[:axis], picked, *kept(x)[axis + 1 :]),)


@dataclass(frozen=True, repr=False)
class Tile(Layer):
    """Copies side by side: ``repeats`` of them along each axis.

    Shape: every dim times its entry of ``repeats``; params and tally: none. Source: documentation of ``torch.tile``

    >>> Tile((3, 1)).laws((1, 768)).output
    (3, 768)
    """

    repeats: Any

    def __post_init__(self) -> None:
        super().__post_init__()
        repeats = self.repeats if isinstance(self.repeats, (tuple, list)) else (self.repeats,)
        self._set(repeats=tuple(whole("repeats", number) for number in repeats))

    def output_shape(self, *inputs: Shape) -> Shape:
        (x,) = inputs
        if len(x) != len(self.repeats):
            raise ShapeError(f"repeats speaks of {len(self.repeats)} axes", got=f"input {shape_text(x)}")
        return tuple(size * number for size, number in zip(x, self.repeats, strict=True))

    def sight(self, *inputs: Shape, out: Shape) -> tuple[InputLaw, ...]:
        (x,) = inputs
        return (tuple([_copied(axis, size, self.repeats[axis]) for axis, size in enumerate(x)]),)


def _copied(axis: int, size: Dim, number: Dim) -> AxisLaw:
    if decide_same(number, 1) is True:
        return stays(axis)
    if type(size) is not int or size > MAX_PHASES:
        return NoLaw(Message("copies of a map whose size is a symbol or too large to go by"))
    return Slide(axis, 0, tuple([(place, place) for place in range(size)]))


@dataclass(frozen=True, repr=False)
class Parameter(Layer):
    """A stored tensor that is no layer's own: a class token, a table of positions, a learned scale.

    It takes no input and is there once, whatever the batch; as a branch it stands beside the input.

    Shape:   ``shape``
    Params:  its elements; if it is not ``learned`` (a constant, a statistic) they are buffers
    Tally:   none
    Source:  documentation of ``torch.nn.Parameter``

    >>> from convcost import Add, Identity, cost
    >>> positions = Add(Identity(), Parameter((197, 768)))
    >>> cost(positions, (197, 768)).params
    151296
    """

    arity: ClassVar[int | None] = 0
    makes_map: ClassVar[bool] = False

    shape: Any
    learned: bool = True

    def __post_init__(self) -> None:
        super().__post_init__()
        shape = self.shape if isinstance(self.shape, (tuple, list)) else (self.shape,)
        self._set(shape=tuple(whole("shape", size) for size in shape), learned=flag("learned", self.learned))

    def lower(self, graph: Builder, inputs: tuple[int, ...], path: str) -> int:
        return graph.emit(self, (), path)

    def output_shape(self, *inputs: Shape) -> Shape:
        return self.shape  # type: ignore[no-any-return]

    def params(self, *inputs: Shape, out: Shape) -> Dim:
        return prod(self.shape) if self.learned else 0

    def buffers(self, *inputs: Shape) -> Dim:
        return 0 if self.learned else prod(self.shape)
