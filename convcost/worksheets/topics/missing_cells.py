"""Cells of a summary that may be missing: each with the arithmetic that gives it back, and what slips give instead."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from math import prod
from typing import Any

from ...costing import Cost, cost
from ...formula import Chain, Formula, Frac, Neg, Num, Product, Root, Sum, evaluate, symbol
from ...layers import BatchNorm, Conv, Linear, Pool
from ...messages import Message
from ...row import Row
from ..draws import Draw
from ..laws import added, product_law, window_step, worked
from ..model import Code, Step

#: Holes of a row are worked out in this order.
LABELS = {
    "kernel": Message("side of the kernel"), "channels": Message("channels"), "side": Message("height and width"),
    "params": Message("number of parameters"), "macs": Message("number of MACs"), "total": Message("all parameters"),
    "total-macs": Message("all MACs"),
}  # fmt: skip


@dataclass(frozen=True)
class Missing:
    """A hole: of which kind, in which row (the number of rows for the totals), its value and how it is worked out;
    ``wrong`` are the values that slips give."""

    kind: str
    row: int
    value: int
    steps: tuple[Step, ...]
    wrong: tuple[tuple[int, Message], ...]


def holes_of(n: int, row: Row) -> Iterator[Missing]:
    """The cells of row ``n`` (from 0) that may be missing."""
    layer: Any = row.layer
    if isinstance(layer, (Conv, Pool)):
        yield _side(n, row, layer)
    if isinstance(layer, (Conv, Linear, BatchNorm)):
        yield _params(n, row, layer)
    if isinstance(layer, (Conv, Linear)):
        yield _macs(n, row)
    if isinstance(layer, Conv):
        yield _channels(n, row, layer)
        if layer.kernel > 1:
            yield _kernel(n, row, layer)


def _step(row: Row, what: str, chain: Chain) -> Step:
    return Step(Message("{layer}: {what}", layer=Code(row.name), what=LABELS[what]), chain)


def _side(n: int, row: Row, layer: Any) -> Missing:
    side, before = int(row.output[1]), int(row.input[1])
    wrong = [
        (before, Message("the size of the input kept")),
        *((int(cost(slip, row.input).output[1]), why) for slip, why in _window_slips(layer, before)),
        (side - 1, Message("the + 1 forgotten")),
    ]
    return Missing("side", n, side, (_step(row, "side", window_step(layer, 0, row.input, side)),), tuple(wrong))


def _window_slips(layer: Any, size: int) -> Iterator[tuple[Any, Message]]:
    """The layer with one of its arguments forgotten, counted by half, or read as another one; as a map of this size
    can take it."""
    if layer.padding:
        if size >= layer.kernel:
            yield replace(layer, padding=0), Message("the padding forgotten")
        if size + layer.padding >= layer.kernel:
            once = (layer.padding, 0)
            yield replace(layer, padding=(once, once)), Message("the padding counted on one side only")
    if layer.stride != 1:
        yield replace(layer, stride=1), Message("the stride forgotten")
    if isinstance(layer, Pool):
        yield replace(layer, ceil_mode=True), Message("rounded up instead of down")


def _params(n: int, row: Row, layer: Any) -> Missing:
    params = int(row.params)
    if isinstance(layer, BatchNorm):
        chain = worked(symbol("n"), Product(Num(2), symbol("C")), {"C": int(row.output[0])}, params)
        wrong = [
            (params // 2, Message("the scale counted, the shift forgotten")),
            (2 * params, Message("the running statistics counted, which are not learned")),
        ]
        return Missing("params", n, params, (_step(row, "params", chain),), tuple(wrong))
    law, values = _product(row, "params")
    out = int(row.output[0])
    weights = params - (out if layer.bias else 0)
    if layer.bias:
        # A bias for each of what comes out, in the letter that the weights have for it.
        name = "out" if isinstance(layer, Linear) else "C_out"
        law, values = Sum(law, symbol(name)), {**values, name: out}
    wrong = [
        (weights, Message("the biases forgotten")) if layer.bias else (weights + out, Message("biases added")),
        (params * int(prod(row.output[1:])), Message("multiplied by the places of the output")),
        *_careless_params(layer, weights, params),
    ]
    return Missing("params", n, params, (_step(row, "params", worked(symbol("n"), law, values, params)),), tuple(wrong))


def _careless_params(layer: Any, weights: int, params: int) -> Iterator[tuple[int, Message]]:
    """What a convolution comes to if something of its kernel is overlooked."""
    if isinstance(layer, Conv):
        biases = params - weights
        yield weights // layer.kernel + biases, Message("only one side of the kernel counted")
        yield weights // layer.kernel**2 + biases, Message("the taps of the kernel forgotten")


def _macs(n: int, row: Row) -> Missing:
    law, values = _product(row, "macs")
    macs = int(row.macs)
    wrong = [
        (2 * macs, Message("FLOPs counted: two for each multiply-accumulate")),
        (macs + int(prod(row.output)), Message("the additions of biases counted")),
        (int(row.params), Message("parameters counted: the places of the output forgotten")),
    ]
    return Missing("macs", n, macs, (_step(row, "macs", worked(symbol("MACs"), law, values, macs)),), tuple(wrong))


def _channels(n: int, row: Row, layer: Any) -> Missing:
    """Filters from parameters: each filter has ``k·k·C_in`` weights, and perhaps a bias."""
    filters, inputs, params = int(row.output[0]), int(row.input[0]), int(row.params)
    each: Formula = Product(Num(layer.kernel), Num(layer.kernel), Num(inputs))
    if layer.bias:
        each = Sum(each, Num(1))
    wrong = [
        (params // inputs, Message("the taps of the kernel forgotten")),
        (params // (layer.kernel * inputs), Message("only one side of the kernel counted")),
        (inputs, Message("the channels of the input kept")),
    ]
    chain = _solved(symbol("C_out"), Frac(Num(params), each), filters)
    return Missing("channels", n, filters, (_step(row, "channels", chain),), tuple(wrong))


def _kernel(n: int, row: Row, layer: Any) -> Missing:
    """The kernel from parameters: ``k·k`` weights for each pair of an input channel and a filter."""
    filters, inputs, params = int(row.output[0]), int(row.input[0]), int(row.params)
    weights: Formula = Sum(Num(params), Neg(Num(filters))) if layer.bias else Num(params)
    taps = Frac(weights, Product(Num(inputs), Num(filters)))
    wrong = [
        (layer.kernel**2, Message("the root forgotten: these are the taps")),
        (2 * layer.padding + 1, Message("the kernel that would keep the size with this padding")),
    ]
    chain = _solved(symbol("k"), Root(taps), layer.kernel)
    return Missing("kernel", n, layer.kernel, (_step(row, "kernel", chain),), tuple(wrong))


def _solved(left: Formula, numbers: Formula, result: int) -> Chain:
    """``left = numbers = result``, worked out once more."""
    if evaluate(numbers) != result:
        raise ArithmeticError(f"{numbers} is not {result}")
    return Chain(left, numbers, Num(result))


def hole_of_total(draw: Draw, counted: Cost) -> Missing:
    """One of the two totals."""
    if draw.chance(2):
        parts = [int(row.params) for row in counted.rows if row.params]
        chain = added(symbol("n"), parts)
        value, kind = sum(parts), "total"
    else:
        parts = [int(row.macs) for row in counted.rows if row.macs]
        chain = added(symbol("MACs"), parts)
        value, kind = sum(parts), "total-macs"
    wrong = [(value - part, Message("a row left out")) for part in sorted(parts)]
    step = Step(Message("the sum over all rows: {what}", what=LABELS[kind]), chain)
    return Missing(kind, len(counted.rows), value, (step,), tuple(wrong))


def _product(row: Row, quantity: str) -> tuple[Formula, dict[str, int]]:
    (nest,) = row.layer.contractions(*row.inputs, out=row.output)
    return product_law(nest, quantity)
