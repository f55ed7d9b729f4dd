"""What an amount is said to be: what remains (TO), the difference (BY), how many times, how much more, a share.

The words around an amount decide. ``减少为原来的三分之一`` tells what remains, ``减少了三分之一`` the difference.
"""

from __future__ import annotations

from enum import Enum

from ..relations import Relation
from . import phrases
from .amounts import Amount

#: How far words reach.
_BEFORE, _AFTER = 64, 36


class Kind(Enum):
    """How an amount r compares a smaller S with a larger L."""

    FACTOR = "L/S"
    TO = "S/L"
    BY = "1 - S/L"
    MORE = "L/S - 1"
    SHARE = "part/total"
    #: A percentage in brackets: any of the others may be meant.
    ANY = "any"
    ORDERS = "log10 L/S"


def wording(level: str, amount: Amount, begin: int, end: int) -> Kind | None:
    """What the words of a sentence, from ``begin`` to ``end``, make of an amount; ``None`` if it compares nothing."""
    before = level[max(begin, amount.start - _BEFORE) : amount.start].rstrip()
    after = level[amount.end : min(end, amount.end + _AFTER)]
    if amount.form == "times" and after.startswith((" times", "times", "-fold", "fold", " fold", "-times")):
        after = phrases.TIMES_ITSELF.sub("", after)
    if phrases.NEGATED.search(before) or (amount.printed.percent and _between_percents(before, after)):
        return None
    if amount.form == "orders":
        return Kind.ORDERS
    if amount.form == "times":
        return _times(before, after, amount)
    return _part(before, after, amount)


def _between_percents(before: str, after: str) -> bool:
    """``从 2% 提升到 98%``, ``90.57% vs 87.32%``: percentages compared with each other."""
    return bool(phrases.PERCENT_BEFORE.search(before) or phrases.LEADS_TO_ANOTHER.match(after))


def _times(before: str, after: str, amount: Amount) -> Kind | None:
    if phrases.TIMES_TO_ZH.search(before) and amount.value > 1:
        return Kind.TO
    if phrases.FEWER_AFTER.match(after) or phrases.MORE_AFTER.match(after) or phrases.TIMES_AFTER.match(after):
        return Kind.FACTOR
    if phrases.TIMES_ZH.search(before) or phrases.TIMES_EN.search(before):
        return Kind.FACTOR
    lone = before.rstrip().endswith(("(", "≈", "=", "：", ":", "→")) or not before.strip()
    return Kind.FACTOR if lone and not phrases.WORD_AFTER.match(after) else None


def _part(before: str, after: str, amount: Amount) -> Kind | None:
    decimal = amount.printed.text.startswith("0.")
    if phrases.SHARE_ZH.search(before) or phrases.SHARE_EN.search(before):
        return Kind.SHARE
    if phrases.TO_ZH.search(before):
        return Kind.TO
    if phrases.BY_ZH.search(before):
        return Kind.BY
    if phrases.MORE_ZH.search(before) and not decimal:
        return Kind.MORE
    if decimal:
        return Kind.TO if phrases.LESS_TO_DECIMAL.search(before) else None
    if phrases.MINUS_BEFORE.search(before) and amount.printed.percent:
        return Kind.BY
    if phrases.PLUS_BEFORE.search(before) and amount.printed.percent:
        return Kind.MORE
    return _english_part(before, after, amount)


def _english_part(before: str, after: str, amount: Amount) -> Kind | None:
    if phrases.FEWER_AFTER.match(after):
        return Kind.BY
    if phrases.MORE_AFTER.match(after) or phrases.MORE_EN.search(before):
        return Kind.MORE
    if phrases.BY_EN.search(before):
        return Kind.BY
    if amount.printed.percent and phrases.OF_ALL_AFTER.match(after):
        return Kind.SHARE
    if phrases.TO_RIGHT_BEFORE.search(before) and phrases.GOES.search(before):
        return Kind.TO
    if amount.worded:
        return Kind.TO if phrases.OF_AFTER.match(after) or phrases.TO_EN.search(before) else None
    if phrases.OF_IT_AFTER.match(after) and phrases.TO_EN.search(before):
        return Kind.TO
    alone = amount.printed.percent and phrases.STANDS_ALONE.match(after) and phrases.ALONE_BEFORE.search(before)
    return Kind.ANY if alone else None


def strength(level: str, amount: Amount) -> Relation:
    """Whether an amount is told as about right, or as a bound."""
    before = level[max(0, amount.start - 20) : amount.start]
    after = level[amount.end : amount.end + 8]
    if "factor" in before or amount.printed.open_above:
        before = before.replace("factor of", "")
    about = bool(phrases.ABOUT.search(before) or phrases.ABOUT_AFTER.match(after))
    over = bool(phrases.OVER.search(before) or phrases.OVER_AFTER.match(after))
    return Relation(about, over, bool(phrases.UNDER.search(before)))
