"""fvcore: operators of a traced graph.

Source: the handles of fvcore 0.1.5, read and measured (see the tests for the real tool).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from ..arith import prod
from .base import Term
from .counters import PER_MAC, Charge, Counter, charged, conv_macs
from .einsums import numpy_flops
from .recurrent import recurrent_weights
from .trace import Seen, Trace


def _conv(seen: Seen) -> Iterable[Charge]:
    transposed = "transpose" in seen.name
    if isinstance(seen.given(4, "padding", 0), str) and not transposed:
        # Another operator in the traced graph, for which there is no handle.
        return
    yield conv_macs(seen.x, seen.shape(1, "weight"), seen.y, transposed), PER_MAC


def _linear(seen: Seen) -> Iterable[Charge]:
    yield seen.elements_in * seen.shape(1, "weight")[0], PER_MAC


def _matmul(seen: Seen) -> Iterable[Charge]:
    other = seen.shape(1, "other") or seen.shape(1, "mat2")
    yield seen.elements_in * other[-1], PER_MAC


def _addmm(seen: Seen) -> Iterable[Charge]:
    yield prod(seen.shape(1, "mat1")) * seen.shape(2, "mat2")[1], PER_MAC


def _einsum(seen: Seen) -> Iterable[Charge]:
    equation, shapes = einsum_of(seen)
    letters = list(dict.fromkeys(letter for letter in equation if letter.isalpha()))
    plain = equation.translate({ord(letter): 97 + place for place, letter in enumerate(letters)})
    if plain == "abc,abd->acd":
        yield prod(shapes[0]) * shapes[-1][-1], PER_MAC
    elif plain == "abc,adc->adb":
        yield prod(shapes[0]) * shapes[-1][1], PER_MAC
    else:
        yield math.floor(numpy_flops(plain, shapes) / 2), "half of NumPy's count, to four digits"


def einsum_of(seen: Seen) -> tuple[str, list[Any]]:
    """Equation and operand shapes of an Einstein sum."""
    operands = seen.call.args[1:]
    if len(operands) == 1 and seen.trace.shape(operands[0]) is None:
        operands = operands[0]
    shapes = [shape for shape in map(seen.trace.shape, operands) if shape is not None]
    return str(seen.call.args[0]).replace(" ", ""), shapes


def _norm(each: int, place: int, name: str = "weight") -> Callable[[Seen], Iterable[Charge]]:
    def rule(seen: Seen) -> Iterable[Charge]:
        price = each if seen.shape(place, name) is not None else each - 1
        yield price * seen.elements_in, f"{price} per input element"

    return rule


def _batch_norm(seen: Seen) -> Iterable[Charge]:
    return _norm(5 if seen.given(5, "training") else 2, 1)(seen)


def _per_output(each: int) -> Callable[[Seen], Iterable[Charge]]:
    return lambda seen: [(each * seen.elements_out, f"{each} per output element")]


def _per_input(seen: Seen) -> Iterable[Charge]:
    yield seen.elements_in, "1 per input element"


def _cell(seen: Seen) -> Iterable[Charge]:
    # A tracer takes a cell apart into two linear operators and what follows them.
    yield prod(seen.x[:-1]) * sum(prod(w.shape) for w in recurrent_weights(seen)[0] if len(w.shape) == 2), PER_MAC


#: By the operator's name in the traced graph, which is that of the call.
RULES: dict[str, Callable[[Seen], Iterable[Charge]]] = {
    "conv1d": _conv, "conv2d": _conv, "conv3d": _conv,
    "conv_transpose1d": _conv, "conv_transpose2d": _conv, "conv_transpose3d": _conv,
    "linear": _linear, "matmul": _matmul, "__matmul__": _matmul, "mm": _matmul, "bmm": _matmul, "addmm": _addmm,
    "einsum": _einsum, "batch_norm": _batch_norm, "instance_norm": _norm(5, 1), "group_norm": _norm(5, 2),
    "layer_norm": _norm(5, 2), "upsample_nearest2d": _per_output(1), "upsample_bilinear2d": _per_output(4),
    "adaptive_avg_pool2d": _per_input, "grid_sampler": _per_output(4),
    **dict.fromkeys(("lstm_cell", "gru_cell", "rnn_tanh_cell", "rnn_relu_cell"), _cell),
}  # fmt: skip


class FvCore(Counter):
    """fvcore 0.1.5: operators of the traced graph, 1 "flop" for each multiply-accumulate.

    Batch norm counts 2 per element (1 without weights; 5 and 4 in training), other norms 5 (4), nearest and bilinear
    upsampling 1 and 4 per result, a two-dimensional adaptive average pool 1 per input; biases, activations, other pools
    and elementwise operators nothing. Not counted though they multiply: convolutions with padding in words, fused
    attention, ``baddbmm``, recurrent layers. An Einstein sum is half of what NumPy reports, in four digits. What the
    result does not depend on is not in the traced graph.
    """

    name = "fvcore"
    unit = "MAC"
    version = "0.1.5.post20221221"
    about = "fvcore 0.1.5: 1 per multiply-accumulate, norms 2 to 5 per element, adaptive pools; no bias"

    def terms(self, trace: Trace) -> Iterator[Term]:
        for seen in trace.leaves:
            rule = RULES.get(seen.name.rpartition(".")[2])
            if rule is not None and id(seen.call) in trace.live:
                yield from charged(seen, rule(seen))


FVCORE = FvCore()
