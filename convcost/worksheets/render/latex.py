r"""Sheets in LaTeX: an ``article`` for pdflatex, xelatex or lualatex; in Chinese with the ``ctex`` package.

Only packages are loaded that every installation has (amsmath, geometry, iftex). pdflatex knows few letters beyond
ASCII; for those of the sheet that it may not know the document says itself what to print instead.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from ...formula import Formula, Num, fragments, latex, plain
from ...formula.latex import Latex as _Formulas
from ...formula.latex import escaped as _masked
from ...formula.plain import Plain
from ...messages import Message, between
from ..inline import Piece
from ..model import Code, Grid, Hole, Inline, Listing, Part, Picture
from . import parts
from .kept import SHORT, kept, kept_in_cell
from .parts import Paper, Solution, Task

if TYPE_CHECKING:
    from ..sheet import Sheet

#: What is to be set in place of a letter that the fonts of pdflatex may not have.
_LETTERS = {
    "×": r"\ensuremath{\times}", "·": r"\ensuremath{\cdot}", "−": r"\ensuremath{-}", "⌊": r"\ensuremath{\lfloor}",
    "⌋": r"\ensuremath{\rfloor}", "⌈": r"\ensuremath{\lceil}", "⌉": r"\ensuremath{\rceil}", "²": r"\ensuremath{^2}",
    "³": r"\ensuremath{^3}", "≈": r"\ensuremath{\approx}", "≤": r"\ensuremath{\le}", "≥": r"\ensuremath{\ge}",
    "≠": r"\ensuremath{\ne}", "→": r"\ensuremath{\to}", "÷": r"\ensuremath{\div}", "√": r"\ensuremath{\surd}",
    "…": r"\ldots{}", "“": "``", "”": "''", "‘": "`", "’": "'", "–": "--", "—": "---", "\u200b": r"\hspace{0pt}",
    "\xa0": "~", "½": r"\ensuremath{\frac12}", "∞": r"\ensuremath{\infty}", "°": r"\ensuremath{^\circ}",
}  # fmt: skip
_MASKED = {'"': r"\textquotedbl{}", "-": "{-}", "\xa0": "~"}
_PAPERS = {"a4": "a4paper", "us-letter": "letterpaper"}
#: For fractions inside of a line.
DISPLAY = r"\displaystyle "
#: Characters on a line between the margins.
WIDTH = 80
_SETTING = r"""\setlength{\parindent}{0pt}
\setlength{\parskip}{4pt plus 1pt}
\setlength{\emergencystretch}{4em}
\allowdisplaybreaks
\newcommand{\blank}[1]{\underline{\hspace{#1}}}
\newcommand{\question}[1]{\par\medskip\pagebreak[2]\subsection*{#1}\nopagebreak}
\newcommand{\choice}[2]{\par\hangindent=2.4em\makebox[2.4em][l]{$\square$ (#1)}#2}
\newcommand{\step}[2]{\par\smallskip\hangindent=1.6em\makebox[1.6em][l]{#1.}#2\nopagebreak}
\newcommand{\point}[1]{\par\hangindent=1.2em\makebox[1.2em][l]{\textbullet}#1}"""


def write(sheet: Sheet, *, key: bool = False, language: str = "en", paper: str = "a4", **_: object) -> str:
    """The sheet, or its key, as a LaTeX document; every variant begins on a new page 1."""
    writer = Latex(language)
    body: list[str] = []
    for number, one in enumerate(parts.papers(sheet, key=key, language=language)):
        body += [r"\clearpage", r"\setcounter{page}{1}"] if number else []
        body += writer.paper(one)
    return parts.finished([*_preamble("\n".join(body), language, paper), *body, r"\end{document}"])


def escaped(content: str) -> str:
    r"""Text that is no markup.

    >>> escaped(r"\input{x} -- 5%")
    '\\textbackslash{}input\\{x\\} {-}{-} 5\\%'
    """
    content = parts.parted(parts.visible(content), "\u200b")
    return "".join(_MASKED.get(char) or _masked(char) for char in content)


def _preamble(body: str, language: str, paper: str) -> Iterator[str]:
    yield rf"\documentclass[11pt,{_PAPERS[paper]}]{{article}}"
    yield r"\usepackage{iftex}"
    if language == "zh":
        # It finds a Chinese font of the system by itself, or takes its own.
        yield r"\usepackage[UTF8,scheme=plain]{ctex}"
    yield r"\usepackage{amsmath,amssymb}"
    yield r"\usepackage[margin=22mm]{geometry}"
    yield r"\usepackage{graphicx}"
    yield r"\ifPDFTeX\usepackage[T1]{fontenc}\IfFileExists{lmodern.sty}{\usepackage{lmodern}}{}\fi"
    yield from _letters(body, language)
    yield _SETTING
    yield r"\begin{document}"


def _letters(body: str, language: str) -> Iterator[str]:
    """Declarations of what pdflatex would stop at, and of what no text font has; Chinese letters are ctex's."""
    there = sorted({char for char in body if ord(char) > 127})
    known = [char for char in there if char in _LETTERS]
    yield r"\ifPDFTeX"
    for char in known:
        yield rf"\DeclareUnicodeCharacter{{{ord(char):04X}}}{{{_LETTERS[char]}}}"
    if language != "zh":
        for char in there:
            if char not in _LETTERS:
                fallback = rf"\texttt{{[U+{ord(char):04X}]}}"
                yield rf"\ifcsname u8:\detokenize{{{char}}}\endcsname\else"
                yield rf"\DeclareUnicodeCharacter{{{ord(char):04X}}}{{{fallback}}}\fi"
    yield r"\else"
    mathematical = [char for char in known if _LETTERS[char].startswith(r"\ensuremath")]
    if mathematical:
        yield r"\usepackage{newunicodechar}"
    for char in mathematical:
        yield rf"\newunicodechar{{{char}}}{{{_LETTERS[char]}}}"
    yield r"\fi"


class Latex:
    """Writes in one language."""

    def __init__(self, language: str) -> None:
        self.language = language
        self.colon = between(": ", language)

    # -- lines -----------------------------------------------------------------------------------------------------

    def inline(self, content: Inline | Hole | str) -> str:
        """A line of text."""
        return "".join(self._piece(piece) for piece in kept(content, self.language))

    def cell(self, content: Inline | Hole) -> str:
        """A cell of a table."""
        return "".join(self._piece(piece) for piece in kept_in_cell(content, self.language))

    def _piece(self, piece: Piece) -> str:
        if isinstance(piece, Num):
            return rf"\mbox{{{escaped(plain(piece))}}}"
        if isinstance(piece, Formula):
            return r"\allowbreak ".join(map(self._kept, self._fragments(piece)))
        return rf"\texttt{{{escaped(piece.text)}}}" if isinstance(piece, Code) else escaped(piece)

    def _fragments(self, formula: Formula) -> Iterator[tuple[str, bool]]:
        """A formula within a line in pieces, and which of them fit on a line."""
        told, measured = (fragments(writer(self.language), formula, SHORT) for writer in (_Formulas, Plain))
        for one, text in zip(told, measured, strict=True):
            yield f"${DISPLAY if parts.tall(formula) else ''}{one}$", len(text) <= WIDTH

    def _kept(self, fragment: tuple[str, bool]) -> str:
        told, fits = fragment
        return rf"\mbox{{{told}}}" if fits else told

    def formula(self, content: Formula) -> str:
        """A formula on lines of its own."""
        return "\\[\n" + latex(content, self.language, display=True, width=WIDTH) + "\n\\]"

    # -- parts -----------------------------------------------------------------------------------------------------

    def part(self, part: Part) -> str:
        """A part of a prompt."""
        if isinstance(part, Formula):
            return self.formula(part)
        if isinstance(part, Listing):
            return "\n".join(
                rf"\step{{{number}}}{{{self.inline(line)}}}" for number, line in enumerate(part.lines, start=1)
            )
        if isinstance(part, Grid):
            return self._grid(part)
        if isinstance(part, Picture):
            # LaTeX reads no SVG without other programs, so the picture is told in words.
            told = f"{self.inline(parts.PICTURE)}{self.colon}{self.inline(part.alternative)}"
            return rf"\begin{{center}}\fbox{{\parbox{{0.9\linewidth}}{{{told}}}}}\end{{center}}"
        return rf"\par {self.inline(part)}"

    def _grid(self, grid: Grid) -> str:
        """A table, made smaller where it is wider than the text."""
        head = " & ".join(rf"\textbf{{{self.inline(cell)}}}" for cell in grid.head)
        rows = [" & ".join(self.cell(cell) for cell in row) for row in grid.rows]
        lines = "\n".join(rf"{row} \\ \hline" for row in [head, *rows])
        columns = "|".join("l" * len(grid.head))
        inside = f"\\begin{{tabular}}{{|{columns}|}}\n\\hline\n{lines}\n\\end{{tabular}}"
        fitted = r"\ifdim\wd0>\linewidth\resizebox{\linewidth}{!}{\usebox0}\else\usebox0\fi"
        return f"\\par\\smallskip\\sbox0{{%\n{inside}}}%\n{fitted}\\par\\smallskip"

    # -- sheets ----------------------------------------------------------------------------------------------------

    def paper(self, paper: Paper) -> Iterator[str]:
        """A variant."""
        yield rf"\section*{{{self.inline(paper.heading)}}}"
        yield rf"{{\small {self.inline(paper.about)}}}\par"
        if not paper.key:
            yield rf"\medskip {self.inline(parts.NAME)}{self.colon}\blank{{7cm}}\quad "
            yield rf"{self.inline(parts.DATE)}{self.colon}\blank{{3.5cm}}\par"
        yield r"\medskip\noindent\fbox{\parbox{\dimexpr\linewidth-2\fboxsep-2\fboxrule}{\small "
        yield rf"{self.inline(Message.joined(*parts.CONVENTIONS))}}}}}\par"
        for task in paper.tasks:
            yield from self.task(task)

    def task(self, task: Task) -> Iterator[str]:
        """A question."""
        yield rf"\question{{{self.inline(task.heading)}}}"
        for part in task.prompt:
            yield self.part(part) + r"\nopagebreak"
        if task.choices and not task.solution:
            yield rf"\par{{\small {self.inline(parts.TICK)}}}\nopagebreak"
        yield from (rf"\choice{{{choice.letter}}}{{{self.inline(choice.shown)}}}" for choice in task.choices)
        yield r"\par"
        yield from self.solution(task.solution) if task.solution else self.blanks(task)

    def blanks(self, task: Task) -> Iterator[str]:
        """Where the answers go, under room to work in."""
        yield rf"\nopagebreak\vspace{{{10 if task.choices else min(task.worth + 1, 5) * 7}mm}}\nopagebreak\par"
        yield r"{\raggedright"
        for blank in task.blanks:
            after = f" {self.inline(blank.unit)}" if blank.unit else ""
            after += f" {self.inline(blank.note)}" if blank.note else ""
            yield rf"\mbox{{{self.inline(blank.label)}{self.colon}\blank{{{90 if blank.wide else 32}mm}}{after}}}\quad "
        yield r"\par}"

    def solution(self, solution: Solution) -> Iterator[str]:
        """What the key says."""
        yield rf"\textbf{{{self.inline(parts.HINT)}}}{self.colon}{self.inline(solution.hint)}\par"
        for number, step in enumerate(solution.steps, start=1):
            yield rf"\step{{{number}}}{{{self.inline(step.text)}}}"
            if step.formula:
                yield self.formula(step.formula)
        first, *more = solution.answer
        yield rf"\par\smallskip\textbf{{{self.inline(parts.ANSWER)}{self.colon}{self.inline(first)}}}\par"
        yield from self._points(more)
        if solution.mistakes:
            yield rf"{{\small {self.inline(parts.MISTAKES)}{self.colon.strip()}\nopagebreak"
            yield from self._points(solution.mistakes)
            yield r"\par}"

    def _points(self, items: Iterable[Inline]) -> Iterator[str]:
        yield from (rf"\point{{{self.inline(item)}}}" for item in items)
