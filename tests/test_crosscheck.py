"""Our count beside other counters: statuses, layers, the ledger, the command, with conventions made for the purpose."""

from __future__ import annotations

import json
import sys
from importlib.resources import files

import jsonschema
import pytest

pytest.importorskip("torch", reason="what is checked is a torch module: install convcost[torch]")

import torch
from torch import nn

import convcost
from convcost import BatchNorm, Conv, Graph, Module, ReLU, Unknown, conventions, cost
from convcost.analysis.crosscheck import Layer, crosscheck
from convcost.cli import run
from convcost.cli.crosscheck import real_module
from convcost.conventions import Convention, Term, prices
from convcost.errors import SpecError, UnsupportedError
from convcost.frameworks import counters

SPEC = "Conv(16, 1, name='0') >> ReLU(name='1') >> Conv(32, 5, padding=2, name='2')"


class Small(Convention):
    """A price per MAC, a price per bias, a price per ReLU, and something that is charged to a place of its own."""

    unit, about = "MAC", "made for a test"

    def __init__(self, name, mac=1, bias=0, relu=0, extra=()):
        self.name, self.mac, self.bias, self.relu, self.extra = name, mac, bias, relu, extra

    def account(self, cost):
        for row in cost.rows:
            if row.tally.macs:
                value = self.mac * row.tally.macs + self.bias * row.tally.adds
                yield Term("convolutions", "1 each", row.path, value)
            elif self.relu and row.kind == "ReLU":
                yield Term("activations", "1 each", row.path, self.relu * row.tally.compares)
        for path, value in self.extra:
            yield Term("extra", "as it is", path, value)


@pytest.fixture
def conventions_are(monkeypatch):
    """Only the conventions of the textbooks and those given."""

    def put(*made):
        homes = {name: conventions._HOMES[name] for name in ("macs", "flops", "full")}
        for number, each in enumerate(made):
            monkeypatch.setattr(prices, f"SMALL_{number}", each, raising=False)
            homes[each.name] = f"prices.SMALL_{number}"
        monkeypatch.setattr(conventions, "_HOMES", homes)
        conventions._load.cache_clear()

    yield put
    conventions._load.cache_clear()


def module():
    return nn.Sequential(nn.Conv2d(192, 16, 1), nn.ReLU(), nn.Conv2d(16, 32, 5, padding=2))


X = torch.zeros(1, 192, 28, 28)
RIGHT = (Small("fvcore"), Small("torch", 2), Small("torchprofile"))


def need(*packages):
    for package in packages:
        pytest.importorskip(package, reason=f"{package} is one of the counters: install convcost[torch,peers]")


def own():
    return cost(convcost.parse(SPEC), (192, 28, 28))


def test_agreement(conventions_are):
    need("fvcore", "torchprofile")
    conventions_are(*RIGHT)
    found = crosscheck(own(), module(), X, tools=["fvcore", "torch", "torchprofile"])
    assert [(check.status, check.printed, check.predicted) for check in found.checks] == [
        ("ok", 12443648, 12443648), ("ok", 24887296, 24887296), ("ok", 12443648, 12443648)]  # fmt: skip
    assert found.agree
    assert found.checks[0].uncharged == {"ReLU": ("1",)}
    assert found.checks[0].layers == {"0": Layer(2408448, 2408448), "2": Layer(10035200, 10035200)}
    assert found.checks[2].layers == {}


def test_a_mismatch_is_noticed(conventions_are):
    """Control: a convention that counts the bias is not what torch prints, and the layers say where."""
    conventions_are(Small("torch", 2, bias=1))
    found = crosscheck(own(), module(), X, tools=["torch"])
    (check,) = found.checks
    assert (check.status, check.predicted - check.printed) == ("mismatch", 16 * 784 + 32 * 784)
    assert not found.agree
    assert check.layers["0"] == Layer(4816896, 4816896 + 16 * 784)
    assert "4,816,896 ≠ 4,829,440" in found.table(layers=True)
    assert "-37,632" in found.table()
    conventions_are(Small("torch", 2, extra=[("elsewhere/else", 5)]))
    assert crosscheck(own(), module(), X, tools=["torch"]).checks[0].layers["elsewhere.else"] == Layer(None, 5)


def test_what_stands_in_the_way(conventions_are, monkeypatch):
    conventions_are(*RIGHT)
    found = crosscheck(own(), module(), X, tools=["torch-train", "torch", "torch"])
    assert [check.tool for check in found.checks] == ["torch-train", "torch"]
    assert found.checks[0].status == "failed"
    assert found.checks[0].printed > 3 * 20070400
    assert found.checks[0].predicted is None
    assert found.checks[0].message.startswith("no prediction: there is no convention 'torch-train'")
    assert found.agree
    (check,) = crosscheck(own(), module(), torch.zeros(1, 3, 4, 4), tools=["torch"]).checks
    assert (check.status, check.printed, check.predicted) == ("failed", None, 24887296)
    assert "channels" in check.message
    monkeypatch.setitem(sys.modules, "fvcore", None)
    found = crosscheck(own(), module(), X, tools=["torch", "fvcore"])
    assert (found.checks[1].status, found.checks[1].predicted, found.agree) == ("missing", 12443648, True)
    with pytest.raises(UnsupportedError, match="none of the counters is installed"):
        crosscheck(own(), module(), X, tools=["fvcore"])


def test_what_is_not_known_is_said(conventions_are):
    conventions_are(*RIGHT)
    block = Conv(16, 1) >> Unknown("mystery", (16, 28, 28)) >> Conv(32, 5, padding=2)
    assert crosscheck(cost(block, (192, 28, 28)), module(), X, tools=["torch"]).checks[0].status == "ok"
    conventions_are(Small("torch", 1))
    (check,) = crosscheck(cost(block, (192, 28, 28)), module(), X, tools=["torch"]).checks
    assert check.status == "mismatch"
    assert "lower-bound" in check.message
    nothing = cost(Unknown("mystery", (4,)), (4,))
    (check,) = crosscheck(nothing, nn.Linear(4, 4), torch.zeros(1, 4), tools=["torch"]).checks
    assert (check.status, check.printed, check.predicted) == ("failed", 32, None)
    assert "unknown" in check.message


def test_the_ledger_looks_around_and_inside(conventions_are):
    """A charge to a module covers the rows inside it, and one inside a row covers the row."""
    block = Module("A", Conv(4, 1) >> BatchNorm() >> ReLU(), name="a") >> BatchNorm(name="b") >> ReLU(name="c")
    network = nn.Sequential(nn.Conv2d(3, 4, 1), nn.BatchNorm2d(4), nn.ReLU(), nn.BatchNorm2d(4), nn.ReLU())
    for extra, left in [
        ([], {"BatchNorm": 2, "ReLU": 2}),
        ([("a", 1)], {"BatchNorm": 1, "ReLU": 1}),
        ([("b/inside", 1)], {"BatchNorm": 1, "ReLU": 2}),
        ([("a", 0), ("c", 0)], {"BatchNorm": 2, "ReLU": 2}),
    ]:
        conventions_are(Small("torch", 2, extra=extra))
        (check,) = crosscheck(cost(block, (3, 8, 8)), network, torch.zeros(1, 3, 8, 8), tools=["torch"]).checks
        assert {kind: len(paths) for kind, paths in check.uncharged.items()} == left


def test_blocks_and_graphs_are_costed_at_the_inputs(conventions_are):
    conventions_are(*RIGHT)
    graph = Graph()
    x, y = graph.input(), graph.input()
    graph.output(graph.add(Conv(16, 1), x, name="a"))
    graph.output(graph.add(Conv(8, 1), y, name="b"))

    class Two(nn.Module):
        def __init__(self):
            super().__init__()
            self.a, self.b = nn.Conv2d(192, 16, 1), nn.Conv2d(4, 8, 1)

        def forward(self, x, y):
            return self.a(x), self.b(y)

    found = crosscheck(graph, Two(), torch.zeros(2, 192, 28, 28), torch.zeros(2, 4, 5, 5), tools=["torch"])
    assert found.agree
    assert found.checks[0].printed == 2 * 2 * (2408448 + 800)
    assert found.checks[0].layers.keys() == {"a", "b"}
    with pytest.raises(SpecError, match="symbols H, W"):
        crosscheck(cost(Conv(4, 1), (3, *convcost.symbols("H W"))), module(), X)


def test_progress(conventions_are):
    conventions_are(*RIGHT)
    seen = []
    crosscheck(own(), module(), X, tools=["torch", "torch-train"], progress=lambda *told: seen.append(told))
    assert seen == [("torch", 1, 2), ("torch-train", 2, 2)]


# -- the command -----------------------------------------------------------------------------------------------------

COMMAND = ("crosscheck", SPEC, "--input", "192x28x28")


@pytest.fixture
def say(capsys, monkeypatch):
    monkeypatch.setattr(convcost, "to_torch", lambda block, shape: module(), raising=False)

    def call(*args):
        code = run(args)
        captured = capsys.readouterr()
        return code, captured.out, captured.err

    return call


def schema():
    return json.loads(files(convcost).joinpath("schemas", "crosscheck.json").read_text(encoding="utf-8"))


def test_json(say, conventions_are):
    need("fvcore", "thop")
    conventions_are(*RIGHT, Small("thop", 2))
    code, out, err = say(*COMMAND, "--tool", "fvcore", "--tool", "thop", "--tool", "torch-train", "--format", "json")
    data = json.loads(out)
    jsonschema.validate(data, schema())
    assert (code, err, data["agree"]) == (1, "", False)
    assert data["own"]["macs"] == 12443648
    assert data["own"]["spec"] == SPEC
    wanted = {"unit": "MAC", "printed": 12443648, "predicted": 24887296, "status": "mismatch"}
    assert {key: data["tools"]["thop"][key] for key in wanted} == wanted
    assert data["tools"]["fvcore"]["status"] == "ok"
    assert data["tools"]["fvcore"]["layers"]["0"] == {"printed": 2408448, "predicted": 2408448}
    assert data["tools"]["torch-train"]["predicted"] is None
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({**data, "tools": {"thop": {"unit": "MACs"}}}, schema())


@pytest.mark.parametrize("fmt", ["plain", "markdown", "latex", "html", "csv"])
@pytest.mark.parametrize("layers", [(), ("--layers",)], ids=["tools", "layers"])
def test_formats(say, conventions_are, fmt, layers):
    conventions_are(*RIGHT)
    code, out, err = say(*COMMAND, "--tool", "torch", "--format", fmt, *layers)
    assert (code, err) == (0, "")
    assert ("20070400" if layers else "24887296") in out.replace(",", "")
    if fmt == "csv":
        head = "tool,unit,layer,printed,predicted" if layers else "tool,version,unit,printed,predicted,status,message"
        assert out.splitlines()[0] == head
    else:
        assert "own count: 12,443,648 MAC" in out
        assert "torch charges nothing for ReLU (1)" in out
        assert "1 ok, 0 mismatch, 0 failed, 0 missing" in out


def test_batches_and_modes(say, conventions_are):
    conventions_are(*RIGHT)
    for mode in ("eval", "train"):
        code, out, _ = say(*COMMAND, "--tool", "torch", "--batch", "3", "--mode", mode, "--format", "csv")
        assert code == 0
        assert "74661888,74661888,ok" in out


def test_indices_are_whole_numbers(say, conventions_are, monkeypatch):
    conventions_are(*RIGHT)
    network = nn.Sequential(nn.Embedding(10, 4), nn.Linear(4, 3))
    monkeypatch.setattr(convcost, "to_torch", lambda block, shape: network, raising=False)
    code, out, _ = say("crosscheck", "Embedding(10, 4) >> Linear(3)", "--input", "5", "--tool", "torch")
    assert (code, "120" in out) == (0, True)


def test_a_target_may_bring_its_module():
    from convcost.cli.common import Target
    from convcost.frameworks.specs import ModuleSpec

    module = nn.ReLU()
    target = Target("net.py:Net", real=ModuleSpec("net.py:Net", lambda _: module))
    assert real_module(target, own()) is module


def test_progress_on_a_terminal_alone(say, conventions_are, monkeypatch):
    conventions_are(*RIGHT)
    assert say(*COMMAND, "--tool", "torch")[2] == ""
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    err = say(*COMMAND, "--tool", "torch")[2]
    assert "[1/1] torch" in err
    assert err.endswith("\r\033[K")


def test_mistakes(say, monkeypatch):
    for arguments in (
        (*COMMAND, "--tool", "thop9"),
        (*COMMAND, "--mode", "test"),
        ("crosscheck", SPEC),
        ("crosscheck", SPEC, "--input", "192xHxW"),
        (*COMMAND, "--batch", "N"),
    ):
        code, out, err = say(*arguments)
        assert (code, out, err.count("\n")) == (2, "", 1)
    monkeypatch.setattr(counters, "_found", lambda name: False)
    code, out, err = say(*COMMAND)
    assert (code, out) == (2, "")
    assert err.startswith("convcost: none of the counters is installed")
    assert err.count("\n") == 1
