"""Totals of lists and of lines: ``- conv1: 9,472`` … ``- total: 61,100,840``."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from ..documents import Document, Passage
from ..expression import evaluate
from ..model import Finding
from .figure import Figure, read_figure
from .inline import values_in
from .report import about_figure
from .runs import runs_of
from .said import TOTAL, quantity_of, totals_said
from .shapes import read_spec
from .sums import Part, Verdict, judged, state

#: Totals of one list up to which each is taken for the sum of everything above, too.
MAX_TOTALS = 12
#: A line that is longer is prose.
MAX_LENGTH = 200
_MARK = re.compile(r"\s*(?:[-*+•·#>]+|//|\d{1,3}[.)、]|[（(]\d{1,2}[)）]|[①-⑳])?\s*")
#: What may stand between a label and its number.
_BETWEEN = re.compile((
    r"[:：]\s*|\s(?:→|->|=>|[-–—])\s|\s*=\s*|(?<=[\u4e00-\u9fff])(?:有|为|是|共有|需要|需|共)\s*|"
    r"\s(?:has|have|is|are|needs?|contributes?|takes?|costs?|adds?)\s|\t|\s{2,}"
), re.IGNORECASE)  # fmt: skip
_KEY = re.compile(
    (
        r"(?P<key>(?:total\s+)?(?:memory|mem|params?|parameters|weights|macs|flops|mult-adds|ops|"
        r"activations|内存|显存|参数量?|权重|计算量|乘法(?:次数)?))\s*[:：]\s*"
    ),
    re.IGNORECASE,
)
_ASIDE = re.compile(
    (
        r"(?:non[- ]?)?trainable|可训练|average|平均|peak|峰值|ratio|比|per[- ]|每|of which|其中|"
        r"input size|forward/backward|params size|estimated|optimizer params|/层"
    ),
    re.IGNORECASE,
)
_MORE = re.compile(r"\W*(?:\.{2,}|…+|⋮|\\[vcl]?dots|etc\.?|省略)\W*")
#: The number at the beginning of what is said of a total, and ``* 4 bytes`` behind it.
_FIRST = re.compile(r"[~≈\s]{0,4}\d[\d.,]*\s?[KkMGB]?(?![A-Za-z\d])")
_TIMES_BYTES = re.compile(r"\s*[*×xX]\s*\d{1,2}\s*(?:bytes?|B\b|字节)", re.IGNORECASE)
_CLAUSE = re.compile(r"[；;，]|,\s")
_DATE = re.compile(r"\d{4}-\d\d-\d\d|\d\d:\d\d|\d{4}/\d\d?/\d")
_TRAILING_END = re.compile(r"\s*(?:\\\\|,|;|；|，|。|\.)*\s*$")


@dataclass(frozen=True)
class Entry:
    """A line, or a part of it: its label, its figure and what that counts; ``total`` if it is said to be one."""

    figure: Figure
    label: str
    key: str = ""
    total: bool = False


@dataclass
class Block:
    """Lines that stand together; ``clean`` while each of them could be read."""

    entries: list[Entry] = field(default_factory=list)
    clean: bool = True
    words: str = ""
    #: Entries of the parts before, under headings of their own.
    before: list[Entry] = field(default_factory=list)


def judge_lists(document: Document, taken: frozenset[int]) -> Iterator[Finding]:
    """Findings about the totals of lists and lines; ``taken`` are the passages that were read as tables."""
    for run in runs_of(document, taken):
        block, before = Block(words=run.words), Block()
        for passage, start, end in run.lines:
            _read_line(passage, start, end, block)
        for passage, start, end in run.before:
            _read_line(passage, start, end, before)
        block.before = [entry for entry in before.entries if before.clean and not entry.total]
        yield from _judge_block(block, document.source)


# -- reading -------------------------------------------------------------------------------------------------------


def _read_line(passage: Passage, start: int, end: int, block: Block) -> None:
    level = passage.level
    mark = _MARK.match(level, start, end)
    start = mark.end() if mark else start
    text = level[start:end]
    if _MORE.fullmatch(text):
        block.clean = False
    if _ASIDE.search(text[:MAX_LENGTH]) and not _KEY.search(text[:MAX_LENGTH]):
        return
    readable = len(text) <= MAX_LENGTH and not _DATE.search(text)
    entries = list(_entries(passage, start, end)) if readable else []
    block.entries += entries
    if not entries:
        block.words = f"{block.words} {text}"[-MAX_LENGTH:]
        if re.search(r"\d{3}", text) and block.entries:
            block.clean = False


def _entries(passage: Passage, start: int, end: int) -> Iterator[Entry]:
    level = passage.level
    keys = list(_KEY.finditer(level, start, end))
    word = TOTAL.search(level, start, min(end, start + 60))
    whole_total = word is not None and not re.search(r"\d", level[start : word.start()])
    if len(keys) > 1 or (keys and (whole_total or level[start : keys[0].start()].split())):
        label = level[start : keys[0].start()].strip(" :：[]()|,")
        for key, after in zip(keys, [*keys[1:], None], strict=True):
            figure = _figure(passage, key.end(), after.start() if after else end, total=whole_total)
            if figure is not None:
                yield Entry(
                    figure, label or key["key"], _counted(figure, key["key"]) or key["key"].lower(), whole_total
                )
        return
    if whole_total:
        for said in totals_said(passage, start, end):
            yield Entry(said.figure, "", "bytes" if said.figure.printed.byte_power else said.quantity, True)
        return
    clauses = [start, *(edge for sign in _CLAUSE.finditer(level, start, end) for edge in sign.span()), end]
    if level.count("=", start, end) > 1 and len(clauses) > 2:
        label = level[start : start + 40].split("=")[0].strip()
        yield from (Entry(part.figure, label, quantity_of(level[start:end])) for part in values_in(passage, start, end))
        return
    entry = _labelled(passage, start, end)
    if entry is not None:
        yield entry


def _counted(figure: Figure, words: str) -> str:
    return "bytes" if figure.printed.byte_power else quantity_of(words)


def _figure(passage: Passage, start: int, end: int, *, total: bool = False) -> Figure | None:
    """The number behind a key; of a total only its first number, whatever is made of it afterwards."""
    stop = start + len(_TRAILING_END.sub("", passage.level[start:end]))
    number = _FIRST.match(passage.level, start, stop) if total else None
    if number and _TIMES_BYTES.match(passage.level, number.end(), stop):
        return read_figure(passage, None, start, number.end())
    figure = read_figure(passage, None, start, stop)
    if figure is None and number:
        return read_figure(passage, None, start, number.end())
    return figure


def _labelled(passage: Passage, start: int, end: int) -> Entry | None:
    """``label: number``, ``label has number``, or an equation with its value at the end."""
    level = passage.level
    for count, sign in enumerate(_BETWEEN.finditer(level, start, end)):
        if count > 6:
            break
        label = level[start : sign.start()].strip(" *_`:：")
        if "=" in sign[0] and not re.search(r"[A-Za-z\u4e00-\u9fff]{2}|[A-Za-z]\d", label):
            continue  # the sign of an equation, no label before it
        figure = _figure(passage, sign.end(), end)
        if figure is not None and not figure.computed:
            return Entry(figure, label, _counted(figure, level[start:end]))
    figure = _figure(passage, start, end)
    if figure is not None and figure.node is not None:
        return Entry(figure, "", quantity_of(level[figure.end : end]))
    return None


# -- judging -------------------------------------------------------------------------------------------------------


def _judge_block(block: Block, source: str) -> Iterator[Finding]:
    for at, entry in enumerate(block.entries):
        if not entry.total or entry.figure.node is not None:
            continue
        verdict = _verdict(block, at)
        if verdict is not None:
            yield about_figure(
                source, entry.figure, "total", verdict.value, verdict.verdict, verdict.why, verdict.reason
            )


def _verdict(block: Block, at: int) -> Verdict | None:
    total = block.entries[at]
    above = block.entries[:at]
    last = max((n for n, entry in enumerate(above) if entry.total and entry.key == total.key), default=-1)
    many = sum(entry.total for entry in block.entries) > MAX_TOTALS
    below = block.entries[at + 1 :] if not any(not entry.total for entry in above) else []
    nested = [*block.before, *above] if block.before and last < 0 else []
    orders = (above[last + 1 :], [] if many else above, nested, below)
    readings = [(parts, entries is below) for entries in orders for parts in _readings(entries, total)]
    for parts, _ in readings:
        if state(parts, total.figure) == "yes":
            return judged(parts, total.figure)
    for parts in [parts for parts, beneath in readings if not beneath]:
        found = judged(parts, total.figure)
        if found and _plainly(parts, total, block, found):
            return found
    return None


def _readings(entries: Sequence[Entry], total: Entry) -> Iterator[list[Part]]:
    """The entries as parts of the total: the values of their expressions, and the rounded values that are printed."""
    chosen = [entry for entry in entries if not entry.total and _fits(entry.key, total.key)]
    if len(chosen) < 2:
        return
    if any(entry.figure.node is not None and not entry.figure.printed.exact for entry in chosen):
        yield [Part(_by_expression(entry.figure), entry.label) for entry in chosen]
    yield [Part(entry.figure, entry.label) for entry in chosen]


def _fits(key: str, total: str) -> bool:
    return key == total or not key or not total


def _by_expression(figure: Figure) -> Figure:
    """The exact value of the expression that a rounded figure stands for."""
    if figure.node is None or figure.printed.exact:
        return figure
    value = evaluate(figure.node)
    if not figure.low <= value <= figure.high:
        return figure
    return replace(figure, printed=replace(figure.printed, value=value), computed=True)


def _plainly(parts: Sequence[Part], total: Entry, block: Block, verdict: Verdict) -> bool:
    """Whether the block is a list of costs that were read without a gap, and its total is about its sum."""
    if not block.clean or (total.figure.about and verdict.reason not in ("misprint", "missing-term")):
        return False
    if verdict.reason == "total" and total.figure.value > verdict.value and _LATER.match(parts[0].label):
        return False  # the list may begin with a later layer than the network
    if verdict.reason != "misprint" and _in_a_row(block.entries, total):
        return False
    costs = bool(total.key or quantity_of(block.words)) or all(part.figure.node is not None for part in parts)
    layers = 2 * sum(bool(read_spec(part.label).kind) for part in parts) >= len(parts)
    small = max(part.value for part in parts) < 100
    reach = 10 if total.key and len(parts) >= 5 else 3
    near = verdict.value < reach * total.figure.value and total.figure.value < reach * verdict.value
    return (costs or layers) and not small and (near or verdict.reason in ("misprint", "missing-term", "unit"))


#: A layer that hardly is the first of a network.
_LATER = re.compile(
    r"\W{0,4}(?:pool|fc|dense|linear|全连接|池化)|[A-Za-z_]{1,12}[\s_-]?(?:[2-9]|[1-9]\d)\b", re.IGNORECASE
)


def _in_a_row(entries: Sequence[Entry], total: Entry) -> bool:
    """Whether another total stands right before or behind: then neither need be that of all."""
    at = entries.index(total)
    beside = [entries[n] for n in (at - 1, at + 1) if 0 <= n < len(entries)]
    return any(other.total and _fits(other.key, total.key) for other in beside)
