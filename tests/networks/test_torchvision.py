"""Bundled networks against torchvision's modules on meta tensors: totals, layer by layer, operator by operator."""

from __future__ import annotations

import pytest

pytest.importorskip("torchvision", reason="the oracle is torchvision itself: install convcost[test]")

import torch
import torchvision

from convcost import cost, networks, symbols
from tests.networks.meta import build, check

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
    return build(lambda: getattr(torchvision.models, name)(weights=None, **options), bool(options.get("aux_logits")))


@pytest.mark.parametrize("name", PAIRS)
@pytest.mark.parametrize("batch", [1, 2])
def test_same_totals_layers_and_operators(name, batch):
    check(_torch(*PAIRS[name]), name, batch)


@pytest.mark.parametrize(
    ("theirs", "ours"),
    [("googlenet", "inception_v1"), ("googlenet_heads", "googlenet"), ("resnet34", "resnet50"), ("vgg16", "vgg13")],
)
def test_a_different_network_is_noticed(theirs, ours):
    """Control: GoogLeNet as in the paper is not GoogLeNet as in torchvision, and so on."""
    with pytest.raises(AssertionError):
        check(_torch(*PAIRS[theirs]), ours)


@pytest.mark.parametrize(
    "name", ["alexnet", "vgg16", "densenet121", "squeezenet1_0", "googlenet", "inception_v3_heads"]
)
def test_the_smallest_image_is_the_one_that_torch_takes(name):
    """What a symbolic cost assumes of the image is what the module needs, no more and no less."""
    assumed = cost(networks.get(name), (3, *symbols("H W"))).assumptions
    (smallest,) = (int(text.removeprefix("H >= ")) for text in assumed if text.startswith("H >= "))
    module = _torch(*PAIRS[name])
    module(torch.empty(1, 3, smallest, smallest, device="meta"))
    with pytest.raises(RuntimeError, match="size"):
        module(torch.empty(1, 3, smallest - 1, smallest, device="meta"))
