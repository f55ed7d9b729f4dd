"""A quiz for Canvas, as the QTI package that text2qti makes: a group of which one is drawn for each place of the sheet.

text2qti reads a text of its own with Markdown in it, can run code that stands there and reads files that pictures name.
So every prompt is given to it as one line of HTML in which every character that means something to it is a reference,
and nothing is left that it could read as anything else. Its questions take one number; several numbers are asked for by
multiple choice among whole answers, or where there are no wrong ones as a list with commas.
"""

from __future__ import annotations

import html
import io
import re
import zipfile
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from ...errors import SpecError, UnsupportedError
from ...formula import Formula, latex
from ...messages import Message
from ..model import Gap, Picture, Question
from .asked import PLAIN_DIGITS, decimals, gaps, heading, instruction, kind, labels, name, notation, slots
from .parts import CONVENTIONS, visible
from .webtext import Web

if TYPE_CHECKING:
    from ..sheet import Sheet

#: Files in the package carry the first date that a zip can hold, so that the same sheet gives the same bytes.
_EPOCH = (1980, 1, 1, 0, 0, 0)
#: text2qti writes numbers that are not whole with so many decimals.
_DECIMALS = 4
_LIST = Message("Write the numbers in this order with commas between them, such as 3,28,28.")
_DATE = re.compile(rb"(?<=<imsmd:dateTime>)[^<]*")
#: What means something to text2qti, even within HTML.
_TRAPS = str.maketrans({char: f"&#{ord(char)};" for char in "\\$`~{}"})


def write(sheet: Sheet, *, language: str = "en", **_: Any) -> bytes:
    """The zip file to import; it always holds the answers.

    Raises ``UnsupportedError`` where text2qti is not installed.
    """
    try:
        from text2qti.config import Config
        from text2qti.err import Text2qtiError
        from text2qti.markdown import Image, Markdown
        from text2qti.qti import QTI
        from text2qti.quiz import Quiz
    except ImportError:
        raise UnsupportedError(
            "a package for Canvas needs text2qti, which is not installed", fix="pip install 'convcost[lms]'"
        ) from None
    config = Config(run_code_blocks=False)
    web = _Canvas(language, Markdown(config).latex_to_canvas_img)
    try:
        quiz = Quiz("\n".join(_lines(sheet, web)), config=config)
    except Text2qtiError as error:
        raise SpecError(f"text2qti does not take this sheet: {error}") from None
    # text2qti adds up all questions of a group, and the group.
    quiz.points_possible = sum(_worth(drawn) for _, drawn in slots(sheet, language))
    for called, data in web.pictures.items():
        image = Image(called, data)
        quiz.images[image.id] = image
    return _dateless(QTI(quiz).zip_bytes())


def _dateless(package: bytes) -> bytes:
    """The same package without the time of its making."""
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(package)) as made, zipfile.ZipFile(stream, "w") as kept:
        for entry in made.infolist():
            plain = zipfile.ZipInfo(entry.filename, _EPOCH)
            plain.compress_type = zipfile.ZIP_DEFLATED
            plain.create_system = 3
            plain.external_attr = (0o40755 if entry.is_dir() else 0o100644) << 16
            kept.writestr(plain, _DATE.sub(b"1980-01-01", made.read(entry)))
    return stream.getvalue()


class _Canvas(Web):
    """HTML of which text2qti understands nothing; formulas are the images that Canvas makes of LaTeX."""

    def __init__(self, language: str, image: Callable[[str], str]) -> None:
        super().__init__(language)
        self.image = image
        self.pictures: dict[str, bytes] = {}

    def text(self, text: str) -> str:
        return html.escape(visible(text)).translate(_TRAPS)

    def mathematics(self, formula: Formula) -> str:
        return self.image(visible(latex(formula, self.language))).translate(_TRAPS)

    def picture(self, picture: Picture) -> str:
        data = picture.svg.encode()
        known = [called for called, kept in self.pictures.items() if kept == data]
        called = known[0] if known else f"picture-{len(self.pictures) + 1}.svg"
        self.pictures[called] = data
        return f'<img src="%24IMS-CC-FILEBASE%24/images/{called}" alt="{self.line(picture.alternative)}">'


def _worth(drawn: tuple[Question, ...]) -> int:
    """Points of a place: those of its questions, which must be the same in a group."""
    return max(question.points for question in drawn)


def _lines(sheet: Sheet, web: _Canvas) -> Iterator[str]:
    yield f"Quiz title: {heading(sheet, web.language)}"
    yield f"Quiz description: {_block('about', web.part(Message.joined(*CONVENTIONS)))}"
    yield "Shuffle answers: true"
    for slot, drawn in slots(sheet, web.language):
        worth = _worth(drawn)
        several = len(drawn) > 1
        if several:
            yield from ("", "GROUP", "pick: 1", f"points per question: {worth}")
        for place, question in enumerate(drawn, start=1):
            yield from ("", f"Title: {name(slot, place, question)}", f"Points: {worth}")
            yield from _question(question, f"question-{slot.partition(' ')[0]}-{place}", web)
        if several:
            yield from ("", "END_GROUP")


def _block(called: str, content: str) -> str:
    """One line of HTML; its name makes two questions with the same words two."""
    return f'<div id="{called}">{content}</div>'


def _question(question: Question, called: str, web: _Canvas) -> Iterator[str]:
    asked = kind(question)
    prompt = web.parts(question.prompt)
    by_choice = asked == "choice" or (asked == "numbers" and bool(question.distractors))
    if not by_choice and asked != "text":
        prompt += web.part(_instruction(question))
    yield f"1. {_block(called, prompt)}"
    yield f"... {_block('derivation', web.derivation(question.derivation, question.answer.shown))}"
    yield f"- {_block('hint', web.part(question.hint))}"
    if by_choice:
        yield from _options(question, web)
    else:
        yield from _numbers(question) if asked != "text" else (f"* {notation(question.answer)}",)


def _instruction(question: Question) -> Message:
    if len(gaps(question)) == 1:
        return instruction(question)
    asked = Message.joined(*(label for _, label in labels(question)), by="; ")
    return Message.joined(Message("Answer: {asked}.", asked=asked), PLAIN_DIGITS, _LIST)


def _options(question: Question, web: _Canvas) -> Iterator[str]:
    for place, (shown, mistake) in enumerate(question.options(), start=1):
        # The letter says only that it is an option; Canvas shows them without, in an order of its own.
        yield f"{'' if mistake else '*'}a) {_block(f'option-{place}', web.line(shown))}"
        if mistake:
            yield f"... {_block('mistake', web.line(mistake))}"


def _numbers(question: Question) -> Iterator[str]:
    asked = gaps(question)
    if len(asked) > 1:
        yield from (f"* {by.join(gap.digits for gap in asked)}" for by in (",", ", "))
    elif not _numerical(asked[0]):
        yield f"* {asked[0].digits}"
    elif isinstance(asked[0].value, int):
        yield f"= {asked[0].digits}"
    else:
        yield f"= {asked[0].digits} +- {decimals(asked[0].tolerance)}"


def _numerical(gap: Gap) -> bool:
    """Whether text2qti takes the number exactly as one: it wants 0.0001 at least, and rounds its ends."""
    if isinstance(gap.value, int):
        return gap.value != 0
    least = abs(gap.rounded) - gap.tolerance
    return gap.places < _DECIMALS and least * 10**_DECIMALS >= 1
