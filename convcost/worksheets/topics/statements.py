"""Lines of right arithmetic about a network, each ready to be printed with another number in its place."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

from ...costing import Cost, cost
from ...formula import Chain, Formula, Frac, Neg, Num, Product, Sum, symbol
from ...layers import Conv
from ...messages import Message
from ...row import Row
from ..draws import Draw
from ..laws import added, product_law, window_step, worked
from ..model import Code

#: From here on a number is told in millions, too.
MILLIONS = 1_000_000


@dataclass(frozen=True)
class Statement:
    """A line with a number at its end: ``line(text)`` prints it with that number.

    ``law`` is the arithmetic in front of the number (nothing where the line tells it in words), ``proof`` the chain
    that works the number out. ``parts`` are the labelled addends of a total. ``of`` are the layers, from 0. Where one
    of the whole numbers that it ``tells`` stands in another line, one line can be held against the other.
    """

    quantity: str
    of: tuple[int, ...]
    right: str
    line: Callable[[str], Message]
    proof: Chain
    law: Formula | None = None
    parts: tuple[tuple[str, int], ...] = ()
    tells: frozenset[int] = frozenset()

    @property
    def about(self) -> tuple[str, tuple[int, ...]]:
        """What it is about: the exact number and the rounded one are the same."""
        return self.quantity.removesuffix("-rounded"), self.of


def statements(counted: Cost, draw: Draw) -> list[Statement]:
    """All lines that can be told of a network of convolutions and pools, in the order of the layers; sums last."""
    rows = list(enumerate(counted.rows))
    convolutions = [(n, row) for n, row in rows if isinstance(row.layer, Conv)]
    found = [one for n, row in rows for one in _of_size(n, row)]
    found += [one for n, row in convolutions for one in _of_layer(n, row)]
    found += _sums(convolutions)
    for (n, first), (m, second) in [(a, b) for a in convolutions for b in convolutions if a[0] != b[0]]:
        found += _ratio(n, first, m, second)
    found += [one for n, row in convolutions for one in _saving(n, row, draw)]
    return found


def _of_size(n: int, row: Row) -> Iterator[Statement]:
    layer: Any = row.layer
    if layer.kernel == 1 or isinstance(layer.kernel, tuple):
        return
    chain = window_step(layer, 0, row.input, row.output[1])
    name = Code(row.name)
    told = frozenset({int(row.output[1])})
    yield _equation("height", n, chain, told, lambda law: Message(
        "Height behind {layer}: {law}", layer=name, law=law
    ))  # fmt: skip


def _of_layer(n: int, row: Row) -> Iterator[Statement]:
    layer: Any = row.layer
    (nest,) = layer.contractions(*row.inputs, out=row.output)
    name = Code(row.name)
    law, values = product_law(nest, "params")
    told = frozenset({int(nest.weights), int(row.params)})
    weights = worked(symbol("n"), law, values, nest.weights)
    yield _equation("weights", n, weights, told, lambda law: Message(
        "Weights of {layer}: {law}", layer=name, law=law
    ))  # fmt: skip
    if layer.bias:
        values["C_out"] = int(row.output[0])
        params = worked(symbol("n"), Sum(law, symbol("C_out")), values, row.params)
        yield _equation("params", n, params, told, lambda law: Message(
            "Parameters of {layer}, biases included: {law}", layer=name, law=law
        ))  # fmt: skip
    law, values = product_law(nest, "macs")
    told = frozenset({int(row.macs), 2 * int(row.macs)})
    macs = worked(symbol("MACs"), law, values, row.macs)
    yield _equation("macs", n, macs, told, lambda law: Message("MACs of {layer}: {law}", layer=name, law=law))
    flops = worked(symbol("FLOPs"), Product(Num(2), symbol("MACs")), {"MACs": int(row.macs)}, 2 * row.macs)
    yield _equation("flops", n, flops, told, lambda law: Message(
        "FLOPs of {layer}, two for each MAC: {law}", layer=name, law=law
    ))  # fmt: skip
    if row.macs >= MILLIONS:
        text = f"{_rounded(Fraction(row.macs, MILLIONS), 1)} M"
        product = macs.parts[2]
        yield Statement("macs-rounded", (n,), text, lambda printed: Message(
            "MACs of {layer}, rounded: {law}", layer=name, law=Chain(product, Num(printed), signs="≈")
        ), macs, product, tells=told)  # fmt: skip


def _sums(rows: list[tuple[int, Row]]) -> Iterator[Statement]:
    of = tuple(n for n, _ in rows)
    if len(of) < 2:
        return
    macs = [int(row.macs) for _, row in rows]
    yield replace(_equation("sum", 0, added(symbol("MACs"), macs), frozenset({*macs, sum(macs)}), lambda law: Message(
        "MACs of all convolutions: {law}", law=law
    )), of=of)  # fmt: skip
    params = [(row.name, int(row.params)) for _, row in rows]
    total = sum(number for _, number in params)
    listed = Message.joined(
        *(Message("{layer} {number}", layer=Code(name), number=Num(number)) for name, number in params), by=", "
    )
    yield Statement("total", of, f"{total:,}", lambda printed: Message(
        "Parameters: {parts}, in total {number}", parts=listed, number=Num(printed)
    ), added(symbol("n"), [number for _, number in params]), parts=tuple(params),
        tells=frozenset({total, *(number for _, number in params)}))  # fmt: skip


def _ratio(n: int, first: Row, m: int, second: Row) -> Iterator[Statement]:
    ratio = Fraction(first.macs, second.macs)
    if not 1 < ratio < 100 or ratio.denominator == 1 or ratio.denominator in (2, 5, 10, 20, 25, 50, 100):
        return
    law, told = Frac(Num(first.macs), Num(second.macs)), frozenset({int(first.macs), int(second.macs)})
    text = _rounded(ratio, 2)
    yield Statement("ratio", (n, m), text, lambda printed: Message(
        "MACs of {first} over those of {second}: {law}",
        first=Code(first.name), second=Code(second.name), law=Chain(law, Num(printed), signs="≈"),
    ), Chain(symbol("q"), law, Num(text), signs=("=", "≈")), law, tells=told)  # fmt: skip


def _saving(n: int, row: Row, draw: Draw) -> Iterator[Statement]:
    """Fewer filters: weights fall by a share of whole per cents, that is not a half."""
    layer: Any = row.layer
    if layer.groups != 1:
        return
    shares = [
        (fewer, 100 - 100 * fewer // layer.out_channels)
        for fewer in range(1, layer.out_channels)
        if 100 * fewer % layer.out_channels == 0 and 2 * fewer != layer.out_channels
    ]
    if not shares:
        return
    fewer, percent = draw.pick(shares)
    before = _weights(layer, row)
    after = _weights(replace(layer, out_channels=fewer), row)
    saved = Sum(Num(1), Neg(Frac(Num(after), Num(before))))
    yield Statement("saving", (n, fewer), f"{percent} %", lambda printed: Message(
        "With fewer filters the weights of {layer} fall from {before} to {after}, that is by {percent}",
        layer=Code(row.name), before=Num(before), after=Num(after), percent=Num(printed),
    ), Chain(symbol("s"), saved, Frac(Num(percent), Num(100))), tells=frozenset({before, after}))  # fmt: skip


def _weights(layer: Any, row: Row) -> int:
    return int(cost(replace(layer, bias=False), row.input).params)


def _equation(
    quantity: str, n: int, proof: Chain, tells: frozenset[int], line: Callable[[Chain], Message]
) -> Statement:
    """The numbers put in and the result of a chain ``left = law = numbers = result``."""
    law, result = proof.parts[-2:]
    return Statement(
        quantity, (n,), str(result), lambda printed: line(Chain(law, Num(printed))), proof, law, tells=tells
    )


def _rounded(value: Fraction, places: int) -> str:
    """Half up, as people round.

    >>> _rounded(Fraction(300, 31), 2)
    '9.68'
    """
    whole, rest = divmod((value * 10**places + Fraction(1, 2)).__floor__(), 10**places)
    return f"{whole}.{rest:0{places}d}"
