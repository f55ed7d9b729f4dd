"""fvcore's tables of modules (and mmengine's): ``| conv1 | 9.408K | 0.118G |`` with shapes of parameters between."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from math import prod

from ...messages import Message
from .figurelaws import HINT, SOFT, FactLaw, FigureLaw, SumLaw
from .pasted import Pasted
from .record import Dims, Figure, figure
from .sheet import Sheet

_HEAD = re.compile(
    r"\|\s{0,80}(?:module|name)\s{0,200}\|\s{0,80}#(?:parameters|elements)(?: or shape)?\s{0,80}\|[^\n]{0,200}",
    re.IGNORECASE,
)
_VALUE = r"\d{1,9}(?:\.\d{1,6})?\s?[KMGT]?"
_ROW = re.compile(
    rf"^[ \t#>]{{0,40}}\|(?P<indent>\s{{0,60}})(?P<name>[\w.\-]{{1,200}})\s{{0,200}}\|\s{{0,60}}(?:(?P<shape>\((?:\d{{1,9}},?\s?){{0,8}}\))|(?P<params>{_VALUE})|)\s{{0,80}}\|"
    rf"(?:\s{{0,60}}(?P<flops>{_VALUE})?\s{{0,80}}\|)?(?:\s{{0,60}}(?P<acts>{_VALUE})?\s{{0,80}}\|)?\s{{0,40}}$"
)
_RULE = re.compile(r"^[ \t#>]{0,40}[|+][-:=+| ]{3,600}$")
_UNITS = {"": 1, "K": 10**3, "M": 10**6, "G": 10**9, "T": 10**12}
_FULL = 4


@dataclass(frozen=True)
class _Row:
    name: str
    shape: Dims | None
    params: Figure | None
    flops: Figure | None


def find(text: Pasted) -> Iterator[Sheet]:
    """The tables of a text."""
    for head in _HEAD.finditer(text.text):
        first = text.index(head.start())
        rows, last = _rows(text, first + 1)
        if rows:
            figures = {f"{n} {column}": shown for n, row in enumerate(rows) for column, shown in _columns(row)}
            lines = text.covered(head.start(), text.starts[last])
            yield Sheet("fvcore", figures, list(_laws(rows)), lines, frozenset(("0 params", "0 flops")))


def _columns(row: _Row) -> Iterator[tuple[str, Figure]]:
    if row.params is not None:
        yield "params", row.params
    if row.flops is not None:
        yield "flops", row.flops


def _rows(text: Pasted, first: int) -> tuple[list[_Row], int]:
    found, last = [], first - 1
    for at in range(first, len(text.starts)):
        start = text.starts[at]
        line = text.text[start : text.starts[at + 1] - 1] if at + 1 < len(text.starts) else text.text[start:]
        match = _ROW.match(line)
        if match is None and not _RULE.match(line):
            break
        last = at
        if match is not None:
            found.append((match, start))
    fine = any(len(re.sub(r"\D", "", match["params"] or "").lstrip("0")) >= _FULL for match, _ in found)
    return [_row(text, match, start, fine) for match, start in found], last


def _row(text: Pasted, match: re.Match[str], start: int, fine: bool) -> _Row:
    shape = tuple(int(size) for size in re.findall(r"\d+", match["shape"])) if match["shape"] else None
    return _Row(
        match["name"], shape, _figure(text, match, "params", start, fine), _figure(text, match, "flops", start, fine)
    )


def _figure(text: Pasted, match: re.Match[str], column: str, start: int, fine: bool) -> Figure | None:
    cell = match[column]
    if not cell:
        return None
    unit = cell[-1] if cell[-1].isalpha() else ""
    digits = cell.rstrip("KMGT ")
    at = start + match.start(column)
    found = figure(digits, text.spot(at, at + len(digits)), _UNITS[unit])
    if unit and fine:
        # Three decimals, of which zeros at the end are left out.
        return Figure(found.text, found.value, found.scale / 1000, found.scale, found.spot)
    return found


def _laws(rows: list[_Row]) -> Iterator[FigureLaw]:
    shown = any(row.shape is not None for row in rows)
    for n, row in enumerate(rows):
        if row.params is None:
            continue
        children = list(_children(rows, n))
        shapes = [child for child in children if rows[child].shape is not None]
        modules = [child for child in children if rows[child].params is not None]
        own = sum(prod(rows[child].shape or ()) for child in shapes)
        if shapes and not modules:
            text = " + ".join("×".join(map(str, rows[child].shape or ())) or "1" for child in shapes)
            told = Message("its parameters have {expression} = {count} values", expression=text, count=f"{own:,}")
            yield FactLaw(f"{n} params", (Fraction(own),), told, SOFT, text)
        elif modules:
            parts = tuple(f"{child} params" for child in modules)
            yield SumLaw(f"{n} params", parts, SOFT, more=Fraction(own), upward=not shown)
            counted = tuple(f"{child} flops" for child in modules if rows[child].flops)
            if row.flops is not None and counted:
                yield SumLaw(f"{n} flops", counted, SOFT, upward=True)
                yield SumLaw(f"{n} flops", counted, HINT)


def _children(rows: list[_Row], n: int) -> Iterator[int]:
    """The rows right below a module: names that go on with a dot (the model itself has all that nobody else has)."""
    name = rows[n].name
    prefix = "" if n == 0 else f"{name}."
    above: list[str] = []
    for m in range(n + 1, len(rows)):
        other = rows[m].name
        if not other.startswith(prefix):
            return
        while above and not other.startswith(above[-1] + "."):
            above.pop()
        if not above:
            yield m
        if rows[m].shape is None:
            above.append(other)
