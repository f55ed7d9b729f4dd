"""When two sides that differ are not called wrong, because what they say is not certain."""

from __future__ import annotations

import re

from .expression import Number, Sum, numbers
from .scan import Side

#: A piece of a number in front of an expression, or behind it: decimal commas, thousands apart by blanks.
_CUT_BEFORE = re.compile(r"\d[.,]\Z|(?<![\d.,])\d{1,3} \Z")
_CUT_BEHIND = re.compile(r"[.,]\d| \d{3}(?!\d)")
_HEXADECIMAL = re.compile(r"(?<![\d.])0[xX][0-9a-fA-F]")


def doubtful(line: str, left: Side, right: Side) -> bool:
    """Whether the sides may say something else than was computed.

    ``2,5 × 2 = 5`` (a decimal comma), ``1 000 × 2`` (blanks for thousands), ``2k + 1 = 5`` (a variable),
    ``0-255 = 256 values`` (a range), ``0x10 = 16`` (another base).
    """
    text = line[left.start : right.end]
    if _CUT_BEFORE.search(line[: left.start]) or _CUT_BEHIND.match(line[right.end :]) or _HEXADECIMAL.search(text):
        return True
    for side in (left, right):
        if any(_may_be_a_variable(number) for number in numbers(side.node)):
            return True
        if _is_range(line, side):
            return True
    return False


def _may_be_a_variable(number: Number) -> bool:
    """``2k`` where k counts something; ``2.5k`` and ``300k`` are thousands."""
    printed = number.printed
    return printed.unit == "k" and printed.step == printed.scale and printed.value < 100 * printed.scale


def _is_range(line: str, side: Side) -> bool:
    """``0-255``, or a number of a telephone or a part: two whole numbers with a hyphen between, no blanks."""
    node = side.node
    if not (isinstance(node, Sum) and len(node.parts) == 2 and node.parts[1][0] == -1):
        return False
    return re.fullmatch(r"\d+[-–‑]\d+", line[side.start : side.end].strip()) is not None
