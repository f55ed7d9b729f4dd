"""Resampling: maps made finer or coarser, and what an element of the new map is made from."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any, ClassVar

from ..arith import Dim, Shape, at_least, decide_same, prod
from ..errors import ShapeError, SpecError
from ..messages import Message
from ..sight import MAX_PHASES, AxisLaw, InputLaw, NoLaw, Slide, stays
from ..tally import NOTHING, Tally
from ..window import resampled_taps
from .base import Layer, axes, one_of, per_axis, shape_text, spatial_rank, whole

#: Neighbours along one axis that an element is made from.
_INTERPOLATION = {"nearest": 1, "linear": 2, "bilinear": 2, "trilinear": 2, "bicubic": 4}


@dataclass(frozen=True, repr=False)
class Upsample(Layer):
    """Resampling of the map to ``size``, or by ``scale_factor``.

    Shape:   ``(C, H, W) -> (C, *size)``, or ``floor(H*scale_factor)`` per axis
    Params:  none
    Tally:   nearest: none; linear, bilinear, trilinear: ``2**rank`` products and one add less per output element;
             bicubic: 16 and 15. The weights themselves are not counted
    Source:  documentation of ``torch.nn.Upsample``

    >>> Upsample(scale_factor=2).laws((4, 8, 8)).output
    (4, 16, 16)
    """

    size: Any = None
    scale_factor: Any = None
    mode: str = "nearest"
    per_axis_fields: ClassVar[tuple[str, ...]] = ("size", "scale_factor")

    def __post_init__(self) -> None:
        super().__post_init__()
        if (self.size is None) == (self.scale_factor is None):
            raise SpecError("give size or scale_factor", got=f"size={self.size}, scale_factor={self.scale_factor}")
        one_of("mode", self.mode, tuple(_INTERPOLATION))
        if self.size is not None:
            self._set(size=per_axis("size", self.size))
        else:
            factors = self.scale_factor if isinstance(self.scale_factor, (tuple, list)) else (self.scale_factor,)
            checked = tuple(_factor(value) for value in factors)
            self._set(scale_factor=checked if isinstance(self.scale_factor, (tuple, list)) else checked[0])

    def output_shape(self, *inputs: Shape) -> Shape:
        (x,) = inputs
        rank = spatial_rank(self, x)
        if self.size is not None:
            return (x[0], *axes(self.size, rank))
        sizes = [_scaled(size, factor) for size, factor in zip(x[1:], axes(self.scale_factor, rank), strict=True)]
        for size in sizes:
            if not at_least(size, 1):
                raise ShapeError("nothing is left of the map", got=f"input {shape_text(x)}")
        return (x[0], *sizes)

    def tally(self, *inputs: Shape, out: Shape) -> Tally:
        taps = _INTERPOLATION[self.mode] ** (len(out) - 1)
        return Tally(muls=taps, adds=taps - 1).scaled(prod(out)) if taps > 1 else NOTHING

    def sight(self, *inputs: Shape, out: Shape) -> tuple[InputLaw, ...]:
        (x,) = inputs
        places = range(1, len(x))
        if self.size is not None:
            return ((stays(0), *(interpolated(axis, x[axis], out[axis], self.mode) for axis in places)),)
        scales = [_exact(factor) for factor in axes(self.scale_factor, len(x) - 1)]
        width = _INTERPOLATION[self.mode]
        return ((stays(0), *(resampled(axis, scale, width) for axis, scale in zip(places, scales, strict=True))),)


def _factor(value: Any) -> Any:
    """A scale factor: whole, symbolic, or a decimal such as 0.5."""
    if isinstance(value, float) and value > 0 and value != float("inf"):
        return int(value) if value.is_integer() else value
    return whole("scale_factor", value)


def _scaled(size: Dim, factor: Any) -> Dim:
    """``floor(size*factor)``, the decimal taken for the simple fraction that it writes (``0.1`` is a tenth).

    Torch multiplies in floating point: at factors such as 0.29 a product that should be whole may come out below it.
    """
    exact = _exact(factor)
    return size * factor if exact is None else size * exact.numerator // exact.denominator


def _exact(factor: Any) -> Fraction | None:
    """The fraction that a scale factor writes; ``None`` for a symbol."""
    if isinstance(factor, float):
        return Fraction(factor).limit_denominator(10**6)
    return Fraction(factor) if type(factor) is int else None


def interpolated(axis: int, size: Dim, wanted: Dim, mode: str, grid: str = "cells") -> AxisLaw:
    """What an axis of ``wanted`` elements is interpolated from, ``size`` being there."""
    if decide_same(size, wanted) is True:
        return stays(axis)
    if grid == "blurred":
        return NoLaw(Message("resampling with a blur has no law of what it sees"))
    if grid == "corners" and type(size) is type(wanted) is int:
        # The last elements meet as the first ones do, so one step fewer is taken on both sides.
        if size == 1 or wanted == 1:
            return Slide(None, 0, ((0, 0),))
        size, wanted = size - 1, wanted - 1
    scale = Fraction(wanted, size) if type(size) is type(wanted) is int else None
    return resampled(axis, scale, _INTERPOLATION[mode], grid)


def resampled(axis: int, scale: Fraction | None, width: int, grid: str = "cells") -> AxisLaw:
    """What an axis that is ``scale`` times as long is interpolated from, ``width`` neighbours for each element."""
    if scale is None:
        return NoLaw(Message("resampling by a symbol: put numbers in first"))
    if scale.numerator > MAX_PHASES:
        return NoLaw(Message("windows repeat only after more than {limit} elements", limit=MAX_PHASES))
    return Slide(axis, scale.denominator, resampled_taps(scale.denominator, scale.numerator, width, grid))
