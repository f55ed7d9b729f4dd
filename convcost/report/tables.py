"""Tables of a cost: rows, totals, totals by kind, with shares."""

from __future__ import annotations

import csv
import html
import io
import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from tabulate import tabulate

from ..arith import Dim, is_symbolic
from ..conventions import Convention
from ..conventions import convention as named_convention
from ..errors import SpecError
from ..layers.base import shape_text, whole
from ..messages import Message
from ..sight.field import ReceptiveField
from .columns import COLUMNS, SIGHT_NOTES, SIGHTS, USUAL, USUAL_BARE, Column, Frame, Line, chosen, fields_of
from .numbers import human, number, scale_of

if TYPE_CHECKING:
    from ..costing import Cost

_TABULATE = {"plain": "simple", "markdown": "pipe", "latex": "latex_booktabs", "html": "html"}
SORTS = ("order", "macs", "params")


def table(
    fmt: str, head: Sequence[str], lines: Iterable[Sequence[str]], left: int = 1, align: Sequence[str] = ()
) -> str:
    """A table of ready texts; the first ``left`` columns are flush left, numbers flush right, or as ``align`` says."""
    lines = [list(line) for line in lines]
    if fmt == "csv":
        text = io.StringIO()
        csv.writer(text, lineterminator="\n").writerows([head, *lines])
        return text.getvalue().rstrip("\n")
    align = align or ["left"] * left + ["right"] * (len(head) - left)
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
    columns: str | Sequence[str] | None = None,
    element_size: int = 4,
) -> str:
    """Rows, a total, and totals by kind."""
    price = named_convention(convention)
    if sort not in SORTS:
        raise SpecError(f"there is no order {sort!r}", fix=f"one of {', '.join(SORTS)}")
    if depth is not None and depth < 1:
        raise SpecError("depth is at least 1", got=f"depth={depth}")
    prefix, factor = scale_of(units)
    whole("element_size", element_size)
    frame = Frame(cost, price, cost.under(convention), prefix, factor, element_size)
    lines = _lines(cost, price)
    if depth is not None:
        lines = _grouped(lines, depth)
    if sort != "order":
        lines = _sorted(lines, "value" if sort == "macs" else "params")
    if fmt == "csv":
        return _csv(lines, replace(frame, factor=1, exact=True), chosen(columns, USUAL_BARE))
    shown = chosen(columns, USUAL)
    body = [[line.path, *(column.cell(line, frame) for column in shown)] for line in lines]
    body.append(["total", *(column.whole(frame) for column in shown)])
    head = ["layer", *(column.head(frame) for column in shown)]
    parts = [table(fmt, head, body, align=["left", *(column.flush for column in shown)])]
    adding = [column for column in shown if column.adds is not None]
    if adding:
        parts.append(table(fmt, ["kind", "layers", *(column.head(frame) for column in adding)], _kinds(frame, adding)))
    return assemble(fmt, title, parts, [*_remarks(frame, shown), *_sights(lines, shown, cost)])


def _sorted(lines: list[Line], key: str) -> list[Line]:
    if any(is_symbolic(getattr(line, key)) for line in lines):
        raise SpecError("symbolic costs have no order", fix="put numbers in, or keep the order of the layers")
    return sorted(lines, key=lambda line: -(getattr(line, key) or 0))


def _lines(cost: Cost, price: Convention) -> list[Line]:
    """A line for every row, and one for whatever a convention charges to no row (a module around several)."""
    charged = _charged(cost, price)
    lines = [
        Line(
            row.path,
            row.kind,
            ", ".join(dict.fromkeys(map(shape_text, row.inputs))),
            shape_text(row.output) if row.ran else "",
            row.params,
            charged.pop(row.path, 0) if row.macs is not None else charged.pop(row.path, None),
            row.ran,
            (row,),
        )
        for row in cost.rows
    ]
    return lines + [Line(path, "module", "", "", 0, value) for path, value in charged.items()]


def _charged(cost: Cost, price: Convention) -> dict[str, Dim]:
    charged: dict[str, Dim] = {}
    for term in price.account(cost):
        charged[term.path] = charged.get(term.path, 0) + term.value
    return charged


def _grouped(lines: list[Line], depth: int) -> list[Line]:
    """Rows whose paths agree in their first ``depth`` parts become one."""
    groups: dict[str, list[Line]] = {}
    for line in lines:
        # Modules of torch are dotted, what happens inside them stands behind a slash.
        parts = re.split(r"([./])", line.path)
        groups.setdefault("".join(parts[: 2 * depth - 1]), []).append(line)
    return [
        members[0]
        if len(members) == 1 and members[0].path == path
        else Line(
            path,
            f"{len(members)} layers",
            members[0].input,
            members[-1].output,
            sum(line.params for line in members),
            sum(line.value for line in members if line.value is not None),
            rows=tuple(row for line in members for row in line.rows),
        )
        for path, members in groups.items()
    ]


def _kinds(frame: Frame, adding: Sequence[Column]) -> list[list[str]]:
    kinds: dict[str, list[Line]] = {}
    for line in _lines(frame.cost, frame.price):
        kinds.setdefault(line.kind, []).append(line)
    return [
        [kind, str(len(lines)), *(column.adds(lines, frame) for column in adding if column.adds is not None)]
        for kind, lines in kinds.items()
    ]


def _remarks(frame: Frame, shown: Sequence[Column]) -> Iterable[str]:
    cost, price, total = frame.cost, frame.price, frame.total
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
    if COLUMNS["memory"] in shown and cost.activations is not None and cost.input_elements is not None:
        given = number(cost.closed(cost.input_elements * frame.element_size))
        yield Message(
            "bytes: {size} for each element; every layer's output counts once; the input has {given} more",
            size=frame.element_size, given=given,
        )  # fmt: skip


def _sights(lines: Sequence[Line], shown: Sequence[Column], cost: Cost) -> Iterable[str]:
    """Which inputs are told of; why a receptive field is unknown, uneven or not aligned: each reason at the first line
    that has it."""
    if not any(column in shown for column in SIGHTS):
        return
    several = len(cost.inputs) > 1
    if several:
        names = [Message("input {n} ({shape})", n=n, shape=shape_text(x)) for n, x in enumerate(cost.inputs, start=1)]
        listed = Message.joined(*names, by=", ")
        yield Message("what is seen of {inputs}, in this order; – where nothing is seen of it", inputs=listed)
    told: set[tuple[int, str]] = set()
    for line in lines:
        for field in fields_of(line):
            if field is None or not field.why or (field.input, field.why) in told:
                continue
            told.add((field.input, field.why))
            yield _reason(field, line.path, several)


def _reason(field: ReceptiveField, path: str, several: bool) -> str:
    mark = "* " if field.aligned is False else ""
    if several:
        return Message(
            "{mark}receptive field of input {n} from {path} on: {why}",
            mark=mark, n=field.input + 1, path=path, why=field.why,
        )  # fmt: skip
    return Message("{mark}receptive field from {path} on: {why}", mark=mark, path=path, why=field.why)


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


def _csv(lines: list[Line], frame: Frame, shown: Sequence[Column]) -> str:
    """Plain numbers, one row a layer, the total last; with the receptive fields what other tables tell in footnotes."""
    if any(column in shown for column in SIGHTS):
        shown = [*shown, *SIGHT_NOTES]
    body = [[line.path, *(column.cell(line, frame) for column in shown)] for line in lines]
    total = ["total", *(column.whole(frame) for column in shown)]
    return table("csv", ["path", *(column.head(frame) for column in shown)], [*body, total])
