"""Questions about symbolic sizes: answered for all values, for none, or by the condition that they hang on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import gcd
from typing import Any

import sympy
from sympy import Expr, Symbol, ceiling, floor

from .periodic import QuasiLinear, monotone, one_symbol, residues
from .sizes import tidy


@dataclass(frozen=True)
class Condition:
    """What must hold for a symbolic result: ``left == right``, ``left >= right``, or ``left`` divides ``right``."""

    relation: str
    left: Any
    right: Any
    text: str
    symbol: str = ""
    bound: int = 0

    def __str__(self) -> str:
        return self.text

    @property
    def symbols(self) -> frozenset[Any]:
        """The symbols that it speaks of."""
        return frozenset(sympy.sympify(self.left).free_symbols | sympy.sympify(self.right).free_symbols)

    def under(self, values: Mapping[Any, Any]) -> bool | Condition:
        """The same question with values put in."""
        ask = {"==": compare_equal, ">=": compare_at_least, "|": compare_divides}[self.relation]
        left, right = (tidy(sympy.sympify(side).subs(values)) for side in (self.left, self.right))
        return ask(left, right)


def simplest(conditions: Iterable[Condition]) -> tuple[Condition, ...]:
    """Without repetitions, and of several lower bounds on one symbol only the strongest."""
    kept: dict[Any, Condition] = {}
    for condition in conditions:
        key = (condition.relation, condition.symbol) if condition.symbol else condition.text
        old = kept.get(key)
        if old is None or condition.bound > old.bound:
            kept[key] = condition
    return tuple(kept.values())


def compare_equal(a: Any, b: Any) -> bool | Condition:
    """Whether two sizes are equal: for all values, for none, or under a condition."""
    difference = tidy(sympy.expand(sympy.sympify(a) - b))
    if isinstance(difference, int):
        return difference == 0
    if difference.is_zero or _sign(difference):
        return bool(difference.is_zero)
    left, right = (b, a) if not sympy.sympify(a).free_symbols else (a, b)
    condition = Condition("==", a, b, f"{left} == {right}")
    found = one_symbol(difference)
    if found is None:
        return False if _never_zero(difference) else condition
    symbol, f = found
    if f.rise == 0:
        good = [value == 0 for value in f.values]
        if all(good) or not any(good):
            return all(good)
        return Condition("==", a, b, residues(symbol, good))
    period = len(f.values)
    roots = [
        n + period * int(-value / f.rise)
        for n, value in enumerate(f.values, start=1)
        if (-value / f.rise).denominator == 1 and -value / f.rise >= 0
    ]
    if not roots:
        return False
    return Condition("==", a, b, " or ".join(f"{symbol} == {root}" for root in sorted(roots)))


def _sign(difference: Expr) -> int:
    """1 or -1 where the sign is the same for all positive values of the symbols, else 0."""
    if difference.has(floor, ceiling):
        return 0
    # Positive integers are 1 plus something that is not negative, which SymPy can reason about.
    shifted = sympy.expand(difference.xreplace({s: s + 1 for s in difference.free_symbols}))
    shifted = shifted.xreplace({s: Symbol(s.name, integer=True, nonnegative=True) for s in shifted.free_symbols})
    return 1 if shifted.is_positive else -1 if shifted.is_negative else 0


def _never_zero(difference: Expr) -> bool:
    """A sum of whole multiples plus a constant that the common divisor does not divide is never 0."""
    constant, rest = difference.as_coeff_Add()
    terms = [term.as_coeff_Mul() for term in sympy.Add.make_args(rest)]
    if not constant.is_Integer or not all(c.is_Integer and r.is_integer for c, r in terms):
        return False
    return int(constant) % gcd(*(int(c) for c, _ in terms)) != 0


def compare_at_least(a: Any, b: Any) -> bool | Condition:
    """Whether ``a >= b``: for all values, for none, or under a condition."""
    difference = tidy(sympy.expand(sympy.sympify(a) - b))
    if isinstance(difference, int):
        return difference >= 0
    if difference.is_nonnegative or _sign(difference):
        return bool(difference.is_nonnegative or _sign(difference) > 0)
    condition = Condition(">=", a, b, f"{a} >= {b}")
    found = one_symbol(difference)
    if found is None:
        return condition
    symbol, f = found
    period = len(f.values)
    if f.rise == 0:
        good = [value >= 0 for value in f.values]
        if all(good) or not any(good):
            return all(good)
        return Condition(">=", a, b, residues(symbol, good))
    if f.rise > 0:
        # In each class of the period: the last n at which f is still below zero.
        last_bad = max(n + period * ((-value / f.rise).__ceil__() - 1) for n, value in enumerate(f.values, start=1))
        if last_bad < 1:
            return True
        if monotone(f):
            return Condition(">=", a, b, f"{symbol} >= {last_bad + 1}", symbol.name, last_bad + 1)
        return condition
    last_good = max(n + period * (value / -f.rise).__floor__() for n, value in enumerate(f.values, start=1))
    if last_good < 1:
        return False
    if monotone(QuasiLinear(tuple(-v for v in f.values), -f.rise)):
        return Condition(">=", a, b, f"{symbol} <= {last_good}")
    return condition


def compare_divides(divisor: Any, number: Any) -> bool | Condition:
    """Whether ``divisor`` divides ``number``: for all values, for none, or under a condition."""
    number, divisor = sympy.expand(sympy.sympify(number)), sympy.sympify(divisor)
    quotient = sympy.expand(sympy.cancel(number / divisor)) if divisor.free_symbols else number / divisor
    quotient = sympy.expand(quotient)
    if quotient.is_integer is not None:
        return bool(quotient.is_integer)
    condition = Condition(
        "|",
        divisor,
        number,
        f"({number}) % {divisor} == 0" if number.is_Add else f"{number} % {divisor} == 0",
    )
    if not divisor.is_Integer:
        return condition
    rest = tidy(number - divisor * floor(quotient))
    if isinstance(rest, int):
        return rest == 0
    found = one_symbol(rest)
    if found is None:
        return condition
    symbol, f = found
    good = [value == 0 for value in f.values]
    if f.rise == 0 and (all(good) or not any(good)):
        return all(good)
    return Condition("|", divisor, number, residues(symbol, good)) if f.rise == 0 else condition


def compare_whole(value: Any) -> bool | Condition:
    """Whether an expression such as ``C/2 + 1`` is a whole number: for all values, for none, or under a condition."""
    if value.is_integer is not None:
        return bool(value.is_integer)
    over, under = sympy.fraction(sympy.together(value))
    return compare_divides(under, over)
