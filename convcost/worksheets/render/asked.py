"""How questions are put to a learning platform: of which kind, under which name, with which numbers and feedback."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import TYPE_CHECKING

from ...formula import Num
from ...messages import Message
from ..model import Answer, Expression, Gap, Inline, Numbers, Question
from ..sheet import variant_name
from ..topics import topic
from .parts import labelled, one_line, rounding

if TYPE_CHECKING:
    from ..sheet import Sheet

#: Names of questions and categories are cut to fit: 255 characters are all that platforms keep.
LONGEST = 200
PLAIN_DIGITS = Message("Write numbers in plain digits, without separators.")


def kind(question: Question) -> str:
    """``number``, ``numbers`` (several), ``choice``, or ``text`` for a closed form that has no wrong ones.

    >>> from ..sheet import worksheet
    >>> [kind(question) for question in worksheet(["macs", "output-shape"], count=2).questions]
    ['number', 'numbers']
    """
    if isinstance(question.answer, Numbers):
        return "number" if len(question.answer.gaps) == 1 else "numbers"
    return "text" if isinstance(question.answer, Expression) and not question.distractors else "choice"


def gaps(question: Question) -> tuple[Gap, ...]:
    """The numbers that are asked for, in their order."""
    return question.answer.gaps if isinstance(question.answer, Numbers) else ()


def notation(answer: Answer) -> str:
    """A closed form as text."""
    return one_line(answer.text if isinstance(answer, Expression) else str(answer.shown))


def slots(sheet: Sheet, language: str) -> Iterator[tuple[str, tuple[Question, ...]]]:
    """The places of a sheet, each with its name and the questions of all variants that may stand there.

    >>> from ..sheet import worksheet
    >>> [(name, len(drawn)) for name, drawn in slots(worksheet(["macs", "params"], count=2, variants=3), "en")]
    [('01 Multiply-accumulates', 3), ('02 Parameters', 3)]
    """
    for number, drawn in enumerate(zip(*sheet.variants, strict=True), start=1):
        yield f"{number:02d} {one_line(topic(drawn[0].topic).title.to(language))}", drawn


def name(slot: str, place: int, question: Question) -> str:
    """What a question is called in a bank: place, topic, and the sheet's number, the question's, and the variant."""
    return f"{slot} ({one_line(question.name) or variant_name(place)})"


def heading(sheet: Sheet, language: str) -> str:
    """The title on one line that a platform's names can hold; a dash for none."""
    return one_line(sheet.heading(language))[:LONGEST].strip() or "–"


def labels(question: Question) -> Iterator[tuple[Gap, Message]]:
    """The numbers that are asked for, each with what it is, its unit, and how it is to be rounded."""
    for gap, label in labelled(question, gaps(question)):
        label = Message("{label} in {unit}", label=label, unit=gap.unit) if gap.unit else label
        yield gap, Message.joined(label, *([rounding(gap)] if isinstance(gap.value, Fraction) else []), by=", ")


def instruction(question: Question) -> Message:
    """What to write, and how: ``Answer: MACs. Write numbers in plain digits, without separators.``"""
    asked = Message.joined(*(label for _, label in labels(question)), by="; ")
    return Message.joined(Message("Answer: {asked}.", asked=asked), PLAIN_DIGITS)


def wrong_numbers(question: Question) -> Iterator[tuple[str, Message]]:
    """Wrong numbers in plain digits, each with the mistake that gives it."""
    (gap,) = gaps(question)
    for wrong in question.distractors:
        value = number_shown(wrong.shown)
        if value is None or (isinstance(gap.value, int) and value.denominator != 1):
            continue
        shown = Gap(gap.label, int(value) if isinstance(gap.value, int) else value, places=gap.places)
        if shown.digits != gap.digits:
            yield shown.digits, wrong.mistake


def number_shown(shown: Inline) -> Fraction | None:
    """The number that is shown, if it is one.

    >>> number_shown(Num("9.68")), number_shown(Message("line 3"))
    (Fraction(242, 25), None)
    """
    if not isinstance(shown, Num):
        return None
    try:
        return Fraction(str(shown.value).replace(",", "").replace("−", "-"))
    except (ValueError, ZeroDivisionError):
        return None


def decimals(value: Fraction) -> str:
    """A fraction of tens in plain digits, exactly.

    >>> decimals(Fraction(1, 200)), decimals(Fraction(3)), decimals(Fraction(-1935, 200))
    ('0.005', '3', '-9.675')
    """
    places = 0
    while (value * 10**places).denominator != 1:
        places += 1
    scaled = str(abs(int(value * 10**places))).rjust(places + 1, "0")
    whole, rest = scaled[: len(scaled) - places], scaled[len(scaled) - places :]
    return "-" * (value < 0) + whole + ("." + rest if places else "")
