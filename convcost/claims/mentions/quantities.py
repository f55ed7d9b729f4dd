"""Numbers that say of themselves what they count: parameters, operations, layers.

>>> [(q.quantity, q.word, q.printed.value) for q in quantities("it has 25.6M params and 3.8 GFLOPs")]
[('params', 'params', Fraction(25600000, 1)), ('operations', 'FLOPs', Fraction(3800000000, 1))]
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction

from ...errors import ClaimError
from ..expression import number_pattern
from ..loose import loose
from ..printed import Printed, read_number

#: Words that say that operations are multiply-accumulates and nothing else.
_MAC_WORD = re.compile(r"mac|mult|乘|accumulat", re.IGNORECASE)
#: torchstat's own word, which it uses for two operations a multiply-accumulate.
_TORCHSTAT = re.compile(r"[KMG]?MAdd$")


@dataclass(frozen=True)
class Quantity:
    """A number in a text: where it stands, what it counts, and how it is said.

    ``quantity`` is ``params``, ``operations``, ``depth``, or empty where the number itself does not tell.
    ``whole`` is where its words end, ``bound`` is ``over`` or ``under``.
    """

    start: int
    end: int
    printed: Printed
    quantity: str
    word: str
    whole: tuple[int, int]
    about: bool = False
    bound: str = ""

    @property
    def counts_macs(self) -> bool:
        """Whether the word names multiply-accumulates."""
        return _MAC_WORD.search(self.word) is not None and _TORCHSTAT.search(self.word) is None


_SCALE = r"(?P<scale>thousand|million|billion|trillion|mln|bn|[KkMGBT])"
_TEN = loose(
    r"\s?(?:×|x|\*|·|\\times|\\cdot)\s?10\s?(?:\^|\*\*)?\s?\{?(?P<power>\d{1,2}|[⁰¹²³⁴⁵⁶⁷⁸⁹]{1,2})\}?(?!\d|\.\d)", 0
)
_APART = loose(rf"\s?-?{_SCALE}(?![A-Za-z])|\s?(?P<glued>[KkMGBT])[- ]?(?=mac|flop|madd|mult|ops?\b|param)")
_LINK = (
    r"(?:\s|-|个|個|次|of|total|trainable|learnable|free|model|network|tunable|可训练的?|可学习的?|的|总|左右的?|多"
    r"|以上的?|in){0,4}?"
)
_PARAMS = r"(?:param(?:eter)?s?|weights(?!\s?(?:file|are|in))|参数量?|參數量?|权重参数|权重)"
_OPERATIONS = (
    r"(?:[KMGTB]?FLOPs?|floating[- ]point\s(?:operations|ops)|[KMG]?MACs?|multiply[- ]?(?:and[- ])?(?:adds?"
    r"|accumulate(?:s|\soperations)?)"
    r"|multiplication[- ]adds?|[KMG]?mult(?:iply)?[- ]?adds?|[KMG]?MAdds?|multiplications|[KMGB]?Ops|operations"
    r"|浮点(?:运算|计算|操作)(?:次数|量)?|乘加(?:运算|操作|次数)?|乘法(?:运算|操作|次数)?|运算量?|计算量)"
)
_DEPTH = (
    r"(?:(?:weight(?:ed)?|trainable|learnable|parameteri[sz]ed)\s)?layers?(?![a-z])(?![- ](?:of (?!weights)|block"
    r"|module|perceptron|mlp|fc))|层(?!次|级|面|之间|卷积|全连接)"
)
_BEHIND = loose(
    rf"{_LINK}(?:(?P<params>{_PARAMS})|(?P<operations>{_OPERATIONS}))(?!\s?(?:/s|每秒|per\s?second|的?\d+\s?分之)"
    rf"|[A-Za-z])"
    rf"|[\s-]{{0,2}}(?P<depth>{_DEPTH}|个?(?:权重|带权|可训练)层)"
)
_IS = (
    r"(?:\s|:|：|=|≈|~|约等于|约为|约|大约|大概|为|是|达到?|高达|有|仅|只|共计|共|总计|在|也|就|了|的|is|are|was|at"
    r"|of|to|about|around|roughly"
    r"|approximately|nearly|almost|over|only|just|more than|less than|超过|不到|近|接近|\((?:M|G|B|K|million|百万|万"
    r"|亿)\)|a|total|comes|stands|amounts|model)"
)
_BEFORE = loose(
    rf"(?:(?P<params>#\s?params?|(?:parameter|param|weight)s?(?:\s(?:counts?|numbers?|size))?|参数(?:的?(?:数?量"
    rf"|总量|总数|数目|个数|规模))?"
    rf"|權重數|权重数)|(?P<operations>{_OPERATIONS}|(?:computational\s)?(?:cost|complexity)|运算次数|计算复杂度)"
    rf"|(?P<depth>(?:网络)?深度|(?<![-\w])depth))(?:{_IS}){{0,6}}$"
)
_UNIT_OF_LEAD = re.compile(r"\((M|G|B|K|million|百万|万|亿)\)")
_ABOUT = loose(
    r"(?:about|approximately|approx\.?|around|roughly|circa|ca\.|some|nearly|almost|close to|≈|~|\\approx|约等于"
    r"|约为|大约|大概|约|近|将近|接近|差不多)\s?$"
)
_BEHIND_ABOUT = loose(r"\s?(?:个|次)?\s?(?:左右|上下|or so)", 0)
_OVER = loose(r"(?:more than|over|above|at least|exceed(?:s|ing)|>|≥|超过|多达|大于|至少|逾|不少于)\s?$")
_UNDER = loose(
    r"(?:less than|fewer than|under|below|at most|up to|no more than|<|≤|不到|少于|小于|不足|低于|至多|不超过)\s?$"
)
#: A number that says by how much, or how often, or of which part: no total.
_NO_TOTAL_BEFORE = loose(
    r"(?:\bby|减少了?|降低了?|节省了?|省下?了?|省去|少了?|多了?|增加了?|下降了?|缩小了?|saves?|saving|another"
    r"|additional|extra|adds?|adding"
    r"|further|first|last|next|every|each|前|后|最后|每|第|额外|另外|其余|其中|removes?|removing|drops?|skips?|layer"
    r"|reduc\w{1,4}|不是|not)\s?"
    r"(?:about|约|大约|的|了|around|some|roughly)?\s?$"
)
_NO_TOTAL_BEHIND = loose(
    r"\s?(?:fewer|less|more|smaller|larger|saved|saving|少|多|更少|的?减少|per\s(?:layer|block|channel|class|second"
    r"|pixel|filter|stage)|/\s?(?:layer|image)|each\b)"
)
_INSIDE = loose(r"[A-Za-z_#./\d]$|[A-Za-z\d]-$|[×*^]\s?$|[×*/+]\s?[\d.,]{1,12}\s{0,4}[=≈]\s{0,6}$", 0)
#: Part of a product or a power, but for a power of ten.
_GOES_ON = loose(r"\s?(?:×|\*|\^|x(?=\s?\d)|\\times)(?!\s?10\s?[\^*⁰¹²³⁴⁵⁶⁷⁸⁹])|[./-]\d|[ \u00a0]\d{3}(?!\d|\.\d)", 0)
#: Blanks for thousands, which the number itself does not take in.
_CUT_BEFORE = re.compile(r"(?<![-A-Za-z\d])\d{1,3}(?: \d{3}){0,4}\s$")

_FAR = 48


def quantities(level: str, start: int = 0, end: int | None = None) -> Iterator[Quantity]:
    """The numbers of a normalised text that may be totals of a network, in their order."""
    end = len(level) if end is None else end
    for match in number_pattern().finditer(level, start, end):
        before = level[max(start, match.start() - _FAR) : match.start()]
        if _INSIDE.search(before) or _GOES_ON.match(level, match.end()):
            continue
        if _CUT_BEFORE.search(before) and re.match(r"\d{3}", match[0]):
            continue
        found = _quantity(level, match, before, end)
        if found is not None:
            yield found


def _quantity(level: str, match: re.Match[str], before: str, end: int) -> Quantity | None:
    try:
        stop, printed = _number(level, match, end)
    except ClaimError:
        return None
    behind = level[stop : min(end, stop + _FAR)]
    word = _BEHIND.match(behind)
    if printed.percent or printed.byte_power or _NO_TOTAL_BEFORE.search(before):
        return None
    lead = _BEFORE.search(before)
    found = _said(word) or _said(lead)
    if found is None and (word or lead or not _speaks(printed)):
        return None
    quantity, said = found or ("", "")
    unit = _UNIT_OF_LEAD.search(lead[0]) if lead and not printed.unit else None
    if unit:
        printed = read_number(f"{match[0]}{unit[1]}")
    whole = (lead.start() + match.start() - len(before) if lead else match.start(), stop + (word.end() if word else 0))
    if _NO_TOTAL_BEHIND.match(level[whole[1] : whole[1] + 16]):
        return None
    if quantity in ("params", "operations") and printed.value < 100_000:
        return None  # that of a layer, or of something else
    if quantity == "depth" and not (printed.exact and printed.value < 1000):
        return None
    about = bool(_ABOUT.search(before) or _BEHIND_ABOUT.match(behind))
    bound = "over" if _OVER.search(before) else "under" if _UNDER.search(before) else ""
    return Quantity(match.start(), stop, printed, quantity, said, whole, about, bound)


def _speaks(printed: Printed) -> bool:
    """Whether a number by itself may be a total: it has a unit, or is long."""
    return bool(printed.unit) or printed.scale > 1 or (printed.exact and printed.value >= 100_000)


def _said(word: re.Match[str] | None) -> tuple[str, str] | None:
    """What a word beside a number says that it counts."""
    if word is None:
        return None
    for quantity in ("params", "operations", "depth"):
        if word[quantity]:
            return quantity, word[quantity]
    return None


def _number(level: str, match: re.Match[str], end: int) -> tuple[int, Printed]:
    """The number with a power of ten or a unit behind it: where it ends, and what it says."""
    printed, stop = read_number(match[0]), match.end()
    ten = _TEN.match(level, stop, end)
    if ten and not printed.unit:
        power = int(ten["power"].translate(_SUPERSCRIPTS))
        return ten.end(), _scaled(printed, Fraction(10) ** power)
    apart = _APART.match(level, stop, end)
    if apart and not printed.unit:
        unit = apart["scale"] or apart["glued"]
        unit = unit.lower() if len(unit) > 1 else unit.upper()
        return apart.end("scale" if apart["scale"] else "glued"), read_number(f"{match[0]}{unit}")
    return stop, printed


_SUPERSCRIPTS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789")


def _scaled(printed: Printed, by: Fraction) -> Printed:
    return replace(
        printed,
        value=printed.value * by, step=printed.step * by, loose_step=printed.loose_step * by, scale=by, exact=False,
    )  # fmt: skip
