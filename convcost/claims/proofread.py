"""A document under every judge: each claim once, in the order of the document, and the author's marks respected."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING

from . import equations, fenced, identities, memory, mentions, ratios, receptive, shapes, summaries, suspicion, tables
from .documents import Document
from .expression import NotComputableError, evaluate, parse
from .model import Finding, Spot, accepted

if TYPE_CHECKING:
    from ..costing import Cost

_EXPRESSION_ALONE = re.compile(r"[\d \t+\-*/^×·÷xX().,_{}\[\]]+")


def proofread(document: Document, *, strict: bool = False, network: Cost | None = None) -> tuple[Finding, ...]:
    """Findings of a document. What is over a limit raises if ``strict``, else it is one ``unverifiable`` finding.

    ``network`` is what the document's tables speak of, where somebody says so.
    """
    if strict:
        _check_alone("\n".join(line.text for line in document.lines))
    findings = _once(_all(document, strict, network))
    return tuple(_marked(document, _in_order(_as_written(document, findings))))


def _all(document: Document, strict: bool, network: Cost | None) -> Iterator[Finding]:
    """What every judge finds; who knows more about a number speaks first."""
    yield from fenced.judge(document)
    findings, covered = summaries.judge(document, network)
    yield from findings
    document = document.without(covered)
    yield from tables.judge(document)
    yield from receptive.judge(document)
    yield from equations.judge(document, strict=strict)
    yield from identities.judge(document)
    yield from ratios.judge(document)
    yield from mentions.judge(document)
    yield from shapes.judge(document)
    yield from memory.judge(document)
    yield from suspicion.judge(document)


def _check_alone(text: str) -> None:
    """A text that is one bare expression claims nothing, but what is over a limit is refused all the same."""
    if _EXPRESSION_ALONE.fullmatch(text) is None:
        return
    with suppress(NotComputableError):
        evaluate(parse(text))


def _once(findings: Iterable[Finding]) -> Iterator[Finding]:
    """A printed number is judged once: later findings about the same one are dropped."""
    taken: dict[tuple[int | None, int], list[tuple[int, int]]] = {}
    for finding in findings:
        spot = finding.printed_at
        if (
            spot is not None
            and spot.end > spot.start
            and not _added(taken.setdefault((spot.cell, spot.line), []), spot)
        ):
            continue
        yield finding


def _added(stretches: list[tuple[int, int]], spot: Spot) -> bool:
    """Add a stretch to those of its line, which are in order; ``False`` if it overlaps one of them."""
    place = bisect_left(stretches, (spot.start, spot.end))
    overlaps = (place and stretches[place - 1][1] > spot.start) or (
        place < len(stretches) and stretches[place][0] < spot.end
    )
    if not overlaps:
        stretches.insert(place, (spot.start, spot.end))
    return not overlaps


def _as_written(document: Document, findings: Iterable[Finding]) -> Iterator[Finding]:
    """What is printed as the source has it, markup inside it and all."""
    lines = {(line.cell, line.number): line.text for line in document.lines}
    for finding in findings:
        spot = finding.printed_at
        line = lines.get((spot.cell, spot.line)) if spot is not None else None
        if spot is None or line is None or "\n" in finding.printed or spot.end <= spot.start:
            yield finding
        else:
            yield replace(finding, printed=line[spot.start : spot.end])


def _in_order(findings: Iterable[Finding]) -> list[Finding]:
    """By where the printed number stands."""

    def place(finding: Finding) -> tuple[int, int, int]:
        spot = finding.printed_at
        return (finding.cell or 0, *((spot.line, spot.start) if spot else (finding.line, finding.span[0])))

    return sorted(findings, key=place)


def _marked(document: Document, findings: Iterable[Finding]) -> Iterator[Finding]:
    for finding in findings:
        lines = {finding.line} | ({finding.printed_at.line} if finding.printed_at else set())
        why = next((document.marks[finding.cell, n] for n in lines if (finding.cell, n) in document.marks), None)
        yield finding if why is None or finding.verdict != "wrong" else accepted(finding, why)
