"""Findings as annotations of GitHub Actions: one workflow command a line, which shows them at their places.

Whatever stands in a document or in its name stays inside its command: line ends, and the marks that end a property, are
spelled as GitHub wants them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ..claims.model import Finding
from ..claims.places import Placed
from ..messages import Message
from .artifacts import is_file, relative
from .findings import place, visible
from .rules import RULES

_DATA = str.maketrans({"%": "%25", "\r": "%0D", "\n": "%0A"})
_PROPERTY = str.maketrans({"%": "%25", "\r": "%0D", "\n": "%0A", ":": "%3A", ",": "%2C"})


def render_github(findings: Iterable[Placed], language: str = "en") -> str:
    """A command for each wrong claim (an error) and each suspicion (a notice)."""
    return "\n".join(_command(item, language) for item in findings if item.finding.reason is not None)


def _command(item: Placed, language: str) -> str:
    finding = item.finding
    level = "error" if finding.verdict == "wrong" else "notice"
    properties = ",".join(f"{name}={value.translate(_PROPERTY)}" for name, value in _properties(item, language))
    return f"::{level} {properties}::{_told(finding, language).translate(_DATA)}"


def _properties(item: Placed, language: str) -> Iterator[tuple[str, str]]:
    finding = item.finding
    if is_file(finding.source):
        yield "file", relative(finding.source)
    at = item.number if item.number is not None and item.number.end > item.number.start else item.claim
    if at is not None:
        yield "line", str(at.line)
        yield "endLine", str(at.line)
        yield "col", str(at.start + 1)
        yield "endColumn", str(max(at.end, at.start + 1))
    yield "title", RULES[finding.reason or ""].short.to(language)


def _told(finding: Finding, language: str) -> str:
    lines = [finding.told(language)]
    if finding.mended:
        lines.append(Message("mended: {text}", text=finding.mended).to(language))
    if finding.cell is not None:
        lines.insert(0, visible(place(finding.to_dict())))
    return "\n".join(map(visible, lines))
