"""Printed numbers that laws bind together, where rows are no table: trees with shares, reports, profiles."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from ...messages import Message
from ..model import Finding
from .figurelaws import HINT, FigureLaw, ShareLaw, broken
from .pasted import Pasted
from .record import Figure
from .solve import mends
from .tell import about_figure, diagnosed

#: A report in which more laws than that are broken is not understood.
_MOST_BROKEN = 12
_SHARE_BROKEN = 4


@dataclass(frozen=True)
class Sheet:
    """Figures by their keys, the laws that bind them, and the lines that they stand on.

    ``totals`` are the keys of figures that speak of the whole.
    """

    tool: str
    figures: Mapping[str, Figure]
    laws: Sequence[FigureLaw]
    lines: frozenset[tuple[int | None, int]]
    totals: frozenset[str] = frozenset()


def judge_sheet(sheet: Sheet, source: str, text: Pasted) -> Iterator[Finding]:
    """Findings: one for each figure that is wrong, one for each total that holds, one for all others."""
    laws = [law for law in sheet.laws if all(key in sheet.figures for key in law.needs())]
    failing = [law for law in broken(laws, sheet.figures) if law.weight != HINT]
    culprit = None
    if len(failing) > _most_broken(laws):
        culprit, count = Counter(key for law in failing for key in set(law.keys())).most_common(1)[0]
        if 5 * count < 4 * len(failing):
            return
    wrong, now = mends(laws, sheet.figures, culprit)
    failing = [law for law in broken(laws, now) if law.weight != HINT]
    if not laws or len(failing) > _most_broken(laws):
        return
    for mend in wrong:
        printed = sheet.figures[mend.key]
        reason, how = diagnosed(printed, mend.right, mend.law.expression(sheet.figures, mend.key))
        told = mend.law.why(sheet.figures, mend.key)
        why = Message("{why}, printed is {printed}: {how}.", why=told, printed=printed.text, how=how)
        kind = "total" if mend.key in sheet.totals else "table"
        line = text.line_at(printed.spot)
        yield about_figure(source, kind, printed, line, mend.right, "wrong", why, reason)
    done = {mend.key for mend in wrong}
    yield from _totals_hold(sheet, laws, now, done, source, text)
    if not wrong and not failing:
        yield _all_hold(sheet, len(laws), source, text)


def _most_broken(laws: Sequence[FigureLaw]) -> int:
    return max(_MOST_BROKEN, len(laws) // _SHARE_BROKEN)


def _totals_hold(
    sheet: Sheet, laws: Sequence[FigureLaw], now: Mapping[str, Figure], done: set[str], source: str, text: Pasted
) -> Iterator[Finding]:
    for key in sorted(sheet.totals - done):
        law = next(
            (law for law in laws if law.target == key and law.holds(now) and not isinstance(law, ShareLaw)), None
        )
        values = list(law.solved(now, key)) if law else []
        if law and values:
            figure = now[key]
            computed = next((value for value in values if figure.says(value)), values[0])
            verdict = "holds" if computed == figure.value else "holds-rounded"
            why = Message("{why}.", why=law.why(now, key))
            yield about_figure(source, "total", figure, text.line_at(figure.spot), computed, verdict, why)


def _all_hold(sheet: Sheet, count: int, source: str, text: Pasted) -> Finding:
    first = min(sheet.figures.values(), key=lambda figure: (figure.spot.line, figure.spot.start))
    line, spot = text.line_at(first.spot)
    why = Message("{count} relations between the numbers of this report can be checked, and they hold.", count=count)
    return Finding(
        source, spot.line, (spot.start, spot.end), line, "table", "", count, count, "holds", None, why, spot.cell
    )
