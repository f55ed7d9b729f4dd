"""Bundled networks against the numbers of their sources, and over symbols."""

from __future__ import annotations

import random
import subprocess
import sys

import pytest
import sympy

from convcost import ShapeError, SpecError, cost, networks, symbols
from convcost.analysis.depth import depth
from convcost.networks import inception_v1, mobilenet, tutorials

# Counted independently with real modules: see the source beside each.
KNOWN = {
    "tutorial_001": (97_298, 6_019_200, 0, (10,)),  # torch
    "tutorial_003": (97_298, 6_019_200, 0, (10,)),  # torch, with kernel 5
    "tutorial_003_residual": (41_514, 2_013_184, 0, (10,)),  # torch
    "tutorial_002_keras": (9_121_464, 1_609_679_488, 512, ((1000, 4, 4), (1000, 4, 4), (1000,))),  # Keras 3.15.1
    "tutorial_004": (7_039_122, 1_582_698_496, 13_920, (2,)),  # torchsummary's printed table; 2 statistics a channel
    "inception_v1": (6_998_552, 1_582_671_872, 0, (1000,)),  # paper's network, torch
    "googlenet": (6_624_904, 1_498_376_192, 14_560, (1000,)),  # torchvision
    "googlenet_heads": (13_004_888, 1_506_748_416, 15_072, ((1000,),) * 3),  # torchvision
    "inception_v3": (23_834_568, 5_713_216_096, 34_432, (1000,)),  # torchvision
    "inception_v3_heads": (27_161_264, 5_718_899_296, 36_224, ((1000,),) * 2),  # torchvision
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
    assert counted.status == "exact"
    assert not counted.notes
    assert sum(row.macs for row in counted.rows) == counted.macs
    assert sum(row.params for row in counted.rows) == counted.params
    assert networks.get(name) == networks.get(name)


def test_unknown_names_are_answered_with_the_nearest():
    with pytest.raises(SpecError, match="did you mean resnet50 or resnet152 or resnet101"):
        networks.get("resnet_50")
    with pytest.raises(SpecError, match="one of tutorial_001"):
        networks.get("?")


def test_the_list_is_made_without_making_networks():
    """The list itself loads no family, and a family loads nothing heavy."""
    probe = (
        "import sys; from convcost import cost, networks; networks.names(); before = set(sys.modules)\n"
        "for name in networks.names(): cost(networks.get(name), networks.entry(name).input)\n"
        "print(*sorted(name for name in before if name.startswith('convcost.networks')))\n"
        "print(*[name for name in ('sympy', 'numpy', 'torch') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", probe], capture_output=True, text=True, check=True)  # noqa: S603
    assert done.stdout == "convcost.networks\n\n"


def test_parts_have_the_names_of_the_papers():
    def paths(name):
        return {row.path for row in cost(networks.get(name), networks.entry(name).input).rows}

    assert {"inception_4a/branch2/conv1", "inception_4a/branch2/conv2", "inception_4a"} <= paths("inception_v1")
    assert "aux1/conv1" in paths("googlenet_heads")
    assert {"stem/conv1", "layer1/1/add1/body/conv1", "fc"} <= paths("resnet50")
    assert {"fire2/squeeze/conv1", "fire9/expand"} <= paths("squeezenet1_1")
    assert {"denseblock4/layer16", "transition3/pool1"} <= paths("densenet121")
    assert {"mixed_5b", "mixed_6e/branch7dbl/conv5", "mixed_7c"} <= paths("inception_v3")


def test_inception_v1_is_22_layers_deep():
    assert depth(cost(networks.get("inception_v1"), (3, 224, 224))) == 22


@pytest.mark.parametrize("name", ["resnet18", "resnet34", "resnet50", "vgg16", "alexnet"])
def test_networks_are_as_deep_as_they_are_called(name):
    layers = {"alexnet": 8}.get(name) or int(name.removeprefix("resnet").removeprefix("vgg"))
    assert depth(cost(networks.get(name), (3, 224, 224))) == layers


h, w, H, W, s = symbols("h w H W s")
TRUNK_MACS = 29870080 * h**2 * w**2 + 2408448 * h**2 * w


@pytest.mark.parametrize(
    ("trunk", "params"),
    # The same convolutions; tutorial 004 normalizes inside the blocks, which does not multiply.
    [
        (tutorials.normalized_trunk, 5956864 * w**2 + 30608 * w),
        (inception_v1.trunk, 5956864 * w**2 + 16688 * w),
    ],
)
def test_the_trunks_in_closed_form(trunk, params):
    counted = cost(trunk(w), (3, 32 * h, 32 * h))
    assert sympy.expand(counted.macs - TRUNK_MACS) == 0
    assert sympy.expand(counted.params - params) == 0
    assert not counted.assumptions
    for size, width in [(1, 1), (7, 1), (3, 2), (10, 4)]:
        numbers = cost(trunk(width), (3, 32 * size, 32 * size))
        put_in = counted.subs(h=size, w=width)
        assert (put_in.macs, put_in.params) == (numbers.macs, numbers.params)


@pytest.mark.parametrize("name", ["tutorial_004", "inception_v1", "inception_v1_heads"])
def test_whole_networks_over_width(name):
    build = {
        "tutorial_004": tutorials.normalized_inception_v1,
        "inception_v1": inception_v1.inception_v1,
        "inception_v1_heads": lambda **given: inception_v1.inception_v1(heads=True, **given),
    }[name]
    general = cost(build(width=w), (3, 224, 224))
    for width in (1, 2, 3):
        numbers = cost(build(width=width), (3, 224, 224))
        assert (general.macs.subs({w: width}), general.params.subs({w: width})) == (numbers.macs, numbers.params)
    assert build(width=1) == networks.get(name)


def test_the_side_heads_have_as_many_classes_as_the_network():
    heads = cost(inception_v1.inception_v1(heads=True, classes=7), (3, 224, 224))
    assert heads.output_shape == ((7,), (7,), (7,))


@pytest.mark.parametrize(("stem", "macs", "params"), [(32, 569, 4.2), (24, 325, 2.6), (16, 149, 1.3), (8, 41, 0.5)])
def test_mobilenet_v1_at_the_widths_of_its_paper(stem, macs, params):
    """Howard et al. 2017, table 6: millions of multiply-adds and of params."""
    general = cost(mobilenet.mobilenet_v1(s), (3, 224, 224))
    counted = cost(mobilenet.mobilenet_v1(stem), (3, 224, 224))
    assert (round(counted.macs / 1e6), round(counted.params / 1e6, 1)) == (macs, params)
    assert (general.macs.subs({s: stem}), general.params.subs({s: stem})) == (counted.macs, counted.params)


def test_googlenet_over_whole_multiples_of_32():
    """The trunk is quadratic without any rounding; with the classifier a constant is added."""
    block = networks.get("googlenet")
    counted = cost(block, (3, 32 * h, 32 * h))
    assert sympy.expand(counted.macs - (30558208 * h**2 + 1024000)) == 0
    rng = random.Random(20261123)
    for value in (rng.randint(1, 10**6) for _ in range(100)):
        assert counted.macs.subs({h: value}) == cost(block, (3, 32 * value, 32 * value)).macs
    assert counted.subs(h=7).macs == cost(block, (3, 224, 224)).macs


#: Their classifiers stand behind a pool to a fixed size, so that params do not hang on the image.
SYMBOLIC = [name for name in networks.names() if not name.startswith("tutorial")]
#: But for these: a head that flattens a map, and one that needs a map larger than most images here leave.
ELSE = ("inception_v1_heads", "inception_v3_heads")


@pytest.mark.parametrize("name", [name for name in SYMBOLIC if name not in ELSE])
def test_over_symbolic_sizes_substitution_gives_the_integers(name):
    block, channels = networks.get(name), networks.entry(name).input[0]
    general = cost(block, (channels, H, W))
    macs, params = general.macs, general.params
    rng = random.Random(20261123)
    for _ in range(100 if name in ("resnet50", "googlenet") else 10):
        size = {"H": rng.randint(75, 640), "W": rng.randint(75, 640)}
        numbers = cost(block, (channels, size["H"], size["W"]))
        assert macs.subs({H: size["H"], W: size["W"]}) == numbers.macs
        assert params == numbers.params
    put_in = general.subs(H=224, W=320)
    assert put_in.outputs == cost(block, (channels, 224, 320)).outputs
    assert not put_in.assumptions


@pytest.mark.parametrize(
    ("name", "smallest"),
    [("inception_v3", 75), ("inception_v1", 31), ("googlenet", 15), ("densenet121", 29), ("squeezenet1_1", 17),
     ("squeezenet1_0", 21), ("alexnet", 63), ("vgg16", 32)],
)  # fmt: skip
def test_the_smallest_image_is_an_assumption(name, smallest):
    block = networks.get(name)
    assert set(cost(block, (3, H, W)).assumptions) == {f"H >= {smallest}", f"W >= {smallest}"}
    assert cost(block, (3, smallest, smallest)).macs > 0
    with pytest.raises(ShapeError):
        cost(block, (3, smallest, smallest - 1))
