"""Exact arithmetic that reads the same for ``int``, SymPy expressions and NumPy arrays.

Laws are written with ``+ - * //`` and the helpers of this page. Questions about sizes are asked only through
:func:`same`, :func:`divides` and :func:`at_least`: they answer, or raise
:class:`~convcost.errors.UndecidedError`, or, inside ``with assuming() as conditions``, write down the condition
under which the answer is yes. They never guess.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any, TypeAlias

from .errors import SpecError, UndecidedError

if TYPE_CHECKING:
    from .symbolic import Condition

#: An ``int``, a SymPy expression over :func:`convcost.symbols`, or a NumPy array of integers.
Dim: TypeAlias = Any
#: Dims without the batch, channels first: ``(C, H, W)``.
Shape: TypeAlias = tuple[Dim, ...]

_assumed: ContextVar[list[Condition] | None] = ContextVar("assumed", default=None)


@contextmanager
def assuming() -> Iterator[list[Condition]]:
    """Collect the conditions that undecided questions hang on, instead of raising.

    >>> from convcost import symbols
    >>> H = symbols("H")
    >>> with assuming() as conditions:
    ...     same(2 * (H // 2), H)
    True
    >>> [str(condition) for condition in conditions]
    ['H % 2 == 0']
    """
    conditions: list[Condition] = []
    token = _assumed.set(conditions)
    try:
        yield conditions
    finally:
        _assumed.reset(token)


def is_symbolic(value: object) -> bool:
    """Whether ``value`` is a SymPy expression (asked without importing SymPy)."""
    return hasattr(value, "free_symbols")


def is_array(value: object) -> bool:
    """Whether ``value`` is a NumPy array (asked without importing NumPy)."""
    return hasattr(value, "dtype") and getattr(value, "ndim", 0) > 0


def as_int(value: Dim) -> Dim:
    """A plain ``int`` wherever ``value`` is an integer of whatever library; anything else unchanged.

    >>> import sympy
    >>> type(as_int(sympy.Integer(7))).__name__
    'int'
    """
    if type(value) is int or is_array(value):
        return value
    if is_symbolic(value):
        return int(value) if value.is_Integer else value
    return operator.index(value)


def as_dim(value: object, name: str) -> Dim:
    """``value`` as a dim: ``int``, positive integer symbols, or an array of exact Python integers.

    Raises :class:`~convcost.errors.SpecError` for anything else (``bool`` and ``float`` too).
    """
    if type(value) is int:
        return value
    if is_symbolic(value):
        return _whole_symbolic(value, name)
    if is_array(value) and value.dtype.kind in "iuO":  # type: ignore[attr-defined]
        # Machine integers wrap silently at 2**63, Python's do not.
        exact = value.astype(object)  # type: ignore[attr-defined]
        if all(type(entry) is int for entry in exact.flat):
            return exact
    if not isinstance(value, bool) and hasattr(value, "__index__") and not is_array(value):
        return operator.index(value)
    raise SpecError(f"{name} must be a whole number or a symbol", got=f"{name}={value!r}")


def _whole_symbolic(value: object, name: str) -> Dim:
    """A symbolic dim; that it is whole (``C/2``) is recorded where assumptions are, and left open elsewhere."""
    from . import symbolic

    dim = symbolic.as_dim(value, name)
    if is_symbolic(dim) and dim.is_integer is None:
        try:
            whole = _settle(symbolic.compare_whole(dim))
        except UndecidedError:
            return dim
        if not whole:
            raise SpecError(f"{name} must be a whole number", got=f"{name}={value}")
    return dim


def tidy(dim: Dim) -> Dim:
    """A symbolic size in its canonical form, so that equal ones look alike; anything else as it is."""
    if not is_symbolic(dim):
        return dim
    from . import symbolic

    return symbolic.tidy(dim)


def ceil_div(a: Dim, b: Dim) -> Dim:
    """The smallest whole number that is not below ``a / b``.

    >>> ceil_div(7, 2), ceil_div(-7, 2), ceil_div(8, 2)
    (4, -3, 4)
    """
    return -(-a // b)


def prod(factors: Iterable[Dim]) -> Dim:
    """The product, exact; 1 for no factors. (``math.prod`` multiplies whatever it is given.)"""
    return math.prod(factors)


def minimum(a: Dim, b: Dim) -> Dim:
    """The smaller one; of symbols the one that is provably smaller, else an unevaluated minimum."""
    if type(a) is int and type(b) is int:
        return min(a, b)
    if is_symbolic(a) or is_symbolic(b):
        from . import symbolic

        return symbolic.minimum(a, b)
    return (a + b - abs(a - b)) // 2


def maximum(a: Dim, b: Dim) -> Dim:
    """The larger one, as :func:`minimum`."""
    return -minimum(-a, -b)


def gcd(a: Dim, b: Dim) -> Dim:
    """The greatest common divisor; of symbols an expression that evaluates when they are put in.

    >>> gcd(12, 18)
    6
    """
    if type(a) is int and type(b) is int:
        return math.gcd(a, b)
    if is_symbolic(a) or is_symbolic(b):
        from . import symbolic

        return symbolic.gcd(a, b)
    import numpy as np

    return np.gcd(a, b)


def exact_div(a: Dim, b: Dim) -> Dim:
    """``a / b`` where ``b`` is known, or assumed, to divide ``a``; ask :func:`divides` first."""
    if is_symbolic(a) or is_symbolic(b):
        return as_int(a / b)
    return a // b


def decide_same(a: Dim, b: Dim) -> bool | None:
    """``True`` if equal for all values, ``False`` if for none, ``None`` if it depends. Never assumes."""
    if type(a) is int and type(b) is int:
        return a == b
    if is_symbolic(a) or is_symbolic(b):
        from . import symbolic

        answer = symbolic.compare_equal(a, b)
        return answer if isinstance(answer, bool) else None
    equal = a == b
    if is_array(equal):
        return True if equal.all() else None if equal.any() else False
    return bool(equal)


def same(a: Dim, b: Dim) -> bool:
    """Whether two sizes are equal.

    >>> same(28, 28)
    True
    """
    if type(a) is int and type(b) is int:
        return a == b
    if is_symbolic(a) or is_symbolic(b):
        from . import symbolic

        return _settle(symbolic.compare_equal(a, b))
    equal = decide_same(a, b)
    if equal is None:
        raise UndecidedError("sizes are equal for a part of the array only", got=f"{a} and {b}")
    return equal


def divides(divisor: Dim, number: Dim) -> bool:
    """Whether ``divisor`` divides ``number``.

    >>> divides(3, 12), divides(5, 12)
    (True, False)
    """
    if type(divisor) is int and type(number) is int:
        return number % divisor == 0
    if is_symbolic(divisor) or is_symbolic(number):
        from . import symbolic

        return _settle(symbolic.compare_divides(divisor, number))
    remainder = number % divisor
    return same(remainder, remainder * 0)


def at_least(number: Dim, least: Dim) -> bool:
    """Whether ``number >= least``.

    >>> at_least(3, 1), at_least(0, 1)
    (True, False)
    """
    if type(number) is int and type(least) is int:
        return number >= least
    if is_symbolic(number) or is_symbolic(least):
        from . import symbolic

        return _settle(symbolic.compare_at_least(number, least))
    enough = number >= least
    if not is_array(enough):
        return bool(enough)
    if enough.all() or not enough.any():
        return bool(enough.all())
    raise UndecidedError(f"the size reaches {least} for a part of the array only", got=str(number))


def _settle(answer: bool | Condition) -> bool:
    """An answer as it is; a condition is written down where somebody collects, else it is an error."""
    if isinstance(answer, bool):
        return answer
    conditions = _assumed.get()
    if conditions is None:
        raise UndecidedError(
            "the answer depends on the values of the symbols",
            got=str(answer),
            fix="state what is known, for example H = 32*h, or put numbers in",
        )
    conditions.append(answer)
    return True
