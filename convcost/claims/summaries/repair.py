"""Which printed thing of a summary is wrong: the one whose correction lets every law hold."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import islice
from math import prod

from . import laws, shapes
from .near import near, near_dims, slips
from .record import Dims
from .sums import counted, missing
from .table import Cell, Fault, Table

#: A summary in which more rows than that seem wrong is not understood.
_MOST_WRONG = 12
_SHARE_WRONG = 4
_MOST_READINGS = 400


@dataclass(frozen=True)
class Repair:
    """What belongs into a cell, and the arithmetic that gives it (for params)."""

    cell: Cell
    right: int | Dims
    text: str = ""


def repairs(table: Table) -> list[Repair]:
    """The cells that are wrong, with what belongs there; they are mended in the table."""
    found: list[Repair] = []
    # Rows that add up to a printed total are as the tool printed them.
    settled = frozenset(counted(table.record)) if missing(table) == 0 else frozenset()
    faults = {n: _open(table.faults(n), n in settled) for n in range(len(table.rows))}
    faulty = [n for n, broken in faults.items() if any(fault.certain for fault in broken)]
    odd = [n for n, broken in faults.items() if n not in set(faulty) and any(fault.law == "params" for fault in broken)]
    if len(faulty) > max(_MOST_WRONG, len(table.rows) // _SHARE_WRONG):
        return []
    for n in [*faulty, *odd[: 4 * _MOST_WRONG]]:
        left = _open(table.faults(n), n in settled)
        if any(_triggers(fault) for fault in left):
            repair = _repair(table, n, left)
            if repair is not None:
                table.cells[repair.cell] = repair.right
                found.append(repair)
    for repair in [*odd_shapes(table), *odd_maps(table)]:
        if all(repair.cell != other.cell for other in found):
            table.cells[repair.cell] = repair.right
            found.append(repair)
    return found


def odd_maps(table: Table) -> Iterator[Repair]:
    """The only maps of a table that are not square, a slip away from being so."""
    maps = {n: dims for n in range(len(table.rows)) if (dims := table.dims(n)) and len(dims) == 3 and min(dims) > 0}
    here = (0, 1) if table.last else (1, 2)
    odd = [n for n, dims in maps.items() if dims[here[0]] != dims[here[1]]]
    if not odd or 4 * len(odd) > len(maps):
        return
    sizes = Counter(dims[here[0]] for n, dims in maps.items() if n not in odd)
    for n in odd:
        dims = maps[n]
        for wrong, right in (here, here[::-1]):
            square = (*dims[:wrong], dims[right], *dims[wrong + 1 :])
            if sizes[dims[right]] and not sizes[dims[wrong]] and near_dims(dims, square):
                yield Repair(Cell("output", n), square)


def odd_shapes(table: Table) -> Iterator[Repair]:
    """Shapes that stand in one row only, a slip away from the shape of the layer that keeps it."""
    often = Counter(dims for n in range(len(table.rows)) if (dims := table.dims(n)))
    for n in range(len(table.rows)):
        dims = table.dims(n)
        if dims is None or table.sure[n] or often[dims] > 1 or len(dims) < 2:
            continue
        for other in _linked(table, n):
            if often[other] > 1 and _slip_of_a_dim(dims, other) and _fits_better(table, n, other):
                yield Repair(Cell("output", n), other)
                break


def _linked(table: Table, n: int) -> Iterator[Dims]:
    """Shapes right beside a row that a layer without any effect on shapes ties to it."""
    keeps = ("same", "batchnorm")
    for here, there in ((n, n - 1), (n + 1, n + 1)):
        if here < len(table.rows) and there >= 0 and table.families[here][0] in keeps:
            dims = table.dims(there)
            if dims is not None:
                yield dims


def _slip_of_a_dim(printed: Dims, right: Dims) -> bool:
    if len(printed) != len(right):
        return False
    differing = [(a, b) for a, b in zip(printed, right, strict=True) if a != b]
    return len(differing) == 1 and near_dims(printed, right)


def _fits_better(table: Table, n: int, right: Dims) -> bool:
    """Whether the params of a row speak for a shape, or at least not against it."""
    dims, setting, value = table.dims(n), table.setting(n), table.params(n)
    if dims is None or setting is None:
        return False
    if setting.channels(dims) == setting.channels(right):
        # A map that is square around it is square here too.
        return len(right) == 3 and right[1] == right[2]
    return not value or (laws.explains(setting, value) is False and laws.explains(replace(setting, output=right), value) is True)


def _open(faults: tuple[Fault, ...], settled: bool) -> tuple[Fault, ...]:
    return tuple(fault for fault in faults if not (settled and fault.law == "params"))


def _triggers(fault: Fault) -> bool:
    return fault.certain or fault.law == "params"


def _repair(table: Table, n: int, faults: tuple[Fault, ...]) -> Repair | None:
    # A class of one's own may bear the name of a layer in torch; in Keras it may not.
    certain = any(fault.certain for fault in faults) and table.sure[n] == 2 and table.record.tool == "keras"
    best: tuple[tuple[int, ...], Repair] | None = None
    for place, repair in enumerate(_candidates(table, n, faults)):
        close = _close(table, repair)
        alone = certain and repair.cell == Cell("params", n)
        shape = isinstance(repair.right, tuple)
        if not (close or alone or shape):
            continue
        before, after, clean = _outcome(table, n, repair)
        # A shape that is more than a slip away has to mend the rows on both sides.
        if not clean or after >= before or (shape and not close and after > before - 2):
            continue
        rank = (after, 0 if close else 1, _misses_total(table, repair), place)
        if best is None or rank < best[0]:
            best = rank, repair
    return best[1] if best else None


def _close(table: Table, repair: Repair) -> bool:
    printed = table.cells[repair.cell]
    if isinstance(printed, int) and isinstance(repair.right, int):
        return near(printed, repair.right) or _one_bias(table, repair.cell.row, abs(printed - repair.right))
    return isinstance(printed, tuple) and isinstance(repair.right, tuple) and near_dims(printed, repair.right)


def _one_bias(table: Table, n: int, difference: int) -> bool:
    dims = table.dims(n)
    return bool(dims) and difference == (dims[-1] if table.last or len(dims) == 1 else dims[0])  # type: ignore[index]


def _outcome(table: Table, n: int, repair: Repair) -> tuple[int, int, bool]:
    """Faults around before and after, and whether the row itself keeps its laws then."""
    around = {n, repair.cell.row, *table.consumers.get(repair.cell.row, ())}
    before = sum(len(table.faults(m)) for m in around)
    printed = table.cells[repair.cell]
    table.cells[repair.cell] = repair.right
    after = sum(len(table.faults(m)) for m in around)
    clean = not any(_triggers(fault) for fault in table.faults(n))
    table.cells[repair.cell] = printed
    return before, after, clean


def _misses_total(table: Table, repair: Repair) -> int:
    """Whether the rows do not add up to the printed total with it, where they must."""
    gap = missing(table)
    if gap is None or not isinstance(repair.right, int):
        return 0
    printed = table.cells[repair.cell]
    return int(isinstance(printed, int) and repair.right - printed != gap)


def _candidates(table: Table, n: int, faults: Iterable[Fault]) -> Iterator[Repair]:
    setting = table.setting(n)
    if setting is None:
        return
    if any(fault.law == "params" for fault in faults):
        for reading in islice(laws.expected(setting), _MOST_READINGS):
            yield Repair(Cell("params", n), reading.value, reading.text)
        value = table.params(n)
        if value and not setting.sure:
            for reading in laws.natural(setting, slips(value)):
                yield Repair(Cell("params", n), reading.value, reading.text)
    printed = setting.output
    for dims in dict.fromkeys(_shapes_around(table, n, printed)):
        if dims != printed and min(dims) > 0:
            yield Repair(Cell("output", n), dims)
    for feed in table.feeds[n][:1]:
        shown = table.cells[feed]
        if isinstance(shown, tuple) and table.sure[n]:
            for dims in dict.fromkeys(_shapes_around(table, n, shown)):
                if dims != shown and min(dims) > 0:
                    yield Repair(feed, dims)


def _shapes_around(table: Table, n: int, printed: Dims) -> Iterator[Dims]:
    """Shapes that a cell may mean: what the law says, and the printed one with a dim of a neighbour."""
    setting = table.setting(n)
    certain = shapes.must_be(setting) if setting is not None and setting.feeds else None
    if certain is not None and len(certain) == len(printed):
        yield certain
    for m in (n - 1, n + 1, n - 2, n + 2):
        other = table.dims(m) if 0 <= m < len(table.rows) else None
        if other is None or len(other) != len(printed):
            continue
        for axis, size in enumerate(other):
            yield (*printed[:axis], size, *printed[axis + 1 :])
    for width in _widths_told(table, n):
        axis = len(printed) - 1 if table.last or len(printed) == 1 else 0
        yield (*printed[:axis], width, *printed[axis + 1 :])
    for axis in range(len(printed) - 1):
        yield (*printed[:axis], printed[axis + 1], printed[axis], *printed[axis + 2 :])


def _widths_told(table: Table, n: int) -> Iterator[int]:
    """Output widths that the printed params speak of."""
    setting, value = table.setting(n), table.params(n)
    if setting is None or not value:
        return
    if setting.family == "batchnorm":
        times = {"keras": 4, "paddle": 4}.get(setting.tool, 2)
        yield from [value // times] if value % times == 0 else []
    elif setting.family == "dense" and setting.feeds:
        for features in {size for feed in setting.feeds[:2] for size in (feed[-1], prod(feed)) if size > 0}:
            yield from [value // per for per in (features + 1, features) if value % per == 0]
    elif setting.family in ("conv", "transposed") and setting.inputs:
        for side in (3, 1, 5, 7, 11):
            weights = setting.inputs[0] * side**setting.rank
            yield from [value // per for per in (weights + 1, weights) if value % per == 0]
