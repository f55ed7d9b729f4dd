"""Findings as SARIF 2.1.0, the form in which analysis tools hand results to editors and to code scanning.

Wrong claims are errors, suspicions notes. What holds, what cannot be judged and what the author accepts is no result.
Columns count Unicode characters, as the run says.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

from ..claims.fix import fixable
from ..claims.model import REASONS, Finding, Spot
from ..claims.places import Placed
from ..messages import Message
from .artifacts import is_file, uri
from .findings import visible
from .json import dumps
from .rules import RULES

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_ROOT = "%SRCROOT%"
_LINK = re.compile(r"\[[^\[\]]*\]\(")
_BRACES = str.maketrans({"{": "{{", "}": "}}"})
_BRACKETS = str.maketrans({"[": "\\[", "]": "\\]", "\\": "\\\\"})


def render_sarif(findings: Iterable[Placed], version: str, language: str = "en") -> str:
    """The findings as a SARIF log, with ``version`` as the tool's."""
    shown = [item for item in findings if item.finding.reason is not None]
    marks = fingerprints(item.finding for item in shown)
    run = {
        "tool": {"driver": _driver(version, language)},
        "language": language,
        "columnKind": "unicodeCodePoints",
        "originalUriBaseIds": {_ROOT: {"description": _message(_FOLDER.to(language))}},
        "invocations": [{"executionSuccessful": True}],
        "results": [_result(item, mark, language) for item, mark in zip(shown, marks, strict=True)],
    }
    return dumps({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]})


_FOLDER = Message("the folder in which convcost was run")


def _driver(version: str, language: str) -> dict[str, Any]:
    return {
        "name": "convcost",
        "version": version,
        "language": language,
        "rules": [_rule(r, language) for r in REASONS],
    }


def _rule(reason: str, language: str) -> dict[str, Any]:
    rule = RULES[reason]
    return {
        "id": reason,
        "name": "".join(word.capitalize() for word in reason.split("-")),
        "shortDescription": _message(rule.short.to(language)),
        "fullDescription": _message(rule.full.to(language)),
        "help": _message(rule.help.to(language)),
        "defaultConfiguration": {"level": "note" if reason == "lost-sign" else "error"},
    }


def _message(text: str) -> dict[str, str]:
    """A plain text message: braces are doubled, and what looks like a link is none."""
    bare = visible(text)
    if _LINK.search(bare):
        bare = bare.translate(_BRACKETS)
    return {"text": _clean(bare.translate(_BRACES))}


def _clean(text: str) -> str:
    """Without halves of surrogate pairs, which are no characters and not in every reader's JSON."""
    return text.encode("utf-8", "replace").decode("utf-8")


def _result(item: Placed, mark: str, language: str) -> dict[str, Any]:
    finding = item.finding
    reason = finding.reason or ""
    result = {
        "ruleId": reason,
        "ruleIndex": REASONS.index(reason),
        "kind": "fail",
        "level": "error" if finding.verdict == "wrong" else "note",
        "message": _message(finding.told(language)),
        "locations": [_location(item)],
        "partialFingerprints": {"claim/v1": mark},
    }
    if item.number is not None and fixable(finding) and is_file(finding.source):
        result["fixes"] = [_fix(item, item.number, language)]
    return result


def _location(item: Placed) -> dict[str, Any]:
    finding = item.finding
    physical: dict[str, Any] = {"artifactLocation": _artifact(finding)}
    at = item.number if item.number is not None and item.number.end > item.number.start else item.claim
    if at is not None and at.end > at.start:
        printed = finding.printed if at is item.number else finding.text
        physical["region"] = _region(at) | {"snippet": {"text": _clean(printed)}}
        if at is not item.claim and item.claim is not None and _encloses(item.claim, at):
            physical["contextRegion"] = _region(item.claim) | {"snippet": {"text": _clean(finding.text)}}
    location: dict[str, Any] = {"physicalLocation": physical}
    if finding.cell is not None:
        location["logicalLocations"] = [
            {"name": f"cell {finding.cell}", "fullyQualifiedName": f"/cells/{finding.cell - 1}", "kind": "object"}
        ]
    return location


def _artifact(finding: Finding) -> dict[str, Any]:
    if not is_file(finding.source):
        return {"description": _message(finding.source)}
    address = uri(finding.source)
    return {"uri": address} if address.startswith("file:") else {"uri": address, "uriBaseId": _ROOT}


def _region(spot: Spot) -> dict[str, Any]:
    return {"startLine": spot.line, "startColumn": spot.start + 1, "endLine": spot.line, "endColumn": spot.end + 1}


def _encloses(outer: Spot, inner: Spot) -> bool:
    return outer.line == inner.line and outer.start <= inner.start and inner.end <= outer.end


def _fix(item: Placed, number: Spot, language: str) -> dict[str, Any]:
    right = item.finding.right or ""
    new = json.dumps(right, ensure_ascii=False)[1:-1] if item.in_json else right
    replacement = {"deletedRegion": _region(number), "insertedContent": {"text": new}}
    return {
        "description": _message(Message("write {right}", right=right).to(language)),
        "artifactChanges": [{"artifactLocation": _artifact(item.finding), "replacements": [replacement]}],
    }


def fingerprints(findings: Iterable[Finding]) -> Iterator[str]:
    """What tells a result from others, wherever it moves in its document: what is claimed, and how often before."""
    seen: Counter[tuple[str, ...]] = Counter()
    for finding in findings:
        said = (" ".join(finding.text.split()), finding.printed, finding.reason or "")
        occurrence = (finding.source, *said)
        content = "\0".join([*said, str(seen[occurrence])])
        seen[occurrence] += 1
        yield hashlib.sha256(content.encode("utf-8", "replace")).hexdigest()[:32]
