"""The window law and the layers on it against a walk."""

from __future__ import annotations

from math import gcd

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from convcost import Conv, ConvTranspose, Pool, ShapeError, cost
from convcost.window import adaptive_taps, positions, same_positions, span, transposed_positions
from tests.laws import brute

size, kernel, stride, dilation = st.integers(1, 14), st.integers(1, 6), st.integers(1, 5), st.integers(1, 3)
pad = st.integers(0, 4)


@settings(max_examples=2000, deadline=None)
@given(size, kernel, stride, pad, pad, dilation)
def test_floor_law_is_the_walk(n, k, s, a, b, d):
    law = positions(n, k, s, a, b, d)
    assert max(law, 0) == len(brute.window_starts(n, k, s, a, b, d))


@settings(max_examples=2000, deadline=None)
@given(size, kernel, stride, pad, dilation)
def test_ceil_law_is_the_walk(n, k, s, p, d):
    if 2 * p > span(k, d):
        p = span(k, d) // 2
    law = positions(n, k, s, p, p, d, ceil=True)
    assert max(law, 0) == len(brute.window_starts(n, k, s, p, p, d, ceil=True))


@given(size, stride)
def test_same_starts_a_window_at_every_stride(n, s):
    assert same_positions(n, s) == len(range(0, n, s))


@given(size, kernel, stride, dilation, pad)
def test_transposed_law_undoes_the_window_law(n, k, s, d, p):
    grown = transposed_positions(n, k, s, p, p, d)
    assert positions(grown, k, s, p, p, d) == n


@given(st.integers(1, 60), st.integers(1, 60))
def test_adaptive_windows_read_what_the_definition_says(n, cells):
    assert adaptive_taps(n, cells, gcd(n, cells)) == brute.adaptive_taps(n, cells)


small_maps = st.integers(1, 3).flatmap(lambda rank: st.tuples(st.sampled_from([1, 2, 4]), *[st.integers(1, 6)] * rank))


@st.composite
def conv_arguments(draw, least_pad=0):
    shape = draw(small_maps)
    rank = len(shape) - 1
    each = lambda values: tuple(draw(values) for _ in range(rank))  # noqa: E731
    groups = draw(st.sampled_from([g for g in (1, 2, 4) if shape[0] % g == 0]))
    sides = tuple((draw(st.integers(0, 2)), draw(st.integers(0, 2))) for _ in range(rank))
    out = groups * draw(st.integers(1, 2))
    return shape, out, each(st.integers(1, 3)), each(st.integers(1, 3)), sides, each(st.integers(1, 2)), groups


@settings(max_examples=300, deadline=None)
@given(conv_arguments(), st.booleans())
def test_convolution_is_the_walk(arguments, bias):
    shape, out, k, s, sides, d, groups = arguments
    layer = Conv(out, k, stride=s, padding=sides, dilation=d, groups=groups, bias=bias)
    sizes, macs = brute.conv_counts(shape, out, k, s, sides, d, groups)
    if 0 in sizes:
        with pytest.raises(ShapeError):
            cost(layer, shape)
        return
    counted = cost(layer, shape)
    outputs = out
    for length in sizes:
        outputs *= length
    assert counted.output_shape == (out, *sizes)
    assert counted.macs == macs
    assert counted.under("full") == 2 * macs + bias * outputs
    assert counted.params == macs // (outputs // out) + bias * out


@settings(max_examples=300, deadline=None)
@given(conv_arguments(), st.data())
def test_transposed_convolution_is_the_walk(arguments, data):
    shape, out, k, s, sides, d, groups = arguments
    extra = tuple(data.draw(st.integers(0, max(a, b) - 1)) for a, b in zip(s, d, strict=True))
    layer = ConvTranspose(out, k, stride=s, padding=sides, output_padding=extra, groups=groups, dilation=d)
    sizes, macs = brute.transposed_counts(shape, out, k, s, sides, d, groups, extra)
    if min(sizes) < 1:
        with pytest.raises(ShapeError):
            cost(layer, shape)
        return
    counted = cost(layer, shape)
    assert counted.output_shape == (out, *sizes)
    assert counted.macs == macs


@given(st.integers(1, 4), st.integers(1, 4))
def test_grouped_is_ungrouped_divided_by_groups(groups, times):
    plain, grouped = (cost(Conv(12 * times, 3, groups=g), (12, 7, 7)) for g in (1, groups))
    assert plain.macs == grouped.macs * groups


def test_a_window_that_starts_behind_the_map_is_dropped():
    """Size 5, kernel 2, stride 3, padding 1 in ceil mode: 3 windows by rounding up, the third starts in padding."""
    assert cost(Pool(2, stride=3, padding=1, ceil_mode=True), (1, 5)).output_shape == (1, 2)


def test_the_walk_notices_a_law_that_is_off_by_one():
    """Control: rounding up where the law rounds down is seen."""
    with pytest.raises(AssertionError):
        assert len(brute.window_starts(7, 3, 3, 0, 0, 1)) == -((7 - 3) // -3) + 1, "ceil is not floor"
