"""Expressions over letters: which of them are plain enough to be judged, and what SymPy makes of them."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from itertools import pairwise
from typing import Any

from ..messages import Message
from .expression import (
    Negated,
    Node,
    NotComputableError,
    Number,
    Power,
    Product,
    Rounded,
    Sum,
    Symbol,
    evaluate,
)
from .printed import read_number

#: Larger formulas are no textbook's; multiplying them out could take long.
_MOST_PARTS = 40
_HIGHEST_POWER = 8


def is_plain(text: str, node: Node, *, top: bool = True) -> bool:
    """No letter alone, no function of something, no floor, and small enough."""
    if isinstance(node, Symbol):
        return not top
    if isinstance(node, Rounded) or _size(node) > _MOST_PARTS:
        return False
    if isinstance(node, Negated):
        return is_plain(text, node.operand, top=False)
    if isinstance(node, Power):
        return is_plain(text, node.base, top=False) and isinstance(node.exponent, Number)
    if isinstance(node, Product) and _has_function(text, node):
        return False
    if isinstance(node, Sum | Product):
        return all(is_plain(text, part, top=False) for _, part in node.parts)
    return True


def _has_function(text: str, node: Product) -> bool:
    """``T(n)``: a letter right before a bracket is a function of what is in it."""
    return any(
        isinstance(a, Symbol) and text[a.span[1] : b.span[0]].strip() == "" and text[b.span[0]] == "("
        for (_, a), (_, b) in pairwise(node.parts)
    )


def _size(node: Node) -> int:
    if isinstance(node, Sum | Product):
        return sum(_size(part) for _, part in node.parts)
    if isinstance(node, Power):
        return _size(node.base)
    return 1


def over_letters(node: Node) -> Any:
    """The expression as SymPy has it. Every kind of node is named here; nothing is ever parsed by SymPy."""
    from .. import symbolic

    if isinstance(node, Number):
        return symbolic.exact(node.printed.value)
    if isinstance(node, Symbol):
        return symbolic.letter(node.name)
    if isinstance(node, Negated):
        return -over_letters(node.operand)
    if isinstance(node, Power):
        power = evaluate(node.exponent)
        if power.denominator != 1 or abs(power) > _HIGHEST_POWER:
            raise NotComputableError(Message("an exponent is no small whole number"))
        return over_letters(node.base) ** int(power)
    if isinstance(node, Sum):
        return sum(sign * over_letters(term) for sign, term in node.parts)
    if isinstance(node, Product):
        return _product_over_letters(node)
    raise NotComputableError(Message("a letter in brackets that round"))


def _product_over_letters(node: Product) -> Any:
    from .. import symbolic

    value = symbolic.exact(Fraction(1))
    for op, factor in node.parts:
        by = over_letters(factor)
        if op != "*" and by == 0:
            raise NotComputableError(Message("a division by zero"))
        value = value * by if op == "*" else value / by
    return value


def numbers_only(node: Node) -> Node:
    """The same with one in the place of every letter: then a product of letters is worth its number."""
    if isinstance(node, Symbol):
        return Number(node.span, 1, read_number("1"))
    if isinstance(node, Negated):
        return replace(node, operand=numbers_only(node.operand))
    if isinstance(node, Power):
        return replace(node, base=numbers_only(node.base))
    if isinstance(node, Sum):
        return replace(node, parts=tuple((sign, numbers_only(part)) for sign, part in node.parts))
    if isinstance(node, Product):
        return replace(node, parts=tuple((op, numbers_only(part)) for op, part in node.parts))
    return node
