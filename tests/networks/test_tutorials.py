"""Bundled networks against the numbers of their sources, and over symbols."""

from __future__ import annotations

import random

import pytest
import sympy

from convcost import SpecError, cost, networks, symbols
from convcost.analysis.depth import depth
from convcost.networks import inception_v1, tutorials

# Counted independently with real modules: see the source beside each.
KNOWN = {
    "tutorial_001": (97_298, 6_019_200, 0, (10,)),  # torch
    "tutorial_003_residual": (41_514, 2_013_184, 0, (10,)),  # torch
    "tutorial_002_keras": (9_121_464, 1_609_679_488, 512, ((1000, 4, 4), (1000, 4, 4), (1000,))),  # Keras 3.15.1
    "tutorial_004": (7_039_122, 1_582_698_496, 13_920, (2,)),  # torchsummary's printed table; 2 statistics a channel
    "inception_v1": (6_998_552, 1_582_671_872, 0, (1000,)),  # paper's network, torch
    "inception_v3": (23_834_568, 5_713_216_096, 34_432, (1000,)),  # torchvision
    "mobilenet_v1": (4_231_976, 568_740_352, 21_888, (1000,)),  # Keras' table: 4,253,864 with the statistics
}


@pytest.mark.parametrize("name", KNOWN)
def test_numbers_of_the_sources(name):
    params, macs, buffers, output = KNOWN[name]
    counted = cost(networks.get(name), networks.entry(name).input)
    assert (counted.params, counted.macs, counted.buffers) == (params, macs, buffers)
    assert counted.output_shape == output


@pytest.mark.parametrize("name", networks.names())
def test_every_network_runs_and_its_rows_add_up(name):
    entry = networks.entry(name)
    counted = cost(networks.get(name), entry.input)
    assert counted.status == "exact" and not counted.notes
    assert sum(row.macs for row in counted.rows) == counted.macs
    assert sum(row.params for row in counted.rows) == counted.params
    assert networks.get(name) == networks.get(name)


def test_unknown_names_are_answered_with_the_nearest():
    with pytest.raises(SpecError, match="resnet50"):
        networks.get("resnet_50")


def test_inception_v1_is_22_layers_deep():
    assert depth(cost(networks.get("inception_v1"), (3, 224, 224))) == 22


@pytest.mark.parametrize("name", ["resnet18", "resnet34", "resnet50", "vgg16", "alexnet"])
def test_networks_are_as_deep_as_they_are_called(name):
    layers = {"alexnet": 8}.get(name) or int(name.removeprefix("resnet").removeprefix("vgg"))
    assert depth(cost(networks.get(name), (3, 224, 224))) == layers


h, w, H, W = symbols("h w H W")


def test_the_trunk_of_tutorial_004_in_closed_form():
    counted = cost(tutorials.normalized_trunk(w), (3, 32 * h, 32 * h))
    assert sympy.expand(counted.macs - (29870080 * h**2 * w**2 + 2408448 * h**2 * w)) == 0
    assert sympy.expand(counted.params - (5956864 * w**2 + 30608 * w)) == 0
    assert not counted.assumptions


def test_googlenet_over_whole_multiples_of_32():
    """The trunk is quadratic without any rounding; with the classifier a constant is added."""
    counted = cost(networks.get("googlenet"), (3, 32 * h, 32 * h))
    assert sympy.expand(counted.macs - (30558208 * h**2 + 1024000)) == 0
    for value in range(1, 101):
        assert counted.subs(h=value).macs == cost(networks.get("googlenet"), (3, 32 * value, 32 * value)).macs


def test_the_papers_trunk_over_size_and_width():
    counted = cost(inception_v1.trunk(w), (3, 32 * h, 32 * h))
    for size, width in [(1, 1), (7, 1), (3, 2), (10, 4)]:
        numbers = cost(inception_v1.trunk(width), (3, 32 * size, 32 * size))
        put_in = counted.subs(h=size, w=width)
        assert (put_in.macs, put_in.params) == (numbers.macs, numbers.params)


SYMBOLIC = ["resnet50", "googlenet", "densenet121", "squeezenet1_0", "inception_v3", "mobilenet_v2"]


@pytest.mark.parametrize("name", SYMBOLIC)
def test_over_symbolic_sizes_substitution_gives_the_integers(name):
    block = networks.get(name)
    general = cost(block, (3, H, W))
    macs, params = general.macs, general.params
    rng = random.Random(20261123)
    for _ in range(100):
        size = {"H": rng.randint(75, 640), "W": rng.randint(75, 640)}
        numbers = cost(block, (3, size["H"], size["W"]))
        assert macs.subs({H: size["H"], W: size["W"]}) == numbers.macs
        assert params == numbers.params
    put_in = general.subs(H=224, W=320)
    assert put_in.rows[-1].output == (1000,) and not put_in.assumptions


def test_the_smallest_image_is_an_assumption():
    general = cost(networks.get("inception_v3"), (3, H, W))
    assert set(general.assumptions) == {"H >= 75", "W >= 75"}
