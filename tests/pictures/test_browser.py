"""Pictures in a real browser: texts measured by it fit their boxes, in every font that a reader may have."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from convcost import Concat, Conv, Pool, cost, networks
from convcost.pictures import diagram, layout, svg

playwright = pytest.importorskip("playwright.sync_api", reason="measuring needs playwright")
CHROMIUM = next((path for path in ("/usr/bin/chromium", "/usr/bin/google-chrome") if Path(path).exists()), None)
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium on this machine")
QUIET = """--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking
--disable-component-update --disable-sync""".split()

#: Every text of a picture that reaches over the rectangle in its group, or over the picture's edge; with the pixels.
OVERFLOWS = """() => [...document.querySelectorAll('text')].flatMap(text => {
  const group = text.closest('g[id]');
  const frame = group ? group.querySelector('rect').getBBox() : null;
  const [a, svg] = [text.getBBox(), text.ownerSVGElement.viewBox.baseVal];
  const shift = text.getCTM().e;
  const over = frame ? Math.max(frame.x - a.x, a.x + a.width - frame.x - frame.width)
                     : Math.max(-a.x - shift, a.x + a.width + shift - svg.width);
  return over > 0 ? [[text.textContent, Math.ceil(over)]] : [];
})"""


@pytest.fixture(scope="module")
def browser():
    with playwright.sync_playwright() as started:
        opened = started.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield opened
        opened.close()


@pytest.fixture
def shown(browser):
    """Opens a picture in a page of its own."""
    pages = []

    def show(source, scheme="light"):
        page = browser.new_page(color_scheme=scheme)
        pages.append(page)
        page.set_content(f"<!doctype html><body style='margin:0'>{source}")
        return page

    yield show
    for page in pages:
        page.close()


def pictures(lang):
    names = [
        "a very long name of a layer, longer than its box",
        "一个很长的卷积层名称",
        "WWWWWWWWMMMMMM@@@@%%%%",
        "x<&y>",
    ]
    odd = Concat(*(Conv(10**n, 3, padding=1, name=name) for n, name in enumerate(names, start=2)))
    blocks = [cost(odd >> Pool(2), (192, 28, 28))]
    blocks += [cost(networks.get(name), networks.entry(name).input) for name in ("googlenet", "resnet50")]
    return [svg(layout(diagram(each), lang), title="Ein Bild — 图") for each in blocks]


@pytest.mark.parametrize(
    ("font", "lang"),
    [("as it is", "en"), ("as it is", "zh"), ("DejaVu Sans", "en"), ("WenQuanYi Micro Hei", "zh")],
)
def test_texts_fit(shown, font, lang):
    for source in pictures(lang):
        if font != "as it is":
            source = re.sub('font-family="[^"]*"', f'font-family="{font}"', source)
        assert shown(source).evaluate(OVERFLOWS) == []


def test_an_overflow_is_measured(shown):
    """Control: the same texts in a wider font."""
    (source, *_) = pictures("en")
    found = shown(re.sub(' font-size="1[13]"', ' font-size="24"', source)).evaluate(OVERFLOWS)
    assert len(found) > 5


@pytest.mark.parametrize(("scheme", "paper"), [("light", "rgb(255, 255, 255)"), ("dark", "rgb(20, 23, 27)")])
def test_paper_follows_the_system(shown, scheme, paper):
    source = svg(layout(diagram(cost(Conv(16, 1), (192, 28, 28)))))
    page = shown(source, scheme)
    assert page.evaluate("getComputedStyle(document.querySelector('rect')).fill") == paper
    # Paper is white.
    page.emulate_media(media="print", color_scheme=scheme)
    assert page.evaluate("getComputedStyle(document.querySelector('rect')).fill") == "rgb(255, 255, 255)"


def test_the_browser_reads_it_as_a_file(shown, tmp_path):
    """As XML, which forgives nothing, and without asking the network for anything."""
    file = tmp_path / "block.svg"
    file.write_text(svg(layout(diagram(cost(Conv(16, 1, name="a&b<c"), (192, 28, 28))))), encoding="utf-8")
    page = shown("")
    asked, said = [], []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: said.append(message.text))
    page.goto(file.as_uri())
    assert page.evaluate("document.documentElement.tagName") == "svg"
    assert asked == [file.as_uri()] and said == []
