"""Closed forms in a notebook: the letters they are functions of, and their values for some numbers."""

from __future__ import annotations

import ast
import math
import operator
from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any

from ...errors import SpecError
from ..draws import Draw

_OPERATORS: dict[type[ast.AST], Callable[..., Any]] = {
    ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul, ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv, ast.Mod: operator.mod, ast.Pow: operator.pow, ast.USub: operator.neg,
}  # fmt: skip
_FUNCTIONS: dict[str, Callable[..., Any]] = {
    "min": min,
    "max": max,
    "gcd": lambda a, b: math.gcd(int(a), int(b)),
}
#: So many values tell two forms apart that are not equal.
_POINTS = 6
_VALUES = range(2, 98)


def letters(form: str) -> tuple[str, ...]:
    """The letters of a form, in the order in which they are met.

    >>> letters("H*W*r*(C + 25*K)")
    ('H', 'W', 'r', 'C', 'K')
    """
    found = [node for node in ast.walk(_tree(form)) if isinstance(node, ast.Name) and node.id not in _FUNCTIONS]
    return tuple(dict.fromkeys(node.id for node in sorted(found, key=lambda node: node.col_offset)))


def points(form: str) -> list[tuple[int, ...]]:
    """Numbers to put in for the letters; those for which the form has no value are left out.

    >>> len(points("1/(a - b)"))
    6
    """
    draw, found = Draw("points", form), list[tuple[int, ...]]()
    while len(found) < _POINTS:
        point = tuple(draw.pick(_VALUES) for _ in letters(form))
        try:
            value(form, point)
        except ZeroDivisionError:
            continue
        found.append(point)
    return found


def value(form: str, point: tuple[int, ...]) -> Fraction:
    """The value of a form, exactly.

    >>> value("(H - 1)//2 + K/3", (8, 5))
    Fraction(14, 3)
    """
    given = dict(zip(letters(form), map(Fraction, point), strict=True))
    return Fraction(_value(_tree(form), given))


def _tree(form: str) -> ast.expr:
    try:
        return ast.parse(form.strip(), mode="eval").body
    except SyntaxError:
        raise SpecError("a closed form is written in Python's signs", got=form[:60]) from None


def _value(node: ast.expr, given: Mapping[str, Fraction]) -> Any:
    if isinstance(node, ast.Constant) and isinstance(node.value, int):
        return Fraction(node.value)
    if isinstance(node, ast.Name):
        return given[node.id]
    if isinstance(node, ast.BinOp) and type(node.op) in _OPERATORS:
        # Rounding down gives a whole number, which would no longer be divided exactly.
        return Fraction(_OPERATORS[type(node.op)](_value(node.left, given), _value(node.right, given)))
    if isinstance(node, ast.UnaryOp) and type(node.op) in _OPERATORS:
        return _OPERATORS[type(node.op)](_value(node.operand, given))
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in _FUNCTIONS:
        return Fraction(_FUNCTIONS[node.func.id](*(_value(part, given) for part in node.args)))
    raise SpecError("a closed form has letters, whole numbers and arithmetic", got=ast.unparse(node)[:60])
