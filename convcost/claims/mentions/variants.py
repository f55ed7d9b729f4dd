"""The networks that a name may mean: as bundled, and as the papers' own descriptions differ from that."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from ... import networks
from ...arith import Shape
from ...block import Block, Identity, Seq
from ...layers import Add, BatchNorm, Conv, Flatten, GlobalPool, Linear, LocalResponseNorm, Pool, ReLU
from ...messages import Message
from ...networks.parts import conv_norm_relu, conv_relu
from ...networks.resnet import STAGES


@dataclass(frozen=True)
class Variant:
    """One network that a name may mean: in words, what builds it, and its usual input."""

    words: Message
    build: Callable[[], Block]
    input: Shape
    #: Whether it is another variant at another size, and nothing else.
    at_other_size: bool = False
    #: What is told of it, such as ``with heads``.
    tags: frozenset[str] = frozenset()


def alexnet_2012(groups: int = 2) -> Block:
    """AlexNet as in Krizhevsky et al. 2012: 96 first filters, and two towers (``groups=2``) or one.

    >>> from convcost import cost
    >>> cost(alexnet_2012(), (3, 227, 227)).params, cost(alexnet_2012(1), (3, 227, 227)).params
    (60965224, 62378344)
    """
    features = Seq(
        conv_relu(96, 11, stride=4), LocalResponseNorm(5), Pool(3, stride=2),
        Conv(256, 5, padding=2, groups=groups), ReLU(), LocalResponseNorm(5), Pool(3, stride=2),
        conv_relu(384, 3, padding=1),
        Conv(384, 3, padding=1, groups=groups), ReLU(),
        Conv(256, 3, padding=1, groups=groups), ReLU(), Pool(3, stride=2),
    )  # fmt: skip
    return Seq(features, Flatten(), Linear(4096), ReLU(), Linear(4096), ReLU(), Linear(1000))


def early_stride_resnet(layers: int) -> Block:
    """ResNet with bottlenecks whose stride is in the first 1×1, as in He et al. 2016.

    >>> from convcost import cost
    >>> cost(early_stride_resnet(50), (3, 224, 224)).macs
    3857973248
    """
    parts: list[Block] = [conv_norm_relu(64, 7, 2, 3), Pool(3, stride=2, padding=1)]
    for number, count in enumerate(STAGES[layers][0], start=1):
        width = 32 * 2**number
        for place in range(count):
            stride = 2 if number > 1 and place == 0 else 1
            shortcut = Identity() if place else Seq(Conv(4 * width, 1, stride=stride, bias=False), BatchNorm())
            body = Seq(conv_norm_relu(width, 1, stride), conv_norm_relu(width, 3, 1, 1))
            parts.append(Add(shortcut, Seq(body, Conv(4 * width, 1, bias=False), BatchNorm())) >> ReLU())
    return Seq(*parts, GlobalPool(), Flatten(), Linear(1000))


_AS_BUNDLED = Message("as the papers and torchvision have it")


def _bundled(name: str, words: Message = _AS_BUNDLED, *, side: int | None = None, heads: bool | None = None) -> Variant:
    entry = networks.entry(name)
    shape = entry.input if side is None else (3, side, side)
    tags = frozenset() if heads is None else frozenset({"with heads" if heads else "without heads"})
    return Variant(words, lambda: networks.get(name), shape, side is not None, tags)


def _resnet(layers: int) -> tuple[Variant, ...]:
    usual = _bundled(f"resnet{layers}")
    if not STAGES[layers][1]:
        return (usual,)
    early = Variant(
        Message("with the stride in the first 1×1, as in the paper"),
        lambda: early_stride_resnet(layers),
        (3, 224, 224),
    )
    return usual, early


_TOWERS = Message("with the two towers of 2012"), Message("with the filters of 2012 in one tower")
#: Every name, and the networks that it may mean, the most usual one first.
VARIANTS: dict[str, tuple[Variant, ...]] = {
    "alexnet": (
        _bundled("alexnet"),
        Variant(_TOWERS[0], alexnet_2012, (3, 227, 227)),
        Variant(_TOWERS[1], lambda: alexnet_2012(1), (3, 227, 227)),
    ),
    **{f"vgg{n}": (_bundled(f"vgg{n}"),) for n in (11, 13, 16, 19)},
    **{f"resnet{n}": _resnet(n) for n in STAGES},
    "squeezenet1_0": (
        _bundled("squeezenet1_0"),
        _bundled("squeezenet1_0", Message("at {side}×{side}", side=227), side=227),
    ),
    "squeezenet1_1": (
        _bundled("squeezenet1_1"),
        _bundled("squeezenet1_1", Message("at {side}×{side}", side=227), side=227),
    ),
    "densenet121": (_bundled("densenet121"),),
    "inception_v1": (
        _bundled("inception_v1", Message("as in the paper, without the side heads"), heads=False),
        _bundled("googlenet", Message("as torchvision builds it, without the side heads"), heads=False),
        _bundled("inception_v1_heads", Message("as in the paper, with both side heads"), heads=True),
        _bundled("googlenet_heads", Message("as torchvision builds it, with both side heads"), heads=True),
    ),
    "inception_v3": (
        _bundled("inception_v3", Message("without its side head"), heads=False),
        _bundled("inception_v3_heads", Message("with its side head"), heads=True),
        _bundled("inception_v3", Message("at {side}×{side}", side=224), side=224),
    ),
    "mobilenet_v1": (_bundled("mobilenet_v1"),),
    "mobilenet_v2": (_bundled("mobilenet_v2"),),
}  # fmt: skip
