"""Sizes as text of the notation, and how large an expression may grow."""

from __future__ import annotations

from math import prod
from typing import Any

import sympy
from sympy.printing.str import StrPrinter


def expanded_terms(value: Any) -> int:
    """How many terms an expression would have if it were multiplied out, at most; counted without doing so."""
    parts = [expanded_terms(part) for part in value.args]
    if value.is_Add:
        return sum(parts)
    if value.is_Mul:
        return prod(parts)
    if value.is_Pow and value.exp.is_Integer and value.exp > 0:
        return int(parts[0] ** min(int(value.exp), 64))
    return max([1, *parts])


def notation(value: Any) -> str:
    """A size in the notation of specs: ``**`` and ``//``, readable back by :func:`convcost.parse`."""
    return str(_Notation().doprint(value))


class _Notation(StrPrinter):  # type: ignore[misc]
    def _print_floor(self, expr: Any) -> str:
        over, under = sympy.fraction(sympy.together(expr.args[0]))
        return f"(({self.doprint(over)})//{self.parenthesize(under, 100)})"

    def _print_ceiling(self, expr: Any) -> str:
        over, under = sympy.fraction(sympy.together(expr.args[0]))
        return f"(-((-({self.doprint(over)}))//{self.parenthesize(under, 100)}))"

    def _print_Mod(self, expr: Any) -> str:  # noqa: N802 (SymPy finds it by this name)
        return f"(({self.doprint(expr.args[0])}) % ({self.doprint(expr.args[1])}))"

    def _print_Min(self, expr: Any) -> str:  # noqa: N802
        return self._nested("min", expr)

    def _print_Max(self, expr: Any) -> str:  # noqa: N802
        return self._nested("max", expr)

    def _nested(self, name: str, expr: Any) -> str:
        first, *others = (self.doprint(part) for part in expr.args)
        for other in others:
            first = f"{name}({first}, {other})"
        return str(first)

    def _print_IntegerGcd(self, expr: Any) -> str:  # noqa: N802 (SymPy finds it by this name)
        return f"gcd({self.doprint(expr.args[0])}, {self.doprint(expr.args[1])})"
