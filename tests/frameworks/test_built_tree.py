"""Built modules as modules: paths, parts, side outputs, shared weights, copies and traces."""

from __future__ import annotations

import copy
import gc
import io
import pickle
import weakref

import pytest

pytest.importorskip("torch", reason="what is built are torch modules: install convcost[torch]")

import torch
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from torch import nn

import convcost as cc
from convcost import Add, BatchNorm, Concat, Conv, Graph, Identity, Linear, Module, Pool, ReLU, Tap, cost, networks
from convcost.frameworks.build_torch import to_torch
from convcost.graph import lower
from tests.frameworks.built import MAP, agree, many, only, tuple_of
from tests.oracles import interpreter

# -- several inputs and outputs ------------------------------------------------------------------------------------


def test_three_inputs_of_attention():
    graph = Graph()
    values = [graph.input() for _ in range(3)]
    graph.output(graph.add(cc.MultiheadAttention(2), *values))
    module = agree(graph, ((5, 4), (7, 6), (7, 3)))
    assert (only(module).kdim, only(module).vdim) == (6, 3)
    with pytest.raises(cc.SpecError, match=r"Network takes 3 inputs \(got 1\)"):
        module(torch.empty(1, 5, 4, device="meta"))


def test_outputs_stand_in_the_order_of_the_cost():
    block = Conv(8, 1) >> Tap(Conv(2, 1)) >> Tap(cc.Flatten()) >> Conv(4, 1)
    assert cost(block, (3, 5, 5)).outputs == ((2, 5, 5), (200,), (4, 5, 5))
    agree(block, (3, 5, 5))
    graph = Graph()
    x = graph.input()
    a = graph.add(Conv(4, 1), x)
    b = graph.add(ReLU(), a)
    for value in (b, x, a, b):
        graph.output(value)
    module, given = to_torch(graph, (3, 5, 5)), torch.rand(1, 3, 5, 5)
    first, second, third, fourth = module(given)
    assert second is given and fourth is first
    assert torch.equal(first, third.relu())


def test_activations_do_not_pile_up():
    module = to_torch(ReLU() >> ReLU() >> ReLU(), (4,))
    seen, alive = [], []

    def note(_, inputs, output):
        alive.append([reference() is not None for reference in seen])
        seen.append(weakref.ref(output))

    for layer in module.children():
        layer.register_forward_hook(note)
    with torch.no_grad():
        module(torch.zeros(1, 4))
    gc.collect()
    assert alive[2] == [False, True]
    assert [reference() for reference in seen] == [None, None, None]


# -- the tree ------------------------------------------------------------------------------------------------------


def modules_of(block, shape=MAP):
    return {name: type(inner).__name__ for name, inner in to_torch(block, shape).named_modules(remove_duplicate=False)}


def test_paths_become_names():
    block = cc.Seq(
        cc.Seq(Conv(4, 1, name="conv1"), ReLU(), name="a"),
        cc.Repeat(Conv(4, 1), 2, name="b"),
        Add(Identity(), cc.Seq(Conv(4, 1, name="c")), name="d"),
    )
    assert modules_of(block) == {
        "": "Network", "a": "Module", "a.conv1": "Conv2d", "a.relu1": "ReLU", "b": "Module", "b.1": "Conv2d",
        "b.2": "Conv2d", "d": "Module", "d.branch2": "Module", "d.branch2.c": "Conv2d",
    }  # fmt: skip


@pytest.mark.parametrize("name", ["resnet18", "googlenet_heads", "tutorial_004"])
def test_every_layer_with_a_module_is_found_under_its_path(name):
    shape = networks.entry(name).input
    with torch.device("meta"):
        module = to_torch(networks.get(name), shape)
    for row in cost(networks.get(name), shape).rows:
        if row.kind not in ("Concat", "Add"):
            assert sum(p.numel() for p in module.get_submodule(row.path.replace("/", ".")).parameters()) == row.params


def test_names_that_torch_cannot_take():
    names = ["a.b", "a_b", "a_b_", "forward", "train", "T_destination", "_steps", "1", "ü x"]
    graph = Graph()
    value = graph.input()
    for name in names:
        value = graph.add(Linear(4), value, name=name)
    value = graph.add(cc.Seq(ReLU(), name="x.y"), value)
    graph.output(value)
    module = agree(graph, (4,))
    assert len([inner for inner in module.modules() if isinstance(inner, nn.Linear)]) == len(names)
    assert {"a_b", "forward_", "train_", "1", "ü x", "x_y.relu1"} <= {name for name, _ in module.named_modules()}


def test_a_layer_and_a_container_of_one_path():
    graph = Graph()
    value = graph.add(Linear(4), graph.input(), name="a")
    value = graph.add(cc.Seq(Linear(5), name="a"), value)
    graph.output(value)
    module = agree(graph, (4,))
    assert module.a.out_features == 4
    assert module.a_.linear1.out_features == 5


def calls_of(module, x):
    """Every call of a part: its class, and the shapes that go in and come out."""
    seen = []

    def note(part, inputs, output):
        shapes = [[tuple(t.shape[1:]) for t in tuple_of(value)] for value in (inputs, output)]
        seen.append((type(part).__name__, *shapes))

    for inner in module.modules():
        inner.register_forward_hook(note)
    module(x)
    return seen


def test_parts_are_modules_of_their_own_class_and_hooks_see_them():
    stem = Module("Stem", Conv(8, 3, name="c") >> Module("Unit", ReLU() >> Pool(2)), name="stem")
    block = stem >> cc.Flatten() >> Linear(3)
    module = to_torch(block, (4, 6, 6))
    assert [name for name, _ in module.named_modules()] == [
        "", "stem", "stem.c", "stem.module1", "stem.module1.relu1", "stem.module1.pool1", "flatten1", "linear1",
    ]  # fmt: skip
    assert calls_of(module, torch.zeros(1, 4, 6, 6)) == [
        ("Conv2d", [(4, 6, 6)], [(8, 4, 4)]),
        ("ReLU", [(8, 4, 4)], [(8, 4, 4)]),
        ("MaxPool2d", [(8, 4, 4)], [(8, 2, 2)]),
        ("Unit", [(8, 4, 4)], [(8, 2, 2)]),
        ("Stem", [(4, 6, 6)], [(8, 2, 2)]),
        ("Flatten", [(8, 2, 2)], [(32,)]),
        ("Linear", [(32,)], [(3,)]),
        ("Network", [(4, 6, 6)], [(3,)]),
    ]
    twice = to_torch(Module("Stem", ReLU()) >> Module("Stem", ReLU()), (4,))
    first, second = twice.children()
    assert type(first) is type(second)


def test_parts_of_one_layer_of_none_and_inside_one_another():
    block = cc.Seq(
        Module("Empty", Identity(), name="start"),
        Module("Outer", Module("Inner", Linear(3, name="fc")), name="x"),
        Module("Outer", Linear(3) >> Module("Empty", Identity(), name="inside"), name="y"),
        Module("Empty", Identity(), name="behind"),
        Module("Empty", Module("Empty", Identity()), name="end"),
    )
    assert modules_of(block, (4,)) == {
        "": "Network", "start": "Empty", "x": "Outer", "x.inner": "Inner", "x.inner.fc": "Linear", "y": "Outer",
        "y.linear1": "Linear", "y.inside": "Empty", "behind": "Empty", "end": "Empty", "end.empty": "Empty",
    }  # fmt: skip
    agree(block, (4,))


def test_a_side_output_leaves_its_part_beside_the_output():
    part = Module("Part", Linear(3) >> Tap(Linear(2)) >> Module("Inner", Tap(Linear(5)) >> ReLU()) >> Linear(4))
    block = part >> ReLU()
    agree(block, (6,))
    assert calls_of(to_torch(block, (6,)), torch.zeros(1, 6))[-3:] == [
        ("Part", [(6,)], [(4,), (2,), (5,)]),
        ("ReLU", [(4,)], [(4,)]),
        ("Network", [(6,)], [(2,), (5,), (4,)]),
    ]


def _wider(blocks):
    several = st.lists(blocks, min_size=1, max_size=3)
    return st.one_of(
        several.map(lambda parts: cc.Seq(*parts)),
        several.map(lambda parts: Add(*parts)),
        several.map(lambda parts: Concat(*parts)),
        blocks.map(lambda block: Module("Part", block)),
        blocks.map(lambda block: Module("Part", Module("Part", block))),
        blocks.map(Tap),
        blocks.map(lambda block: cc.Repeat(block, 2)),
    )


nested = st.recursive(st.sampled_from([cc.Sigmoid(), cc.Tanh(), cc.ELU(), Identity()]), _wider, max_leaves=12)


@settings(many, max_examples=200)
@given(nested)
def test_parts_and_side_outputs_of_any_nesting_compute_what_the_block_says(block):
    """The block itself is the oracle, read branch by branch without a graph."""
    try:
        cost(block, (2,))
    except cc.ShapeError:
        assume(False)
    x, run = torch.linspace(-1, 1, 4).reshape(2, 2), interpreter.Run()
    main = interpreter.apply(block, run, x)
    module = to_torch(block, (2,))
    for got, expected in zip(tuple_of(module(x)), [*run.side_outputs, main], strict=True):
        assert torch.equal(got, expected)
    parts = sum(type(inner).__name__ == "Part" for inner in module.modules())
    assert parts == len(lower(block).scopes)


def test_a_part_of_several_inputs():
    graph = Graph()
    x, y = graph.input(), graph.input()
    graph.output(graph.add(Module("Join", Concat()), x, y))
    agree(graph, ((3, 4), (2, 4)))
    graph = Graph()
    x = graph.input()
    graph.output(graph.add(Module("Join", Concat()), x, x))
    agree(graph, (3, 4))


def test_a_part_that_reads_and_gives_more_than_it_says():
    """An importer's part may look at what it was not handed, and others at what it did not return."""
    graph = Graph()
    x, y = graph.input(), graph.input()
    a = graph.add(Linear(4), x, name="a")
    scope = graph.enter("Part", "part", (y,))
    b = graph.emit(Add(), (a, y), "elsewhere/b")
    c = graph.emit(Linear(2), (b,), "part/c")
    graph.leave(scope, c)
    empty = graph.enter("Empty", "", (y,))
    graph.leave(empty, a)
    graph.output(graph.add(Add(), graph.add(Linear(2), b, name="d"), c))
    module = agree(graph, ((3,), (4,)))
    assert {"part.c", "empty", "d"} <= {name for name, _ in module.named_modules()}


def test_parts_that_overlap_are_refused():
    graph = Graph()
    x = graph.input()
    first = graph.enter("First", "first", (x,))
    a = graph.add(Linear(4), x)
    second = graph.enter("Second", "second", (a,))
    b = graph.add(Linear(4), a)
    graph.leave(first, b)
    c = graph.add(Linear(4), b)
    graph.leave(second, c)
    graph.output(c)
    with pytest.raises(cc.SpecError, match="second: a part is not inside another"):
        to_torch(graph, (4,))


# -- shared weights ------------------------------------------------------------------------------------------------


def shared(shape, *blocks):
    graph = Graph()
    value = graph.input()
    for number, block in enumerate(blocks):
        value = graph.add(block, value, name=f"n{number}", weights="w")
    graph.output(value)
    return agree(graph, shape)


def test_shared_weights_are_one_module():
    module = shared((4, 8, 8), Conv(4, 3, padding=1), Conv(4, 3, padding=1))
    assert module.n0 is module.n1
    # The same layer is padded by the module at one size, and before it at another.
    module = shared((4, 7, 7), Conv(4, 3, stride=2, padding="same"), Conv(4, 3, stride=2, padding="same"))
    assert module.n0 is not module.n1
    assert module.n0.weight is module.n1.weight


def test_weights_are_shared_between_layers_that_differ_otherwise():
    module = shared((4, 8, 8), Conv(4, 3), Conv(4, 3, stride=2))
    assert module.n0.weight is module.n1.weight and module.n0.bias is module.n1.bias
    module = shared((4, 8, 8), BatchNorm(), BatchNorm())
    assert module.n0 is module.n1
    module = shared((5, 4), cc.MultiheadAttention(2), cc.MultiheadAttention(4))
    assert module.n0.out_proj.weight is module.n1.out_proj.weight
    # A table, and the linear layer that asks it backwards.
    module = shared((5,), cc.Embedding(10, 4), Linear(10, bias=False))
    assert module.n0.weight is module.n1.weight
    with pytest.raises(cc.UnsupportedError, match="n1: torch shares weights between layers of the same form only"):
        shared((4, 1, 4), Conv(4, 1), Linear(4))


# -- as other modules ----------------------------------------------------------------------------------------------


def network():
    part = Module("Part", Conv(4, 3, padding="same", stride=2) >> Tap(cc.Flatten()) >> cc.Reshape((4, -1)))
    return part >> cc.Softmax() >> cc.Upsample(scale_factor=2)


def test_copies_pickles_and_state_dicts():
    module, x = to_torch(network(), (3, 6, 6)), torch.rand(2, 3, 6, 6)
    expected = module(x)
    stored = io.BytesIO()
    torch.save(module, stored)
    stored.seek(0)
    fresh = to_torch(network(), (3, 6, 6))
    fresh.load_state_dict(module.state_dict())
    for other in (
        copy.deepcopy(module),
        pickle.loads(pickle.dumps(module)),  # noqa: S301
        torch.load(stored, weights_only=False),
        fresh,
    ):
        assert type(other) is type(module) and other is not module
        assert all(map(torch.equal, other(x), expected))
        assert not {id(p) for p in other.parameters()} & {id(p) for p in module.parameters()}


@pytest.mark.filterwarnings("ignore:`torch.jit.trace:FutureWarning")
def test_tracing():
    module, x = to_torch(network(), (3, 6, 6)).eval(), torch.rand(2, 3, 6, 6)
    expected = module(x)
    for traced in (torch.jit.trace(module, x), torch.fx.symbolic_trace(module)):
        assert all(map(torch.equal, traced(x), expected))


def test_a_replaced_submodule_is_the_one_that_runs():
    module = to_torch(Conv(4, 1, name="conv") >> ReLU(), (3, 5, 5))
    module.conv = nn.Conv2d(3, 9, 1)
    assert module(torch.zeros(1, 3, 5, 5)).shape == (1, 9, 5, 5)


def test_gradients_reach_every_parameter():
    block = Conv(4, 3, padding="same", stride=2) >> BatchNorm(affine="scale") >> cc.Flatten() >> Linear(3)
    module = to_torch(block, (3, 6, 6))
    module(torch.rand(2, 3, 6, 6)).square().sum().backward()
    assert all(p.grad is not None and p.grad.abs().sum() > 0 for p in module.parameters())


def test_torchsummary_prints_of_it_what_the_summary_says(capsys):
    tool = pytest.importorskip("torchsummary", reason="the oracle is the tool itself: install convcost[test]").summary
    block = networks.get("tutorial_004")
    tool(to_torch(block, (3, 224, 224)), (3, 224, 224), device="cpu")
    assert capsys.readouterr().out.strip() == str(cost(block, (3, 224, 224)).summary("torchsummary"))
