"""Which counter counted what: counters in words, numbers in another order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import combinations
from math import prod
from typing import Any

from ...block import Block, Seq
from ...costing import Cost, cost
from ...formula import Chain, Neg, Num, Product, Sum, evaluate, size, symbol
from ...layers import BatchNorm, Conv, Flatten, Linear, Pool, ReLU
from ...messages import Message
from ...row import Row
from ..draws import Draw, need
from ..laws import added, product_law, worked
from ..model import Code, Gap, Grid, Inline, Listing, Numbers, Question, Step
from .base import Topic, wrong_answers
from .counting_ways import ALL_BIASES, AMOUNTS, BIASES, NAMES, WAYS, Way, amounts_of
from .describe import described
from .draws_of_layers import ranges_of

#: The counters of a question, by level: the ones to draw from, and how many.
COUNTERS: dict[int, tuple[tuple[str, ...], int]] = {
    1: (("macs", "flops", "bias", "norm-1", "norm-2", "norm-4"), 3),
    2: (tuple(way.name for way in WAYS if way.name != "patched"), 4),
    3: (tuple(way.name for way in WAYS), 4),
}
LETTERS = "ABCD"


def _which_counter(draw: Draw, level: int) -> Question:
    counted = _network(draw, level)
    names, count = COUNTERS[level]
    ways = draw.several([way for way in WAYS if way.name in names], count)
    need(any(not (_within(a, b) or _within(b, a)) for a, b in combinations(ways, 2)))
    amounts = amounts_of(counted)
    totals = [way.total(amounts) for way in ways]
    need(len(set(totals)) == count and max(totals) <= ranges_of(level).most)
    printed = sorted(totals)
    lines = [printed.index(total) + 1 for total in totals]
    gaps = tuple(
        Gap(Message("number of the line that counter {letter} printed", letter=letter), line)
        for letter, line in zip(LETTERS, lines, strict=False)
    )
    return Question(
        "which-counter", level, level + 1,
        (
            Message("A map of {shape} goes through this network:", shape=size(counted.inputs[0])),
            _layers(counted, level),
            Message("Counters were asked what it costs, in evaluation mode and for one example."),
            *_counters(ways),
            Message("They printed these numbers, smallest first. Which counter printed which?"),
            Listing(tuple(Num(total) for total in printed)),
        ),
        Message("Work out the multiply-accumulates first: every number holds them once or twice. What is left over "
            "tells the counters apart."),
        (*_amounts(counted, ways), *(_sum(way, letter, amounts) for way, letter in zip(ways, LETTERS, strict=False))),
        Numbers(_assigned(lines), gaps),
        wrong_answers(_assigned(lines), _exchanged(ways, lines, amounts), least=2),
        {
            "spec": repr(counted.source), "input": list(counted.inputs[0]), "counters": [way.name for way in ways],
            "printed": printed, "answer": lines,
        },
        # In which order the counters are told does not matter.
        alike=repr(sorted(zip([way.name for way in ways], totals, strict=True))),
    )  # fmt: skip


def _network(draw: Draw, level: int) -> Cost:
    """A convolution or two with what stands behind them, and a classifier."""
    ranges = ranges_of(level)
    shape = (draw.pick(ranges.channels[:6]), *[draw.pick([n for n in ranges.sizes if n % 2 == 0])] * 2)
    layers: list[Block] = []
    for _ in range(1 if level < 3 else 2):
        layers += _stage(draw, level)
    layers += [Flatten(), Linear(draw.pick((2, 5, 10) if level == 1 else (10, 100, 1000)), bias=not draw.chance(3))]
    try:
        return cost(Seq(*layers), shape)
    except ValueError:
        need(False)
        raise


def _stage(draw: Draw, level: int) -> list[Block]:
    kernel = draw.pick((1, 3, 5))
    filters = draw.pick([n for n in ranges_of(level).channels if n > 3])
    stage: list[Block] = [Conv(filters, kernel, padding=kernel // 2, bias=not draw.chance(3)), BatchNorm()]
    if level > 1 or draw.chance(2):
        stage.append(ReLU())
    if level > 1 or draw.chance(2):
        stage.append(Pool(2))
    return stage


# -- the text ------------------------------------------------------------------------------------------------------


def _layers(counted: Cost, level: int) -> Grid:
    """The layers; on paper with the shapes behind them."""
    head: tuple[Inline, ...] = (Message("Layer"), Message("what it is"))
    rows: list[tuple[Inline, ...]] = [(Code(row.name), _told(row)) for row in counted.rows]
    if level == 1:
        head += (Message("Output"),)
        rows = [(*cells, size(row.output)) for cells, row in zip(rows, counted.rows, strict=True)]
    return Grid(head, tuple(rows))


def _told(row: Row) -> Message:
    layer: Any = row.layer
    if isinstance(layer, (Conv, Pool)):
        return described(layer)
    if isinstance(layer, Linear):
        if layer.bias:
            return Message("a linear layer with {count} outputs, with bias", count=Num(layer.out_features))
        return Message("a linear layer with {count} outputs, without bias", count=Num(layer.out_features))
    return _PLAIN[row.kind]


_PLAIN = {
    "BatchNorm": Message("batch normalization, with scale and shift"),
    "ReLU": Message("ReLU"),
    "Flatten": Message("flatten: all axes become one"),
}


def _counters(ways: Sequence[Way]) -> list[Message]:
    return [
        Message("Counter {letter} counts {about} (as {tool}).", letter=letter, about=way.about, tool=way.tool)
        for letter, way in zip(LETTERS, ways, strict=False)
    ]


def _assigned(lines: Sequence[int]) -> Message:
    pairs = (Message("{letter} {line}", letter=letter, line=line) for letter, line in zip(LETTERS, lines, strict=False))
    return Message.joined(*pairs, by=", ")


def _within(one: Way, other: Way) -> bool:
    """Whether all prices of one are at most those of the other, so that the order needs no arithmetic."""
    return all(price <= other.prices.get(name, 0) for name, price in one.prices.items())


def _exchanged(ways: Sequence[Way], lines: Sequence[int], amounts: Mapping[str, int]) -> list[tuple[Inline, Message]]:
    """Two counters taken for each other, neighbours in size first, since they differ least."""
    pairs = sorted(combinations(range(len(ways)), 2), key=lambda pair: abs(lines[pair[0]] - lines[pair[1]]))
    return [(_assigned(_swapped(lines, a, b)), _why(ways[a], ways[b], amounts, a, b)) for a, b in pairs]


def _swapped(lines: Sequence[int], a: int, b: int) -> list[int]:
    turned = list(lines)
    turned[a], turned[b] = lines[b], lines[a]
    return turned


def _why(one: Way, other: Way, amounts: Mapping[str, int], a: int, b: int) -> Message:
    """What was overlooked: the amount that makes most of the difference, in the words of the counters."""
    apart = {name: abs(one.prices.get(name, 0) - other.prices.get(name, 0)) for name in AMOUNTS}
    differ = max(AMOUNTS, key=lambda name: amounts[name] * apart[name])
    told = ALL_BIASES if differ in BIASES and all(apart[name] for name in BIASES) else NAMES[differ]
    return Message(
        "{one} and {other} exchanged: they price {amounts} differently", one=LETTERS[a], other=LETTERS[b], amounts=told
    )


# -- the derivation ------------------------------------------------------------------------------------------------


def _amounts(counted: Cost, ways: Sequence[Way]) -> list[Step]:
    """The amounts that some counter prices, layer by layer, then the sums of those that several layers have."""
    priced = {name for way in ways for name in way.prices}
    told = [(name, words, chain) for row in counted.rows for name, words, chain in _of_row(row) if name in priced]
    sums = []
    for amount, words in NAMES.items():
        parts = [int(evaluate(chain.parts[-1])) for name, _, chain in told if name == amount]
        if len(parts) > 1:
            text = Message("{amounts} in all", amounts=words)
            sums.append(Step(text, added(symbol("MACs" if amount == "macs" else "n"), parts)))
    return [*(Step(text, chain) for _, text, chain in told), *sums]


def _of_row(row: Row) -> list[tuple[str, Message, Chain]]:
    """The amounts of a layer: name, words, and how they are worked out."""
    name = Code(row.name)
    if row.kind == "Pool":
        entering = Message("elements that enter {layer}", layer=name)
        compared = Message("comparisons of {layer}: one less than elements for each window", layer=name)
        return [("pool_in", entering, _elements(row.input)), ("pool_compares", compared, _compares(row))]
    if row.kind == "ReLU":
        return [("relu", Message("elements that go through {layer}", layer=name), _elements(row.output))]
    if row.kind == "BatchNorm":
        through = Message("elements that go through {layer}", layer=name)
        learned = Message("learned numbers of {layer}: a scale and a shift for each channel", layer=name)
        numbers = worked(symbol("n"), Product(Num(2), symbol("C")), {"C": int(row.output[0])}, int(row.params))
        return [("norm", through, _elements(row.output)), ("norm_params", learned, numbers)]
    return _of_product(row, name) if row.macs else []


def _of_product(row: Row, name: Code) -> list[tuple[str, Message, Chain]]:
    (nest,) = row.layer.contractions(*row.inputs, out=row.output)
    law, values = product_law(nest, "macs")
    macs = worked(symbol("MACs"), law, values, int(row.macs))
    found = [("macs", Message("multiply-accumulates of {layer}", layer=name), macs)]
    if row.tally.adds:
        kind = "conv_bias" if row.kind == "Conv" else "linear_bias"
        told = Message("bias additions of {layer}, one for each element that comes out", layer=name)
        found.append((kind, told, _elements(row.output, ("C_out", "H_out", "W_out"))))
    return found


def _elements(shape: tuple[int, ...], letters: tuple[str, ...] = ("C", "H", "W")) -> Chain:
    """How many they are; the letters are those of the layer's other laws."""
    if len(shape) == 1:
        return Chain(symbol("n"), symbol("out"), Num(shape[0]))
    law = Product(*map(symbol, letters))
    return worked(symbol("n"), law, dict(zip(letters, shape, strict=True)), prod(shape))


def _compares(row: Row) -> Chain:
    """A window of ``k`` by ``k`` has one comparison less than elements."""
    layer: Any = row.layer
    channels, height, width = row.output
    law = Product(Sum(Product(symbol("k"), symbol("k")), Neg(Num(1))), symbol("C"), symbol("H_out"), symbol("W_out"))
    values = {"k": layer.kernel, "C": channels, "H_out": height, "W_out": width}
    return worked(symbol("n"), law, values, int(row.tally.compares))


def _sum(way: Way, letter: str, amounts: Mapping[str, int]) -> Step:
    """What a counter adds up."""
    priced = [(name, price) for name, price in way.prices.items() if amounts[name]]
    total = Num(way.total(amounts))
    every = set(BIASES) <= way.prices.keys()
    words = [ALL_BIASES if every and name in BIASES else NAMES[name] for name, _ in priced]
    told = Message(
        "counter {letter} adds up: {amounts}",
        letter=letter, amounts=Message.joined(*dict.fromkeys(words), by=", "),
    )  # fmt: skip
    terms = [Num(amounts[name]) if price == 1 else Product(Num(price), Num(amounts[name])) for name, price in priced]
    if len(terms) > 1:
        return Step(told, Chain(symbol(f"n_{letter}"), Sum(*terms), total))
    return Step(told, Chain(symbol(f"n_{letter}"), *terms, *([] if terms[0] == total else [total])))


_RANGES = (
    Message("one convolution on a small map, shapes given; 3 counters"),
    Message("one convolution with norm, ReLU and pooling, sizes of real networks; 4 counters"),
    Message("two convolutions with norm, ReLU and pooling, sizes of real networks; 4 counters of all kinds"),
)
WHICH_COUNTER = Topic(
    "which-counter", Message("Which counter counted what"),
    Message("numbers that several counters printed for one network"), _RANGES, _which_counter,
)  # fmt: skip
