"""Ratios in words: ``5 times fewer``, ``reduced by 75 %``, 减少为原来的四分之一, beside the two values they compare.

An amount holds if it fits the values that its sentence compares, within its rounding (a ratio in words within 10 %).
It is wrong only where it is plain which values are meant; where another reading of its words fits (what remains told as
the difference, or the other way round), the reason is ``ratio-direction``.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import deque
from collections.abc import Iterator
from dataclasses import replace

from ..documents import Document, Passage
from ..expression import Span
from ..model import Finding
from .amounts import Amount, amounts
from .matters import is_of_something_else, matter, speaks_of_costs
from .pairs import Pair, candidates, pairs
from .telling import Told
from .values import Value, values
from .verdicts import Compared, is_explicit, judged
from .wording import Kind, wording

#: Earlier passages whose values an amount may speak of.
_BACK = 4
#: Values before an amount that it may speak of.
_MOST = 24


def judge(document: Document) -> Iterator[Finding]:
    """Findings of the ratios."""
    earlier: deque[tuple[Passage, list[Span]]] = deque(maxlen=_BACK)
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


def _known(passage: Passage, taken: list[Span]) -> list[Value]:
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
            past = bisect_right(known, last, key=_end)
            here_to = bisect_right(known, amount.start, key=_end)
            # A share is one of a total in the same passage.
            before = [*(() if kind is Kind.SHARE else earlier), *known[max(0, past - _MOST) : past]]
            between = [value for value in known[past:here_to] if last <= value.start]
            after = [
                value for value in known[here_to : bisect_right(known, stop, key=_end)] if amount.end <= value.start
            ]
            likely = _likely(passage.level, amount, (begin, last, end), before, between, after)
            quotient = next((value for value in reversed([*before[-1:], *between]) if value.ratio), None)
            of_costs = not is_of_something_else(passage.level, amount, begin, end)
            told = Told(source, passage, amount, begin, kind)
            finding = judged(told, Compared(likely, quotient, near_costs=costs, of_costs=of_costs))
            if finding is not None:
                yield finding
            if between:
                last = amount.end


def _end(value: Value) -> int:
    return value.end


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
    return [replace(pair, explicit=is_explicit(level, pair, amount)) for pair in fitting]
