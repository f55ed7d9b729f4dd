"""A claim about one printed number: which side is computed, and which one says what it is worth."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from ..counted import in_bits
from ..expression import evaluate
from ..judge import as_number
from ..printed import Printed
from ..readings import in_plain_bytes, said_once
from ..relations import Relation
from ..scan import Side


@dataclass(frozen=True)
class Claim:
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
        """The computed value as findings report it."""
        return self.printed.as_printed(self.value)

    @property
    def number_first(self) -> bool:
        """Whether the printed number stands on the left."""
        return self.stated.start == self.left.start

    @property
    def value_of_figures(self) -> Fraction:
        """``1.42 + 0.38 + 2.19 = 3.89 G``: the unit is said once, and the figures are what was meant to agree."""
        figures = self.printed.value / self.printed.scale
        agree = said_once(self.computed.node, self.printed) and figures < 2 * abs(self.value) < 4 * figures
        return self.value * self.printed.scale if agree else self.value


def claim_of(level: str, left: Side, right: Side, said: Relation) -> Claim | None:
    """The claim that two sides make, where one of them is a number."""
    printed = as_number(right.node)
    computed, stated = left, right
    if printed is None:
        printed = as_number(left.node)
        computed, stated = right, left
        said = Relation(said.about, said.under, said.over)
    if printed is None:
        return None
    if printed.byte_power or printed.exact:
        computed = Side(in_plain_bytes(computed.node), computed.start, computed.end)
    value = evaluate(computed.node)
    if printed.byte_power and in_bits(level, computed.start, computed.end):
        value /= 8
    return Claim(left, right, computed, stated, value, printed, said)
