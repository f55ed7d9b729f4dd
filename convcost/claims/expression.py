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
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

from lark import Lark, Token, Transformer, UnexpectedInput

from ..errors import ClaimError
from ..messages import Message
from .evaluation import MAX_BITS, MAX_EXPONENT, evaluate
from .nodes import (
    Negated,
    Node,
    NotComputableError,
    Number,
    Power,
    Product,
    Rounded,
    Span,
    Sum,
    Symbol,
    factors,
    numbers,
    shifted,
    symbols_of,
    terms,
)
from .normalize import normalise
from .printed import read_number

__all__ = [
    "MAX_BITS", "MAX_DEPTH", "MAX_EXPONENT", "MAX_NUMBERS", "Negated", "Node", "NotComputableError", "Number", "Power",
    "Product", "Rounded", "Span", "Sum", "Symbol", "evaluate", "factors", "number_pattern", "numbers", "parse",
    "shifted", "symbols_of", "terms",
]  # fmt: skip

MAX_DEPTH = 64
"""Nesting of brackets, powers and signs."""
MAX_NUMBERS = 2000
"""Numbers in one expression."""

_SUPERSCRIPTS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺", "0123456789-+")


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
    convcost.claims.nodes.NotComputableError: column 3: not an arithmetic expression (got '3 +')
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
        node: Node = _parser().parse(piece)  # type: ignore[assignment]
    except UnexpectedInput as error:
        where = getattr(error, "pos_in_stream", None)
        column = (where if where is not None and where >= 0 else len(piece)) + start + 1
        raise NotComputableError(
            "not an arithmetic expression", where=f"column {column}", got=repr(piece[:40])
        ) from None
    return shifted(node, start) if start else node


def _refuse_nesting(piece: str) -> None:
    """Brackets are counted before the parser sees them."""
    depth = 0
    for character in piece:
        depth += (character in "([{⌊⌈") - (character in ")]}⌋⌉")
        if depth > MAX_DEPTH:
            raise ClaimError(
                Message("an expression is nested deeper than {limit} levels", limit=MAX_DEPTH),
                got=repr(piece[:20]) + "…",
                fix="take it apart",
            )


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


def _nested(*children: Node) -> int:
    depth = 1 + max(child.depth for child in children)
    if depth > MAX_DEPTH:
        raise ClaimError(
            Message("an expression is nested deeper than {limit} levels", limit=MAX_DEPTH),
            got=f"{depth} levels",
            fix="take it apart",
        )
    return depth
