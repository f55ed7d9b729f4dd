"""Limits on what a network may cost, for checks that run by themselves."""

from __future__ import annotations

from ..costing import Cost
from ..errors import SpecError


def known(cost: Cost, quantity: str) -> int:
    """A total as a plain number.

    Raises :class:`~convcost.errors.SpecError` for one over symbols, or of which a part was not counted.
    """
    value = getattr(cost, quantity)
    if type(value) is not int or (quantity == "macs" and cost.status != "exact"):
        raise SpecError("a budget needs a known number", got=f"{quantity} = {str(value)[:60]}, status {cost.status}")
    return value


def over(cost: Cost, quantity: str, limit: int) -> list[str]:
    """What is over the limit, in words; empty if it is kept.

    >>> from convcost import Conv, cost
    >>> over(cost(Conv(8, 1), (3, 4, 4)), "macs", 300), over(cost(Conv(8, 1), (3, 4, 4)), "macs", 384)
    (['384 macs, at most 300 allowed'], [])
    """
    value = known(cost, quantity)
    return [f"{value:,} {quantity}, at most {limit:,} allowed"] if value > limit else []
