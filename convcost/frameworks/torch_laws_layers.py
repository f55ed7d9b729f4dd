"""Laws of operators that are layers: convolutions, norms, pools, linear, recurrent, activations, attention."""

from __future__ import annotations

from typing import Any

from .. import layers as nn
from ..layers.base import Layer
from ..operators import (
    Batchwise,
    BilinearForm,
    GroupedAttention,
    MatrixProduct,
    Pointwise,
    Reduced,
    Resampled,
    Rescaled,
    Source,
)
from ..tally import Tally
from .torch_leaf import Leaf, Operand, known, law, plain, spread


def _one(values: Any) -> Any:
    """``3`` for ``(3, 3)``, as one would write it."""
    return values[0] if len(set(values)) == 1 else tuple(values)


def _examples(layer: Layer, x: Operand, rank: int) -> Layer:
    """The layer for every example, or for the one that came without a batch."""
    return Batchwise(layer) if x.rank == rank + 2 else layer


@law("conv1d", "conv2d", "conv3d")
def conv(leaf: Leaf, input: Operand, weight: Operand, bias: Any = None, stride: Any = 1, padding: Any = 0,
         dilation: Any = 1, groups: Any = 1) -> Layer:  # fmt: skip
    leaf.use(input)
    rank = weight.rank - 2
    kernel, steps, spacing = weight.shape[2:], spread(stride, rank), spread(dilation, rank)
    if padding == "same":
        totals = [d * (k - 1) for d, k in zip(spacing, kernel, strict=True)]
        pads: Any = tuple((total // 2, total - total // 2) for total in totals)
        pads = _one(tuple(a for a, _ in pads)) if all(a == b for a, b in pads) else pads
    else:
        pads = 0 if padding == "valid" else _one(spread(padding, rank))
    groups = plain(groups)
    layer = nn.Conv(
        weight.shape[0], _one(kernel), _one(steps), pads, _one(spacing), groups, bias is not None,
        in_channels=weight.shape[1] * groups,
    )  # fmt: skip
    return _examples(layer, input, rank)


@law("conv_transpose1d", "conv_transpose2d", "conv_transpose3d")
def conv_transpose(leaf: Leaf, input: Operand, weight: Operand, bias: Any = None, stride: Any = 1,
                   padding: Any = 0, output_padding: Any = 0, groups: Any = 1, dilation: Any = 1) -> Layer:  # fmt: skip
    leaf.use(input)
    rank = weight.rank - 2
    groups = plain(groups)
    steps, pads, extra = (_one(spread(value, rank)) for value in (stride, padding, output_padding))
    layer = nn.ConvTranspose(
        weight.shape[1] * groups, _one(weight.shape[2:]), steps, pads, extra, groups, bias is not None,
        _one(spread(dilation, rank)), in_channels=weight.shape[0],
    )  # fmt: skip
    return _examples(layer, input, rank)


@law("convolution", "_convolution")
def convolution(leaf: Leaf, input: Operand, weight: Operand, bias: Any, stride: Any, padding: Any,
                dilation: Any, transposed: bool, output_padding: Any, groups: Any, *rest: Any) -> Layer:  # fmt: skip
    if transposed:
        return conv_transpose(leaf, input, weight, bias, stride, padding, output_padding, groups, dilation)  # type: ignore[return-value]
    return conv(leaf, input, weight, bias, stride, padding, dilation, groups)  # type: ignore[return-value]


@law("linear")
def linear(leaf: Leaf, input: Operand, weight: Operand, bias: Any = None) -> Layer:
    leaf.use(input)
    if weight.rank == 1:
        leaf.use(weight)
        return MatrixProduct("Linear")
    return nn.Linear(weight.shape[0], bias is not None, in_features=weight.shape[1])


@law("bilinear")
def bilinear(leaf: Leaf, input1: Operand, input2: Operand, weight: Operand, bias: Any = None) -> Layer:
    leaf.use(input1, input2)
    return BilinearForm(weight.shape[0], bias is not None)


@law("batch_norm", "native_batch_norm", "_native_batch_norm_legit_no_training")
def batch_norm(leaf: Leaf, input: Operand, weight: Any = None, bias: Any = None, mean: Any = None,
               variance: Any = None, *rest: Any, **options: Any) -> Layer | list[Layer]:  # fmt: skip
    leaf.use(input)
    affine: Any = True if weight is not None and bias is not None else "scale" if weight else "shift" if bias else False
    return Batchwise(nn.BatchNorm(affine, mean is not None))


@law("layer_norm")
def layer_norm(leaf: Leaf, input: Operand, normalized_shape: Any, weight: Any = None, bias: Any = None,
               *rest: Any, **options: Any) -> Layer:  # fmt: skip
    leaf.use(input)
    return nn.LayerNorm(plain(tuple(normalized_shape)), weight is not None, bias is not None)


@law("rms_norm")
def rms_norm(leaf: Leaf, input: Operand, normalized_shape: Any, weight: Any = None, eps: Any = None) -> Layer:
    leaf.use(input)
    return Pointwise("RMSNorm", Tally(muls=3 if weight is not None else 2, adds=1))


@law("group_norm")
def group_norm(leaf: Leaf, input: Operand, num_groups: Any, weight: Any = None, *rest: Any, **options: Any) -> Layer:
    leaf.use(input)
    return Batchwise(nn.GroupNorm(plain(num_groups), weight is not None))


@law("instance_norm")
def instance_norm(leaf: Leaf, input: Operand, weight: Any = None, bias: Any = None, mean: Any = None,
                  *rest: Any, **options: Any) -> Layer:  # fmt: skip
    leaf.use(input)
    return Batchwise(nn.InstanceNorm(weight is not None, mean is not None))


def _pool(leaf: Leaf, x: Operand, kind: str, kernel: Any, stride: Any, padding: Any, dilation: Any, ceil: bool,
          include: bool = True) -> Layer:  # fmt: skip
    leaf.use(x)
    rank = _POOL_RANK[leaf.name.partition("_with")[0][-2:]]
    steps = None if stride is None or stride in ((), []) else _one(spread(stride, rank))
    layer = nn.Pool(
        _one(spread(kernel, rank)), steps, _one(spread(padding, rank)), _one(spread(dilation, rank)), bool(ceil), kind,
        bool(include),
    )  # fmt: skip
    return _examples(layer, x, rank)


_POOL_RANK = {"1d": 1, "2d": 2, "3d": 3}


@law("max_pool1d", "max_pool2d", "max_pool3d", "max_pool1d_with_indices", "max_pool2d_with_indices",
     "max_pool3d_with_indices")  # fmt: skip
def max_pool(leaf: Leaf, input: Operand, kernel_size: Any, stride: Any = None, padding: Any = 0, dilation: Any = 1,
             ceil_mode: bool = False, return_indices: bool = False) -> list[Layer]:  # fmt: skip
    layer = _pool(leaf, input, "max", kernel_size, stride, padding, dilation, ceil_mode)
    return [layer, *[_indices(layer)] * (len(leaf.outputs) - 1)]


def _indices(layer: Layer) -> Layer:
    """The places of the maxima: another tensor of the same shape, found on the way."""
    return _ShapeOf("Indices", layer)


class _ShapeOf(Source):
    """A further result of an operator, of the shape of the first and at no cost of its own."""

    def __init__(self, title: str, layer: Layer) -> None:
        super().__init__(title, ())
        object.__setattr__(self, "layer", layer)

    def output_shape(self, *inputs: Any) -> Any:
        return self.layer.output_shape(*inputs)  # type: ignore[attr-defined]


@law("avg_pool1d", "avg_pool2d", "avg_pool3d")
def avg_pool(leaf: Leaf, input: Operand, kernel_size: Any, stride: Any = None, padding: Any = 0,
             ceil_mode: bool = False, count_include_pad: bool = True,
             divisor_override: Any = None) -> Layer:  # fmt: skip
    return _pool(leaf, input, "avg", kernel_size, stride, padding, 1, ceil_mode, count_include_pad)


@law("adaptive_avg_pool1d", "adaptive_avg_pool2d", "adaptive_avg_pool3d", "_adaptive_avg_pool2d",
     "_adaptive_avg_pool3d")  # fmt: skip
def adaptive_avg_pool(leaf: Leaf, input: Operand, output_size: Any) -> Layer:
    return _adaptive(leaf, input, output_size, "avg")


@law("adaptive_max_pool1d", "adaptive_max_pool2d", "adaptive_max_pool3d", "adaptive_max_pool2d_with_indices")
def adaptive_max_pool(leaf: Leaf, input: Operand, output_size: Any, return_indices: bool = False) -> list[Layer]:
    layer = _adaptive(leaf, input, output_size, "max")
    return [layer, *[_indices(layer)] * (len(leaf.outputs) - 1)]


def _adaptive(leaf: Leaf, x: Operand, output_size: Any, kind: str) -> Layer:
    leaf.use(x)
    rank = _POOL_RANK[leaf.name.partition("_with")[0][-2:]]
    sizes = spread(output_size, rank)
    layer: Layer = nn.GlobalPool(kind) if set(sizes) == {1} else nn.AdaptivePool(_one(sizes), kind)
    if isinstance(layer, nn.GlobalPool):
        # One window over everything, which keeps the axes; a global pool of the notation does so too.
        layer = nn.AdaptivePool(1, kind)
    return _examples(layer, x, rank)


@law("lstm", "gru", "rnn_tanh", "rnn_relu")
def recurrent(leaf: Leaf, input: Operand, hx: Any, params: Any, has_biases: Any = None, num_layers: Any = None,
              dropout: Any = None, train: Any = None, bidirectional: Any = None,
              batch_first: Any = None) -> list[Layer]:  # fmt: skip
    if batch_first is None:
        raise TypeError("packed sequences have no law")
    leaf.use(input)
    states = list(hx) if isinstance(hx, (tuple, list)) else [hx]
    hidden = states[-1].shape[-1]
    options: dict[str, Any] = {}
    if leaf.name == "lstm" and states[0].shape[-1] != hidden:
        options["proj_size"] = states[0].shape[-1]
    kind = {"lstm": nn.LSTM, "gru": nn.GRU}.get(leaf.name, nn.RNN)
    layer = kind(hidden, plain(num_layers), bool(has_biases), 0.0, bool(bidirectional), **options)
    batched: Layer = layer if input.rank == 2 else Batchwise(layer, 0 if batch_first else 1)
    turns = plain(num_layers) * (2 if bidirectional else 1)
    middle = () if input.rank == 2 else (("size", 0, 0 if batch_first else 1),)
    return [batched, *(Source("State", (turns, *middle, state.shape[-1])) for state in states)]


@law("lstm_cell", "gru_cell", "rnn_tanh_cell", "rnn_relu_cell")
def cell(leaf: Leaf, input: Operand, hx: Any, w_ih: Operand, w_hh: Operand, b_ih: Any = None,
         b_hh: Any = None) -> list[Layer]:  # fmt: skip
    leaf.use(input)
    hidden = w_hh.shape[1]
    kind = {"lstm_cell": nn.LSTM, "gru_cell": nn.GRU}.get(leaf.name, nn.RNN)
    step = _Step(kind(hidden, 1, b_ih is not None))
    wrapped: Layer = step if input.rank == 1 else Batchwise(step)
    states = len(leaf.outputs) - 1
    return [
        wrapped,
        *(Source("State", (("size", 0, 0), hidden) if input.rank == 2 else (hidden,)) for _ in range(states)),
    ]


class _Step(nn.Layer):
    """One step of a recurrent layer."""

    def __init__(self, layer: Any) -> None:
        super().__init__()
        object.__setattr__(self, "layer", layer)

    @property
    def row_kind(self) -> str:
        return type(self.layer).__name__ + "Cell"  # type: ignore[attr-defined]

    def output_shape(self, *inputs: Any) -> Any:
        return self.layer.output_shape((1, *inputs[0]))[1:]  # type: ignore[attr-defined]

    has_macs = True

    def tally(self, *inputs: Any, out: Any) -> Any:
        return self.layer.tally((1, *inputs[0]), out=(1, *out))  # type: ignore[attr-defined]

    def macs(self, *inputs: Any, out: Any) -> Any:
        return self.tally(*inputs, out=out).macs


@law("embedding")
def embedding(leaf: Leaf, first: Operand, second: Operand, *rest: Any, **options: Any) -> Layer:
    # torch.embedding takes the table first, F.embedding the indices; the table is the one with two axes of numbers.
    table, indices = (first, second) if leaf.name == "embedding" and first.is_weight else (second, first)
    leaf.use(indices)
    return nn.Embedding(table.shape[0], table.shape[1])


_ACTIVATIONS: dict[str, Any] = {
    "relu": nn.ReLU(), "relu6": nn.ReLU6(), "elu": nn.ELU(), "selu": nn.SELU(), "sigmoid": nn.Sigmoid(),
    "tanh": nn.Tanh(), "silu": nn.SiLU(), "softplus": nn.Softplus(), "mish": nn.Mish(), "hardsigmoid": nn.Hardsigmoid(),
    "hardswish": nn.Hardswish(), "hardtanh": nn.Hardtanh(), "leaky_relu": nn.LeakyReLU(), "celu": nn.ELU(),
    "rrelu": nn.LeakyReLU(),
}  # fmt: skip


@law(*_ACTIVATIONS)
def activation(leaf: Leaf, input: Operand, *rest: Any, **options: Any) -> Layer:
    leaf.use(input)
    layer: Layer = _ACTIVATIONS[leaf.name]
    return layer


@law("gelu")
def gelu(leaf: Leaf, input: Operand, *, approximate: str = "none") -> Layer:
    leaf.use(input)
    return nn.GELU(approximate)


@law("prelu")
def prelu(leaf: Leaf, input: Operand, weight: Operand) -> Layer:
    leaf.use(input)
    layer = nn.PReLU(weight.shape[0] if weight.shape else 1)
    return Batchwise(layer) if input.rank > 1 else layer


@law("softmax", "log_softmax", "_softmax", "_log_softmax")
def softmax(leaf: Leaf, input: Operand, dim: Any = None, *rest: Any, **options: Any) -> Layer:
    leaf.use(input)
    axis = known(options.get("dim", dim))
    return nn.Softmax(axis % input.rank - input.rank if input.rank else -1)


@law("dropout", "feature_dropout", "alpha_dropout", "feature_alpha_dropout", "native_dropout")
def dropout(leaf: Leaf, input: Operand, p: float = 0.5, *rest: Any, **options: Any) -> Layer:
    leaf.use(input)
    return nn.Dropout(float(p))


@law("scaled_dot_product_attention")
def attention(leaf: Leaf, query: Operand, key: Operand, value: Operand, attn_mask: Any = None, dropout_p: float = 0.0,
              is_causal: bool = False, *, scale: Any = None, enable_gqa: bool = False) -> Layer:  # fmt: skip
    leaf.use(query, key, value)
    return GroupedAttention() if enable_gqa else nn.ScaledDotProductAttention()


@law("pixel_shuffle")
def pixel_shuffle(leaf: Leaf, input: Operand, upscale_factor: Any) -> Layer:
    leaf.use(input)
    return Batchwise(nn.PixelShuffle(plain(upscale_factor)))


@law("channel_shuffle")
def channel_shuffle(leaf: Leaf, input: Operand, groups: Any) -> Layer:
    leaf.use(input)
    return Batchwise(nn.ChannelShuffle(plain(groups)))


_MODES = {
    "upsample_nearest1d": "nearest", "upsample_nearest2d": "nearest", "upsample_nearest3d": "nearest",
    "upsample_linear1d": "linear", "upsample_bilinear2d": "bilinear", "upsample_trilinear3d": "trilinear",
    "upsample_bicubic2d": "bicubic", "_upsample_nearest_exact1d": "nearest", "_upsample_nearest_exact2d": "nearest",
    "_upsample_nearest_exact3d": "nearest", "_upsample_bilinear2d_aa": "bilinear", "_upsample_bicubic2d_aa": "bicubic",
}  # fmt: skip


@law(*_MODES)
def upsample(leaf: Leaf, input: Operand, output_size: Any = None, *rest: Any, **options: Any) -> Layer:
    leaf.use(input)
    mode = _MODES[leaf.name]
    factors = options.get(
        "scale_factors", next((item for item in reversed(rest) if isinstance(item, (tuple, list))), None)
    )
    corners = any(item is True for item in rest)
    grid = "blurred" if leaf.name.endswith("_aa") else "middles" if "exact" in leaf.name else "cells"
    grid = "corners" if corners and grid == "cells" else grid
    if output_size is not None:
        return Resampled("Upsample", tuple(leaf.extent(size) for size in output_size), mode, grid)
    layer = nn.Upsample(scale_factor=tuple(map(float, factors or ())), mode=mode)
    return Batchwise(layer) if grid == "cells" else Rescaled(layer, grid=grid)


@law("mean", "sum", "amax", "amin", "nansum", "prod", "var", "std", "logsumexp", "norm", "linalg_vector_norm", "all",
     "any", "var_mean")  # fmt: skip
def reduction(leaf: Leaf, input: Operand, *rest: Any, **options: Any) -> Layer | list[Layer]:
    leaf.use(input)
    axes = options.get("dim", options.get("axis"))
    if axes is None:
        lists = rest[1:] if leaf.name in ("norm", "linalg_vector_norm") else rest
        axes = next((item for item in lists if item is not None and not isinstance(item, (bool, float))), None)
    axes = tuple(range(input.rank)) if axes is None or axes == () or axes == [] else plain(axes)
    axes = axes if isinstance(axes, tuple) else (axes,)
    kept = len(leaf.outputs[0]) == input.rank and input.rank > 0
    kind = {"amax": "compares", "amin": "compares", "prod": "muls", "all": "", "any": ""}.get(leaf.name, "adds")
    layer = Reduced(leaf.name.capitalize(), axes, kept, kind, leaf.name in ("mean", "var", "std", "var_mean"))
    return [layer] * len(leaf.outputs) if len(leaf.outputs) > 1 else layer
