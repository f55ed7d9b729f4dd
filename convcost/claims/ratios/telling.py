"""Findings of ratios: what was compared with what, and what is right."""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction

from ...messages import Message, plain
from ..diagnosis import Case, diagnose
from ..documents import Passage
from ..expression import Number
from ..model import Finding
from ..printed import decimal, written_like
from ..relations import Relation
from .amounts import Amount
from .pairs import Pair
from .values import Value
from .wording import Kind

#: A claim's text is at most so long in front of the amount.
_LONGEST = 120


@dataclass(frozen=True)
class Told:
    """An amount in its sentence, which begins at ``begin``."""

    source: str
    passage: Passage
    amount: Amount
    begin: int
    kind: Kind

    def finding(
        self, pair: Pair, truth: Fraction | None, verdict: str, reason: str | None = None, why: Message | None = None
    ) -> Finding:
        """A verdict with what was compared; ``truth`` is the right ratio in the sense of the words."""
        amount, passage = self.amount, self.passage
        printed = passage.text[amount.start : amount.end]
        shown = None if truth is None else amount.printed.as_printed(truth)
        right = self._right(printed, truth) if verdict == "wrong" else None
        start = self._start()
        claim = passage.text[start : amount.end]
        spot = passage.spot(start, amount.end)
        return Finding(
            source=self.source,
            line=spot.line,
            span=(spot.start, spot.end),
            text=claim,
            kind="ratio",
            printed=printed,
            stated=_whole(amount.printed.as_printed(amount.value)),
            computed=None if shown is None else _whole(shown),
            verdict=verdict,
            reason=reason,
            explanation=_explained(pair, amount, shown, why, right),
            cell=spot.cell,
            printed_at=passage.spot(amount.start, amount.end),
            right=right,
            mended=None if right is None else claim[: amount.start - start] + right,
        )

    def plainly_wrong(self, pair: Pair, truth: Fraction, said: Relation) -> Finding:
        """The finding where no other sense of the words fits; the digits may tell why."""
        amount = self.amount
        if not amount.printed.step or (amount.worded and not any(map(str.isdigit, amount.printed.text))):
            why = Message("it is none of the fractions that come near") if amount.form == "part" else None
            return self.finding(pair, truth, "wrong", "arithmetic", why)
        text = self.passage.text[amount.start : amount.end]
        node = Number((amount.start, amount.end), 1, amount.printed)
        case = Case(node, truth, replace(amount.printed, exact=False), text, said.about or amount.worded)
        found = diagnose(case)
        vague = (
            said.bound
            or (found.reason == "misprint" and case.figures < _FEWEST_FIGURES)
            or found.reason in _OF_EXPRESSIONS
        )
        if vague or found.reason == "arithmetic":
            return self.finding(pair, truth, "wrong", "arithmetic")
        return self.finding(pair, truth, "wrong", found.reason, found.why)

    def _start(self) -> int:
        """Where the claim begins: with its sentence, or so near that it can be read."""
        text, amount = self.passage.text, self.amount
        begin = self.begin + len(text[self.begin : amount.start]) - len(text[self.begin : amount.start].lstrip())
        line = text.rfind("\n", begin, amount.start) + 1
        begin = max(begin, line)
        if amount.start - begin > _LONGEST:
            blank = text.find(" ", amount.start - _LONGEST, amount.start)
            begin = blank + 1 if blank >= 0 else amount.start - _LONGEST
        return begin

    def _right(self, printed: str, truth: Fraction | None) -> str | None:
        """The right number, written like the printed one; none for a fraction in words."""
        digits = self.amount.form == "times" or self.amount.printed.percent
        if truth is None or not digits or not any(map(str.isdigit, printed)) or "/" in printed:
            return None
        told = written_like(printed, self.amount.printed, truth)
        return told if told != printed else None


#: A ratio of fewer figures is a digit away from too many others.
_FEWEST_FIGURES = 3
#: Reasons that speak of the parts of an expression, which an amount has not.
_OF_EXPRESSIONS = ("missing-term", "bias", "wrong-operand", "output-shape")


def _explained(pair: Pair, amount: Amount, shown: Fraction | None, why: Message | None, right: str | None) -> Message:
    compared = Message(
        "{first} against {second} makes {ratio}",
        first=_shown(pair.first), second=_shown(pair.second), ratio="" if shown is None else _ratio(shown, amount),
    )  # fmt: skip
    told = (
        Message("{compared}.", compared=compared)
        if why is None
        else Message("{compared}: {why}.", compared=compared, why=why)
    )
    return told if right is None else Message.joined(told, Message("Right: {right}.", right=right))


def _ratio(value: Fraction, amount: Amount) -> Message:
    return plain(decimal(value) + (" %" if amount.printed.percent else ""))


def _shown(value: Value) -> Message:
    worth = value.worths[0]
    return plain((f"{worth.numerator:,}" if worth.denominator == 1 else decimal(worth)) + value.letters)


def _whole(value: Fraction) -> int | Fraction:
    return value.numerator if value.denominator == 1 else value
