"""Which printed thing of a summary is wrong: the one whose correction lets every law hold."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from . import laws
from .around import shapes_around
from .near import near, near_dims, slips
from .record import Dims
from .sums import counted, missing
from .table import Cell, Fault, Table

#: A summary in which more rows than that seem wrong is not understood.
_MOST_WRONG = 12
_SHARE_WRONG = 4
_MOST_READINGS = 400
_MOST_FEEDS = 4


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
    faults = {n: broken for n in range(len(table.rows)) if (broken := _triggers(table, n))}
    certain = [n for n, broken in faults.items() if any(fault.certain for fault in broken)]
    if len(certain) > max(_MOST_WRONG, len(table.rows) // _SHARE_WRONG):
        return []
    odd = [n for n in faults if n not in set(certain)]
    for n in [*certain, *odd[: 4 * _MOST_WRONG]]:
        broken = _triggers(table, n)
        repair = _repair(table, n, broken, n in settled) if broken else None
        if repair is not None:
            table.cells[repair.cell] = repair.right
            found.append(repair)
    return found


def _triggers(table: Table, n: int) -> tuple[Fault, ...]:
    """The faults of a row that ask for a repair: shapes only where it is known what feeds what."""
    return tuple(fault for fault in table.faults(n) if fault.certain or fault.law == "params")


def _repair(table: Table, n: int, faults: tuple[Fault, ...], settled: bool) -> Repair | None:
    # A class of one's own may bear the name of a layer in torch; in Keras it may not.
    certain = any(fault.certain for fault in faults) and table.sure[n] == 2 and table.record.tool == "keras"
    certain = certain and not table.rows[n].folded
    best: tuple[tuple[int, ...], Repair] | None = None
    for place, repair in enumerate(_candidates(table, n, faults, settled)):
        close, shape = _close(table, repair), isinstance(repair.right, tuple)
        if not (close or shape or (certain and repair.cell == Cell("params", n))):
            continue
        if not close and _misses_total(table, repair):
            continue
        before, after, clean = _outcome(table, n, repair)
        # A shape that is more than a slip away, or whose row adds up, has to mend the rows on both sides.
        doubtful = shape and (not close or (settled and not _stranger(table, repair)))
        if not clean or after >= before - int(doubtful):
            continue
        rank = (after, 0 if close else 1, _misses_total(table, repair), _squareness(table, repair), place)
        if best is None or rank < best[0]:
            best = rank, repair
    return best[1] if best else None


def _close(table: Table, repair: Repair) -> bool:
    printed = table.cells[repair.cell]
    if isinstance(printed, int) and isinstance(repair.right, int):
        return near(printed, repair.right) or _one_bias(table, repair.cell.row, abs(printed - repair.right))
    return isinstance(printed, tuple) and isinstance(repair.right, tuple) and near_dims(printed, repair.right)


def _squareness(table: Table, repair: Repair) -> int:
    """0 for a repair that makes a map square, 2 for one that makes it oblong."""
    printed, right = table.cells[repair.cell], repair.right
    if not (isinstance(printed, tuple) and isinstance(right, tuple) and len(printed) > 2):
        return 1
    here = (0, 1) if table.last else (-2, -1)
    before, after = printed[here[0]] == printed[here[1]], right[here[0]] == right[here[1]]
    return 1 if before == after else 2 * int(before)


def _stranger(table: Table, repair: Repair) -> bool:
    """Whether a printed width stands in this row only, and the right one elsewhere too."""
    printed, right = table.cells[repair.cell], repair.right
    if not (isinstance(printed, tuple) and isinstance(right, tuple)):
        return False
    axis = len(printed) - 1 if table.last or len(printed) == 1 else 0
    widths = [
        dims[-1] if table.last or len(dims) == 1 else dims[0] for n in range(len(table.rows)) if (dims := table.dims(n))
    ]
    return widths.count(printed[axis]) < 2 and (right[axis] == printed[axis] or right[axis] in widths)


def _one_bias(table: Table, n: int, difference: int) -> bool:
    dims = table.dims(n)
    return dims is not None and difference == (dims[-1] if table.last or len(dims) == 1 else dims[0])


def _outcome(table: Table, n: int, repair: Repair) -> tuple[int, int, bool]:
    """Faults around before and after, and whether the row itself keeps its laws then."""
    around = {n, repair.cell.row, *table.consumers.get(repair.cell.row, ())}
    before = sum(len(table.faults(m)) for m in around)
    printed = table.cells[repair.cell]
    table.cells[repair.cell] = repair.right
    after, clean = sum(len(table.faults(m)) for m in around), not _triggers(table, n)
    table.cells[repair.cell] = printed
    return before, after, clean


def _misses_total(table: Table, repair: Repair) -> int:
    """Whether the rows do not add up to the printed total with it, where they must."""
    gap, printed = missing(table), table.cells[repair.cell]
    if gap is None or not isinstance(repair.right, int) or not isinstance(printed, int):
        return 0
    return int(repair.right - printed != gap)


def _candidates(table: Table, n: int, faults: tuple[Fault, ...], settled: bool) -> Iterator[Repair]:
    setting, value = table.setting(n), table.params(n)
    if setting is None:
        return
    if any(fault.law == "params" for fault in faults) and not settled:
        guessed = laws.natural(setting, slips(value)) if value and not setting.sure else ()
        for reading in (*guessed, *islice(laws.expected(setting), _MOST_READINGS)):
            yield Repair(Cell("params", n), reading.value, reading.text)
    cells = [Cell("output", n), *(table.feeds[n][:_MOST_FEEDS] if table.sure[n] else ())]
    for cell in cells:
        shown = table.cells[cell]
        if isinstance(shown, tuple):
            for dims in dict.fromkeys(shapes_around(table, n, cell, shown)):
                if dims != shown and min(dims) > 0:
                    yield Repair(cell, dims)
