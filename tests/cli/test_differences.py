"""``reconcile``, ``identify`` and ``diff``: output, JSON by its schema, exit codes, and one line for every mistake."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET
from importlib.resources import files

import jsonschema
import pytest

import convcost
from convcost import conventions
from convcost.cli import run

BOTTLENECK = "Conv(16,1) >> Conv(32,5,padding=2)"
RECONCILE = ("reconcile", BOTTLENECK, "--input", "192x28x28", "--from", "macs", "--to", "full")
FORMATS = ["plain", "markdown", "latex", "html", "json", "csv"]


@pytest.fixture
def say(capsys):
    def call(*args):
        code = run(args)
        captured = capsys.readouterr()
        return code, captured.out, captured.err

    return call


@pytest.fixture
def files_of(say, tmp_path):
    def call(*specs):
        paths = []
        for number, spec in enumerate(specs):
            path = tmp_path / f"{number}.json"
            path.write_text(say("cost", spec, "--input", "192x28x28", "--format", "json")[1], encoding="utf-8")
            paths.append(str(path))
        return paths

    return call


def schema(name):
    return json.loads(files(convcost).joinpath("schemas", f"{name}.json").read_text(encoding="utf-8"))


# -- reconcile -------------------------------------------------------------------------------------------------------


def test_reconcile(say):
    code, out, err = say(*RECONCILE)
    assert (code, err) == (0, "")
    for text in ("macs (MAC)", "12,443,648", "+37,632", "24,924,928", "remainder 0", "different units"):
        assert text in out
    assert "conv2" not in out
    assert "conv2" in say(*RECONCILE, "--by-path")[1]


def test_reconcile_json(say):
    code, out, _ = say(*RECONCILE, "--format", "json")
    data = json.loads(out)
    jsonschema.validate(data, schema("reconcile"))
    assert code == 0
    wanted = {
        "schema": 1, "from": {"tool": "macs", "value": 12443648}, "to": {"tool": "full", "value": 24924928},
        "remainder": 0,
    }  # fmt: skip
    assert {key: data[key] for key in wanted} == wanted
    assert sum(term["value"] for term in data["terms"]) == 24924928 - 12443648
    assert all(set(term) == {"what", "value"} for term in data["terms"])
    assert "by_path" in json.loads(say(*RECONCILE, "--format", "json", "--by-path")[1])


def test_reconcile_draws(say, tmp_path):
    path = tmp_path / "why.svg"
    code, out, _ = say(*RECONCILE, "--svg", str(path), "--batch", "2")
    assert code == 0
    assert "24,887,296" in out
    assert ET.parse(path).getroot().tag.endswith("svg")  # noqa: S314
    assert "+75,264" in path.read_text(encoding="utf-8")


def test_reconcile_says_what_is_left(say, monkeypatch):
    """Control: with an account that misses something the exit code is 1."""
    price = conventions.convention("full")

    def short(self, cost):
        return [] if self.name == "full" else [conventions.Term("x", "y", "z", 12443648)]

    monkeypatch.setattr(type(price), "account", short)
    code, out, _ = say(*RECONCILE)
    assert code == 1
    assert "not accounted for" in out


# -- identify --------------------------------------------------------------------------------------------------------


def test_identify(say):
    code, out, err = say("identify", "1.5G", "--network", "googlenet")
    assert (code, err) == (0, "")
    assert "macs (MAC)" in out
    assert "1.5G stands for everything from 1,450,000,000 to 1,550,000,000" in out
    code, out, _ = say("identify", "120,422,400", "--network", "Conv(32,5,padding=2)", "--input", "192x28x28")
    assert (code, "+0" in out) == (0, True)


def test_identify_finds_nothing(say):
    code, out, err = say("identify", "12,433,648", "--network", BOTTLENECK, "--input", "192x28x28", "--limit", "1")
    assert (code, err) == (1, "")
    assert "-10,000" in out
    assert "0 of" in out


def test_identify_json(say):
    code, out, _ = say("identify", "12.4M MACs", "--network", BOTTLENECK, "--input", "192x28x28", "--format", "json")
    data = json.loads(out)
    jsonschema.validate(data, schema("identify"))
    assert code == 0
    assert data["network"] == {"spec": BOTTLENECK, "input": [192, 28, 28], "batch": 1}
    assert (data["printed"], data["stated"]) == ("12.4M MACs", 12400000)
    assert data["readings"][0]["value"] == 12443648
    assert data["readings"][0]["remainder"] == 12400000 - 12443648


# -- diff ------------------------------------------------------------------------------------------------------------


def test_diff(say, files_of):
    old, new = files_of("Conv(32,5,padding=2)", BOTTLENECK)
    code, out, err = say("diff", old, new)
    assert (code, err) == (0, "")
    for text in ("120,422,400", "12,443,648", "-107,978,752", "-89.7 %", "conv2", "added"):
        assert text in out


def test_diff_json(say, files_of):
    old, new = files_of(BOTTLENECK, "Conv(32,5,padding=2)")
    data = json.loads(say("diff", old, new, "--format", "json")[1])
    jsonschema.validate(data, schema("diff"))
    assert data["totals"]["macs"]["change"] == 107978752
    assert [row["status"] for row in data["rows"]] == ["changed", "removed"]


@pytest.mark.parametrize(
    ("options", "code", "complaint"),
    [
        ((), 0, ""),
        (("--max-macs", "121M"), 0, ""),
        (("--max-macs", "120M"), 1, "120,422,400 macs, at most 120,000,000 allowed"),
        (("--max-params", "153,632"), 0, ""),
        (("--max-params", "153631"), 1, "153,632 params"),
        (("--max-growth", "868%"), 0, ""),
        (("--max-growth", "5%"), 1, "macs grew by 868 %: 12,443,648, now 120,422,400; 5 % allowed"),
    ],
    ids=str,
)
def test_diff_budgets(say, files_of, options, code, complaint):
    old, new = files_of(BOTTLENECK, "Conv(32,5,padding=2)")
    got, out, err = say("diff", old, new, *options)
    assert (got, bool(out)) == (code, True)
    assert complaint in err
    assert bool(err) == bool(code)
    assert say("diff", old, old, "--max-growth", "0%")[0] == 0


# -- all -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("fmt", FORMATS)
def test_every_format(say, files_of, fmt):
    paths = files_of("Conv(32,5,padding=2)", BOTTLENECK)
    for command in (
        RECONCILE,
        ("identify", "12.4M", "--network", BOTTLENECK, "--input", "192x28x28"),
        ("diff", *paths),
    ):
        code, out, err = say(*command, "--format", fmt)
        assert (code, err) == (0, "")
        assert "12443648" in out.replace(",", "")


MISTAKES = [
    RECONCILE[:-2],
    (*RECONCILE[:-1], "thop9"),
    ("reconcile", "Conv(8,3)", "--from", "macs", "--to", "full"),
    ("reconcile", "Cnov(8,3)", "--input", "3x8x8", "--from", "macs", "--to", "full"),
    ("reconcile", "Conv(8,3)", "--input", "3xHx8", "--from", "macs", "--to", "full", "--svg", "never.svg"),
    (*RECONCILE, "--svg", "no/such/folder/x.svg"),
    (*RECONCILE, "--svg", "."),
    (*RECONCILE, "--format", "docx"),
    (*RECONCILE, "--batch", "0"),
    ("identify",),
    ("identify", "1.5G"),
    ("identify", "many", "--network", "googlenet"),
    ("identify", "-5", "--network", "googlenet"),
    ("identify", "25 MB", "--network", "googlenet"),
    ("identify", "9" * 100_000, "--network", "googlenet"),
    ("identify", "9**9**9**9", "--network", "googlenet"),
    ("identify", "1.5G", "--network", "gogglenet"),
    ("identify", "1.5G", "--network", "googlenet", "--limit", "0"),
    ("identify", "1.5G", "--network", "Conv(8,3)", "--input", "3xHxW"),
    ("diff",),
    ("diff", "missing.json", "missing.json"),
    ("diff", "/", "/"),
    ("diff", "/dev/null", "/dev/null"),
    ("diff", "GOOD", "GOOD", "--max-macs", "many"),
    ("diff", "GOOD", "GOOD", "--max-growth", "5"),
    ("diff", "GOOD", "GOOD", "--max-growth", "-5%"),
    ("diff", "GOOD", "GOOD", "--max-growth", "x"),
    ("diff", "GOOD", "BAD"),
]


@pytest.mark.parametrize("arguments", MISTAKES, ids=lambda arguments: " ".join(a[:24] for a in arguments))
def test_mistakes_end_in_one_line_and_code_2(say, files_of, tmp_path, monkeypatch, arguments):
    (good,) = files_of(BOTTLENECK)
    (tmp_path / "bad.json").write_text('{"schema": 1}', encoding="utf-8")
    places = {"GOOD": good, "BAD": str(tmp_path / "bad.json")}
    monkeypatch.chdir(tmp_path)
    code, out, err = say(*(places.get(argument, argument) for argument in arguments))
    assert code == 2
    assert out == ""
    assert err.startswith("convcost: ")
    assert err.count("\n") == 1
    assert len(err) < 600
    assert not (tmp_path / "never.svg").exists()
