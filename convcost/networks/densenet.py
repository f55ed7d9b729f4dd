"""DenseNet: every layer sees all maps before it."""

from __future__ import annotations

from ..arith import Dim
from ..block import Block, Identity, Seq
from ..layers import BatchNorm, Concat, Conv, Flatten, GlobalPool, Linear, Pool, ReLU
from .parts import conv_norm_relu


def dense_layer(growth: Dim, name: str | None = None) -> Block:
    """Normalization first, 1×1 to four times ``growth``, 3×3 to ``growth``, laid beside the input.

    >>> from convcost import cost
    >>> cost(dense_layer(32), (64, 56, 56)).output_shape
    (96, 56, 56)
    """
    new = [
        BatchNorm(), ReLU(), Conv(4 * growth, 1, bias=False),
        BatchNorm(), ReLU(), Conv(growth, 3, padding=1, bias=False),
    ]  # fmt: skip
    return Concat(Identity(), Seq(*new, name="new"), name=name)


def transition(out: Dim, name: str | None = None) -> Block:
    """Between dense blocks: 1×1 to ``out`` channels, then half the size."""
    return Seq(BatchNorm(), ReLU(), Conv(out, 1, bias=False), Pool(2, kind="avg"), name=name)


def densenet121(classes: int = 1000) -> Block:
    """DenseNet-121 with growth 32 (Huang et al. 2017, table 1), as torchvision builds it.

    >>> from convcost import cost
    >>> cost(densenet121(), (3, 224, 224)).params
    7978856
    """
    growth, channels = 32, 64
    parts: list[Block] = [Seq(conv_norm_relu(channels, 7, 2, 3), Pool(3, stride=2, padding=1), name="stem")]
    counts = (6, 12, 24, 16)
    for number, count in enumerate(counts, start=1):
        layers = [dense_layer(growth, name=f"layer{place}") for place in range(1, count + 1)]
        parts.append(Seq(*layers, name=f"denseblock{number}"))
        channels += growth * count
        if number < len(counts):
            channels //= 2
            parts.append(transition(channels, name=f"transition{number}"))
    return Seq(*parts, BatchNorm(name="norm5"), ReLU(), GlobalPool(), Flatten(), Linear(classes, name="classifier"))
