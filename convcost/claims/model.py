"""Findings: what became of each claim, in the words of the ``verify`` JSON object."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

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
class Finding:
    """One claim and its verdict.

    ``span`` is where it stands in its line, end exclusive; ``stated`` and ``computed`` are in one unit.
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

    def to_dict(self) -> dict[str, Any]:
        """The JSON object; a fraction is a string beside a float."""
        data: dict[str, Any] = {
            "source": self.source,
            "line": self.line,
            "span": list(self.span),
            "text": self.text,
            "kind": self.kind,
            "printed": self.printed,
            **_number("stated", self.stated),
            **_number("computed", self.computed),
            "verdict": self.verdict,
            "reason": self.reason,
            "explanation": self.explanation,
        }
        return data


def _number(name: str, value: Value) -> dict[str, Any]:
    if not isinstance(value, Fraction):
        return {name: value}
    if value.denominator == 1:
        return {name: value.numerator}
    return {name: str(value), f"{name}_float": float(value)}


@dataclass(frozen=True)
class Report:
    """All findings of a text, in the order in which they stand there."""

    findings: tuple[Finding, ...]

    @property
    def summary(self) -> dict[str, int]:
        """How many findings there are of each verdict."""
        return {verdict: sum(finding.verdict == verdict for finding in self.findings) for verdict in VERDICTS}

    def to_dict(self) -> dict[str, Any]:
        """The ``verify`` JSON object."""
        return {
            "schema": SCHEMA,
            "findings": [finding.to_dict() for finding in self.findings],
            "summary": self.summary,
        }

    def __iter__(self) -> Iterator[Finding]:
        return iter(self.findings)

    def __len__(self) -> int:
        return len(self.findings)
