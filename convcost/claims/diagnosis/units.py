"""Slips of the scale: twice or half, powers of ten, 1000 against 1024, cut off instead of rounded."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from ...messages import Message
from ..printed import decimal
from .case import Case, Diagnosis

#: Below this many figures a rounded number is near too many things to be explained by a factor.
_ENOUGH_FIGURES = 2
_LETTERS = {"K": 1, "k": 1, "M": 2, "G": 3, "B": 3, "T": 4}


def factor_2(case: Case) -> Diagnosis | None:
    """Twice or half of what is right."""
    if not case.printed.exact and case.figures < _ENOUGH_FIGURES:
        return None
    if case.says(2 * case.computed) and not case.says(case.computed):
        why = Message("the printed value is exactly twice the computed one, as FLOPs are twice MACs")
        return Diagnosis("factor-2", why)
    if case.says(case.computed / 2):
        why = Message("the printed value is exactly half the computed one, as MACs are half the FLOPs")
        return Diagnosis("factor-2", why)
    return None


def exact_power_of_ten(case: Case) -> Diagnosis | None:
    """Exactly a power of ten apart, where that is more than a digit dropped or doubled."""
    if case.stated <= 0 or case.computed <= 0:
        return None
    for power in range(1 if not case.printed.exact else 2, 13):
        if case.stated == case.computed * 10**power:
            return Diagnosis("unit", _off(power, large=True))
        if case.stated * 10**power == case.computed:
            return Diagnosis("unit", _off(power, large=False))
    return None


def _off(power: int, *, large: bool) -> Message:
    if large:
        return Message("the printed value is 10^{power} times too large", power=power)
    return Message("the printed value is 10^{power} times too small", power=power)


def bits_for_bytes(case: Case) -> Diagnosis | None:
    """Eight times too large or too small, where a size in bytes is printed."""
    if case.printed.byte_power and (case.says(8 * case.computed) or case.says(case.computed / 8)):
        return Diagnosis("unit", Message("bits are taken for bytes, or bytes for bits"))
    return None


def unit(case: Case) -> Diagnosis | None:
    """About a power of ten apart, or counted in thousands of 1024."""
    if case.stated <= 0 or case.computed <= 0 or (not case.printed.exact and case.figures < _ENOUGH_FIGURES):
        return None
    for power in range(1, 13):
        for factor in (Fraction(10**power), Fraction(1, 10**power)):
            if case.says(case.computed * factor):
                return Diagnosis("unit", _off(power, large=factor > 1))
    for factor in factors_of_1024(case):
        if case.says(case.computed * factor):
            why = Message("the printed value counts in thousands of 1024 where 1000 is meant, or vice versa")
            return Diagnosis("unit", why)
    return None


def factors_of_1024(case: Case) -> Iterator[Fraction]:
    """How far off it is to count in 1024 where 1000 is meant, and the other way round, for the powers in question."""
    told = case.printed.byte_power or _LETTERS.get(case.printed.unit, 0)
    for power in (told,) if told else (1, 2, 3) if case.printed.exact else ():
        yield Fraction(1024**power, 1000**power)
        yield Fraction(1000**power, 1024**power)


def rounding(case: Case) -> Diagnosis | None:
    """Cut off where it should be rounded, or rounded the wrong way."""
    if case.printed.exact and not case.about and case.computed.denominator == 1:
        return None
    return _rounded_wrongly(case, case.step)


def padded_rounding(case: Case) -> Diagnosis | None:
    """The same for a rounded number whose end is filled with zeros: 12,443,000 for 12,443,648."""
    step = case.printed.loose_step
    if not case.printed.exact or case.about or step < 100 or case.stated < 100 * step:
        return None
    return _rounded_wrongly(case, step)


def _rounded_wrongly(case: Case, step: Fraction) -> Diagnosis | None:
    printed = case.printed
    if not abs(case.computed - case.stated) < step:
        return None
    nearest = (case.computed / step + Fraction(1, 2)).__floor__() * step
    right = decimal(printed.as_printed(nearest) if printed.percent else nearest / printed.scale)
    if abs(case.stated) < abs(case.computed):
        why = Message("the value is cut off instead of rounded; rounding gives {right}", right=right)
    else:
        why = Message("the value is rounded away instead of to the nearest; rounding gives {right}", right=right)
    return Diagnosis("rounding", why)
