"""The shape of pictures: chains on one axis, U-Nets as a U, columns that share the height, and many branches folded."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from convcost import Add, Concat, Conv, ConvTranspose, Graph, Identity, Pool, ReLU, cost
from convcost.pictures import diagram, layout
from tests.pictures.geometry import faults
from tests.pictures.networks import BLOCKS


def unet(levels, inner=None, join=Concat, bottom=None):
    """An encoder and a decoder with a skip on each level (Ronneberger et al. 2015), as nested branches."""
    net = bottom or Conv(16, 3, padding=1)
    for level in range(levels):
        deeper = Pool(2) >> net >> ConvTranspose(8, 2, stride=2)
        net = Conv(8, 3, padding=1) >> (inner or ReLU()) >> Conv(8, 1) >> join(Identity(), deeper)
        net = net >> Conv(8, 3, padding=1) if level % 2 else net >> (inner or ReLU()) >> Conv(8, 1)
    return net


def drawn(block, shape=(3, 64, 64), columns=None, **options):
    return layout(diagram(cost(block, shape), fold=False, **options), columns=columns)


def middle(box):
    return box.x + box.width // 2


def rises(placed):
    """Lines of more than a corner's height that go up."""
    return [each for each in placed.edges if each.points[-1][1] < each.points[0][1] - 20]


# -- the U ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("join", [Concat, Add])
def test_a_unet_is_a_u(join):
    placed = drawn(unet(4, join=join))
    assert faults(placed) == []
    kind = "concat" if join is Concat else "add"
    joins = {box.box.key for box in placed.boxes if box.box.kind == kind}
    skips = [edge for edge in placed.edges if edge.edge.target in joins and edge.points[0][1] == edge.points[-1][1]]
    # Every skip is one level line from the left to the right, and each arm has one axis.
    assert {edge.edge.target for edge in skips} == joins and len(skips) == 4
    assert all(len(edge.points) == 2 and edge.points[0][0] < edge.points[1][0] for edge in skips)
    assert len({middle(box) for box in placed.boxes}) == 2
    assert placed.height < 1.2 * drawn(unet(4, join=join), columns=1).height * 0.7
    # The decoder goes up: what runs later stands higher.
    right = max(map(middle, placed.boxes))
    ys = [box.y for box in placed.boxes if middle(box) == right]
    assert ys == sorted(ys, reverse=True) and len(ys) > 10


@settings(max_examples=12, deadline=None)
@given(levels=st.integers(2, 4), inner=BLOCKS, bottom=BLOCKS, shaped=st.booleans(), merge=st.booleans())
def test_any_blocks_in_the_arms(levels, inner, bottom, shaped, merge):
    block = unet(levels, inner >> Conv(8, 1), bottom=bottom >> Conv(8, 1))
    shown = diagram(cost(block, (8, 64, 64)) if shaped else block, merge=merge, fold=False)
    placed = layout(shown)
    assert faults(placed) == []
    # With a second output from inside it is none.
    assert rises(placed) or "out1" in placed.by_key


def test_one_column_if_that_is_wanted_and_for_a_single_skip():
    assert not rises(drawn(unet(4), columns=1)) and not rises(drawn(unet(1)))


def test_a_low_picture_stays_a_column():
    block = Conv(8, 1) >> Add(Identity(), Conv(8, 1) >> Add(Identity(), ReLU()) >> ReLU())
    assert not rises(drawn(block, (8, 4, 4)))


def test_a_crooked_u_would_be_seen():
    """Control: a skip that ends beside its box, and one that runs into a box."""
    placed = drawn(unet(3))
    place = next(n for n, each in enumerate(placed.edges) if each.points[0][1] == each.points[-1][1])
    edge = placed.edges[place]
    for shift in (-9, 9):
        end = (edge.points[1][0] + shift, edge.points[1][1])
        edges = (*placed.edges[:place], replace(edge, points=(edge.points[0], end)), *placed.edges[place + 1 :])
        assert faults(replace(placed, edges=edges))


# -- the axis ------------------------------------------------------------------------------------------------------


def skips():
    """Skips that overlap without being nested, and two outputs."""
    graph = Graph()
    a = graph.add(Conv(8, 3, padding=1), graph.input())
    b = graph.add(Conv(8, 3, padding=1), graph.add(Pool(2), a))
    u = graph.add(ConvTranspose(8, 2, stride=2), b)
    c = graph.add(Conv(8, 3, padding=1), graph.add(Add(), u, a))
    graph.output(graph.add(Conv(8, 1), graph.add(Concat(), a, c, u)))
    graph.output(b)
    return graph


def test_the_longest_way_stands_on_one_axis():
    placed = drawn(skips())
    assert faults(placed) == []
    off = [box.box.key for box in placed.boxes if middle(box) != middle(placed.by_key["in0"])]
    assert off == ["out1"]
    # Lines along it have no kink.
    trunk = [("in0", "b0"), ("b0", "b1"), ("b1", "b2"), ("b2", "b3"), ("b3", "b4"), ("b4", "b5"), ("b6", "b7")]
    straight = {(each.edge.source, each.edge.target) for each in placed.edges if len(each.points) == 2}
    assert set(trunk) <= straight


# -- columns -------------------------------------------------------------------------------------------------------


def test_no_more_columns_than_boxes():
    """Control: up to there each one makes the picture wider."""
    block = Conv(8, 1) >> Conv(8, 1) >> Conv(8, 1)
    widths = [drawn(block, columns=count).width for count in (1, 2, 3, 4, 5, 10**8)]
    assert widths[0] < widths[1] < widths[2] < widths[3] and widths[5] == drawn(block, columns=5).width


def test_what_cannot_be_cut_is_not_put_beside_a_few_boxes():
    """A tall block of overlapping skips, and two boxes behind it."""
    graph = Graph()
    values = [graph.input()]
    for _ in range(16):
        values.append(graph.add(Conv(8, 1), values[-1]))
        if len(values) > 3:
            values.append(graph.add(Concat(), values[-1], values[-3]))
    graph.output(graph.add(Conv(8, 1), graph.add(Conv(8, 1), values[-1])))
    placed = drawn(graph, (8, 4, 4))
    assert placed.height > 1500
    assert not rises(placed) and not any(b[1] < a[1] for each in placed.edges for a, b in pairwise(each.points))


# -- many branches -------------------------------------------------------------------------------------------------


def middle_box(shown):
    (box,) = (box for box in shown.boxes if "branches" in str(box.title))
    return box


def test_forty_branches_are_a_few_boxes():
    """The first three, the last one, and the 36 between with their totals: channels 4 … 39, 8·8·3 MACs for each."""
    shown = diagram(cost(Concat(*(Conv(n, 1) for n in range(1, 41))), (3, 8, 8)))
    titles = [str(box.title) for box in shown.boxes]
    assert titles == [
        "Input", "Conv 1×1, 1", "Conv 1×1, 2", "Conv 1×1, 3", "36 more branches", "Conv 1×1, 40", "Concat", "Output",
    ]  # fmt: skip
    box = middle_box(shown)
    assert str(box.after) == "Conv 1×1, 4 … Conv 1×1, 39"
    channels = sum(range(4, 40))
    assert (box.macs, box.params) == (channels * 3 * 64, channels * (3 + 1))
    assert [edge.source for edge in shown.edges if edge.target == "b5"] == ["b0", "b1", "b2", "b3", "b4"]
    placed = layout(shown)
    assert faults(placed) == [] and placed.width < 1200


def test_six_branches_are_all_there_and_no_fold_shows_all():
    def boxes(count, **options):
        return len(diagram(cost(Concat(*(Conv(8, 1) for _ in range(count))), (3, 8, 8)), **options).boxes)

    assert (boxes(6), boxes(7), boxes(20), boxes(20, fold=False)) == (9, 8, 8, 23)


def test_like_branches_of_several_layers():
    branch = Conv(8, 1) >> Conv(8, 3, padding=1)
    shown = diagram(cost(Conv(4, 1) >> Concat(*[branch] * 12) >> Conv(8, 1), (3, 8, 8)))
    box = middle_box(shown)
    assert (str(box.title), str(box.after)) == ("8 more branches", "16 layers")
    # The maps of all of them have the same shape, which the one line tells.
    assert [edge.shape for edge in shown.edges if edge.source == box.key] == [(8, 8, 8)]
    assert (
        sum(each.macs for each in shown.boxes)
        == cost(Conv(4, 1) >> Concat(*[branch] * 12) >> Conv(8, 1), (3, 8, 8)).macs
    )


def test_a_branch_that_is_read_elsewhere_keeps_its_box():
    graph = Graph()
    x = graph.input()
    branches = [graph.add(Conv(8, 1), x) for _ in range(9)]
    graph.output(graph.add(Concat(), *branches))
    graph.output(branches[4])
    shown = diagram(cost(graph, (3, 8, 8)))
    # Eight others are left: three, four between, one.
    assert str(middle_box(shown).title) == "4 more branches"
    assert sum(edge.target == "out1" for edge in shown.edges) == 1


@settings(max_examples=12, deadline=None)
@given(blocks=st.lists(BLOCKS, min_size=5, max_size=12), merge=st.booleans(), most=st.sampled_from([3, 34, 200]))
def test_branches_of_any_kind(blocks, merge, most):
    counted = cost(Conv(8, 1) >> Concat(*blocks) >> Conv(8, 1), (8, 12, 12))
    shown = diagram(counted, merge=merge, max_boxes=most)
    assert faults(layout(shown)) == []
    assert (sum(box.macs for box in shown.boxes), sum(box.params for box in shown.boxes)) == (
        counted.macs, counted.params,
    )  # fmt: skip
    assert sorted(row for box in shown.boxes for row in box.rows) == list(range(len(counted.rows)))
