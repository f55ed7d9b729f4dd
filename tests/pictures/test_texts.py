"""Mermaid and DOT: accepted by those who read them, and harmless whatever a name holds."""

from __future__ import annotations

import re
import shutil
import subprocess

import pytest
from hypothesis import given, settings

from convcost import Conv, cost, networks
from convcost.pictures import diagram, dot, mermaid
from convcost.pictures.textwidth import clean
from tests.pictures.networks import BLOCKS
from tests.pictures.test_svg import HOSTILE, parsed

SHAPE = (192, 28, 28)
NODE = re.compile(r'    (\w+)(\(\["|\(\("|\[")([^"<>&]*(?:<br/>[^"<>&]*)*)("\]\)|"\)\)|"\]):::s\d')
EDGE = re.compile(r'    (\w+) -->(?:\|"[^"<>&|]*"\|)? (\w+)')
CLASS = re.compile(r"    classDef s\d fill:#\w{6},stroke:#\w{6},color:#\w{6}")


def structure(text):
    """Nodes and edges of a flowchart; every line must be of a known form."""
    first, *lines = text.splitlines()
    assert first == "flowchart TD"
    nodes, edges = [], []
    for line in lines:
        if node := NODE.fullmatch(line):
            assert {'(["': '"])', '(("': '"))', '["': '"]'}[node[2]] == node[4]
            nodes.append(node[1])
        elif edge := EDGE.fullmatch(line):
            edges.append((edge[1], edge[2]))
        else:
            assert CLASS.fullmatch(line), line
    return nodes, edges


def test_mermaid_says_what_the_diagram_says():
    shown = diagram(cost(networks.get("googlenet"), (3, 224, 224)))
    nodes, edges = structure(mermaid(shown))
    assert nodes == [box.key for box in shown.boxes]
    assert edges == [(edge.source, edge.target) for edge in shown.edges]


@settings(max_examples=50, deadline=None)
@given(name=HOSTILE)
def test_names_do_not_break_mermaid(name):
    nodes, edges = structure(mermaid(diagram(cost(Conv(16, 1, name=name), SHAPE))))
    assert len(nodes) == 3 and len(edges) == 2


def test_a_broken_flowchart_is_seen():
    """Control."""
    good = mermaid(diagram(cost(Conv(16, 1), SHAPE)))
    for bad in (good.replace('"]', '""]'), good.replace("-->", "--"), good.replace("MACs", "<b>MACs")):
        with pytest.raises(AssertionError):
            structure(bad)


@settings(max_examples=50, deadline=None)
@given(title=HOSTILE)
def test_titles_do_not_break_mermaid(title):
    """Read by a reader of YAML up to the next ``---``, as Mermaid does; what follows is the same flowchart."""
    yaml = pytest.importorskip("yaml", reason="front matter is YAML")
    shown = diagram(cost(Conv(16, 1), SHAPE))
    text = mermaid(shown, title=title)
    if clean(title):
        _, front, text = re.split(r"^---\n", text, maxsplit=2, flags=re.MULTILINE)
        assert yaml.safe_load(front) == {"title": clean(title)} and "<" not in front
    assert text == mermaid(shown)


needs_dot = pytest.mark.skipif(shutil.which("dot") is None, reason="Graphviz' dot is not installed")


def drawn(text):
    """The SVG that Graphviz makes of it, and what it complains about."""
    done = subprocess.run(  # noqa: S603
        [shutil.which("dot"), "-Tsvg"], input=text.encode(), capture_output=True, timeout=60, check=False
    )
    return done.returncode, done.stdout, done.stderr


@needs_dot
@settings(max_examples=10, deadline=None)
@given(block=BLOCKS)
def test_graphviz_takes_it(block):
    shown = diagram(cost(block, (8, 12, 12)))
    code, picture, said = drawn(dot(shown))
    assert (code, said) == (0, b"")
    kinds = [group.get("class") for group in parsed(picture).iter("{http://www.w3.org/2000/svg}g")]
    assert kinds.count("node") == len(shown.boxes) and kinds.count("edge") == len(shown.edges)


@needs_dot
@settings(max_examples=12, deadline=None)
@given(name=HOSTILE)
def test_names_do_not_break_dot(name):
    code, picture, said = drawn(dot(diagram(cost(Conv(16, 1, name=name), SHAPE)), title=name))
    assert (code, said) == (0, b"")
    assert picture.count(b'class="node"') == 3


@needs_dot
def test_graphviz_would_complain():
    """Control."""
    assert drawn(dot(diagram(Conv(16, 1))).replace('"];', "];", 1))[0] != 0
