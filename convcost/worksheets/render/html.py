"""Sheets as one HTML file: MathML, no script, nothing loaded from anywhere; or as a fragment for notebooks.

On the key hint and solution are folded up, so that it serves for practice too; on paper they stand open.
"""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Iterable, Iterator
from functools import cache
from hashlib import sha256
from html import escape
from importlib.resources import files
from typing import TYPE_CHECKING

from ...formula import Formula, Num, fragments, mathml, plain
from ...formula.mathml import MathML
from ...messages import Message, between
from ..inline import Piece, text
from ..model import Code, Grid, Hole, Inline, Listing, Part, Picture
from . import parts
from .kept import kept, kept_in_cell
from .markdown import data_address
from .parts import Paper, Solution, Task

if TYPE_CHECKING:
    from ..sheet import Sheet

_SIZES = {"a4": "A4", "us-letter": "letter"}
_LANGUAGES = {"zh": "zh-Hans"}
#: Formulas on lines of their own fit a tablet; on a telephone they can be pushed aside.
WIDTH = 76
#: Formulas inside of a line have as much in one piece as fits a telephone.
SHORT = 26
#: Where a line may break.
JOINT = "<wbr>"
#: What stands close behind a formula: a unit, marks.
_CLOSE = re.compile("(?:\xa0[A-Za-z]+|\xa0[^ ])?[),.;:!?%，。；：）]*")


def write(
    sheet: Sheet, *, fmt: str = "html", key: bool = False, language: str = "en", paper: str = "a4", **_: object
) -> str:
    """The sheet, or its key, as a page or as the ``html-fragment`` that a notebook shows."""
    writer = Html(language)
    papers = parts.papers(sheet, key=key, language=language)
    kind = "key" if key else "student"
    body = [f'<div class="worksheet {kind}" lang="{_LANGUAGES.get(language, language)}">']
    for one in papers:
        body += writer.paper(one)
    body.append("</div>")
    if fmt == "html-fragment":
        return parts.finished([f"<style>{style()}</style>", *body])
    title = Message.joined(papers[0].title, parts.KEY if key else "", by=" · ").to(language)
    return parts.finished([*_head(title, language, paper), *body, "</body>", "</html>"])


@cache
def style() -> str:
    """The style sheet of pages and fragments."""
    return files(__package__).joinpath("sheet.css").read_text(encoding="utf-8")


def _head(title: str, language: str, paper: str) -> Iterator[str]:
    css = (
        f"@page {{ size: {_SIZES[paper]}; margin: 18mm 18mm 20mm; }}\n"
        "html { color-scheme: light dark; } body { margin: 0; }\n"
        "@media (prefers-color-scheme: dark) { html { background: #1a1917; } }\n"
        f"@media print {{ html {{ color-scheme: light; background: #fff; }} }}\n{style()}"
    )
    # Exactly this style is allowed, pictures that are part of the page, and nothing else.
    digest = b64encode(sha256(css.encode()).digest()).decode()
    policy = f"default-src 'none'; style-src 'sha256-{digest}'; img-src data:; base-uri 'none'; form-action 'none'"
    yield "<!doctype html>"
    yield f'<html lang="{_LANGUAGES.get(language, language)}">'
    yield '<head>\n<meta charset="utf-8">'
    yield f'<meta http-equiv="Content-Security-Policy" content="{policy}">'
    yield '<meta name="viewport" content="width=device-width, initial-scale=1">'
    yield f"<title>{_escaped(title)}</title>"
    yield f"<style>{css}</style>"
    yield "</head>\n<body>"


def _escaped(content: str) -> str:
    return escape(parts.visible(content))


class Html:
    """Writes in one language."""

    def __init__(self, language: str) -> None:
        self.language = language
        self.colon = between(": ", language)

    # -- lines -----------------------------------------------------------------------------------------------------

    def inline(self, content: Inline | Hole | str) -> str:
        """A line of text."""
        return self._joined(kept(content, self.language))

    def _joined(self, found: list[Piece]) -> str:
        """Pieces in a row; browsers would break between a formula and whatever follows it."""
        told = list(found)
        made = []
        for place, piece in enumerate(told):
            behind = told[place + 1] if place + 1 < len(told) else ""
            close = _CLOSE.match(behind) if isinstance(piece, Formula) and isinstance(behind, str) else None
            if close and close[0]:
                told[place + 1] = str(behind)[close.end() :]
                before, joint, last = self._piece(piece).rpartition(JOINT)
                made.append(f'{before}{joint}<span class="number">{last}{_escaped(close[0])}</span>')
            else:
                made.append(self._piece(piece))
        return "".join(made)

    def _piece(self, piece: Piece) -> str:
        if isinstance(piece, Num):
            return f'<span class="number">{_escaped(plain(piece))}</span>'
        if isinstance(piece, Formula):
            opening = '<math displaystyle="true">' if parts.tall(piece) else "<math>"
            told = fragments(MathML(self.language), piece, SHORT)
            return JOINT.join(f"{opening}{one}</math>" for one in told)
        return f"<code>{_escaped(piece.text)}</code>" if isinstance(piece, Code) else _escaped(piece)

    def formula(self, content: Formula) -> str:
        """A formula on lines of its own."""
        return f'<div class="wide">{mathml(content, self.language, display=True, width=WIDTH)}</div>'

    def listed(self, kind: str, name: str, items: Iterable[str]) -> str:
        """A list."""
        return f'<{kind} class="{name}">{"".join(f"<li>{item}</li>" for item in items)}</{kind}>'

    # -- parts -----------------------------------------------------------------------------------------------------

    def part(self, part: Part) -> str:
        """A part of a prompt."""
        if isinstance(part, Formula):
            return self.formula(part)
        if isinstance(part, Listing):
            return self.listed("ol", "listing", (self.inline(line) for line in part.lines))
        if isinstance(part, Grid):
            return self._grid(part)
        if isinstance(part, Picture):
            alternative = escape(parts.visible(text(part.alternative, self.language)))
            return f'<figure><img alt="{alternative}" src="{data_address(part)}"></figure>'
        return f"<p>{self.inline(part)}</p>"

    def _grid(self, grid: Grid) -> str:
        head = "".join(f'<th scope="col">{self.inline(cell)}</th>' for cell in grid.head)
        rows = "\n".join(f"<tr>{''.join(self._cell(cell) for cell in row)}</tr>" for row in grid.rows)
        return f'<div class="wide"><table>\n<thead><tr>{head}</tr></thead>\n<tbody>\n{rows}\n</tbody></table></div>'

    def _cell(self, cell: Inline | Hole) -> str:
        opening = '<td class="hole">' if isinstance(cell, Hole) else "<td>"
        return f"{opening}{self._joined(kept_in_cell(cell, self.language))}</td>"

    # -- sheets ----------------------------------------------------------------------------------------------------

    def paper(self, paper: Paper) -> Iterator[str]:
        """A variant."""
        yield f'<section class="paper">\n<h1>{self.inline(paper.heading)}</h1>'
        yield f'<p class="about">{self.inline(paper.about)}</p>'
        if not paper.key:
            fields = "".join(f"<span>{self.inline(label)}</span>" for label in (parts.NAME, parts.DATE))
            yield f'<p class="fields">{fields}</p>'
        yield f'<p class="conventions">{self.inline(Message.joined(*parts.CONVENTIONS))}</p>'
        for task in paper.tasks:
            yield from self.task(task)
        yield "</section>"

    def task(self, task: Task) -> Iterator[str]:
        """A question."""
        yield f'<section class="task">\n<div class="prompt">\n<h2>{self.inline(task.heading)}</h2>'
        yield from map(self.part, task.prompt)
        if task.choices:
            if not task.solution:
                yield f'<p class="note">{self.inline(parts.TICK)}</p>'
            boxes = (
                f'<span class="box"></span><span>({choice.letter})</span><span>{self.inline(choice.shown)}</span>'
                for choice in task.choices
            )
            yield self.listed("ol", "options", boxes)
        yield "</div>"
        yield from self.solution(task.solution) if task.solution else self.blanks(task)
        yield "</section>"

    def blanks(self, task: Task) -> Iterator[str]:
        """Where the answers go, under room to work in on paper."""
        yield f'<div class="room worth{1 if task.choices else min(task.worth, 6)}"></div>'
        yield '<div class="blanks">'
        for blank in task.blanks:
            after = f" <span>{self.inline(blank.unit)}</span>" if blank.unit else ""
            after += f' <span class="note">{self.inline(blank.note)}</span>' if blank.note else ""
            wide = " wide-rule" if blank.wide else ""
            label = f"<span>{self.inline(blank.label)}{self.colon.strip()}</span>"
            yield f'<p class="blank">{label} <span class="rule{wide}"></span>{after}</p>'
        yield "</div>"

    def solution(self, solution: Solution) -> Iterator[str]:
        """What the key says."""
        yield self._folded(parts.HINT, f"<p>{self.inline(solution.hint)}</p>")
        steps = (
            f"{self.inline(step.text)}{self.formula(step.formula) if step.formula else ''}" for step in solution.steps
        )
        inner = [self.listed("ol", "steps", steps)]
        first, *more = solution.answer
        inner.append(f'<p class="answer wide">{self.inline(parts.ANSWER)}{self.colon}{self.inline(first)}</p>')
        if more:
            inner.append(self.listed("ul", "answers", map(self.inline, more)))
        if solution.mistakes:
            listed = self.listed("ul", "", map(self._pushed, solution.mistakes))
            inner.append(f'<div class="mistakes"><p>{self.inline(parts.MISTAKES)}</p>{listed}</div>')
        yield self._folded(parts.SOLUTION, "\n".join(inner))

    def _pushed(self, line: Message) -> str:
        """A line that may be wider than a telephone."""
        return f'<div class="wide">{self.inline(line)}</div>'

    def _folded(self, head: Message, inner: str) -> str:
        return f"<details>\n<summary>{self.inline(head)}</summary>\n{inner}\n</details>"
