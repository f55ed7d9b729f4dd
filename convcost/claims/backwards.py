"""The diagnoses run backwards: the wrong numbers that each slip would print instead of a right one.

The candidates are those that :mod:`convcost.claims.diagnosis` looks for, from the same laws; each is put before
:func:`~convcost.claims.diagnosis.diagnose`, and only what it explains by exactly that reason is kept. So every slip
made here is one that the proof-reader tells.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from types import MappingProxyType

from ..errors import ClaimError
from ..messages import Message
from .diagnosis import Case, diagnose
from .diagnosis.parts import (
    MOST_NEIGHBOURS,
    biases_possible,
    biases_told,
    careless_sizes,
    factors_to_forget,
    replaceable,
)
from .diagnosis.units import factors_of_1024
from .documents import Passage
from .expression import Power, evaluate, factors, parse, terms
from .printed import read_number, written_like
from .tables.figure import Figure
from .tables.sums import Part, diagnosed

#: Powers of ten by which a unit is off.
_POWERS = (1, 2, 3)
_DIGITS = "0123456789"


@dataclass(frozen=True)
class Slip:
    """A wrong number: why, in the reasons of the ``verify`` JSON object; as printed; and the proof-reader's words."""

    reason: str
    text: str
    why: Message


def case_of(expression: str, right: str, *, near: Iterable[str] = (), about: bool = False) -> Case:
    """The case of an expression that is right as printed; ``near`` are other expressions that stand beside it.

    >>> case_of("5×5×192×32", "153,600").computed
    Fraction(153600, 1)
    """
    node = parse(expression)
    operands: set[Fraction] = set()
    values: set[Fraction] = set()
    for other in map(parse, near):
        operands.update(evaluate(factor) for _, term in terms(other) for _, factor in factors(term))
        values.add(evaluate(other))
    return Case(node, evaluate(node), read_number(right), right, about, frozenset(operands), frozenset(values))


def wrong_numbers(case: Case, reason: str) -> list[str]:
    """What might be printed by a slip of this kind, written like the right number; some may have other explanations.

    >>> wrong_numbers(case_of("5×5×192×32 + 32", "153,632"), "factor-2")
    ['307,264', '76,816']
    """
    return list(dict.fromkeys(text for value in _CANDIDATES[reason](case) if (text := _written(case, value))))


def slip(case: Case, reason: str, text: str) -> Slip | None:
    """The slip that prints ``text``; nothing where the proof-reader would not call it wrong for this reason.

    >>> slip(case_of("6×7", "42"), "misprint", "24").why
    'the tens and ones digits are transposed: 24 is printed where 42 is right'
    >>> slip(case_of("6×7", "42"), "misprint", "84")
    """
    wrong = replace(case, printed=read_number(text), text=text)
    if wrong.says(case.computed):
        return None
    said = diagnose(wrong)
    return Slip(reason, text, said.why) if said.reason == reason and said.mends else None


def slips(case: Case, reason: str) -> list[Slip]:
    """Everything that a slip of this kind may print instead of the right number of ``case``.

    >>> case = case_of("5×5×192×32 + 32", "153,632")
    >>> [slip.text for slip in slips(case, "bias")]
    ['153,600', '153,664']
    >>> slips(case, "misprint")[0].why
    'the hundred-thousands digit is printed 2 where 1 is right'
    """
    return [found for text in wrong_numbers(case, reason) if (found := slip(case, reason, text))]


def slips_of_total(parts: Sequence[tuple[str, int]]) -> list[Slip]:
    """Totals of labelled parts in which one of them is left out or counted twice.

    >>> [(slip.text, str(slip.why)) for slip in slips_of_total([("conv1", 1234), ("conv2", 5678)])][-1]
    ('12,590', 'it counts conv2, 5,678, twice')
    """
    right = sum(value for _, value in parts)
    added = [Part(_figure(f"{value:,}"), label) for label, value in parts]
    found: dict[str, Slip] = {}
    for sign in (-1, 1):
        for _, value in parts:
            text = f"{right + sign * value:,}"
            reason, why = diagnosed(added, _figure(text))
            if reason == ("missing-term" if sign < 0 else "total"):
                found.setdefault(text, Slip(reason, text, why))
    return list(found.values())


def slip_of_share(saved: str) -> Slip | None:
    """What remains, told as what is saved (or the other way round); nothing where both are the same.

    >>> slip_of_share("75 %")
    Slip(reason='ratio-direction', text='25 %', why='that is what remains, not the difference')
    """
    printed = read_number(saved)
    text = written_like(saved, printed, 1 - printed.value)
    if text == saved:
        return None
    return Slip("ratio-direction", text, Message("that is what remains, not the difference"))


def _figure(text: str) -> Figure:
    return Figure(read_number(text), Passage(text, ((0, 1, 0),)), 0, len(text))


def _written(case: Case, value: Fraction) -> str | None:
    """A value written as the right number is; nothing where it cannot be, or would look different."""
    if value <= 0 or (case.printed.exact and value.denominator != 1):
        return None
    text = written_like(case.text, case.printed, value)
    try:
        again = read_number(text)
    except ClaimError:
        return None
    return text if again.step == case.printed.step and text != case.text and again.value else None


# -- candidates, by reason -----------------------------------------------------------------------------------------


def _digits(case: Case) -> Iterator[Fraction]:
    """One of the printed digits substituted, dropped or doubled, or two neighbours transposed."""
    step = case.printed.step
    figures = str(int(case.stated / step))
    texts: list[str] = []
    for n, digit in enumerate(figures):
        texts += [figures[:n] + other + figures[n + 1 :] for other in _DIGITS if other != digit]
        texts += [figures[:n] + figures[n + 1 :], figures[: n + 1] + figures[n:]]
        texts.append(figures[:n] + figures[n : n + 2][::-1] + figures[n + 2 :])
    yield from (int(text) * step for text in texts if text and not text.startswith("0") and text != figures)


def _twice_or_half(case: Case) -> Iterator[Fraction]:
    yield 2 * case.computed
    yield case.computed / 2


def _with_other_biases(case: Case) -> Iterator[Fraction]:
    yield from (case.computed - forgotten for forgotten in biases_told(case.node))
    yield from (case.computed + added for added in biases_possible(case.node))


def _without_a_part(case: Case) -> Iterator[Fraction]:
    signed = terms(case.node)
    if len(signed) > 1:
        yield from (case.computed - sign * evaluate(term) for sign, term in signed)
    for value, op in factors_to_forget(case.node):
        if value not in (0, 1):
            yield case.computed / value if op == "*" else case.computed * value


def _with_other_operand(case: Case) -> Iterator[Fraction]:
    near = sorted(case.operands)[:MOST_NEIGHBOURS]
    for worth, factor, value in replaceable(case.node):
        squared = isinstance(factor, Power) and evaluate(factor.exponent) == 2
        for other in near:
            yield case.computed + worth * ((other**2 if squared else other) / value - 1)
    yield from sorted(case.values)


def _with_careless_size(case: Case) -> Iterator[Fraction]:
    yield from (Fraction(evaluate(node).__floor__()) for _, node in careless_sizes(case.node))


def _in_other_unit(case: Case) -> Iterator[Fraction]:
    for power in _POWERS:
        yield case.computed * 10**power
        yield case.computed / 10**power
    if case.printed.byte_power:
        yield case.computed * 8
        yield case.computed / 8
    yield from (case.computed * factor for factor in factors_of_1024(case))


def _rounded_otherwise(case: Case) -> Iterator[Fraction]:
    steps = case.computed / case.step
    yield steps.__floor__() * case.step
    yield steps.__ceil__() * case.step


_CANDIDATES: MappingProxyType[str, Callable[[Case], Iterator[Fraction]]] = MappingProxyType(
    {
        "misprint": _digits,
        "factor-2": _twice_or_half,
        "bias": _with_other_biases,
        "missing-term": _without_a_part,
        "wrong-operand": _with_other_operand,
        "output-shape": _with_careless_size,
        "unit": _in_other_unit,
        "rounding": _rounded_otherwise,
    }
)
#: Reasons of which :func:`slips` makes slips; ``total`` and ``ratio-direction`` have functions of their own.
REASONS = tuple(_CANDIDATES)
