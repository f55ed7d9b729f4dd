"""Normalization: with stored statistics (batch) and with statistics of the input itself (the others)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ..arith import Dim, Shape, divides, prod, same
from ..errors import ShapeError, SpecError
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
        one_of("affine", self.affine, (True, False, "scale", "shift"))
        flag("track_running_stats", self.track_running_stats)

    def output_shape(self, *inputs: Shape) -> Shape:
        if not inputs[0]:
            raise ShapeError("BatchNorm needs a channel axis", got="a scalar")
        return inputs[0]

    def params(self, *inputs: Shape, out: Shape) -> Dim:
        return inputs[0][0] * (2 if self.affine is True else 1 if self.affine else 0)

    def buffers(self, *inputs: Shape) -> Dim:
        return 2 * inputs[0][0] if self.track_running_stats else 0

    def tally(self, *inputs: Shape, out: Shape) -> Tally:
        elements = prod(out)
        return Tally(muls=elements, adds=elements)


def _standardize(groups: Dim, elements: Dim, affine: int) -> Tally:
    """Mean and variance of ``groups`` groups of ``elements`` each, then ``(x - mean) / sqrt(var + eps)``.

    Per group of ``n``: ``n - 1`` adds and a division for the mean; ``n`` differences, ``n`` squares, ``n - 1`` adds and
    a division for the variance; an addition, a root and a division for its inverse; ``n`` products. ``affine`` further
    operations of each kind (scale 1, shift 1) per element.
    """
    per_group = Tally(adds=3 * elements - 1, muls=2 * elements, divs=elements * 0 + 3, sqrts=elements * 0 + 1)
    scaled = Tally(muls=elements * min(affine, 1), adds=elements * max(affine - 1, 0))
    return (per_group + scaled).scaled(groups)


@dataclass(frozen=True, repr=False)
class GroupNorm(Layer):
    """Each example is normalized within groups of channels.

    Shape:   unchanged
    Params:  ``2*C`` with ``affine``
    Tally:   statistics and normalization of ``num_groups`` groups of ``C*H*W/num_groups`` elements: 3 additions,
             2 products per element (3 with affine, and one more addition) and a handful per group
    Source:  Wu & He 2018

    >>> GroupNorm(2).laws((4, 8, 8)).tally
    Tally(adds=1022, muls=768, divs=6, sqrts=2)
    """

    num_groups: Dim
    affine: bool = True

    def __post_init__(self) -> None:
        super().__post_init__()
        self._set(num_groups=whole("num_groups", self.num_groups), affine=flag("affine", self.affine))

    def output_shape(self, *inputs: Shape) -> Shape:
        (x,) = inputs
        if not x or not divides(self.num_groups, x[0]):
            raise ShapeError(f"num_groups={self.num_groups} does not divide the channels", got=f"input {shape_text(x)}")
        return x

    def params(self, *inputs: Shape, out: Shape) -> Dim:
        return 2 * inputs[0][0] if self.affine else 0

    def tally(self, *inputs: Shape, out: Shape) -> Tally:
        return _standardize(self.num_groups, prod(out) // self.num_groups, 2 if self.affine else 0)


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
        return _standardize(out[0], prod(out[1:]), 2 if self.affine else 0)


@dataclass(frozen=True, repr=False)
class LayerNorm(Layer):
    """Each vector on the last axis (or axes) is normalized by itself.

    Shape:   unchanged
    Params:  with ``elementwise_affine`` one scale, and with ``bias`` one shift, per element of a vector
    Tally:   as :class:`GroupNorm` with one group per vector
    Source:  Ba, Kiros & Hinton 2016; documentation of ``torch.nn.LayerNorm``

    ``normalized_shape=None`` means the last axis; a shape, if given, is checked.

    >>> LayerNorm().laws((5, 4))
    Laws(output=(5, 4), params=8, tally=Tally(adds=75, muls=60, divs=15, sqrts=5))
    """

    normalized_shape: Any = None
    elementwise_affine: bool = True
    bias: bool = True

    def __post_init__(self) -> None:
        super().__post_init__()
        shape = self.normalized_shape
        if shape is not None:
            items = shape if isinstance(shape, (tuple, list)) else (shape,)
            if not items:
                raise SpecError("normalized_shape names at least one axis", got="normalized_shape=()")
            shape = tuple(whole("normalized_shape", item) for item in items)
        self._set(
            normalized_shape=shape,
            elementwise_affine=flag("elementwise_affine", self.elementwise_affine),
            bias=flag("bias", self.bias),
        )

    def _vector(self, x: Shape) -> Shape:
        return x[-1:] if self.normalized_shape is None else x[len(x) - len(self.normalized_shape) :]

    def output_shape(self, *inputs: Shape) -> Shape:
        (x,) = inputs
        shape = self.normalized_shape
        if not x or (
            shape is not None and not (len(shape) <= len(x) and all(map(same, shape, x[len(x) - len(shape) :])))
        ):
            raise ShapeError(
                f"normalized_shape is {shape_text(shape or ())}, the input ends otherwise",
                got=f"input {shape_text(x)}",
            )
        return x

    def params(self, *inputs: Shape, out: Shape) -> Dim:
        return prod(self._vector(inputs[0])) * self._affine

    @property
    def _affine(self) -> int:
        return self.elementwise_affine * (1 + self.bias)

    def tally(self, *inputs: Shape, out: Shape) -> Tally:
        vector = self._vector(out)
        return _standardize(prod(out[: len(out) - len(vector)]), prod(vector), self._affine)


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
