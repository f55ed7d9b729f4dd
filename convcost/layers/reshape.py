"""Layers that move elements and compute nothing (or nearly so)."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, ClassVar

from ..arith import Dim, Shape, as_dim, at_least, divides, exact_div, prod, same
from ..errors import ShapeError, SpecError
from ..sight import InputLaw, Slide, Whole, kept, regroup, stays
from .base import (
    Elementwise,
    Layer,
    one_of,
    padding_of,
    shape_text,
    sides,
    spatial_rank,
    whole,
)
from .resampling import resampled


@dataclass(frozen=True, repr=False)
class Dropout(Elementwise):
    """Dropout at inference: the input itself, no params, no operations.

    Source: Srivastava et al. 2014

    >>> Dropout(0.4).laws((1024, 1, 1)).tally
    Tally()
    """

    p: float = 0.5

    def __post_init__(self) -> None:
        super().__post_init__()
        if isinstance(self.p, bool) or not isinstance(self.p, (int, float)) or not 0 <= self.p <= 1:
            raise SpecError("p is a probability", got=f"p={self.p!r}")


@dataclass(frozen=True, repr=False)
class Flatten(Layer):
    """Axes ``start_axis`` to ``end_axis`` (without the batch) become one.

    Shape: ``(C, H, W) -> (C*H*W,)``; params and tally: none. Source: documentation of ``torch.nn.Flatten``

    >>> Flatten().laws((88, 4, 4)).output
    (1408,)
    """

    start_axis: int = 0
    end_axis: int = -1

    def __post_init__(self) -> None:
        super().__post_init__()
        for name in ("start_axis", "end_axis"):
            if type(getattr(self, name)) is not int:
                raise SpecError(f"{name} is a whole number", got=f"{name}={getattr(self, name)!r}")

    def output_shape(self, *inputs: Shape) -> Shape:
        (x,) = inputs
        rank = len(x)
        if rank == 0:
            return (1,)
        if not (-rank <= self.start_axis < rank and -rank <= self.end_axis < rank):
            raise ShapeError("there are no such axes", got=f"{self.start_axis} to {self.end_axis} of {shape_text(x)}")
        start, end = self.start_axis % rank, self.end_axis % rank
        if start > end:
            raise ShapeError("the axes stand in the wrong order", got=f"{self.start_axis} to {self.end_axis}")
        return (*x[:start], prod(x[start : end + 1]), *x[end + 1 :])

    def sight(self, *inputs: Shape, out: Shape) -> tuple[InputLaw, ...]:
        return (regroup(inputs[0], out),)


@dataclass(frozen=True, repr=False)
class Reshape(Layer):
    """The same elements in another shape (without the batch); one entry may be -1 and is inferred.

    Params and tally: none. Source: documentation of ``torch.reshape``

    >>> Reshape((64, -1)).laws((64, 7, 7)).output
    (64, 49)
    """

    shape: Any

    def __post_init__(self) -> None:
        super().__post_init__()
        items = self.shape if isinstance(self.shape, (tuple, list)) else (self.shape,)
        shape = tuple(-1 if _is_open(item) else whole("shape", item) for item in items)
        if sum(map(_is_open, shape)) > 1:
            raise SpecError("one entry of a shape may be -1", got=f"shape={shape}")
        self._set(shape=shape)

    def output_shape(self, *inputs: Shape) -> Shape:
        (x,) = inputs
        elements = prod(x)
        known = prod(size for size in self.shape if not _is_open(size))
        if any(map(_is_open, self.shape)):
            if not divides(known, elements):
                raise ShapeError(
                    f"{elements} elements do not fill {shape_text(self.shape)}", got=f"input {shape_text(x)}"
                )
            return tuple(exact_div(elements, known) if _is_open(size) else size for size in self.shape)
        if not same(known, elements):
            raise ShapeError(
                f"{elements} elements do not fill {shape_text(self.shape)} ({known})",
                got=f"input {shape_text(x)}",
            )
        return self.shape  # type: ignore[no-any-return]

    def sight(self, *inputs: Shape, out: Shape) -> tuple[InputLaw, ...]:
        return (regroup(inputs[0], out),)


def _is_open(size: object) -> bool:
    return type(size) is int and size == -1


@dataclass(frozen=True, repr=False)
class Permute(Layer):
    """Axes (without the batch) in another order. Params and tally: none. Source: documentation of ``torch.permute``

    >>> Permute((1, 0)).laws((64, 49)).output
    (49, 64)
    """

    order: tuple[int, ...]

    def __post_init__(self) -> None:
        super().__post_init__()
        order = tuple(self.order) if isinstance(self.order, (tuple, list)) else ()
        if not order or not all(type(axis) is int for axis in order) or sorted(order) != list(range(len(order))):
            raise SpecError("order names every axis once, from 0", got=f"order={self.order!r}")
        self._set(order=order)

    def output_shape(self, *inputs: Shape) -> Shape:
        (x,) = inputs
        if len(x) != len(self.order):
            raise ShapeError(f"order names {len(self.order)} axes", got=f"input {shape_text(x)}")
        return tuple(x[axis] for axis in self.order)

    def sight(self, *inputs: Shape, out: Shape) -> tuple[InputLaw, ...]:
        return (tuple([stays(self.order.index(axis)) for axis in range(len(self.order))]),)


@dataclass(frozen=True, repr=False)
class Pad(Layer):
    """A border around the map; ``padding`` as in :class:`Conv`. Negative entries crop.

    Shape: ``(C, H, W) -> (C, H + before + after, …)``; params and tally: none. Source: ``torch.nn.functional.pad``

    >>> Pad(((0, 1), (0, 1))).laws((3, 224, 224)).output
    (3, 225, 225)
    """

    padding: Any
    mode: str = "constant"
    per_axis_fields: ClassVar[tuple[str, ...]] = ("padding",)

    def __post_init__(self) -> None:
        super().__post_init__()
        self._set(padding=padding_of(self.padding, words=False, least=None))
        one_of("mode", self.mode, ("constant", "reflect", "replicate", "circular"))

    def output_shape(self, *inputs: Shape) -> Shape:
        (x,) = inputs
        rank = spatial_rank(self, x)
        sizes = [size + a + b for size, (a, b) in zip(x[1:], sides(self.padding, rank), strict=True)]
        for size in sizes:
            if not at_least(size, 1):
                raise ShapeError("nothing is left of the map", got=f"input {shape_text(x)}, padding={self.padding}")
        return (x[0], *sizes)

    def sight(self, *inputs: Shape, out: Shape) -> tuple[InputLaw, ...]:
        around = sides(self.padding, len(inputs[0]) - 1)
        return ((stays(0), *(moved(axis, before) for axis, (before, _) in enumerate(around, start=1))),)


def moved(axis: int, before: Dim) -> Slide:
    """Elements ``before`` places further on."""
    return Slide(axis, 1, ((-before, -before),))


@dataclass(frozen=True, repr=False)
class ChannelShuffle(Layer):
    """Channels of ``groups`` groups are interleaved: a permutation.

    Shape unchanged; params and tally: none. Source: Zhang et al. 2018, "ShuffleNet"

    >>> ChannelShuffle(2).laws((24, 28, 28)).output
    (24, 28, 28)
    """

    groups: Dim

    def __post_init__(self) -> None:
        super().__post_init__()
        self._set(groups=whole("groups", self.groups))

    def output_shape(self, *inputs: Shape) -> Shape:
        (x,) = inputs
        if not x or not divides(self.groups, x[0]):
            raise ShapeError(f"groups={self.groups} does not divide the channels", got=f"input {shape_text(x)}")
        return x

    def sight(self, *inputs: Shape, out: Shape) -> tuple[InputLaw, ...]:
        # Every group of channels goes into every group.
        return ((Whole(out[0]), *kept(out)[1:]),)


@dataclass(frozen=True, repr=False)
class PixelShuffle(Layer):
    """Blocks of ``r**2`` channels become ``r`` by ``r`` patches of a larger map.

    Shape: ``(C*r*r, H, W) -> (C, H*r, W*r)``; params and tally: none. Source: Shi et al. 2016

    >>> PixelShuffle(2).laws((16, 8, 8)).output
    (4, 16, 16)
    """

    upscale_factor: Dim

    def __post_init__(self) -> None:
        super().__post_init__()
        self._set(upscale_factor=whole("upscale_factor", self.upscale_factor))

    def output_shape(self, *inputs: Shape) -> Shape:
        (x,) = inputs
        r = self.upscale_factor
        if len(x) != 3 or not divides(r * r, x[0]):
            raise ShapeError(f"channels of a map must be a multiple of {r * r}", got=f"input {shape_text(x)}")
        return (exact_div(x[0], r * r), x[1] * r, x[2] * r)

    def sight(self, *inputs: Shape, out: Shape) -> tuple[InputLaw, ...]:
        r = self.upscale_factor
        scale = Fraction(r) if type(r) is int else None
        return ((Whole(inputs[0][0]), resampled(1, scale, 1), resampled(2, scale, 1)),)


@dataclass(frozen=True, repr=False)
class Unknown(Layer):
    """An operation without a law. Its shape is stated; what it costs is unknown, which is not zero.

    A cost that contains it is a lower bound and lists it under ``unsupported``. How many scalars it stores may be known
    all the same: ``param_count`` learned ones and ``buffer_count`` others.

    >>> from convcost import Conv, cost
    >>> cost(Conv(8, 1) >> Unknown("fft", (8, 4, 4)), (3, 4, 4)).status
    'lower-bound'
    """

    arity: ClassVar[int | None] = None
    is_unknown: ClassVar[bool] = True

    operator: str
    shape: tuple[Dim, ...] = field(default=())
    param_count: Dim = 0
    buffer_count: Dim = 0

    def __post_init__(self) -> None:
        super().__post_init__()
        if not isinstance(self.operator, str) or not isinstance(self.shape, (tuple, list)):
            raise SpecError("Unknown states an operator's name and its output shape", got=f"{self.operator!r}")
        self._set(shape=tuple(as_dim(size, "shape") for size in self.shape))
        for name in ("param_count", "buffer_count"):
            self._set(**{name: whole(name, getattr(self, name), 0)})

    def output_shape(self, *inputs: Shape) -> Shape:
        return self.shape

    def params(self, *inputs: Shape, out: Shape) -> Dim:
        return self.param_count

    def buffers(self, *inputs: Shape) -> Dim:
        return self.buffer_count
