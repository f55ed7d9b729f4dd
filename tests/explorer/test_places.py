"""Addresses that point to places of the page, and equations that fit on paper."""

from __future__ import annotations

import pytest

from convcost import explore, symbols
from tests.explorer.pairs import FLAGSHIP

C, H, W = symbols("C H W")
#: Equations that reach over the edge of their place.
CUT = """
() => [...document.querySelectorAll('.equation')].filter((each) => {
  const most = each.closest('.formula').getBoundingClientRect().right + 1;
  return [...each.children].some((part) => part.getBoundingClientRect().right > most);
}).map((each) => each.closest('.formula').querySelector('h3').textContent)
"""
A4 = {"width": 673, "height": 1000}
LETTERED = "Conv(K,k,stride=s,padding=p,groups=g)"


def test_the_skip_link_moves_the_focus_and_nothing_else(opened):
    page = opened(FLAGSHIP.page(), "#H=14&W=14")
    page.page.wait_for_timeout(600)
    before = page.page.evaluate("location.hash")
    page.page.keyboard.press("Tab")
    page.page.keyboard.press("Enter")
    page.page.wait_for_timeout(600)
    assert page.page.evaluate("document.activeElement.id") == "results-title"
    assert page.page.evaluate("location.hash") == before and "H=14" in before
    assert page.text("#remark") == "" and page.turn()[0]["macs"] == "30,105,600"
    assert page.complaints() == []


def test_an_address_may_point_to_a_place_of_the_page(opened):
    page = opened(FLAGSHIP.page(), "#layers-title")
    page.page.wait_for_timeout(600)
    assert page.text("#remark") == "" and page.turn()[0]["macs"] == "120,422,400"
    assert page.page.evaluate("location.hash") == "#layers-title"
    page.turn([1, "14", "field"], [2, "14", "field"])
    page.page.evaluate("location.hash = '#chart-title'")
    page.settle()
    assert page.text("#remark") == "" and page.turn()[0]["macs"] == "30,105,600"
    assert page.complaints() == []


@pytest.fixture
def lettered():
    return explore(LETTERED, f"Conv(r,1) >> {LETTERED}", (C, H, W), lang="en")


def for_paper(page):
    page.page.evaluate("dispatchEvent(new Event('beforeprint'))")
    page.page.emulate_media(media="print")
    page.page.set_viewport_size(A4)
    page.settle()


@pytest.mark.parametrize("size", ["28", "9" * 12])
def test_wide_equations_fit_on_paper(opened, lettered, size):
    page = opened(lettered, f"#C={size}&K={size}&r={size}", viewport={"width": 1280, "height": 900})
    for_paper(page)
    assert page.page.evaluate(CUT) == []
    sizes = page.page.evaluate(
        "[...document.querySelectorAll('.equation')].map((each) => parseFloat(getComputedStyle(each).fontSize))"
    )
    assert min(sizes) >= (8 if size == "28" else 4) and max(sizes) == 14, "only what is too wide is made smaller"
    assert page.complaints() == []


def test_control_a_cut_equation_is_noticed(opened, lettered):
    """Control: without its measure an equation is wider than the paper."""
    page = opened(lettered)
    page.page.emulate_media(media="print")
    page.page.set_viewport_size(A4)
    assert "MACs of B" in page.page.evaluate(CUT)
