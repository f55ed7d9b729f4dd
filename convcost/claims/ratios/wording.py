"""What an amount is said to be: what remains (TO), the difference (BY), how many times, how much more, a share.

The words around an amount decide. ``减少为原来的三分之一`` tells what remains, ``减少了三分之一`` the difference.
"""

from __future__ import annotations

import re
from enum import Enum

from ..relations import Relation
from .amounts import Amount

#: How far words reach.
_BEFORE, _AFTER = 64, 36


class Kind(Enum):
    """How an amount r compares a smaller S with a larger L."""

    FACTOR = "L/S"
    TO = "S/L"
    BY = "1 - S/L"
    MORE = "L/S - 1"
    SHARE = "part/total"
    #: A percentage in brackets: any of the others may be meant.
    ANY = "any"
    ORDERS = "log10 L/S"


_LESS = (
    r"(?:reduc\w*|sav(?:e|es|ed|ing|ings)|cuts?|cutting|lower(?:s|ed|ing)?|decreas\w*|shr[iau]nk\w*|drop(?:s|ped)?|falls?|fell|"
    r"compress\w*|slash\w*|trim\w*|prun\w*|gain|smaller|fewer|cheaper|squeez\w*|down)"
)
_ZH_LESS = "(?:减少|降低|下降|节省|节约|缩小|缩减|压缩|减小|减轻|减|省|少|低|降|缩)"
_ZH_MORE = "(?:增加|提高|提升|增长|多|上升|增大|扩大|高|大|涨)"
_HEDGE = (
    r"(?:\s|about|approximately|approx\.?|roughly|around|nearly|almost|some|only|just|merely|over|more than|less than|under|at least|"
    r"up to|as much as|a|an|the|of|is|are|was|:|：|~|≈|\\approx|=|差不多|约等于|约为|大约|大概|约|近乎|将近|接近|近|超过|不到|不足|高达|达到|达|仅|只有|只|至少|了|掉|是|为)"
)
_END = rf"{_HEDGE}{{0,8}}$"
_TO_ZH = re.compile(
    rf"(?:{_ZH_LESS}|变|转变|压|剪枝|变化)(?:了)?(?:为|到|至|成|得只有|到了|至了)(?:了)?[^，。；,;!?！？\d]{{0,14}}?{_END}"
    r"|(?:原来|原先|之前|原有|原本|原始|前者|后者|标准卷积|普通卷积|传统卷积|全连接|总量?|它)的?(?:计算量|参数量|运算量)?的?"
    + _END
    + rf"|(?:只有|仅有|仅为|相当于|只要|只需|只占|等于|剩下|就是|也就是)[^，。；,;\d]{{0,14}}?{_END}"
)
_BY_ZH = re.compile(
    rf"{_ZH_LESS}(?:了|掉|约|大约|大概|近|将近|接近|超过|不到|高达|达|将|\s)*$|(?:减少量|降幅|压缩率|节省率)[^，。；]{{0,4}}$"
)
_MORE_ZH = re.compile(rf"{_ZH_MORE}(?:了|出|约|大约|近|将近|接近|超过|不到|\s)*$")
_SHARE_ZH = re.compile(
    r"(?:占|占比|比重|占据|占到)(?:了|总|全部|整个|全网|其中|整体|参数量?|计算量?|的|比|为|约|大约|近|将近|超过|不到|[:：]|\s|网络|模型)*$"
)
_TIMES_ZH = re.compile(
    rf"(?:{_ZH_LESS}|{_ZH_MORE}|相差|差|是|为|约|快|提速|加速|压缩|达|高达|有|大约|近|将近|比)[^，。；,;!?！？\d]{{0,14}}$"
)
_TO_EN = re.compile(
    rf"\b{_LESS}\b[^.;!?]{{0,50}}?\bto{_HEDGE}{{0,6}}$|\b(?:to|leaves|leaving|keeps|only|just|is|are|remains?|means|needs|requires|takes|costs|has|have|at)\b{_HEDGE}{{0,6}}$"
    rf"|[,:(（]{_HEDGE}{{0,6}}$|\b(?:or|i\.e\.,?|calls)\b{_HEDGE}{{0,6}}$|\bless than\s?$",
    re.IGNORECASE,
)
_BY_EN = re.compile(
    rf"\b{_LESS}\b[^.;!?]{{0,50}}?\bby{_HEDGE}{{0,6}}$|\b(?:sav(?:e|es|ed|ing|ings)|reductions?|decrease|gain|drop|savings?|cut|improvement)\b{_HEDGE}{{0,6}}$|\bby{_HEDGE}{{0,4}}$",
    re.IGNORECASE,
)
_MORE_EN = re.compile(
    r"\b(?:increas\w*|grow\w*|grew|rises?|rose|up|adds?|extra|overhead)\b[^.;!?]{0,40}?\b(?:by|of)\s?(?:about |roughly |nearly )?$",
    re.IGNORECASE,
)
_SHARE_EN = re.compile(
    rf"\b(?:accounts? for|accounting for|mak(?:es?|ing) up|made up|share|constitut\w+|represent\w*|hold(?:s|ing)?|contain(?:s|ing)?|contribut\w+|fraction|proportion|comprise[sd]?)\b{_HEDGE}{{0,8}}$",
    re.IGNORECASE,
)
_FEWER_AFTER = re.compile(
    r"[\s*_-]{0,3}(?:as\s)?(?:fewer|less|smaller|cheaper|lower|lighter|reduction|reduced|savings?|saved|decrease|compression|drop|"
    r"parameter reduction|computation(?:al)? reduction|param(?:eter)?s? (?:fewer|less|reduction|saved)|减少|降低|的?减少|的?下降|缩减|的?压缩|节省)",
    re.IGNORECASE,
)
_MORE_AFTER = re.compile(
    r"[\s*_-]{0,3}(?:more|larger|higher|bigger|greater|extra|increase|heavier|slower|costlier|additional|overhead|的?增加|的?提升|的?增长)",
    re.IGNORECASE,
)
_TIMES_AFTER = re.compile(
    r"[\s*_-]{0,3}(?:as (?:many|much|large|big|expensive|heavy|costly|few)|the (?:cost|weights|number|param\w*|size|comput\w*|work|amount|memory|flops|macs|operations)|"
    r"faster|speed-?up|speedup|acceleration|improvement|compression|efficien\w*|difference|以上|左右|多|加速|的加速|的压缩|的差距|提速|之多|\))",
    re.IGNORECASE,
)
_OF_AFTER = re.compile(
    r"[\s*_]{0,3}(?:of (?:the |its |their |that|what|all )|as (?:many|much|large|big)|the (?:cost|weights|number|param\w*|size|comput\w*|work|amount|memory|flops|macs|original)|"
    r"的(?:参数|计算|运算|大小|存储|内存)|of\b|左右|$|[,，.。;；)）:：!！])",
    re.IGNORECASE,
)
_OF_ALL_AFTER = re.compile(
    r"[\s*_]{0,3}(?:of (?:all|the total|the overall|the whole|total|its total|the network'?s?|the model'?s?|the (?:\w+\s){0,2}(?:weights|param\w*|macs|flops|total))|share)",
    re.IGNORECASE,
)
_NEGATED = re.compile(
    r"\b(?:not|no|isn't|aren't|rather than|instead of|never|nor)\s?(?:about|only|just)?$|(?:不是|而非|并非|而不是|没有)$",
    re.IGNORECASE,
)
_ABOUT = re.compile(
    r"(?:about|approximately|approx\.?|roughly|around|nearly|almost|some|~|≈|\\approx|约|大约|大概|近|将近|接近|差不多|近乎|约为|约等于)\s?(?:a |an |the |的)?\s?$",
    re.IGNORECASE,
)
_OVER = re.compile(
    r"(?:more than|over|greater than|at least|超过|不止|至少|大于|高于|>|≥)\s?(?:a |an |the )?\s?$", re.IGNORECASE
)
_UNDER = re.compile(
    r"(?:less than|under|below|at most|fewer than|up to|不到|不足|小于|低于|<|≤)\s?(?:a |an |the |原来的)?\s?$",
    re.IGNORECASE,
)


def wording(level: str, amount: Amount, begin: int, end: int) -> Kind | None:
    """What the words of a sentence, from ``begin`` to ``end``, make of an amount; ``None`` where it compares nothing."""
    before = level[max(begin, amount.start - _BEFORE) : amount.start].rstrip()
    after = level[amount.end : min(end, amount.end + _AFTER)]
    if amount.form == "times" and after.startswith((" times", "times", "-fold", "fold", " fold", "-times")):
        after = re.sub(r"^[\s-]?(?:times|fold)", "", after)
    if _NEGATED.search(before) or (amount.printed.percent and _between_percents(before, after)):
        return None
    if amount.form == "orders":
        return Kind.ORDERS
    if amount.form == "times":
        return _times(before, after, amount)
    return _part(before, after, amount)


#: What percentages are of that are no costs.
_OTHER_MATTER = re.compile(
    r"accurac|error|precision|recall|\bmAP\b|\bAP\b|top-?[15]\b|latency|\btime\b|\bspeed\b|\bfps\b|energy|power|dropout|occupan|utili[sz]|learning rate|dataset|"
    r"train(?:ing)? set|confidence|probab|coverage|score|loss\b|精度|准确率|错误率|误差|时间|延迟|速度|耗时|数据集|样本|概率|覆盖率|有效性|性能|指标|得分|能耗|占空比",
    re.IGNORECASE,
)
#: What a sentence of costs speaks of.
_COST = re.compile(
    r"param|weight|cost|mult|\b[KMGT]?MACs?\b|FLOP|MAdd|operation|comput|memory|\bsize|expens|cheap|kernel|bottleneck|neuron|storage|"
    r"\bmodel|\blayer|reduc|sav(?:e|ing)|参数|计算|运算|乘|权重|内存|显存|存储|大小|次数|卷积核|代价|开销|瓶颈|模型|成本",
    re.IGNORECASE,
)
#: Which of them an amount is said of.
_MATTERS = (
    ("params", re.compile(r"param|weights|参数|权重", re.IGNORECASE)),
    (
        "operations",
        re.compile(r"\b[KMGT]?MACs?\b|FLOP|MAdd|mult|operations|comput|计算量|运算量|乘法|乘加|次数", re.IGNORECASE),
    ),
    ("bytes", re.compile(r"memory|\bMB\b|\bGB\b|storage|内存|显存|存储", re.IGNORECASE)),
)


def speaks_of_costs(level: str) -> bool:
    """Whether a text is about costs at all."""
    return _COST.search(level) is not None


def is_of_something_else(level: str, amount: Amount, begin: int, end: int) -> bool:
    """Whether the words beside an amount speak of what is no cost: accuracy, time, data."""
    near = level[max(begin, amount.start - 24) : min(end, amount.end + 16)]
    return _OTHER_MATTER.search(near) is not None


def matter(level: str, amount: Amount, begin: int, end: int) -> str:
    """What an amount is said of (``params``, ``operations``, ``bytes``), where the words right beside it say so."""
    near = level[max(begin, amount.start - 14) : min(end, amount.end + 14)]
    near = (
        re.split(r"[,，;；。]", near[: amount.start - max(begin, amount.start - 14)])[-1]
        + near[amount.start - max(begin, amount.start - 14) :]
    )
    found = [name for name, pattern in _MATTERS if pattern.search(near)]
    return found[0] if len(found) == 1 else ""


#: Behind a percentage of which no word says what it is.
_STANDS_ALONE = re.compile(r"\s{0,2}(?:[)）,，.。;；:：\]】|!！]|$|\*|左右|[(（])")


def _between_percents(before: str, after: str) -> bool:
    """``从 2% 提升到 98%``, ``90.57% vs 87.32%``: percentages compared with each other."""
    return (
        re.search(r"\d\s?%[^,，.。;；()（）]{0,12}$", before) is not None
        or re.match(
            r"\s{0,2}(?:vs|versus|→|->|to\s\d|提升到|提升至|提高到|降到|降至|下降到|变为|增加到|到\s?\d)", after
        )
        is not None
    )


def _times(before: str, after: str, amount: Amount) -> Kind | None:
    if (
        re.search(rf"{_ZH_LESS}(?:至|到|为|成)(?:了)?(?:原来|原先|之前|原本|原始)?的?{_HEDGE}{{0,3}}$", before)
        and amount.value > 1
    ):
        return Kind.TO
    if _FEWER_AFTER.match(after) or _MORE_AFTER.match(after) or _TIMES_AFTER.match(after):
        return Kind.FACTOR
    if _TIMES_ZH.search(before) or re.search(
        rf"\b{_LESS}\b[^.;!?]{{0,40}}$|\b(?:factor|ratio|speed-?up|increas\w*|becomes?|times)\b[^.;!?]{{0,30}}$",
        before,
        re.IGNORECASE,
    ):
        return Kind.FACTOR
    lone = before.rstrip().endswith(("(", "≈", "=", "：", ":", "→")) or not before.strip()
    return Kind.FACTOR if lone and not re.match(r"\s?[A-Za-z\u4e00-\u9fff]", after) else None


def _part(before: str, after: str, amount: Amount) -> Kind | None:
    decimal = amount.printed.text.startswith("0.")
    if _SHARE_ZH.search(before) or _SHARE_EN.search(before):
        return Kind.SHARE
    if _TO_ZH.search(before):
        return Kind.TO
    if _BY_ZH.search(before):
        return Kind.BY
    if _MORE_ZH.search(before) and not decimal:
        return Kind.MORE
    if decimal:
        return Kind.TO if re.search(rf"\b{_LESS}\b[^.;!?]{{0,40}}?\bto\s?(?:about )?$", before, re.IGNORECASE) else None
    if re.search(r"[-−]\s?$", before) and amount.printed.percent:
        return Kind.BY
    if re.search(r"\+\s?$", before) and amount.printed.percent:
        return Kind.MORE
    return _english_part(before, after, amount)


def _english_part(before: str, after: str, amount: Amount) -> Kind | None:
    if _FEWER_AFTER.match(after):
        return Kind.BY
    if _MORE_AFTER.match(after):
        return Kind.MORE
    if _MORE_EN.search(before):
        return Kind.MORE
    if _BY_EN.search(before):
        return Kind.BY
    if amount.printed.percent and _OF_ALL_AFTER.match(after):
        return Kind.SHARE
    if re.search(rf"\bto{_HEDGE}{{0,6}}$", before, re.IGNORECASE) and re.search(
        rf"\b{_LESS}\b|\bgoes\b|\bwent\b|→", before, re.IGNORECASE
    ):
        return Kind.TO
    if amount.worded:
        return Kind.TO if _OF_AFTER.match(after) or _TO_EN.search(before) else None
    if re.match(r"\s?(?:of|as (?:many|much|large))\b", after) and _TO_EN.search(before):
        return Kind.TO
    if (
        amount.printed.percent
        and _STANDS_ALONE.match(after)
        and re.search(
            r"[(（,，、]\s?(?:or |or about |about |约|大约|i\.e\. |that is |~)?$|[:：]\s?$|\b(?:or|reduction|savings?|about)$|约为$|约$",
            before,
            re.IGNORECASE,
        )
    ):
        return Kind.ANY
    return None


def strength(level: str, amount: Amount) -> Relation:
    """Whether an amount is told as about right, or as a bound."""
    before = level[max(0, amount.start - 20) : amount.start]
    after = level[amount.end : amount.end + 8]
    if "factor" in before or amount.printed.open_above:
        before = before.replace("factor of", "")
    about = bool(_ABOUT.search(before)) or bool(re.match(r"\s?(?:左右|上下|or so)", after))
    over = bool(_OVER.search(before)) or bool(re.match(r"\s?(?:以上|多|\+|or more)", after))
    return Relation(about, over, bool(_UNDER.search(before)))
