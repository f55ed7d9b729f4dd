"""Tables of a cost: rows, totals, totals by kind, with shares."""

from __future__ import annotations

import csv
import html
import io
import re
from collections.abc import Iterable, Sequence
from fractions import Fraction
from typing import TYPE_CHECKING, NamedTuple

from tabulate import tabulate

from ..arith import Dim, is_symbolic
from ..conventions import Convention
from ..conventions import convention as named_convention
from ..errors import SpecError
from ..layers.base import shape_text
from .numbers import human, number, scale_of

if TYPE_CHECKING:
    from ..costing import Cost

_TABULATE = {"plain": "simple", "markdown": "pipe", "latex": "latex_booktabs", "html": "html"}
SORTS = ("order", "macs", "params")


class _Line(NamedTuple):
    path: str
    kind: str
    input: str
    output: str
    params: Dim
    value: Dim
    ran: bool = True


def table(fmt: str, head: Sequence[str], lines: Iterable[Sequence[str]], left: int = 1) -> str:
    """A table of ready texts; the first ``left`` columns are flush left, numbers flush right."""
    lines = [list(line) for line in lines]
    if fmt == "csv":
        text = io.StringIO()
        csv.writer(text, lineterminator="\n").writerows([head, *lines])
        return text.getvalue().rstrip("\n")
    align = ["left"] * left + ["right"] * (len(head) - left)
    # Numbers arrive as text: tabulate's own number parsing turns 10**20 into 1e+20.
    text_table: str = tabulate(lines, head, _TABULATE[fmt], disable_numparse=True, colalign=align if lines else None)
    return text_table


def cost_table(
    cost: Cost,
    fmt: str,
    *,
    convention: str = "macs",
    units: str = "auto",
    depth: int | None = None,
    sort: str = "order",
    title: str | None = None,
) -> str:
    """Rows, a total, and totals by kind."""
    price = named_convention(convention)
    if sort not in SORTS:
        raise SpecError(f"there is no order {sort!r}", fix=f"one of {', '.join(SORTS)}")
    if depth is not None and depth < 1:
        raise SpecError("depth is at least 1", got=f"depth={depth}")
    prefix, factor = scale_of(units)
    lines = _lines(cost, price)
    if depth is not None:
        lines = _grouped(lines, depth)
    if sort != "order":
        key = "value" if sort == "macs" else "params"
        if any(is_symbolic(getattr(line, key)) for line in lines):
            raise SpecError("symbolic costs have no order", fix="put numbers in, or keep the order of the layers")
        lines = sorted(lines, key=lambda line: -(getattr(line, key) or 0))
    if fmt == "csv":
        return _csv(lines, price, cost)
    unit = f"{prefix} {price.unit}".strip()
    total = cost.under(convention)
    body = [_texts(line, total, factor) for line in lines]
    body.append(["total", "", "", _outputs(cost), number(cost.params), number(total, factor), "100 %"])
    head = ["layer", "kind", "input", "output", "params", unit, "share"]
    parts = [
        table(fmt, head, body, left=4),
        table(fmt, ["kind", "layers", "params", unit, "share"], _kinds(cost, price, factor)),
    ]
    return assemble(fmt, title, parts, list(_remarks(cost, price, total)))


def _lines(cost: Cost, price: Convention) -> list[_Line]:
    """A line for every row, and one for whatever a convention charges to no row (a module around several)."""
    charged = _charged(cost, price)
    lines = [
        _Line(
            row.path,
            row.kind,
            ", ".join(dict.fromkeys(map(shape_text, row.inputs))),
            shape_text(row.output) if row.ran else "",
            row.params,
            charged.pop(row.path, 0) if row.macs is not None else charged.pop(row.path, None),
            row.ran,
        )
        for row in cost.rows
    ]
    return lines + [_Line(path, "module", "", "", 0, value) for path, value in charged.items()]


def _charged(cost: Cost, price: Convention) -> dict[str, Dim]:
    charged: dict[str, Dim] = {}
    for term in price.account(cost):
        charged[term.path] = charged.get(term.path, 0) + term.value
    return charged


def _grouped(lines: list[_Line], depth: int) -> list[_Line]:
    """Rows whose paths agree in their first ``depth`` parts become one."""
    groups: dict[str, list[_Line]] = {}
    for line in lines:
        # Modules of torch are dotted, what happens inside them stands behind a slash.
        parts = re.split(r"([./])", line.path)
        groups.setdefault("".join(parts[: 2 * depth - 1]), []).append(line)
    return [
        members[0]
        if len(members) == 1 and members[0].path == path
        else _Line(
            path,
            f"{len(members)} layers",
            members[0].input,
            members[-1].output,
            sum(line.params for line in members),
            sum(line.value for line in members if line.value is not None),
        )
        for path, members in groups.items()
    ]


def _texts(line: _Line, total: Dim, factor: int) -> list[str]:
    value = number(line.value, factor) if line.ran else "not run"
    return [
        line.path,
        line.kind,
        line.input,
        line.output,
        number(line.params),
        value,
        share(line.value, total),
    ]


def share(part: Dim, total: Dim) -> str:
    """``part`` of ``total`` in per cent, one decimal; empty where one of them is no number."""
    if not type(part) is type(total) is int:
        return ""
    if total == 0:
        return "0 %"
    return f"{float(Fraction(100 * part, total)):.1f} %"


def _outputs(cost: Cost) -> str:
    return ", ".join(map(shape_text, cost.outputs))


def _kinds(cost: Cost, price: Convention, factor: int) -> list[list[str]]:
    total = cost.under(price.name)
    kinds: dict[str, list[_Line]] = {}
    for line in _lines(cost, price):
        kinds.setdefault(line.kind, []).append(line)
    table_lines = []
    for kind, lines in kinds.items():
        counted = [line.value for line in lines if line.value is not None]
        value = cost.closed(sum(counted)) if counted else None
        params = cost.closed(sum((line.params for line in lines), 0))
        table_lines.append([kind, str(len(lines)), number(params), number(value, factor), share(value, total)])
    return table_lines


def _remarks(cost: Cost, price: Convention, total: Dim) -> Iterable[str]:
    if isinstance(total, int):
        short = human(total, price.unit)
        yield f"{number(total)} {price.unit}" + (f" ({short})" if short else "") + f": {price.about}"
    else:
        yield f"{price.unit}s: {price.about}" if total is not None else f"{price.unit}s are unknown"
    if cost.status != "exact":
        yield f"status: {cost.status}; not counted: {', '.join(cost.unsupported)}"
    for assumption in cost.assumptions:
        yield f"assumes {assumption}"
    yield from (f"note: {note}" for note in cost.notes)


def assemble(fmt: str, title: str | None, parts: list[str], remarks: list[str]) -> str:
    if fmt == "html":
        heading = [f"<h3>{html.escape(title)}</h3>"] if title else []
        return "\n".join([*heading, *parts, *(f"<p>{html.escape(remark)}</p>" for remark in remarks)])
    if fmt == "latex":
        remarks = [f"% {remark}" for remark in remarks]
    elif fmt == "markdown":
        remarks = [f"- {remark}" for remark in remarks]
    heading = [f"% {title}" if fmt == "latex" else f"### {title}" if fmt == "markdown" else title] if title else []
    return "\n\n".join([*heading, *parts, "\n".join(remarks)])


def _csv(lines: list[_Line], price: Convention, cost: Cost) -> str:
    """Plain numbers, one row a layer, the total last."""
    head = ["path", "kind", "input", "output", "params", price.unit, "ran"]
    body = [
        [
            line.path,
            line.kind,
            line.input.replace("×", "x"),
            line.output.replace("×", "x"),
            str(line.params),
            _bare(line.value),
            str(line.ran).lower(),
        ]
        for line in lines
    ]
    total = [
        "total",
        "",
        "",
        _outputs(cost).replace("×", "x"),
        str(cost.params),
        _bare(cost.under(price.name)),
        "",
    ]
    return table("csv", head, [*body, total])


def _bare(value: Dim) -> str:
    return "unknown" if value is None else str(value)
