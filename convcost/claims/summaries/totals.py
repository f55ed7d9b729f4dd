"""The figures of a summary: which laws bind them, by tool."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from math import prod

from ...messages import Message
from . import inputs, multadds, sums
from .figurelaws import HARD, HINT, SOFT, FactLaw, FigureLaw, LeastLaw, ScaleLaw, SumLaw
from .record import Record
from .table import Table

_MIB = 2**20
_MB = 10**6


def figure_laws(table: Table) -> list[FigureLaw]:
    """All that binds the figures of a summary."""
    figures = table.record.totals
    found = [law for law in _all(table) if law.target in figures]
    exact = {}
    for law in found:
        if isinstance(law, FactLaw | ScaleLaw) and law.weight != HINT and all(key in figures for key in law.needs()):
            values = [value for value in law.solved(figures, law.target) if figures[law.target].says(value)]
            if len(values) == 1:
                exact[law.target] = values[0]
    return [replace(law, exact=exact) if isinstance(law, SumLaw) and law.target == "memory" else law for law in found]


def _all(table: Table) -> Iterator[FigureLaw]:
    record = table.record
    totals = record.totals
    if "trainable" in totals and "frozen" in totals:
        yield SumLaw("params", ("trainable", "frozen", "optimizer"))
    if {"input", "passes", "weights"} <= totals.keys() and len(
        {record.powers[key] for key in ("input", "passes", "weights", "memory") if key in totals}
    ) == 1:
        yield SumLaw("memory", ("input", "passes", "weights"))
    yield from _rows_law(table)
    if "weights" in totals and "params" in totals:
        yield from _weights_law(record)
    yield from _input_law(table)
    yield from _frozen_law(table)
    yield from _passes_law(table)
    yield from _mult_adds_law(table)
    yield from _keras_sizes(record)


def _rows_law(table: Table) -> Iterator[FigureLaw]:
    record = table.record
    printed = sums.stated(record)
    if record.tool != "torchinfo" and not sums.comparable(record):
        yield LeastLaw("params", Fraction(sums.total(table)))
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
    yield FactLaw("params", (Fraction(whole),), told, HARD if sums.binding(table) else SOFT)


def _input_law(table: Table) -> Iterator[FigureLaw]:
    """The size of the input: printed in the first row, or told by the first convolution."""
    record = table.record
    if "input" not in record.totals or not table.rows:
        return
    base = 1024 if record.tool in ("torchsummary", "paddle") else 1000
    first = table.rows[0].input
    if first is not None and min(first.dims, default=0) > 0 and not table.rows[0].after_gap:
        values = prod(first.dims) * (first.batch or 1)
        told = Message("the input {shape} has {count} values of 4 bytes", shape=first.text, count=f"{values:,}")
        sizes = tuple(Fraction(size * values, _unit(record, "input", base)) for size in (4, 8))
        yield FactLaw("input", sizes, told, HINT)
        return
    found = inputs.sizes(table)
    if found:
        sizes = tuple(Fraction(4 * prod(shape), _unit(record, "input", base)) for shape in found)
        fitting = [shape for shape, size in zip(found, sizes, strict=True) if record.totals["input"].says(size)]
        told = Message(
            "the first convolution reads an input such as {shape}", shape=inputs.shown([*fitting, *found][0])
        )
        yield FactLaw("input", tuple(sizes), told, HINT)


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
    yield FactLaw("frozen", (Fraction(count),), told, SOFT)


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


def _weights_law(record: Record) -> Iterator[FigureLaw]:
    plain = record.tool in ("torchsummary", "paddle") or (not record.tool and "mult-adds" not in record.totals)
    bases = (1024,) if record.tool in ("torchsummary", "paddle") else (1024, 1000)
    factors = tuple(Fraction(4, _unit(record, "weights", base)) for base in bases)
    if plain:
        yield ScaleLaw("weights", "params", factors)
    else:
        # torchinfo leaves out what containers own themselves, and knows halves and doubles.
        others = tuple(Fraction(size, _unit(record, "weights", 1000)) for size in (2, 8, 1))
        yield ScaleLaw("weights", "params", factors + others, SOFT, at_most=max(factors))
        yield ScaleLaw("weights", "params", factors, HINT)


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
        yield FactLaw(
            "passes",
            (Fraction(8 * volume, _unit(record, "passes", 1024)),),
            told,
            HARD if record.tool == "torchsummary" else SOFT,
        )
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
    yield FactLaw("passes", values, told, SOFT)


def _mult_adds_law(table: Table) -> Iterator[FigureLaw]:
    record = table.record
    if "mult-adds" not in record.totals or sums.missing(table) != 0:
        return
    owning = [row for row in table.rows if row.params is not None and row.kind != "Parameter"]
    figures = [row.macs for row in table.rows if row.macs is not None]
    if figures and all(row.macs is not None for row in owning):
        total = int(sum(figure.value for figure in figures))
        told = Message("the mult-adds of the rows add up to {sum}", sum=f"{total:,}")
        yield FactLaw("mult-adds", (Fraction(total),), told, SOFT)
    elif not figures:
        counts = [multadds.of(table, n) for n in range(len(table.rows))]
        if None not in counts and not any(table.faults(n) for n in range(len(table.rows))):
            total = sum(count for count in counts if count)
            told = Message("params times positions of the outputs make {sum}", sum=f"{total:,}")
            yield FactLaw("mult-adds", (Fraction(total),), told, SOFT)


def _keras_sizes(record: Record) -> Iterator[FigureLaw]:
    pairs = [
        key
        for key in ("params", "trainable", "frozen", "optimizer")
        if f"{key} bytes" in record.totals and key in record.totals
    ]
    if not pairs:
        return

    def law(key: str, size: int) -> ScaleLaw:
        unit = _unit(record, f"{key} bytes", 1024)
        # The optimizer's step counter has 8 bytes.
        extras = (Fraction(0), Fraction(4, unit)) if "optimizer" in record.totals else (Fraction(0),)
        return ScaleLaw(f"{key} bytes", key, (Fraction(size, unit),), HARD, extras)

    def fitting(size: int) -> int:
        return sum(law(key, size).holds(record.totals) for key in pairs)

    size = max((4, 2, 1, 8), key=fitting)
    if fitting(size):
        yield from (law(key, size) for key in pairs)
