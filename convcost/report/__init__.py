"""``Cost`` → text. Nothing here computes a cost; sums over groups of rows and shares are made for display."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .formats import FORMATS, check_format

if TYPE_CHECKING:
    from ..costing import Cost

__all__ = ["FORMATS", "check_format", "render"]


def render(cost: Cost, fmt: str = "plain", **options: Any) -> str:
    """Rows and totals of ``cost`` in one of :data:`FORMATS`.

    Options: ``convention``, ``units`` (``auto``, ``1``, ``K``, ``M``, ``G``), ``depth`` (group rows by so many parts
    of their path), ``sort`` (``order``, ``macs`` or ``params``), ``columns`` (names of
    :data:`convcost.report.columns.COLUMNS`, a list or a text with commas) and ``element_size`` (bytes of an element,
    for the column ``memory``).
    """
    check_format(fmt)
    if fmt == "json":
        from .json import dumps, with_columns

        told = cost.to_dict(options.get("convention", "macs"))
        return dumps(with_columns(told, cost, options.get("columns"), options.get("element_size", 4)))
    from .tables import cost_table

    return cost_table(cost, fmt, **options)
