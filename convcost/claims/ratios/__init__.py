"""Ratios in words: ``5 times fewer``, ``reduced by 75 %``, 减少为原来的四分之一, beside the two values they compare.

An amount holds if it fits the values that its sentence compares, within its rounding (a ratio in words within 10 %). It is
wrong only where it is plain which values are meant; where another reading of its words fits (what remains told as the
difference, or the other way round), the reason is ``ratio-direction``.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import deque
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction

from ...messages import Message
from ..diagnosis import Case, diagnose
from ..documents import Document, Passage
from ..expression import Number
from ..judge import matches
from ..model import Finding
from ..printed import decimal, written_like
from ..relations import Relation
from .amounts import Amount, amounts
from .pairs import Pair, candidates, pairs
from .values import Value, values
from .wording import Kind, is_of_something_else, matter, speaks_of_costs, strength, wording

#: Earlier passages whose values an amount may speak of.
_BACK = 4
#: Slack of a ratio that is told in words or in whole numbers.
_LOOSE = Fraction(1, 10)
#: The same of a simple fraction that is told as about right: nearly a half.
_LOOSER = Fraction(3, 20)


def judge(document: Document) -> Iterator[Finding]:
    """Findings of the ratios."""
    earlier: deque[tuple[Passage, list[tuple[int, int]]]] = deque(maxlen=_BACK)
    since_costs = _BACK + 1
    for passage in document.passages():
        since_costs = 0 if speaks_of_costs(passage.level) else since_costs + 1
        found = _worded(passage)
        taken = [(amount.start, amount.end) for amount, kind in found if kind or _no_value(amount)]
        if any(kind for _, kind in found):
            before = [value for past, amounts_there in earlier for value in _known(past, amounts_there)]
            known = _known(passage, taken)
            yield from _of_passage(document.source, passage, found, known, before, since_costs <= _BACK)
        earlier.append((passage, taken))


def _known(passage: Passage, taken: list[tuple[int, int]]) -> list[Value]:
    """The values of a passage, worked out when somebody first asks."""
    found = passage.notes.get("values")
    if not isinstance(found, list):
        found = passage.notes["values"] = values(passage, taken)
    return found


def _worded(passage: Passage) -> list[tuple[Amount, Kind | None]]:
    """The amounts of a passage, and what their sentences make of them."""
    found = list(amounts(passage.level))
    if not found:
        return []
    ends = [end for _, end in passage.sentences()]
    told = []
    for amount in found:
        n = bisect_right(ends, amount.start)
        begin = ends[n - 1] if n else 0
        told.append((amount, wording(passage.level, amount, begin, ends[n] if n < len(ends) else len(passage.text))))
    return told


def _no_value(amount: Amount) -> bool:
    """A percentage or a number of times is no value, whatever it is said of."""
    return amount.form != "part" or amount.printed.percent


def _of_passage(
    source: str, passage: Passage, found: list[tuple[Amount, Kind | None]], known: list[Value], earlier: list[Value],
    costs: bool,
) -> Iterator[Finding]:  # fmt: skip
    for begin, end in passage.sentences():
        here = [(amount, kind) for amount, kind in found if kind and begin <= amount.start < end]
        last = begin
        for n, (amount, kind) in enumerate(here):
            stop = here[n + 1][0].start if n + 1 < len(here) else end
            before = [*earlier, *(value for value in known if value.end <= last)]
            between = [value for value in known if last <= value.start and value.end <= amount.start]
            after = [value for value in known if amount.end <= value.start and value.end <= stop]
            comma = max(passage.level.rfind(mark, last, amount.start) for mark in ",，、")
            clause = [value for value in between if value.start > comma]
            likely = pairs(before, clause if len(candidates(clause)) > 1 else between, after)
            quotient = next((value for value in reversed([*before[-1:], *between]) if value.ratio), None)
            of = matter(passage.level, amount, begin, end)
            fitting = [pair for pair in likely if not of or {pair.first.what, pair.second.what} <= {of, ""}]
            fitting = [replace(pair, explicit=_is_explicit(passage.level, pair, amount)) for pair in fitting]
            of_costs = not is_of_something_else(passage.level, amount, begin, end)
            finding = _judged(source, passage, amount, kind, fitting, quotient, (costs, of_costs))
            if finding is not None:
                yield finding
            if between:
                last = amount.end


def _judged(
    source: str, passage: Passage, amount: Amount, kind: Kind, likely: list[Pair], quotient: Value | None,
    about: tuple[bool, bool],
) -> Finding | None:  # fmt: skip
    said = strength(passage.level, amount)
    if quotient is not None:
        # A quotient that has just been worked out is compared with one.
        told = Pair(Value(quotient.start, quotient.start, (Fraction(1),)), quotient, sure=False)
        verdict = _holds(amount, kind, told, said, strictly=False)
        if verdict:
            return _finding(source, passage, amount, told, _truth(kind, amount, told), verdict)
    for n, pair in enumerate(likely):
        certain = n > 0 and likely[0].sure
        verdict = _holds(amount, kind, pair, said, strictly=certain)
        if verdict:
            return _finding(source, passage, amount, pair, _truth(kind, amount, pair), verdict)
    if not likely:
        return None
    pair = likely[0]
    truth = _truth(kind, amount, pair)
    if truth is None:
        return None
    direction = _other_direction(amount, kind, pair, said)
    close = abs(truth - amount.value) * 2 <= truth
    if not (pair.explicit or (_are_costs(pair, amount, about[0]) and about[1])):
        return None
    if direction is not None and (pair.sure or kind is not Kind.ANY):
        return _finding(source, passage, amount, pair, truth, "wrong", "ratio-direction", direction)
    if not (pair.sure or (close and pair.second.told and pair.first.told)) or (kind is Kind.ANY and not (close or _is_slip(amount, truth))):
        return None
    return _plainly_wrong(source, passage, amount, pair, truth, said)


#: Orders of magnitude are told of large numbers.
_SMALLEST_OF_ORDERS = 1000
#: What leads from one value to the other.
_LEADS = re.compile(r"[^,，;；。]{0,18}?(?:→|->|=>|\bto|到|至|为|成)\s{0,2}$")


def _is_explicit(level: str, pair: Pair, amount: Amount) -> bool:
    """``9,408 → 4,704 (3×)``, 230ms 降低到 90ms（-61%）: the two values and the amount stand side by side."""
    a, b = pair.first, pair.second
    if not (pair.sure and a.end <= b.start and b.end <= amount.start and a.what == b.what):
        return False
    return amount.start - b.end <= 16 and _LEADS.fullmatch(level, a.end, b.start) is not None


def _are_costs(pair: Pair, amount: Amount, costs: bool) -> bool:
    """Whether the two surely count the same thing, so that a ratio of them that differs is wrong."""
    a, b = pair.first, pair.second
    if amount.form == "orders" and min(*a.worths, *b.worths) < _SMALLEST_OF_ORDERS:
        return False
    if not (costs or a.letters or {a.what, b.what} & {"params", "operations", "bytes"}):
        return False
    if a.kernel and b.kernel:
        return pair.sure
    return (a.told and b.told and (a.what == b.what or not (a.what and b.what))) or (pair.sure and a.kernel == b.kernel)


# -- what two values make ----------------------------------------------------------------------------------------


def _worths(pair: Pair) -> Iterator[tuple[Fraction, Fraction]]:
    for a in pair.first.worths:
        for b in pair.second.worths:
            if a > 0 and b > 0:
                yield min(a, b), max(a, b)


def _compared(kind: Kind, small: Fraction, large: Fraction) -> Fraction:
    if kind in (Kind.FACTOR, Kind.ORDERS):
        return large / small
    if kind is Kind.BY:
        return 1 - small / large
    if kind is Kind.MORE:
        return large / small - 1
    return small / large


def _truth(kind: Kind, amount: Amount, pair: Pair) -> Fraction | None:
    """The right ratio, in the sense of the words."""
    first = next(_worths(pair), None)
    if first is None:
        return None
    sense = kind
    if kind is Kind.FACTOR and amount.value < 1:
        sense = Kind.TO
    if kind is Kind.ANY:
        values = [_compared(sense, *first) for sense in (Kind.TO, Kind.BY, Kind.MORE)]
        slips = [value for value in values if _is_slip(amount, value)]
        return min(slips or values, key=lambda value: abs(value - amount.value))
    return _compared(sense, *first)


def _is_slip(amount: Amount, truth: Fraction) -> bool:
    node = Number((amount.start, amount.end), 1, amount.printed)
    return diagnose(Case(node, truth, amount.printed, amount.printed.text)).reason in ("misprint", "rounding")


def _senses(kind: Kind, amount: Amount) -> tuple[Kind, ...]:
    """What the words may honestly mean."""
    if kind is Kind.FACTOR:
        # "increased by 3 times" is told of the difference and of the ratio alike.
        return (Kind.FACTOR, Kind.MORE) if amount.value > 1 else (Kind.TO,)
    if kind is Kind.ANY:
        return (Kind.TO, Kind.BY, Kind.MORE)
    return (kind,)


def _holds(amount: Amount, kind: Kind, pair: Pair, said: Relation, *, strictly: bool) -> str | None:
    for small, large in _worths(pair):
        for sense in _senses(kind, amount):
            truth = _compared(sense, small, large)
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
        return "holds-rounded" if truth + slack >= amount.value and (truth < 2 * amount.value or amount.worded) else None
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


def _other_direction(amount: Amount, kind: Kind, pair: Pair, said: Relation) -> Message | None:
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
        for small, large in _worths(pair):
            truth = _compared(other, small, large)
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


# -- findings ----------------------------------------------------------------------------------------------------


def _plainly_wrong(
    source: str, passage: Passage, amount: Amount, pair: Pair, truth: Fraction, said: Relation
) -> Finding:
    if amount.form != "times" and not amount.printed.percent and amount.worded:
        why = Message("it is none of the fractions that come near")
        return _finding(source, passage, amount, pair, truth, "wrong", "arithmetic", why)
    text = passage.text[amount.start : amount.end]
    node = Number((amount.start, amount.end), 1, amount.printed)
    case = Case(node, truth, replace(amount.printed, exact=False), text, said.about or amount.worded)
    found = diagnose(case)
    reason = found.reason
    if said.bound or (reason == "misprint" and case.figures < 2) or reason == "missing-term":
        return _finding(source, passage, amount, pair, truth, "wrong", "arithmetic", None)
    return _finding(source, passage, amount, pair, truth, "wrong", reason, found.why)


def _finding(
    source: str, passage: Passage, amount: Amount, pair: Pair, truth: Fraction | None, verdict: str,
    reason: str | None = None, why: Message | None = None,
) -> Finding:  # fmt: skip
    spot = passage.spot(amount.start, amount.end)
    printed = passage.text[amount.start : amount.end]
    shown = None if truth is None else amount.printed.as_printed(truth)
    compared = Message(
        "{first} against {second} makes {ratio}",
        first=_shown(pair.first), second=_shown(pair.second),
        ratio=("" if shown is None else _ratio(shown, amount)),
    )  # fmt: skip
    told = Message("{compared}.", compared=compared) if why is None else Message(
        "{compared}: {why}.", compared=compared, why=why
    )  # fmt: skip
    right = None
    if verdict == "wrong" and shown is not None and any(map(str.isdigit, printed)) and amount.form != "part":
        right = written_like(printed, amount.printed, truth or Fraction(0))
    return Finding(
        source=source,
        line=spot.line,
        span=(spot.start, spot.end),
        text=passage.text[max(0, amount.start - 40) : amount.end + 12].strip(),
        kind="ratio",
        printed=printed,
        stated=_whole(amount.printed.as_printed(amount.value)),
        computed=None if shown is None else _whole(shown),
        verdict=verdict,
        reason=reason,
        explanation=told,
        cell=spot.cell,
        printed_at=spot,
        right=right,
    )


def _ratio(value: Fraction, amount: Amount) -> str:
    return decimal(value) + (" %" if amount.printed.percent else "")


def _shown(value: Value) -> str:
    worth = value.worths[0]
    text = f"{worth.numerator:,}" if worth.denominator == 1 else decimal(worth)
    return text + value.letters


def _whole(value: Fraction) -> int | Fraction:
    return value.numerator if value.denominator == 1 else value
