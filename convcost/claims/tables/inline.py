"""Totals of what one sentence enumerates: "conv1 1,792, conv2 36,928, in total 38,720 parameters"."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ..documents import Document, Passage
from ..expression import number_pattern
from ..model import Finding
from .figure import read_figure
from .report import about_figure
from .said import TOTAL, Said, quantity_of, totals_said
from .shapes import read_spec
from .sums import Part, Verdict, judged

#: A longer sentence enumerates nothing.
MAX_LENGTH = 800
_CLAUSES = re.compile(r"[;；，、。]|,(?=\s)|\s(?:and|plus)\s|(?<=[\d个数])(?:和|以及|加上|与)|\s\+\s|\n")
_LABELLED = re.compile(
    r"(?P<label>[^\d:：=][^=]{0,80}?)\s*(?:[:：]|\s(?:has|have|holds?|needs?|takes?|costs?|"
    r"contributes?|adds?|with|is|are)\s|(?<=[\u4e00-\u9fff])(?:有|为|是|需要|需|共)|"
    r"\s)\s*(?=[\d(（~≈约])"
)
_EQUALS = re.compile(r"=\s*")
#: The end of an expression: a product or a sum before the sign.
_EXPRESSION = re.compile(r"\d[\d.,{}\s)]*(?:[×*·+xX(]|\\times|\\cdot)[\d.,{}\s()×*·+xX^²³\\times]*[\d)}²³]\s*$")
_GOES_ON = re.compile(r"\s*(?:[+*×/^=·]|-\s*\d|[xX]\s*\d|\\times|\\cdot)")
_REST = re.compile(
    (
        r"\s*(?:个|次)?\s*(?:param(?:eter)?s?|weights?|biases|values|numbers|MACs?|FLOPs?|mult\w*|"
        r"operations|参数|权重|乘法|乘加|bytes?|[KMG]B)?\s*(?:[(（][^()（）]{0,60}[)）])?\W*"
    ),
    re.IGNORECASE,
)
_NOT = re.compile(r"%|％|top-?\d|accuracy|准确率|epoch|layers?\s*$|层\s*$|版本|version|年|\bof\b", re.IGNORECASE)


def judge_inline(document: Document, taken: frozenset[int]) -> Iterator[Finding]:
    """Findings about totals of enumerations within a sentence, or two."""
    for passage in document.passages():
        if passage.kind in ("heading", "cell", "code") or id(passage) in taken:
            continue
        before: tuple[int, int] | None = None
        for start, end in passage.sentences():
            if end - start <= MAX_LENGTH and TOTAL.search(passage.level, start, end):
                yield from _sentence(passage, start, end, before, document.source)
            before = (start, end) if end - start <= MAX_LENGTH else None


def _sentence(passage: Passage, start: int, end: int, before: tuple[int, int] | None, source: str) -> Iterator[Finding]:
    totals = list(totals_said(passage, start, end))
    if len(totals) != 1:
        return
    (total,) = totals
    verdict = next(_verdicts(passage, start, before, total), None)
    if verdict is not None:
        yield about_figure(source, total.figure, "total", verdict.value, verdict.verdict, verdict.why, verdict.reason)


def _verdicts(passage: Passage, start: int, before: tuple[int, int] | None, total: Said) -> Iterator[Verdict]:
    """What becomes of the total if the enumeration, or the equations, before it are its parts."""
    end = min(total.start, total.figure.start)
    places = [(start, end), *([before] if before else [])]
    for a, b in places:
        parts = parts_in(passage, a, b)
        verdict = _verdict(passage, a, parts, total) if parts and len(parts) > 1 else None
        if verdict is not None:
            yield verdict
    for a, b in places:
        parts = values_in(passage, a, b)
        verdict = judged(parts, total.figure) if len(parts) > 1 else None
        if verdict is not None and (verdict.verdict != "wrong" or verdict.reason in ("misprint", "missing-term")):
            yield verdict


def values_in(passage: Passage, start: int, end: int) -> list[Part]:
    """The values behind the equations of a sentence.

    >>> p = Passage("a 1×1 ($64×16 = 1,024$), a 3×3 (9×16×16 = 2,304)", ((0, 1, 0),))
    >>> [part.figure.text for part in values_in(p, 0, len(p.text))]
    ['1,024', '2,304']
    """
    found = []
    for sign in list(_EQUALS.finditer(passage.level, start, end))[:40]:
        number = number_pattern().match(passage.level, sign.end(), end)
        if number is None or _GOES_ON.match(passage.level, number.end()):
            continue
        figure = read_figure(passage, None, sign.end(), number.end())
        before = passage.level[max(start, sign.start() - 80) : sign.start()]
        if figure is not None and not figure.printed.percent and _EXPRESSION.search(before):
            found.append(Part(figure))
    return found


def parts_in(passage: Passage, start: int, end: int) -> list[Part] | None:
    """The labelled numbers of an enumeration; nothing where a clause has a number that is none of them.

    >>> p = Passage("conv1 has 1,792 weights, conv2 36,928 and the head 650,", ((0, 1, 0),))
    >>> [part.figure.text for part in parts_in(p, 0, len(p.text))]
    ['1,792', '36,928', '650']
    """
    level = passage.level
    edges = [start, *(edge for sign in _CLAUSES.finditer(level, start, end) for edge in sign.span()), end]
    parts: list[Part] = []
    for a, b in zip(edges[::2], edges[1::2], strict=True):
        if not re.search(r"\d", level[a:b]):
            continue
        part = _part(passage, a, b)
        if part is None:
            if parts or re.search(r"\d{3}", level[a:b]):
                return None
            continue
        parts.append(part)
    return parts


def _part(passage: Passage, start: int, end: int) -> Part | None:
    level = passage.level
    if _NOT.search(level[start:end]):
        return None
    label = _LABELLED.match(level, start, end)
    at = label.end() if label else start
    stop = at + len(level[at:end].rstrip(" ,.;，。；、"))
    figure = read_figure(passage, None, at, stop)
    if figure is None or figure.computed or figure.printed.percent or not _REST.fullmatch(level[figure.end : stop]):
        return None
    return Part(figure, label["label"].strip(" *`") if label else "")


def _verdict(passage: Passage, start: int, parts: list[Part], total: Said) -> Verdict | None:
    verdict = judged(parts, total.figure)
    if verdict is None or verdict.verdict != "wrong":
        return verdict if verdict and _costs(passage, start, parts, total) else None
    value = verdict.value
    near = abs(total.figure.value - value) * 4 <= value
    if total.figure.about or not (near or verdict.reason in ("misprint", "missing-term", "unit")):
        return None
    units = {part.figure.printed.unit for part in parts}
    big = min(part.value for part in parts) >= 10
    return verdict if big and len(units) == 1 and _costs(passage, start, parts, total) else None


def _costs(passage: Passage, start: int, parts: list[Part], total: Said) -> bool:
    """Whether costs are counted: the words say so, or the labels are those of layers."""
    words = passage.level[start : total.figure.end + 40]
    return bool(quantity_of(words)) or all(read_spec(part.label).kind for part in parts)
