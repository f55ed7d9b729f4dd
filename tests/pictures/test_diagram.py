"""What is shown: boxes add up to the totals whatever is merged and folded, and edges carry the graph's maps."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from convcost import (
    Add,
    BatchNorm,
    Concat,
    Conv,
    Dropout,
    Flatten,
    Graph,
    Identity,
    Linear,
    Pool,
    ReLU,
    Repeat,
    SpecError,
    cost,
    networks,
    symbols,
)
from convcost.pictures import Edge, diagram
from tests.pictures.networks import BLOCKS, graphs

SHAPE = (8, 12, 12)


def sums(shown):
    """MACs and params of all boxes, and the rows that stand in them."""
    macs, params = sum(box.macs for box in shown.boxes), sum(box.params for box in shown.boxes)
    return macs, params, sorted(row for box in shown.boxes for row in box.rows)


def accounted(shown, counted):
    return sums(shown)[:2] == (counted.macs, counted.params)


@settings(max_examples=40, deadline=None)
@given(block=BLOCKS, merge=st.sampled_from([None, True, False]), most=st.integers(1, 20), batch=st.integers(1, 3))
def test_nothing_is_lost(block, merge, most, batch):
    counted = cost(block, SHAPE, batch)
    for depth in (None, 1, 2):
        shown = diagram(counted, merge=merge, max_boxes=most, depth=depth)
        assert accounted(shown, counted)
        assert sums(shown)[2] == list(range(len(counted.rows)))


@settings(max_examples=40, deadline=None)
@given(graph=graphs(), merge=st.booleans(), most=st.integers(1, 9))
def test_nothing_is_lost_in_graphs(graph, merge, most):
    counted = cost(graph, (SHAPE,) * graph.input_count)
    assert accounted(diagram(counted, merge=merge, max_boxes=most), counted)


@pytest.mark.parametrize("name", networks.names())
def test_nothing_is_lost_in_networks(name):
    counted = cost(networks.get(name), networks.entry(name).input)
    for options in ({}, {"fold": False}, {"depth": 1}, {"max_boxes": 3}, {"merge": False}):
        assert accounted(diagram(counted, **options), counted)


def test_a_lost_box_would_be_seen():
    """Control."""
    counted = cost(Conv(16, 1) >> Conv(32, 3), SHAPE)
    shown = diagram(counted)
    assert accounted(shown, counted)
    assert not accounted(replace(shown, boxes=shown.boxes[:-2]), counted)


@settings(max_examples=40, deadline=None)
@given(graph=graphs(), merge=st.booleans(), most=st.integers(1, 9))
def test_edges_lead_forward_and_every_box_is_reached(graph, merge, most):
    """There is an order: no circle came from folding."""
    shown = diagram(graph, merge=merge, max_boxes=most)
    waits = {box.key: sum(edge.target == box.key for edge in shown.edges) for box in shown.boxes}
    done = [key for key, count in waits.items() if not count]
    for key in done:
        for edge in shown.edges:
            if edge.source == key:
                waits[edge.target] -= 1
                if not waits[edge.target]:
                    done.append(edge.target)
    assert sorted(done) == sorted(waits)


# -- what stands in the boxes --------------------------------------------------------------------------------------


def told(shown):
    return [(box.before, str(box.title), box.after) for box in shown.boxes if box.kind not in ("input", "output")]


def test_the_inception_block():
    block = Concat(
        Conv(64, 1),
        Conv(96, 1) >> Conv(128, 3, padding=1),
        Conv(16, 1) >> Conv(32, 5, padding=2),
        Pool(3, stride=1, padding=1) >> Conv(32, 1),
    )
    shown = diagram(cost(block, (192, 28, 28)))
    titles = [title for _, title, _ in told(shown)]
    assert titles == [
        "Conv 1×1, 64", "Conv 1×1, 96", "Conv 3×3, 128", "Conv 1×1, 16", "Conv 5×5, 32", "MaxPool 3×3",
        "Conv 1×1, 32", "Concat",
    ]  # fmt: skip
    into_concat = [edge.shape for edge in shown.edges if edge.target == "b7"]
    assert into_concat == [(64, 28, 28), (128, 28, 28), (32, 28, 28), (32, 28, 28)]
    assert Edge("in0", "b0", (192, 28, 28)) in shown.edges
    # 5²·28²·16·32, by hand.
    assert shown.box("b4").macs == 25 * 784 * 16 * 32


@pytest.mark.parametrize(
    ("layer", "title"),
    [
        (Conv(64, 7, stride=2, padding=3), "Conv 7×7, 64, /2"),
        (Conv(64, (1, 7), padding=(0, 3)), "Conv 1×7, 64"),
        (Conv(8, 3, padding=2, dilation=2), "Conv 3×3, 8, dilation 2"),
        (Conv(8, 3, groups=8), "Depthwise 3×3, 8"),
        (Conv(16, 3, groups="depthwise"), "Depthwise 3×3, 16"),
        (Conv(16, 3, groups=2), "Conv 3×3, 16, groups 2"),
        (Conv(16, 3, stride=(2, 1)), "Conv 3×3, 16, /2×1"),
        (Pool(3, stride=2, kind="avg"), "AvgPool 3×3, /2"),
        (Pool(2), "MaxPool 2×2, /2"),
        (Linear(10), "Linear 10"),
    ],
)
def test_captions(layer, title):
    assert told(diagram(cost(layer, (8, 24, 24))))[0][1] == title


def test_what_costs_no_macs_shares_a_box():
    block = Conv(8, 3) >> BatchNorm() >> ReLU() >> Pool(2) >> Flatten() >> Dropout() >> Linear(10)
    shown = diagram(cost(block, SHAPE), merge=True)
    assert told(shown) == [
        ("", "Conv 3×3, 8", "BatchNorm · ReLU"),
        ("", "MaxPool 2×2, /2", "Flatten · Dropout"),
        ("", "Linear 10", ""),
    ]


def test_normalization_before_a_convolution_joins_it():
    """As in a DenseNet, where the map itself goes on as well."""
    block = Conv(8, 1) >> Concat(Identity(), BatchNorm() >> ReLU() >> Conv(4, 3, padding=1))
    assert told(diagram(cost(block, SHAPE), merge=True))[1] == ("BatchNorm · ReLU", "Conv 3×3, 4", "")


def test_a_map_that_is_read_twice_keeps_its_box():
    """The sum's ReLU may join it, but a ReLU beside another reader of the sum may not."""
    graph = Graph()
    x = graph.input()
    a = graph.add(Conv(8, 1), x)
    graph.output(graph.add(Add(), a, graph.add(ReLU(), a)))
    assert told(diagram(cost(graph, SHAPE), merge=True)) == [
        ("", "Conv 1×1, 8", ""), ("", "ReLU", ""), ("", "+", "")
    ]  # fmt: skip


def test_the_same_map_twice_is_two_lines():
    graph = Graph()
    x = graph.input()
    graph.output(graph.add(Add(), x, x))
    assert [edge.source for edge in diagram(cost(graph, SHAPE)).edges] == ["in0", "in0", "b0"]


# -- folding -------------------------------------------------------------------------------------------------------


def test_resnet50_folds_its_like_blocks():
    """3, 4, 6 and 3 bottlenecks (He et al. 2016, table 1), of which the first of each stage has a projection."""
    shown = diagram(cost(networks.get("resnet50"), (3, 224, 224)))
    assert [box.times for box in shown.boxes if box.kind == "part"] == [1, 2, 1, 3, 1, 5, 1, 2]
    assert len(shown.boxes) < 20


def test_modules_that_differ_are_not_folded():
    block = Repeat(Conv(8, 1) >> Conv(8, 3, padding=1), 30)
    differing = Repeat(Conv(8, 1) >> Conv(8, 3), 4)
    assert [box.times for box in diagram(cost(block, SHAPE), depth=2).boxes] == [1, 30, 1]
    assert all(box.times == 1 for box in diagram(cost(differing, SHAPE), depth=2).boxes)


def test_a_branch_in_between_is_not_folded():
    """Two like modules, but the second also gives the first one's map to another reader."""
    graph = Graph()
    x = graph.input()
    a = graph.add(Conv(8, 1) >> Conv(8, 1), x, name="a")
    b = graph.add(Conv(8, 1) >> Conv(8, 1), a, name="b")
    graph.output(graph.add(Add(), a, b))
    assert [box.times for box in diagram(cost(graph, SHAPE), depth=1).boxes] == [1] * 5


def test_a_long_sequence_without_names_is_folded_by_its_pattern():
    block = Repeat(Conv(8, 1), 1)
    for _ in range(60):
        block = block >> Conv(8, 3, padding=1) >> Pool(3, stride=1, padding=1)
    shown = diagram(cost(block, SHAPE))
    assert max(box.times for box in shown.boxes) == 60 and len(shown.boxes) < 6


def test_a_layer_that_comes_again_says_what_it_is():
    shown = diagram(cost(Repeat(Conv(8, 1), 50), SHAPE))
    assert [(str(box.title), str(box.after), box.times) for box in shown.boxes[1:-1]] == [
        ("repeat1/1–50", "Conv 1×1, 8", 50)
    ]


def test_depth_is_that_of_the_table():
    counted = cost(networks.get("googlenet"), (3, 224, 224))
    shown = diagram(counted, depth=1)
    lines = [line.split() for line in counted.table("csv", depth=1).replace(",", " ").splitlines()[1:-1]]
    modules = [line[0] for line in lines if line[2] == "layers"]
    assert [box.path for box in shown.boxes if box.kind == "part"] == modules


# -- ends, symbols, errors -----------------------------------------------------------------------------------------


def test_inputs_and_outputs_have_boxes():
    graph = Graph()
    x, y = graph.input(), graph.input()
    graph.output(graph.add(Add(), x, y))
    graph.output(x)
    shown = diagram(cost(graph, (SHAPE, SHAPE)))
    assert [str(box.title) for box in shown.boxes] == ["Input 1", "Input 2", "+", "Output 1", "Output 2"]


def test_symbols_stay_closed_forms():
    H, W, C, r, K = symbols("H W C r K")
    shown = diagram(cost(Conv(r, 1) >> Conv(K, 5, padding=2), (C, H, W)))
    assert shown.box("b0").macs == C * H * W * r and shown.box("b1").macs == 25 * H * K * W * r


def test_a_symbolic_repetition_says_how_often():
    C, n = symbols("C n")
    shown = diagram(cost(Repeat(Conv(C, 1), n), (C, 4, 4)))
    assert shown.box("b0").times == n and [edge.target for edge in shown.edges] == ["b0", "out0"]


def test_a_block_without_a_shape_has_no_costs():
    shown = diagram(Conv(16, 1) >> Conv(32, 3))
    assert not shown.counted and {edge.shape for edge in shown.edges} == {None}


@pytest.mark.parametrize("options", [{"depth": 0}, {"max_boxes": 0}])
def test_options_are_checked(options):
    with pytest.raises(SpecError):
        diagram(cost(Conv(8, 1), SHAPE), **options)


def test_a_cost_without_a_graph_cannot_be_drawn():
    counted = cost(Conv(8, 1), SHAPE)
    with pytest.raises(SpecError, match="graph"):
        diagram(type(counted).from_dict(counted.to_dict()))


def test_an_unknown_layer_has_unknown_cost():
    from convcost import Unknown

    shown = diagram(cost(Conv(8, 1) >> Unknown("custom"), SHAPE))
    assert shown.box("b1").macs is None and shown.unsupported


def test_imported_modules():
    pytest.importorskip("torchvision", reason="imports need convcost[torch] and torchvision")
    from convcost.cli.common import resolve

    counted = resolve("torchvision:googlenet").cost(None)
    shown = diagram(counted)
    assert accounted(shown, counted) and len(shown.boxes) == 21
    idle = [box for box in shown.boxes if box.kind == "idle"]
    # The two heads: 13,004,888 declared less 6,624,904 that run.
    assert [box.params for box in idle] == [13004888 - 6624904]
