"""The counters of others, run by us: the numbers that were measured, totals and modules, and how they fail."""

from __future__ import annotations

import importlib.util
import json
import sys
from collections import namedtuple
from pathlib import Path

import pytest

pytest.importorskip("torch", reason="what is counted is a torch module: install convcost[torch]")

import torch
from torch import nn
from torch.nn import functional

from convcost.errors import SpecError
from convcost.frameworks import counters
from convcost.frameworks.counters import TOOLS, installed, package, run
from tests.oracles.conftest import need
from tests.oracles.counted_modules import MODELS, Functions, Wrapped, build, network

MEASURED = json.loads(Path(__file__).with_name("counters.json").read_text(encoding="utf-8"))["counts"]
#: Run with every counter; of the others only the count on the meta device, which takes no time.
WHOLE = ("alexnet", "googlenet", "resnet50", "vit_b_16")


CASES = [(name, tool) for name, counts in MEASURED.items() for tool in counts]


@pytest.mark.parametrize(
    ("name", "tool"), [case for case in CASES if case[0] not in MODELS or case[0] in WHOLE or case[1] == "torch"],
    indirect=["tool"],
)  # fmt: skip
def test_measured(name, tool):
    if name in MODELS:
        pytest.importorskip("torchvision", reason="the networks are torchvision's: install convcost[peers]")
    reading = run(tool, *build(name))
    assert (reading.status, reading.message) == ("ok", "")
    assert reading.printed == MEASURED[name][tool]
    assert type(reading.printed) is int
    assert reading.version


def test_what_was_measured_tells_modules_apart():
    """Control: a padded convolution read as an unpadded one would be noticed by every tool."""
    for name in TOOLS:
        if name in MEASURED["conv3x3 4->6 p1 bias"] and installed(name):
            wrong = Wrapped(nn.Conv2d(4, 6, 3))
            assert run(name, wrong, torch.rand(1, 4, 8, 8)).printed != MEASURED["conv3x3 4->6 p1 bias"][name]


# -- training --------------------------------------------------------------------------------------------------------


def test_training_is_forward_and_real_backward():
    conv, x = nn.Conv2d(4, 6, 3, padding=1, bias=False), torch.rand(1, 4, 8, 8)
    forward = 2 * 13824
    assert run("torch-train", conv, x).printed == 2 * forward, "no gradient of the input is asked for"
    assert run("torch-train", conv, x.clone().requires_grad_()).printed == 3 * forward
    assert run("torch-train", nn.Sequential(conv, nn.Conv2d(6, 4, 1, bias=False)), x).printed == 2 * forward + 3 * 3072
    frozen = nn.Conv2d(4, 6, 3, padding=1).requires_grad_(False)
    reading = run("torch-train", frozen, x)
    assert (reading.printed, "forward pass alone" in reading.message) == (forward, True)


def test_training_counts_every_output():
    named = namedtuple("named", "left right")

    class Heads(nn.Module):
        def __init__(self):
            super().__init__()
            self.a, self.b, self.c = (nn.Linear(4, 2, bias=False) for _ in range(3))

        def forward(self, x):
            return {"head": self.a(x), "pair": named(self.b(x), [self.c(x)]), "none": None}

    assert run("torch-train", Heads(), torch.rand(1, 4)).printed == 3 * 2 * (2 * 8)


def test_modes(tool):
    norm = Wrapped(nn.Sequential(nn.Conv2d(4, 4, 1), nn.BatchNorm2d(4), nn.Dropout()))
    x = torch.rand(2, 4, 8, 8)
    evaluated, trained = run(tool, norm, x), run(tool, norm, x, mode="train")
    assert trained.status == "ok"
    assert (evaluated.printed != trained.printed) == (tool in ("fvcore", "torch-profiler")), (evaluated, trained)
    assert ("eval mode itself" in trained.message) == (package(tool) in ("thop", "ptflops", "calflops"))


# -- per layer, and what is skipped ----------------------------------------------------------------------------------


LAYERS = {
    "fvcore": {"0": 13824, "1": 1024, "1.0": 1024, "1.1": 0, "2": 512, "4": 32},
    "torch": {"0": 27648, "4": 64},
    "thop": {"0": 13824, "1": 2048, "1.0": 2048, "2": 520, "4": 32},
    "ptflops": {"0": 13824, "1": 2048, "1.0": 1024, "1.1": 1024, "2": 1024, "4": 36},
    "ptflops-aten": {"0": 13824, "4": 36},
    "torchinfo": {"0": 13824, "1": 16, "1.0": 16, "4": 36},
    "calflops": {"0": 27648, "1": 1536, "1.0": 1024, "1.1": 512, "2": 512, "4": 64},
    "calflops-macs": {"0": 13824, "4": 32},
}


def test_numbers_of_modules(tool):
    reading = run(tool, network(), torch.rand(1, 3, 8, 8))
    wanted = {path: value for path, value in LAYERS.get(tool, {}).items() if value}
    assert {path: value for path, value in reading.per_layer.items() if value} == wanted
    if wanted:
        assert sum(value for path, value in wanted.items() if "." not in path) == reading.printed
        assert list(reading.per_layer) == sorted(reading.per_layer)


def test_functions_are_booked_where_they_are_called():
    need("ptflops")

    class Inner(nn.Module):
        def forward(self, x):
            return torch.add(functional.relu6(x), x)

    reading = run("ptflops", nn.Sequential(nn.ReLU(), nn.Sequential(Inner())), torch.rand(1, 4))
    assert reading.per_layer == {"0": 8, "1": 8, "1.0": 8}
    assert reading.printed == 16


SKIPPED = {
    "fvcore": ("aten::sigmoid", "aten::add"),
    "torchprofile": ("aten::celu",),
    "thop": ("Sigmoid", "CELU"),
    "ptflops": ("CELU",),
    "ptflops-aten": ("aten.sigmoid", "aten.celu", "aten.add"),
}


def test_what_a_tool_says_that_it_skipped(tool):
    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.conv, self.act, self.odd = nn.Conv2d(4, 4, 1), nn.Sigmoid(), nn.CELU()

        def forward(self, x):
            return self.odd(self.act(self.conv(x))) + x

    reading = run(tool, Net(), torch.rand(1, 4, 8, 8))
    assert set(SKIPPED.get(tool, ())) <= set(reading.uncounted)
    assert bool(reading.uncounted) == (tool in SKIPPED)
    assert "Net" not in reading.uncounted, "what is walked into is not skipped"


# -- how the numbers are taken ---------------------------------------------------------------------------------------


class Plain(nn.Module):
    """A tensor that no device move reaches."""

    def __init__(self):
        super().__init__()
        self.scale = [torch.rand(1, 1, 5, 4)]

    def forward(self, x):
        return functional.scaled_dot_product_attention(x * self.scale[0], x, x)


def test_torch_without_the_meta_device():
    reading = run("torch", Plain(), torch.rand(1, 1, 5, 4))
    assert reading.printed == 400
    assert "counted on the CPU" in reading.message
    assert run("torch", Functions(lambda m, x: functional.scaled_dot_product_attention(x, x, x)),
               torch.rand(1, 1, 5, 4)).message == ""  # fmt: skip


def test_tensors_made_in_the_forward_are_on_the_meta_device():
    module = Functions(lambda m, x: x @ (torch.ones(4, 4) + torch.arange(4)))
    reading = run("torch", module, torch.rand(2, 4))
    assert (reading.printed, reading.message) == (2 * 2 * 16, "")


def test_a_module_without_values(tool):
    with torch.device("meta"):
        empty = Wrapped(nn.Sequential(nn.Conv2d(3, 4, 3), nn.BatchNorm2d(4)))
    reading = run(tool, empty, torch.empty(1, 3, 8, 8, device="meta"))
    full = run(tool, Wrapped(nn.Sequential(nn.Conv2d(3, 4, 3), nn.BatchNorm2d(4))), torch.rand(1, 3, 8, 8))
    assert (reading.status, reading.printed) == ("ok", full.printed)
    assert all(tensor.is_meta for tensor in (*empty.parameters(), *empty.buffers()))


def test_shared_weights_stay_shared():
    class Tied(nn.Module):
        def __init__(self):
            super().__init__()
            self.a, self.b = nn.Linear(4, 4, bias=False), nn.Linear(4, 4, bias=False)
            self.b.weight = self.a.weight

        def forward(self, x):
            assert self.a.weight is self.b.weight
            return self.b(self.a(x))

    for name in ("torch", "torch-train"):
        reading = run(name, Tied(), torch.rand(1, 4))
        assert (reading.status, reading.message) == ("ok", "")


def test_several_inputs(tool):
    class Two(nn.Module):
        def __init__(self):
            super().__init__()
            self.conv = nn.Conv2d(3, 4, 3)

        def forward(self, image, other):
            return self.conv(image + other)

    inputs = (torch.rand(1, 3, 8, 8), torch.rand(1, 3, 8, 8))
    reading = run(tool, Two(), inputs)
    assert reading.status == "ok"
    assert reading.printed >= 4 * 27 * 36


def test_ptflops_and_batches():
    """It divides what modules do by the batch, cuts the rest of the division off, and does not divide functions."""
    need("ptflops")
    assert run("ptflops", nn.Conv2d(4, 6, 1, bias=False), torch.rand(3, 4, 2, 2)).printed == 96
    assert run("ptflops", Functions(lambda m, x: functional.relu(x)), torch.rand(3, 4, 2, 2)).printed == 48
    reading = run("ptflops", nn.Upsample(size=3), torch.rand(2, 1, 1, 1))
    assert (reading.status, reading.printed) == ("failed", None)
    assert "fraction 4.5" in reading.message

    class Unnamed(nn.Module):
        def forward(self, *inputs):
            return inputs[0] + inputs[1]

    reading = run("ptflops", Unnamed(), (torch.rand(1, 2), torch.rand(1, 2)))
    assert "does not name them" in reading.message


# -- failures --------------------------------------------------------------------------------------------------------


def test_a_module_that_fails(tool):
    reading = run(tool, Wrapped(nn.Conv2d(4, 6, 3)), torch.rand(1, 3, 8, 8))
    assert (reading.status, reading.printed, reading.per_layer) == ("failed", None, {})
    assert reading.message
    assert "\n" not in reading.message
    assert len(reading.message) <= 200
    # calflops stops at an assertion of its own, without words.
    assert ("calflops.pytorch_ops" if package(tool) == "calflops" else "channels") in reading.message


def test_calflops_counts_nothing_without_parameters():
    need("calflops")
    reading = run("calflops", nn.ReLU(), torch.rand(1, 4))
    assert (reading.status, reading.message) == ("failed", "StopIteration in calflops.flops_counter")


def test_missing_packages(monkeypatch):
    monkeypatch.setitem(sys.modules, "thop", None)
    assert not installed("thop")
    reading = run("thop", nn.Linear(4, 2), torch.rand(1, 4))
    assert (reading.status, reading.unit, reading.printed) == ("missing", "MAC", None)
    assert reading.message == "needs the package thop, not installed; pip install 'convcost[peers]'"
    found = importlib.util.find_spec
    monkeypatch.setattr(counters.importlib.util, "find_spec", lambda name: found(name) if name != "torch" else None)
    assert not any(map(installed, TOOLS))
    assert "convcost[torch]" in run("fvcore", nn.Linear(4, 2), torch.rand(1, 4)).message


def test_requests_that_mean_nothing():
    module, x = nn.Linear(4, 2), torch.rand(1, 4)
    mistakes = [("nothop", module, x), ("torch", module, x, "test"), ("torch", module, ()), ("torch", module, [3])]
    for arguments in (*mistakes, ("torch", "Linear", x)):
        with pytest.raises(SpecError) as error:
            run(*arguments)
        assert "\n" not in str(error.value)
