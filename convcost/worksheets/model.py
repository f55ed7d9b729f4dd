"""What a question is made of: content that every rendering can write, and answers that a machine can mark.

Texts are :class:`~convcost.messages.Message` whose values may be formulas, numbers, notation or other messages; a
rendering walks through them with :func:`convcost.worksheets.inline.pieces`, so that text stays text in every markup.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from ..formula import Chain, Formula
from ..messages import Message


@dataclass(frozen=True)
class Code:
    """Notation, set in a fixed width."""

    text: str

    def __str__(self) -> str:
        return self.text


#: What may stand inside a line of text.
Inline = Message | Formula | Code


@dataclass(frozen=True)
class Listing:
    """Lines that are numbered from 1, so that a question can ask about one of them."""

    lines: tuple[Inline, ...]


@dataclass(frozen=True)
class Hole:
    """An empty cell of a grid; ``number`` is that of the gap in the answer, from 1, shown as (1), (2), …"""

    number: int

    def __str__(self) -> str:
        return f"({self.number})"


@dataclass(frozen=True)
class Grid:
    """A table with a head."""

    head: tuple[Inline, ...]
    rows: tuple[tuple[Inline | Hole, ...], ...]


@dataclass(frozen=True)
class Picture:
    """A drawing, and what it shows in words for those who do not see it."""

    svg: str
    alternative: Message


#: A part of a question's text: a paragraph, a formula on a line of its own, or one of the above.
Part = Message | Formula | Listing | Grid | Picture


@dataclass(frozen=True)
class Step:
    """One step of a derivation: what is done, and the arithmetic: law, numbers put in, result."""

    text: Message
    formula: Chain | None = None


@dataclass(frozen=True)
class Gap:
    """A number that is asked for.

    A fraction is asked for rounded to ``places`` decimals, half up; a whole number is asked for exactly.
    """

    label: Message
    value: int | Fraction
    unit: Message | None = None
    places: int = 0

    @property
    def rounded(self) -> Fraction:
        """The value as it is asked for.

        >>> Gap(Message("ratio"), Fraction(300, 31), places=2).rounded
        Fraction(242, 25)
        """
        scale = 10**self.places
        return Fraction((Fraction(self.value) * scale + Fraction(1, 2)).__floor__(), scale)

    @property
    def tolerance(self) -> Fraction:
        """How far off an answer may be: nothing for whole numbers, else half a unit of the last place."""
        return Fraction(0) if isinstance(self.value, int) else Fraction(1, 2 * 10**self.places)

    @property
    def digits(self) -> str:
        """The number in plain digits, without separators, as learning platforms want it.

        >>> Gap(Message("ratio"), Fraction(300, 31), places=2).digits, Gap(Message("MACs"), 12443648).digits
        ('9.68', '12443648')
        """
        if isinstance(self.value, int):
            return str(self.value)
        scaled = int(self.rounded * 10**self.places)
        whole, rest = divmod(abs(scaled), 10**self.places)
        return f"{'-' * (scaled < 0)}{whole}" + (f".{rest:0{self.places}d}" if self.places else "")


@dataclass(frozen=True)
class Answer:
    """What is right. ``shown`` is how the key prints it."""

    shown: Inline


@dataclass(frozen=True)
class Numbers(Answer):
    """Numbers to be filled in, one or more."""

    gaps: tuple[Gap, ...]


@dataclass(frozen=True)
class Expression(Answer):
    """A closed form; ``text`` is it in notation (``H*W*r*(C + 25*K)``), which any equal expression may replace."""

    text: str


@dataclass(frozen=True)
class Pick(Answer):
    """One of the options: the right one is ``shown``, the others are the distractors."""


@dataclass(frozen=True)
class Distractor:
    """A wrong answer that a real mistake produces."""

    shown: Inline
    mistake: Message


@dataclass(frozen=True)
class Question:
    """One question with everything that a sheet, a key or a learning platform needs.

    ``facts`` say in data what is asked: enough to work the answer out anew, by other means.
    """

    topic: str
    level: int
    points: int
    prompt: tuple[Part, ...]
    hint: Message
    derivation: tuple[Step, ...]
    answer: Answer
    distractors: tuple[Distractor, ...]
    facts: Mapping[str, Any] = field(hash=False)
    #: The place that it stands at: number of the sheet, of the question, and variant, such as ``5f2c1b-3-A``.
    name: str = ""
    #: What two questions must differ in to be different ones; empty: their facts.
    alike: str = ""
    #: What is asked beside it on paper only, since no platform can mark it.
    beside: tuple[Part, ...] = ()

    def options(self) -> tuple[tuple[Inline, Message | None], ...]:
        """Right answer and distractors for multiple choice, the right one without a mistake.

        Lines and words stand in their own order. Numbers and formulas are shuffled, always the same way: by size the
        right one would mostly stand in the middle, since slips make a number larger or smaller.
        """
        given: list[tuple[Inline, Message | None]] = [(self.answer.shown, None)]
        given += [(wrong.shown, wrong.mistake) for wrong in self.distractors]
        order = _by_words if isinstance(self.answer, Pick) else _shuffled
        return tuple(sorted(given, key=lambda option: order(str(option[0]))))


def _by_words(text: str) -> list[tuple[int, str]]:
    """Line 2 before line 10."""
    return [(int(part), "") if part.isdecimal() else (0, part) for part in re.split(r"(\d+)", text)]


def _shuffled(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
