"""What an amount may honestly mean, and whether two values bear it out."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from ...messages import Message
from ..diagnosis import Case, diagnose
from ..expression import Number
from ..judge import matches
from ..relations import Relation
from .amounts import Amount
from .pairs import Pair
from .wording import Kind

#: Slack of a ratio that is told in words or in whole numbers.
_LOOSE = Fraction(1, 10)
#: The same of a simple fraction that is told as about right: nearly a half.
_LOOSER = Fraction(3, 20)
#: Senses that are confused with each other, the one that the words have first.
_CONFUSED = {
    (Kind.TO, Kind.BY): Message("that is the difference, not what remains"),
    (Kind.TO, Kind.FACTOR): Message("that many times as large it is the other way round"),
    (Kind.BY, Kind.TO): Message("that is what remains, not the difference"),
    (Kind.BY, Kind.MORE): Message("that is the difference as a part of the smaller one"),
    (Kind.MORE, Kind.BY): Message("that is the difference as a part of the larger one"),
    (Kind.MORE, Kind.FACTOR): Message("that is the ratio itself, not the difference"),
    (Kind.SHARE, Kind.BY): Message("that is the rest, not the share"),
}
#: What the rounding of a value leaves open, at most: of 400 M, two figures are taken to be right.
_LARGEST_SLACK = Fraction(1, 40)
#: Two values further apart than this are told in different units, or are of different things.
_FURTHEST = 10**4


def worths(pair: Pair) -> Iterator[tuple[Fraction, Fraction]]:
    """The smaller and the larger of two values, for all that they may be worth."""
    for a in pair.first.worths:
        for b in pair.second.worths:
            if a > 0 and b > 0 and max(a, b) < _FURTHEST * min(a, b):
                yield min(a, b), max(a, b)


def compared(kind: Kind, small: Fraction, large: Fraction) -> Fraction:
    """The ratio of two values in one sense.

    >>> compared(Kind.BY, Fraction(1), Fraction(4)), compared(Kind.FACTOR, Fraction(1), Fraction(4))
    (Fraction(3, 4), Fraction(4, 1))
    """
    if kind in (Kind.FACTOR, Kind.ORDERS):
        return large / small
    if kind is Kind.BY:
        return 1 - small / large
    if kind is Kind.MORE:
        return large / small - 1
    return small / large


def truth_of(kind: Kind, amount: Amount, pair: Pair) -> Fraction | None:
    """The right ratio, in the sense of the words."""
    first = next(worths(pair), None)
    if first is None:
        return None
    if kind is Kind.ANY:
        values = [compared(sense, *first) for sense in (Kind.TO, Kind.BY, Kind.MORE)]
        slips = [value for value in values if is_slip(amount, value)]
        return min(slips or values, key=lambda value: abs(value - amount.value))
    return compared(Kind.TO if kind is Kind.FACTOR and amount.value < 1 else kind, *first)


def is_slip(amount: Amount, truth: Fraction) -> bool:
    """Whether an amount is the right one but for its digits."""
    node = Number((amount.start, amount.end), 1, amount.printed)
    return diagnose(Case(node, truth, amount.printed, amount.printed.text)).reason in ("misprint", "rounding")


def senses(kind: Kind, amount: Amount) -> tuple[Kind, ...]:
    """What the words may honestly mean."""
    if kind is Kind.FACTOR:
        # "increased by 3 times" is told of the difference and of the ratio alike.
        return (Kind.FACTOR, Kind.MORE) if amount.value > 1 else (Kind.TO,)
    if kind is Kind.ANY:
        return (Kind.TO, Kind.BY, Kind.MORE)
    return (kind,)


def holds(amount: Amount, kind: Kind, pair: Pair, said: Relation, *, strictly: bool) -> str | None:
    """The verdict if two values bear an amount out; ``strictly`` allows it no slack for being told in words."""
    for small, large in worths(pair):
        for sense in senses(kind, amount):
            truth = compared(sense, small, large)
            slack = sum(min(value.slack / max(value.worths), _LARGEST_SLACK) for value in (pair.first, pair.second))
            verdict = _stands(truth, amount, said, truth * slack, strictly=strictly)
            if verdict and (sense is not Kind.MORE or kind is not Kind.FACTOR or verdict == "holds"):
                return verdict
    return None


def _stands(truth: Fraction, amount: Amount, said: Relation, slack: Fraction, *, strictly: bool) -> str | None:
    """Whether an amount stands for the right ratio; ``slack`` is what the rounding of the values leaves open."""
    if amount.form == "orders":
        return "holds-rounded" if 10**amount.value <= truth * 4 and truth <= 4 * 10**amount.value else None
    if amount.low is not None:
        reach = amount.printed.step / 2
        return "holds-rounded" if amount.low - reach <= truth <= amount.value + reach else None
    if said.over:
        return (
            "holds-rounded" if truth + slack >= amount.value and (truth < 2 * amount.value or amount.worded) else None
        )
    if said.under:
        return "holds-rounded" if truth - slack <= amount.value else None
    verdict = matches(truth, amount.printed, said.about)
    if verdict or amount.printed.open_above:
        return verdict
    if strictly:
        return None
    if abs(truth - amount.value) <= amount.printed.step / 2 + slack:
        return "holds-rounded"
    loose = amount.worded or (said.about and amount.form == "times") or (said.about and amount.printed.percent)
    reach = _LOOSER if said.about and amount.form == "part" and amount.worded else _LOOSE
    return "holds-rounded" if loose and abs(truth - amount.value) <= reach * truth else None


def other_direction(amount: Amount, kind: Kind, pair: Pair, said: Relation) -> Message | None:
    """Another sense of the words that would fit."""
    if amount.worded and amount.value == Fraction(1, 2):
        return None  # a half remains where a half goes
    strict = Relation(said.about)
    for (meant, other), what in _CONFUSED.items():
        if meant is not kind or (meant is Kind.TO and other is Kind.FACTOR and amount.value <= 1):
            continue
        for small, large in worths(pair):
            truth = compared(other, small, large)
            if _stands(truth, amount, strict, Fraction(0), strictly=not amount.worded):
                return what
    return None
