"""Questions about two blocks: which costs less, and by what factor."""

from __future__ import annotations

from fractions import Fraction

from ...arith import Shape
from ...block import Block
from ...costing import Cost, cost
from ...formula import Chain, Frac, Num, symbol
from ...messages import Message
from ..draws import Draw, need
from ..model import Gap, Inline, Numbers, Question, Step
from .base import Topic, wrong_answers
from .blocks import MOST, drawn_sizes, families, map_of
from .rows import block_steps, total
from .slips import mistaken, slips
from .words import MACS, WEIGHTS, conditions, two_blocks

#: Blocks that are nearer to each other than this are not told apart by anybody's eye.
CLEAR = Fraction(21, 20)
PLACES = 2


def decimal(value: Fraction, places: int = PLACES) -> Num:
    """A positive fraction as it is asked for, written as people do.

    >>> str(decimal(Fraction(300, 31))), str(decimal(Fraction(10852217, 1000)))
    ('9.68', '10,852.22')
    """
    whole, point, rest = Gap(Message(""), value, places=places).digits.partition(".")
    return Num(f"{int(whole):,}{point}{rest}")


def equals(value: Fraction, places: int = PLACES) -> str:
    """The sign between a fraction and its decimals."""
    return "=" if Gap(Message(""), value, places=places).rounded == value else "≈"


def _compare_blocks(draw: Draw, level: int) -> Question:
    family = draw.pick(families(level))
    sizes = drawn_sizes(draw, level, family)
    quantity = draw.pick(("macs", "macs", "params"))
    bias = quantity == "params" and draw.chance(2)
    blocks = family.both(sizes, bias)
    blocks = blocks[::-1] if draw.chance(3) else blocks
    counted = [cost(block, map_of(sizes)) for block in blocks]
    counts = [total(each, quantity) for each in counted]
    need(min(counts) > 99 and max(counts) <= MOST[level])
    need(_factor(counts) >= CLEAR)
    return Question(
        "compare-blocks", level, level + 2,
        _prompt(map_of(sizes), blocks, quantity, bias),
        Message("Count each convolution by itself, with the channels that it reads and not those of the block, and "
            "add; then divide the larger count by the smaller one."),
        (*_steps(counted, quantity, counts),),
        Numbers(_verdict(counts, quantity), _gaps(counts, quantity)),
        wrong_answers(_verdict(counts, quantity), _wrong(counted, quantity)),
        {"specs": [repr(block) for block in blocks], "input": list(map_of(sizes)), "quantity": quantity},
        alike=repr((blocks, map_of(sizes) if quantity == "macs" else sizes["C"])),
    )  # fmt: skip


def _prompt(shape: Shape, blocks: tuple[Block, ...], quantity: str, bias: bool) -> tuple[Message, ...]:
    asked = (
        Message(
            "How many multiply-accumulates (MACs) does each block take? Which block takes fewer, and by what factor?"
        )
        if quantity == "macs"
        else Message("How many parameters does each block have? Which block has fewer, and by what factor?")
    )
    rounded = Message("Give the factor, larger by smaller, to two decimals.")
    told = Message("Taps on the padding count.") if quantity == "macs" else None
    return (
        *two_blocks(shape, blocks),
        conditions(bias=bias),
        Message.joined(asked, rounded, told or ""),
    )  # type: ignore[return-value]


def _gaps(counts: list[int], quantity: str) -> tuple[Gap, ...]:
    unit = MACS if quantity == "macs" else WEIGHTS
    return (
        Gap(Message("block 1"), counts[0], unit),
        Gap(Message("block 2"), counts[1], unit),
        Gap(Message("number of the cheaper block"), _cheaper(counts)),
        Gap(Message("factor"), _factor(counts), places=PLACES),
    )


def _cheaper(counts: list[int]) -> int:
    return 1 + counts.index(min(counts))


def _factor(counts: list[int]) -> Fraction:
    """The larger count by the smaller one."""
    return Fraction(max(counts), min(counts))


def _verdict(counts: list[int], quantity: str) -> Message:
    factor = decimal(_factor(counts))
    if quantity == "macs":
        return Message("{first} and {second} MACs: block {cheaper} takes fewer, by a factor of {factor}",
            first=Num(counts[0]), second=Num(counts[1]), cheaper=_cheaper(counts), factor=factor)  # fmt: skip
    return Message("{first} and {second} parameters: block {cheaper} has fewer, by a factor of {factor}",
        first=Num(counts[0]), second=Num(counts[1]), cheaper=_cheaper(counts), factor=factor)  # fmt: skip


def _steps(counted: list[Cost], quantity: str, counts: list[int]) -> list[Step]:
    steps = []
    for number, each in enumerate(counted, start=1):
        for step in block_steps(each, quantity, "ab"[number - 1], f"n_{number}"):
            text = Message("block {number}: {step}", number=number, step=step.text)
            steps.append(Step(text, step.formula))
    larger, smaller = (1, 2) if counts[0] > counts[1] else (2, 1)
    factor = _factor(counts)
    quotient = Chain(
        Frac(symbol(f"n_{larger}"), symbol(f"n_{smaller}")), Frac(Num(max(counts)), Num(min(counts))), decimal(factor),
        signs=("=", equals(factor)),
    )  # fmt: skip
    return [*steps, Step(Message("block {cheaper} is the cheaper one", cheaper=_cheaper(counts)), quotient)]


def _wrong(counted: list[Cost], quantity: str) -> list[tuple[Inline, Message]]:
    """Verdicts with the same mistake in both blocks, wherever it can be made."""
    found: list[tuple[Inline, Message]] = []
    for slip, why in slips(quantity):
        counts = [mistaken(each, quantity, slip) for each in counted]
        # Fewer by a factor that is told as 1.00 would be no verdict.
        if min(counts) > 0 and decimal(_factor(counts)) != decimal(Fraction(1)):
            found.append((_verdict(counts, quantity), why))
    return found


TOLD = (
    Message(
        "naive and bottleneck, standard and depthwise separable, small kernels for large ones; counts up to 99,999"
    ),
    Message("also residual, grouped and squeezed blocks; sizes of real networks"),
    Message("also blocks with branches, and maps that are not square"),
)
COMPARE_BLOCKS = Topic(
    "compare-blocks", Message("Two blocks"), Message("which of two blocks costs less, and by what factor"), TOLD,
    _compare_blocks,
)  # fmt: skip
