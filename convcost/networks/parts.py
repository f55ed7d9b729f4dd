"""The small parts that several networks are made of."""

from __future__ import annotations

from typing import Any

from ..arith import Dim
from ..block import Block, Seq
from ..layers import BatchNorm, Conv, ReLU


def conv_relu(out: Dim, kernel: Any, stride: int = 1, padding: Any = 0, name: str | None = None) -> Block:
    """Convolution with bias, then ReLU: the unit of the networks before batch normalization.

    >>> conv_relu(64, 3, padding=1)
    Conv(64, 3, padding=1) >> ReLU()
    """
    return Seq(Conv(out, kernel, stride=stride, padding=padding), ReLU(), name=name)


def conv_norm_relu(
    out: Dim, kernel: Any, stride: int = 1, padding: Any = 0, *, bias: bool = False, name: str | None = None
) -> Block:
    """Convolution, batch normalization, ReLU; the shift of the normalization stands in for the bias.

    >>> conv_norm_relu(64, 1)
    Conv(64, 1, bias=False) >> BatchNorm() >> ReLU()
    """
    return Seq(Conv(out, kernel, stride=stride, padding=padding, bias=bias), BatchNorm(), ReLU(), name=name)
