"""What an operator consists of below torch's own decompositions: multiply-accumulates, and operators not understood."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from typing import Any

import torch


def _product(a: Any, b: Any) -> int:
    """Rows by columns by what is summed, for stacks of matrices."""
    return int(math.prod(a) * b[-1] if len(b) > 1 else math.prod(a))


def _second(_: Any, a: Any, b: Any, *_rest: Any) -> int:
    """The product of the second and third argument; the first one is added."""
    return _product(a, b)


#: Operators that multiply and add, and how often, by the shapes of their arguments.
_MACS: dict[str, Callable[..., int]] = {
    "mm": _product,
    "bmm": _product,
    "mv": _product,
    "dot": _product,
    "vdot": _product,
    "addmm": _second,
    "baddbmm": _second,
    "addmv": _second,
}


def _spatial(x: int, k: int, stride: int, pad: int, dilation: int) -> int:
    return (x + 2 * pad - dilation * (k - 1) - 1) // stride + 1


def _of_convolution(args: tuple[Any, ...]) -> int:
    x, w = args[0].shape, args[1].shape
    stride, pad, dilation, transposed = args[3], args[4], args[5], args[6]
    if transposed:
        return int(math.prod(x) * math.prod(w[1:]))
    rank = len(w) - 2

    def entry(values: Any, axis: int) -> int:
        return int(values[axis if len(values) > 1 else 0])

    places = [
        _spatial(x[axis + 2], w[axis + 2], entry(stride, axis), entry(pad, axis), entry(dilation, axis))
        for axis in range(rank)
    ]
    return int(x[0] * math.prod(places) * math.prod(w))


def _of_attention(args: tuple[Any, ...]) -> int:
    q, k, v = (args[place].shape for place in range(3))
    return int(math.prod(q[:-1]) * k[-2] * (q[-1] + v[-1]))


def _of_trilinear(args: tuple[Any, ...]) -> int:
    # Every operand gets fresh axes of 1 where the lists say so; the product runs over the union.
    sizes: dict[int, int] = {}
    operands = [list(args[place].shape) for place in range(3)]
    for shape, fresh in zip(operands, args[3:6], strict=True):
        for axis in sorted(fresh):
            shape.insert(axis, 1)
        for axis, size in enumerate(shape):
            sizes[axis] = max(sizes.get(axis, 1), size)
    return math.prod(sizes.values())


_WHOLE: dict[str, Callable[[tuple[Any, ...]], int]] = {
    "convolution": _of_convolution,
    "_convolution": _of_convolution,
    "_trilinear": _of_trilinear,
    "_scaled_dot_product_flash_attention_for_cpu": _of_attention,
    "_scaled_dot_product_flash_attention": _of_attention,
    "_scaled_dot_product_efficient_attention": _of_attention,
    "_scaled_dot_product_cudnn_attention": _of_attention,
    "_scaled_dot_product_fused_attention_overrideable": _of_attention,
}


def _name(func: Any) -> str:
    return str(func._schema.name.partition("::")[2])


def macs_below(below: Iterable[tuple[Any, tuple[Any, ...]]]) -> int:
    """Multiply-accumulates of all operators below a call."""
    total = 0
    for func, args in below:
        name = _name(func)
        if name in _MACS:
            total += _MACS[name](*[arg.shape if isinstance(arg, torch.Tensor) else arg for arg in args])
        elif name in _WHOLE:
            total += _WHOLE[name](args)
    return total


#: Operators that are no multiply-accumulate, beside those that torch itself marks as pointwise.
_MOVES = frozenset(
    "view _unsafe_view reshape expand permute transpose t squeeze unsqueeze select slice split split_with_sizes chunk "
    "unbind cat stack clone copy_ _to_copy detach alias as_strided empty empty_strided empty_like new_empty new_zeros "
    "new_ones new_full zeros ones full zeros_like ones_like full_like arange linspace eye scalar_tensor rand randn "
    "randint randperm rand_like randn_like bernoulli_ bernoulli uniform_ normal_ fill_ zero_ roll flip index "
    "index_select index_put index_put_ _index_put_impl_ gather scatter scatter_ scatter_add scatter_add_ masked_fill "
    "masked_fill_ where embedding constant_pad_nd reflection_pad1d reflection_pad2d reflection_pad3d "
    "replication_pad1d replication_pad2d replication_pad3d unfold im2col col2im sum mean amax amin max min var std "
    "var_mean std_mean prod any all argmax argmin topk sort argsort cumsum cumprod logsumexp norm linalg_vector_norm "
    "_softmax _log_softmax native_layer_norm native_group_norm native_batch_norm _native_batch_norm_legit "
    "_native_batch_norm_legit_no_training _native_batch_norm_legit_functional _batch_norm_with_update "
    "native_dropout max_pool2d_with_indices max_pool3d_with_indices avg_pool2d avg_pool3d _adaptive_avg_pool2d "
    "_adaptive_avg_pool3d adaptive_max_pool2d adaptive_max_pool3d upsample_nearest1d upsample_nearest2d "
    "upsample_nearest3d upsample_linear1d upsample_bilinear2d upsample_trilinear3d upsample_bicubic2d "
    "_upsample_nearest_exact1d _upsample_nearest_exact2d _upsample_nearest_exact3d _upsample_bilinear2d_aa "
    "_upsample_bicubic2d_aa pixel_shuffle pixel_unshuffle native_channel_shuffle triu tril triu_ tril_ diagonal "
    "diag_embed repeat repeat_interleave tile one_hot lift_fresh _fused_rms_norm hardtanh hardtanh_ leaky_relu "
    "leaky_relu_ elu elu_ gelu glu softplus _prelu_kernel rrelu_with_noise log_sigmoid_forward lerp pow "
    "fill copy bucketize searchsorted meshgrid cross diff isin maximum minimum remainder max_unpool2d "
    "adaptive_max_pool1d avg_pool1d max_pool1d _local_scalar_dense is_nonzero item sym_size nonzero_static "
    "set_ resize_ _reshape_alias view_as_real view_as_complex complex real imag conj _conj".split()
)


def unknown_below(below: Iterable[tuple[Any, tuple[Any, ...]]]) -> tuple[str, ...]:
    """Names of operators whose cost is not understood."""
    names = []
    for func, _ in below:
        name = _name(func)
        if func.namespace not in ("aten", "prims", "prim"):
            names.append(f"{func.namespace}::{name}")
        elif name not in _MACS and name not in _WHOLE and name not in _MOVES and torch.Tag.pointwise not in func.tags:
            names.append(name)
    return tuple(dict.fromkeys(names))
