"""Commands in process: output, JSON by its schema, exit codes, and one line for every mistake."""

from __future__ import annotations

import json
import subprocess
import sys
from importlib.resources import files
from pathlib import Path

import jsonschema
import pytest

import convcost
from convcost.cli import COMMANDS, run

NAIVE, BOTTLENECK = "Conv(32,5,padding=2)", "Conv(16,1) >> Conv(32,5,padding=2)"


@pytest.fixture
def say(capsys):
    def call(*args):
        code = run(args)
        captured = capsys.readouterr()
        return code, captured.out, captured.err

    return call


def schema(name):
    return json.loads(files(convcost).joinpath("schemas", f"{name}.json").read_text(encoding="utf-8"))


def test_cost(say):
    code, out, _ = say("cost", NAIVE, "--input", "192x28x28")
    assert code == 0
    assert "120,422,400" in out
    assert "153,632" in out


def test_cost_json(say):
    code, out, _ = say("cost", NAIVE, "--input", "192x28x28", "--format", "json")
    data = json.loads(out)
    jsonschema.validate(data, schema("cost"))
    assert code == 0
    wanted = {
        "schema": 1, "spec": NAIVE, "input": [192, 28, 28], "batch": 1, "convention": "macs", "output": [32, 28, 28],
        "outputs": [[32, 28, 28]], "params": 153632, "trainable_params": 153632, "buffers": 0, "macs": 120422400,
        "flops": 240844800, "status": "exact", "assumptions": [], "unsupported": [],
    }  # fmt: skip
    assert {key: data[key] for key in wanted} == wanted
    row = {"path": "conv1", "name": "conv1", "kind": "Conv", "params": 153632, "macs": 120422400, "ran": True}
    assert {key: data["rows"][0][key] for key in row} == row


def test_symbolic_cost_json(say):
    code, out, _ = say("cost", "Conv(r, 1) >> Conv(K, 5, padding=2)", "--input", "CxHxW", "--format", "json")
    data = json.loads(out)
    jsonschema.validate(data, schema("cost"))
    assert (code, data["macs"], data["input"]) == (0, "H*W*r*(C + 25*K)", ["C", "H", "W"])


@pytest.mark.parametrize("fmt", ["plain", "markdown", "latex", "html", "json", "csv"])
@pytest.mark.parametrize("command", [("cost", "alexnet"), ("compare", "resnet18", "resnet34"), ("networks",)], ids=str)
def test_every_format(say, command, fmt):
    code, out, err = say(*command, "--format", fmt)
    assert (code, err) == (0, "")
    assert "11689512" in out.replace(",", "") or "61100840" in out.replace(",", "")
    if fmt == "json":
        jsonschema.validate(json.loads(out), schema(command[0]))


def test_options_of_cost(say):
    _, out, _ = say("cost", "resnet50", "--depth", "1", "--units", "G", "--sort", "macs", "--as", "flops")
    assert "G FLOP" in out
    assert "8.178" in out
    _, out, _ = say("cost", NAIVE, "--input", "192x28x28", "--steps")
    assert "5·5·192·32·28·28 = 120,422,400" in out
    _, out, _ = say("cost", NAIVE, "--input", "192x28x28", "--batch", "2", "--format", "csv")
    assert out.splitlines()[-1] == "total,,,32x28x28,153632,240844800,"


@pytest.mark.parametrize(
    ("limit", "code"), [("121M", 0), ("120.4M", 1), ("120,422,400", 0), ("120422399", 1), ("1G", 0)]
)
def test_budgets(say, limit, code):
    got, _, err = say("cost", NAIVE, "--input", "192x28x28", "--max-macs", limit)
    assert got == code
    assert ("over budget" in err) == bool(code)
    assert say("cost", NAIVE, "--input", "192x28x28", "--max-params", "153631")[0] == 1


def test_compare(say):
    code, out, _ = say("compare", NAIVE, BOTTLENECK, "--input", "192x28x28")
    assert code == 0
    for text in ("120,422,400", "12,443,648", "9.677", "153,632", "15,920", "r=154", "r=155"):
        assert text in out


def test_compare_json(say):
    _, out, _ = say("compare", NAIVE, BOTTLENECK, "--input", "192x28x28", "--format", "json")
    data = json.loads(out)
    jsonschema.validate(data, schema("compare"))
    assert data["ratios"]["macs"] == [1.0, 120422400 / 12443648]
    assert data["exact_ratios"]["macs"] == ["1", "300/31"]
    assert data["closed_forms"] == ["800*C*H*W", "H*W*r*(C + 800)"]
    assert data["break_even"] == {
        "symbol": "r", "expression": "800*C/(C + 800)", "block": 1, "value": "4800/31", "value_float": 4800 / 31,
        "first_macs": 120422400, "cheaper": {"width": 154, "macs": 154 * 784 * (192 + 800)},
        "dearer": {"width": 155, "macs": 155 * 784 * (192 + 800)},
    }  # fmt: skip


def test_compare_over_the_specs_own_symbols(say):
    specs = 'Conv(K, k, padding="same")', 'Conv(r, 1) >> Conv(K, k, padding="same")'
    _, out, _ = say("compare", *specs, "--input", "CxHxW")
    assert "C·K·k²/(r·(C + K·k²))" in out
    assert "break-even of [1] and [2]: r = C·K·k²/(C + K·k²)" in out


def test_verify(say):
    right = say("verify", "--text", "5^2× 28^2× 192× 32=120,422,400", "--format", "json")
    wrong = say("verify", "--text", "1^2 ×28^2 ×192 ×16+5^2× 28^2×16 × 32=12,433,648", "--format", "json")
    assert (right[0], wrong[0]) == (0, 1)
    for _, out, _ in (right, wrong):
        jsonschema.validate(json.loads(out), schema("verify"))
    (finding,) = json.loads(wrong[1])["findings"]
    assert (finding["verdict"], finding["reason"], finding["computed"]) == ("wrong", "misprint", 12443648)
    assert (finding["source"], finding["line"]) == ("<text>", 1)
    assert say("verify", "--text", "no numbers here")[0] == 0
    assert say("verify", "--text", "5 / 0 = 1")[0] == 0, "unverifiable findings alone are no failure"


@pytest.mark.parametrize("fmt", ["plain", "markdown", "latex", "html", "csv"])
def test_verify_formats(say, fmt):
    code, out, _ = say("verify", "--text", "6×7 = 41", "--format", fmt)
    assert code == 1
    assert "42" in out
    assert "misprint" in out


def test_networks_json(say):
    _, out, _ = say("networks", "--format", "json")
    data = json.loads(out)
    jsonschema.validate(data, schema("networks"))
    found = {network["name"]: (network["params"], network["macs"]) for network in data["networks"]}
    assert found["resnet50"] == (25557032, 4089184256)
    assert found["vgg16"] == (138357544, 15470264320)


def test_schemas_would_notice():
    """Control: an object without its rows is refused."""
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({"schema": 1}, schema("cost"))


MISTAKES = [
    ("cost", "Conv(8, -3)", "--input", "3x8x8"),
    ("cost", "Conv(8, 9)", "--input", "3x4x4"),
    ("cost", "Conv(9, 3, groups=3)", "--input", "4x8x8"),
    ("cost", "Cnov(8, 3)", "--input", "3x8x8"),
    ("cost", "Conv(8, 3", "--input", "3x8x8"),
    ("cost", "Conv(8, 3)"),
    ("cost", "Conv(8, 3)", "--input", "3x8x"),
    ("cost", "Conv(8, 3)", "--input", "3x8x-1"),
    ("cost", "Conv(8, 3)", "--input", "Conv(1,1)"),
    ("cost", "Conv(8, 3)", "--input", "3x8x8", "--batch", "0"),
    ("cost", "Conv(8, 3)", "--input", "3x8x8", "--max-macs", "many"),
    ("cost", "Conv(8, 3)", "--input", "CxHxW", "--max-macs", "1M"),
    ("cost", "Conv(8, 3)", "--input", "3x8x8", "--as", "thop9"),
    ("cost", "Conv(8, 3)", "--input", "3x8x8", "--format", "docx"),
    ("cost", "Conv(8, 3)", "--input", "3xHxW", "--sort", "macs"),
    ("cost", "resnet_50"),
    ("cost", "missing.toml", "--input", "3x8x8"),
    ("cost", "gone.py:Net", "--input", "3x8x8"),
    ("cost", "model.onnx"),
    ("cost", "file.py:Net", "--input", "3x8x8"),
    ("cost", "LSTM(6,num_layers=100000000)", "--input", "5x4"),
    ("cost", "Repeat(ReLU(),1000000000)", "--input", "3x4x4"),
    ("cost", "9**9**9**9", "--input", "3x8x8"),
    ("cost", "Conv(9**9**9**9, 3)", "--input", "3x8x8"),
    ("cost", "__import__('os').system('true')", "--input", "3x8x8"),
    ("cost", "(" * 5000, "--input", "3x8x8"),
    ("cost", "Conv(8,3)>>" * 900_000, "--input", "3x8x8"),
    ("cost", "Conv(8, 3)", "--input", "3x" * 5_000_000),
    ("cost",),
    ("compare", NAIVE, "--input", "192x28x28"),
    ("compare", NAIVE, "Conv(8, 99)", "--input", "192x28x28"),
    ("verify",),
    ("verify", "--text", "9**9**9**9 = 1"),
    ("verify", "--text", "9**9**9**9"),
    ("verify", "--text", "1 = " * 2_500_000),
    ("nonsense",),
    ("cost", "--nonsense"),
]


@pytest.mark.parametrize("arguments", MISTAKES, ids=lambda arguments: " ".join(a[:24] for a in arguments))
def test_mistakes_end_in_one_line_and_code_2(say, arguments):
    code, out, err = say(*arguments)
    assert code == 2
    assert out == ""
    assert err.startswith("convcost: ")
    assert err.count("\n") == 1
    assert len(err) < 600


def test_spec_files(say, tmp_path):
    path = tmp_path / "blocks.toml"
    path.write_text(
        'input = "192x28x28"\nmain = "bottleneck"\n[blocks]\nreduce = "Conv(16, 1)"\n'
        'bottleneck = ["reduce", "Conv(32, 5, padding=2)"]\nnaive = "Conv(32, 5, padding=2)"\n',
        encoding="utf-8",
    )
    assert "12,443,648" in say("cost", str(path))[1]
    assert "120,422,400" in say("cost", f"{path}:naive")[1]
    assert "9.677" in say("compare", f"{path}:naive", str(path))[1]
    code, _, err = say("cost", f"{path}:nothing")
    assert code == 2
    assert "one of reduce, bottleneck, naive" in err
    for text in (
        "[blocks]\n",
        "blocks = 3\n",
        "x = 1\n[blocks]\na = 'ReLU()'\n",
        "[blocks]\na = 'b >> ReLU()'\n",
        "= =",
    ):
        path.write_text(text, encoding="utf-8")
        code, _, err = say("cost", str(path), "--input", "3x4x4")
        assert code == 2
        assert err.count("\n") == 1


@pytest.mark.parametrize("command", COMMANDS)
def test_the_readme_names_every_command(command):
    readme = Path(__file__).parents[2] / "README.md"
    assert f"convcost {command}" in readme.read_text(encoding="utf-8")


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help(say, command):
    code, out, _ = say(command, "--help")
    assert code == 0
    assert len(out.split("\n\n")) > 1


def test_as_a_module_and_closed_pipes():
    def sh(line):
        return subprocess.run(["bash", "-c", line], capture_output=True, text=True, check=False)  # noqa: S603, S607

    assert sh(f"{sys.executable} -m convcost --version").stdout.startswith("convcost, version")
    assert "Usage" in sh(f"{sys.executable} -m convcost").stdout
    early = sh(f"set -o pipefail; {sys.executable} -m convcost cost resnet152 | head -n 1")
    assert (early.returncode, early.stderr) == (0, "")


def test_help_is_light():
    heavy = "{'sympy', 'numpy', 'lark'}"
    probe = f"import sys\nfrom convcost.cli import run\nrun(['--help'])\nassert not {heavy} & set(sys.modules)"
    subprocess.run([sys.executable, "-c", probe], check=True, capture_output=True)  # noqa: S603
