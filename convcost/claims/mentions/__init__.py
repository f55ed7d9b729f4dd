"""Totals of known networks, as prose and tables print them: params, operations, depth.

A number is taken for that of a network where grammar and nearness leave no doubt, and is looked up among everything
that the network is known by, however it is counted. Networks that are not bundled, changed ones, and numbers that are
no totals are passed over.

>>> from ..documents import read
>>> [(f.printed, f.verdict, f.reason) for f in judge(read("ResNet-50 has 25.6 M parameters and 8.2 GMACs."))]
[('25.6 M', 'holds-rounded', None), ('8.2 G', 'wrong', 'factor-2')]
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction

from ..documents import Document, Passage
from ..model import Finding
from .inheritance import Owned
from .names import Name, names, names_any
from .owners import owned
from .quantities import Quantity
from .questions import Judgement, Question
from .verdicts import judged
from .wording import wording
from .zoo import judge_tables

#: Sentences longer than this are no sentences.
MAX_SENTENCE = 2000


def judge(document: Document) -> Iterator[Finding]:
    """Findings of the numbers that are said of bundled networks in running text."""
    heading: Name | None = None
    for passage in document.passages():
        if passage.kind == "heading":
            heading = _named_alone(passage)
        if passage.kind != "cell":
            yield from _in_passage(document, passage, heading)
    for cell in judge_tables(document):
        quantity = cell.quantity
        yield made(document, cell.passage, cell.judgement, quantity.whole, quantity, in_table=True)


def _named_alone(heading: Passage) -> Name | None:
    """The network that a heading names, with hardly anything beside it."""
    found = [*names(heading.level)]
    if len(found) != 1 or not found[0].plain:
        return None
    alone = len(heading.level.strip()) - (found[0].end - found[0].start) < 12
    return _labelled(found[0], heading.text) if alone else None


def _labelled(name: Name, text: str) -> Name:
    """A name that is spoken of elsewhere."""
    return replace(name, label=text[name.start : name.end])


def _in_passage(document: Document, passage: Passage, context: Name | None) -> Iterator[Finding]:
    level = passage.level
    if context is None and not names_any(level):
        return
    for start, end in _sentences(passage):
        if end - start > MAX_SENTENCE:
            context = None
            continue
        for found in owned(level, start, end, context):
            finding = _finding(document, passage, found, (start, end), level)
            if finding is not None:
                yield finding
        context = _subject(passage.text, level, start, end, context)


def _sentences(passage: Passage) -> Iterator[tuple[int, int]]:
    """Sentences of prose, lines of code."""
    if passage.kind != "code":
        yield from _joined(passage)
        return
    start = 0
    for line in passage.text.split("\n"):
        yield start, start + len(line)
        start += len(line) + 1


def _joined(passage: Passage) -> Iterator[tuple[int, int]]:
    """What stands behind a semicolon goes on with the sentence."""
    begin = None
    for start, end in passage.sentences():
        begin = start if begin is None else begin
        if passage.text[end - 1] not in ";；":
            yield begin, end
            begin = None
    if begin is not None:
        yield begin, end


def _subject(text: str, level: str, start: int, end: int, context: Name | None) -> Name | None:
    """The network of which the next sentence may go on to speak: the only one of this sentence."""
    known = [*names(level, start, end)]
    if not known:
        return context
    only = known[0]
    if only.plain and only.networks and all(name.networks == only.networks for name in known):
        return _labelled(only, text)
    return None


def _finding(
    document: Document, passage: Passage, found: Owned, sentence: tuple[int, int], level: str
) -> Finding | None:
    name, quantity = found.name, found.quantity
    text = passage.text[quantity.start : quantity.end]
    question = Question(
        name.label or passage.text[name.start : name.end],
        name.networks,
        quantity,
        text,
        found.tight and passage.kind != "code",
        tuple(network for rival in found.rivals for network in rival.networks),
        wording(_clause(level, sentence, quantity.start)),
        level[max(0, quantity.whole[0] - 8) : quantity.whole[1] + 14],
    )
    judgement = judged(question)
    if judgement is None:
        return None
    inside = not name.label
    start = min(name.start, quantity.whole[0]) if inside else quantity.whole[0]
    end = max(name.end, quantity.whole[1]) if inside else quantity.whole[1]
    return made(document, passage, judgement, (start, end), quantity)


def _clause(level: str, sentence: tuple[int, int], place: int) -> str:
    """The part of a sentence around a place, between semicolons."""
    start, end = sentence
    begin = max(level.rfind(mark, start, place) + 1 for mark in ";；")
    ends = [at for mark in ";；" if (at := level.find(mark, place, end)) >= 0]
    return level[max(start, begin) : min([end, *ends])]


def made(
    document: Document, passage: Passage, judgement: Judgement, claim: tuple[int, int], quantity: Quantity, *,
    in_table: bool = False,
) -> Finding:  # fmt: skip
    """The finding of a judgement about a quantity of the passage; ``claim`` is the stretch that says it."""
    start, end = claim
    number = quantity.start, quantity.end
    spot, at = passage.spot(start, end), passage.spot(*number)
    text = passage.text
    mended = None
    if judgement.right is not None:
        mended = text[start : number[0]] + judgement.right + text[number[1] : end]
    return Finding(
        source=document.source, line=spot.line, span=(spot.start, spot.end), text=text[start:end],
        kind=_kind(quantity, in_table), printed=text[number[0] : number[1]],
        stated=_whole(quantity.printed.value), computed=_whole(judgement.computed), verdict=judgement.verdict,
        reason=judgement.reason, explanation=judgement.why, cell=spot.cell, mended=mended, printed_at=at,
        right=judgement.right,
    )  # fmt: skip


def _kind(quantity: Quantity, in_table: bool) -> str:
    if in_table:
        return "table"
    return "depth" if quantity.quantity == "depth" else "total"


def _whole(value: Fraction) -> int | Fraction:
    return value.numerator if value.denominator == 1 else value
