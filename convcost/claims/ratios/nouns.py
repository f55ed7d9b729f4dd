"""Words beside a number that say what it counts, that it is compared, or that it is the size of a thing."""

from __future__ import annotations

import re

from ..words import alternatives
from .numerals import CHINESE_NUMBER, NUMBER_WORD, spelled

#: What is counted, by the word behind the number.
_COUNTED = (
    (
        "params",
        re.compile(
            r"\s{0,2}(?:个)?\s?(?:trainable |learnable |free )?(?:param|weight|参数|权重|variables)", re.IGNORECASE
        ),
    ),
    (
        "operations",
        re.compile(r"\s{0,2}[GMKT]?-?(?:MACs?|FLOP|MAdd|mult|multiply|operation|ops\b|次|乘|运算|浮点)", re.IGNORECASE),
    ),
    ("bytes", re.compile(r"\s{0,2}(?:bytes?|字节)", re.IGNORECASE)),
    ("layers", re.compile(r"\s{0,2}(?:layers?|层)", re.IGNORECASE)),
    (
        "values",
        re.compile(r"\s{0,2}(?:values|neurons|activations|个数|elements|features|pixels|positions)", re.IGNORECASE),
    ),
    ("time", re.compile(r"\s{0,2}(?:ms(?![a-z])|s\b|sec|seconds|毫秒|秒|fps\b|FPS)")),
)
_COMPARED = re.compile(
    alternatives(
        r"from|从|由|against|versus|vs\.?|instead of|than|→|->|=>|对|比|to",
        "降到|降至|变为|变成|到|至|减到|减至|增加到|of the|of",
    )
    + r"\s{0,2}$",
    re.IGNORECASE,
)
_COMPARED_AFTER = re.compile(
    r"\s{0,2}(?:→|->|=>|to\s\d|降到|降至|变为|变成|减到|减至|增加到|against|versus|vs|对|compared)", re.IGNORECASE
)
#: Behind a number that is the size of something, or of an image.
_OF_A_SHAPE = re.compile(
    r"\s{0,2}(?:个)?"
    + alternatives(
        "channels?|dimensions?|dims|classes|images|epochs|filters|kernels|branches|blocks",
        "通道|维|类|张|轮|卷积核|分支|核",
    ),
    re.IGNORECASE,
)
#: A thing whose size an expression tells, not a count.
_THING = re.compile(
    r"\s{0,2}(?:的)?\s?"
    + alternatives(
        "conv|kernel|filter|layer|map|feature|image|input|output|tensor|pixel|patch",
        "卷积|输入|输出|特征|图像|张量|核|滤波",
    ),
    re.IGNORECASE,
)
_HOW_MANY = re.compile(
    rf"({NUMBER_WORD}|{CHINESE_NUMBER}|\d{{1,2}})\s?(?:个|层|stacked|consecutive|successive|堆叠的?|×)?\s?$",
    re.IGNORECASE,
)


def counted(level: str, end: int, unit: str = "") -> str:
    """What a number counts that ends there and has this unit.

    >>> counted("1,234 weights", 5), counted("3.5 MB", 6, "MB"), counted("7 dogs", 1)
    ('params', 'bytes', '')
    """
    if "B" in unit and len(unit) > 1:
        return "bytes"
    return next((name for name, pattern in _COUNTED if pattern.match(level, end)), "")


def is_compared(level: str, start: int, end: int) -> bool:
    """Whether a number stands beside a word such as from, to or against.

    >>> is_compared("from 9 down", 5, 6), is_compared("has 9 of them", 4, 5)
    (True, False)
    """
    before = level[max(0, start - 14) : start]
    return _COMPARED.search(before) is not None or _COMPARED_AFTER.match(level, end) is not None


def is_of_a_shape(level: str, end: int) -> bool:
    """``64 channels``, ``1000 classes``: whether a number that ends there is the size of something."""
    return _OF_A_SHAPE.match(level, end) is not None


def is_of_a_thing(level: str, end: int) -> bool:
    """``3×3×64 kernel``: whether an expression that ends there tells how large a thing is."""
    return _THING.match(level, end) is not None


def how_many(level: str, start: int) -> int:
    """``two 3×3``, ``三个 3×3``: kernels that are counted together.

    >>> how_many("two 3×3", 4), how_many("a stack of 3×3", 11)
    (2, 1)
    """
    match = _HOW_MANY.search(level, max(0, start - 16), start)
    return (spelled(match[1]) or 1) if match else 1
