"""No layout has an overlap, a line through a box, or a text that is wider than its box."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from convcost import Add, Concat, Conv, Graph, Repeat, cost, networks, symbols
from convcost.pictures import diagram, layout
from tests.pictures.geometry import faults
from tests.pictures.networks import BLOCKS, graphs

SHAPE = (8, 12, 12)


@settings(max_examples=60, deadline=None)
@given(block=BLOCKS, merge=st.booleans(), fold=st.booleans(), lang=st.sampled_from(["en", "zh"]))
def test_series_and_branches(block, merge, fold, lang):
    shown = diagram(cost(block, SHAPE), merge=merge, fold=fold, max_boxes=8)
    assert faults(layout(shown, lang)) == []


@settings(max_examples=70, deadline=None)
@given(graph=graphs(), merge=st.booleans(), columns=st.sampled_from([None, 1, 2, 3]))
def test_any_graph(graph, merge, columns):
    counted = cost(graph, (SHAPE,) * graph.input_count)
    assert faults(layout(diagram(counted, merge=merge), columns=columns)) == []


@settings(max_examples=25, deadline=None)
@given(block=BLOCKS, columns=st.integers(2, 4))
def test_structure_alone_and_in_columns(block, columns):
    assert faults(layout(diagram(block), columns=columns)) == []


@pytest.mark.parametrize("fold", [True, False])
@pytest.mark.parametrize("name", networks.names())
def test_bundled_networks(name, fold):
    counted = cost(networks.get(name), networks.entry(name).input)
    assert faults(layout(diagram(counted, fold=fold))) == []


def test_symbols():
    H, W, C, r, K = symbols("H W C r K")
    counted = cost(Conv(r, 1) >> Conv(K, 5, padding=2), (C, H, W))
    assert faults(layout(diagram(counted))) == []


def test_a_long_chain_and_a_wide_mesh_are_laid_out():
    """2,000 nodes; a depth of the structure that would break a stack of calls."""
    chain = diagram(cost(Repeat(Conv(8, 1), 2000), SHAPE), fold=False)
    assert len(layout(chain).boxes) == 2002
    nested = Graph()
    values = [nested.input()]
    for _ in range(60):
        values.append(nested.add(Conv(8, 1), values[-1]))
    inner = values[-1]
    for value in values[-2::-1]:
        inner = nested.add(Add(), nested.add(Conv(8, 1), inner), value)
    nested.output(inner)
    assert faults(layout(diagram(cost(nested, SHAPE), fold=False), columns=1)) == []
    graph = Graph()
    values = [graph.input()]
    for number in range(2000):
        sources = {values[-1], values[number // 2], values[max(0, number - 7)]}
        values.append(graph.add(Concat() if len(sources) > 1 else Conv(8, 1), *sorted(sources)))
    graph.output(values[-1])
    assert len(layout(diagram(graph, fold=False)).boxes) == 2002


# -- controls: the checker sees what is wrong ----------------------------------------------------------------------


@pytest.fixture
def placed():
    return layout(diagram(cost(Conv(16, 1) >> Conv(32, 5, padding=2) >> Conv(8, 1), (192, 28, 28))))


def _moved(placed, key, **change):
    boxes = tuple(replace(box, **change) if box.box.key == key else box for box in placed.boxes)
    return replace(placed, boxes=boxes)


def test_a_good_one_has_no_faults(placed):
    assert faults(placed) == []


def test_an_overlap_is_seen(placed):
    first = placed.by_key["b0"]
    assert any("overlaps" in fault for fault in faults(_moved(placed, "b1", y=first.y + 10)))


def test_a_narrow_box_is_seen(placed):
    assert any("too wide" in fault for fault in faults(_moved(placed, "b1", width=40)))


def test_a_low_box_is_seen(placed):
    assert any("too low" in fault for fault in faults(_moved(placed, "b1", height=20)))


def test_a_line_that_ends_nowhere_is_seen(placed):
    edge = placed.edges[0]
    moved = replace(edge, points=(*edge.points[:-1], (edge.points[-1][0], edge.points[-1][1] - 3)))
    assert any("does not end" in fault for fault in faults(replace(placed, edges=(moved, *placed.edges[1:]))))


def test_a_line_through_a_box_is_seen(placed):
    start, end = placed.edges[0].points[0], placed.edges[-1].points[-1]
    through = replace(placed.edges[0], points=(start, end))
    assert any("runs through b1" in fault for fault in faults(replace(placed, edges=(through, *placed.edges[1:]))))


def test_a_label_on_a_box_is_seen(placed):
    label = replace(placed.labels[0], y=placed.labels[0].y + 30)
    assert any("label" in fault for fault in faults(replace(placed, labels=(label, *placed.labels[1:]))))


def test_what_lies_outside_is_seen(placed):
    assert any("leaves the frame" in fault for fault in faults(replace(placed, width=60)))
