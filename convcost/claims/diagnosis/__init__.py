"""Why a printed value differs from the computed one: candidates in the order of how specific they are."""

from __future__ import annotations

from collections.abc import Callable

from ...messages import Message
from ..printed import written_like
from .case import Case, Diagnosis
from .digits import misprint, place, slipped
from .parts import bias, misprinted_operand, missing_part, neighbours_value, output_shape, wrong_operand
from .units import bits_for_bytes, exact_power_of_ten, factor_2, padded_rounding, rounding, unit

__all__ = ["Case", "Diagnosis", "diagnose", "mended", "place", "slipped"]

_CANDIDATES: tuple[Callable[[Case], Diagnosis | None], ...] = (
    output_shape, factor_2, exact_power_of_ten, rounding, bias, missing_part, neighbours_value, misprint,
    padded_rounding, bits_for_bytes, wrong_operand, misprinted_operand, unit,
)  # fmt: skip


def diagnose(case: Case) -> Diagnosis:
    """The best explanation.

    >>> from ..expression import evaluate, parse
    >>> from ..printed import read_number
    >>> node = parse("1^2 ×28^2 ×192 ×16+5^2× 28^2×16 × 32")
    >>> diagnose(Case(node, evaluate(node), read_number("12,433,648"), "12,433,648"))
    Diagnosis(reason='misprint', why='the ten-thousands digit is printed 3 where 4 is right', mends=True)
    >>> node = parse("5×5×128×256")
    >>> diagnose(Case(node, evaluate(node), read_number("819,456"), "819,456")).reason
    'bias'
    """
    for candidate in _CANDIDATES:
        found = candidate(case)
        if found is not None:
            return found
    return Diagnosis("arithmetic", Message("no simpler slip explains the difference"))


def mended(case: Case) -> str:
    """The right value, written like the printed one.

    >>> from ..expression import parse
    >>> from ..printed import read_number
    >>> from fractions import Fraction
    >>> mended(Case(parse("6×7"), Fraction(42000), read_number("41,000"), "41,000"))
    '42,000'
    """
    return written_like(case.text, case.printed, case.computed)
