"""A sheet as a Jupyter notebook: what students get, and the key, which is the source that nbgrader makes their
version of.

Each question has its text, a cell for the answer and a cell that checks it (see :mod:`.notebook_check`). The key holds
solutions and hidden tests between nbgrader's marks; nbgrader, or this module, takes them out.
"""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ...errors import UnsupportedError
from ...formula import plain
from ...messages import Message
from ..inline import text
from ..model import Code, Expression, Gap, Numbers, Part, Picture, Question, Step
from . import parts
from .asked import gaps, labels
from .markdown import Markdown
from .notebook_check import comments, hashed, literal, mapping, source, unmarked
from .notebook_forms import letters, points, value
from .parts import Paper, Task

if TYPE_CHECKING:
    from ..sheet import Sheet

_USE = Message(
    "Run the first code cell. Then write each answer in place of the dots, run its cell, and run the cell behind it to "
    "see whether it is right."
)
_LETTER = Message("Write the letter of the right answer in quotes.")
_FORM = Message(
    "Write the formula behind {back}, with {times} for times, {power} for powers and {floor} for rounding down a "
    "quotient.",
    back=Code("return"), times=Code("*"), power=Code("**"), floor=Code("//"),
)  # fmt: skip
_PYTHON = {"display_name": "Python 3", "language": "python", "name": "python3"}


def write(sheet: Sheet, *, key: bool = False, language: str = "en", **_: Any) -> str:
    """The notebook as JSON text.

    Raises ``UnsupportedError`` where nbformat is not installed.
    """
    try:
        nbformat: Any = importlib.import_module("nbformat")
    except ImportError:
        raise UnsupportedError(
            "a notebook needs nbformat, which is not installed", fix="pip install 'convcost[notebook]'"
        ) from None
    readers = {_reader(question) for variant in sheet.variants for question in variant}
    cells = [_cell("code", "check", source(language, readers), locked=True, hidden=True)]
    # nbgrader makes the students' version of the key, so that its headings are theirs.
    for place, paper in enumerate(parts.papers(sheet, key=False, language=language)):
        told = list(_paper(paper, sheet.variants[place], key=key, language=language))
        # The check belongs behind the title, and is needed once.
        cells = [told[0], *cells, *told[1:]] if not place else cells + told
    made = nbformat.from_dict({
        "cells": cells, "metadata": {"kernelspec": _PYTHON, "language_info": {"name": "python"}},
        "nbformat": 4, "nbformat_minor": 5,
    })  # fmt: skip
    nbformat.validate(made)
    return str(nbformat.writes(made)) + "\n"


@dataclass(frozen=True)
class _Asked:
    """A question in a notebook: the names it goes by, what it is answered with, and what is found in a right answer."""

    name: str
    question: Question
    language: str

    @property
    def form(self) -> str:
        """The closed form that is asked for."""
        return self.question.answer.text if isinstance(self.question.answer, Expression) else ""

    def labels(self) -> dict[str, Gap]:
        """The numbers that are asked for, by what they are called; no name stands twice."""
        named: dict[str, Gap] = {}
        for gap, label in labels(self.question):
            told = unmarked(parts.one_line(text(label, self.language)))
            named[told if told not in named else f"{told} ({len(named) + 1})"] = gap
        return named

    def only_label(self) -> list[Message]:
        """What the one number is that is asked for; several are named where they are written."""
        told = [label for _, label in labels(self.question)]
        return told if len(told) == 1 else []

    def places(self) -> dict[str, str]:
        """Each place of the right answer, and what is to be found there."""
        if isinstance(self.question.answer, Numbers):
            named = self.labels()
            if len(named) == 1:
                return {self.name: str(gaps(self.question)[0].rounded)}
            return {f"{self.name}['{label}']": str(gap.rounded) for label, gap in named.items()}
        if self.form:
            return {self.name: " ".join(str(value(self.form, point)) for point in points(self.form))}
        return {self.name: self.letter()}

    def letter(self) -> str:
        """That of the right option."""
        options = self.question.options()
        return next(chr(97 + place) for place, (_, mistake) in enumerate(options) if mistake is None)


def _paper(paper: Paper, questions: tuple[Question, ...], *, key: bool, language: str) -> Iterator[dict[str, Any]]:
    variant = paper.variant
    writer = _Writer(language)
    told = [f"# {writer.inline(paper.heading)}", "", f"*{writer.inline(paper.about)}*", ""]
    told += [f"> {writer.inline(Message.joined(*parts.CONVENTIONS))}", "", writer.line(_USE)]
    yield _cell("markdown", f"title{variant and '-' + variant}", "\n".join(told), locked=True)
    for task, question in zip(paper.tasks, questions, strict=True):
        asked = _Asked(f"answer_{variant}{task.number}", question, language)
        yield from _question(task, asked, writer, key=key)


class _Writer(Markdown):
    """Markdown of which pictures are left out: they are cells of their own, which every Jupyter shows."""

    def part(self, part: Part) -> list[str]:
        if isinstance(part, Picture):
            return [f"*{self.inline(part.alternative)}*", ""]
        return super().part(part)


def _question(task: Task, asked: _Asked, writer: _Writer, *, key: bool) -> Iterator[dict[str, Any]]:
    place = asked.name.removeprefix("answer_")
    lines = [f"## {writer.inline(task.heading)}", ""]
    for part in task.prompt:
        lines += writer.part(part)
    lines += [f"- ({choice.letter}) {writer.inline(choice.shown)}" for choice in task.choices]
    lines += ["", writer.line(_LETTER)] if task.choices else []
    lines += [writer.line(_FORM)] if asked.form else []
    lines += [writer.line(Message("Answer: {asked}.", asked=label)) for label in asked.only_label()]
    yield _cell("markdown", f"question-{place}", "\n".join(lines).rstrip(), locked=True)
    for number, part in enumerate((part for part in task.prompt if isinstance(part, Picture)), start=1):
        yield _picture(f"picture-{place}-{number}", part, asked.language)
    yield _cell("code", f"answer-{place}", "\n".join(_answer(asked, key=key)), solution=True)
    yield _cell("code", f"check-{place}", "\n".join(_check(asked, key=key)), locked=True, points=task.worth)


def _picture(called: str, picture: Picture, language: str) -> dict[str, Any]:
    """A cell that shows a drawing, with its output, so that it is seen before anything is run."""
    bundle = {"image/svg+xml": picture.svg, "text/plain": text(picture.alternative, language)}
    code = f"from IPython.display import display\n\ndisplay({mapping(bundle)}, raw=True)"
    cell = _cell("code", called, code, locked=True, hidden=True)
    cell["outputs"] = [{"output_type": "display_data", "data": bundle, "metadata": {}}]
    return cell


def _answer(asked: _Asked, *, key: bool) -> Iterator[str]:
    """The cell for the answer: dots, and on the key the solution behind them."""
    solution = comments(_told(step, asked.language) for step in asked.question.derivation)
    if asked.form:
        yield f"def {asked.name}({', '.join(letters(asked.form))}):"
        body = ["### BEGIN SOLUTION", *solution, f"return {asked.form}", "### END SOLUTION"] if key else ["return ..."]
        yield from (f"    {line}" for line in body)
        return
    named = asked.labels()
    empty = mapping(dict.fromkeys(named, ...)) if len(named) > 1 else "..."
    yield f"{asked.name} = {empty}"
    if key:
        yield from ("### BEGIN SOLUTION", *solution, f"{asked.name} = {_right(asked, named)}", "### END SOLUTION")


def _told(step: Step, language: str) -> str:
    told = text(step.text, language)
    if step.formula is not None:
        told += (" " if told.endswith((".", "。")) else ": ") + plain(step.formula, language)
    return parts.one_line(told)


def _right(asked: _Asked, named: dict[str, Gap]) -> str:
    """The right answer as Python code."""
    if not named:
        return literal(asked.letter())
    if len(named) == 1:
        return next(iter(named.values())).digits
    entries = (f"    {literal(label)}: {gap.digits}," for label, gap in named.items())
    return "\n".join(["{", *entries, "}"])


def _check(asked: _Asked, *, key: bool) -> Iterator[str]:
    """The cell that checks: against hashes, and on the key against the answer itself."""
    yield f"found = {_reading(asked)}"
    salt = unmarked(parts.one_line(asked.question.name))
    hashes = {place: hashed(salt + place, found) for place, found in asked.places().items()}
    hint = parts.one_line(text(asked.question.hint, asked.language))
    yield f"check(found, {mapping(hashes)}, salt={literal(salt)}, hint={literal(hint)})"
    if key:
        yield from ("### BEGIN HIDDEN TESTS", f"assert found == {mapping(asked.places())}", "### END HIDDEN TESTS")


def _reader(question: Question) -> str:
    """What reads the answer of a question."""
    if isinstance(question.answer, Numbers):
        return "numbers"
    return "form" if isinstance(question.answer, Expression) else "letter"


def _reading(asked: _Asked) -> str:
    name, reader = literal(asked.name), _reader(asked.question)
    if reader == "form":
        return f"read_form({name}, {literal(points(asked.form))})"
    named = asked.labels()
    if reader == "letter":
        options = "".join(chr(97 + place) for place in range(len(asked.question.options())))
        return f"read_letter({name}, {literal(options)})"
    wanted = {label: None if isinstance(gap.value, int) else gap.places for label, gap in named.items()}
    return f"read_numbers({name}, {mapping(wanted)})"


def _cell(
    kind: str,
    called: str,
    content: str,
    *,
    locked: bool = False,
    solution: bool = False,
    hidden: bool = False,
    points: int | None = None,
) -> dict[str, Any]:
    """A cell with nbgrader's metadata; a ``hidden`` one is folded up."""
    graded: dict[str, Any] = {
        "grade": points is not None, "grade_id": called, "locked": locked, "schema_version": 3, "solution": solution,
        "task": False, **({} if points is None else {"points": points}),
    }  # fmt: skip
    folded: dict[str, Any] = {"jupyter": {"source_hidden": True}} if hidden else {}
    cell: dict[str, Any] = {
        "cell_type": kind, "id": called, "metadata": {"nbgrader": graded} | folded,
        "source": content if kind == "code" else unmarked(content),
    }  # fmt: skip
    return cell | ({"execution_count": None, "outputs": []} if kind == "code" else {})
