"""Laws of convolutions: kernel times channels over groups, for each filter, and a bias."""

from __future__ import annotations

from collections.abc import Iterator
from math import gcd, prod

from . import kernels
from .record import Dims
from .setting import Reading, Setting, from_widths, product

#: Widths that are looked at in search of what feeds a layer.
_MOST_WIDTHS = 24


def fitting(setting: Setting) -> bool:
    return len(setting.output) == setting.rank + 1 and setting.width > 0


def _usual_kernels(setting: Setting, feed: Dims | None) -> Iterator[Dims]:
    """Kernels that people use, and that fit the sizes where these are known."""
    rank = setting.rank
    if setting.kernel is not None:
        if len(setting.kernel) == rank or len(setting.kernel) == 1:
            yield setting.kernel * (rank if len(setting.kernel) == 1 else 1)
        return
    out = setting.sizes(setting.output)
    for side in kernels.USUAL[rank]:
        kernel = (side,) * rank
        if feed is None or len(feed) != rank + 1 or kernels.fit(setting.sizes(feed), kernel, out, _padding(setting)):
            yield kernel
    if rank == 2:
        yield from ((1, 7), (1, 3), (1, 5))


def _padding(setting: Setting) -> str:
    return "keras" if setting.tool == "keras" and setting.family != "transposed" else "any"


def conv(setting: Setting) -> Iterator[Reading]:
    if not fitting(setting):
        return
    out = setting.width
    biases = (out, 0) if setting.biased else (0, out)
    feed = setting.feeds[0] if setting.feeds and setting.family != "transposed" else None
    for place, channels in enumerate(setting.inputs[:_MOST_WIDTHS]):
        for kernel in _usual_kernels(setting, feed if place == 0 else None):
            for bias in biases:
                yield product(*kernel, channels, out, bias=bias)
                if channels == out and max(kernel) > 1:
                    yield product(*kernel, out, bias=bias)


def conv_explained(setting: Setting, value: int) -> bool | None:
    if not fitting(setting):
        return None
    out = setting.width
    return any(
        rest > 0 and rest % out == 0 and _weights_explained(setting, rest // out)
        for rest in ((value - out, value) if setting.biased else (value, value - out))
    )


def _weights_explained(setting: Setting, weights: int) -> bool:
    """``weights`` are those of one output channel: kernel times input channels over groups."""
    known = setting.inputs if setting.sure else tuple(setting.widths | set(setting.inputs))
    if any(_split(setting, channels, weights) for channels in known if channels > 0):
        return True
    return (not setting.sure or not known) and _from_elsewhere(setting, weights)


def _split(setting: Setting, channels: int, weights: int) -> bool:
    groups = gcd(channels, setting.width)
    if setting.kernel is not None:
        taps = _taps(setting)
        # Old versions of torchinfo print the whole weight for a kernel; then nothing is left to explain.
        return taps is None or (weights % taps == 0 and channels % (weights // taps) == 0)
    if weights % channels == 0 and _kernel_fits(setting, weights // channels):
        return True
    for count in range(2, min(groups, 4096) + 1):
        if groups % count or weights % (channels // count):
            continue
        taps = weights // (channels // count)
        side = round(taps ** (1 / setting.rank))
        longest = kernels.LONGEST[setting.rank] if count == channels else 7
        if side <= longest and side**setting.rank == taps:
            return True
    return False


def _taps(setting: Setting) -> int | None:
    kernel = setting.kernel or ()
    if len(kernel) == 1:
        taps: int = kernel[0] ** setting.rank
        return taps
    return prod(kernel) if len(kernel) == setting.rank else None


def _kernel_fits(setting: Setting, taps: int) -> bool:
    options = kernels.shapes(taps, setting.rank)
    feed = setting.feeds[0] if setting.sure and setting.feeds else None
    if feed is None or setting.family == "transposed" or len(feed) != len(setting.output):
        return bool(options)
    sizes, out = setting.sizes(feed), setting.sizes(setting.output)
    return any(kernels.fit(sizes, kernel, out, _padding(setting)) for kernel in options)


def _from_elsewhere(setting: Setting, weights: int) -> bool:
    """The input may come out of a function that is no row: a concatenation, a split, a mean."""
    for side in range(1, 16):
        taps = side**setting.rank
        if weights % taps:
            continue
        channels = weights // taps
        small = 16 if setting.first else 4
        if channels <= small or channels % 8 == 0 or from_widths(setting, channels):
            return True
    return False


def depthwise(setting: Setting) -> Iterator[Reading]:
    if fitting(setting):
        feed = setting.feeds[0] if setting.feeds else None
        for kernel in _usual_kernels(setting, feed):
            for bias in (setting.width, 0) if setting.biased else (0, setting.width):
                yield product(*kernel, setting.width, bias=bias)


def depthwise_explained(setting: Setting, value: int) -> bool | None:
    if not fitting(setting):
        return None
    out = setting.width
    return any(rest > 0 and rest % out == 0 and _kernel_fits(setting, rest // out) for rest in (value - out, value))


def separable(setting: Setting) -> Iterator[Reading]:
    if fitting(setting) and setting.sure and setting.inputs:
        (channels,), out = setting.inputs, setting.width
        for kernel in _usual_kernels(setting, setting.feeds[0]):
            for bias in (out, 0) if setting.biased else (0, out):
                text = f"{'×'.join(map(str, kernel))}×{channels} + {channels}×{out}" + (f" + {bias}" if bias else "")
                yield Reading(prod(kernel) * channels + channels * out + bias, text)


def separable_explained(setting: Setting, value: int) -> bool | None:
    if not (fitting(setting) and setting.sure and setting.inputs):
        return None
    (channels,), out = setting.inputs, setting.width
    for bias in (out, 0):
        for multiplier in range(1, 9):
            rest = value - bias - channels * multiplier * out
            if rest > 0 and rest % (channels * multiplier) == 0:
                taps = rest // (channels * multiplier)
                if _kernel_fits(setting, taps):
                    return True
    return False
