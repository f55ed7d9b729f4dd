"""The one description of a layer that multiplies.

A convolution, a linear layer and a matrix product are the same thing: a nest of loops over named indices, with one
multiply-accumulate in its heart. Which operand an index touches decides everything else, so MACs, params, operand
sizes, the length of a reduction and the printed derivation are all read off this description and none is typed twice.
(The idea is that of loop-nest models such as Timeloop and ZigZag.)
"""

from __future__ import annotations

from operator import itemgetter
from typing import NamedTuple, TypeAlias

from .arith import Dim, prod

#: One loop: its name as a formula writes it, its extent, and the operands that it touches, made of ``i`` (input, or
#: the left operand), ``w`` (weight, or the right operand) and ``o`` (output). An index that runs over windows touches
#: the input, or in a transposed convolution the output, through them and carries no letter for it.
Index: TypeAlias = tuple[str, Dim, str]
_extent = itemgetter(1)


class Contraction(NamedTuple):
    """A loop nest around one multiply-accumulate.

    ``learned`` says whether the second operand is a parameter.

    >>> conv = Contraction((("k_H", 5, "w"), ("k_W", 5, "w"), ("C_in", 192, "iw"),
    ...                     ("C_out", 32, "wo"), ("H_out", 28, "o"), ("W_out", 28, "o")))
    >>> conv.macs, conv.weights, conv.reduction
    (120422400, 153600, 4800)
    """

    indices: tuple[Index, ...]
    name: str = ""
    learned: bool = True

    @property
    def macs(self) -> Dim:
        """Multiply-accumulates: the product of all extents. Taps that fall on padding are counted."""
        return prod(map(_extent, self.indices))

    def loops(self, quantity: str) -> list[Index]:
        """The loops whose product is ``macs``, all of them, or ``params``, those of the weight."""
        return [index for index in self.indices if quantity == "macs" or "w" in index[2]]

    def size(self, operand: str) -> Dim:
        """Elements of ``"w"`` or, where no windows overlap, ``"i"`` or ``"o"``."""
        return prod([extent for _, extent, touches in self.indices if operand in touches])

    @property
    def weights(self) -> Dim:
        """Learned parameters: the size of the weight, 0 where the second operand is computed as well."""
        return self.size("w") if self.learned else 0

    @property
    def reduction(self) -> Dim:
        """How many products are summed into one output element."""
        return prod(extent for _, extent, touches in self.indices if "o" not in touches)
