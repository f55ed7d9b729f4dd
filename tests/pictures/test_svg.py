"""The SVG text: well formed for another reader, the same bytes again, harmless whatever a name holds."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from convcost import Concat, Conv, Graph, Pool, SpecError, Unknown, cost, draw, networks, symbols
from convcost.pictures import diagram, layout, svg
from convcost.pictures.shades import INK, PAPER, QUIET, SHADES
from tests.pictures.networks import BLOCKS

SHAPE = (192, 28, 28)
PAIR = Conv(16, 1) >> Conv(32, 5, padding=2)
NS = "{http://www.w3.org/2000/svg}"


def picture(block=PAIR, shape=SHAPE, **options):
    return svg(layout(diagram(cost(block, shape))), **options)


def parsed(source):
    """Read by another reader; it is our own text, so nothing in it is hostile to a parser."""
    return ElementTree.fromstring(source)  # noqa: S314


def texts(source):
    return [element.text for element in parsed(source).iter(f"{NS}text")]


@settings(max_examples=20, deadline=None)
@given(block=BLOCKS)
def test_another_reader_takes_it(block):
    source = picture(block, (8, 12, 12))
    root = parsed(source)
    assert root.tag == f"{NS}svg" and root.get("role") == "img"
    # Everything that is drawn is of these kinds: no script, no image, nothing from elsewhere.
    kinds = {element.tag.removeprefix(NS) for element in root.iter()}
    assert kinds <= {"svg", "title", "desc", "style", "g", "rect", "text", "path", "polygon"}
    assert "http" not in source.replace("http://www.w3.org/2000/svg", "")


def test_the_numbers_are_exact_and_separated():
    shown = texts(picture())
    assert {"2,408,448 MACs", "3,088 params", "10,035,200 MACs", "12,832 params", "192×28×28"} <= set(shown)
    assert "total: 12,443,648 MACs, 15,920 params" in shown


def test_huge_numbers_are_short_in_the_box_and_exact_in_the_tooltip():
    counted = cost(Conv(10**9, 1), (10**9, 10**9, 10**9))
    source = svg(layout(diagram(counted)))
    assert f"{10**36:,}" in source
    assert max(len(text) for text in texts(source) if "MACs" in text and "total" not in text) < 40


def test_the_same_bytes_again():
    assert picture() == picture()
    again = networks.get("inception_v3")
    assert picture(again, (3, 299, 299)) == picture(again, (3, 299, 299))


def test_screen_readers_hear_it():
    root = parsed(picture(title="Two convolutions", prefix="a-"))
    label = root.get("aria-labelledby").split()
    said = {element.get("id"): element.text for element in root if element.get("id")}
    assert label == ["a-title", "a-desc"] and said["a-title"] == "Two convolutions"
    assert said["a-desc"].startswith("Input; Conv 1×1, 16 2,408,448 MACs 3,088 params; Conv 5×5, 32")


def test_tooltips_tell_what_is_in_a_box():
    tips = [element.find(f"{NS}title").text for element in parsed(picture()).iter(f"{NS}g") if element.get("id")]
    assert tips[2] == ("conv2\nconv2: Conv(32, 5, padding=2)\n10,035,200 MACs (80.6 %)\n12,832 params\n→ 32×28×28")


# -- hostile texts -------------------------------------------------------------------------------------------------

HOSTILE = st.text(
    st.one_of(st.sampled_from("<>&\"'`;#{}[]()|\\\n\r\t\x00\x1b\u202e\u2028]]>-"), st.characters()),
    min_size=1,
    max_size=60,
).filter(lambda text: "/" not in text)


@settings(max_examples=50, deadline=None)
@given(name=HOSTILE, title=HOSTILE)
def test_hostile_names_are_harmless(name, title):
    counted = cost(Conv(16, 1, name=name) >> Conv(8, 1), (8, 4, 4))
    source = svg(layout(diagram(counted)), title=title, live=True)
    kinds = [element.tag.removeprefix(NS) for element in parsed(source).iter()]
    # A name and a title are a line each, or none where nothing can be shown of them.
    assert PLAIN - 2 <= len(kinds) <= PLAIN
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f\u202a-\u202e\u2066-\u2069]", source)


#: Elements of the same picture with an ordinary name and title.
PLAIN = sum(
    1
    for _ in parsed(
        svg(layout(diagram(cost(Conv(16, 1, name="n") >> Conv(8, 1), (8, 4, 4)))), title="t", live=True)
    ).iter()
)


@pytest.mark.parametrize("name", ["</text><script>alert(1)<", "]]>", "a" * 50_000, "<!--", "&lt;&#0;"])
def test_hostile_examples(name):
    name = name.replace("/", "")
    source = picture(Conv(16, 1, name=name))
    parsed(source)
    assert "<script" not in source and len(source) < 60_000


def test_a_hostile_operator_and_lone_surrogates():
    counted = cost(Unknown("</title><b>\ud800"), SHAPE)
    source = svg(layout(diagram(counted)), title="\ud800")
    parsed(source.encode("utf-8"))


@pytest.mark.parametrize("prefix", ['"', "a b", "<", "é"])
def test_a_prefix_cannot_break_out(prefix):
    with pytest.raises(SpecError, match="prefix"):
        picture(prefix=prefix)


# -- for pages -----------------------------------------------------------------------------------------------------


def test_two_pictures_in_a_page_share_no_name():
    first, second = picture(prefix="a-"), picture(prefix="b-")
    ids = [set(re.findall(r' id="([^"]*)"', each)) for each in (first, second)]
    classes = [set(" ".join(re.findall(r' class="([^"]*)"', each)).split()) for each in (first, second)]
    assert ids[0] and classes[0] and not ids[0] & ids[1] and not classes[0] & classes[1]


def test_live_numbers_can_be_found():
    root = parsed(picture(live=True))
    found = {
        (element.get("data-box"), element.get("data-field")): element.text
        for element in root.iter(f"{NS}text")
        if element.get("data-box")
    }
    assert found["b1", "macs"] == "10,035,200 MACs" and found["b1", "params"] == "12,832 params"
    assert found["in0", "shape"] == "192×28×28" and found["total", "total"].startswith("total: 12,443,648")
    assert "data-" not in picture()


def test_shades_follow_the_share():
    root = parsed(picture())
    fills = [group.find(f"{NS}rect").get("fill") for group in root.iter(f"{NS}g") if group.get("id")]
    # 19.4 % and 80.6 %.
    assert fills == [SHADES[0].light, SHADES[3].light, SHADES[5].light, SHADES[0].light]
    assert "5–20 %" in texts(picture()) and "≥ 50 %" in texts(picture())


def test_closed_forms_are_told_on_neutral_boxes():
    H, W, C, r, K = symbols("H W C r K")
    source = picture(Conv(r, 1) >> Conv(K, 5, padding=2), (C, H, W))
    assert "total: H·W·r·(C + 25·K) MACs, C·r + 25·K·r + K + r params" in texts(source)
    assert set(re.findall(r'<rect class="(s\d)', source)) == {"s0"}


def test_what_is_assumed_is_told():
    h = symbols("h")
    block = Concat(Pool(2) >> Conv(8, 1), Conv(8, 3, stride=2, padding=1))
    source = picture(block, (3, h, h))
    assert any(text.startswith("assumes ") for text in texts(source))


def test_chinese(monkeypatch):
    """Every word of a picture goes through the catalogue."""
    from convcost import messages

    class Shouting:
        @staticmethod
        def gettext(text):
            return f"«{text}»"

    monkeypatch.setattr(messages, "catalogue", lambda language: Shouting)
    counted = cost(networks.get("googlenet"), (3, 224, 224), 2)
    for text in texts(svg(layout(diagram(counted), "zh"))):
        assert "«" in text or not re.search(r"Input|Output|layers|total|share|batch|params|MACs", text), text


def test_another_language_than_the_layouts():
    placed = layout(diagram(cost(PAIR, SHAPE)))
    assert svg(placed, lang="zh") == svg(layout(placed.diagram, "zh"))


# -- colours -------------------------------------------------------------------------------------------------------


def luminance(colour):
    """Relative luminance; source: WCAG 2.2."""
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one, other):
    bright, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (bright + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("dark", [0, 1])
def test_text_can_be_read_on_every_shade(dark):
    fills = [shade[1 + dark] for shade in SHADES]
    assert min(contrast(INK[dark], fill) for fill in fills) >= 4.5
    # The name of a layer stands in a box of any shade.
    assert min(contrast(QUIET[dark], fill) for fill in fills[:4]) >= 4.5
    assert contrast(QUIET[dark], PAPER[dark]) >= 4.5


@pytest.mark.parametrize("dark", [0, 1])
def test_shades_differ_in_grey(dark):
    """Printed without colours each step is still darker than the one before (lighter on dark paper)."""
    levels = [luminance(shade[1 + dark]) for shade in SHADES]
    assert levels == sorted(levels, reverse=not dark)
    assert all(contrast(one[1 + dark], other[1 + dark]) > 1.08 for one, other in pairwise(SHADES))


def test_contrast_is_measured():
    """Control: black on white is 21, and grey on blue is not enough."""
    assert round(contrast("#000000", "#ffffff")) == 21
    assert contrast(QUIET[0], SHADES[5].light) < 4.5


def test_light_stands_at_the_marks_and_dark_in_the_style():
    source = picture()
    assert f'fill="{PAPER[0]}"' in source and f'fill="{PAPER[1]}"' not in source
    assert "prefers-color-scheme:dark" in source and PAPER[1] in source
    assert "<style>" not in picture(theme="light") and f'fill="{PAPER[1]}"' in picture(theme="dark")


@pytest.mark.parametrize("options", [{"theme": "sepia"}, {"lang": "xx"}])
def test_options_are_checked(options):
    with pytest.raises(SpecError):
        picture(**options)


# -- the public call, and notebooks --------------------------------------------------------------------------------


def test_draw_takes_whatever_there_is():
    counted = cost(PAIR, SHAPE)
    assert draw(counted) == draw(PAIR, SHAPE) == draw(repr(PAIR), SHAPE) == picture()
    assert draw(PAIR, SHAPE, "mermaid").startswith("flowchart") and draw(PAIR, fmt="dot").startswith("digraph")
    with pytest.raises(SpecError, match="format"):
        draw(PAIR, SHAPE, "png")
    with pytest.raises(SpecError, match="language"):
        draw(PAIR, SHAPE, "dot", lang="xx")


def test_notebooks_show_the_structure():
    graph = Graph()
    graph.output(graph.add(PAIR, graph.input()))
    for shown in (PAIR, graph):
        source = shown._repr_svg_()
        assert "Conv 5×5, 32" in texts(source) and not any("MACs" in text for text in texts(source))
    assert Graph()._repr_svg_() is None


def test_typst_prints_it():
    """It reads no media queries, so that paper shows the light look; and it complains about nothing."""
    typst = pytest.importorskip("typst", reason="printing needs convcost[worksheet]")
    pages = []
    for theme in ("auto", "light"):
        page = (
            f'#set page(width: auto, height: auto)\n#image(bytes({_typst_text(picture(theme=theme))}), format: "svg")'
        )
        printed, warnings = typst.compile_with_warnings(page.encode(), format="png", ppi=72)
        assert not warnings
        pages.append(printed)
    assert pages[0] == pages[1]


def _typst_text(text):
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def test_integers_are_drawn_without_sympy():
    heavy = "{'sympy', 'numpy', 'torch'}"
    code = f"import sys, convcost as c; c.draw(c.Conv(8, 1), (3, 4, 4)); print(*{heavy} & {{*sys.modules}})"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)  # noqa: S603
    assert done.stdout.strip() == ""


def test_the_same_bytes_in_every_process():
    """Nothing hangs on the order of a set: meshes, symbols and folded networks, in processes that hash otherwise."""
    code = """
from convcost import Concat, Conv, Graph, cost, draw, networks, symbols
graph, C = Graph(), symbols("C")
values = [graph.input()]
for turn in range(9):
    sources = sorted({values[-1], values[turn // 2], values[max(0, turn - 3)]})
    values.append(graph.add(Concat() if len(sources) > 1 else Conv(8, 1), *sources))
graph.output(values[-1])
for source in (cost(graph, (8, 4, 4)), cost(graph, (C, 4, 4)), networks.get("inception_v3")):
    print(*(draw(source, None, fmt) for fmt in ("svg", "mermaid", "dot")))
"""

    def drawn(seed):
        environment = {**os.environ, "PYTHONHASHSEED": seed}
        run = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, env=environment)  # noqa: S603
        return run.stdout

    assert drawn("1") == drawn("2") and len(drawn("1")) > 10_000
