"""``convcost verify`` on files: what is printed, in which language and format, and one line for every mistake."""

from __future__ import annotations

import csv
import io
import json
import sys
from importlib.resources import files

import jsonschema
import pytest

import convcost
from convcost.claims import KINDS
from convcost.cli import run
from convcost.cli.verify import _KINDS

TEXT = "# Costs\n\nThe layer has 3×3×48×80 = 34,560 weights,\nand 6×7 = 41.\n"


@pytest.fixture
def say(capsys):
    def call(*args):
        code = run([str(arg) for arg in args])
        captured = capsys.readouterr()
        return code, captured.out, captured.err

    return call


@pytest.fixture
def chapter(tmp_path):
    path = tmp_path / "chapter.md"
    path.write_text(TEXT, encoding="utf-8")
    return path


def test_what_is_wrong_stands_first_with_its_evidence(say, chapter):
    code, out, _ = say("verify", chapter)
    lines = out.splitlines()
    assert code == 1
    assert lines[2].split()[:5] == [f"{chapter}:4", "6×7", "=", "41", "wrong"]
    assert lines[3].startswith(f"{chapter}:3")
    assert any(line.startswith(f"{chapter}:4: ") and "42" in line for line in lines)
    assert "mended: 6×7 = 42" in out
    assert lines[-1] == "1 holds, 0 holds-rounded, 1 wrong, 0 unverifiable"


def test_only_what_is_wrong(say, chapter):
    _, out, _ = say("verify", "--wrong-only", chapter)
    assert "34,560" not in out
    data = json.loads(say("verify", "--wrong-only", "--format", "json", chapter)[1])
    assert len(data["findings"]) == 1
    assert data["summary"]["holds"] == 1


@pytest.mark.parametrize("fmt", ["plain", "markdown", "latex", "html", "json", "csv"])
def test_formats(say, chapter, fmt):
    code, out, _ = say("verify", chapter, "--format", fmt)
    assert code == 1
    assert "42" in out and "34,560" in out


def test_json_is_as_its_schema_says(say, chapter, tmp_path):
    cell = {"cell_type": "markdown", "source": "6×7 = 41"}
    notebook = tmp_path / "a.ipynb"
    notebook.write_text(json.dumps({"cells": [cell]}), encoding="utf-8")
    marked = tmp_path / "b.md"
    marked.write_text("6×7 = 41 <!-- convcost: ok a joke -->", encoding="utf-8")
    _, out, _ = say("verify", chapter, notebook, marked, "--format", "json")
    data = json.loads(out)
    schema = json.loads(files(convcost).joinpath("schemas", "verify.json").read_text(encoding="utf-8"))
    jsonschema.validate(data, schema)
    wrong, in_cell, accepted = data["findings"][1:]
    assert (wrong["line"], wrong["mended"]) == (4, "6×7 = 42")
    assert (in_cell["cell"], in_cell["line"]) == (1, 1)
    assert accepted["accepted"] == "a joke"
    data["findings"][1]["cell"] = "first"
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(data, schema)


def test_csv_has_plain_numbers_in_the_order_of_the_text(say, chapter):
    rows = list(csv.DictReader(io.StringIO(say("verify", chapter, "--format", "csv")[1])))
    assert [(row["verdict"], row["reason"], row["computed"]) for row in rows] == [
        ("holds", "", "34560"),
        ("wrong", "misprint", "42"),
    ]


def test_chinese(say, chapter, monkeypatch):
    _, english, _ = say("verify", chapter, "--lang", "en")
    _, chinese, _ = say("verify", chapter, "--lang", "zh")
    assert "wrong (misprint)" in english
    assert "wrong" not in chinese
    monkeypatch.setenv("LANGUAGE", "zh_CN")
    assert say("verify", chapter)[1] == chinese


def test_several_sources(say, chapter, tmp_path):
    other = tmp_path / "other.txt"
    other.write_text("6×7 = 43", encoding="utf-8")
    _, out, _ = say("verify", chapter, other)
    assert f"{chapter}:4" in out and f"{other}:1" in out
    assert say("verify", tmp_path)[1].count("wrong (") == 2


def test_standard_input(say, monkeypatch):
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"<p>6*7 = 41")))
    code, out, _ = say("verify", "-", "--kind", "html")
    assert (code, "<stdin>:1" in out) == (1, True)


def test_a_document_that_holds(say, tmp_path):
    path = tmp_path / "a.md"
    path.write_text("6×7 = 42, 5 / 0 = 3", encoding="utf-8")
    assert say("verify", path)[0] == 0
    path.write_text("nothing to compute", encoding="utf-8")
    assert say("verify", path)[:2] == (0, "no claim found\n")


def test_nothing_of_a_text_reaches_the_terminal_but_characters(say):
    _, out, _ = say("verify", "--text", "\x1b[31m6×7 = 41\x1b]0;x\x07 and\x1b[2J 5×5\x1b = 24")
    assert not set(out) & set(map(chr, [*range(10), *range(11, 32), 127]))


def test_markdown_keeps_stars_and_pipes(say):
    _, out, _ = say("verify", "--text", "|6*7*1| = 41, 6*7*1 = 41", "--format", "markdown")
    assert "`6*7*1 = 41`" in out


def test_long_claims_lose_their_middle(say):
    _, out, _ = say("verify", "--text", " + ".join(["12345"] * 40) + " = 5")
    assert max(map(len, out.splitlines()[:3])) < 140
    assert "…" in out


def test_the_kinds_are_those_of_the_readers():
    assert KINDS == _KINDS


MISTAKES = [
    ("gone.md",),
    ("gone/*.md",),
    ("--text", "1", "a.md"),
    ("--text", "1", "--kind", "pdf"),
    ("--text", "1", "--kind", "docx"),
    ("--text", "1", "--lang", "fr"),
    ("--text", "1", "--format", "docx"),
    ("--text", "1", "--network", "resnet_50"),
    ("--text", "1", "--input", "3x8x8"),
    ("--text", "1", "--network", "Conv(8, 3)"),
    (),
]


@pytest.mark.parametrize("arguments", MISTAKES, ids=" ".join)
def test_mistakes_end_in_one_line_and_code_2(say, arguments):
    code, out, err = say("verify", *arguments)
    assert (code, out) == (2, "")
    assert err.startswith("convcost: ")
    assert err.count("\n") == 1


def test_a_document_that_is_no_text(say, tmp_path):
    (tmp_path / "a.bin").write_bytes(b"\0\1\2")
    assert say("verify", tmp_path / "a.bin")[0] == 2
    assert say("verify", tmp_path)[0] == 2
