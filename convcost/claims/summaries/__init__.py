"""Summaries that tools print and people paste into documents, judged as a whole.

A module for each layout finds its summaries and makes the same record of them; the checkers work on the record.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from ...messages import Message
from ..documents import Document
from ..model import Finding, Spot
from . import detectors, fvcore, keras, reports, sums, tabular, torchinfo, torchstat, torchsummary, tree
from .against import judge_against
from .bundled import remark
from .figures import judge_figures
from .footer import feet
from .pasted import Pasted, pasted
from .record import Record
from .rows import judge_rows
from .sheet import Sheet, judge_sheet
from .table import Table

if TYPE_CHECKING:
    from ...costing import Cost

Lines = frozenset[tuple[int | None, int]]


def judge(document: Document, network: Cost | None = None) -> tuple[list[Finding], Lines]:
    r"""Findings of the summaries, and the lines that they stand on, which nobody else need look at.

    >>> from ..documents import read
    >>> findings, lines = judge(read("Conv2d-4  [-1, 128, 56, 56]  73,865\nReLU-5  [-1, 128, 56, 56]  0"))
    >>> [(finding.verdict, finding.reason, finding.right) for finding in findings], sorted(lines)
    ([('wrong', 'misprint', '73,856')], [(None, 1), (None, 2)])
    """
    findings: list[Finding] = []
    lines: set[tuple[int | None, int]] = set()
    for text in pasted(document):
        for record in records(text):
            found = list(_judged(record, document.source, text, network))
            findings += found
            # One line that looks like a row, and about which nothing can be said, may be a row of another table.
            lines |= record.lines if found or len(record.rows) > 1 or record.totals else frozenset()
        for sheet in sheets(text):
            lines |= sheet.lines
            findings += judge_sheet(sheet, document.source, text)
    return findings, frozenset(lines)


def records(text: Pasted) -> Iterator[Record]:
    """The summaries of a text, by every layout."""
    figures = list(feet(text))
    taken: set[Spot] = set()
    for layout in (torchsummary, torchinfo, keras):
        for record in layout.find(text, figures):
            taken |= {figure.spot for figure in record.totals.values()}
            yield record
    yield from tabular.without_rows(text, [foot for foot in figures if foot.figure.spot not in taken])


def sheets(text: Pasted) -> Iterator[Sheet]:
    """The reports of a text that are no tables of layers."""
    for layout in (tree, fvcore, torchstat, reports, detectors):
        yield from layout.find(text)


def _judged(record: Record, source: str, text: Pasted, network: Cost | None) -> Iterator[Finding]:
    table = Table(record)
    differing = list(judge_against(record, network, source, text.line_at)) if network is not None else []
    yield from differing
    rightly = _credible(table)
    of_rows = judge_rows(table, source, rightly)
    # What the network says of the rows goes before what they say of themselves.
    yield from (finding for finding in of_rows if not (differing and finding.verdict == "holds"))
    yield from judge_figures(table, source, text.line_at, _name(table) if rightly else None)


def _name(table: Table) -> Message | None:
    total = sums.stated(table.record)
    return remark(table, total) if total is not None and sums.missing(table) == 0 else None


def _credible(table: Table) -> bool:
    """Whether the printed total agrees with its parts, so that a gap to the rows is the rows' fault."""
    totals = table.record.totals
    parts = [totals[key].value for key in ("trainable", "frozen", "optimizer") if key in totals]
    return sums.comparable(table.record) and len(parts) > 1 and totals["params"].value == sum(parts)
