"""The readings of a printed number as text and as JSON."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any

from .formats import check_format
from .json import SCHEMA, dumps, network_to_dict
from .tables import assemble, table

if TYPE_CHECKING:
    from ..analysis.identify import Identification


def identification_to_dict(found: Identification) -> dict[str, Any]:
    """The ``identify`` JSON object: exact integers, and fractions as a string beside a float."""
    return {
        "schema": SCHEMA,
        "printed": found.said.text,
        **_json("stated", found.said.printed.value),
        "network": network_to_dict(found.cost),
        "readings": [
            {
                "what": reading.what,
                "convention": reading.convention,
                **_json("value", reading.value),
                **_json("remainder", reading.remainder),
                "exact": reading.exact,
                "changes": reading.changes,
            }
            for reading in found.readings
        ],
        "fitting": found.fitting,
        "tried": found.tried,
        "skipped": [{"convention": name, "why": why} for name, why in found.skipped.items()],
    }


def _json(name: str, value: Fraction) -> dict[str, Any]:
    if value.denominator == 1:
        return {name: value.numerator}
    return {name: str(value), f"{name}_float": float(value)}


def render_identification(found: Identification, fmt: str = "plain") -> str:
    """The readings, nearest first, and what the number stands for."""
    check_format(fmt)
    if fmt == "json":
        return dumps(identification_to_dict(found))
    bare = fmt == "csv"
    lines = [
        [
            reading.what,
            "yes" if reading.exact else "no",
            _text(reading.value, bare),
            _text(reading.remainder, bare, "" if bare else "+"),
            str(float(reading.relative)) if bare else _per_cent(reading.relative),
        ]
        for reading in found.readings
    ]
    body = table(fmt, ["reading", "fits", "value", "number - value", "relative"], lines, left=2)
    return body if bare else assemble(fmt, None, [body], _remarks(found))


def _text(value: Fraction, bare: bool, sign: str = "") -> str:
    """Exact where whole, else to one decimal; a remainder of a number in units of 1024 is a fraction."""
    if bare:
        return str(value)
    if value.denominator == 1:
        return f"{value.numerator:{sign},}"
    whole, tenth = divmod(abs(round(10 * value)), 10)
    return f"{'-' if value < 0 else sign}{whole:,}.{tenth}"


def _per_cent(part: Fraction) -> str:
    if not part:
        return "0"
    return f"{float(100 * part):.3g} %" if part < 10 else "far off"


def _remarks(found: Identification) -> list[str]:
    printed, about = found.said.printed, found.said.about
    step = printed.loose_step if about else printed.step
    remarks = []
    if printed.open_above:
        remarks.append(f"{found.said.text} stands for {_text(printed.value, False)} and some more")
    elif not printed.exact or about:
        low, high = (_text(printed.value + side * step / 2, False) for side in (-1, 1))
        remarks.append(f"{found.said.text} stands for everything from {low} to {high}")
    fit = f"{found.fitting:,} of {found.tried:,} readings fit"
    more = found.fitting - sum(reading.exact for reading in found.readings)
    remarks.append(f"{fit}, {more:,} of them not shown" if more else fit)
    if found.cost.status != "exact":
        remarks.append(f"status: {found.cost.status}; not counted: {', '.join(found.cost.unsupported)}")
    return [*remarks, *(f"not tried: {name}: {why}" for name, why in found.skipped.items())]
