"""What changed between two costs, as text and as JSON."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any

from ..arith import Dim
from ..layers.base import shape_text
from .formats import check_format
from .json import SCHEMA, dumps, network_to_dict, value
from .numbers import number
from .tables import assemble, table

if TYPE_CHECKING:
    from ..analysis.difference import Change, CostDifference
    from ..costing import Cost

_QUANTITIES = (("params", "params"), ("macs", "MAC"))


def difference_to_dict(found: CostDifference) -> dict[str, Any]:
    """The ``diff`` JSON object: expressions are strings, growth is a fraction beside a float."""
    return {
        "schema": SCHEMA,
        "old": {**network_to_dict(found.old), "status": found.old.status},
        "new": {**network_to_dict(found.new), "status": found.new.status},
        "totals": {name: _change(found.change(name)) for name, _ in _QUANTITIES},
        "rows": [
            {
                "path": row.path,
                "status": row.status,
                "what": row.what,
                **{name: _change(row.change(name)) for name, _ in _QUANTITIES},
            }
            for row in found.rows
        ],
        "unchanged": found.unchanged,
    }


def _change(change: Change) -> dict[str, Any]:
    data = {"old": value(change.old), "new": value(change.new), "change": value(change.absolute)}
    if change.relative is not None:
        data |= {"relative": str(change.relative), "relative_float": float(change.relative)}
    return data


def render_difference(found: CostDifference, fmt: str = "plain") -> str:
    """Totals before and after, then the rows that differ."""
    check_format(fmt)
    if fmt == "json":
        return dumps(difference_to_dict(found))
    bare = fmt == "csv"
    totals = [
        [unit, *_texts(found.change(name), bare), _growth(found.change(name).relative)] for name, unit in _QUANTITIES
    ]
    rows = [
        [row.path, row.status, row.what, *(text for name, _ in _QUANTITIES for text in _texts(row.change(name), bare))]
        for row in found.rows
    ]
    if bare:
        total = ["total", "", "", *(text for line in totals for text in line[1:4])]
        head = [f"{name} {word}" for name in ("params", "MAC") for word in ("old", "new", "change")]
        return table(fmt, ["path", "status", "what", *head], [*rows, total], left=3)
    parts = [table(fmt, ["total", "old", "new", "change", "growth"], totals)]
    if rows:
        shown = [[path, status, what, params, macs] for path, status, what, _, _, params, _, _, macs in rows]
        parts.append(table(fmt, ["layer", "", "what", "params", "MAC"], shown, left=3))
    return assemble(fmt, None, parts, _remarks(found))


def _texts(change: Change, bare: bool) -> list[str]:
    return [_text(change.old, bare), _text(change.new, bare), _signed(change.absolute, bare)]


def _text(quantity: Dim, bare: bool) -> str:
    return number(quantity) if not bare else "unknown" if quantity is None else str(value(quantity))


def _signed(quantity: Dim, bare: bool) -> str:
    return f"{quantity:+,}" if type(quantity) is int and quantity and not bare else _text(quantity, bare)


def _growth(relative: Fraction | None) -> str:
    if relative is None:
        return ""
    return f"{float(100 * relative):+.3g} %" if relative else "0 %"


def _remarks(found: CostDifference) -> list[str]:
    counts = {status: sum(row.status == status for row in found.rows) for status in ("added", "removed", "changed")}
    said = ", ".join(f"{count} {status}" for status, count in counts.items())
    remarks = [f"rows: {said}, {found.unchanged} unchanged"]
    for what, old, new in (
        ("spec", found.old.spec, found.new.spec),
        ("input", _inputs(found.old), _inputs(found.new)),
        ("batch", str(found.old.batch), str(found.new.batch)),
    ):
        if old != new:
            remarks.append(f"note: the {what} differs: {_short(old)}, now {_short(new)}")
    for word, cost in (("old", found.old), ("new", found.new)):
        if cost.status != "exact":
            remarks.append(f"note: the {word} cost is {cost.status}; not counted: {', '.join(cost.unsupported)}")
        remarks += [f"the {word} cost assumes {assumption}" for assumption in cost.assumptions]
    return remarks


def _inputs(cost: Cost) -> str:
    return ", ".join(map(shape_text, cost.inputs))


def _short(text: str) -> str:
    return text if len(text) <= 80 else text[:77] + "…"
