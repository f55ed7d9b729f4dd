"""What an expression is worth, exactly. Every value on the way is bounded before it is reached."""

from __future__ import annotations

from fractions import Fraction

from ..errors import ClaimError
from ..messages import Message
from .nodes import Negated, Node, NotComputableError, Number, Power, Product, Rounded, Sum, Symbol

MAX_EXPONENT = 4096
MAX_BITS = 8192
"""Size of every value on the way: some 2,400 digits, which Python still prints."""


def evaluate(node: Node) -> Fraction:
    """The exact value. Too large: :class:`ClaimError`; meaningless: :class:`NotComputableError`.

    >>> from .expression import parse
    >>> evaluate(parse("9**9**9**9"))
    Traceback (most recent call last):
    convcost.errors.ClaimError: an exponent is larger than 4096 (got 387420489); use a smaller one
    """
    if isinstance(node, Number):
        return node.printed.value
    if isinstance(node, Product):
        return _product(node)
    if isinstance(node, Sum):
        return _sum(node)
    if isinstance(node, Power):
        return _power(evaluate(node.base), evaluate(node.exponent))
    if isinstance(node, Negated):
        return -evaluate(node.operand)
    if isinstance(node, Rounded):
        inner = evaluate(node.operand)
        return Fraction(inner.__ceil__() if node.up else inner.__floor__())
    raise NotComputableError(Message("a letter has no value"), got=node.name if isinstance(node, Symbol) else "")


def _sum(node: Sum) -> Fraction:
    value = Fraction(0)
    for sign, term in node.parts:
        value += sign * evaluate(term)
        if _bits(value) > MAX_BITS:
            raise _too_large(_bits(value))
    return value


def _product(node: Product) -> Fraction:
    value = Fraction(1)
    for op, factor in node.parts:
        by = evaluate(factor)
        if op != "*" and by == 0:
            raise NotComputableError(Message("a division by zero"))
        if _bits(value) + _bits(by) > MAX_BITS + 64:
            raise _too_large(_bits(value) + _bits(by))
        value = _applied(op, value, by)
    return value


def _applied(op: str, value: Fraction, by: Fraction) -> Fraction:
    if op == "//":
        return Fraction(value // by)
    return value / by if op == "/" else value * by


def _power(base: Fraction, exponent: Fraction) -> Fraction:
    if exponent.denominator != 1:
        raise NotComputableError(Message("an exponent must be a whole number"), got=str(exponent))
    if abs(exponent) > MAX_EXPONENT:
        shown = str(exponent) if _bits(exponent) < 100 else f"a number of {_bits(exponent) * 30103 // 100000} digits"
        raise ClaimError(
            Message("an exponent is larger than {limit}", limit=MAX_EXPONENT), got=shown, fix="use a smaller one"
        )
    if base == 0 and exponent < 0:
        raise NotComputableError(Message("a division by zero"))
    if base not in (0, 1, -1) and (bits := (_bits(base) - 1) * abs(int(exponent))) > MAX_BITS:
        raise _too_large(bits)
    return base ** int(exponent)


def _bits(value: Fraction) -> int:
    return max(value.numerator.bit_length(), value.denominator.bit_length())


def _too_large(bits: int) -> ClaimError:
    return ClaimError(
        Message("a value grows too large to compute"),
        got=f"about {bits * 30103 // 100000 + 1} digits; the limit is {MAX_BITS * 30103 // 100000}",
        fix="use smaller numbers",
    )
