"""What the head of a column says: which quantity stands below it, and in which unit."""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction
from functools import cache

from .figure import Unit

#: A longer head is a sentence.
MAX_LENGTH = 120
#: Quantities whose values add up over the rows of a table.
ADDITIVE = (
    "params",
    "weights",
    "biases",
    "macs",
    "flops",
    "operations",
    "bytes",
    "elements",
    "share",
    "adds",
    "values",
)
#: Quantities that make a table one of costs.
COSTS = ("params", "weights", "macs", "flops", "operations", "bytes", "elements", "adds")

_CHANNELS = r"(?:ch(?:annels?|s|\.|n?l?s?)?|c|depth|features?(?!\s?map)|maps?|planes?|dims?|neurons|units|nodes)"
_COUNT = r"(?:#\s*(?:of\s*)?|no\.?\s*(?:of\s*)?|n(?:um(?:ber)?)?[._\s]*(?:of\s*)?)"
#: Quantities by the words of the head; the first that matches is taken.
_WORDS: tuple[tuple[str, str], ...] = (
    ("nothing", (
        r"\b(?:acc(?:uracy)?|top-?[15]|error|err|(?-i:mAP)|loss|epochs?|lr|latency|fps|speed|time|ms|"
        r"year|bleu|iou|score)\b|准确率|精度|错误率|时间|延迟|速度"
    )),
    ("nothing", (
        r"\b(?:reduction|saving|saved|ratio|compression|speed-?up|cumulative|running|increase|change|vs|"
        r"sparsity|pruned|fewer|remaining)\b|Δ|减少|降低|压缩|节省|累计|倍数|比值|加速|变化|剪枝|稀疏"
    )),
    ("bias?", r"^(?:has |use |with )?bias\s*\??$|^偏置\s*[?？]?$|是否有?偏置"),
    ("biases", rf"^{_COUNT}?bias(?:es)?\b|^偏置(?:数量?|参数|个数|项)?$"),
    ("in out", r"\bin\w*\s*(?:→|->|/|,|to|×|x)\s*out|输入\s*(?:→|->|/)\s*输出|c_?\{?in\}?\s*(?:→|->|/|,)\s*c_?\{?out"),
    ("in", (
        rf"\bin(?:put|coming)?[\s_-]*{_CHANNELS}(?![a-z])|\b[cnd]_?\{{?(?:\\(?:text|"
        rf"mathrm)\{{)?in\}}{{0,2}}(?![a-z])|^c_?\{{?i\}}?$|^ic$|^fan[\s_-]?in$|输入(?:特征)?(?:通道|"
        rf"维度?数|神经元|特征数|节点)数?|输入通道"
    )),
    ("out", (
        rf"\bout(?:put|going)?[\s_-]*{_CHANNELS}(?![a-z])|\b[cnd]_?\{{?(?:\\(?:text|"
        rf"mathrm)\{{)?out\}}{{0,2}}(?![a-z])|^c_?\{{?o\}}?$|^oc$|^fan[\s_-]?out$|输出(?:特征)?(?:通道|"
        rf"神经元|特征数|节点)数?"
    )),
    ("kernel", (
        r"\b(?:kernel|filter|conv|patch|window|pool(?:ing)?|receptive)s?[\s_-]*(?:size|shape|dims?|"
        r"dimensions?|h\s?[x×]\s?w)|^kernels?$|^k(?:ernel)?(?:\s?[x×]\s?k)?$|^f$|^k\s?[×x]\s?k$|"
        r"(?:卷积核|滤波器|核|池化核|窗口)(?:的)?(?:大小|尺寸|形状)|^核$|^卷积核$"
    )),
    ("weight shape", r"\bweights?[\s_-]*(?:shape|size|dims?|tensor)|权重(?:形状|尺寸|大小)"),
    ("out", (
        rf"^{_COUNT}?(?:filters?|kernels?|(?:output )?feature maps|channels?|maps)$|"
        rf"^{_COUNT}(?:the\s)?(?:filters?|kernels?|channels?)|卷积核(?:个数|数量|数目|数)|滤波器(?:个数|"
        rf"数量|数)|^通道数?$|核数|^filters? \(out\)$"
    )),
    ("units", rf"^{_COUNT}?(?:units|hidden units|nodes)$|神经元(?:个数|数量?|数)|^节点数$"),
    ("weights", rf"^{_COUNT}?weights?$|权重(?:参数)?(?:数量|个数|数|量)?$"),
    ("params", (
        r"param(?:eter)?s?\b|weights?\s*(?:\+|and|&)\s*bias|权重\s*(?:\+|和|与|及)\s*偏置|参数|"
        r"\bw(?:eigh)?ts? count|参數|個數"
    )),
    ("macs", (
        r"\b[kmgt]?macs?\b|\bm-?adds?\b|mult(?:iply)?[\s-]*(?:adds?|acc\w*)|multipl(?:ications|ies)|"
        r"\bmults?\b|乘加|乘法|乘积累加|multiply"
    )),
    ("flops", r"\b[kmgt]?flops?\b|浮点"),
    ("adds", r"^adds?$|^additions$|^加法(?:次数|量)?$"),
    ("operations", r"计算量|运算量|运算次数|\b[kmgt]?ops\b|operations|\bcompute\b|computations?|复杂度|^cost$"),
    ("out shape", (
        r"\b(?:out(?:put)?|activation)s?[\s_-]*(?:shape|dim\w*|resolution|map|volume|tensor|spatial|"
        r"h\s?[x×]\s?w)|tensor (?:size|shape)|feature[\s-]?maps?(?: sizes?| shapes?| dim\w*)?$|(?:输出|"
        r"激活)(?:特征图)?(?:尺寸|形状|维度|特征图|张量|分辨率|大小)|^特征图(?:尺寸|大小)?$|"
        r"^out(?:put)?(?: \(.{1,12}\))?$|^输出$|^shape$|^形状$|^map(?: size)?$|^resolution$|"
        r"^h\s?[×x]\s?w$"
    )),
    ("in shape", (
        r"\bin(?:put)?s?[\s_-]*(?:shape|size|dim\w*|resolution|map|volume|tensor|feature|spatial|"
        r"h\s?[x×]\s?w)|输入(?:特征图)?(?:尺寸|形状|维度|大小|特征图|张量|分辨率)|^in(?:put)?$|^输入$"
    )),
    ("out size", r"\b(?:out(?:put)?)s?[\s_-]*size"),
    ("elements", (
        r"\bactivations?(?:[\s_-]*(?:size|count|number|units|elements))?\b|^#?\s*neurons$|elements|"
        r"激活(?:值|量|数|个数)|元素(?:个数|数)|number of values"
    )),
    ("stride", r"^(?:stride|strides|s|步长|步幅|步距)$"),
    ("padding", r"^(?:padding|pad|pads|p|填充|补零)$"),
    ("dilation", r"^(?:dilation|d|rate|空洞率|膨胀率)$"),
    ("groups", r"^(?:groups?|g|分组数?|组数)$"),
    ("repeat", (
        rf"^(?:n|×|x|repeats?|{_COUNT}?blocks?|count|times|repetitions|重复(?:次数|数)?|次数|数量|个数|"
        rf"块数|{_COUNT}layers?|quantity)$"
    )),
    ("bytes", (
        r"\bmem(?:ory)?\b|\bbytes?\b|\bstorage\b|\bfootprint\b|内存|显存|存储|\bram\b|\bflash\b|字节|"
        r"\b[kmg]i?b\b"
    )),
    ("total", r"^(?:grand )?(?:total|sum|overall|all)s?$|^(?:总计|合计|总和|总共|共计|总)$"),
    ("size", r"^(?:model |file |disk )?size$|^(?:模型)?大小$|^尺寸$|^体积$"),
    ("label", (
        r"^(?:layers?|name|type|stage|operator|module|block|component|部分|层|层名|名称|类型|模块|网络层|"
        r"no\.?|序号|编号|op|part|步骤|step)(?![A-Za-z])|^#$"
    )),
)  # fmt: skip
_SHARE = re.compile(
    r"share|percent(?:age)?|proportion|fraction|% of|占比|比例|百分比|占总|所占|of total", re.IGNORECASE
)
_NO_SHARE = re.compile((
    r"acc|error|top-?[15]|(?-i:mAP)\b|reduc|spars|sav|prun|compress|drop|减|降|压缩|精度|准确|提升|利用|"
    r"util"
), re.IGNORECASE)  # fmt: skip
_NO_BIAS = re.compile(
    r"(?:no|without|w/o|excl\w*\.?|ignoring)\s+bias|bias[- ]free|不含偏置|不计偏置|无偏置|不带偏置|不包括偏置",
    re.IGNORECASE,
)
_BIAS = re.compile(r"(?:with|incl\w*\.?|and|\+|w/)\s*bias|含偏置|带偏置|包括偏置|加偏置|[+＋]\s?偏置", re.IGNORECASE)
_WIDTHS = (
    (4, re.compile(r"fp32|float32|float\b|32[- ]bit|single|4 bytes|单精度|32位", re.IGNORECASE)),
    (2, re.compile(r"b?fp?16|float16|half|16[- ]bit|2 bytes|半精度|16位", re.IGNORECASE)),
    (1, re.compile(r"int8|8[- ]bit|8位", re.IGNORECASE)),
)
_ASIDE = re.compile(r"\([^()]{0,60}\)|\[[^\[\]]{0,60}\]|（[^（）]{0,60}）")
_BYTES = re.compile(r"(?<![A-Za-z])(?P<letter>[KkMGT])(?P<binary>i?)B(?:ytes?)?(?![A-Za-z])")
_PLAIN_BYTES = re.compile(r"(?<![A-Za-z])(?:bytes?|B|字节)(?![A-Za-z])")
_GLUED = re.compile(
    r"(?<![A-Za-z])(?P<letter>[KkMGT])[\s-]?(?=(?:FLOP|Flop|flop|MAC|Mac|MAdd|Madd|OPs|Ops|[Pp]aram|mult|Mult))"
)
_ASIDE_SCALE = re.compile(
    r"(?:^|[(（\[/,，:：]\s*|\bin\s+|单位\s*[:：]?\s*|\s)(?P<word>[KkMGBT]|[Tt]housands?|"
    r"[Mm]illions?|[Bb]illions?|十万|百万|千万|万|亿|千)(?=\s*(?:$|[)）\]/,，次个]|FLOP|MAC))"
)
_POWER = re.compile(
    r"(?:[×x*]\s*|\\times\s*|^|[(（\[]\s*)10\s*(?:\^|\*\*)?\s*\{?(?P<ten>[1-9]|1[0-2]|[³⁴⁵⁶⁷⁸⁹])\}?(?![\d.,])"
    r"|(?<![\d.])1e(?P<e>[1-9])\b"
)
_LETTERS = {"k": 3, "K": 3, "M": 6, "G": 9, "B": 9, "T": 12, "千": 3, "万": 4, "十万": 5, "百万": 6, "千万": 7, "亿": 8}
_SPELLED = {"thousand": 3, "million": 6, "billion": 9}
_SUPERSCRIPT = str.maketrans("³⁴⁵⁶⁷⁸⁹", "3456789")


@dataclass(frozen=True)
class Head:
    """The quantity below a head, its unit, and, of a share, what it is a share of."""

    quantity: str = ""
    unit: Unit | None = None
    of: str = ""
    words: str = ""
    #: Whether biases are counted, where the head says so.
    biases: bool | None = None
    #: Bytes of one number, where the head says so.
    width: int | None = None


@cache
def _patterns() -> tuple[tuple[str, re.Pattern[str]], ...]:
    return tuple((name, re.compile(pattern, re.IGNORECASE)) for name, pattern in _WORDS)


def read_head(text: str) -> Head:
    """The quantity and the unit that a head names.

    >>> [read_head(t).quantity for t in ("#Params (M)", "参数量", "Input channels", "Output shape", "Top-1 (%)")]
    ['params', 'params', 'in', 'out shape', 'nothing']
    >>> read_head("FLOPs (G)").unit.scale, read_head("Params %").quantity, read_head("Memory (MB)").unit.byte_power
    (Fraction(1000000000, 1), 'share', 2)
    """
    words = " ".join(text[:MAX_LENGTH].split()).strip("*_`: ：")
    bare = _ASIDE.sub(" ", words)
    bare = re.sub(r"\s*/\s*(?:[KkMGBT]i?B?|万|亿|百万|千万|个|次)?\s*$", "", bare).strip("*_`: ：%/") or words
    quantity = _quantity(" ".join(bare.split()))
    if _is_share(words, quantity):
        return Head("share", Unit(Fraction(1, 100), "%", percent=True), quantity, words)
    unit = read_unit(words)
    if (
        quantity in ("", "size", "nothing", "out size", "weights", "params", "total", "elements")
        and unit
        and unit.byte_power
    ):
        quantity = "nothing" if quantity == "nothing" else "bytes"
    return Head(quantity, unit, "", words, _with_biases(words), _width(words))


def _with_biases(words: str) -> bool | None:
    if _NO_BIAS.search(words):
        return False
    return True if _BIAS.search(words) else None


def _width(words: str) -> int | None:
    return next((width for width, pattern in _WIDTHS if pattern.search(words)), None)


def _quantity(bare: str) -> str:
    return next((name for name, pattern in _patterns() if pattern.search(bare)), "")


def _is_share(words: str, quantity: str) -> bool:
    if _NO_SHARE.search(words):
        return False
    if _SHARE.search(words):
        return True
    return ("%" in words or "％" in words) and (quantity in COSTS or not words.strip("()%％ "))


def read_unit(words: str) -> Unit | None:
    """The unit in a head.

    >>> read_unit("GFLOPs").name, read_unit("参数量（万）").name, read_unit("MACs (×10^6)").scale
    ('G', '万', Fraction(1000000, 1))
    """
    size = _BYTES.search(words)
    if size:
        power = "KMGT".index(size["letter"].upper()) + 1
        base = 1024 if size["binary"] else 1000
        return Unit(Fraction(base**power), f"{size['letter']}{size['binary']}B", power)
    glued = _GLUED.search(words)
    if glued:
        return Unit(Fraction(10 ** _LETTERS[glued["letter"]]), glued["letter"].replace("k", "K"))
    ten_power = _POWER.search(words)
    if ten_power:
        ten = int((ten_power["ten"] or ten_power["e"]).translate(_SUPERSCRIPT))
        return Unit(Fraction(10**ten), f"e{ten}")
    scale = _ASIDE_SCALE.search(words, 1) if words else None
    if scale:
        word = scale["word"]
        exponent = _LETTERS.get(word) or _SPELLED[word.lower().removesuffix("s")]
        return Unit(Fraction(10**exponent), word)
    if _PLAIN_BYTES.search(words):
        return Unit(Fraction(1), "bytes")
    return None
