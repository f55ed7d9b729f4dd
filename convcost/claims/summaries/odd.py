"""Shapes that stand out where nobody says what feeds what: in one row only, a slip away from the rows beside it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from itertools import islice

from . import laws
from .near import near_dims
from .record import Dims
from .repair import Repair
from .table import Cell, Table

_MOST_READINGS = 400
#: Families that keep the shape of what comes in.
_KEEP = ("same", "batchnorm", "instancenorm", "groupnorm", "layernorm", "prelu")


def odd_shapes(table: Table) -> Iterator[Repair]:
    """Shapes that differ from that of a layer which keeps them, and the only maps that are not square."""
    done = set()
    for repair in (*_unlike_neighbours(table), *_not_square(table), *_unlike_what_is_pooled(table)):
        if repair.cell not in done:
            done.add(repair.cell)
            yield repair


def _unlike_neighbours(table: Table) -> Iterator[Repair]:
    often = Counter(dims for n in range(len(table.rows)) if (dims := table.dims(n)))
    for n in range(len(table.rows)):
        dims = table.dims(n)
        if dims is None or table.sure[n] or often[dims] > 1 or len(dims) < 2:
            continue
        linked = list(_linked(table, n))
        for other in linked:
            agreed = linked.count(other) > 1 or (often[other] > 1 and table.families[n][0] in _KEEP)
            known = often[other] > 1 or (_square(other) and not _square(dims))
            if known and _one_slip(dims, other) and _fits_better(table, n, other, agreed):
                yield Repair(Cell("output", n), other)
                break


def _linked(table: Table, n: int) -> Iterator[Dims]:
    """Shapes right beside a row that a layer without any effect on shapes ties to it."""
    for here, there in ((n, n - 1), (n + 1, n + 1)):
        if here < len(table.rows) and there >= 0 and table.families[here][0] in _KEEP:
            dims = table.dims(there)
            if dims is not None:
                yield dims


def _one_slip(printed: Dims, right: Dims) -> bool:
    differing = sum(a != b for a, b in zip(printed, right, strict=False))
    return differing == 1 and near_dims(printed, right)


def _fits_better(table: Table, n: int, right: Dims, agreed: bool) -> bool:
    """Whether the params of a row speak for a shape, or at least not against it."""
    dims, setting, value = table.dims(n), table.setting(n), table.params(n)
    if dims is None or setting is None:
        return False
    if setting.channels(dims) == setting.channels(right):
        # A map that is square around it is square here too.
        return agreed or _square(right)
    return not value or (not _usual(setting, value) and _usual(replace(setting, output=right), value))


def _square(dims: Dims) -> bool:
    """Whether a map has equal sides (channels in front, as torch has them)."""
    return len(dims) > 2 and dims[-1] == dims[-2]


def _usual(setting: laws.Setting, value: int) -> bool:
    """Whether a number of params is one of those that the rows around make likely."""
    return any(reading.value == value for reading in islice(laws.expected(setting), _MOST_READINGS))


def _unlike_what_is_pooled(table: Table) -> Iterator[Repair]:
    """Pools keep the number of channels; one that stands nowhere else is a slip."""
    widths = Counter(dims[0] for n in range(len(table.rows)) if (dims := table.dims(n)))
    for n in range(1, len(table.rows)):
        dims, before = table.dims(n), table.dims(n - 1)
        if table.families[n][0] not in ("pool", "adaptive") or table.sure[n] or table.last or not (dims and before):
            continue
        right = (before[0], *dims[1:])
        halved = all(abs(size - 2 * small) < 2 for size, small in zip(before[1:], dims[1:], strict=False))
        if halved and len(dims) == len(before) and widths[dims[0]] == 1 < widths[before[0]] and _one_slip(dims, right):
            yield Repair(Cell("output", n), right)


def _not_square(table: Table) -> Iterator[Repair]:
    maps = {n: dims for n in range(len(table.rows)) if (dims := table.dims(n)) and len(dims) == 3 and min(dims) > 0}
    here = (0, 1) if table.last else (1, 2)
    odd = [n for n, dims in maps.items() if dims[here[0]] != dims[here[1]]]
    if not odd or 3 * len(odd) > len(maps):
        return
    sizes = {dims[here[0]] for n, dims in maps.items() if n not in odd}
    for n in odd:
        dims = maps[n]
        for wrong, right in (here, here[::-1]):
            square = (*dims[:wrong], dims[right], *dims[wrong + 1 :])
            if dims[wrong] not in sizes and near_dims(dims, square) and _akin(dims[right], sizes):
                yield Repair(Cell("output", n), square)
                break


def _akin(size: int, sizes: set[int]) -> bool:
    """Whether a size occurs among others, or is twice or half of one, or what an unpadded kernel leaves."""
    return size in sizes or any(
        abs(other - 2 * size) < 2 or abs(size - 2 * other) < 2 or 0 < abs(size - other) <= 4 for other in sizes
    )
