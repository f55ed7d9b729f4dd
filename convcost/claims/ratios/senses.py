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


def worths(pair: Pair) -> Iterator[tuple[Fraction, Fraction]]:
    for a in pair.first.worths:
        for b in pair.second.worths:
            if a > 0 and b > 0:
                yield min(a, b), max(a, b)


def compared(kind: Kind, small: Fraction, large: Fraction) -> Fraction:
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
    sense = kind
    if kind is Kind.FACTOR and amount.value < 1:
        sense = Kind.TO
    if kind is Kind.ANY:
        values = [compared(sense, *first) for sense in (Kind.TO, Kind.BY, Kind.MORE)]
        slips = [value for value in values if is_slip(amount, value)]
        return min(slips or values, key=lambda value: abs(value - amount.value))
    return compared(sense, *first)


def is_slip(amount: Amount, truth: Fraction) -> bool:
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
    for small, large in worths(pair):
        for sense in senses(kind, amount):
            truth = compared(sense, small, large)
            slack = pair.first.slack / pair.first.worths[0] + pair.second.slack / pair.second.worths[0]
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
    others = {
        Kind.TO: (Kind.BY, Kind.FACTOR),
        Kind.BY: (Kind.TO, Kind.MORE),
        Kind.MORE: (Kind.BY, Kind.FACTOR),
        Kind.FACTOR: (),
        Kind.SHARE: (Kind.BY,),
    }.get(kind, ())
    if amount.worded and amount.value == Fraction(1, 2):
        return None  # a half remains where a half goes
    strict = Relation(said.about)
    for other in others:
        if other is Kind.FACTOR and kind is Kind.TO and amount.value <= 1:
            continue
        for small, large in worths(pair):
            truth = compared(other, small, large)
            if _stands(truth, amount, strict, Fraction(0), strictly=not amount.worded):
                return _DIRECTIONS[kind, other]
    return None


_DIRECTIONS = {
    (Kind.TO, Kind.BY): Message("that is the difference, not what remains"),
    (Kind.TO, Kind.FACTOR): Message("that many times as large it is the other way round"),
    (Kind.BY, Kind.TO): Message("that is what remains, not the difference"),
    (Kind.BY, Kind.MORE): Message("that is the difference as a part of the smaller one"),
    (Kind.MORE, Kind.BY): Message("that is the difference as a part of the larger one"),
    (Kind.MORE, Kind.FACTOR): Message("that is the ratio itself, not the difference"),
    (Kind.SHARE, Kind.BY): Message("that is the rest, not the share"),
}
