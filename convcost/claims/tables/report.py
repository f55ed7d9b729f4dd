"""Findings about tables and totals, and numbers written like the printed one."""

from __future__ import annotations

import re
from fractions import Fraction

from ...messages import Message
from ..documents import Passage
from ..model import Finding, Value
from ..printed import Printed, format_like
from .figure import Figure

#: How much of a long line is shown around a number.
_AROUND = 100
_DIGITS = re.compile(r"\d[\d.,_'{}\\\u00a0\u2007-\u200a\u202f ]*\d|\d")


def whole(value: Fraction) -> int | Fraction:
    return value.numerator if value.denominator == 1 else value


def shown(value: Fraction) -> str:
    """A value for a sentence.

    >>> shown(Fraction(61100840)), shown(Fraction(5, 2)), shown(Fraction(1, 3))
    ('61,100,840', '2.5', '0.333333')
    """
    if value.denominator == 1:
        return f"{value.numerator:,}"
    return f"{float(value):,.6g}" if abs(value) < 10**6 else f"{int(value):,}"


def written(value: Fraction, printed: Printed, text: str) -> str:
    """``value`` written like a printed number: its unit, its decimals, its separators.

    >>> from ..printed import read_number
    >>> written(Fraction(61100840), read_number("60.1M"), "60.1M")
    '61.1M'
    >>> written(Fraction(61100840), read_number("61,000,840"), "61,000,840")
    '61,100,840'
    """
    digits = _DIGITS.search(text)
    if digits is None:
        return shown(value)
    said = digits[0]
    if said.count(".") == 1:
        decimals = len(said) - said.index(".") - 1
        said = said[: -decimals - 1] or "0"
        tail = "."
    else:
        decimals, tail = 0, ""
    amount = value / printed.scale if printed.scale else value
    if printed.exact and value.denominator != 1 and not decimals:
        return shown(value)
    rounded = (2 * amount * 10**decimals + 1).__floor__() // 2
    whole_part, fraction = divmod(rounded, 10**decimals)
    new = format_like(said if re.search(r"\D", said) else f"{said}", whole_part)
    if decimals:
        new += tail + str(fraction).rjust(decimals, "0")
    return text[: digits.start()] + new + text[digits.end() :]


def about_figure(
    source: str, figure: Figure, kind: str, computed: Fraction, verdict: str, why: Message, reason: str | None = None
) -> Finding:
    """A finding about one printed number."""
    begin, stop = _claim(figure)
    spot = figure.passage.spot(begin, stop)
    printed, text = figure.printed, figure.passage.text
    right = written(computed, printed, figure.text) if verdict == "wrong" else None
    if right == figure.text:
        right = None
    return Finding(
        source=source,
        line=spot.line,
        span=(spot.start, spot.end),
        text=text[begin:stop],
        kind=kind,
        printed=figure.text,
        stated=whole(printed.as_printed(figure.value)),
        computed=whole(printed.as_printed(computed)),
        verdict=verdict,
        reason=reason,
        explanation=why,
        cell=spot.cell,
        mended=None if right is None else text[begin : figure.start] + right + text[figure.end : stop],
        printed_at=figure.passage.spot(figure.start, figure.end),
        right=right,
    )


def about_words(
    source: str, passage: Passage, start: int, end: int, kind: str, computed: Value, verdict: str, why: Message,
    reason: str | None = None, right: str | None = None,
) -> Finding:  # fmt: skip
    """A finding about a shape, a head, or a whole table."""
    spot = passage.spot(start, end)
    text = passage.text[start:end].strip()
    return Finding(
        source=source,
        line=spot.line,
        span=(spot.start, spot.end),
        text=text,
        kind=kind,
        printed=text if verdict != "holds" else "",
        stated=text if verdict != "holds" else None,
        computed=computed,
        verdict=verdict,
        reason=reason,
        explanation=why,
        cell=spot.cell,
        mended=right,
        printed_at=spot if verdict != "holds" else None,
        right=right,
    )


def _claim(figure: Figure) -> tuple[int, int]:
    """The cell, or the line, in which a number stands; of a long one what is around the number."""
    text = figure.passage.text
    begin = max(text.rfind("\n", 0, figure.start) + 1, figure.start - _AROUND)
    stop = text.find("\n", figure.end)
    stop = min(len(text) if stop < 0 else stop, figure.end + _AROUND)
    piece = text[begin:stop]
    return begin + len(piece) - len(piece.lstrip()), begin + len(piece.rstrip())
