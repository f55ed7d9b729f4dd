"""Comparison: exact ratios, closed forms, and the width at which a bottleneck stops paying."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st

from convcost import (
    Add,
    Conv,
    Flatten,
    Graph,
    Linear,
    Pad,
    Reshape,
    SpecError,
    compare,
    cost,
    networks,
    parse,
    symbols,
)

NAIVE, BOTTLENECK = Conv(32, 5, padding=2), Conv(16, 1) >> Conv(32, 5, padding=2)


def test_the_flagship():
    both = compare(NAIVE, BOTTLENECK, input_shape=(192, 28, 28))
    assert both.ratios() == (1, Fraction(300, 31))
    assert both.ratios("params") == (1, Fraction(153632, 15920))
    found = both.break_even
    assert found.value == Fraction(4800, 31)
    assert (found.cheaper[0], found.dearer[0]) == (154, 155)


@settings(max_examples=60, deadline=None)
@given(st.sampled_from([1, 3, 5, 7]), st.integers(2, 64), st.integers(2, 64), st.integers(7, 20))
def test_break_even_is_where_the_integers_cross(kernel, c_in, c_out, size):
    """Against trying every width: the cheapest side that the formula names is the last one that is cheaper."""
    naive = Conv(c_out, kernel, padding=kernel // 2)
    both = compare(naive, Conv(4, 1) >> naive, input_shape=(c_in, size, size))
    found = both.break_even
    first = cost(naive, (c_in, size, size)).macs
    costs = {r: cost(Conv(r, 1) >> naive, (c_in, size, size)).macs for r in range(1, c_in + c_out + 2)}
    cheaper = [r for r, macs in costs.items() if macs < first]
    dearer = [r for r, macs in costs.items() if macs > first]
    assert found.first_macs == first
    assert found.cheaper == ((max(cheaper), costs[max(cheaper)]) if cheaper else None)
    assert found.dearer == (min(dearer), costs[min(dearer)])


def test_over_the_specs_own_symbols():
    C, H, W, K, k, r = symbols("C H W K k r")
    both = compare(Conv(K, k, padding="same"), Conv(r, 1) >> Conv(K, k, padding="same"), input_shape=(C, H, W))
    assert sympy.simplify(both.ratio_forms[1] - k**2 * C * K / (r * (C + k**2 * K))) == 0
    assert sympy.simplify(both.break_even.expression - k**2 * C * K / (C + k**2 * K)) == 0
    assert both.break_even.value is None


def test_a_width_that_a_sum_fixes_is_not_free():
    """ResNet-34's first 1×1 is a shortcut: its width must be that of the sum."""
    assert compare(networks.get("resnet18"), networks.get("resnet34"), input_shape=(3, 224, 224)).break_even is None


def test_a_negative_width_is_none():
    assert compare(networks.get("resnet34"), networks.get("resnet50"), input_shape=(3, 224, 224)).break_even is None


def test_widths_that_the_groups_allow():
    """r = 391.84 by the formula, but groups=4 takes multiples of 4 only."""
    grouped = parse("Conv(r, 1) >> Conv(32, 5, padding=2, groups=4)")
    found = compare(NAIVE, grouped, input_shape=(192, 28, 28)).break_even
    assert (found.cheaper[0], found.dearer[0]) == (388, 392)


def test_an_irrational_width():
    chain = parse("Conv(r, 1) >> Conv(r, 3, padding=1) >> Conv(64, 1)")
    found = compare(Conv(64, 3, padding=1), chain, input_shape=(64, 56, 56)).break_even
    assert not found.exact
    assert (found.cheaper[0], found.dearer[0]) == (57, 58)
    assert found.cheaper[1] == 56 * 56 * (64 * 57 + 9 * 57 * 57 + 57 * 64) < found.first_macs


def test_what_was_not_counted_has_no_ratio():
    both = compare(parse("Conv(3, 1)"), parse("Conv(3, 1) >> Unknown('x', (3, 5, 5))"), input_shape=(3, 5, 5))
    assert both.ratios() == (1, None)
    assert both.break_even is None
    assert "lower-bound" in both.table()


def test_no_reduction_no_break_even():
    both = compare(NAIVE, Conv(32, 3, padding=1), input_shape=(192, 28, 28))
    assert both.break_even is None
    assert both.ratio_forms == (1, sympy.Rational(25, 9))


def test_what_closed_forms_assume_is_said():
    block = parse("Conv(4, 1)") >> Flatten() >> Linear(10, in_features=64)
    both = compare(block, block, input_shape=(3, 4, 4))
    assert both.assumptions == ("4*H*W == 64",)
    assert "assumes 4*H*W == 64" in both.table()


def test_sizes_that_cannot_be_symbols_are_compared_in_numbers():
    block = parse("Conv(4, 1)") >> Pad(-1) >> Reshape((4, 2, 2)) >> Conv(4, 2)
    graph = Graph()
    x, y = graph.input(), graph.input()
    graph.output(graph.add(Add(), x, y))
    assert compare(block, block, input_shape=(3, 4, 4)).ratios() == (1, 1)
    twice = compare(graph, graph, input_shape=[(3, 4, 4), (3, 4, 4)])
    assert twice.ratios() == (None, None)


def test_more_than_two_and_fewer():
    three = compare(NAIVE, BOTTLENECK, Conv(8, 1) >> NAIVE, input_shape=(192, 28, 28))
    assert len(three.ratios()) == 3
    assert three.break_even.block == 1
    with pytest.raises(SpecError):
        compare(NAIVE, input_shape=(192, 28, 28))


def test_different_outputs_are_remarked():
    both = compare(NAIVE, replace(NAIVE, out_channels=16), input_shape=(192, 28, 28))
    assert "output shapes differ" in both.table()
