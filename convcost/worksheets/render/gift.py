r"""A question bank in Moodle's GIFT text: a category for each place of the sheet, one line for each question.

GIFT has no gaps in a text. So several numbers are asked for by multiple choice among whole answers where there are
wrong ones to choose from, else by one numerical question for each of them. Formulas are LaTeX between ``\(`` and
``\)`` in HTML, which Moodle renders; every ``\ ~ = # { } :`` of the text is escaped, so that none means anything.
"""

from __future__ import annotations

import base64
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from ...messages import Message
from ..model import Gap, Picture, Question
from .asked import (
    PLAIN_DIGITS,
    decimals,
    gaps,
    heading,
    instruction,
    kind,
    labels,
    name,
    notation,
    slots,
    wrong_numbers,
)
from .webtext import Web

if TYPE_CHECKING:
    from ..sheet import Sheet

_ESCAPES = str.maketrans({char: f"\\{char}" for char in "\\~=#{}:"})


def write(sheet: Sheet, *, language: str = "en", **_: Any) -> str:
    r"""The GIFT text; it always holds the answers.

    >>> from ..sheet import worksheet
    >>> print(write(worksheet("macs", seed=1, count=1)).splitlines()[0])
    $CATEGORY: $course$/top/Worksheet/01 Multiply-accumulates
    """
    lines = []
    top = "$course$/top/" + heading(sheet, language).replace("/", "//")
    for slot, drawn in slots(sheet, language):
        lines.append(f"$CATEGORY: {top}/{slot.replace('/', '//')}")
        for place, question in enumerate(drawn, start=1):
            lines += _questions(question, name(slot, place, question), _Gift(language))
    return "\n\n".join(lines) + "\n"


def escaped(text: str) -> str:
    r"""Text that means itself.

    >>> print(escaped(r"a = {b}: \(c\)"))
    a \= \{b\}\: \\(c\\)
    """
    return text.translate(_ESCAPES)


class _Gift(Web):
    """HTML with its pictures inside: GIFT has no files."""

    def picture(self, picture: Picture) -> str:
        data = base64.b64encode(picture.svg.encode()).decode("ascii")
        return f'<img src="data:image/svg+xml;base64,{data}" alt="{self.line(picture.alternative)}">'

    def told(self, html: str) -> str:
        """HTML as GIFT text."""
        return "[html]" + escaped(html)


def _questions(question: Question, called: str, web: _Gift) -> Iterator[str]:
    asked, prompt = kind(question), web.parts(question.prompt)
    if asked == "number":
        (gap,) = gaps(question)
        wrong = "".join(
            f"=%0%{digits}:{decimals(gap.tolerance)}#{_mistake(mistake, web)}"
            for digits, mistake in wrong_numbers(question)
        )
        yield _line(called, prompt + web.part(instruction(question)), f"#={_number(gap)}{wrong}", question, web)
    elif asked == "numbers" and not question.distractors:
        for number, (gap, label) in enumerate(labels(question), start=1):
            asks = Message.joined(Message("Answer: {asked}.", asked=label), PLAIN_DIGITS)
            yield _line(f"{called} {number}", prompt + web.part(asks), f"#={_number(gap)}", question, web)
    elif asked == "text":
        # An asterisk alone would stand for anything that is written.
        right = escaped(notation(question.answer).replace("*", r"\*"))
        yield _line(called, prompt, f"={right}", question, web)
    else:
        options = "".join(
            f"{'~' if mistake else '='}{web.told(web.line(shown))}" + (f"#{_mistake(mistake, web)}" if mistake else "")
            for shown, mistake in question.options()
        )
        yield _line(called, prompt, options, question, web)


def _number(gap: Gap) -> str:
    return f"{gap.digits}:{decimals(gap.tolerance)}"


def _mistake(mistake: Message, web: _Gift) -> str:
    return web.told(web.line(mistake))


def _line(called: str, prompt: str, answers: str, question: Question, web: _Gift) -> str:
    feedback = web.told(web.derivation(question.derivation, question.answer.shown))
    return f"::{escaped(called)}::{web.told(prompt)} {{{answers}####{feedback}}}"
