"""Bundled networks that torchvision does not have, against torch modules built here from their descriptions."""

from __future__ import annotations

import pytest

pytest.importorskip("torch", reason="the oracle is torch itself: install convcost[torch]")

import torch
from torch import nn

from tests.networks.meta import build, check


class Beside(nn.Module):
    """Branches on one input, their outputs laid side by side."""

    def __init__(self, *branches):
        super().__init__()
        self.branches = nn.ModuleList(branches)

    def forward(self, x):
        return torch.cat([branch(x) for branch in self.branches], 1)


class Shortcut(nn.Module):
    """The input added to what ``body`` makes of it, and a ReLU."""

    def __init__(self, body):
        super().__init__()
        self.body = body

    def forward(self, x):
        return torch.relu(x + self.body(x))


def conv(inputs, outputs, kernel, stride=1, padding=0, *, norm=False, bias=True, groups=1):
    """A convolution, normalized if asked for, and a ReLU."""
    layers = [nn.Conv2d(inputs, outputs, kernel, stride, padding, groups=groups, bias=bias)]
    return nn.Sequential(*layers, *([nn.BatchNorm2d(outputs)] if norm else []), nn.ReLU())


# -- the small networks of the tutorials ---------------------------------------------------------------------------


def small_block(inputs):
    """Tutorials 001 and 003: the four branches."""
    return Beside(
        nn.Conv2d(inputs, 16, 1),
        nn.Sequential(nn.Conv2d(inputs, 16, 1), nn.Conv2d(16, 24, 5, padding=2)),
        nn.Sequential(
            nn.Conv2d(inputs, 16, 1), nn.Conv2d(16, 24, 3, padding=1), nn.Conv2d(24, 24, 3, padding=1)
        ),
        nn.Sequential(nn.AvgPool2d(3, stride=1, padding=1), nn.Conv2d(inputs, 24, 1)),
    )  # fmt: skip


def on_digits(first, second, widths, features):
    """Convolution, pool, ReLU and a block, twice; then a linear layer."""
    one, behind, two = widths
    return nn.Sequential(
        nn.Conv2d(1, one, 5), nn.MaxPool2d(2), nn.ReLU(), first,
        nn.Conv2d(behind, two, 5), nn.MaxPool2d(2), nn.ReLU(), second,
        nn.Flatten(), nn.Linear(features, 10),
    )  # fmt: skip


def residual(width):
    """Tutorial 003: two 3×3 convolutions."""
    first, second = (nn.Conv2d(width, width, 3, padding=1) for _ in range(2))
    return Shortcut(nn.Sequential(first, nn.ReLU(), second))


def inception_on_digits():
    """Tutorials 001 and 003."""
    return on_digits(small_block(10), small_block(20), (10, 88, 20), 1408)


def residual_on_digits():
    """Tutorial 003."""
    return on_digits(residual(16), residual(32), (16, 16, 32), 512)


# -- Inception v1 --------------------------------------------------------------------------------------------------

# Input; 1×1; reduction and 3×3; reduction and 5×5; behind the pool.
STAGE_3 = ((192, 64, 96, 128, 16, 32, 32), (256, 128, 128, 192, 32, 96, 64))
STAGE_4 = (
    (480, 192, 96, 208, 16, 48, 64),
    (512, 160, 112, 224, 24, 64, 64),
    (512, 128, 128, 256, 24, 64, 64),
    (512, 112, 144, 288, 32, 64, 64),
    (528, 256, 160, 320, 32, 128, 128),
)
STAGE_5 = ((832, 256, 160, 320, 32, 128, 128), (832, 384, 192, 384, 48, 128, 128))


def block(inputs, one, reduce3, three, reduce5, five, behind, norm=False):
    """The four branches of the paper's figure 2(b)."""
    return Beside(
        conv(inputs, one, 1, norm=norm),
        nn.Sequential(conv(inputs, reduce3, 1, norm=norm), conv(reduce3, three, 3, 1, 1, norm=norm)),
        nn.Sequential(conv(inputs, reduce5, 1, norm=norm), conv(reduce5, five, 5, 1, 2, norm=norm)),
        nn.Sequential(nn.MaxPool2d(3, stride=1, padding=1), conv(inputs, behind, 1, norm=norm)),
    )


def normalized_inception():
    """Tutorial 004: padded pools, normalization inside the blocks only, two linear layers."""
    stages = [
        [conv(3, 64, 7, 2, 3)],
        [conv(64, 64, 1), conv(64, 192, 3, 1, 1)],
        *([block(*widths, norm=True) for widths in stage] for stage in (STAGE_3, STAGE_4, STAGE_5)),
    ]
    parts = []
    for stage in stages:
        parts += [*stage, nn.MaxPool2d(3, stride=2, padding=1)]
    top = [nn.AvgPool2d(7, stride=1), nn.Dropout(0.4), nn.Flatten(), nn.Linear(1024, 1024), nn.ReLU()]
    return nn.Sequential(*parts[:-1], *top, nn.Linear(1024, 2), nn.Softmax(1))


class Paper(nn.Module):
    """Szegedy et al. 2015, with its side classifiers if asked for."""

    def __init__(self, heads):
        super().__init__()

        def pool():
            return nn.MaxPool2d(3, stride=2, ceil_mode=True)

        four = [block(*widths) for widths in STAGE_4]
        stem = [conv(3, 64, 7, 2, 3), pool(), nn.LocalResponseNorm(5), conv(64, 64, 1), conv(64, 192, 3, 1, 1)]
        three = [block(*widths) for widths in STAGE_3]
        self.to_4a = nn.Sequential(*stem, nn.LocalResponseNorm(5), pool(), *three, pool(), four[0])
        self.to_4d = nn.Sequential(*four[1:4])
        self.to_5b = nn.Sequential(four[4], pool(), *(block(*widths) for widths in STAGE_5))
        self.top = nn.Sequential(nn.AvgPool2d(7), nn.Flatten(), nn.Dropout(0.4), nn.Linear(1024, 1000), nn.Softmax(1))
        self.heads = nn.ModuleList([self._head(512), self._head(528)] if heads else [])

    @staticmethod
    def _head(inputs):
        return nn.Sequential(
            nn.AvgPool2d(5, stride=3), conv(inputs, 128, 1), nn.Flatten(), nn.Linear(2048, 1024), nn.ReLU(),
            nn.Dropout(0.7), nn.Linear(1024, 1000), nn.Softmax(1),
        )  # fmt: skip

    def forward(self, x):
        a = self.to_4a(x)
        d = self.to_4d(a)
        return [self.top(self.to_5b(d)), *(head(at) for head, at in zip(self.heads, (a, d), strict=False))]


# -- others --------------------------------------------------------------------------------------------------------


def mobilenet():
    """Howard et al. 2017, table 1."""
    plan = [(64, 1), (128, 2), (128, 1), (256, 2), (256, 1), (512, 2), *[(512, 1)] * 5, (1024, 2), (1024, 1)]
    parts, inputs = [conv(3, 32, 3, 2, 1, norm=True, bias=False)], 32
    for outputs, stride in plan:
        parts.append(conv(inputs, inputs, 3, stride, 1, norm=True, bias=False, groups=inputs))
        parts.append(conv(inputs, outputs, 1, norm=True, bias=False))
        inputs = outputs
    return nn.Sequential(*parts, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(1024, 1000))


def inception_resnet():
    """Szegedy et al. 2017, figure 16."""

    def unit(*args):
        return conv(*args, norm=True, bias=False)

    branches = Beside(
        unit(384, 32, 1),
        nn.Sequential(unit(384, 32, 1), unit(32, 32, 3, 1, 1)),
        nn.Sequential(unit(384, 32, 1), unit(32, 48, 3, 1, 1), unit(48, 64, 3, 1, 1)),
    )
    return Shortcut(nn.Sequential(branches, nn.Conv2d(128, 384, 1)))


BUILT = {
    "tutorial_001": inception_on_digits,
    "tutorial_003": inception_on_digits,
    "tutorial_003_residual": residual_on_digits,
    "tutorial_004": normalized_inception,
    "mobilenet_v1": mobilenet,
    "inception_resnet_block": inception_resnet,
}


@pytest.mark.parametrize("name", BUILT)
@pytest.mark.parametrize("batch", [1, 3])
def test_same_totals_layers_and_operators(name, batch):
    check(build(BUILT[name]), name, batch)


@pytest.mark.parametrize("heads", [False, True])
def test_the_papers_inception_v1(heads):
    """Its response normalization is many operators in torch, so totals and layers only."""
    check(build(lambda: Paper(heads)), "inception_v1_heads" if heads else "inception_v1", operators=False)


def test_a_missing_activation_is_noticed():
    """Control: without one ReLU all totals and all weighted layers are the same; the operators are not."""
    module = build(lambda: nn.Sequential(*(part for part in inception_on_digits() if not isinstance(part, nn.ReLU))))
    check(module, "tutorial_001", operators=False)
    with pytest.raises(AssertionError):
        check(module, "tutorial_001")
