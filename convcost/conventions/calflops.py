"""calflops: patched functions.

Source: the formulas of calflops 0.3.2, read and measured (see the tests for the real tool).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from ..arith import Dim, prod
from ..calls import Call, Module
from .base import Term
from .counters import PER_MAC, PER_MAC_2, Charge, Counter, charged, repeated, standing
from .einsums import numpy_flops
from .fvcore import einsum_of
from .parts import bias_of, part_of
from .ptflops import broadcast_product, patched
from .recurrent import recurrent_formula
from .trace import Seen, Trace

#: A rule yields (value, how, part, whether it is a multiply-accumulate).
_MULTIPLIED = True


def _spread(value: Any, rank: int) -> tuple[Any, ...]:
    return value if isinstance(value, tuple) else (value,) * rank


def _linear(seen: Seen) -> Iterable[Charge]:
    yield seen.elements_in * seen.shape(1, "weight")[0], _MULTIPLIED


def _positions(seen: Seen, dilation_place: int) -> list[Dim]:
    """Output positions by the tool's own formula: for padding "same" the half of it is put on both sides."""
    weight = seen.shape(1, "weight")
    rank = len(weight) - 2
    strides = _spread(seen.given(3, "stride", 1), rank)
    dilations = _spread(seen.given(dilation_place, "dilation", 1), rank)
    padding = seen.given(4, "padding", 0)
    if padding == "same":
        pads = tuple(d * (k - 1) // 2 for d, k in zip(dilations, weight[2:], strict=True))
    else:
        pads = (0,) * rank if padding == "valid" else _spread(padding, rank)
    zipped = zip(seen.x[2:], weight[2:], strides, pads, dilations, strict=True)
    return [(size + 2 * pad - (d * (k - 1) + 1)) // s + 1 for size, k, s, pad, d in zipped]


def _conv(seen: Seen) -> Iterable[Charge]:
    x, weight, groups = seen.x, seen.shape(1, "weight"), seen.given(6, "groups", 1)
    places = x[0] * prod(_positions(seen, 5))
    yield prod(weight[2:]) * x[1] * (weight[0] // groups) * places, _MULTIPLIED
    if seen.shape(2, "bias") is not None:
        yield weight[0] * places, not _MULTIPLIED, bias_of(part_of(seen.name)), "1 per output element"


def _conv_transpose(seen: Seen) -> Iterable[Charge]:
    x, weight, groups = seen.x, seen.shape(1, "weight"), seen.given(6, "groups", 1)
    # The weight's channels are per group already and are divided once more, cut to whole numbers.
    yield prod(weight[2:]) * x[1] * (weight[1] // groups) * x[0] * prod(x[2:]), _MULTIPLIED
    if seen.shape(2, "bias") is not None:
        places = x[0] * prod(_positions(seen, 7))
        yield weight[1] * places, not _MULTIPLIED, bias_of(part_of(seen.name)), "at the size of a plain convolution"


def _elements(seen: Seen) -> Iterable[Charge]:
    yield seen.elements_in, not _MULTIPLIED, part_of(seen.name), "1 per input element"


def _norm(affine: int, plain: int, place: int) -> Callable[[Seen], Iterable[Charge]]:
    def rule(seen: Seen) -> Iterable[Charge]:
        each = affine if seen.shape(place, "weight") is not None else plain
        yield each * seen.elements_in, not _MULTIPLIED, part_of(seen.name), f"{each} per input element"

    return rule


def _batch_norm(seen: Seen) -> Iterable[Charge]:
    return (_norm(5, 4, 3) if seen.given(5, "training", False) else _norm(2, 1, 3))(seen)


def _upsample(seen: Seen) -> Iterable[Charge]:
    size = seen.given(1, "size")
    if size is not None:
        value = prod(size) if isinstance(size, tuple) else size
        yield value, not _MULTIPLIED, "upsampling", "1 per output position, channels and batch forgotten"
    else:
        yield seen.elements_in, not _MULTIPLIED, "upsampling", "1 per input element, the scale forgotten"


def _matmul(seen: Seen) -> Iterable[Charge]:
    yield seen.elements_in * seen.shape(1, "other")[-1], _MULTIPLIED


def _addmm(seen: Seen) -> Iterable[Charge]:
    first = seen.shape(1, "mat1") or seen.shape(1, "batch1")
    second = seen.shape(2, "mat2") or seen.shape(2, "batch2")
    yield prod(first) * second[-1], _MULTIPLIED
    yield seen.elements_in, not _MULTIPLIED, "bias of matrix products", "1 per element"


def _elementwise(seen: Seen) -> Iterable[Charge]:
    yield broadcast_product(seen), not _MULTIPLIED, part_of(seen.name), "1 per element"


def _einsum(seen: Seen) -> Iterable[Charge]:
    equation, shapes = einsum_of(seen)
    yield int(numpy_flops(equation, shapes)), not _MULTIPLIED, "matrix products", "NumPy's count, to four digits"


_POOLS = [f"F.{kind}_pool{rank}d" for kind in ("avg", "max", "adaptive_avg", "adaptive_max") for rank in (1, 2, 3)]
_ACTIVATIONS = [f"F.{name}" for name in ("relu", "prelu", "elu", "leaky_relu", "relu6", "silu", "gelu", "softmax")]
FUNCTIONS: dict[str, Callable[[Seen], Iterable[Charge]]] = {
    "F.linear": _linear,
    **{f"F.conv{rank}d": _conv for rank in (1, 2, 3)},
    **{f"F.conv_transpose{rank}d": _conv_transpose for rank in (1, 2, 3)},
    **dict.fromkeys([*_ACTIVATIONS, *_POOLS], _elements),
    "F.batch_norm": _batch_norm, "F.layer_norm": _norm(5, 4, 2), "F.group_norm": _norm(5, 4, 2),
    "F.instance_norm": _norm(5, 4, 3), "F.upsample": _upsample, "F.interpolate": _upsample,
    "torch.matmul": _matmul, "Tensor.matmul": _matmul, "torch.addmm": _addmm, "Tensor.addmm": _addmm,
    "torch.baddbmm": _addmm, "torch.mul": _elementwise, "Tensor.mul": _elementwise, "torch.add": _elementwise,
    "Tensor.add": _elementwise, "torch.einsum": _einsum,
}  # fmt: skip
#: Modules that have a hook of their own; what they call is charged to the module around them.
_RECURRENT = frozenset(f"torch.nn.modules.rnn.{kind}{tail}" for kind in ("RNN", "GRU", "LSTM") for tail in ("", "Cell"))


class CalFlops(Counter):
    """calflops 0.3.2, its FLOPs: 2 per multiply-accumulate of patched functions, and work per element of others.

    Biases of convolutions count, those of linear layers do not; norms 5 per element (batch norm 2), activations, pools
    and softmax 1, ``torch.add`` and ``torch.mul`` and the methods, not the signs. Sigmoid, tanh, hardswish, ``@``,
    fused attention and ``bmm`` count nothing. Bugs that it reproduces: the channels of a transposed convolution in
    groups are divided twice, and its bias is counted at the size of a plain convolution; upsampling forgets the scale,
    or channels and batch; Einstein sums are NumPy's count in four digits. (On a module without parameters the tool
    stops.)
    """

    name = "calflops"
    unit = "FLOP"
    version = "0.3.2"
    about = "calflops 0.3.2 FLOPs: 2 per multiply-accumulate, bias of convolutions, work per element"
    evaluates = True
    #: Operations per multiply-accumulate, and whether anything else counts.
    each = 2
    others = True

    def terms(self, trace: Trace) -> Iterator[Term]:
        places = standing(trace.top)
        yield from self._below(trace, trace.root, None, places)

    def _below(self, trace: Trace, call: Call, owner: Module | None, places: dict[int, int]) -> Iterator[Term]:
        """Charges go to the innermost module without a hook of its own, which is added up wherever it stands."""
        if call.module is not None:
            if call.name in _RECURRENT:
                seen = trace.seen(call)
                if self.others:
                    value = recurrent_formula(seen, True)
                    yield from charged(seen, [(value, "formula of the cell per step")], places[id(call.module)])
            else:
                owner = call.module
        rule = FUNCTIONS.get(call.name)
        if rule is not None and patched(call):
            seen, times = trace.seen(call), 1 if owner is None else places[id(owner)]
            yield from charged(seen, self._priced(seen, rule), times, repeated(times))
        for inner in call.calls:
            yield from self._below(trace, inner, owner, places)

    def _priced(self, seen: Seen, rule: Callable[[Seen], Iterable[Charge]]) -> Iterator[Charge]:
        for value, multiplied, *rest in rule(seen):
            if multiplied:
                yield value * self.each, PER_MAC_2 if self.each == 2 else PER_MAC
            elif self.others:
                yield value, rest[1], rest[0]


class CalFlopsMacs(CalFlops):
    """calflops 0.3.2, its MACs: the multiply-accumulates of patched functions, without Einstein sums."""

    name = "calflops-macs"
    unit = "MAC"
    about = "calflops 0.3.2 MACs: 1 per multiply-accumulate of patched functions"
    each = 1
    others = False


FLOPS = CalFlops()
MACS = CalFlopsMacs()
