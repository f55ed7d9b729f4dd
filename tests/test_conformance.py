"""The conformance suite: what it says is what torch and the counters say, and a wrong counter is found out."""

from __future__ import annotations

import json

import jsonschema
import pytest

from convcost import conformance, cost
from convcost.cli import run
from convcost.conformance import CASES, differences, load
from convcost.conventions import CONVENTIONS

SMALL = frozenset(case.name for case in CASES if len(case.spec) < 60 and case.spec[0].isupper())


def test_the_suite_has_its_schema():
    from importlib import resources

    schema = json.loads(resources.files("convcost").joinpath("schemas/conformance.json").read_text(encoding="utf-8"))
    jsonschema.validate(load(), schema)
    assert [case["name"] for case in load()["cases"]] == [case.name for case in CASES]
    assert all(case["conventions"].keys() == set(CONVENTIONS) for case in load()["cases"])


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_quantities_are_those_of_the_laws(case):
    stored = next(entry for entry in load()["cases"] if entry["name"] == case.name)
    result = cost(case.block, case.input)
    assert stored["quantities"] == dict(result.tally) and stored["params"] == result.params
    assert stored["conventions"]["macs"] == result.macs


@pytest.mark.parametrize("tool", ["fvcore", "torch", "thop", "ptflops", "ptflops-aten", "torchinfo", "torchprofile",
                                  "calflops", "calflops-macs"])  # fmt: skip
def test_every_number_is_the_counters_own(tool):
    """The suite's number under a convention is what the counter itself prints, on every case that it can count."""
    pytest.importorskip("torch", reason="modules are torch's: install convcost[torch]")
    from convcost.frameworks import counters

    if not counters.installed(tool):
        pytest.skip(f"{tool} is what is tested: install convcost[torch,peers]")

    def count(module, inputs):
        reading = counters.run(tool, module, inputs)
        if reading.printed is None:
            raise RuntimeError(reading.message)
        return reading.printed

    results = list(differences(count, tool))
    failed = [result for result in results if result.printed is None]
    # calflops stops on modules without parameters; nothing else fails.
    assert len(failed) == 0 or (tool.startswith("calflops") and all("StopIteration" in result.why for result in failed))
    assert [result for result in results if not result.holds and result.printed is not None] == []


def test_a_wrong_counter_is_found_out():
    """Control: a counter that forgets groups is right on most cases and wrong on the grouped ones."""
    pytest.importorskip("torch", reason="modules are torch's: install convcost[torch]")

    def careless(module, inputs):
        total = 0

        def hook(part, _, output):
            nonlocal total
            if type(part).__name__.startswith("Conv") and "Transpose" not in type(part).__name__:
                taps = part.weight[0, 0].numel()
                total += output.numel() * part.in_channels * taps

        handles = [part.register_forward_hook(hook) for part in module.modules()]
        module(*inputs)
        for handle in handles:
            handle.remove()
        return total

    names = frozenset({"convolution", "strided convolution", "grouped convolution", "depthwise convolution"})
    verdicts = {result.case: result.holds for result in differences(careless, "macs", names)}
    assert verdicts == {
        "convolution": True, "strided convolution": True, "grouped convolution": False, "depthwise convolution": False
    }  # fmt: skip


def test_on_the_command_line(tmp_path, capsys):
    pytest.importorskip("torch", reason="modules are torch's: install convcost[torch]")
    (tmp_path / "mine.py").write_text("def nothing(module, inputs):\n    return 0\n")
    own = f"{tmp_path / 'mine.py'}:nothing"
    assert run(["conformance", own, "--case", "ReLU"]) == 0
    assert run(["conformance", own, "--case", "convolution", "--format", "json"]) == 1
    printed = capsys.readouterr().out
    data = json.loads(printed[printed.index("{") :])
    assert (data["right"], data["wrong"], data["cases"][0]["expected"]) == (0, 1, 13_824)
    assert run(["conformance", "torch", "--case", "convolution"]) == 0
    for request in (["nobody"], [own, "--case", "nothing"], ["torch", "--against", "nobody"], ["gone.py:f"]):
        assert run(["conformance", *request]) == 2
        assert len(capsys.readouterr().err.strip().splitlines()) == 1


def test_the_suite_is_up_to_date():
    """Written anew it is the same; a convention or a law that changed must change it, too."""
    pytest.importorskip("torch", reason="modules are torch's: install convcost[torch]")
    for case in CASES:
        if case.name in SMALL:
            assert conformance.entry(case) == next(entry for entry in load()["cases"] if entry["name"] == case.name)
