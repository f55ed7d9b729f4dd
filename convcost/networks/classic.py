"""AlexNet and VGG: one layer after the other, most parameters in the first linear layer."""

from __future__ import annotations

from ..block import Block, Seq
from ..layers import AdaptivePool, Conv, Dropout, Flatten, Linear, Pool, ReLU
from .parts import conv_relu


def alexnet(classes: int = 1000) -> Block:
    """AlexNet in the one-tower form of Krizhevsky 2014, as torchvision builds it.

    >>> from convcost import cost
    >>> cost(alexnet(), (3, 224, 224)).params
    61100840
    """
    features = Seq(
        conv_relu(64, 11, stride=4, padding=2, name="conv1"),
        Pool(3, stride=2),
        conv_relu(192, 5, padding=2, name="conv2"),
        Pool(3, stride=2),
        conv_relu(384, 3, padding=1, name="conv3"),
        conv_relu(256, 3, padding=1, name="conv4"),
        conv_relu(256, 3, padding=1, name="conv5"),
        Pool(3, stride=2),
        name="features",
    )
    hidden = [Dropout(), Linear(4096), ReLU(), Dropout(), Linear(4096), ReLU(), Linear(classes)]
    return Seq(features, AdaptivePool(6), Flatten(), Seq(*hidden, name="classifier"))


#: Widths of the 3×3 convolutions; a pool after each group.
VGG_GROUPS = {
    11: ((64,), (128,), (256, 256), (512, 512), (512, 512)),
    13: ((64, 64), (128, 128), (256, 256), (512, 512), (512, 512)),
    16: ((64, 64), (128, 128), (256,) * 3, (512,) * 3, (512,) * 3),
    19: ((64, 64), (128, 128), (256,) * 4, (512,) * 4, (512,) * 4),
}


def vgg(layers: int = 16, classes: int = 1000) -> Block:
    """VGG with 11, 13, 16 or 19 weighted layers (Simonyan & Zisserman 2015, table 1), as torchvision builds it.

    No normalization. The adaptive pool before the classifier changes nothing at 224×224.

    >>> from convcost import cost
    >>> cost(vgg(16), (3, 224, 224)).macs
    15470264320
    """
    groups = [
        Seq(*(part for width in widths for part in (Conv(width, 3, padding=1), ReLU())), Pool(2), name=f"block{number}")
        for number, widths in enumerate(VGG_GROUPS[layers], start=1)
    ]
    hidden = [Linear(4096), ReLU(), Dropout(), Linear(4096), ReLU(), Dropout(), Linear(classes)]
    return Seq(*groups, AdaptivePool(7), Flatten(), Seq(*hidden, name="classifier"))
