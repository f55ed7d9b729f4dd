"""Bundled networks against torchvision's modules on meta tensors: totals, and layer by layer."""

from __future__ import annotations

from collections import Counter

import pytest

pytest.importorskip("torchvision", reason="the oracle is torchvision itself: install convcost[test]")

import torch
import torchvision
from torch import nn
from torch.utils.flop_counter import FlopCounterMode

from convcost import cost, networks

PAIRS = {
    **{name: (name, {}) for name in ("alexnet", "vgg11", "vgg13", "vgg16", "vgg19", "densenet121", "mobilenet_v2")},
    **{f"resnet{n}": (f"resnet{n}", {}) for n in (18, 34, 50, 101, 152)},
    **{f"squeezenet1_{n}": (f"squeezenet1_{n}", {}) for n in (0, 1)},
    "googlenet": ("googlenet", {"aux_logits": False, "init_weights": False}),
    "googlenet_heads": ("googlenet", {"aux_logits": True, "init_weights": False}),
    "inception_v3": ("inception_v3", {"aux_logits": False, "init_weights": False}),
    "inception_v3_heads": ("inception_v3", {"aux_logits": True, "init_weights": False}),
}


def _torch(name, options):
    with torch.device("meta"):
        module = getattr(torchvision.models, name)(weights=None, **options)
    module.train(bool(options.get("aux_logits")))
    for layer in module.modules():
        # One example cannot be normalized by its own statistics; the heads are asked for, not the statistics.
        if isinstance(layer, nn.BatchNorm2d):
            layer.eval()
    return module


@pytest.mark.parametrize("name", PAIRS)
@pytest.mark.parametrize("batch", [1, 2])
def test_same_totals_and_layers(name, batch):
    module = _torch(*PAIRS[name])
    seen = Counter()

    def note(layer, _, output):
        seen[type(layer).__name__[:4], layer.weight.numel(), tuple(output.shape[1:])] += 1

    for layer in module.modules():
        if isinstance(layer, (nn.Conv2d, nn.Linear)):
            layer.register_forward_hook(note)
    shape = networks.entry(name).input
    with FlopCounterMode(display=False) as counter:
        module(torch.empty(batch, *shape, device="meta"))
    ours = cost(networks.get(name), shape, batch)
    assert ours.params == sum(p.numel() for p in module.parameters())
    assert ours.buffers == sum(b.numel() for n, b in module.named_buffers() if "running" in n)
    assert 2 * ours.macs == ours.flops == counter.get_total_flops()
    rows = Counter()
    for row in ours.rows:
        if row.kind in ("Conv", "Linear"):
            weights = sum(nest.weights for nest in row.layer.contractions(*row.inputs, out=row.output))
            rows[row.kind[:4], weights, row.output] += 1
    assert rows == seen


def test_the_totals_of_a_different_network_differ():
    """Control: GoogLeNet as in the paper is not GoogLeNet as in torchvision."""
    module = _torch("googlenet", {"aux_logits": False, "init_weights": False})
    assert cost(networks.get("inception_v1"), (3, 224, 224)).params != sum(p.numel() for p in module.parameters())


def _tutorial_block(channels):
    class Block(nn.Module):
        def __init__(self):
            super().__init__()
            self.one = nn.Conv2d(channels, 16, 1)
            self.five = nn.Sequential(nn.Conv2d(channels, 16, 1), nn.Conv2d(16, 24, 5, padding=2))
            self.three = nn.Sequential(
                nn.Conv2d(channels, 16, 1), nn.Conv2d(16, 24, 3, padding=1), nn.Conv2d(24, 24, 3, padding=1)
            )
            self.pool = nn.Sequential(nn.AvgPool2d(3, 1, 1), nn.Conv2d(channels, 24, 1))

        def forward(self, x):
            return torch.cat([self.one(x), self.five(x), self.three(x), self.pool(x)], 1)

    return Block()


class _Residual(nn.Module):
    def __init__(self, channels):
        super().__init__()
        self.body = nn.Sequential(
            nn.Conv2d(channels, channels, 3, padding=1), nn.ReLU(), nn.Conv2d(channels, channels, 3, padding=1)
        )

    def forward(self, x):
        return torch.relu(x + self.body(x))


def _small(first, second, width):
    return nn.Sequential(
        nn.Conv2d(1, width[0], 5), nn.MaxPool2d(2), nn.ReLU(), first, nn.Conv2d(width[1], width[2], 5), nn.MaxPool2d(2),
        nn.ReLU(), second, nn.Flatten(), nn.LazyLinear(10),
    )  # fmt: skip


TUTORIALS = {
    "tutorial_001": lambda: _small(_tutorial_block(10), _tutorial_block(20), (10, 88, 20)),
    "tutorial_003_residual": lambda: _small(_Residual(16), _Residual(32), (16, 16, 32)),
}


@pytest.mark.parametrize("name", TUTORIALS)
def test_tutorials_against_modules_built_anew(name):
    module = TUTORIALS[name]()
    module(torch.zeros(1, 1, 28, 28))
    with FlopCounterMode(display=False) as counter:
        module.to("meta")(torch.empty(1, 1, 28, 28, device="meta"))
    ours = cost(networks.get(name), (1, 28, 28))
    assert ours.params == sum(p.numel() for p in module.parameters())
    assert 2 * ours.macs == counter.get_total_flops()
