"""Keras's table, in its old layout of rules and blanks and the new one of boxes: ``conv2d (Conv2D)  (None, 26, 26, 32)  320``.

A row may go on in the lines below it: a long name, a shape, more layers that it is connected to.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from .footer import Foot
from .names import keras_kind
from .pasted import Pasted
from .record import Record, Row, Size, figure
from .tabular import Found, records

_BARS = "|│┃"
_DIM = r"(?:None|\d{1,9})"
_SHAPE = rf"\({_DIM}(?:,\s*{_DIM}){{0,8}},?(?:\s*\)|(?=[ \t]{{2}}|[ \t]?[|│┃]))"
_ROW = re.compile(
    rf"(?P<tree>[|│└┃¯ \t]{{0,60}})(?<![\w./-])(?P<name>[A-Za-z_][\w./:-]{{0,120}}…?)[ \t]{{1,60}}\([ ]{{0,40}}(?P<kind>[A-Za-z_][\w.>… ]{{0,60}}?)[ ]{{0,40}}\)?"
    rf"[ \t|│┃]{{0,90}}(?<=[ \t|│┃)\w])(?P<shape>\[?(?:{_SHAPE})(?:,\s{{0,20}}{_SHAPE}){{0,10}}\]?|multiple|\?|--)"
    r"[ \t|│┃]{1,90}(?P<params>\d(?:[\d,]{0,30}\d)?)(?![\w.,]*[\w)\]])(?P<rest>[^\n]{0,200})"
)
_LATE_KIND = re.compile(
    rf"(?P<tree>[|│└┃¯ \t]{{0,60}})(?<![\w./-])(?P<name>[A-Za-z_][\w./:-]{{0,120}}…?)[ \t]{{0,60}}[│┃][ \t]{{0,40}}(?P<shape>\[?(?:{_SHAPE})\]?)"
    r"[ \t]{0,40}[│┃][ \t]{0,60}(?P<params>\d(?:[\d,]{0,30}\d)?)[ \t]{0,20}[|│┃](?P<rest>[^\n]{0,200})"
)
_SOURCE = re.compile(
    r"(?<![(\w./])([A-Za-z_][\w./:-]{0,120})(\[\d{1,4}\]\[\d{1,4}\]|…|\[\d{0,4}\]?\[?(?=[\s|│,'\]]|$))"
)
#: Lines that a row may go on for.
_MOST_LINES = 12


def find(text: Pasted, feet: Sequence[Foot]) -> Iterator[Record]:
    """The summaries of this layout.

    >>> from ..documents import Line
    >>> lines = ("batch_normalization (BatchNo (None, 32, 32,  64  conv2d[0][0]", "rmalization)  16)")
    >>> (record,) = find(Pasted.of(tuple(Line(n, line) for n, line in enumerate(lines, 1))), ())
    >>> row = record.rows[0]
    >>> row.kind, row.output.dims, row.sources
    ('BatchNormalization', (32, 32, 16), ('conv2d',))
    """
    matches = {match.start("name"): match for match in _LATE_KIND.finditer(text.text)}
    matches |= {match.start("name"): match for match in _ROW.finditer(text.text)}
    ordered = [matches[start] for start in sorted(matches)]
    ends = [*(match.start("name") for match in ordered[1:]), len(text.text)]
    rows = [_row(text, match, end) for match, end in zip(ordered, ends, strict=False)]
    yield from records("keras", text, rows, feet)


def _sources(rest: str, below: str) -> tuple[str, ...] | None:
    """The layers before it; a name that is cut off ends in ``…``, one that cannot be read is ``…`` alone.

    >>> _sources("conv2d[0][0],", "rmalization)  16)  batch_normalizat…"), _sources(" |", "")
    (('conv2d', 'batch_normalizat…'), None)
    """
    text = rest + "\n" + re.sub(r"^[ \t#>]{0,60}[|│┃]?[ \t]{0,60}\(?[A-Za-z_][\w.]{0,60}[)…]", " ", below)
    found = [(match[1] + ("…" if match[2] == "…" else "")) for match in _SOURCE.finditer(text)]
    # What is left of names that the column has cut, or a comma behind the last one.
    if re.search(r"[A-Za-z]\w{2}", _SOURCE.sub(" ", text)) or re.search(r"\][',\s]{0,3},[\s|│\]']*\Z", text):
        found.append("…")
    return tuple(found) or None


@dataclass(frozen=True)
class _Below:
    """What stands in the lines below a row: the rest of its cells."""

    text: str
    end: int


def _row(text: Pasted, match: re.Match[str], following: int) -> Found:
    below = _below(text.text, match.end(), following)
    kind = match.groupdict().get("kind") or ""
    folded = not kind or "…" in kind or ")" not in text.text[match.end("kind") : match.start("shape")]
    if folded:
        kind = _whole_kind(kind, below.text)
    line, spot = text.line_text(match.start("name"))
    size = _size(text, match, below.text)
    row = Row(
        name=match["name"],
        kind=keras_kind(kind, match["name"]),
        text=line,
        spot=spot,
        depth=_depth(match, text.text[match.end("name") : match.start("shape")]),
        output=size,
        params=figure(match["params"], text.spot(*match.span("params"))),
        sources=_sources(match["rest"], below.text),
        folded=folded or (size is not None and not size.whole),
    )
    return Found(row, match.start("name"), below.end)


def _below(text: str, end: int, following: int) -> _Below:
    """The lines up to the next rule, blank line or row."""
    parts, at = [], end + 1
    for _ in range(_MOST_LINES):
        stop = text.find("\n", at, following)
        stop = following if stop < 0 else stop
        line = text[at:stop]
        bare = line.strip(_BARS + " \t#>")
        if not bare or re.match(r"[=_\-─━├┡└┌]{3}|[^\n]{0,200}params\b", bare, re.IGNORECASE):
            break
        if not re.fullmatch(r"[\w.>…)\]\[(,'\"\s/:|│-]{1,400}", bare) or re.search(r"\w\s\w+\s\w+\s\w", bare):
            break
        parts.append(line)
        end, at = stop, stop + 1
    return _Below("\n".join(parts), end)


def _whole_kind(begun: str, below: str) -> str:
    """The rest of a class whose name is broken over two lines.

    >>> _whole_kind("BatchNo", "rmalization)")
    'BatchNormalization'
    """
    rest = re.match(r"[ \t#>]{0,60}[|│┃]?[ \t]{0,60}\(?([A-Za-z_][\w.]{0,60})?(\)|…)", below)
    whole = begun.replace("…", "") + ((rest[1] or "") + ("…" if rest[2] == "…" else "") if rest else "…")
    return whole.rstrip("…") if "…" not in whole else whole


def _depth(match: re.Match[str], before_shape: str) -> int:
    """Layers of a model within a model are hung below it, or stand behind a bar that parts no cells."""
    nested = "└" in match["tree"] or ("|" in match["tree"] and "|" not in before_shape)
    return int(nested)


def _size(text: Pasted, match: re.Match[str], below: str) -> Size | None:
    printed = match["shape"].strip()
    whole = True
    if printed.count("(") != 1:
        return None
    if ")" not in printed:
        # The rest stands in the next line: further dims, or only digits of the last one.
        rest = re.search(r"(?<![\w,)\]])(\d{0,9}(?:,\s{0,3}\d{1,9}){0,8},?\s{0,3}\))", below)
        if rest is None:
            return None
        printed, whole = printed + (" " if printed.endswith(",") else "") + rest[1], False
    numbers = [-1 if part == "None" else int(part) for part in re.findall(_DIM, printed)]
    batch = numbers[0] if numbers[0] > 0 else None
    return Size(printed, tuple(numbers[1:]), batch, text.spot(*match.span("shape")), whole)
