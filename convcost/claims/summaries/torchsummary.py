"""torchsummary's table, and its kin with an input column (Paddle) or round brackets (MXNet): ``Conv2d-1 [-1, 64, 112, 112] 9,472``."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from ...arith import prod
from .footer import Foot
from .pasted import Pasted
from .record import Dims, Record, Row, Size, figure
from .tabular import Found, records

_SHAPE = r"[\[(]\s*-?\d+\s*(?:,\s*-?\d+\s*){0,8},?\s*[\])]"
_SHAPES = rf"\[\s*{_SHAPE}\s*(?:,\s*{_SHAPE}\s*){{0,20}}\]"
_BETWEEN = r"[\s|│┃]{1,90}"
_ROW = re.compile(
    rf"(?<![\w.-])(?P<name>(?P<kind>[A-Za-z_]\w{{0,80}})-(?P<number>\d{{1,6}})){_BETWEEN}"
    rf"(?:(?P<input>{_SHAPES}|{_SHAPE}){_BETWEEN})?(?P<output>{_SHAPES}|{_SHAPE}){_BETWEEN}"
    r"(?P<params>\d(?:[\d,]{0,30}\d)?)(?![\w.,]*\w)"
)


def find(text: Pasted, feet: Sequence[Foot]) -> Iterator[Record]:
    """The summaries of this layout.

    >>> from ..documents import Line
    >>> (record,) = find(Pasted.of((Line(1, "Conv2d-1  [-1, 64, 112, 112]  9,472"),)), ())
    >>> row = record.rows[0]
    >>> row.kind, row.output.dims, row.params.value.numerator
    ('Conv2d', (64, 112, 112), 9472)
    """
    rows = list(_rows(text))
    paddle = any(found.row.input for found in rows)
    yield from records("paddle" if paddle else "torchsummary", text, rows, feet)


def _rows(text: Pasted) -> Iterator[Found]:
    for match in _ROW.finditer(text.text):
        line, spot = text.line_text(match.start())
        row = Row(
            name=match["name"],
            kind=match["kind"],
            text=line,
            spot=spot,
            number=int(match["number"]),
            output=size(text, match, "output"),
            input=size(text, match, "input"),
            volume=prod(int(number) for number in re.findall(r"-?\d+", match["output"])),
            params=figure(match["params"], text.spot(*match.span("params"))),
        )
        yield Found(row, match.start(), match.end())


def size(text: Pasted, match: re.Match[str], group: str) -> Size | None:
    """A bracketed shape whose first number is the batch; nothing for lists of several shapes."""
    printed = match[group]
    if printed is None:
        return None
    inner = printed.strip()[1:-1].strip()
    if inner[:1] in ("[", "("):
        if inner.count("[") + inner.count("(") != 1:
            return None
        inner = inner[1:-1]
    numbers: Dims = tuple(int(part) for part in re.findall(r"-?\d+", inner))
    batch = numbers[0] if numbers else None
    return Size(
        printed, numbers[1:], None if batch is None or batch < 0 else batch, text.spot(*match.span(group)),
        "\n" not in printed,
    )  # fmt: skip
