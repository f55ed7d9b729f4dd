"""Receptive fields: what stacked or dilated kernels see of the map they begin with.

>>> from .documents import read
>>> text = "Two stacked 3×3 convolutions see 5×5, three of them 7×7, and four of them 8×8."
>>> [(f.printed, f.verdict, f.right) for f in judge(read(text))]
[('5×5', 'holds', None), ('7×7', 'holds', None), ('8×8', 'wrong', '9×9')]
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ..messages import Message
from ..sight import Seen, Slide, largest, stays, through, window
from .documents import Document, Passage
from .loose import loose
from .model import Finding

_NUMERALS = {
    "a single": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9,
    "ten": 10, "一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9, "十": 10,
}  # fmt: skip
_TIMES = r"\s?(?:×|x|X|\*|\\times)\s?"
_COUNT = rf"(?<![\d.×x*-])(?P<count>{'|'.join(word for word in _NUMERALS)}|\d{{1,2}})(?![\d.×x*])"
_KERNEL = rf"(?P<kernel>\d{{1,2}}){_TIMES}(?P=kernel)(?![\d×x*])"
_FIELD = (
    rf"(?P<field>(?P<side>\d{{1,3}}){_TIMES}(?P=side)(?!\s?[×*+/^]|\s?x\s?\d|\d|\.\d|\s?(?:feature\s)?(?:maps?"
    rf"|images?|inputs?|特征图|图像)\b))"
)
_WORDS = (
    r"(?:\s?(?:个|层|次|块|级|连续的?|串联的?|堆叠的?|级联的?|叠加的?|大小为|尺寸为|consecutive|stacked|successive"
    r"|cascaded|sequential|layers?|small|smaller|such|of|the|size|的|卷积核|卷积层?|a stack of|in a row|-)){0,5}\s?"
)
_CONV = r"(?:\s?(?:convolution\w{0,3}|conv\w{0,3}|layers?|kernels?|filters?|的?卷积(?:核|层)?|的|核|层))"
_NO_KERNEL = r"(?:(?!\d{1,2}\s?(?:×|x|\*|\\times)\s?\d)[^.。;；\n])"
_SEES = r"(?:\bsees?\b|\bseeing\b|receptive\sfields?|感受野|\bcover\w{0,3}|\blook\w{0,3}\sat|field of view|视野)"
_EQUALS = r"(?:equivalent|equal\w{0,2}|same|as large as|相当于|等价于|等效于|等同于|等于|=|一样)"
_INSTEAD = (
    r"(?:replac\w{1,4}|instead of|substitut\w{1,4}|代替|替代|取代|替换|factori[sz]\w{1,4}|decompos\w{1,4}|分解|拆分"
    r"|拆成)"
)
#: ``two stacked 3×3 convolutions … 5×5``.
_STACKED = loose(rf"{_COUNT}{_WORDS}{_KERNEL}(?P<between>{_NO_KERNEL}{{0,90}}?){_FIELD}")
#: The same, where the field is told by one number.
_STACKED_SIDE = loose(
    rf"{_COUNT}{_WORDS}{_KERNEL}(?P<between>{_NO_KERNEL}{{0,60}}?(?:receptive\sfields?(?:\ssize)?|感受野(?:大小)?))"
    r"\s?(?:(?:of|is|are|size|=|:|为|是|也?就?是)\s?){1,3}(?P<field>(?P<side>\d{1,3}))(?!\s?[×*x%/^+]|\d|[.,]\d)"
)
#: ``a 5×5 … two 3×3``.
_REPLACED = loose(
    rf"(?<![\d.×x*]){_FIELD}(?P<between>{_NO_KERNEL}{{1,60}}?){_COUNT}{_WORDS}{_KERNEL}(?P<behind>[^.。;；\n]{{0,24}})"
)
#: ``four of them a 9×9 one``.
_OF_THEM = loose(
    rf"{_COUNT}\s?(?:(?:of them|of these|such layers)(?:\s?(?:is|see|give|has|have)){{0,2}}|(?:个"
    rf"|层)(?:则?是|则?为|就是))(?:\s?(?:a|an|for))?\s?{_FIELD}"
)
_DILATED = loose(
    rf"{_KERNEL}(?P<between>{_NO_KERNEL}{{0,60}}?)(?:dilat\w{{1,4}}(?:\s(?:rate|factor))?(?:\s?(?:of|=|:|is))?\s?"
    rf"|(?:空洞|膨胀|扩张)(?:率|系数)?(?:为|是|=)?\s?)"
    rf"(?P<rate>\d{{1,2}})(?!-)(?P<behind>{_NO_KERNEL}{{0,60}}?){_FIELD}"
)
_RATE_FIRST = loose(
    r"(?:dilat\w{1,4}(?:[ _]?rate|[ _]?factor)?|空洞率|膨胀率|扩张率|空洞系数)\s?(?:=|:|of|is|为"
    r"|是)?\s?(?P<rate>\d{1,2})(?!\d)"
    rf"(?P<between>(?:\s?(?:的|a|an|the|for|,|，)){{0,3}})\s?{_KERNEL}(?P<behind>{_NO_KERNEL}{{0,40}}?){_FIELD}"
)
_ONE_DILATED = loose(
    rf"\b(?:one|another)\swith\s(?:a\s)?(?:dilation(?:\srate"
    rf"|\sfactor)?)(?:\sof)?\s?(?P<rate>\d{{1,2}})(?P<behind>{_NO_KERNEL}{{0,40}}?){_FIELD}"
)
_RATES = loose(
    rf"(?P<rate>\d{{1,2}})-dilated(?P<behind>(?:(?!\d-dilated\s?(?:卷积|处理"
    rf"|conv)?\s?[,，])[^\n;；]){{0,160}}?)(?:感受野|receptive\sfield)[^\d\n;；]{{0,16}}{_FIELD}"
)
_ON_TOP = re.compile(r"基础上|前面接|接在|输出|on top|previous|followed|after|stack|堆叠", re.IGNORECASE)
_STRIDE = loose(r"(?:strides?|步长|步幅)\s?(?:=|:|of|is|为|是)?\s?(?P<stride>\d)")
#: Something else in the stack, so that its field is not told.
_OTHER = re.compile(
    r"pool|池化|dilat|空洞|膨胀|depth-?wise|except|not|不是|并非|parameters?|参数|weights|multipl"
    r"|\bcost|计算量|乘法",
    re.IGNORECASE,
)


_PLURAL = loose(
    rf"(?:{'|'.join(word for word, n in _NUMERALS.items() if n > 1)}|\b[2-9])(?:\s?(?:个|层|stacked"
    rf"|small))?\s?$"
)


@dataclass(frozen=True)
class _Claim:
    """A printed field with the kernels that make it: each a size, a stride and a dilation."""

    match: re.Match[str]
    layers: tuple[tuple[int, int, int], ...]


def judge(document: Document) -> Iterator[Finding]:
    """Findings of the receptive fields that a text tells."""
    for passage in document.passages():
        if passage.kind != "cell" and re.search(r"\d\s{0,4}(?:×|x|X|\*|\\times)\s{0,4}\d", passage.level):
            for claim in _claims(passage.level):
                yield _finding(document, passage, claim)
    for passage, claim in _growing(document):
        yield _finding(document, passage, claim)


def field_of(layers: Sequence[tuple[int, int, int]]) -> int:
    """What layers, each a kernel, a stride and a dilation, see of their input along one axis.

    >>> field_of([(3, 1, 1), (3, 1, 1)]), field_of([(3, 2, 1), (3, 1, 1)]), field_of([(3, 1, 1), (3, 1, 2)])
    (5, 7, 7)
    """
    seen: Seen = stays(0)
    for kernel, stride, dilation in layers:
        seen = through(seen, (window(0, kernel, stride, dilation=dilation),), ())
    return int(largest(seen)) if isinstance(seen, Slide) else 0


def _claims(level: str) -> Iterator[_Claim]:
    for start, end in _clauses(level):
        yield from _stacks(level, start, end)
        yield from _dilations(level, start, end)


def _clauses(level: str) -> Iterator[tuple[int, int]]:
    """Sentences: what stands between full stops, semicolons and empty lines."""
    start = 0
    for match in re.finditer(r"[。；;]|[.!?](?=\s|$)|\n\s*\n", level):
        yield start, match.end()
        start = match.end()
    yield start, len(level)


def _stacks(level: str, start: int, end: int) -> Iterator[_Claim]:
    speaks = re.search(_SEES.replace(r"\s", " "), level[start:end], re.IGNORECASE) is not None
    kernel = 0
    for match in (*_STACKED.finditer(level, start, end), *_STACKED_SIDE.finditer(level, start, end)):
        found = _stacked(match, level[start:end], speaks)
        if found is not None:
            kernel = int(match["kernel"])
            yield found
    for match in _OF_THEM.finditer(level, start, end) if kernel and speaks else ():
        yield _Claim(match, ((kernel, 1, 1),) * _number(match["count"]))
    for match in _REPLACED.finditer(level, start, end):
        relates = re.search(f"{_EQUALS}|{_INSTEAD}", match["between"] + match["behind"], re.IGNORECASE)
        layers = ((int(match["kernel"]), 1, 1),) * _number(match["count"])
        if relates and len(layers) > 1 and field_of(layers) == int(match["side"]):
            yield _Claim(match, layers)


def _stacked(match: re.Match[str], clause: str, speaks: bool) -> _Claim | None:
    """``two 3×3 … see 5×5``: with a word for seeing what is printed must hold, else it may be meant otherwise."""
    between = match["between"]
    count, kernel = _number(match["count"]), int(match["kernel"])
    if _PLURAL.search(between):
        return None  # the next one is a stack of its own
    relates = re.search(f"{_SEES}|{_EQUALS}|{_INSTEAD}".replace(r"\s", " "), between, re.IGNORECASE)
    if not relates or count < 2 or kernel < 2 or _OTHER.search(between):
        return None
    strides = {int(each["stride"]) for each in _STRIDE.finditer(clause)}
    if len(strides) > 1 or 0 in strides:
        return None
    layers = ((kernel, next(iter(strides), 1), 1),) * count
    right = field_of(layers) == int(match["side"])
    certain = speaks and not _OTHER.search(clause) and not re.search(_INSTEAD, between, re.IGNORECASE)
    return _Claim(match, layers) if right or certain else None


def _dilations(level: str, start: int, end: int) -> Iterator[_Claim]:
    kernel = 0
    for match in (*_DILATED.finditer(level, start, end), *_RATE_FIRST.finditer(level, start, end)):
        if _PLURAL.search(level[max(start, match.start() - 24) : match.start()]):
            continue  # "two 3×3 layers with dilation 2": not the field of one
        if re.search(_SEES.replace(r"\s", " "), match["behind"], re.IGNORECASE) and not _NO_SINGLE.search(
            match["between"]
        ):
            kernel = int(match["kernel"])
            yield _Claim(match, ((kernel, 1, int(match["rate"])),))
    for match in _ONE_DILATED.finditer(level, start, end) if kernel else ():
        yield _Claim(match, ((kernel, 1, int(match["rate"])),))


_NO_SINGLE = re.compile(r"stack|堆叠|layers|两|三|previous|output", re.IGNORECASE)


def _growing(document: Document) -> Iterator[tuple[Passage, _Claim]]:
    """``1-dilated … 3×3; 2-dilated on top of it … 7×7; 4-dilated … 15×15``: each sees through those before."""
    run: list[tuple[Passage, re.Match[str]]] = []
    for passage in document.passages():
        for match in _RATES.finditer(passage.level) if "dilated" in passage.level else ():
            if int(match["rate"]) == 1:
                yield from _grown(run)
                run = []
            run.append((passage, match))
    yield from _grown(run)


def _grown(run: Sequence[tuple[Passage, re.Match[str]]]) -> Iterator[tuple[Passage, _Claim]]:
    if len(run) < 2 or int(run[0][1]["rate"]) != 1 or not any(_ON_TOP.search(passage.level) for passage, _ in run):
        return
    kernel = int(run[0][1]["side"])
    layers = [(kernel, 1, int(match["rate"])) for _, match in run]
    claims = [(passage, _Claim(match, tuple(layers[: n + 1]))) for n, (passage, match) in enumerate(run)]
    right = sum(field_of(claim.layers) == int(claim.match["side"]) for _, claim in claims)
    if kernel > 1 and right >= len(claims) - 1 > 0:
        yield from claims[1:]


def _number(word: str) -> int:
    return int(word) if word.isdigit() else _NUMERALS[word.lower()]


def _finding(document: Document, passage: Passage, claim: _Claim) -> Finding:
    match, side = claim.match, field_of(claim.layers)
    square = match["field"] != match["side"]
    start, end = match.span("field")
    printed = passage.text[start:end]
    right = int(match["side"]) == side
    spot = passage.spot(*match.span())
    told = Message.joined(*map(_shown, claim.layers), by=", ")
    why = Message("kernels of {layers} see {side}×{side}.", layers=told, side=side)
    meant = re.sub(r"\d+", str(side), printed)
    if not right:
        why = Message(
            "kernels of {layers} see {side}×{side}, printed is {printed}.", layers=told, side=side, printed=printed
        )
    return Finding(
        source=document.source, line=spot.line, span=(spot.start, spot.end),
        text=passage.text[match.start() : match.end()],
        kind="receptive-field", printed=printed, stated=_told(int(match["side"]), square),
        computed=_told(side, square),
        verdict="holds" if right else "wrong", reason=None if right else "arithmetic", explanation=why, cell=spot.cell,
        mended=None if right else passage.text[match.start() : start] + meant + passage.text[end : match.end()],
        printed_at=passage.spot(start, end), right=None if right else meant,
    )  # fmt: skip


def _told(side: int, square: bool) -> str | int:
    return f"{side}×{side}" if square else side


def _shown(layer: tuple[int, int, int]) -> str:
    kernel, stride, dilation = layer
    size = f"{kernel}×{kernel}" + (f" / {stride}" if stride > 1 else "")
    return Message("{size} (dilation {dilation})", size=size, dilation=dilation) if dilation > 1 else size
