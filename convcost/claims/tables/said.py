"""Totals that a sentence or a line tells: the words for them, and the quantities beside numbers."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from ..documents import Passage
from ..expression import number_pattern
from .figure import Figure, read_figure

TOTAL = re.compile(
    r"\b(?:in total|total(?:s|l?ing)?|grand total|altogether|overall|in all|sums? (?:up )?to|"
    r"summing (?:up )?to|add(?:s|ing)? up to"
    r"|the sum(?: of (?:all|these|those)[^\d.;:]{0,24})?|sum)\b"
    r"|总计|合计|总共|共计|一共|总和|总参数量?|总计算量|总运算量|总数|总量|总的|总乘法|总内存|总显存|"
    r"加起来|全部加起来|加在一起|合在一起|相加|累加|求和|共有|共需|总",
    re.IGNORECASE,
)
_QUANTITIES = (
    ("bytes", r"\bmem(?:ory)?\b|(?<![A-Za-z])[kKMGT]i?B\b|\bbytes?\b|内存|显存|存储|字节"),
    ("params", r"param(?:eter)?s?\b|\bweights\b|参数|权重|參數"),
    ("macs", r"\b[kmgt]?macs?\b|\bm-?adds?\b|mult(?:iply)?[\s-]*(?:adds?|acc\w*)|multipl(?:ications|ies)|乘加|乘法"),
    ("flops", r"\b[kmgt]?flops?\b|浮点"),
    ("operations", r"计算量|运算量|次运算|\boperations\b|\bops\b"),
    ("elements", r"activations?\b|neurons|激活值|神经元|elements|元素"),
)  # fmt: skip
_QUANTITY_PATTERNS = tuple((name, re.compile(pattern, re.IGNORECASE)) for name, pattern in _QUANTITIES)
#: Words between a total's word and its number.
_BETWEEN = re.compile(r"[^\d.;。；!?！？\n]{0,60}")
#: A number behind which one of these stands counts something else.
_OTHER = re.compile(
    r"\s*(?:个)?(?:%|％|layers?\b|epochs?|images?|classes|hours?|seconds?|ms\b|fps|blocks?\b|层|张|"
    r"类|轮|秒|倍|年|[×xX*]\s?\d)"
)
_APART = re.compile(r"\s[KMGBT](?![A-Za-z])")
_ABOUT = re.compile(r"(?:~|≈|\\approx|约|about|approximately|roughly|around|nearly|almost)\s*$", re.IGNORECASE)
_BOUND = re.compile(r"(?:超过|over|more than|less than|under|below|不到|不足|[<>≤≥])\s*$", re.IGNORECASE)
#: Behind a number that is a part of an expression.
_GOES_ON = re.compile(r"\s*(?:[+*×/^=·]|-\s*\d|[xX]\s*\d|\\times|\\cdot)")
#: A number that goes on to the left: part of a name, a shape, a product.
_GLUED = re.compile(r"(?:[A-Za-z_\-#@/^.]|\d[.,]|[×*xX+]\s?)$")


@dataclass(frozen=True)
class Said:
    """A figure that is said to be a total, and of what."""

    figure: Figure
    quantity: str
    #: Where the words for it begin.
    start: int


def quantity_of(words: str) -> str:
    """What is counted, by the words around a number.

    >>> quantity_of("1,792 parameters"), quantity_of("memory: 150K"), quantity_of("conv1")
    ('params', 'bytes', '')
    """
    return next((name for name, pattern in _QUANTITY_PATTERNS if pattern.search(words)), "")


def totals_said(passage: Passage, start: int, end: int) -> Iterator[Said]:
    """The totals that a sentence tells.

    >>> p = Passage("Total ≈ 281,640 MACs, 44,426 params.", ((0, 1, 0),))
    >>> [(said.figure.text, said.quantity) for said in totals_said(p, 0, len(p.text))]
    [('281,640', 'macs'), ('44,426', 'params')]
    >>> p = Passage("so there are 38,720 parameters in total.", ((0, 1, 0),))
    >>> [said.figure.text for said in totals_said(p, 0, len(p.text))]
    ['38,720']
    """
    level = passage.level
    word = TOTAL.search(level, start, end)
    if word is None:
        return
    numbers = list(_numbers(passage, start, end))
    behind = [one for one in numbers if one.start >= word.end()]
    first = behind[0] if behind else None
    if first is not None and _GOES_ON.match(level, first.end):
        return  # an equation: "total = 9,216 + …"
    if first is not None and _BETWEEN.fullmatch(level, word.end(), first.start):
        found = False
        for one, after in zip(behind, [*behind[1:], None], strict=True):
            between = level[word.start() : one.start] if one is first else ""
            quantity = quantity_of(level[one.end : min(after.start if after else end, one.end + 32)]) or quantity_of(
                between
            )
            if one is not first and not quantity:
                return
            yield Said(one, quantity, word.start())
            found = True
        if found:
            return
    before = [one for one in numbers if one.end <= word.start()]
    if before and word[0].lower() in _BEHIND and not re.search(r"[\d.;。；]", level[before[-1].end : word.start()]):
        yield Said(before[-1], quantity_of(level[before[-1].end : word.start()]), before[-1].start)


#: Words for a total that may stand behind their number.
_BEHIND = ("in total", "altogether", "overall", "in all", "total")


def _numbers(passage: Passage, start: int, end: int) -> Iterator[Figure]:
    """The numbers of a sentence that count something: none of names, products, shapes."""
    level, at = passage.level, start
    for _ in range(60):
        match = number_pattern().search(level, at, end)
        if match is None:
            return
        at = match.end()
        if _GLUED.search(level[max(0, match.start() - 3) : match.start()]) or _OTHER.match(level, match.end()):
            continue
        stop = match.end()
        apart = _APART.match(level, stop)
        figure = read_figure(passage, None, match.start(), apart.end() if apart else stop)
        if figure is not None and not figure.printed.percent:
            before = level[max(0, match.start() - 16) : match.start()]
            if not _BOUND.search(before):
                yield replace(figure, about=True) if _ABOUT.search(before) else figure
