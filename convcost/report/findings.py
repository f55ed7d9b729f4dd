"""Findings of ``verify`` as text: what does not hold first, with its evidence and the claim mended."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from typing import Any

from ..messages import Message
from .formats import check_format
from .json import dumps
from .tables import assemble, table

_VERDICTS = {
    "wrong": Message("wrong"),
    "unverifiable": Message("unverifiable"),
    "holds-rounded": Message("holds-rounded"),
    "holds": Message("holds"),
}
_REASONS = {
    "misprint": Message("misprint"),
    "factor-2": Message("factor 2"),
    "bias": Message("bias"),
    "missing-term": Message("missing term"),
    "wrong-operand": Message("wrong operand"),
    "output-shape": Message("output shape"),
    "unit": Message("unit"),
    "rounding": Message("rounding"),
    "ratio-direction": Message("ratio direction"),
    "swapped-columns": Message("swapped columns"),
    "total": Message("total"),
    "arithmetic": Message("arithmetic"),
    "lost-sign": Message("lost sign"),
}
_HEAD = (Message("where"), Message("claim"), Message("verdict"), Message("printed"), Message("computed"))
#: Columns that a claim takes in a table.
_WIDTH = 56


def render_findings(report: Any, fmt: str = "plain", language: str = "en", wrong_only: bool = False) -> str:
    """A report in one of the formats, in one of the languages; perhaps only what is wrong."""
    check_format(fmt)
    data = report.to_dict(language)
    if wrong_only:
        data["findings"] = [finding for finding in data["findings"] if finding["verdict"] == "wrong"]
    if fmt == "json":
        return dumps(data)
    if fmt == "csv":
        return _csv(data["findings"])
    findings = sorted(data["findings"], key=lambda finding: list(_VERDICTS).index(finding["verdict"]))
    rows = [_row(finding, fmt, language) for finding in findings]
    head = [word.to(language) for word in _HEAD]
    parts = [table(fmt, head, rows, left=3)] if rows else []
    parts += _told(fmt, [remark for finding in findings for remark in _remark(finding, language)])
    return assemble(fmt, None, parts, [_summary(data["summary"], language)])


def place(finding: dict[str, Any]) -> str:
    """``file:line``; ``file:cell:line`` in a notebook, ``file:p3:line`` on the third page of a PDF.

    >>> place({"source": "a.ipynb", "cell": 3, "line": 2}), place({"source": "a.pdf", "cell": 3, "line": 120})
    ('a.ipynb:3:2', 'a.pdf:p3:120')
    """
    source, cell = finding["source"], finding.get("cell")
    page = "p" if source.lower().endswith(".pdf") else ""
    return f"{source}:{finding['line']}" if cell is None else f"{source}:{page}{cell}:{finding['line']}"


def _csv(findings: Sequence[dict[str, Any]]) -> str:
    """Words as in JSON, in the order of the documents, with every column that a program may want."""
    head = ["where", "claim", "verdict", "reason", "printed", "computed", "explanation", "mended"]
    rows = [
        [place(f), f["text"], f["verdict"], f["reason"] or "", f["printed"], _number(f["computed"], bare=True),
         f["explanation"], f.get("mended", "")]
        for f in findings
    ]  # fmt: skip
    return table("csv", head, rows)


def _row(finding: dict[str, Any], fmt: str, language: str) -> list[str]:
    verdict = _VERDICTS[finding["verdict"]].to(language)
    if finding["reason"]:
        verdict += f" ({_REASONS[finding['reason']].to(language)})"
    texts = shortened(finding["text"]), shortened(finding["printed"], 30)
    claim, printed = (_as_code(text) if fmt == "markdown" else text for text in texts)
    return [visible(place(finding)), claim, verdict, printed, _number(finding["computed"])]


def _remark(finding: dict[str, Any], language: str) -> list[str]:
    """What is to be said about a finding that does not simply hold."""
    if finding["verdict"] == "holds":
        return []
    told = [visible(f"{place(finding)}: {finding['explanation']}")]
    if finding.get("mended"):
        told.append(visible(Message("mended: {text}", text=finding["mended"]).to(language)))
    return told


def _told(fmt: str, remarks: list[str]) -> list[str]:
    if not remarks:
        return []
    if fmt == "plain":
        return ["\n".join(remarks)]
    return [assemble(fmt, None, [], remarks)]


def _summary(counts: dict[str, int], language: str) -> str:
    if not any(counts.values()):
        return Message("no claim found").to(language)
    told = [f"{count} {_VERDICTS[verdict].to(language)}" for verdict, count in counts.items()]
    return ("，" if language == "zh" else ", ").join(told)


def _number(value: Any, bare: bool = False) -> str:
    if value is None:
        return ""
    return f"{value:,}" if isinstance(value, int) and not bare else shortened(str(value), 30)


def _as_code(text: str) -> str:
    """A text in Markdown as it is: stars are stars, and pipes part no cells."""
    return f"`{text}`".replace("|", "\\|") if text and "`" not in text else text.replace("|", "\\|")


def visible(text: str) -> str:
    """One line without characters that would do something to a terminal.

    >>> visible("a\\x1b[31m\\n b")
    'a·[31m b'
    """
    bare = " ".join(text.split())
    if bare.isprintable():
        return bare
    return "".join(c if c.isprintable() or unicodedata.category(c) == "Cs" else "·" for c in bare)


def shortened(text: str, width: int = _WIDTH) -> str:
    """A text that is too long without its middle.

    >>> shortened("1 + 2 + 3 + 4 + 5 = 15", 16)
    '1 + 2 + … 5 = 15'
    """
    bare = visible(text)
    if _columns(bare) <= width:
        return bare
    head, tail = re.sub(r"\s+\Z", "", _fitting(bare, width // 2)), _fitting(bare[::-1], width - width // 2 - 2)[::-1]
    return f"{head} … {tail.lstrip()}"


def _fitting(text: str, width: int) -> str:
    taken = 0
    for at, character in enumerate(text):
        taken += _columns(character)
        if taken > width:
            return text[:at]
    return text


def _columns(text: str) -> int:
    return sum(1 + (unicodedata.east_asian_width(character) in "WF") for character in text)
