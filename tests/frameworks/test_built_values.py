"""What built modules compute: against torchvision with the same weights, and against formulas written by hand."""

from __future__ import annotations

import pytest

pytest.importorskip("torch", reason="what is built are torch modules: install convcost[torch]")

import torch
from torch import nn
from torch.nn import functional

import convcost as cc
from convcost import Add, Concat, Conv, Identity, Linear, Pool, ReLU, networks
from convcost.frameworks.build_torch import to_torch
from tests.frameworks.built import MAP, agree, only


def in_order(module, x):
    """The layers with weights, in the order in which they run; but a shortcut's at the end.

    Of a residual block torchvision runs the body first, and we the shortcut.
    """
    ran = []
    hooks = [
        layer.register_forward_hook(lambda layer, *_: ran.append(layer))
        for layer in module.modules()
        if isinstance(layer, (nn.Conv2d, nn.Linear, nn.BatchNorm2d))
    ]
    module(x)
    for hook in hooks:
        hook.remove()
    names = {layer: name for name, layer in module.named_modules()}
    return sorted(ran, key=lambda layer: "downsample" in names[layer] or "shortcut" in names[layer])


@pytest.mark.parametrize("name", ["squeezenet1_1", "resnet18", "densenet121", "mobilenet_v2", "googlenet"])
def test_with_the_same_weights_it_computes_what_torchvision_does(name):
    models = pytest.importorskip("torchvision", reason="the oracle is torchvision itself").models
    torch.manual_seed(0)
    options = {"aux_logits": False, "init_weights": False} if name == "googlenet" else {}
    theirs = getattr(models, name)(weights=None, **options).eval()
    ours = to_torch(networks.get(name), (3, 64, 64)).eval()
    x = torch.randn(2, 3, 64, 64)
    with torch.no_grad():
        for own, other in zip(in_order(ours, x), in_order(theirs, x), strict=True):
            if isinstance(other, nn.BatchNorm2d):
                own.eps = other.eps
                for name_, value in other.state_dict().items():
                    if name_ != "num_batches_tracked":
                        value.uniform_(0.5, 1.5)
            own.load_state_dict(other.state_dict())
        expected = theirs(x)
        assert expected.std() > 0
        torch.testing.assert_close(ours(x), expected)


def around(x, padding, value=0.0):
    """``x`` with (before, after) per axis, written independently of the package."""
    return functional.pad(x, [side for pair in reversed(padding) for side in pair], value=value)


#: Layer, input shape, and the padding that it stands for, worked out by hand.
WINDOWS = [
    (Conv(3, 3, padding="same"), (2, 5, 6), [(1, 1), (1, 1)]),
    (Conv(3, 4, padding="same"), (2, 5, 6), [(1, 2), (1, 2)]),
    (Conv(3, 3, stride=2, padding="same"), (2, 5, 6), [(1, 1), (0, 1)]),
    (Conv(3, 2, stride=3, padding="same"), (2, 5, 6), [(0, 0), (0, 0)]),
    (Conv(3, (1, 5), padding="same", dilation=(1, 2)), (2, 5, 6), [(0, 0), (4, 4)]),
    (Conv(3, 3, padding="valid"), (2, 5, 6), [(0, 0), (0, 0)]),
    (Conv(3, 3, padding=((0, 2), (1, 1))), (2, 5, 6), [(0, 2), (1, 1)]),
    (Conv(3, 3, stride=2, padding=((2, 0),)), (2, 7), [(2, 0)]),
    (Pool(3, stride=2, padding="same"), (2, 5, 6), [(1, 1), (0, 1)]),
    (Pool(3, stride=1, padding="same", dilation=2), (2, 5, 6), [(2, 2), (2, 2)]),  # more than torch pads by itself
    (Pool(2, stride=3, padding="same", ceil_mode=True), (2, 5, 6), [(0, 0), (0, 0)]),
    (Pool(3, stride=2, padding=((0, 1), (2, 0))), (2, 6, 6), [(0, 1), (2, 0)]),
    (Pool(3, stride=2, padding=((1, 0), (0, 0)), ceil_mode=True), (2, 6, 6), [(1, 0), (0, 1)]),
    (Pool(3, stride=2, padding="same", kind="avg"), (2, 5, 6), [(1, 1), (0, 1)]),
    (Pool(2, stride=1, padding=((1, 0), (0, 1)), kind="avg"), (2, 5, 6), [(1, 0), (0, 1)]),
]


@pytest.mark.parametrize(("layer", "shape", "padding"), WINDOWS, ids=[str(row[0]) for row in WINDOWS])
def test_padding_that_torch_has_not(layer, shape, padding):
    agree(layer, shape)
    module = to_torch(layer, shape)
    torch.manual_seed(0)
    x = -torch.rand(2, *shape) - 1  # a zero in a border would win every maximum
    rank, made = len(shape) - 1, only(module)
    if isinstance(layer, Conv):
        # What the module can do itself is left to it.
        even = all(before == after for before, after in padding)
        assert made.padding == tuple(before if even else 0 for before, _ in padding)
        convolve = getattr(functional, f"conv{rank}d")
        expected = convolve(around(x, padding), made.weight, made.bias, layer.stride, 0, layer.dilation)
    elif layer.kind == "max":
        inner = around(x, padding, -1e9)
        expected = functional.max_pool2d(inner, layer.kernel, layer.stride, 0, layer.dilation)
    else:
        expected = functional.avg_pool2d(around(x, padding), layer.kernel, layer.stride)
    torch.testing.assert_close(module(x), expected)


#: Layer, and what is cut off (before, after) the whole spread, or added (negative) behind it.
SPREAD = [
    (cc.ConvTranspose(3, 3, stride=2, padding="same"), (0, 1)),
    (cc.ConvTranspose(3, 4, stride=2, padding="same"), (1, 1)),
    (cc.ConvTranspose(3, 5, padding="same", dilation=2), (4, 4)),
    (cc.ConvTranspose(3, 2, stride=4, padding="same"), (0, -2)),
    (cc.ConvTranspose(3, 3, stride=2, padding="valid"), (0, 0)),
    (cc.ConvTranspose(3, 2, stride=4, padding="valid"), (0, -2)),
    (cc.ConvTranspose(3, 4, stride=2, padding=((1, 2), (1, 2)), output_padding=1), (1, 1)),
    (cc.ConvTranspose(3, 4, stride=2, padding=((0, 2), (0, 2))), (0, 2)),
]


@pytest.mark.parametrize(("layer", "cut"), SPREAD, ids=[str(row[0]) for row in SPREAD])
def test_transposed_padding(layer, cut):
    agree(layer, (2, 5, 6))
    module = to_torch(layer, (2, 5, 6))
    x, made = torch.rand(2, 2, 5, 6), only(module)
    whole = functional.conv_transpose2d(x, made.weight, None, layer.stride, dilation=layer.dilation)
    expected = around(whole, [(-cut[0], -cut[1])] * 2) + made.bias[:, None, None]
    torch.testing.assert_close(module(x), expected)


def test_linear_on_the_channels_is_a_convolution_of_one_tap():
    module, x = to_torch(Linear(6, axis=0), MAP), torch.rand(2, *MAP)
    made = only(module)
    torch.testing.assert_close(module(x), functional.conv2d(x, made.weight[:, :, None, None], made.bias))


def test_merges_compute_what_they_say():
    x = torch.rand(2, 3, 4, 4)
    torch.testing.assert_close(to_torch(Add(Identity(), Identity(), ReLU()), (3, 4, 4))(x), 3 * x)
    torch.testing.assert_close(to_torch(cc.Mul(Identity(), ReLU()), (3, 4, 4))(x), x * x)
    torch.testing.assert_close(to_torch(Concat(Identity(), ReLU(), axis=1), (3, 4, 4))(x), torch.cat([x, x], 2))
    torch.testing.assert_close(to_torch(cc.MatMul(Identity(), Identity()), (3, 4, 4))(x), x @ x)
    attended = to_torch(cc.ScaledDotProductAttention(Identity(), Identity(), Identity()), (3, 4, 4))(x)
    torch.testing.assert_close(attended, functional.softmax(x @ x.mT / 2, -1) @ x)
    torch.testing.assert_close(to_torch(cc.Permute((2, 0, 1)), (3, 4, 4))(x), x.permute(0, 3, 1, 2))
    torch.testing.assert_close(to_torch(cc.Upsample(scale_factor=2), (3, 4, 4))(x)[..., ::2, ::2], x)
