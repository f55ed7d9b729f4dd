"""Amounts that compare: ``4 times``, ``75 %``, ``a quarter``, 三分之一, ``9.68x``, an order of magnitude."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from ..printed import Printed, read_number
from .numerals import CHINESE_NUMBER, NUMBER_WORD, PART_WORD, part, spelled

_DIGITS = r"\d{1,3}(?:,\d{3}){1,3}(?:\.\d+)?|\d{1,9}(?:\.\d{1,6})?"
#: Where an amount in digits may begin: not inside a number, a name or a product.
_EDGE = r"(?<![A-Za-z0-9_.,^/×·])(?<![\d)]\*)(?<![\d)] \*)"
#: What each form looks like; tried in this order wherever a word or a number begins.
_AMOUNT = re.compile(
    rf"""
    (?<![A-Za-z])(?=[\dA-Za-z~零〇一二两三四五六七八九十百千])(?:
      (?P<orders>(?P<how_many>{NUMBER_WORD}|\d{{1,2}}|{CHINESE_NUMBER})\s?(?:个)?\s?(?:orders?\sof\smagnitude|数量级))
    | (?P<hundredths>百分之\s?(?P<hundreds>{_DIGITS}|{CHINESE_NUMBER})(?P<hundred_more>多)?)
    | (?P<parts>(?P<below>\d{{1,5}}|{CHINESE_NUMBER})\s?分之\s?(?P<above>\d{{1,5}}|{CHINESE_NUMBER})多?)
    | (?P<half>一半|\bhalf\b)
    | (?P<word_part>\b(?P<some>{NUMBER_WORD}|\d{{1,2}})[\s-](?P<part>{PART_WORD})\b)
    | (?P<twice>\b(?:twice|double)\b)
    | (?P<percent>{_EDGE}(?P<percent_digits>{_DIGITS})\s?(?:\\?%|percent\b|per\scent\b))
    | (?P<times>{_EDGE}(?P<times_digits>{_DIGITS})
        (?:\s?倍|[\s-]?times\b|[\s-]?fold\b|\s?[×xX](?![A-Za-z_])(?!\s{{0,4}}[\d(\\.×]|\s[A-Z]\b))(?P<times_more>多)?)
    | (?P<word_times>
        (?:\b(?P<word_number>{NUMBER_WORD})[\s-]?(?:times|fold)\b|(?P<zh_number>{CHINESE_NUMBER})\s?(?P<zh_more>多)?倍))
    | (?P<factor>(?<=factor\sof\s)
        (?:about\s|roughly\s|around\s|approximately\s|nearly\s|almost\s|over\s|~\s?)?(?P<factor_digits>{_DIGITS}))
    | (?P<quotient>{_EDGE}(?P<top>\d{{1,3}})\s?/\s?(?P<bottom>\d{{1,5}})(?![\w.,]*[\d×x*/^])(?!\s?[+×*/=≈^(]))
    | (?P<decimal>{_EDGE}0\.\d{{1,6}}(?![\w%×*/^]|\.\d))
    )
    """,
    re.VERBOSE | re.IGNORECASE,
)
#: Two amounts between which the right one lies: ``8 to 9 times``, ``8-9倍``.
_RANGE_BEFORE = re.compile(
    rf"(?P<low>{_DIGITS})\s?(?:×|x|倍|%|times)?\s?(?:-|–|~|～|to|or|and|到|至|或)\s?$", re.IGNORECASE
)


@dataclass(frozen=True)
class Amount:
    """An amount and where it stands. ``form`` is ``times``, ``part`` or ``orders``; ``worded`` is told loosely.

    ``low`` is the lower end of a range whose upper end is ``printed``.
    """

    start: int
    end: int
    printed: Printed
    form: str
    worded: bool = False
    low: Fraction | None = None

    @property
    def value(self) -> Fraction:
        """What is said, a part as a part of one."""
        return self.printed.value


def amounts(level: str) -> Iterator[Amount]:
    """The amounts of a normalised text.

    >>> [str(amount.value) for amount in amounts("a quarter, 9.68x, 3分之1, 75 %, two thirds, 4 times, 百分之30多")]
    ['1/4', '242/25', '1/3', '3/4', '2/3', '4', '3/10']
    """
    for match in _AMOUNT.finditer(level):
        found = _amount(match)
        if found is not None:
            yield found


def _amount(match: re.Match[str]) -> Amount | None:
    start, end = match.span()
    if match["orders"]:
        number = spelled(match["how_many"])
        return None if not number or number > 12 else Amount(start, end, _whole(number, match[0]), "orders")
    if match["hundredths"]:
        digits = match["hundreds"]
        number_text = digits if digits[0].isdigit() else str(spelled(digits) or 0)
        more = "多" if match["hundred_more"] else ""
        return Amount(start, end, read_number(f"{number_text}{more}%"), "part")
    if match["percent"]:
        start = match.start("percent_digits")
        return _ranged(match, Amount(start, end, read_number(match["percent_digits"] + "%"), "part"))
    if match["times"]:
        return _ranged(match, _times(match))
    if match["factor"]:
        digits = match["factor_digits"]
        return Amount(match.start("factor_digits"), end, read_number(digits), "times", "." not in digits)
    return _in_words(match)


def _times(match: re.Match[str]) -> Amount:
    digits, end = match["times_digits"], match.end()
    printed = read_number(digits)
    if "times" in match[0] or "fold" in match[0]:
        end = match.end("times_digits")
    whole = "." not in digits
    return Amount(match.start(), end, _open(printed) if match["times_more"] else printed, "times", worded=whole)


def _in_words(match: re.Match[str]) -> Amount | None:
    start, end = match.span()
    if match["twice"]:
        return Amount(start, end, _whole(2, match[0]), "times", worded=True)
    if match["word_times"]:
        number = spelled(match["word_number"] or match["zh_number"])
        if not number:
            return None
        printed = _whole(number, match[0])
        return Amount(start, end, _open(printed) if match["zh_more"] else printed, "times", worded=True)
    if match["half"]:
        return Amount(start, end, _fraction(Fraction(1, 2), match[0]), "part", worded=True)
    if match["decimal"]:
        return Amount(start, end, read_number(match["decimal"]), "part")
    if match["parts"]:
        top, bottom = spelled(match["above"]), spelled(match["below"])
    elif match["word_part"]:
        top, bottom = spelled(match["some"]), part(match["part"])
    else:
        top, bottom = int(match["top"]), int(match["bottom"])
    if not top or not bottom or top >= bottom:
        return None
    return Amount(start, end, _fraction(Fraction(top, bottom), match[0]), "part", worded=True)


def _ranged(match: re.Match[str], amount: Amount) -> Amount:
    """The amount as the upper end of a range, if a lower one stands before it."""
    before = _RANGE_BEFORE.search(match.string, max(0, match.start() - 24), match.start())
    if before is None:
        return amount
    low = read_number(before["low"] + ("%" if amount.printed.percent else "")).value
    if low >= amount.value:
        return amount
    return Amount(before.start(), amount.end, amount.printed, amount.form, amount.worded, low)


def _whole(number: int, text: str) -> Printed:
    said = read_number(str(number))
    return Printed(text, said.value, said.step, said.loose_step, said.scale, said.exact)


def _fraction(value: Fraction, text: str) -> Printed:
    return Printed(text, value, Fraction(0), Fraction(0), Fraction(1), exact=False)


def _open(printed: Printed) -> Printed:
    """``4倍多``: some more than what is printed."""
    return Printed(
        printed.text, printed.value, printed.step, printed.loose_step, printed.scale, exact=False, open_above=True
    )
