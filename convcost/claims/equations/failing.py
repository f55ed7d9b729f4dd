"""A claim that does not hold as it was read first: read otherwise, left alone, or wrong."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from fractions import Fraction

from ...errors import ClaimError
from ...messages import Message
from ..counted import in_bytes_by_word
from ..diagnosis import Case, Diagnosis, diagnose, mended
from ..doubt import doubtful
from ..expression import Number, evaluate, numbers
from ..judge import as_number, is_output_size, stands
from ..model import Finding
from ..readings import other_reading, regrouped, tails
from ..scan import Chain, Side
from ..words import alternatives
from .claim import Claim
from .place import Place, gives, told

#: A value in words is called wrong only where it is no small number, which may count anything.
_LEAST_IN_WORDS = 100
#: Units of time, work and the like, with their prefixes.
_OTHER_UNIT = re.compile(
    r"\s?[~$\\]?\s?(?:\\(?:text|mathrm|,)?\{?\s?)?"
    + alternatives(
        r"[munµμ]?s(?![A-Za-z])|sec|min(?![A-Za-z])|[kMG]?Hz",
        r"[mkun]?[JW](?![A-Za-z])|[mnµμ]m(?![A-Za-z])|fps|tokens?",
        "秒|毫秒|微秒|帧|小时|分钟",
    )
)


@dataclass(frozen=True)
class Failing:
    """What is done with the claims of one chain that fail; ``near`` are the chains around it."""

    at: Place
    chain: Chain
    near: list[Chain]

    def told(
        self, claim: Claim, verdict: str, why: Message, reason: str | None = None, right: str | None = None
    ) -> Finding:
        """A verdict on a claim."""
        said = claim.printed.as_printed(claim.printed.value)
        return self.at.finding(
            claim.left, claim.right, claim.stated, said, claim.shown_value, verdict, why, reason, right
        )

    def failed(self, claim: Claim, *, whole: bool = True) -> Finding | None:
        """What becomes of a claim that does not hold as it was read; ``whole`` if no part of a side is left out."""
        if claim.said.bound:
            return self._beyond_bound(claim)
        grouped = regrouped(self.at.text, claim.stated, claim.value)
        if grouped is not None:
            side, printed, mark = grouped
            right = claim.right if claim.stated.start != claim.right.start else side
            claim = replace(claim, stated=side, printed=printed, right=right)
            if printed.value == claim.value:
                read = Message("the number is read with {mark} for thousands", mark=mark)
                return self.told(claim, "holds", gives(claim.shown_value, read))
        finding = self._read_otherwise(claim)
        if finding is not None:
            return finding
        if grouped is None and whole and doubtful(self.at.text, claim.left, claim.right):
            return None
        return self._wrong(claim)

    def _beyond_bound(self, claim: Claim) -> Finding | None:
        """The finding of a bound on whose other side the value lies."""
        if self.chain.weak and claim.value < _LEAST_IN_WORDS:
            return None
        if isinstance(claim.computed.node, Number) and not self._goes_on(claim):
            return None
        why = Message(
            "the expression gives {value}, which is not {side} {printed}.",
            value=told(claim.shown_value),
            side=Message("over") if claim.said.over else Message("under"),
            printed=self.at.written(claim.stated).strip(),
        )
        return self.told(claim, "wrong", why, "arithmetic")

    def _read_otherwise(self, claim: Claim) -> Finding | None:
        """The finding where another reading of the number, or the last part of the expression alone, explains it."""
        reading = other_reading(claim.right, claim.computed.node, claim.value, claim.printed, claim.said.about)
        if reading is not None:
            verdict, reason, words = reading
            return self.told(claim, verdict, gives(claim.shown_value, words), reason)
        for tail in () if claim.number_first else tails(self.at.text, claim.left):
            finding = self._of_tail(claim, tail)
            if finding is not None:
                return finding
        return None

    def _of_tail(self, claim: Claim, tail: Side) -> Finding | None:
        """The claim about the last part of an expression, where the value is that or nearly that."""
        value = evaluate(tail.node)
        shorter = replace(claim, left=tail, computed=tail, value=value)
        verdict = stands(value, claim.printed, claim.said)
        if verdict:
            return self.told(shorter, verdict, gives(shorter.shown_value))
        case = Case(tail.node, value, claim.printed, self.at.written(claim.stated).strip())
        return self.failed(shorter, whole=False) if diagnose(case).reason != "arithmetic" else None

    # -- wrong ---------------------------------------------------------------------------------------------------

    def _wrong(self, claim: Claim) -> Finding | None:
        """The finding with the reason, if nothing else can be meant."""
        printed = self.at.written(claim.stated)
        case = Case(
            claim.computed.node, claim.value_of_figures, claim.printed, printed.strip(), claim.said.about,
            *self._nearby(claim),
        )  # fmt: skip
        found = diagnose(case)
        if found.reason == "arithmetic" and case.printed.byte_power:
            # A slip may show only where a kilobyte is taken for 1024 bytes.
            found = diagnose(replace(case, printed=case.printed.binary()))
        if not self._is_certain(claim, case, found) or (found.reason == "unit" and self._in_other_units(claim)):
            return None
        claim = replace(claim, value=case.computed)
        told_of = {"value": told(claim.shown_value), "printed": case.text, "why": found.why}
        if not found.mends:
            why = Message("the expression gives {value}, printed is {printed}: {why}.", **told_of)
            return self.told(claim, "wrong", why, found.reason)
        # A layer's output has a whole size.
        whole_size = is_output_size(case.node) and case.printed.exact
        mend = mended(replace(case, computed=Fraction(case.computed.__floor__())) if whole_size else case)
        why = Message(
            "the expression gives {value}, printed is {printed}: {why}. Right: {right}.", right=mend, **told_of
        )
        return self.told(claim, "wrong", why, found.reason, printed.replace(case.text, mend))

    def _nearby(self, claim: Claim) -> tuple[frozenset[Fraction], frozenset[Fraction]]:
        """Numbers in neighbouring expressions, and the worths of these."""
        operands: set[Fraction] = set()
        values: set[Fraction] = set()
        for side in (side for chain in self.near for side in chain.sides):
            if side.start == claim.stated.start and side.end == claim.stated.end:
                continue
            operands.update(n.printed.value for n in numbers(side.node) if n.printed.exact)
            if side.node is not claim.computed.node and as_number(side.node) is None:
                try:
                    values.add(evaluate(side.node))
                except ClaimError:
                    continue
        return frozenset(operands), frozenset(values)

    # -- certain -------------------------------------------------------------------------------------------------

    def _is_certain(self, claim: Claim, case: Case, found: Diagnosis) -> bool:
        """Whether a claim that fails may be called wrong, and is not something else that looks like a claim."""
        of_number = isinstance(claim.computed.node, Number)
        close = abs(case.computed - case.stated) * 5 <= abs(case.computed)
        explained = found.reason != "arithmetic"
        between = self.at.between(claim.left, claim.right)
        if of_number and not (self.chain.alone or self._goes_on(claim)):
            return self._is_same_number(claim, case, found, close=close)
        if of_number and not (explained or close or self.chain.alone):
            return False  # "150,528 floats = 602,112 bytes": the two count different things
        if of_number and "\n" in between:
            # The last line may add up what stands in the lines before it.
            return False
        if claim.number_first:
            # "64 channels = 3×3×64×64": the number on the left counts something else.
            named = (any(map(str.isalpha, between)) and not self.chain.weak) or "\n" in between
            if named or not (close or explained) or case.figures < 3:
                return self.chain.alone
        if not self.chain.weak:
            return True
        return explained if of_number else case.computed >= _LEAST_IN_WORDS and (close or explained)

    def _is_same_number(self, claim: Claim, case: Case, found: Diagnosis, *, close: bool) -> bool:
        """``number = number`` in prose: whether it is plainly the same number once more."""
        in_words = in_bytes_by_word(self.at.passage.level, claim.left.end)
        in_units = any(number.printed.unit for number in numbers(claim.left.node))
        sizes = claim.printed.byte_power > 0 and (in_words or in_units)
        if sizes and in_words:
            return case.figures > 1
        same = found.reason in ("rounding", "misprint") or (sizes and found.reason == "unit")
        return not self.chain.weak and same and case.figures > 2 and close

    def _in_other_units(self, claim: Claim) -> bool:
        """``= 0.197 ms``: a power of ten may hide in a unit that is no count."""
        return _OTHER_UNIT.match(self.at.text, claim.stated.end) is not None

    def _goes_on(self, claim: Claim) -> bool:
        """Whether the number on the left is the value of an expression before it."""
        return len(self.chain.sides) > 2 or (
            self.chain.weak and any(side.end == claim.left.end for other in self.near for side in other.sides[1:])
        )
