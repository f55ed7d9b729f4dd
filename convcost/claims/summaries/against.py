"""A summary against the network that it is said to be of: rows in order, totals, sizes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fractions import Fraction
from typing import TYPE_CHECKING, Any, NamedTuple

from ...errors import ConvcostError
from ...messages import Message
from ..model import Finding, Spot
from .record import Dims, Figure, Record, Row
from .tell import about_figure, about_size, diagnosed

if TYPE_CHECKING:
    from ...costing import Cost

Line = Callable[[Spot], tuple[str, Spot]]


class Expected(NamedTuple):
    """A row as the tool would print it; ``params`` is nothing where it prints a dash."""

    name: str
    output: Dims
    params: int | None


def judge_against(record: Record, network: Cost, source: str, line: Line) -> Iterator[Finding]:
    """Findings of what differs from the network: the first row that does, and every figure."""
    tool = record.tool if record.tool in ("torchsummary", "torchinfo", "keras") else ""
    if not tool:
        return
    try:
        summary = network.summary(tool)
        expected = list(_expected(tool, summary, record))
    except ConvcostError:
        return
    if record.rows and record.whole:
        if len(record.rows) != len(expected):
            yield _other_network(source, record, len(expected))
            return
        yield from _first_difference(source, record, expected)
    for key, value in _figures(tool, summary, record).items():
        figure = record.totals.get(key)
        if figure is not None:
            yield _judged(source, record, key, figure, value, line)


def _expected(tool: str, summary: Any, record: Record) -> Iterator[Expected]:
    if tool != "torchinfo":
        yield from (Expected(row.name, row.output_shape, row.params) for row in summary.rows)
        return
    deepest = max((row.depth for row in record.rows), default=0)
    for row in summary.rows:
        if row.depth <= deepest:
            own = row.num_params if row.is_leaf or row.depth == deepest else row.leftover
            yield Expected(row.name, tuple(row.output_shape[1:]), None if row.repeated or own <= 0 else own)


def _other_network(source: str, record: Record, count: int) -> Finding:
    first = record.rows[0]
    why = Message(
        "the summary has {printed} rows, that of the network {count}: it is of another network, or not whole.",
        printed=len(record.rows), count=count,
    )  # fmt: skip
    return Finding(
        source, first.spot.line, (first.spot.start, first.spot.end), first.text, "table", "", len(record.rows), count,
        "unverifiable", None, why, first.spot.cell,
    )  # fmt: skip


def _first_difference(source: str, record: Record, expected: list[Expected]) -> Iterator[Finding]:
    for n, (row, wanted) in enumerate(zip(record.rows, expected, strict=True), start=1):
        finding = _difference(source, n, row, wanted)
        if finding is not None:
            yield finding
            return
    first = record.rows[0]
    why = Message("all {count} rows are those of the network.", count=len(expected))
    yield Finding(
        source, first.spot.line, (first.spot.start, first.spot.end), first.text, "table", "", len(expected),
        len(expected), "holds", None, why, first.spot.cell,
    )  # fmt: skip


def _difference(source: str, n: int, row: Row, wanted: Expected) -> Finding | None:
    told = Message("row {n} of the network is {name}", n=n, name=wanted.name)
    if row.output is not None and row.output.dims != wanted.output and len(row.output.dims) == len(wanted.output):
        why = Message("{row} with the output {shape}", row=told, shape=row.output.like(wanted.output))
        return about_size(source, row, row.output, wanted.output, why)
    if row.params is not None and wanted.params is not None and row.params.value != wanted.params:
        reason, how = diagnosed(row.params, wanted.params)
        why = Message(
            "{row} with {right} params, printed is {printed}: {how}.",
            row=told, right=f"{wanted.params:,}", printed=row.params.text, how=how,
        )  # fmt: skip
        return about_figure(source, "table", row.params, (row.text, row.spot), wanted.params, "wrong", why, reason)
    return None


def _figures(tool: str, summary: Any, record: Record) -> dict[str, Fraction]:
    total = Fraction(summary.total_params)
    if tool == "keras":
        optimizer = record.totals.get("optimizer")
        whole = total + (optimizer.value if optimizer else 0)
        return {
            "params": whole,
            "trainable": Fraction(summary.trainable_params),
            "frozen": total - summary.trainable_params,
        }

    def size(count: int, key: str) -> Fraction:
        base = 1024 if tool == "torchsummary" else 1000
        return Fraction(count, base ** record.powers.get(key, 2))

    sizes = {"input": summary.input_bytes, "passes": summary.forward_backward_bytes, "weights": summary.params_bytes}
    found = {"params": total, **{key: size(count, key) for key, count in sizes.items()}}
    found["memory"] = size(sum(sizes.values()), "memory")
    if tool == "torchinfo":
        found |= {"mult-adds": Fraction(summary.mult_adds), "trainable": Fraction(summary.trainable_params)}
    return found


def _judged(source: str, record: Record, key: str, figure: Figure, value: Fraction, line: Line) -> Finding:
    kind = "memory" if key in ("input", "passes", "weights") else "total"
    shown = f"{value.numerator:,}" if value.denominator == 1 else f"{float(value):,.2f}"
    if figure.says(value):
        verdict = "holds" if value == figure.value else "holds-rounded"
        return about_figure(
            source, kind, figure, line(figure.spot), value, verdict, Message("the network has {value}.", value=shown)
        )
    reason, how = diagnosed(figure, value)
    why = Message("the network has {value}, printed is {printed}: {how}.", value=shown, printed=figure.text, how=how)
    return about_figure(source, kind, figure, line(figure.spot), value, "wrong", why, reason)
