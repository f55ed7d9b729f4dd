"""torchprofile: operators of a traced graph.

Source: the handlers of torchprofile 0.1.0, read and measured (see the tests for the real tool).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from ..arith import Dim, prod
from .base import Term
from .counters import PER_MAC, PER_OUT, Charge, Counter, charged
from .fvcore import einsum_of
from .recurrent import recurrent_weights
from .trace import Seen, Trace


def _conv(seen: Seen) -> Iterable[Charge]:
    transposed = "transpose" in seen.name
    if isinstance(seen.given(4, "padding", 0), str) and not transposed:
        return
    weight = seen.shape(1, "weight")
    # The bug on transposed convolutions: which axis of the weight is the input's is guessed from its sizes.
    channels = weight[1] if seen.y[len(seen.y) - len(weight) + 1] == weight[0] else weight[0]
    yield seen.elements_out * channels * prod(weight[2:]), PER_MAC if not transposed else "kernel per output element"


def _matrices(seen: Seen) -> Iterable[Charge]:
    b = seen.shape(1, "other") or seen.shape(1, "mat2") or seen.shape(1, "weight")
    yield _product(seen.x, b, "linear" in seen.name, seen.y), PER_MAC


def _product(a: tuple[Dim, ...], b: tuple[Dim, ...], linear: bool, y: tuple[Dim, ...]) -> Dim:
    if linear and len(a) <= 2 and len(b) == 2:
        # The weight of a linear layer stands rows first and is read columns first; the product is the same.
        return prod(a) * (b[0] if len(a) == 1 else b[1]) if len(a) == 1 else a[0] * b[0] * b[1]
    if len(a) == 1 and len(b) == 1:
        return a[0]
    if len(a) == 1:
        return prod(b)
    if len(b) == 1:
        return prod(a)
    if len(a) == 2 and len(b) == 2:
        return a[0] * prod(b)
    return prod(y[:-1]) * b[-2] * b[-1]


def _addmm(seen: Seen) -> Iterable[Charge]:
    yield prod(seen.shape(1, "mat1") or seen.shape(1, "batch1")) * seen.y[-1], PER_MAC


def _addmv(seen: Seen) -> Iterable[Charge]:
    yield prod(seen.shape(1, "mat")), PER_MAC


def _einsum(seen: Seen) -> Iterable[Charge]:
    equation, shapes = einsum_of(seen)
    if "..." in equation:
        return
    sizes: dict[str, Dim] = {}
    for term, shape in zip(equation.partition("->")[0].split(","), shapes, strict=False):
        sizes.update(zip(term, shape, strict=False))
    yield prod(sizes.values()), "product of all index sizes"


def _norm(place: int) -> Callable[[Seen], Iterable[Charge]]:
    return lambda seen: [(seen.elements_out, PER_OUT)] if seen.shape(place, "weight") is not None else []


def _per_output(each: int) -> Callable[[Seen], Iterable[Charge]]:
    return lambda seen: [(each * seen.elements_out, f"{each} per output element")]


def _lstm(seen: Seen) -> Iterable[Charge]:
    if len(seen.call.out) < 3:
        return
    features, y = seen.x[-1], seen.y
    state = seen.trace.shape(seen.call.out[1]) or ()
    hidden = state[-1]
    turns = y[-1] // hidden
    layers = state[0] // turns
    macs = sum(4 * hidden * ((features if layer == 0 else hidden * turns) + hidden) for layer in range(layers))
    yield y[0] * y[1] * turns * macs, "1 per multiply-accumulate of the gates"


#: Elementwise products inside a cell that a tracer takes apart, per output element.
_CELL_PRODUCTS = {"lstm_cell": 3, "gru_cell": 2}


def _cell(seen: Seen) -> Iterable[Charge]:
    yield prod(seen.x[:-1]) * sum(prod(w.shape) for w in recurrent_weights(seen)[0] if len(w.shape) == 2), PER_MAC
    products = _CELL_PRODUCTS.get(seen.name.rpartition(".")[2], 0)
    yield products * seen.elements_out, PER_OUT, "elementwise products"


def _grid(seen: Seen) -> Iterable[Charge]:
    each = {1: 0, 2: 16}.get(seen.given(2, "mode", 0), 4)
    yield each * seen.elements_out, f"{each} per output element"


def _attention(seen: Seen) -> Iterable[Charge]:
    q, k, v = seen.shape(0, "query"), seen.shape(1, "key"), seen.shape(2, "value")
    yield prod(q[:-1]) * k[-2] * (q[-1] + v[-1]), PER_MAC


RULES: dict[str, Callable[[Seen], Iterable[Charge]]] = {
    "conv1d": _conv, "conv2d": _conv, "conv3d": _conv,
    "conv_transpose1d": _conv, "conv_transpose2d": _conv, "conv_transpose3d": _conv,
    "linear": _matrices, "matmul": _matrices, "__matmul__": _matrices, "bmm": _matrices, "addmm": _addmm,
    "baddbmm": _addmm, "addmv": _addmv, "einsum": _einsum, "mul": _per_output(1), "mul_": _per_output(1),
    "__mul__": _per_output(1), "multiply": _per_output(1),
    "batch_norm": _norm(1), "instance_norm": _norm(1), "layer_norm": _norm(2), "group_norm": _norm(2),
    "adaptive_avg_pool1d": _per_output(1), "adaptive_avg_pool2d": _per_output(1), "adaptive_avg_pool3d": _per_output(1),
    "avg_pool1d": _per_output(1), "avg_pool2d": _per_output(1), "avg_pool3d": _per_output(1), "mean": _per_output(1),
    "leaky_relu": _per_output(1), "upsample_bilinear2d": _per_output(4), "lstm": _lstm, "grid_sampler": _grid,
    "scaled_dot_product_attention": _attention,
    **dict.fromkeys(("lstm_cell", "gru_cell", "rnn_tanh_cell", "rnn_relu_cell"), _cell),
}  # fmt: skip


class TorchProfile(Counter):
    """torchprofile 0.1.0: operators of the traced graph.

    Norms count 1 per element if they have weights, average pools and means 1 per result, products ``x * y`` 1 per
    result, bilinear upsampling 4, leaky ReLU 1; biases, sums, ReLU and max pools nothing. A product of sizes in the
    module's own arithmetic (``h * w``) is an operator of the traced graph and counts 1 where the result depends on it.
    Bugs that it reproduces: transposed convolutions are counted at their output positions and without groups;
    convolutions with padding in words and ``mm`` count nothing.
    """

    name = "torchprofile"
    unit = "MAC"
    version = "0.1.0"
    about = "torchprofile 0.1.0: 1 per multiply-accumulate, norms, average pools and products 1 per element; no bias"

    def terms(self, trace: Trace) -> Iterator[Term]:
        live = trace.live
        for call in trace.calls:
            if id(call) not in live:
                continue
            if call.name == "size.mul":
                yield Term("products of sizes", "1 each", trace.place(call), 1)
                continue
            rule = RULES.get(call.name.rpartition(".")[2])
            if rule is not None:
                seen = trace.seen(call)
                yield from charged(seen, rule(seen))


TORCHPROFILE = TorchProfile()
