"""Everything that needs SymPy: symbols, closed forms, and the settling of questions about symbolic sizes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from math import gcd as gcd_of
from math import lcm, prod
from operator import index
from typing import Any

import sympy
from sympy import Expr, Integer, Symbol, ceiling, floor
from sympy.printing.str import StrPrinter

from .errors import SpecError

#: Longest common period that is written out; the strides of a network multiply to far less.
MAX_PERIOD = 4096


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


def compare_whole(value: Any) -> bool | Condition:
    """Whether an expression such as ``C/2 + 1`` is a whole number: for all values, for none, or under a condition."""
    if value.is_integer is not None:
        return bool(value.is_integer)
    over, under = sympy.fraction(sympy.together(value))
    return compare_divides(under, over)


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


# -- questions ---------------------------------------------------------------------------------------------------


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


@dataclass(frozen=True)
class _QuasiLinear:
    """A function of one positive integer that repeats with a constant rise: ``f(n + period) = f(n) + rise``.

    Chains of window laws in one symbol are of this form, so ``values`` (``f(1)`` … ``f(period)``) and ``rise``
    say everything about them.
    """

    values: tuple[Fraction, ...]
    rise: Fraction

    def stretched(self, period: int) -> _QuasiLinear:
        times = period // len(self.values)
        values = tuple(v + self.rise * t for t in range(times) for v in self.values)
        return _QuasiLinear(values, self.rise * times)


@lru_cache(maxsize=4096)
def _quasi_linear(expr: Expr, symbol: Symbol) -> _QuasiLinear | None:
    if expr == symbol:
        return _QuasiLinear((Fraction(1),), Fraction(1))
    if expr.is_Rational:
        return _QuasiLinear((Fraction(int(expr.p), int(expr.q)),), Fraction(0))
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
        return _QuasiLinear(tuple(Fraction(v.__floor__()) for v in inner.values), inner.rise)
    period = lcm(*(len(part.values) for part in known))
    if period > MAX_PERIOD:
        return None
    known = [part.stretched(period) for part in known]
    if expr.is_Add:
        return _QuasiLinear(
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
            return _QuasiLinear((factor,) * period, Fraction(0))
        return _QuasiLinear(tuple(v * factor for v in varying[0].values), varying[0].rise * factor)
    return None


def _one_symbol(expr: Expr) -> tuple[Symbol, _QuasiLinear] | None:
    free = expr.free_symbols
    if len(free) != 1:
        return None
    (symbol,) = free
    known = _quasi_linear(expr, symbol)
    return None if known is None else (symbol, known)


def _residues(symbol: Symbol, good: list[bool]) -> str:
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


def compare_equal(a: Any, b: Any) -> bool | Condition:
    """Whether two sizes are equal: for all values, for none, or under a condition."""
    difference = tidy(sympy.expand(sympy.sympify(a) - b))
    if isinstance(difference, int):
        return difference == 0
    if difference.is_zero or _sign(difference):
        return bool(difference.is_zero)
    left, right = (b, a) if not sympy.sympify(a).free_symbols else (a, b)
    condition = Condition("==", a, b, f"{left} == {right}")
    found = _one_symbol(difference)
    if found is None:
        return False if _never_zero(difference) else condition
    symbol, f = found
    if f.rise == 0:
        good = [value == 0 for value in f.values]
        if all(good) or not any(good):
            return all(good)
        return Condition("==", a, b, _residues(symbol, good))
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
    return int(constant) % gcd_of(*(int(c) for c, _ in terms)) != 0


def compare_at_least(a: Any, b: Any) -> bool | Condition:
    """Whether ``a >= b``: for all values, for none, or under a condition."""
    difference = tidy(sympy.expand(sympy.sympify(a) - b))
    if isinstance(difference, int):
        return difference >= 0
    if difference.is_nonnegative or _sign(difference):
        return bool(difference.is_nonnegative or _sign(difference) > 0)
    condition = Condition(">=", a, b, f"{a} >= {b}")
    found = _one_symbol(difference)
    if found is None:
        return condition
    symbol, f = found
    period = len(f.values)
    if f.rise == 0:
        good = [value >= 0 for value in f.values]
        if all(good) or not any(good):
            return all(good)
        return Condition(">=", a, b, _residues(symbol, good))
    if f.rise > 0:
        # In each class of the period: the last n at which f is still below zero.
        last_bad = max(n + period * ((-value / f.rise).__ceil__() - 1) for n, value in enumerate(f.values, start=1))
        if last_bad < 1:
            return True
        if _monotone(f):
            return Condition(">=", a, b, f"{symbol} >= {last_bad + 1}", symbol.name, last_bad + 1)
        return condition
    last_good = max(n + period * (value / -f.rise).__floor__() for n, value in enumerate(f.values, start=1))
    if last_good < 1:
        return False
    if _monotone(_QuasiLinear(tuple(-v for v in f.values), -f.rise)):
        return Condition(">=", a, b, f"{symbol} <= {last_good}")
    return condition


def _monotone(f: _QuasiLinear) -> bool:
    following = (*f.values[1:], f.values[0] + f.rise)
    return all(now <= then for now, then in zip(f.values, following, strict=True))


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
    found = _one_symbol(rest)
    if found is None:
        return condition
    symbol, f = found
    good = [value == 0 for value in f.values]
    if f.rise == 0 and (all(good) or not any(good)):
        return all(good)
    return Condition("|", divisor, number, _residues(symbol, good)) if f.rise == 0 else condition


def minimum(a: Any, b: Any) -> Any:
    a, b = sympy.sympify(a), sympy.sympify(b)
    for smaller, larger in ((a, b), (b, a)):
        if compare_at_least(larger, smaller) is True:
            return tidy(smaller)
    return sympy.Min(a, b)


# -- closed forms ------------------------------------------------------------------------------------------------


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
