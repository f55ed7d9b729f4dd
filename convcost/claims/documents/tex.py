r"""Displayed formulas of LaTeX, wherever they stand: their marks blanked in place, and the rows they consist of.

>>> text = r"\begin{align} a &= 3×3 \\ &= 9 \label{eq:1} \\ b &= 5 \end{align}"
>>> [text[a:b].strip() for a, b in rows(text)]
['\\begin{align} a &= 3×3 \\\\ &= 9 \\label{eq:1}', 'b &= 5 \\end{align}']
>>> without_marks(text)
'              a &= 3×3 \\\\ &= 9              \\\\ b &= 5            '
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from .inline import blank

#: Environments that display formulas.
DISPLAYS = (
    "equation", "align", "alignat", "flalign", "gather", "multline", "eqnarray", "displaymath", "math", "split",
    "aligned", "gathered", "alignedat", "dmath", "subequations",
)  # fmt: skip
ENVIRONMENT = re.compile(rf"\\(?:begin|end)\s{{0,9}}\{{(?:{'|'.join(DISPLAYS)})\*?\}}(?:\{{\d{{1,3}}\}}|\[[tbc]\])?")
_MARKS = re.compile(
    r"\\(?:label|tag|eqref|ref|notag|nonumber|intertext|shortintertext|hspace|vspace|phantom|hphantom|vphantom)\b\*?"
    r"(?:\s?\{[^{}]{0,200}\})?"
)
#: The end of a row, not the escaped backslash of ``\\[``, with the space that may be asked for below it.
_ROW_END = re.compile(r"\\\\\*?(?:\[-?[\d.]{1,8}\s?[a-z]{2}\])?|\\(?:newline|cr)\b")
#: What begins a row that goes on with the formula of the row before, and what ends one that the next goes on with.
_GOES_ON = re.compile(
    r"(?:\s|&|\{\}|\\q?quad\b|\\[,;:! ])*(?:[=+\-*/×·≈≃<>≤≥~−⋅)\]}]"
    r"|\\(?:approx|times|cdot|simeq|sim|leq?|geq?|Rightarrow|rightarrow|to|right|le|div|pm|bigr?|Bigr?)(?![A-Za-z]))"
)
_UNFINISHED = re.compile(r"(?:[=+\-*/×·≈(\[{−⋅]|\\(?:approx|times|cdot|left[(\[]?|simeq))(?:\s|&)*\Z")
_DISPLAY = re.compile(rf"(?<!\\)\$\$|(?<!\\)\\\[|\\begin\s{{0,9}}\{{(?P<name>(?:{'|'.join(DISPLAYS)})\*?)\}}")
#: How far the end of a row is looked at.
_NEAR = 60


def without_marks(text: str) -> str:
    """The text without environments, labels and tags, as long as before."""
    return _MARKS.sub(blank, ENVIRONMENT.sub(blank, text)) if "\\" in text else text


def rows(text: str, start: int = 0, end: int | None = None) -> Iterator[tuple[int, int]]:
    """The formulas of a display: its rows, those together that make one formula."""
    end = len(text) if end is None else end
    begin = start
    for match in _ROW_END.finditer(text, start, end):
        if _GOES_ON.match(text, match.end(), end) or _UNFINISHED.search(
            text, max(begin, match.start() - _NEAR), match.start()
        ):
            continue
        yield begin, match.start()
        begin = match.end()
    if begin < end:
        yield begin, end


def parted(text: str, start: int = 0, end: int | None = None) -> Iterator[tuple[int, int, bool]]:
    r"""Running text and the displays in it, which are marked; what is opened and never closed is running text.

    >>> text = r"so \[ 3 = 3 \] and"
    >>> [(text[a:b], display) for a, b, display in parted(text)]
    [('so ', False), ('\\[ 3 = 3 \\]', True), (' and', False)]
    """
    end = len(text) if end is None else end
    begin = at = start
    missing: set[str] = set()
    while (opening := _DISPLAY.search(text, at, end)) is not None:
        at = opening.end()
        closing = rf"\end{{{opening['name']}}}" if opening["name"] else opening[0].replace("[", "]")
        close = -1 if closing in missing else text.find(closing, at, end)
        if close < 0:
            missing.add(closing)
            continue
        if begin < opening.start():
            yield begin, opening.start(), False
        begin = at = close + len(closing)
        yield opening.start(), at, True
    if begin < end:
        yield begin, end, False
