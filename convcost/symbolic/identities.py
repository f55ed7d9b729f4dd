"""Whether two expressions over letters are the same, letter by letter."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import sympy


def letter(name: str) -> Any:
    """A letter of somebody's formula: positive, and nothing else is known of it."""
    return sympy.Symbol(name, positive=True)


def exact(value: Fraction) -> Any:
    """A number as SymPy has it.

    >>> exact(Fraction(17, 16))
    17/16
    """
    return sympy.Rational(value.numerator, value.denominator)


def identical(a: Any, b: Any) -> bool:
    """Whether two rational expressions are equal for all values of their letters.

    >>> k, n = letter("k"), letter("n")
    >>> identical((k**2 + n) / (k**2 * n), 1 / n + 1 / k**2), identical(k, k**2)
    (True, False)
    """
    top, _ = sympy.fraction(sympy.together(a - b))
    return bool(sympy.expand(top) == 0)


def coefficients(expression: Any) -> dict[Any, Fraction]:
    """The number before each product of letters, when all is multiplied out.

    >>> C = letter("C")
    >>> coefficients(3 * (9 * C**2) + C)
    {C: Fraction(1, 1), C**2: Fraction(27, 1)}
    """
    found: dict[Any, Fraction] = {}
    for term, number in sympy.expand(expression).as_coefficients_dict().items():
        value = sympy.Rational(number)
        found[term] = Fraction(int(value.p), int(value.q))
    return found
