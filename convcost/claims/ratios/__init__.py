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

from ..documents import Document, Passage
from ..model import Finding
from ..relations import Relation
from .amounts import Amount, amounts
from .pairs import Pair, candidates, pairs
from .senses import holds, is_slip, other_direction, truth_of
from .telling import Told
from .values import Value, values
from .wording import Kind, is_of_something_else, matter, speaks_of_costs, strength, wording

#: Earlier passages whose values an amount may speak of.
_BACK = 4
#: A ratio that is further off than this is no slip.
_FAR = 20


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
            likely = _likely(passage.level, amount, (begin, last, end), before, between, after)
            quotient = next((value for value in reversed([*before[-1:], *between]) if value.ratio), None)
            of_costs = not is_of_something_else(passage.level, amount, begin, end)
            finding = _judged(Told(source, passage, amount, begin, kind), likely, quotient, (costs, of_costs))
            if finding is not None:
                yield finding
            if between:
                last = amount.end


def _likely(
    level: str, amount: Amount, sentence: tuple[int, int, int], before: list[Value], between: list[Value],
    after: list[Value],
) -> list[Pair]:  # fmt: skip
    """The pairs that may be meant, of what the amount is said of, the likeliest first."""
    begin, last, end = sentence
    comma = max(level.rfind(mark, last, amount.start) for mark in ",，、")
    clause = [value for value in between if value.start > comma]
    of = matter(level, amount, begin, end)
    found = pairs(before, clause if len(candidates(clause)) > 1 else between, after)
    fitting = [pair for pair in found if not of or {pair.first.what, pair.second.what} <= {of, ""}]
    return [replace(pair, explicit=_is_explicit(level, pair, amount)) for pair in fitting]


def _judged(told: Told, likely: list[Pair], quotient: Value | None, about: tuple[bool, bool]) -> Finding | None:
    amount, kind = told.amount, told.kind
    said = strength(told.passage.level, amount)
    if quotient is not None:
        # A quotient that has just been worked out is compared with one.
        one = Pair(Value(quotient.start, quotient.start, (Fraction(1),)), quotient, sure=False)
        verdict = holds(amount, kind, one, said, strictly=False)
        truth = truth_of(kind, amount, one)
        if verdict:
            return told.finding(one, truth, verdict)
        if not likely and about == (True, True) and truth is not None and _slipped(one, kind, amount, truth, said):
            return told.finding(one, truth, "wrong", "ratio-direction", other_direction(amount, kind, one, said)) if (
                other_direction(amount, kind, one, said)
            ) else told.plainly_wrong(one, truth, said)
    for n, pair in enumerate(likely):
        verdict = holds(amount, kind, pair, said, strictly=n > 0 and likely[0].sure)
        if verdict:
            return told.finding(pair, truth_of(kind, amount, pair), verdict)
    truth = truth_of(kind, amount, likely[0]) if likely else None
    if truth is None:
        return None
    pair = likely[0]
    if not (pair.explicit or (_are_costs(pair, amount, about[0]) and about[1])):
        return None
    direction = other_direction(amount, kind, pair, said)
    if direction is not None and (pair.sure or kind is not Kind.ANY):
        return told.finding(pair, truth, "wrong", "ratio-direction", direction)
    return told.plainly_wrong(pair, truth, said) if _is_plain(kind, amount, pair, truth) else None


def _slipped(pair: Pair, kind: Kind, amount: Amount, truth: Fraction, said: Relation) -> bool:
    """Whether an amount is that of a quotient but for a slip: of its digits, or of what it is told of."""
    figures = len(amount.printed.text.replace(".", "").rstrip("%"))
    return figures > 2 and (is_slip(amount, truth) or other_direction(amount, kind, pair, said) is not None)


def _is_plain(kind: Kind, amount: Amount, pair: Pair, truth: Fraction) -> bool:
    """Whether it is plain that these two values were meant."""
    close = abs(truth - amount.value) * 2 <= truth
    if amount.form != "orders" and not pair.explicit and not amount.value / _FAR <= truth <= amount.value * _FAR:
        return False  # so far off that other values must be meant
    if kind is Kind.ANY and not (close or is_slip(amount, truth)):
        return False
    return pair.sure or (close and pair.second.told and pair.first.told)


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
