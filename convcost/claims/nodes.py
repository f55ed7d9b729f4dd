"""Expressions as trees: numbers, letters, sums, products, powers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from ..errors import ClaimError
from .printed import Printed

Span = tuple[int, int]


class NotComputableError(ClaimError):
    """An expression that means nothing (a division by zero), as opposed to one that is too large."""


@dataclass(frozen=True)
class Node:
    """Part of an expression; ``span`` is its place in the original text."""

    span: Span
    depth: int = 1


@dataclass(frozen=True)
class Number(Node):
    printed: Printed = None  # type: ignore[assignment]  # always given; a default only because Node has some


@dataclass(frozen=True)
class Negated(Node):
    operand: Node = None  # type: ignore[assignment]


@dataclass(frozen=True)
class Symbol(Node):
    """A letter that stands for a size, such as ``C`` or ``C_{in}``."""

    name: str = ""


@dataclass(frozen=True)
class Rounded(Node):
    """An expression in floor or ceiling brackets; ``up`` for the ceiling."""

    operand: Node = None  # type: ignore[assignment]
    up: bool = False


@dataclass(frozen=True)
class Power(Node):
    base: Node = None  # type: ignore[assignment]
    exponent: Node = None  # type: ignore[assignment]


@dataclass(frozen=True)
class Sum(Node):
    """``parts`` are (sign, term) pairs; the sign is +1 or -1."""

    parts: tuple[tuple[int, Node], ...] = ()


@dataclass(frozen=True)
class Product(Node):
    """``parts`` are (operator, factor) pairs; the operator is ``*`` or ``/``."""

    parts: tuple[tuple[str, Node], ...] = ()


def terms(node: Node) -> list[tuple[int, Node]]:
    """The signed terms of a sum; anything else is its own only term.

    >>> from .expression import parse
    >>> [sign for sign, _ in terms(parse("3×4 + 5 − 6"))]
    [1, 1, -1]
    """
    return list(node.parts) if isinstance(node, Sum) else [(1, node)]


def factors(node: Node) -> list[tuple[str, Node]]:
    """The factors of a product, divisors marked; anything else is its own only factor.

    >>> from .expression import evaluate, parse
    >>> [(op, evaluate(f).numerator) for op, f in factors(parse("3^2 (48)/12"))]
    [('*', 9), ('*', 48), ('/', 12)]
    """
    return list(node.parts) if isinstance(node, Product) else [("*", node)]


def symbols_of(node: Node) -> frozenset[str]:
    """The names of the letters in an expression.

    >>> from .expression import parse
    >>> sorted(symbols_of(parse("2(3^2 C_1 k)")))
    ['C_1', 'k']
    """
    if isinstance(node, Symbol):
        return frozenset({node.name})
    if isinstance(node, Negated | Rounded):
        return symbols_of(node.operand)
    if isinstance(node, Power):
        return symbols_of(node.base) | symbols_of(node.exponent)
    if isinstance(node, Sum | Product):
        return frozenset().union(*(symbols_of(part) for _, part in node.parts))
    return frozenset()


def numbers(node: Node) -> Iterator[Number]:
    """Every printed number, left to right."""
    if isinstance(node, Number):
        yield node
    elif isinstance(node, Negated | Rounded):
        yield from numbers(node.operand)
    elif isinstance(node, Power):
        yield from numbers(node.base)
        yield from numbers(node.exponent)
    elif isinstance(node, Sum | Product):
        for _, part in node.parts:
            yield from numbers(part)


def shifted(node: Node, by: int) -> Node:
    """The same tree ``by`` characters further on."""
    span = (node.span[0] + by, node.span[1] + by)
    if isinstance(node, Negated | Rounded):
        return replace(node, span=span, operand=shifted(node.operand, by))
    if isinstance(node, Power):
        return replace(node, span=span, base=shifted(node.base, by), exponent=shifted(node.exponent, by))
    if isinstance(node, Sum):
        return replace(node, span=span, parts=tuple((s, shifted(n, by)) for s, n in node.parts))
    if isinstance(node, Product):
        return replace(node, span=span, parts=tuple((o, shifted(n, by)) for o, n in node.parts))
    return replace(node, span=span)
