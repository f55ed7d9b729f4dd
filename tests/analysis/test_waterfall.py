"""The picture: an exact axis, cuts that are said, marks inside the page, and text that XML can hold."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from convcost.report.axis import MAX_CUTS, Axis
from convcost.report.waterfall import COLOURS, waterfall

SVG = "{http://www.w3.org/2000/svg}"
FAR = (("a", 1504878688), [("more", 6452320), ("less", -50176)], ("b", 1511280832))


def drawn(*bars, title="From a to b"):
    return ET.fromstring(waterfall(*bars, title=title))  # noqa: S314 (our own text)


def texts(root):
    return [element.text for element in root.iter(f"{SVG}text")]


def bars_of(root, kind):
    """The bars of a kind, the legend's square left out."""
    return [rect for rect in root.iter(f"{SVG}rect") if rect.get("fill") == COLOURS[kind]][1:]


def test_small_terms_between_large_totals():
    root = drawn(*FAR)
    words = " ".join(texts(root))
    assert "The axis is cut" in words
    for text in ("1,504,878,688", "+6,452,320", "-50,176", "1,511,280,832", "more", "less"):
        assert text in texts(root)
    (more,) = bars_of(root, "increase")
    (less,) = bars_of(root, "decrease")
    assert float(more.get("width")) > 200, "the terms are what the picture is about"
    assert float(less.get("width")) >= 2
    assert list(root.iter(f"{SVG}polygon")), "the cut is shown"


def test_a_scale_that_fits_is_not_cut():
    root = drawn(("a", 100), [("more", 30), ("less", -10)], ("b", 120))
    assert not list(root.iter(f"{SVG}polygon"))
    assert "Drawn to scale; the axis starts at zero." in texts(root)
    widths = [float(bar.get("width")) for bar in bars_of(root, "total")]
    assert widths[1] / widths[0] == pytest.approx(1.2, abs=0.01)
    (more,) = bars_of(root, "increase")
    assert float(more.get("width")) / widths[0] == pytest.approx(0.3, abs=0.01)


def test_levels_below_zero():
    root = drawn(("a", 5), [("less", -12)], ("b", -7))
    assert "Drawn to scale; zero is the darker line." in texts(root)


def test_for_those_who_do_not_see_it():
    root = drawn(*FAR)
    assert root.get("role") == "img"
    named = {element.get("id"): element.text for element in root if element.tag in (f"{SVG}title", f"{SVG}desc")}
    title, description = (named[key] for key in root.get("aria-labelledby").split())
    assert title == "From a to b"
    for text in ("a: 1,504,878,688", "more: +6,452,320", "less: -50,176", "b: 1,511,280,832", "The axis is cut"):
        assert text in description


def test_colours_differ_in_lightness_too():
    def lightness(colour):
        red, green, blue = (int(colour[at : at + 2], 16) for at in (1, 3, 5))
        return 299 * red + 587 * green + 114 * blue

    levels = [lightness(COLOURS[kind]) for kind in ("increase", "decrease")]
    assert abs(levels[0] - levels[1]) > 20_000
    assert "url(#" in waterfall(*FAR, title="t"), "a decrease is hatched as well"


HOSTILE = "a <b>&amp; \x00\x1b\ud800 卷积层的偏置 " + "x" * 200


def test_text_is_escaped_wrapped_and_inside():
    svg = waterfall((HOSTILE, 10), [(HOSTILE, 1)], (HOSTILE, 11), title=HOSTILE)
    assert svg.isprintable() or not re.search("[\x00-\x08\x0b-\x1f\ud800-\udfff]", svg)
    root = ET.fromstring(svg.encode())  # noqa: S314
    left = min(float(rect.get("x")) for rect in bars_of(root, "total"))
    for element in root.iter(f"{SVG}text"):
        # Ends at the left edge of the plot at the latest, and does not start before the page does.
        if element.get("text-anchor") == "end" and float(element.get("x")) < left:
            wide = sum(2 if ord(letter) > 0x2E80 else 1 for letter in element.text)
            assert float(element.get("x")) - 7.2 * wide > 0
    assert "".join(text for text in texts(root) if set(text) == {"x"})


def test_ids_differ_between_pictures_in_one_page():
    first, second = (re.findall(r'id="(\w+)"', waterfall(*FAR, title=title)) for title in "ab")
    assert not set(first) & set(second)
    assert waterfall(*FAR, title="a") == waterfall(*FAR, title="a"), "and the same picture is the same text"


@given(st.lists(st.integers(-(10**24), 10**24), max_size=9), st.integers(0, 10**24))
def test_every_mark_is_on_the_page(values, start):
    steps = [(f"step {number}", value) for number, value in enumerate(values)]
    root = drawn(("a", start), steps, ("b", start + sum(values)))
    width, height = float(root.get("width")), float(root.get("height"))
    for rect in root.iter(f"{SVG}rect"):
        x, y = float(rect.get("x", 0)), float(rect.get("y", 0))
        assert 0 <= x <= x + float(rect.get("width")) <= width
        assert 0 <= y <= y + float(rect.get("height")) <= height
    for element in root.iter(f"{SVG}text"):
        assert 0 < float(element.get("y")) < height
        assert 0 <= float(element.get("x")) <= width


@given(st.lists(st.integers(-(10**12), 10**12), min_size=1, max_size=8))
def test_an_axis_keeps_order_and_tells_levels_apart(levels):
    axis = Axis(levels, 0, 1000)
    places = [axis.x(level) for level in sorted({0, *levels})]
    assert places == sorted(places)
    assert len(axis.cuts) <= MAX_CUTS
    assert all(0 <= place <= 1000.001 for place in places)
    for low, high in axis.cuts:
        assert low < high
        assert not any(low < level < high for level in levels), "nothing ends inside a cut"
    ticks = axis.ticks(90)
    assert 0 in ticks
    assert all(not low < tick < high for tick in ticks for low, high in axis.cuts)
    assert all(axis.x(b) - axis.x(a) >= 89.9 for a, b in pairwise(ticks))
