"""``convcost draw``."""

from __future__ import annotations

import pytest

from convcost import draw
from convcost.cli import run
from tests.pictures.test_svg import parsed

PAIR = "Conv(16,1) >> Conv(32,5,padding=2)"


def test_a_picture_on_standard_output(capsys):
    assert run(["draw", PAIR, "--input", "192x28x28"]) == 0
    assert capsys.readouterr().out == draw(PAIR, (192, 28, 28))


@pytest.mark.parametrize(
    ("name", "start"),
    [("a.svg", "<svg "), ("a.SVG", "<svg "), ("a.mmd", "flowchart TD"), ("a.dot", "digraph"), ("a.gv", "digraph")],
)
def test_the_suffix_tells_the_format(tmp_path, name, start):
    assert run(["draw", PAIR, "--input", "192x28x28", "-o", str(tmp_path / name)]) == 0
    assert (tmp_path / name).read_text(encoding="utf-8").startswith(start)


def test_format_wins_over_the_suffix(tmp_path):
    assert run(["draw", PAIR, "--format", "dot", "-o", str(tmp_path / "a.txt")]) == 0
    assert (tmp_path / "a.txt").read_text(encoding="utf-8").startswith("digraph")


def test_options(capsys):
    assert run(["draw", "googlenet", "--depth", "1", "--title", "GoogLeNet", "--lang", "zh", "--theme", "dark"]) == 0
    source = capsys.readouterr().out
    root = parsed(source)
    assert root.get("lang") == "zh" and "inception_3a" in source and "GoogLeNet" in source


def test_symbols_and_no_shape(capsys):
    assert run(["draw", PAIR, "--input", "CxHxW"]) == 0
    assert "total: 16·C·H·W + 12800·H·W MACs" in capsys.readouterr().out
    assert run(["draw", PAIR]) == 0
    assert "MACs" not in capsys.readouterr().out


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (["-o", "a.png"], "suffix"),
        (["-o", "no/such/folder/a.svg"], "cannot be written"),
        (["-o", "."], "suffix"),
        (["--input", "192"], "Conv"),
        (["--depth", "0"], "depth"),
        (["--format", "dot", "--columns", "2"], "columns says nothing about dot"),
        (["-o", "a.mmd", "--theme", "dark"], "theme says nothing about mermaid"),
        (["-o", "a.mmd", "--format", "dot"], "a file .mmd holds mermaid"),
        (["-o", "a.gv", "--format", "svg"], "a file .gv holds dot"),
    ],
)
def test_what_cannot_be_done_is_one_line(args, said, capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert run(["draw", PAIR, *args]) == 2
    error = capsys.readouterr().err
    assert said in error and error.count("\n") == 1


def test_the_words_are_in_the_users_language(capsys, monkeypatch):
    monkeypatch.setenv("LANGUAGE", "zh_CN")
    assert run(["draw", PAIR]) == 0
    assert 'lang="zh"' in capsys.readouterr().out


def test_columns(capsys):
    def wide(*args):
        assert run(["draw", "vgg16", *args]) == 0
        return int(parsed(capsys.readouterr().out).get("width"))

    assert wide("--columns", "1") < wide("--columns", "2") < wide("--columns", "4")


def test_absurdly_many_columns_are_as_many_as_there_are_boxes(capsys):
    pictures = []
    for count in ("4", "99999999"):
        assert run(["draw", PAIR, "--input", "192x28x28", "--columns", count]) == 0
        pictures.append(capsys.readouterr().out)
    assert pictures[0] == pictures[1]


@pytest.mark.parametrize(("fmt", "start"), [("mermaid", '---\ntitle: "A pair"\n---\nflowchart'), ("dot", "digraph")])
def test_texts_have_the_title(fmt, start, capsys):
    assert run(["draw", PAIR, "--format", fmt, "--title", "A pair"]) == 0
    said = capsys.readouterr().out
    assert said.startswith(start) and said.count('"A pair"') == 1


def test_a_real_module(capsys):
    pytest.importorskip("torchvision", reason="needs torchvision")
    assert run(["draw", "torchvision:resnet50", "--format", "mermaid"]) == 0
    assert "layer1.1–2 ×2" in capsys.readouterr().out
