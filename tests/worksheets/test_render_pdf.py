"""PDF sheets: read back page by page; fonts, paper, tags, and text that stays text."""

from __future__ import annotations

import ctypes
import re
import unicodedata

import pytest

from convcost.errors import ConvcostError, SpecError
from convcost.worksheets import worksheet
from convcost.worksheets.render import pdf as pdf_module

from .handmade import HOSTILE, handmade, hostile

pytest.importorskip("typst", reason="set by Typst: install convcost[worksheet]")
pypdfium2 = pytest.importorskip("pypdfium2", reason="read by pypdfium2: install convcost[pdf]")

SIZES = {"a4": (595, 842), "letter": (612, 792)}


def chinese_font_there():
    import typst

    return any(name in typst.Fonts().families() for name in pdf_module.CHINESE)


def pages(made):
    return list(pypdfium2.PdfDocument(made))


def text_of(page):
    # A hyphen at the end of a line is read as a code point that is no character.
    return page.get_textpage().get_text_range().replace("\ufffe", "-").replace("\u200b", "").replace("\xa0", " ")


def text(made):
    return "\n".join(map(text_of, pages(made)))


@pytest.mark.parametrize("paper", SIZES)
@pytest.mark.parametrize("key", [False, True])
def test_pages(paper, key):
    made = worksheet(["output-shape", "params", "macs"], seed=4, count=12, level=3, variants=2).render(
        "pdf", key=key, paper=paper
    )
    found = pages(made)
    numbers = [re.findall(r"Page (\d+) of (\d+)", text_of(page)) for page in found]
    assert all(len(number) == 1 for number in numbers)
    half = len(found) // 2
    expected = [(str(n), str(half)) for n in range(1, half + 1)]
    # Every variant has pages 1 to the last of its own.
    assert [number[0] for number in numbers] == expected * 2
    for page in found:
        assert tuple(map(round, page.get_size())) == SIZES[paper]
        width, height = page.get_size()
        for box in letters(page):
            assert box[0] > 50 and box[2] < width - 50 and box[1] > 25 and box[3] < height - 25


def letters(page):
    """The boxes of all letters: left, bottom, right, top."""
    read = page.get_textpage()
    boxes = [read.get_charbox(place) for place in range(read.count_chars())]
    return [box for box in boxes if box[2] > box[0]]


def test_no_heading_stands_alone_at_the_foot():
    made = worksheet(["output-shape", "params", "macs"], seed=4, count=30, level=3).render("pdf", key=True)
    for page in pages(made):
        lines = [line.strip() for line in text_of(page).splitlines() if line.strip()]
        last = [line for line in lines if not re.match(r"Page \d+ of|Worksheet · ", line)][-1]
        assert not re.match(r"\d+\. [A-Z].*points?\)$|What shape|How many|\d\. (height|width|weights)$", last)


def test_accessible():
    made = handmade().render("pdf", key=True)
    assert b"/StructTreeRoot" in made and b"/Lang" in made and b"pdfuaid" in made
    document = pypdfium2.PdfDocument(made)
    about = document.get_metadata_dict()
    assert about["Title"] == "Week 9 · Answer key" and about["CreationDate"].startswith("D:19700101")
    # What a screen reader says of formulas and pictures.
    said = [told for page in document for told in alternatives(page)]
    assert {"n = H·W·C_in", "a convolution", "H·W·918,273"} <= set(said)
    student = [told for page in pypdfium2.PdfDocument(handmade().render("pdf")) for told in alternatives(page)]
    assert {"n = H·W·C_in", "a convolution"} <= set(student) and "H·W·918,273" not in student


def alternatives(page):
    """The alternative texts in the structure tree of a page."""
    raw = pypdfium2.raw
    tree = raw.FPDF_StructTree_GetForPage(page)
    left = [raw.FPDF_StructTree_GetChildAtIndex(tree, n) for n in range(raw.FPDF_StructTree_CountChildren(tree))]
    while left:
        element = left.pop()
        if not element:
            continue
        size = raw.FPDF_StructElement_GetAltText(element, None, 0)
        if size > 2:
            buffer = ctypes.create_string_buffer(size)
            raw.FPDF_StructElement_GetAltText(element, buffer, size)
            yield buffer.raw[: size - 2].decode("utf-16-le")
        count = raw.FPDF_StructElement_CountChildren(element)
        left += [raw.FPDF_StructElement_GetChildAtIndex(element, n) for n in range(count)]


def test_pictures_are_drawn():
    assert "Conv(8, 3)" in text(handmade().render("pdf"))


@pytest.mark.parametrize("key", [False, True])
@pytest.mark.parametrize("harmful", [one for one in HOSTILE if len(one) < 200])
def test_hostile_text_is_text(harmful, key):
    made = hostile(harmful).render("pdf", key=key)
    read, expected = (squeezed(one) for one in (text(made), harmful))
    # In title, heading, text, notation, listing and table.
    assert read.count(expected) >= 6
    assert b"/URI" not in made and b"/JavaScript" not in made


def squeezed(one):
    """Letters and signs only: where lines break is no matter here."""
    told = unicodedata.normalize("NFKC", one)
    return "".join(
        c for c in told if c.isprintable() and not c.isspace() and c not in "-\u202e\u2066\u2010`'\"~“”’^|\\"
    )


def test_a_very_long_title_stays_on_the_paper():
    (page, *_) = pages(handmade("x" * 500).render("pdf"))
    assert all(box[2] < 595 - 50 for box in letters(page))


def test_a_letter_that_no_font_has_is_named():
    with pytest.raises(SpecError, match=r"no font has these characters \(got .*CONVCOST_FONT_PATH"):
        handmade("lost \U0010fffd letter").render("pdf")


def test_a_warning_is_an_error(monkeypatch):
    monkeypatch.setattr(pdf_module, "TEXT", "No Such Font")
    with pytest.raises(ConvcostError, match="Typst warns of the sheet .*unknown font family"):
        handmade().render("pdf")


def test_without_a_chinese_font_it_says_which_would_do(monkeypatch):
    monkeypatch.setattr(pdf_module, "CHINESE", ("No Such Font",))
    with pytest.raises(
        SpecError, match=r"no font with Chinese characters was found; install Noto Serif CJK.*FONT_PATH"
    ):
        handmade().render("pdf", lang="zh")


def test_a_folder_of_fonts_that_is_not_there(monkeypatch):
    monkeypatch.setenv("CONVCOST_FONT_PATH", "/no/such/folder")
    with pytest.raises(SpecError, match="CONVCOST_FONT_PATH names a folder that is not there"):
        handmade().render("pdf", lang="zh")


@pytest.mark.skipif(not chinese_font_there(), reason="no font with Chinese characters is installed")
def test_chinese(monkeypatch):
    """With a catalogue of a few words: what is translated comes out in Chinese letters, Chinese marks among them."""
    from convcost import messages

    words = {"Answer key": "参考答案", "Name": "姓名", "Answer": "答案", "Hint": "提示", "{count} points": "{count} 分",
             "Page {number} of {count}": "第 {number} 页，共 {count} 页"}  # fmt: skip

    class Catalogue:
        def gettext(self, template):
            return words.get(template, template)

    monkeypatch.setattr(messages, "catalogue", lambda language: Catalogue())
    monkeypatch.setattr("convcost.worksheets.inline.catalogue", lambda language: Catalogue())
    made = handmade("卷积网络").render("pdf", key=True, lang="zh")
    read = text(made)
    for told in ("卷积网络", "参考答案", "答案：", "提示：", "3 分", "第 1 页，共 2 页"):
        assert told in read, told
    assert b"zh" in made
