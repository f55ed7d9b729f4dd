"""What an element sees, by walking: sets of input places, one element at a time. Slow and obvious.

Along one axis. Places go from minus to plus infinity, so that padding has places too; a map's own are 0 to size - 1.
"""

from __future__ import annotations

from fractions import Fraction
from functools import cache
from math import ceil, floor

from convcost import (
    AdaptivePool,
    Add,
    BatchNorm,
    Concat,
    Conv,
    ConvTranspose,
    GlobalPool,
    Identity,
    InstanceNorm,
    Mul,
    Pad,
    Pool,
    ReLU,
    Seq,
    Slice,
    Upsample,
)


def _one(value, axis):
    return value[axis - 1] if isinstance(value, tuple) else value


def _before(layer, axis, size, kernel, stride):
    padding = layer.padding
    if padding == "same":
        reach = _one(layer.dilation, axis) * (kernel - 1) + 1
        return max((-(-size // stride) - 1) * stride + reach - size, 0) // 2
    entry = _one(padding, axis)
    return entry[0] if isinstance(entry, tuple) else 0 if entry == "valid" else entry


def _window(layer, axis, size, place):
    kernel = _one(layer.kernel, axis)
    stride = _one(layer.kernel if layer.stride is None else layer.stride, axis)
    first = place * stride - _before(layer, axis, size, kernel, stride)
    return {first + tap * _one(layer.dilation, axis) for tap in range(kernel)}


def _scattered(layer, axis, size, place):
    """Input elements whose window, laid down on the output, touches ``place``."""
    kernel, stride = _one(layer.kernel, axis), _one(layer.stride, axis)
    touched = set()
    for source in range(place // stride - 40, place // stride + 41):
        taps = {source * stride - _one(layer.padding, axis) + t * _one(layer.dilation, axis) for t in range(kernel)}
        if place in taps:
            touched.add(source)
    return touched


def _neighbours(layer, axis, place):
    scale = Fraction(_one(layer.scale_factor, axis))
    if layer.mode == "nearest":
        return {floor(place / scale)}
    centre = (place + Fraction(1, 2)) / scale - Fraction(1, 2)
    return {floor(centre), ceil(centre)}


def _reads(layer, axis, size, out, place):
    """Places along ``axis`` of an input of ``size`` elements that an output element in ``place`` reads."""
    if isinstance(layer, (Conv, Pool)):
        return _window(layer, axis, size, place)
    if isinstance(layer, ConvTranspose):
        return _scattered(layer, axis, size, place)
    if isinstance(layer, (GlobalPool, InstanceNorm)):
        return set(range(size))
    if isinstance(layer, AdaptivePool):
        if out == 1:
            # As a global pool: the padding around its one element is no further window.
            return set(range(size))
        return set(range(floor(Fraction(place * size, out)), ceil(Fraction((place + 1) * size, out))))
    if isinstance(layer, Pad):
        entry = _one(layer.padding, axis)
        return {place - (entry[0] if isinstance(entry, tuple) else entry)}
    if isinstance(layer, Slice):
        return {layer.start + place * layer.step} if layer.axis == axis else {place}
    if isinstance(layer, Upsample):
        return _neighbours(layer, axis, place)
    assert isinstance(layer, (ReLU, BatchNorm)), layer
    return {place}


def seeing(block, shape, axis):
    """A function from places of the output of ``block`` to sets of places of its input."""
    if isinstance(block, Identity):
        return lambda place: frozenset([place]), shape
    if isinstance(block, Seq):
        parts = []
        for part in block.blocks:
            sees, shape = seeing(part, shape, axis)
            parts.append(sees)
        return _chain(parts), shape
    if isinstance(block, (Add, Mul, Concat)):
        return _joined(block, shape, axis)
    out = block.output_shape(shape)
    return cache(lambda place: frozenset(_reads(block, axis, shape[axis], out[axis], place))), out


def _chain(parts):
    @cache
    def sees(place):
        places = {place}
        for part in reversed(parts):
            places = set().union(*map(part, places))
        return frozenset(places)

    return sees


def _joined(block, shape, axis):
    branches = [seeing(branch, shape, axis) for branch in block.branches]
    size = max(made[axis] for _, made in branches)

    @cache
    def sees(place):
        # A map of one element is stretched over the other ones.
        return frozenset().union(*(part(0 if made[axis] == 1 and size > 1 else place) for part, made in branches))

    own = {(min(places), max(places)) for places in map(sees, range(size)) if places}
    if len(own) == 1 and any(made[axis] == 1 for _, made in branches) and size > 1:
        # Where every element of a map sees the same, so does what is padded to it.
        all_of_it = frozenset().union(*map(sees, range(size)))
        return (lambda place: sees(place) if 0 <= place < size else all_of_it), _shape(block, branches, len(shape))
    return sees, _shape(block, branches, len(shape))


def _shape(block, branches, rank):
    channels = sum(made[0] for _, made in branches) if isinstance(block, Concat) else branches[0][1][0]
    return (channels, *(max(made[n] for _, made in branches) for n in range(1, rank)))


def hulls(block, shape, axis):
    """First and last place that every element of the output sees, or ``None``."""
    sees, out = seeing(block, shape, axis)
    return [(min(places), max(places)) if (places := sees(n)) else None for n in range(out[axis])]
