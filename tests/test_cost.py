"""Tables of single layers and blocks, errors with their place, and the forms of a result."""

from __future__ import annotations

import json
import pickle

import numpy as np
import pytest

import convcost as cc
from convcost import (
    Add,
    BatchNorm,
    Concat,
    Conv,
    Cost,
    Flatten,
    Graph,
    Identity,
    Linear,
    Module,
    Pool,
    ReLU,
    Repeat,
    ShapeError,
    SpecError,
    Tap,
    Unknown,
    cost,
    networks,
    symbols,
)
from convcost.networks import tutorials
from convcost.tally import Tally
from tests.laws import brute

# spec, input, output, params, macs, everything (2 per MAC). The arithmetic stands beside each.
LAYERS = [
    (Conv(6, 3, padding=1), (4, 8, 8), (6, 8, 8), 6 * 4 * 9 + 6, 6 * 4 * 9 * 64, 2 * 6 * 4 * 9 * 64 + 6 * 64),
    (Conv(6, 3, padding=1, bias=False), (4, 8, 8), (6, 8, 8), 216, 13_824, 27_648),
    (Conv(8, 3, groups="depthwise"), (4, 8, 8), (8, 6, 6), 8 * 9 + 8, 8 * 9 * 36, 2 * 8 * 9 * 36 + 8 * 36),
    (Conv(6, (1, 7), padding=(0, 3)), (4, 8, 8), (6, 8, 8), 6 * 4 * 7 + 6, 6 * 4 * 7 * 64, 2 * 6 * 4 * 7 * 64 + 384),
    (Conv(6, 3, padding=((0, 1), (0, 1)), stride=2), (4, 8, 8), (6, 4, 4), 222, 216 * 16, 2 * 216 * 16 + 96),
    (Conv(6, 3, padding="same", stride=2), (4, 7, 7), (6, 4, 4), 222, 216 * 16, 2 * 216 * 16 + 96),
    (Conv(6, 3), (4, 8), (6, 6), 6 * 4 * 3 + 6, 72 * 6, 2 * 72 * 6 + 36),
    (Conv(6, 3), (4, 8, 8, 8), (6, 6, 6, 6), 6 * 4 * 27 + 6, 648 * 216, 2 * 648 * 216 + 6 * 216),
    (cc.ConvTranspose(6, 3, stride=2, padding=1), (4, 8, 8), (6, 15, 15), 222, 13_824, 2 * 13_824 + 6 * 225),
    (cc.ConvTranspose(6, 3, stride=2, padding="same"), (4, 8, 8), (6, 16, 16), 222, 13_824, 2 * 13_824 + 6 * 256),
    (cc.ConvTranspose(6, 2, stride=3, padding="valid"), (4, 8, 8), (6, 24, 24), 102, 6_144, 2 * 6_144 + 6 * 576),
    (Pool(3, stride=2, padding=1), (4, 8, 8), (4, 4, 4), 0, 0, 64 * 8),
    (Pool(2, kind="avg"), (4, 8, 8), (4, 4, 4), 0, 0, 64 * 3 + 64),
    (Pool(3, stride=2, padding="same"), (4, 7, 7), (4, 4, 4), 0, 0, 64 * 8),
    (cc.GlobalPool(), (4, 8, 8), (4, 1, 1), 0, 0, 4 * 63 + 4),
    (cc.GlobalPool(keepdims=False), (4, 8, 8), (4,), 0, 0, 4 * 63 + 4),
    (cc.AdaptivePool(3), (4, 8, 8), (4, 3, 3), 0, 0, 4 * 100),  # 10 taps an axis: 3 + 4 + 3
    (Linear(6), (4,), (6,), 30, 24, 54),
    (Linear(6), (5, 4), (5, 6), 30, 120, 270),
    (Linear(6, axis=0), (4, 2, 2), (6, 2, 2), 30, 96, 2 * 96 + 24),
    (BatchNorm(), (4, 8, 8), (4, 8, 8), 8, 0, 512),
    (BatchNorm(affine="scale"), (4, 8, 8), (4, 8, 8), 4, 0, 512),
    (cc.LayerNorm(), (5, 4), (5, 4), 8, 0, 5 * (11 + 3 + 1 + 8 + 4 + 4)),
    (cc.Softmax(), (4,), (4,), 0, 0, 3 + 7 + 4 + 4),
    (ReLU(), (4, 8, 8), (4, 8, 8), 0, 0, 256),
    (cc.PReLU(4), (4, 8, 8), (4, 8, 8), 4, 0, 512),
    (cc.Embedding(10, 4), (5,), (5, 4), 40, 0, 0),
    (cc.LSTM(6, bias=False), (5, 4), (5, 6), 240, 1200, None),
    (cc.MultiheadAttention(2), (5, 4), (5, 4), 80, 520, None),
    (cc.Upsample(scale_factor=0.5), (4, 9, 9), (4, 4, 4), 0, 0, 0),
    (cc.Pad(((1, 0), (-1, -2))), (4, 8, 8), (4, 9, 5), 0, 0, 0),
    (cc.ChannelShuffle(2), (4, 8, 8), (4, 8, 8), 0, 0, 0),
    (cc.Reshape((2, -1)), (4, 8), (2, 16), 0, 0, 0),
    (cc.Dropout(0.4), (4, 8), (4, 8), 0, 0, 0),
    (cc.Pointwise("exp"), (4, 8), (4, 8), 0, 0, 32),
    (cc.Pointwise("squareplus"), (4, 8), (4, 8), 0, 0, 32 * 5),
    (cc.Combine(Identity(), ReLU(), operation="sub"), (4, 8), (4, 8), 0, 0, 32 + 32),
    (cc.Combine(Identity(), Identity(), Identity(), operation="average"), (4, 8), (4, 8), 0, 0, 32 * 3),
    (cc.Combine(Identity(), Identity(), Identity(), operation="select"), (4, 8), (4, 8), 0, 0, 0),
    (cc.Reduce("mean", (1, 2)), (4, 8, 8), (4,), 0, 0, 4 * 64),
    (cc.Reduce("max", 0, keepdims=True), (4, 8), (1, 8), 0, 0, 8 * 3),
    (cc.Reduce("norm"), (4, 8), (), 0, 0, 32 + 31 + 1),
    (cc.Reduce("prod", -1), (4, 8), (4,), 0, 0, 4 * 7),
    (cc.Slice(1, 1, -1, 2), (4, 8), (4, 3), 0, 0, 0),
    (cc.Slice(0, -2, 99), (4, 8), (2, 8), 0, 0, 0),
    (cc.Take(1), (4, 8), (4,), 0, 0, 0),
    (cc.Take(0, 9), (4, 8), (9, 8), 0, 0, 0),
    (cc.Tile((1, 3)), (4, 8), (4, 24), 0, 0, 0),
    (cc.Add(Identity(), cc.Parameter((1, 8))), (4, 8), (4, 8), 8, 0, 32),
    (cc.Add(Identity(), cc.Parameter((1, 8), learned=False)), (4, 8), (4, 8), 0, 0, 32),
    (cc.Einsum(Identity(), Identity(), equation="ij,kj->ik"), (4, 8), (4, 4), 0, 4 * 4 * 8, 2 * 128),
    (cc.Einsum(Identity(), cc.Parameter((8, 2, 3)), equation="td,dhk->htk"), (4, 8), (2, 4, 3), 48, 192, 384),
    (cc.RNN(6, bias=False), (5, 4), (5, 6), 60, 300, 2 * 300 + 5 * 6 * 2),
    (cc.RNN(6, bias="single"), (5, 4), (5, 6), 66, 300, 2 * 300 + 5 * 6 * 3),
    (cc.LSTM(6, bias="single"), (5, 4), (5, 6), 264, 1200, None),
    (cc.GRU(6, bias="single"), (5, 4), (5, 6), 198, 900, None),
    (cc.RMSNorm(), (5, 4), (5, 4), 4, 0, 5 * (4 + 3 + 1 + 3 + 4 + 4)),
    (cc.RMSNorm((0, 1), False), (5, 4), (5, 4), 0, 0, 20 + 19 + 1 + 3 + 20),
    (cc.LayerNorm(axis=0), (4, 5), (4, 5), 8, 0, 5 * (11 + 3 + 1 + 8 + 4 + 4)),
    (cc.LayerNorm(elementwise_affine="shift"), (5, 4), (5, 4), 4, 0, 5 * (11 + 3 + 1 + 8 + 4)),
    (cc.GroupNorm(2, "scale"), (4, 3), (4, 3), 4, 0, 2 * (17 + 3 + 1 + 12 + 6)),
    (cc.Softmax(log=True), (4,), (4,), 0, 0, 3 + 4 + 4 + 3 + 1 + 4),
    (cc.PReLU("each"), (4, 8, 8), (4, 8, 8), 256, 0, 512),
    # A head of 8 and 3 where the width is 4: (4 + 1)*16 twice, (4 + 1)*6, (6 + 1)*7.
    (cc.MultiheadAttention(2, key_dim=8, value_dim=3, out_features=7), (5, 4), (5, 7), 239, None, None),
    (cc.MultiheadAttention(4, num_kv_heads=2, bias=False), (5, 8), (5, 8), 2 * 64 + 2 * 32, None, None),
]


@pytest.mark.parametrize(
    ("layer", "shape", "output", "params", "macs", "everything"), LAYERS, ids=lambda v: str(v)[:60]
)
def test_layers(layer, shape, output, params, macs, everything):
    counted = cost(layer, shape)
    macs = brute.attention_macs(layer, shape) if macs is None else macs
    assert (counted.output_shape, counted.params, counted.macs) == (output, params, macs)
    assert counted.flops == 2 * macs == counted.under("flops")
    if everything is not None:
        assert counted.under("full") == everything
    assert counted.status == "exact" and type(counted.macs) is int


BAD = [
    (lambda: Conv(8, -3), SpecError, "kernel must be at least 1"),
    (lambda: Conv(0, 3), SpecError, "out_channels must be at least 1"),
    (lambda: Conv(8, 3, stride=0), SpecError, "stride must be at least 1"),
    (lambda: Conv(8, 3, padding=-1), SpecError, "padding must be at least 0"),
    (lambda: Conv(8, 3, padding="full"), SpecError, '"same" or "valid"'),
    (lambda: Conv(8, 3, groups="all"), SpecError, '"depthwise"'),
    (lambda: Conv(8, 3.0), SpecError, "whole number"),
    (lambda: Conv(True, 3), SpecError, "whole number"),
    (lambda: Conv(8, (3, 3, 3, 3)), SpecError, "1 to 3 axes"),
    (lambda: Conv(8, 3, bias=1), SpecError, "True or False"),
    (lambda: Pool(2, kind="sum"), SpecError, "'max', 'avg'"),
    (lambda: Pool(3, ceil_mode="yes"), SpecError, "True or False"),
    (lambda: cc.Upsample(), SpecError, "size or scale_factor"),
    (lambda: cc.Pointwise("sin"), SpecError, "function is one of"),
    (lambda: cc.Combine(), SpecError, "needs operation="),
    (lambda: cc.Reduce("median"), SpecError, "kind is one of"),
    (lambda: cost(cc.Reduce("sum", 2), (4, 8)), ShapeError, "no axes"),
    (lambda: cost(cc.Slice(0, 4), (4, 8)), ShapeError, "nothing is left"),
    (lambda: cost(cc.Take(2), (4, 8)), ShapeError, "no axis 2"),
    (lambda: cost(cc.Tile((1, 2)), (4,)), ShapeError, "speaks of 2 axes"),
    (lambda: cc.Einsum(equation="ii,ij->j"), SpecError, "once in an input"),
    (lambda: cc.Einsum(equation="ij->j"), SpecError, "written like"),
    (lambda: cost(cc.Einsum(Identity(), Identity(), equation="ij,jk->ik"), (4, 8)), ShapeError, "'j' is 8 and 4"),
    (lambda: cc.LSTM(6, bias="double"), SpecError, "bias is one of"),
    (lambda: cc.LayerNorm((4,), axis=0), SpecError, "normalized_shape or axis"),
    (lambda: cost(cc.LayerNorm(axis=(0, -2)), (4, 8)), ShapeError, "not once"),
    (lambda: cc.MultiheadAttention(4, num_kv_heads=3), SpecError, "divides num_heads"),
    (lambda: cc.Dropout(1.5), SpecError, "probability"),
    (lambda: cc.Reshape((-1, -1)), SpecError, "may be -1"),
    (lambda: cc.Permute((0, 2)), SpecError, "every axis once"),
    (lambda: Conv(8, 3, name="a/b"), SpecError, "without '/'"),
    (lambda: Concat(Conv), SpecError, r"write Conv\(...\)"),
    (lambda: Concat(Conv(8, 1), dim=1), SpecError, "no argument dim"),
    (lambda: Repeat(ReLU(), -1), SpecError, "negative"),
    (lambda: cost(Conv(8, 9), (3, 4, 4)), ShapeError, "conv1: the kernel spans 9, more than the padded map of 4"),
    (lambda: cost(Conv(9, 3, groups=3), (4, 8, 8)), ShapeError, "groups=3 does not divide the 4 input channels"),
    (lambda: cost(Conv(8, 3, groups=3), (3, 8, 8)), ShapeError, "does not divide the 8 output channels"),
    (lambda: cost(Conv(8, (3, 3)), (3, 8)), ShapeError, "kernel speaks of 2 spatial axes, the input has 1"),
    (lambda: cost(Conv(8, 3), (3,)), ShapeError, "without the batch"),
    (lambda: cost(Conv(8, 3, in_channels=4), (3, 8, 8)), ShapeError, "in_channels=4 is declared, but 3 come in"),
    (lambda: cost(cc.ConvTranspose(4, 3, output_padding=1), (3, 8, 8)), ShapeError, "output_padding must be smaller"),
    (lambda: cost(Pool(2, padding=2), (3, 8, 8)), SpecError, "at most half its kernel"),
    (lambda: cost(Conv(8, 3), (3, 8, 0)), SpecError, "dims are at least 1"),
    (lambda: cost(Conv(8, 3), None), SpecError, "an input shape is needed"),
    (lambda: cost(Conv(8, 3), "3x8x8"), SpecError, "a tuple of dims"),
    (lambda: cost(Conv(8, 3), (3, 8, 8), batch=0), SpecError, "batch must be at least 1"),
    (lambda: cost("Conv(8, 3)", (3, 8, 8)), SpecError, "parse it"),
    (lambda: cost(cc.Add(Conv(4, 1), Flatten()), (4, 1, 1)), ShapeError, "differ in rank"),
    (lambda: cost(Conv(8, 3, name="a") >> Conv(8, 3, name="a"), (3, 8, 8)), SpecError, "same name"),
    (lambda: cost(Linear(10, in_features=9), (3, 3, 1)), ShapeError, r"put Flatten\(\) before it"),
    (lambda: cost(Conv(8, 1), (3, 4, 4)).under("thing"), SpecError, "one of macs, flops, full"),
    (lambda: cost(Conv(8, 1), (3, 4, 4)).table("docx"), SpecError, "no format 'docx'"),
]


@pytest.mark.parametrize(("make", "kind", "words"), BAD, ids=[str(n) for n in range(len(BAD))])
def test_errors_are_one_clear_line(make, kind, words):
    with pytest.raises(kind, match=words) as caught:
        make()
    text = str(caught.value)
    assert "\n" not in text and len(text) < 500
    again = pickle.loads(pickle.dumps(caught.value))  # noqa: S301 (our own bytes)
    assert type(again) is kind and str(again) == text
    assert isinstance(caught.value, ValueError)


ARRAYS = np.array([1, 2, 3])
MORE_BAD = [
    (lambda: cc.LSTM(6, proj_size=6), "proj_size is smaller"),
    (lambda: cc.LSTM(6, dropout=7), "dropout is a number from 0 to 1"),
    (lambda: cc.LSTM(6, num_layers=10**8), "up to 1000"),
    (lambda: cc.LeakyReLU("a"), "negative_slope is a number"),
    (lambda: cc.Hardtanh(ReLU(), 3), "min_val is a number"),
    (lambda: Repeat(ReLU(), 10**9), "up to 50,000"),
    (lambda: cost(Repeat(Repeat(ReLU(), 1000), 1000), (3,)), "at most 50,000 layers"),
    (lambda: Repeat(ReLU(), ARRAYS), "times is one number"),
    (lambda: cost(cc.ConvTranspose(4, 3, 2, padding="same", output_padding=1), (3, 4, 4)), "padding in numbers"),
    (lambda: cost(Pool(3, 1, 2, dilation=2), (3, 9, 9)), "at most half its kernel"),
    (lambda: cost(Conv(3, 1), (3, np.array([1, 2]), ARRAYS)), "arrays do not go together"),
    (lambda: Conv(np.array([1.5, 7], dtype=object), 1), "whole number"),
    (lambda: Conv(np.array(["a", 7], dtype=object), 1), "whole number"),
    (lambda: cost(Concat(ReLU(), axis=5), (3, 4, 4)), "there is no axis 5"),
]


@pytest.mark.parametrize(("make", "words"), MORE_BAD, ids=[str(n) for n in range(len(MORE_BAD))])
def test_arguments_that_mean_nothing(make, words):
    with pytest.raises(cc.ConvcostError, match=words) as caught:
        make()
    assert "bring the branches" not in str(caught.value)


def test_arrays_as_arguments():
    assert cost(Conv(6, 3, groups=ARRAYS), (6, 7, 7)).macs.tolist() == [8100, 4050, 2700]
    assert [dim.tolist() for dim in cost(cc.Reshape((ARRAYS, -1)), (6, 1)).output_shape] == [[1, 2, 3], [6, 3, 2]]


# -- the broken blocks of the tutorials --------------------------------------------------------------------------


def test_tutorial_000_linear_layer():
    with pytest.raises(ShapeError) as caught:
        cost(tutorials.mnist_inception(features=3 * 3 * 1024), (1, 28, 28))
    text = str(caught.value)
    assert text.startswith("fc: in_features=9216 is declared, but 1408 come in")
    assert "write in_features=1408" in text


def test_tutorial_001_stride_in_one_branch():
    with pytest.raises(ShapeError) as caught:
        cost(tutorials.mnist_inception(stride5=2), (1, 28, 28))
    text = str(caught.value)
    assert text.startswith("inception1: ")
    assert "24×6×6" in text and "16×12×12" in text
    assert "inception1/branch5/conv2 would fit with stride=1" in text


def test_tutorial_003_kernel_1_with_padding_2():
    with pytest.raises(ShapeError) as caught:
        cost(tutorials.mnist_inception(kernel5=1), (1, 28, 28))
    text = str(caught.value)
    assert "inception1/branch5/conv2 would fit with padding=0 or kernel=5" in text
    assert "24×16×16" in text


@pytest.mark.parametrize("change", [{"kernel5": 5, "padding5": 2}, {"kernel5": 1, "padding5": 0}, {"stride5": 1}])
def test_what_the_errors_propose_does_mend(change):
    assert cost(tutorials.mnist_inception(**change), (1, 28, 28)).output_shape == (10,)


# -- composition -------------------------------------------------------------------------------------------------


def test_paths_read_like_the_papers():
    counted = cost(networks.get("inception_v1"), (3, 224, 224))
    assert "inception_4a/branch2/conv1" in {row.path for row in counted.rows}
    with pytest.raises(ShapeError, match="^inception_4a/branch2/conv1: "):
        cost(Concat(Conv(4, 1), Conv(4, 9) >> ReLU(), name="inception_4a"), (3, 8, 8))


def test_side_outputs_leave_before_the_main_one():
    counted = cost(Conv(8, 1) >> Tap(Flatten() >> Linear(2)) >> Conv(4, 1), (3, 5, 5))
    assert counted.output_shape == ((2,), (4, 5, 5)) and counted.output == (4, 5, 5)


def test_repetition_has_weights_of_its_own_each_time():
    once, thrice = (cost(Repeat(Conv(4, 3, padding=1), n), (4, 5, 5)) for n in (1, 3))
    assert (3 * once.params, 3 * once.macs) == (thrice.params, thrice.macs)
    assert [row.path for row in thrice.rows] == ["repeat1/1", "repeat1/2", "repeat1/3"]


def test_a_graph_that_is_no_tree():
    graph = Graph()
    x, y = graph.input(), graph.input()
    a = graph.add(Conv(4, 3, padding=1), x, name="a")
    b = graph.add(Conv(4, 1) >> ReLU(), y, name="b")
    both = graph.add(Add(), a, b, name="both")
    late = graph.add(Concat(), a, both, b, name="late")
    graph.output(graph.add(Conv(2, 1), late, name="last"))
    graph.output(both)
    counted = cost(graph, [(3, 5, 5), (2, 5, 5)])
    assert counted.output_shape == ((2, 5, 5), (4, 5, 5)) and counted.output == (2, 5, 5)
    assert counted.macs == 25 * (4 * 3 * 9 + 4 * 2 + 2 * 12)
    with pytest.raises(SpecError, match="2 inputs"):
        cost(graph, (3, 5, 5))
    with pytest.raises(ShapeError, match="both"):
        cost(graph, [(3, 5, 5), (2, 4, 4)])


def test_shared_weights_count_once():
    graph = Graph()
    x = graph.input()
    first = graph.add(Conv(4, 1), x, name="first", weights="shared")
    second = graph.add(Conv(4, 1), first, name="second", weights="shared")
    graph.output(second)
    counted = cost(graph, (4, 5, 5))
    assert (counted.params, counted.macs) == (20, 800)
    assert [row.params for row in counted.rows] == [20, 0]
    with pytest.raises(ShapeError, match="shares its weights with first"):
        _ = cost(graph, (3, 5, 5)).params


def test_what_has_no_law_is_never_zero():
    partly = cost(Conv(8, 1) >> Unknown("fft", (8, 4, 4)), (3, 4, 4))
    assert (partly.status, partly.macs) == ("lower-bound", 384)
    assert partly.unsupported == ("unknown1: fft",)
    nothing = cost(Unknown("fft", (8, 4, 4)), (3, 4, 4))
    assert (nothing.status, nothing.macs, nothing.flops) == ("unknown", None, None)
    assert "unknown" in nothing.table()
    assert json.loads(nothing.table("json"))["macs"] is None
    assert nothing.under("full") is None
    assert nothing.rows[0].macs is None
    assert " 0 MAC" not in nothing.table()
    assert "unknown" in nothing.table("csv").splitlines()[-1]


def test_a_linear_layer_on_a_map_gets_a_hint():
    assert cost(Linear(10), (88, 4, 4)).notes == (
        "linear1: Linear acts on the last axis (4) of the map 88×4×4; with Flatten() before it, it sees 1408 features",
    )


# -- forms of a result -------------------------------------------------------------------------------------------

BOTTLENECK = Conv(16, 1, name="reduce") >> Conv(32, 5, padding=2)


def test_steps_read_like_a_worksheet():
    assert cost(BOTTLENECK, (192, 28, 28)).steps("params") == [
        "reduce: 192×28×28 → 16×28×28",
        "params = k_H·k_W·C_in·C_out + biases = 1·1·192·16 + 16 = 3,088",
        "conv1: 16×28×28 → 32×28×28",
        "params = k_H·k_W·C_in·C_out + biases = 5·5·16·32 + 32 = 12,832",
        "total = 3,088 + 12,832 = 15,920 params",
    ]
    assert cost(Conv(8, 1), (3, 4, 4), batch=5).steps()[1].endswith("·4·4·5 = 1,920")


@pytest.mark.parametrize("fmt", ["plain", "markdown", "latex", "html", "csv"])
def test_tables_add_up(fmt):
    counted = cost(BOTTLENECK, (192, 28, 28))
    text = counted.table(fmt).replace(",", "") if fmt != "csv" else counted.table(fmt)
    for number in ("2408448", "10035200", "12443648", "3088", "12832", "15920"):
        assert number in text


def test_table_options():
    counted = cost(networks.get("resnet18"), (3, 224, 224))
    grouped = counted.table(depth=1, units="M", sort="macs")
    assert "MMAC" not in grouped and "M MAC" in grouped and "layer1" in grouped and "layer1/1" not in grouped
    assert counted.table(convention="flops").count("FLOP") >= 2
    with pytest.raises(SpecError, match="no units"):
        counted.table(units="Q")
    with pytest.raises(SpecError, match="no order"):
        counted.table(sort="name")


H, W = symbols("H W")
CASES = [
    (BOTTLENECK, (192, 28, 28)),
    (Add(Identity(), Pool(2) >> cc.Upsample(scale_factor=2)) >> Conv(8, 3), (3, H, W)),
    (Conv(8, 1) >> Tap(Conv(2, 1)) >> Unknown("fft", (8, 4, 4)), (3, 4, 4)),
]


@pytest.mark.parametrize(("block", "shape"), CASES, ids=["numbers", "symbols", "unknown"])
def test_json_and_back(block, shape):
    counted = cost(block, shape, batch=2)
    data = json.loads(json.dumps(counted.to_dict()))
    again = Cost.from_dict(data)
    assert again.to_dict() == data
    assert (again.macs, again.params, again.output_shape) == (counted.macs, counted.params, counted.output_shape)
    assert again.assumptions == counted.assumptions and again.status == counted.status
    with pytest.raises(SpecError):
        Cost.from_dict({"schema": 1})
    with pytest.raises(SpecError):
        Cost.from_dict({**data, "schema": 99})


def test_symbolic_json_can_still_be_put_numbers_in():
    counted = cost(CASES[1][0], (3, H, W))
    again = Cost.from_dict(json.loads(counted.table("json")))
    assert again.subs(H=8, W=6).macs == cost(CASES[1][0], (3, 8, 6)).macs
    with pytest.raises(ShapeError):
        again.subs(H=7, W=6)


def test_notebook_forms():
    counted = cost(BOTTLENECK, (192, 28, 28))
    assert "<table" in counted._repr_html_() and counted._repr_latex_().startswith("$")
    symbolic = cost(Conv(8, 1), (3, H, W))
    assert "H W" in symbolic._repr_latex_()


def test_tallies():
    assert Tally(macs=2) + Tally(macs=3, adds=1) == Tally(macs=5, adds=1)
    assert Tally(macs=2).scaled(3) == Tally(macs=6)
    with pytest.raises(TypeError, match="unknown kinds"):
        Tally(flops=1)
    with pytest.raises(AttributeError):
        _ = Tally().flops
    assert pickle.loads(pickle.dumps(Tally(macs=5))) == Tally(macs=5)  # noqa: S301 (our own bytes)


# -- summaries ---------------------------------------------------------------------------------------------------


def test_summary_of_tutorial_004():
    summary = cost(networks.get("tutorial_004"), (3, 224, 224)).summary("torchsummary")
    assert (len(summary.rows), summary.total_params) == (197, 7_039_122)
    sizes = (summary.input_mb, summary.forward_backward_mb, summary.params_mb, summary.total_mb)
    assert [f"{size:.2f}" for size in sizes] == ["0.57", "81.87", "26.85", "109.30"]
    assert summary.rows[27] == ("InceptionBlock-28", (256, 28, 28), 0)
    (note,) = summary.notes
    assert "9 blocks" in note and "counted twice" in note


def test_summary_without_blocks_counts_nothing_twice():
    assert cost(BOTTLENECK, (192, 28, 28)).summary().notes == ()
    nested = Module("Outer", Module("Inner", Conv(4, 1)) >> ReLU())
    assert [row.name for row in cost(nested, (3, 2, 2)).summary().rows] == ["Conv2d-1", "Inner-2", "ReLU-3", "Outer-4"]


def test_summaries_refuse_what_the_tool_cannot_do():
    with pytest.raises(cc.UnsupportedError, match="stops"):
        cost(cc.LSTM(4), (5, 4)).summary()
    with pytest.raises(cc.UnsupportedError, match="numbers"):
        cost(Conv(4, 1), (3, H, W)).summary()
    with pytest.raises(SpecError):
        cost(Conv(4, 1), (3, 2, 2)).summary("nothing")


def test_weights_shared_by_the_name_of_their_first_layer():
    """The key may be the path of the layer that has the weights."""
    graph = Graph()
    x = graph.input()
    a = graph.add(Conv(8, 3, padding=1), x, name="a")
    graph.output(graph.add(Conv(8, 3, padding=1), a, name="b", weights="a"))
    assert cost(graph, (8, 4, 4)).params == 8 * 8 * 9 + 8
