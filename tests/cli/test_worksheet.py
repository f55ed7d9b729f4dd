"""``convcost worksheet``: where sheets go, and one line for every mistake."""

from __future__ import annotations

import json

import pytest

from convcost.cli import run
from convcost.worksheets import TOPICS


@pytest.fixture
def say(capsysbinary):
    def call(*args):
        code = run([str(arg) for arg in args])
        captured = capsysbinary.readouterr()
        return code, captured.out.decode(), captured.err.decode()

    return call


def test_markdown_by_default(say):
    code, out, err = say("worksheet", "--seed", 9, "--count", 2, "--lang", "en", "--title", "Week 9")
    assert (code, err) == (0, "") and out.startswith("# Week 9")
    assert say("worksheet", "--seed", 9, "--count", 2, "--lang", "en", "--title", "Week 9")[1] == out


def test_the_format_follows_the_suffix(say, tmp_path):
    code, out, err = say("worksheet", "--count", 1, "--with-key", "-o", tmp_path / "week.json")
    assert code == 0 and out == "" and err.count("wrote") == 2
    student, key = (
        json.loads((tmp_path / name).read_text(encoding="utf-8")) for name in ("week.json", "week-key.json")
    )
    assert "derivation" not in student["variants"][0][0] and "derivation" in key["variants"][0][0]


def test_a_course_fills_a_folder(say, tmp_path):
    course = tmp_path / "course.toml"
    course.write_text('[[sheet]]\nname = "w1"\ncount = 1\nformats = "markdown"\n', encoding="utf-8")
    code, _, _ = say("worksheet", course, "-o", tmp_path / "out" / "term")
    assert code == 0
    assert sorted(path.name for path in (tmp_path / "out" / "term").iterdir()) == ["w1-key.md", "w1.md"]


def test_topics_are_listed(say):
    code, out, _ = say("worksheet", "--list", "--lang", "en")
    assert code == 0 and all(f"\n{name}: " in f"\n{out}" for name in TOPICS)


@pytest.mark.parametrize(
    ("args", "what"),
    [
        (["--topics", "nothing"], "there is no topic 'nothing'"),
        (["--level", "9"], "there is no such level"),
        (["--count", "0"], "count is a whole number"),
        (["-o", "sheet.docx"], "no format has this suffix"),
        (["--with-key"], "--with-key writes two files"),
        (["--key", "--format", "moodle"], "holds the answers anyway"),
        (["none.toml", "--topics", "macs", "-o", "x"], "a course says this itself (got --topics)"),
        (["-t", "macs", "-t", "nothing"], "there is no topic 'nothing'"),
        (["--variant", "Z"], "there is no such variant"),
        (["--paper", "b5"], "there is no such paper"),
        (["none.toml", "-o", "x"], "the course file cannot be read"),
        (["-o", "no/such/folder/a.md"], "the file cannot be written"),
    ],
)
def test_mistakes_are_one_line(say, args, what, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    code, out, err = say("worksheet", *args)
    assert code == 2 and out == "" and what in err and err.count("\n") == 1


def test_a_course_needs_a_folder(say, tmp_path):
    course = tmp_path / "course.toml"
    course.write_text('[[sheet]]\nname = "w1"\n', encoding="utf-8")
    assert "say -o FOLDER" in say("worksheet", course)[2]
    (tmp_path / "taken").write_text("", encoding="utf-8")
    course.write_text('[[sheet]]\nname = "w1"\ncount = 1\nformats = "markdown"\n', encoding="utf-8")
    assert "the folder cannot be made" in say("worksheet", course, "-o", tmp_path / "taken")[2]
