"""Questions about the ratio of two blocks' costs, in closed form and for given numbers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from typing import Any

from ...analysis.compare import compare
from ...arith import Shape
from ...block import Block
from ...costing import cost
from ...formula import Chain, Formula, Frac, Sym, put, symbol
from ...formula.nodes import children, has_letters
from ...messages import Message
from ...symbolic import notation, ratio, symbols, tree
from ..draws import Draw, need
from ..model import Expression, Inline, Question, Step
from .base import Topic, wrong_answers
from .blocks import LETTERS, drawn_sizes, families, map_of
from .comparing import decimal, equals
from .folding import differ, value_at
from .rows import block_steps
from .slips import mistaken, no_slip, slips
from .words import conditions, given_values, two_blocks

#: Two decimals tell a ratio from this on to half a percent.
CLEAR = Fraction(11, 10)


@dataclass(frozen=True)
class _Forms:
    """What is the same for all numbers that are put in."""

    shape: Shape
    blocks: tuple[Block, ...]
    ratio: Formula
    #: As an expression of Python's.
    text: str
    steps: tuple[Step, ...]
    wrong: tuple[tuple[Formula, Message], ...]
    #: Those of the blocks and the map, in the order in which they are told.
    letters: tuple[str, ...]


@lru_cache(maxsize=512)
def _forms(name: str, level: int, sizes: tuple[tuple[str, Any], ...], turned: bool) -> _Forms:
    (family,) = (family for family in families(level) if family.name == name)
    put_in = dict(sizes)
    blocks = family.both(put_in)
    blocks = blocks[::-1] if turned else blocks
    both = compare(*blocks, input_shape=map_of(put_in))
    right = both.ratios()[1]
    steps = []
    for number, each in enumerate(both.costs, start=1):
        for step in block_steps(each, "macs", "ab"[number - 1], f"n_{number}"):
            text = Message("block {number}: {step}", number=number, step=step.text)
            steps.append(Step(text, step.formula))
    quotient = Frac(tree(both.costs[0].macs), tree(both.costs[1].macs))
    steps.append(
        Step(
            Message("divided, and shortened by what stands above and below"),
            Chain(Frac(symbol("n_1"), symbol("n_2")), quotient, tree(right)),
        )
    )
    known = {str(symbol) for each in both.costs for symbol in each.symbols}
    letters = tuple(letter for letter in LETTERS if letter in known)
    wrong = tuple(_wrong(both.costs, tree(right)))
    return _Forms(map_of(put_in), blocks, tree(right), notation(right), tuple(steps), wrong, letters)


def _wrong(costs: Any, right: Formula) -> Iterator[tuple[Formula, Message]]:
    """Ratios that a mistake gives, none equal to the right one or to another."""
    told = [right]
    for value, why in _candidates(costs):
        form = tree(value)
        if all(differ(form, other) for other in told):
            told.append(form)
            yield form, why


def _candidates(costs: Any) -> Iterator[tuple[Any, Message]]:
    totals = [mistaken(each, "macs", no_slip) for each in costs]
    yield ratio(totals[1], totals[0]), Message("the ratio turned over")
    for slip, why in slips("macs", of_blocks=True):
        first, second = (mistaken(each, "macs", slip) for each in costs)
        if first != 0 and second != 0 and [first, second] != totals:
            yield ratio(first, second), why
    places = costs[0].inputs[0][1] * costs[0].inputs[0][2]
    yield ratio(totals[0] * places, totals[1]), Message("the places of the map counted in one of the blocks only")


def _ratio(draw: Draw, level: int) -> Question:
    family = draw.pick(families(level))
    sizes = drawn_sizes(draw, level, family)
    alike = draw.pick(("", "N", "M")) if family.name not in ("residual", "inception", "fire") else ""
    need(alike == "" or alike in family.letters)
    as_letter = {name: symbols(name) for name in sizes}
    if alike:
        # As many filters as channels come in, or two layers with equally many.
        other = "C" if alike == "N" else "N"
        as_letter[alike], sizes[alike] = as_letter[other], sizes[other]
    if "k" in sizes and (level < 3 or draw.chance(2)):
        as_letter["k"] = sizes["k"]
    first, second = (cost(block, map_of(sizes)).macs for block in family.both(sizes))
    need(max(first, second) >= CLEAR * min(first, second))
    # The dearer block on top: of a small ratio two decimals would say little.
    forms = _forms(family.name, level, tuple(as_letter.items()), first < second)
    need(has_letters(forms.ratio))
    values = {letter: sizes[letter] for letter in forms.letters}
    value = value_at(forms.ratio, values)
    return Question(
        "ratio", level, level + 2,
        _prompt(forms, values),
        Message("Write down the MACs of each layer in letters and add them up for each block. "
            "What stands in every term, such as {H} and {W}, cancels.", H=symbol("H"), W=symbol("W")),
        (*forms.steps, Step(Message("with the numbers given"), _numbers(forms, values, value))),
        Expression(_shown(forms.ratio, value), forms.text),
        _distractors(forms, values, value),
        {
            "specs": [repr(block) for block in forms.blocks], "input": [str(dim) for dim in forms.shape],
            "quantity": "macs", "letters": [*forms.letters], "values": values,
        },
        alike=repr((forms.blocks, {letter: values[letter] for letter in _letters_of(forms.ratio)})),
    )  # fmt: skip


def _letters_of(form: Formula) -> list[str]:
    """Letters that did not cancel, in alphabetic order."""
    if isinstance(form, Sym):
        return [form.name]
    return sorted({letter for part in children(form) for letter in _letters_of(part)})


def _prompt(forms: _Forms, values: dict[str, int]) -> tuple[Any, ...]:
    told = [conditions(bias=None)]
    if "g" in forms.letters:
        told.append(Message("The number of groups {g} divides the channels on both sides.", g=symbol("g")))
    return (
        *two_blocks(forms.shape, forms.blocks),
        Message.joined(*told),
        Message(
            "What is the ratio of their MACs, block 1 to block 2, as a formula that is as short as can be? "
            "How much is it, to two decimals, for {values}?",
            values=given_values(values),
        ),
    )  # fmt: skip


def _numbers(forms: _Forms, values: dict[str, int], value: Fraction) -> Chain:
    return Chain(forms.ratio, put(forms.ratio, values), decimal(value), signs=("=", equals(value)))


def _shown(form: Formula, value: Fraction) -> Chain:
    return Chain(form, decimal(value), signs=(equals(value),))


def _distractors(forms: _Forms, sizes: dict[str, int], right: Fraction) -> Any:
    """Formulas with their value; those whose value is told like the right one's, or as nothing, are left out."""
    candidates: list[tuple[Inline, Message]] = []
    seen = {str(decimal(right))}
    for form, why in forms.wrong:
        value = value_at(form, sizes)
        if value >= Fraction(1, 100) and str(decimal(value)) not in seen:
            seen.add(str(decimal(value)))
            candidates.append((_shown(form, value), why))
    return wrong_answers(Sym(""), candidates)


TOLD = (
    Message("naive and bottleneck, standard and depthwise separable, small kernels for large ones; small numbers"),
    Message("also residual, grouped and squeezed blocks; sizes of real networks"),
    Message("also blocks with branches, and kernels that are a letter"),
)
RATIO = Topic(
    "ratio", Message("Ratio in closed form"), Message("the ratio of two blocks' costs as a formula"), TOLD, _ratio
)
