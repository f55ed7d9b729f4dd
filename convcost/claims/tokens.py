"""Words of arithmetic in running text: numbers, operators, letters that stand for sizes; all else parts them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from .expression import number_pattern

#: Operators: those of LaTeX, doubled and single signs, powers in superscript.
_OPERATOR = re.compile(
    r"\\times(?![a-zA-Z])|\\cdot(?![a-zA-Z])|\\div(?![a-zA-Z])|\\[dt]?frac|\\\*|\*\*|//"
    r"|[+\-*/^×·÷xX(){}\[\]⌊⌋⌈⌉]|[⁺⁻]?[⁰¹²³⁴⁵⁶⁷⁸⁹]+"
)
_SUBSCRIPT = r"_(?:\{[A-Za-z0-9, ]{1,16}\}|[A-Za-z0-9]{1,6})"
_LETTER = re.compile(
    r"(?:[A-WYZa-wyz]|\\(?:alpha|beta|gamma|rho|lambda|theta))"
    rf"(?:{_SUBSCRIPT})?'?(?![A-Za-z_])"
)
#: Where something may begin that is no prose; all else only parts runs.
_STOPS = re.compile(r"[\d.\\*/+\-^×·÷xX(){}\[\]⌊⌋⌈⌉⁺⁻⁰¹²³⁴⁵⁶⁷⁸⁹]")
_STOPS_WITH_LETTERS = re.compile(r"[A-Za-z\d.\\*/+\-^×·÷(){}\[\]⌊⌋⌈⌉⁺⁻⁰¹²³⁴⁵⁶⁷⁸⁹]")
_BEGINS_OPERATOR = frozenset("\\*/+-^×·÷xX(){}[]⌊⌋⌈⌉⁺⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
_REST_OF_NAME = re.compile(r"[A-Za-z0-9_]+")
_NAME = re.compile(r"[A-Za-z_\\][A-Za-z0-9_]*")
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
    stops = _STOPS_WITH_LETTERS if letters else _STOPS
    at = 0
    while (stop := stops.search(text, at)) is not None:
        gap, start = text[at : stop.start()], stop.start()
        if gap and not gap.isspace():
            _part(found, at, start)
        elif "\n" in gap and not wrapped and found and not _goes_on(text, start, found[-1]):
            found.append(Word(start, start, ""))
        word = _word(text, start, letters, bool(found) and not found[-1].kind and found[-1].end == start)
        if word.kind:
            found.append(word)
        else:
            _part(found, word.start, word.end)
        at = word.end
    if text[at:].strip():
        _part(found, at, len(text))
    return found


def runs(words: list[Word], longest: int) -> Iterator[list[Word]]:
    """The words of arithmetic between two that are none; a run of more than ``longest`` is left out.

    >>> [len(run) for run in runs(tokens("3×3 and 5×5×2 of 7"), 3)]
    [3, 1]
    """
    run: list[Word] = []
    for word in [*words, Word(0, 0, "")]:
        if word.kind:
            run.append(word)
        elif run:
            if len(run) <= longest:
                yield run
            run = []


def _part(found: list[Word], start: int, end: int) -> None:
    """Note something that parts two runs, once where such things follow each other."""
    if found and not found[-1].kind:
        found[-1] = Word(found[-1].start, end, "")
    else:
        found.append(Word(start, end, ""))


def _word(text: str, at: int, letters: bool, behind_word: bool) -> Word:
    """The word that begins at ``at``; ``behind_word`` says that prose ends there."""
    first = text[at]
    before = text[at - 1] if at else " "
    glued = behind_word and ((before.isascii() and before.isalpha() and before not in "xX") or before == "_")
    if first.isdigit() or first == ".":
        rest = _REST_OF_NAME.match(text, at) if glued and _belongs(text, at) else None
        if rest is not None:
            return Word(at, rest.end(), "")
        match = number_pattern().match(text, at)
        if match:
            return Word(at, match.end(), "number")
    if first in _BEGINS_OPERATOR:
        match = _OPERATOR.match(text, at)
        if match and not _part_of_a_word(text, at, match.end()):
            return Word(at, match.end(), "operator")
    if letters and not glued:
        match = _LETTER.match(text, at)
        if match:
            return Word(at, match.end(), "letter")
    match = _NAME.match(text, at)
    return Word(at, match.end() if match else at + 1, "")


def _belongs(text: str, at: int) -> bool:
    """Whether digits belong to the word before them: ``conv1``, but not ``3x3`` and not the power of ten of ``1e3``."""
    return not (text[at - 1] in "KMGTB" and text[max(0, at - 2)].isdigit())


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
