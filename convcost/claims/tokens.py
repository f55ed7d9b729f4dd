"""Words of arithmetic in running text: numbers, operators, letters that stand for sizes; all else parts them."""

from __future__ import annotations

import re
from typing import NamedTuple

from .expression import number_pattern

_OPERATOR = re.compile(
    r"\\times(?![a-zA-Z])|\\cdot(?![a-zA-Z])|\\div(?![a-zA-Z])|\\[dt]?frac|\\\*|\*\*|//"
    r"|[+\-*/^×·÷xX(){}\[\]⌊⌋⌈⌉]|[⁺⁻]?[⁰¹²³⁴⁵⁶⁷⁸⁹]+"
)
_LETTER = re.compile(
    r"(?:[A-WYZa-wyz]|\\(?:alpha|beta|gamma|rho|lambda|theta))(?:_(?:\{[A-Za-z0-9, ]{1,16}\}|[A-Za-z0-9]))?'?(?![A-Za-z_])"
)
OPENING, CLOSING = "([{⌊⌈", ")]}⌋⌉"
#: How far a word or a mark reaches; looking no further keeps long lines linear.
NEAR = 60


class Word(NamedTuple):
    """A stretch of a text; ``kind`` is ``number``, ``operator``, ``letter``, or nothing for what parts two runs."""

    start: int
    end: int
    kind: str


def tokens(text: str, *, letters: bool = False, wrapped: bool = False) -> list[Word]:
    """Numbers and operators of a normalised text, with their places.

    ``letters`` takes single letters for sizes, ``wrapped`` says that a line may end anywhere in an expression, as in a
    displayed formula; in prose it may end at an operator only.

    >>> [word.kind for word in tokens("is 3×3")]
    ['', 'number', 'operator', 'number']
    >>> [word.kind for word in tokens("27C²", letters=True)]
    ['number', 'letter', 'operator']
    """
    found: list[Word] = []
    at, word_end, new_line = 0, -1, False
    number = number_pattern()
    while at < len(text):
        if text[at].isspace():
            new_line = new_line or text[at] == "\n"
            at += 1
            continue
        if new_line and not wrapped and found and not _goes_on(text, at, found[-1]):
            found.append(Word(at, at, ""))
        new_line = False
        word = _word(text, at, number, letters, word_end == at)
        if word.kind or not found or found[-1].kind or found[-1].end != at:
            found.append(word)
        else:
            found[-1] = Word(found[-1].start, word.end, "")
        if not word.kind:
            word_end = word.end
        at = word.end
    return found


def _word(text: str, at: int, number: re.Pattern[str], letters: bool, behind_word: bool) -> Word:
    before = text[at - 1] if at else " "
    glued = (before.isascii() and before.isalpha() and before not in "xX") or before == "_"
    match = number.match(text, at)
    if match and not (glued and behind_word):
        return Word(at, match.end(), "number")
    match = _OPERATOR.match(text, at)
    if match and not _part_of_a_word(text, at, match.end()):
        return Word(at, match.end(), "operator")
    if letters and not (glued and behind_word):
        match = _LETTER.match(text, at)
        if match:
            return Word(at, match.end(), "letter")
    end = at + 1
    if text[at].isascii() and (text[at].isalpha() or text[at] in "_\\"):
        while end < len(text) and text[end].isascii() and (text[end].isalnum() or text[end] in "_"):
            end += 1
    return Word(at, end, "")


def _goes_on(text: str, at: int, before: Word) -> bool:
    """Whether an expression goes on over the end of a line: the sign stands at the end, or at the beginning."""
    if before.kind == "operator" and text[before.end - 1] not in CLOSING:
        return True
    return text[at] in "×·+/÷" or text.startswith(("\\times", "\\cdot"), at)


def _part_of_a_word(text: str, start: int, end: int) -> bool:
    """An ``x`` is a times sign between factors only; in ``x86``, ``max`` or ``4x cheaper`` it is a letter."""
    if text[start:end] not in ("x", "X"):
        return False
    before, after = text[max(0, start - NEAR) : start].rstrip()[-1:], text[end : end + NEAR].lstrip()[:1]
    if start and text[start - 1].isalpha():
        return not (text[start - 1] in "KMGB" and text[max(0, start - 2)].isdigit())
    return not (
        before
        and (before.isdigit() or before in ")]}⁰¹²³⁴⁵⁶⁷⁸⁹" or not before.isascii())
        and after
        and (after.isdigit() or after in "([{\\")
    )
