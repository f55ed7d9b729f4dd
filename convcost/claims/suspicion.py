"""Lost times signs: ``2828`` where 28×28 was meant. Suspicions with their evidence, never repairs."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from ..messages import Message
from .documents import Document
from .model import Finding

_NUMBER = re.compile(r"(?<![\d_×*^A-Za-z.-])(?<!\d,)\d{2,9}(?![\d_×*^%A-Za-z-]|[.,]\d|\s?[×*])")
#: Words right behind a doubled digit: "55 convolution".
_KERNEL_WORD = re.compile(
    r"\s?(?:做|的|大小的)?\s?"
    r"(?:最大池化|平均池化|卷积|池化|max[- ]?pool|conv(?:olution)?(?:al)?(?!s)|(?:kernel|filter)(?!s))"
)
#: Words right before a doubled size: "image size 2828".
_SIZE_WORD = re.compile(
    r"(?:大小|尺寸|分辨率|特征图|\bsize|\bresolution|\bimages?|\bmaps?|\binput)(?:\s?(?:为|是|of|is|:|:|=))?\s?[(（\[]?$",
    re.IGNORECASE,
)
_SHAPE_WORD = re.compile(r"卷积|通道|conv|channel|kernel|feature map", re.IGNORECASE)
_SPELLED = re.compile(r"(?<!\d)(\d{2,3})\s?(?:[×xX*]|\\times)\s?(\d{2,3})(?!\d)")
#: Suspicions of one passage that are reported; a table of numbers is no text.
MAX_SUSPICIONS = 50
#: How far from the number a word still speaks of it.
_NEAR = 24


@dataclass(frozen=True)
class Suspicion:
    """A number that looks like a product whose signs were lost: where, its parts, and what speaks for it."""

    start: int
    end: int
    parts: tuple[int, ...]
    evidence: str


def judge(document: Document) -> Iterator[Finding]:
    """Findings of the suspicious numbers, all ``unverifiable``."""
    spelled = spelled_sizes("\n".join(line.text for line in document.lines))
    for passage in document.passages():
        for suspicion in islice(lost_signs(passage.text, spelled), MAX_SUSPICIONS):
            spot = passage.spot(suspicion.start, suspicion.end)
            printed = passage.text[suspicion.start : suspicion.end]
            why = Message(
                "{printed} may be {meant} with its times signs lost: {evidence}.",
                printed=printed,
                meant="×".join(map(str, suspicion.parts)),
                evidence=suspicion.evidence,
            )
            yield Finding(
                document.source, spot.line, (spot.start, spot.end), printed, "shape", printed, int(printed), None,
                "unverifiable", "lost-sign", why, spot.cell, printed_at=spot,
            )  # fmt: skip


def spelled_sizes(text: str) -> frozenset[int]:
    """The square sizes that a text spells properly.

    >>> spelled_sizes("from 28×28 to 14x7")
    frozenset({28})
    """
    return frozenset(int(m[1]) for m in _SPELLED.finditer(text) if m[1] == m[2])


def lost_signs(line: str, spelled: frozenset[int] = frozenset()) -> Iterator[Suspicion]:
    """Suspicious numbers of a line; ``spelled`` are sizes that stand properly elsewhere in the text.

    >>> [s.parts for s in lost_signs("图像大小为2828,然后我们用55做卷积")]
    [(28, 28), (5, 5)]
    """
    for match in _NUMBER.finditer(line):
        digits = match[0]
        before = line[max(0, match.start() - _NEAR) : match.start()]
        after = line[match.end() : match.end() + _NEAR]
        if re.match(r"\s?年", after):
            continue
        if len(digits) == 2 and digits[0] == digits[1] and digits[0] in "13579" and _KERNEL_WORD.match(after):
            why = Message("a word for a kernel stands behind it")
            yield Suspicion(*match.span(), (int(digits[0]),) * 2, why)
            continue
        parts = _sizes(digits)
        evidence = None if parts is None else _evidence(parts, before, after, spelled)
        if parts is not None and evidence is not None:
            yield Suspicion(*match.span(), parts, evidence)


def _evidence(parts: tuple[int, ...], before: str, after: str, spelled: frozenset[int]) -> str | None:
    if _SIZE_WORD.search(before):
        return Message("a word for a size stands before it")
    bracketed = before.endswith(("(", "（", "[")) and after.startswith((")", "）", "]"))
    if len(parts) == 3 and bracketed and _SHAPE_WORD.search(before + after):
        return Message("it stands in brackets beside a convolution")
    a_year = len(parts) == 2 and parts[0] in (19, 20)
    if len(parts) == 2 and parts[0] in spelled and not a_year:
        return Message("{size}×{size} is spelled properly elsewhere", size=parts[0])
    return None


def _sizes(digits: str) -> tuple[int, ...] | None:
    """``2828`` as 28, 28 and ``1922828`` as 192, 28, 28: a square map, channels before it if there is more."""
    for length in (3, 2):
        head, square = digits[: -2 * length], digits[-2 * length :]
        if (
            len(square) == 2 * length
            and square[:length] == square[length:]
            and square[0] != "0"
            and not head.startswith("0")
        ):
            return (int(head), int(square[:length]), int(square[:length])) if head else (int(square[:length]),) * 2
        square, channels = digits[: 2 * length], digits[2 * length :]
        if channels and square[:length] == square[length:] and "0" not in (square[0], channels[0]):
            return int(square[:length]), int(square[:length]), int(channels)
    return None
