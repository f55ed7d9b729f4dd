"""Text with its spellings levelled, character by character, so that positions stay those of the original.

>>> normalise("（７×７＝４９）")
'(7×7=49)'
>>> normalise(r"$34{,}560$")
' 34{,}560 '
"""

from __future__ import annotations

import re

_SPECIAL = {
    "−": "-",  # U+2212, the minus sign
    "–": "-",
    "‒": "-",
    "‑": "-",
    "﹣": "-",
    "⁄": "/",
    "∕": "/",
    "∗": "*",
    "✕": "×",
    "✖": "×",
    "⨯": "×",
    "╳": "×",
    "⋅": "·",
    "∙": "·",
    "・": "·",
    "﹪": "%",
    "∼": "~",
    "\u3000": " ",
    "\u200b": " ",
    "\u200c": " ",
    "\u200d": " ",
    "\u2060": " ",
    "\ufeff": " ",
    "\t": " ",
    "\v": " ",
    "\f": " ",
    "≦": "≤",
    "≧": "≥",
    "$": " ",
    "&": " ",
}
# Full-width ASCII, except the marks that only ever part things in Chinese prose.
_FULL_WIDTH = {chr(code): chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F) if chr(code) not in "，：；！？～"}
_TABLE = str.maketrans(_FULL_WIDTH | _SPECIAL)

# A full-width comma groups thousands only inside full-width digits; anywhere else it ends a clause.
_WIDE_COMMA = re.compile("(?<=[０-９])，(?=[０-９]{3}(?![０-９]))")
_ENTITY = re.compile(r"&(times|middot|sdot|asymp|approx|minus|nbsp|thinsp|lt|gt|le|ge|frasl|divide);")
_ENTITIES = {
    "times": "×",
    "middot": "·",
    "sdot": "·",
    "asymp": "≈",
    "approx": "≈",
    "minus": "-",
    "nbsp": " ",
    "thinsp": "\u2009",
    "lt": "<",
    "gt": ">",
    "le": "≤",
    "ge": "≥",
    "frasl": "/",
    "divide": "÷",
}
_WRAPPER = re.compile(r"\\(?:text|textbf|textit|mathrm|mathbf|mathit|operatorname|mbox|boxed)[ ]?\{([^{}\n]{0,80})\}")
_FLOORS = {"lfloor": "⌊", "rfloor": "⌋", "lceil": "⌈", "rceil": "⌉"}
_FLOOR = re.compile(r"(?:\\(?:left|right|[bB]igg?[lr]?)\s?)?\\([lr](?:floor|ceil))(?![A-Za-z])")
_SPACING = re.compile(
    r"\\(?:left|right|[bB]igg?[lr]?|displaystyle|textstyle|qquad|quad|nonumber)(?![A-Za-z])"
    r"|\\\\|\\[;:! \[\]()]|(?<!\d)\\,|\\,(?!\d)"
)
#: The tie of LaTeX, between a number and its unit.
_TIE = re.compile(r"(?<=[\w}])~(?=\\?[A-Za-z])")
_LINE_END = re.compile("\r\n?")


def _blank(match: re.Match[str]) -> str:
    return " " * len(match[0])


def _unwrap(match: re.Match[str]) -> str:
    head = match.start(1) - match.start()
    return " " * head + match[1] + " "


def normalise(text: str) -> str:
    """The same text, as long as before, in the alphabet that the grammar reads.

    >>> normalise("3&times;3"), len(normalise("3&times;3")) == len("3&times;3")
    ('3×      3', True)
    """
    text = _WIDE_COMMA.sub(",", text)
    text = _ENTITY.sub(lambda m: _ENTITIES[m[1]].ljust(len(m[0])), text)
    # A carriage return alone ends a line; before a line feed it is a blank at the end of that line.
    text = _LINE_END.sub(lambda m: " \n" if len(m[0]) == 2 else "\n", text)
    text = text.translate(_TABLE)
    text = _TIE.sub(" ", text)
    text = _FLOOR.sub(lambda m: _FLOORS[m[1]].ljust(len(m[0])), text)
    for _ in range(2):
        text = _WRAPPER.sub(_unwrap, text)
    return _SPACING.sub(_blank, text)
