r"""Questions as HTML for learning platforms: formulas between ``\(`` and ``\)``, everything else escaped.

Nothing that stands in a text can become a tag, a formula, a gap of a cloze question or an end of the file: characters
that mean something to a platform are written as references, those that cannot be seen are left out.
"""

from __future__ import annotations

import html
import re

from ...formula import Formula, Num, latex
from ..inline import Piece, pieces
from ..model import Code, Grid, Hole, Inline, Listing, Part, Picture, Step
from .parts import visible

#: Where a formula would begin, if a text held it.
_DELIMITERS = re.compile(r"(?<=\\)(?=[()\[\]])|(?<=\$)(?=\$)")
_REFERENCES = str.maketrans({"{": "&#123;", "}": "&#125;", "\\": "&#92;"})
#: How a cloze question's gap begins; in a formula it is no gap.
_GAP = re.compile(r"\{(?=\d*:)")


class Web:
    """Writes parts as HTML; a platform says how its formulas, pictures and holes look."""

    def __init__(self, language: str = "en") -> None:
        self.language = language

    def text(self, text: str) -> str:
        r"""Plain text.

        >>> Web().text(r"</p>{1:NUMERICAL:=5} \(x\)")
        '&lt;/p&gt;&#123;1:NUMERICAL:=5&#125; &#92;<span></span>(x&#92;<span></span>)'
        """
        parts = _DELIMITERS.split(visible(text))
        return "<span></span>".join(html.escape(part).translate(_REFERENCES) for part in parts)

    def formula(self, formula: Formula) -> str:
        r"""A formula within a line; a number by itself is text.

        >>> from ...formula import Power
        >>> Web().formula(Num(1204)), Web().formula(Power(Num(3), Num(2)))
        ('1,204', '\\(3^{2}\\)')
        """
        if isinstance(formula, Num):
            return self.text(formula.text)
        return self.mathematics(formula)

    def mathematics(self, formula: Formula) -> str:
        """A formula that is not a number only."""
        return rf"\({_GAP.sub('&#123;', html.escape(visible(latex(formula, self.language))))}\)"

    def picture(self, picture: Picture) -> str:
        """A drawing, with its words."""
        raise NotImplementedError

    def hole(self, hole: Hole) -> str:
        """An empty cell of a grid."""
        return str(hole)

    def piece(self, piece: Piece) -> str:
        """A piece of a line."""
        if isinstance(piece, Formula):
            return self.formula(piece)
        return f"<code>{self.text(piece.text)}</code>" if isinstance(piece, Code) else self.text(piece)

    def line(self, content: Inline | Hole | str) -> str:
        """A line, without an element around it."""
        if isinstance(content, Hole):
            return self.hole(content)
        return "".join(self.piece(piece) for piece in pieces(content, self.language))

    def part(self, part: Part) -> str:
        """A part of a prompt, as a block."""
        if isinstance(part, Listing):
            return f"<ol>{''.join(f'<li>{self.line(line)}</li>' for line in part.lines)}</ol>"
        if isinstance(part, Grid):
            return self.grid(part)
        return f"<p>{self.picture(part) if isinstance(part, Picture) else self.line(part)}</p>"

    def grid(self, grid: Grid) -> str:
        """A table with a head."""
        head = "".join(f'<th scope="col">{self.line(cell)}</th>' for cell in grid.head)
        rows = "".join(f"<tr>{''.join(f'<td>{self.line(cell)}</td>' for cell in row)}</tr>" for row in grid.rows)
        return f'<table border="1" cellpadding="4"><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>'

    def parts(self, parts: tuple[Part, ...]) -> str:
        """A whole prompt."""
        return "".join(self.part(part) for part in parts)

    def derivation(self, steps: tuple[Step, ...], shown: Inline) -> str:
        """The way to the answer, and the answer."""
        lines = [*map(self.step, steps), f"<strong>{self.line(shown)}</strong>"]
        return "".join(f"<p>{line}</p>" for line in lines)

    def step(self, step: Step) -> str:
        """One step on one line; a sentence that has ended needs no colon."""
        told = self.line(step.text)
        if step.formula is None:
            return told
        return told + (" " if told.endswith((".", "。")) else ": ") + self.formula(step.formula)
