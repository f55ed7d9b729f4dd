"""Residual networks."""

from __future__ import annotations

from ..arith import Dim
from ..block import Block, Identity, Seq
from ..layers import Add, BatchNorm, Conv, Flatten, GlobalPool, Linear, Pool, ReLU
from .parts import conv_norm_relu

#: Blocks per stage, and whether they are bottlenecks.
STAGES = {18: ((2, 2, 2, 2), False), 34: ((3, 4, 6, 3), False), 50: ((3, 4, 6, 3), True)}
STAGES |= {101: ((3, 4, 23, 3), True), 152: ((3, 8, 36, 3), True)}


def _residual(body: Block, out: Dim, stride: int, project: bool, name: str | None) -> Block:
    shortcut = Seq(Conv(out, 1, stride=stride, bias=False), BatchNorm()) if project else Identity()
    return Seq(Add(shortcut.named("shortcut"), body.named("body")), ReLU(), name=name)


def basic(width: Dim, stride: int = 1, project: bool = False, name: str | None = None) -> Block:
    """Two 3×3 convolutions and a shortcut (He et al. 2016, figure 5 left).

    >>> from convcost import cost
    >>> cost(basic(64), (64, 56, 56)).params
    73984
    """
    body = Seq(conv_norm_relu(width, 3, stride, 1), Conv(width, 3, padding=1, bias=False), BatchNorm())
    return _residual(body, width, stride, project, name)


def bottleneck(width: Dim, stride: int = 1, project: bool = False, name: str | None = None) -> Block:
    """1×1 down to ``width``, 3×3, 1×1 up to four times that, and a shortcut (figure 5 right).

    The stride is in the 3×3 convolution, as torchvision has it; the paper has it in the first 1×1.

    >>> from convcost import cost
    >>> cost(bottleneck(64), (256, 56, 56)).output_shape
    (256, 56, 56)
    """
    body = Seq(
        conv_norm_relu(width, 1), conv_norm_relu(width, 3, stride, 1), Conv(4 * width, 1, bias=False), BatchNorm()
    )
    return _residual(body, 4 * width, stride, project, name)


def resnet(layers: int = 50, classes: int = 1000) -> Block:
    """ResNet with ``layers`` weighted layers (18, 34, 50, 101 or 152); He et al. 2016, table 1.

    >>> from convcost import cost
    >>> cost(resnet(50), (3, 224, 224)).macs
    4089184256
    """
    counts, deep = STAGES[layers]
    unit = bottleneck if deep else basic
    stages = []
    for number, count in enumerate(counts, start=1):
        width, stride = 32 * 2**number, 1 if number == 1 else 2
        # The first block changes channels (always with bottlenecks) or size: its shortcut is projected.
        first = unit(width, stride, project=deep or number > 1, name="1")
        others = [unit(width, name=str(place)) for place in range(2, count + 1)]
        stages.append(Seq(first, *others, name=f"layer{number}"))
    stem = Seq(conv_norm_relu(64, 7, 2, 3), Pool(3, stride=2, padding=1), name="stem")
    return Seq(stem, *stages, GlobalPool(), Flatten(), Linear(classes, name="fc"))
