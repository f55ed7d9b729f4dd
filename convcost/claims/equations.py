"""Equations and chains of them: found, computed and judged."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from ..errors import ClaimError
from ..messages import Message
from .diagnosis import Case, diagnose, mended
from .documents import Document, Passage
from .doubt import doubtful
from .expression import Node, NotComputableError, Number, Product, Sum, evaluate, parse
from .judge import as_number, bounds, in_bytes, matches, matches_bounds, rounds_down
from .model import Finding
from .printed import Printed
from .scan import Chain, Side, chains


def judge(document: Document, *, strict: bool = False) -> Iterator[Finding]:
    """Findings of the equations. What is over a limit raises if ``strict``, else it is one ``unverifiable`` finding."""
    for passage in document.passages():
        at = _Place(passage, document.source)
        try:
            for chain in chains(passage.level):
                yield from _judge_chain(chain, at)
        except ClaimError as error:
            if strict:
                raise error.at(f"line {passage.place(0)[0]}") from None
            yield at.beyond(error)


@dataclass(frozen=True)
class _Place:
    """What every finding of a chain shares."""

    passage: Passage
    source: str

    @property
    def line(self) -> str:
        return self.passage.text

    def finding(
        self, left: Side, right: Side, printed: Side, stated: Fraction | None, computed: Fraction | None, verdict: str,
        reason: str | None, why: str, right_text: str | None = None,
    ) -> Finding:  # fmt: skip
        spot = self.passage.spot(left.start, right.end)
        shown = self.line[printed.start : printed.end]
        return Finding(
            source=self.source,
            line=spot.line,
            span=(spot.start, spot.end),
            text=self.line[left.start : right.end],
            kind="equation",
            printed=shown,
            stated=_whole(stated),
            computed=_whole(computed),
            verdict=verdict,
            reason=reason,
            explanation=why,
            cell=spot.cell,
            printed_at=self.passage.spot(printed.start, printed.end),
        )

    def beyond(self, error: ClaimError) -> Finding:
        """What is over a limit."""
        spot = self.passage.spot(0, len(self.line))
        return Finding(
            self.source, spot.line, (spot.start, spot.end), self.line[:200], "equation", "", None, None,
            "unverifiable", None, Message("{what}.", what=error.what), spot.cell,
        )  # fmt: skip


def _whole(value: Fraction | None) -> int | Fraction | None:
    return value.numerator if value is not None and value.denominator == 1 else value


def _judge_chain(chain: Chain, at: _Place) -> Iterator[Finding]:
    """One finding per sign.

    In ``48×12 = 576 + 9×12×80 = 8,640 = 9,216`` the second sign closes a part of a running sum, and the last one the
    whole of it.
    """
    left, running = chain.sides[0], Fraction(0)
    for right, about in zip(chain.sides[1:], chain.about, strict=True):
        try:
            finding, left, running = _judge_pair(at, left, right, about, running, chain.alone)
        except NotComputableError as error:
            why = Message("this cannot be computed: {what}.", what=error.what)
            finding = at.finding(left, right, Side(right.node, right.end, right.end), None, None, "unverifiable", None, why)
            left = right
        if finding is not None:
            yield finding


def _judge_pair(
    at: _Place, left: Side, right: Side, about: bool, running: Fraction, alone: bool
) -> tuple[Finding | None, Side, Fraction]:
    printed = as_number(right.node)
    computed, stated = left, right
    if printed is None:
        printed = as_number(left.node)
        computed, stated = right, left
    if printed is None:
        return _two_expressions(at, left, right, running)
    value = evaluate(computed.node)
    verdict = matches(value, printed, about)
    if verdict is None and computed is right:
        opened = _opened(left, right)
        if opened is not None:
            return None, opened, running + value - evaluate(opened.node)
    if verdict is None and running and computed is left:
        verdict = matches(running + value, printed, about)
        if verdict is not None:
            value, running = running + value, Fraction(0)
    said, shown_value = printed.as_printed(printed.value), printed.as_printed(value)

    def finding(verdict: str, why: str, reason: str | None = None) -> Finding:
        return at.finding(left, right, stated, said, shown_value, verdict, reason, why)

    gives = f"the expression gives {_text(shown_value)}"
    if verdict is None and matches_bounds(computed.node, printed, about):
        verdict = "holds-rounded"
    if verdict is not None:
        return finding(verdict, gives + (", which rounds to it." if verdict != "holds" else ".")), right, running
    reading = _other_reading(at.line, right, stated, value, printed, about)
    if reading is not None:
        return finding(reading[0], f"{gives}; {reading[1]}."), right, Fraction(0)
    if rounds_down(computed.node, value, printed):
        why = f"{gives}; it is {_text(said)} if the division rounds down, as that of an output size does."
        return finding("unverifiable", why), right, Fraction(0)
    if (as_number(computed.node) is not None and not alone) or doubtful(at.line, left, right):
        return None, right, Fraction(0)
    case = Case(computed.node, value, printed, at.line[stated.start : stated.end])
    found = diagnose(case)
    why = f"{gives}, printed is {case.text.strip()}: {found.why}. Right: {mended(case)}."
    return finding("wrong", why, found.reason), right, Fraction(0)


def _other_reading(
    line: str, right: Side, stated: Side, value: Fraction, printed: Printed, about: bool
) -> tuple[str, str] | None:
    """A second way to read the printed number under which the claim holds: the verdict, and the reading in words."""
    size = in_bytes(value, printed, about)
    if size is not None:
        return "holds-rounded", f"it holds {size}"
    tagged = _tag(right)
    if tagged is not None and matches(value, tagged.printed, about):
        return "holds", "the bracket behind it is taken for a tag"
    for pattern, mark in _GROUPED_BY:
        match = pattern.match(line, stated.start)
        if match and value == int(re.sub(r"\D", "", match[0])):
            return "holds", f"the number is read with {mark} for thousands"
    return None


#: ``34.560`` and ``36 864``, read so where the value agrees to the digit.
_GROUPED_BY = (
    (re.compile(r"\d{1,3}(?:\.\d{3})+(?!\d)"), "a dot"),
    (re.compile(r"\d{1,3}(?:[ \u00a0]\d{3})+(?!\d)"), "a blank"),
)


def _opened(left: Side, right: Side) -> Side | None:
    """``… = 576 + 9×12×80``: the first term is the value of what stands before, the rest opens a running sum."""
    if not isinstance(right.node, Sum):
        return None
    (_, first), *rest = right.node.parts
    if evaluate(first) != evaluate(left.node) or any(sign < 0 for sign, _ in rest):
        return None
    node: Node = rest[0][1] if len(rest) == 1 else Sum((rest[0][1].span[0], right.node.span[1]), 1, tuple(rest))
    return Side(node, node.span[0], right.end)


def _two_expressions(at: _Place, left: Side, right: Side, running: Fraction) -> tuple[Finding | None, Side, Fraction]:
    a, b = evaluate(left.node), evaluate(right.node)
    if a == b:
        why = f"both sides give {_text(a)}."
        return at.finding(left, right, right, b, a, "holds", None, why), right, running
    (low, high), (least, most) = bounds(left.node), bounds(right.node)
    if max(low, least) <= min(high, most) and (low, least) != (high, most):
        why = (
            f"the left side gives {_text(a)}, the right side {_text(b)}, the same within the rounding of their figures."
        )
        return at.finding(left, right, right, b, a, "holds-rounded", None, why), right, running
    opened = _opened(left, right)
    if opened is not None:
        first = right.node.parts[0][1]  # type: ignore[attr-defined]
        why = f"the expression gives {_text(a)}; a running sum goes on behind it."
        closing = Side(first, *first.span)
        return at.finding(left, closing, closing, a, a, "holds", None, why), opened, running + a
    tagged = _tag(right)
    if tagged is not None:
        if matches(a, tagged.printed, about=False):
            why = f"the expression gives {_text(a)}; the bracket behind it is taken for a tag."
            return at.finding(left, right, right, a, a, "holds", None, why), right, Fraction(0)
        why = f"the left side gives {_text(a)}; whether the bracket on the right multiplies is not clear."
        return at.finding(left, right, right, b, a, "unverifiable", None, why), right, Fraction(0)
    if doubtful(at.line, left, right):
        return None, right, Fraction(0)
    why = f"the left side gives {_text(a)}, the right side {_text(b)}."
    return at.finding(left, right, right, b, a, "wrong", "arithmetic", why), right, Fraction(0)


def _tag(right: Side) -> Number | None:
    """``432(2)``: the number before a bracket that may be the equation's own number."""
    node = right.node
    if isinstance(node, Product) and len(node.parts) == 2:
        (_, value), (op, tag) = node.parts
        if (
            op == "*"
            and isinstance(value, Number)
            and isinstance(tag, Number)
            and tag.span[1] - tag.span[0] > len(tag.printed.text)
        ):
            return value
    return None


def _text(value: Fraction) -> str:
    return f"{value.numerator:,}" if value.denominator == 1 else f"{float(value):,.6g} ({value})"
