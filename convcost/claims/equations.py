"""Equations and chains of them: found, computed and judged."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from fractions import Fraction

from ..errors import ClaimError
from ..messages import Message, plain
from .counted import in_bits, in_bytes_by_word
from .diagnosis import Case, Diagnosis, diagnose, mended
from .documents import Document, Passage
from .doubt import doubtful
from .expression import Node, NotComputableError, Number, Product, Sum, evaluate, numbers, terms
from .judge import as_number, bounds, matches_bounds, stands
from .model import Finding
from .printed import Printed, decimal
from .readings import in_plain_bytes, lost_power, other_reading, regrouped, repeated, said_once, tag, tails
from .relations import Relation
from .scan import Chain, Side, chains_of

#: Chains before and behind one whose numbers may have been copied into it.
_NEIGHBOURS = 3
#: A value in words is called wrong only where it is no small number, which may count anything.
_LEAST_IN_WORDS = 100


def judge(document: Document, *, strict: bool = False) -> Iterator[Finding]:
    """Findings of the equations. What is over a limit raises if ``strict``, else it is one ``unverifiable`` finding."""
    found: list[tuple[_Place, Chain]] = []
    for passage in document.passages():
        at = _Place(passage, document.source)
        try:
            found += [(at, chain) for chain in chains_of(passage)]
        except ClaimError as error:
            if strict:
                raise error.at(f"line {passage.place(0)[0]}") from None
            yield at.beyond(error)
    for n, (at, chain) in enumerate(found):
        near = [other for _, other in found[max(0, n - _NEIGHBOURS) : n + _NEIGHBOURS + 1]]
        try:
            yield from _Judged(at, chain, near).findings()
        except ClaimError as error:
            if strict:
                raise error.at(f"line {at.passage.place(chain.sides[0].start)[0]}") from None
            yield at.beyond(error)


@dataclass(frozen=True)
class _Place:
    """What every finding of a chain shares."""

    passage: Passage
    source: str

    @property
    def text(self) -> str:
        return self.passage.text

    @property
    def is_math(self) -> bool:
        """Whether it is a displayed formula, whose lines belong together."""
        return self.passage.kind == "math"

    def finding(
        self, left: Side, right: Side, printed: Side, stated: Fraction | None, computed: Fraction | None, verdict: str,
        why: Message, reason: str | None = None, mended_number: str | None = None,
    ) -> Finding:  # fmt: skip
        start, end = min(left.start, right.start), max(left.end, right.end)
        spot = self.passage.spot(start, end)
        claim = self.text[start:end]
        cut = (printed.start - start, printed.end - start)
        return Finding(
            source=self.source,
            line=spot.line,
            span=(spot.start, spot.end),
            text=claim,
            kind="equation",
            printed=self.text[printed.start : printed.end],
            stated=_whole(stated),
            computed=_whole(computed),
            verdict=verdict,
            reason=reason,
            explanation=why,
            cell=spot.cell,
            printed_at=self.passage.spot(printed.start, printed.end),
            right=mended_number,
            mended=None if mended_number is None else claim[: cut[0]] + mended_number + claim[cut[1] :],
        )

    def beyond(self, error: ClaimError) -> Finding:
        """What is over a limit."""
        spot = self.passage.spot(0, len(self.text))
        return Finding(
            self.source, spot.line, (spot.start, spot.end), self.text[:200], "equation", "", None, None,
            "unverifiable", None, Message("{what}.", what=error.what), spot.cell,
        )  # fmt: skip


def _whole(value: Fraction | None) -> int | Fraction | None:
    return value.numerator if value is not None and value.denominator == 1 else value


@dataclass
class _Judged:
    """One chain under judgement: one finding a relation.

    In ``48×12 = 576 + 9×12×80 = 8,640 = 9,216`` the second sign closes a part of a running sum, and the last one the
    whole of it; ``running`` is what the sum has come to.
    """

    at: _Place
    chain: Chain
    near: list[Chain]
    running: Fraction = field(default=Fraction(0))

    def findings(self) -> Iterator[Finding]:
        left = self.chain.sides[0]
        for right, said in zip(self.chain.sides[1:], self.chain.relations, strict=True):
            try:
                finding, left = self._pair(left, right, said)
            except NotComputableError as error:
                why = Message("this cannot be computed: {what}.", what=error.what)
                nothing = Side(right.node, right.end, right.end)
                finding = self.at.finding(left, right, nothing, None, None, "unverifiable", why)
                left = right
            if finding is not None:
                yield finding

    def _pair(self, left: Side, right: Side, said: Relation) -> tuple[Finding | None, Side]:
        """A finding, and what stands on the left of the next relation."""
        printed = as_number(right.node)
        computed, stated = left, right
        if printed is None:
            printed = as_number(left.node)
            computed, stated = right, left
            said = Relation(said.about, said.under, said.over)
        if printed is None:
            return self._two_expressions(left, right, said)
        if printed.byte_power or printed.exact:
            computed = Side(in_plain_bytes(computed.node), computed.start, computed.end)
        value = evaluate(computed.node)
        if printed.byte_power and in_bits(self.at.passage.level, computed.start, computed.end):
            value /= 8
        verdict = stands(value, printed, said)
        if verdict is None and stated is left and not said.bound:
            opened = _opened(left, right)
            if opened is not None:
                self.running += value - evaluate(opened.node)
                return None, opened
        if verdict is None and self.running and stated is right:
            verdict = stands(self.running + value, printed, said)
            if verdict is not None or abs(self.running + value - printed.value) < abs(value - printed.value):
                value, self.running = self.running + value, Fraction(0)
        claim = _Claim(left, right, computed, stated, value, printed, said)
        if verdict is None and not said.bound and matches_bounds(computed.node, printed, said.about):
            verdict = "holds-rounded"
        if verdict is None:
            self.running = Fraction(0)
            return self._failed(claim), right
        return self._told(claim, verdict, _gives(claim.shown_value, _ROUNDS if verdict != "holds" else None)), right

    def _told(
        self, claim: _Claim, verdict: str, why: Message, reason: str | None = None, right: str | None = None
    ) -> Finding:
        said = claim.printed.as_printed(claim.printed.value)
        return self.at.finding(
            claim.left, claim.right, claim.stated, said, claim.shown_value, verdict, why, reason, right
        )

    def _failed(self, claim: _Claim, *, whole: bool = True) -> Finding | None:
        """What becomes of a claim that does not hold as it was read; ``whole`` if no part of a side is left out."""
        said = claim.said
        if said.bound:
            return None if self.chain.weak and claim.value < _LEAST_IN_WORDS else self._beyond_bound(claim)
        grouped = regrouped(self.at.text, claim.stated, claim.value)
        if grouped is not None:
            side, printed, mark = grouped
            behind = claim.stated.start == claim.right.start
            claim = replace(claim, stated=side, printed=printed, right=side if behind else claim.right)
            if printed.value == claim.value:
                read = Message("the number is read with {mark} for thousands", mark=mark)
                return self._told(claim, "holds", _gives(claim.shown_value, read))
        reading = other_reading(claim.right, claim.computed.node, claim.value, claim.printed, said.about)
        if reading is not None:
            verdict, reason, words = reading
            return self._told(claim, verdict, _gives(claim.shown_value, words), reason)
        for tail in tails(self.at.text, claim.left) if claim.stated.start != claim.left.start else ():
            told = self._of_tail(claim, tail)
            if told is not None:
                return told
        if grouped is None and whole and doubtful(self.at.text, claim.left, claim.right):
            return None
        value = claim.value * claim.printed.scale if _near_its_figures(claim) else claim.value
        case = Case(
            claim.computed.node, value, claim.printed, self.at.text[claim.stated.start : claim.stated.end].strip(),
            said.about, *self._nearby(claim),
        )  # fmt: skip
        found = diagnose(case)
        if found.reason == "arithmetic" and case.printed.byte_power:
            # A slip may show only where a kilobyte is taken for 1024 bytes.
            found = diagnose(replace(case, printed=case.printed.binary()))
        if not self._is_certain(claim, case, found) or (found.reason == "unit" and self._in_other_units(claim)):
            return None
        claim = replace(claim, value=value)
        gives = {"value": _text(claim.shown_value), "printed": case.text, "why": found.why}
        if not found.mends:
            why = Message("the expression gives {value}, printed is {printed}: {why}.", **gives)
            return self._told(claim, "wrong", why, found.reason)
        mend = mended(case)
        why = Message("the expression gives {value}, printed is {printed}: {why}. Right: {right}.", right=mend, **gives)
        printed_text = self.at.text[claim.stated.start : claim.stated.end]
        return self._told(claim, "wrong", why, found.reason, printed_text.replace(case.text, mend))

    def _of_tail(self, claim: _Claim, tail: Side) -> Finding | None:
        """The claim about the last part of an expression, where the value is that or nearly that."""
        value = evaluate(tail.node)
        shorter = replace(claim, left=tail, computed=tail, value=value)
        verdict = stands(value, claim.printed, claim.said)
        if verdict:
            return self._told(shorter, verdict, _gives(shorter.shown_value))
        case = Case(tail.node, value, claim.printed, self.at.text[claim.stated.start : claim.stated.end].strip())
        return self._failed(shorter, whole=False) if diagnose(case).reason != "arithmetic" else None

    def _beyond_bound(self, claim: _Claim) -> Finding | None:
        if isinstance(claim.computed.node, Number) and not self._goes_on(claim):
            return None
        why = Message(
            "the expression gives {value}, which is not {side} {printed}.",
            value=_text(claim.shown_value),
            side=Message("over") if claim.said.over else Message("under"),
            printed=self.at.text[claim.stated.start : claim.stated.end].strip(),
        )
        return self._told(claim, "wrong", why, "arithmetic")

    def _is_certain(self, claim: _Claim, case: Case, found: Diagnosis) -> bool:
        """Whether a claim that fails may be called wrong, and is not something else that looks like a claim."""
        close = abs(case.computed - case.stated) * 5 <= abs(case.computed)
        if isinstance(claim.computed.node, Number) and not (self.chain.alone or self._goes_on(claim)):
            # "number = number" in prose: only where it is plainly the same number once more.
            in_words = in_bytes_by_word(self.at.passage.level, claim.left.end)
            sizes = claim.printed.byte_power > 0 and (
                in_words or any(number.printed.unit for number in numbers(claim.left.node))
            )
            if sizes and in_words:
                return case.figures > 1
            same = found.reason in ("rounding", "misprint") or (sizes and found.reason == "unit")
            return not self.chain.weak and same and case.figures > 2 and close
        if isinstance(claim.computed.node, Number) and "\n" in self.at.text[claim.left.end : claim.right.start]:
            # The last line may add up what stands in the lines before it.
            return False
        if claim.stated.start == claim.left.start:
            # "64 channels = 3×3×64×64": the number on the left counts something else.
            between = self.at.text[claim.left.end : claim.right.start]
            named = (any(map(str.isalpha, between)) and not self.chain.weak) or "\n" in between
            if named or not (close or found.reason != "arithmetic") or case.figures < 3:
                return self.chain.alone
        if self.chain.weak and isinstance(claim.computed.node, Number):
            return found.reason != "arithmetic"
        if self.chain.weak:
            return case.computed >= _LEAST_IN_WORDS and (close or found.reason != "arithmetic")
        return True

    def _in_other_units(self, claim: _Claim) -> bool:
        """``= 0.197 ms``: a power of ten may hide in a unit that is no count."""
        return _OTHER_UNIT.match(self.at.text, claim.stated.end) is not None

    def _goes_on(self, claim: _Claim) -> bool:
        """Whether the number on the left is the value of an expression before it."""
        return len(self.chain.sides) > 2 or (
            self.chain.weak and any(side.end == claim.left.end for other in self.near for side in other.sides[1:])
        )

    def _nearby(self, claim: _Claim) -> tuple[frozenset[Fraction], frozenset[Fraction]]:
        """Numbers in neighbouring expressions, and the worths of these."""
        operands: set[Fraction] = set()
        values: set[Fraction] = set()
        for chain in self.near:
            for side in chain.sides:
                if side.start == claim.stated.start and side.end == claim.stated.end:
                    continue
                operands.update(n.printed.value for n in numbers(side.node) if n.printed.exact)
                if side.node is not claim.computed.node and as_number(side.node) is None:
                    try:
                        values.add(evaluate(side.node))
                    except ClaimError:
                        continue
        return frozenset(operands), frozenset(values)

    def _two_expressions(self, left: Side, right: Side, said: Relation) -> tuple[Finding | None, Side]:
        a, b = evaluate(left.node), evaluate(right.node)

        def told(verdict: str, why: Message, reason: str | None = None) -> Finding:
            return self.at.finding(left, right, right, b, a, verdict, why, reason)

        if a == b or _is_first_of_shape(a, right.node):
            return told("holds", Message("both sides give {value}.", value=_text(a))), right
        both = {"left": _text(a), "right": _text(b)}
        if said.bound:
            right_side = a > b if said.over else a < b
            why = Message("the left side gives {left}, the right side {right}.", **both)
            return told("holds" if right_side else "wrong", why, None if right_side else "arithmetic"), right
        if _same_within_rounding(left.node, right.node) or (said.about and abs(a - b) * 10 <= abs(a)):
            why = Message(
                "the left side gives {left}, the right side {right}, the same within the rounding of their figures.",
                **both,
            )
            return told("holds-rounded", why), right
        opened = _opened(left, right)
        if opened is not None:
            first = terms(right.node)[0][1]
            self.running += a
            why = Message("the expression gives {value}; a running sum goes on behind it.", value=_text(a))
            closing = Side(first, *first.span)
            return self.at.finding(left, closing, closing, a, a, "holds", why), opened
        self.running = Fraction(0)
        tagged = tag(right)
        if tagged is not None:
            return self._tagged(left, right, a, b, tagged), right
        first_half = repeated(self.at.text, right, a)
        if first_half is not None:
            why = _gives(a, Message("what follows it is taken for the next thing said"))
            return self.at.finding(left, first_half, first_half, a, a, "holds", why), first_half
        lost = lost_power(right, a)
        if lost is not None:
            return told("unverifiable", _gives(a, lost), "lost-sign"), right
        between = self.at.text[left.end : right.start]
        if doubtful(self.at.text, left, right) or _is_kernel(left.node) or ("\n" in between and not self.at.is_math):
            return None, right
        return told(
            "wrong", Message("the left side gives {left}, the right side {right}.", **both), "arithmetic"
        ), right

    def _tagged(self, left: Side, right: Side, a: Fraction, b: Fraction, tagged: Number) -> Finding:
        if stands(a, tagged.printed, Relation()):
            why = _gives(a, Message("the bracket behind it is taken for a tag"))
            return self.at.finding(left, right, right, a, a, "holds", why)
        bracket = self.at.text[tagged.span[1] : right.end].strip()
        restated = any(map(str.isalpha, bracket))  # "208,949,248 B (199.3 MB)"
        if restated or tagged.printed.value > 99 >= abs(b / tagged.printed.value):
            # 432(2): a number so much larger than its bracket has an equation's number behind it.
            alone = Side(tagged, *tagged.span)
            claim = _Claim(left, alone, left, alone, a, tagged.printed, Relation())
            finding = self._failed(claim)
            if finding is not None:
                return finding
        why = Message(
            "the left side gives {value}; whether the bracket {bracket} multiplies is not clear.",
            value=_text(a), bracket=bracket,
        )  # fmt: skip
        return self.at.finding(left, right, right, b, a, "unverifiable", why)


#: Units of time, work and the like, with their prefixes.
_OTHER_UNIT = re.compile(
    r"\s?[~$\\]?\s?(?:\\(?:text|mathrm|,)?\{?\s?)?(?:[munµμ]?s(?![A-Za-z])|sec|min(?![A-Za-z])|[kMG]?Hz|[mkun]?[JW](?![A-Za-z])|[mnµμ]m(?![A-Za-z])|"
    r"fps|tokens?|秒|毫秒|微秒|帧|小时|分钟)",
)


@dataclass(frozen=True)
class _Claim:
    """Two sides: which of them is computed, which is the printed number, and how they are said to stand."""

    left: Side
    right: Side
    computed: Side
    stated: Side
    value: Fraction
    printed: Printed
    said: Relation

    @property
    def shown_value(self) -> Fraction:
        return self.printed.as_printed(self.value)


_ROUNDS = Message("which rounds to it")


def _gives(value: Fraction, further: Message | None = None) -> Message:
    if further is None:
        return Message("the expression gives {value}.", value=_text(value))
    return Message("the expression gives {value}; {further}.", value=_text(value), further=further)


def _near_its_figures(claim: _Claim) -> bool:
    """``1.42 + 0.38 + 2.19 = 3.89 G``: the unit is said once, and the figures are what was meant to agree."""
    figures = claim.printed.value / claim.printed.scale
    return said_once(claim.computed.node, claim.printed) and figures < 2 * abs(claim.value) < 4 * figures


#: Kernels are no larger.
_LARGEST_KERNEL = 15


def _is_kernel(node: Node) -> bool:
    """``3×3``: what is no value, but the size of something."""
    return (
        isinstance(node, Product)
        and len(node.parts) == 2
        and all(isinstance(part, Number) and part.printed.value <= _LARGEST_KERNEL for _, part in node.parts)
    )


def _is_first_of_shape(size: Fraction, node: Node) -> bool:
    """``(227 − 11)/4 + 1 = 55×55×96``: a size, and the shape that it is a size of."""
    if not (isinstance(node, Product) and len(node.parts) in (2, 3)):
        return False
    sizes = [evaluate(part) for op, part in node.parts if op == "*" and isinstance(part, Number)]
    return len(sizes) == len(node.parts) and sizes[0] == sizes[1] == size


def _opened(left: Side, right: Side) -> Side | None:
    """``… = 576 + 9×12×80``: the first term is the value of what stands before, the rest opens a running sum."""
    if not isinstance(right.node, Sum):
        return None
    (_, first), *rest = right.node.parts
    if evaluate(first) != evaluate(left.node) or any(sign < 0 for sign, _ in rest):
        return None
    node: Node = rest[0][1] if len(rest) == 1 else Sum((rest[0][1].span[0], right.node.span[1]), 1, tuple(rest))
    return Side(node, node.span[0], right.end)


def _same_within_rounding(left: Node, right: Node) -> bool:
    (low, high), (least, most) = bounds(left), bounds(right)
    return max(low, least) <= min(high, most) and (low, least) != (high, most)


def _text(value: Fraction) -> Message:
    return plain(f"{value.numerator:,}" if value.denominator == 1 else f"{decimal(value)} ({value})")
