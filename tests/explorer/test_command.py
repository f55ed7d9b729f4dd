"""``convcost explore``: what it says of replaced inputs, layers that hold sizes, and starts that fit nothing."""

from __future__ import annotations

import pytest

from convcost import Conv, SpecError, explore, symbols
from convcost.cli import run
from tests.explorer.browser import data_of

C, H, W, K = symbols("C H W K")


def told(arguments, capsys):
    """Exit code and the lines on standard error."""
    code = run(["explore", *arguments])
    return code, capsys.readouterr().err.splitlines()


# -- networks with inputs of their own ----------------------------------------------------------------------------


def test_an_input_that_was_replaced_is_told(tmp_path, capsys, opened):
    target = tmp_path / "page.html"
    code, lines = told(["vgg16", "inception_v3", "--lang", "en", "-o", str(target)], capsys)
    assert code == 0 and len(lines) == 2
    sentence = "inception_v3 is asked about at 3×224×224, the input of vgg16: its own is 3×299×299"
    assert lines[0] == f"convcost: {sentence}"
    page = opened(target.read_text(encoding="utf-8"))
    assert page.text("header .note") == sentence and page.page.is_visible("header .note")
    page.page.click("#language")
    page.settle()
    assert "inception_v3" in page.text("header .note") and page.complaints() == []


@pytest.mark.parametrize(
    "arguments", [["vgg16", "inception_v3", "--input", "3x224x224"], ["vgg16", "resnet18"], ["vgg16", "Conv(8,3)"]]
)
def test_control_an_input_that_was_not_replaced_is_not(arguments, tmp_path, capsys):
    """Control: an input that was asked for, and inputs that are the same, need no word."""
    target = tmp_path / "page.html"
    code, lines = told([*arguments, "-o", str(target)], capsys)
    assert code == 0 and lines == [f"wrote {target}"]
    assert 'data-text="note-0"' not in target.read_text(encoding="utf-8")


# -- networks with layers that hold their input -------------------------------------------------------------------

MODULES = """
import torch
from torch import nn

class Spectrum(nn.Module):
    def __init__(self):
        super().__init__()
        self.stem = nn.Conv2d(3, 6, 5)

    def forward(self, x):
        return torch.fft.fft2(self.stem(x)).real

fixed = nn.Sequential(nn.Conv2d(3, 6, 5), nn.Flatten(), nn.Linear(6 * 28 * 28, 10))
"""


@pytest.fixture
def modules(tmp_path):
    pytest.importorskip("torch", reason="modules are imported from torch: pip install 'convcost[torch]'")
    path = tmp_path / "odd.py"
    path.write_text(MODULES, encoding="utf-8")
    return str(path)


@pytest.mark.parametrize("shape", ["3x64x64", "3xHxW"])
def test_a_layer_that_holds_the_input_is_named(shape, modules, tmp_path, capsys):
    code, lines = told([f"{modules}:Spectrum", "Conv(6,5)", "--input", shape], capsys)
    assert code == 2 and len(lines) == 1 and "fft" in lines[0]
    assert not any(number in lines[0] for number in ("220", "224"))
    assert lines[0].endswith("write numbers as input, and a symbol in the other spec, such as Conv(K, 3)")


def test_the_way_out_is_one(modules, tmp_path, capsys):
    target = tmp_path / "page.html"
    code, _ = told([f"{modules}:Spectrum", "Conv(K,3)", "--input", "3x64x64", "-o", str(target)], capsys)
    assert code == 0
    assert [dial["name"] for dial in data_of(target.read_text(encoding="utf-8"))["dials"]] == ["K"]


def test_a_module_that_does_not_run_at_symbols_asks_for_its_numbers(modules, tmp_path, capsys):
    code, lines = told([f"{modules}:fixed", "Conv(6,5)", "--input", "3xHxW"], capsys)
    assert code == 2 and len(lines) == 1
    assert "write the numbers that" in lines[0] and "224" not in lines[0]
    code, _ = told([f"{modules}:fixed", "Conv(6,5)", "--input", "3x32x32", "-o", str(tmp_path / "page.html")], capsys)
    assert code == 0


# -- starts -------------------------------------------------------------------------------------------------------


def test_a_start_at_which_a_block_cannot_be_built_is_refused(tmp_path, capsys):
    target = tmp_path / "page.html"
    pair = ["Conv(K,3)", "Conv(K,1)", "--input", "CxHxW", "-o", str(target)]
    code, lines = told([*pair, "--set", "H=1"], capsys)
    assert code == 2 and not target.exists()
    assert lines == [
        "convcost: block A cannot be built at the start, it needs H ≥ 3 (got H=1); set other sizes to start with"
    ]
    assert told([*pair, "--set", "H=3"], capsys)[0] == 0
    with pytest.raises(SpecError, match="block B cannot be built"):
        explore(Conv(K, 1), Conv(K, 5), (C, H, W), values={"W": 4})


def test_a_start_that_cannot_be_found_is_asked_for():
    with pytest.raises(SpecError, match="needs H ≥ 601"):
        explore(Conv(K, 601), Conv(K, 1), (C, H, W))
    page = explore(Conv(K, 601), Conv(K, 1), (C, H, W), values={"H": 601, "W": 700})
    assert {"name": "H", "start": "601"} in data_of(page)["dials"]


def test_other_sizes_follow_the_ones_that_were_asked_for():
    """3 groups need widths that 3 divides: they are found from the number asked for, not from a usual one."""
    page = explore(Conv(K, 3, groups=symbols("g")), Conv(K, 3), (C, H, W), values={"g": 3})
    starts = {dial["name"]: int(dial["start"]) for dial in data_of(page)["dials"]}
    assert starts["g"] == 3 and starts["C"] % 3 == starts["K"] % 3 == 0
