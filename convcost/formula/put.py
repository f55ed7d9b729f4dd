"""Numbers put into a formula, and what it then comes to."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from fractions import Fraction
from math import ceil, floor, gcd, isqrt, prod

from .nodes import (
    Call,
    Ceil,
    Chain,
    Floor,
    Formula,
    Frac,
    Modulo,
    Neg,
    Num,
    Power,
    Product,
    Root,
    Sum,
    Sym,
)


def put(formula: Formula, values: Mapping[str, int | Formula]) -> Formula:
    """``formula`` with numbers in place of letters, and nothing worked out.

    >>> from . import symbol
    >>> str(put(Product(symbol("k"), symbol("k"), symbol("C_in")), {"k": 3, "C_in": 64}))
    '3 × 3 × 64'
    """
    if isinstance(formula, Sym):
        value = values.get(f"{formula.name}_{formula.index}" if formula.index else formula.name)
        return formula if value is None else Num(value) if isinstance(value, int) else value
    changed: dict[str, object] = {}
    for name, value in vars(formula).items():
        if isinstance(value, Formula):
            changed[name] = put(value, values)
        elif isinstance(value, tuple) and value and isinstance(value[0], Formula):
            changed[name] = tuple(put(part, values) for part in value)
    if "parts" in changed:
        parts = changed["parts"]
        if isinstance(formula, Chain):
            return Chain(*parts, signs=formula.signs)  # type: ignore[misc]
        if isinstance(formula, Call):
            return Call(formula.name, *parts)  # type: ignore[misc]
        return type(formula)(*parts)  # type: ignore[misc]
    return replace(formula, **changed) if changed else formula


def evaluate(formula: Formula) -> Fraction:
    """The exact number that a formula without letters comes to.

    Raises ``ValueError`` for letters, words, roots that are not whole and exponents that are broken, and
    ``ZeroDivisionError`` where something is divided by nothing.

    >>> evaluate(Floor(Frac(Num(7), Num(2))))
    Fraction(3, 1)
    """
    law = _LAWS.get(type(formula))
    if law is None:
        raise ValueError(f"{formula} has no value")
    return Fraction(law(formula))


def _all(formula: Formula) -> list[Fraction]:
    return [evaluate(part) for part in formula.parts]  # type: ignore[attr-defined]


def _root(formula: Formula) -> Fraction:
    value = evaluate(formula.part)  # type: ignore[attr-defined]
    over, under = isqrt(value.numerator), isqrt(value.denominator)
    if (over * over, under * under) != (value.numerator, value.denominator):
        raise ValueError(f"{formula} is not rational")
    return Fraction(over, under)


def _whole(value: Fraction) -> int:
    if value.denominator != 1:
        raise ValueError(f"{value} is not whole")
    return int(value)


def _gcd(*parts: Fraction) -> int:
    return gcd(*map(_whole, parts))


def _number(node: Num) -> Fraction:
    value = node.value
    return Fraction(value.replace(",", "").replace("−", "-") if isinstance(value, str) else value)


def _called(node: Formula) -> Fraction | int:
    law = _CALLS.get(node.name)  # type: ignore[attr-defined]
    if law is None:
        raise ValueError(f"{node} has no value")
    return law(*_all(node))


_CALLS: dict[str, Callable[..., Fraction | int]] = {"max": max, "min": min, "gcd": _gcd}
_LAWS: dict[type[Formula], Callable[..., Fraction | int]] = {
    Num: _number,
    Sum: lambda node: sum(_all(node)),
    Product: lambda node: prod(_all(node)),
    Call: lambda node: _called(node),
    Neg: lambda node: -evaluate(node.part),
    Power: lambda node: evaluate(node.base) ** _whole(evaluate(node.exponent)),
    Root: _root,
    Frac: lambda node: evaluate(node.over) / evaluate(node.under),
    Floor: lambda node: floor(evaluate(node.part)),
    Ceil: lambda node: ceil(evaluate(node.part)),
    Modulo: lambda node: evaluate(node.over) % evaluate(node.under),
}
