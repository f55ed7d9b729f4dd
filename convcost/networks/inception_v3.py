"""Inception v3: large kernels factorised, 7×7 into 1×7 and 7×1."""

from __future__ import annotations

from typing import Any

from ..block import Block, Seq, Tap
from ..layers import Concat, Dropout, Flatten, GlobalPool, Linear, Pool
from .parts import conv_norm_relu as unit


def _chain(*steps: tuple[Any, ...], name: str) -> Block:
    return Seq(*(unit(*step) for step in steps), name=name)


def _pooled(width: int, name: str) -> Block:
    return Seq(Pool(3, stride=1, padding=1, kind="avg"), unit(width, 1), name=name)


def block_a(pool_width: int, name: str | None = None) -> Block:
    """35×35: 1×1, 5×5, two 3×3, and a pool (Szegedy et al. 2016, figure 5)."""
    return Concat(
        _chain((64, 1), name="branch1"),
        _chain((48, 1), (64, 5, 1, 2), name="branch5"),
        _chain((64, 1), (96, 3, 1, 1), (96, 3, 1, 1), name="branch3dbl"),
        _pooled(pool_width, "branch_pool"),
        name=name,
    )


def block_b(name: str | None = None) -> Block:
    """35×35 to 17×17 (figure 10)."""
    return Concat(
        _chain((384, 3, 2), name="branch3"),
        _chain((64, 1), (96, 3, 1, 1), (96, 3, 2), name="branch3dbl"),
        Pool(3, stride=2, name="branch_pool"),
        name=name,
    )


_WIDE, _HIGH = ((1, 7), 1, (0, 3)), ((7, 1), 1, (3, 0))


def block_c(width: int, name: str | None = None) -> Block:
    """17×17: 7×7 as 1×7 and 7×1, once and twice (figure 6, n = 7)."""
    twice = ((width, 1), (width, *_HIGH), (width, *_WIDE), (width, *_HIGH), (192, *_WIDE))
    return Concat(
        _chain((192, 1), name="branch1"),
        _chain((width, 1), (width, *_WIDE), (192, *_HIGH), name="branch7"),
        _chain(*twice, name="branch7dbl"),
        _pooled(192, "branch_pool"),
        name=name,
    )


def block_d(name: str | None = None) -> Block:
    """17×17 to 8×8."""
    return Concat(
        _chain((192, 1), (320, 3, 2), name="branch3"),
        _chain((192, 1), (192, *_WIDE), (192, *_HIGH), (192, 3, 2), name="branch7x3"),
        Pool(3, stride=2, name="branch_pool"),
        name=name,
    )


def block_e(name: str | None = None) -> Block:
    """8×8: 3×3 as 1×3 beside 3×1 (figure 7)."""

    def fork() -> Block:
        return Concat(unit(384, (1, 3), 1, (0, 1)), unit(384, (3, 1), 1, (1, 0)), name="fork")

    return Concat(
        _chain((320, 1), name="branch1"),
        Seq(unit(384, 1), fork(), name="branch3"),
        Seq(unit(448, 1), unit(384, 3, 1, 1), fork(), name="branch3dbl"),
        _pooled(192, "branch_pool"),
        name=name,
    )


def inception_v3(heads: bool = False, classes: int = 1000) -> Block:
    """Inception v3 (Szegedy et al. 2016), as torchvision builds it; for 299×299 inputs.

    >>> from convcost import cost
    >>> cost(inception_v3(), (3, 299, 299)).params
    23834568
    """
    stem = Seq(
        unit(32, 3, 2), unit(32, 3), unit(64, 3, 1, 1), Pool(3, stride=2), unit(80, 1), unit(192, 3), Pool(3, stride=2),
        name="stem",
    )  # fmt: skip
    middle = [block_c(width, f"mixed_6{letter}") for width, letter in ((128, "b"), (160, "c"), (160, "d"), (192, "e"))]
    head = Seq(
        Pool(5, stride=3, kind="avg"), unit(128, 1), unit(768, 5), GlobalPool(), Flatten(), Linear(classes, name="fc")
    )
    return Seq(
        stem,
        *(block_a(width, f"mixed_5{letter}") for width, letter in ((32, "b"), (64, "c"), (64, "d"))),
        block_b("mixed_6a"),
        *middle,
        *([Tap(head, name="aux")] if heads else []),
        block_d("mixed_7a"),
        block_e("mixed_7b"),
        block_e("mixed_7c"),
        GlobalPool(),
        Dropout(),
        Flatten(),
        Linear(classes, name="fc"),
    )
