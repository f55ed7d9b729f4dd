"""A length scale that may leave out wide stretches in which nothing ends, and says which."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from itertools import pairwise
from typing import NamedTuple

#: A stretch is cut out when it is at least this many times as long as all that is left.
DOMINANT = 6
#: At most so many stretches are cut out.
MAX_CUTS = 3
#: Pixels that a cut takes, whatever it leaves out.
CUT_WIDTH = 26
#: How much of what is left is shown on both sides of a cut, so that bars are seen to go on.
_MARGIN = Fraction(1, 10)


class Piece(NamedTuple):
    """A stretch of the scale: values and pixels at both ends, and whether it is a cut."""

    low: int
    high: int
    left: Fraction
    right: Fraction
    cut: bool


class Axis:
    """Where values stand between the pixels ``left`` and ``right``; zero is always on the scale.

    >>> axis = Axis([1000, 1004, 1001], 0, 526)
    >>> axis.cuts, round(axis.x(0)), round(axis.x(1000)), round(axis.x(1004))
    ([(1, 999)], 0, 193, 526)
    >>> Axis([10, 4], 0, 100).cuts
    []
    """

    def __init__(self, values: Sequence[int], left: int, right: int) -> None:
        levels = sorted({0, *values})
        gaps = [(high - low, low, high) for low, high in pairwise(levels)]
        cut, rest = _dominant(gaps)
        stretches: list[tuple[int, int, bool]] = []
        for gap in gaps:
            _, low, high = gap
            if gap in cut:
                start, end = _inside(low, high, rest)
                stretches += [(low, start, False), (start, end, True), (end, high, False)]
            else:
                stretches.append((low, high, False))
        scaled = sum(high - low for low, high, is_cut in stretches if not is_cut)
        unit = Fraction(right - left - CUT_WIDTH * len(cut), scaled or 1)
        self.pieces: list[Piece] = []
        self._left = at = Fraction(left)
        for low, high, is_cut in stretches:
            width = Fraction(CUT_WIDTH) if is_cut else (high - low) * unit
            self.pieces.append(Piece(low, high, at, at + width, is_cut))
            at += width

    @property
    def cuts(self) -> list[tuple[int, int]]:
        """The stretches that are not drawn to scale."""
        return [(piece.low, piece.high) for piece in self.pieces if piece.cut]

    def x(self, value: int) -> float:
        """The pixel of a value."""
        for piece in self.pieces:
            if piece.low <= value <= piece.high:
                share = Fraction(value - piece.low, piece.high - piece.low)
                return float(piece.left + share * (piece.right - piece.left))
        return float(self._left)

    def ticks(self, spacing: int) -> list[int]:
        """Round values to be written, at least ``spacing`` pixels apart; none inside a cut."""
        found: list[int] = [0]
        for low, high in self._drawn():
            step = _nice(Fraction(high - low) * spacing / max(1, int(self.x(high) - self.x(low))))
            for tick in range(-(-low // step) * step, high + 1, step):
                if all(abs(self.x(tick) - self.x(other)) >= spacing for other in found):
                    found.append(tick)
        return sorted(found)

    def _drawn(self) -> list[tuple[int, int]]:
        """What is drawn to scale between cuts, widest first."""
        found: list[tuple[int, int]] = []
        joined = False
        for piece in self.pieces:
            if not piece.cut:
                found.append((found.pop()[0] if joined else piece.low, piece.high))
            joined = not piece.cut
        return sorted(found, key=lambda stretch: stretch[0] - stretch[1])


def _dominant(gaps: list[tuple[int, int, int]]) -> tuple[list[tuple[int, int, int]], int]:
    """The gaps to be cut, and how much is left: the fewest that dwarf the rest, if any do."""
    largest = sorted(gaps, reverse=True)
    total = sum(gap[0] for gap in gaps)
    rest = total
    for count, gap in enumerate(largest[:MAX_CUTS], start=1):
        rest -= gap[0]
        if rest and gap[0] >= DOMINANT * rest:
            return largest[:count], rest
    return [], total


def _inside(low: int, high: int, rest: int) -> tuple[int, int]:
    """The part of a gap that is cut out, between round numbers: the bars go on a little on both sides of it."""
    grain = 10 ** (len(str(max(1, rest // 20))) - 1)
    start = -(-(low + rest * _MARGIN) // grain) * grain
    end = (high - rest * _MARGIN) // grain * grain
    return int(start), int(end)


def _nice(step: Fraction) -> int:
    """The smallest of 1, 2, 5, 10, 20, … that is not below ``step``.

    >>> _nice(Fraction(7, 2)), _nice(Fraction(101)), _nice(Fraction(0))
    (5, 200, 1)
    """
    power = 1
    while True:
        for factor in (1, 2, 5):
            if factor * power >= step:
                return factor * power
        power *= 10
