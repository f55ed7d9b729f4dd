"""Misprints mended in the source: digits for digits, and nothing else is touched.

Only a wrong number with the reason ``misprint`` is mended, and only where it still stands in the source as it was read,
and where one slip of the digits leads from the right number to the printed one.
"""

from __future__ import annotations

import difflib
import json
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from .cells import Spelling, cells
from .diagnosis import slipped
from .model import Finding, Spot
from .normalize import normalise

Judge = Callable[[str], Iterable[Finding]]
#: A mended number may bring another misprint to light; after so many rounds the rest is left to the author.
MAX_ROUNDS = 5
_LINE = re.compile(r"[^\r\n]*(?:\r\n?|\n)|[^\r\n]+\Z")
_ENDS = "\r\n"


@dataclass(frozen=True)
class Mended:
    """A text with its misprints mended, and the findings whose numbers were."""

    text: str
    findings: tuple[Finding, ...]


@dataclass(frozen=True)
class _Edit:
    start: int
    end: int
    new: str


def mend(text: str, judge: Judge, *, notebook: bool = False) -> Mended:
    """The text with every misprint mended that ``judge`` finds in it.

    >>> from . import verify
    >>> mend("5×5×3 = 76,\\r\\n6×7 = 42", verify).text
    '5×5×3 = 75,\\r\\n6×7 = 42'
    """
    findings: list[Finding] = []
    for _ in range(MAX_ROUNDS):
        done = list(_edits(text, judge(text), notebook))
        if not done:
            break
        findings += [finding for finding, _ in done]
        text = _edited(text, [edit for _, edit in done])
    return Mended(text, tuple(findings))


def fixable(finding: Finding) -> bool:
    """Whether a finding is a misprint of which it is clear what belongs there."""
    if finding.verdict != "wrong" or finding.reason != "misprint" or not finding.right or finding.printed_at is None:
        return False
    same_around = _around(finding.printed) == _around(finding.right)
    return same_around and slipped(_digits(finding.printed), _digits(finding.right)) is not None


def _around(number: str) -> list[str]:
    """What stands before the first digit and behind the last one.

    >>> _around("~12,443 MB")
    ['~', ' MB']
    """
    return re.split(r"\d(?:.*\d)?", number, maxsplit=1, flags=re.DOTALL)


def _digits(number: str) -> str:
    return re.sub(r"[^0-9]", "", normalise(number))


def _edits(text: str, findings: Iterable[Finding], notebook: bool) -> Iterator[tuple[Finding, _Edit]]:
    """What has to be written where; of two numbers in one place the first counts."""
    place = _in_cells(text) if notebook else _in_lines(text)
    end = 0
    found = [(finding, edit) for finding in findings if fixable(finding) and (edit := place(finding)) is not None]
    for finding, edit in sorted(found, key=lambda pair: pair[1].start):
        if edit.start >= end:
            yield finding, edit
            end = edit.end


def _edited(text: str, edits: list[_Edit]) -> str:
    pieces, at = [], 0
    for edit in edits:
        pieces += [text[at : edit.start], edit.new]
        at = edit.end
    return "".join([*pieces, text[at:]])


# -- where a number stands ---------------------------------------------------------------------------------------


def _starts(text: str) -> list[int]:
    """Where the lines of a text begin."""
    return [match.start() for match in _LINE.finditer(text)]


def _offset(text: str, starts: list[int], spot: Spot, printed: str) -> int | None:
    """Where the printed number begins, if it still stands at its place."""
    if not 1 <= spot.line <= len(starts):
        return None
    start = starts[spot.line - 1] + spot.start
    stands_there = text[start : start + spot.end - spot.start] == printed and not set(_ENDS) & set(printed)
    return start if printed and stands_there else None


def _change(printed: str, right: str) -> tuple[int, int, str]:
    """The stretch of ``printed`` that differs, and what belongs there.

    >>> _change("12,433,648", "12,443,648")
    (4, 5, '4')
    """
    head = next(
        (n for n, (a, b) in enumerate(zip(printed, right, strict=False)) if a != b), min(map(len, (printed, right)))
    )
    room = min(len(printed), len(right)) - head
    tail = next((n for n in range(room) if printed[-1 - n] != right[-1 - n]), room)
    return head, len(printed) - tail, right[head : len(right) - tail]


def _in_lines(text: str) -> Callable[[Finding], _Edit | None]:
    starts = _starts(text)

    def place(finding: Finding) -> _Edit | None:
        spot, right = finding.printed_at, finding.right
        if spot is None or right is None or spot.cell is not None:
            return None
        at = _offset(text, starts, spot, finding.printed)
        if at is None:
            return None
        start, end, new = _change(finding.printed, right)
        return _Edit(at + start, at + end, new)

    return place


def _in_cells(text: str) -> Callable[[Finding], _Edit | None]:
    sources = cells(text)
    starts = {number: _starts(source) for number, (source, _) in sources.items()}

    def place(finding: Finding) -> _Edit | None:
        spot, right = finding.printed_at, finding.right
        if spot is None or right is None or spot.cell not in sources:
            return None
        source, spelling = sources[spot.cell]
        at = _offset(source, starts[spot.cell], spot, finding.printed)
        return None if at is None else _in_json(spelling, at, finding.printed, right, text.isascii())

    return place


def _in_json(spelling: Spelling, at: int, printed: str, right: str, ascii_only: bool) -> _Edit | None:
    """The change of a number inside the strings of a cell; ``None`` where it runs over from one to the next."""
    if any(opens for _, _, opens in spelling[at + 1 : at + len(printed)]):
        return None
    start, end, new = _change(printed, right)
    begin = spelling[at + start - 1][1] if start else spelling[at][0]
    stop = spelling[at + end - 1][1] if end else begin
    return _Edit(begin, stop, json.dumps(new, ensure_ascii=ascii_only)[1:-1])


# -- what changes ------------------------------------------------------------------------------------------------


def difference(before: str, after: str, name: str) -> str:
    """A unified diff, for eyes: control characters are shown, so that no text can hide its own change.

    >>> print(difference("a\\n6×7 = 41\\n", "a\\n6×7 = 42\\n", "x.md"))
    --- x.md
    +++ x.md
    @@ -1,2 +1,2 @@
     a
    -6×7 = 41
    +6×7 = 42
    """
    old, new = ([line.rstrip(_ENDS) for line in _LINE.findall(text)] for text in (before, after))
    return "\n".join(map(_visible, difflib.unified_diff(old, new, name, name, lineterm="")))


def _visible(line: str) -> str:
    return "".join(char if char.isprintable() or char in "\t\u3000\u00a0" else repr(char)[1:-1] for char in line)
