"""A number that stands by itself, as papers and tools print it: ``1.5 GMac``, ``≈ 3.8 billion``, ``6.6M params``."""

from __future__ import annotations

import re
from dataclasses import dataclass

from ..errors import ClaimError
from .expression import NotComputableError, parse
from .judge import as_number
from .normalize import normalise
from .printed import Printed
from .relations import SIGN, relation

#: A number with its words is at most this long.
MAX_LENGTH = 200
_FIX = "write it like 1.5G, 3.8 billion, 120,422,400 or 12.4×10^6, with MACs, FLOPs or params behind it or not"
_ABOUT = re.compile(r"(?:about|approximately|approx\.?|around|roughly|circa|ca\.?|大约|约)\s*(?=[\d.])", re.IGNORECASE)
_WORDS = re.compile(
    r"(?<=[\dA-Za-z\s万亿千百-])-?(?:(?P<params>(?:trainable\s+|learnable\s+)?(?:param(?:eter)?s?\.?|weights?)|个?参数)"
    r"|(?P<operations>MACs?|MAdds?|FLOPs?|(?:mult|multiply)[- ](?:adds?|accumulates?)|multiplications?|"
    r"op(?:eration)?s?|次(?:乘加|乘法|运算)?))$",
    re.IGNORECASE,
)
#: The blank of ``1.5 G``, where no word of the grammar stands behind it any more.
_BLANK = re.compile(r"(?<=\d)\s+(?=[KkMGBT]$)")


@dataclass(frozen=True)
class Stated:
    """What is said: the number, whether "about" stands before it, and of what it is (``params``, ``operations`` or
    nothing said).
    """

    text: str
    printed: Printed
    about: bool = False
    quantity: str = ""


def read_stated(text: str) -> Stated:
    """Take a number with its words apart.

    Raises :class:`~convcost.errors.ClaimError` for what is no count.

    >>> said = read_stated("≈ 3.8 GFLOPs")
    >>> said.printed.value, said.about, said.quantity
    (Fraction(3800000000, 1), True, 'operations')
    >>> read_stated("12.4×10^6").printed.step, read_stated("6.6M params").quantity
    (Fraction(100000, 1), 'params')
    """
    if len(text) > MAX_LENGTH:
        raise ClaimError("this is too long for a number", got=f"{len(text)} characters", fix=_FIX)
    level = " ".join(normalise(text).split())
    about = False
    sign = SIGN.match(level)
    if sign is not None:
        about = relation(sign).about
        level = level[sign.end() :].strip()
    word = _ABOUT.match(level)
    if word is not None:
        about, level = True, level[word.end() :]
    quantity = ""
    words = _WORDS.search(level)
    if words is not None:
        quantity = "params" if words["params"] else "operations"
        level = level[: words.start()].rstrip()
    try:
        printed = as_number(parse(_BLANK.sub("", level)))
    except NotComputableError:
        printed = None
    if printed is None:
        raise ClaimError("this is no printed number", got=repr(text), fix=_FIX)
    if printed.percent or printed.byte_power:
        kind = "a percentage" if printed.percent else "a size in bytes"
        raise ClaimError(f"{kind} is no count of MACs or params", got=repr(text), fix=_FIX)
    return Stated(text, printed, about, quantity)
