"""Tables in plain text: columns kept apart by blanks, tabs, commas or bars."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from ..documents import Passage, Table
from .head import COSTS, read_head

#: What the printed summaries of tools have in their heads; somebody else reads them.
TOOL = re.compile(
    r"Layer \(type|Param #|Trainable params|Non-trainable|Total mult-adds|Input size \(MB\)|"
    r"Params size \(MB\)|Kernel Shape\s|===========|module name\s|MAdd\s"
)
_RULE = re.compile(r"\s*[-=+|_:─━═\s]{3,}\s*")
_BLANKS = re.compile(r"\S+(?: \S+)*")
_FIELD = re.compile(r"[^|│\t,]+")
MIN_ROWS, MAX_ROWS = 2, 2000
Place = tuple[int, int]


def tables_in(passage: Passage) -> Iterator[Table]:
    """The tables of a block of text.

    >>> text = "layer    params\\nconv1     1,792\\nconv2    36,928\\ntotal    38,720"
    >>> (table,) = tables_in(Passage(text, ((0, 1, 0), (16, 2, 0), (32, 3, 0), (48, 4, 0)), "code"))
    >>> [[cell.text for cell in row] for row in table.rows][-1]
    ['total', '38,720']
    """
    if passage.kind in ("heading", "cell") or TOOL.search(passage.text):
        return
    lines = _lines(passage)
    for separator in ("bars", "tabs", "blanks", "commas"):
        found = list(_tables(passage, lines, separator))
        if found:
            yield from found
            return


def _lines(passage: Passage) -> list[Place]:
    start, found = 0, []
    for line in passage.text.split("\n"):
        found.append((start, start + len(line)))
        start += len(line) + 1
    return found[: MAX_ROWS * 2]


def _tables(passage: Passage, lines: Sequence[Place], separator: str) -> Iterator[Table]:
    """Runs of lines under a head that names a cost."""
    at = 0
    while at < len(lines):
        head = _fields(passage, *lines[at], separator)
        if not _is_head(passage, head):
            at += 1
            continue
        rows, stop = _body(passage, lines, at + 1, separator, head)
        if len(rows) >= MIN_ROWS:
            yield Table((_cells(passage, head), *rows), 1)
        at = max(stop, at + 1)


def _fields(passage: Passage, start: int, end: int, separator: str) -> list[Place]:
    text = passage.text[start:end].replace("\t", "\t")
    if separator == "blanks":
        pattern = _BLANKS
    elif separator == "bars" and re.search(r"[|│]", text):
        pattern = re.compile(r"[^|│]+")
    elif separator == "tabs" and "\t" in text:
        pattern = re.compile(r"[^\t]+")
    elif separator == "commas" and text.count(",") and not re.search(r"\d,\d{3}(?!\d)", text):
        pattern = re.compile(r"[^,]+")
    else:
        return []
    found = []
    for match in pattern.finditer(text):
        piece = match[0]
        begin = match.start() + len(piece) - len(piece.lstrip())
        if piece.strip():
            found.append((start + begin, start + match.start() + len(piece.rstrip())))
    return found


def _is_head(passage: Passage, fields: Sequence[Place]) -> bool:
    words = [passage.text[a:b] for a, b in fields]
    if not 2 <= len(words) <= 20 or any(re.match(r"\W*\d", word) for word in words) or max(map(len, words)) > 40:
        return False
    return any(read_head(word).quantity in (*COSTS, "share") for word in words[1:])


def _body(
    passage: Passage, lines: Sequence[Place], at: int, separator: str, head: Sequence[Place]
) -> tuple[list[tuple[Passage, ...]], int]:
    rows: list[tuple[Passage, ...]] = []
    while at < len(lines):
        start, end = lines[at]
        text = passage.text[start:end]
        if _RULE.fullmatch(text):
            at += 1
            continue
        fields = _fields(passage, start, end, separator)
        placed = _placed(passage, fields, head, separator) if len(fields) > 1 else None
        if placed is None or not re.search(r"\d", text):
            break
        rows.append(_cells(passage, placed))
        at += 1
    return rows, at


def _placed(passage: Passage, fields: Sequence[Place], head: Sequence[Place], separator: str) -> list[Place] | None:
    """The fields under their heads; of a row with fewer, each under the head that it stands below."""
    if len(fields) == len(head):
        return list(fields)
    if len(fields) > len(head) or separator != "blanks":
        return None
    columns = [(passage.place(a)[1], passage.place(a)[1] + b - a) for a, b in head]
    found: list[Place] = [(fields[-1][1], fields[-1][1])] * len(head)
    last = -1
    for a, b in fields:
        left = passage.place(a)[1]
        best = min(range(len(head)), key=lambda n: _distance((left, left + b - a), columns[n]))
        if best <= last:
            return None
        found[best], last = (a, b), best
    return found


def _distance(one: Place, two: Place) -> int:
    return min(abs(one[0] - two[0]), abs(one[1] - two[1]))


def _cells(passage: Passage, places: Sequence[Place]) -> tuple[Passage, ...]:
    return tuple(_cell(passage, start, end) for start, end in places)


def _cell(passage: Passage, start: int, end: int) -> Passage:
    line, column = passage.place(start)
    return Passage(passage.text[start:end], ((0, line, column),), "cell", passage.cell)
