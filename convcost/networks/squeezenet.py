"""SqueezeNet: a 1×1 squeeze, then 1×1 and 3×3 expansions side by side."""

from __future__ import annotations

from ..arith import Dim
from ..block import Block, Seq
from ..layers import Concat, Conv, Dropout, Flatten, GlobalPool, Pool, ReLU
from .parts import conv_relu


def fire(squeeze: Dim, expand: Dim, name: str | None = None) -> Block:
    """Fire module (Iandola et al. 2016, figure 1): ``squeeze`` channels, then twice ``expand`` side by side.

    >>> from convcost import cost
    >>> cost(fire(16, 64), (96, 54, 54)).output_shape
    (128, 54, 54)
    """
    expansion = Concat(conv_relu(expand, 1, name="expand1x1"), conv_relu(expand, 3, padding=1, name="expand3x3"))
    return Seq(conv_relu(squeeze, 1, name="squeeze"), expansion.named("expand"), name=name)


_PLANS: dict[str, tuple[tuple[int, int], tuple[tuple[int, int] | None, ...]]] = {
    # Stem (width, kernel), then fire modules (squeeze, expand) with None for a pool.
    "1.0": ((96, 7), (None, (16, 64), (16, 64), (32, 128), None, (32, 128), (48, 192), (48, 192), (64, 256), None,
                      (64, 256))),
    "1.1": ((64, 3), (None, (16, 64), (16, 64), None, (32, 128), (32, 128), None, (48, 192), (48, 192), (64, 256),
                      (64, 256))),
}  # fmt: skip


def squeezenet(version: str = "1.0", classes: int = 1000) -> Block:
    """SqueezeNet 1.0 (Iandola et al. 2016) or 1.1 (the authors' later, cheaper release), as torchvision builds them.

    >>> from convcost import cost
    >>> cost(squeezenet("1.1"), (3, 224, 224)).params
    1235496
    """
    (width, kernel), plan = _PLANS[version]
    parts: list[Block] = [conv_relu(width, kernel, stride=2, name="conv1")]
    number = 1
    for entry in plan:
        if entry is None:
            parts.append(Pool(3, stride=2, ceil_mode=True))
        else:
            number += 1
            parts.append(fire(*entry, name=f"fire{number}"))
    classifier = [Dropout(), Conv(classes, 1), ReLU(), GlobalPool()]
    return Seq(*parts, Seq(*classifier, name="classifier"), Flatten())
