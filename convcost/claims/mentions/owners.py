"""Which number belongs to which network: by grammar and nearness, and else to none.

>>> from .names import names
>>> from .quantities import quantities
>>> text = "VGG-16 (138M parameters) is larger than ResNet-50, which has 25.6M parameters."
>>> [(text[o.name.start : o.name.end], text[o.quantity.start : o.quantity.end], o.tight) for o in owned(text)]
[('VGG-16', '138M', True), ('ResNet-50', '25.6M', True)]
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from ..loose import loose
from .inheritance import Owned, inherited, respective
from .names import Name, names
from .quantities import Quantity, quantities

#: What may stand between a name and its number without a doubt: verbs, articles, words for quantities, other numbers.
_WORDS = (
    r"has|have|having|had|contains?|containing|with|uses?|using|requires?|requiring|needs?|needing|is|are|was|at|of"
    r"|for|about|around"
    r"|roughly|approximately|approx|only|just|over|nearly|almost|a|an|the|total|in|some|more|less|than|and|that"
    r"|which|it|its|both|by"
    r"|network|model|architecture|net|params?|parameters?|parameter|number|numbers|count|weights|trainable|learnable"
    r"|million|comes?"
    r"|takes?|taking|does|performs?|costs?|costing|consists?|consisting|counts?|features|totals?|totalling|stores?"
    r"|holds?|per|forward"
    r"|pass|image|inference|single|one|each|layers?|deep|depth|flops|macs|gflops|gmacs|size|input|inputs|operations"
    r"|compute|computation"
    r"|cost|computational|complexity|floating|point|up|to|as|low|high|many|much|little|few|even|still|also|well"
    r"|roughly|original|standard"
    r"|famous|popular|deeper|larger|bigger|smaller|whose|where|reaches|reaching|boasts?|packs?|sports?|weighs?"
    r"|convolutional|neural|achieves?"
    r"|achieving|achieved|would|require|storage|disk|memory|trained|pre-?trained|images?|classification|top|accuracy"
    r"|error|imagenet|on|rate|mb|gb"
    r"|version|now|all|there|being|since|because|while|requires|gives?|giving|exactly|yields?|declares?|spends?"
    r"|sums?|adds|comprises?|tops|around|weighing|\d{4}|et|al|s"
)
_CHINESE = (
    r"共有|有|包含|包括|约|大约|大概|约为|约有|为|是|的|参数量|参数|总|数量|个数|计算量|运算量|浮点|运算|仅|只有|只"
    r"|才|达到|达|高达|需要|需|拥有|网络|模型|大小|在|也"
    r"|超过|近|将近|接近|不到|则|其|它|该|共计|共|总计|一共|层|深|个|和|与|以及|及|并且|且|而|就|要|一次|前向|推理"
    r"|传播|计算|次|整个|结构|具有|含有|含|使用|用|了|等于|左右|经典|原始|标准|版本|图像|输入|时|上|当|每|张|图片"
    r"|深度|就是|本身|大|多|更|还|都|正确率|准确率|精度|量|数|规模|复杂度|分类|论文|中|之后|后|提出|年|可训练"
)
# Possessive, longest first: a gap is read in one way only, and in linear time.
_GAP = loose(
    rf"(?:\s|[-,，、:：()\[\]'\"“”’*`_=~≈<>|.%#；;&+×/]|\b(?:{_WORDS})\b"
    rf"|{'|'.join(sorted(_CHINESE.split('|'), key=len, reverse=True))}|\d)*+"
)
#: A number behind these is said of a part, or of something else, or of a change.
_PART = loose(
    r"\b(?:fc\d?|fully[- ]connected|dense|linear|conv\d?|convolution(?:al|s)?(?!\s(?:neural|net|arch))|blocks?"
    r"|modules?|stage|stem|(?<!auxiliary )(?<!aux )(?<!side )heads?|classifier|extractor"
    r"|embedding|first|last|final|second|third|remaining|rest|other|remaining|alone|kernel|filters?|neurons?"
    r"|bottleneck|shortcuts?|trunk"
    r"|top(?!-?\s?[15])|bottom|branch(?:es)?|decoder|attention|anchor|rpn)\b"
    r"|全连接|卷积层|第[一二三四五六七八九十\d]|最后一|每一?(?:层|块|个)|模块|其中|分类器|头部|瓶颈|分支|部分|单元"
    r"|颈部|占"
)
_COMPARED = loose(
    r"(?:\bthan|compared (?:to|with)|relative to|\bversus|\bvs\.?|instead of|against|unlike|like|\bfrom|\bto|over"
    r"|相比于?|相较于?|比|较之?|不同于|替代|代替|像"
    r"|优于|小于|大于|少于|多于|低于|高于|超过|达到)(?:\s?(?:the|a|其|经典的?|传统的?|with))?\s?$"
)
#: What makes the number that of a network which others are compared with.
_POSSESSES = loose(r"\s?(?:'s\b|’s\b|的|\(|网络的|with|[,，]?\s?(?:which|that)\s(?:has|uses|needs))")
_CHANGED = loose(
    r"prun|quanti[sz]|compress|distill|\bcifar|\bmnist|\bsvhn|tiny-?imagenet"
    r"|(?<!full )\bwidth\b(?!\s(?:multiplier\s)?(?:of\s|=\s?)?1(?:\.0)?(?![.\d]))|sparsi|\bint8|8-bit|1-bit|binary"
    r"|replac|remov|without(?!\s(?:\w{1,8}\s){0,2}(?:aux|side|bias|batch|bn\b|heads?\b|and\b|padding))|except"
    r"|excluding|ignoring|fine-?tun|frozen|freez|lora|adapter|trainable (?:only|part)|batch of|batch size"
    r"|segmentation|detector|detection|backbone|encoder|siamese|ensemble|(?<![\d,])(?!1,?000)\d{1,5}[- ](?:class|way)"
    r"|剪枝|量化|压缩|蒸馏|骨干|主干|编码器|检测|分割|微调|冻结|去掉|去除|移除|替换|改为|改成"
    r"|(?<!\d)(?!1000)\d{1,5}\s?(?:个)?(?:类|分类)"
    r"|减少到|降到|降低到|降至|减至|缩减|缩小到|变为|only the|reduc|shrink|cut (?:from|to)|down to|1/\d"
)
_SEPARATOR = re.compile(r"[,，;；:：。、()\n]|\b(?:and|but|while|whereas)\b|而|但|以及|和")
_EDGE = re.compile(r"[,，;；:：。()\n]")
#: Longer gaps are read no further.
_REACH = 160


def owned(level: str, start: int = 0, end: int | None = None, context: Name | None = None) -> Iterator[Owned]:
    """The numbers of a sentence, each with its network. ``context`` is the network of which a sentence without a name
    speaks.
    """
    end = len(level) if end is None else end
    known = _merged(level, [*names(level, start, end)])
    if not (known or context):
        return
    inside = [q for q in quantities(level, start, end) if not any(_overlap(q, name) for name in known)]
    paired = {each.quantity.start: each for each in respective(level, (start, end), known, inside)}
    if any(_checked(level, start, end, each) is None for each in paired.values()):
        paired = {}
    told: list[Owned] = []
    for quantity in inside:
        found = paired.get(quantity.start) or _owner(level, start, end, quantity, known, context, inside)
        if not quantity.quantity and quantity.start not in paired:
            found = inherited(level, (start, end), quantity, found, told, _own(found, known, inside))
        if found is None or not found.name.networks:
            continue
        told.append(found)
        rivals = tuple(name for name in known if name.networks != found.name.networks)
        yield replace(found, rivals=rivals)


def _own(found: Owned | None, known: list[Name], inside: list[Quantity]) -> set[str]:
    """What the numbers between a name and the next one say that they count."""
    if found is None:
        return set()
    after = min((name.start for name in known if name.start > found.name.start), default=1 << 60)
    return {each.quantity for each in inside if found.name.end <= each.start < after and each.quantity}


def _overlap(quantity: Quantity, name: Name) -> bool:
    return quantity.start < name.end and name.start < quantity.end


def _merged(level: str, found: list[Name]) -> list[Name]:
    """``GoogLeNet (Inception v1)`` and ``GoogLeNet/Inception-v1`` are one name."""
    merged: list[Name] = []
    for name in found:
        if merged and merged[-1].networks and merged[-1].networks == name.networks:
            between = level[merged[-1].end : name.start]
            if re.fullmatch(r"\s?(?:[/(,，、]|or|也叫|即|又称|aka|also (?:known as|called)|\s)*\s?", between):
                closing = 1 if level[name.end : name.end + 1] == ")" and "(" in between else 0
                merged[-1] = replace(merged[-1], end=name.end + closing)
                continue
        merged.append(name)
    return merged


def _owner(
    level: str,
    start: int,
    end: int,
    quantity: Quantity,
    known: list[Name],
    context: Name | None,
    others: list[Quantity],
) -> Owned | None:
    first = quantity.whole[0]
    behind = _right_behind(level, quantity, known)
    if behind is not None:
        return _checked(level, start, end, Owned(behind, quantity, not _PART.search(_clause(level, start, first))))
    before = next((name for name in reversed(known) if name.end <= quantity.start), None)
    if before is None:
        return _without_name(level, start, end, quantity, known, context)
    if _shares(level, before, known):
        return None
    gap = _without(level, before.end, first, others)
    if len(gap) > _REACH:
        return None
    compared = _COMPARED.search(level[max(start, before.start - 24) : before.start])
    if compared and not _is_of_compared(gap, [each for each in others if before.end <= each.start < first]):
        return None  # "fewer than VGG-16, only 25.6M": the number is that of the other one
    if _PART.search(_clause(level, before.end, first)) or _PART.search(_clause(level, start, before.start)):
        return None
    return _checked(level, start, end, Owned(before, quantity, _GAP.fullmatch(gap) is not None))


_TO_NAME = loose(r"\s?(?:-|of\s(?:the\s)?|in\s(?:the\s)?|for\s(?:the\s)?|的|\(|parameters?\s)?\s?")


def _right_behind(level: str, quantity: Quantity, known: list[Name]) -> Name | None:
    """``138M parameters of VGG-16``, ``138M-parameter VGG-16``, ``1.38亿参数的VGG16``, ``138M parameters (VGG-16)``."""
    last = quantity.whole[1]
    behind = next((name for name in known if name.start >= last), None)
    between = level[last : behind.start] if behind is not None else ""
    if behind is None or "\n" in between or not _TO_NAME.fullmatch(level, last, behind.start):
        return None
    if not between.strip() and last == quantity.end:
        return None  # "parameters: 25.6 million ResNet-101 …": what was said is over
    return behind if between.strip() != "(" or level[behind.end : behind.end + 1] == ")" else None


def _shares(level: str, name: Name, known: list[Name]) -> bool:
    """``A and B have 21 million``: whose the number is does not show."""
    others = [level[other.end : name.start] for other in known if other.end <= name.start]
    return (
        bool(others)
        and re.fullmatch(
            r"\s?(?:,|、|/)?\s?(?:and|or|&|和|与|及|以及"
            r"|或)?\s?",
            others[-1],
        )
        is not None
    )


def _is_of_compared(gap: str, between: list[Quantity]) -> bool:
    """``than VGG-16's 138M`` and ``than VGG-16 (138M, 15 GMACs)``, but nothing behind that."""
    if not _POSSESSES.match(gap):
        return False
    return ")" not in gap if gap.lstrip()[:1] == "(" else not between


def _without_name(
    level: str, start: int, end: int, quantity: Quantity, known: list[Name], context: Name | None
) -> Owned | None:
    """``With 60M parameters, AlexNet …``, and ``It has 60M parameters`` behind a sentence that named one."""
    lead = level[start : quantity.whole[0]].strip()
    if (
        known
        and known[0].start > quantity.end
        and re.fullmatch(r"(?:(?:with|having|at|凭借|具有|以|only|just|仅|about|its)\s{0,4}){0,3}", lead, re.I)
    ):
        gap = level[quantity.whole[1] : known[0].start]
        if re.fullmatch(r"[^,，.;]{0,40}[,，]\s{0,4}(?:the\s{1,4})?", gap):
            return _checked(level, start, end, Owned(known[0], quantity, False))
    if context is not None and not known and _GAP.fullmatch(lead):
        return _checked(level, start, end, Owned(context, quantity, False))
    return None


def _without(level: str, start: int, end: int, others: list[Quantity]) -> str:
    """The text between two places without the other numbers and their words."""
    piece, at = [], start
    for other in others:
        if start <= other.whole[0] and other.whole[1] <= end and other.quantity:
            piece.append(level[at : other.whole[0]])
            at = max(at, other.whole[1])
    return " ".join([*piece, level[at:end]])


def _clause(level: str, start: int, end: int) -> str:
    """What stands before ``end`` in its clause, no further back than ``start``."""
    piece = level[max(start, end - _REACH) : end]
    cuts = [match.end() for match in _SEPARATOR.finditer(piece)]
    return piece[cuts[-1] :] if cuts else piece


def _checked(level: str, start: int, end: int, found: Owned) -> Owned | None:
    """Nothing is said of a changed network, or where its sentence speaks of changes."""
    low = min(found.name.start, found.quantity.start)
    high = max(found.name.end, found.quantity.whole[1])
    low = max([start, *(match.end() for match in _EDGE.finditer(level, max(start, low - _REACH), low))])
    edge = _EDGE.search(level, high, end)
    if not found.name.plain or _CHANGED.search(level, low, edge.start() if edge else end):
        return None
    return found
