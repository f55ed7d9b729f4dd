"""How dark a box is: its share of the MACs, in steps that can be told apart in grey as well."""

from __future__ import annotations

from typing import NamedTuple

from ..arith import Dim


class Shade(NamedTuple):
    """A step: shares of at least ``least`` thousandths, its colours on light and on dark paper."""

    least: int
    light: str
    dark: str


#: From no MACs at all to more than half of all. Text on them is :data:`INK`.
SHADES = (
    Shade(0, "#ffffff", "#1b1f24"),
    Shade(0, "#eef4fa", "#1f2a38"),
    Shade(10, "#d6e6f4", "#22384f"),
    Shade(50, "#b3d1ea", "#264a6d"),
    Shade(200, "#85b6dd", "#2a5d8f"),
    Shade(500, "#5b9bd0", "#2f6fae"),
)
#: Text and lines, on light and on dark paper.
INK = ("#14181d", "#f2f5f8")
QUIET = ("#47515c", "#b8c2cc")
LINE = ("#3d4650", "#aeb8c2")
PAPER = ("#ffffff", "#14171b")


def step(value: Dim, total: Dim) -> int:
    """The number of the shade for ``value`` of ``total`` MACs; 0 where they are no numbers.

    >>> step(0, 100), step(1, 1000), step(30, 100), step(60, 100)
    (0, 1, 4, 5)
    """
    if not (type(value) is int and type(total) is int and value > 0 and total > 0):
        return 0
    return max(number for number, shade in enumerate(SHADES) if number and 1000 * value >= shade.least * total)


def percent(value: Dim, total: Dim) -> str:
    """A share in per cent to one decimal; empty where there is none.

    >>> percent(1, 3), percent(1, 100_000)
    ('33.3 %', '< 0.1 %')
    """
    if not (type(value) is int and type(total) is int and value > 0 and total > 0):
        return ""
    tenths = (2000 * value + total) // (2 * total)
    return f"{tenths // 10}.{tenths % 10} %" if tenths else "< 0.1 %"
