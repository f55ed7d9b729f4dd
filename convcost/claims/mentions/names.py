"""Networks as people name them, in running text.

>>> [(n.networks, n.plain) for n in names("ResNet-50, VGG16 and SE-ResNet-50")]
[(('resnet50',), True), (('vgg16',), True), ((), False)]
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True)
class Name:
    """A name and where it stands. ``networks`` are the bundled ones that it may mean: none for a network that is not
    bundled. ``plain`` says that the network is meant as it is, and no changed one.
    """

    start: int
    end: int
    networks: tuple[str, ...]
    plain: bool = True
    #: The name itself, where it stands in another passage.
    label: str = ""


_DEPTHS = "18|34|50|101|152"
_VGGS = "11|13|16|19"
_NAME = re.compile(
    rf"(?P<resnet>res-?net[-_ ]?(?P<resnet_depth>{_DEPTHS}))"
    rf"|(?P<layered>(?P<layered_depth>{_DEPTHS}|{_VGGS})(?:-layers?|[- ]layered|\s?层)\s?(?:的|deep\s)?"
    r"(?P<layered_family>res-?net|residual net(?:work)?|残差网络|vgg(?:-?net)?))s?"
    rf"|(?P<vgg>vgg(?:-?net)?[-_ ]?(?P<vgg_depth>{_VGGS}))"
    r"|(?P<vgg_any>vgg(?:-?net)?)"
    r"|(?P<inception3>(?:goog-?le-?net|inception)[-_ ]?\(?v3\)?)"
    r"|(?P<inception1>goog[- ]?le[- ]?net|inception[-_ ]?v?1(?!\d|\.\d))"
    r"|(?P<alexnet>alex-?net)"
    r"|(?P<squeezenet>squeeze-?net)(?:[-_ ]?\(?v?(?P<squeeze_version>1[._][01])\)?)?"
    r"|(?P<densenet>dense-?net[-_ ]?121)(?:\s?\(k\s?=\s?32\))?"
    r"|(?:(?P<width>[01]\.\d{1,2}"
    r"|1)\s?x?[- ]?)?(?P<mobilenet>mobile-?net)(?:s)?(?:[-_ ]?v?(?P<mobile_version>[12])(?!\d|\.\d))?"
    r"(?:[-_ ](?P<resolution>128|160|192|224)(?!\d))?",
    re.IGNORECASE,
)
#: Any other word that names a network, or stands for one.
_OTHER = re.compile(
    r"\b(?!ImageNet|Internet|Subnet|Planet|Magnet|internet)(?:[A-Z][A-Za-z]{0,20}-)?[A-Z][A-Za-z]{0,20}(?:Net|NeXt"
    r"|CNN|[Ff]ormer|NAS)s?"
    r"(?:[-_ ]?[vVBbA-Z]?\d[\w.]{0,10}){0,2}(?![A-Za-z])"
    r"|\b(?:ViT|BERT|GPT|YOLO|SSD|Xception|NASNet|Swin|DeiT|WRN|NiN|U-Net|UNet|FPN|CLIP|LLaMA|Llama|Inception|LeNet)"
    r"(?:[-_ /]?[vVBLSTH]?\d[\w.]{0,10}){0,2}(?![A-Za-z])"
    r"|\b[Oo]urs?\b(?:\s(?:model|network|method|version|net|approach))?"
    r"|\b(?:proposed|resulting|new|other|another|second|former|latter|student|teacher|pruned|compressed|quanti[sz]ed)"
    r"\s(?:\w{1,12}\s)?(?:model|network|method|net|one)\b"
    r"|(?:我们|本文|所提出?|提出|改进后?|剪枝后|压缩后|量化后|新)的?(?:方法|模型|网络|算法)"
)
_CHANGED_BEFORE = re.compile(
    r"(?:\b(?:wide|pre-?act(?:ivation)?|se|slim|tiny|mini|thin(?:ner)?|light(?:er|weight)?|modified|pruned|reduced"
    r"|quanti[sz]ed|compressed|sparse|binary|binari[sz]ed|ternary|our|my|your|custom(?:i[sz]ed)?|simplified|scaled"
    r"|truncated"
    r"|dilated|improved|atrous|half|shallow(?:er)?|cifar(?:-?10)?|3d|1d|int8|fp16|8-bit"
    r"|r-?cnn|fpn|ssd|retinanet|u-?net|deeplab(?:v3)?\+?|yolo\w{0,4}|mask2?former|detr|student|distilled|adapted"
    r"|ghost|eca|cbam|part of"
    r"|half of|layers? of|blocks? of|stages? of|modules? of|backbone|encoder|version of|variant of|ensemble of)"
    r"|改进(?:后)?的?|剪枝(?:后)?的?|量化(?:后)?的?|压缩(?:后)?的?|修改(?:后)?的?|自定义的?|轻量(?:化|级)的?"
    r"|简化(?:版)?的?|裁剪(?:后)?的?"
    r"|我们的|本文的?|小型|精简|基于|骨干网络|主干网络)[-_ :：]?\s?$",
    re.IGNORECASE,
)
_CHANGED_BEHIND = re.compile(
    r"[-_+](?=[A-Za-z\d(])|/(?=\d)|\s?\+\s?(?=[A-Za-z])|[A-Za-z\d]"
    r"|\s(?:backbones?|encoders?|based|style|like|variant|trunk|stem|features?|blocks?|stages?|modules?|ensembles?"
    r"|fpn|unet|u-net|se\b"
    r"|with (?:fpn|se|cbam|dilat|a width|width|half)|without|w/o|minus|plus)"
    r"|\s?(?:骨干|主干|为骨干|为主干|作为骨干|作为主干|编码器|风格|变体|的变体|块|模块|去掉|的第|的前|的最后)"
    r"|\s?\(?\s?(?:0?\.\d+|1\.[1-9]\d?|2\.0)\s?[x×]|\s?\(\s?(?:α|alpha|width|宽度)\s?=?\s?0?\.\d",
    re.IGNORECASE,
)
#: How far from a name a word still changes it.
_NEAR = 24


_FAMILY = re.compile(
    r"res-?net|residual net|残差网络|vgg|inception|goog|(?:alex|squeeze|dense|mobile)-?net", re.IGNORECASE
)


def names_any(level: str) -> bool:
    """Whether there may be a bundled network in a text at all."""
    return _FAMILY.search(level) is not None


def names(level: str, start: int = 0, end: int | None = None) -> Iterator[Name]:
    """The names of a normalised text, in their order."""
    end = len(level) if end is None else end
    found = [*_bundled(level, start, end)]
    taken = [(name.start, name.end) for name in found]
    others = [match.span() for match in _OTHER.finditer(level, start, end)]
    found += [Name(*span, (), plain=False) for span in others if not any(a < span[1] and span[0] < b for a, b in taken)]
    yield from sorted(found, key=lambda name: name.start)


def _bundled(level: str, start: int, end: int) -> Iterator[Name]:
    for match in _NAME.finditer(level, start, end):
        before = level[max(start, match.start() - _NEAR) : match.start()]
        if re.search(r"[A-Za-z\d_]$", before) and not match["width"]:
            continue
        behind = level[match.end() : min(end, match.end() + _NEAR)]
        networks = _networks(match)
        if _is_compound(before):
            yield Name(*match.span(), (), plain=False)
        elif networks and not _CHANGED_BEFORE.search(before) and not _CHANGED_BEHIND.match(behind):
            yield Name(*match.span(), networks)
        else:
            yield Name(*match.span(), () if re.match(r"[A-Za-z\d]", behind) else networks, plain=False)


def _is_compound(before: str) -> bool:
    """``SE-`` and ``Inception-`` make another network of what follows; ``(3-`` and a lone dash do not."""
    return re.search(r"[A-Za-z\d][-_]$", before) is not None


def _networks(match: re.Match[str]) -> tuple[str, ...]:
    if match["resnet"]:
        return (f"resnet{match['resnet_depth']}",)
    if match["vgg"]:
        return (f"vgg{match['vgg_depth']}",)
    if match["vgg_any"]:
        return "vgg16", "vgg19"
    if match["layered"]:
        family = "vgg" if match["layered_family"].lower().startswith("vgg") else "resnet"
        known = _VGGS if family == "vgg" else _DEPTHS
        depth = match["layered_depth"]
        return (f"{family}{depth}",) if depth in known.split("|") else ()
    if match["squeezenet"]:
        version = (match["squeeze_version"] or "").replace(".", "_")
        return (f"squeezenet{version}",) if version else ("squeezenet1_0", "squeezenet1_1")
    if match["mobilenet"]:
        return _mobilenets(match)
    for group, network in _SINGLE.items():
        if match[group]:
            return (network,)
    return ()


_SINGLE = {"inception3": "inception_v3", "inception1": "inception_v1", "alexnet": "alexnet", "densenet": "densenet121"}


def _mobilenets(match: re.Match[str]) -> tuple[str, ...]:
    """Those of full width at the usual size; without a version either may be meant."""
    if (match["width"] and float(match["width"]) != 1) or match["resolution"] not in (None, "224"):
        return ()
    return (f"mobilenet_v{match['mobile_version']}",) if match["mobile_version"] else ("mobilenet_v1", "mobilenet_v2")
