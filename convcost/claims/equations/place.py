"""Findings of equations, and the sentences that say what an expression is worth."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from ...errors import ClaimError
from ...messages import Message, plain
from ..documents import Passage
from ..model import Finding
from ..printed import decimal
from ..scan import Side


@dataclass(frozen=True)
class Place:
    """What every finding of a chain shares."""

    passage: Passage
    source: str

    @property
    def text(self) -> str:
        return self.passage.text

    @property
    def is_math(self) -> bool:
        """Whether it is a displayed formula, whose lines belong together."""
        return self.passage.kind == "math"

    def written(self, side: Side) -> str:
        """A side as it is written."""
        return self.text[side.start : side.end]

    def between(self, left: Side, right: Side) -> str:
        """What stands between two sides."""
        return self.text[left.end : right.start]

    def finding(
        self, left: Side, right: Side, printed: Side, stated: Fraction | None, computed: Fraction | None, verdict: str,
        why: Message, reason: str | None = None, mended_number: str | None = None,
    ) -> Finding:  # fmt: skip
        """A verdict on two sides, of which ``printed`` is the one, or a part of it, that is judged."""
        start, end = min(left.start, right.start), max(left.end, right.end)
        spot = self.passage.spot(start, end)
        claim = self.text[start:end]
        cut = (printed.start - start, printed.end - start)
        return Finding(
            source=self.source,
            line=spot.line,
            span=(spot.start, spot.end),
            text=claim,
            kind="equation",
            printed=self.written(printed),
            stated=_whole(stated),
            computed=_whole(computed),
            verdict=verdict,
            reason=reason,
            explanation=why,
            cell=spot.cell,
            printed_at=self.passage.spot(printed.start, printed.end),
            right=mended_number,
            mended=None if mended_number is None else claim[: cut[0]] + mended_number + claim[cut[1] :],
        )

    def beyond(self, error: ClaimError) -> Finding:
        """What is over a limit."""
        spot = self.passage.spot(0, len(self.text))
        return Finding(
            self.source, spot.line, (spot.start, spot.end), self.text[:200], "equation", "", None, None,
            "unverifiable", None, Message("{what}.", what=error.what), spot.cell,
        )  # fmt: skip


def _whole(value: Fraction | None) -> int | Fraction | None:
    return value.numerator if value is not None and value.denominator == 1 else value


def told(value: Fraction) -> Message:
    """A value for reading.

    >>> told(Fraction(34560)), told(Fraction(300, 31))
    ('34,560', '9.67742 (300/31)')
    """
    return plain(f"{value.numerator:,}" if value.denominator == 1 else f"{decimal(value)} ({value})")


def gives(value: Fraction, further: Message | None = None) -> Message:
    """What an expression gives, and what more is to be said of it."""
    if further is None:
        return Message("the expression gives {value}.", value=told(value))
    return Message("the expression gives {value}; {further}.", value=told(value), further=further)
