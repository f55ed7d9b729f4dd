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
    of their path) and ``sort`` (``order``, ``macs`` or ``params``).
    """
    check_format(fmt)
    if fmt == "json":
        from .json import dumps

        return dumps(cost.to_dict(options.get("convention", "macs")))
    from .tables import cost_table

    return cost_table(cost, fmt, **options)
