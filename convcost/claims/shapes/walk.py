"""Sizes in the order of the text, and which of them comes out of what.

A text goes from an input through layers to an output, and on from there. Where it does anything else the walk begins
anew: what nobody can be sure of is not judged.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from ..loose import loose
from .layer import Told
from .sizes import Size, laid_out, sizes
from .told import told_layers

ARROW = r"(?:→|⟶|➔|➜|⇒|-{1,2}>|=>|\\to(?![a-z])|\\(?:long)?[rR]ightarrow(?![a-z])|↓)"
_BE = (
    r"(?:\s?(?:a|an|the|it|of|is|was|size|sized|shape|dims?|dimensions?|feature\smaps?|maps?|volumes?|outputs?"
    r"|tensor|image|now|as|with|again|still|only|:|：|=|\(|\[|为|是|了|一个|大小|尺寸|维度|形状|仍然?|还是|个|的"
    r"|特征图|矩阵|数据|图像|则|就|torch\.|变|,|，)){0,6}\s?$"
)
_OUT_BEFORE = loose(
    rf"(?:{ARROW}|\boutputs?|\bbecom\w+|\bproduc\w+|\byield\w*|\bgiv(?:es?|ing)|\bresult\w*(?:\sin)?|\bget(?:s"
    rf"|ting)?|\bobtain\w*|\bcom\w{{1,3}}\sout"
    r"|\bturn\w*(?:\sit)?\sinto|\bleav\w+|\b(?:in)?to|\bshrinks?|\breduced|\bdown|\bmakes?|\bmaking"
    r"|\bafter\s(?:max[- ]?|average[- ]?)?pool\w*|\bends?\sup|\breturns?|\bresult"
    rf"|输出|得到|变为|变成|成为|结果|生成|产生|降为|后为|缩小为|变化为|得出|映射为){_BE}"
)
_IN_BEFORE = loose(
    rf"(?:\binputs?|\btak\w{{1,3}}|\bgiven|\bfrom|\bfor|\bapplied|\bon|\bfeed\w{{0,3}}|\bstart\w*|\bsuppose|\bassume"
    rf"|\bhas|\bhave|\bwith"
    rf"|输入|上一层(?:的)?输出|前一层(?:的)?输出|假设|假如|设|原图|图片|图像|对|将){_BE}"
)
_PREVIOUS = loose(
    r"(?:上一层|前一层|previous\slayer(?:'s)?|last\slayer(?:'s)?)\s?的?\s?outputs?[^,，。]{0,12}$|(?:上一层"
    r"|前一层)的?输出[^,，。]{0,12}$"
)
_IN_BEHIND = loose(
    r"\s?[-]?(?:px|pixels?)?\s?(?:rgb|colou?r|gr[ae]y(?:scale)?|大小)?\s?(?:的)?\s?(?:inputs?\b|images?\b"
    r"|pictures?\b|输入|图像|图片|彩色|RGB)"
)
_OUT_BEHIND = loose(r"\s?(?:-|的)?\s?(?:outputs?\b|输出)")
#: A size that is only spoken of: no step of the walk.
_ASIDE = loose(
    r"(?:instead of|rather than|not|than|unlike|would be|if it were|而不是|不是|而非|如果|若)\s?(?:a|an|the)?\s?$"
)
#: Between the end of one step and the next: nothing that would begin something new.
_FRESH = loose(
    r"\b(?:another|example|exercise|question|now consider|suppose|assume|alternatively|instead|similarly|whereas"
    r"|input|layer\s?\d)\b|另一|例如|例题|假设|同理|输入"
)
_BREAK = re.compile(r"[.。;；\n](?=\s|$|[^\d\s])")
_FAR = 48
#: Two sizes further apart than this have nothing to do with each other.
MAX_STEP = 420


@dataclass(frozen=True)
class Step:
    """Layers that are said to make ``result`` of ``source``; ``sure`` where nothing else stands between.

    ``shown`` is the source as it is printed, ``start`` where the step begins, ``others`` are sizes that may be meant
    instead of the source.
    """

    source: Size
    layers: tuple[Told, ...]
    result: Size
    sure: bool
    shown: str
    start: int
    others: tuple[Size, ...] = ()


class Walk:
    """Where a text is on its way: the current size, and the channels that are known of it.

    >>> text = "Input 28×28×192; 32 filters of 5×5, padding 2, give 28×28×32, 2×2 max pooling makes it 14×14×32."
    >>> [(s.source.dims, [t.kind for t in s.layers], s.result.dims) for s in Walk().steps(text)]
    [((28, 28, 192), ['conv'], (28, 28, 32)), ((28, 28, 32), ['max'], (14, 14, 32))]
    """

    def __init__(self) -> None:
        self.current: Size | None = None
        self.shown = ""
        self.channels: int | None = None
        self.first: bool | None = None
        self.passed: list[Size] = []

    def steps(self, level: str, start: int = 0, end: int | None = None) -> Iterator[Step]:
        """The steps of a normalised text, which goes on where the last one ended."""
        end = len(level) if end is None else end
        at, carried = start, self.current is not None
        for size in self._alike([*sizes(level, start, end)]):
            role = _role(level, start, size)
            step = self._step(level, start, at, size, role, carried) if role != "in" else None
            if step is not None:
                yield step
            if role != "aside":
                self._reach(level, start, at, size, role)
                at, carried = size.end, False

    def _step(self, level: str, start: int, at: int, size: Size, role: str | None, carried: bool) -> Step | None:
        source = self.current
        if source is None or size.start - at > MAX_STEP:
            return None
        layers = told_layers(level, at, size.start)
        if layers == [] and role == "out" and not carried:
            layers = _before(level, start, source, size)
        takes = _takes(layers[0], self.channels) if layers else False
        if not layers or takes is False or (role is None and not _leads_directly(level, layers, size)):
            return None
        sure = role == "out" and (takes or (_goes_on(level, at, size, carried)))
        apart = carried or re.search(r"[.。;；\n]\s", level[at : size.start]) is not None
        others = tuple(self.passed[:-1]) if apart and not takes else ()
        begin = source.start if not carried and source.start < size.start else layers[0].start
        return Step(source, tuple(layers), size, bool(sure), self.shown, begin, others)

    def _reach(self, level: str, start: int, at: int, size: Size, role: str | None) -> None:
        begin = at if self.current is not None else max(start, size.start - MAX_STEP // 2)
        told = size.channels or _width(level, begin, size.start)
        self.channels = told or (self.channels if role == "out" else None)
        self.current, self.shown = size, level[size.start : size.end]
        self.passed = [*self.passed[-7:], size] if role == "out" else [size]

    def _alike(self, found: list[Size]) -> list[Size]:
        """Sizes that do not tell where their channels are have them where the others have them, or are left out."""
        told = {size.first for size in found if _tells(size)}
        if len(told) == 1:
            self.first = told == {True}
        if len(told) == 1 or (not told and self.first is not None):
            return [laid_out(size, bool(self.first)) for size in found]
        return [size for size in found if size.first is not None]


def _tells(size: Size) -> bool:
    return size.channels is not None and size.first is not None and len(set(size.dims[-3:])) > 1


def _before(level: str, start: int, source: Size, result: Size) -> list[Told]:
    """``A 3×3 convolution with stride 2 turns 56×56 into 28×28``: the layer stands before both, in their sentence."""
    if len(re.findall(r"[.。;；\n]", level[source.end : result.start])) or result.start - source.end > _FAR:
        return []
    earlier = max(
        [
            start,
            *(match.end() for match in _BREAK.finditer(level, max(start, source.start - MAX_STEP // 2), source.start)),
        ]
    )
    others = [size.end for size in sizes(level, earlier, source.start)]
    layers = told_layers(level, max([earlier, *others]), source.start)
    return layers if layers is not None and len(layers) == 1 and layers[0].kernel else []


def _takes(layer: Told, channels: int | None) -> bool | None:
    """Whether a layer takes so many channels, where both tell."""
    return None if layer.channels is None or channels is None else layer.channels == channels


def _width(level: str, start: int, end: int) -> int | None:
    """The channels of the last convolution that is told in a stretch."""
    layers = told_layers(level, start, end) or ()
    return next((layer.filters for layer in reversed(layers) if layer.kind == "conv"), None)


def given_input(level: str) -> Size | None:
    """The only size of a text that is said to be an input: that of the code behind it.

    >>> given_input("The network takes a 224×224×3 image:").dims
    (224, 224, 3)
    """
    found = [size for size in sizes(level) if _role(level, 0, size) == "in"]
    return found[0] if len(found) == 1 else None


def _role(level: str, start: int, size: Size) -> str | None:
    """Whether a size goes in, comes out, or is only spoken of."""
    before = level[max(start, size.start - _FAR) : size.start]
    if _ASIDE.search(before):
        return "aside"
    if _PREVIOUS.search(before) or _IN_BEHIND.match(level, size.end):
        return "in"
    if _OUT_BEHIND.match(level, size.end):
        return "out"
    out, into = _OUT_BEFORE.search(before), _IN_BEFORE.search(before)
    if out and (not into or out.start() >= into.start()):
        return "out"
    return "in" if into else None


def _goes_on(level: str, at: int, result: Size, carried: bool) -> bool:
    """Whether nothing between two sizes begins something new, or names another layer than the next one."""
    word = None if carried else _IN_BEHIND.match(level, at)
    between = level[word.end() if word else at : result.start]
    return len(between) <= MAX_STEP // 2 and _FRESH.search(between) is None


def _leads_directly(level: str, layers: list[Told], size: Size) -> bool:
    return len(layers) == 1 and re.search(r"[:：=]\s{0,4}$", level[layers[0].start : size.start]) is not None
