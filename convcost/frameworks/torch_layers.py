"""Every layer as torch has it: the module, and what stands around its call.

Merges, padding, reshaping and permuting are functions in torch and have no module.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import fields
from functools import partial, singledispatch
from typing import Any, NamedTuple

from torch import Tensor, nn

from .. import layers
from ..arith import Shape
from ..errors import UnsupportedError
from ..layers.base import Layer, axes, shape_text, sides, stride_of
from ..report.summary import torch_name
from ..window import same_positions, span
from . import torch_calls as calls


class Recipe(NamedTuple):
    """How torch does what a layer does at given input shapes.

    ``run`` takes the tensors; where there is a ``make``, the module ``make(**options)`` stands before them.
    """

    run: Callable[..., Tensor]
    make: Callable[..., nn.Module] | None
    options: dict[str, Any]


@singledispatch
def recipe(layer: Layer, inputs: tuple[Shape, ...], output: Shape) -> Recipe:
    """The recipe for ``layer``, whose laws say that ``inputs`` give ``output`` (integers, without the batch).

    Raises :class:`~convcost.errors.UnsupportedError` where torch has nothing like it.

    >>> from convcost import Conv
    >>> recipe(Conv(8, 3, padding="same"), ((3, 5, 5),), (8, 5, 5)).options["padding"]
    1
    """
    raise UnsupportedError("there is no counterpart in torch", got=repr(layer.unnamed())[:80])


def function(run: Callable[..., Tensor], **fixed: Any) -> Recipe:
    """A function of tensors, with some arguments fixed."""
    return Recipe(partial(run, **fixed) if fixed else run, None, {})


def _module(layer: Layer, x: Shape, run: Callable[..., Tensor] = calls.plain, **options: Any) -> Recipe:
    """The class in ``torch.nn`` that does ``layer`` on ``x``."""
    name = torch_name(layer, x)
    made = getattr(nn, name, None)
    if made is None:
        raise UnsupportedError(f"there is no torch.nn.{name}", got=f"input {shape_text(x)}")
    return Recipe(run, made, options)


def _arguments(layer: Layer) -> dict[str, Any]:
    """The layer's own arguments, for modules that call them the same."""
    given = {item.name: getattr(layer, item.name) for item in fields(layer) if item.name != "name"}
    foreign = {name for name, value in given.items() if name in _FOREIGN and value is not None}
    if foreign or given.get("elementwise_affine") == "shift" or given.get("bias") == "single":
        raise UnsupportedError("torch does not make this layer", got=repr(layer.unnamed())[:80])
    return {name: value for name, value in given.items() if name not in _FOREIGN}


#: Arguments that other frameworks have, and torch has not; ``None`` where they say nothing.
_FOREIGN = frozenset({"axis", "key_dim", "value_dim", "out_features", "num_kv_heads"})


def batched(axis: int) -> int:
    """An axis of the shape, as one of the tensor, whose first axis is the batch."""
    return axis if axis < 0 else axis + 1


def _flat(around: list[tuple[int, int]]) -> list[int]:
    """As ``torch.nn.functional.pad`` wants it: the last axis first."""
    return [side for pair in reversed(around) for side in pair]


def _compact(values: Iterable[int]) -> int | tuple[int, ...]:
    """One number where all axes have the same, as a person would write it."""
    each = tuple(values)
    return each[0] if len(set(each)) == 1 else each


# -- layers whose module has the same name and arguments -----------------------------------------------------------


def _namesake(layer: Layer, inputs: tuple[Shape, ...], output: Shape) -> Recipe:
    return _module(layer, output, **_arguments(layer))


for _kind in (
    layers.ReLU, layers.ReLU6, layers.LeakyReLU, layers.PReLU, layers.ELU, layers.SELU, layers.Sigmoid, layers.Tanh,
    layers.SiLU, layers.GELU, layers.Softplus, layers.Mish, layers.Hardsigmoid, layers.Hardswish, layers.Hardtanh,
    layers.Dropout, layers.PixelShuffle,
):  # fmt: skip
    recipe.register(_kind, _namesake)


@recipe.register(layers.ChannelShuffle)
@recipe.register(layers.LocalResponseNorm)
def _(layer: Layer, inputs: tuple[Shape, ...], output: Shape) -> Recipe:
    # Both ask for a spatial axis, though what they do concerns the channels only.
    run = calls.plain if len(output) > 1 else calls.on_vectors
    return _module(layer, output, run, **_arguments(layer))


@recipe.register
def _(layer: layers.Embedding, inputs: tuple[Shape, ...], output: Shape) -> Recipe:
    return _module(layer, output, calls.indexed, **_arguments(layer))


# -- windows -------------------------------------------------------------------------------------------------------


def window_sides(layer: layers.Conv | layers.Pool, x: Shape, stride: Any) -> list[tuple[int, int]]:
    """Padding in numbers. ``same`` is what ``ceil(size/stride)`` windows need, the odd one behind, as in Keras.

    >>> from convcost import Conv
    >>> window_sides(Conv(8, 3, stride=2, padding="same"), (3, 224, 7), 2)
    [(0, 1), (1, 1)]
    """
    rank = len(x) - 1
    if layer.padding != "same":
        return [*sides(0 if layer.padding == "valid" else layer.padding, rank)]
    windows = zip(x[1:], axes(layer.kernel, rank), axes(stride, rank), axes(layer.dilation, rank), strict=True)
    totals = [max((same_positions(n, s) - 1) * s + span(k, d) - n, 0) for n, k, s, d in windows]
    return [(total // 2, total - total // 2) for total in totals]


def _channels(layer: layers.Conv | layers.ConvTranspose, x: Shape) -> dict[str, Any]:
    """What both directions of convolution share."""
    return {
        "in_channels": x[0], "out_channels": layer.out_channels, "kernel_size": layer.kernel, "stride": layer.stride,
        "dilation": layer.dilation, "groups": x[0] if layer.groups == "depthwise" else layer.groups,
        "bias": layer.bias,
    }  # fmt: skip


@recipe.register
def _(layer: layers.Conv, inputs: tuple[Shape, ...], output: Shape) -> Recipe:
    (x,) = inputs
    around = window_sides(layer, x, layer.stride)
    if all(before == after for before, after in around):
        padding = _compact(before for before, _ in around)
        return _module(layer, x, **_channels(layer, x), padding=padding)
    return _module(layer, x, partial(calls.padded, padding=_flat(around)), **_channels(layer, x))


@recipe.register
def _(layer: layers.ConvTranspose, inputs: tuple[Shape, ...], output: Shape) -> Recipe:
    (x,) = inputs
    rank = len(x) - 1
    if not isinstance(layer.padding, str):
        around = [*sides(layer.padding, rank)]
        extra = axes(layer.output_padding, rank)
    else:
        windows = zip(axes(layer.kernel, rank), axes(layer.stride, rank), axes(layer.dilation, rank), strict=True)
        surplus = [span(kernel, dilation) - stride for kernel, stride, dilation in windows]
        # Where the windows leave gaps behind them, Keras goes on to the full stride.
        extra = tuple(max(-more, 0) for more in surplus)
        cut = [max(more, 0) if layer.padding == "same" else 0 for more in surplus]
        around = [(total // 2, total - total // 2) for total in cut]
    options = _channels(layer, x) | {"output_padding": _compact(extra)}
    if all(before == after for before, after in around):
        return _module(layer, x, **options, padding=_compact(before for before, _ in around))
    return _module(layer, x, partial(calls.trimmed, padding=[-side for side in _flat(around)]), **options)


@recipe.register
def _(layer: layers.Pool, inputs: tuple[Shape, ...], output: Shape) -> Recipe:
    (x,) = inputs
    rank = len(x) - 1
    stride = stride_of(layer)
    kernel, dilation = axes(layer.kernel, rank), axes(layer.dilation, rank)
    options: dict[str, Any] = {"kernel_size": layer.kernel, "stride": layer.stride}
    if layer.kind == "max":
        options["dilation"] = layer.dilation
    elif set(dilation) != {1}:
        raise UnsupportedError("torch has no average pool with dilation", got=f"dilation={layer.dilation}")
    else:
        options["count_include_pad"] = layer.count_include_pad
    around = window_sides(layer, x, stride)
    # Torch pads by half a kernel at most, and AvgPool3d alone refuses maps below its window, padded or not.
    half = all(before == after and 2 * before <= k for (before, after), k in zip(around, kernel, strict=True))
    tiny = rank == 3 and layer.kind == "avg" and any(n < k for n, k in zip(x[1:], kernel, strict=True))
    if half and not tiny:
        options["padding"] = _compact(before for before, _ in around)
        return _module(layer, x, **options, ceil_mode=layer.ceil_mode and layer.padding != "same")
    # As much behind the map as the windows of the law reach over, so that no rounding is left to torch.
    windows = zip(x[1:], output[1:], kernel, axes(stride, rank), dilation, around, strict=True)
    exact = [(before, (o - 1) * s + span(k, d) - n - before) for n, o, k, s, d, (before, _) in windows]
    value = float("-inf") if layer.kind == "max" else 0.0
    return _module(layer, x, partial(calls.padded, padding=_flat(exact), value=value), **options)


@recipe.register
def _(layer: layers.GlobalPool, inputs: tuple[Shape, ...], output: Shape) -> Recipe:
    return _module(layer, inputs[0], calls.plain if layer.keepdims else calls.flat, output_size=1)


@recipe.register
def _(layer: layers.AdaptivePool, inputs: tuple[Shape, ...], output: Shape) -> Recipe:
    size = layer.output_size
    # Not all of torch's adaptive pools take None for an axis that keeps its size.
    keeps = size is None or (type(size) is tuple and None in size)
    return _module(layer, inputs[0], output_size=output[1:] if keeps else size)


@recipe.register
def _(layer: layers.Upsample, inputs: tuple[Shape, ...], output: Shape) -> Recipe:
    (x,) = inputs
    rank = len(x) - 1
    options = _arguments(layer)
    if layer.mode.endswith("linear"):
        options["mode"] = ("linear", "bilinear", "trilinear")[rank - 1]
    elif layer.mode == "bicubic" and rank != 2:
        raise UnsupportedError("torch has bicubic resampling of images only", got=f"input {shape_text(x)}")
    if layer.size is None:
        scaled = [int(n * float(factor)) for n, factor in zip(x[1:], axes(layer.scale_factor, rank), strict=True)]
        if tuple(scaled) != output[1:]:
            # Torch multiplies in floating point, and 0.29 of 100 comes out as 28.
            options |= {"size": output[1:], "scale_factor": None}
    return _module(layer, x, **options)


@recipe.register
def _(layer: layers.Pad, inputs: tuple[Shape, ...], output: Shape) -> Recipe:
    (x,) = inputs
    around = [*sides(layer.padding, len(x) - 1)]
    # A mirror has no more to show than the map has, and a map goes round once.
    spare = {"reflect": 1, "circular": 0}.get(layer.mode)
    if spare is not None and any(max(pair) > size - spare for pair, size in zip(around, x[1:], strict=True)):
        raise UnsupportedError(f"torch pads no map by more than itself in mode {layer.mode!r}", got=str(layer.padding))
    return function(calls.bordered, padding=_flat(around), mode=layer.mode)


# -- vectors, sequences and normalization --------------------------------------------------------------------------


@recipe.register
def _(layer: layers.Linear, inputs: tuple[Shape, ...], output: Shape) -> Recipe:
    (x,) = inputs
    axis = layer.axis % len(x)
    run = calls.plain if axis == len(x) - 1 else partial(calls.on_axis, axis=axis + 1)
    return _module(layer, x, run, in_features=x[axis], out_features=layer.out_features, bias=layer.bias)


@recipe.register(layers.LSTM)
@recipe.register(layers.GRU)
@recipe.register(layers.RNN)
def _(layer: layers.LSTM | layers.GRU | layers.RNN, inputs: tuple[Shape, ...], output: Shape) -> Recipe:
    (x,) = inputs
    # Dropout stands between layers; torch warns where there is nothing between.
    given = _arguments(layer) | {"dropout": layer.dropout if layer.num_layers > 1 else 0.0}
    return _module(layer, x, calls.sequence, input_size=x[1], batch_first=True, **given)


@recipe.register
def _(layer: layers.MultiheadAttention, inputs: tuple[Shape, ...], output: Shape) -> Recipe:
    (_, width), (_, key_width), (_, value_width) = inputs if len(inputs) == 3 else inputs * 3
    widths = {"embed_dim": width, "kdim": key_width, "vdim": value_width}
    return _module(layer, inputs[0], calls.attend, **widths, **_arguments(layer), batch_first=True)


def _halved(layer: Any, made: Recipe) -> Recipe:
    """A norm of which only the scale, or only the shift, is learned."""
    if not isinstance(layer.affine, str):
        return made
    return made._replace(make=calls.half_norm, options=made.options | {"make": made.make})


@recipe.register(layers.BatchNorm)
@recipe.register(layers.InstanceNorm)
def _(layer: layers.BatchNorm | layers.InstanceNorm, inputs: tuple[Shape, ...], output: Shape) -> Recipe:
    return _halved(layer, _module(layer, output, **_arguments(layer), num_features=output[0]))


@recipe.register
def _(layer: layers.GroupNorm, inputs: tuple[Shape, ...], output: Shape) -> Recipe:
    return _halved(layer, _module(layer, output, **_arguments(layer), num_channels=output[0]))


@recipe.register
def _(layer: layers.LayerNorm, inputs: tuple[Shape, ...], output: Shape) -> Recipe:
    vector = output[-1:] if layer.normalized_shape is None else layer.normalized_shape
    return _module(layer, output, **_arguments(layer) | {"normalized_shape": vector})


@recipe.register
def _(layer: layers.Softmax, inputs: tuple[Shape, ...], output: Shape) -> Recipe:
    made = nn.LogSoftmax if layer.log else nn.Softmax
    return Recipe(calls.plain, made, {"dim": batched(layer.axis)})


@recipe.register
def _(layer: layers.Flatten, inputs: tuple[Shape, ...], output: Shape) -> Recipe:
    (x,) = inputs
    if not x:
        return function(calls.reshaped, shape=output)
    return _module(layer, x, start_dim=batched(layer.start_axis), end_dim=batched(layer.end_axis))


@recipe.register
def _(layer: layers.Reshape, inputs: tuple[Shape, ...], output: Shape) -> Recipe:
    return function(calls.reshaped, shape=layer.shape)


@recipe.register
def _(layer: layers.Permute, inputs: tuple[Shape, ...], output: Shape) -> Recipe:
    return function(calls.permuted, order=(0, *map(batched, layer.order)))


@recipe.register
def _(layer: layers.Concat, inputs: tuple[Shape, ...], output: Shape) -> Recipe:
    return function(calls.concatenated, axis=batched(layer.axis))


@recipe.register
def _(layer: layers.RMSNorm, inputs: tuple[Shape, ...], output: Shape) -> Recipe:
    axes = layer.axis if isinstance(layer.axis, tuple) else (layer.axis,)
    trailing = sorted(axis % len(output) for axis in axes)
    if trailing != list(range(len(output) - len(axes), len(output))):
        raise UnsupportedError("torch normalizes the last axes only", got=repr(layer.unnamed()))
    return _module(layer, output, normalized_shape=output[trailing[0] :], elementwise_affine=layer.elementwise_affine)


def _merged(run: Callable[..., Tensor], layer: Layer, inputs: tuple[Shape, ...], output: Shape) -> Recipe:
    return function(run)


for _merge, _run in (
    (layers.Add, calls.added), (layers.Mul, calls.multiplied), (layers.MatMul, calls.product),
    (layers.ScaledDotProductAttention, calls.dot_product_attention),
):  # fmt: skip
    recipe.register(_merge, partial(_merged, _run))
