"""Mistakes that people make when they count a block, made in the rows of its cost.

They work for numbers and for letters: each multiplies, divides or leaves out what the kernel found.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from ...arith import Dim, exact_div, prod
from ...costing import Cost, Row
from ...messages import Message
from .rows import count


class Term(NamedTuple):
    """A layer's part of the count of a block."""

    row: Row
    block: Cost
    quantity: str

    @property
    def layer(self) -> Any:
        """The convolution."""
        return self.row.layer

    @property
    def count(self) -> Dim:
        """What it really counts for."""
        return count(self.row, self.quantity)

    @property
    def biases(self) -> Dim:
        """Those of the parameters that are biases."""
        return self.layer.out_channels if self.quantity == "params" and self.layer.bias else 0

    @property
    def weights(self) -> Dim:
        """The count without biases."""
        return self.count - self.biases


#: The count of a layer, made wrong; what it really is where the mistake cannot be made.
Slip = Callable[[Term], Dim]


def no_slip(term: Term) -> Dim:
    """No mistake."""
    return term.count


def _wide(term: Term) -> Dim:
    return exact_div(term.weights, term.row.input[0]) * term.block.inputs[0][0] + term.biases


def _without_depthwise(term: Term) -> Dim:
    return 0 if term.layer.groups == "depthwise" else term.count


def _full(term: Term) -> Dim:
    groups = term.row.input[0] if term.layer.groups == "depthwise" else term.layer.groups
    return term.weights * groups + term.biases


def _without_points(term: Term) -> Dim:
    return 0 if term.layer.kernel == 1 else term.count


def _square(term: Term) -> Dim:
    kernel = term.layer.kernel
    if not isinstance(kernel, tuple):
        return term.count
    longer = kernel[1] if type(kernel[0]) is int and kernel[0] == 1 else kernel[0]
    return term.weights * longer + term.biases


def _one_side(term: Term) -> Dim:
    kernel = term.layer.kernel
    return term.count if isinstance(kernel, tuple) else exact_div(term.weights, kernel) + term.biases


def _no_bias(term: Term) -> Dim:
    return term.weights


def _other_quantity(term: Term) -> Dim:
    return exact_div(term.row.macs, prod(term.row.output[1:])) if term.quantity == "macs" else term.row.macs


def _bias_added(term: Term) -> Dim:
    return term.count + term.row.output[0] * (prod(term.row.output[1:]) if term.quantity == "macs" else 1)


def _twice(term: Term) -> Dim:
    return 2 * term.count


#: With the quantity that they can be made in; mistakes of blocks, for either, stand first.
SLIPS: tuple[tuple[Slip, Message, str], ...] = (
    (_wide, Message("every layer counted as if it read the block's input"), ""),
    (_without_depthwise, Message("the depthwise convolution forgotten"), ""),
    (_full, Message("the groups forgotten: counted as ordinary convolutions"), ""),
    (_without_points, Message("the 1 × 1 convolutions forgotten"), ""),
    (_square, Message("the oblong kernels counted as square ones"), ""),
    (_one_side, Message("only one side of the kernel counted"), ""),
    (_no_bias, Message("the biases forgotten"), "params"),
    (_other_quantity, Message("weights counted: the places of the map forgotten"), "macs"),
    (_other_quantity, Message("multiply-accumulates counted instead of parameters"), "params"),
    (_bias_added, Message("the additions of biases counted"), "macs"),
    (_bias_added, Message("a bias too many for every filter"), "params"),
    (_twice, Message("FLOPs counted: two for each multiply-accumulate"), "macs"),
    (_twice, Message("everything counted twice"), "params"),
)


def slips(quantity: str, *, of_blocks: bool = False) -> list[tuple[Slip, Message]]:
    """Mistakes that can be made in a quantity, the ones of blocks before those of any layer; or the former alone."""
    return [(slip, why) for slip, why, only in SLIPS if only in (("",) if of_blocks else ("", quantity))]


def mistaken(block: Cost, quantity: str, slip: Slip) -> Dim:
    """The count of a block with a mistake in every layer where it can be made.

    >>> from ...costing import cost
    >>> from ...layers import Conv
    >>> bottleneck = cost(Conv(16, 1) >> Conv(32, 5, padding=2), (192, 28, 28))
    >>> mistaken(bottleneck, "macs", no_slip), mistaken(bottleneck, "macs", _without_points)
    (12443648, 10035200)
    """
    return sum(slip(Term(row, block, quantity)) for row in block.rows if row.macs)
