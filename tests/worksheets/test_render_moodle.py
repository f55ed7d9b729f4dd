"""Moodle's XML: read back by readers of our own that follow Moodle's importer, and by somebody else's package."""

from __future__ import annotations

import base64
import re
from fractions import Fraction
from xml.dom import minidom

import pytest

from convcost.worksheets.render.parts import visible

from .markup import Reader
from .samples import HOSTILE, SHEETS, SVG, all_kinds, drawn, hostile_sheets, sheet_of

TYPES = {"category", "numerical", "cloze", "multichoice", "shortanswer"}
#: As qtype_multianswer finds gaps in a text, and what it takes for one with numbers.
GAP_START = re.compile(r"\{([0-9]*):([A-Z_]+):")
GAP = re.compile(r"\{([0-9]+):NUMERICAL:=(-?[0-9]+(?:\.[0-9]+)?):([0-9]+(?:\.[0-9]+)?)\}")
NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?")


class Node:
    """A question as it stands in the XML."""

    def __init__(self, element):
        self.element, self.type = element, element.getAttribute("type")

    def children(self, tag):
        return [node for node in self.element.childNodes if node.nodeName == tag]

    def plain(self, tag):
        return value(self.children(tag)[0])

    def text(self, tag, inner=None):
        (node,) = self.children(tag) if inner is None else [inner]
        (found,) = [child for child in node.childNodes if child.nodeName == "text"]
        return value(found)

    @property
    def answers(self):
        return [
            (Fraction(node.getAttribute("fraction")), self.text("", node), Node(node))
            for node in self.children("answer")
        ]


def value(node):
    return "".join(child.data for child in node.childNodes)


def questions(xml):
    root = minidom.parseString(xml.encode()).documentElement  # noqa: S318 (our own)
    assert root.nodeName == "quiz"
    return [Node(node) for node in root.childNodes if node.nodeName == "question"]


def problems(xml):
    """Everything that Moodle's importer or a student would stumble over."""
    found, names, category = [], set(), None
    for node in questions(xml):
        if node.type not in TYPES:
            found.append(f"type {node.type}")
        elif node.type == "category":
            category = node.text("category")
            if not category.startswith("$course$/top/") or "\n" in category:
                found.append(f"category {category}")
        else:
            name = node.text("name")
            if category is None or name in names or not name.strip():
                found.append(f"name {name}")
            names.add(name)
            if not Fraction(node.plain("defaultgrade")) > 0:
                found.append("no points")
            for tag in ("questiontext", "generalfeedback", "hint"):
                html = node.text(tag)
                found += Reader(html).problems + ([] if html else [f"no {tag}"])
            found += _pictures(node) + _answers(node)
    return found


def _pictures(node):
    html = Reader(node.text("questiontext"))
    wanted = [picture["src"].removeprefix("@@PLUGINFILE@@/") for picture in html.pictures]
    files = [file for text in node.children("questiontext") for file in text.getElementsByTagName("file")]
    given = [file.getAttribute("name") for file in files if base64.b64decode(value(file)).startswith(b"<svg")]
    return [] if wanted == given else [f"pictures {wanted}, files {given}"]


def _answers(node):
    text, answers = node.text("questiontext"), node.answers
    gaps, starts = GAP.findall(text), GAP_START.findall(text)
    if node.type == "cloze":
        return [] if len(gaps) == len(starts) > 0 and not answers else [f"gaps {gaps}, {starts}"]
    found = [f"gaps {starts}"] if starts else []
    if sorted(fraction for fraction, _, _ in answers) != [0] * (len(answers) - 1) + [100]:
        found.append("not one right answer")
    for fraction, answer, inner in answers:
        (feedback,) = inner.children("feedback")
        if node.type == "numerical" and not NUMBER.fullmatch(answer):
            found.append(f"number {answer}")
        if node.type == "numerical" and not Fraction(inner.plain("tolerance")) >= 0:
            found.append("tolerance")
        if node.type == "multichoice":
            found += Reader(answer).problems
        if (fraction == 0) != bool(inner.text("", feedback)):
            found.append("feedback is for what is wrong")
        found += Reader(inner.text("", feedback)).problems
    if node.type == "multichoice" and [node.plain(tag) for tag in ("single", "shuffleanswers")] != ["true", "true"]:
        found.append("how options are shown")
    return found


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("make", SHEETS.values(), ids=SHEETS)
def test_structure(make, lang):
    xml = make().render("moodle", lang=lang)
    assert problems(xml) == []
    assert xml == make().render("moodle", lang=lang, key=True)


KINDS = sheet_of(all_kinds()).render("moodle")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('type="numerical"', 'type="essay"'),
        ("<text>18000</text>", "<text>18,000</text>"),
        ('fraction="0"', 'fraction="100"'),
        ("<tolerance>0</tolerance>", "<tolerance>-1</tolerance>"),
        ("{1:NUMERICAL:=64:0}", "{1:NUMERICAL:=64,0:0}"),
        ("A text: .", "{1:NUMERICAL:=5:0}"),
        ("A text: .", "&lt;script&gt;x&lt;/script&gt;"),
        ("A text: .", "&lt;p onclick='x'&gt;&lt;/p&gt;"),
        ("A text: .", "&lt;/p&gt;"),
        ("picture-1.svg", "picture-2.svg"),
        ("<defaultgrade>3", "<defaultgrade>0"),
        ("<text>02 Multiply-accumulates (s-2-A)", "<text>01 Multiply-accumulates (s-1-A)"),
        ("<single>true", "<single>false"),
        ("$course$/top", "$course$"),
    ],
)
def test_the_structure_check_would_notice(old, new):
    assert old in KINDS and problems(KINDS.replace(old, new, 1))


def test_each_kind_has_its_type():
    kinds = [node.type for node in questions(KINDS) if node.type != "category"]
    assert kinds == [*["numerical"] * 5, *["cloze"] * 2, *["multichoice"] * 2, "shortanswer"]


def test_numbers_are_those_of_the_questions():
    sheet = sheet_of(all_kinds())
    for node, asked in zip([n for n in questions(KINDS) if n.type != "category"], sheet.questions, strict=True):
        if node.type == "numerical":
            (gap,) = asked.answer.gaps
            right, text, inner = node.answers[0]
            assert right == 100 and Fraction(inner.plain("tolerance")) == gap.tolerance
            exact = isinstance(gap.value, int)
            assert abs(Fraction(text) - gap.value) <= gap.tolerance and (not exact or int(text) == gap.value)
        if node.type == "cloze":
            found = GAP.findall(node.text("questiontext"))
            assert len(found) == len(asked.answer.gaps)
            for (_, text, tolerance), gap in zip(found, asked.answer.gaps, strict=True):
                assert Fraction(tolerance) == gap.tolerance and abs(Fraction(text) - gap.value) <= gap.tolerance
        assert node.plain("defaultgrade") == str(asked.points)


def test_slips_are_told():
    numerical = questions(KINDS)[1]
    assert [(int(f), text) for f, text, _ in numerical.answers] == [(100, "18000"), (0, "36000")]
    (feedback,) = numerical.answers[1][2].children("feedback")
    assert Reader(numerical.text("", feedback)).text == "a slip"
    assert "without separators" in Reader(numerical.text("questiontext")).text
    assert r"\(n = 3 \times 4 = 12\)" in Reader(numerical.text("generalfeedback")).text


def test_gaps_stand_in_the_cells_of_the_grid_and_weigh_as_much_as_the_points():
    cloze = [node for node in questions(KINDS) if node.type == "cloze"]
    assert "<td>{1:NUMERICAL:=64:0}</td>" in cloze[1].text("questiontext")
    # Four points, two gaps.
    assert [int(weight) for weight, _, _ in GAP.findall(cloze[0].text("questiontext"))] == [2, 2]


def test_a_category_for_each_place_with_all_variants():
    sheet, count = drawn(), {}
    for node in questions(sheet.render("moodle")):
        if node.type == "category":
            category = node.text("category")
            assert category not in count
            count[category] = 0
        else:
            count[category] += 1
    assert list(count.values()) == [3] * 6
    assert list(count)[1] == "$course$/top/Worksheet/02 Output shape"


def test_pictures_are_files():
    (file,) = minidom.parseString(KINDS.encode()).getElementsByTagName("file")  # noqa: S318
    assert base64.b64decode(value(file)).decode() == SVG


@pytest.mark.parametrize(("text", "sheet"), list(hostile_sheets()), ids=range(len(HOSTILE)))
def test_hostile_texts_stay_texts(text, sheet):
    xml = sheet.render("moodle")
    assert problems(xml) == []
    made = [node for node in questions(xml) if node.type != "category"]
    assert len(made) == 10 and len(questions(xml)) == 20
    for node in made:
        told = Reader(node.text("questiontext")).text
        assert visible(text) in told
        # No formula begins where the text has its signs: a tag stands between them.
        assert node.text("questiontext").count(r"\(") == node.text("questiontext").count(r"\)")
    assert sum(len(GAP_START.findall(node.text("questiontext"))) for node in made) == 4


def test_another_reader():
    reader = pytest.importorskip("moodle_xml_parser.parser", reason="a second reader: install moodle-xml-parser")
    read = reader.parse_string(KINDS)
    first = read["multichoice"][0]
    assert (first.name, first.default_grade, first.single, first.shuffle_answers) == (
        "08 Multiply-accumulates (s-8-A)", 3.0, True, True,
    )  # fmt: skip
    assert [(option.answer, option.score_fraction, option.feedback) for option in first.options] == [
        (r"<p>line 1</p>", 0.0, "<p>it holds</p>"),
        (r"<p>line 2</p>", 100.0, ""),
        (r"<p>line 3</p>", 0.0, "<p>it holds</p>"),
    ]
    gaps = [gap for gap in read["cloze"][1].gaps if gap.sub_type == "NUMERICAL"]
    assert [(gap.sub_grade, gap.options[0].answer, gap.options[0].score) for gap in gaps] == [
        (1, "64:0", 100), (1, "0.333:0.0005", 100),
    ]  # fmt: skip
