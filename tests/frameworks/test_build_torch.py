"""Built modules against the cost they were built from: shapes, params, buffers and MACs of every layer and network."""

from __future__ import annotations

import numpy as np
import pytest

pytest.importorskip("torch", reason="what is built are torch modules: install convcost[torch]")

import torch
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from torch import nn

import convcost as cc
from convcost import Add, BatchNorm, Concat, Conv, Graph, Identity, Linear, Pool, ReLU, cost, networks
from convcost import layers as kinds
from convcost.frameworks import torch_layers
from convcost.frameworks.build_torch import to_torch
from convcost.graph import lower
from tests.frameworks.built import MAP, VECTORS, agree, many, only
from tests.strategies import maps, placed_blocks, placed_layers

# -- every layer ---------------------------------------------------------------------------------------------------

#: Layer, input shape, and the class in torch.nn that it becomes (none: a function).
LAYERS = [
    (Conv(6, 3, padding=1), (4, 8), "Conv1d"),
    (Conv(6, 3, stride=2, padding=(1, 0), dilation=2, groups=2, bias=False), MAP, "Conv2d"),
    (Conv(8, (1, 3, 3), groups="depthwise"), (4, 3, 5, 5), "Conv3d"),
    (cc.ConvTranspose(6, 3, stride=2, padding=1, output_padding=1), (4, 8), "ConvTranspose1d"),
    (cc.ConvTranspose(6, 3, stride=2, padding=1, groups=2, bias=False, dilation=2), MAP, "ConvTranspose2d"),
    (cc.ConvTranspose(4, 2, groups="depthwise"), (4, 3, 5, 5), "ConvTranspose3d"),
    (Pool(3, stride=2, padding=1), (4, 8), "MaxPool1d"),
    (Pool((2, 3), dilation=2), MAP, "MaxPool2d"),
    (Pool(2, ceil_mode=True), (4, 3, 5, 5), "MaxPool3d"),
    (Pool(2, kind="avg"), (4, 8), "AvgPool1d"),
    (Pool(3, stride=2, padding=1, kind="avg", ceil_mode=True, count_include_pad=False), MAP, "AvgPool2d"),
    (Pool(3, padding=1, kind="avg"), (4, 2, 5, 5), "AvgPool3d"),  # a map below its window, which torch refuses
    (Pool(3, stride=2, kind="avg", ceil_mode=True), (4, 2, 5, 5), "AvgPool3d"),
    (cc.GlobalPool(), (4, 8), "AdaptiveAvgPool1d"),
    (cc.GlobalPool("max", keepdims=False), MAP, "AdaptiveMaxPool2d"),
    (cc.AdaptivePool((None, 3)), MAP, "AdaptiveAvgPool2d"),
    (cc.AdaptivePool(None, "max"), (4, 8), "AdaptiveMaxPool1d"),
    (cc.AdaptivePool(2), (4, 3, 5, 5), "AdaptiveAvgPool3d"),
    (Linear(6), VECTORS, "Linear"),
    (Linear(6, bias=False, axis=0), MAP, "Linear"),
    (Linear(6, axis=-2), MAP, "Linear"),
    (cc.Embedding(10, 4), (5,), "Embedding"),
    (cc.LSTM(6, num_layers=2, bidirectional=True, proj_size=3, dropout=0.1), VECTORS, "LSTM"),
    (cc.LSTM(6, dropout=0.5), VECTORS, "LSTM"),  # torch warns of dropout between one layer
    (cc.GRU(6, num_layers=2, bias=False), VECTORS, "GRU"),
    (cc.RNN(6), VECTORS, "RNN"),
    (cc.MultiheadAttention(2), VECTORS, "MultiheadAttention"),
    (cc.MultiheadAttention(2, bias=False), VECTORS, "MultiheadAttention"),
    (BatchNorm(), (4,), "BatchNorm1d"),
    (BatchNorm(track_running_stats=False), (4, 8), "BatchNorm1d"),
    (BatchNorm(affine=False), MAP, "BatchNorm2d"),
    (BatchNorm(affine="scale"), MAP, "BatchNorm2d"),
    (BatchNorm(affine="shift"), (4, 3, 5, 5), "BatchNorm3d"),
    (cc.InstanceNorm(), (4, 8), "InstanceNorm1d"),
    (cc.InstanceNorm(affine=True, track_running_stats=True), MAP, "InstanceNorm2d"),
    (cc.GroupNorm(2), MAP, "GroupNorm"),
    (cc.GroupNorm(4, affine=False), (4,), "GroupNorm"),
    (cc.LayerNorm(), VECTORS, "LayerNorm"),
    (cc.LayerNorm(MAP[1:], bias=False), MAP, "LayerNorm"),
    (cc.LayerNorm(elementwise_affine=False), VECTORS, "LayerNorm"),
    (cc.LocalResponseNorm(4), MAP, "LocalResponseNorm"),
    (cc.LocalResponseNorm(3), (4,), "LocalResponseNorm"),
    (cc.ReLU(), MAP, "ReLU"),
    (cc.ReLU6(), MAP, "ReLU6"),
    (cc.LeakyReLU(0.2), MAP, "LeakyReLU"),
    (cc.PReLU(4), MAP, "PReLU"),
    (cc.ELU(2.0), MAP, "ELU"),
    (cc.SELU(), MAP, "SELU"),
    (cc.Sigmoid(), MAP, "Sigmoid"),
    (cc.Tanh(), MAP, "Tanh"),
    (cc.SiLU(), MAP, "SiLU"),
    (cc.GELU("tanh"), MAP, "GELU"),
    (cc.Softplus(), MAP, "Softplus"),
    (cc.Mish(), MAP, "Mish"),
    (cc.Hardsigmoid(), MAP, "Hardsigmoid"),
    (cc.Hardswish(), MAP, "Hardswish"),
    (cc.Hardtanh(-2.0, 2.0), MAP, "Hardtanh"),
    (cc.Softmax(), (4,), "Softmax"),
    (cc.Softmax(0), MAP, "Softmax"),
    (cc.Softmax(log=True), MAP, "LogSoftmax"),
    (cc.RMSNorm(), MAP, "RMSNorm"),
    (cc.Pointwise("exp"), MAP, ""),
    (cc.Combine(cc.Identity(), cc.Pointwise("abs"), operation="sub"), MAP, ""),
    (cc.Einsum(cc.Identity(), cc.Identity(), equation="chw,cwk->chk"), (4, 5, 5), ""),
    (cc.Reduce("mean", (1, 2)), MAP, ""),
    (cc.Slice(0, 1, 3), MAP, ""),
    (cc.Take(1, 2), MAP, ""),
    (cc.Tile((1, 2, 1)), MAP, ""),
    (cc.Add(cc.Identity(), cc.Parameter((4, 1, 1))), MAP, "Stored"),
    (cc.Dropout(0.3), MAP, "Dropout"),
    (cc.Flatten(), MAP, "Flatten"),
    (cc.Flatten(1, 2), MAP, "Flatten"),
    (cc.Flatten(), (), ""),
    (cc.Reshape((2, -1)), MAP, ""),
    (cc.Permute((2, 0, 1)), MAP, ""),
    (cc.Pad(((1, 0), (-1, -2))), MAP, ""),
    (cc.Pad(3, "reflect"), MAP, ""),
    (cc.Pad((8, 9), "circular"), MAP, ""),
    (cc.Pad(20, "replicate"), (4, 3, 5, 5), ""),
    (cc.Upsample(scale_factor=2), (4, 8), "Upsample"),
    (cc.Upsample((5, 20), mode="bilinear"), MAP, "Upsample"),
    (cc.Upsample(scale_factor=(2, 0.5), mode="linear"), MAP, "Upsample"),  # on images torch calls it bilinear
    (cc.Upsample(scale_factor=0.29), (1, 100), "Upsample"),  # 28 by torch's own multiplication
    (cc.Upsample(scale_factor=2, mode="bicubic"), MAP, "Upsample"),
    (cc.PixelShuffle(2), MAP, "PixelShuffle"),
    (cc.ChannelShuffle(2), MAP, "ChannelShuffle"),
    (cc.ChannelShuffle(2), (4,), "ChannelShuffle"),
    (Concat(Conv(3, 1), Identity(), axis=0), MAP, "Conv2d"),
    (Concat(Identity(), Identity(), axis=-1), MAP, ""),
    (Add(Identity(), Conv(4, 1), Identity()), MAP, "Conv2d"),
    (cc.Mul(Identity(), cc.GlobalPool()), MAP, "AdaptiveAvgPool2d"),
    (cc.MatMul(Identity(), cc.Permute((1, 0))), VECTORS, ""),
    (cc.ScaledDotProductAttention(Identity(), Identity(), Identity()), (2, 5, 4), ""),
]


@pytest.mark.filterwarnings("ignore:LSTM with projections is not supported with oneDNN")
@pytest.mark.parametrize(("block", "shape", "name"), LAYERS, ids=[f"{n}-{row[0]}" for n, row in enumerate(LAYERS)])
def test_every_layer(block, shape, name):
    module = agree(block, shape)
    if name:
        assert type(only(module)).__name__ == name
    else:
        assert [*module.children()] == []
    # Kernels of the processor refuse some shapes that the meta device takes.
    with torch.no_grad():
        y = to_torch(block, shape).eval()(torch.ones(3, *shape))
    assert tuple(y.shape) == (3, *cost(block, shape).output_shape)


def test_no_layer_is_forgotten():
    tested = {type(node.layer) for block, _, _ in LAYERS for node in lower(block).nodes}
    exported = {getattr(kinds, name) for name in kinds.__all__} - {kinds.Layer, kinds.Laws, kinds.Unknown}
    assert exported <= tested
    assert exported <= torch_layers.recipe.registry.keys()


def test_arguments_that_change_values_only_arrive_too():
    def made(layer, shape=MAP):
        return only(to_torch(layer, shape))

    assert made(cc.LeakyReLU(0.2)).negative_slope == 0.2
    assert made(cc.ELU(2.0)).alpha == 2.0
    assert (made(cc.Hardtanh(-2.0, 3.0)).min_val, made(cc.Hardtanh(-2.0, 3.0)).max_val) == (-2.0, 3.0)
    assert made(cc.GELU("tanh")).approximate == "tanh"
    assert made(cc.Dropout(0.3)).p == 0.3
    assert made(cc.LSTM(6, num_layers=2, dropout=0.1), VECTORS).dropout == 0.1
    assert made(Pool(2, kind="avg", count_include_pad=False)).count_include_pad is False
    assert made(cc.Softmax(0)).dim == 1


def hold(block, shape):
    """The module agrees, or the cost refuses and so does the builder."""
    try:
        cost(block, shape)
    except cc.ConvcostError as error:
        with pytest.raises(type(error)):
            to_torch(block, shape)
        return
    try:
        agree(block, shape)
    except ValueError as error:
        # Normalizing one single value is refused by torch for its result (0).
        assume("Expected more than 1 spatial element" not in str(error))
        raise
    except cc.UnsupportedError as error:
        # Arguments that Keras has and torch has not.
        assume("torch does not make this layer" not in str(error) and "the last axes only" not in str(error))
        raise


@settings(many, max_examples=700)
@given(placed_layers())
def test_random_layers(placed):
    hold(*placed)


@settings(many, max_examples=200)
@given(placed_blocks())
def test_random_blocks(placed):
    hold(*placed)


@st.composite
def sided_windows(draw):
    """Pools and convolutions of all paddings, where torch pads both sides alike, and an input for them."""
    shape = draw(maps(high=9))
    rank = len(shape) - 1

    def each(low, high):
        one = st.integers(low, high)
        return draw(one | st.tuples(*[one] * rank))

    side = st.integers(0, 4)
    padding = draw(st.sampled_from(["same", "valid"]) | st.tuples(*[st.tuples(side, side)] * rank))
    kind = draw(st.sampled_from(["max", "avg", "transposed"]))
    if kind == "transposed":
        return cc.ConvTranspose(4, each(1, 4), stride=each(1, 4), padding=padding, dilation=each(1, 3)), shape
    dilation, ceil_mode = each(1, 2) if kind == "max" else 1, draw(st.booleans())
    stride = draw(st.none()) if draw(st.booleans()) else each(1, 4)
    return Pool(each(1, 4), stride=stride, padding=padding, dilation=dilation, ceil_mode=ceil_mode, kind=kind), shape


@settings(many, max_examples=300)
@given(sided_windows())
def test_random_padding_that_torch_has_not(placed):
    hold(*placed)


@pytest.mark.parametrize("name", networks.names())
def test_every_bundled_network(name):
    agree(networks.get(name), networks.entry(name).input)


# -- controls ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("option", "wrong"),
    [("bias", True), ("out_channels", 12), ("padding", 0), ("groups", 1)],
    ids=["params", "shape and params", "shape", "MACs and params"],
)
def test_a_module_that_differs_from_its_layer_is_noticed(monkeypatch, option, wrong):
    """Control: with one argument of one convolution changed on its way, the comparison fails."""
    block = Conv(4, 3, padding=1) >> Conv(8, 3, padding=1, groups=2, bias=False)
    agree(block, MAP)
    make = nn.Conv2d
    monkeypatch.setattr(
        nn, "Conv2d", lambda **given: make(**given | {option: wrong} if given["groups"] == 2 else given)
    )
    with pytest.raises(AssertionError):
        agree(block, MAP)


def test_a_doctored_count_is_noticed(monkeypatch):
    """Control: a law of MACs that forgets the groups no longer fits the module, whose params still do."""
    block = Conv(4, 3, groups=2)
    agree(block, MAP)
    macs = Conv.macs
    monkeypatch.setattr(Conv, "macs", lambda self, *inputs, out: 2 * macs(self, *inputs, out=out))
    with pytest.raises(AssertionError):
        agree(block, MAP)


# -- what cannot be built ------------------------------------------------------------------------------------------

H, n = cc.symbols("H n")
REFUSED = [
    (Conv(8, 3), (3, H, H), r"^modules are built with numbers \(got input 3×H×H\)$"),
    (Conv(n, 3), (3, 8, 8), r"^conv1: modules are built with numbers \(got n\)$"),
    (Conv(8, (n, 3), padding="same"), (3, 8, 8), r"^conv1: modules are built with numbers \(got \(n, 3\)\)$"),
    (cc.Repeat(Conv(3, 1), n), (3, 8, 8), r"^repeat1/each: modules are built with numbers \(got n\)$"),
    (Conv(8, 3), (3, np.array([8, 9]), 8), r"^modules are built with numbers"),
    (Conv(8, np.array([3, 5]), padding="same"), (3, 8, 8), r"^conv1: modules are built with numbers"),
    (ReLU() >> cc.Unknown("fft", (8,), name="f"), (3,), r"^f: there is no counterpart in torch \(got Unknown\('fft', "),
    (Pool(2, dilation=2, kind="avg"), (3, 8, 8), "^pool1: torch has no average pool with dilation"),
    (BatchNorm(), (3, 2, 2, 2, 2), r"^batchnorm1: there is no torch.nn.BatchNorm4d \(got input 3×2×2×2×2\)$"),
    (cc.InstanceNorm(), (3, 2, 2, 2, 2), "there is no torch.nn.InstanceNorm4d"),
    (cc.Upsample(5, mode="bicubic"), (3, 8), "bicubic resampling of images only"),
    (cc.Pad(8, "reflect"), (3, 8, 9), "torch pads no map by more than itself in mode 'reflect'"),
    (cc.Pad(9, "circular"), (3, 8, 9), "torch pads no map by more than itself in mode 'circular'"),
    (cc.Hardtanh(1.0, -1.0), (3,), "^hardtanh1: torch does not make this layer"),
]


@pytest.mark.parametrize(("block", "shape", "message"), REFUSED, ids=[row[2][:40] for row in REFUSED])
def test_what_cannot_be_built_is_refused_in_one_line(block, shape, message):
    with pytest.raises(cc.UnsupportedError, match=message) as caught:
        to_torch(block, shape)
    assert "\n" not in str(caught.value)


def test_what_has_no_cost_is_refused_as_the_cost_refuses_it():
    with pytest.raises(cc.ShapeError, match="conv1: the kernel spans 9"):
        to_torch(Conv(8, 9), (3, 4, 4))
    with pytest.raises(cc.SpecError, match="an input shape is needed"):
        to_torch(Conv(8, 9))
    with pytest.raises(cc.SpecError, match=r"parse it with convcost.parse"):
        to_torch("Conv(8, 3)", (3, 4, 4))
    graph = Graph()
    graph.output(graph.add(Linear(3), graph.input()))
    graph.input_shapes = ((4,),)
    assert to_torch(graph)(torch.zeros(1, 4)).shape == (1, 3)
