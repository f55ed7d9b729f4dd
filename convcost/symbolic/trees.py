"""SymPy expressions as formulas, in the order in which SymPy prints them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import sympy

from ..formula import Call, Ceil, Floor, Formula, Frac, Modulo, Neg, Num, Power, Product, Root, Sum, Word
from ..formula import symbol as letter
from .functions import IntegerGcd


def tree(value: Any) -> Formula:
    """The formula of an expression, or of a number.

    >>> from .sizes import symbols
    >>> H, k, s, p = symbols("H k s p")
    >>> str(tree((H + 2 * p - k) // s + 1)), str(tree(H**2 * (k + 25 * p)))
    ('⌊(H − k + 2·p)/s⌋ + 1', 'H²·(k + 25·p)')
    """
    expression = sympy.sympify(value)
    for kind, law in _LAWS:
        if isinstance(expression, kind):
            return law(expression)
    return Word(str(expression))


def _sum(value: Any) -> Formula:
    """Positive terms first where the first one would be negative; a constant last."""
    ordered = sorted(value.as_ordered_terms(), key=lambda term: bool(term.is_Rational))
    terms = [_term(term) for term in ordered]
    if isinstance(terms[0], Neg):
        terms.sort(key=lambda term: isinstance(term, Neg))
    return Sum(*terms)


def _term(term: Any) -> Formula:
    if isinstance(-term, sympy.floor) and _mostly_negative((-term).args[0]):
        # Rounding up is written as rounding down of the negative.
        return Ceil(_whole(sympy.expand(-(-term).args[0])))
    return Neg(tree(-term)) if term.could_extract_minus_sign() and not term.is_Add else tree(term)


def _mostly_negative(value: Any) -> bool:
    terms = sympy.Add.make_args(sympy.expand(value))
    return 2 * sum(bool(term.as_coeff_Mul()[0].is_negative) for term in terms) > len(terms)


def _product(value: Any) -> Formula:
    if value.as_coeff_Mul()[0].is_negative:
        return Neg(tree(-value))
    # Factor by factor: SymPy's own numerator multiplies a number into a sum, 9·(a + b) into 9·a + 9·b.
    pairs = [factor.as_numer_denom() for factor in value.as_ordered_factors()]
    over, under = _factors(over for over, _ in pairs), _factors(under for _, under in pairs)
    return Frac(over, under) if under != Num(1) else over


def _factors(values: Iterable[Any]) -> Formula:
    """The product of what are not ones, the number first."""
    apart = [factor for value in values for factor in sympy.Mul.make_args(value) if factor != 1]
    factors = [tree(factor) for factor in sorted(apart, key=lambda factor: factor.sort_key())]
    return Product(*factors) if len(factors) > 1 else factors[0] if factors else Num(1)


def _power(value: Any) -> Formula:
    if value.exp == sympy.Rational(1, 2):
        return Root(tree(value.base))
    if value.exp.is_negative:
        return Frac(Num(1), tree(value.base ** (-value.exp)))
    return Power(tree(value.base), tree(value.exp))


def _rational(value: Any) -> Formula:
    if value < 0:
        return Neg(tree(-value))
    return Num(int(value.p)) if value.q == 1 else Frac(Num(int(value.p)), Num(int(value.q)))


def _whole(part: Any) -> Formula:
    return tree(sympy.together(part))


#: The first kind that fits is taken.
_LAWS: tuple[tuple[Any, Callable[[Any], Formula]], ...] = (
    (sympy.Rational, _rational),
    (sympy.Symbol, lambda value: letter(value.name)),
    (sympy.Add, _sum),
    (sympy.Mul, _product),
    (sympy.Pow, _power),
    (sympy.floor, lambda value: Floor(_whole(value.args[0]))),
    (sympy.ceiling, lambda value: Ceil(_whole(value.args[0]))),
    (sympy.Max, lambda value: Call("max", *map(tree, value.args))),
    (sympy.Min, lambda value: Call("min", *map(tree, value.args))),
    (sympy.Mod, lambda value: Modulo(*map(tree, value.args))),
    (IntegerGcd, lambda value: Call("gcd", *map(tree, value.args))),
)
