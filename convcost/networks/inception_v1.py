"""Inception v1 ("GoogLeNet"): as in the paper, and as torchvision builds it."""

from __future__ import annotations

from collections.abc import Callable

from ..arith import Dim
from ..block import Block, Seq, Tap
from ..layers import (
    AdaptivePool,
    Concat,
    Conv,
    Dropout,
    Flatten,
    GlobalPool,
    Linear,
    LocalResponseNorm,
    Pool,
    ReLU,
    Softmax,
)
from .parts import conv_norm_relu, conv_relu

#: Szegedy et al. 2015, table 1: 1×1, 3×3 reduce, 3×3, 5×5 reduce, 5×5, pool projection. ``None`` is a pool.
TABLE: dict[str, tuple[int, int, int, int, int, int] | None] = {
    "3a": (64, 96, 128, 16, 32, 32),
    "3b": (128, 128, 192, 32, 96, 64),
    "pool3": None,
    "4a": (192, 96, 208, 16, 48, 64),
    "4b": (160, 112, 224, 24, 64, 64),
    "4c": (128, 128, 256, 24, 64, 64),
    "4d": (112, 144, 288, 32, 64, 64),
    "4e": (256, 160, 320, 32, 128, 128),
    "pool4": None,
    "5a": (256, 160, 320, 32, 128, 128),
    "5b": (384, 192, 384, 48, 128, 128),
}
#: The parts behind which the auxiliary heads stand.
HEADS_AFTER = ("4a", "4d")
Unit = Callable[..., Block]


def inception(
    widths: tuple[Dim, ...],
    unit: Unit = conv_relu,
    *,
    large: int = 5,
    pool: Block | None = None,
    name: str | None = None,
) -> Block:
    """The four branches: 1×1; 1×1 then 3×3; 1×1 then ``large``×``large``; pool then 1×1.

    >>> from convcost import cost
    >>> cost(inception((64, 96, 128, 16, 32, 32)), (192, 28, 28)).macs
    128049152
    """
    one, reduce3, three, reduce5, five, projection = widths
    pool = Pool(3, stride=1, padding=1) if pool is None else pool
    return Concat(
        Seq(unit(one, 1), name="branch1"),
        Seq(unit(reduce3, 1), unit(three, 3, padding=1), name="branch2"),
        Seq(unit(reduce5, 1), unit(five, large, padding=large // 2), name="branch3"),
        Seq(pool, unit(projection, 1), name="branch4"),
        name=name,
    )


def _stages(block: Callable[[str, tuple[int, ...]], Block], pools: dict[str, Block], head: Block | None) -> list[Block]:
    parts: list[Block] = []
    for name, widths in TABLE.items():
        parts.append(pools[name] if widths is None else block(f"inception_{name}", widths))
        if head is not None and name in HEADS_AFTER:
            parts.append(Tap(head, name=f"aux{HEADS_AFTER.index(name) + 1}"))
    return parts


def trunk(width: Dim = 1, head: Block | None = None) -> Block:
    """All of the paper's network before its average pool; ``width`` multiplies every channel number.

    ``head`` is the side classifier behind 4a and 4d, if there is to be one.

    >>> from convcost import cost, symbols
    >>> h, w = symbols("h w")
    >>> cost(trunk(w), (3, 32 * h, 32 * h)).output_shape
    (1024*w, h, h)
    """
    stem = Seq(
        conv_relu(64 * width, 7, stride=2, padding=3, name="conv1"),
        Pool(3, stride=2, ceil_mode=True),
        LocalResponseNorm(5),
        conv_relu(64 * width, 1, name="conv2_reduce"),
        conv_relu(192 * width, 3, padding=1, name="conv2"),
        LocalResponseNorm(5),
        Pool(3, stride=2, ceil_mode=True),
        name="stem",
    )
    pools: dict[str, Block] = {name: Pool(3, stride=2, ceil_mode=True, name=name) for name in ("pool3", "pool4")}

    def block(name: str, widths: tuple[int, ...]) -> Block:
        return inception(tuple(n * width for n in widths), name=name)

    return Seq(stem, *_stages(block, pools, head))


def auxiliary_head(width: Dim = 1, classes: int = 1000) -> Block:
    """The side classifier of the paper's section 5: average pool, 1×1 to 128, linear to 1024, linear to the classes.

    >>> from convcost import cost
    >>> cost(auxiliary_head(), (512, 14, 14)).params
    3188840
    """
    return Seq(
        Pool(5, stride=3, kind="avg"), conv_relu(128 * width, 1), Flatten(), Linear(1024 * width), ReLU(), Dropout(0.7),
        Linear(classes), Softmax(),
    )  # fmt: skip


def inception_v1(heads: bool = False, classes: int = 1000, width: Dim = 1) -> Block:
    """The network of Szegedy et al. 2015: biases, local response normalization, no batch normalization.

    The paper leaves the rounding of its pools open; ceil mode gives the sizes of its table 1.

    >>> from convcost import cost
    >>> cost(inception_v1(), (3, 224, 224)).params
    6998552
    """
    top = [GlobalPool(), Flatten(), Dropout(0.4), Linear(classes, name="fc"), Softmax(name="softmax")]
    return Seq(trunk(width, auxiliary_head(width, classes) if heads else None), *top)


def googlenet(heads: bool = False, classes: int = 1000) -> Block:
    """GoogLeNet as torchvision builds it: batch normalization, and 3×3 kernels where the paper has 5×5.

    >>> from convcost import cost
    >>> cost(googlenet(), (3, 224, 224)).macs
    1498376192
    """
    stem = Seq(
        conv_norm_relu(64, 7, 2, 3, name="conv1"),
        Pool(3, stride=2, ceil_mode=True),
        conv_norm_relu(64, 1, name="conv2"),
        conv_norm_relu(192, 3, padding=1, name="conv3"),
        Pool(3, stride=2, ceil_mode=True),
        name="stem",
    )
    # Behind 4e the window is 2×2, not the paper's 3×3.
    pools: dict[str, Block] = {
        "pool3": Pool(3, stride=2, ceil_mode=True, name="pool3"),
        "pool4": Pool(2, stride=2, ceil_mode=True, name="pool4"),
    }

    def block(name: str, widths: tuple[int, ...]) -> Block:
        inner_pool = Pool(3, stride=1, padding=1, ceil_mode=True)
        return inception(widths, conv_norm_relu, large=3, pool=inner_pool, name=name)

    head = Seq(AdaptivePool(4), conv_norm_relu(128, 1), Flatten(), Linear(1024), ReLU(), Dropout(0.7), Linear(classes))
    stages = _stages(block, pools, head if heads else None)
    return Seq(stem, *stages, GlobalPool(), Flatten(), Dropout(0.2), Linear(classes, name="fc"))


def naive(widths: tuple[Dim, ...], name: str | None = None) -> Block:
    """The block without reductions (the paper's figure 2a): widths of the 1×1, 3×3 and 5×5 branches; the pool as it is.

    >>> from convcost import cost
    >>> cost(naive((64, 128, 32)), (192, 28, 28)).macs
    303464448
    """
    one, three, five = widths
    return Concat(
        Conv(one, 1), Conv(three, 3, padding=1), Conv(five, 5, padding=2), Pool(3, stride=1, padding=1), name=name
    )
