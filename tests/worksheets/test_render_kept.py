"""What must not be parted: short formulas, numbers and units, shapes with empty places; on paper also questions."""

from __future__ import annotations

import re

import pytest

from convcost.formula import Call, Chain, Num, Product, Slot, Sum, Word, evaluate, latex, mathml, plain, size, typst
from convcost.messages import Message
from convcost.worksheets import worksheet
from convcost.worksheets.model import Gap, Grid, Hole, Listing, Numbers
from convcost.worksheets.render.kept import kept, kept_in_cell

from .handmade import handmade, question

LONG = Chain(Word("n"), Product(*map(Num, (11, 11, 1024, 2048, 4096))), Sum(Num(123456), Num(654321)), Num(777777))
ONE = Numbers(Num(1), (Gap(Message("MACs"), 1),))


def asked(*prompt):
    return handmade("Week 9", 9, [question(prompt, ONE)])


def crowded():
    """Windows, shapes, numbers with units, at every place of a line."""
    lines = [Message("x" * n + " a {w} convolution with {f} filters", w=size((2, 2)), f=Num(64)) for n in range(40, 80)]
    return asked(*lines, Message("{law} and so on", law=LONG))


def read(made):
    pypdfium2 = pytest.importorskip("pypdfium2", reason="read by pypdfium2: install convcost[pdf]")
    return [page.get_textpage().get_text_range().replace("\xa0", " ") for page in pypdfium2.PdfDocument(made)]


def parted(pages):
    return [
        line
        for page in pages
        for line in page.splitlines()
        if re.search(r"[×=+]\s*$|^\s*(filters|MACs(?!:)|×\s)", line)
    ]


def test_no_line_of_a_pdf_ends_in_a_formula():
    pytest.importorskip("typst", reason="set by Typst: install convcost[worksheet]")
    assert parted(read(crowded().render("pdf"))) == []
    for level in (1, 3):
        assert parted(read(worksheet(seed=9, count=13, level=level).render("pdf"))) == []
    # Control.
    assert parted(["a 2 ×\n2 convolution"]) == ["a 2 ×"] and parted(["with 64\nfilters"]) == ["filters"]


def test_html_and_latex_keep_short_formulas_and_part_long_ones_before_signs():
    page, paper = crowded().render("html"), crowded().render("latex")
    assert page.count("<wbr>") >= 2 and re.search(
        r"<wbr>(<span class=\"number\">)?<math><mrow><mrow></mrow><mo>=</mo>", page
    )
    assert '<span class="number"><span class="number">64</span>\xa0filters</span>' in page
    assert r"\mbox{$2 \times 2$} convolution" in paper and r"\mbox{64}~filters" in paper
    assert re.search(r"\$\\allowbreak|\}\\allowbreak \\mbox\{\$\{\} = ", paper)


def test_numbers_in_texts_keep_their_units():
    assert kept(Message("(1 MiB = 1,048,576 bytes)")) == ["(1\xa0MiB = 1,048,576\xa0bytes)"]
    assert kept(Message("{n} {unit}", n=Num(3), unit=Message("MACs"))) == [Num(3), "\xa0MACs"]
    # Control: any other word may stand on the next line.
    assert kept(Message("{n} and more", n=Num(3))) == [Num(3), " and more"]


def test_empty_places_in_shapes_are_formulas_and_shaded():
    shape = Message("{c} × {h} × {h}", c=Num(16), h=Hole(1))
    assert kept_in_cell(shape) == [Product(Num(16), Slot("(1)"), Slot("(1)"))]
    assert kept_in_cell(Hole(2)) == ["(2)"]
    made = asked(Grid((Message("shape"),), ((shape,), (Hole(2),))))
    page = made.render("html")
    assert page.count('<mtext class="hole">(1)</mtext>') == 2 * 2 and '<td class="hole">(2)</td>' in page
    assert r"16 \times \text{(1)} \times \text{(1)}" in made.render("latex")
    assert typst(Product(Num(16), Slot('"'))) == r'16 times #highlight("\"")'


def test_tuples():
    pair = Call("", Num(0), Num(5))
    assert plain(pair) == "(0, 5)" and typst(pair) == "(0, 5)"
    assert latex(pair) == r"\left( 0, 5 \right)"
    assert mathml(pair) == "<math><mrow><mo>(</mo><mn>0</mn><mo>,</mo><mn>5</mn><mo>)</mo></mrow></math>"
    with pytest.raises(ValueError, match=r"\(0, 5\) has no value"):
        evaluate(pair)
    pytest.importorskip("typst", reason="set by Typst: install convcost[worksheet]")
    (page, *_) = read(asked(Message("padding {p}", p=pair)).render("pdf"))
    assert re.search(r"padding \(0, ?5\)", page)


def filled(lines, *, questions=1):
    table = Grid((Message("head"),), tuple((Num(n),) for n in range(lines)))
    prompt = (
        Message("the caption"),
        table,
        Message("what stands behind"),
        Listing((Message("alpha"), Message("omega"))),
    )
    return handmade("Week 9", 9, [question(prompt, ONE) for _ in range(questions)])


def begins_and_ends(sheet, paper):
    """The pages on which questions begin and on which their blanks are, in the first variant."""
    pages = read(sheet.render("pdf", paper=paper))
    pages = pages[: len(pages) // 2]
    begins = [n for n, page in enumerate(pages) for _ in re.findall(r"^\d\. .*\(3 points\)", page, re.MULTILINE)]
    ends = [n for n, page in enumerate(pages) for _ in re.findall("MACs: ", page)]
    captions = [n for n, page in enumerate(pages) for _ in re.findall("the caption", page)]
    heads = [n for n, page in enumerate(pages) for _ in re.findall(r"^head", page, re.MULTILINE)]
    assert captions == heads == begins
    return begins, ends


@pytest.mark.parametrize("paper", ["a4", "letter"])
@pytest.mark.parametrize("lines", [4, 9, 14])
def test_where_pages_end(lines, paper):
    pytest.importorskip("typst", reason="set by Typst: install convcost[worksheet]")
    begins, ends = begins_and_ends(filled(lines, questions=5), paper)
    assert len(begins) == len(ends) == 5
    # The last one fits on a page and is not torn.
    assert begins[-1] == ends[-1]
    listed = ("alpha", "omega", "MACs: ")
    for page in read(filled(lines, questions=5).render("pdf", paper=paper)):
        # Blanks stand with the part before them.
        assert len({len(re.findall(rf"(?m)^.*{told}", page)) for told in listed}) == 1
