"""Equations over letters: ``3(3²C²) = 27C²``. Both sides are compared for all values of their letters.

Only what can be nothing else is judged: both sides have the same letters, neither is a letter alone (``n = n + 1`` is an
assignment), and no letter stands before a bracket (``T(n)`` is a function). Where all terms agree but for their numbers,
the numbers are judged like those of any equation; what differs otherwise is no claim that letters decide.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

from ..errors import ClaimError
from ..messages import Message
from .diagnosis import Case, diagnose, mended
from .documents import Document, Passage
from .expression import (
    Negated,
    Node,
    NotComputableError,
    Number,
    Power,
    Product,
    Rounded,
    Sum,
    Symbol,
    evaluate,
    symbols_of,
)
from .judge import matches
from .model import Finding
from .printed import Printed, read_number
from .readings import with_signs
from .relations import Relation
from .scan import Side, chains
from .spelling import levelled

#: Larger formulas are no textbook's; multiplying them out could take long.
_MOST_PARTS = 40
_HIGHEST_POWER = 8


#: A letter that is a factor stands beside a sign of equality somewhere.
_MAY_HAVE_LETTERS = re.compile(r"=\s{0,9}[^=\n]{0,80}?[\d)}²³·×*/^]\s?[A-Za-z\\]|[A-Za-z}]\s?[\d²³^·×*/][^=\n]{0,80}=")


def judge(document: Document) -> Iterator[Finding]:
    """Findings of the equations over letters."""
    for passage in document.passages():
        if passage.kind == "code" or not _MAY_HAVE_LETTERS.search(passage.level):
            continue
        level = levelled(passage.level)
        try:
            for chain in chains(passage.text, level, wrapped=passage.kind == "math", letters=True):
                for left, right, said in zip(chain.sides, chain.sides[1:], chain.relations, strict=False):
                    finding = _judged(document.source, passage, left, right, said)
                    if finding is not None:
                        yield finding
        except ClaimError:
            continue  # the equations judge has said what is over a limit


def _judged(source: str, passage: Passage, left: Side, right: Side, said: Relation) -> Finding | None:
    letters, others = symbols_of(left.node), symbols_of(right.node)
    if not letters or not others or said.bound:
        return None
    if not (_is_plain(passage.text, left.node) and _is_plain(passage.text, right.node)):
        return None
    from .. import symbolic

    try:
        a, b = _over_letters(left.node), _over_letters(right.node)
        sides = _Sides(source, passage, left, right, symbolic.coefficients(a), symbolic.coefficients(b))
        if symbolic.identical(a, b):
            return sides.told("holds", Message("both sides are {value}.", value=str(a)))
        # Letters may cancel; where they are not the same on both sides, nothing else is claimed of them.
        return sides.differing(said) if letters == others else None
    except NotComputableError:
        return None


@dataclass(frozen=True)
class _Sides:
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
        if set(self.computed) != set(self.stated):
            return None
        if len(self.computed) > 1:
            if said.about:
                return None
            why = Message(
                "the left side is {left}, the right side {right}.",
                left=_shown(self.computed), right=_shown(self.stated),
            )  # fmt: skip
            return self.told("wrong", why, "arithmetic")
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
        case = Case(_numbers_only(self.left.node), value, printed, self.passage.text[at.start : at.end], said.about)
        found = diagnose(case)
        mend = mended(case) if leading is not None else None
        why = Message(
            "the left side is {left}, printed is {right}: {why}.",
            left=_shown(self.computed), right=self.passage.text[self.right.start : self.right.end], why=found.why,
        )  # fmt: skip
        return self.told("wrong", why, found.reason, mend, at if leading is not None else None)

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


def _is_plain(text: str, node: Node, *, top: bool = True) -> bool:
    """No letter alone, no function of something, no floor, and small enough."""
    if isinstance(node, Symbol):
        return not top
    if isinstance(node, Rounded) or _size(node) > _MOST_PARTS:
        return False
    if isinstance(node, Negated):
        return _is_plain(text, node.operand, top=False)
    if isinstance(node, Power):
        return _is_plain(text, node.base, top=False) and isinstance(node.exponent, Number)
    if isinstance(node, Sum | Product):
        if isinstance(node, Product) and any(
            isinstance(a, Symbol) and text[a.span[1] : b.span[0]].strip() == "" and text[b.span[0]] == "("
            for (_, a), (_, b) in zip(node.parts, node.parts[1:], strict=False)
        ):
            return False
        return all(_is_plain(text, part, top=False) for _, part in node.parts)
    return True


def _size(node: Node) -> int:
    if isinstance(node, Sum | Product):
        return sum(_size(part) for _, part in node.parts)
    if isinstance(node, Power):
        return _size(node.base)
    return 1


def _over_letters(node: Node) -> Any:
    """The expression as SymPy has it. Every kind of node is named here; nothing is ever parsed by SymPy."""
    from .. import symbolic

    if isinstance(node, Number):
        return symbolic.exact(node.printed.value)
    if isinstance(node, Symbol):
        return symbolic.letter(node.name)
    if isinstance(node, Negated):
        return -_over_letters(node.operand)
    if isinstance(node, Power):
        power = evaluate(node.exponent)
        if power.denominator != 1 or abs(power) > _HIGHEST_POWER:
            raise NotComputableError(Message("an exponent is no small whole number"))
        return _over_letters(node.base) ** int(power)
    if isinstance(node, Sum):
        return sum(sign * _over_letters(term) for sign, term in node.parts)
    if isinstance(node, Product):
        value = symbolic.exact(Fraction(1))
        for op, factor in node.parts:
            by = _over_letters(factor)
            if op != "*" and by == 0:
                raise NotComputableError(Message("a division by zero"))
            value = value * by if op == "*" else value / by
        return value
    raise NotComputableError(Message("a letter in brackets that round"))


def _numbers_only(node: Node) -> Node:
    """The same with one in the place of every letter: then a product of letters is worth its number."""
    if isinstance(node, Symbol):
        return Number(node.span, 1, read_number("1"))
    if isinstance(node, Negated):
        return replace(node, operand=_numbers_only(node.operand))
    if isinstance(node, Power):
        return replace(node, base=_numbers_only(node.base))
    if isinstance(node, Sum):
        return replace(node, parts=tuple((sign, _numbers_only(part)) for sign, part in node.parts))
    if isinstance(node, Product):
        return replace(node, parts=tuple((op, _numbers_only(part)) for op, part in node.parts))
    return node
