"""What counts: named price lists over tallies, and nowhere else.

A convention is a linear map, applied last. ``macs`` and ``flops`` are the two readings of textbooks; ``full`` prices
every operation of the tally.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from .arith import Dim
from .errors import SpecError
from .tally import KINDS, Tally


@dataclass(frozen=True)
class Convention:
    """A price per kind of operation; kinds without a price count nothing, by decision.

    ``unit`` is the word that must stand beside the number.
    """

    name: str
    unit: str
    prices: Mapping[str, int]
    about: str

    def price(self, tally: Tally) -> Dim:
        """The priced tally.

        >>> FLOPS.price(Tally(macs=100, adds=7)), FULL.price(Tally(macs=100, adds=7))
        (200, 207)
        """
        total: Dim = 0
        for kind, count in tally.items():
            price = self.prices.get(kind, 0)
            if price:
                total = total + count * price
        return total


MACS = Convention(
    "macs",
    "MAC",
    MappingProxyType({"macs": 1}),
    "multiply-accumulates of convolutions, linear layers and matrix products; no bias, nothing else",
)
FLOPS = Convention(
    "flops", "FLOP", MappingProxyType({"macs": 2}), "2 floating-point operations per multiply-accumulate"
)
FULL = Convention(
    "full",
    "operation",
    MappingProxyType({kind: 2 if kind == "macs" else 1 for kind in KINDS}),
    "every operation of the tally: 2 per multiply-accumulate, 1 for each bias addition, compare, exponential, …",
)

CONVENTIONS: Mapping[str, Convention] = MappingProxyType({c.name: c for c in (MACS, FLOPS, FULL)})


def convention(name: str) -> Convention:
    """The convention of that name.

    Raises :class:`~convcost.errors.SpecError` for a name that there is not.
    """
    try:
        return CONVENTIONS[name]
    except (KeyError, TypeError):
        raise SpecError(f"there is no convention {name!r}", fix=f"one of {', '.join(CONVENTIONS)}") from None
