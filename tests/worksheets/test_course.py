"""Course files: a term's sheets, and what a wrong file is told."""

from __future__ import annotations

import pytest

from convcost import SpecError
from convcost.worksheets.course import load_course, read_course

TERM = """
title = "Efficient networks"
formats = ["markdown", "moodle"]
lang = "zh"

[[sheet]]
name = "week-1"
title = "Shapes"
topics = ["output-shape"]
count = 3
seed = 1

[[sheet]]
name = "week-2"
topics = "params, macs"
count = 4
level = "calculator"
variants = 2
formats = "json"
lang = "en"
key = false
"""


def test_a_term():
    first, second = read_course(TERM)
    assert first.sheet.heading() == "Efficient networks: Shapes" and first.sheet.language == "zh"
    assert [question.topic for question in first.sheet.questions] == ["output-shape"] * 3
    assert (
        second.sheet.heading() == "Efficient networks" and second.sheet.level == 2 and len(second.sheet.variants) == 2
    )
    # A question bank has no key of its own.
    assert [name for name, _ in first.files()] == ["week-1.md", "week-1-key.md", "week-1.xml"]
    assert [name for name, _ in second.files()] == ["week-2.json"]


def test_the_same_file_gives_the_same_bytes():
    assert [[*each.files()] for each in read_course(TERM)] == [[*each.files()] for each in read_course(TERM)]


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("", "a course file has tables"),
        ("sheet = 3", "a course file has tables"),
        ("[[sheet]]\nname = 'a'\nbogus = 1", "a sheet says no such thing (got bogus)"),
        ("name = 'a'\n[[sheet]]\nname = 'a'", "a name is that of one sheet"),
        ("[sheet]\nname = 'a'", "in double brackets"),
        ("[[sheet]]\nname = 'a..'", "a sheet has a name"),
        ("[[sheet]]\nname = 'con'", "a sheet has a name"),
        ("[[sheet]]\nname = 'a'\nformats = []", "formats are one or more"),
        ("[[sheet]]\nname = 'a'\nformats = 'pdf,pdf'", "formats are one or more"),
        ("[[sheet]]\nname = 'a'\ncount = " + "9" * 6000, "the course file is no TOML"),
        ("[[sheet]]\nname = 'w'\n[[sheet]]\nname = 'w-key'", "two sheets of a course would be the same file"),
        ("[[sheet]]\ncount = 3", "a sheet has a name"),
        ("[[sheet]]\nname = '../etc'", "a sheet has a name"),
        ("[[sheet]]\nname = 'a'\ncount = '3'", "count is a whole number"),
        ("[[sheet]]\nname = 'a'\ncount = true", "count is a whole number"),
        ("[[sheet]]\nname = 'a'\ncount = 0", "sheet 1: count is a whole number from 1"),
        ("[[sheet]]\nname = 'a'\nformats = ['docx']", "there is no such format"),
        ("[[sheet]]\nname = 'a'\npaper = 'b5'", "there is no such paper"),
        ("[[sheet]]\nname = 'a'\ntopics = ['x']", "there is no topic 'x'"),
        ("[[sheet]]\nname = 'a'\n[[sheet]]\nname = 'A'", "two sheets of a course would be the same file"),
        ("[[sheet", "the course file is no TOML"),
    ],
)
def test_what_is_refused(text, what):
    with pytest.raises(SpecError) as raised:
        read_course(text)
    assert what in str(raised.value) and "\n" not in str(raised.value)


def test_files_that_cannot_be_read(tmp_path):
    with pytest.raises(SpecError, match="cannot be read"):
        load_course(tmp_path / "none.toml")
    (tmp_path / "latin.toml").write_bytes(b"title = '\xe9'")
    with pytest.raises(SpecError, match="no text in UTF-8"):
        load_course(tmp_path / "latin.toml")
    with pytest.raises(SpecError, match="told in a file"):
        load_course(tmp_path)
    (tmp_path / "long.toml").write_text("#" * 1_000_001, encoding="utf-8")
    with pytest.raises(SpecError, match="at most 1 MB"):
        load_course(tmp_path / "long.toml")
