"""A comparison as text and as JSON."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any

from ..arith import is_symbolic
from ..layers.base import shape_text
from .formats import check_format
from .json import SCHEMA, dumps, value
from .numbers import formula, number, scale_of
from .tables import assemble, cost_table, table

if TYPE_CHECKING:
    from ..analysis.compare import BreakEven, Comparison


def comparison_to_dict(comparison: Comparison) -> dict[str, Any]:
    """The object of DESIGN section 6; exact ratios beside the floats."""
    exact = {quantity: comparison.ratios(quantity) for quantity in ("macs", "params")}
    return {
        "schema": SCHEMA,
        "blocks": [cost.to_dict() for cost in comparison.costs],
        "ratios": {quantity: [_plain(ratio) for ratio in ratios] for quantity, ratios in exact.items()},
        "exact_ratios": {quantity: [_exact(ratio) for ratio in ratios] for quantity, ratios in exact.items()},
        "closed_forms": [str(value(form)) for form in comparison.closed_forms],
        "ratio_closed_forms": [_exact(ratio) for ratio in comparison.ratio_forms],
        "break_even": _break_even(comparison.break_even),
    }


def _plain(ratio: Any) -> Any:
    return None if ratio is None else value(ratio) if is_symbolic(ratio) else float(ratio)


def _exact(ratio: Any) -> str | None:
    return None if ratio is None else str(value(ratio)) if is_symbolic(ratio) else str(ratio)


def _break_even(found: BreakEven | None) -> dict[str, Any]:
    if found is None:
        return {}
    data: dict[str, Any] = {
        "symbol": found.symbol,
        "expression": str(value(found.expression)),
        "block": found.block,
    }
    if found.value is not None:
        data["value"] = str(found.value) if found.exact else str(value(found.expression))
        data["value_float"] = float(found.value)
        data["first_macs"] = found.first_macs
        for side in ("cheaper", "dearer"):
            at = getattr(found, side)
            data[side] = None if at is None else {"width": at[0], "macs": at[1]}
    return data


def render_comparison(comparison: Comparison, fmt: str = "plain", *, units: str = "auto", rows: bool = True) -> str:
    """Rows of each block, then all blocks side by side, ratios, closed forms and the break-even width."""
    check_format(fmt)
    if fmt == "json":
        return dumps(comparison_to_dict(comparison))
    side_by_side = _side_by_side(comparison, fmt, units)
    if fmt == "csv":
        return side_by_side
    parts = [side_by_side]
    if rows:
        each = (
            cost_table(cost, fmt, units=units, title=_title(n, cost.spec)) for n, cost in enumerate(comparison.costs, 1)
        )
        parts = [*each, side_by_side]
    return assemble(fmt, None, parts, _remarks(comparison))


def _title(place: int, spec: str) -> str:
    return f"[{place}] {spec if len(spec) <= 100 else spec[:97] + '…'}"


def _side_by_side(comparison: Comparison, fmt: str, units: str) -> str:
    prefix, factor = scale_of(units)
    head = ["block", "output", f"{prefix} MAC".strip(), "MAC ratio", "params", "params ratio"]
    lines = []
    for place, (cost, macs, params) in enumerate(
        zip(comparison.costs, comparison.ratios("macs"), comparison.ratios("params"), strict=True), start=1
    ):
        outputs = ", ".join(map(shape_text, cost.outputs))
        numbers = [number(cost.macs, factor), _ratio_text(macs), number(cost.params), _ratio_text(params)]
        if fmt == "csv":
            numbers = [str(cost.macs), str(macs), str(cost.params), str(params)]
        lines.append([f"[{place}]" if fmt != "csv" else cost.spec, outputs, *numbers])
    return table(fmt, head, lines, left=2)


def _ratio_text(ratio: Any) -> str:
    if ratio is None:
        return "–"
    return formula(ratio) if is_symbolic(ratio) else f"{float(ratio):,.3f}"


def _remarks(comparison: Comparison) -> list[str]:
    remarks = ["ratio = first block / this block: above 1, this block is cheaper"]
    if len({cost.output for cost in comparison.costs}) > 1:
        remarks.append("note: the blocks' output shapes differ, one cannot stand for the other")
    for place, cost in enumerate(comparison.costs, start=1):
        if cost.status != "exact":
            missing = ", ".join(cost.unsupported)
            remarks.append(f"note: [{place}] is {cost.status} (not counted: {missing}) and has no ratio")
    for place, form in enumerate(comparison.closed_forms, start=1):
        remarks.append(f"MACs [{place}] = {number(form)}")
    for place, ratio in enumerate(comparison.ratio_forms, start=1):
        if place > 1 and ratio is not None:
            remarks.append(f"ratio [1]/[{place}] = {formula(ratio)}" + _number(comparison.ratios()[place - 1]))
    found = comparison.break_even
    if found is not None:
        remarks.append(_break_even_text(found))
    return [*remarks, *(f"assumes {assumption}" for assumption in comparison.assumptions)]


def _number(ratio: Any) -> str:
    return f" = {ratio} = {float(ratio):,.3f} here" if isinstance(ratio, Fraction) else ""


def _break_even_text(found: BreakEven) -> str:
    text = f"break-even of [1] and [{found.block + 1}]: {found.symbol} = {formula(found.expression)}"
    if found.value is None:
        return text
    text += f" = {float(found.value):,.2f} here" if found.exact else f" ≈ {float(found.value):,.2f} here"
    sides = []
    for at, word in ((found.cheaper, "cheaper"), (found.dearer, "dearer")):
        if at is not None:
            sides.append(f"{found.symbol}={at[0]} costs {number(at[1])} MAC ({word})")
    return f"{text}; {', '.join(sides)}; [1] costs {number(found.first_macs)} MAC"
