"""Arithmetic expressions: text to tree to an exact value. Nothing is ever executed.

Powers bind to the right, ``*`` and ``/`` go left to right, values are exact fractions, and every size is bounded before
it is reached: digits, nesting, numbers, exponents and results.

>>> evaluate(parse("5^2× 28^2× 192× 32"))
Fraction(120422400, 1)
>>> evaluate(parse("2^3^2")), evaluate(parse("12/4*3"))
(Fraction(512, 1), Fraction(9, 1))
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any

from lark import Lark, Token, Transformer, UnexpectedInput

from convcost.claims.normalize import normalise
from convcost.claims.printed import Printed, read_number
from convcost.errors import ClaimError
from convcost.messages import Message

MAX_DEPTH = 64
"""Nesting of brackets, powers and signs."""
MAX_NUMBERS = 2000
"""Numbers in one expression."""
MAX_EXPONENT = 4096
MAX_BITS = 8192
"""Size of every value on the way: some 2,400 digits, which Python still prints."""

Span = tuple[int, int]
_SUPERSCRIPTS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺", "0123456789-+")


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

    >>> [sign for sign, _ in terms(parse("3×4 + 5 − 6"))]
    [1, 1, -1]
    """
    return list(node.parts) if isinstance(node, Sum) else [(1, node)]


def factors(node: Node) -> list[tuple[str, Node]]:
    """The factors of a product, divisors marked; anything else is its own only factor.

    >>> [(op, evaluate(f).numerator) for op, f in factors(parse("3^2 (48)/12"))]
    [('*', 9), ('*', 48), ('/', 12)]
    """
    return list(node.parts) if isinstance(node, Product) else [("*", node)]


def symbols_of(node: Node) -> frozenset[str]:
    """The names of the letters in an expression.

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


def _nested(*children: Node) -> int:
    depth = 1 + max(child.depth for child in children)
    if depth > MAX_DEPTH:
        raise ClaimError(
            Message("an expression is nested deeper than {limit} levels", limit=MAX_DEPTH),
            got=f"{depth} levels",
            fix="take it apart",
        )
    return depth


class _Build(Transformer[Token, Node]):
    """Builds the tree while the parser reduces, bottom up: no recursion over hostile text."""

    def start(self, children: list[Any]) -> Node:
        node: Node = children[0]
        return node

    def number(self, children: list[Any]) -> Node:
        token = children[0]
        return Number((token.start_pos, token.end_pos), 1, read_number(str(token)))

    def sum(self, children: list[Any]) -> Node:
        if len(children) == 1:
            return self.start(children)
        parts = [(1, children[0])]
        parts += [(-1 if op == "-" else 1, term) for op, term in zip(children[1::2], children[2::2], strict=True)]
        nodes = [node for _, node in parts]
        return Sum((nodes[0].span[0], nodes[-1].span[1]), _nested(*nodes), tuple(parts))

    def product(self, children: list[Any]) -> Node:
        if len(children) == 1:
            return self.start(children)
        parts: list[tuple[str, Node]] = []
        op = "*"
        for child in children:
            if isinstance(child, Token):
                op = ("//" if child == "//" else "/") if child.type == "OVER" else "*"
            else:
                parts.append((op, child))
                op = "*"
        nodes = [node for _, node in parts]
        return Product((nodes[0].span[0], nodes[-1].span[1]), _nested(*nodes), tuple(parts))

    def signed(self, children: list[Any]) -> Node:
        if len(children) == 1:
            return self.start(children)
        sign, node = children
        span = (sign.start_pos, node.span[1])
        if sign == "+":
            lifted: Node = replace(node, span=span, depth=_nested(node))
            return lifted
        return Negated(span, _nested(node), node)

    def power(self, children: list[Any]) -> Node:
        if len(children) == 1:
            return self.start(children)
        base = children[0]
        if len(children) == 2:  # a superscript sign
            exponent: Node = _superscript(children[1])
        else:
            exponent = children[2]
        return Power((base.span[0], exponent.span[1]), _nested(base, exponent), base, exponent)

    juxtaposed = power

    def group(self, children: list[Any]) -> Node:
        opening, node, closing = children
        span = (opening.start_pos, closing.end_pos)
        if opening in ("⌊", "⌈"):
            return Rounded(span, _nested(node), node, opening == "⌈")
        return replace(node, span=span, depth=_nested(node))  # type: ignore[no-any-return]

    braces = group

    def symbol(self, children: list[Any]) -> Node:
        token = children[0]
        name = re.sub(r"[{}\\\s]", "", str(token))
        return Symbol((token.start_pos, token.end_pos), 1, name)

    def fraction(self, children: list[Any]) -> Node:
        mark, top, bottom = children
        return Product((mark.start_pos, bottom.span[1]), _nested(top, bottom), (("*", top), ("/", bottom)))


def _superscript(mark: Token) -> Node:
    text = str(mark).translate(_SUPERSCRIPTS)
    span = (mark.start_pos or 0, mark.end_pos or 0)
    number = Number(span, 1, read_number(text.lstrip("+-")))
    return Negated(span, 2, number) if text[0] == "-" else number


@cache
def _parser() -> Lark:
    grammar = Path(__file__).with_name("grammar.lark").read_text(encoding="utf-8")
    return Lark(grammar, parser="lalr", transformer=_Build(), maybe_placeholders=False)


@cache
def number_pattern() -> re.Pattern[str]:
    """The grammar's own NUMBER, for whoever has to find numbers in prose: written once."""
    return re.compile(_parser().get_terminal("NUMBER").pattern.value)


def parse(text: str, *, start: int = 0, end: int | None = None, normal: bool = False) -> Node:
    """Read ``text[start:end]``; spans in the tree count from the beginning of ``text``.

    >>> node = parse("cost: 3×3×48", start=6)
    >>> node.span, [f.span for _, f in factors(node)]
    ((6, 12), [(6, 7), (8, 9), (10, 12)])
    >>> parse("3 +")
    Traceback (most recent call last):
    convcost.claims.expression.NotComputableError: column 3: not an arithmetic expression (got '3 +')
    """
    end = len(text) if end is None else end
    level = text if normal else normalise(text)
    piece = level[start:end]
    alone = number_pattern().match(piece)
    if alone is not None and alone.end() == len(piece):
        # By far the most common expression needs no parser.
        return Number((start, end), 1, read_number(piece))
    _refuse_nesting(piece)
    if sum(1 for _ in number_pattern().finditer(piece)) > MAX_NUMBERS:
        raise ClaimError(Message("an expression has more than {limit} numbers", limit=MAX_NUMBERS), fix="take it apart")
    try:
        # Blanks in front instead of a slice: then the lexer's positions are positions in the text.
        node: Node = _parser().parse(piece)  # type: ignore[assignment]
    except UnexpectedInput as error:
        where = getattr(error, "pos_in_stream", None)
        column = (where if where is not None and where >= 0 else len(piece)) + start + 1
        raise NotComputableError(
            "not an arithmetic expression", where=f"column {column}", got=repr(piece[:40])
        ) from None
    return shifted(node, start) if start else node


def _refuse_nesting(piece: str) -> None:
    depth = 0
    for character in piece:
        depth += (character in "([{⌊⌈") - (character in ")]}⌋⌉")
        if depth > MAX_DEPTH:
            raise ClaimError(
                Message("an expression is nested deeper than {limit} levels", limit=MAX_DEPTH),
                got=repr(piece[:20]) + "…",
                fix="take it apart",
            )


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


def _bits(value: Fraction) -> int:
    return max(value.numerator.bit_length(), value.denominator.bit_length())


def _too_large(bits: int) -> ClaimError:
    return ClaimError(
        Message("a value grows too large to compute"),
        got=f"about {bits * 30103 // 100000 + 1} digits; the limit is {MAX_BITS * 30103 // 100000}",
        fix="use smaller numbers",
    )


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


def evaluate(node: Node) -> Fraction:
    """The exact value. Too large: :class:`ClaimError`; meaningless: :class:`NotComputableError`.

    >>> evaluate(parse("9**9**9**9"))
    Traceback (most recent call last):
    convcost.errors.ClaimError: an exponent is larger than 4096 (got 387420489); use a smaller one
    """
    if isinstance(node, Number):
        return node.printed.value
    if isinstance(node, Negated):
        return -evaluate(node.operand)
    if isinstance(node, Symbol):
        raise NotComputableError(Message("a letter has no value"), got=node.name)
    if isinstance(node, Rounded):
        inner = evaluate(node.operand)
        return Fraction(inner.__ceil__() if node.up else inner.__floor__())
    if isinstance(node, Power):
        return _power(evaluate(node.base), evaluate(node.exponent))
    value = Fraction(0)
    if isinstance(node, Sum):
        for sign, term in node.parts:
            value += sign * evaluate(term)
            if _bits(value) > MAX_BITS:
                raise _too_large(_bits(value))
    elif isinstance(node, Product):
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
