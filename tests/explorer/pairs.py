"""Pairs that the page is held against: as specs over symbols, and as the same blocks built from numbers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from convcost import Add, Concat, Conv, ConvTranspose, Identity, Linear, Pool, explore, networks, symbols

C, H, W, r = symbols("C H W r")


_PAGES: dict[tuple[int, str], str] = {}


@dataclass(frozen=True)
class Case:
    """Two blocks, their input, and the largest value for each size in random positions."""

    make: Callable[..., tuple[Any, Any, Any]]
    most: Mapping[str, int]
    #: What the blocks are asked about; their own symbols where ``None``.
    asked: tuple[Any, Any, Any] | None = None
    start: Mapping[str, int] = field(default_factory=dict)

    def page(self, language: str = "en") -> str:
        """The page of this pair; made once."""
        key = (id(self), language)
        if key not in _PAGES:
            a, b, shape = self.asked or self.symbolic()
            _PAGES[key] = explore(a, b, shape, values=self.start, lang=language)
        return _PAGES[key]

    def symbolic(self) -> tuple[Any, Any, Any]:
        return self.make(**{name: symbols(name) for name in self.most})


def _flagship(C, H, W, K, r):  # noqa: N803
    return Conv(K, 5, padding=2), Conv(r, 1) >> Conv(K, 5, padding=2), (C, H, W)


def _strides(C, H, W, r):  # noqa: N803
    a = Conv(64, 3, stride=2, padding=1) >> Pool(3, 2, ceil_mode=True)
    return a, Conv(r, 1) >> Conv(64, 3, stride=2, padding=1) >> Pool(2, 2), (C, H, W)


def _depthwise(C, H, W):  # noqa: N803
    a = Conv(64, 3, padding=1)
    return a, Conv(96, 3, padding=1, groups="depthwise") >> Conv(64, 1), (C, H, W)


def _ceilings(H, W, s):  # noqa: N803
    a = Pool(2, 3, padding=1, ceil_mode=True) >> Conv(8, 3, bias=False)
    return a, Conv(8, 5, stride=s, padding=2) >> Pool(3, 2, padding=1, ceil_mode=True), (3, H, W)


def _halves(C, H, r):  # noqa: N803
    # The branches meet only where the map is even, or the width can be halved.
    a = Concat(Conv(C, 3, stride=2, padding=1), Pool(2)) >> Conv(C // 2 + r, 1)
    up = Conv(r, 2, stride=2) >> ConvTranspose(C, 2, stride=2)
    return a, Add(Identity(), up), (C, H, H)


def _residual(C, H, W, r):  # noqa: N803
    a = Add(Identity(), Conv(C, 3, padding=1) >> Conv(C, 3, padding=1))
    return a, Add(Identity(), Conv(r, 1) >> Conv(r, 3, padding=1) >> Conv(C, 1)), (C, H, W)


def _low_rank(n, m, r):
    return Linear(m), Linear(r, bias=False) >> Linear(m), (n,)


def _networks(H, W):  # noqa: N803
    return networks.get("squeezenet1_1"), networks.get("inception_v1"), (3, H, W)


FLAGSHIP = Case(
    _flagship,
    {"C": 1024, "H": 128, "W": 128, "K": 128, "r": 256},
    start={"C": 192, "H": 28, "W": 28, "K": 32, "r": 16},
)
CASES = {
    "flagship": FLAGSHIP,
    "strides": Case(_strides, {"C": 99, "H": 90, "W": 90, "r": 70}, (*_strides(C, H, W, r)[:2], (C, H, W))),
    "numbers": Case(_strides, {"C": 99, "H": 90, "W": 90, "r": 70}, (*_strides(32, 56, 56, 16)[:2], (32, 56, 56))),
    "depthwise": Case(_depthwise, {"C": 110, "H": 40, "W": 40}, (*_depthwise(32, 56, 56)[:2], (32, 56, 56))),
    "ceilings": Case(_ceilings, {"H": 40, "W": 40, "s": 5}),
    "halves": Case(_halves, {"C": 30, "H": 30, "r": 30}),
    "residual": Case(_residual, {"C": 300, "H": 64, "W": 64, "r": 90}),
    "low-rank": Case(_low_rank, {"n": 5000, "m": 5000, "r": 900}),
    "networks": Case(_networks, {"H": 400, "W": 400}),
}
