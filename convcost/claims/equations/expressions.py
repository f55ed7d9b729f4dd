"""Two expressions beside a sign: they are worth the same, or the right one says more than it seems to."""

from __future__ import annotations

from ...messages import Message
from ..doubt import doubtful
from ..expression import Node, Number, evaluate, terms
from ..forms import is_first_of_shape, is_kernel
from ..judge import bounds, stands
from ..model import Finding
from ..readings import lost_power, repeated, tag
from ..relations import Relation
from ..scan import Side
from .claim import Claim
from .failing import Failing
from .place import Place, gives, told


class TwoExpressions:
    """Two sides of which none is a number; ``first`` and ``second`` are what they are worth."""

    def __init__(self, at: Place, left: Side, right: Side, said: Relation) -> None:
        self.at, self.left, self.right, self.said = at, left, right, said
        self.first, self.second = evaluate(left.node), evaluate(right.node)

    @property
    def _both(self) -> dict[str, Message]:
        return {"left": told(self.first), "right": told(self.second)}

    def _told(self, verdict: str, why: Message, reason: str | None = None) -> Finding:
        return self.at.finding(self.left, self.right, self.right, self.second, self.first, verdict, why, reason)

    def agreeing(self) -> Finding | None:
        """The finding where both are worth the same, or where one is said to be larger."""
        a, b, said = self.first, self.second, self.said
        if a == b or is_first_of_shape(a, self.right.node):
            return self._told("holds", Message("both sides give {value}.", value=told(a)))
        if said.bound:
            holds = a > b if said.over else a < b
            why = Message("the left side gives {left}, the right side {right}.", **self._both)
            return self._told("holds", why) if holds else self._told("wrong", why, "arithmetic")
        if _same_within_rounding(self.left.node, self.right.node) or (said.about and abs(a - b) * 10 <= abs(a)):
            why = Message(
                "the left side gives {left}, the right side {right}, the same within the rounding of their figures.",
                **self._both,
            )
            return self._told("holds-rounded", why)
        return None

    def opening(self) -> Finding:
        """The finding where the right side begins with the worth of the left one, and goes on as a sum."""
        first = terms(self.right.node)[0][1]
        closing = Side(first, *first.span)
        why = Message("the expression gives {value}; a running sum goes on behind it.", value=told(self.first))
        return self.at.finding(self.left, closing, closing, self.first, self.first, "holds", why)

    def differing(self, failing: Failing) -> tuple[Finding | None, Side]:
        """What becomes of sides that are not worth the same, and what stands on the left of the next relation."""
        left, right = self.left, self.right
        tagged = tag(right)
        if tagged is not None:
            return self._tagged(tagged, failing), right
        half = repeated(self.at.text, right, self.first)
        if half is not None:
            why = gives(self.first, Message("what follows it is taken for the next thing said"))
            return self.at.finding(left, half, half, self.first, self.first, "holds", why), half
        lost = lost_power(right, self.first)
        if lost is not None:
            return self._told("unverifiable", gives(self.first, lost), "lost-sign"), right
        apart = "\n" in self.at.between(left, right) and not self.at.is_math
        if doubtful(self.at.text, left, right) or is_kernel(left.node) or apart:
            return None, right
        why = Message("the left side gives {left}, the right side {right}.", **self._both)
        return self._told("wrong", why, "arithmetic"), right

    def _tagged(self, number: Number, failing: Failing) -> Finding:
        """``432(2)``: a number, and a bracket that may be the equation's own number."""
        a, b, left, right = self.first, self.second, self.left, self.right
        if stands(a, number.printed, Relation()):
            why = gives(a, Message("the bracket behind it is taken for a tag"))
            return self.at.finding(left, right, right, a, a, "holds", why)
        bracket = self.at.text[number.span[1] : right.end].strip()
        restated = any(map(str.isalpha, bracket))  # "208,949,248 B (199.3 MB)"
        # A number so much larger than its bracket has an equation's number behind it.
        if restated or number.printed.value > 99 >= abs(b / number.printed.value):
            alone = Side(number, *number.span)
            finding = failing.failed(Claim(left, alone, left, alone, a, number.printed, Relation()))
            if finding is not None:
                return finding
        why = Message(
            "the left side gives {value}; whether the bracket {bracket} multiplies is not clear.",
            value=told(a), bracket=bracket,
        )  # fmt: skip
        return self._told("unverifiable", why)


def _same_within_rounding(left: Node, right: Node) -> bool:
    (low, high), (least, most) = bounds(left), bounds(right)
    return max(low, least) <= min(high, most) and (low, least) != (high, most)
