"""Convolution and transposed convolution, in 1, 2 and 3 dimensions."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, ClassVar

from ..arith import Dim, Shape, at_least, divides, exact_div, gcd, maximum, prod, same
from ..contraction import Contraction
from ..errors import ShapeError, SpecError
from ..messages import Message
from ..sight import AxisLaw, InputLaw, NoLaw, Slide, Whole, window
from ..tally import NOTHING, Tally
from ..window import positions, same_before, same_positions, span, transposed_positions, transposed_taps
from .base import (
    Contracting,
    axes,
    declared,
    flag,
    padding_of,
    per_axis,
    shape_text,
    sides,
    spatial_rank,
    whole,
)

#: Spatial axes in the order of a shape, by their number.
AXES = {1: ("L",), 2: ("H", "W"), 3: ("D", "H", "W")}
TAP_NAMES = {rank: tuple("k_" + name for name in names) for rank, names in AXES.items()}
PLACE_NAMES = {
    (touches, rank): tuple(name + suffix for name in names)
    for rank, names in AXES.items()
    for touches, suffix in (("i", "_in"), ("o", "_out"))
}


@dataclass(frozen=True, repr=False)
class _Convolution(Contracting):
    """What both directions share: channels, groups, weight and bias."""

    out_channels: Dim
    kernel: Any

    def _check_channels(self, x: Shape) -> None:
        """What is declared must come in, and groups must divide both sides."""
        given: Any = self
        if given.in_channels is not None:
            declared("in_channels", given.in_channels, x[0], x)
        if type(given.groups) is int and given.groups == 1:
            return
        groups = x[0] if isinstance(given.groups, str) else given.groups
        for what, channels in (("input", x[0]), ("output", self.out_channels)):
            if not divides(groups, channels):
                raise ShapeError(
                    f"groups={groups} does not divide the {channels} {what} channels",
                    got=f"input {shape_text(x)}, out_channels={self.out_channels}",
                )

    def _nest(self, x: Shape, walked: Shape, touches: str) -> tuple[Contraction, ...]:
        """The loops: kernel taps, channels, and the places ``walked``, on the ``touches`` side."""
        given: Any = self
        rank = len(walked)
        taps = given.taps.get(rank)
        if taps is None:
            taps = given.taps[rank] = [*zip(TAP_NAMES[rank], axes(self.kernel, rank), "www", strict=False)]
        places = zip(PLACE_NAMES[touches, rank], walked, touches * 3)  # noqa: B905 (strict costs as much as the zip)
        if type(given.groups) is int and given.groups == 1:
            return (Contraction((*taps, ("C_in", x[0], "iw"), ("C_out", self.out_channels, "wo"), *places)),)
        groups = x[0] if isinstance(given.groups, str) else given.groups
        c_in, c_out = exact_div(x[0], groups), exact_div(self.out_channels, groups)
        channels = ("g", groups, "iwo"), ("C_in/g", c_in, "iw"), ("C_out/g", c_out, "wo")
        return (Contraction((*taps, *channels, *places)),)

    def biases(self, *inputs: Shape) -> Dim:
        given: Any = self
        return self.out_channels if given.bias else 0

    def extras(self, *inputs: Shape, out: Shape) -> Tally:
        given: Any = self
        return Tally(adds=prod(out)) if given.bias else NOTHING


def _groups(value: object) -> Any:
    if isinstance(value, str):
        if value == "depthwise":
            return value
        raise SpecError('groups is a number or "depthwise"', got=f"groups={value!r}")
    return whole("groups", value)


@dataclass(frozen=True, repr=False)
class Conv(_Convolution):
    """Convolution (cross-correlation) over 1, 2 or 3 spatial axes; input channels are inferred.

    Shape:   ``(C_in, H, W) -> (C_out, H', W')``, ``H' = (H + before + after - dilation*(k - 1) - 1)//stride + 1``;
             with ``padding="same"`` ``H' = ceil(H/stride)``
    Params:  ``k_H*k_W * C_in/groups * C_out``, and ``C_out`` with bias
    Tally:   ``k_H*k_W * C_in/groups * C_out * H'*W'`` multiply-accumulates per example, taps on padding counted;
             with bias one add per output element
    Source:  documentation of ``torch.nn.Conv2d``; MACs as in Szegedy et al. 2015 and He et al. 2016

    ``padding`` is a number, one per axis, ``((before, after), …)``, ``"same"`` or ``"valid"`` (as in Keras);
    ``groups="depthwise"`` is one group per input channel; ``in_channels``, if given, is checked.
    Raises ``SpecError`` for arguments that mean nothing, ``ShapeError`` for inputs that do not fit.

    >>> Conv(32, 5, padding=2).laws((192, 28, 28))
    Laws(output=(32, 28, 28), params=153632, tally=Tally(macs=120422400, adds=25088))
    """

    stride: Any = 1
    padding: Any = 0
    dilation: Any = 1
    groups: Any = 1
    bias: bool = True
    in_channels: Dim | None = field(default=None, kw_only=True)
    per_axis_fields: ClassVar[tuple[str, ...]] = ("kernel", "stride", "padding", "dilation")

    def __post_init__(self) -> None:
        super().__post_init__()
        self._set(
            spread={},
            taps={},
            out_channels=whole("out_channels", self.out_channels),
            kernel=per_axis("kernel", self.kernel),
            stride=per_axis("stride", self.stride),
            padding=padding_of(self.padding),
            dilation=per_axis("dilation", self.dilation),
            groups=_groups(self.groups),
            bias=flag("bias", self.bias),
            in_channels=None if self.in_channels is None else whole("in_channels", self.in_channels),
        )

    def output_shape(self, *inputs: Shape) -> Shape:
        (x,) = inputs
        sizes = window_shape(self, x, self.stride)
        self._check_channels(x)
        return (self.out_channels, *sizes)

    def contractions(self, *inputs: Shape, out: Shape) -> tuple[Contraction, ...]:
        return self._nest(inputs[0], out[1:], "o")

    def sight(self, *inputs: Shape, out: Shape) -> tuple[InputLaw, ...]:
        (x,) = inputs
        return ((Whole(x[0]), *window_sight(self, x, self.stride)),)


def window_shape(layer: Any, x: Shape, stride: Any, ceil: bool = False) -> list[Dim]:
    """The spatial dims behind the windows of a convolution or pool."""
    if isinstance(layer.padding, str) and layer.padding == "same":
        strides = axes(stride, spatial_rank(layer, x))
        return [same_positions(size, step) for size, step in zip(x[1:], strides, strict=True)]
    sizes = []
    windows = layer.spread.get(len(x)) or _spread(layer, x, stride)
    for axis, (kernel, step, before, after, dilation) in enumerate(windows, start=1):
        places = positions(x[axis], kernel, step, before, after, dilation, ceil)
        if not at_least(places, 1):
            reach, padded = span(kernel, dilation), x[axis] + before + after
            raise ShapeError(
                f"the kernel spans {reach}, more than the padded map of {padded}",
                got=f"input {shape_text(x)}, kernel {kernel}, padding {before}+{after}, dilation {dilation}",
                fix=f"give at least {reach - x[axis]} of padding in all, or a smaller kernel",
            )
        sizes.append(places)
    return sizes


def window_sight(layer: Any, x: Shape, stride: Any) -> list[AxisLaw]:
    """What the windows of :func:`window_shape` read of each spatial axis."""
    windows = layer.spread.get(len(x)) or _spread(layer, x, stride)
    if isinstance(layer.padding, str) and layer.padding == "same":
        windows = [
            (kernel, step, same_before(size, span(kernel, dilation), step), 0, dilation)
            for size, (kernel, step, _, _, dilation) in zip(x[1:], windows, strict=True)
        ]
    return [
        window(axis, kernel, step, before, dilation)
        for axis, (kernel, step, before, _, dilation) in enumerate(windows, start=1)
    ]


def _spread(layer: Any, x: Shape, stride: Any) -> list[tuple[Dim, ...]]:
    """Kernel, stride, padding before and after, and dilation of each axis: arguments, spread out once per rank."""
    rank = spatial_rank(layer, x)
    padding = sides(0 if isinstance(layer.padding, str) else layer.padding, rank)
    columns = axes(layer.kernel, rank), axes(stride, rank), padding, axes(layer.dilation, rank)
    layer.spread[len(x)] = [(k, s, before, after, d) for k, s, (before, after), d in zip(*columns, strict=True)]
    return layer.spread[len(x)]  # type: ignore[no-any-return]


@dataclass(frozen=True, repr=False)
class ConvTranspose(_Convolution):
    """Transposed convolution ("deconvolution"): each input element is spread over a window of the output.

    Shape:   ``(C_in, H, W) -> (C_out, H', W')``,
             ``H' = (H - 1)*stride - before - after + dilation*(k - 1) + 1 + output_padding``;
             with ``padding="same"`` ``H' = H*stride``, with ``"valid"``
             ``H*stride + max(span - stride, 0)``, as in Keras
    Params:  ``C_in * C_out/groups * k_H*k_W``, and ``C_out`` with bias
    Tally:   ``k_H*k_W * C_in * C_out/groups * H*W`` multiply-accumulates per example (over *input* positions; parts
             that padding cuts away are counted); with bias one add per output element
    Source:  documentation of ``torch.nn.ConvTranspose2d``; Dumoulin & Visin 2016, section 4

    >>> ConvTranspose(6, 3, stride=2, padding=1).laws((4, 8, 8))
    Laws(output=(6, 15, 15), params=222, tally=Tally(macs=13824, adds=1350))
    """

    stride: Any = 1
    padding: Any = 0
    output_padding: Any = 0
    groups: Any = 1
    bias: bool = True
    dilation: Any = 1
    in_channels: Dim | None = field(default=None, kw_only=True)
    per_axis_fields: ClassVar[tuple[str, ...]] = ("kernel", "stride", "padding", "output_padding", "dilation")

    def __post_init__(self) -> None:
        super().__post_init__()
        self._set(
            taps={},
            out_channels=whole("out_channels", self.out_channels),
            kernel=per_axis("kernel", self.kernel),
            stride=per_axis("stride", self.stride),
            padding=padding_of(self.padding),
            output_padding=per_axis("output_padding", self.output_padding, 0),
            dilation=per_axis("dilation", self.dilation),
            groups=_groups(self.groups),
            bias=flag("bias", self.bias),
            in_channels=None if self.in_channels is None else whole("in_channels", self.in_channels),
        )

    def _check_output_padding(self) -> None:
        if isinstance(self.padding, str) and self.output_padding != 0:
            raise SpecError("output_padding goes with padding in numbers", got=f"padding={self.padding!r}")

    def output_shape(self, *inputs: Shape) -> Shape:
        (x,) = inputs
        rank = spatial_rank(self, x)
        self._check_channels(x)
        self._check_output_padding()
        sizes = []
        for axis, size in enumerate(x[1:]):
            kernel, stride, dilation, extra = (
                axes(value, rank)[axis] for value in (self.kernel, self.stride, self.dilation, self.output_padding)
            )
            if isinstance(self.padding, str):
                reach = span(kernel, dilation)
                surplus = maximum(reach - stride, reach * 0) if self.padding == "valid" else 0
                sizes.append(size * stride + surplus + extra)
                continue
            if not (same(extra, 0) or at_least(maximum(stride, dilation), extra + 1)):
                raise ShapeError(
                    "output_padding must be smaller than stride or dilation",
                    got=f"output_padding={extra}, stride={stride}, dilation={dilation}",
                )
            before, after = sides(self.padding, rank)[axis]
            length = transposed_positions(size, kernel, stride, before, after, dilation, extra)
            if not at_least(length, 1):
                raise ShapeError(
                    "padding cuts the whole output away",
                    got=f"input {shape_text(x)}, padding {before}+{after}, output size {length}",
                )
            sizes.append(length)
        return (self.out_channels, *sizes)

    def contractions(self, *inputs: Shape, out: Shape) -> tuple[Contraction, ...]:
        return self._nest(inputs[0], inputs[0][1:], "i")

    def sight(self, *inputs: Shape, out: Shape) -> tuple[InputLaw, ...]:
        (x,) = inputs
        return ((Whole(x[0]), *(self._taps_of(axis, len(x) - 1) for axis in range(1, len(x)))),)

    def _taps_of(self, axis: int, rank: int) -> AxisLaw:
        kernel, stride, dilation = (axes(value, rank)[axis - 1] for value in (self.kernel, self.stride, self.dilation))
        if self.padding == "same":
            # What the forward convolution with this stride would pad, half of it before, as in Keras.
            missing = span(kernel, dilation) - stride
            before = maximum(missing, missing * 0) // 2
        else:
            before = 0 if isinstance(self.padding, str) else sides(self.padding, rank)[axis - 1][0]
        taps = transposed_taps(kernel, stride, before, dilation)
        if taps is None:
            return NoLaw(Message("a transposed convolution with a stride that is a symbol: put numbers in first"))
        # Taps that meet one output element lie so far apart on the input.
        apart = dilation if type(dilation) is not int else dilation // gcd(dilation, stride)
        return Slide(axis, 1, taps, apart)
