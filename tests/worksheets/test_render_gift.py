"""GIFT: read back by a reader that follows Moodle's importer step by step, and by pygiftparser."""

from __future__ import annotations

import io
import re
from fractions import Fraction

import pytest

from convcost.worksheets.render.gift import escaped
from convcost.worksheets.render.parts import visible

from .markup import Reader
from .samples import HOSTILE, SHEETS, all_kinds, drawn, hostile_sheets, sheet_of

CODES = {":": "&&058;", "#": "&&035;", "=": "&&061;", "{": "&&123;", "}": "&&125;", "~": "&&126;", "\n": "&&010;"}


def before(text):
    """What Moodle does with escaped signs before it reads anything."""
    text = text.replace("\\\\", "&&092;")
    for sign, code in CODES.items():
        text = text.replace("\\n" if sign == "\n" else f"\\{sign}", code)
    return text.replace("&&092;", "\\")


def after(text):
    """And when it has."""
    for sign, code in CODES.items():
        text = text.replace(code, sign)
    return text.strip()


def html(text):
    assert text.startswith("[html]"), text
    return after(text.removeprefix("[html]"))


class Asked:
    """A question as Moodle reads it."""

    def __init__(self, lines, category):
        self.category = category
        text = before("\n".join(line for line in lines if not line.strip().startswith("//")))
        text = text.strip()
        _, name, text = text.split("::", 2)
        self.name = after(name)
        assert text.count("{") == text.count("}") == 1 and text.endswith("}"), text
        prompt, _, answers = text[:-1].partition("{")
        answers, _, feedback = answers.partition("####")
        self.html, self.feedback = html(prompt.strip()), html(feedback)
        self.kind = "choice" if "~" in answers else "number" if answers.startswith("#") else "text"
        self.answers = [self.answer(part) for part in re.split(r"(?=[~=])", answers.removeprefix("#")) if part.strip()]

    def answer(self, part):
        sign, part = part[0], part[1:]
        weight = re.match(r"%(-?\d+)%", part)
        part = part[weight.end() :] if weight else part
        text, _, feedback = part.partition("#")
        if self.kind == "choice":
            text = html(text)
        return int(weight[1]) if weight else 100 * (sign == "="), after(text), html(feedback) if feedback else ""


def read(gift):
    """The questions of a file, which are parted by empty lines."""
    found, category = [], None
    for block in re.split(r"\n\s*\n", gift.strip()):
        lines = block.split("\n")
        if lines[0].startswith("$CATEGORY:"):
            (line,) = lines
            category = line.removeprefix("$CATEGORY:").strip()
        else:
            found.append(Asked(lines, category))
    return found


def problems(gift):
    found = []
    for asked in read(gift):
        for text in (asked.html, asked.feedback, *(feedback for _, _, feedback in asked.answers)):
            found += Reader(text).problems
        if [weight for weight, _, _ in asked.answers].count(100) != 1:
            found.append("not one right answer")
        if any((weight == 100) == bool(feedback) for weight, _, feedback in asked.answers):
            found.append("feedback is for what is wrong")
        if asked.kind == "number" and not all(
            re.fullmatch(r"-?\d+(\.\d+)?:\d+(\.\d+)?", text) for _, text, _ in asked.answers
        ):
            found.append("a number")
    return found


KINDS = sheet_of(all_kinds()).render("gift")


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("make", SHEETS.values(), ids=SHEETS)
def test_structure(make, lang):
    gift = make().render("gift", lang=lang)
    assert problems(gift) == [] and gift == make().render("gift", lang=lang, key=True)


@pytest.mark.parametrize(
    ("old", "new"),
    [("#=18000:0", "#=18,000:0"), ("#=18000:0", "#18000"), ("=%0%36000", "=36000"), ("A text", "<script>x</script>"),
     ("<p>A text", "A text")],
)  # fmt: skip
def test_the_structure_check_would_notice(old, new):
    assert old in KINDS and problems(KINDS.replace(old, new, 1))


def test_an_unescaped_brace_would_be_noticed():
    with pytest.raises(AssertionError):
        read(KINDS.replace("A text", "{A text", 1))


def test_kinds_and_numbers():
    made = read(KINDS)
    # The grid with holes has no options, and so asks for each number by itself.
    assert [asked.kind for asked in made] == [*["number"] * 5, "choice", *["number"] * 2, *["choice"] * 2, "text"]
    wanted = [gap for number in (0, 1, 2, 3, 4, 6) for gap in all_kinds()[number].answer.gaps]
    numbers = [asked for asked in made if asked.kind == "number"]
    for asked, gap in zip(numbers, wanted, strict=True):
        text, tolerance = map(Fraction, asked.answers[0][1].split(":"))
        assert tolerance == gap.tolerance and abs(text - gap.value) <= tolerance
    assert made[0].answers[1] == (0, "36000:0", "a slip")
    assert made[0].name == "01 Multiply-accumulates (s-1-A)"
    assert made[-1].answers == [(100, r"H\*(C + 25\*K)//max(H, 2) - gcd(C, K)/3", "")]


def test_formulas_survive():
    made = read(KINDS)
    assert r"\(n = 3 \times 4 = 12\)" in Reader(made[0].feedback).text
    right = [text for weight, text, _ in made[5].answers if weight == 100]
    assert right == [r"\(8 \times 4\)"]
    assert r"\frac{H}{2}" in made[8].html


def test_categories_hold_all_variants():
    made = read(drawn().render("gift"))
    categories = [asked.category for asked in made]
    assert [categories.count(each) for each in dict.fromkeys(categories)] == [3] * 6


@pytest.mark.parametrize(("text", "sheet"), list(hostile_sheets()), ids=range(len(HOSTILE)))
def test_hostile_texts_stay_texts(text, sheet):
    gift = sheet.render("gift")
    assert problems(gift) == []
    made = read(gift)
    assert len(made) == 11
    for asked in made:
        assert visible(text) in Reader(asked.html).text
        assert asked.html.count(r"\(") == asked.html.count(r"\)")


def test_escapes():
    for text in HOSTILE:
        assert after(before(escaped(visible(text)))) == visible(text).strip()


def test_pygiftparser():
    parser = pytest.importorskip("pygiftparser.parser", reason="a second reader: install pygiftparser")
    sheet = drawn()
    made = parser.parseFile(io.StringIO(sheet.render("gift")))
    asked = [question for place in zip(*sheet.variants, strict=True) for question in place]
    assert len(made) == len(asked) and all(question.valid for question in made)
    for read_back, question in zip(made, asked, strict=True):
        answers = read_back.answers.answers
        assert [answer.fraction for answer in answers].count(100) == 1 and question.name in read_back.title
        if len(question.answer.gaps) == 1:
            (right,) = [answer for answer in answers if answer.fraction == 100]
            assert (right.value, right.tolerance) == (question.answer.gaps[0].value, 0)
            assert {int(answer.value) for answer in answers} > {question.answer.gaps[0].value}
        else:
            assert len(answers) == len(question.distractors) + 1
        assert read_back.markup == "html" and read_back.generalFeedback
