"""Pooling: sliding, global and adaptive."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from ..arith import Dim, Shape, at_least, decide_same, gcd, prod
from ..errors import ShapeError, SpecError
from ..messages import Message
from ..sight import AxisLaw, InputLaw, NoLaw, Slide, Whole, stays
from ..tally import Tally
from ..window import adaptive_cells, adaptive_taps, span
from .base import Layer, axes, flag, one_of, padding_of, per_axis, shape_text, sides, spatial_rank, stride_of, whole
from .convolution import window_shape, window_sight

KINDS = ("max", "avg")


def _window_tally(kind: str, taps: Dim, windows: Dim) -> Tally:
    """``windows`` results out of ``taps`` elements in all: one operation less than elements in each window."""
    if kind == "max":
        return Tally(compares=taps - windows)
    return Tally(adds=taps - windows, divs=windows)


@dataclass(frozen=True, repr=False)
class Pool(Layer):
    """Maximum or average over a sliding window, each channel by itself.

    Shape:   ``(C, H, W) -> (C, H', W')``, ``H'`` by the window law of :class:`Conv`; with ``ceil_mode`` rounded up,
             but no window starts in the padding behind the map; ``stride=None`` means the kernel
    Params:  none
    Tally:   with ``K = k_H*k_W``: ``K - 1`` compares per output element (max), or ``K - 1`` adds and one division
             (avg). Windows are counted whole, taps on padding too; ``count_include_pad`` changes the divisor's value,
             not the number of operations
    Source:  documentation of ``torch.nn.MaxPool2d`` and ``torch.nn.AvgPool2d``

    >>> Pool(3, stride=2, padding=1).laws((64, 112, 112))
    Laws(output=(64, 56, 56), params=0, tally=Tally(compares=1605632))
    """

    kernel: Any
    stride: Any = None
    padding: Any = 0
    dilation: Any = 1
    ceil_mode: bool = False
    kind: str = "max"
    count_include_pad: bool = True
    per_axis_fields: ClassVar[tuple[str, ...]] = ("kernel", "stride", "padding", "dilation")

    def __post_init__(self) -> None:
        super().__post_init__()
        self._set(
            spread={},
            kernel=per_axis("kernel", self.kernel),
            stride=None if self.stride is None else per_axis("stride", self.stride),
            padding=padding_of(self.padding),
            dilation=per_axis("dilation", self.dilation),
            ceil_mode=flag("ceil_mode", self.ceil_mode),
            count_include_pad=flag("count_include_pad", self.count_include_pad),
        )
        one_of("kind", self.kind, KINDS)

    def output_shape(self, *inputs: Shape) -> Shape:
        (x,) = inputs
        stride = stride_of(self)
        if self.padding != 0 and not isinstance(self.padding, str):
            _check_padding(self, spatial_rank(self, x))
        return (x[0], *window_shape(self, x, stride, ceil=self.ceil_mode))

    def tally(self, *inputs: Shape, out: Shape) -> Tally:
        windows = prod(out)
        return _window_tally(self.kind, windows * prod(axes(self.kernel, len(out) - 1)), windows)

    def sight(self, *inputs: Shape, out: Shape) -> tuple[InputLaw, ...]:
        stride = stride_of(self)
        return ((stays(0), *window_sight(self, inputs[0], stride)),)


def _check_padding(layer: Pool, rank: int) -> None:
    """As torch: no more than half a window of padding, so that every window sees the map.

    With unequal sides (Keras, ONNX) each side must be shorter than the window.
    """
    for kernel, (before, after), dilation in zip(
        axes(layer.kernel, rank), sides(layer.padding, rank), axes(layer.dilation, rank), strict=True
    ):
        reach = span(kernel, dilation)
        # Torch measures by the kernel itself, not by how far it reaches with its dilation.
        equal = before is after or (type(before) is int and before == after)
        if equal and not at_least(kernel, 2 * before):
            raise SpecError(
                "padding of a pool is at most half its kernel",
                got=f"padding={before}, kernel {kernel}",
                fix="pad the map with Pad(...) first if more is meant",
            )
        if not equal and not (at_least(reach, before + 1) and at_least(reach, after + 1)):
            raise SpecError("padding of a pool is shorter than its window", got=f"{before}+{after}, window {reach}")


@dataclass(frozen=True, repr=False)
class GlobalPool(Layer):
    """Maximum or average over the whole map.

    Shape:   ``(C, H, W) -> (C, 1, 1)``, or ``(C,)`` with ``keepdims=False``
    Params:  none
    Tally:   per channel ``H*W - 1`` compares (max), or ``H*W - 1`` adds and one division (avg)
    Source:  Lin et al. 2014, "Network in network", section 3.2

    >>> GlobalPool().laws((1024, 7, 7))
    Laws(output=(1024, 1, 1), params=0, tally=Tally(adds=49152, divs=1024))
    """

    kind: str = "avg"
    keepdims: bool = True

    def __post_init__(self) -> None:
        super().__post_init__()
        one_of("kind", self.kind, KINDS)
        flag("keepdims", self.keepdims)

    def output_shape(self, *inputs: Shape) -> Shape:
        (x,) = inputs
        rank = spatial_rank(self, x)
        return (x[0], *(1,) * rank) if self.keepdims else (x[0],)

    def tally(self, *inputs: Shape, out: Shape) -> Tally:
        return _window_tally(self.kind, prod(inputs[0]), out[0])

    def sight(self, *inputs: Shape, out: Shape) -> tuple[InputLaw, ...]:
        return ((stays(0), *map(Whole, inputs[0][1:])),)


@dataclass(frozen=True, repr=False)
class AdaptivePool(Layer):
    """Maximum or average over as many windows as asked for, whatever the size of the map.

    Shape:   ``(C, H, W) -> (C, *output_size)``; an entry ``None`` keeps that axis
    Params:  none
    Tally:   window ``i`` of ``O`` runs from ``floor(i*H/O)`` to ``ceil((i+1)*H/O)``; in all
             ``H + O - gcd(H, O)`` elements per axis; one operation less per window than elements in it, and one
             division per window (avg)
    Source:  documentation of ``torch.nn.AdaptiveAvgPool2d``; the sum is derived in :mod:`convcost.window`

    >>> AdaptivePool(6).laws((256, 13, 13)).output
    (256, 6, 6)
    """

    output_size: Any
    kind: str = "avg"
    per_axis_fields: ClassVar[tuple[str, ...]] = ("output_size",)

    def __post_init__(self) -> None:
        super().__post_init__()
        size = self.output_size
        if isinstance(size, (tuple, list)):
            size = tuple(None if item is None else whole("output_size", item) for item in size)
        elif size is not None:
            size = whole("output_size", size)
        self._set(output_size=size)
        one_of("kind", self.kind, KINDS)

    def output_shape(self, *inputs: Shape) -> Shape:
        (x,) = inputs
        rank = spatial_rank(self, x)
        wanted = axes(self.output_size, rank)
        return (x[0], *(size if cells is None else cells for size, cells in zip(x[1:], wanted, strict=True)))

    def tally(self, *inputs: Shape, out: Shape) -> Tally:
        (x,) = inputs
        if len(x) != len(out):
            raise ShapeError("an adaptive pool keeps the rank", got=f"{shape_text(x)} -> {shape_text(out)}")
        taps = prod(adaptive_taps(size, cells, gcd(size, cells)) for size, cells in zip(x[1:], out[1:], strict=True))
        return _window_tally(self.kind, x[0] * taps, prod(out))

    def sight(self, *inputs: Shape, out: Shape) -> tuple[InputLaw, ...]:
        (x,) = inputs
        return ((stays(0), *(_cells(axis, x[axis], out[axis]) for axis in range(1, len(x)))),)


def _cells(axis: int, size: Dim, cells: Dim) -> AxisLaw:
    if decide_same(cells, 1) is True:
        return Whole(size)
    found = adaptive_cells(size, cells)
    if found is None:
        return NoLaw(Message("an adaptive pool whose windows hang on a symbol: put numbers in first"))
    return Slide(axis, *found)
