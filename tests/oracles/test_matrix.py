"""Every convention of a counter against the counter itself, to the unit: torchvision's and the bundled networks.

``under(tool)`` never calls the tool: in the last test there are none.
"""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

import convcost as cc
from convcost import cost, networks
from convcost.conventions import COUNTERS

torch = pytest.importorskip("torch", reason="modules are torch's: install convcost[torch]")
torchvision = pytest.importorskip("torchvision", reason="the networks are torchvision's")

from convcost.frameworks.counters import installed, run  # noqa: E402

#: Multiply-accumulates above which a network is left out: 20 of the 80, whose real runs take minutes and gigabytes.
LARGEST = 12_500_000_000
#: The seven counters, in both units where they have two. Training and the profiler are tested on fewer networks.
TOOLS = ("fvcore", "torch", "thop", "ptflops", "ptflops-aten", "torchinfo", "torchprofile", "calflops", "calflops-macs")
FEW = ("torch-train", "torch-profiler")


def build(name, device="cpu"):
    options = {"init_weights": False} if name in ("googlenet", "inception_v3") else {}
    try:
        with torch.device(device):
            return torchvision.models.get_model(name, **options).eval()
    except NotImplementedError:
        return torchvision.models.get_model(name, **options).eval()


def shape_of(name):
    return (3, 299, 299) if name == "inception_v3" else (3, 224, 224)


def small_enough(name):
    return cost(cc.from_torch(build(name, "meta"), shape_of(name))).macs < LARGEST


def compare(name, module, shape, result, tools):
    """One line of the matrix; fails on any cell."""
    cells = []
    for tool in tools:
        if not installed(tool):
            pytest.skip(f"{tool} is what is tested: install convcost[torch,peers]")
        reading = run(tool, module, (torch.rand(1, *shape, generator=torch.Generator().manual_seed(0)),))
        cells.append((tool, reading.printed, result.under(tool), reading.message))
    # The matrix itself: shown with -s, and where a cell fails.
    print(f"\n{name:28}", *(f"{tool}={predicted:,}" for tool, _, predicted, _ in cells))
    assert [cell for cell in cells if cell[1] != cell[2]] == []
    # And what each charges adds up to what it prints.
    for tool in tools:
        assert sum(term.value for term in result.account(tool)) == result.under(tool)
    for start in tools:
        for end in tools:
            account = cc.reconcile(result, start, end)
            assert account.remainder == 0


#: A few families in every run; CONVCOST_MATRIX=all takes all 60.
FAMILIES = (
    "alexnet", "densenet121", "efficientnet_b0", "googlenet", "mobilenet_v3_small", "regnet_y_400mf", "resnet18",
    "shufflenet_v2_x0_5", "swin_t",
)  # fmt: skip
ALL = os.environ.get("CONVCOST_MATRIX") == "all"


def test_there_are_sixty():
    if not ALL:
        pytest.skip("counts all 80 networks: set CONVCOST_MATRIX=all")
    assert sum(map(small_enough, torchvision.models.list_models(module=torchvision.models))) == 60


@pytest.mark.parametrize("name", torchvision.models.list_models(module=torchvision.models) if ALL else FAMILIES)
def test_torchvision(name):
    if ALL and not small_enough(name):
        pytest.skip("above 12.5 GMACs, its real runs take minutes and gigabytes")
    module = build(name)
    compare(name, module, shape_of(name), cost(cc.from_torch(module, shape_of(name))), TOOLS)


BUNDLED = (
    "tutorial_001", "tutorial_002_keras", "tutorial_003", "tutorial_003_residual", "tutorial_004", "googlenet_heads",
    "inception_v1", "inception_resnet_block", "mobilenet_v2", "squeezenet1_1",
)  # fmt: skip


@pytest.mark.parametrize("name", networks.names() if ALL else BUNDLED)
def test_bundled(name):
    shape = networks.entry(name).input
    block = networks.get(name)
    result = cost(block, shape)
    if result.macs > LARGEST:
        pytest.skip("above 12.5 GMACs, its real runs take minutes and gigabytes")
    compare(name, cc.to_torch(block, shape).eval(), shape, result, TOOLS)


@pytest.mark.parametrize("name", ["resnet18", "mobilenet_v3_small", "swin_t"])
def test_training_and_the_profiler(name):
    module = build(name)
    compare(name, module, shape_of(name), cost(cc.from_torch(module, shape_of(name))), FEW)


def test_the_matrix_would_notice():
    """Control: a network with one layer more is told apart by every counter but one that does not see the layer."""
    module = build("squeezenet1_1")
    result = cost(cc.from_torch(module, (3, 224, 224)))
    other = torch.nn.Sequential(module, torch.nn.Linear(1000, 10)).eval()
    with pytest.raises(AssertionError):
        compare("doctored", other, (3, 224, 224), result, TOOLS)


def test_no_counter_is_called():
    """The conventions are told in an interpreter that has none of the counters."""
    code = """
import sys
for name in ("fvcore", "thop", "ptflops", "torchinfo", "torchprofile", "calflops", "torchsummary"):
    sys.modules[name] = None
import torch
sys.modules["torch.utils.flop_counter"] = None
import convcost as cc
net = torch.nn.Sequential(torch.nn.Conv2d(3, 8, 3), torch.nn.BatchNorm2d(8), torch.nn.ReLU())
result = cc.cost(cc.from_torch(net, (3, 8, 8)))
print(*[result.under(name) for name in cc.conventions.COUNTERS])
"""
    done = subprocess.run([sys.executable, "-W", "ignore", "-c", code], capture_output=True, text=True, check=True)  # noqa: S603
    assert len(done.stdout.split()) == len(COUNTERS)
