"""The findings of one table: cells that break its laws, heads and cells exchanged, totals, or that all of it agrees."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from itertools import combinations

from ...messages import Message
from ..model import Finding
from .evidence import Evidence, family
from .figure import Figure
from .grid import Grid
from .layers import Facts, Key, Value, facts_of
from .report import about_figure, about_words, whole
from .settle import MAX_ROWS, Settled, Wrong, evidence_of, settled
from .tell import evidence as told
from .totals import totals_of

#: Pairs of heads that may stand in each other's place.
_EXCHANGEABLE = ("params", "weights", "macs", "flops", "operations", "elements", "in", "out")


def judge_grid(grid: Grid, source: str) -> Iterator[Finding]:
    """Findings of a table."""
    facts = facts_of(grid)
    evidence = evidence_of(grid, facts)
    heads = _exchanged_heads(grid, evidence)
    if heads is not None:
        yield _heads_finding(grid, source, *heads)
        return
    result = settled(grid, facts, evidence)
    findings = [_cell_finding(wrong, facts, source) for wrong in result.wrong]
    findings += [found for pair in result.exchanged for found in _exchange_findings(pair, facts, source)]
    totals = list(_totals(grid, result, source))
    yield from findings
    yield from totals
    if not findings:
        yield from _agreement(grid, evidence, source)


# -- cells ---------------------------------------------------------------------------------------------------------


def _cell_finding(wrong: Wrong, facts: Facts, source: str) -> Finding:
    passage, start, end = facts.places[wrong.key]
    repair, said = wrong.repair, facts.values[wrong.key]
    evidence = told(repair.relation, repair.forecast, target=repair.relation.target == wrong.key)
    printed = passage.text[start:end].strip()
    why = Message("{evidence}, printed is {printed}: {why}.", evidence=evidence, printed=printed, why=wrong.slip.why)
    if isinstance(said, Figure):
        kind = "ratio" if repair.relation.law == "share" else "table"
        finding = about_figure(source, said, kind, repair.forecast.value, "wrong", why, wrong.slip.reason)
        if repair.forecast.exact is not None:
            finding = replace(finding, computed=whole(repair.forecast.exact))
        if said.printed.exact and repair.forecast.low != repair.forecast.high:
            finding = replace(finding, right=None, mended=None)  # what belongs there is known roughly only
        if not said.computed:
            return finding
        right = repair.forecast.text
        return replace(finding, right=right, mended=right, stated=whole(said.value))
    shape = repair.value
    if wrong.key[1] == "kernel" and isinstance(shape, tuple):
        right = re.sub(r"\d+", str(shape[0]), printed, count=2)
        return about_words(source, passage, start, end, "table", right, "wrong", why, wrong.slip.reason, right)
    right = _like(printed, shape) if isinstance(shape, tuple) else str(shape)
    computed = right if isinstance(shape, tuple) else shape if isinstance(shape, int) else None
    kind = "shape" if isinstance(shape, tuple) else "table"
    finding = about_words(source, passage, start, end, kind, computed, "wrong", why, wrong.slip.reason, right)
    return replace(finding, stated=said if isinstance(said, int) else printed)


def _like(printed: str, shape: tuple[int, ...]) -> str:
    """A shape written like the printed one: its numbers replaced from the left or the right.

    >>> _like("(None, 28, 28, 6)", (6, 24, 24)), _like("6@28×28", (6, 24, 24)), _like("28x28", (0, 24, 24))
    ('(None, 24, 24, 6)', '6@24×24', '24x24')
    """
    found = list(re.finditer(r"\d+", printed))
    channels, *sides = shape
    dims = sides if len(found) < 3 else _ordered([int(m[0]) for m in found], channels, sides)
    for match, dim in zip(reversed(found), reversed(dims), strict=False):
        printed = printed[: match.start()] + str(dim) + printed[match.end() :]
    return printed


def _ordered(said: list[int], channels: int, sides: list[int]) -> list[int]:
    return [*sides, channels] if said[-1] == channels else [channels, *sides]


def _exchange_findings(pair: tuple[Key, Key], facts: Facts, source: str) -> Iterator[Finding]:
    """One for each of the two cells."""
    first, second = (facts.places[key][0].text[slice(*facts.places[key][1:])].strip() for key in pair)
    why = Message(
        "{first} and {second} stand in each other's column: exchanged they agree with the rest of the row.",
        first=first, second=second,
    )  # fmt: skip
    for key, other in (pair, pair[::-1]):
        passage, start, end = facts.places[key]
        right = second if key == pair[0] else first
        said, meant = _amount(facts.values[key]), _amount(facts.values[other])
        finding = about_words(source, passage, start, end, "table", meant, "wrong", why, "swapped-columns", right)
        yield replace(finding, stated=said)


def _amount(value: Value) -> int | Fraction | str:
    if isinstance(value, Figure):
        return whole(value.value)
    return value if isinstance(value, int) else "×".join(map(str, value))


# -- heads ---------------------------------------------------------------------------------------------------------


def _exchanged_heads(grid: Grid, evidence: Evidence) -> tuple[int, int] | None:
    """Two columns under each other's heads: as they stand no row follows the laws, exchanged all do."""
    broken = {column for _, column in evidence.broken if isinstance(column, int)}
    suspects = [
        column
        for column in broken
        if not any(count for (_, target), count in evidence.followed.items() if target == column)
        and sum(count for (_, target), count in evidence.broken.items() if target == column) >= 2
    ]
    if not suspects or len(grid.rows) > MAX_ROWS:
        return None
    columns = grid.columns(*_EXCHANGEABLE)[:6]
    for one, two in combinations(columns, 2):
        if not {one, two} & set(suspects) or grid.heads[one].quantity == grid.heads[two].quantity:
            continue
        heads = list(grid.heads)
        heads[one], heads[two] = heads[two], heads[one]
        other = replace(grid, heads=tuple(heads), _figures={})
        weighed = evidence_of(other, facts_of(other))
        if weighed.broken.total() == 0 and weighed.followed.total() >= max(3, evidence.followed.total() + 2):
            return one, two
    return None


def _heads_finding(grid: Grid, source: str, one: int, two: int) -> Finding:
    first, second = grid.heads[one].words, grid.heads[two].words
    why = Message(
        "the heads {first} and {second} stand over each other's column: exchanged every row agrees.",
        first=first, second=second,
    )  # fmt: skip
    cell = grid.head_cells[one]
    passage = cell if cell is not None else next(c for c in grid.rows[0].cells if c is not None)
    return about_words(source, passage, 0, len(passage.text), "table", second, "wrong", why, "swapped-columns", second)


# -- totals, and tables that agree ---------------------------------------------------------------------------------


def _totals(grid: Grid, result: Settled, source: str) -> Iterator[Finding]:
    """Totals of what the rows print; where a row is wrong, a total that fits the mended rows is right."""
    taken = set(result.keys)
    mended = {key: verdict for key, _, verdict in totals_of(grid, result.mended)}
    for key, _, verdict in totals_of(grid, result.facts.values):
        figure = result.facts.values[key]
        after = mended.get(key)
        if after is not None and after.verdict != "wrong" and (verdict is None or verdict.verdict == "wrong"):
            verdict = after
        if key in taken or verdict is None or not isinstance(figure, Figure) or figure.node is not None:
            continue
        if verdict.verdict == "wrong" and _share_of_all(key, result.evidence):
            continue
        yield about_figure(source, figure, "total", verdict.value, verdict.verdict, verdict.why, verdict.reason)


def _share_of_all(key: Key, evidence: Evidence) -> bool:
    """100 % under shares that are right one by one, or wrong one by one: the sum shows nothing new."""
    column = key[1]
    return any(law == "share" and target == column for law, target in (*evidence.followed, *evidence.broken))


def _agreement(grid: Grid, evidence: Evidence, source: str) -> Iterator[Finding]:
    """One finding for a table whose columns agree throughout."""
    followed = [one for one in evidence.instances if one.state == "yes" and one.relation.law != "total"]
    rows = {one.relation.row for one in followed if not evidence.broken[family(one.relation)]}
    cell = next((cell for cell in grid.head_cells if cell is not None and cell.text.strip()), None)
    if len(rows) < 2 or cell is None:
        return
    why = Message("{count} rows agree with their other columns.", count=len(rows))
    yield about_words(source, cell, 0, len(cell.text), "table", None, "holds", why)
