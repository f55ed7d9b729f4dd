"""Equations over letters: ``3(3²C²) = 27C²``. Both sides are compared for all values of their letters.

Only what can be nothing else is judged: both sides have the same letters, neither is a letter alone (``n = n + 1`` is
an assignment), and no letter stands before a bracket (``T(n)`` is a function). Where all terms agree but for their
numbers, the numbers are judged like those of any equation; what differs otherwise is no claim that letters decide.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import pairwise
from typing import Any

from ..errors import ClaimError
from ..messages import Message
from .diagnosis import Case, diagnose, mended
from .documents import Document, Passage
from .expression import Node, NotComputableError, Number, Product, symbols_of
from .judge import matches
from .letters import is_plain, numbers_only, over_letters
from .model import Finding
from .printed import Printed, read_number
from .readings import with_signs
from .relations import Relation
from .scan import Side, chains
from .spelling import levelled

#: A letter that is a factor stands alone, or right behind a number.
_MAY_HAVE_LETTERS = re.compile(
    r"(?<![A-Za-z])(?:[B-HJ-WYZb-wyz](?![A-Za-z])|[AaIi]\s?[²³^_·×*/=+)])|[\d)²³](?![KMGBTk](?![²³^_]))[A-WYZa-wyz](?![A-Za-z])|\\(?:alpha|beta|gamma|rho)"
)


def judge(document: Document) -> Iterator[Finding]:
    """Findings of the equations over letters."""
    for passage in document.passages():
        if passage.kind == "code" or "=" not in passage.level or not _MAY_HAVE_LETTERS.search(passage.level):
            continue
        level = levelled(passage.level)
        try:
            for chain in chains(passage.text, level, wrapped=passage.kind == "math", letters=True):
                for (left, right), said in zip(pairwise(chain.sides), chain.relations, strict=True):
                    finding = _judged(document.source, passage, left, right, said)
                    if finding is not None:
                        yield finding
        except ClaimError:
            continue  # the equations judge has said what is over a limit


def _judged(source: str, passage: Passage, left: Side, right: Side, said: Relation) -> Finding | None:
    letters, others = symbols_of(left.node), symbols_of(right.node)
    if not letters or not others or said.bound:
        return None
    if not (is_plain(passage.text, left.node) and is_plain(passage.text, right.node)):
        return None
    from .. import symbolic

    try:
        a, b = over_letters(left.node), over_letters(right.node)
        sides = _Sides(source, passage, left, right, symbolic.coefficients(a), symbolic.coefficients(b))
        if symbolic.identical(a, b):
            return sides.told("holds", Message("both sides are {value}.", value=str(a)))
        # Letters may cancel; where they are not the same on both sides, nothing else is claimed of them.
        return sides.differing(said) if letters == others else None
    except NotComputableError:
        return None


@dataclass(frozen=True)
class _Sides:
    """Two sides over letters, multiplied out."""

    source: str
    passage: Passage
    left: Side
    right: Side
    #: The number before each product of letters.
    computed: dict[Any, Fraction]
    stated: dict[Any, Fraction]

    def told(
        self, verdict: str, why: Message, reason: str | None = None, right: str | None = None, at: Side | None = None
    ) -> Finding:
        text = self.passage.text
        at = at or self.right
        spot = self.passage.spot(self.left.start, self.right.end)
        return Finding(
            source=self.source,
            line=spot.line,
            span=(spot.start, spot.end),
            text=text[self.left.start : self.right.end],
            kind="equation",
            printed=text[self.right.start : self.right.end],
            stated=_shown(self.stated),
            computed=_shown(self.computed),
            verdict=verdict,
            reason=reason,
            explanation=why,
            cell=spot.cell,
            printed_at=self.passage.spot(at.start, at.end),
            right=right,
            mended=None if right is None else text[self.left.start : at.start] + right + text[at.end : self.right.end],
        )

    def differing(self, said: Relation) -> Finding | None:
        """What becomes of sides that are not the same: a verdict where only their numbers differ."""
        if set(self.computed) != set(self.stated):
            return None
        if len(self.computed) == 1:
            return self._differing_numbers(said)
        if said.about:
            return None
        why = Message(
            "the left side is {left}, the right side {right}.",
            left=_shown(self.computed), right=_shown(self.stated),
        )  # fmt: skip
        return self.told("wrong", why, "arithmetic")

    def _differing_numbers(self, said: Relation) -> Finding:
        """The same product of letters on both sides, with different numbers before it."""
        (value,) = self.computed.values()
        (stated,) = self.stated.values()
        leading = _leading_number(self.right.node)
        printed = leading.printed if leading is not None and leading.printed.value == stated else _written(stated)
        if matches(value, printed, said.about):
            why = Message("the left side is {left}, which rounds to it.", left=_shown(self.computed))
            return self.told("holds-rounded", why)
        lost = self._lost_sign(stated)
        if lost is not None:
            why = Message("it holds if {printed} is {told} with a sign lost", printed=lost[0], told=lost[1])
            return self.told("unverifiable", why, "lost-sign")
        at = self.right if leading is None else Side(leading, *leading.span)
        case = Case(numbers_only(self.left.node), value, printed, self.passage.text[at.start : at.end], said.about)
        found = diagnose(case)
        why = Message(
            "the left side is {left}, printed is {right}: {why}.",
            left=_shown(self.computed), right=self.passage.text[self.right.start : self.right.end], why=found.why,
        )  # fmt: skip
        return self.told("wrong", why, found.reason, None if leading is None else mended(case), at)

    def _lost_sign(self, stated: Fraction) -> tuple[str, str] | None:
        """``72C² = 49C²``: the left one may be 7² with its power lost."""
        leading = _leading_number(self.left.node)
        if leading is None or not leading.printed.value:
            return None
        rest = next(iter(self.computed.values())) / leading.printed.value
        for meant, told in with_signs(leading):
            if rest * meant == stated:
                return leading.printed.text, told
        return None


def _shown(terms: dict[Any, Fraction]) -> str:
    from .. import symbolic

    return str(sum(symbolic.exact(number) * term for term, number in terms.items()))


def _written(value: Fraction) -> Printed:
    one = read_number("1")
    return replace(one, text=str(value), value=value)


def _leading_number(node: Node) -> Number | None:
    first = node.parts[0][1] if isinstance(node, Product) else node
    return first if isinstance(first, Number) else None
