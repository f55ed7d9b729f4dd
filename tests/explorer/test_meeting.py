"""Where both blocks cost the same: its line in the chart, and what is said where it lies outside."""

from __future__ import annotations

import re
from fractions import Fraction

import pytest

from tests.explorer.pairs import FLAGSHIP

#: Where the drawn curves cross, and where the dotted line stands.
DRAWN = """
() => {
  const [a, b] = [0, 1].map((block) => document.querySelector(`#chart .line.block-${block}`)
    .getAttribute('points').split(' ').map((point) => point.split(',').map(Number)));
  const after = a.findIndex(([, top], i) => i && (top - b[i][1]) * (a[0][1] - b[0][1]) < 0);
  const line = document.querySelector('#chart line.meeting');
  return { low: a[after - 1][0], high: a[after][0], line: Number(line.getAttribute('x1')),
    name: document.querySelector('#chart .meeting-name').textContent };
}
"""


def meeting(channels: int, out: int) -> Fraction:
    """``5·5·C·K = r·(C + 5·5·K)``, solved by hand."""
    return Fraction(25 * channels * out, channels + 25 * out)


@pytest.mark.parametrize(
    ("channels", "out", "width"), [(192, 32, 16), (10**6, 10**6, 3 * 10**6), (10**12, 10**9, 10**12)]
)
def test_the_line_stands_where_the_curves_cross(opened, channels, out, width):
    page = opened(FLAGSHIP.page(), f"#C={channels}&K={out}&H=28&W=28&r={width}")
    drawn = page.page.evaluate(DRAWN)
    assert drawn["low"] - 1 <= drawn["line"] <= drawn["high"] + 1
    assert f"{float(meeting(channels, out)):,.3f}"[:-1] in drawn["name"]


def test_a_meeting_outside_the_picture_is_told(opened):
    page = opened(FLAGSHIP.page(), "#C=100000&K=100000&r=16")
    assert f"{float(meeting(10**5, 10**5)):,.4f}" == "96,153.8462"
    assert page.text("#chart-summary").endswith("They meet at r ≈ 96,153.8462, outside the picture.")
    assert page.page.get_attribute("#chart svg", "aria-label") == page.text("#chart-summary")
    assert page.text("#chart .meeting-name") == "r ≈ 96,153.8462 →"
    assert page.page.locator("#chart line.meeting").count() == 0
    page.page.select_option("#chart-cost", "params")
    page.settle()
    assert "outside" not in page.text("#chart-summary"), "what meets are the MACs"
    assert page.complaints() == []


def test_control_a_meeting_inside_the_picture_is_not_told_as_outside(opened):
    """Control: the line is drawn, and nothing points away."""
    page = opened(FLAGSHIP.page(), "#r=16")
    assert "outside" not in page.text("#chart-summary")
    assert re.fullmatch(r"r ≈ 154\.8387", page.text("#chart .meeting-name"))
    assert page.page.locator("#chart line.meeting").count() == 1
