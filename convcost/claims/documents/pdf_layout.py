"""Lines of a PDF page from the places of its glyphs: what is raised is a power again, a fraction is a fraction.

A text layer knows nothing of either: taken as it comes, ``5²×28²`` reads 52×282. Size and height of a glyph tell.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

#: Gaps, in sizes of a glyph: between words, behind a comma in a number, between columns.
_WORD, _THIN, _COLUMN = 0.15, 0.22, 0.75
#: What is smaller than its line by this is a superscript or a subscript.
_SMALL = 0.87
_EXPONENT = re.compile(r"[+\-−]?(?:\d{1,3}|[A-Za-z])\Z")
_BETWEEN_SENTENCES = re.compile(r"(?<=[.!?:])   (?=[A-Z])")
_ORDINAL = ("st", "nd", "rd", "th")
_LONG_NUMBER = re.compile(r"(?:\d{4}|\d[.,]\d{1,3})\Z")
_OPERATOR = re.compile(r"[+\-−–×·*/=≈]")


class Glyph(NamedTuple):
    """A character, its left and right edge, its baseline, and its size."""

    text: str
    left: float
    right: float
    base: float
    size: float


@dataclass
class Line:
    """A line while it is written."""

    left: float
    right: float
    base: float
    size: float
    text: str = ""
    #: What is raised (1) or lowered (-1) and not written yet.
    script: str = ""
    height: int = 0
    #: The left edge of the last glyph: a ligature is several of them in one place.
    last: float = -math.inf

    def add(self, glyph: Glyph, height: int, blank: bool) -> None:
        """Write a glyph; ``blank`` if a blank was set before it."""
        if height != self.height:
            self.close()
            self.height = height
        gap = (glyph.left - self.right) / max(self.size, 0.1)
        self.right, self.last = max(self.right, glyph.right), glyph.left
        if height:
            self.script += glyph.text
            return
        if self.text and (blank or gap > _WORD) and not self._inside_number(glyph, gap, blank):
            self.text += "   " if gap > _COLUMN else " "
        self.text += glyph.text

    def _inside_number(self, glyph: Glyph, gap: float, blank: bool) -> bool:
        """``120, 422``: a formula has a thin space behind a comma."""
        return not blank and gap < _THIN and glyph.text.isdigit() and re.search(r"\d,\Z", self.text) is not None

    def close(self) -> None:
        """Write what is raised or lowered, as a power or as a part of a name."""
        script, self.script = self.script.replace(" ", ""), ""
        if not script:
            return
        if self.height < 0:
            self.text += f"_{script}"
        elif script in _ORDINAL:
            self.text += script
        elif _LONG_NUMBER.search(self.text) or not re.search(r"[\w)\]]\Z", self.text):
            self.text += f" †{script}"  # the mark of a note
        else:
            self.text += f"^{script}" if _EXPONENT.match(script) else f"^({script})"


def lines_of(glyphs: Iterable[Glyph]) -> list[Line]:
    """The lines that glyphs make, in their order.

    >>> glyphs = [Glyph("5", 0, 5, 0, 10), Glyph("2", 5, 8, 4, 7), Glyph("×", 10, 16, 0, 10), Glyph("3", 16, 21, 0, 10)]
    >>> [line.text for line in lines_of(glyphs)]
    ['5^2 ×3']
    """
    lines: list[Line] = []
    blank = False
    for glyph in glyphs:
        if glyph.text.isspace():
            blank = True
            continue
        line = lines[-1] if lines else None
        height = _height(line, glyph) if line else None
        if line is None or height is None:
            lines.append(line := Line(glyph.left, glyph.left, glyph.base, glyph.size))
            height = 0
        line.add(glyph, height, blank)
        blank = False
    for line in lines:
        line.close()
        line.text = _without_stretching(line.text)
    return _with_fractions(lines)


def _without_stretching(text: str) -> str:
    """A line of words that was stretched to its column has no columns of its own; nor has the gap behind a sentence.

    >>> _without_stretching("the   words   of   a   stretched   line")
    'the words of a stretched line'
    >>> _without_stretching("conv1   9,408   118 M")
    'conv1   9,408   118 M'
    """
    if "   " not in text:
        return text
    text = _BETWEEN_SENTENCES.sub(" ", text)
    words = text.split()
    gaps = text.count("   ")
    in_letters = sum(word.strip(".,;:()").isalpha() for word in words)
    stretched = len(words) > 5 and gaps * 3 >= len(words) and in_letters * 10 >= len(words) * 7
    return " ".join(words) if stretched else text


def _height(line: Line, glyph: Glyph) -> int | None:
    """Whether a glyph goes on with a line: on it (0), raised (1) or lowered (-1); ``None`` if not."""
    raised = (glyph.base - line.base) / max(line.size, 0.1)
    gap = (glyph.left - line.right) / max(line.size, 0.1)
    if gap < -0.5 and glyph.left < line.last - 0.1 * line.size:
        return None
    if abs(raised) < 0.12:
        return 0
    if glyph.size > line.size * _SMALL or gap > 0.5 or not line.text or line.text[-1] in "=+×·":
        return None
    return 1 if 0.12 <= raised < 0.8 else -1 if -0.6 < raised < 0 else None


def _with_fractions(lines: Sequence[Line]) -> list[Line]:
    """Numerators over denominators, written into the lines that they belong to."""
    done: list[Line] = []
    at = 0
    while at < len(lines):
        line = lines[at]
        before = done[-1] if done else None
        after = lines[at + 2] if at + 2 < len(lines) else None
        if at + 1 < len(lines) and _over(line, lines[at + 1], before, after):
            below = lines[at + 1]
            line = Line(
                min(line.left, below.left), max(line.right, below.right), (line.base + below.base) / 2, line.size,
                f"{_grouped(line.text)}/{_grouped(below.text)}",
            )  # fmt: skip
            at += 1
            if before and _beside(before, line):
                line = _joined(done.pop(), line)
            if after and _beside(line, after):
                line = _joined(line, after)
                at += 1
        done.append(line)
        at += 1
    return done


def _over(upper: Line, lower: Line, before: Line | None, after: Line | None) -> bool:
    """Whether one line stands over another as in a fraction: centred, between the heights of a line beside them."""
    size = max(upper.size, lower.size)
    middle = abs((upper.left + upper.right) - (lower.left + lower.right)) / 2
    if not 0.5 < (upper.base - lower.base) / size < 2.6 or middle > 0.35 * size or "   " in upper.text + lower.text:
        return False
    gaps = [(before, upper.left - before.right)] if before else []
    gaps += [(after, after.left - upper.right)] if after else []
    return any(-0.5 < gap / size < 3 and lower.base < line.base < upper.base for line, gap in gaps)


def _beside(left: Line, right: Line) -> bool:
    size = max(left.size, right.size)
    return -0.5 < (right.left - left.right) / size < 3 and abs(left.base - right.base) < size


def _joined(left: Line, right: Line) -> Line:
    whole = left if "/" not in left.text or len(left.text) > len(right.text) else right
    return Line(left.left, right.right, whole.base, whole.size, f"{left.text} {right.text}")


def _grouped(text: str) -> str:
    return f"({text})" if _OPERATOR.search(text) else text
