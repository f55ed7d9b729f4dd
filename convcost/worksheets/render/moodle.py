"""A question bank in Moodle's XML: a category for each place of the sheet, with a question for each variant.

A quiz that draws one question at random from each category gives every student a sheet of their own. One number is a
``numerical`` question, several are a ``cloze`` question with a gap for each, options are ``multichoice``. A bank needs
its answers, so there is no version without them: learning platforms keep them from students.
"""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET

from ...messages import Message
from ..model import Gap, Hole, Picture, Question
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

_TYPES = {"number": "numerical", "numbers": "cloze", "choice": "multichoice", "text": "shortanswer"}


def write(sheet: Sheet, *, language: str = "en", **_: Any) -> str:
    """The XML text.

    >>> from ..sheet import worksheet
    >>> text = write(worksheet("macs", seed=1, count=1))
    >>> text.count("<question type="), '<question type="numerical">' in text
    (2, True)
    """
    quiz = ET.Element("quiz")
    top = "$course$/top/" + _escaped(heading(sheet, language))
    for slot, drawn in slots(sheet, language):
        _text(ET.SubElement(quiz, "question", type="category"), "category", f"{top}/{_escaped(slot)}")
        for place, question in enumerate(drawn, start=1):
            _question(quiz, question, name(slot, place, question), language)
    ET.indent(quiz)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ET.tostring(quiz, encoding="unicode") + "\n"


def _escaped(name: str) -> str:
    """A category's name: a slash in it is doubled."""
    return name.replace("/", "//")


class _Bank(Web):
    """HTML whose pictures are files beside it, and whose holes are gaps where the question is a cloze."""

    def __init__(self, language: str, holes: dict[int, str]) -> None:
        super().__init__(language)
        self.holes = holes
        self.files: list[bytes] = []

    def picture(self, picture: Picture) -> str:
        self.files.append(picture.svg.encode())
        told = self.line(picture.alternative)
        return f'<img src="@@PLUGINFILE@@/picture-{len(self.files)}.svg" alt="{told}" style="max-width: 100%">'

    def hole(self, hole: Hole) -> str:
        return self.holes.pop(hole.number, str(hole))


def _question(quiz: ET.Element, question: Question, called: str, language: str) -> None:
    asked = kind(question)
    element = ET.SubElement(quiz, "question", type=_TYPES[asked])
    _text(element, "name", called)
    _prompt(element, question, asked, language)
    web = Web(language)
    _html(element, "generalfeedback", web.derivation(question.derivation, question.answer.shown))
    for tag, value in (("defaultgrade", question.points), ("penalty", "0.3333333"), ("hidden", 0)):
        ET.SubElement(element, tag).text = str(value)
    _answers(element, question, asked, web)
    _html(element, "hint", f"<p>{web.line(question.hint)}</p>")


def _prompt(element: ET.Element, question: Question, asked: str, language: str) -> None:
    asked_for = gaps(question)
    # Moodle makes the grade of a cloze question anew, as the sum of its weights.
    weight, rest = divmod(question.points, len(asked_for) or 1)
    wanted = {number: _cloze_gap(gap, 1 if rest else weight) for number, gap in enumerate(asked_for, start=1)}
    bank = _Bank(language, wanted if asked == "numbers" else {})
    html = bank.parts(question.prompt)
    if asked == "number":
        html += bank.part(instruction(question))
    elif asked == "numbers":
        html += bank.part(PLAIN_DIGITS)
        html += "".join(_cloze_line(bank, number, question) for number in sorted(bank.holes))
    text = _html(element, "questiontext", html)
    for number, svg in enumerate(bank.files, start=1):
        file = ET.SubElement(text, "file", name=f"picture-{number}.svg", path="/", encoding="base64")
        file.text = base64.b64encode(svg).decode("ascii")


def _cloze_line(bank: _Bank, number: int, question: Question) -> str:
    _, label = list(labels(question))[number - 1]
    return f"<p>{bank.line(label)}: {bank.holes[number]}</p>"


def _cloze_gap(gap: Gap, weight: int) -> str:
    """A gap that takes one number; digits, point and sign mean nothing else in a gap."""
    return f"{{{weight}:NUMERICAL:={gap.digits}:{decimals(gap.tolerance)}}}"


def _answers(element: ET.Element, question: Question, asked: str, web: Web) -> None:
    if asked == "number":
        (gap,) = gaps(question)
        _number(element, gap, gap.digits, 100, None, web)
        for digits, mistake in wrong_numbers(question):
            _number(element, gap, digits, 0, mistake, web)
        ET.SubElement(element, "unitgradingtype").text = "0"
        ET.SubElement(element, "unitpenalty").text = "0.1000000"
        ET.SubElement(element, "showunits").text = "3"
    elif asked == "choice":
        for tag, value in (("single", "true"), ("shuffleanswers", "true"), ("answernumbering", "abc")):
            ET.SubElement(element, tag).text = value
        for tag in ("correctfeedback", "partiallycorrectfeedback", "incorrectfeedback"):
            _html(element, tag, "")
        for shown, why in question.options():
            answer = ET.SubElement(element, "answer", fraction="0" if why else "100", format="html")
            ET.SubElement(answer, "text").text = f"<p>{web.line(shown)}</p>"
            _feedback(answer, why, web)
    elif asked == "text":
        ET.SubElement(element, "usecase").text = "1"
        answer = ET.SubElement(element, "answer", fraction="100", format="moodle_auto_format")
        # An asterisk alone would stand for anything that is written.
        ET.SubElement(answer, "text").text = notation(question.answer).replace("*", r"\*")
        _feedback(answer, None, web)


def _number(element: ET.Element, gap: Gap, digits: str, fraction: int, mistake: Message | None, web: Web) -> None:
    answer = ET.SubElement(element, "answer", fraction=str(fraction), format="moodle_auto_format")
    ET.SubElement(answer, "text").text = digits
    _feedback(answer, mistake, web)
    ET.SubElement(answer, "tolerance").text = decimals(gap.tolerance)


def _feedback(answer: ET.Element, mistake: Message | None, web: Web) -> None:
    _html(answer, "feedback", "" if mistake is None else f"<p>{web.line(mistake)}</p>")


def _text(element: ET.Element, tag: str, text: str) -> ET.Element:
    inner = ET.SubElement(element, tag)
    ET.SubElement(inner, "text").text = text
    return inner


def _html(element: ET.Element, tag: str, html: str) -> ET.Element:
    inner = _text(element, tag, html)
    inner.set("format", "html")
    return inner
