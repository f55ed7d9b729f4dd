"""Questions about the width at which a reduction stops paying."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from math import ceil

from ...analysis.compare import compare
from ...arith import Dim, Shape
from ...block import Block
from ...costing import cost
from ...formula import Chain, Formula, Frac, Num, put, symbol
from ...messages import Message
from ...symbolic import symbols, tree
from ..draws import Draw, need
from ..model import Gap, Numbers, Part, Question, Step
from .base import Topic, wrong_numbers
from .blocks import FAMILIES, Family, Sizes, conv, drawn_sizes, map_of
from .comparing import decimal, equals
from .folding import filled, filled_chain, value_at
from .rows import block_steps, layers_of
from .slips import Slip, mistaken, no_slip, slips
from .words import block_in_words, conditions, two_blocks

#: Sizes that any block can have, to try its cost.
_ANY = dict.fromkeys("CHWkMN", 8)
#: A width beyond this is none that anybody would build.
WIDEST = 4096


def _strided(v: Sizes, bias: bool) -> Block:
    return conv(v["N"], v["k"], stride=2, bias=bias)


def _strided_bottleneck(v: Sizes, bias: bool) -> Block:
    return conv(v["r"], bias=bias) >> conv(v["N"], v["k"], stride=2, bias=bias)


def _plain(v: Sizes, bias: bool) -> Block:
    return conv(v["N"], v["k"], bias=bias)


def _depthwise(v: Sizes, bias: bool) -> Block:
    depthwise = conv(v["r"], v["k"], groups="depthwise", bias=bias)
    return conv(v["r"], bias=bias) >> depthwise >> conv(v["N"], bias=bias)


def _waist(v: Sizes, bias: bool) -> Block:
    return conv(v["r"], bias=bias) >> conv(v["r"], v["k"], bias=bias) >> conv(v["N"], bias=bias)


def _oblong(v: Sizes, bias: bool) -> Block:
    return conv(v["r"], bias=bias) >> conv(v["r"], (1, v["k"]), bias=bias) >> conv(v["N"], (v["k"], 1), bias=bias)


_REDUCED = (
    *(family for family in FAMILIES if family.name in ("bottleneck", "fire")),
    # The stride stands in the k×k convolution, so the reduction works on the large map.
    Family("strided", "kN", _strided, _strided_bottleneck, 2),
    # The three layers of Sandler et al. 2018 (MobileNet v2), here to narrow the map.
    Family("depthwise", "kN", _plain, _depthwise, 2),
    # He et al. 2016, without shortcut.
    Family("waist", "kN", _plain, _waist, 3),
    Family("reduced-oblong", "kN", _plain, _oblong, 3),
)
_LEVELS = {
    1: ("bottleneck",),
    2: ("bottleneck", "fire", "strided", "depthwise"),
    3: ("fire", "strided", "depthwise", "waist", "reduced-oblong"),
}


@dataclass(frozen=True)
class _Forms:
    """Both costs with letters for all channels, and their derivation."""

    first: Formula
    second: Formula
    chains: tuple[tuple[Chain, ...], ...]
    #: Where both are equal; ``None`` where the width is squared.
    limit: Formula | None


@lru_cache(maxsize=256)
def _forms(name: str, sizes: tuple[tuple[str, Dim], ...]) -> _Forms:
    put_in = dict(sizes)
    both = compare(*_family(name).both(put_in), input_shape=map_of(put_in))
    chains = []
    for number, each in enumerate(both.costs, start=1):
        steps = block_steps(each, "macs", "ab"[number - 1], f"n_{number}")
        chains.append(tuple(step.formula for step in steps if step.formula is not None))
    first, second = map(tree, both.closed_forms)
    once = value_at(second, {**_ANY, "r": 1})
    limit = None
    if value_at(second, {**_ANY, "r": 2}) == 2 * once and both.break_even is not None:
        limit = tree(both.break_even.expression)
    return _Forms(first, second, tuple(chains), limit)


def _family(name: str) -> Family:
    return next(family for family in _REDUCED if family.name == name)


def _break_even(draw: Draw, level: int) -> Question:
    family = _family(draw.pick(_LEVELS[level]))
    drawn = drawn_sizes(draw, level, family)
    drawn.pop("r", None)
    if level == 1:
        # The size of the map does not matter here, so that the channels have to vary more.
        drawn |= {"C": draw.pick(range(6, 41)), "N": draw.pick(range(2, 31))}
    elif family.name == "depthwise":
        # With more filters it would pay even where it makes the map wider.
        drawn["N"] = draw.pick((8, 10, 12, 16, 20, 24, 32, 40))
    strided = family.name == "strided"
    need(not strided or (drawn["H"] == drawn["W"] and drawn["H"] in (8, 16, 28, 32, 56)))
    # Without strides the size of the map cancels, and may be a letter; the numbers drawn stand for any.
    free = {"r": symbols("r")} | ({} if strided else {"H": symbols("H"), "W": symbols("W")})
    shown = {**drawn, **free}
    blocks, shape = family.both(shown), map_of(shown)
    widths = _Widths(family, drawn)
    right = widths.largest()
    # A reduction: narrower than what comes in, and by more than the one channel that anybody would guess; by two not
    # too often either.
    need(2 <= right <= drawn["C"] - 2 and drawn["C"] <= 10 * right)
    need(right < drawn["C"] - 2 or draw.chance(3))
    numbers = {letter: value for letter, value in drawn.items() if letter not in free}
    in_letters = {
        name: value if name == "k" or (strided and name in "HW") else symbols(name) for name, value in shown.items()
    }
    forms = _forms(family.name, tuple(in_letters.items()))
    return Question(
        "break-even", level, level + 2,
        _prompt(shape, blocks, strided),
        Message("Write down what block 2 takes with {r} as a letter, set it below what block 1 takes, and solve for "
            "{r}.", r=symbol("r")),
        (*_counts(forms, blocks, numbers), *_solution(forms, numbers, right)),
        Numbers(Num(right), (Gap(Message("largest width"), right),)),
        wrong_numbers(right, _wrong(widths, right)),
        {
            "specs": [repr(block) for block in blocks], "input": [str(dim) for dim in shape], "quantity": "macs",
            "width": "r",
        },
        # The size of the map cancels.
        alike=repr((family.name, sorted(numbers.items() - {(side, drawn[side]) for side in "HW"}))),
    )  # fmt: skip


class _Widths:
    """The kernel's counts of a pair of blocks at three widths; the width enters at most squared, so that these three
    give all others."""

    def __init__(self, family: Family, drawn: Mapping[str, int]) -> None:
        shape = map_of(drawn)
        self.first = cost(family.both({**drawn, "r": 1})[0], shape)
        self.second = [cost(family.both({**drawn, "r": width})[1], shape) for width in (1, 2, 3)]

    def largest(self, slip: Slip = no_slip) -> int:
        """The largest width at which the second block takes fewer MACs, counted rightly or with a mistake; 0 where
        there is none, and more than ``WIDEST`` where there is no end."""
        bound = mistaken(self.first, "macs", slip)
        one, two, three = (mistaken(each, "macs", slip) for each in self.second)
        bend, low, high = three - 2 * two + one, 0, WIDEST + 1
        while high - low > 1:
            width = (low + high) // 2
            count = one + (width - 1) * (two - one) + (width - 1) * (width - 2) // 2 * bend
            low, high = (width, high) if count < bound else (low, width)
        return low


def _prompt(shape: Shape, blocks: tuple[Block, ...], strided: bool) -> tuple[Part, ...]:
    return (
        *two_blocks(shape, blocks),
        conditions(bias=None, stride=not strided),
        Message("What is the largest width {r} at which block 2 takes fewer multiply-accumulates (MACs) than block 1? "
            "Equally many is not fewer.", r=symbol("r")),
    )  # fmt: skip


def _counts(forms: _Forms, blocks: tuple[Block, ...], numbers: dict[str, int]) -> Iterator[Step]:
    for number, (block, chains) in enumerate(zip(blocks, forms.chains, strict=True), start=1):
        texts = [*map(block_in_words, layers_of(block))]
        layers = len(texts)
        texts += [Message("together")] * (len(chains) - layers)
        for place, (text, chain) in enumerate(zip(texts, chains, strict=True)):
            told = Message("block {number}: {step}", number=number, step=text)
            yield Step(told, filled_chain(chain, numbers, terms=place == layers))


def _solution(forms: _Forms, numbers: dict[str, int], right: int) -> Iterator[Step]:
    first, second = filled(forms.first, numbers), filled(forms.second, numbers)
    yield Step(Message("block 2 is to take fewer"), Chain(second, first, signs="<"))
    # The places of the map are on both sides.
    once = {"H": 1, "W": 1}
    bound, each = value_at(first, once), value_at(second, {**once, "r": 1})
    if forms.limit is not None:
        if value_at(forms.limit, numbers) != bound / each:
            raise ArithmeticError(f"{forms.limit} is not {bound / each}")
        yield from _divided(int(bound), int(each), right)
    else:
        yield from _tried(second, int(bound), right)


def _divided(bound: int, each: int, right: int) -> Iterator[Step]:
    limit = Fraction(bound, each)
    # What is rounded to a whole number would look like an equality.
    need(limit.denominator == 1 or decimal(limit).text[-3:] != ".00")
    if right != ceil(limit) - 1:
        raise ArithmeticError(f"{right} is not the largest whole number below {limit}")
    yield Step(
        Message("divided by everything that multiplies {r}", r=symbol("r")),
        Chain(symbol("r"), Frac(Num(bound), Num(each)), decimal(limit), signs=("<", equals(limit))),
    )
    if limit.denominator == 1:
        told = Message("at {equal} both take equally many, so the largest width is one less",
            equal=Chain(symbol("r"), Num(int(limit))))  # fmt: skip
        yield Step(told, Chain(symbol("r"), Num(right)))
    else:
        yield Step(Message("the largest whole number below"), Chain(symbol("r"), Num(right)))


def _tried(second: Formula, bound: int, right: int) -> Iterator[Step]:
    """A square of the width: the two whole numbers on both sides of the limit are tried."""
    for width, sign, text in (
        (right, "<", Message("for each place of the map, at this width: fewer")),
        (right + 1, "≥", Message("and at the next one: no longer fewer")),
    ):
        value = int(value_at(second, {"H": 1, "W": 1, "r": width}))
        if (value < bound) != (sign == "<"):
            raise ArithmeticError(f"at r = {width}: {value} against {bound}")
        per_place = filled(second, {"H": 1, "W": 1})
        yield Step(text, Chain(put(per_place, {"r": width}), Num(value), Num(bound), signs=("=", sign)))


def _wrong(widths: _Widths, right: int) -> Iterator[tuple[int, Message]]:
    yield right + 1, Message("rounded up")
    for slip, why in slips("macs", of_blocks=True):
        width = widths.largest(slip)
        if 0 < width < WIDEST:
            yield width, why
    yield right // 2, Message("FLOPs of block 2 compared with MACs of block 1")
    yield right * 2, Message("FLOPs of block 1 compared with MACs of block 2")


TOLD = (
    Message("one reduction before a 3 × 3 or 5 × 5 convolution; small numbers"),
    Message("also strides, branches and depthwise convolutions; sizes of real networks"),
    Message("also widths that are squared"),
)
BREAK_EVEN = Topic(
    "break-even", Message("Break-even width"), Message("the width at which a reduction stops paying"), TOLD, _break_even
)
