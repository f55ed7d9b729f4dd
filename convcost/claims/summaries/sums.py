"""The sum of the rows: what it is by each tool's rules, and when it must be the printed total."""

from __future__ import annotations

from .record import Record
from .table import Table

#: Kinds of lines whose params stand in another line too.
_INNER = "Parameter"


def counted(record: Record) -> tuple[int, ...]:
    """The rows whose params the tool adds up to its total.

    Keras's nested layers are in the params of their model; torchinfo's inner parameters are in those of their layer.
    """
    return tuple(
        n
        for n, row in enumerate(record.rows)
        if row.kind != _INNER and not row.repeated and not (record.tool == "keras" and row.depth)
    )


def total(table: Table) -> int:
    """The sum of the rows as they stand in the table now."""
    return sum(table.params(n) or 0 for n in counted(table.record))


def stated(record: Record) -> int | None:
    """The printed total of what the rows count: Keras's optimizer has variables of its own."""
    figure = record.totals.get("params")
    if figure is None or not figure.exact:
        return None
    optimizer = record.totals.get("optimizer")
    return int(figure.value - (optimizer.value if optimizer else 0))


def comparable(record: Record) -> bool:
    """Whether the rows must add up to the total: they are all there, and each has its number."""
    if not record.whole or stated(record) is None:
        return False
    if record.tool == "torchinfo":
        # A module that stands in several places is counted in each by containers that are not taken apart.
        return not any(row.repeated for row in record.rows)
    return all(row.params is not None for row in record.rows)


def missing(table: Table) -> int | None:
    """What the rows lack to the printed total; nothing where that says nothing."""
    if not comparable(table.record):
        return None
    printed = stated(table.record)
    return None if printed is None else printed - total(table)


def binding(table: Table) -> bool:
    """Whether a sum that differs is wrong for certain, however far it is from the total.

    Somebody may have cut rows out of the middle without a mark; then numbers have gaps, or layers do not fit.
    """
    record = table.record
    gap = missing(table)
    if gap is None or record.tool == "torchinfo":
        return False
    numbers = [row.number for row in record.rows]
    if None not in numbers:
        return numbers == list(range(1, len(numbers) + 1)) if record.tool == "torchsummary" else gap < 0
    fitting = not any(table.faults(n) for n in range(len(record.rows)))
    return gap < 0 or (
        fitting and len(record.rows) <= 40 and all(table.sure[n] or not table.feeds[n] for n in range(len(record.rows)))
    )
