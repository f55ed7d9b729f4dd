"""The figures of a summary: which laws bind them, by tool."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from math import prod

from ...messages import Message
from . import sums
from .figurelaws import FactLaw, FigureLaw, ScaleLaw, SumLaw
from .record import Record
from .table import Table

_MIB = 2**20
_MB = 10**6


def figure_laws(table: Table) -> list[FigureLaw]:
    """All that binds the figures of a summary."""
    record = table.record
    return [law for law in _all(table) if law.target in record.totals]


def _all(table: Table) -> Iterator[FigureLaw]:
    record = table.record
    totals = record.totals
    if "trainable" in totals and "frozen" in totals:
        yield SumLaw("params", ("trainable", "frozen", "optimizer"))
    if {"input", "passes", "weights"} <= totals.keys() and len({record.powers[key] for key in ("input", "passes", "weights", "memory") if key in totals}) == 1:
        yield SumLaw("memory", ("input", "passes", "weights"))
    yield from _rows_law(table)
    if "weights" in totals and "params" in totals:
        yield _weights_law(record)
    yield from _frozen_law(table)
    yield from _passes_law(table)
    yield from _mult_adds_law(table)
    yield from _keras_sizes(record)


def _rows_law(table: Table) -> Iterator[FigureLaw]:
    record = table.record
    printed = sums.stated(record)
    if printed is None or not sums.comparable(record) or _collected_twice(table):
        return
    total = sums.total(table)
    optimizer = record.totals.get("optimizer")
    whole = total + (optimizer.value if optimizer else 0)
    told = Message("the params of the {count} rows add up to {sum}", count=len(sums.counted(record)), sum=f"{total:,}")
    if optimizer:
        told = Message(
            "the params of the {count} rows add up to {sum}, with the optimizer's {whole}",
            count=len(sums.counted(record)), sum=f"{total:,}", whole=f"{int(whole):,}",
        )  # fmt: skip
    yield FactLaw("params", (Fraction(whole),), told, hard=sums.binding(table))


def _frozen_law(table: Table) -> Iterator[FigureLaw]:
    """What is not trained, where the rows tell: running statistics in Keras, params in brackets in torchinfo."""
    record = table.record
    if "frozen" not in record.totals or sums.missing(table) != 0:
        return
    if record.tool == "torchinfo":
        count = sum(table.params(n) or 0 for n in sums.counted(record) if table.rows[n].frozen)
    elif record.tool == "keras":
        normal = [n for n, (name, _) in enumerate(table.families) if name == "batchnorm" and not table.rows[n].depth]
        count = sum(2 * (table.dims(n) or (0,))[-1] for n in normal)
    else:
        return
    told = Message("the rows tell of {count} params that are not trained", count=f"{count:,}")
    yield FactLaw("frozen", (Fraction(count),), told, hard=False)


def _collected_twice(table: Table) -> bool:
    """A model that was frozen after it was compiled: Keras then adds its frozen params to all of them."""
    totals = table.record.totals
    trainable, frozen = totals.get("trainable"), totals.get("frozen")
    return bool(
        table.record.tool == "keras" and trainable and frozen and frozen.value and trainable.value == sums.total(table)
    )


def _unit(record: Record, key: str, base: int) -> int:
    """Bytes of the unit in which a size is printed, a kilobyte having ``base`` of them."""
    return int(base ** record.powers.get(key, 2))


def _weights_law(record: Record) -> FigureLaw:
    plain = record.tool in ("torchsummary", "paddle") or (not record.tool and "mult-adds" not in record.totals)
    bases = (1024,) if record.tool in ("torchsummary", "paddle") else (1024, 1000)
    sizes = (4,) if plain else (4, 2, 8, 1)
    factors = [Fraction(size, _unit(record, "weights", base)) for size in sizes for base in bases]
    return ScaleLaw("weights", "params", tuple(factors), hard=plain, at_most=not plain)


def _passes_law(table: Table) -> Iterator[FigureLaw]:
    record = table.record
    # Outputs are summed over all rows: those whose params make the total.
    if "passes" not in record.totals or sums.missing(table) != 0:
        return
    if record.tool in ("torchsummary", "paddle"):
        values = [_volume(table, n) for n in range(len(table.rows))]
        if None in values:
            return
        volume = abs(sum(value for value in values if value is not None))
        told = Message(
            "the outputs of the rows are {count} values; twice that, at 4 bytes each, are {size} MB",
            count=f"{volume:,}", size=f"{float(Fraction(8 * volume, _MIB)):,.2f}",
        )  # fmt: skip
        yield FactLaw("passes", (Fraction(8 * volume, _unit(record, "passes", 1024)),), told, hard=record.tool == "torchsummary")
    elif record.tool == "torchinfo":
        yield from _leaf_passes(table)


def _volume(table: Table, n: int) -> int | None:
    """What torchsummary multiplies: every printed number of a row's shape, the sign of an open batch too."""
    row, dims = table.rows[n], table.dims(n)
    if row.volume is None or row.output is None or dims is None or dims == row.output.dims:
        return row.volume
    return row.volume // max(1, prod(row.output.dims)) * prod(dims)


def _leaf_passes(table: Table) -> Iterator[FigureLaw]:
    """torchinfo: twice the outputs of the modules that own params and hold no others."""
    rows, record = table.rows, table.record
    volume = 0
    for n, row in enumerate(rows):
        if n + 1 < len(rows) and rows[n + 1].depth > row.depth:
            continue
        if not table.families[n][0]:
            return
        if row.params is not None or row.repeated:
            dims = table.dims(n)
            if dims is None:
                return
            volume += prod(dims) * (row.output.batch if row.output and row.output.batch else 1)
    told = Message("the outputs of the layers with params are {count} values, twice 4 bytes each", count=f"{volume:,}")
    values = tuple(Fraction(8 * volume, _unit(record, "passes", base)) for base in (1000, 1024))
    yield FactLaw("passes", values, told, hard=False)


def _mult_adds_law(table: Table) -> Iterator[FigureLaw]:
    record = table.record
    figures = [row.macs for row in table.rows if row.macs is not None]
    if not figures or "mult-adds" not in record.totals or sums.missing(table) != 0:
        return
    total = int(sum(figure.value for figure in figures))
    told = Message("the mult-adds of the rows add up to {sum}", sum=f"{total:,}")
    yield FactLaw("mult-adds", (Fraction(total),), told, hard=False)


def _keras_sizes(record: Record) -> Iterator[FigureLaw]:
    pairs = [key for key in ("params", "trainable", "frozen", "optimizer") if f"{key} bytes" in record.totals and key in record.totals]
    if not pairs:
        return

    def law(key: str, size: int) -> ScaleLaw:
        unit = _unit(record, f"{key} bytes", 1024)
        # The optimizer's step counter has 8 bytes.
        extras = (Fraction(0), Fraction(4, unit)) if "optimizer" in record.totals else (Fraction(0),)
        return ScaleLaw(f"{key} bytes", key, (Fraction(size, unit),), True, extras)

    def fitting(size: int) -> int:
        return sum(law(key, size).holds(record.totals) for key in pairs)

    size = max((4, 2, 1, 8), key=fitting)
    if fitting(size):
        yield from (law(key, size) for key in pairs)
