"""What each reason of a finding means, in words for people who see it for the first time."""

from __future__ import annotations

from dataclasses import dataclass

from ..messages import Message


@dataclass(frozen=True)
class Rule:
    """A reason: its short and full description, and what to do about it."""

    short: Message
    full: Message
    help: Message


_WRITE = Message("Compare the number with the computed one in the message, and write that if it is meant.")

#: The reasons of findings.
RULES = {
    "misprint": Rule(
        Message("a digit is misprinted"),
        Message("The printed number differs from the computed one by a digit that is substituted, missing, doubled or "
                "transposed."),
        Message("Write the computed number; `convcost verify --fix` does it."),
    ),
    "factor-2": Rule(
        Message("twice or half the value"),
        Message("The printed number is exactly twice or half the computed one, as FLOPs are twice the multiply-adds "
                "(MACs)."),
        Message("Say which of the two is counted, and use the number that belongs to it."),
    ),
    "bias": Rule(
        Message("bias terms forgotten or added"),
        Message("The printed number is right with bias terms where the expression has none, or the other way round."),
        Message("Say whether biases are counted, and use the number that belongs to it."),
    ),
    "missing-term": Rule(
        Message("a term or a factor is forgotten"),
        Message("The printed number is what the expression gives without one of its terms or factors."),
        _WRITE,
    ),
    "wrong-operand": Rule(
        Message("computed with another number"),
        Message("The printed number is what comes out if one operand is exchanged for a number that stands nearby."),
        Message("Check which of the two numbers is meant, in the expression and in the result."),
    ),
    "output-shape": Rule(
        Message("the output size is wrong"),
        Message("The printed shape, or the count that follows from it, ignores padding, stride or the rounding down."),
        Message("Compute the size anew: (size + 2·padding − kernel) / stride + 1, rounded down."),
    ),
    "unit": Rule(
        Message("the unit or the power of ten is wrong"),
        Message("The printed number is right but for its unit: a power of ten, bits for bytes, or 1024 for 1000."),
        Message("Write the unit that belongs to the number."),
    ),
    "rounding": Rule(
        Message("wrongly rounded"),
        Message("The printed number is cut off, or rounded to the wrong side."),
        _WRITE,
    ),
    "ratio-direction": Rule(
        Message("the ratio is turned around"),
        Message("A saving is said to be what remains, what remains is said to be a saving, or a ratio is upside down."),
        Message("Say \"to\" for what remains and \"by\" for what is saved."),
    ),
    "swapped-columns": Rule(
        Message("two columns are swapped"),
        Message("The numbers of a row stand in each other's columns."),
        Message("Put each number into its own column."),
    ),
    "total": Rule(
        Message("the total is not the sum"),
        Message("A printed total is not the sum of the rows or terms that it is the total of."),
        _WRITE,
    ),
    "arithmetic": Rule(
        Message("the value is wrong"),
        Message("The printed number is not what the expression gives, and no simpler slip explains it."),
        _WRITE,
    ),
    "lost-sign": Rule(
        Message("a sign may be lost"),
        Message("A number looks like a product or a power whose signs were lost, such as 2828 for 28×28. "
                "This is a suspicion, no verdict."),
        Message("Look at the place; write the signs if they are missing."),
    ),
}  # fmt: skip
