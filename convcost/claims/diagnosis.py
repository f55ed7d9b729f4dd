"""Why a printed value differs from the computed one: candidates in the order of how specific they are."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction

from .expression import Node, Product, evaluate, factors, terms
from .printed import Printed, format_like

PLACES = (
    "ones", "tens", "hundreds", "thousands", "ten-thousands", "hundred-thousands", "millions", "ten-millions",
    "hundred-millions", "billions", "ten-billions", "hundred-billions", "trillions",
)  # fmt: skip


@dataclass(frozen=True)
class Case:
    """A wrong claim: the expression, its exact value, the printed number as read and as printed."""

    node: Node
    computed: Fraction
    printed: Printed
    text: str

    @property
    def stated(self) -> Fraction:
        return self.printed.value

    @property
    def whole(self) -> bool:
        """Both are whole numbers, printed in full: then their digits can be compared."""
        return self.printed.exact and self.computed.denominator == 1 and self.computed > 0 < self.stated


@dataclass(frozen=True)
class Diagnosis:
    """A reason in the words of the JSON contract, and a sentence."""

    reason: str
    why: str


def diagnose(case: Case) -> Diagnosis:
    """The best explanation.

    >>> from .expression import parse
    >>> from .printed import read_number
    >>> node = parse("1^2 ×28^2 ×192 ×16+5^2× 28^2×16 × 32")
    >>> diagnose(Case(node, evaluate(node), read_number("12,433,648"), "12,433,648"))
    Diagnosis(reason='misprint', why='the ten-thousands digit is printed 3 where 4 is right')
    """
    for candidate in _CANDIDATES:
        found = candidate(case)
        if found is not None:
            return found
    return Diagnosis("arithmetic", "no simpler slip explains the difference")


def place(position: int) -> str:
    """The name of the digit ``position`` places left of the ones.

    >>> place(4)
    'ten-thousands'
    """
    return PLACES[position] if position < len(PLACES) else f"10^{position}"


def _factor_2(case: Case) -> Diagnosis | None:
    if case.stated == 2 * case.computed:
        return Diagnosis("factor-2", "the printed value is exactly twice the computed one, as FLOPs are twice MACs")
    if 2 * case.stated == case.computed:
        return Diagnosis("factor-2", "the printed value is exactly half the computed one, as MACs are half the FLOPs")
    return None


def _misprint(case: Case) -> Diagnosis | None:
    if not case.whole:
        return _misprinted_figures(case)
    printed, right = str(case.stated.numerator), str(case.computed.numerator)
    if len(right) < 2:
        return None
    slip = _slip(printed, right)
    return None if slip is None else Diagnosis("misprint", slip)


def _misprinted_figures(case: Case) -> Diagnosis | None:
    """The same for a rounded number, whose shown figures are compared: 0.2508 G for 0.2408 G."""
    if case.stated <= 0 or case.computed <= 0 or case.printed.exact:
        return None
    printed = str(int(case.stated / case.printed.step))
    right = str(int((2 * case.computed / case.printed.step + 1) / 2))
    if len(right) < 3 or len(printed) != len(right) or _slip(printed, right) is None:
        return None
    wrong = [(a, b) for a, b in zip(printed, right, strict=True) if a != b]
    shown, meant = ("".join(figures) for figures in zip(*wrong, strict=True))
    return Diagnosis("misprint", f"among the figures {shown} is printed where {meant} is right")


def _slip(printed: str, right: str) -> str | None:
    """One digit substituted, two neighbours transposed, one dropped, or one too many."""
    if len(printed) == len(right):
        differing = [n for n, (a, b) in enumerate(zip(printed, right, strict=True)) if a != b]
        if len(differing) == 1:
            (n,) = differing
            return f"the {place(len(right) - 1 - n)} digit is printed {printed[n]} where {right[n]} is right"
        if len(differing) == 2 and differing[1] == differing[0] + 1:
            n = differing[0]
            if printed[n : n + 2] == right[n : n + 2][::-1]:
                names = f"{place(len(right) - 1 - n)} and {place(len(right) - 2 - n)} digits"
                return f"the {names} are transposed: {printed[n : n + 2]} is printed where {right[n : n + 2]} is right"
        return None
    if len(printed) == len(right) - 1:
        gap = _extra(right, printed)
        return None if gap is None else f"the {place(len(right) - 1 - gap)} digit, {right[gap]}, is missing"
    if len(printed) == len(right) + 1:
        more = _extra(printed, right)
        if more is None:
            return None
        doubled = printed[more] in (printed[more - 1 : more], printed[more + 1 : more + 2])
        how = "is printed twice" if doubled else "is one digit too many"
        return f"the digit {printed[more]}, at place {more + 1} from the left, {how}"
    return None


def _extra(longer: str, shorter: str) -> int | None:
    """Where one digit has to go from ``longer`` to leave ``shorter``; the last such place of a run."""
    n = next((n for n, (a, b) in enumerate(zip(longer, shorter, strict=False)) if a != b), len(shorter))
    return n if longer[n + 1 :] == shorter[n:] else None


def _power_of_ten(case: Case) -> Diagnosis | None:
    """Exactly a power of ten apart, where that is more than a digit dropped or doubled."""
    if case.stated <= 0 or case.computed <= 0:
        return None
    for power in range(1 if not case.printed.exact else 2, 13):
        if case.stated == case.computed * 10**power:
            return Diagnosis("unit", f"the printed value is 10^{power} times too large")
        if case.stated * 10**power == case.computed:
            return Diagnosis("unit", f"the printed value is 10^{power} times too small")
    return None


def _unit(case: Case) -> Diagnosis | None:
    if case.stated <= 0 or case.computed <= 0:
        return None
    ratio = case.stated / case.computed
    for power in range(1, 13):
        for factor, words in ((Fraction(10**power), "too large"), (Fraction(1, 10**power), "too small")):
            if _stands_for(case, case.computed * factor):
                return Diagnosis("unit", f"the printed value is 10^{power} times {words}")
    for power in range(1, 4):
        for factor in (Fraction(1024**power, 1000**power), Fraction(1000**power, 1024**power)):
            if ratio == factor or (not case.printed.exact and _stands_for(case, case.computed * factor)):
                return Diagnosis(
                    "unit", "the printed value counts in thousands of 1024 where 1000 is meant, or vice versa"
                )
    return None


def _stands_for(case: Case, value: Fraction) -> bool:
    return value == case.stated or (not case.printed.exact and abs(value - case.stated) * 2 <= case.printed.step)


def _missing_part(case: Case) -> Diagnosis | None:
    signed = terms(case.node)
    if len(signed) > 1:
        for sign, term in signed:
            if _stands_for(case, case.computed - sign * evaluate(term)):
                return Diagnosis("missing-term", f"the printed value leaves out the term worth {evaluate(term)}")
    if isinstance(case.node, Product):
        for op, factor in factors(case.node):
            value = evaluate(factor)
            if value not in (0, 1) and _stands_for(case, case.computed / value if op == "*" else case.computed * value):
                return Diagnosis("missing-term", f"the printed value leaves out the factor {value}")
    return None


def _rounding(case: Case) -> Diagnosis | None:
    """Cut off where it should be rounded (or rounded the wrong way)."""
    printed = case.printed
    if printed.exact and case.computed.denominator == 1:
        return None
    if abs(case.computed - case.stated) < printed.step:
        steps = case.computed / printed.step
        nearest = Fraction((2 * steps + 1).__floor__() // 2) * printed.step
        right = printed.as_printed(nearest) if printed.percent else nearest / printed.scale
        word = "cut off" if abs(case.stated) < abs(case.computed) else "rounded away"
        return Diagnosis("rounding", f"the value is {word} instead of rounded; rounding gives {_decimal(right)}")
    return None


def _decimal(value: Fraction) -> str:
    return str(value.numerator) if value.denominator == 1 else f"{float(value):g}"


_CANDIDATES: tuple[Callable[[Case], Diagnosis | None], ...] = (
    _factor_2, _power_of_ten, _rounding, _missing_part, _misprint, _unit,
)  # fmt: skip


def mended(case: Case) -> str:
    """The right value, written like the printed one.

    >>> from .expression import parse
    >>> from .printed import read_number
    >>> mended(Case(parse("6×7"), Fraction(42000), read_number("41,000"), "41,000"))
    '42,000'
    """
    value = case.printed.as_printed(case.computed)
    if value.denominator == 1:
        return format_like(case.text, value.numerator) if case.printed.exact else f"{value.numerator:,}"
    return f"{float(value):,.6g}"
