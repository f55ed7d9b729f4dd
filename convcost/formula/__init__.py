"""Formulas as ordered trees, written for paper, page and terminal from one source.

A formula keeps the order in which a person would write it: ``k·k·C·N`` stays so, and ``5 × 5 × 192 × 32`` is not
multiplied out. :func:`plain`, :func:`latex`, :func:`typst` and :func:`mathml` write the same tree.

>>> law = Chain(symbol("n"), Product(symbol("k"), symbol("C_in")), Num(1204))
>>> plain(law)
'n = k·C_in = 1,204'
>>> latex(law)
'n = k \\\\cdot C_{\\\\mathrm{in}} = 1{,}204'
"""

from .fragments import fragments
from .latex import latex
from .mathml import mathml
from .nodes import (
    Call,
    Ceil,
    Chain,
    Floor,
    Formula,
    Frac,
    Modulo,
    Neg,
    Num,
    Power,
    Product,
    Root,
    Slot,
    Sum,
    Sym,
    Word,
    size,
    symbol,
)
from .plain import plain
from .put import evaluate, put
from .typst import typst

__all__ = [
    "Call",
    "Ceil",
    "Chain",
    "Floor",
    "Formula",
    "Frac",
    "Modulo",
    "Neg",
    "Num",
    "Power",
    "Product",
    "Root",
    "Slot",
    "Sum",
    "Sym",
    "Word",
    "evaluate",
    "fragments",
    "latex",
    "mathml",
    "plain",
    "put",
    "size",
    "symbol",
    "typst",
]
