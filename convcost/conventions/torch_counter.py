"""torch's own counters: ``FlopCounterMode``, forward and with backward, and the profiler's estimate.

Source: ``torch/utils/flop_counter.py`` and the profiler of torch 2.14, read and measured (see the tests).
"""

from __future__ import annotations

from collections.abc import Iterator

from ..arith import Dim, prod
from ..errors import UnsupportedError
from .base import Term
from .counters import PER_MAC_2, Counter
from .parts import part_of
from .trace import Seen, Trace

#: Operators that ``FlopCounterMode`` has formulas for, among what calls decompose into on the meta device.
_COUNTED = frozenset(
    "mm addmm bmm baddbmm convolution _convolution _scaled_dot_product_flash_attention "
    "_scaled_dot_product_efficient_attention _scaled_dot_product_cudnn_attention".split()
)


def multiplied(seen: Seen) -> Dim:
    """Multiply-accumulates of an operator whose decomposition torch counts."""
    if not _COUNTED.intersection(seen.call.below):
        return 0
    cost, total = seen.trace.cost, 0
    for number in seen.call.nodes:
        node = cost.graph.nodes[number]
        shapes = [cost.whole_shape(value) for value in node.inputs]
        out = cost.whole_shape(cost.graph.input_count + number)
        total = total + node.layer.tally(*shapes, out=out).macs
    return total


class FlopCounter(Counter):
    """torch 2.14 ``FlopCounterMode`` on the meta device, forward: 2 FLOP for every multiply-accumulate of a matrix
    product or convolution that reaches the dispatcher.

    Biases, norms, activations, pools and elementwise operators count nothing. Attention is counted as its two products
    (on the meta device, with the fused path of ``MultiheadAttention`` off; on the CPU the same tool counts 0 for it).
    """

    name = "torch"
    unit = "FLOP"
    version = "2.14"
    about = "torch FlopCounterMode, forward: 2 per multiply-accumulate, nothing else"

    def terms(self, trace: Trace) -> Iterator[Term]:
        for seen in trace.leaves:
            macs = multiplied(seen)
            if type(macs) is not int or macs:
                yield Term(part_of(seen.name), PER_MAC_2, seen.path, 2 * macs)


class FlopCounterTrain(Counter):
    """torch 2.14 ``FlopCounterMode`` on the meta device, forward and the backward pass of the sum of all outputs.

    Backward, an operand that needs a gradient costs as much as the forward product: the weight if it is trainable, the
    input if anything before it is. A bug that it reproduces: the gradient of the weight of a convolution in groups is
    counted as if it had none, so times their number.
    """

    name = "torch-train"
    unit = "FLOP"
    version = "2.14"
    about = "torch FlopCounterMode, forward and backward: 2 per multiply-accumulate, nothing else"

    def terms(self, trace: Trace) -> Iterator[Term]:
        yield from FlopCounter().terms(trace)
        from .gradients import Gradients

        gradients = Gradients(trace)
        for seen in trace.leaves:
            macs = multiplied(seen)
            if type(macs) is int and not macs:
                continue
            for what, products in gradients.products(seen, macs):
                part = f"backward of {part_of(seen.name)}"
                yield Term(part, f"2 per multiply-accumulate, {what}", seen.path, 2 * products)


#: Elementwise products inside operators that torch takes apart, per output element.
_PRODUCTS = {"lstm_cell": 3, "gru_cell": 1}


class Profiler(Counter):
    """torch 2.14 profiler, ``with_flops=True`` on the CPU, the fused path of ``MultiheadAttention`` off.

    2 per multiply-accumulate of ``conv2d`` with padding in numbers and of the matrix products, 1 per element of the
    first operand of ``add`` and ``mul`` (not in place); everything else nothing, among it one- and three-dimensional
    and transposed convolutions and fused attention. Recurrent layers are refused.
    """

    name = "torch-profiler"
    unit = "FLOP"
    version = "2.14"
    about = "torch.profiler with_flops: 2 per multiply-accumulate of conv2d and matrix products, 1 per add and mul"

    def terms(self, trace: Trace) -> Iterator[Term]:
        for seen in trace.leaves:
            short = seen.name.rpartition(".")[2]
            if short in ("lstm", "gru", "rnn_tanh", "rnn_relu"):
                raise UnsupportedError(
                    "what torch.profiler counts of a recurrent layer hangs on the kernels of the machine",
                    where=seen.path, got=short,
                )  # fmt: skip
            if short == "conv2d":
                padding = seen.given(4, "padding", 0)
                if isinstance(padding, str) or len(seen.x) != 4:
                    continue
                yield Term("convolutions", PER_MAC_2, seen.path, 2 * multiplied(seen))
            elif {"mm", "addmm", "bmm", "baddbmm"}.intersection(seen.call.below) and "attention" not in short:
                yield Term(part_of(seen.name), PER_MAC_2, seen.path, 2 * multiplied(seen))
                if short in _PRODUCTS:
                    yield Term("elementwise products", "1 each", seen.path, _PRODUCTS[short] * seen.elements_out)
            elif short == "einsum" and "mul" in seen.call.below:
                yield Term("elementwise products", "1 per output element", seen.path, seen.elements_out)
            elif short in ("rms_norm", "instance_norm"):
                # Taken apart into products; an instance norm has two of single numbers where it repeats its weights.
                if short == "rms_norm":
                    factor = 2 if seen.shape(2, "weight") is not None else 1
                    yield Term("elementwise products", f"{factor} per element", seen.path, factor * seen.elements_in)
                elif seen.shape(1, "weight") is not None:
                    yield Term("elementwise products", "2 of single numbers", seen.path, 2)
            elif short in ("add", "mul"):
                yield Term(part_of(seen.name), "1 per element of the first operand", seen.path, prod(seen.x))


TORCH = FlopCounter()
TRAIN = FlopCounterTrain()
PROFILER = Profiler()
