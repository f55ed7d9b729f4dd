"""A chain of equations, judged from left to right: one finding a relation."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction

from ...messages import Message
from ..expression import Node, NotComputableError, Sum, evaluate
from ..judge import matches_bounds, stands
from ..model import Finding
from ..relations import Relation
from ..scan import Chain, Side
from .claim import Claim, claim_of
from .expressions import TwoExpressions
from .failing import Failing
from .place import Place, gives

_ROUNDS = Message("which rounds to it")
_ON_THAT_SIDE = Message("which lies on that side")


class JudgedChain:
    """One chain under judgement.

    In ``48×12 = 576 + 9×12×80 = 8,640 = 9,216`` the second sign closes a part of a running sum, and the last one the
    whole of it; ``running`` is what the sum has come to.
    """

    def __init__(self, at: Place, chain: Chain, near: list[Chain]) -> None:
        self.at, self.chain = at, chain
        self.failing = Failing(at, chain, near)
        self.running = Fraction(0)

    def findings(self) -> Iterator[Finding]:
        """A finding for each relation that can be judged."""
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
        claim = claim_of(self.at.passage.level, left, right, said)
        if claim is None:
            return self._two_expressions(TwoExpressions(self.at, left, right, said))
        verdict = stands(claim.value, claim.printed, claim.said)
        if verdict is None and claim.stated is left and not said.bound:
            opened = _opened(left, right)
            if opened is not None:
                self.running += claim.value - evaluate(opened.node)
                return None, opened
        if verdict is None and self.running and claim.stated is right:
            claim, verdict = self._closing(claim)
        if verdict is None and not said.bound and matches_bounds(claim.computed.node, claim.printed, said.about):
            verdict = "holds-rounded"
        if verdict is None:
            self.running = Fraction(0)
            return self.failing.failed(claim), right
        further = _ON_THAT_SIDE if said.bound else _ROUNDS if verdict != "holds" else None
        why = gives(claim.shown_value, further)
        return self.failing.told(claim, verdict, why), right

    def _closing(self, claim: Claim) -> tuple[Claim, str | None]:
        """The claim about the whole of a running sum, where that is nearer to the printed number."""
        total = self.running + claim.value
        verdict = stands(total, claim.printed, claim.said)
        if verdict is None and abs(total - claim.printed.value) >= abs(claim.value - claim.printed.value):
            return claim, None
        self.running = Fraction(0)
        return replace(claim, value=total), verdict

    def _two_expressions(self, two: TwoExpressions) -> tuple[Finding | None, Side]:
        finding = two.agreeing()
        if finding is not None:
            return finding, two.right
        opened = _opened(two.left, two.right)
        if opened is not None:
            self.running += two.first
            return two.opening(), opened
        self.running = Fraction(0)
        return two.differing(self.failing)


def _opened(left: Side, right: Side) -> Side | None:
    """``… = 576 + 9×12×80``: the first term is the value of what stands before, the rest opens a running sum."""
    if not isinstance(right.node, Sum):
        return None
    (_, first), *rest = right.node.parts
    if evaluate(first) != evaluate(left.node) or any(sign < 0 for sign, _ in rest):
        return None
    node: Node = rest[0][1] if len(rest) == 1 else Sum((rest[0][1].span[0], right.node.span[1]), 1, tuple(rest))
    return Side(node, node.span[0], right.end)
