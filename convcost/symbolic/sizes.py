"""Symbols, and sizes over them in canonical form."""

from __future__ import annotations

from functools import lru_cache
from math import lcm
from typing import Any

import sympy
from sympy import Expr, Integer, ceiling, floor

from ..errors import SpecError


def symbols(names: str) -> Any:
    """Positive integer symbols: one for one name, else a tuple.

    >>> H, W = symbols("H W")
    >>> (32 * H) // 2
    16*H
    """
    return sympy.symbols(names, positive=True, integer=True)


def as_dim(value: Any, name: str) -> Any:
    """A SymPy expression as a dim: every symbol is taken, by name, as a positive integer."""
    if not isinstance(value, Expr):
        raise SpecError(f"{name} must be a whole number or a symbol", got=f"{name}={value!r}")
    foreign = {s: symbols(s.name) for s in value.free_symbols if not (s.is_integer and s.is_positive)}
    value = value.xreplace(foreign) if foreign else value
    if value.is_Integer:
        return int(value)
    if value.is_integer is False or not value.free_symbols:
        raise SpecError(f"{name} must be a whole number", got=f"{name}={value}")
    return value


def tidy(value: Any) -> Any:
    """A canonical, readable form of a size: nested floors become one, integers become ``int``.

    ``floor((floor(u) + m) / b)`` is ``floor((u + m) / b)`` for whole ``m`` and ``b``.
    """
    if not isinstance(value, sympy.Basic):
        return value
    if value.is_Integer:
        return int(value)
    if not value.has(floor, ceiling):
        return value
    value = _one_floor(value)
    return int(value) if value.is_Integer else value


@lru_cache(maxsize=4096)
def _one_floor(value: Expr) -> Expr:
    value = value.replace(ceiling, lambda argument: -floor(-argument)).replace(floor, _merged)
    return value.replace(floor, _as_ceiling)


def _merged(argument: Expr) -> Expr:
    """``floor(argument)`` with an inner floor taken in, where that is exact."""
    argument = sympy.expand(argument)
    terms = [term.as_coeff_Mul() for term in sympy.Add.make_args(argument)]
    inner = [(c, rest) for c, rest in terms if isinstance(rest, floor) and not c.is_Integer]
    if len(inner) != 1:
        return floor(argument)
    ((coefficient, part),) = inner
    if coefficient < 0:
        # floor(-m/q) is -floor((m + q - 1)/q) for whole m.
        q = lcm(*(int(c.q) for c, _ in terms))
        return -_merged(-argument + Integer(q - 1) / q) if (argument * q).expand().is_integer else floor(argument)
    others = argument - coefficient * part
    if coefficient.p == 1 and (others * coefficient.q).expand().is_integer:
        return floor(sympy.expand(coefficient * part.args[0] + others))
    return floor(argument)


def _as_ceiling(argument: Expr) -> Expr:
    """``floor((n - 1)/q)`` is ``ceiling(n/q) - 1``, and ``floor(-n/q)`` is ``-ceiling(n/q)``: both read better."""
    if argument.could_extract_minus_sign():
        return -_shifted(ceiling, -argument)
    constant, rest = argument.as_coeff_Add()
    q = int(constant.q)
    if q > 1 and int(constant.p) % q == q - 1 and (rest * q).expand().is_integer:
        return ceiling(rest) + int(constant.p) // q
    return _shifted(floor, argument)


def _shifted(rounding: Any, argument: Expr) -> Expr:
    """The whole part of the constant taken out, so that it can cancel against what stands outside."""
    constant, rest = argument.as_coeff_Add()
    whole = rounding(constant)
    return rounding(rest + constant - whole) + whole
