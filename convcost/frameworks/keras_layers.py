"""Laws of the Keras layers with weights or windows: convolution, pooling, dense, normalization."""

from __future__ import annotations

from typing import Any

from ..arith import prod
from ..layers import (
    AdaptivePool,
    Add,
    BatchNorm,
    Conv,
    ConvTranspose,
    Einsum,
    Embedding,
    GlobalPool,
    GroupNorm,
    LayerNorm,
    Linear,
    Mul,
    Parameter,
    Pointwise,
    Pool,
    RMSNorm,
)
from ..layers.base import Layer
from ..window import span
from .keras_activations import activate
from .keras_values import Call, KerasShape, NoLaw, Value, law

#: What a normalization has learned, by Keras' ``scale`` and ``center``.
_WHOLE: dict[tuple[bool, bool], bool | str] = {
    (True, True): True,
    (True, False): "scale",
    (False, True): "shift",
    (False, False): False,
}


def channel_shape(value: Value, channels: int | None) -> KerasShape:
    """The shape of a map like ``value`` with other channels; its sizes are left open."""
    sizes = (None,) * (len(value.shape) - 1)
    return (*sizes, channels) if value.moved else (channels, *sizes)


def window_padding(layer: Any) -> Any:
    """Padding of a convolution: Keras' words, and ``causal`` as what it is."""
    if layer.padding != "causal":
        return layer.padding
    return ((span(layer.kernel_size[0], layer.dilation_rate[0]) - 1, 0),)


# -- convolution -------------------------------------------------------------------------------------------------


@law("Conv1D", "Conv2D", "Conv3D")
def _conv(call: Call) -> Value:
    layer = call.layer
    value = call.maps(call.input, layer.data_format)
    made = Conv(
        layer.filters, layer.kernel_size, layer.strides, window_padding(layer), layer.dilation_rate, layer.groups,
        layer.use_bias,
    )  # fmt: skip
    return activate(call, call.add(made, value), layer.activation)


@law("DepthwiseConv1D", "DepthwiseConv2D")
def _depthwise(call: Call) -> Value:
    layer = call.layer
    value = call.maps(call.input, layer.data_format)
    made = _by_channel(layer, layer.kernel.shape[-2], layer.use_bias)
    return activate(call, call.add(made, value), layer.activation)


def _by_channel(layer: Any, channels: int, bias: bool) -> Conv:
    """A convolution of each channel by itself, into ``depth_multiplier`` channels."""
    return Conv(
        channels * layer.depth_multiplier, layer.kernel_size, layer.strides, window_padding(layer),
        layer.dilation_rate, "depthwise", bias,
    )  # fmt: skip


@law("SeparableConv1D", "SeparableConv2D")
def _separable(call: Call) -> Value:
    layer = call.layer
    value = call.maps(call.input, layer.data_format)
    first = _by_channel(layer, layer.depthwise_kernel.shape[-2], False)
    value = call.add(first, value, suffix="depthwise", shape=channel_shape(value, first.out_channels))
    second = Conv(layer.filters, 1, bias=layer.use_bias)
    return activate(call, call.add(second, value, suffix="pointwise", shape=call.shape), layer.activation)


@law("Conv1DTranspose", "Conv2DTranspose", "Conv3DTranspose")
def _transposed(call: Call) -> Value:
    layer = call.layer
    value = call.maps(call.input, layer.data_format)
    padding: Any = layer.padding
    extra: Any = 0
    if layer.output_padding is not None:
        # Then Keras pads by half the span on either side, and adds what is asked for behind.
        reach = [span(k, d) for k, d in zip(layer.kernel_size, layer.dilation_rate, strict=True)]
        padding = tuple(size // 2 if padding == "same" else 0 for size in reach)
        extra = tuple(layer.output_padding)
    made = ConvTranspose(
        layer.filters, layer.kernel_size, layer.strides, padding, extra, bias=layer.use_bias,
        dilation=layer.dilation_rate,
    )  # fmt: skip
    return activate(call, call.add(made, value), layer.activation)


# -- pooling -----------------------------------------------------------------------------------------------------


def _kind(layer: Any) -> str:
    return "max" if "Max" in type(layer).__name__ else "avg"


@law(*(f"{kind}Pooling{rank}D" for kind in ("Max", "Average") for rank in (1, 2, 3)))
def _pool(call: Call) -> Value:
    layer = call.layer
    value = call.maps(call.input, layer.data_format)
    return call.add(Pool(layer.pool_size, layer.strides, layer.padding, kind=_kind(layer)), value)


@law(*(f"Global{kind}Pooling{rank}D" for kind in ("Max", "Average") for rank in (1, 2, 3)))
def _global_pool(call: Call) -> Value:
    layer = call.layer
    value = call.maps(call.input, layer.data_format)
    return call.add(GlobalPool(_kind(layer), keepdims=layer.keepdims), value)


@law(*(f"Adaptive{kind}Pooling{rank}D" for kind in ("Max", "Average") for rank in (1, 2, 3)))
def _adaptive_pool(call: Call) -> Value:
    layer = call.layer
    value = call.maps(call.input, layer.data_format)
    return call.add(AdaptivePool(tuple(layer.output_size), _kind(layer)), value)


# -- dense -------------------------------------------------------------------------------------------------------


@law("Dense")
def _dense(call: Call) -> Value:
    value, layer = call.input, call.layer
    # The last axis of Keras, wherever it stands.
    made = Linear(layer.units, layer.use_bias, 0 if value.moved else -1)
    return activate(call, call.add(made, value), layer.activation)


@law("Embedding")
def _embedding(call: Call) -> Value:
    return call.add(Embedding(call.layer.input_dim, call.layer.output_dim), call.plain(call.input))


def example_equation(equation: str, ranks: tuple[int, ...]) -> str:
    """An equation over whole tensors as one over the tensors of one example.

    ``ranks`` count the batch, which is the first axis of the first operand and of the result.

    >>> example_equation("...x,xy->...y", (3, 2)), example_equation("abc,cde->abde", (3, 3))
    ('Bx,xy->By', 'bc,cde->bde')
    """
    operands, _, result = equation.replace(" ", "").partition("->")
    parts = [*operands.split(","), result]
    spare = [letter for letter in "ABCDEFGHIJKLMNOPQRSTUVWXYZ" if letter not in equation]
    for part, rank in zip(parts, ranks, strict=False):
        if "..." in part:
            hidden = "".join(spare[: rank - len(part.replace("...", ""))])
            parts = [other.replace("...", hidden) for other in parts]
    batch = parts[0][:1]
    if not batch or parts[-1][:1] != batch or any(batch in part[1:] for part in parts):
        raise NoLaw("an equation in which the batch does not stand first")
    parts = [part.removeprefix(batch) for part in parts]
    return f"{','.join(parts[:-1])}->{parts[-1]}"


@law("EinsumDense")
def _einsum_dense(call: Call) -> Value:
    layer = call.layer
    kernel = tuple(layer.kernel.shape)
    value = call.input
    equation = example_equation(layer.equation, (len(value.shape) + 1, len(kernel)))
    if len(equation.split(",")[1].split("->")[0]) != len(kernel):
        raise NoLaw("a kernel with the batch in it")
    value = call.plain(value)
    weight = call.add(Parameter(kernel), suffix="kernel", shape=kernel)
    value = call.add(Einsum(equation=equation), value, weight, moved=False)
    if layer.bias is not None:
        # Keras keeps the bias without leading axes that are 1, but for those between two that it has.
        bias = tuple(layer.bias.shape)
        bias = (*(1,) * (len(call.shape) - len(bias)), *bias)
        stored = call.add(Parameter(bias), suffix="bias", shape=bias, moved=False)
        value = call.add(Add(), value, stored, suffix="add_bias")
    return activate(call, value, layer.activation)


# -- normalization -----------------------------------------------------------------------------------------------


def _channels_at(call: Call, axis: int) -> Value:
    """The input with the channels, which are Keras' ``axis``, in front."""
    value = call.inputs[0]
    rank = len(value.shape) + 1
    if axis % rank not in (1, rank - 1):
        raise NoLaw("channels in the middle")
    return call.ordered(value, axis % rank == rank - 1)


@law("BatchNormalization")
def _batch_norm(call: Call) -> Value:
    layer = call.layer
    if getattr(layer, "renorm", False):
        raise NoLaw("renormalization")
    return call.add(BatchNorm(_WHOLE[layer.scale, layer.center]), _channels_at(call, layer.axis))


@law("GroupNormalization")
def _group_norm(call: Call) -> Value:
    layer = call.layer
    return call.add(GroupNorm(layer.groups, _WHOLE[layer.scale, layer.center]), _channels_at(call, layer.axis))


def _vector(call: Call, value: Value) -> Any:
    """The axes in the graph along which a layer normalizes; ``None`` for the last one."""
    given = call.layer.axis
    axes = tuple(sorted(call.axis(value, axis) for axis in ([given] if isinstance(given, int) else given)))
    return None if axes == (len(value.shape) - 1,) else axes


@law("LayerNormalization")
def _layer_norm(call: Call) -> Value:
    layer, value = call.layer, call.input
    axes = _vector(call, value)
    if getattr(layer, "rms_scaling", False):
        return call.add(RMSNorm(-1 if axes is None else axes), value)
    affine: Any = {True: True, "scale": True, "shift": "shift", False: False}[_WHOLE[layer.scale, layer.center]]
    return call.add(LayerNorm(None, affine, layer.center, axis=axes), value)


@law("RMSNormalization")
def _rms_norm(call: Call) -> Value:
    axes = _vector(call, call.input)
    return call.add(RMSNorm(-1 if axes is None else axes), call.input)


@law("Normalization")
def _normalization(call: Call) -> Value:
    # Mean, variance and how much they were made from are stored; folded, they are a scale and a shift.
    stored = sum(int(prod(weight.shape)) for weight in call.layer.weights)
    if stored:
        call.add(Parameter((stored,), learned=False), suffix="statistics", shape=(stored,))
    return call.add(Pointwise("scale_shift"), call.input)


@law("LayerScale")
def _layer_scale(call: Call) -> Value:
    value = call.input
    width = call.layer.projection_dim
    layer: Layer = Parameter(tuple(width if axis == len(value.shape) - 1 else 1 for axis in value.axes))
    scale = call.add(layer, suffix="gamma", shape=(*(1,) * (len(value.shape) - 1), width), moved=value.moved)
    return call.add(Mul(), value, scale)
