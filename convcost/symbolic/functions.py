"""Functions of sizes that stay unevaluated until numbers are put in."""

from __future__ import annotations

from typing import Any

import sympy
from sympy import Integer

from .conditions import compare_at_least, compare_divides
from .sizes import tidy


class IntegerGcd(sympy.Function):  # type: ignore[misc]
    """The greatest common divisor of two integer expressions; evaluates when both are numbers."""

    is_integer = True
    is_positive = True
    nargs = 2

    @classmethod
    def eval(cls, a: Any, b: Any) -> Any:
        if a.is_Integer and b.is_Integer:
            return sympy.igcd(a, b)
        if a == 1 or b == 1:
            return Integer(1)
        if a == b:
            return a
        for divisor, number in ((a, b), (b, a)):
            if compare_divides(divisor, number) is True:
                return divisor
        return None


def gcd(a: Any, b: Any) -> Any:
    return tidy(IntegerGcd(sympy.sympify(a), sympy.sympify(b)))


def minimum(a: Any, b: Any) -> Any:
    a, b = sympy.sympify(a), sympy.sympify(b)
    for smaller, larger in ((a, b), (b, a)):
        if compare_at_least(larger, smaller) is True:
            return tidy(smaller)
    return sympy.Min(a, b)
