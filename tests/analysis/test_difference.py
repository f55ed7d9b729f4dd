"""What changed between two costs, and files that are no costs."""

from __future__ import annotations

import copy
import json
from fractions import Fraction
from importlib.resources import files

import jsonschema
import pytest

import convcost
from convcost import GELU, Add, BatchNorm, Conv, Identity, ReLU, SpecError, Unknown, cost, networks, symbols
from convcost.analysis import difference as module
from convcost.analysis.difference import Change, difference, read_cost

OLD = Conv(8, 3, name="a") >> ReLU(name="b") >> Conv(4, 1, name="c")
NEW = Conv(16, 3, name="a") >> GELU(name="b") >> Conv(4, 1, name="c") >> ReLU(name="d")
SHAPE = (3, 8, 8)


@pytest.fixture
def both():
    return difference(cost(OLD, SHAPE), cost(NEW, SHAPE))


@pytest.fixture
def write(tmp_path):
    def call(data, name="cost.json"):
        path = tmp_path / name
        path.write_text(data if isinstance(data, str) else json.dumps(data), encoding="utf-8")
        return path

    return call


def test_totals_and_rows(both):
    assert both.change("params") == Change(224 + 36, 448 + 68)
    assert both.change("macs").absolute == 36 * (16 * 27 + 16 * 4) - 36 * (8 * 27 + 8 * 4)
    rows = {row.path: (row.status, row.change("params").absolute, row.change("macs").absolute) for row in both.rows}
    assert rows == {
        "a": ("changed", 224, 36 * 8 * 27),
        "b": ("changed", 0, 0),
        "c": ("changed", 32, 36 * 8 * 4),
        "d": ("added", 0, 0),
    }
    assert both.unchanged == 0
    back = difference(both.new, both.old)
    assert [(row.path, row.status) for row in back.rows][-1] == ("d", "removed")
    assert both.rows[1].what == "ReLU(), now GELU()"
    assert both.rows[2].what == "Conv(4, 1): 8×6×6 → 4×6×6, now 16×6×6 → 4×6×6"


@pytest.mark.parametrize("names", [("resnet18", "resnet34"), ("googlenet", "googlenet_heads"), ("vgg11", "vgg19")])
def test_rows_add_up_to_the_totals(names):
    old, new = (cost(networks.get(name), (3, 224, 224)) for name in names)
    for quantity in ("params", "macs"):
        found = difference(old, new)
        total = found.change(quantity)
        assert sum(row.change(quantity).absolute for row in found.rows) == total.absolute == total.new - total.old
        assert total.relative == Fraction(total.new, total.old) - 1


def test_the_same_has_no_rows(both):
    same = difference(both.old, both.old)
    assert (same.rows, same.unchanged, same.change("macs").absolute) == ((), 3, 0)


def test_budgets(both):
    assert both.over({}) == []
    assert both.over({"macs": 10**9, "params": 516}) == []
    assert both.over({"params": 515}) == ["516 params, at most 515 allowed"]
    assert both.over({}, Fraction(2)) == []
    grown = both.over({}, Fraction(1, 20))
    assert len(grown) == 2
    assert "params grew by 98.5 %: 260, now 516; 5 % allowed" in grown
    assert difference(both.new, both.old).over({}, Fraction(0)) == [], "getting smaller is no growth"
    assert both.over({}, Fraction(256, 260))[0].startswith("macs"), "exactly as much as allowed is allowed"
    nothing = difference(cost(ReLU(), SHAPE), cost(Conv(8, 1), SHAPE))
    assert "from nothing" in nothing.over({}, Fraction(1))[0]
    unknown = difference(cost(ReLU(), SHAPE), cost(Unknown("x", SHAPE) >> ReLU(), SHAPE))
    assert unknown.over({"params": 1}) == []
    with pytest.raises(SpecError, match="needs a known number"):
        unknown.over({"macs": 1})


def test_over_symbols(write):
    C, H = symbols("C H")
    old, new = cost(Conv(8, 1) >> ReLU(), (C, H, 7)), cost(Conv(8, 3, padding=1) >> ReLU(), (C, H, 7))
    found = difference(read_cost(write(old.to_dict())), read_cost(write(new.to_dict(), "new.json")))
    assert str(found.change("macs").absolute) == "448*C*H"
    assert found.change("macs").relative is None
    assert [row.path for row in found.rows] == ["conv1"]
    assert "448·C·H" in found.table()
    jsonschema.validate(found.to_dict(), schema())
    assert found.to_dict()["totals"]["macs"] == {"old": "56*C*H", "new": "504*C*H", "change": "448*C*H"}
    with pytest.raises(SpecError, match="needs a known number"):
        found.over({"macs": 5})


def test_what_is_unknown_is_no_zero():
    found = difference(cost(Unknown("x", SHAPE), SHAPE), cost(ReLU(), SHAPE))
    assert found.change("macs").absolute is None
    assert "unknown" in found.table()
    assert "the old cost is unknown" in found.table()
    jsonschema.validate(found.to_dict(), schema())


def schema():
    return json.loads(files(convcost).joinpath("schemas", "diff.json").read_text(encoding="utf-8"))


def test_json(both):
    data = both.to_dict()
    jsonschema.validate(data, schema())
    assert data["totals"]["params"] == {
        "old": 260, "new": 516, "change": 256, "relative": "64/65", "relative_float": 64 / 65,
    }  # fmt: skip
    assert [row["status"] for row in data["rows"]] == ["changed", "changed", "changed", "added"]
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({**data, "rows": [{"path": "x"}]}, schema())


@pytest.mark.parametrize("fmt", ["plain", "markdown", "latex", "html", "csv", "json"])
def test_formats(both, fmt):
    assert "516" in both.table(fmt)
    assert "removed" in difference(both.new, both.old).table(fmt)


def test_notes():
    small, large = cost(OLD, SHAPE), cost(OLD, (3, 9, 9), batch=2)
    text = difference(small, large).table()
    assert "note: the input differs: 3×8×8, now 3×9×9" in text
    assert "note: the batch differs: 1, now 2" in text


@pytest.mark.parametrize("name", ["googlenet_heads", "inception_v3", "mobilenet_v2", "tutorial_002_keras"])
def test_files_are_read_back(name, write):
    counted = cost(networks.get(name), networks.entry(name).input)
    assert difference(counted, read_cost(write(counted.to_dict("full")))).rows == ()


@pytest.mark.parametrize("name", ["resnet50", "googlenet", "mobilenet_v1", "squeezenet1_1"])
def test_files_over_symbols_are_read_back(name, write):
    counted = cost(networks.get(name), (3, *symbols("H W")))
    again = read_cost(write(counted.to_dict()))
    assert difference(counted, again).rows == ()
    assert difference(counted, again).change("macs").absolute == 0


GOOD = cost(Add(Identity(), Conv(3, 1)) >> BatchNorm(), SHAPE).to_dict()


def changed(*keys, to):
    data = copy.deepcopy(GOOD)
    place = data
    for key in keys[:-1]:
        place = place[key]
    if to is None:
        del place[keys[-1]]
    else:
        place[keys[-1]] = to
    return data


BAD = {
    "no JSON": "{",
    "nothing": "",
    "binary": "\x00\x01",
    "deep": "[" * 100_000,
    "a list": "[]",
    "a number": "5",
    "a very large number": "9" * 5000,
    "another object": {"schema": 1, "findings": []},
    "schema": changed("schema", to=2),
    "a long schema": changed("schema", to="x" * 10_000),
    "no rows": changed("rows", to=None),
    "rows": changed("rows", to=5),
    "a row's number": changed("rows", 0, "params", to=1.5),
    "a row's negative number": changed("rows", 0, "params", to=-12),
    "a row's truth": changed("rows", 0, "params", to=True),
    "a row's layer": changed("rows", 0, "layer", to="ReLU() >> ReLU()"),
    "hostile": changed("rows", 0, "layer", to="__import__('os').system('true')"),
    "a kind of operation": changed("rows", 0, "tally", to={"magic": 3}),
    "the same path twice": changed("rows", 1, "path", to=GOOD["rows"][0]["path"]),
    "no path": changed("rows", 1, "path", to=7),
    "a total": changed("macs", to=GOOD["macs"] + 1),
    "a total in words": changed("params", to="many + 1"),
    "an unknown total": changed("macs", to=[]),
    "a spec": changed("spec", to=[1]),
    "notes": changed("notes", to=[1]),
    "a batch": changed("batch", to=[]),
}


@pytest.mark.parametrize("data", BAD.values(), ids=BAD)
def test_files_that_are_no_costs(data, write):
    path = write(data)
    with pytest.raises(SpecError) as caught:
        read_cost(path)
    text = str(caught.value)
    assert text.startswith(str(path))
    assert len(text) < len(str(path)) + 300
    assert "\n" not in text


def test_the_good_file_is_read(write):
    """Control: what the bad ones are made from is a cost."""
    assert read_cost(write(GOOD)).macs == GOOD["macs"]


def test_files_that_cannot_be_read(tmp_path, write, monkeypatch):
    for path in (tmp_path / "missing.json", tmp_path, "a\x00b"):
        with pytest.raises(SpecError, match="cannot be read"):
            read_cost(path)
    (tmp_path / "latin").write_bytes(b'{"spec": "\xff"}')
    with pytest.raises(SpecError, match="no JSON"):
        read_cost(tmp_path / "latin")
    monkeypatch.setattr(module, "MAX_BYTES", 2**20)
    with pytest.raises(SpecError, match="at most 1 MB"):
        read_cost(write(" " * (2**20 + 1)))
    with pytest.raises(SpecError, match="at most 1 MB"):
        read_cost("/dev/zero")


def test_mistakes():
    with pytest.raises(SpecError, match="two costs"):
        difference(OLD, NEW)
