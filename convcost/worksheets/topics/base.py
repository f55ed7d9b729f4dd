"""What a topic is, and the levels at which its questions are asked."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import NamedTuple

from ...errors import SpecError
from ...formula import Num
from ...messages import Message
from ..draws import Draw, need
from ..model import Distractor, Inline, Question


class Level(NamedTuple):
    """How hard the arithmetic is."""

    number: int
    name: str
    about: Message


LEVELS = (
    Level(1, "paper", Message("small numbers, for paper and pencil")),
    Level(2, "calculator", Message("sizes of real networks, for a calculator")),
    Level(3, "challenge", Message("sizes of real networks and everything that a layer can do")),
)


def level_number(asked: int | str) -> int:
    """The number of a level that is asked for by number or name.

    >>> level_number("calculator"), level_number(3)
    (2, 3)
    """
    for level in LEVELS:
        if not isinstance(asked, bool) and asked in (level.number, str(level.number), level.name):
            return level.number
    names = ", ".join(f"{level.number} ({level.name})" for level in LEVELS)
    raise SpecError("there is no such level", got=short(asked), fix=f"one of {names}")


def short(value: object) -> str:
    """What was received, short, even if it is a number too long to be printed.

    >>> short(10**5000), short("macs")
    ('a number of more than 100 digits', "'macs'")
    """
    if isinstance(value, int) and abs(value) >= 10**100:
        return "a number of more than 100 digits"
    return ascii(value)[:60]


@dataclass(frozen=True)
class Topic:
    """A kind of question.

    ``make`` draws one at a level, or raises :class:`~convcost.worksheets.draws.Again` where the numbers that came are
    no good; ``ranges`` say for each level what is drawn from what.
    """

    name: str
    title: Message
    about: Message
    ranges: tuple[Message, ...]
    make: Callable[[Draw, int], Question]


#: How many wrong answers a multiple-choice question shows at most, and needs at least.
MOST, LEAST = 4, 3


def wrong_numbers(right: int, candidates: Iterable[tuple[int, Message]]) -> tuple[Distractor, ...]:
    """Distractors of a number: each a positive number that is not the right one, and none twice.

    Raises ``Again`` where too few are left.

    >>> [str(wrong.shown) for wrong in wrong_numbers(9, [(n, Message("a slip")) for n in (9, 3, 3, 18, 27)])]
    ['3', '18', '27']
    """
    return wrong_answers(Num(right), [(Num(value), why) for value, why in candidates if value > 0])


def wrong_answers(
    right: Inline, candidates: Iterable[tuple[Inline, Message]], least: int = LEAST
) -> tuple[Distractor, ...]:
    """Distractors that are told apart by what is shown."""
    seen, kept = {str(right)}, []
    for shown, why in candidates:
        if str(shown) not in seen:
            seen.add(str(shown))
            kept.append(Distractor(shown, why))
    need(len(kept) >= least)
    return tuple(kept[:MOST])
