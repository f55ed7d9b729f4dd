"""`convcost cost --columns`: what an element sees and what the maps weigh, in every format."""

from __future__ import annotations

import csv
import io
import json
from importlib.resources import files

import jsonschema
import pytest

import convcost
from convcost import Add, Conv, Identity, SpecError, cost, networks
from convcost.cli import run

BLOCK = "Conv(4,3,padding=1) >> Add(Identity(), Conv(4,3,padding=((0,2),(1,1)))) >> Pool(2) >> Flatten()"
ALL = "receptive-field,stride,start,elements,memory"


@pytest.fixture
def say(capsys):
    def call(*arguments):
        code = run(("cost", *arguments))
        captured = capsys.readouterr()
        return code, captured.out, captured.err

    return call


def test_csv_has_bare_numbers_and_the_whole_network_last(say):
    code, out, _ = say(BLOCK, "--input", "3x8x8", "--columns", "kind," + ALL, "--format", "csv")
    rows = [*csv.DictReader(io.StringIO(out))]
    assert code == 0 and [*rows[0]] == [
        "path", "kind", "receptive field", "stride", "start", "elements", "bytes", "aligned", "why",
    ]  # fmt: skip
    told = [(row["receptive field"], row["stride"], row["start"], row["elements"], row["bytes"]) for row in rows]
    assert told == [
        ("3x3", "1x1", "-1;-1", "256", "1024"),
        ("5x5", "1x1", "-1;-2", "256", "1024"),
        ("5x5", "1x1", "-1;-2", "256", "1024"),
        ("6x6", "2x2", "-1;-2", "64", "256"),
        ("6x6", "", "", "64", "256"),
        ("6x6", "", "", "896", "3584"),
    ]
    assert sum(int(row["bytes"]) for row in rows[:-1]) == int(rows[-1]["bytes"])


@pytest.mark.parametrize("fmt", ["plain", "markdown", "latex", "html"])
def test_tables_mark_branches_that_are_not_aligned(say, fmt):
    code, out, err = say(BLOCK, "--input", "3x8x8", "--columns", ALL, "--element-size", "2", "--format", fmt)
    assert (code, err) == (0, "")
    assert "5×5 *" in out and "1,792" in out and "3×3 *" not in out
    assert "branches are not aligned at add1" in out and "order of the map" in out and "the input has 384 more" in out


def test_aligned_branches_are_not_marked(say):
    """Control: the same block with its padding shared out evenly."""
    _, out, _ = say("Add(Identity(), Conv(3,3,padding=1))", "--input", "3x8x8", "--columns", ALL)
    assert "3×3" in out and "*" not in out


def test_json_follows_its_schema_and_reads_back(say):
    schema = json.loads(files(convcost).joinpath("schemas", "cost.json").read_text(encoding="utf-8"))
    for spec, shape in (
        (BLOCK, "3x8x8"),
        ("Conv(K,k) >> Upsample(scale_factor=2)", "3xHxH"),
        ("Unknown('x', (3,))", "3x4x4"),
    ):
        code, out, _ = say(spec, "--input", shape, "--columns", ALL, "--format", "json")
        data = json.loads(out)
        jsonschema.validate(data, schema)
        assert code == 0 and data["columns"] == ALL.split(",") and data["element_size"] == 4
        assert len(data["rows"][0]["receptive_fields"]) == 1 and "activation_bytes" in data["rows"][0]
    assert data["receptive_field"]["size"] is None and data["receptive_field"]["why"]


def test_groups_are_told_by_their_last_row(say):
    _, out, _ = say("resnet18", "--depth", "1", "--columns", "receptive-field,memory", "--format", "csv")
    rows = {row["path"]: row for row in csv.DictReader(io.StringIO(out))}
    assert rows["layer4"]["receptive field"] == "435x435" and rows["stem"]["bytes"] == "10436608"


@pytest.mark.parametrize("columns", ["foo", "output,,memory", ""])
@pytest.mark.parametrize("fmt", ["plain", "json", "csv"])
def test_unknown_columns_are_told_with_the_known_ones(say, columns, fmt):
    code, out, err = say(BLOCK, "--input", "3x8x8", "--columns", columns, "--format", fmt)
    assert (code, out) == (2, "") and "receptive-field" in err and err.count("\n") == 1


def test_help_lists_the_columns(say):
    out = say("--help")[1]
    assert "memory" in out and "elements" in out


def test_columns_in_python():
    counted = cost(Add(Identity(), Conv(3, 1)), (3, 4, 4))
    assert counted.table("csv", columns=["memory"], element_size=8).splitlines()[-1] == "total,768"
    assert counted.table("plain") == counted.table("plain", columns="kind,input,output,params,macs,share")
    with pytest.raises(SpecError, match="element_size"):
        counted.table("plain", columns="memory", element_size=0)
    with pytest.raises(SpecError, match="element_size"):
        counted.activation_bytes(element_size=2.5)


def test_columns_add_up():
    counted = cost(networks.get("inception_v1"), (3, 224, 224), batch=3)
    rows = [*csv.DictReader(io.StringIO(counted.table("csv", columns="elements,output")))]
    for row in rows[:-1]:
        elements = 3
        for size in row["output"].split("x"):
            elements *= int(size)
        assert elements == int(row["elements"])
    assert int(rows[-1]["elements"]) == sum(int(row["elements"]) for row in rows[:-1]) == counted.activations


def test_csv_says_what_the_footnotes_say(say):
    spec = "Conv(4,3) >> Conv(4,3,stride=2) >> Add(Identity(),Conv(4,2,padding='same'))"
    _, out, _ = say(spec, "--input", "3x9x9", "--columns", "receptive-field", "--format", "csv")
    rows = [*csv.DictReader(io.StringIO(out))]
    assert [row["aligned"] for row in rows] == ["true", "true", "true", "false", "false"]
    assert [row["why"] for row in rows[:-2]] == ["", "", ""] and "add1" in rows[-1]["why"]
    _, out, _ = say("Conv(2,3) >> Take(1,3)", "--input", "3x9x9", "--columns", "receptive-field", "--format", "csv")
    last = [*csv.DictReader(io.StringIO(out))][-1]
    assert (last["receptive field"], last["aligned"]) == ("unknown", "unknown") and "index" in last["why"]


def test_csv_without_receptive_fields_has_no_more_columns(say):
    _, out, _ = say(BLOCK, "--input", "3x8x8", "--columns", "elements", "--format", "csv")
    assert out.splitlines()[0] == "path,elements"


@pytest.mark.parametrize("fmt", ["plain", "json", "csv"])
@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (["--columns", "kind,kind"], "'kind' twice"),
        (["--columns", "kind,memory, kind"], "'kind' twice"),
        (["--steps", "--columns", "memory"], "--steps"),
    ],
)
def test_columns_that_would_be_dropped_are_refused(say, arguments, word, fmt):
    code, out, err = say(BLOCK, "--input", "3x8x8", *arguments, "--format", fmt)
    assert (code, out) == (2, "") and word in err and err.count("\n") == 1


def test_no_internal_name_is_printed(say):
    for fmt in ("plain", "json", "csv"):
        _, out, _ = say("Repeat(Conv(8,3,padding=1),n)", "--input", "8xHxW", "--format", fmt)
        assert "ame_shape" not in out and "SameShape" not in out
