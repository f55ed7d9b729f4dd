"""Is a printed total the sum of its parts, and if not, what happened to it?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from ...messages import Message
from ..diagnosis import Case, diagnose
from ..expression import Number, Sum
from ..printed import Printed
from .figure import Figure, agreement
from .report import shown

#: Parts that the diagnosis looks at one by one.
MAX_TERMS = 60
#: Parts that are named in an explanation.
SHOWN = 6


@dataclass(frozen=True)
class Part:
    """An addend: its figure, how often it counts, and what it is called."""

    figure: Figure
    label: str = ""
    times: int = 1

    @property
    def value(self) -> Fraction:
        return self.figure.value * self.times

    @property
    def bounds(self) -> tuple[Fraction, Fraction]:
        """What it may be worth; a whole number padded with zeros is taken as it stands."""
        return self.figure.low * self.times, self.figure.high * self.times

    @property
    def widest(self) -> tuple[Fraction, Fraction]:
        return self.figure.least * self.times, self.figure.most * self.times


@dataclass(frozen=True)
class Verdict:
    """``holds``, ``holds-rounded``, ``wrong`` or nothing; with the reason of a wrong total and a sentence."""

    verdict: str
    value: Fraction
    why: Message
    reason: str | None = None


def value_of(parts: Sequence[Part]) -> Fraction:
    return sum((part.value for part in parts), Fraction(0))


def bounds_of(parts: Sequence[Part]) -> tuple[Fraction, Fraction]:
    """What the sum is at least and at most, the rounding of every part taken into account."""
    return sum((part.bounds[0] for part in parts), Fraction(0)), sum((part.bounds[1] for part in parts), Fraction(0))


def state(parts: Sequence[Part], total: Figure) -> str:
    """``yes``, ``maybe`` or ``no``, the rounding of every part taken into account."""
    found = agreement(total, *bounds_of(parts))
    if found == "no" and _padded(parts, total):
        low, high = (sum((part.widest[end] for part in parts), Fraction(0)) for end in (0, 1))
        found = "maybe" if total.least <= high and low <= total.most else "no"
    return found


def _padded(parts: Sequence[Part], total: Figure) -> bool:
    """Whether figures are cut or padded as a rule: then the sum is no better than they are."""
    loose = [part for part in parts if part.figure.padded or not part.figure.printed.exact]
    return 2 * len(loose) > len(parts) or bool(total.padded and loose)


def judged(parts: Sequence[Part], total: Figure) -> Verdict | None:
    """What became of a total; nothing where it is in doubt."""
    value = value_of(parts)
    told = _told(parts, value)
    found = state(parts, total)
    if found == "yes":
        verdict = "holds" if value == total.value else "holds-rounded"
        return Verdict(verdict, value, Message("{sum}.", sum=told))
    if found == "maybe":
        return None
    reason, why = diagnosed(parts, total)
    said = Message("{sum}, printed is {printed}: {why}.", sum=told, printed=total.text, why=why)
    return Verdict("wrong", value, said, reason)


def _told(parts: Sequence[Part], value: Fraction) -> Message:
    if len(parts) <= SHOWN:
        terms = " + ".join(_term(part) for part in parts)
        return Message("the parts {terms} add up to {value}", terms=terms, value=shown(value))
    return Message("the {count} parts add up to {value}", count=len(parts), value=shown(value))


def _term(part: Part) -> str:
    text = shown(part.figure.value) if part.figure.printed.exact else part.figure.text
    return f"{part.times}×{text}" if part.times > 1 else text


def diagnosed(parts: Sequence[Part], total: Figure) -> tuple[str, Message]:
    """The reason why a total is wrong, and a sentence."""
    value, bounds = value_of(parts), bounds_of(parts)
    for part in parts:
        if part.value and shifted_state(total, bounds, -part.value) == "yes":
            return "missing-term", _left_out(part)
    nodes = tuple((1, Number((0, 0), 1, _printed(part))) for part in parts[:MAX_TERMS])
    found = diagnose(Case(Sum((0, 0), 2, nodes), value, total.printed, total.text))
    if found.reason != "arithmetic":
        return found.reason, found.why
    for part in parts:
        if part.value and shifted_state(total, bounds, part.value) == "yes":
            return "total", _counted_twice(part)
    return "total", Message("it is not the sum of its parts")


def _left_out(part: Part) -> Message:
    if part.label:
        return Message("it leaves out {label}, {value}", label=part.label, value=_term(part))
    return Message("it leaves out {value}", value=_term(part))


def _counted_twice(part: Part) -> Message:
    if part.label:
        return Message("it counts {label}, {value}, twice", label=part.label, value=_term(part))
    return Message("it counts {value} twice", value=_term(part))


def _printed(part: Part) -> Printed:
    return replace(part.figure.printed, value=part.value)


def shifted_state(total: Figure, bounds: tuple[Fraction, Fraction], shift: Fraction) -> str:
    """How the total stands to the sum with something added to it."""
    low, high = bounds
    if high - low > abs(shift):
        return "no"  # the rounding hides what was added
    return agreement(total, low + shift, high + shift)
