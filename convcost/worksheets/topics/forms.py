"""Questions that ask for the closed form of a block's cost."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from ...arith import Dim
from ...block import Block
from ...costing import Cost, cost
from ...formula import Chain, Formula
from ...messages import Message
from ...symbolic import closed_form, tree
from ..draws import Draw, need
from ..model import Expression, Question, Step
from .base import Topic, wrong_answers
from .blocks import FAMILIES, LETTERS, Family, drawn_sizes, families, in_letters, map_of
from .folding import code, differ, filled, filled_chain
from .rows import block_steps, layers_of, total
from .slips import mistaken, no_slip, slips
from .words import block_in_words, conditions, letters_in_words, shape_in_words


@dataclass(frozen=True)
class _Forms:
    """The closed form of a block in letters alone, before some of them become numbers."""

    right: Formula
    chains: tuple[Chain, ...]
    wrong: tuple[tuple[Formula, Message], ...]
    letters: tuple[str, ...]


@lru_cache(maxsize=512)
def _forms(name: str, naive: bool, sizes: tuple[tuple[str, Dim], ...], quantity: str, bias: bool) -> _Forms:
    (family,) = (family for family in FAMILIES if family.name == name)
    counted = cost(family.both(dict(sizes), bias)[0 if naive else 1], map_of(dict(sizes)))
    right = tree(total(counted, quantity))
    steps = block_steps(counted, quantity, "n", "n")
    chains = tuple(step.formula for step in steps if step.formula is not None)
    # Parameters do not hang on the size of the map.
    known = {str(symbol) for symbol in counted.symbols} - ({"H", "W"} if quantity == "params" else set())
    letters = tuple(letter for letter in LETTERS if letter in known)
    return _Forms(right, chains, tuple(_wrong(counted, quantity, right)), letters)


def _wrong(counted: Cost, quantity: str, right: Formula) -> Iterator[tuple[Formula, Message]]:
    """Closed forms that a mistake gives, none equal to the right one or to another."""
    told, plain = [right], mistaken(counted, quantity, no_slip)
    for slip, why in slips(quantity):
        value = mistaken(counted, quantity, slip)
        if value == 0 or value == plain:
            continue
        form = tree(closed_form(value))
        if all(differ(form, other) for other in told):
            told.append(form)
            yield form, why
        if len(told) > 5:
            return


def _closed_form(draw: Draw, level: int) -> Question:
    family = draw.pick(families(level))
    drawn = drawn_sizes(draw, level, family)
    as_letter = in_letters(drawn, _small(draw, level))
    quantity = draw.pick(("macs", "macs", "params"))
    bias, naive = quantity == "params" and draw.chance(2), draw.chance(5)
    # A convolution by itself is no challenge.
    need(level < 3 or len([*layers_of(family.both(as_letter)[0 if naive else 1])]) > 1)
    forms = _forms(family.name, naive, tuple(as_letter.items()), quantity, bias)
    numbers = _numbers(draw, level, family, drawn, forms)
    block = family.both({**as_letter, **numbers}, bias)[0 if naive else 1]
    letters = [letter for letter in forms.letters if letter not in numbers]
    need(bool({*letters} - {"H", "W"}))
    shape = map_of({**as_letter, **numbers})
    right = filled(forms.right, numbers)
    wrong = [(filled(form, numbers), why) for form, why in forms.wrong]
    return Question(
        "closed-form", level, level + 2,
        _prompt(block, shape, quantity, bias, letters),
        _hint(quantity),
        _steps(block, forms, numbers),
        Expression(right, code(right)),
        wrong_answers(right, [(form, why) for form, why in wrong if differ(form, right)]),
        {"spec": repr(block), "input": [str(dim) for dim in shape], "quantity": quantity, "letters": letters},
    )  # fmt: skip


def _small(draw: Draw, level: int) -> str:
    """Of kernel and groups what stays a number; a challenge may have letters for both."""
    return "" if level == 3 and draw.chance(2) else "kg"


def _numbers(draw: Draw, level: int, family: Family, drawn: Mapping[str, int], forms: _Forms) -> dict[str, int]:
    """Channels that are numbers: some of those that the block has."""
    channels = [letter for letter in forms.letters if letter not in "HWkg"]
    if "g" in family.letters:
        # A division would be left half done.
        return {}
    some = draw.pick((1, 1, 2) if level == 1 else (0, 1, 1, 2))
    return {letter: drawn[letter] for letter in draw.several(channels, min(some, len(channels)))}


def _steps(block: Block, forms: _Forms, numbers: dict[str, int]) -> tuple[Step, ...]:
    texts = [*map(block_in_words, layers_of(block))]
    layers = len(texts)
    if len(forms.chains) > layers:
        texts.append(Message("together"))
    return tuple(
        Step(text, filled_chain(chain, numbers, terms=number == layers))
        for number, (text, chain) in enumerate(zip(texts, forms.chains, strict=True))
    )


def _prompt(block: Block, shape: tuple[Dim, ...], quantity: str, bias: bool, letters: list[str]) -> tuple[Message, ...]:
    asked = (
        Message("How many multiply-accumulates (MACs) does this take?")
        if quantity == "macs"
        else Message("How many parameters does it have?")
    )
    grouped = Message("The number of groups divides the channels on both sides.") if "groups=" in repr(block) else None
    told = [conditions(bias=bias)] + ([grouped] if grouped and "depthwise" not in repr(block) else [])
    return (
        Message("A map of {shape} enters this block: {block}.", shape=shape_in_words(shape),
                block=block_in_words(block)),
        Message.joined(*told),
        Message.joined(asked, Message("Give a formula in {letters}.", letters=letters_in_words(letters))),
    )  # fmt: skip


def _hint(quantity: str) -> Message:
    if quantity == "macs":
        return Message("For each convolution multiply its kernel's sides, the channels that it reads, its filters and "
            "the places of its output; then add, and take out what all terms share.")  # fmt: skip
    return Message("For each convolution multiply its kernel's sides, the channels that it reads and its filters, and "
        "add a bias per filter where there is one; then add the layers.")  # fmt: skip


TOLD = (
    Message("one or two layers; the kernel and one or two of the channels are numbers"),
    Message("up to three layers, also residual, grouped and squeezed blocks; kernels are numbers"),
    Message("also branches, and kernels and groups that are letters"),
)
CLOSED_FORM = Topic(
    "closed-form", Message("Closed form"), Message("the cost of a block as a formula in letters"), TOLD, _closed_form
)
