"""Receptive fields against a walk over sets of places."""

from __future__ import annotations

import json
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from convcost import (
    GRU,
    LSTM,
    AdaptivePool,
    Add,
    BatchNorm,
    Concat,
    Conv,
    ConvTranspose,
    Embedding,
    Flatten,
    GlobalPool,
    GroupNorm,
    Identity,
    InstanceNorm,
    LayerNorm,
    Linear,
    Mul,
    MultiheadAttention,
    Pad,
    Parameter,
    Permute,
    PixelShuffle,
    Pool,
    ReLU,
    Repeat,
    Reshape,
    Seq,
    ShapeError,
    Slice,
    Softmax,
    SpecError,
    Take,
    Tap,
    Unknown,
    Upsample,
    cost,
    networks,
    symbols,
)
from convcost.graph import Graph
from convcost.sight import regroup
from tests.laws import sees

small = st.integers(1, 3)


def _each(draw, rank, values):
    return tuple(draw(values) for _ in range(rank))


@st.composite
def windows(draw, rank):
    """A convolution or pool with whatever padding, or a layer that keeps the map or makes it finer."""
    kind = draw(st.sampled_from("conv conv same pool ceil pad slice relu up linear transposed norm adaptive".split()))
    kernel, stride, dilation = (_each(draw, rank, values) for values in (st.integers(1, 4), small, st.integers(1, 2)))
    if kind == "conv":
        sides = tuple((draw(st.integers(0, 3)), draw(st.integers(0, 3))) for _ in range(rank))
        return Conv(2, kernel, stride, sides, dilation)
    if kind == "same":
        return draw(
            st.sampled_from([Conv(2, kernel, stride, "same", dilation), Pool(kernel, stride, "same", dilation)])
        )
    if kind in ("pool", "ceil"):
        padding = tuple(draw(st.integers(0, k // 2)) for k in kernel)
        return Pool(
            kernel, stride, padding, dilation, ceil_mode=kind == "ceil", kind=draw(st.sampled_from(["max", "avg"]))
        )
    if kind == "pad":
        return Pad(tuple((draw(st.integers(-1, 2)), draw(st.integers(-1, 2))) for _ in range(rank)))
    if kind == "slice":
        return Slice(draw(st.integers(1, rank)), draw(st.integers(0, 2)), None, draw(small))
    if kind in ("up", "linear"):
        mode = "nearest" if kind == "up" else {1: "linear", 2: "bilinear"}[rank]
        return Upsample(scale_factor=_each(draw, rank, small), mode=mode)
    if kind == "transposed":
        return ConvTranspose(2, kernel, stride, _each(draw, rank, st.integers(0, 1)), dilation=dilation)
    if kind == "adaptive":
        return AdaptivePool(_each(draw, rank, st.integers(1, 5)))
    return draw(st.sampled_from([ReLU(), BatchNorm()]))


@st.composite
def fitting(draw, rank):
    """A convolution that keeps the size, its padding shared out between both sides anyhow."""
    kernel, dilation = _each(draw, rank, st.integers(1, 4)), _each(draw, rank, st.integers(1, 2))
    sides = []
    for k, d in zip(kernel, dilation, strict=True):
        before = draw(st.integers(0, d * (k - 1)))
        sides.append((before, d * (k - 1) - before))
    return Conv(2, kernel, 1, tuple(sides), dilation)


@st.composite
def branched(draw, rank):
    """A join of branches that keep the size, or a gate by the mean of the map."""
    if draw(st.integers(0, 4)) == 0:
        return Mul(Conv(2, 1), GlobalPool() >> Conv(2, 1))
    branches = [Seq(*(draw(fitting(rank)) for _ in range(draw(small)))) for _ in range(draw(st.integers(1, 3)))]
    return draw(st.sampled_from([Add, Concat, Mul]))(*branches, Conv(2, 1))


@st.composite
def networks_of(draw, rank):
    parts = [
        draw(branched(rank) if draw(st.integers(0, 3)) == 0 else windows(rank)) for _ in range(draw(st.integers(1, 6)))
    ]
    return Seq(*parts)


def check(block, shape):
    """Size, stride and start of the law are those of the walk; how many elements the walk saw."""
    try:
        counted = cost(block, shape)
    except (ShapeError, SpecError):
        assume(False)
    assume(all(size <= 60 for size in counted.output[1:]))
    field = counted.receptive_field
    assert field.known, field.why
    for axis in range(1, len(shape)):
        walked = sees.hulls(block, shape, axis)
        sizes = [last - first + 1 for first, last in filter(None, walked)]
        size = field.size[axis - 1]
        assert size >= max(sizes, default=0)
        if None in walked:
            continue  # a transposed window wider than its kernel leaves elements that see nothing
        if field.stride is None:
            assert size == max(sizes, default=0)
            continue
        stride, start = Fraction(field.stride[axis - 1]), field.start[axis - 1]
        if field.regular:
            assert walked == [(start + n * stride, start + n * stride + size - 1) for n in range(len(walked))]
        else:
            assert size == max(sizes)
    return field


@settings(max_examples=250, deadline=None)
@given(st.data(), st.integers(8, 30))
def test_networks_of_one_axis(data, size):
    check(data.draw(networks_of(1)), (2, size))


@settings(max_examples=80, deadline=None)
@given(st.data(), st.integers(8, 16), st.integers(8, 16))
def test_networks_of_two_axes(data, height, width):
    check(data.draw(networks_of(2)), (2, height, width))


@settings(max_examples=150, deadline=None)
@given(st.data(), st.integers(8, 30))
def test_branches_are_aligned_where_their_centres_agree(data, size):
    branches = [Seq(*(data.draw(fitting(1)) for _ in range(data.draw(small)))) for _ in range(3)]
    walked = [sees.hulls(branch, (2, size), 1) for branch in branches]
    centres = {tuple(first + last for first, last in hull) for hull in walked}
    assert cost(Add(*branches), (2, size)).receptive_field.aligned is (len(centres) == 1)


def test_the_check_would_notice():
    """Control: a walk over another network does not agree."""
    block = Conv(2, 3, padding=1) >> Conv(2, 3, stride=2)
    field = cost(block, (2, 20)).receptive_field
    assert (field.size, field.stride, field.start) == ((5,), (2,), (-1,))
    other = sees.hulls(Conv(2, 3, padding=1) >> Conv(2, 4, stride=2), (2, 20), 1)
    assert other[0] != (field.start[0], field.start[0] + field.size[0] - 1)
    assert sees.hulls(block, (2, 20), 1)[0] == (-1, 3)


# -- layer by layer ----------------------------------------------------------------------------------------------


def field(block, shape=(4, 12, 10)):
    return cost(block, shape).receptive_field


H, K = symbols("H K")


@pytest.mark.parametrize(
    ("block", "size", "stride", "start"),
    [
        (Conv(2, (3, 5), (1, 2), padding=(1, 0)), (3, 5), (1, 2), (-1, 0)),
        (Conv(2, 2, padding=((0, 1), (1, 0))), (2, 2), (1, 1), (0, -1)),
        (Conv(2, 3, 2, padding="same"), (3, 3), (2, 2), (0, 0)),
        (Conv(2, 3) >> GlobalPool(), (12, 10), (0, 0), (0, 0)),
        (AdaptivePool((4, 5)), (3, 2), (3, 2), (0, 0)),
        (BatchNorm() >> ReLU(), (1, 1), (1, 1), (0, 0)),
        (GroupNorm(2), (12, 10), (0, 0), (0, 0)),
        (InstanceNorm(), (12, 10), (0, 0), (0, 0)),
        (InstanceNorm(track_running_stats=True), (1, 1), (1, 1), (0, 0)),
        (BatchNorm(track_running_stats=False), (12, 10), (0, 0), (0, 0)),
        (LayerNorm(), (1, 10), (1, 0), (0, 0)),
        (LayerNorm(axis=0), (1, 1), (1, 1), (0, 0)),
        (Softmax(1), (12, 1), (0, 1), (0, 0)),
        (Linear(7), (1, 10), (1, 0), (0, 0)),
        (Flatten() >> Linear(7), (12, 10), (0, 0), (0, 0)),
        (Conv(2, 3) >> Flatten() >> Linear(7), (12, 10), (0, 0), (0, 0)),
        (Conv(2, 3, padding=1) >> Flatten() >> Linear(7), (14, 12), (0, 0), (-1, -1)),
        (Flatten(1) >> Permute((1, 0)) >> MultiheadAttention(2), (12, 10), (0, 0), (0, 0)),
        (Flatten(1) >> Reshape((4, 12, 10)) >> Conv(2, 3), (3, 3), (1, 1), (0, 0)),
        (Permute((0, 2, 1)) >> Conv(2, (3, 5)), (5, 3), (1, 1), (0, 0)),
        (Slice(1, 2, None, 3), (1, 1), (3, 1), (2, 0)),
        (Pad(((2, 0), (-1, 1))), (1, 1), (1, 1), (-2, 1)),
        (Conv(8, 3, 2) >> PixelShuffle(2), (3, 3), (1, 1), (0, 0)),
        (Concat(Slice(1, 0, None, 2), Slice(1, 1, None, 2)), (2, 1), (2, 1), (0, 0)),
        (Concat(Slice(1, 0, 5), Slice(1, 5), axis=1), (1, 1), (1, 1), (0, 0)),
        (Repeat(Conv(4, 3, padding=1), K), (2 * K + 1,) * 2, (1, 1), (-K, -K)),
        (Conv(2, K, 2) >> Conv(2, K), (3 * K - 2,) * 2, (2, 2), (0, 0)),
        (Mul(Conv(4, 3, padding=1), GlobalPool()), None, None, None),
        (Parameter((4, 12, 10)), (0, 0), (0, 0), (0, 0)),
    ],
    ids=lambda value: str(value)[:50],
)  # fmt: skip
def test_layers(block, size, stride, start):
    found = field(block, (4, 99, 99) if "K" in str(size) else (4, 12, 10))
    if size is None:
        # The mean covers the map, but not what the padding of the branch reaches over.
        assert (found.size, found.stride, found.aligned) == ((13, 11), None, False)
        return
    assert (found.size, found.start) == (size, start)
    assert found.stride == stride or "Shuffle" in str(block)


def test_a_map_that_is_finer_than_the_input_has_a_fraction_for_its_stride():
    found = field(Conv(2, 3, padding=1) >> ConvTranspose(2, 2, stride=2))
    assert found.size == (3, 3) and found.stride == (Fraction(1, 2),) * 2 and not found.regular
    assert field(ConvTranspose(2, 3, stride=2)).size == (2, 2)
    assert field(Upsample(scale_factor=2) >> Pool(2)).stride == (1, 1)
    unet = Add(Identity(), Conv(4, 2, stride=2) >> Conv(4, 3, padding=1) >> ConvTranspose(4, 2, stride=2))
    assert field(unet).size == (6, 6) and field(unet).stride == (1, 1) and field(unet).aligned is False


def test_windows_of_an_adaptive_pool_that_do_not_fit_are_told_as_irregular():
    found = field(AdaptivePool(7))
    assert found.size == (3, 3) and not found.regular and "unevenly" in found.why


def test_branches_of_different_strides():
    meeting = Concat(Slice(1, 0, 5) >> Slice(2, 0, 5), Conv(4, 1, 2))
    uneven = field(meeting, (4, 10, 10))
    assert uneven.size == (5, 5) and uneven.stride is None and not uneven.aligned
    assert field(meeting >> Flatten() >> Linear(2), (4, 10, 10)).size == (9, 9)
    pyramid = Concat(Conv(4, 3, padding=18, dilation=18), GlobalPool() >> Conv(4, 1) >> Upsample(size=33))
    assert field(pyramid, (4, 33, 33)).size == (51, 51)


@pytest.mark.parametrize(
    ("block", "reason"),
    [
        (Conv(2, 3) >> Unknown("fft", (2, 10, 8)) >> Conv(2, 3), "Unknown has no law of what it sees (at unknown1)"),
        (Conv(2, 3) >> Take(1, 3), "picked by index"),
        (Flatten(1) >> Conv(2, 3), "not in the order of the map"),
        (Add(Permute((0, 2, 1)), Identity()), "different axes"),
        (Upsample(scale_factor=symbols("n")), "symbol"),
        (ConvTranspose(2, 3, symbols("n")), "symbol"),
    ],
)
def test_what_has_no_law_is_unknown_and_so_is_all_behind_it(block, reason):
    shape = (4, 12, 12) if "Permute" in str(block) else (4, 12, 10)
    found = cost(block, shape)
    assert (
        not found.receptive_field.known
        and found.receptive_field.size is None
        and str(found.receptive_field) == "unknown"
    )
    assert reason in found.receptive_field.why
    assert found.rows[-1].receptive_field == found.receptive_field


def test_flattened_elements_have_a_size_and_no_place():
    found = field(Conv(2, 3) >> Flatten())
    assert (found.size, found.stride, found.start, found.text("stride")) == ((3, 3), None, None, "–")


def test_several_inputs_are_told_one_by_one():
    graph = Graph()
    left, right = graph.input(), graph.input()
    far = graph.add(Conv(4, 3, padding=1), right, name="far")
    graph.output(graph.add(Add(), left, far, name="join"))
    rows = cost(graph, ((4, 8, 8), (4, 8, 8))).rows
    assert [each and each.size for each in rows[1].receptive_fields] == [(1, 1), (3, 3)]
    assert rows[0].receptive_fields[0] is None and rows[0].receptive_field.input == 1


def test_side_outputs_do_not_count_for_the_main_one():
    assert field(Conv(4, 3) >> Tap(GlobalPool()) >> Conv(4, 3)).size == (5, 5)


def test_after_substitution_and_from_a_file():
    from convcost import Cost

    counted = cost(Conv(2, K, 2) >> Concat(Conv(2, 1), Conv(2, 3, padding=1)), (4, H, H))
    numbers = counted.subs(K=5, H=40)
    assert numbers.receptive_field.size == (9, 9) and numbers.rows[0].receptive_field.size == (5, 5)
    direct = cost(Conv(2, 5, 2) >> Concat(Conv(2, 1), Conv(2, 3, padding=1)), (4, 40, 40))
    assert numbers.receptive_field == direct.receptive_field and numbers.activations == direct.activations
    for each in (counted, numbers, direct):
        back = Cost.from_dict(each.to_dict())
        assert back.receptive_field == each.receptive_field
        assert [row.receptive_field for row in back.rows] == [row.receptive_field for row in each.rows]
        assert back.activations == each.activations and back.input_elements == each.input_elements
    old = direct.to_dict()
    del old["receptive_field"], old["input_elements"]
    for row in old["rows"]:
        del row["receptive_fields"], row["elements"]
    read = Cost.from_dict(old)
    assert not read.receptive_field.known and "file" in read.receptive_field.why
    assert not read.rows[0].receptive_field.known and read.activations is None and read.table("plain")


def test_nothing_is_computed_before_it_is_asked_for():
    counted = cost(Conv(2, 3), (3, 9, 9))
    assert counted.rows and "_fields" not in counted.__dict__
    assert counted.receptive_field.known and "_fields" in counted.__dict__


@settings(max_examples=200, deadline=None)
@given(st.lists(st.integers(1, 40), max_size=5).map(tuple), st.randoms(use_true_random=False))
def test_regrouped_axes_hold_the_same_elements(shape, random):
    """A merged or kept axis is where counting through both shapes in step finds it."""
    cuts = sorted({0, len(shape), *(random.randrange(len(shape) + 1) for _ in range(2))})
    out = tuple(_product(shape[a:b]) for a, b in pairwise(cuts))
    for axis, law in enumerate(regroup(shape, out)):
        along = getattr(law, "along", None)
        if along is None:
            assert shape[axis] == 1
        else:
            assert out[along] % shape[axis] == 0


def _product(numbers):
    total = 1
    for number in numbers:
        total *= number
    return total


# -- what is published -------------------------------------------------------------------------------------------


def v1_bottleneck(width, stride=1, change=False):
    """He et al. 2016, the stride in the first 1×1 convolution (torchvision has it in the 3×3)."""
    body = Conv(width, 1, stride) >> Conv(width, 3, padding=1) >> Conv(4 * width, 1)
    return Add(body, Conv(4 * width, 1, stride) if change else Identity())


def v1(*counts):
    blocks = [Conv(64, 7, 2, padding=3), Pool(3, 2, padding=1)]
    for stage, count in enumerate(counts):
        for number in range(count):
            stride = 2 if stage and not number else 1
            blocks.append(v1_bottleneck(64 * 2**stage, stride, number == 0))
    return Seq(*blocks)


#: Araujo, Norris & Sim 2019, doi 10.23915/distill.00021, table of receptive fields, at the last map before pooling:
#: size, stride, and padding (minus the start) where it is that of the padding that torch takes too.
PUBLISHED = [
    (networks.get("alexnet"), "features/pool3", 195, 32, None),
    (networks.get("vgg16"), "block5/pool1", 212, 32, 90),
    (networks.get("inception_v3"), "mixed_7c", 1311, 32, 618),
    (v1(3, 4, 6, 3), None, 483, 32, None),
    (v1(3, 4, 23, 3), None, 1027, 32, None),
    (v1(3, 8, 36, 3), None, 1507, 32, None),
]


@pytest.mark.parametrize(("block", "path", "size", "stride", "padding"), PUBLISHED, ids=lambda value: str(value)[:20])
def test_published_fields(block, path, size, stride, padding):
    entry = (3, 299, 299) if path == "mixed_7c" else (3, 224, 224)
    counted = cost(block, entry)
    row = counted.rows[-1] if path is None else next(row for row in counted.rows if row.path == path)
    field = row.receptive_field
    assert field.size == (size, size) and field.stride == (stride, stride)
    assert padding is None or field.start == (-padding, -padding)


def test_published_mobilenet():
    counted = cost(networks.get("mobilenet_v1"), (3, 224, 224))
    before = counted.rows[next(n for n, row in enumerate(counted.rows) if row.kind == "GlobalPool") - 1]
    assert before.receptive_field.size == (315, 315)


# -- numbers put in later ----------------------------------------------------------------------------------------

W, S, N = symbols("W S N")
LATER = [
    (lambda k, s, n, h, w: (AdaptivePool(3), (8, h, w)), (3, 3)),
    (lambda k, s, n, h, w: (ConvTranspose(8, k, stride=s), (8, h, w)), (2, 2)),
    (lambda k, s, n, h, w: (Add(Identity(), Conv(8, k, padding=1)), (8, h, w)), (3, 3)),
    (lambda k, s, n, h, w: (Conv(8, k, padding=((0, s), (1, 1))) >> AdaptivePool(3), (8, h, w)), (5, 5)),
    (lambda k, s, n, h, w: (Repeat(Conv(8, k, padding=1) >> Upsample(scale_factor=1), n), (8, h, w)), (9, 9)),
    (lambda k, s, n, h, w: (Pool(s) >> Repeat(ConvTranspose(8, k, padding=1), n), (8, h, w)), None),
    (lambda k, s, n, h, w: (Upsample(scale_factor=s) >> Repeat(Conv(8, 3, padding=1), n), (8, h, w)), None),
]  # fmt: skip


@pytest.mark.parametrize("place", range(len(LATER)))
@pytest.mark.parametrize("twice", [False, True])
def test_substitute_then_count_is_count_then_substitute(place, twice):
    made, size = LATER[place]
    direct = cost(*made(3, 2, 4, 7, 9)).receptive_field
    counted = cost(*made(K, S, N, H, W))
    numbers = {"K": 3, "S": 2, "N": 4, "H": 7, "W": 9}
    numbers = {name: number for name, number in numbers.items() if name in map(str, counted.symbols)}
    if twice:
        first, *others = numbers
        later = counted.subs({first: numbers[first]}).subs({name: numbers[name] for name in others})
    else:
        later = counted.subs(numbers)
    assert later.receptive_field == direct and direct.known
    assert size is None or direct.size == size
    assert later.rows[-1].receptive_field == direct


def test_rows_with_numbers_put_in_have_none_left():
    later = cost(Conv(8, 3, padding=((0, K), (1, 1))), (3, 9, 9)).subs(K=2)
    assert later.rows[0].layer == Conv(8, 3, padding=((0, 2), (1, 1)))


# -- one operation, one stride -----------------------------------------------------------------------------------


@pytest.mark.parametrize("width", [10, W])
def test_a_pool_to_one_element_is_a_global_pool(width):
    whole, adaptive = (field(Conv(4, 3) >> pool, (4, 12, width)) for pool in (GlobalPool(), AdaptivePool(1)))
    assert whole == adaptive and adaptive.stride == (0, 0)
    assert field(AdaptivePool((1, 5))).stride == (0, 2)


# -- sequences ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("block", "shape", "reason"),
    [
        (LSTM(4), (7, 6), "LSTM"),
        (Linear(5) >> ReLU() >> GRU(4), (7, 6), "GRU"),
        (LayerNorm() >> MultiheadAttention(2), (7, 6), "MultiheadAttention"),
        (Embedding(9, 6) >> LSTM(4), (7,), "no axis behind"),
        (Linear(3), (7,), "no axis behind"),
    ],
    ids=str,
)
def test_axes_of_a_sequence_are_not_taken_for_those_of_a_map(block, shape, reason):
    counted = cost(block, shape)
    for found in (counted.receptive_field, *(row.receptive_field for row in counted.rows)):
        assert not found.known and found.aligned is None and str(found) == "unknown"
        assert reason in found.why


def test_a_map_made_a_sequence_is_seen_as_a_map():
    """Control: recurrent layers and attention behind a map, its channels made features."""
    found = field(Conv(8, 3) >> Permute((1, 0)) >> LSTM(4), (2, 12))
    assert (found.size, found.stride) == ((12,), (0,))
    assert field(Flatten(1) >> Permute((1, 0)) >> MultiheadAttention(2)).size == (12, 10)


# -- what has a row, and what is a number -------------------------------------------------------------------------


def test_a_symbolic_repetition_has_no_row_for_its_check():
    counted = cost(Repeat(Conv(8, 3, padding=1), N), (8, H, H))
    assert [row.kind for row in counted.rows] == ["Conv"]
    assert counted.subs(N=3, H=9).receptive_field.size == (7, 7)
    assert cost(Repeat(Conv(8, 3, padding=1), 3), (8, 9, 9)).macs == counted.subs(N=3, H=9).macs


@pytest.mark.parametrize(
    "counted",
    [
        lambda: cost(Repeat(Conv(8, 3, padding=1), N), (8, H, W)),
        lambda: cost(Repeat(Conv(8, 3, padding=1) >> BatchNorm() >> ReLU(), N), (8, H, W), batch=S),
        lambda: cost(Upsample(scale_factor=2) >> AdaptivePool(3), (8, H, W)),
        lambda: cost(ConvTranspose(8, 3, stride=2), (8, 9, 9)),
        lambda: cost(Add(Identity(), Conv(8, K, padding=1)), (8, H, W)),
        lambda: cost(Unknown("fft", (2, 3)) >> Conv(2, 1), (8, 9)),
        lambda: cost(networks.get("squeezenet1_1"), (3, 99, 99)),
        lambda: cost(Conv(8, K), (8, H, W)).subs(K=3),
    ],
)
def test_json_is_read_back_as_it_was(counted):
    from convcost import Cost

    told = counted().to_dict()
    assert Cost.from_dict(told).to_dict() == told
    assert Cost.from_dict(json.loads(json.dumps(told))).to_dict() == told
    for row in told["rows"]:
        assert all(not (isinstance(number, str) and number.isdigit()) for number in row.values())


def test_numbers_of_a_symbolic_repetition_are_integers():
    row = cost(Repeat(Conv(8, 3, padding=1), N), (8, H, W)).to_dict()["rows"][0]
    assert row["buffers"] == 0 and type(row["buffers"]) is int
