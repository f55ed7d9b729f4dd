"""Findings: what became of each claim, in the words of the ``verify`` JSON object."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

from ..messages import Message

SCHEMA = 1
VERDICTS = ("holds", "holds-rounded", "wrong", "unverifiable")
KINDS = ("equation", "ratio", "shape", "table", "total", "memory", "depth", "receptive-field")
REASONS = (
    "misprint", "factor-2", "bias", "missing-term", "wrong-operand", "output-shape", "unit", "rounding",
    "ratio-direction", "swapped-columns", "total", "arithmetic", "lost-sign",
)  # fmt: skip
#: A number, words for what is no number (a shape), or nothing.
Value = int | Fraction | str | None


@dataclass(frozen=True)
class Spot:
    """A stretch of one source line: line (and notebook cell) count from 1, columns from 0, end exclusive."""

    line: int
    start: int
    end: int
    cell: int | None = None


@dataclass(frozen=True)
class Finding:
    """One claim and its verdict.

    ``span`` is where it stands in its line, end exclusive; ``stated`` and ``computed`` are in one unit. A wrong number
    that can be mended has ``mended``, the claim with the right number in it; ``printed_at`` is where the number stands,
    ``right`` what belongs there. ``accepted`` is the author's own reason for leaving the claim as it is.
    """

    source: str
    line: int
    span: tuple[int, int]
    text: str
    kind: str
    printed: str
    stated: Value
    computed: Value
    verdict: str
    reason: str | None
    explanation: str
    cell: int | None = None
    mended: str | None = None
    printed_at: Spot | None = None
    right: str | None = None
    accepted: str | None = None

    def told(self, language: str) -> str:
        """The explanation in another language.

        >>> Finding("a", 1, (0, 1), "", "equation", "", 1, 1, "holds", None, "fine.").told("zh")
        'fine.'
        """
        return self.explanation.to(language) if isinstance(self.explanation, Message) else self.explanation

    def to_dict(self, language: str = "en") -> dict[str, Any]:
        """The JSON object; a fraction is a string beside a float."""
        data: dict[str, Any] = {
            "source": self.source,
            "line": self.line,
            **({} if self.cell is None else {"cell": self.cell}),
            "span": list(self.span),
            "text": self.text,
            "kind": self.kind,
            "printed": self.printed,
            **_number("stated", self.stated),
            **_number("computed", self.computed),
            "verdict": self.verdict,
            "reason": self.reason,
            "explanation": self.told(language),
            **({} if self.mended is None else {"mended": self.mended}),
            **({} if self.accepted is None else {"accepted": self.accepted}),
        }
        return data


def _number(name: str, value: Value) -> dict[str, Any]:
    if not isinstance(value, Fraction):
        return {name: value}
    if value.denominator == 1:
        return {name: value.numerator}
    return {name: str(value), f"{name}_float": float(value)}


def accepted(finding: Finding, why: str) -> Finding:
    """The same finding where the author says that the claim stays as it is: it is no error any more, and not lost."""
    told = Message("accepted by the author: {why}.", why=why) if why else Message("accepted by the author.")
    return replace(
        finding,
        verdict="unverifiable",
        reason=None,
        explanation=Message.joined(told, finding.explanation),
        mended=None,
        right=None,
        accepted=why,
    )


@dataclass(frozen=True)
class Report:
    """All findings of a text, in the order in which they stand there."""

    findings: tuple[Finding, ...]

    @property
    def summary(self) -> dict[str, int]:
        """How many findings there are of each verdict."""
        return {verdict: sum(finding.verdict == verdict for finding in self.findings) for verdict in VERDICTS}

    def to_dict(self, language: str = "en") -> dict[str, Any]:
        """The ``verify`` JSON object; explanations in ``language``."""
        return {
            "schema": SCHEMA,
            "findings": [finding.to_dict(language) for finding in self.findings],
            "summary": self.summary,
        }

    def __iter__(self) -> Iterator[Finding]:
        return iter(self.findings)

    def __len__(self) -> int:
        return len(self.findings)
