"""A cross-check as text and as JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .formats import check_format
from .json import SCHEMA, cost_to_dict, dumps
from .numbers import number
from .tables import assemble, table

if TYPE_CHECKING:
    from ..analysis.crosscheck import Check, CrossCheck, Layer


def crosscheck_to_dict(found: CrossCheck) -> dict[str, Any]:
    """The object of DESIGN section 6, with what is known of every tool beside it."""
    return {
        "schema": SCHEMA,
        "own": cost_to_dict(found.cost),
        "tools": {check.tool: _tool(check) for check in found.checks},
        "agree": found.agree,
    }


def _tool(check: Check) -> dict[str, Any]:
    return {
        "unit": check.unit,
        "printed": check.printed,
        "predicted": check.predicted,
        "status": check.status,
        "version": check.version,
        "message": check.message,
        "layers": {path: layer._asdict() for path, layer in check.layers.items()},
        "uncounted": list(check.uncounted),
        "uncharged": {kind: list(paths) for kind, paths in check.uncharged.items()},
    }


def render_crosscheck(found: CrossCheck, fmt: str = "plain", *, layers: bool = False) -> str:
    """A line per tool; with ``layers`` a line per module, with a column per tool that has numbers of modules."""
    check_format(fmt)
    if fmt == "json":
        return dumps(crosscheck_to_dict(found))
    if fmt == "csv":
        return _csv_layers(found) if layers else _csv(found)
    head = ["tool", "version", "unit", "it prints", "we say", "difference", "status"]
    lines = [
        [
            check.tool,
            check.version,
            check.unit,
            _number(check.printed),
            _number(check.predicted),
            _difference(check),
            check.status,
        ]
        for check in found.checks
    ]
    parts = [table(fmt, head, lines, left=3)]
    if layers:
        parts.append(_layer_table(found, fmt))
    return assemble(fmt, None, parts, _remarks(found))


def _number(value: int | None) -> str:
    return "–" if value is None else number(value)


def _difference(check: Check) -> str:
    if check.printed is None or check.predicted is None:
        return ""
    return f"{check.printed - check.predicted:+,}" if check.printed != check.predicted else "0"


def _layer_table(found: CrossCheck, fmt: str) -> str:
    tools = [check for check in found.checks if check.layers]
    paths = dict.fromkeys(path for check in tools for path in check.layers)
    lines = [[path, *(_layer(check.layers.get(path)) for check in tools)] for path in paths]
    return table(fmt, ["layer", *(f"{check.tool} ({check.unit})" for check in tools)], lines)


def _layer(layer: Layer | None) -> str:
    """The tool's number, and ours where it is another."""
    if layer is None:
        return ""
    if layer.printed == layer.predicted:
        return number(layer.printed)
    return f"{_number(layer.printed)} ≠ {number(layer.predicted)}"


def _remarks(found: CrossCheck) -> list[str]:
    cost = found.cost
    remarks = [f"own count: {number(cost.macs)} MAC, {number(cost.params)} params, {cost.status}"]
    for check in found.checks:
        if check.message:
            remarks.append(f"{check.tool}: {check.message}")
        if check.uncounted:
            remarks.append(f"{check.tool} says that it skipped {', '.join(check.uncounted)}")
        if check.uncharged:
            kinds = ", ".join(f"{kind} ({len(paths)})" for kind, paths in check.uncharged.items())
            remarks.append(f"{check.tool} charges nothing for {kinds}")
    counts = {status: sum(check.status == status for check in found.checks) for status in _STATUSES}
    return [*remarks, ", ".join(f"{count} {status}" for status, count in counts.items())]


_STATUSES = ("ok", "mismatch", "failed", "missing")


def _csv(found: CrossCheck) -> str:
    head = ["tool", "version", "unit", "printed", "predicted", "status", "message"]
    return table("csv", head, [
        [check.tool, check.version, check.unit, _bare(check.printed), _bare(check.predicted), check.status,
         check.message]
        for check in found.checks
    ])  # fmt: skip


def _csv_layers(found: CrossCheck) -> str:
    return table("csv", ["tool", "unit", "layer", "printed", "predicted"], [
        [check.tool, check.unit, path, _bare(layer.printed), _bare(layer.predicted)]
        for check in found.checks
        for path, layer in check.layers.items()
    ])  # fmt: skip


def _bare(value: int | None) -> str:
    return "" if value is None else str(value)
