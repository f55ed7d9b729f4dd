"""How numbers are written: separators, units, expressions. No arithmetic but scaling for display."""

from __future__ import annotations

from fractions import Fraction

from ..arith import Dim, is_array, is_symbolic
from ..errors import SpecError

SCALES = {"1": 1, "K": 10**3, "M": 10**6, "G": 10**9}
_SUPERSCRIPTS = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")


def scale_of(units: str) -> tuple[str, int]:
    """Prefix and factor of a ``--units`` word; ``auto`` is exact integers."""
    if units == "auto":
        return "", 1
    if units not in SCALES:
        raise SpecError(f"there are no units {units!r}", fix=f"one of auto, {', '.join(SCALES)}")
    return ("" if units == "1" else units), SCALES[units]


def number(value: Dim, factor: int = 1) -> str:
    """An exact integer with separators, or scaled to three decimals; an expression as formula text.

    >>> number(120422400), number(120422400, 10**6)
    ('120,422,400', '120.422')
    """
    if value is None:
        return "unknown"
    if is_symbolic(value):
        return formula(value if factor == 1 else value / factor)
    if is_array(value):
        return str(value)
    return f"{value:,}" if factor == 1 else f"{float(Fraction(value, factor)):,.3f}"


def formula(value: Dim) -> str:
    """An expression as people write it: ``25·H²·r``.

    >>> from convcost import symbols
    >>> H, r = symbols("H r")
    >>> formula(25 * H**2 * r)
    '25·H²·r'
    """
    import re

    text = str(value)
    text = re.sub(r"\*\*(\d+)", lambda match: match.group(1).translate(_SUPERSCRIPTS), text)
    return text.replace("*", "·").replace("ceiling(", "ceil(")


def human(value: int, unit: str) -> str:
    """A short reading of a large integer, such as ``12.4 M MAC``; empty for small ones."""
    for prefix, factor in (("T", 10**12), ("G", 10**9), ("M", 10**6), ("K", 10**3)):
        if value >= factor:
            return f"{float(Fraction(value, factor)):.3g} {prefix} {unit}"
    return ""
