"""Words for what numbers count: weights, multiplications, bytes; between a number and its sign they change nothing."""

from __future__ import annotations

import re

from .words import alternatives

_ADJECTIVE = alternatives(
    "trainable|learnable|total|different|free|single|such",
    "floating[- ]point|element-?wise|float32|32-bit|scalar",
    "in total|altogether|overall",
    r"可训练的?|可学习的?|浮点|个|次|多|的|左右|）|\)",
)
_NOUN = alternatives(
    r"MACs?|FLOPs?|MAdds?|mult-?adds?|multiply[- ]adds?|multiply[- ]accumulates?(?:\soperations)?",
    "multiplications?|multiplies|mults?|adds|additions",
    r"param(?:eter)?s?|weights?(?:\sand\sbiases)?|biases",
    "operations|ops|values|numbers|floats|connections|neurons|activations",
    "elements|pixels|positions|features|units|entries",
    "bytes?|bits?|of memory|of weights",
    "channels|filters|kernels|feature maps|maps|images",
    "通道|卷积核|特征图|参数量?|权重",
    "乘法|乘加|乘积累加|运算|计算量?",
    "数值?|值|神经元|连接|元素|像素|字节|比特|位|个|次",
)
#: A blank that ends no line.
_BLANK = r"[^\S\n]"
#: Such words behind a number.
FILLER = re.compile(
    rf"{_BLANK}{{0,3}}(?:\*\*{_BLANK}?)?"
    rf"(?:{_ADJECTIVE}{_BLANK}{{0,2}}){{0,3}}{_NOUN}(?![A-Za-z])"
    rf"(?:{_BLANK}{{0,2}}(?:{_ADJECTIVE}|{_NOUN})(?![A-Za-z])){{0,3}}"
    rf"(?:{_BLANK}?\*\*)?",
    re.IGNORECASE,
)
_BYTES = re.compile(r"\s{0,3}(?:个)?(?:bytes?\b|字节)", re.IGNORECASE)
_BITS = re.compile(r"\s{0,12}(?:个)?(?:bits?\b|比特|位(?!置))", re.IGNORECASE)


def in_bits(level: str, start: int, end: int) -> bool:
    """Whether an expression, or the number at its end, is told in bits.

    >>> in_bits("50×40 bits = ", 0, 5), in_bits("32×2 bytes", 0, 4)
    (True, False)
    """
    return _BITS.match(level, end) is not None or re.search(r"\bbits?\b|比特", level[start:end]) is not None


def in_bytes_by_word(level: str, end: int) -> bool:
    """Whether the word behind a number says that it counts bytes.

    >>> in_bytes_by_word("24,576 bytes (~24.5 KB)", 6), in_bytes_by_word("24,576 weights", 6)
    (True, False)
    """
    return _BYTES.match(level, end) is not None
