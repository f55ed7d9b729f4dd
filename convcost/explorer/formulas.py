"""Formulas on the page: in letters, and with places for the numbers that the sliders put in."""

from __future__ import annotations

import re
from collections.abc import Sequence
from html import escape
from typing import Any

from ..formula import Formula, Neg, Num, Sum, mathml, put
from ..formula.nodes import children

#: Nobody reads a formula with more parts than this.
MAX_PARTS = 160
#: Stands before the place of a symbol where its number belongs; no number is written with it.
_PLACE = "@"


def in_letters(formula: Formula) -> str:
    """MathML that wraps between the terms of a sum.

    >>> from convcost.formula import symbol
    >>> in_letters(Sum(symbol("a"), Neg(symbol("b"))))
    '<math><mi>a</mi></math> <math><mrow><mo form="infix" lspace="0" rspace="0.22em">−</mo><mi>b</mi></mrow></math>'
    """
    if not isinstance(formula, Sum) or len(formula.parts) < 2:
        return mathml(formula)
    return " ".join(_term(part, first=not place) for place, part in enumerate(formula.parts))


def _term(part: Formula, first: bool) -> str:
    if first:
        return mathml(part)
    sign, part = ("−", part.part) if isinstance(part, Neg) and not isinstance(part.part, Sum) else ("+", part)
    inner = mathml(part).removeprefix("<math>").removesuffix("</math>")
    return f'<math><mrow><mo form="infix" lspace="0" rspace="0.22em">{sign}</mo>{inner}</mrow></math>'


def with_numbers(formula: Formula, symbols: Sequence[str]) -> str:
    """The same with the symbols' numbers, each an element that the page keeps up to date.

    >>> from convcost.formula import Product, symbol
    >>> with_numbers(Product(Num(2), symbol("r")), ["H", "r"])
    '<math><mrow><mn>2</mn><mo>×</mo><mn data-s="1">r</mn></mrow></math>'
    """
    places = {name: Num(f"{_PLACE}{place}") for place, name in enumerate(symbols)}

    def element(match: re.Match[str]) -> str:
        place = int(match.group(1))
        return f'<mn data-s="{place}">{escape(symbols[place])}</mn>'

    return re.sub(f"<mn>{_PLACE}(\\d+)</mn>", element, in_letters(put(formula, dict(places))))


def readable(formula: Formula) -> bool:
    """Whether a formula is short enough to be read; only sums go on in the next line."""
    return _parts(formula) <= (MAX_PARTS if isinstance(formula, Sum) else MAX_PARTS // 2)


def is_wide(formula: Formula) -> bool:
    """Whether a formula wants the whole width of the page."""
    return _parts(formula) > MAX_PARTS // 5


def _parts(formula: Formula) -> int:
    return 1 + sum(map(_parts, children(formula)))


def tree(value: Any) -> Formula:
    """The formula of a number or SymPy expression."""
    from .. import symbolic

    return symbolic.tree(value)
