"""A sheet as data for the Typst template ``sheet.typ``: text as text, formulas with what a screen reader says."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from ...formula import Formula, Num, fragments, plain, typst
from ...formula.plain import Plain
from ...formula.typst import Typst
from ...messages import Message, between
from ..inline import Piece, text
from ..model import Code, Grid, Hole, Inline, Listing, Part, Picture
from . import parts
from .kept import SHORT, kept, kept_in_cell
from .parts import Blank, Paper, Solution, Task

if TYPE_CHECKING:
    from ..sheet import Sheet

#: Characters of plain text on a line between the margins.
WIDTH = 84
#: Where a line may break.
JOINT = "\u200b"
PAGE = Message("Page {number} of {count}", number="{number}", count="{count}")
#: Characters in the head of a page.
LONGEST = 90
#: Width and height of the text on a page, in points: the paper without the margins that the template sets.
AREAS = {"a4": (476, 725), "us-letter": (492, 675)}


def sheet_data(sheet: Sheet, *, key: bool, language: str, paper: str) -> dict[str, Any]:
    """Everything that the template is told, but for the fonts."""
    papers = parts.papers(sheet, key=key, language=language)
    typesetter = Typesetter(language)
    title = Message.joined(papers[0].title, parts.KEY if key else "", by=" · ")
    return {
        "title": parts.one_line(text(title, language)),
        "language": language,
        "region": {"zh": "cn"}.get(language),
        "paper": paper,
        "width": AREAS[paper][0],
        "height": AREAS[paper][1],
        "texts": typesetter.texts(),
        "papers": [typesetter.paper(one) for one in papers],
    }


class Typesetter:
    """Makes data in one language."""

    def __init__(self, language: str) -> None:
        self.language = language

    def texts(self) -> dict[str, str]:
        """What stands around the questions."""
        told = {
            "name": parts.NAME, "date": parts.DATE, "answer": parts.ANSWER, "hint": parts.HINT, "page": PAGE,
            "mistakes": parts.MISTAKES, "tick": parts.TICK, "conventions": Message.joined(*parts.CONVENTIONS),
        }  # fmt: skip
        colon = between(": ", self.language)
        return {name: message.to(self.language) for name, message in told.items()} | {
            "colon": colon,
            "end": colon.strip(),
        }

    # -- lines -----------------------------------------------------------------------------------------------------

    def line(self, content: Inline | Hole | str) -> list[dict[str, str]]:
        """The pieces of a line."""
        return [told for piece in kept(content, self.language) for told in self._piece(piece)]

    def cell(self, content: Inline | Hole) -> list[dict[str, str]]:
        """The pieces of a cell of a table."""
        return [told for piece in kept_in_cell(content, self.language) for told in self._piece(piece)]

    def _piece(self, piece: Piece) -> Iterator[dict[str, str]]:
        if isinstance(piece, Num):
            yield {"kind": "number", "text": _text(plain(piece))}
        elif isinstance(piece, Formula):
            yield from self._fragments(piece)
        elif isinstance(piece, Code):
            yield {"kind": "code", "text": _text(piece.text)}
        else:
            yield {"kind": "text", "text": _text(piece)}

    def _fragments(self, formula: Formula) -> Iterator[dict[str, str]]:
        """A formula within a line, which may break between its pieces only."""
        codes, told = (fragments(writer(self.language), formula, SHORT) for writer in (Typst, Plain))
        for number, (code, alt) in enumerate(zip(codes, told, strict=True)):
            if number:
                yield {"kind": "text", "text": JOINT}
            # What would not even fit on a line of its own must be broken somewhere.
            kind = "tall" if parts.tall(formula) else "formula" if len(alt) <= WIDTH else "loose"
            yield {"kind": kind, "code": code, "alt": parts.one_line(alt) or "–"}

    def _said(self, formula: Formula) -> str:
        return parts.one_line(plain(formula, self.language)) or "–"

    def formula(self, content: Formula) -> dict[str, str]:
        """A formula on lines of its own."""
        folded = typst(content, self.language, display=True, width=WIDTH)
        return {"kind": "formula", "code": typst(content, self.language), "lines": folded, "alt": self._said(content)}

    # -- parts -----------------------------------------------------------------------------------------------------

    def part(self, part: Part) -> dict[str, Any]:
        """A part of a prompt."""
        if isinstance(part, Formula):
            return self.formula(part)
        if isinstance(part, Listing):
            return {"kind": "listing", "lines": [self.line(line) for line in part.lines]}
        if isinstance(part, Grid):
            rows = [[{"hole": isinstance(cell, Hole), "pieces": self.cell(cell)} for cell in row] for row in part.rows]
            return {"kind": "grid", "head": [self.line(cell) for cell in part.head], "rows": rows}
        if isinstance(part, Picture):
            return {"kind": "picture", "svg": part.svg, "alt": parts.one_line(text(part.alternative, self.language))}
        return {"kind": "line", "pieces": self.line(part)}

    def paper(self, paper: Paper) -> dict[str, Any]:
        """A variant."""
        return {
            "heading": self.line(paper.heading),
            "running": self.running(paper),
            "about": self.line(paper.about),
            "key": paper.key,
            "tasks": [self.task(task) for task in paper.tasks],
        }

    def running(self, paper: Paper) -> str:
        """The heading for the head of later pages, cut to one line."""
        told = parts.one_line(text(paper.heading, self.language))
        return told if len(told) <= LONGEST else told[: LONGEST - 1].rstrip() + "…"

    def task(self, task: Task) -> dict[str, Any]:
        """A question."""
        return {
            "heading": self.line(task.heading),
            "worth": task.worth,
            "prompt": [self.part(part) for part in task.prompt],
            "columns": parts.columns(task),
            "choices": [{"letter": choice.letter, "shown": self.line(choice.shown)} for choice in task.choices],
            "blanks": [self.blank(blank) for blank in task.blanks],
            "solution": self.solution(task.solution) if task.solution else None,
        }

    def blank(self, blank: Blank) -> dict[str, Any]:
        """A place for an answer."""
        return {
            "label": self.line(blank.label),
            "unit": self.line(blank.unit) if blank.unit else None,
            "wide": blank.wide,
            "note": self.line(blank.note) if blank.note else None,
        }

    def solution(self, solution: Solution) -> dict[str, Any]:
        """What the key says."""
        return {
            "hint": self.line(solution.hint),
            "steps": [
                {"text": self.line(step.text), "formula": self.formula(step.formula) if step.formula else None}
                for step in solution.steps
            ],
            "answer": [self.line(line) for line in solution.answer],
            "mistakes": [self.line(line) for line in solution.mistakes],
        }


def _text(content: str) -> str:
    """Text whose longest words can be broken where nothing else would keep them on the paper."""
    return parts.parted(parts.visible(content), JOINT)
