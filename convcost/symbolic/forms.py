"""Readable exact forms of totals, and values put into them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fractions import Fraction
from operator import index
from typing import Any

import sympy
from sympy import Expr, Integer, Symbol, ceiling, floor

from ..errors import SpecError
from .conditions import compare_at_least
from .sizes import as_dim, symbols, tidy


def closed_form(value: Any) -> Any:
    """The readable exact form of a total: factored where only symbols factor out, else expanded.

    >>> H, W, C, r, K = symbols("H W C r K")
    >>> closed_form(H * W * C * r + 25 * H * W * r * K)
    H*W*r*(C + 25*K)
    """
    if not isinstance(value, sympy.Basic):
        return value
    if value.is_Integer:
        return int(value)
    value = sympy.expand(value.xreplace({f: tidy(f) for f in value.atoms(floor, ceiling)}))
    if value.is_Integer:
        return int(value)
    if value.has(floor, ceiling, sympy.Min, sympy.Max) or len(sympy.Add.make_args(value)) > 12:
        return _by_content(value)
    factored = sympy.factor(value)
    content = factored.as_coeff_Mul()[0]
    return factored if abs(content) == 1 else value


def _by_content(value: Expr) -> Expr:
    """Expanded, with the monomial that is common to all terms taken out."""
    common = sympy.gcd_terms(value)
    return (
        common
        if len(sympy.Add.make_args(common)) < len(sympy.Add.make_args(value)) and abs(common.as_coeff_Mul()[0]) == 1
        else value
    )


def substitute(value: Any, values: Mapping[Any, Any]) -> Any:
    """``value`` with symbols replaced; ``int`` where nothing symbolic is left."""
    if not isinstance(value, sympy.Basic):
        return value
    return tidy(value.subs(values))


def latex(value: Any) -> str:
    """LaTeX of a value."""
    return str(sympy.latex(value))


def ratio(a: Any, b: Any) -> Any:
    """``a / b`` in lowest terms, exact."""
    return sympy.factor(sympy.cancel(sympy.sympify(a) / sympy.sympify(b)))


def positive_solutions(difference: Any, name: str) -> list[Any]:
    """Where ``difference`` is zero as a function of the symbol ``name``, negative numbers left out.

    Raises nothing: what SymPy cannot solve has no solution here.
    """
    width = symbols(name)
    difference = sympy.sympify(difference)
    if width not in difference.free_symbols:
        return []
    # The width itself need not be whole where the costs meet.
    real = Symbol(name, positive=True)
    try:
        solutions = sympy.solve(sympy.together(difference.xreplace({width: real})), real)
    except NotImplementedError:
        return []
    found = [sympy.factor(sympy.cancel(s)) for s in solutions]
    return [s for s in found if not (s.is_number and not (s.is_real and s > 0)) and not s.has(width, real)]


def as_fraction(value: Any, values: Mapping[str, int]) -> Fraction | None:
    """The exact number that ``value`` becomes with ``values`` put in, ``None`` where it becomes none."""
    value = sympy.sympify(value)
    value = sympy.sympify(value.subs({s: values[s.name] for s in value.free_symbols if s.name in values}))
    return Fraction(int(value.p), int(value.q)) if value.is_Rational else None


def near_fraction(value: Any, values: Mapping[str, int]) -> Fraction | None:
    """An irrational value to 30 digits, ``None`` where symbols are left or it is not real."""
    value = sympy.sympify(value)
    value = value.subs({s: values[s.name] for s in value.free_symbols if s.name in values})
    return (
        Fraction(str(value.evalf(40))).limit_denominator(10**30) if value.is_real and not value.free_symbols else None
    )


def assignment(values: Mapping[Any, Any], known: Iterable[Any]) -> dict[Any, Any]:
    """Values for symbols, keyed by symbol or name; each must be known and positive."""
    by_name = {symbol.name: symbol for symbol in known}
    table = {}
    for key, value in values.items():
        name = str(key)
        if name not in by_name:
            raise SpecError(f"there is no symbol {name}", fix=f"known: {', '.join(sorted(by_name)) or 'none'}")
        try:
            number = value if isinstance(value, Expr) else Integer(index(value))
        except TypeError:
            number = None
        if number is None or isinstance(value, bool):
            raise SpecError("symbols stand for positive whole numbers", got=f"{name}={value!r}")
        number = as_dim(number, name)
        if compare_at_least(number, 1) is False:
            raise SpecError("symbols stand for positive whole numbers", got=f"{name}={value}")
        table[by_name[name]] = number
    return table
