"""What holds of a sheet in every format: nothing given away, nothing left out, the same bytes every time."""

from __future__ import annotations

import importlib.util
import re

import pytest

from convcost.errors import SpecError
from convcost.worksheets import worksheet
from convcost.worksheets.render import parts

from .handmade import HOSTILE, SECRETS, handmade, hostile

PDF = pytest.param(
    "pdf",
    marks=pytest.mark.skipif(
        not (importlib.util.find_spec("typst") and importlib.util.find_spec("pypdfium2")),
        reason="set by Typst and read by pypdfium2: install convcost[worksheet,pdf]",
    ),
)
FORMATS = ("markdown", "html", "html-fragment", "latex", PDF)


def said(rendered):
    """The text of a rendering; everything else that a reader could find in it too."""
    if isinstance(rendered, bytes):
        import pypdfium2

        pages = pypdfium2.PdfDocument(rendered)
        rendered = "\n".join(page.get_textpage().get_text_range() for page in pages)
        rendered += str(pages.get_metadata_dict())
    return rendered.replace("{,}", ",").replace("\\", "").replace("\ufffe", "-")


@pytest.mark.parametrize("fmt", FORMATS)
def test_the_student_sheet_gives_nothing_away(fmt):
    sheet = handmade()
    student, key = (said(sheet.render(fmt, key=key)) for key in (False, True))
    for secret in (*SECRETS, "645546", "secret hint", "divide", "a long sum", "the width forgotten", "that line holds"):
        found = secret in key
        assert secret not in student
        # Control: the key has what the student sheet has not.
        assert found or secret.isdigit()
    assert "Week 9" in student and "Fill in what is missing." in student and "5,408" in student
    assert "rounded to 2 decimals" in student and "Tick one answer." in student and "formula" in student


@pytest.mark.parametrize("fmt", FORMATS)
def test_of_computed_questions_too_the_student_sees_no_answer(fmt):
    sheet = worksheet(["params", "macs"], seed=5, count=6, level=2, variants=2)
    student, key = (said(sheet.render(fmt, key=key)) for key in (False, True))
    answers = [gap.value for variant in sheet.variants for question in variant for gap in question.answer.gaps]
    large = [value for value in answers if value > 9999]
    assert len(large) > 5
    for value in large:
        assert f"{value:,}" not in student and str(value) not in student
        assert f"{value:,}" in key


@pytest.mark.parametrize("fmt", FORMATS)
@pytest.mark.parametrize("key", [False, True])
def test_the_same_bytes_every_time(fmt, key):
    made = {worksheet(seed="nine", count=4, variants=2).render(fmt, key=key) for _ in range(2)}
    assert len(made) == 1
    # Control: another seed, another sheet.
    assert worksheet(seed="ten", count=4, variants=2).render(fmt, key=key) not in made


@pytest.mark.parametrize("fmt", FORMATS)
def test_variants_have_their_letters_and_numbers(fmt):
    text = said(worksheet("params", seed=1, count=2, variants=3).render(fmt))
    assert [text.count(f"Variant {letter}") > 0 for letter in "ABCD"] == [True, True, True, False]
    assert len(re.findall(r"1\. Parameters \(", text)) == 3
    alone = said(worksheet("params", seed=1, count=2).render(fmt))
    assert "Variant" not in alone and "Answer key" not in alone
    assert "Variant B" in said(worksheet("params", seed=1, count=2, variants=3).render(fmt, variant="B"))


@pytest.mark.parametrize("fmt", FORMATS)
@pytest.mark.parametrize("text", ["", " \x00\n", "\u202e"])
def test_a_title_of_nothing(fmt, text):
    assert "–" in said(handmade(text).render(fmt)).replace("--", "–")


def test_what_a_student_gets_holds_no_solution():
    (paper, _) = parts.papers(handmade(), key=False, language="en")
    assert all(task.solution is None for task in paper.tasks)
    (paper, _) = parts.papers(handmade(), key=True, language="en")
    assert all(task.solution for task in paper.tasks)


def test_the_answers_of_the_key():
    (paper, _) = parts.papers(handmade(), key=True, language="en")
    assert [list(map(str, task.solution.answer)) for task in paper.tasks] == [
        ["80 and 918,273", "(1) parameters: 645,546", "(2) share: 7.31 %"],
        ["(b) line 2"],
        ["H·W·918,273"],
    ]
    assert str(paper.tasks[1].solution.mistakes[1]) == "(c) line 3: that line holds: 192,837"


@pytest.mark.parametrize("text", HOSTILE)
def test_no_character_that_cannot_be_seen(text):
    for fmt in ("markdown", "html", "latex"):
        assert not re.search(
            "[\0-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", hostile(text).render(fmt, key=True)
        )


def test_without_typst_the_extra_is_named(monkeypatch):
    import sys

    monkeypatch.setitem(sys.modules, "typst", None)
    with pytest.raises(SpecError, match=r'PDF needs Typst; pip install "convcost\[worksheet\]"'):
        handmade().render("pdf")


@pytest.mark.parametrize("paper", ["legal", "", "a5"])
def test_paper_that_there_is_not(paper):
    with pytest.raises(SpecError, match="no such paper"):
        handmade().render("html", paper=paper)
