"""Normalization: with stored statistics (batch) and with statistics of the input itself (the others)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from ..arith import Dim, Shape, divides, prod, same
from ..errors import ShapeError, SpecError
from ..sight import InputLaw, Whole, kept, stays
from ..tally import Tally
from .base import Elementwise, Layer, flag, one_of, shape_text, whole


@dataclass(frozen=True, repr=False)
class BatchNorm(Layer):
    """Batch normalization at inference: each channel is scaled and shifted by stored numbers.

    Shape:   unchanged; channels are axis 0
    Params:  ``2*C`` (``affine="scale"`` or ``"shift"``: ``C``; ``affine=False``: none); ``2*C`` buffers, the running
             mean and variance, unless ``track_running_stats=False``
    Tally:   one multiplication and one addition per element: mean, variance, scale and shift are folded into two
             numbers per channel beforehand
    Source:  Ioffe & Szegedy 2015, algorithm 2

    >>> layer = BatchNorm()
    >>> layer.laws((64, 28, 28)), layer.buffers((64, 28, 28))
    (Laws(output=(64, 28, 28), params=128, tally=Tally(adds=50176, muls=50176)), 128)
    """

    affine: bool | str = True
    track_running_stats: bool = True

    def __post_init__(self) -> None:
        super().__post_init__()
        one_of("affine", self.affine, AFFINE)
        flag("track_running_stats", self.track_running_stats)

    def output_shape(self, *inputs: Shape) -> Shape:
        if not inputs[0]:
            raise ShapeError("BatchNorm needs a channel axis", got="a scalar")
        return inputs[0]

    def params(self, *inputs: Shape, out: Shape) -> Dim:
        return inputs[0][0] * _learned(self.affine)

    def buffers(self, *inputs: Shape) -> Dim:
        return 2 * inputs[0][0] if self.track_running_stats else 0

    def tally(self, *inputs: Shape, out: Shape) -> Tally:
        elements = prod(out)
        return Tally(muls=elements, adds=elements)

    def sight(self, *inputs: Shape, out: Shape) -> tuple[InputLaw, ...]:
        # Without stored statistics those of the map are taken, in evaluation too.
        return (kept(out) if self.track_running_stats else (stays(0), *map(Whole, out[1:])),)


#: The learned numbers of a normalization: both, one of the two, or none.
AFFINE = (True, False, "scale", "shift")


def _standardize(groups: Dim, elements: Dim, affine: bool | str) -> Tally:
    """Mean and variance of ``groups`` groups of ``elements`` each, then ``(x - mean) / sqrt(var + eps)``.

    Per group of ``n``: ``n - 1`` adds and a division for the mean; ``n`` differences, ``n`` squares, ``n - 1`` adds and
    a division for the variance; an addition, a root and a division for its inverse; ``n`` products. A scale is a
    further product per element, a shift a further addition.
    """
    per_group = Tally(adds=3 * elements - 1, muls=2 * elements, divs=elements * 0 + 3, sqrts=elements * 0 + 1)
    scaled = Tally(muls=elements * int(affine in (True, "scale")), adds=elements * int(affine in (True, "shift")))
    return (per_group + scaled).scaled(groups)


def _learned(affine: bool | str) -> int:
    """How many learned numbers each element of a scale has beside it, itself included."""
    return 2 if affine is True else 1 if affine else 0


@dataclass(frozen=True, repr=False)
class GroupNorm(Layer):
    """Each example is normalized within groups of channels.

    Shape:   unchanged
    Params:  ``2*C`` with ``affine`` (``"scale"`` or ``"shift"``: ``C``)
    Tally:   statistics and normalization of ``num_groups`` groups of ``C*H*W/num_groups`` elements: 3 additions,
             2 products per element (3 with affine, and one more addition) and a handful per group
    Source:  Wu & He 2018

    >>> GroupNorm(2).laws((4, 8, 8)).tally
    Tally(adds=1022, muls=768, divs=6, sqrts=2)
    """

    num_groups: Dim
    affine: bool | str = True

    def __post_init__(self) -> None:
        super().__post_init__()
        self._set(num_groups=whole("num_groups", self.num_groups))
        one_of("affine", self.affine, AFFINE)

    def output_shape(self, *inputs: Shape) -> Shape:
        (x,) = inputs
        if not x or not divides(self.num_groups, x[0]):
            raise ShapeError(f"num_groups={self.num_groups} does not divide the channels", got=f"input {shape_text(x)}")
        return x

    def params(self, *inputs: Shape, out: Shape) -> Dim:
        return inputs[0][0] * _learned(self.affine)

    def tally(self, *inputs: Shape, out: Shape) -> Tally:
        return _standardize(self.num_groups, prod(out) // self.num_groups, self.affine)

    def sight(self, *inputs: Shape, out: Shape) -> tuple[InputLaw, ...]:
        return (tuple(map(Whole, out)),)


@dataclass(frozen=True, repr=False)
class InstanceNorm(Layer):
    """Each channel of each example is normalized by itself.

    Shape:   unchanged
    Params:  ``2*C`` with ``affine`` (off by default, as in PyTorch); ``2*C`` buffers with ``track_running_stats``
    Tally:   as :class:`GroupNorm` with one group per channel
    Source:  documentation of ``torch.nn.InstanceNorm2d``

    >>> InstanceNorm(affine=True).laws((4, 8, 8)).params
    8
    """

    affine: bool = False
    track_running_stats: bool = False

    def __post_init__(self) -> None:
        super().__post_init__()
        flag("affine", self.affine)
        flag("track_running_stats", self.track_running_stats)

    def output_shape(self, *inputs: Shape) -> Shape:
        if len(inputs[0]) < 2:
            raise ShapeError("InstanceNorm needs channels and spatial axes", got=f"input {shape_text(inputs[0])}")
        return inputs[0]

    def params(self, *inputs: Shape, out: Shape) -> Dim:
        return 2 * inputs[0][0] if self.affine else 0

    def buffers(self, *inputs: Shape) -> Dim:
        return 2 * inputs[0][0] if self.track_running_stats else 0

    def tally(self, *inputs: Shape, out: Shape) -> Tally:
        return _standardize(out[0], prod(out[1:]), self.affine)

    def sight(self, *inputs: Shape, out: Shape) -> tuple[InputLaw, ...]:
        # At inference stored statistics, where there are any, are used instead of the map's own.
        return (kept(out) if self.track_running_stats else (stays(0), *map(Whole, out[1:])),)


@dataclass(frozen=True, repr=False)
class LayerNorm(Layer):
    """Each vector on the last axis (or axes) is normalized by itself.

    Shape:   unchanged
    Params:  with ``elementwise_affine`` one scale, and with ``bias`` one shift, per element of a vector
             (``elementwise_affine="shift"``: shifts alone)
    Tally:   as :class:`GroupNorm` with one group per vector
    Source:  Ba, Kiros & Hinton 2016; documentation of ``torch.nn.LayerNorm``

    ``normalized_shape=None`` means the last axis; a shape, if given, is checked. ``axis`` (one or several) names other
    axes instead: ``axis=0`` are the channels of a map, as in Keras channels last.

    >>> LayerNorm().laws((5, 4))
    Laws(output=(5, 4), params=8, tally=Tally(adds=75, muls=60, divs=15, sqrts=5))
    """

    normalized_shape: Any = None
    elementwise_affine: bool | str = True
    bias: bool = True
    axis: Any = field(default=None, kw_only=True)

    def __post_init__(self) -> None:
        super().__post_init__()
        shape = self.normalized_shape
        one_of("elementwise_affine", self.elementwise_affine, (True, False, "shift"))
        self._set(axis=vector_axes(self.axis))
        if self.axis is not None and shape is not None:
            raise SpecError("give normalized_shape or axis", got=f"normalized_shape={shape}, axis={self.axis}")
        if shape is not None:
            items = shape if isinstance(shape, (tuple, list)) else (shape,)
            if not items:
                raise SpecError("normalized_shape names at least one axis", got="normalized_shape=()")
            shape = tuple(whole("normalized_shape", item) for item in items)
        self._set(normalized_shape=shape, bias=flag("bias", self.bias))

    def _vector(self, x: Shape) -> Shape:
        if self.axis is not None:
            return tuple([x[axis] for axis in self.axis])
        return x[-1:] if self.normalized_shape is None else x[len(x) - len(self.normalized_shape) :]

    def output_shape(self, *inputs: Shape) -> Shape:
        (x,) = inputs
        shape = self.normalized_shape
        if self.axis is not None:
            check_vector_axes(self.axis, x)
            return x
        if not x or (
            shape is not None and not (len(shape) <= len(x) and all(map(same, shape, x[len(x) - len(shape) :])))
        ):
            raise ShapeError(
                f"normalized_shape is {shape_text(shape or ())}, the input ends otherwise",
                got=f"input {shape_text(x)}",
            )
        return x

    def params(self, *inputs: Shape, out: Shape) -> Dim:
        return prod(self._vector(inputs[0])) * _learned(self._affine)

    @property
    def _affine(self) -> bool | str:
        return "scale" if self.elementwise_affine is True and not self.bias else self.elementwise_affine

    def tally(self, *inputs: Shape, out: Shape) -> Tally:
        return _standardize(_vectors(out, self.axis, self._vector(out)), prod(self._vector(out)), self._affine)

    def sight(self, *inputs: Shape, out: Shape) -> tuple[InputLaw, ...]:
        rank = len(out)
        return (_seen_whole(out, self.axis or tuple(range(rank - len(self._vector(out)), rank))),)


def _seen_whole(x: Shape, axes: tuple[int, ...]) -> InputLaw:
    """Statistics along ``axes``: each element reads its whole vector."""
    inside = {axis % len(x) for axis in axes}
    return tuple([Whole(size) if axis in inside else stays(axis) for axis, size in enumerate(x)])


def vector_axes(axis: Any) -> tuple[int, ...] | None:
    """The axes that form a vector, as a tuple; ``None`` stays."""
    if axis is None:
        return None
    axes = tuple(axis) if isinstance(axis, (tuple, list)) else (axis,)
    if not axes or not all(type(item) is int for item in axes):
        raise SpecError("axis is a whole number, or several", got=f"axis={axis!r}")
    return axes


def check_vector_axes(axes: tuple[int, ...], x: Shape) -> None:
    """Every axis is there, and once."""
    if not all(-len(x) <= axis < len(x) for axis in axes) or len({axis % len(x) for axis in axes}) != len(axes):
        raise ShapeError(f"axes {axes} are not there, or not once", got=f"input {shape_text(x)}")


def _vectors(x: Shape, axes: tuple[int, ...] | None, vector: Shape) -> Dim:
    """How many vectors there are: the product of all other axes."""
    if axes is None:
        return prod(x[: len(x) - len(vector)])
    inside = {axis % len(x) for axis in axes}
    return prod(size for axis, size in enumerate(x) if axis not in inside)


@dataclass(frozen=True, repr=False)
class RMSNorm(Layer):
    """Each vector on the last axis (or on ``axis``, one or several) is divided by the root of its mean square.

    Shape:   unchanged
    Params:  with ``elementwise_affine`` one scale per element of a vector
    Tally:   per vector of ``n``: ``n`` squares, ``n - 1`` adds, a division; an addition, a root and a division for the
             inverse; ``n`` products, and ``n`` more with a scale
    Source:  Zhang & Sennrich 2019; documentation of ``torch.nn.RMSNorm``

    >>> RMSNorm().laws((5, 4))
    Laws(output=(5, 4), params=4, tally=Tally(adds=20, muls=60, divs=10, sqrts=5))
    """

    axis: Any = -1
    elementwise_affine: bool = True

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.axis is None:
            raise SpecError("axis is a whole number, or several", got="axis=None")
        self._set(axis=vector_axes(self.axis), elementwise_affine=flag("elementwise_affine", self.elementwise_affine))

    def output_shape(self, *inputs: Shape) -> Shape:
        check_vector_axes(self.axis, inputs[0])
        return inputs[0]

    def params(self, *inputs: Shape, out: Shape) -> Dim:
        return prod(inputs[0][axis] for axis in self.axis) if self.elementwise_affine else 0

    def tally(self, *inputs: Shape, out: Shape) -> Tally:
        n = prod(out[axis] for axis in self.axis)
        scale = 1 if self.elementwise_affine else 0
        each = Tally(adds=n, muls=(2 + scale) * n, divs=n * 0 + 2, sqrts=n * 0 + 1)
        return each.scaled(_vectors(out, self.axis, ()))

    def sight(self, *inputs: Shape, out: Shape) -> tuple[InputLaw, ...]:
        return (_seen_whole(out, self.axis),)


@dataclass(frozen=True, repr=False)
class LocalResponseNorm(Elementwise):
    """Each element is divided by a power of the squares in neighbouring channels.

    Shape:   unchanged
    Params:  none
    Tally:   per element a square, ``size - 1`` adds (the window counted whole at the edges), a product, an addition,
             a power and a division
    Source:  Krizhevsky et al. 2012, section 3.3

    >>> LocalResponseNorm(5).laws((64, 56, 56)).tally.pows
    200704
    """

    size: Dim = 5

    def __post_init__(self) -> None:
        super().__post_init__()
        self._set(size=whole("size", self.size))

    def tally(self, *inputs: Shape, out: Shape) -> Tally:
        elements = prod(out)
        return Tally(muls=2 * elements, adds=self.size * elements, pows=elements, divs=elements)
