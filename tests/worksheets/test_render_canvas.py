"""Canvas packages: unpacked and parsed back; text2qti runs no code and reads no files for them."""

from __future__ import annotations

import io
import pathlib
import re
import subprocess
import sys
import zipfile
from fractions import Fraction
from xml.etree import ElementTree as ET

import pytest

from convcost.errors import UnsupportedError
from convcost.messages import Message
from convcost.worksheets import Pick
from convcost.worksheets.render.parts import visible

from .markup import Reader
from .samples import HOSTILE, SHEETS, SVG, all_kinds, drawn, hostile_sheets, question, sheet_of, wrongs

text2qti = pytest.importorskip("text2qti", reason="makes the packages: install convcost[lms]")
QTI = "{http://www.imsglobal.org/xsd/ims_qtiasiv1p2}"
META = "{http://canvas.instructure.com/xsd/cccv1p0}"


class Package:
    """What a package holds."""

    def __init__(self, data):
        self.zip = zipfile.ZipFile(io.BytesIO(data))
        assert self.zip.testzip() is None
        self.names = self.zip.namelist()
        (meta,) = [name for name in self.names if name.endswith("assessment_meta.xml")]
        self.meta = ET.fromstring(self.zip.read(meta))  # noqa: S314 (our own)
        (quiz,) = [name for name in self.names if re.fullmatch(r"(text2qti_assessment_\w+)/\1\.xml", name)]
        root = ET.fromstring(self.zip.read(quiz)).find(f".//{QTI}section")  # noqa: S314
        self.groups = [
            (int(section.findtext(f".//{QTI}selection_number")), int(section.findtext(f".//{QTI}points_per_item")),
             [Item(item) for item in section.iter(f"{QTI}item")])
            for section in root.findall(f"{QTI}section")
        ]  # fmt: skip
        self.items = [Item(item) for item in root.iter(f"{QTI}item")]


class Item:
    """A question of a package."""

    def __init__(self, element):
        fields = {
            field.findtext(f"{QTI}fieldlabel"): field.findtext(f"{QTI}fieldentry")
            for field in element.iter(f"{QTI}qtimetadatafield")
        }
        self.title, self.ident = element.get("title"), element.get("ident")
        self.type = fields["question_type"].removesuffix("_question")
        self.points = int(fields["points_possible"])
        self.html = element.findtext(f"{QTI}presentation/{QTI}material/{QTI}mattext")
        labels = element.iter(f"{QTI}response_label")
        self.options = {label.get("ident"): label.findtext(f".//{QTI}mattext") for label in labels}
        (right,) = [cond for cond in element.iter(f"{QTI}respcondition") if cond.find(f"{QTI}setvar") is not None]
        self.right = [node.text for node in right.iter(f"{QTI}varequal")]
        self.ends = [right.findtext(f".//{QTI}{tag}") for tag in ("vargte", "varlte")]
        self.feedback = {
            node.get("ident"): node.findtext(f".//{QTI}mattext") for node in element.iter(f"{QTI}itemfeedback")
        }


def problems(package):
    found = [name for name in package.names if name.startswith("/") or ".." in name]
    for item in package.items:
        for html in (item.html, *item.feedback.values(), *filter(None, item.options.values())):
            found += Reader(html).problems
        for picture in Reader(item.html).pictures:
            if picture["src"].startswith("%24") and picture["src"].split("%24/")[1] not in package.names:
                found.append(f"no file for {picture}")
        if not item.right or len({*item.right}) != len(item.right):
            found.append("answers")
        if item.type == "multiple_choice" and item.right[0] not in item.options:
            found.append("no right option")
    if len({item.ident for item in package.items}) != len(package.items):
        found.append("a question stands twice")
    return found


@pytest.fixture(scope="module")
def kinds():
    return Package(sheet_of(all_kinds()).render("canvas"))


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("make", SHEETS.values(), ids=SHEETS)
def test_structure(make, lang):
    package = make().render("canvas", lang=lang)
    assert problems(Package(package)) == []
    assert package == make().render("canvas", lang=lang, key=True, paper="letter")


def spoilt(old, new):
    """The package of every kind of question with something else in its quiz."""
    stream, seen = io.BytesIO(), False
    with (
        zipfile.ZipFile(io.BytesIO(sheet_of(all_kinds()).render("canvas"))) as made,
        zipfile.ZipFile(stream, "w") as kept,
    ):
        for name in made.namelist():
            data = made.read(name).decode()
            quiz = "assessment_" in name and "meta" not in name
            seen |= quiz and old in data
            kept.writestr(name, data.replace(old, new) if quiz else data)
    assert seen
    return stream.getvalue()


@pytest.mark.parametrize(
    ("old", "new"),
    [("A text: .", "&lt;script&gt;"), ("A text: .", "&lt;/p&gt;"), ("picture-1.svg", "picture-2.svg"),
     ('<response_label ident="text2qti', '<response_label ident="other')],
)  # fmt: skip
def test_the_structure_check_would_notice(old, new):
    assert problems(Package(spoilt(old, new)))


def test_numbers(kinds):
    assert [item.type for item in kinds.items] == [
        "numerical", "numerical", "short_answer", "numerical", "short_answer", "multiple_choice", "short_answer",
        "multiple_choice", "multiple_choice", "short_answer",
    ]  # fmt: skip
    large = 9 * 10**15 + 1
    assert kinds.items[0].right == ["18000"] and kinds.items[0].ends == ["18000"] * 2
    assert kinds.items[1].right == [str(large)] and kinds.items[2].right == ["0"]
    least, most = map(Fraction, kinds.items[3].ends)
    gap = all_kinds()[3].answer.gaps[0]
    assert (least, most) == (gap.rounded - gap.tolerance, gap.rounded + gap.tolerance)
    assert least <= gap.value <= most and Fraction(kinds.items[3].right[0]) == gap.rounded
    assert kinds.items[4].right == ["0.00012"]
    assert kinds.items[6].right == ["64,0.333", "64, 0.333"] and "commas" in Reader(kinds.items[6].html).text
    assert kinds.items[9].right == ["H*(C + 25*K)//max(H, 2) - gcd(C, K)/3"]


def test_options_and_their_feedback(kinds):
    item = kinds.items[7]
    told = {ident: Reader(html).text for ident, html in item.options.items()}
    assert [told[ident] for ident in item.right] == ["line 2"] and sorted(told.values()) == [
        "line 1",
        "line 2",
        "line 3",
    ]
    slips = {told[ident.removesuffix("_fb")] for ident in item.feedback if ident.startswith("text2qti")}
    assert slips == {"line 1", "line 3"}
    assert (
        item.feedback["general_incorrect_fb"] and r"$n = 3 \times 4 = 12$" in Reader(item.feedback["general_fb"]).text
    )
    assert kinds.meta.findtext(f"{META}shuffle_answers") == "true"


def test_points(kinds):
    questions = all_kinds()
    assert [item.points for item in kinds.items] == [question.points for question in questions]
    assert float(kinds.meta.findtext(f"{META}points_possible")) == sum(question.points for question in questions)


def test_one_of_the_variants_is_drawn():
    sheet = drawn()
    package = Package(sheet.render("canvas"))
    assert [(pick, len(items)) for pick, _, items in package.groups] == [(1, 3)] * 6
    assert [points for _, points, _ in package.groups] == [question.points for question in sheet.questions]
    assert float(package.meta.findtext(f"{META}points_possible")) == sheet.points
    for (_, _, items), place in zip(package.groups, zip(*sheet.variants, strict=True), strict=True):
        for item, asked in zip(items, place, strict=True):
            assert asked.name in item.title
            if item.type == "numerical":
                assert [int(text) for text in item.right] == [asked.answer.gaps[0].value]


def test_pictures(kinds):
    assert kinds.zip.read("images/picture-1.svg").decode() == SVG
    assert b"images/picture-1.svg" in kinds.zip.read("imsmanifest.xml")


def test_the_day_of_making_is_not_told(monkeypatch):
    import datetime

    import text2qti.xml_imsmanifest as manifest

    class Tomorrow:
        class date(datetime.date):  # noqa: N801
            @classmethod
            def today(cls):
                return datetime.date(2040, 1, 2)

    made = sheet_of(all_kinds()).render("canvas")
    monkeypatch.setattr(manifest, "datetime", Tomorrow)
    assert (
        b"2040"
        in manifest.imsmanifest(
            manifest_identifier="m", assessment_identifier="a", dependency_identifier="d", images={}
        ).encode()
    )  # control
    assert sheet_of(all_kinds()).render("canvas") == made
    assert {entry.date_time[0] for entry in Package(made).zip.infolist()} == {1980}


@pytest.mark.parametrize(("text", "sheet"), list(hostile_sheets()), ids=range(len(HOSTILE)))
def test_hostile_texts_stay_texts(text, sheet, guarded):
    package = Package(sheet.render("canvas"))
    assert problems(package) == [] and len(package.items) == 10
    for item in package.items:
        assert visible(text) in Reader(item.html).text
    assert [name for name in package.names if name.startswith("images/")] == ["images/picture-1.svg"]


@pytest.fixture
def guarded(monkeypatch):
    """Nothing may be run, and no file be read or written, while a package is made."""
    sheet_of(all_kinds()[:1]).render("canvas")  # loads text2qti

    def refuse(*args, **kwargs):
        raise RuntimeError("run or read")

    for name in ("run", "Popen", "check_output"):
        monkeypatch.setattr(subprocess, name, refuse)
    for name in ("read_bytes", "read_text", "write_text", "open"):
        monkeypatch.setattr(pathlib.Path, name, refuse)


CODE = "```{.python .run}\nprint('1. x')\n```\n"


def test_the_guard_would_notice(guarded):
    """Control: text2qti does run code and read files, when it is asked to."""
    from text2qti.config import Config
    from text2qti.quiz import Quiz

    with pytest.raises(Exception, match="run or read"):
        Quiz(CODE, config=Config(run_code_blocks=True))
    with pytest.raises(Exception, match="run or read"):
        Quiz("1. ![x](/etc/passwd)\n= 5", config=Config())


def test_code_is_off(guarded):
    for title in (CODE, "x\n\n" + CODE, "![x](/etc/passwd)"):
        assert problems(Package(sheet_of(all_kinds(title), title=title).render("canvas"))) == []


def test_a_missing_extra_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "text2qti.config", None)
    with pytest.raises(UnsupportedError, match=r"convcost\[lms\]"):
        sheet_of(all_kinds()).render("canvas")


def test_many_options_and_a_long_title():
    lines = [Message("line {n}", n=n) for n in range(40)]
    asked = question(answer=Pick(lines[39]), distractors=wrongs(*lines[:39]))
    package = Package(sheet_of((asked,), title="long " * 100).render("canvas"))
    (item,) = package.items
    assert len(item.options) == 40 and Reader(item.options[item.right[0]]).text == "line 39"
    assert 100 < len(package.meta.findtext(f"{META}title")) <= 200
