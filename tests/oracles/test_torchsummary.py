"""Our summary against torchsummary itself, and against the table that tutorial 004 prints."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from convcost import cost, networks

SEED = Path(__file__).parents[3] / "shared" / "seeds" / "004_afc0799ce34c2d43.txt"


@pytest.fixture(scope="module")
def summary():
    return cost(networks.get("tutorial_004"), (3, 224, 224)).summary("torchsummary")


def test_the_tool_prints_the_same(summary, capsys):
    pytest.importorskip("torchsummary", reason="the oracle is the tool itself: install convcost[test]")
    import torch
    from torch import nn
    from torchsummary import summary as tool

    def unit(i, o, k=1, p=0):
        return [nn.Conv2d(i, o, k, padding=p), nn.BatchNorm2d(o), nn.ReLU()]

    class InceptionBlock(nn.Module):
        def __init__(self, i, a, b, c, d):
            super().__init__()
            self.branches = nn.ModuleList([
                nn.Sequential(*unit(i, a)),
                nn.Sequential(*unit(i, b[0]), *unit(*b, 3, 1)),
                nn.Sequential(*unit(i, c[0]), *unit(*c, 5, 2)),
                nn.Sequential(nn.MaxPool2d(3, 1, 1), *unit(i, d)),
            ])  # fmt: skip

        def forward(self, x):
            return torch.cat([branch(x) for branch in self.branches], 1)

    network = nn.Sequential(
        nn.Conv2d(3, 64, 7, 2, 3), nn.ReLU(), nn.MaxPool2d(3, 2, 1),
        nn.Conv2d(64, 64, 1), nn.ReLU(), nn.Conv2d(64, 192, 3, padding=1), nn.ReLU(), nn.MaxPool2d(3, 2, 1),
        InceptionBlock(192, 64, (96, 128), (16, 32), 32), InceptionBlock(256, 128, (128, 192), (32, 96), 64),
        nn.MaxPool2d(3, 2, 1),
        InceptionBlock(480, 192, (96, 208), (16, 48), 64), InceptionBlock(512, 160, (112, 224), (24, 64), 64),
        InceptionBlock(512, 128, (128, 256), (24, 64), 64), InceptionBlock(512, 112, (144, 288), (32, 64), 64),
        InceptionBlock(528, 256, (160, 320), (32, 128), 128), nn.MaxPool2d(3, 2, 1),
        InceptionBlock(832, 256, (160, 320), (32, 128), 128), InceptionBlock(832, 384, (192, 384), (48, 128), 128),
        nn.AvgPool2d(7, 1), nn.Dropout(0.4), nn.Flatten(), nn.Linear(1024, 1024), nn.ReLU(), nn.Linear(1024, 2),
        nn.Softmax(1),
    )  # fmt: skip
    tool(network, (3, 224, 224), device="cpu")
    assert capsys.readouterr().out.strip() == str(summary)


@pytest.mark.skipif(not SEED.exists(), reason="the tutorials are not part of the project, but may lie beside it")
def test_the_tutorial_printed_the_same(summary):
    text = SEED.read_text(encoding="utf-8")
    rows = re.findall(r"^\s+(\w+-\d+)\s+\[-1, ([\d, ]+)\]\s+([\d,]+)$", text, re.MULTILINE)
    printed = [(name, tuple(map(int, shape.split(","))), int(params.replace(",", ""))) for name, shape, params in rows]
    assert len(printed) == 197
    assert [tuple(row) for row in summary.rows] == printed
