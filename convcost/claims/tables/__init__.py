"""Tables and lists: totals, shares, and columns that must agree.

A table becomes a grid (``grid``, with ``head`` and ``figure`` for what stands in it), its rows become layers
(``layers``, ``shapes``), and relations between cells are gathered (``laws``, ``pairs``, ``totals``). Which laws the
table follows is learned from its rows (``evidence``); a cell that breaks one is found (``settle``, ``culprit``) and its
slip named (``slips``, ``tell``). ``lists``, ``inline`` and ``beside`` do the same for totals outside of tables.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ..documents import Document, Passage, Table
from ..documents.model import Block
from ..model import Finding, Spot
from .beside import judge_beside
from .grid import grid_of, transposed
from .inline import judge_inline
from .judging import judge_grid
from .layers import facts_of
from .lists import judge_lists
from .plain import tables_in

__all__ = ["judge"]


def judge(document: Document) -> Iterator[Finding]:
    """Findings of the tables, and of totals in lists and lines.

    >>> from ..documents import read
    >>> text = "|Layer|Params|\\n|---|---|\\n|conv1|1,792|\\n|conv2|36,928|\\n|Total|38,270|"
    >>> [(f.reason, f.printed, f.right) for f in judge(read(text))]
    [('misprint', '38,270', '38,720')]
    """
    told: set[Spot] = set()
    for finding in _all(document):
        if finding.printed_at is None or finding.printed_at not in told:
            yield finding
        if finding.printed_at is not None:
            told.add(finding.printed_at)


def _all(document: Document) -> Iterator[Finding]:
    taken: set[int] = set()
    for at, block in enumerate(document.blocks):
        if isinstance(block, Table):
            yield from _table(block, _beside(document.blocks, at), document.source)
        elif isinstance(block, Passage):
            for table in tables_in(block):
                taken.add(id(block))
                yield from _table(table, _beside(document.blocks, at), document.source)
    yield from judge_lists(document, frozenset(taken))
    yield from judge_inline(document, frozenset(taken))


def _beside(blocks: Sequence[Block], at: int) -> list[Passage]:
    """The passages right before and right behind a table."""
    near = [*blocks[max(0, at - 1) : at], *blocks[at + 1 : at + 2]]
    return [block for block in near if isinstance(block, Passage) and block.kind in ("prose", "item")]


def _table(table: Table, beside: Sequence[Passage], source: str) -> Iterator[Finding]:
    grid = grid_of(table)
    if grid is None:
        return
    turned = transposed(grid)
    if turned is not None and turned.counts_costs and not grid.counts_costs:
        if not table.heads:
            yield from judge_grid(grid, source)
        grid, turned = turned, None
    yield from judge_grid(grid, source)
    if beside:
        yield from judge_beside(grid, facts_of(grid), beside, source)
    if turned is not None and grid.columns("total"):
        yield from (finding for finding in judge_grid(turned, source) if finding.kind == "total")
