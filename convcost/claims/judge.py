"""Does a printed number stand for a computed value?

A printed number stands for everything that rounds to its last printed digit, half-way cases either way. A whole number
printed in full behind ``=`` stands for itself only. Zeros before a unit word are not significant, and behind ``≈`` no
trailing zeros are.
"""

from __future__ import annotations

from fractions import Fraction
from typing import TypeGuard

from ..messages import Message
from .expression import Negated, Node, Number, Power, Product, Sum, evaluate, numbers
from .printed import Printed
from .relations import Relation


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


def stands(value: Fraction, printed: Printed, said: Relation) -> str | None:
    """The same under a relation: a bound holds when the value lies on its side, and is not judged by rounding.

    >>> from .printed import read_number
    >>> stands(Fraction(2073600), read_number("2 million"), Relation(over=True))
    'holds-rounded'
    """
    if not said.bound:
        return matches(value, printed, said.about)
    return "holds-rounded" if (value >= printed.value if said.over else value <= printed.value) else None


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
        return _bounds_of_sum(node)
    if isinstance(node, Product):
        return _bounds_of_product(node)
    value = evaluate(node)
    return value, value


def _bounds_of_sum(node: Sum) -> tuple[Fraction, Fraction]:
    low = high = Fraction(0)
    for sign, term in node.parts:
        ends = sorted(sign * end for end in bounds(term))
        low, high = low + ends[0], high + ends[1]
    return low, high


def _bounds_of_product(node: Product) -> tuple[Fraction, Fraction]:
    low = high = Fraction(1)
    for op, factor in node.parts:
        least, most = bounds(factor)
        if op != "*":
            if least <= 0 <= most:
                value = evaluate(node)
                return value, value
            least, most = 1 / most, 1 / least
        products = [a * b for a in (low, high) for b in (least, most)]
        low, high = min(products), max(products)
    return low, high


def matches_bounds(node: Node, printed: Printed, about: bool) -> bool:
    """Whether the rounding of the figures *inside* an expression explains the difference."""
    if not any(is_rounded(number) for number in numbers(node)):
        return False
    low, high = bounds(node)
    slack = Fraction(0) if printed.exact and not about else (printed.loose_step if about else printed.step) / 2
    return low - slack <= printed.value <= high + slack


def as_number(node: Node) -> Printed | None:
    """What a side says if it is one printed number: digits, or digits times a power of ten (``1.2×10^8``).

    >>> from .expression import parse
    >>> as_number(parse("1.2×10^8")).step
    Fraction(10000000, 1)
    """
    if isinstance(node, Number):
        return node.printed
    if isinstance(node, Product) and len(node.parts) == 2 and node.parts[1][0] == "*":
        return _in_scientific_notation(node.parts[0][1], node.parts[1][1])
    if not _is_ten_power(node):
        return None
    # A bare power of ten stands for what is near it; behind "about" it is an order of magnitude.
    ten = evaluate(node)
    return Printed(f"10^{node.exponent}", ten, ten / 10, ten, Fraction(1), exact=False)


def _in_scientific_notation(mantissa: Node, power: Node) -> Printed | None:
    """``1.2×10^8``, as fine as its digits are."""
    if not _is_ten_power(power):
        return None
    ten = evaluate(power)
    if not isinstance(mantissa, Number):
        return None
    said = mantissa.printed
    return Printed(said.text, said.value * ten, said.step * ten, said.loose_step * ten, ten, False)


def _is_ten_power(node: Node) -> TypeGuard[Power]:
    return isinstance(node, Power) and isinstance(node.base, Number) and node.base.printed.value == 10


def in_bytes(value: Fraction, printed: Printed, about: bool) -> Message | None:
    """Under which reading of MB a size holds, in words: units of 1024, or an expression that is in MB already."""
    if not printed.byte_power:
        return None
    if matches(value, printed.binary(), about):
        return Message("it holds with 1024 bytes to the kB")
    step = (printed.loose_step if about else printed.step) / printed.scale
    if abs(value - printed.value / printed.scale) * 2 <= step:
        return Message("it holds if the expression is in that unit already")
    return None


def is_output_size(node: Node) -> bool:
    """Whether an expression is the formula of an output size: a quotient and one.

    >>> from .expression import parse
    >>> is_output_size(parse("(60 - 7)/2 + 1")), is_output_size(parse("60/7"))
    (True, False)
    """
    if not isinstance(node, Sum):
        return False
    one = any(isinstance(term, Number) and term.printed.value == 1 for _, term in node.parts)
    return one and any(isinstance(term, Product) and any(op == "/" for op, _ in term.parts) for _, term in node.parts)


def rounds_down(node: Node, value: Fraction, printed: Printed) -> bool:
    """``(60 - 7)/2 + 1 = 27``: the formula of an output size, whose division rounds down."""
    return is_output_size(node) and printed.exact and value.denominator > 1 and value.__floor__() == printed.value
