"""A wrong claim, and what may be said of it."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from ...messages import Message
from ..expression import Node
from ..printed import Printed


@dataclass(frozen=True)
class Case:
    """A wrong claim: the expression, its exact value, the printed number as read and as printed.

    ``about`` says that the number is said to be about right. ``operands`` are numbers that stand nearby, ``values``
    the worths of other expressions nearby: what may have been copied by mistake.
    """

    node: Node
    computed: Fraction
    printed: Printed
    text: str
    about: bool = False
    operands: frozenset[Fraction] = frozenset()
    values: frozenset[Fraction] = frozenset()

    @property
    def stated(self) -> Fraction:
        """What is printed, with its unit multiplied out."""
        return self.printed.value

    @property
    def step(self) -> Fraction:
        """The worth of the last digit that counts."""
        return self.printed.loose_step if self.about else self.printed.step

    @property
    def whole(self) -> bool:
        """Both are whole numbers, printed in full: then their digits can be compared."""
        return (
            self.printed.exact
            and not (self.about and self.printed.loose_step > 1)
            and self.computed.denominator == 1
            and self.computed > 0 < self.stated
        )

    @property
    def figures(self) -> int:
        """How many figures are printed that count."""
        return len(str(abs(int(self.stated / self.step)))) if self.step else 1

    def says(self, value: Fraction) -> bool:
        """Whether the printed number stands for ``value``."""
        if value == self.stated:
            return True
        return not (self.printed.exact and not self.about) and abs(value - self.stated) * 2 <= self.step


@dataclass(frozen=True)
class Diagnosis:
    """A reason in the words of the JSON contract, and a sentence; ``mends`` if the printed number is what is wrong."""

    reason: str
    why: Message
    mends: bool = True
