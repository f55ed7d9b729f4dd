"""A number as it was printed: what it says, and how finely.

A printed number stands for everything that rounds to its last printed digit. That digit's worth is the
number's ``step``. Trailing zeros before a unit word are not significant, so ``10 million`` has a step of ten million.

>>> read_number("12.4M").value, read_number("12.4M").step
(Fraction(12400000, 1), Fraction(100000, 1))
>>> read_number("1000万").step, read_number("1,000").step
(Fraction(10000000, 1), Fraction(1, 1))
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import lru_cache

from convcost.errors import ClaimError
from convcost.messages import Message

MAX_DIGITS = 1000
"""Digits of one printed number."""
MAX_TEN_POWER = 300
"""Size of the power of ten behind an ``e``."""

_SCALES = {
    "k": 10**3,
    "K": 10**3,
    "M": 10**6,
    "G": 10**9,
    "B": 10**9,
    "T": 10**12,
    "thousand": 10**3,
    "million": 10**6,
    "mln": 10**6,
    "Mio": 10**6,
    "kilo": 10**3,
    "mega": 10**6,
    "giga": 10**9,
    "tera": 10**12,
    "billion": 10**9,
    "bn": 10**9,
    "trillion": 10**12,
    "百": 10**2,
    "千": 10**3,
    "万": 10**4,
    "十万": 10**5,
    "百万": 10**6,
    "千万": 10**7,
    "亿": 10**8,
    "十亿": 10**9,
    "百亿": 10**10,
    "千亿": 10**11,
    "万亿": 10**12,
}
_BYTES = {"k": 1, "K": 1, "M": 2, "G": 3, "T": 4}
#: Marks that group digits, but for the dot.
_MARKS = r",_'{}\\\u00a0\u2007-\u200a\u202f"
_PIECES = re.compile(
    rf"(?P<digits>[\d.{_MARKS}]*\d)(?:[eE](?P<ten>[+\-]?\d+))?\s*(?P<unit>.*)",
    re.DOTALL,
)
_COMPOUND = re.compile(r"(?P<big>万亿|千亿|百亿|十亿|亿)\s?(?P<digits>\d+(?:\.\d+)?)\s?(?P<small>[千百十]?万)")
_SEPARATORS = re.compile(rf"[{_MARKS}]")
_GROUPS = re.compile(r"\d(\{,\}|\\,|[,_'.\u00a0\u2007-\u200a\u202f])(?=\d)")
_MANTISSA = re.compile(rf"\d(?:[\d.{_MARKS}]*\d)?")
_ONE = Fraction(1)


@dataclass(frozen=True)
class Printed:
    """What a printed number says; ``value`` has its unit multiplied out.

    ``step`` is the worth of the last significant digit, ``loose_step`` the same behind a sign such as ≈, where trailing
    zeros of a whole number are not significant either; ``exact`` marks a whole number printed in full.
    ``open_above`` marks 多 (some more than this), ``byte_power`` a size in kB (1), MB (2), GB (3).

    >>> p = read_number("36 %")
    >>> p.value, p.as_printed(p.value)
    (Fraction(9, 25), Fraction(36, 1))
    """

    text: str
    value: Fraction
    step: Fraction
    loose_step: Fraction
    scale: Fraction
    exact: bool
    unit: str = ""
    open_above: bool = False
    byte_power: int = 0

    @property
    def percent(self) -> bool:
        return self.unit == "%"

    def as_printed(self, value: Fraction) -> Fraction:
        """``value`` in the unit in which findings report it: multiplied out, but per cent as printed."""
        return value * 100 if self.percent else value

    def binary(self) -> Printed:
        """The same size where a kilobyte is 1024 bytes.

        >>> read_number("3.81 MB").binary().scale
        Fraction(1048576, 1)
        """
        grow = Fraction(1024**self.byte_power, 1000**self.byte_power)
        if "i" in self.unit:
            grow = Fraction(1)
        return _rescaled(self, grow)

    def counted_in_1024(self) -> Printed | None:
        """The same count where K, M and G are powers of 1024; ``None`` for a number without such a letter.

        >>> read_number("2K").counted_in_1024().value, read_number("2 thousand").counted_in_1024()
        (Fraction(2048, 1), None)
        """
        power = _BYTES.get(self.unit, 0)
        return replace(self, byte_power=power).binary() if power else None


def _rescaled(p: Printed, by: Fraction) -> Printed:
    return replace(p, value=p.value * by, step=p.step * by, loose_step=p.loose_step * by, scale=p.scale * by)


def significant_step(whole: int) -> int:
    """The worth of the last digit that is not a trailing zero.

    >>> significant_step(300), significant_step(1024), significant_step(0)
    (100, 1, 1)
    """
    whole, step = abs(whole), 1
    while whole and whole % 10 == 0:
        whole //= 10
        step *= 10
    return step


@lru_cache(maxsize=4096)
def read_number(text: str) -> Printed:
    """Take a printed number apart (normalised text, as the grammar's NUMBER matches it).

    >>> read_number("1亿2000万").value, read_number("34{,}560").value, read_number("1.5e3").value
    (Fraction(120000000, 1), Fraction(34560, 1), Fraction(1500, 1))
    """
    if text.isascii() and text.isdigit() and len(text) <= MAX_DIGITS:
        number = int(text)
        return Printed(text, Fraction(number), _ONE, Fraction(significant_step(number)), _ONE, exact=True)
    match = _PIECES.fullmatch(text.strip())
    if match is None:
        raise ClaimError(Message("not a number"), got=repr(text[:40]))
    digits, ten, unit = match["digits"], int((match["ten"] or "0")[:8]), match["unit"].strip()
    _refuse_too_large(text, digits, ten)
    mantissa, decimals = _mantissa(digits)
    open_above = "多" in unit
    unit = unit.replace("多", "").replace("\\", "").strip()
    compound = _COMPOUND.fullmatch(unit)
    if compound:
        return _compound(text, mantissa, compound, open_above)
    byte_power = _BYTES.get(unit[:1], 0) if re.fullmatch("[KkMGT]i?B", unit) else 0
    scale = _scale(unit, byte_power) * Fraction(10) ** ten
    step = Fraction(1, 10**decimals)
    bare = not decimals
    loose = Fraction(significant_step(int(mantissa))) if bare else step
    if bare and unit and unit != "%" and not byte_power:
        step = loose
    exact = bare and not unit and not ten
    return Printed(text, mantissa * scale, step * scale, loose * scale, scale, exact, unit, open_above, byte_power)


def _refuse_too_large(text: str, digits: str, ten: int) -> None:
    if len(digits) > 4 * MAX_DIGITS or sum(map(str.isdigit, digits)) > MAX_DIGITS:
        raise ClaimError(
            Message("a number has more than {limit} digits", limit=MAX_DIGITS),
            got=f"{digits[:12]}… ({sum(map(str.isdigit, digits))} digits)",
            fix="write it with a unit or as a power",
        )
    if abs(ten) > MAX_TEN_POWER:
        what = Message("a power of ten beyond e{limit}", limit=MAX_TEN_POWER)
        raise ClaimError(what, got=text[:40], fix="use a smaller one")


def _mantissa(digits: str) -> tuple[Fraction, int]:
    """What the digits say, and how many of them are decimals."""
    if re.fullmatch(r"\d{1,3},\d{1,2}", digits):
        digits = digits.replace(",", ".")
    plain = _SEPARATORS.sub("", digits)
    if plain.count(".") > 1:  # dots for thousands
        plain = plain.replace(".", "")
    whole, _, decimals = plain.partition(".")
    return Fraction(int((whole or "0") + decimals), 10 ** len(decimals)), len(decimals)


def _compound(text: str, mantissa: Fraction, unit: re.Match[str], open_above: bool) -> Printed:
    """``1亿2000万``: two units, of which the smaller one says how fine the number is."""
    big, small = Fraction(_SCALES[unit["big"]]), Fraction(_SCALES[unit["small"]])
    tail = read_number(unit["digits"])
    value = mantissa * big + tail.value * small
    step = Fraction(significant_step(int(tail.value))) if tail.exact else tail.step
    return Printed(text, value, step * small, step * small, Fraction(1), False, unit[0], open_above)


def _scale(unit: str, byte_power: int) -> Fraction:
    if unit == "%":
        return Fraction(1, 100)
    if byte_power:
        return Fraction(1024 if "i" in unit else 1000) ** byte_power
    if not unit:
        return Fraction(1)
    for spelled in (unit, unit.removesuffix("s"), unit.lower()):
        if spelled in _SCALES:
            return Fraction(_SCALES[spelled])
    raise ClaimError("not a unit", got=repr(unit))


def format_like(printed: str, number: int) -> str:
    """``number`` with the thousands separators of ``printed``.

    >>> format_like("12,433,648", 12443648), format_like("9216", 13824000), format_like("1,38,240", 1038240)
    ('12,443,648', '13824000', '10,38,240')
    """
    digits = re.match(r"[^A-Za-z%]*", printed)
    mark = _GROUPS.search(digits[0] if digits else "")
    if mark is None:
        return str(number)
    sep, sign, text = mark[1], "-" if number < 0 else "", str(abs(number))
    head, tail = text[:-3], text[-3:]
    size = 2 if re.search(r"\d,\d\d,\d\d\d(?!\d)", printed) else 3
    groups = [tail]
    while head:
        groups.insert(0, head[-size:])
        head = head[:-size]
    return sign + sep.join(groups)


def decimal(value: Fraction) -> str:
    """A number for reading: whole, or with as many decimals as it has, six figures at most.

    >>> decimal(Fraction(42)), decimal(Fraction(300, 31)), decimal(Fraction(5, 4))
    ('42', '9.67742', '1.25')
    """
    return str(value.numerator) if value.denominator == 1 else f"{float(value):g}"


def _telling(shown: Fraction, decimals: int) -> int:
    """As many decimals as printed, or more where these would round the number away: 0.037 M, not 0.0 M."""
    while decimals < _MOST_DECIMALS:
        rounded = Fraction((shown * 10**decimals + Fraction(1, 2)).__floor__(), 10**decimals)
        if abs(rounded - shown) * 20 <= shown:
            break
        decimals += 1
    return decimals


_MOST_DECIMALS = 6


def written_like(text: str, printed: Printed, value: Fraction) -> str:
    """``value`` written as the number in ``text`` is: with its unit, its decimals and its separators.

    >>> written_like("12,433,648", read_number("12,433,648"), Fraction(12443648))
    '12,443,648'
    >>> written_like("120.5M", read_number("120.5M"), Fraction(120422400))
    '120.4M'
    >>> written_like("35 %", read_number("35%"), Fraction(9, 25))
    '36 %'
    """
    if re.search(r"\d \d{3}(?!\d)", text):  # blanks between the thousands
        tied = written_like(text.replace(" ", "\u00a0"), printed, value)
        return tied.replace("\u00a0", " ")
    match = _MANTISSA.search(text)
    if match is None or not printed.scale:
        return decimal(value)
    shown = value / printed.scale
    digits = match[0]
    # In a whole number the dot groups thousands.
    dotted = not printed.exact and re.search(r"\.\d+$", digits) and digits.count(".") == 1
    decimals = len(digits.rpartition(".")[2]) if dotted else 0
    if printed.exact and shown.denominator > 1:
        decimals = 2
    if not printed.exact:
        decimals = _telling(abs(shown), decimals)
    scaled = abs(shown) * 10**decimals
    rounded = (scaled + Fraction(1, 2)).__floor__()
    whole, rest = divmod(rounded, 10**decimals)
    told = format_like(digits.partition(".")[0] if dotted else digits, whole)
    told += f".{rest:0{decimals}d}" if decimals else ""
    return text[: match.start()] + ("-" if shown < 0 else "") + told + text[match.end() :]
