"""Shapes that a wrong shape may mean: what the rows around it say."""

from __future__ import annotations

from collections.abc import Iterator
from math import prod

from . import shapes
from .near import slips
from .record import Dims
from .table import Cell, Table

_SIDES = (3, 1, 5, 7, 11)


def shapes_around(table: Table, n: int, cell: Cell, printed: Dims) -> Iterator[Dims]:
    """What the law of row ``n`` or of the cell's own says, and the printed shape with a dim of a neighbour."""
    for m in dict.fromkeys((cell.row, n)):
        setting = table.setting(m)
        certain = shapes.must_be(setting) if setting is not None and setting.feeds else None
        if certain is not None and len(certain) == len(printed):
            yield certain
    near = dict.fromkeys((n, n - 1, n + 1, cell.row - 1, cell.row + 1, n - 2, n + 2))
    for m in near:
        other = table.dims(m) if 0 <= m < len(table.rows) and (m != cell.row or cell.column == "input") else None
        if other is not None and len(other) == len(printed):
            yield from (_with(printed, axis, size) for axis, size in enumerate(other))
    axis = len(printed) - 1 if table.last or len(printed) == 1 else 0
    yield from (_with(printed, axis, width) for width in widths_told(table, cell.row))
    for axis in range(len(printed) - 1):
        yield (*printed[:axis], printed[axis + 1], printed[axis], *printed[axis + 2 :])
    yield from _by_slips(table, cell, printed)


def _with(dims: Dims, axis: int, size: int) -> Dims:
    return (*dims[:axis], size, *dims[axis + 1 :])


def _by_slips(table: Table, cell: Cell, printed: Dims) -> Iterator[Dims]:
    """Square maps first, then every slip of a digit in one dim."""
    spatial = range(len(printed) - 1) if table.last else range(1, len(printed))
    for axis in spatial:
        yield from (_with(printed, axis, printed[other]) for other in spatial if other != axis)
    for axis, size in enumerate(printed):
        if size > 9 and cell.column == "output" and table.families[cell.row][0] in ("flatten", "reshape"):
            yield from (_with(printed, axis, right) for right in slips(size))


def widths_told(table: Table, n: int) -> Iterator[int]:
    """Output widths that the printed params of a row speak of."""
    setting, value = table.setting(n), table.params(n)
    if setting is None or not value:
        return
    if setting.family == "batchnorm":
        times = {"keras": 4, "paddle": 4}.get(setting.tool, 2)
        yield from [value // times] if value % times == 0 else []
    elif setting.family == "dense":
        for features in {size for feed in setting.feeds[:2] if feed for size in (feed[-1], prod(feed)) if size > 0}:
            yield from [value // per for per in (features + 1, features) if value % per == 0]
    elif setting.family in ("conv", "transposed") and setting.inputs:
        for side in _SIDES:
            weights = setting.inputs[0] * side**setting.rank
            yield from [value // per for per in (weights + 1, weights) if value % per == 0]
