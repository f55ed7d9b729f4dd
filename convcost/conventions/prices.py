"""Price lists over tallies: a number per kind of operation."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

from ..arith import Dim
from ..tally import KINDS, Tally
from .base import Convention, Term

if TYPE_CHECKING:
    from ..result import Cost

#: What one operation of each kind of a tally is called in an account.
_WORDS = MappingProxyType(
    {
        "macs": "multiply-accumulate", "adds": "addition", "muls": "product", "divs": "division",
        "compares": "comparison", "exps": "exponential", "logs": "logarithm", "sqrts": "square root",
        "tanhs": "hyperbolic tangent", "erfs": "error function", "pows": "power",
    }
)  # fmt: skip
#: What all conventions call the part that a layer's operations of a kind are; any other layer is its own part.
_PARTS = MappingProxyType(
    {
        ("Conv", "macs"): "convolutions",
        ("Conv", "adds"): "bias of convolutions",
        ("ConvTranspose", "macs"): "convolutions",
        ("ConvTranspose", "adds"): "bias of convolutions",
        ("Linear", "macs"): "linear layers",
        ("Linear", "adds"): "bias of linear layers",
        ("MatMul", "macs"): "matrix products",
        ("ScaledDotProductAttention", "macs"): "attention products",
        ("Add", "adds"): "additions",
        ("BatchNorm", "adds"): "batch norm",
        ("BatchNorm", "muls"): "batch norm",
    }
)


@dataclass(frozen=True)
class PriceList(Convention):
    """A price per kind of operation; kinds without a price count nothing, by decision."""

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

    def account(self, cost: Cost) -> Iterable[Term]:
        for row in cost.rows:
            for kind, count in row.tally.items():
                price = self.prices.get(kind, 0)
                if price and row.macs is not None:
                    part = _PARTS.get((row.kind, kind), row.kind)
                    yield Term(part, f"{price} per {_WORDS[kind]}", row.path, count * price)


MACS = PriceList(
    "macs",
    "MAC",
    MappingProxyType({"macs": 1}),
    "multiply-accumulates of convolutions, linear layers and matrix products; no bias, nothing else",
)
FLOPS = PriceList("flops", "FLOP", MappingProxyType({"macs": 2}), "2 floating-point operations per multiply-accumulate")
FULL = PriceList(
    "full",
    "operation",
    MappingProxyType({kind: 2 if kind == "macs" else 1 for kind in KINDS}),
    "every operation of the tally: 2 per multiply-accumulate, 1 for each bias addition, compare, exponential, …",
)
