"""``Cost`` → text. Nothing here computes a cost; sums over groups of rows and shares are made for display."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..errors import SpecError

if TYPE_CHECKING:
    from ..costing import Cost

FORMATS = ("plain", "markdown", "latex", "html", "json", "csv")


def check_format(fmt: str) -> None:
    """Raise for a format that there is not."""
    if fmt not in FORMATS:
        raise SpecError(f"there is no format {fmt!r}", fix=f"one of {', '.join(FORMATS)}")


def render(cost: Cost, fmt: str = "plain", **options: Any) -> str:
    """Rows and totals of ``cost`` in one of :data:`FORMATS`.

    Options: ``convention``, ``units`` (``auto``, ``1``, ``K``, ``M``, ``G``), ``depth`` (group rows by so many parts
    of their path) and ``sort`` (``order``, ``macs`` or ``params``).
    """
    check_format(fmt)
    if fmt == "json":
        from .json import dumps

        return dumps(cost.to_dict(options.get("convention", "macs")))
    from .tables import cost_table

    return cost_table(cost, fmt, **options)
