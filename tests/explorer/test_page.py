"""The page as text, without a browser: the same bytes, nothing foreign in it, and errors that say what is wrong."""

from __future__ import annotations

import base64
import hashlib
import json
import re
import subprocess
import sys
from html.parser import HTMLParser

import pytest

from convcost import Conv, ConvcostError, SpecError, Unknown, cost, explore, networks, symbols
from convcost.cli import run
from convcost.explorer.pair import pair
from convcost.explorer.starts import dials
from convcost.explorer.texts import TEXTS, texts
from convcost.explorer.wire import Wire
from tests.explorer.browser import data_of
from tests.explorer.pairs import CASES

C, H, W, K, r = symbols("C H W K r")
NAIVE, BOTTLENECK = Conv(32, 5, padding=2), Conv(16, 1) >> Conv(32, 5, padding=2)


class Tags(HTMLParser):
    """Every start tag with its attributes."""

    def __init__(self, text):
        super().__init__()
        self.found = []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))


@pytest.fixture(scope="module")
def page():
    return explore(NAIVE, BOTTLENECK, (192, 28, 28), lang="en")


def test_the_same_bytes_in_every_process(page):
    code = (
        "from convcost import *; import sys; "
        "wide = Conv(32, 5, padding=2); "
        "sys.stdout.write(explore(wide, Conv(16, 1) >> wide, (192, 28, 28), lang='en'))"
    )
    for seed in "12":
        done = subprocess.run(  # noqa: S603
            [sys.executable, "-c", code], capture_output=True, encoding="utf-8", check=True,
            env={"PYTHONHASHSEED": seed, "PYTHONPATH": ":".join(filter(None, sys.path)), "PYTHONIOENCODING": "utf-8"},
        )  # fmt: skip
        assert done.stdout == page


def test_the_policy_names_exactly_what_is_there(page):
    policy = re.search(r'http-equiv="Content-Security-Policy" content="([^"]*)"', page).group(1)
    rules = dict(rule.split(" ", 1) for rule in policy.split("; "))
    assert rules["default-src"] == "'none'" and "unsafe" not in policy

    def hashed(text):
        return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"

    scripts = re.findall(r"<script>(.*?)</script>", page, re.DOTALL)
    styles = re.findall(r"<style>(.*?)</style>", page, re.DOTALL)
    assert [hashed(script) for script in scripts] == [rules["script-src"]]
    assert [hashed(style) for style in styles] == [rules["style-src"]]


def test_nothing_foreign_and_nothing_inline(page):
    for tag, attributes in Tags(page).found:
        assert not any(name.startswith("on") or name == "style" for name in attributes), tag
        for name in ("src", "href", "data", "action", "xlink:href"):
            assert (attributes.get(name) or "#").startswith(("#", "data:,")), (tag, attributes)
    assert "eval(" not in page and "new Function" not in page and "innerHTML" not in page and "@import" not in page
    foreign = re.findall(r"https?://[^\s\"'<]+", page)
    assert set(foreign) == {"http://www.w3.org/2000/svg"}


def test_the_table_is_the_library_s_expression():
    """Read by an evaluator of our own: the entries come to the integers of the library."""
    found = pair(NAIVE, BOTTLENECK, (192, 28, 28))
    wire = Wire(found.symbols)
    entry = wire.add(found.costs[1].macs)
    values = {"C": 7, "H": 5, "W": 3, "r": 11}
    known = []
    for what, *parts in wire.entries:
        if what == "n":
            known.append(int(parts[0]))
        elif what == "s":
            known.append(values[found.symbols[parts[0]]])
        else:
            left = known[parts[0]]
            for part in parts[1:]:
                left = left + known[part] if what == "+" else left * known[part]
            known.append(left)
    assert known[entry] == 5 * 3 * (7 * 11 + 11 * 25 * 32) == cost(Conv(11, 1) >> NAIVE, (7, 5, 3)).macs


def test_sizes_start_where_they_were_given():
    both = pair(NAIVE, BOTTLENECK, (192, 28, 28))
    assert {dial.name: dial.start for dial in dials(both)} == {"C": 192, "H": 28, "W": 28, "r": 16}
    assert next(dial.most for dial in dials(both) if dial.name == "r") > 155, "the break-even is in reach"
    halves = dials(pair(*CASES["halves"].symbolic()))
    values = {dial.name: dial.start for dial in halves}
    assert values["H"] % 2 == 0 and values["C"] % 2 == 0, "no assumption is broken at the start"


def test_a_number_that_stands_beside_symbols_stays():
    assert pair(NAIVE, BOTTLENECK, (3, H, W)).symbols == ["H", "W"]
    assert pair(Conv(K, 3), Conv(K, 5), (3, 32, 32)).symbols == ["C", "H", "W", "K"]


def test_layers_without_a_law_are_told_and_have_no_ratio(tmp_path):
    odd = Conv(K, 1) >> Unknown("aten::fft", (K, 8, 8))
    data = data_of(explore(odd, Conv(K, 3, padding=1), (C, 8, 8), lang="en"))
    assert not data["blocks"][0]["exact"] and data["blocks"][1]["exact"]
    assert "aten::fft" in data["texts"]["en"]["status-0"] and "lower bound" in data["texts"]["en"]["status-0"]
    assert data["extra"] == {}


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((NAIVE, None, (3, 8, 8)), "compares two blocks"),
        ((NAIVE, BOTTLENECK, None), "input shape is needed"),
        ((NAIVE, Conv(3, 9), (3, 8, 8)), "kernel spans 9"),
        ((Conv(symbols("a_"), 3), NAIVE, (3, 8, 8)), "cannot write this symbol"),
    ],
)
def test_errors_say_what_is_wrong(arguments, words):
    with pytest.raises(ConvcostError, match=words):
        explore(*arguments)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"values": {"Q": 3}}, "no size 'Q'"),
        ({"values": {"H": 0}}, "whole number"),
        ({"values": {"H": True}}, "whole number"),
        ({"values": {"H": 10**30}}, "up to 30 digits"),
        ({"lang": "tlh"}, "language"),
        ({"title": "x" * 301}, "at most 300"),
    ],
)
def test_options_are_checked(options, words):
    with pytest.raises(SpecError, match=words):
        explore(NAIVE, BOTTLENECK, (192, 28, 28), **options)


def test_texts_are_the_same_in_all_languages():
    told = texts()
    assert {frozenset(each) for each in told.values()} == {frozenset([*TEXTS, "other-language"])}
    for name, message in TEXTS.items():
        holes = sorted(re.findall(r"\{\w+\}", message))
        assert all(sorted(re.findall(r"\{\w+\}", each[name])) == holes for each in told.values()), name


def test_every_text_that_a_page_asks_for_is_there(page):
    asked = {
        value
        for _, attributes in Tags(page).found
        for name, value in attributes.items()
        if name in ("data-text", "data-label")
    }
    script = re.search(r"<script>(.*?)</script>", page, re.DOTALL).group(1)
    asked |= set(re.findall(r"\bsay\('([\w-]+)'", script))
    assert len(asked) > 50 and asked <= set(data_of(page)["texts"]["en"])


def test_the_command_writes_a_page(tmp_path, capsys):
    target = tmp_path / "page.html"
    assert (
        run(
            [
                "explore",
                "resnet18",
                "squeezenet1_1",
                "--input",
                "3xHxW",
                "-o",
                str(target),
                "--set",
                "H=64",
                "--lang",
                "en",
            ]
        )
        == 0
    )
    data = data_of(target.read_text(encoding="utf-8"))
    assert data["dials"] == [{"name": "H", "start": "64"}, {"name": "W", "start": "224"}]
    capsys.readouterr()
    assert run(["explore", "--title", "A & B", "--lang", "zh"]) == 0
    text = capsys.readouterr().out
    assert (
        text.startswith("<!DOCTYPE html>")
        and '<html lang="zh-Hans">' in text
        and '<h1 id="title">A &amp; B</h1>' in text
    )
    assert [dial["start"] for dial in data_of(text)["dials"]] == ["192", "28", "28", "32", "16"]


@pytest.mark.parametrize(
    "arguments",
    [
        ["resnet18"],
        ["resnet18", "resnet50", "resnet34"],
        ["Conv(8,", "Conv(8,3)"],
        ["Conv(8,1)", "Conv(8,3)"],
        ["--input", "3x8x8"],
        ["--set", "H"],
        ["--set", "H=-1"],
        ["--set", "H=1,Q=3"],
        ["--set", "H=²"],
        ["-o", "/nowhere/at/all.html"],
        ["Repeat(Conv(8,1), 5000)", "Conv(8,1)", "--input", "8x4x4"],
    ],
)
def test_a_wrong_command_is_one_line_and_exit_code_2(arguments, capsys):
    assert run(["explore", *arguments]) == 2
    told = capsys.readouterr()
    assert told.out == "" and told.err.startswith("convcost: ") and told.err.count("\n") == 1


def test_numbers_in_the_table_are_text(page):
    """JSON numbers would be rounded by the browser."""
    data = data_of(page)
    assert all(type(entry[1]) is str for entry in data["entries"] if entry[0] == "n")
    large = explore(Conv(10**17, 1), Conv(3, 1), (192, 28, 28))
    assert '["n","100000000000000000"]' in large


def test_two_networks_fit_on_a_page():
    text = explore(networks.get("resnet50"), networks.get("mobilenet_v2"), (3, 224, 224), lang="en")
    data = data_of(text)
    assert len(text) < 600_000 and len(json.dumps(data["entries"])) < 60_000
