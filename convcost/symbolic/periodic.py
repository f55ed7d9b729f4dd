"""Functions of one whole number that repeat with a constant rise: what chains of window laws are."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from math import lcm

from sympy import Expr, Symbol, ceiling, floor

#: Longest common period that is written out; the strides of a network multiply to far less.
MAX_PERIOD = 4096


@dataclass(frozen=True)
class QuasiLinear:
    """A function of one positive integer that repeats with a constant rise: ``f(n + period) = f(n) + rise``.

    Chains of window laws in one symbol are of this form, so ``values`` (``f(1)`` … ``f(period)``) and ``rise``
    say everything about them.
    """

    values: tuple[Fraction, ...]
    rise: Fraction

    def stretched(self, period: int) -> QuasiLinear:
        times = period // len(self.values)
        values = tuple(v + self.rise * t for t in range(times) for v in self.values)
        return QuasiLinear(values, self.rise * times)


@lru_cache(maxsize=4096)
def _quasi_linear(expr: Expr, symbol: Symbol) -> QuasiLinear | None:
    if expr == symbol:
        return QuasiLinear((Fraction(1),), Fraction(1))
    if expr.is_Rational:
        return QuasiLinear((Fraction(int(expr.p), int(expr.q)),), Fraction(0))
    parts = [_quasi_linear(argument, symbol) for argument in expr.args]
    if not parts or any(part is None for part in parts):
        return None
    known = [part for part in parts if part is not None]
    if isinstance(expr, ceiling):
        return _quasi_linear(-floor(-expr.args[0]), symbol)
    if isinstance(expr, floor):
        inner = known[0]
        times = inner.rise.denominator
        if len(inner.values) * times > MAX_PERIOD:
            return None
        inner = inner.stretched(len(inner.values) * times)
        return QuasiLinear(tuple(Fraction(v.__floor__()) for v in inner.values), inner.rise)
    period = lcm(*(len(part.values) for part in known))
    if period > MAX_PERIOD:
        return None
    known = [part.stretched(period) for part in known]
    if expr.is_Add:
        return QuasiLinear(
            tuple(sum(row, Fraction(0)) for row in zip(*(part.values for part in known), strict=True)),
            sum((part.rise for part in known), Fraction(0)),
        )
    if expr.is_Mul:
        constants = [part for part in known if len(set(part.values)) == 1 and part.rise == 0]
        varying = [part for part in known if not (len(set(part.values)) == 1 and part.rise == 0)]
        if len(varying) > 1:
            return None
        factor = Fraction(1)
        for part in constants:
            factor *= part.values[0]
        if not varying:
            return QuasiLinear((factor,) * period, Fraction(0))
        return QuasiLinear(tuple(v * factor for v in varying[0].values), varying[0].rise * factor)
    return None


def one_symbol(expr: Expr) -> tuple[Symbol, QuasiLinear] | None:
    free = expr.free_symbols
    if len(free) != 1:
        return None
    (symbol,) = free
    known = _quasi_linear(expr, symbol)
    return None if known is None else (symbol, known)


def residues(symbol: Symbol, good: list[bool]) -> str:
    """Words for "``n`` is one of those with ``good[n - 1]``, repeated with the period"."""
    period = len(good)
    for modulus in range(1, period + 1):
        if period % modulus:
            continue
        classes = [good[r::modulus] for r in range(modulus)]
        if all(all(c) or not any(c) for c in classes):
            rests = sorted((r + 1) % modulus for r in range(modulus) if classes[r][0])
            if len(rests) == 1:
                return f"{symbol} % {modulus} == {rests[0]}"
            return f"{symbol} % {modulus} in {{{', '.join(map(str, rests))}}}"
    raise AssertionError("the period itself always separates the classes")


def monotone(f: QuasiLinear) -> bool:
    following = (*f.values[1:], f.values[0] + f.rise)
    return all(now <= then for now, then in zip(f.values, following, strict=True))
