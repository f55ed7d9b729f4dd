"""Does a printed number stand for a computed value?

A printed number stands for everything that rounds to its last printed digit, half-way cases either way. A whole number
printed in full behind ``=`` stands for itself only. Zeros before a unit word are not significant, and behind ``≈`` no
trailing zeros are.
"""

from __future__ import annotations

from fractions import Fraction

from .expression import Negated, Node, Number, Power, Product, Sum, evaluate, numbers
from .printed import Printed


def matches(value: Fraction, printed: Printed, about: bool) -> str | None:
    """``holds``, ``holds-rounded``, or ``None`` where ``printed`` does not stand for ``value``.

    >>> from .printed import read_number
    >>> matches(Fraction(12443648), read_number("12,443,648"), about=False)
    'holds'
    >>> matches(Fraction(300, 31), read_number("9.68"), about=False)
    'holds-rounded'
    >>> matches(Fraction(7039122), read_number("5 million"), about=True)
    """
    if value == printed.value:
        return "holds"
    if printed.open_above:
        return "holds-rounded" if printed.value <= value < printed.value + printed.loose_step else None
    if printed.exact and not about:
        return None
    step = printed.loose_step if about else printed.step
    return "holds-rounded" if abs(value - printed.value) * 2 <= step else None


def is_rounded(number: Number) -> bool:
    """Whether a number inside an expression is itself a rounded figure: it has a unit, or two decimals or more."""
    printed = number.printed
    return not printed.exact and (bool(printed.unit) or printed.step < Fraction(1, 10))


def bounds(node: Node) -> tuple[Fraction, Fraction]:
    """What an expression may be worth, its rounded figures being what they stand for.

    >>> from .expression import parse
    >>> low, high = bounds(parse("0.58 + 12.41 + 33.63"))
    >>> low <= Fraction("46.61") <= high
    True
    """
    if isinstance(node, Number):
        slack = node.printed.step / 2 if is_rounded(node) else Fraction(0)
        return node.printed.value - slack, node.printed.value + slack
    if isinstance(node, Negated):
        low, high = bounds(node.operand)
        return -high, -low
    if isinstance(node, Sum):
        low = high = Fraction(0)
        for sign, term in node.parts:
            ends = sorted(sign * end for end in bounds(term))
            low, high = low + ends[0], high + ends[1]
        return low, high
    if isinstance(node, Product):
        low = high = Fraction(1)
        for op, factor in node.parts:
            ends_of = bounds(factor)
            if op == "/":
                if ends_of[0] <= 0 <= ends_of[1]:
                    value = evaluate(node)
                    return value, value
                ends_of = (1 / ends_of[1], 1 / ends_of[0])
            products = [a * b for a in (low, high) for b in ends_of]
            low, high = min(products), max(products)
        return low, high
    assert isinstance(node, Power)  # noqa: S101 (the five kinds of node are a closed set)
    value = evaluate(node)
    return value, value


def matches_bounds(node: Node, printed: Printed, about: bool) -> bool:
    """Whether the rounding of the figures *inside* an expression explains the difference."""
    if not any(is_rounded(number) for number in numbers(node)):
        return False
    low, high = bounds(node)
    slack = Fraction(0) if printed.exact and not about else (printed.loose_step if about else printed.step) / 2
    return low - slack <= printed.value <= high + slack
