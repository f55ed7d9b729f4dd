"""Findings of ``verify`` as text."""

from __future__ import annotations

import textwrap
from typing import Any

from .formats import check_format
from .json import dumps
from .tables import assemble, table


def render_findings(report: Any, fmt: str = "plain") -> str:
    """A report in one of the formats: place, claim, verdict, computed value, and why."""
    check_format(fmt)
    data = report.to_dict()
    if fmt == "json":
        return dumps(data)
    head = ["where", "claim", "verdict", "computed"]
    lines = []
    for finding in data["findings"]:
        claim = finding["text"] if fmt == "csv" else textwrap.shorten(finding["text"], 70, placeholder=" …")
        verdict = finding["verdict"] + (f" ({finding['reason']})" if finding["reason"] else "")
        place = f"{finding['source']}:{finding['line']}"
        lines.append([place, claim, verdict, _computed(finding["computed"], fmt == "csv")])
    if fmt == "csv":
        return table(fmt, [*head, "explanation"], [
            [*line, finding["explanation"]] for line, finding in zip(lines, data["findings"], strict=True)
        ])  # fmt: skip
    counts = ", ".join(f"{count} {verdict}" for verdict, count in data["summary"].items())
    if not lines:
        return assemble(fmt, None, [], ["no claim found"])
    remarks = [
        f"{finding['source']}:{finding['line']}: {finding['explanation']}"
        for finding in data["findings"]
        if finding["verdict"] != "holds"
    ]
    return assemble(fmt, None, [table(fmt, head, lines, left=4)], [*remarks, counts])


def _computed(value: Any, bare: bool) -> str:
    if value is None:
        return ""
    return f"{value:,}" if isinstance(value, int) and not bare else str(value)
