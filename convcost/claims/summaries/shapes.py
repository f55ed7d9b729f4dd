"""Output shapes: what a printed one must be, given the input, and whether anything explains it."""

from __future__ import annotations

from collections.abc import Callable
from math import prod

from . import kernels
from .laws import Setting
from .record import Dims

_PADDED = ("conv", "pool", "depthwise", "separable")
#: Sides of windows that are looked at.
_SIDES = range(1, kernels.LONGEST[2] + 1)


def must_be(setting: Setting) -> Dims | None:
    """The output, where nothing else is possible; nothing where the input is not known or leaves a choice.

    >>> must_be(Setting("keras", "Flatten", "flatten", 0, (1690,), ((5, 5, 64),), sure=True, last=True))
    (1600,)
    """
    law = _MUST.get(setting.family)
    if law is None or not setting.feeds or min(map(len, setting.feeds)) == 0:
        return None
    if any(min(feed) < 0 for feed in setting.feeds):
        return None
    return law(setting)


def possible(setting: Setting) -> bool | None:
    """Whether the output can come of the input; nothing where that cannot be said.

    >>> possible(Setting("keras", "MaxPooling2D", "pool", 2, (13, 13, 23), ((26, 26, 32),), sure=True, last=True))
    False
    """
    feeds = setting.feeds
    if not feeds or not setting.output or min(setting.output) < 0 or any(not feed or min(feed) < 0 for feed in feeds):
        return None
    if setting.family == "elementwise" and _elementwise(setting) is None:
        return False
    certain = must_be(setting)
    if certain is not None:
        return setting.output == certain or _same_values(setting, certain)
    law = _POSSIBLE.get(setting.family)
    return None if law is None else law(setting)


def _same_values(setting: Setting, certain: Dims) -> bool:
    """Flattening from a later axis on keeps the axes before it."""
    if setting.family == "flatten":
        return prod(setting.output) == prod(certain)
    if setting.family == "global":
        return tuple(size for size in setting.output if size != 1) == tuple(size for size in certain if size != 1)
    return False


def _kept(setting: Setting) -> Dims | None:
    return setting.feeds[0]


def _flat(setting: Setting) -> Dims | None:
    return (prod(setting.feeds[0]),)


def _pooled(setting: Setting) -> Dims | None:
    return (setting.channels(setting.feeds[0]),)


def _linear(setting: Setting) -> Dims | None:
    return (*setting.feeds[0][:-1], setting.output[-1]) if setting.output else None


def _stacked(setting: Setting) -> Dims | None:
    """Shapes that agree but for one axis, on which they are put together."""
    feeds = setting.feeds
    if len(feeds) < 2 or len({len(feed) for feed in feeds}) != 1:
        return None
    axes = [axis for axis in range(len(feeds[0])) if len({feed[axis] for feed in feeds}) > 1]
    if len(axes) > 1:
        return None
    sums = [
        tuple(sum(f[a] for f in feeds) if a == axis else feeds[0][a] for a in range(len(feeds[0])))
        for axis in (axes or range(len(feeds[0])))
    ]
    return setting.output if setting.output in sums else sums[-1]


def _elementwise(setting: Setting) -> Dims | None:
    longest = max(map(len, setting.feeds))
    padded = [(1,) * (longest - len(feed)) + feed for feed in setting.feeds]
    sizes = [{size for size in axis if size != 1} for axis in zip(*padded, strict=True)]
    return None if any(len(axis) > 1 for axis in sizes) else tuple(max(axis, default=1) for axis in sizes)


_MUST: dict[str, Callable[[Setting], Dims | None]] = {
    "same": _kept, "batchnorm": _kept, "layernorm": _kept, "groupnorm": _kept, "instancenorm": _kept, "prelu": _kept,
    "flatten": _flat, "global": _pooled, "dense": _linear, "concat": _stacked, "elementwise": _elementwise,
}  # fmt: skip


def _windowed(setting: Setting) -> bool | None:
    feed, out = setting.feeds[0], setting.output
    if len(feed) != len(out) or len(out) != setting.rank + 1:
        return None
    if setting.family == "pool" and setting.channels(feed) != setting.channels(out):
        return False
    if setting.rank == 1:
        return None
    padded = "keras" if setting.tool == "keras" else "any"
    return all(
        any(kernels.fits(size, side, target, padded) for side in _SIDES)
        for size, target in zip(setting.sizes(feed), setting.sizes(out), strict=True)
    )


def _enlarged(setting: Setting) -> bool | None:
    feed, out = setting.feeds[0], setting.output
    if setting.tool != "keras" or len(feed) != len(out):
        return None
    return setting.channels(feed) == setting.channels(out) and all(
        target % size == 0 for size, target in zip(setting.sizes(feed), setting.sizes(out), strict=True)
    )


def _edged(setting: Setting) -> bool | None:
    feed, out = setting.feeds[0], setting.output
    return None if len(feed) != len(out) else setting.channels(feed) == setting.channels(out)


def _reordered(setting: Setting) -> bool | None:
    return prod(setting.output) == prod(setting.feeds[0])


_POSSIBLE: dict[str, Callable[[Setting], bool | None]] = {
    **dict.fromkeys(_PADDED, _windowed), "upsample": _enlarged, "pad": _edged, "reshape": _reordered,
}  # fmt: skip
