"""Pairs of blocks that do the same job: an obvious one, and one that tries to do it for less.

Both read the same map and give maps of the same shape. Sizes may be numbers or letters, so that one description serves
the questions with numbers and those in closed form.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from ...arith import Dim, Shape
from ...block import Block
from ...layers import Concat, Conv
from ...symbolic import symbols
from ..draws import Draw, need

Sizes = Mapping[str, Dim]
Maker = Callable[[Sizes, bool], Block]

#: What the letters of a family stand for, in the order in which they are told.
LETTERS = ("C", "H", "W", "k", "g", "r", "s", "L", "M", "N")


def conv(filters: Dim, kernel: Any = 1, *, bias: bool, groups: Any = 1, stride: int = 1) -> Conv:
    """A convolution that keeps the size of the map (but for its stride)."""
    return Conv(filters, kernel, stride, "same", groups=groups, bias=bias)


@dataclass(frozen=True)
class Family:
    """Two blocks for one job. ``letters`` are their sizes beside those of the map; ``level`` is the first that asks."""

    name: str
    letters: str
    first: Maker
    second: Maker
    level: int = 1

    def both(self, sizes: Sizes, bias: bool = False) -> tuple[Block, Block]:
        """The two blocks with these sizes."""
        return self.first(sizes, bias), self.second(sizes, bias)


def _plain(v: Sizes, bias: bool) -> Block:
    return conv(v["N"], v["k"], bias=bias)


def _bottleneck(v: Sizes, bias: bool) -> Block:
    return conv(v["r"], bias=bias) >> conv(v["N"], v["k"], bias=bias)


def _separable(v: Sizes, bias: bool) -> Block:
    return conv(v["C"], v["k"], groups="depthwise", bias=bias) >> conv(v["N"], bias=bias)


def _five(v: Sizes, bias: bool) -> Block:
    return conv(v["N"], 5, bias=bias)


def _two_threes(v: Sizes, bias: bool) -> Block:
    return conv(v["M"], 3, bias=bias) >> conv(v["N"], 3, bias=bias)


def _seven(v: Sizes, bias: bool) -> Block:
    return conv(v["N"], 7, bias=bias)


def _three_threes(v: Sizes, bias: bool) -> Block:
    return conv(v["M"], 3, bias=bias) >> conv(v["M"], 3, bias=bias) >> conv(v["N"], 3, bias=bias)


def _oblong(v: Sizes, bias: bool) -> Block:
    return conv(v["M"], (1, v["k"]), bias=bias) >> conv(v["N"], (v["k"], 1), bias=bias)


def _basic(v: Sizes, bias: bool) -> Block:
    return conv(v["C"], v["k"], bias=bias) >> conv(v["C"], v["k"], bias=bias)


def _residual(v: Sizes, bias: bool) -> Block:
    return conv(v["r"], bias=bias) >> conv(v["r"], v["k"], bias=bias) >> conv(v["C"], bias=bias)


def _grouped(v: Sizes, bias: bool) -> Block:
    return conv(v["N"], v["k"], groups=v["g"], bias=bias) >> conv(v["N"], bias=bias)


def _expand(v: Sizes, bias: bool) -> Block:
    return Concat(conv(v["M"], bias=bias), conv(v["N"], v["k"], bias=bias))


def _fire(v: Sizes, bias: bool) -> Block:
    return conv(v["r"], bias=bias) >> _expand(v, bias)


def _naive(v: Sizes, bias: bool) -> Block:
    return Concat(conv(v["L"], bias=bias), conv(v["M"], 3, bias=bias), conv(v["N"], 5, bias=bias))


def _inception(v: Sizes, bias: bool) -> Block:
    three = conv(v["r"], bias=bias) >> conv(v["M"], 3, bias=bias)
    five = conv(v["s"], bias=bias) >> conv(v["N"], 5, bias=bias)
    return Concat(conv(v["L"], bias=bias), three, five)


FAMILIES = (
    # Lin et al. 2014 (network in network), Szegedy et al. 2015: a 1×1 reduction first.
    Family("bottleneck", "krN", _plain, _bottleneck),
    # Howard et al. 2017 (MobileNet).
    Family("separable", "kN", _plain, _separable),
    # Simonyan & Zisserman 2015, Szegedy et al. 2016: small kernels in a row for a large one.
    Family("two-threes", "MN", _five, _two_threes),
    Family("three-threes", "MN", _seven, _three_threes, 2),
    Family("oblong", "kMN", _plain, _oblong),
    # He et al. 2016: the two kinds of residual block, without shortcut.
    Family("residual", "kr", _basic, _residual, 2),
    # Xie et al. 2017 (ResNeXt), with a 1×1 convolution that mixes the groups.
    Family("grouped", "kgN", _plain, _grouped, 2),
    # Iandola et al. 2016 (SqueezeNet): a squeeze before the two branches.
    Family("fire", "krMN", _expand, _fire, 2),
    Family("inception", "rsLMN", _naive, _inception, 3),
)  # fmt: skip


def families(level: int) -> tuple[Family, ...]:
    """Those that are asked about at a level; a challenge leaves out the easiest."""
    return tuple(family for family in FAMILIES if family.level <= level and (level < 3 or family.level > 1))


# -- numbers -----------------------------------------------------------------------------------------------------------

_MAPS = {
    1: (4, 5, 6, 7, 8, 9, 10),
    2: (7, 8, 14, 16, 20, 28, 32, 56),
    3: (7, 8, 12, 14, 16, 20, 24, 28, 32, 35, 48, 56, 64),
}
_WIDE = {1: (4, 5, 6, 7, 8, 9, 10, 12, 15, 16, 20), 2: (32, 48, 64, 96, 128, 160, 192, 256, 384, 512)}
_NARROW = {1: (2, 3, 4, 5, 6, 8), 2: (8, 12, 16, 24, 32, 48, 64, 96)}
#: The largest count that is asked for.
MOST = {1: 99_999, 2: 9_999_999_999, 3: 9_999_999_999}


def drawn_sizes(draw: Draw, level: int, family: Family) -> dict[str, int]:
    """Numbers for all letters of a family, those of the map among them; a reduction is narrower than what it reads."""
    wide, narrow = _WIDE[min(level, 2)], _NARROW[min(level, 2)]
    sizes = {"C": draw.pick(wide), "H": draw.pick(_MAPS[level])}
    sizes["W"] = draw.pick(_MAPS[level]) if level == 3 and draw.chance(2) else sizes["H"]
    for letter in family.letters:
        if letter == "k":
            sizes["k"] = draw.pick((3, 5) if level == 1 else (3, 5, 7))
        elif letter == "g":
            sizes["g"] = draw.pick((2, 4, 8))
        else:
            sizes[letter] = draw.pick(narrow if letter in "rs" else wide)
    need(all(sizes[letter] < sizes["C"] for letter in family.letters if letter in "rs"))
    need(all(sizes[letter] % sizes.get("g", 1) == 0 for letter in "CN" if letter in sizes))
    need(max(_kernels(family, sizes)) <= min(sizes["H"], sizes["W"]))
    return sizes


def _kernels(family: Family, sizes: Mapping[str, int]) -> tuple[int, ...]:
    return (sizes.get("k", 1), *{"two-threes": (5,), "three-threes": (7,), "inception": (5,)}.get(family.name, ()))


def map_of(sizes: Sizes) -> Shape:
    """The shape of the map that comes in."""
    return sizes["C"], sizes["H"], sizes["W"]


def in_letters(sizes: Mapping[str, int], kept: str) -> dict[str, Any]:
    """The sizes with letters in place of numbers, but for those of ``kept``.

    >>> in_letters({"C": 192, "k": 5}, "k")
    {'C': C, 'k': 5}
    """
    return {name: value if name in kept else symbols(name) for name, value in sizes.items()}
