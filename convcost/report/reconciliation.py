"""A reconciliation as text, as JSON and as a picture."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..arith import Dim, is_symbolic
from ..errors import SpecError
from .formats import check_format
from .json import SCHEMA, dumps, network_to_dict, value
from .numbers import number
from .tables import assemble, table
from .waterfall import waterfall

if TYPE_CHECKING:
    from ..analysis.reconcile import Reconciliation


def reconciliation_to_dict(found: Reconciliation, *, by_path: bool = False) -> dict[str, Any]:
    """The object of DESIGN section 6, with the units, the network and its status; places only where asked for."""
    data: dict[str, Any] = {
        "schema": SCHEMA,
        "from": {"tool": found.start.tool, "value": value(found.start.value)},
        "to": {"tool": found.end.tool, "value": value(found.end.value)},
        "terms": [{"what": term.what, "value": value(term.value)} for term in found.terms],
        "remainder": value(found.remainder),
        "units": {"from": found.start.unit, "to": found.end.unit},
        "network": network_to_dict(found.cost),
        "status": found.cost.status,
        "assumptions": list(found.cost.assumptions),
        "unsupported": list(found.cost.unsupported),
    }
    if by_path:
        data["by_path"] = [
            {"path": place.path, "what": place.what, "value": value(place.value)} for place in found.by_path()
        ]
    return data


def render_reconciliation(found: Reconciliation, fmt: str = "plain", *, by_path: bool = False) -> str:
    """The start, every difference, the end, and whether anything is left."""
    check_format(fmt)
    if fmt == "json":
        return dumps(reconciliation_to_dict(found, by_path=by_path))
    bare = fmt == "csv"
    lines = [["", _label(found.start), _text(found.start.value, bare)]]
    rows = found.by_path() if by_path else [(term.part, term.what, term.value) for term in found.terms]
    lines += [[path, what, _signed(amount, bare)] for path, what, amount in rows]
    if found.remainder is not None and not found.exact:
        lines.append(["", "not accounted for", _signed(found.remainder, bare)])
    lines.append(["", _label(found.end), _text(found.end.value, bare)])
    head = ["layer", "what", "value"]
    if not by_path:
        head, lines = head[1:], [line[1:] for line in lines]
    body = table(fmt, head, lines, left=len(head) - 1)
    return body if bare else assemble(fmt, None, [body], _remarks(found))


def _label(side: Any) -> str:
    return f"{side.tool} ({side.unit})"


def _text(amount: Dim, bare: bool) -> str:
    return str(value(amount)) if bare and amount is not None else number(amount)


def _signed(amount: Dim, bare: bool) -> str:
    if type(amount) is int:
        return str(amount) if bare else f"{amount:+,}"
    return _text(amount, bare)


def _remarks(found: Reconciliation) -> list[str]:
    remarks = []
    if found.difference is None:
        remarks.append("the cost is unknown, so there is nothing to account for")
    elif found.exact:
        remarks.append(f"difference {_signed(found.difference, False)}: accounted for to the unit, remainder 0")
    else:
        remarks.append(
            f"difference {_signed(found.difference, False)}: remainder {_signed(found.remainder, False)}; an account "
            "does not add up to its total"
        )
    if found.start.unit != found.end.unit:
        remarks.append(f"note: the two numbers have different units, {found.start.unit} and {found.end.unit}")
    if found.cost.status != "exact":
        left_out = ", ".join(found.cost.unsupported)
        remarks.append(f"status: {found.cost.status}; counted by neither: {left_out}")
    return [*remarks, *(f"assumes {assumption}" for assumption in found.cost.assumptions)]


def draw_reconciliation(found: Reconciliation) -> str:
    """The account as a waterfall of bars, in SVG."""
    if type(found.difference) is not int:
        symbolic = is_symbolic(found.difference)
        raise SpecError(
            "a picture needs numbers",
            got="a symbolic cost" if symbolic else "an unknown cost",
            fix="put numbers in with .subs(), or give --input in numbers" if symbolic else "",
        )
    steps = [(term.what, int(term.value)) for term in found.terms]
    if not found.exact:
        steps.append(("not accounted for", int(found.remainder)))
    spec = found.cost.spec
    return waterfall(
        (_label(found.start), int(found.start.value)),
        steps,
        (_label(found.end), int(found.end.value)),
        title=f"From {found.start.tool} to {found.end.tool}: {spec if len(spec) <= 100 else spec[:99] + '…'}",
    )
