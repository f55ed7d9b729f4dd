"""MobileNets: depthwise convolutions, one filter per channel, mixed by 1×1 convolutions."""

from __future__ import annotations

from ..arith import Dim
from ..block import Block, Identity, Seq
from ..layers import Add, BatchNorm, Conv, Dropout, Flatten, GlobalPool, Linear, ReLU, ReLU6
from .parts import conv_norm_relu


def _depthwise(channels: Dim, stride: int, activation: Block) -> Block:
    filters = Conv(channels, 3, stride=stride, padding=1, groups="depthwise", bias=False)
    return Seq(filters, BatchNorm(), activation, name="depthwise")


def separable(channels: Dim, out: Dim, stride: int = 1, name: str | None = None) -> Block:
    """Depthwise 3×3 on ``channels``, then 1×1 to ``out`` (Howard et al. 2017, figure 3).

    >>> from convcost import cost
    >>> cost(separable(32, 64), (32, 112, 112)).macs
    29302784
    """
    return Seq(_depthwise(channels, stride, ReLU()), conv_norm_relu(out, 1, name="pointwise"), name=name)


def mobilenet_v1(stem: Dim = 32, classes: int = 1000) -> Block:
    """MobileNet (Howard et al. 2017, table 1). Every layer has a multiple of the ``stem`` channels.

    The paper's width multiplier is ``stem / 32``: 24, 16 and 8 are its 0.75, 0.5 and 0.25.

    >>> from convcost import cost, symbols
    >>> cost(mobilenet_v1(symbols("s"), classes=10), (3, 224, 224)).output_shape
    (10,)
    >>> from convcost import cost
    >>> cost(mobilenet_v1(), (3, 224, 224)).macs
    568740352
    """
    # Channels by those of the stem, and stride.
    plan = ((2, 1), (4, 2), (4, 1), (8, 2), (8, 1), (16, 2), *[(16, 1)] * 5, (32, 2), (32, 1))
    parts: list[Block] = [conv_norm_relu(stem, 3, 2, 1, name="stem")]
    channels = stem
    for number, (times, stride) in enumerate(plan, start=1):
        out = times * stem
        parts.append(separable(channels, out, stride, name=f"separable{number}"))
        channels = out
    return Seq(*parts, GlobalPool(), Flatten(), Linear(classes, name="fc"))


def inverted_residual(channels: Dim, out: Dim, stride: int, expand: int, name: str | None = None) -> Block:
    """1×1 up to ``expand`` times ``channels``, depthwise 3×3, 1×1 down without activation (Sandler et al., table 1).

    A shortcut joins input and output where both are of one shape.

    >>> from convcost import cost
    >>> cost(inverted_residual(24, 24, 1, 6), (24, 56, 56)).output_shape
    (24, 56, 56)
    """
    hidden = channels * expand
    grow = [] if expand == 1 else [Seq(Conv(hidden, 1, bias=False), BatchNorm(), ReLU6(), name="expand")]
    body = Seq(*grow, _depthwise(hidden, stride, ReLU6()), Conv(out, 1, bias=False, name="project"), BatchNorm())
    if stride == 1 and channels == out:
        return Add(Identity(), body.named("body"), name=name)
    return Seq(body, name=name)


def mobilenet_v2(classes: int = 1000) -> Block:
    """MobileNetV2 of width 1 (Sandler et al. 2018, table 2), as torchvision builds it.

    >>> from convcost import cost
    >>> cost(mobilenet_v2(), (3, 224, 224)).params
    3504872
    """
    # Expansion, channels, repetitions, stride of the first.
    plan = ((1, 16, 1, 1), (6, 24, 2, 2), (6, 32, 3, 2), (6, 64, 4, 2), (6, 96, 3, 1), (6, 160, 3, 2), (6, 320, 1, 1))
    parts: list[Block] = [Seq(Conv(32, 3, stride=2, padding=1, bias=False), BatchNorm(), ReLU6(), name="stem")]
    channels = 32
    for expand, out, count, stride in plan:
        for place in range(count):
            step = stride if place == 0 else 1
            parts.append(inverted_residual(channels, out, step, expand, name=f"bottleneck{len(parts)}"))
            channels = out
    last = Seq(Conv(1280, 1, bias=False), BatchNorm(), ReLU6(), name="last")
    return Seq(*parts, last, GlobalPool(), Flatten(), Dropout(0.2), Linear(classes, name="fc"))
