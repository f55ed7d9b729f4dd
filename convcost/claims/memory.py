"""Memory: values, bytes for each of them, and the size that is printed of both.

Only where a sentence tells all three is anything said.

>>> from .documents import read
>>> text = "The 25.6 M parameters at 4 bytes each are 102 MB; a 112×112×64 float32 map takes 0.8 MB."
>>> [(f.printed, f.verdict, f.reason) for f in judge(read(text))]
[('102 MB', 'holds-rounded', None), ('0.8 MB', 'wrong', 'missing-term')]
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import prod

from ..errors import ClaimError
from ..messages import Message
from .diagnosis import Case, diagnose
from .documents import Document, Passage
from .expression import number_pattern, parse
from .judge import matches
from .loose import loose
from .model import Finding
from .printed import Printed, read_number, written_like
from .shapes.sizes import sizes

#: Types of values and the bytes that each takes.
_TYPES = (
    (re.compile(r"b?float-?64|b?fp?64|double(?:[- ]precision)?|64[- ]bit|双精度", re.IGNORECASE), 8),
    (re.compile(r"b?float-?16|b?fp?16|half(?:[- ]precision)?|16[- ]bit|半精度", re.IGNORECASE), 2),
    (re.compile(r"b?float-?32|b?fp?32|single[- ]precision|32[- ]bit|单精度", re.IGNORECASE), 4),
    (re.compile(r"u?int-?8|8[- ]bit", re.IGNORECASE), 1),
)
_BYTES = loose(
    r"(?<![\d.^])(?P<number>[1248]|one|two|four|eight)\s?-?\s?(?:个)?(?:bytes?\b|字节|B\b)"
    r"|(?P<type>b?float-?(?:16|32|64)|\bb?fp?(?:16|32|64)\b|double\b|half[- ]precision|single[- ]precision|\b(?:16"
    r"|32|64|8)[- ]bit|u?int-?8|[单双半]精度)"
)
_NUMBERS = {"one": 1, "two": 2, "four": 4, "eight": 8}
_NOUN = loose(
    r"\s?-?\s?(?:个\s?)?(?:-?\s?(?:trainable|learnable|float\w{0,3}|model|total)\s?){0,2}"
    r"(?:param(?:eter)?s?\b|weights\b|values\b|numbers\b|elements\b|activations\b|floats\b|entries\b|scalars\b|参数"
    r"|数值?(?![\d据])|元素|浮点数|权重|激活值|个(?=[，,。]))"
)
_APART = loose(
    r"\s?(?P<unit>[KkMGB])(?=\s?(?:trainable\s|learnable\s)?(?:param|weights|values|numbers|elements|参数"
    r"|个))"
)
_MILLIONS = {"thousand": 10**3, "million": 10**6, "billion": 10**9}
_WORD = loose(r"\b(?:a|one)\s(?P<unit>thousand|million|billion)(?=\s)")
_SIZE = loose(
    r"(?<![\d.,^])(?P<number>\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?)\s?(?P<unit>[KkMGT]i?B|bytes"
    r"|字节)(?![A-Za-z/]|\s?/|ps|\s?per\b)",
    0,
)
#: What else takes memory, or multiplies it: then the sentence does not tell everything.
_MORE = re.compile(
    r"gradient|optimi[sz]er|\badam\b|momentum|batch|training|compress|\bzip|cache|runtime|peak|bandwidth|per second"
    r"|\bRAM\b|GPU|overhead|times\b|twice|half of"
    r"|sparse|prun|gzip|梯度|优化器|动量|批|训练|压缩|缓存|峰值|带宽|显存占用|倍",
    re.IGNORECASE,
)
_ABOUT = loose(r"(?:about|approximately|around|roughly|some|nearly|almost|约|大约|约为|约占|≈|~|近)\s?$")
_BOUND = loose(r"(?:more than|over|less than|under|at least|at most|up to|超过|不到|至少|至多|>|<)\s?$")
_KILO = re.compile(
    r"(?P<ten>powers? of (?:ten|10)|10\s?\^\s?\{?[369]|decimal)|(?P<two>powers? of (?:two|2)"
    r"|2\s?\^\s?\{?[123]0|1024)",
    re.I,
)
#: How far a type may stand behind a size that it is said of.
_RIGHT_BEHIND = 40
MAX_SENTENCE = 1500


@dataclass(frozen=True)
class _Count:
    """Values: where they are told, how many at least and at most, as printed, and as an expression."""

    start: int
    end: int
    low: Fraction
    high: Fraction
    shown: str
    expression: str


@dataclass(frozen=True)
class _Bytes:
    start: int
    end: int
    each: int


@dataclass(frozen=True)
class _Told:
    """A printed size with the values and the bytes that make it."""

    start: int
    end: int
    printed: Printed
    about: bool
    count: _Count
    each: int
    kilo: int | None


def judge(document: Document) -> Iterator[Finding]:
    """Findings of the sizes in bytes that sentences tell."""
    for passage in document.passages():
        if passage.kind == "cell" or not _SIZE.search(passage.level):
            continue
        for start, end in _sentences(passage):
            for told in _told(passage.level, start, end):
                yield _finding(document, passage, told)


def _sentences(passage: Passage) -> Iterator[tuple[int, int]]:
    """Sentences; what stands behind a semicolon goes on with the one before."""
    begin: int | None = None
    for start, end in passage.sentences():
        begin = start if begin is None else begin
        if passage.text[end - 1] not in ";；":
            if end - begin <= MAX_SENTENCE:
                yield begin, end
            begin = None


def _told(level: str, start: int, end: int) -> Iterator[_Told]:
    found = [*_SIZE.finditer(level, start, end)]
    if not found or _MORE.search(level, start, end):
        return
    types = _types(level, start, end)
    counts = [
        count
        for count in _counts(level, start, end)
        if not any(each.start < count.end and count.start < each.end for each in types)  # 64×64×4 bytes: an equation
    ]
    for match in found:
        if any(each.start <= match.start() < each.end for each in types):
            continue
        before = level[max(start, match.start() - 24) : match.start()]
        count = _counted(counts, match)
        each = _bytes_of(level, types, match)
        printed = _read(match)
        if count is None or each is None or printed is None or _BOUND.search(before):
            continue
        kilo = _kilo(level[match.end() : min(end, match.end() + 24)])
        yield _Told(match.start(), match.end(), printed, bool(_ABOUT.search(before)), count, each.each, kilo)


def _kilo(behind: str) -> int | None:
    """What a kilobyte is, where the text says so right behind the size."""
    match = _KILO.search(behind)
    return None if match is None else 1000 if match["ten"] else 1024


def _read(match: re.Match[str]) -> Printed | None:
    unit = "" if match["unit"] in ("bytes", "字节") else match["unit"]
    try:
        return read_number(match["number"] + unit)
    except ClaimError:
        return None


def _counted(counts: Sequence[_Count], size: re.Match[str]) -> _Count | None:
    """The values that a size is said of: the nearest before it; a size in between is said of others."""
    before = [count for count in counts if count.end <= size.start()]
    return before[-1] if before else None


def _bytes_of(level: str, types: Sequence[_Bytes], size: re.Match[str]) -> _Bytes | None:
    """Right behind the size (``102 MB in float32``), else the last that was told before."""
    behind = next((each for each in types if each.start >= size.end()), None)
    if behind is not None and behind.start - size.end() <= _RIGHT_BEHIND:
        between = level[size.end() : behind.start]
        if re.fullmatch(r"(?:\s{0,4}\([^()]{0,20}\))?[^\d,，;；。]*", between):
            return behind
    before = [each for each in types if each.end <= size.start()]
    return before[-1] if before else None


def _types(level: str, start: int, end: int) -> list[_Bytes]:
    found = []
    for match in _BYTES.finditer(level, start, end):
        word = match["number"]
        if word:
            each = int(word) if word.isdigit() else _NUMBERS[word.lower()]
        else:
            each = next(size for pattern, size in _TYPES if pattern.fullmatch(match["type"]))
        found.append(_Bytes(*match.span(), each))
    return found


def _counts(level: str, start: int, end: int) -> list[_Count]:
    """Numbers of values, and sizes of maps, in their order."""
    found = []
    for size in sizes(level, start, end):
        values = Fraction(prod(size.dims))
        shown = level[size.start : size.end]
        found.append(_Count(size.start, size.end, values, values, shown, "×".join(map(str, size.dims))))
    for match in _WORD.finditer(level, start, end):
        values = Fraction(_MILLIONS[match["unit"].lower()])
        found.append(_Count(*match.span(), values, values, match[0], str(values)))
    for match in number_pattern().finditer(level, start, end):
        counted = _number(level, match)
        if counted is not None:
            found.append(counted)
    return sorted(found, key=lambda count: count.start)


def _number(level: str, match: re.Match[str]) -> _Count | None:
    if re.search(r"[×*^/.\d]\s?$|\d\s?x\s?$", level[max(0, match.start() - 4) : match.start()]):
        return None
    apart = _APART.match(level, match.end())
    end = apart.end("unit") if apart else match.end()
    try:
        printed = read_number(match[0] + (apart["unit"].upper() if apart else ""))
    except ClaimError:
        return None
    noun = _NOUN.match(level, end)
    if noun is None or printed.byte_power or printed.percent or printed.value < 100:
        return None
    slack = Fraction(0) if printed.exact else printed.step / 2
    shown, value = level[match.start() : end], printed.value
    return _Count(match.start(), noun.end(), value - slack, value + slack, shown, str(int(value)))


def _finding(document: Document, passage: Passage, told: _Told) -> Finding:
    text = passage.text[told.start : told.end]
    count, each = told.count, told.each
    low, high = count.low * each, count.high * each
    value = (low + high) / 2
    verdict = _fits(told, low, high)
    why = Message(
        "{count} values of {each} bytes are {size} bytes.", count=count.shown, each=each, size=f"{int(value):,}"
    )
    reason = right = None
    if verdict is None:
        verdict, right = "wrong", written_like(text, told.printed, value)
        reason, slip = _reason(told, value, text)
        printed = Message("Printed is {printed}: {why}. Right: {right}.", printed=text, why=slip, right=right)
        why = Message.joined(why, printed)
    start, end = min(count.start, told.start), told.end
    spot = passage.spot(start, end)
    return Finding(
        source=document.source, line=spot.line, span=(spot.start, spot.end), text=passage.text[start:end],
        kind="memory", printed=text, stated=_whole(told.printed.value), computed=_whole(value), verdict=verdict,
        reason=reason,
        explanation=why, cell=spot.cell, printed_at=passage.spot(told.start, told.end), right=right,
        mended=None if right is None else passage.text[start : told.start] + right,
    )  # fmt: skip


def _fits(told: _Told, low: Fraction, high: Fraction) -> str | None:
    """With 1000 or 1024 bytes to the kB, unless the text says which."""
    readings = [told.printed] * (told.kilo != 1024) + [told.printed.binary()] * (told.kilo != 1000)
    if "i" in told.printed.unit:
        readings = [told.printed]
    for printed in readings:
        nearest = min(max(printed.value, low), high)
        verdict = matches(nearest, printed, about=told.about or printed.loose_step > printed.step)
        if verdict:
            return verdict if low == high else "holds-rounded"
    return None


def _reason(told: _Told, value: Fraction, text: str) -> tuple[str, Message]:
    """The bytes of a value forgotten, or those of another type; else a slip of the digits or the unit."""
    each = told.each
    for other in (1, 2, 4, 8):
        if other != told.each and _fits(told, told.count.low * other, told.count.high * other):
            if other == 1:
                return "missing-term", Message("the {each} bytes of each value are left out", each=told.each)
            twice = other in (2 * told.each, told.each / 2)
            return "factor-2" if twice else "unit", Message("it would hold with {other} bytes a value", other=other)
    for power in (1, -1, 2, -2, 3, -3):
        by = Fraction(1024, 1000) ** power
        if told.printed.byte_power and _fits(told, told.count.low * each * by, told.count.high * each * by):
            return "unit", Message("1000 is taken for 1024, or 1024 for 1000, on the way to the unit")
    found = diagnose(Case(parse(f"{told.count.expression}×{each}"), value, told.printed, text, told.about))
    return found.reason, found.why


def _whole(value: Fraction) -> int | Fraction:
    return value.numerator if value.denominator == 1 else value
