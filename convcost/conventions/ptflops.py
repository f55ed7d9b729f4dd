"""ptflops: hooks on modules and patched functions together; and its other backend, below the dispatcher.

Source: the tables of ptflops 0.7.5, read and measured (see the tests for the real tool).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from fractions import Fraction
from typing import Any

from ..arith import Dim, is_symbolic, prod
from ..calls import Call, Module
from .base import Term
from .counters import PER_MAC, PER_OUT, Charge, Counter, charged, conv_macs, repeated, standing
from .gradients import Gradients
from .parts import bias_of, part_of
from .recurrent import gate_biases, recurrent_formula, recurrent_weights
from .torch_counter import multiplied
from .trace import Seen, Trace, numbers_only


def _conv(seen: Seen, extra: int = 0) -> Iterable[Charge]:
    facts, weight = seen.module.facts, seen.module.weights["weight"].shape
    transposed = "ConvTranspose" in seen.name
    places = (seen.x if transposed else seen.y)[2:]
    channels = facts["in_channels"] * (facts["out_channels"] // facts["groups"]) + extra
    yield prod(weight[2:]) * channels * seen.x[0] * prod(places), PER_MAC
    if "bias" in seen.module.weights:
        yield seen.x[0] * prod(seen.y[1:]), PER_OUT, bias_of(part_of(seen.name))


def _deformable(seen: Seen) -> Iterable[Charge]:
    return _conv(seen, 25 if seen.shape(2, "mask") is not None else 24)


def _linear(seen: Seen) -> Iterable[Charge]:
    x = seen.x
    yield x[-1] * seen.y[-1] * prod(x[:-1]), PER_MAC
    if "bias" in seen.module.weights:
        yield seen.y[-1] * prod(x[:-1]), PER_OUT, "bias of linear layers"


def _norm(seen: Seen) -> Iterable[Charge]:
    each = 2 if seen.module.facts.get("affine") else 1
    yield each * seen.elements_in, f"{each} per input element"


def _per_input(seen: Seen) -> Iterable[Charge]:
    yield seen.elements_in, "1 per input element (module)"


def _per_output(seen: Seen) -> Iterable[Charge]:
    yield seen.elements_out, "1 per output element (module)"


def _upsample(seen: Seen) -> Iterable[Charge]:
    # The first example alone, times its first size: its elements.
    yield prod(seen.y[1:]), "1 per element of one example (module)"


def _recurrent(seen: Seen) -> Iterable[Charge]:
    yield recurrent_formula(seen, False), "formula of the cell per step"


def _attention(seen: Seen) -> Iterable[Charge]:
    q, k, v = (seen.shape(place) for place in range(3))
    facts = seen.module.facts
    batch, axis = (q[0], 1) if facts.get("batch_first") else (q[1], 0)
    (lq, lk, lv), (dq, dk, dv) = (q[axis], k[axis], v[axis]), (q[2], k[2], v[2])
    heads = facts["num_heads"]
    yield batch * (lq * dq * dq + lk * dk * dk + lv * dv * dv), PER_MAC, "linear layers"
    yield batch * heads * (lq * lk * (dq // heads) + lq * lk * (dv // heads)), PER_MAC, "attention"
    yield batch * lq * dq, "1 per scaled query", "scaling of queries"
    yield batch * heads * lq * lk, "1 per score", "softmax"
    yield batch * lq * dv * dv, PER_MAC, "linear layers"
    bias = (lq + lk + lv) * dq if "in_proj_bias" in seen.module.weights else 0
    yield batch * (bias + lq * dv), PER_OUT, "bias of linear layers"


def _timm_attention(seen: Seen) -> Iterable[Charge]:
    batch, tokens, _ = seen.x
    facts = seen.module.facts
    width, heads = facts["head_dim"], facts["num_heads"]
    yield batch * 2 * tokens * tokens * width * heads, PER_MAC, "attention"
    yield batch * tokens * width * heads, "1 per scaled query", "scaling of queries"
    yield batch * heads * tokens * tokens, "1 per score", "softmax"


def _named(prefix: str, names: str, rule: Callable[[Seen], Iterable[Charge]]) -> dict[str, Any]:
    kinds = [name.replace("#", rank) for name in names.split() for rank in ("123" if "#" in name else "1")]
    return {prefix + kind: rule for kind in kinds}


MODULES: dict[str, Callable[[Seen], Iterable[Charge]]] = {
    **_named("torch.nn.modules.conv.", "Conv#d ConvTranspose#d", _conv),
    **_named("torch.nn.modules.activation.", "ReLU PReLU ELU LeakyReLU ReLU6 GELU", _per_output),
    **_named("torch.nn.modules.pooling.", "MaxPool#d AvgPool#d AdaptiveMaxPool#d AdaptiveAvgPool#d", _per_input),
    **_named("torch.nn.modules.batchnorm.", "BatchNorm#d", _norm),
    **_named("torch.nn.modules.instancenorm.", "InstanceNorm#d", _norm),
    **_named("torch.nn.modules.normalization.", "GroupNorm LayerNorm", _norm),
    **_named("torch.nn.modules.rnn.", "RNN GRU LSTM RNNCell GRUCell LSTMCell", _recurrent),
    "torch.nn.modules.linear.Linear": _linear,
    "torch.nn.modules.upsampling.Upsample": _upsample,
    "torch.nn.modules.activation.MultiheadAttention": _attention,
    "torchvision.ops.deform_conv.DeformConv2d": _deformable,
    "timm.models.vision_transformer.Attention": _timm_attention,
    "timm.layers.attention.Attention": _timm_attention,
}
#: Whose formula reads the shapes of the input's places 0 and 1 only by position.
_FUNCTION = "1 per input element (function)"


def _elements(seen: Seen) -> Iterable[Charge]:
    yield seen.elements_in, _FUNCTION


def _interpolate(seen: Seen) -> Iterable[Charge]:
    x, size = seen.x, seen.given(1, "size")
    rank = len(x) - 2
    if size is not None:
        places = prod(size) if isinstance(size, tuple) else size**rank
        yield places * prod(x[:2]), "1 per output element (function)"
        return
    factor = seen.given(2, "scale_factor")
    if isinstance(factor, tuple) and len(factor) == rank:
        value: Any = prod(x) * int(_float_prod(factor))
    else:
        value = prod(x) * (factor[0] if isinstance(factor, tuple) else factor) ** rank
    yield value if is_symbolic(value) else Fraction(value), "scale per input element (function)"


def _float_prod(factors: Any) -> int:
    # NumPy multiplies them as int64, which cuts every factor first.
    product = 1
    for factor in factors:
        product *= int(factor)
    return product


def _matmul(seen: Seen) -> Iterable[Charge]:
    other = seen.shape(1, "other") or seen.shape(1, "mat2")
    yield seen.elements_in * other[-1], PER_MAC


def _addmm(seen: Seen) -> Iterable[Charge]:
    first = seen.shape(1, "mat1") or seen.shape(1, "batch1")
    second = seen.shape(2, "mat2") or seen.shape(2, "batch2")
    yield prod(first) * second[-1], PER_MAC
    if seen.given(3, "beta", 1) != 0:
        yield seen.elements_in, PER_OUT, "bias of matrix products"


def broadcast_product(seen: Seen) -> Dim:
    """Elements of the two operands' common shape, aligned on the left as the tool does it."""
    a, b = seen.shape(0, "input"), seen.shape(1, "other")
    if a is None or b is None:
        return prod(a or b or ())
    rank = max(len(a), len(b))
    pairs = [(a[i] if i < len(a) else 1, b[i] if i < len(b) else 1) for i in range(rank)]
    return prod(x if y == 1 else y if x == 1 else x if x == y else max(_n(x), _n(y)) for x, y in pairs)


def _n(size: Dim) -> int:
    return numbers_only(size, "ptflops")


def _elementwise(seen: Seen) -> Iterable[Charge]:
    yield broadcast_product(seen), "1 per element"


_POOLS = [f"F.{kind}_pool{rank}d" for kind in ("avg", "max", "adaptive_avg", "adaptive_max") for rank in (1, 2, 3)]
FUNCTIONS: dict[str, Callable[[Seen], Iterable[Charge]]] = {
    **dict.fromkeys(["F.relu", "F.prelu", "F.elu", "F.relu6", "F.gelu", "F.softmax", "F.silu", *_POOLS], _elements),
    "F.upsample": _interpolate, "F.interpolate": _interpolate,
}  # fmt: skip
#: Functions and methods; the same operation written with a sign is not seen.
OPERATIONS: dict[str, Callable[[Seen], Iterable[Charge]]] = {
    **dict.fromkeys(["torch.matmul", "Tensor.matmul", "torch.mm", "Tensor.mm", "torch.bmm", "Tensor.bmm"], _matmul),
    **dict.fromkeys(["torch.addmm", "Tensor.addmm", "torch.baddbmm"], _addmm),
    **dict.fromkeys(["torch.mul", "Tensor.mul", "torch.add", "Tensor.add"], _elementwise),
}


def patched(call: Call) -> bool:
    """Whether a tool that puts its own function under the name of this one sees the call."""
    return not call.infix and (call.named or call.name.startswith("Tensor."))


def _has_rule(module: Module) -> bool:
    return module.kind in MODULES


class PtFlops(Counter):
    """ptflops 0.7.5, its default ``pytorch`` backend: modules by their very class, and patched functions beside them.

    Multiply-accumulates with biases; batch, group and instance norm 2 per element (1 without weights), a layer norm 1;
    activations, pools and softmax 1 per element; ``torch.add`` and ``torch.mul`` and the methods, not the signs. Bugs
    that it reproduces: a ReLU, ELU, PReLU, ReLU6, GELU, pool or Upsample module is counted twice, by its hook and by
    the function that it calls; convolutions and linear layers as functions, fused attention and ``@`` count nothing;
    modules are divided by the batch, functions are not; modules in several places are added up for each.
    """

    name = "ptflops"
    unit = "MAC"
    version = "0.7.5"
    about = "ptflops 0.7.5 (pytorch backend): multiply-accumulates with bias, norms, activations and pools per element"
    evaluates = True

    def terms(self, trace: Trace) -> Iterator[Term]:
        batch = self._batch(trace)
        counted = standing(trace.top, _has_rule, _has_rule)
        parts: list[Term] = []
        for seen in trace.modules:
            rule = MODULES.get(seen.name)
            times = counted.get(id(seen.module), 0) if rule is not None else 0
            if rule is not None and times:
                terms = charged(seen, rule(seen), times, repeated(times))
                parts += [term._replace(value=_share(term.value, batch)) for term in terms]
        for call in trace.calls:
            function = FUNCTIONS.get(call.name) or OPERATIONS.get(call.name)
            if not patched(call):
                continue
            if function is not None:
                seen = trace.seen(call)
                parts += charged(seen, function(seen))
        yield from _whole(parts)

    @staticmethod
    def _batch(trace: Trace) -> Dim:
        shape = trace.shape(trace.root.args[0]) if trace.root.args else None
        return shape[0] if shape else 1


def _share(value: Dim, batch: Dim) -> Dim:
    if type(batch) is int and batch == 1:
        return value
    if is_symbolic(value) or is_symbolic(batch):
        return value / batch
    return Fraction(value) / batch


def _whole(parts: list[Term]) -> Iterator[Term]:
    """The terms, with what the tool cuts off at the end as one of its own."""
    total = sum((term.value for term in parts), 0)
    broken = Fraction(0)
    for term in parts:
        if isinstance(term.value, Fraction):
            value = term.value.numerator // term.value.denominator
            broken += term.value - value
            term = term._replace(value=value)
        yield term
    if not is_symbolic(total) and int(broken):
        yield Term("fractions", "what adds up to whole numbers", "(module)", int(broken))


class PtFlopsAten(Counter):
    """ptflops 0.7.5, its ``aten`` backend: ``convolution``, ``mm``, ``bmm``, ``addmm`` at the dispatcher, on the CPU.

    Multiply-accumulates, biases of convolutions and of ``addmm``; nothing else: ``baddbmm``, fused attention and fused
    recurrent layers count nothing, nor does the bias of a linear layer that becomes ``mm`` and a sum.
    """

    name = "ptflops-aten"
    unit = "MAC"
    version = "0.7.5"
    about = "ptflops 0.7.5 (aten backend): multiply-accumulates and biases of convolutions and matrix products"
    evaluates = True

    def terms(self, trace: Trace) -> Iterator[Term]:
        gradients = Gradients(trace)
        for seen in trace.leaves:
            short = seen.name.rpartition(".")[2]
            below = set(seen.call.below)
            if short == "scaled_dot_product_attention" and fused_on_cpu(seen, gradients):
                continue
            if short.startswith(("gru", "rnn_", "lstm")):
                # An LSTM without projections is one fused kernel on the CPU.
                if short != "lstm" or any(len(weights) in (3, 5) for weights in recurrent_weights(seen)):
                    yield from self._recurrent(seen)
                continue
            if not below & {"convolution", "_convolution", "mm", "bmm", "addmm"} or "baddbmm" in below:
                continue
            part = part_of(seen.name)
            if short.startswith("conv"):
                weight = seen.shape(1, "weight")
                yield Term(part, PER_MAC, seen.path, conv_macs(seen.x, weight, seen.y, "transpose" in short))
            else:
                yield Term(part, PER_MAC, seen.path, multiplied(seen))
            biased = short.startswith("conv") and seen.shape(2, "bias") is not None
            if biased or "addmm" in below:
                yield Term(bias_of(part), PER_OUT, seen.path, seen.elements_out)

    @staticmethod
    def _recurrent(seen: Seen) -> Iterator[Term]:
        """Two linear operators for every layer and step, each with its bias."""
        yield Term("recurrent layers", PER_MAC, seen.path, multiplied(seen))
        if "addmm" in seen.call.below:
            yield Term("bias of recurrent layers", PER_OUT, seen.path, gate_biases(seen))


def fused_on_cpu(seen: Seen, gradients: Gradients) -> bool:
    """Whether attention becomes one fused operator on the CPU, which hides its products: four axes, heads of one width,
    and no mask that wants a gradient."""
    shapes = [seen.shape(place, name) for place, name in enumerate(("query", "key", "value"))]
    if any(len(shape) != 4 for shape in shapes) or len({shape[-1] for shape in shapes}) > 1:
        return False
    mask = seen.raw(3, "attn_mask")
    return mask is None or not gradients.wanted(mask)


PTFLOPS = PtFlops()
ATEN = PtFlopsAten()
