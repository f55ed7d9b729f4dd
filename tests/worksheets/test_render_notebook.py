"""Notebooks: what students can and cannot see, what the checks say, and what nbgrader makes of the key."""

from __future__ import annotations

import io
import json
import re
import sys
from contextlib import redirect_stdout
from decimal import Decimal

import pytest

from convcost.errors import UnsupportedError
from convcost.formula import symbol
from convcost.messages import Message
from convcost.worksheets import TOPICS, Gap, Numbers, worksheet

from .samples import HOSTILE, SHEETS, SVG, all_kinds, drawn, hostile_sheets, question, sheet_of

nbformat = pytest.importorskip("nbformat", reason="writes notebooks: install convcost[notebook]")
MARKS = re.compile("(BEGIN|END) (SOLUTION|HIDDEN TESTS|MARK SCHEME)")


def cells(text):
    made = nbformat.reads(text, as_version=4)
    nbformat.validate(made)
    return made.cells


def problems(text):
    """What nbgrader's own check of metadata asks for, and that marks stand only where they may."""
    found, ids = [], set()
    for cell in cells(text):
        graded = cell.metadata.get("nbgrader", {})
        if graded.get("schema_version") != 3 or graded.get("task") is not False:
            found.append(f"{cell.id}: schema")
        if graded.get("grade_id") in ids or not re.fullmatch("[A-Za-z0-9_-]+", graded.get("grade_id", "")):
            found.append(f"{cell.id}: grade_id")
        ids.add(graded.get("grade_id"))
        grade, solution, locked = (graded.get(name) for name in ("grade", "solution", "locked"))
        if cell.cell_type == "markdown" and (grade or solution):
            found.append(f"{cell.id}: a text cannot be graded by a machine")
        if grade != ("points" in graded) or (grade and not (locked and graded["points"] > 0)) or (solution and locked):
            found.append(f"{cell.id}: points")
        marks = [f"{kind} {mark}" for kind, mark in MARKS.findall(cell.source)]
        allowed = ["SOLUTION"] if solution else ["HIDDEN TESTS"] if grade else []
        if marks not in ([], *([f"BEGIN {mark}", f"END {mark}"] for mark in allowed)):
            found.append(f"{cell.id}: marks {marks}")
    return found


def released(source, stub="# YOUR CODE HERE\nraise NotImplementedError()"):
    """What nbgrader makes of a cell: a stub in place of a solution, hidden tests taken out."""
    lines, hidden = [], False
    for line in source.split("\n"):
        if "BEGIN SOLUTION" in line:
            indent = line[: len(line) - len(line.lstrip())]
            lines += [indent + each for each in stub.split("\n")]
        hidden |= "BEGIN SOLUTION" in line or "BEGIN HIDDEN TESTS" in line
        lines += [] if hidden else [line]
        hidden &= not ("END SOLUTION" in line or "END HIDDEN TESTS" in line)
    return "\n".join(lines)


def run(text, answers=None, stop=True):
    """Run the code cells; ``answers`` are code behind the cell for that answer (then only these are run).

    Gives the printed lines, or errors by cell.
    """
    names, errors, printed = {}, {}, io.StringIO()
    wanted = answers and {"check", *answers, *(name.replace("answer", "check") for name in answers)}
    for cell in cells(text):
        if cell.cell_type != "code" or cell.id.startswith("picture") or (wanted and cell.id not in wanted):
            continue
        code = cell.source + "\n" + (answers or {}).get(cell.id, "")
        try:
            with redirect_stdout(printed):
                exec(compile(code, cell.id, "exec"), names)  # noqa: S102 (it is what is tested)
        except Exception as error:
            if stop:
                raise
            errors[cell.id] = error
    return printed.getvalue().splitlines() if stop else errors


@pytest.mark.parametrize("key", [False, True])
@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("make", SHEETS.values(), ids=SHEETS)
def test_structure(make, lang, key):
    text = make().render("notebook", key=key, lang=lang)
    assert problems(text) == [] and text == make().render("notebook", key=key, lang=lang)
    assert sum(cell.metadata.nbgrader.get("points", 0) for cell in cells(text)) == sum(
        question.points for variant in make().variants for question in variant
    )


KEY, STUDENT = (sheet_of(all_kinds()).render("notebook", key=key) for key in (True, False))


@pytest.mark.parametrize(
    ("old", "new"),
    [('"grade_id": "answer-1"', '"grade_id": "check-1"'), ('"schema_version": 3', '"schema_version": 2'),
     ('"points": 3', '"points": 0'), ("A text: .", "### BEGIN SOLUTION"), ("### END SOLUTION", "###"),
     ('"grade": false', '"grade": true'), ("answer_1 = ...", "### BEGIN HIDDEN TESTS")],
)  # fmt: skip
def test_the_structure_check_would_notice(old, new):
    assert old in KEY and problems(KEY.replace(old, new, 1))


def test_the_key_holds():
    printed = run(KEY)
    assert printed[0] == "answer_1 is right." and len(printed) == 10
    assert "### BEGIN SOLUTION" in KEY and "assert found == " in KEY and "3 × 4 = 12" in KEY


def test_the_key_runs_in_jupyter():
    nbclient = pytest.importorskip("nbclient", reason="runs notebooks: install convcost[notebook]")
    pytest.importorskip("ipykernel", reason="runs notebooks: install convcost[notebook]")
    made = nbformat.reads(KEY, as_version=4)
    nbclient.NotebookClient(made, timeout=120).execute()
    outputs = [output for cell in made.cells for output in cell.get("outputs", [])]
    told = "".join(output.text for output in outputs if output.output_type == "stream" and output.name == "stdout")
    assert told.splitlines() == run(KEY) and len(run(KEY)) == 10
    # The drawing that is stored is the one that comes out.
    (drawing,) = [cell for cell in made.cells if cell.id.startswith("picture")]
    stored = next(cell for cell in cells(KEY) if cell.id == drawing.id).outputs
    assert drawing.outputs[0]["data"]["image/svg+xml"] == SVG
    assert [output["data"] for output in drawing.outputs] == [output["data"] for output in stored]


def test_students_cannot_read_the_answers():
    student, key = drawn(variants=1), drawn(variants=1)
    text = student.render("notebook")
    assert not MARKS.search(text) and "×" not in "".join(c.source for c in cells(text) if c.cell_type == "code")
    for asked in student.questions:
        numbers = [gap.digits for gap in asked.answer.gaps if gap.value > 999]
        for number in numbers:
            assert number not in text and f"{int(number):,}" not in text
            assert number in key.render("notebook", key=True)  # control
    form = "H*(C + 25*K)"
    assert form not in STUDENT and form in KEY


def test_the_released_key_is_the_student_version():
    """But for nbgrader's stub, and the dots that it replaces in a function."""
    for given, made in zip(cells(STUDENT), cells(KEY), strict=True):
        assert (given.id, given.metadata, given.get("outputs")) == (made.id, made.metadata, made.get("outputs"))
        source = released(made.source, stub="")
        wanted = given.source.replace("    return ...", "    ") if given.source.startswith("def ") else given.source
        assert source.rstrip("\n") == wanted


def test_what_is_unanswered_says_so():
    errors = run(STUDENT, stop=False)
    assert list(errors) == [f"check-{number}" for number in range(1, 11)]
    assert all("has no answer yet" in str(error) for error in errors.values())
    assert "answer_6['height']" in str(errors["check-6"])


def test_what_nbgrader_releases_is_unanswered_too():
    made = nbformat.reads(KEY, as_version=4)
    for cell in made.cells:
        cell.source = released(cell.source)
    errors = run(nbformat.writes(made), stop=False)
    checks = {name: error for name, error in errors.items() if name.startswith("check")}
    assert len(checks) == 10 and all("has no answer yet" in str(error) for error in checks.values())


RIGHT = {
    1: ["18000", "18_000", "18000.0", "Fraction(18000)", "{'MACs': 18000}", "(18000,)"],
    2: [str(9 * 10**15 + 1)],
    3: ["0", "0.0"],
    4: ["9.68", "300/31", "Fraction(300, 31)", "9.6774"],
    6: ["{'height': 8, 'width': 4}", "(8, 4)", "[8, 4.0]"],
    7: ["(64, 0.333)", "(64, 1/3)"],
    8: ["'{letter}'", "'{letter}'.upper()", "'({letter})'"],
    9: ["lambda H, C, K: H*C + 25*K*H", "lambda *a: a[0]*(a[1] + a[2]*25)"],
    10: [
        "lambda H, C, K: math.floor(H*(C + 25*K)/max(2, H)) - gcd(K, C)/3",
        "lambda H, C, K: -gcd(C, K)*2/6 + H*(C + 25*K)//max(H, 2)",
    ],
}
WRONG = {
    1: [("36000", "not right"), ("18001", "not right"), ("18000.5", "not right"), ("'18000'", "no number"),
        ("True", "no number"), ("float('nan')", "no number"), ("[]", "no answer yet")],
    2: [(str(9 * 10**15), "not right")],
    3: [("1", "not right"), ("-0.5", "not right")],
    4: [("9.67", "not right"), ("9.7", "not right"), ("9.685", "not right")],
    6: [("(4, 8)", "answer_6['height'] is not right"), ("(8, 5)", "answer_6['width'] is not right"),
        ("{'height': 8}", "answer_6['width'] has no answer"), ("8", "no number")],
    8: [("'{wrong}'", "not right"), ("'z'", "one of the letters a, b, c"), ("''", "one of the letters"),
        ("2", "one of the letters")],
    9: [("lambda H, C, K: H*(C + K)", "not right"), ("lambda H, C, K: H/0", "cannot be worked out: ZeroDivisionError"),
        ("lambda H: H", "cannot be worked out: TypeError"), ("lambda H, C, K: None", "no answer yet"),
        ("5", "cannot be worked out"), ("lambda H, C, K: 'x'", "no number")],
}  # fmt: skip


def _picked(code):
    places = [mistake is None for _, mistake in all_kinds()[7].options()]
    return code.replace("{letter}", "abc"[places.index(True)]).replace("{wrong}", "abc"[places.index(False)])


@pytest.mark.parametrize(("number", "code"), [(number, code) for number, codes in RIGHT.items() for code in codes])
def test_right_answers_pass(number, code):
    errors = run(STUDENT, {f"answer-{number}": f"answer_{number} = {_picked(code)}"}, stop=False)
    assert f"check-{number}" not in errors, errors[f"check-{number}"]


@pytest.mark.parametrize(
    ("number", "code", "said"), [(n, code, said) for n, codes in WRONG.items() for code, said in codes]
)
def test_wrong_answers_are_told(number, code, said):
    for text in (STUDENT, KEY):
        errors = run(text, {f"answer-{number}": f"answer_{number} = {_picked(code)}"}, stop=False)
        assert isinstance(errors[f"check-{number}"], AssertionError)
        assert said in str(errors[f"check-{number}"])
        assert "not right" not in said or "Hint: A text" in str(errors[f"check-{number}"])


def test_hidden_tests_do_not_trust_the_visible_check():
    blind = {"answer-1": "answer_1 = 5\ncheck = lambda *a, **k: None"}
    assert "check-1" in run(KEY, blind, stop=False)
    assert "check-1" not in run(STUDENT, blind, stop=False)


def test_equal_answers_have_different_hashes():
    hashes = re.findall("[0-9a-f]{32}", sheet_of(all_kinds(), all_kinds()).render("notebook"))
    assert len(hashes) > 20 and len(set(hashes)) == len(hashes)


def test_all_variants_have_their_own_names():
    text = drawn(count=3).render("notebook", key=True)
    assert len(run(text)) == 9 and "answer_C3" in text
    only = drawn(count=3).render("notebook", key=True, variant="B")
    assert len(run(only)) == 3


@pytest.mark.parametrize("topic", TOPICS)
def test_every_topic(topic):
    made = worksheet(topic, seed=4, count=2, level=2)
    assert problems(made.render("notebook", key=True)) == []
    assert len(run(made.render("notebook", key=True))) == 2
    errors = run(made.render("notebook"), stop=False)
    assert len(errors) == 2 and all(isinstance(error, AssertionError) for error in errors.values())


@pytest.mark.parametrize(("text", "sheet"), list(hostile_sheets()), ids=range(len(HOSTILE)))
def test_hostile_texts_stay_texts(text, sheet):
    key = sheet.render("notebook", key=True)
    json.loads(key.encode())
    assert problems(key) == [] and len(run(key)) == 10
    assert problems(sheet.render("notebook")) == []
    for cell in cells(key):
        # Notation stands between backticks, formulas between dollars: Jupyter reads no tags there.
        outside = re.sub(r"(`+)[^`].*?\1|(?<!\\)\$.*?(?<!\\)\$", "", cell.source)
        assert cell.cell_type == "code" or not re.search(r"(?<!\\)<", outside)


def test_what_is_asked_twice_has_two_names():
    gaps = tuple(Gap(Message("size"), size) for size in (3, 4))
    text = sheet_of((question(answer=Numbers(symbol("x"), gaps)),)).render("notebook", key=True)
    assert run(text) == ["answer_1['size'] is right. answer_1['size (2)'] is right."]


def test_decimals_are_numbers():
    text = STUDENT.replace("import math", "import math\\nfrom decimal import Decimal", 1)
    assert "check-4" not in run(text, {"answer-4": f"answer_4 = {Decimal('9.68')!r}"}, stop=False)


def test_a_missing_extra_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "nbformat", None)
    with pytest.raises(UnsupportedError, match=r"convcost\[notebook\]"):
        sheet_of(all_kinds()).render("notebook")


@pytest.mark.parametrize("title", ["Week 3", *(text for text in HOSTILE if "###" in text)])
def test_nbgrader_itself(title):
    """Its steps from source to student version, and its check of the metadata."""
    pytest.importorskip("nbgrader", reason="256 MB; the check by hand is above")
    from nbgrader.preprocessors import CheckCellMetadata, ClearHiddenTests, ClearSolutions

    made, seen = nbformat.reads(sheet_of(all_kinds(), title=title).render("notebook", key=True), as_version=4), {}
    for step in (CheckCellMetadata, ClearSolutions, ClearHiddenTests, CheckCellMetadata):
        made, seen = step().preprocess(made, seen)
    for cell, source in zip(made.cells, cells(KEY), strict=True):
        assert source.id.startswith(("title", "question")) or cell.source.rstrip() == released(source.source).rstrip()
