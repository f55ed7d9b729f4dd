"""What every rendering of a sheet says, before any markup: headings, questions, blanks and, on the key, solutions.

A student sheet is written from papers that hold no solution, so that no rendering can give one away. Hints stand on
the key only: a sheet may be a test. The key as web page keeps hint and solution folded up, and so is also the page for
those who practise alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ...formula import Formula, Frac, Num
from ...formula.nodes import children
from ...messages import Message
from ..inline import has_hole
from ..model import Answer, Expression, Gap, Grid, Inline, Numbers, Part, Pick, Question, Step
from ..topics import LEVELS, topic

if TYPE_CHECKING:
    from ..sheet import Sheet

KEY = Message("Answer key")
NAME, DATE = Message("Name"), Message("Date")
ANSWER, HINT, SOLUTION = Message("Answer"), Message("Hint"), Message("Solution")
MISTAKES = Message("Where wrong answers come from")
TICK = Message("Tick one answer.")
FORMULA = Message("formula")
PICTURE = Message("Picture")
CONVENTIONS = (
    Message("Shapes are channels × height × width, without the batch."),
    Message("One MAC is one multiply-accumulate."),
    Message("Biases count as parameters, not as MACs; taps on the padding count as MACs."),
)


@dataclass(frozen=True)
class Blank:
    """A place for an answer: what is asked for, and how it is to be written."""

    label: Message
    unit: Message | None = None
    note: Message | None = None
    #: Whether a formula has to fit in.
    wide: bool = False


@dataclass(frozen=True)
class Choice:
    """An option of a multiple-choice question."""

    letter: str
    shown: Inline


@dataclass(frozen=True)
class Solution:
    """What only the key says; ``answer`` has a line or more, ``mistakes`` tell where wrong answers come from."""

    hint: Message
    steps: tuple[Step, ...]
    answer: tuple[Inline, ...]
    mistakes: tuple[Message, ...]


@dataclass(frozen=True)
class Task:
    """A question as it stands on paper; without ``solution`` on the student sheet."""

    number: int
    title: Message
    points: Message
    worth: int
    prompt: tuple[Part, ...]
    choices: tuple[Choice, ...]
    blanks: tuple[Blank, ...]
    solution: Solution | None

    @property
    def heading(self) -> Message:
        """Number, topic and points."""
        return Message("{number}. {title} ({points})", number=self.number, title=self.title, points=self.points)


@dataclass(frozen=True)
class Paper:
    """One variant: what a student gets, or its key."""

    title: str
    key: bool
    variant: str
    about: Message
    tasks: tuple[Task, ...]

    @property
    def heading(self) -> Message:
        """The title, what it is, and which variant."""
        told = [self.title, KEY if self.key else "", self.variant_told]
        return Message.joined(*told, by=" · ")

    @property
    def variant_told(self) -> Message | str:
        """The variant in words, nothing where there is one only."""
        return Message("Variant {letter}", letter=self.variant) if self.variant else ""


def papers(sheet: Sheet, *, key: bool, language: str) -> tuple[Paper, ...]:
    """The variants of a sheet, each with its own numbering."""
    title = one_line(sheet.heading(language)) or "–"
    several = len(sheet.variants) > 1
    return tuple(_paper(sheet, title, questions, several=several, key=key) for questions in sheet.variants)


def _paper(sheet: Sheet, title: str, questions: tuple[Question, ...], *, several: bool, key: bool) -> Paper:
    variant = questions[0].name.rpartition("-")[2] if questions else ""
    about = Message.joined(
        Message("Level {number}: {about}", number=sheet.level, about=LEVELS[sheet.level - 1].about),
        Message("sheet {number}", number=sheet.number),
        *([Message("seed {seed}", seed=one_line(str(sheet.seed)))] if key else []),
        _points(sum(question.points for question in questions)),
        by="; ",
    )
    tasks = tuple(_task(number, question, key=key) for number, question in enumerate(questions, start=1))
    # The first variant by itself is the sheet.
    return Paper(title, key, variant if several or variant != "A" else "", about, tasks)


def _points(count: int) -> Message:
    return Message("1 point") if count == 1 else Message("{count} points", count=count)


def _task(number: int, question: Question, *, key: bool) -> Task:
    choices = _choices(question)
    blanks = () if choices else tuple(_blanks(question))
    solution = _solution(question, choices) if key else None
    title, points = topic(question.topic).title, question.points
    return Task(number, title, _points(points), points, question.prompt + question.beside, choices, blanks, solution)


def _choices(question: Question) -> tuple[Choice, ...]:
    if not isinstance(question.answer, Pick):
        return ()
    return tuple(Choice(chr(97 + place), shown) for place, (shown, _) in enumerate(question.options()))


def _blanks(question: Question) -> Iterator[Blank]:
    if isinstance(question.answer, Expression):
        yield Blank(FORMULA, wide=True)
    elif isinstance(question.answer, Numbers):
        for gap, label in labelled(question, question.answer.gaps):
            yield Blank(
                label, gap.unit, None if isinstance(gap.value, int) else Message("({note})", note=rounding(gap))
            )
    else:
        yield Blank(ANSWER)


def labelled(question: Question, gaps: tuple[Gap, ...]) -> Iterator[tuple[Gap, Message]]:
    """Gaps with their labels, numbered where the cells of a grid are."""
    numbered = has_holes(question)
    for number, gap in enumerate(gaps, start=1):
        label = Message("({number}) {label}", number=number, label=gap.label) if numbered else gap.label
        yield gap, label


def has_holes(question: Question) -> bool:
    """Whether a grid of the question has empty cells."""
    grids = [part for part in question.prompt if isinstance(part, Grid)]
    return any(has_hole(cell) for grid in grids for row in grid.rows for cell in row)


def rounding(gap: Gap) -> Message:
    """How a fraction is to be written."""
    if gap.places < 2:
        return Message("rounded to 1 decimal") if gap.places else Message("rounded to a whole number")
    return Message("rounded to {places} decimals", places=gap.places)


def _solution(question: Question, choices: tuple[Choice, ...]) -> Solution:
    letters = {str(choice.shown): choice.letter for choice in choices}
    mistakes = tuple(
        Message("{answer}: {mistake}", answer=_lettered(wrong.shown, letters), mistake=wrong.mistake)
        for wrong in question.distractors
    )
    return Solution(question.hint, question.derivation, tuple(_answer(question, question.answer, letters)), mistakes)


def _lettered(shown: Inline, letters: dict[str, str]) -> Inline:
    letter = letters.get(str(shown))
    return Message("({letter}) {shown}", letter=letter, shown=shown) if letter else shown


def _answer(question: Question, answer: Answer, letters: dict[str, str]) -> Iterator[Inline]:
    """The answer, and each gap where the answer as a whole does not tell them all."""
    yield _lettered(answer.shown, letters)
    if not isinstance(answer, Numbers):
        return
    whole = str(answer.shown).replace(",", "")
    if not has_holes(question) and all(gap.digits in whole for gap in answer.gaps):
        return
    for gap, label in labelled(question, answer.gaps):
        told = Message("{label}: {value}", label=label, value=Num(_grouped(gap.digits)))
        yield Message("{number} {unit}", number=told, unit=gap.unit) if gap.unit else told


def tall(formula: Formula) -> bool:
    """Whether it has a fraction, which inside of a line would be set too small for the pencil of a student."""
    return isinstance(formula, Frac) or any(tall(part) for part in children(formula))


def columns(task: Task) -> int:
    """How many options stand side by side."""
    longest = max((len(str(choice.shown)) for choice in task.choices), default=0)
    return 4 if longest <= 12 else 2 if longest <= 32 else 1


def _grouped(digits: str) -> str:
    """Digits as people write them.

    >>> _grouped("-12443.50")
    '−12,443.50'
    """
    whole, point, rest = digits.removeprefix("-").partition(".")
    return "−" * digits.startswith("-") + f"{int(whole):,}" + point + rest


_BLANKS = re.compile("[ \t\n\r\f\v\x1c-\x1f\x85\u2028\u2029]+")
#: Control characters, halves of pairs, code points that are no characters, and the signs that turn the direction of
#: writing and could make a text look like another one.
_UNSEEN = re.compile("[\0-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\u202a-\u202e\u2066-\u2069\ufdd0-\ufdef\ufffe\uffff]")


def one_line(text: str) -> str:
    r"""Text on one line, without characters that cannot be seen.

    >>> one_line("a\n b\0\u202ec")
    'a bc'
    """
    return _UNSEEN.sub("", _BLANKS.sub(" ", text)).strip()


def visible(text: str) -> str:
    """A piece of a line without characters that cannot be seen; blanks at its ends stay."""
    return _UNSEEN.sub("", _BLANKS.sub(" ", text))


def finished(lines: Iterator[str] | list[str]) -> str:
    """The text of a whole document."""
    return _UNSEEN.sub("", "\n".join(lines)).rstrip("\n") + "\n"


def parted(text: str, joint: str, longest: int = 40, every: int = 24) -> str:
    """A text whose very long words may be broken at ``joint``, because nothing else would keep them on the paper.

    >>> parted("a" * 9 + " b", "-", longest=8, every=4)
    'aaaa-aaaa-a b'
    """
    return re.sub(
        rf"\S{{{longest},}}",
        lambda word: joint.join(word[0][i : i + every] for i in range(0, len(word[0]), every)),
        text,
    )
