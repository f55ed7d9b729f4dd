"""torchinfo's tree: ``├─Conv2d: 1-1   [1, 64, 112, 112]   9,408``, its columns in the order of its header."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from .footer import Foot
from .pasted import Pasted
from .record import Dims, Figure, Record, Row, Size, figure
from .tabular import Found, records

_HEADER = re.compile(r"Layer\s\(type(?:\s\(var_name\))?(?::depth-idx)?\)[^\n]{0,300}")
_TITLES = {
    "kernel shape": "kernel", "input shape": "input", "output shape": "output", "param #": "params",
    "param %": "share", "mult-adds": "macs", "trainable": "trainable",
}  # fmt: skip
_TITLE = re.compile("|".join(map(re.escape, _TITLES)), re.IGNORECASE)
_TREE = r"(?P<tree>[ \t#>|│┃├└─+]{0,400})"
_ROW = re.compile(
    rf"^{_TREE}(?P<name>(?P<kind>[A-Za-z_]\w{{0,80}})(?:\s\([^()\n]{{1,80}}\))?(?::\s?(?P<depth>\d{{1,3}})(?:-(?P<number>\d{{1,6}}))?)?)"
    r"(?=[ |│┃]{1,200}(?:\[|--|-?\d|\(recursive|\(\d|True|False|Partial))(?P<cells>[^\n]{0,600})$",
    re.MULTILINE,
)
_INNER = re.compile(
    rf"^{_TREE}(?<=[└├+─\s])(?P<name>[\w.]{{1,120}})(?=[ |]{{1,200}}(?:\[|[├└]─\d|--))(?P<cells>[^\n]{{0,400}}?)(?:[├└]─)(?P<params>\d(?:[\d,]{{0,30}}\d)?)(?P<more>[^\n]{{0,200}})$",
    re.MULTILINE,
)
_DIMS = re.compile(r"\[[\d, ]{1,60}\]")
_CELL = re.compile(
    r"\[(?:[^\[\]\n]|\[[^\[\]\n]{0,80}\]){0,200}\]|\(recursive\)|\(\d(?:[\d,]{0,30}\d)?\)|--|-?\d{1,9}(?:\.\d{1,9})?%|"
    r"\d(?:[\d,]{0,30}\d)?|\b(?:True|False|Partial)\b"
)


def find(text: Pasted, feet: Sequence[Foot]) -> Iterator[Record]:
    """The summaries of this layout.

    >>> from ..documents import Line
    >>> lines = ("Layer (type:depth-idx)  Output Shape  Param #", "Net  [1, 10]  --", "├─Linear: 1-1  [1, 10]  31,370")
    >>> (record,) = find(Pasted.of(tuple(Line(n, line) for n, line in enumerate(lines, 1))), ())
    >>> [(row.kind, row.depth, row.params and str(row.params.value)) for row in record.rows]
    [('Net', 0, None), ('Linear', 1, '31370')]
    """
    headers = [
        (match.end(), _columns(match[0]) if "_name" in match[0] or "-idx" in match[0] else ())
        for match in _HEADER.finditer(text.text)
    ]
    yield from (_told_apart(record) for record in records("torchinfo", text, _rows(text, headers), feet))


def _told_apart(record: Record) -> Record:
    """Two shapes in a row, and no header that says which is which: what goes into a row came out of the one before."""
    if not any(row.guessed and row.input for row in record.rows):
        return record
    pairs = [
        (a, b)
        for a, b in zip(record.rows, record.rows[1:], strict=False)
        if a.input and a.output and b.input and b.output
    ]
    forwards = sum(a.output.dims == b.input.dims != a.input.dims for a, b in pairs if a.output and b.input and a.input)
    backwards = sum(
        a.input.dims == b.output.dims != a.output.dims for a, b in pairs if a.output and b.output and a.input
    )
    if forwards > backwards:
        return record
    if backwards > forwards:
        return replace(record, rows=tuple(replace(row, input=row.output, output=row.input) for row in record.rows))
    return replace(record, rows=tuple(replace(row, input=None, output=None) for row in record.rows))


def _columns(header: str) -> tuple[str, ...]:
    return tuple(_TITLES[title.lower()] for title in _TITLE.findall(header))


def _rows(text: Pasted, headers: Sequence[tuple[int, tuple[str, ...]]]) -> Iterator[Found]:
    inner = {match.start(): match for match in _INNER.finditer(text.text)}
    matches = [*inner.values(), *(match for match in _ROW.finditer(text.text) if match.start() not in inner)]
    columns: tuple[str, ...] = ()
    at, last = 0, 0
    for match in sorted(matches, key=lambda match: match.start()):
        while at < len(headers) and headers[at][0] <= match.start():
            last, columns = headers[at]
            at += 1
        if match.re is _INNER:
            yield _inner(text, match)
            last = match.end()
            continue
        # A row without a depth is known by what stands right above it.
        drawn = re.search("[├└+]", match["tree"]) is not None
        if match["depth"] or (columns and match.start() - last < 400) or (drawn and "─" in match["tree"]):
            row = _row(text, match, columns)
            if row is not None:
                yield Found(row, match.start("name"), match.end())
                last = match.end()


def _inner(text: Pasted, match: re.Match[str]) -> Found:
    line, spot = text.line_text(match.start("name"))
    dims = _DIMS.search(text.text, match.start("cells"), match.end("cells")) or _DIMS.search(
        text.text, match.start("more"), match.end()
    )
    size = Size(dims[0], _numbers(dims[0]), None, text.spot(*dims.span())) if dims else None
    number = figure(match["params"], text.spot(*match.span("params")))
    row = Row(match["name"], "Parameter", line, spot, depth=_depth(match["tree"]), output=size, params=number)
    return Found(row, match.start("name"), match.end())


def _numbers(cell: str) -> Dims:
    return tuple(int(number) for number in re.findall(r"-?\d+", cell))


def _row(text: Pasted, match: re.Match[str], columns: tuple[str, ...]) -> Row | None:
    cells = list(_CELL.finditer(text.text, match.start("cells"), match.end("cells")))
    guessed = len(cells) != len(columns)
    names = _guessed(cells) if guessed else columns
    if len(cells) != len(names) or "params" not in names:
        return None
    by_name = dict(zip(names, cells, strict=True))
    line, spot = text.line_text(match.start("name"))
    params = by_name["params"][0]
    depth = int(match["depth"]) if match["depth"] else _depth(match["tree"])
    return Row(
        name=match["name"],
        kind=match["kind"],
        text=line,
        spot=spot,
        depth=depth,
        number=int(match["number"]) if match["number"] else None,
        output=_size(text, by_name.get("output")),
        input=_size(text, by_name.get("input")),
        kernel=_numbers(by_name["kernel"][0]) or None if "kernel" in by_name else None,
        params=_figure(text, by_name, "params"),
        macs=_figure(text, by_name, "macs"),
        share=_figure(text, by_name, "share"),
        guessed=guessed,
        repeated=params == "(recursive)",
        frozen=params.startswith("(") and params != "(recursive)",
    )


def _guessed(cells: Sequence[re.Match[str]]) -> tuple[str, ...]:
    """Columns where no header is left: shapes first, then params, then mult-adds."""
    shapes = sum(cell[0].startswith("[") for cell in cells)
    if any(cell[0].startswith("[") for cell in cells[shapes:]) or not 1 <= shapes <= 2:
        return ()
    names = (*(("output",) if shapes == 1 else ("input", "output")), "params", "macs")
    return names[: len(cells)]


def _depth(tree: str) -> int:
    """The depth that the branches before a name tell.

    >>> _depth(""), _depth("├─"), _depth("│    │    └─")
    (0, 1, 3)
    """
    return tree.count("│") + tree.count("|") + (1 if re.search("[├└+]", tree) else 0)


def _size(text: Pasted, cell: re.Match[str] | None) -> Size | None:
    if cell is None or not cell[0].startswith("[") or cell[0].count("[") != 1:
        return None
    numbers = _numbers(cell[0])
    if not numbers:
        return None
    batch = numbers[0] if numbers[0] > 0 else None
    return Size(cell[0], numbers[1:], batch, text.spot(*cell.span()))


def _figure(text: Pasted, cells: Mapping[str, re.Match[str]], name: str) -> Figure | None:
    cell = cells.get(name)
    digits = re.search(r"-?\d[\d,]*(?:\.\d+)?", cell[0]) if cell is not None else None
    if cell is None or digits is None or "[" in cell[0]:
        return None
    start = cell.start() + digits.start()
    return figure(digits[0], text.spot(start, start + len(digits[0])), 1)
