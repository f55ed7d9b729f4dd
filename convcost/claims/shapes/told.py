"""Layers as they are told in words: ``32 filters of 5×5, stride 1, padding 2``, ``步长为 2 的 2×2 最大池化``."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from ..loose import loose
from .code_layers import call_in_words
from .layer import Told
from .sizes import kernels

_ARROW = r"(?:→|⟶|➔|➜|⇒|-{1,2}>|=>|\\to(?![a-z])|\\(?:long)?[rR]ightarrow(?![a-z])|↓)"
_NEXT = loose(
    rf"{_ARROW}|[;；\n]|\b(?:and\s)?then\b|\bfollowed by\b|\bafter(?:wards| that)\b|\bnext\b|再(?:次|经过|通过|用"
    rf"|使用|接|做|进行)?|然后|接着|随后|之后|接(?:一个|上)"
    r"|(?<=[)\]])\s?\+\s?(?=[A-Za-z])",
    0,
)
_CONVOLVES = re.compile(
    r"conv(?!ert|en(?!g)|ey|erg)|filters?\b|kernels?\b|\bCNN\b|卷积|滤波器|过滤器|卷积核|out_?channels"
    r"|output channels",
    re.IGNORECASE,
)
_POOLS = re.compile(
    r"(?<!no )(?<!without )(?<!un)pool|(?<!无)(?<!没有)(?<!不)池化|sub-?sampl|下采样|MaxP\b", re.IGNORECASE
)
_GLOBAL = re.compile(r"global|全局|\bGAP\b|adaptive", re.IGNORECASE)
#: Layers after which the size is what it was.
_KEEPS = re.compile(
    r"^(?:[\s,，。.:：()（）│├└─|+&-]|\band\b|\ba\b|\bthe\b|\bwith\b|\blayers?\b|relu\d?|leaky|bn"
    r"|batch[- ]?norm\w{0,10}|lrn|local|response|normali[sz]ation"
    r"|dropout|sigmoid|tanh|gelu|silu|swish|activation|激活(?:函数)?|归一化|批|标准化|层|、|无|non-?linearity|函数|/"
    r"|\d)*+$",
    re.IGNORECASE,
)
#: What nobody can compute from these words, or what is no single path.
_UNKNOWN = re.compile(
    r"transpos|deconv|upsampl|up-?conv|unpool|interpolat|resiz|crop|concat|residual|shortcut|skip|block|module"
    r"|inception|stage|bottleneck"
    r"|separable|group|shuffle|attention|stack|dense\b|fully|flatten|linear|\bfc\b|branch|parallel|each|repeat"
    r"|times\b|two\b|three\b|four\b|several"
    r"|twice|前向|转置|反卷积|上采样|插值|裁剪|拼接|残差|模块|分支|全连接|展平|可分离|分组|两个|三个|两次|多个|若干"
    r"|堆叠|重复|每",
    re.IGNORECASE,
)
_IS = r"\s?(?:size|大小|数|数量|值)?\s?(?:=|:|：|-|of|is|are|by|with|为|是|取|设为|size)?\s?[(\[]?\s?"
_STRIDE = loose(
    rf"(?:strides?|步长|步幅|步伐|步距|\b[sS](?=\s?=)){_IS}(?P<stride>\d{{1,2}})(?!\d)|\s/(?P<slash>[248])(?!\d|\.\d)"
    rf"|(?P<adverb>\d)-strided"
)
_PADDING = loose(
    rf"(?:(?:zero[- ]?)?pad(?:ding|ded|s)?|填充|补零|补0|补边|边距"
    rf"|\b[pP](?=\s?=)){_IS}(?P<padding>\d{{1,2}})(?![\d×x])"
    r"|(?P<prefix>\d)\s?(?:pixels? of\s|-pixel\s|个像素的?)?(?:zero[- ]?)?padding\b"
)
_UNPADDED = loose(
    r"\b(?:no|without(?: any)?|zero(?!-| pad\w{0,4} ?(?:of|=|:|\d|size)))\s(?:zero[- ]?)?pad(?:ding)?\b(?!\s?(?:of|="
    r"|:)\s?\d)|unpadded"
    r"|\bvalid\b|(?:不|无|没有?|未)(?:需要?|使用|用|进行|加|做|采用)?\s?(?:任何|全)?\s?(?:0|零)?\s?(?:填充|补零|补0"
    r"|padding|pad)|不补(?:零|0|边)"
)
_SAME = loose(
    r"\bsame\b(?=[\s'\"”-]{0,3}(?:padd|conv|pad\b|mode|填充|卷积))|padd?(?:ing)?\s?(?:=|:|is|为"
    r"|set to)?\s?['\"“]?same\b|[(,，]\s?['\"]?same['\"]?\s?(?=[,，)])"
    r"|(?:保持|使)(?:特征图)?(?:的)?(?:尺寸|大小)不变|(?<!不)使用\s?全\s?(?:0|零)\s?填充"
)
_DILATION = loose(
    r"(?:dilat\w{1,4}(?:\srate|\sfactor)?|空洞率|膨胀率|扩张率)(?:\s?(?:=|:|of|is|为|是))?\s?(?P<rate>\d{1,2})"
    r"|(?P<adverb>\d{1,2})-dilated"
)
_DEPTHWISE = re.compile(r"depth-?wise|逐通道|深度卷积|逐深度", re.IGNORECASE)
_COUNT = (
    r"(?P<count>\d{1,5})\s?(?:个|組|组|種|种)?\s?(?:different\s|learned\s|learnable\s|output\s|convolutional\s"
    r"|conv\s)?"
)
_OF_SIZE = r"(?:\d{1,2}\s?(?:×|x|X|\*|\\times)\s?\d{1,2}(?:\s?(?:×|x|X|\*|\\times)\s?\d{1,5})?\s?(?:大小)?的?\s?)?"
_FILTERS = loose(
    rf"(?<![\d.×x*=])(?<![×x*] ){_COUNT}{_OF_SIZE}(?:conv\w{{0,12}}\s|convolution(?:al)?\s)?(?:filters?\b|kernels?\b"
    rf"|卷积核|滤波器|过滤器|核|feature maps|output channels|channels out|filter\b|输出通道|convolutions\b)"
    rf"|(?:out_?channels|filters|output channels|num_filters|number of (?:filters|kernels)|输出通道数?"
    rf"|卷积核(?:的)?(?:个数|数量|数目)|滤波器(?:个数|数量)|深度|depth)\s?(?:=|:|：|of|is|are|为|是"
    rf"|有)?\s?(?P<keyed>\d{{1,5}})(?!\s?(?:×|x\s?\d|\*))"
    r"|\bto\s(?P<to>\d{1,5})\s(?:output\s)?channels|(?P<into>\d{1,5})\s?个?输出通道"
    r"|(?:\bconv(?:olution)?|卷积)\s?,\s?(?P<listed>\d{2,4})(?!\s?[×x*\d.])"
)
_IN_CHANNELS = loose(
    r"(?:in_?channels|input channels|输入通道数?)\s?(?:=|:|：|of|is|为|是)?\s?(?P<count>\d{1,5})"
    r"|(?P<before>\d{1,5})\s?(?:input channels|个?输入通道)"
)
_ONE_SIDE = loose(
    rf"(?:kernel|filter|卷积核|核|window|窗口)(?:[_ ]?size|大小|尺寸)?{_IS}(?P<side>\d{{1,2}})(?!\s?(?:×|x|\*|\d|个"
    rf"|filters|kernels))|\b[KkFf]\s?=\s?(?P<letter>\d{{1,2}})(?!\d)"
)
_VGG = re.compile(r"\bconv(?P<kernel>\d{1,2})-(?P<count>\d{1,4})\b", re.IGNORECASE)


#: A layer as code has it, in the middle of a text.
_CALL = re.compile(
    r"\b(?:nn\.)?(?:Conv2[dD]|(?:Max|Avg)Pool2d|(?:Max|Average)Pooling2D)\((?:[^()\n]"
    r"|\([^()\n]{0,40}\)){1,120}\)"
)


def tells_layers(level: str) -> bool:
    """Whether a text has any word for a layer."""
    return bool(_CONVOLVES.search(level) or _POOLS.search(level))


def told_layers(level: str, start: int, end: int) -> list[Told] | None:
    """The layers of a stretch of text, one behind the other; ``None`` where it tells of something that is not known.

    >>> text = "32 filters of 5×5, stride 1, padding 2, then 2×2 max pooling with stride 2"
    >>> [(t.kind, t.kernel, t.filters, t.stride, t.padding) for t in told_layers(text, 0, len(text))]
    [('conv', (5, 5), 32, 1, 2), ('max', (2, 2), None, 2, None)]
    >>> told_layers("a residual block", 0, 16)
    """
    layers: list[Told] = []
    for begin, stop in _phrases(level, start, end):
        phrase = level[begin:stop]
        if _UNKNOWN.search(phrase):
            return None
        told = _layer(level, begin, stop)
        if told is None:
            return None
        if told.kind != "keeps":
            layers.append(told)
    return layers


def _phrases(level: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Stretches with one layer each; one that only goes on with its attributes is joined to the one before."""
    edges = [start, *(match.end() for match in _NEXT.finditer(level, start, end)), end]
    begin: int | None = None
    for left, right in pairwise(edges):
        piece = level[left:right]
        names_a_layer = _CONVOLVES.search(piece) or _POOLS.search(piece)
        if begin is not None and names_a_layer and _has_layer(level, begin, left):
            yield begin, left
            begin = left
        elif begin is None:
            begin = left
    if begin is not None:
        yield begin, end


def _has_layer(level: str, start: int, end: int) -> bool:
    piece = level[start:end]
    return bool(_CONVOLVES.search(piece) or _POOLS.search(piece))


def _layer(level: str, start: int, end: int) -> Told | None:
    phrase = level[start:end]
    pools, convolves = _POOLS.search(phrase), _CONVOLVES.search(phrase)
    found = [(k[0], k[1]) for _, _, k in kernels(level, start, end)]
    if not pools and not convolves and not found:
        return Told("keeps", start, end) if _KEEPS.match(phrase) or not _attributed(phrase) else None
    call = _CALL.search(phrase)
    if call:
        return call_in_words(call[0], start, end)
    vgg = _VGG.search(phrase)
    if vgg:
        side = int(vgg["kernel"])
        return Told("conv", start, end, (side, side), int(vgg["count"]), *_stride_and_padding(phrase))
    if pools and (not convolves or _only_pools(phrase)):
        if _GLOBAL.search(phrase):
            return Told("global", start, end)
        kind = "avg" if re.search(r"\bav(?:g|erage)|avgpool|\bmean\b|平均|均值", phrase, re.IGNORECASE) else "max"
        kernel = _one(found) if found else _side(phrase)
        return Told(kind, start, end, kernel, None, *_stride_and_padding(phrase)) if kernel or not found else None
    if pools or len(set(found)) > 1:
        return None
    return _convolution(start, end, phrase, found)


def _only_pools(phrase: str) -> bool:
    """Whether "kernel" or "filter" is said of a pool: no count of them, and no word for a convolution."""
    return not re.search(r"conv(?!ert|en)|卷积(?!核)", phrase, re.IGNORECASE) and not _FILTERS.search(phrase)


def _convolution(start: int, end: int, phrase: str, found: list[tuple[int, int]]) -> Told | None:
    counts = {int(next(filter(None, match.groups()))) for match in _FILTERS.finditer(phrase)}
    if len(counts) > 1:
        return None
    rate = _DILATION.search(phrase)
    incoming = _IN_CHANNELS.search(phrase)
    return Told(
        "conv",
        start,
        end,
        _one(found) if found else _side(phrase),
        next(iter(counts), None),
        *_stride_and_padding(phrase),
        dilation=int(rate["rate"] or rate["adverb"]) if rate else 1,
        depthwise=_DEPTHWISE.search(phrase) is not None,
        channels=int(incoming["count"] or incoming["before"]) if incoming else None,
    )


def _one(found: list[tuple[int, int]]) -> tuple[int, int] | None:
    return found[0] if len(set(found)) == 1 else None


def _side(phrase: str) -> tuple[int, int] | None:
    match = _ONE_SIDE.search(phrase)
    if match is None:
        return None
    side = int(match["side"] or match["letter"])
    return (side, side) if side else None


def _attributed(phrase: str) -> bool:
    return bool(_STRIDE.search(phrase) or _PADDING.search(phrase))


def _stride_and_padding(phrase: str) -> tuple[int | None, int | str | None]:
    """What is told of both; two that contradict each other tell nothing."""
    strides = {int(m["stride"] or m["slash"] or m["adverb"]) for m in _STRIDE.finditer(phrase)}
    paddings: set[int | str] = {int(m["padding"] or m["prefix"]) for m in _PADDING.finditer(phrase)}
    if _UNPADDED.search(phrase):
        paddings.add(0)
    if _SAME.search(phrase):
        paddings.add("same")
    stride = next(iter(strides)) if len(strides) == 1 and 0 not in strides else None
    return stride, next(iter(paddings)) if len(paddings) == 1 else None
