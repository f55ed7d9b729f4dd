"""A counter's results on the conformance suite as a table or JSON."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from .json import dumps
from .numbers import number
from .tables import assemble, table

if TYPE_CHECKING:
    from ..conformance import Difference


def to_dict(counter: str, against: str, results: Sequence[Difference]) -> dict[str, Any]:
    """The ``conformance`` JSON object."""
    return {
        "schema": 1,
        "counter": counter,
        "against": against,
        "cases": [
            {
                "case": result.case,
                "expected": result.expected,
                "printed": result.printed,
                "holds": result.holds,
                "why": result.why,
            }
            for result in results
        ],
        "right": sum(result.holds for result in results),
        "wrong": sum(not result.holds for result in results),
    }


def render(counter: str, against: str, results: Sequence[Difference], fmt: str) -> str:
    """The cases that are wrong, and how many are right; every case in JSON and CSV."""
    if fmt == "json":
        return dumps(to_dict(counter, against, results))
    shown = results if fmt == "csv" else [result for result in results if not result.holds]
    head = ["case", "right", counter, "difference", "remark"]
    body = [[result.case, *_numbers(result, fmt), result.why] for result in shown]
    text = table(fmt, head, body)
    if fmt == "csv":
        return text
    wrong = len(shown)
    remark = f"{counter} against {against}: {len(results) - wrong} of {len(results)} cases right, {wrong} wrong"
    return assemble(fmt, None, [text] if shown else [], [remark])


def _numbers(result: Difference, fmt: str) -> list[str]:
    write = str if fmt == "csv" else number
    missing = "" if fmt == "csv" else "failed"
    printed = missing if result.printed is None else write(result.printed)
    expected = "" if result.expected is None else write(result.expected)
    known = result.printed is not None and result.expected is not None
    gap = write(result.printed - result.expected) if known else ""  # type: ignore[operator]
    return [expected, printed, gap]
