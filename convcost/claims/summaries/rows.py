"""The rows of a summary under their laws: one finding for each that is wrong, or one for all that hold."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from itertools import islice

from ...messages import Message
from ..diagnosis import slipped
from ..model import Finding
from . import laws, sums
from .habit import forgotten_biases
from .near import near
from .odd import odd_shapes
from .repair import Repair, repairs
from .table import Cell, Table
from .tell import about_figure, about_size, diagnosed, rows_hold

#: Neighbours whose numbers may have been copied.
_NEAR = 6
_MOST_READINGS = 200


def judge_rows(table: Table, source: str, rightly_summed: bool) -> Iterator[Finding]:
    """Findings of the rows. ``rightly_summed`` says that the total is beyond doubt, so that a gap is a row's."""
    found = repairs(table)
    for repair in odd_shapes(table):
        if all(repair.cell != other.cell for other in found):
            table.cells[repair.cell] = repair.right
            found.append(repair)
    for repair in forgotten_biases(table):
        if all(repair.cell != other.cell for other in found):
            table.cells[repair.cell] = repair.right
            found.append(repair)
    if rightly_summed:
        missing = _by_total(table)
        if missing is not None:
            table.cells[missing.cell] = missing.right
            found.append(missing)
    for repair in found:
        finding = _wrong(table, source, repair)
        if finding is not None:
            yield finding
    judged = sum(table.answers(n) for n in range(len(table.rows)))
    doubtful = any(fault.certain for n in range(len(table.rows)) for fault in table.faults(n))
    if not found and judged and not doubtful:
        yield rows_hold(source, table.record, judged)


def _by_total(table: Table) -> Repair | None:
    """The only row whose number would be right with what the rows lack to the total."""
    gap = sums.missing(table)
    if not gap:
        return None
    fitting, lawless = [], []
    for n in sums.counted(table.record):
        value, setting = table.params(n), table.setting(n)
        if value is None or value + gap < 0:
            continue
        readings = {} if setting is None else _readings(setting)
        if setting is None or not readings:
            # Rows without numbers may have been cut out unseen.
            slip = table.rows[n].number is not None or (table.record.tool == "keras" and table.sure[n] > 0)
            if (
                slip
                and value >= 100
                and slipped(str(value), str(value + gap))
                and (not setting or laws.explains(setting, value + gap) is not False)
            ):
                lawless.append(Repair(Cell("params", n), value + gap))
        elif value + gap in readings and _believable(table, setting, value, gap, value in readings):
            fitting.append(Repair(Cell("params", n), value + gap, readings[value + gap]))
    likely = fitting or lawless
    return likely[0] if len(likely) == 1 else None


def _readings(setting: laws.Setting) -> dict[int, str]:
    """What a row may well have by what stands right before it."""
    beside = replace(setting, widths=frozenset())
    return {reading.value: reading.text for reading in islice(laws.expected(beside), _MOST_READINGS)}


def _believable(table: Table, setting: laws.Setting, value: int, gap: int, fine: bool) -> bool:
    """Whether a row may lack what the total has more: a slip, or a bias; one that is ``fine`` as it is, only a bias."""
    if abs(gap) == setting.width:
        return setting.family == "dense" or (gap > 0) == table.biased
    return not fine and near(value, value + gap)


def _wrong(table: Table, source: str, repair: Repair) -> Finding | None:
    row = table.rows[repair.cell.row]
    if isinstance(repair.right, int):
        return _wrong_params(table, source, repair, repair.right)
    size = row.output if repair.cell.column == "output" else row.input
    if size is None:
        return None
    why = Message(
        "{name}: with {right} this row and its neighbours keep their laws, with the printed {printed} they do not",
        name=row.name, right=size.like(repair.right), printed=size.text,
    )  # fmt: skip
    return about_size(source, row, size, repair.right, why)


def _wrong_params(table: Table, source: str, repair: Repair, right: int) -> Finding | None:
    n = repair.cell.row
    row = table.rows[n]
    if row.params is None:
        return None
    around = range(max(0, n - _NEAR), min(len(table.rows), n + _NEAR + 1))
    values = frozenset(Fraction(value) for m in around if m != n and (value := table.params(m)))
    reason, how = diagnosed(row.params, right, repair.text, values)
    if repair.text and repair.text != str(right):
        gives = Message(
            "{name} has {expression} = {right} params", name=row.name, expression=repair.text, right=f"{right:,}"
        )
    else:
        gives = Message("{name} has {right} params", name=row.name, right=f"{right:,}")
    why = Message("{gives}, printed is {printed}: {how}.", gives=gives, printed=row.params.text, how=how)
    return about_figure(source, "table", row.params, (row.text, row.spot), right, "wrong", why, reason)
