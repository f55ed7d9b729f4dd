"""Our laws against real torch modules: exact shapes, params, buffers and MACs, and the same refusals."""

from __future__ import annotations

import pytest

pytest.importorskip("torch", reason="the oracle is torch itself: install convcost[torch]")

from hypothesis import HealthCheck, given, settings

import convcost as cc
from convcost import cost
from tests.oracles import interpreter
from tests.strategies import placed_blocks, placed_layers

many = settings(
    max_examples=1000,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)


def agree(block, shape, batch=1):
    """Torch and we say the same, or both refuse. Says which it was."""
    try:
        expected = interpreter.measure(block, shape, batch)
    except (RuntimeError, ValueError):
        with pytest.raises((cc.ShapeError, cc.SpecError)):
            cost(block, shape, batch)
        return False
    ours = cost(block, shape, batch)
    assert (ours.output_shape, ours.params, ours.buffers, ours.macs) == expected
    assert sum(row.macs for row in ours.rows) == ours.macs
    return True


@many
@given(placed_layers())
def test_a_thousand_random_layers(placed):
    agree(*placed)


@settings(many, max_examples=300)
@given(placed_blocks())
def test_three_hundred_random_blocks(placed):
    agree(*placed)


SINGLE = [
    (cc.LSTM(6), (5, 4)),
    (cc.LSTM(6, num_layers=2, bidirectional=True, bias=False), (5, 4)),
    (cc.LSTM(6, num_layers=2, bidirectional=True, proj_size=3), (5, 4)),
    (cc.GRU(6), (5, 4)),
    (cc.GRU(6, num_layers=3, bidirectional=True), (7, 3)),
    (cc.RNN(6), (5, 4)),
    (cc.RNN(6, num_layers=2, bidirectional=True, bias=False), (5, 4)),
    (cc.Embedding(10, 4), (5,)),
]


@pytest.mark.parametrize(("layer", "shape"), SINGLE, ids=lambda value: str(value).replace("/", "-"))
def test_layers_that_the_flop_counter_does_not_see(layer, shape):
    output, params, _, counted = interpreter.measure(layer, shape)
    ours = cost(layer, shape)
    assert (ours.output_shape, ours.params) == (output, params)
    if isinstance(layer, cc.Embedding):
        assert ours.macs == counted == 0
    else:
        weights_without_bias = interpreter.measure(_without_bias(layer), shape)[1]
        assert ours.macs == shape[0] * weights_without_bias


def _without_bias(layer):
    from dataclasses import replace

    return replace(layer, bias=False)


def _heads(width):
    return cc.Linear(2 * width) >> cc.Reshape((5, 2, width)) >> cc.Permute((1, 0, 2))


ATTENTION = [
    (cc.MultiheadAttention(2), (5, 4)),
    (cc.MultiheadAttention(3, bias=False), (7, 12)),
    (cc.MatMul(cc.Identity(), cc.Permute((1, 0))), (5, 4)),
    (cc.MatMul(cc.Identity(), cc.Permute((0, 2, 1))), (3, 5, 4)),
    (cc.ScaledDotProductAttention(_heads(4), _heads(4), _heads(6)), (5, 4)),
]


@pytest.mark.parametrize(("block", "shape"), ATTENTION, ids=[str(n) for n in range(len(ATTENTION))])
@pytest.mark.parametrize("batch", [1, 3])
def test_attention_and_matrix_products(block, shape, batch):
    assert agree(block, shape, batch)


@pytest.mark.parametrize("batch", [2, 5])
def test_the_batch_multiplies_macs_and_nothing_else(batch):
    assert agree(cc.Conv(6, 3, padding=1) >> cc.BatchNorm() >> cc.Flatten() >> cc.Linear(10), (3, 8, 8), batch)


REFUSED = [
    (cc.Conv(8, 9), (3, 4, 4)),
    (cc.Conv(8, 3, dilation=4), (3, 8, 8)),
    (cc.Conv(9, 3, groups=3), (4, 8, 8)),
    (cc.Pool(2, padding=2), (3, 8, 8)),
    (cc.Concat(cc.Conv(4, 1), cc.Conv(4, 3)), (3, 8, 8)),
    (cc.Add(cc.Conv(4, 1), cc.Conv(6, 1)), (3, 8, 8)),
    (cc.PixelShuffle(3), (4, 8, 8)),
]


@pytest.mark.parametrize(("block", "shape"), REFUSED, ids=[str(n) for n in range(len(REFUSED))])
def test_what_torch_refuses_we_refuse(block, shape):
    assert agree(block, shape) is False


def test_the_comparison_notices_a_wrong_law(monkeypatch):
    """Control: with a law that forgets the padding the oracle disagrees."""
    monkeypatch.setattr("convcost.layers.convolution.positions", lambda size, kernel, *_: size - kernel + 1)
    with pytest.raises(AssertionError):
        agree(cc.Conv(4, 3, padding=1), (3, 8, 8))
