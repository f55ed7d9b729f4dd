"""Layers told line by line: ``Input size: 32x32``, ``Kernel size: 5x5``, ``Stride: 1``, ``Output size: 28x28``."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from ..documents import Document, Passage
from .layer import Told
from .sizes import Size, sizes
from .told import told_layers
from .walk import Step

_KEYS = {
    "input": r"(?:input|in|输入)(?:\s(?:size|shape|dims?|dimensions?|map|image|volume"
    r"|feature map)){0,2}(?:的?(?:大小|尺寸|形状|特征图|图像|矩阵)){0,2}",
    "output": r"(?:output|out|输出)(?:\s(?:size|shape|dims?|dimensions?|map|volume|feature map)){0,2}(?:的?(?:大小"
    r"|尺寸|形状|特征图|矩阵)){0,2}",
    "kernel": r"(?:kernel|filter|window|pool(?:ing)?|kernel_size|pool_size|卷积核|采样窗口|池化窗口|采样区域"
    r"|窗口)(?:[_ ]?(?:size|shape|window|大小|尺寸)){0,2}",
    "stride": r"strides?|步长|步幅",
    "padding": r"padding|pad|填充",
    "dilation": r"dilation(?:\srate)?|空洞率|膨胀率",
    "filters": r"(?:number of |num_|#\s?)?(?:filters|kernels)|output channels|out_channels|filters count|(?:卷积核"
    r"|滤波器)(?:的)?(?:个数|数量|数目|种类)|输出通道数?",
    "channels": r"input channels|in_channels|输入通道数?",
}
_LINE = re.compile(
    r"[\s>│|├└─*+•#/-]*(?:(?:"
    + ""
    r"|".join(rf"(?P<{key}>{words})" for key, words in _KEYS.items())
    + r"))\s{0,4}[:：=]\s{0,4}(?P<value>\S.*)",
    re.IGNORECASE,
)
_POOLS = re.compile(r"pool|sub-?sampl|池化|下采样|\bS\d\b", re.IGNORECASE)
_WHOLE = re.compile(r"\(?\[?(\d{1,5})\)?\]?(?![\d×x*.])")


@dataclass
class _Block:
    """The keys of one layer, each with its value's place."""

    passage: Passage
    title: str = ""
    values: dict[str, tuple[Passage, int, int]] = field(default_factory=dict)


@dataclass(frozen=True)
class KeyedStep:
    """A step whose sizes may stand in passages of their own."""

    step: Step
    passage: Passage


def keyed_steps(document: Document) -> Iterator[KeyedStep]:
    """The layers of a document that are told line by line."""
    for block in _blocks(document):
        step = _step(block)
        if step is not None:
            yield step


def _blocks(document: Document) -> Iterator[_Block]:
    block: _Block | None = None
    title, last = "", -1
    for passage in document.passages():
        if passage.kind == "cell":
            continue
        for start, end in _lines(passage):
            text = passage.level[start:end]
            number = passage.place(start)[0]
            match = _LINE.match(passage.level, start, end)
            over = match is None or number > last + 2 or (block is not None and _key(match) in block.values)
            if block is not None and over and (match is not None or text.strip()):
                yield block
                block = None
            if match is None:
                title = text if text.strip() else title
                continue
            block = block or _Block(passage, title)
            block.values[_key(match)] = (passage, match.start("value"), match.end("value"))
            last = number
    if block is not None:
        yield block


def _lines(passage: Passage) -> Iterator[tuple[int, int]]:
    start = 0
    for line in passage.text.split("\n"):
        yield start, start + len(line)
        start += len(line) + 1


def _key(match: re.Match[str]) -> str:
    return next(key for key in _KEYS if match[key])


def _step(block: _Block) -> KeyedStep | None:
    if not {"input", "output", "kernel"} <= block.values.keys():
        return None
    source, printed = _size(*block.values["input"]), _size(*block.values["output"])
    layer = _layer(block)
    if source is None or printed is None or layer is None:
        return None
    passage = block.values["input"][0]
    shown = passage.text[source.start : source.end]
    return KeyedStep(Step(source, (layer,), printed, True, shown, printed.start), block.values["output"][0])


def _size(passage: Passage, start: int, end: int) -> Size | None:
    found = [*sizes(passage.level, start, end)]
    if len(found) == 1:
        return found[0]
    side = _WHOLE.match(passage.level, start, end)
    if found or side is None or int(side[1]) == 0:
        return None
    return Size(*side.span(1), (int(side[1]),), (None, 0, 0), False)


def _layer(block: _Block) -> Told | None:
    """The layer, through the same words as in running text."""
    phrase = ", ".join(
        f"{key} {_value(block, key)}" for key in ("stride", "padding", "dilation") if key in block.values
    )
    kernel = _value(block, "kernel")
    side = re.match(r"(\d{1,2})(?:\s?[×xX*]\s?(\d{1,2}))?(?![\d×x*])", kernel)
    if side is None:
        return None
    text = f"{side[1]}×{side[2] or side[1]} {'max pooling' if _is_pool(block) else 'conv'}, {phrase}"
    layers = told_layers(text, 0, len(text))
    if not layers or len(layers) != 1:
        return None
    (layer,) = layers
    filters = re.match(r"\d{1,5}", _value(block, "filters"))
    if filters and layer.kind == "conv":
        layer = Told(**{**vars(layer), "filters": int(filters[0])})
    return layer


def _value(block: _Block, key: str) -> str:
    if key not in block.values:
        return ""
    passage, start, end = block.values[key]
    return passage.level[start:end].strip()


def _is_pool(block: _Block) -> bool:
    passage, start, _ = block.values["kernel"]
    line = passage.level.rfind("\n", 0, start) + 1
    return _POOLS.search(block.title) is not None or _POOLS.search(passage.level[line:start]) is not None
