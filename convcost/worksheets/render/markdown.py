"""Sheets in Markdown, with formulas between dollar signs and tables with pipes: for JupyterLab, pandoc and editors."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from ...formula import Formula, Num, latex, plain
from ...messages import Message, between
from ..inline import pieces, text
from ..model import Code, Grid, Hole, Inline, Listing, Part, Picture
from . import parts
from .parts import Paper, Solution, Task

if TYPE_CHECKING:
    from ..sheet import Sheet

BLANK = "_" * 12


def write(sheet: Sheet, *, key: bool = False, language: str = "en", **_: object) -> str:
    """The sheet, or its key, as Markdown; variants stand one behind the other."""
    writer = Markdown(language)
    papers = parts.papers(sheet, key=key, language=language)
    lines: list[str] = []
    for number, paper in enumerate(papers):
        lines += ["---", ""] if number else []
        lines += writer.paper(paper)
    return parts.finished(lines)


def escaped(content: str) -> str:
    r"""Text that is no markup, wherever in a line it stands.

    >>> escaped("a*b* <i> $x$ | [1](2)")
    'a\\*b\\* \\<i\\> \\$x\\$ \\| \\[1\\](2)'
    """
    content = re.sub(r"([\\`*_\[\]<>$|~#&@])", r"\\\1", parts.visible(content))
    # Addresses become links by themselves.
    return re.sub(r"(?i)(?<=www)(?=\.)|(?=://)", r"\\", content)


def beginning(line: str) -> str:
    r"""A line that begins no list, heading or rule.

    >>> beginning("1. x"), beginning("- x"), beginning("10 x")
    ('1\\. x', '\\- x', '10 x')
    """
    return re.sub(
        r"^(\s*)(?:([-+=:!])|(\d+)(?=[.)]))", lambda m: f"{m[1]}\\{m[2]}" if m[2] else f"{m[1]}{m[3]}\\", line
    )


class Markdown:
    """Writes in one language."""

    def __init__(self, language: str) -> None:
        self.language = language
        self.colon = between(": ", language)

    # -- lines -----------------------------------------------------------------------------------------------------

    def inline(self, content: Inline | Hole | str) -> str:
        """A line of text."""
        return "".join(self._piece(piece) for piece in pieces(content, self.language))

    def _piece(self, piece: str | Formula | Code) -> str:
        if isinstance(piece, Num):
            return escaped(plain(piece))
        if isinstance(piece, Formula):
            return f"${latex(piece, self.language)}$"
        return _code(piece.text) if isinstance(piece, Code) else escaped(piece)

    def cell(self, content: Inline | Hole) -> str:
        """The content of a cell, where a pipe ends it even inside of a formula or of notation."""
        told = ((piece, self._piece(piece)) for piece in pieces(content, self.language))
        return "".join(text if isinstance(piece, str) else _unpiped(text) for piece, text in told)

    def line(self, content: Inline | Hole | str) -> str:
        """A paragraph."""
        return beginning(self.inline(content).strip())

    def formula(self, content: Formula, indent: str = "") -> list[str]:
        """A formula on lines of its own."""
        body = latex(content, self.language, display=True).split("\n")
        return [indent + line for line in ("$$", *body, "$$")] + [""]

    # -- parts -----------------------------------------------------------------------------------------------------

    def part(self, part: Part) -> list[str]:
        """A part of a prompt, with the empty line behind it."""
        if isinstance(part, Formula):
            return self.formula(part)
        if isinstance(part, Listing):
            return [*(f"{number}. {self.line(line)}" for number, line in enumerate(part.lines, start=1)), ""]
        if isinstance(part, Grid):
            rows = [part.head, *part.rows]
            told = [f"| {' | '.join(map(self.cell, row))} |" for row in rows]
            return [told[0], "|" + " --- |" * len(part.head), *told[1:], ""]
        if isinstance(part, Picture):
            return [picture(part, self.language), ""]
        return [self.line(part), ""]

    # -- sheets ----------------------------------------------------------------------------------------------------

    def paper(self, paper: Paper) -> Iterator[str]:
        """A variant."""
        yield from (f"# {self.inline(paper.heading)}", "", f"*{self.inline(paper.about)}*", "")
        if not paper.key:
            blanks = [f"{self.inline(label)}{self.colon}{BLANK * 2}" for label in (parts.NAME, parts.DATE)]
            yield from ("  ".join(blanks), "")
        yield from (f"> {self.inline(Message.joined(*parts.CONVENTIONS))}", "")
        for task in paper.tasks:
            yield from self.task(task)

    def task(self, task: Task) -> Iterator[str]:
        """A question."""
        yield from (f"## {self.inline(task.heading)}", "")
        for part in task.prompt:
            yield from self.part(part)
        if task.choices and not task.solution:
            yield from (f"*{self.inline(parts.TICK)}*", "")
        for choice in task.choices:
            yield f"- ({choice.letter}) {self.inline(choice.shown)}"
        if task.choices:
            yield ""
        if task.solution:
            yield from self.solution(task.solution)
        else:
            yield from self.blanks(task)

    def blanks(self, task: Task) -> Iterator[str]:
        """Where the answers go."""
        for blank in task.blanks:
            after = f" {self.inline(blank.unit)}" if blank.unit else ""
            after += f" {self.inline(blank.note)}" if blank.note else ""
            yield from (f"{self.line(blank.label)}{self.colon}{BLANK * (1 + 2 * blank.wide)}{after}", "")

    def solution(self, solution: Solution) -> Iterator[str]:
        """What the key says."""
        yield from (f"**{self.inline(parts.HINT)}{self.colon.strip()}** {self.inline(solution.hint)}", "")
        yield from (f"**{self.inline(parts.SOLUTION)}**", "")
        for number, step in enumerate(solution.steps, start=1):
            lead = f"{number}. "
            yield from (lead + self.line(step.text), "")
            if step.formula:
                yield from self.formula(step.formula, " " * len(lead))
        first, *more = solution.answer
        yield from (f"**{self.inline(parts.ANSWER)}{self.colon.strip()}** {self.inline(first)}", "")
        yield from self._items(more)
        if solution.mistakes:
            yield from (f"**{self.inline(parts.MISTAKES)}**", "")
            yield from self._items(solution.mistakes)

    def _items(self, items: list[Inline] | tuple[Message, ...]) -> Iterator[str]:
        yield from (f"- {self.line(item)}" for item in items)
        if items:
            yield ""


def picture(part: Picture, language: str) -> str:
    """A picture with what it shows in words; the drawing is part of the text."""
    return f"![{escaped(text(part.alternative, language))}]({data_address(part)})"


def data_address(part: Picture) -> str:
    """A drawing as an address that holds all of it; in a page it then can neither load nor run anything."""
    return "data:image/svg+xml;base64," + base64.b64encode(part.svg.encode()).decode()


def _unpiped(text: str) -> str:
    return re.sub(r"(?<!\\)\|", r"\|", text)


def _code(content: str) -> str:
    """Notation between as many backticks as it needs."""
    content = parts.one_line(content)
    longest = max((len(run) for run in re.findall("`+", content)), default=0)
    fence = "`" * (longest + 1)
    pad = " " if content.startswith("`") or content.endswith("`") or not content else ""
    return f"{fence}{pad}{content}{pad}{fence}"
