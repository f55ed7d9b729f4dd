"""The meeting of Inception and residual learning."""

from __future__ import annotations

from ..block import Block, Identity, Seq
from ..layers import Add, Concat, Conv, ReLU
from .parts import conv_norm_relu as unit


def inception_resnet_block(channels: int = 384) -> Block:
    """Inception-ResNet-A of Inception-ResNet-v2 (Szegedy et al. 2017, figure 16), for 35×35 maps of 384 channels.

    Three branches, laid side by side, are brought back to ``channels`` by a 1×1 convolution without activation and
    added to the input.

    >>> from convcost import cost
    >>> cost(inception_resnet_block(), (384, 35, 35)).output_shape
    (384, 35, 35)
    """
    branches = Concat(
        Seq(unit(32, 1), name="branch1"),
        Seq(unit(32, 1), unit(32, 3, 1, 1), name="branch2"),
        Seq(unit(32, 1), unit(48, 3, 1, 1), unit(64, 3, 1, 1), name="branch3"),
        name="branches",
    )
    return Seq(Add(Identity(), Seq(branches, Conv(channels, 1, name="projection"), name="residual")), ReLU())
