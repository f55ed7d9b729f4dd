"""Specs that name real modules, on the command line."""

from __future__ import annotations

import json

import pytest

from convcost.cli import run

pytest.importorskip("torch", reason="modules are torch's: install convcost[torch]")

FILE = """
import torch
from torch import nn

class Net(nn.Module):
    def __init__(self, classes=10):
        super().__init__()
        self.conv, self.fc = nn.Conv2d(3, 8, 3, padding=1), nn.Linear(8, classes)
    def forward(self, x):
        return self.fc(torch.relu(self.conv(x)).mean((2, 3)))

class Sized(Net):
    def __init__(self, width):
        super().__init__()

def big():
    return Net(1000)

made = Net(7)
answer = 42

class Two(nn.Module):
    def forward(self, x, y):
        return x + y

def broken():
    return 1 // 0
"""


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "net.py"
    path.write_text(FILE)
    return str(path)


@pytest.mark.parametrize(("name", "params"), [("Net", 224 + 90), ("big", 224 + 9000), ("made", 224 + 63)])
def test_classes_functions_and_objects(file, name, params, capsys):
    assert run(["cost", f"{file}:{name}", "--input", "3x16x16", "--format", "json"]) == 0
    data = json.loads(capsys.readouterr().out)
    assert (data["params"], data["input"], data["status"]) == (params, [3, 16, 16], "exact")
    assert data["macs"] == 27 * 8 * 256 + (params - 224) * 8 // 9


def test_symbols(file, capsys):
    assert run(["cost", f"{file}:Net", "--input", "3xHxW", "--format", "json"]) == 0
    assert json.loads(capsys.readouterr().out)["macs"] == "216*H*W + 80"


@pytest.mark.parametrize("spec", ["Sized", "answer", "broken", "nothing", ""])
def test_names_that_make_no_module(file, spec, capsys):
    assert run(["cost", f"{file}:{spec}" if spec else file, "--input", "3x16x16"]) == 2
    assert len(capsys.readouterr().err.strip().splitlines()) == 1


def test_an_input_that_is_missing(file, capsys):
    assert run(["cost", f"{file}:Two", "--input", "3x9x9"]) == 2
    assert "with ; between them" in capsys.readouterr().err
    assert run(["cost", f"{file}:Two", "--input", "3x9x9;3x9x9"]) == 0


def test_a_file_that_raises(tmp_path, capsys):
    path = tmp_path / "raises.py"
    path.write_text("raise RuntimeError('no')")
    assert run(["cost", f"{path}:Net", "--input", "3x16x16"]) == 2
    assert "RuntimeError: no" in capsys.readouterr().err


def test_torchvision(capsys):
    pytest.importorskip("torchvision", reason="the networks are torchvision's")
    assert run(["cost", "torchvision:squeezenet1_1", "--as", "thop", "--format", "json"]) == 0
    assert json.loads(capsys.readouterr().out)["convention"] == "thop"
    assert run(["cost", "torchvision:googlenet", "--format", "json", "--mode", "train"]) == 0
    data = json.loads(capsys.readouterr().out)
    assert len(data["outputs"]) == 3 and all(row["ran"] for row in data["rows"])
    assert run(["cost", "torchvision:squeezenet1_2"]) == 2
    assert "did you mean squeezenet1_1?" in capsys.readouterr().err


def test_a_cost_of_a_module_reads_back(file, tmp_path, capsys):
    """What is written as JSON is read by ``diff``."""
    assert run(["cost", f"{file}:Net", "--input", "3x16x16", "--format", "json"]) == 0
    old = tmp_path / "old.json"
    old.write_text(capsys.readouterr().out)
    assert run(["cost", f"{file}:big", "--input", "3x16x16", "--format", "json"]) == 0
    new = tmp_path / "new.json"
    new.write_text(capsys.readouterr().out)
    assert run(["diff", str(old), str(new)]) == 0
    assert run(["diff", str(old), str(new), "--max-params", "5K"]) == 1


def test_the_extra_is_named_where_it_is_missing(file, monkeypatch, capsys):
    import importlib.util

    real = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name, *rest: None if name == "timm" else real(name, *rest))
    assert run(["cost", "timm:resnet18"]) == 2
    assert "convcost[peers]" in capsys.readouterr().err
