"""Slips of the digits: one substituted, two transposed, one missing, one too many."""

from __future__ import annotations

from fractions import Fraction

from ...messages import Message
from .case import Case, Diagnosis

PLACES = (
    Message("ones"), Message("tens"), Message("hundreds"), Message("thousands"), Message("ten-thousands"),
    Message("hundred-thousands"), Message("millions"), Message("ten-millions"), Message("hundred-millions"),
    Message("billions"), Message("ten-billions"), Message("hundred-billions"), Message("trillions"),
)  # fmt: skip


def misprint(case: Case) -> Diagnosis | None:
    """One digit of the printed number is wrong.

    >>> from ..expression import parse
    >>> from ..printed import read_number
    >>> misprint(Case(parse("6×7"), Fraction(42), read_number("24"), "24")).why
    'the tens and ones digits are transposed: 24 is printed where 42 is right'
    """
    if not case.whole:
        return _misprinted_figures(case)
    printed, right = str(case.stated.numerator), str(case.computed.numerator)
    if len(right) < 2:
        return None
    slip = slipped(printed, right)
    return None if slip is None else Diagnosis("misprint", slip)


def _misprinted_figures(case: Case) -> Diagnosis | None:
    """The same for a rounded number, whose shown figures are compared: 0.2508 G for 0.2408 G."""
    if case.stated <= 0 or case.computed <= 0 or not case.step or (case.printed.exact and not case.about):
        return None
    printed = str(int(case.stated / case.step))
    steps = case.computed / case.step
    for right in {str((steps + Fraction(1, 2)).__floor__()), str((steps - Fraction(1, 2)).__ceil__())}:
        if len(right) < 2 or len(printed) != len(right) or slipped(printed, right) is None:
            continue
        wrong = [(a, b) for a, b in zip(printed, right, strict=True) if a != b]
        shown, meant = ("".join(figures) for figures in zip(*wrong, strict=True))
        why = Message("among the figures {shown} is printed where {meant} is right", shown=shown, meant=meant)
        return Diagnosis("misprint", why)
    return None


def place(position: int) -> Message:
    """The name of the digit ``position`` places left of the ones.

    >>> place(4)
    'ten-thousands'
    """
    return PLACES[position] if position < len(PLACES) else Message("10^{power}", power=position)


def slipped(printed: str, right: str) -> Message | None:
    """The slip that makes one number's digits the other's, in words.

    >>> slipped("9126", "9216")
    'the hundreds and tens digits are transposed: 12 is printed where 21 is right'
    >>> slipped("1234", "9876")
    """
    if len(printed) == len(right):
        return _exchanged(printed, right)
    if len(printed) == len(right) - 1:
        gap = _extra(right, printed)
        if gap is None:
            return None
        return Message("the {place} digit, {digit}, is missing", place=place(len(right) - 1 - gap), digit=right[gap])
    if len(printed) == len(right) + 1:
        return _too_many(printed, right)
    return None


def _exchanged(printed: str, right: str) -> Message | None:
    differing = [n for n, (a, b) in enumerate(zip(printed, right, strict=True)) if a != b]
    n = differing[0] if differing else 0
    if len(differing) == 1:
        return Message(
            "the {place} digit is printed {shown} where {meant} is right",
            place=place(len(right) - 1 - n), shown=printed[n], meant=right[n],
        )  # fmt: skip
    if len(differing) != 2:
        return None
    last = differing[1]
    shown, meant = printed[n] + printed[last], right[n] + right[last]
    if shown == meant[::-1]:
        return Message(
            "the {place} and {next_place} digits are transposed: {shown} is printed where {meant} is right",
            place=place(len(right) - 1 - n), next_place=place(len(right) - 1 - last), shown=shown, meant=meant,
        )  # fmt: skip
    return None


def _too_many(printed: str, right: str) -> Message | None:
    more = _extra(printed, right)
    if more is None:
        return None
    digit = printed[more]
    if digit in (printed[more - 1 : more], printed[more + 1 : more + 2]):
        return Message("the digit {digit}, at place {n} from the left, is printed twice", digit=digit, n=more + 1)
    return Message("the digit {digit}, at place {n} from the left, is one digit too many", digit=digit, n=more + 1)


def _extra(longer: str, shorter: str) -> int | None:
    """Where one digit has to go from ``longer`` to leave ``shorter``; the last such place of a run."""
    n = next((n for n, (a, b) in enumerate(zip(longer, shorter, strict=False)) if a != b), len(shorter))
    return n if longer[n + 1 :] == shorter[n:] else None
