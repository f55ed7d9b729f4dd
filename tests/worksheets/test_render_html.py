"""HTML sheets, read by the parser of Python (and by our own proof-reader)."""

from __future__ import annotations

import base64
import re
from collections import Counter
from hashlib import sha256
from html.parser import HTMLParser
from xml.etree import ElementTree

import pytest

from convcost import verify
from convcost.worksheets import worksheet

from .handmade import HOSTILE, PICTURE, SECRETS, handmade, hostile

VOID = {"meta", "img", "wbr"}
TAGS = {
    "html", "head", "meta", "title", "style", "body", "div", "section", "h1", "h2", "p", "span", "ol", "ul", "li",
    "table", "thead", "tbody", "tr", "th", "td", "figure", "img", "code", "details", "summary", "wbr",
    "math", "mrow", "mi", "mn", "mo", "mtext", "msub", "msup", "msqrt", "mfrac", "mtable", "mtr", "mtd",
}  # fmt: skip


class Page(HTMLParser):
    """The tags of a page, balanced, with their attributes, and its text."""

    def __init__(self, page):
        super().__init__(convert_charrefs=True)
        self.tags, self.attributes, self.text, self.open = Counter(), [], [], []
        self.feed(page)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag, attrs):
        self.tags[tag] += 1
        self.attributes += [(tag, *attr) for attr in attrs]
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if self.open and self.open[-1] != "style":
            self.text.append(data)

    def handle_comment(self, data):
        raise AssertionError("a comment")

    handle_pi = unknown_decl = handle_comment


@pytest.mark.parametrize("key", [False, True])
def test_structure(key):
    page = Page(handmade().render("html", key=key))
    assert set(page.tags) <= TAGS
    assert page.tags["h1"] == 2 and page.tags["h2"] == 6 and page.tags["table"] == page.tags["img"] == 2
    assert page.tags["details"] == page.tags["summary"] == (12 if key else 0)
    assert {tag: value for tag, name, value in page.attributes if name == "lang"} == {"html": "en", "div": "en"}
    alternatives = [value for tag, name, value in page.attributes if name == "alt"]
    assert alternatives == ["a convolution"] * 2
    drawn = [value for tag, name, value in page.attributes if name == "src"]
    assert {base64.b64decode(value.partition(",")[2]).decode() for value in drawn} == {PICTURE}


def test_nothing_is_loaded_and_nothing_runs():
    page = handmade().render("html", key=True)
    (policy,) = re.findall(r'Content-Security-Policy" content="([^"]*)"', page)
    (css,) = re.findall(r"<style>(.*?)</style>", page, re.DOTALL)
    digest = base64.b64encode(sha256(css.encode()).digest()).decode()
    assert policy.startswith(f"default-src 'none'; style-src 'sha256-{digest}'; img-src data:;")
    assert not re.search(r"<script|<link|@import|url\(|https?:| style=| on\w+=", page)


@pytest.mark.parametrize("key", [False, True])
def test_formulas_are_well_formed(key):
    formulas = re.findall(r"<math.*?</math>", handmade().render("html", key=key), re.DOTALL)
    assert len(formulas) >= 4
    for formula in formulas:
        tree = ElementTree.fromstring(formula)  # noqa: S314 (our own markup)
        children = {"mfrac": 2, "msub": 2, "msup": 2}
        assert all(len(node) == children[node.tag] for node in tree.iter() if node.tag in children)


def test_the_fragment_is_the_page_without_its_head():
    fragment = handmade().render("html-fragment")
    assert fragment.startswith("<style>") and set(Page(fragment).tags) <= TAGS - {
        "html",
        "head",
        "meta",
        "title",
        "body",
    }
    assert handmade()._repr_html_() == fragment
    assert not any(secret in fragment for secret in SECRETS)
    # Nothing outside of the sheet is given another look.
    css = re.sub(r"@media[^{]*\{", "", fragment[7 : fragment.index("</style>")])
    selectors = [one.strip() for rule in re.findall(r"([^{}]+)\{", css) for one in rule.split(",")]
    assert all(selector.startswith(".worksheet") for selector in selectors)


@pytest.mark.parametrize("fmt", ["html", "html-fragment"])
@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_is_text(text, fmt):
    page, calm = (Page(hostile(one).render(fmt, key=True)) for one in (text, "calm"))
    lines = ("mtr", "mtd", "mtable", "mrow", "mo", "msub", "mi", "mtext", "mn")
    for tag in (set(page.tags) | set(calm.tags)) - set(lines):
        assert page.tags[tag] == calm.tags[tag], tag
    assert {(tag, name) for tag, name, _ in page.attributes} - {("mtd", "class"), ("mtable", "displaystyle")} == {
        (tag, name) for tag, name, _ in calm.attributes
    }
    seen = " ".join("".join(page.text).split())
    assert " ".join(re.sub("[\x00-\x08\x0e-\x1f\u202e\u2066]", "", text).split()) in seen


def test_the_reader_would_notice():
    """Control: what is not escaped is seen as a tag."""
    assert "img" in Page(f"<p>{HOSTILE[1]}</p>").tags and "script" in Page("<script>alert(1)</script>").tags


@pytest.mark.parametrize("level", [1, 2, 3])
def test_the_key_passes_our_own_proof_reader(level):
    sheet = worksheet(["output-shape", "params", "macs"], seed=level, count=6, level=level, variants=2)
    key = sheet.render("html", key=True)
    claims = verify(key, kind="html")
    assert {claim.verdict for claim in claims} == {"holds"} and len(claims) >= 12
    # Control: a digit changed in a result.
    results = re.findall(r"<mo>=</mo><mn>([\d,]*)</mn></mrow></math>", key)
    slipped = results[0][:-1] + str((int(results[0][-1]) + 1) % 10)
    wrong = key.replace(f"<mo>=</mo><mn>{results[0]}</mn></mrow></math>", f"<mo>=</mo><mn>{slipped}</mn></mrow></math>")
    assert {claim.verdict for claim in verify(wrong, kind="html")} != {"holds"}


@pytest.mark.parametrize(("paper", "size"), [("a4", "A4"), ("letter", "letter")])
def test_paper(paper, size):
    assert f"@page {{ size: {size};" in handmade().render("html", paper=paper)
