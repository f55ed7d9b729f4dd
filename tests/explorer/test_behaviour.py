"""What people do with a page: type nonsense, use the keyboard, pass links on, read it in the dark, on paper."""

from __future__ import annotations

import re

import pytest

from convcost import Conv, Unknown, explore, symbols
from tests.explorer.browser import data_of
from tests.explorer.pairs import CASES, FLAGSHIP

C, H, W = symbols("C H W")
PHONE = {"viewport": {"width": 360, "height": 740}}


# -- nothing from outside -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["flagship", "networks"])
def test_a_page_asks_for_nothing(opened, name):
    page = opened(CASES[name].page(language="zh"))
    page.page.click("#language")
    page.page.click("#copy")
    page.page.select_option("#chart-cost", "params")
    page.settle()
    page.page.wait_for_timeout(600)
    assert page.complaints() == []


@pytest.mark.parametrize(
    "foreign",
    [
        '<img src="http://127.0.0.1:9/x.png">',
        "<script>window.foreign = 1</script>",
        '<p style="color: red">x</p>',
        '<link rel="stylesheet" href="http://127.0.0.1:9/x.css">',
        '<p id="clicked" onclick="window.foreign = 1">x</p>',
    ],
)
def test_control_foreign_things_are_noticed(opened, foreign):
    """Control: what a page must not hold is both kept out by its policy and noticed."""
    page = opened(FLAGSHIP.page().replace("<footer>", f"{foreign}<footer>"))
    if "clicked" in foreign:
        page.page.locator("#clicked").dispatch_event("click")
    page.page.wait_for_timeout(200)
    assert page.complaints()
    assert page.page.evaluate("window.foreign") is None


# -- fields -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("", "Type a whole number"),
        ("0", "zero"),
        ("000", "zero"),
        ("-3", "negative"),
        ("2.5", "no whole number"),
        ("1e3", "no whole number"),
        ("28,000", "no whole number"),
        ("٣", "no whole number"),
        ("0x10", "no whole number"),
        ("9" * 31, "At most 30 digits"),
    ],
)
def test_what_is_no_size_is_refused_and_not_mended(opened, text, complaint):
    page = opened(FLAGSHIP.page())
    told = page.turn([1, text, "field"])
    assert page.saved("#field-1") == text
    assert page.page.get_attribute("#field-1", "aria-invalid") == "true"
    assert complaint in page.text("#complaint-1")
    assert all(block["macs"] == "–" and "H is not set" in block["trouble"] for block in told[:2])
    assert "H is not set" in told[2]["summary"]
    again = page.turn([1, "28", "field"])
    assert again[0]["macs"] == "120,422,400" and page.text("#complaint-1") == ""
    assert page.page.get_attribute("#field-1", "aria-invalid") == "false"


def test_leading_zeros_and_blanks_are_no_mistake(opened):
    assert opened(FLAGSHIP.page()).turn([1, " 028 ", "field"])[0]["macs"] == "120,422,400"


def test_a_broken_assumption_is_told_at_its_place(opened):
    text = CASES["halves"].page()
    names = [dial["name"] for dial in data_of(text)["dials"]]
    page = opened(text)
    told = page.turn([names.index("H"), "9", "field"], [names.index("C"), "8", "field"])
    assert "H mod 2 = 0" in told[0]["trouble"] and told[0]["macs"] == "–"
    broken = page.page.locator(".broken").all_text_contents()
    assert any("H mod 2 = 0" in item and "does not hold" in item for item in broken)


# -- links --------------------------------------------------------------------------------------------------------


def test_a_link_restores_the_state(opened, browser):
    text = FLAGSHIP.page()
    page = opened(text)
    page.turn([0, "123456789012345678901", "field"], [4, "33", "slider"])
    page.page.select_option("#chart-size", "1")
    page.page.select_option("#chart-cost", "params")
    page.page.click("#language")
    page.page.wait_for_timeout(700)
    link = page.page.evaluate("location.hash")
    assert "C=123456789012345678901" in link and "r=33" in link
    before = page.turn()
    fresh = opened(text, link)
    assert fresh.turn() == before
    assert fresh.saved("#chart-size") == "1" and fresh.saved("#chart-cost") == "params"
    assert fresh.page.evaluate("document.documentElement.lang") == "zh-Hans"
    assert page.complaints() == fresh.complaints() == []


def test_the_button_gives_the_link(opened):
    page = opened(FLAGSHIP.page(), "#H=14")
    page.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.page.click("#copy")
    page.page.wait_for_function("document.getElementById('copied').textContent !== ''")
    if page.page.is_visible("#link"):
        assert "H=14" in page.saved("#link")
    else:
        assert "H=14" in page.page.evaluate("navigator.clipboard.readText()")


@pytest.mark.parametrize(
    ("fragment", "ignored"),
    [
        ("#<img src=x onerror=window.foreign=1>=3", "<img src"),
        ("#%3Cimg%20src%3Dx%20onerror%3Dwindow.foreign%3D1%3E", "<img src=x onerror=window.foreign=1>"),
        ("#__proto__=1&constructor=2&toString=3", "__proto__, constructor, toString"),
        ("#.lang=__proto__&.x=nothing&.y=constructor", ".lang, .x, .y"),
        ("#H=%E0%A4%A", "H"),
        ("#H=28&H=29", "H"),
        ("#nothing", "nothing"),
        ("#H=" + "9" * 5000, "H"),
        ("#" + "&".join(f"k{n}=1" for n in range(3000)), "k0, k1, k2"),
    ],
)
def test_hostile_links_change_nothing_but_a_remark(opened, fragment, ignored):
    page = opened(FLAGSHIP.page(), fragment)
    told = page.turn()
    assert page.text("#remark").partition(": ")[2].startswith(ignored)
    assert page.page.locator("img, main script").count() == 0
    assert page.page.evaluate("window.foreign") is None
    assert told[0]["macs"] == "120,422,400"
    assert page.complaints() == []


def test_a_size_that_a_link_gets_wrong_is_shown_as_wrong(opened):
    page = opened(FLAGSHIP.page(), "#H=-5&r=8")
    assert page.saved("#field-1") == "-5" and "negative" in page.text("#complaint-1")
    assert page.saved("#field-4") == "8"


def test_markup_in_a_link_is_text_in_a_field(opened):
    page = opened(FLAGSHIP.page(), "#H=%3Cimg%20src%3Dx%20onerror%3Dalert(1)%3E")
    assert page.saved("#field-1") == "<img src=x onerror=alert(1)>"
    assert page.page.locator("img").count() == 0 and page.turn()[0]["macs"] == "–"
    assert page.complaints() == []


def test_a_new_link_in_the_same_tab_is_followed(opened):
    page = opened(FLAGSHIP.page())
    page.page.evaluate("location.hash = '#H=14&W=14'")
    page.page.wait_for_function("document.getElementById('field-1').value === '14'")
    assert page.turn()[0]["macs"] == "30,105,600"


# -- hostile texts ------------------------------------------------------------------------------------------------

HOSTILE = "</title></script><script>window.foreign=1</script><img src=x onerror=window.foreign=1>\"'&amp;$style{macs}"


def test_hostile_titles_and_names_are_text(opened):
    blocks = (
        Conv(8, 1).named(HOSTILE.replace("/", "|")),
        Conv(8, 3, padding=1).named("<b>${t_macs}</b>".replace("/", "|")),
    )
    page = opened(explore(*blocks, (C, H, W), title=HOSTILE, lang="en", names=(HOSTILE, "]]>--><!--")))
    assert page.text("h1") == HOSTILE and page.page.title() == HOSTILE
    assert page.text(".pair code") == HOSTILE
    assert page.page.locator("img, h1 *, .pair code *, .path *").count() == 0
    assert page.page.evaluate("window.foreign") is None
    page.turn([0, "12", "field"])
    page.page.click("#language")
    page.settle()
    assert page.text("h1") == HOSTILE
    assert page.complaints() == []


def test_hostile_symbols_are_names(opened):
    odd, worse = symbols("<i>x"), symbols("__proto__")
    text = explore(Conv(odd, 1), Conv(worse, 1), (C, 4, 4), lang="en")
    names = [dial["name"] for dial in data_of(text)["dials"]]
    page = opened(text)
    told = page.turn([names.index("<i>x"), "3", "field"], [names.index("__proto__"), "5", "field"], [0, "7", "field"])
    assert [block["macs"] for block in told[:2]] == [str(16 * 7 * 3), str(16 * 7 * 5)]
    page.page.wait_for_timeout(700)
    fresh = opened(text, page.page.evaluate("location.hash"))
    assert fresh.turn() == told and fresh.text("#remark") == ""
    assert page.page.locator("label i i, option i").count() == 0
    assert page.complaints() == fresh.complaints() == []


# -- keyboard and screen readers ----------------------------------------------------------------------------------


def focused(page):
    return page.page.evaluate(
        "document.activeElement.id || document.activeElement.className || document.activeElement.tagName"
    )


def test_the_keyboard_alone_does_everything(opened):
    page = opened(FLAGSHIP.page())
    keys = page.page.keyboard
    order = []
    for _ in range(18):
        keys.press("Tab")
        order.append(focused(page))
    places = [order.index(f"{kind}-{n}") for n in range(5) for kind in ("field", "slider")]
    assert order[:2] == ["skip", "language"] and places == sorted(places)
    assert order.index("slider-4") < order.index("reset") < order.index("copy") < order.index("chart-cost")
    page.page.focus("#slider-4")
    keys.press("ArrowRight")
    page.settle()
    assert page.saved("#field-4") == "17"
    assert page.page.get_attribute("#slider-4", "aria-valuetext") == "17"
    page.page.focus("#field-1")
    keys.press("Control+A")
    keys.type("14")
    page.settle()
    assert page.turn()[0]["macs"] == "60,211,200"
    page.page.focus("#chart-size")
    keys.press("Home")
    page.settle()
    assert page.saved("#chart-size") == "0"
    page.page.focus("#reset")
    keys.press("Enter")
    page.settle()
    assert page.turn()[1]["macs"] == "12,443,648"


def test_focus_can_be_seen(opened):
    page = opened(FLAGSHIP.page())
    for target in ("#language", "#field-0", "#slider-0", "#chart-size", ".scroll"):
        page.page.focus(target)
        page.page.keyboard.press("Shift")
        style = page.page.evaluate(
            """s => {
              const style = getComputedStyle(document.querySelector(s));
              return [style.outlineStyle, parseFloat(style.outlineWidth)];
            }""",
            target,
        )
        assert style[0] != "none" and style[1] >= 2, target


def test_results_are_spoken_once_things_settle(opened):
    page = opened(FLAGSHIP.page())
    assert page.page.get_attribute("#spoken", "aria-live") == "polite"
    for value in ("17", "18", "19"):
        page.turn([4, value, "slider"])
    page.page.wait_for_timeout(700)
    spoken = page.text("#spoken")
    assert "B: 14,776,832 MACs" in spoken and "A costs" in spoken


NAMELESS = """
() => {
  const texts = (elements) => elements.map((e) => e?.textContent || '').join('');
  const named = (e) => texts([...(e.labels || [])])
    + texts((e.getAttribute('aria-labelledby') || '').split(' ').map((id) => document.getElementById(id)))
    + (e.getAttribute('aria-label') || '')
    + (['BUTTON', 'SUMMARY'].includes(e.tagName) ? e.textContent : '');
  return [...document.querySelectorAll('input, select, button, [role=img], [role=region], svg, summary')]
    .filter((e) => !e.hidden && e.checkVisibility() && !named(e).trim()).map((e) => e.outerHTML.slice(0, 80));
}
"""
BROKEN = """
() => {
  const ids = [...document.querySelectorAll('[id]')].map((e) => e.id);
  const twice = ids.filter((id, i) => ids.indexOf(id) !== i);
  const pointing = ['for', 'aria-labelledby', 'aria-describedby'];
  const named = (e) => pointing.flatMap((name) => (e.getAttribute(name) || '').split(' ').filter(Boolean));
  const lost = [...document.querySelectorAll(pointing.map((name) => `[${name}]`).join())].flatMap(named)
    .filter((id) => !document.getElementById(id));
  const levels = [...document.querySelectorAll('h1, h2, h3')].map((h) => Number(h.tagName[1]));
  const jumps = levels.filter((level, i) => i && level > levels[i - 1] + 1);
  const single = ['h1', 'main'].filter((name) => document.querySelectorAll(name).length !== 1);
  return [...twice, ...lost, ...jumps, ...single];
}
"""


@pytest.mark.parametrize("name", ["flagship", "networks", "halves"])
def test_everything_has_a_name_and_ids_are_sound(opened, name):
    page = opened(CASES[name].page())
    assert page.page.evaluate(NAMELESS) == []
    assert page.page.evaluate(BROKEN) == []


def test_control_nameless_things_are_noticed(opened):
    """Control: a field without a label, and an id that stands twice."""
    page = opened(FLAGSHIP.page().replace("<footer>", '<input><p id="chart"></p><footer>'))
    assert page.page.evaluate(NAMELESS) == ["<input>"]
    assert page.page.evaluate(BROKEN) == ["chart"]


def test_charts_and_diagrams_are_told_in_words(opened):
    page = opened(FLAGSHIP.page(), "#r=32")
    page.settle()
    assert "B is cheaper from r = 1 to 154" in page.page.get_attribute("#chart svg", "aria-label")
    told = page.text('[data-picture="1"] .drawing:not([hidden]) desc')
    assert "4,816,896 MACs" in told and "192×28×28" not in told


def test_what_is_not_counted_is_told_and_has_no_ratio(opened):
    some, none = Conv(8, 1) >> Unknown("fft", (8, 8, 8)), Unknown("sort", (8, 8, 8))
    page = opened(explore(some, none, (C, 8, 8), lang="en"))
    told = page.turn([0, "5", "field"])
    assert page.text(".total.block-0 .big").startswith("≥ 2,560") and "fft" in page.text(".total.block-0 .note")
    assert told[1]["macs"] == "?" and "sort" in page.text(".total.block-1 .note")
    assert told[2]["macs"] == "–" and "nothing to draw" in told[2]["summary"]
    assert page.complaints() == []


# -- looks --------------------------------------------------------------------------------------------------------

CONTRAST = """
() => {
  const rgb = (text) => (text.match(/[\\d.]+/g) || []).map(Number);
  const lum = ([r, g, b]) => [r, g, b].map((v) => (v /= 255) <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
    .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
  const behind = (e) => {
    const box = e.closest('svg') && e.closest('g[data-box]')?.querySelector('rect:last-of-type');
    if (box) return rgb(getComputedStyle(box).fill);
    for (; e; e = e.parentElement) {
      const c = rgb(getComputedStyle(e).backgroundColor);
      if (c.length === 3 || c[3] > 0) return c;
    }
    return [255, 255, 255];
  };
  const low = new Set();
  for (const e of document.querySelectorAll('body *')) {
    const own = [...e.childNodes].some((n) => n.nodeType === 3 && n.textContent.trim());
    if (!own && !(e.tagName === 'INPUT' && e.type === 'text')) continue;
    if (/^(script|style|noscript|title|desc)$/i.test(e.tagName) || !e.checkVisibility()) continue;
    const style = getComputedStyle(e);
    const ink = rgb(e.closest('svg') ? style.fill : style.color);
    const [a, b] = [lum(ink), lum(behind(e))].sort((x, y) => y - x);
    const ratio = (a + 0.05) / (b + 0.05);
    if (ratio < 4.5) low.add(`${e.tagName}.${e.getAttribute('class')} ${ink} on ${behind(e)}: ${ratio.toFixed(2)}`);
  }
  return [...low];
}
"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(
    ("name", "fragment"), [("flagship", ""), ("halves", "#H=9&r=x"), ("halves", "#H=9"), ("networks", "")]
)
def test_contrast(opened, scheme, name, fragment):
    page = opened(CASES[name].page(), fragment, color_scheme=scheme)
    page.page.evaluate("document.querySelectorAll('details').forEach((d) => (d.open = true))")
    assert page.page.evaluate(CONTRAST) == []
    light = page.page.evaluate("getComputedStyle(document.documentElement).backgroundColor")
    assert (sum(map(int, re.findall(r"\d+", light))) > 380) == (scheme == "light")


def test_control_low_contrast_is_noticed(opened):
    """Control: pale text is noticed."""
    page = opened(FLAGSHIP.page())
    page.page.evaluate("document.querySelector('h1').style.color = '#999'")
    assert len(page.page.evaluate(CONTRAST)) == 1


WIDER = "() => [document.documentElement.scrollWidth, innerWidth]"


@pytest.mark.parametrize("name", CASES)
def test_a_phone_needs_no_scrolling_to_the_side(opened, name):
    page = opened(CASES[name].page(), **PHONE)
    page.page.evaluate("document.querySelectorAll('details').forEach((d) => (d.open = true))")
    for moves in ([], [[0, "9" * 30, "field"]]):
        page.turn(*moves)
        assert page.page.evaluate(WIDER) == [360, 360]
    page.page.click("#language")
    page.settle()
    assert page.page.evaluate(WIDER) == [360, 360]


def test_control_a_wide_page_is_noticed(opened):
    """Control: something wide makes the page wide."""
    page = opened(FLAGSHIP.page(), **PHONE)
    page.page.evaluate("document.querySelector('h1').style.width = '400px'")
    wide, window = page.page.evaluate(WIDER)
    assert wide > window


def test_nothing_moves_where_that_is_not_wanted(opened):
    still = opened(FLAGSHIP.page(), reduced_motion="reduce")
    moving = opened(FLAGSHIP.page(), reduced_motion="no-preference")
    ask = "getComputedStyle(document.querySelector('.measure span')).transitionDuration"
    assert still.page.evaluate(ask) == "0s" and moving.page.evaluate(ask) != "0s"


def test_paper_shows_the_numbers_and_no_buttons(opened):
    page = opened(FLAGSHIP.page(), color_scheme="dark")
    page.page.emulate_media(media="print", color_scheme="dark")
    assert not page.page.is_visible("#reset") and not page.page.is_visible("#slider-0")
    assert page.page.is_visible("#field-0") and page.page.is_visible(".total .big")
    assert page.page.evaluate("getComputedStyle(document.documentElement).backgroundColor") == "rgb(255, 255, 255)"
    assert page.page.evaluate(CONTRAST) == []


def test_the_language_can_be_changed(opened):
    page = opened(explore(lang="zh"))
    assert page.page.evaluate("document.documentElement.lang") == "zh-Hans"
    page.page.click("#language")
    page.settle()
    assert page.text("h1") == "What does a 1×1 bottleneck save?"
    assert page.page.evaluate("document.documentElement.lang") == "en"
    assert page.text("#language") == "中文"
    assert [page.page.locator(f'[data-language="{each}"]').first.is_visible() for each in ("en", "zh")] == [True, False]
