"""The JSON of a sheet: its schema, its exactness, and what students may not see in it."""

from __future__ import annotations

import copy
import json
from fractions import Fraction
from importlib.resources import files

import jsonschema
import pytest

import convcost
from convcost.worksheets.render.json import sheet_to_dict

from .samples import HOSTILE, SHEETS, all_kinds, drawn, hostile_sheets, sheet_of

SCHEMA = json.loads(files(convcost).joinpath("schemas", "worksheet.json").read_text(encoding="utf-8"))
SECRETS = ("hint", "derivation", "facts")


def valid(data):
    jsonschema.validate(data, SCHEMA, cls=jsonschema.Draft202012Validator)


@pytest.mark.parametrize("key", [False, True])
@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("make", SHEETS.values(), ids=SHEETS)
def test_the_schema_holds(make, key, language):
    text = make().render("json", key=key, lang=language)
    valid(json.loads(text))
    assert text == make().render("json", key=key, lang=language)


def breaks():
    """Changes that the schema must refuse."""
    gap = ("variants", 0, 0, "answer", "gaps", 0)
    yield "a float", (*gap, "value"), 1.5
    yield "separators", (*gap, "digits"), "18,000"
    yield "no fraction", (*gap, "value"), "nine"
    yield "a kind that is none", ("variants", 0, 0, "answer", "kind"), "essay"
    yield "a letter", ("variants", 0, 0, "options", 0, "letter"), "A1"
    yield "an unknown member", ("variants", 0, 0, "secret"), 1
    yield "a part", ("variants", 0, 0, "prompt", "parts", 0, "kind"), "movie"
    yield "an answer without key", ("key",), False
    yield "no variants", ("variants",), []


@pytest.mark.parametrize(("path", "value"), [broken[1:] for broken in breaks()], ids=[broken[0] for broken in breaks()])
def test_the_schema_would_notice(path, value):
    data = sheet_to_dict(sheet_of(all_kinds()))
    valid(data)
    spoilt = copy.deepcopy(data)
    *way, last = path
    place = spoilt
    for step in way:
        place = place[step]
    place[last] = value
    with pytest.raises(jsonschema.ValidationError):
        valid(spoilt)


def test_numbers_are_exact():
    questions = json.loads(sheet_of(all_kinds()).render("json", key=True))["variants"][0]
    assert questions[1]["answer"]["gaps"][0]["value"] == 9 * 10**15 + 1
    (gap,) = questions[3]["answer"]["gaps"]
    assert (gap["value"], gap["digits"], gap["tolerance"]) == ("300/31", "9.68", "1/200")
    assert abs(Fraction(gap["digits"]) - Fraction(gap["value"])) <= Fraction(gap["tolerance"])
    assert questions[8]["answer"]["notation"] == "H*(C + 25*K)"


def test_options_tell_their_mistakes_and_one_is_right():
    for variant in json.loads(drawn().render("json", key=True))["variants"]:
        for question in variant:
            right = [option for option in question["options"] if option["mistake"] is None]
            assert [option["shown"] for option in right] == [question["answer"]["shown"]]


def test_students_get_no_answers():
    told = drawn(variants=1)
    student, key = (json.loads(told.render("json", key=key)) for key in (False, True))
    for asked, solved in zip(student["variants"][0], key["variants"][0], strict=True):
        assert asked["prompt"] == solved["prompt"]
        assert not set(SECRETS) & set(asked) and "options" not in asked
        assert all(set(gap) == {"label", "unit", "places"} for gap in asked["answer"]["gaps"])
    pick = sheet_of(all_kinds()).render("json")
    options = json.loads(pick)["variants"][0][7]["options"]
    assert len(options) == 3 and all(set(option) == {"letter", "shown"} for option in options)


def test_a_sheet_tells_its_own_language():
    sheet = drawn(lang="zh")
    assert sheet.to_dict() == sheet_to_dict(sheet, "zh") and sheet.to_dict()["language"] == "zh"


@pytest.mark.parametrize(("text", "sheet"), list(hostile_sheets()), ids=range(len(HOSTILE)))
def test_hostile_texts_stay_texts(text, sheet):
    data = json.loads(sheet.render("json", key=True).encode())
    valid(data)
    first = data["variants"][0][0]
    assert first["prompt"]["parts"][0]["pieces"][1] == {"kind": "text", "text": text}
