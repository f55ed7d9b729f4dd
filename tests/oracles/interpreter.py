"""Runs a block with real torch modules on meta tensors.

Every module is built from the tensor that really arrives, so torch's sizes, not ours, decide what the next one sees.
"""

from __future__ import annotations

from functools import singledispatch

import torch
from torch import nn
from torch.nn import functional
from torch.utils.flop_counter import FlopCounterMode

import convcost as cc

torch.backends.mha.set_fastpath_enabled(False)


class Run:
    """Interprets blocks and adds up the parameters of the modules it makes."""

    def __init__(self):
        self.params = 0
        self.buffers = 0
        self.side_outputs = []

    def use(self, module, *inputs):
        module = module.to("meta").eval()
        self.params += sum(p.numel() for p in module.parameters())
        self.buffers += sum(b.numel() for name, b in module.named_buffers() if name.startswith("running"))
        try:
            y = module(*inputs)
        except ValueError as error:
            # Normalizing one single value is refused for its result (0), which depends on the batch, not the shape.
            if "Expected more than 1 " not in str(error):
                raise
            y = inputs[0]
        if isinstance(y, torch.Tensor) and y.numel() == 0:
            # Torch computes on with maps of size 0; a network of which nothing is left is a mistake to us.
            raise ValueError(f"{module} leaves nothing of {[tuple(x.shape) for x in inputs]}")
        return y


def measure(block, shape, batch=1):
    """Output shape, params, buffers and MACs (half of FlopCounterMode) of ``block`` as torch has them."""
    run = Run()
    with torch.device("meta"), FlopCounterMode(display=False) as counter:
        y = apply(block, run, torch.empty(batch, *shape))
    flops = counter.get_total_flops()
    assert flops % 2 == 0
    return tuple(y.shape[1:]), run.params, run.buffers, flops // 2


def _nd(name, x):
    return getattr(nn, f"{name}{max(x.dim() - 2, 1)}d")


def _sides(padding, rank):
    """(before, after) per axis, written independently of the package."""
    entries = [padding] * rank if isinstance(padding, int) else list(padding)
    return [(p, p) if isinstance(p, int) else tuple(p) for p in entries]


def _tuple(value, rank):
    return (value,) * rank if isinstance(value, int) else tuple(value)


def _padded(x, sides):
    flat = [side for pair in reversed(sides) for side in pair]
    return functional.pad(x, flat) if any(flat) else x


def _same_sides(x, kernel, stride, dilation):
    """Keras' rule: enough padding for ceil(size/stride) windows, the odd one behind."""
    sides = []
    for size, k, s, d in zip(x.shape[2:], kernel, stride, dilation, strict=True):
        windows = -(-size // s)
        total = max((windows - 1) * s + d * (k - 1) + 1 - size, 0)
        sides.append((total // 2, total - total // 2))
    return sides


@singledispatch
def apply(block, run, x):
    raise TypeError(f"no torch counterpart written for {type(block).__name__}")


@apply.register
def _(block: cc.Seq, run, x):
    for part in block.blocks:
        x = apply(part, run, x)
    return x


@apply.register
def _(block: cc.Identity, run, x):
    return x


@apply.register
def _(block: cc.Repeat, run, x):
    for _ in range(block.times):
        x = apply(block.body, run, x)
    return x


@apply.register
def _(block: cc.Module, run, x):
    return apply(block.body, run, x)


@apply.register
def _(block: cc.Tap, run, x):
    run.side_outputs.append(apply(block.head, run, x))
    return x


@apply.register
def _(block: cc.Concat, run, x):
    axis = block.axis if block.axis < 0 else block.axis + 1
    return torch.cat([apply(branch, run, x) for branch in block.branches], axis)


@apply.register
def _(block: cc.Add, run, x):
    first, *others = [apply(branch, run, x) for branch in block.branches]
    for other in others:
        first = first + other
    return first


@apply.register
def _(block: cc.Mul, run, x):
    first, *others = [apply(branch, run, x) for branch in block.branches]
    for other in others:
        first = first * other
    return first


_JOINS = {
    "sub": torch.sub, "div": torch.div, "pow": torch.pow, "max": torch.maximum, "min": torch.minimum,
    "compare": torch.gt, "logic": torch.logical_and, "average": torch.add,
}  # fmt: skip


@apply.register
def _(block: cc.Combine, run, x):
    first, *others = [apply(branch, run, x) for branch in block.branches]
    if block.operation == "select":
        return torch.where(first > 0, *others)
    for other in others:
        first = _JOINS[block.operation](first, other)
    return first / (1 + len(others)) if block.operation == "average" else first


@apply.register
def _(layer: cc.Einsum, run, x):
    # The batch is one more letter of both inputs and of the result.
    equation = "Z" + layer.equation.replace(",", ",Z").replace("->", "->Z")
    return torch.einsum(equation, *(apply(branch, run, x) for branch in layer.branches))


@apply.register
def _(layer: cc.Parameter, run, x):
    tensor = torch.empty(1, *layer.shape, device="meta")
    run.params += tensor.numel() if layer.learned else 0
    run.buffers += 0 if layer.learned else tensor.numel()
    return tensor


_FUNCTIONS = {
    "identity": torch.clone, "neg": torch.neg, "cast": torch.Tensor.double, "round": torch.round,
    "logic": torch.logical_not, "add": lambda x: x + 1, "mul": lambda x: x * 2, "div": lambda x: 1 / x,
    "pow": lambda x: x**3, "square": torch.square, "sqrt": torch.sqrt, "rsqrt": torch.rsqrt, "exp": torch.exp,
    "log": torch.log, "erf": torch.erf, "abs": torch.abs, "compare": lambda x: x > 0,
    "clip": lambda x: torch.clamp(x, -1, 1), "scale_shift": lambda x: 2 * x + 1, "mask": lambda x: x * (x > 0),
    "quantize": lambda x: torch.clamp(torch.round(x / 2 + 1), 0, 255), "dequantize": lambda x: (x - 1) * 2,
    "softsign": functional.softsign, "celu": functional.celu, "log_sigmoid": functional.logsigmoid,
    "hard_shrink": functional.hardshrink, "soft_shrink": functional.softshrink, "tanh_shrink": functional.tanhshrink,
    "squareplus": lambda x: (x + torch.sqrt(x * x + 4)) / 2,
}  # fmt: skip


@apply.register
def _(layer: cc.Pointwise, run, x):
    return _FUNCTIONS[layer.function](x)


@apply.register
def _(layer: cc.Reduce, run, x):
    axes = range(x.dim() - 1) if layer.axes is None else layer.axes
    axes = [axis if axis < 0 else axis + 1 for axis in axes]
    if layer.kind == "norm":
        return torch.linalg.vector_norm(x, 2, axes, layer.keepdims)
    reduce = {"mean": torch.mean, "sum": torch.sum, "max": torch.amax, "min": torch.amin}.get(layer.kind)
    if reduce is not None:
        return reduce(x, axes, layer.keepdims)
    for axis in sorted(axes, reverse=True, key=lambda axis: axis % x.dim()):
        x = torch.prod(x, axis, layer.keepdims)
    return x


@apply.register
def _(layer: cc.Slice, run, x):
    axis = layer.axis if layer.axis < 0 else layer.axis + 1
    size = x.shape[axis]
    places = range(size)[layer.start : layer.stop : layer.step]
    return run.use(nn.Identity(), x.index_select(axis, torch.zeros(len(places), dtype=torch.int64)))


@apply.register
def _(layer: cc.Take, run, x):
    axis = layer.axis if layer.axis < 0 else layer.axis + 1
    if layer.count is None:
        return x.select(axis, 0)
    return x.index_select(axis, torch.zeros(layer.count, dtype=torch.int64))


@apply.register
def _(layer: cc.Tile, run, x):
    return torch.tile(x, (1, *layer.repeats))


@apply.register
def _(layer: cc.MatMul, run, x):
    a, b = (apply(branch, run, x) for branch in layer.branches)
    return a @ b


@apply.register
def _(layer: cc.ScaledDotProductAttention, run, x):
    return functional.scaled_dot_product_attention(*(apply(branch, run, x) for branch in layer.branches))


@apply.register
def _(layer: cc.Conv, run, x):
    rank = x.dim() - 2
    kernel, stride, dilation = (_tuple(v, rank) for v in (layer.kernel, layer.stride, layer.dilation))
    if layer.padding == "same":
        x = _padded(x, _same_sides(x, kernel, stride, dilation))
    elif layer.padding != "valid":
        x = _padded(x, _sides(layer.padding, rank))
    groups = x.shape[1] if layer.groups == "depthwise" else layer.groups
    made = _nd("Conv", x)(x.shape[1], layer.out_channels, kernel, stride, 0, dilation, groups, layer.bias)
    return run.use(made, x)


@apply.register
def _(layer: cc.ConvTranspose, run, x):
    made = _nd("ConvTranspose", x)(
        x.shape[1], layer.out_channels, layer.kernel, layer.stride, layer.padding, layer.output_padding, layer.groups,
        layer.bias, layer.dilation,
    )  # fmt: skip
    return run.use(made, x)


@apply.register
def _(layer: cc.Pool, run, x):
    # avg_pool3d alone also refuses maps smaller than its window, padded or not; max_pool3d has the law of all others.
    alone = x.dim() == 5 and any(n < layer.kernel for n in x.shape[2:])
    if layer.kind == "max" or alone:
        made = _nd("MaxPool", x)(layer.kernel, layer.stride, layer.padding, layer.dilation, ceil_mode=layer.ceil_mode)
    else:
        made = _nd("AvgPool", x)(layer.kernel, layer.stride, layer.padding, layer.ceil_mode, layer.count_include_pad)
    return run.use(made, x)


@apply.register
def _(layer: cc.GlobalPool, run, x):
    return run.use(_nd("AdaptiveMaxPool" if layer.kind == "max" else "AdaptiveAvgPool", x)(1), x)


@apply.register
def _(layer: cc.AdaptivePool, run, x):
    return run.use(_nd("AdaptiveMaxPool" if layer.kind == "max" else "AdaptiveAvgPool", x)(layer.output_size), x)


@apply.register
def _(layer: cc.Linear, run, x):
    axis = layer.axis if layer.axis < 0 else layer.axis + 1
    moved = x.movedim(axis, -1)
    return run.use(nn.Linear(moved.shape[-1], layer.out_features, layer.bias), moved).movedim(-1, axis)


@apply.register
def _(layer: cc.BatchNorm, run, x):
    made = _nd("BatchNorm", x)(x.shape[1], affine=layer.affine, track_running_stats=layer.track_running_stats)
    return run.use(made, x)


@apply.register
def _(layer: cc.GroupNorm, run, x):
    return run.use(nn.GroupNorm(layer.num_groups, x.shape[1], affine=layer.affine), x)


@apply.register
def _(layer: cc.InstanceNorm, run, x):
    made = _nd("InstanceNorm", x)(x.shape[1], affine=layer.affine, track_running_stats=layer.track_running_stats)
    return run.use(made, x)


@apply.register
def _(layer: cc.LayerNorm, run, x):
    if layer.axis is not None:
        axes = sorted(axis % (x.dim() - 1) + 1 for axis in layer.axis)
        behind = tuple(range(x.dim() - len(axes), x.dim()))
        moved = torch.movedim(x, axes, behind)
        made = nn.LayerNorm(moved.shape[behind[0] :], elementwise_affine=layer.elementwise_affine, bias=layer.bias)
        return torch.movedim(run.use(made, moved), behind, axes)
    shape = x.shape[-1:] if layer.normalized_shape is None else layer.normalized_shape
    return run.use(nn.LayerNorm(shape, elementwise_affine=layer.elementwise_affine, bias=layer.bias), x)


@apply.register
def _(layer: cc.MultiheadAttention, run, x):
    return run.use(nn.MultiheadAttention(x.shape[-1], layer.num_heads, bias=layer.bias, batch_first=True), x, x, x)[0]


@apply.register
def _(layer: cc.RMSNorm, run, x):
    # Torch normalizes trailing axes only, so the vector goes there and back.
    axes = sorted(axis % (x.dim() - 1) + 1 for axis in layer.axis)
    behind = range(x.dim() - len(axes), x.dim())
    moved = torch.movedim(x, axes, tuple(behind))
    made = nn.RMSNorm(moved.shape[x.dim() - len(axes) :], elementwise_affine=layer.elementwise_affine)
    return torch.movedim(run.use(made, moved), tuple(behind), axes)


@apply.register(cc.LSTM)
@apply.register(cc.GRU)
@apply.register(cc.RNN)
def _(layer, run, x):
    options = {"proj_size": layer.proj_size} if isinstance(layer, cc.LSTM) else {}
    made = getattr(nn, type(layer).__name__)(
        x.shape[-1], layer.hidden_size, layer.num_layers, bias=layer.bias, batch_first=True,
        bidirectional=layer.bidirectional, **options,
    )  # fmt: skip
    return run.use(made, x)[0]


@apply.register
def _(layer: cc.Embedding, run, x):
    return run.use(nn.Embedding(layer.num_embeddings, layer.embedding_dim), x.long())


_PLAIN = {
    cc.ReLU: lambda layer: nn.ReLU(), cc.ReLU6: lambda layer: nn.ReLU6(), cc.ELU: lambda layer: nn.ELU(),
    cc.SELU: lambda layer: nn.SELU(), cc.LeakyReLU: lambda layer: nn.LeakyReLU(),
    cc.Sigmoid: lambda layer: nn.Sigmoid(),
    cc.Tanh: lambda layer: nn.Tanh(), cc.SiLU: lambda layer: nn.SiLU(),
    cc.GELU: lambda layer: nn.GELU(layer.approximate),
    cc.Softplus: lambda layer: nn.Softplus(), cc.Mish: lambda layer: nn.Mish(),
    cc.Hardsigmoid: lambda layer: nn.Hardsigmoid(), cc.Hardswish: lambda layer: nn.Hardswish(),
    cc.Hardtanh: lambda layer: nn.Hardtanh(), cc.PReLU: lambda layer: nn.PReLU(layer.num_parameters),
    cc.Softmax: lambda layer: (nn.LogSoftmax if layer.log else nn.Softmax)(
        layer.axis if layer.axis < 0 else layer.axis + 1
    ),
    cc.Dropout: lambda layer: nn.Dropout(layer.p), cc.LocalResponseNorm: lambda layer: nn.LocalResponseNorm(layer.size),
    cc.PixelShuffle: lambda layer: nn.PixelShuffle(layer.upscale_factor),
    cc.ChannelShuffle: lambda layer: nn.ChannelShuffle(layer.groups),
    cc.Upsample: lambda layer: nn.Upsample(layer.size, layer.scale_factor, layer.mode),
}  # fmt: skip

for _kind, _make in _PLAIN.items():

    def _plain(layer, run, x, make=_make):
        return run.use(make(layer), x)

    apply.register(_kind, _plain)


@apply.register
def _(layer: cc.Flatten, run, x):
    ends = [axis if axis < 0 else axis + 1 for axis in (layer.start_axis, layer.end_axis)]
    return run.use(nn.Flatten(*ends), x)


@apply.register
def _(layer: cc.Reshape, run, x):
    return x.reshape(x.shape[0], *layer.shape)


@apply.register
def _(layer: cc.Permute, run, x):
    return x.permute(0, *(axis + 1 for axis in layer.order))


@apply.register
def _(layer: cc.Pad, run, x):
    return _padded(x, _sides(layer.padding, x.dim() - 2))
