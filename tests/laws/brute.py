"""Counting by walking: windows are placed one by one, multiplications are made one by one. Slow and obvious."""

from __future__ import annotations

from itertools import product


def window_starts(size, kernel, stride, before, after, dilation, ceil=False):
    """Where windows start on an axis, padding included; position 0 is the first padded element.

    A window is placed if it ends on the padded map. In ceil mode it is also placed if the window one stride before it
    leaves elements over and it starts before the padding behind the map.
    """
    last = before + size + after - 1
    reach = dilation * (kernel - 1)
    starts = []
    for start in range(0, last + 1, stride):
        fits = start + reach <= last
        needed = start - stride + reach < last and start < before + size
        if (fits and not ceil) or (ceil and (fits or needed) and start < before + size):
            starts.append(start)
    return starts


def conv_counts(shape, out_channels, kernel, stride, sides, dilation, groups):
    """Output sizes and multiply-accumulates of a convolution, one loop iteration each."""
    spans = [
        window_starts(size, k, s, before, after, d)
        for size, k, s, (before, after), d in zip(shape[1:], kernel, stride, sides, dilation, strict=True)
    ]
    count = 0
    for _place in product(*spans):
        for _out in range(out_channels):
            for _in in range(shape[0] // groups):
                for _tap in product(*map(range, kernel)):
                    count += 1
    return tuple(map(len, spans)), count


def transposed_counts(shape, out_channels, kernel, stride, sides, dilation, groups, extra):
    """Output sizes and multiply-accumulates of a transposed convolution: each element is spread over its window."""
    reached = [set() for _ in kernel]
    count = 0
    for place in product(*map(range, shape[1:])):
        for tap in product(*map(range, kernel)):
            for axis, (p, t) in enumerate(zip(place, tap, strict=True)):
                reached[axis].add(p * stride[axis] + t * dilation[axis])
            for _in in range(shape[0]):
                for _out in range(out_channels // groups):
                    count += 1
    sizes = []
    for axis, ((before, after), more) in enumerate(zip(sides, extra, strict=True)):
        sizes.append(max(reached[axis]) + 1 - before - after + more)
    return tuple(sizes), count


def adaptive_taps(size, cells):
    """Elements read by all cells of one axis of an adaptive pool, from the definition of its windows."""
    from fractions import Fraction
    from math import ceil, floor

    return sum(
        len(range(floor(Fraction(i * size, cells)), ceil(Fraction((i + 1) * size, cells)))) for i in range(cells)
    )


def attention_macs(layer, shape):
    """Multiply-accumulates of an attention of a sequence to itself, one loop iteration each."""
    length, width = shape
    heads = layer.num_heads
    stored = layer.num_kv_heads or heads
    key = layer.key_dim or width // heads
    value = layer.value_dim or key
    count = 0
    for _place in range(length):
        for _in in range(width):
            for _head in range(heads):
                count += sum(1 for _ in range(key))
            for _head in range(stored):
                count += sum(1 for _ in range(key)) + sum(1 for _ in range(value))
        for _head in range(heads):
            for _other in range(length):
                count += sum(1 for _ in range(key)) + sum(1 for _ in range(value))
            for _from in range(value):
                count += sum(1 for _ in range(layer.out_features or width))
    return count
