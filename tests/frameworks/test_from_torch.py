"""The importer against torch itself: shapes, parameters and multiply-accumulates, of networks and of odd modules."""

from __future__ import annotations

import copy
import os
import tracemalloc
import warnings

import pytest

torch = pytest.importorskip("torch", reason="modules are torch's: install convcost[torch]")

from hypothesis import HealthCheck, given, note, settings  # noqa: E402
from hypothesis import strategies as st  # noqa: E402
from torch import nn  # noqa: E402
from torch.nn import functional as F  # noqa: E402, N812
from torch.utils.flop_counter import FlopCounterMode  # noqa: E402

from convcost import (  # noqa: E402
    ConvcostError,
    Linear,
    Tally,
    UnsupportedError,
    cost,
    from_torch,
    register_law,
    symbols,
)
from convcost.frameworks.torch_record import tensors  # noqa: E402
from tests.frameworks.random_modules import modules  # noqa: E402


def measured(module, *shapes, batch=1, mode="eval", dtypes=None):
    """Output shapes, parameters, and half of what FlopCounterMode says on the meta device."""
    twin = copy.deepcopy(module).to("meta").train(mode == "train")
    kinds = dtypes or [None] * len(shapes)
    inputs = [torch.empty(batch, *shape, device="meta", dtype=kind) for shape, kind in zip(shapes, kinds, strict=True)]
    with warnings.catch_warnings(), torch.no_grad(), FlopCounterMode(display=False) as counter:
        # Padding "same" of an even kernel is slow, says torch; how slow is not the question here.
        warnings.simplefilter("ignore", UserWarning)
        outputs = [*tensors(twin(*inputs))]
    flops = counter.get_total_flops()
    assert flops % 2 == 0
    return [tuple(y.shape) for y in outputs], sum(p.numel() for p in module.parameters()), flops // 2


def check(module, *shapes, batch=1, mode="eval", dtypes=None):
    """Import, cost and compare; the cost."""
    graph = from_torch(module, *shapes, mode=mode, dtypes=dtypes)
    result = cost(graph, batch=batch)
    outputs, params, macs = measured(module, *shapes, batch=batch, mode=mode, dtypes=dtypes)
    assert [result.whole_shape(value) for value in graph.outputs] == outputs
    assert (result.params, result.macs, result.unsupported) == (params, macs, ())
    assert sum(row.params for row in result.rows) == params and sum(row.macs for row in result.rows) == macs
    return result


# -- whole networks ----------------------------------------------------------------------------------------------


def torchvision_names(module=""):
    torchvision = pytest.importorskip("torchvision", reason="the networks are torchvision's")
    models = torchvision.models
    return models.list_models(module=getattr(models, module) if module else models)


def build(name):
    import torchvision

    options = {"weights": None}
    if name in ("googlenet", "inception_v3"):
        options["init_weights"] = False
    if name in torchvision_names("segmentation") + torchvision_names("detection"):
        options["weights_backbone"] = None
    try:
        with torch.device("meta"):
            return torchvision.models.get_model(name, **options).eval()
    except NotImplementedError:
        # RegNet computes with its own weights while it is built.
        return torchvision.models.get_model(name, **options).eval()


CLASSIFIERS = torchvision_names() if os.environ.get("CONVCOST_SKIP_NETWORKS") is None else []


def test_there_are_eighty_classifiers():
    assert len(torchvision_names()) == 80


@pytest.mark.parametrize("name", CLASSIFIERS)
def test_classifiers(name):
    module = build(name)
    shape = (3, 299, 299) if name == "inception_v3" else (3, 224, 224)
    graph = from_torch(module, shape)
    for batch in (1, 2):
        result = cost(graph, batch=batch)
        outputs, params, macs = measured(module, shape, batch=batch)
        assert (result.params, result.macs, result.unsupported) == (params, macs, ())
        assert [result.whole_shape(value) for value in graph.outputs] == outputs
    assert result.output_shape == (1000,)


@pytest.mark.parametrize("name", torchvision_names("segmentation"))
def test_segmentation(name):
    for batch in (1, 2):
        check(build(name), (3, 128, 160), batch=batch)


@pytest.mark.parametrize("name", torchvision_names("video"))
def test_video(name):
    shape = (3, 16, 224, 224) if name.startswith(("mvit", "s3d")) else (3, 16, 112, 112)
    for batch in (1, 2):
        check(build(name), shape, batch=batch)


@pytest.mark.parametrize("name", torchvision_names("detection"))
def test_detection_backbones(name):
    check(build(name).backbone, (3, 300, 300))


def test_a_detector_needs_values():
    with pytest.raises(ConvcostError) as caught:
        from_torch(build("fasterrcnn_resnet50_fpn"), (3, 224, 224))
    assert "\n" not in str(caught.value)


def test_heads_of_googlenet():
    """In training the heads run; in evaluation they are declared, and stand as rows that did not run."""
    module = build("googlenet")
    result = cost(from_torch(module, (3, 224, 224)))
    idle = [row for row in result.rows if not row.ran]
    assert result.params == 13_004_888 and sum(row.params for row in idle) == 13_004_888 - 6_624_904
    assert {row.path.split(".")[0] for row in idle} == {"aux1", "aux2"} and not any(row.macs for row in idle)
    trained = check(module, (3, 224, 224), mode="train", batch=2)
    assert all(row.ran for row in trained.rows) and len(trained.outputs) == 3


@pytest.mark.parametrize("name", ["resnet18", "shufflenet_v2_x1_0", "densenet121", "googlenet", "mobilenet_v3_small"])
def test_other_shapes(name):
    """At another shape the graph says what an import at that shape says; at symbols too, at random sizes."""
    module = build(name)
    graph = from_torch(module, (3, 224, 224))
    assert cost(graph, (3, 256, 320)).macs == cost(from_torch(module, (3, 256, 320))).macs
    H, W = symbols("H W")
    formula = cost(graph, (3, H, W)).macs
    for height, width in ((224, 224), (97, 130), (64, 255)):
        assert formula.subs({H: height, W: width}) == measured(module, (3, height, width))[2]


def test_a_reshape_that_fixes_the_size():
    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.conv, self.fc = nn.Conv2d(3, 8, 3), nn.Linear(8 * 30 * 30, 10)

        def forward(self, x):
            return self.fc(self.conv(x).view(-1, 8 * 30 * 30))

    graph = from_torch(Net(), (3, 32, 32))
    assert cost(graph).macs == measured(Net(), (3, 32, 32))[2]
    with pytest.raises(ConvcostError, match=r"reshape.*fixes the size that it was imported at"):
        cost(graph, (3, 40, 40))


def test_control_flow_that_hangs_on_the_size():
    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.small, self.large = nn.Conv2d(3, 4, 1), nn.Conv2d(3, 4, 3)

        def forward(self, x):
            return self.small(x) if x.shape[-1] < 100 else self.large(x)

    graph = from_torch(Net(), (3, 64, 64))
    assert cost(graph, (3, 99, 99)).macs == measured(Net(), (3, 99, 99))[2]
    with pytest.raises(ConvcostError, match="the module goes another way at this size"):
        cost(graph, (3, 100, 100))


# -- random modules ----------------------------------------------------------------------------------------------

#: The long tier: CONVCOST_EXAMPLES=5000 python -m pytest tests/frameworks -k random
EXAMPLES = int(os.environ.get("CONVCOST_EXAMPLES", "60"))


@settings(max_examples=EXAMPLES, deadline=None, print_blob=True, suppress_health_check=list(HealthCheck))
@given(st.data(), st.integers(1, 3), st.integers(1, 2))
def test_random_modules(data, rank, batch):
    module, _ = data.draw(modules(rank=rank))
    channels = _channels(module)
    shape = (channels, *[data.draw(st.integers(5, 9)) for _ in range(rank)])
    note(f"{module} at {shape}, batch {batch}")
    try:
        measured(module, shape, batch=batch)
    except (RuntimeError, ValueError):
        # Torch itself refuses it (nothing is left of a map): then we must refuse it too.
        with pytest.raises(ConvcostError):
            cost(from_torch(module, shape), batch=batch)
        return
    check(module, shape, batch=batch)


def _channels(module):
    for part in module.modules():
        if hasattr(part, "in_channels"):
            return part.in_channels
        if isinstance(part, (nn.BatchNorm1d, nn.BatchNorm2d, nn.BatchNorm3d)):
            return part.num_features
        if isinstance(part, nn.GroupNorm):
            return part.num_channels
        if isinstance(part, nn.Linear):
            return part.in_features
    return 4


# -- odd modules -------------------------------------------------------------------------------------------------


class Lambda(nn.Module):
    """A function as a module, with parts."""

    def __init__(self, function, **parts):
        super().__init__()
        self.function = function
        for name, part in parts.items():
            setattr(self, name, part)

    def forward(self, *inputs):
        return self.function(self, *inputs)


ODD = {
    "shared module": (Lambda(lambda m, x: m.a(m.a(x)) + m.b(x), a=(c := nn.Conv2d(4, 4, 3, 1, 1)), b=c), (4, 8, 8)),
    "tied weights": (Lambda(lambda m, x: F.linear(m.a(x), m.a.weight.t()), a=nn.Linear(4, 6)), (5, 4)),
    "attention": (Lambda(lambda m, x: m.a(x, x, x)[0], a=nn.MultiheadAttention(8, 2, batch_first=True)), (5, 8)),
    "encoder": (nn.TransformerEncoderLayer(8, 2, 16, batch_first=True), (5, 8)),
    "recurrent": (Lambda(lambda m, x: m.a(x)[0], a=nn.LSTM(4, 6, 2, batch_first=True, bidirectional=True)), (5, 4)),
    "projected": (Lambda(lambda m, x: m.a(x)[0], a=nn.LSTM(4, 6, proj_size=3, batch_first=True)), (5, 4)),
    "plain recurrent": (Lambda(lambda m, x: m.a(x)[0], a=nn.RNN(4, 6, batch_first=True)), (5, 4)),
    "cells": (Lambda(lambda m, x: m.b(m.a(x)[0]), a=nn.LSTMCell(4, 6), b=nn.GRUCell(6, 3)), (4,)),
    "einsum": (Lambda(lambda m, x: torch.einsum("bhi,bhj,bkj->bik", x, x, x)), (5, 4)),
    "broadcast": (Lambda(lambda m, x: x @ x.mean(0).transpose(0, 1)), (5, 4)),
    "vectors": (Lambda(lambda m, x: x[0] @ x[0, 0]), (5, 4)),
    "chunks": (Lambda(lambda m, x: _multiplied(x.chunk(3, 1), x.split([2, 2, 1], 1))), (5, 4)),
    "table": (Lambda(lambda m, x: m.a[:, torch.arange(3)] @ x, a=nn.Parameter(torch.zeros(2, 5, 5))), (5, 4)),
    "set items": (Lambda(lambda m, x: _filled(x)), (5, 4)),
    "side outputs": (Lambda(lambda m, x: {"out": m.a(x), "aux": (x, [x * 2])}, a=nn.Linear(4, 2)), (5, 4)),
    "bilinear": (Lambda(lambda m, x: m.a(x, x), a=nn.Bilinear(4, 4, 3)), (5, 4)),
    "unused": (Lambda(lambda m, x: m.a(x), a=nn.Linear(4, 2), b=nn.Linear(4, 9), c=nn.Parameter(torch.zeros(7))), (4,)),
    "batch second": (Lambda(lambda m, x: m.a(x.transpose(0, 1)).sum(0), a=nn.Linear(4, 2)), (5, 4)),
    "reflected": (nn.Conv2d(4, 6, 3, padding=1, padding_mode="circular"), (4, 8, 8)),
    "made weight": (Lambda(lambda m, x: F.conv2d(x, m.a / m.a.std()), a=nn.Parameter(torch.ones(6, 4, 3, 3))), (4, 8, 8)),  # noqa: E501
    "script": (Lambda(lambda m, x: m.a(_scripted(x)), a=nn.Linear(4, 2)), (5, 4)),
}  # fmt: skip


def _multiplied(first, second):
    return torch.cat([a * b for a, b in zip(first, second, strict=True)], 1)


def _filled(x):
    y = torch.zeros_like(x)
    y[:, 1:] = x[:, 1:] @ x.new_ones(4, 4)
    return y


def _scripted(x: torch.Tensor) -> torch.Tensor:
    return torch.mm(x[0], x[0].t()).sum() + x


with warnings.catch_warnings():
    # Deprecated, and all the same in many a published model.
    warnings.simplefilter("ignore", FutureWarning)
    _scripted = torch.jit.script(_scripted)


@pytest.mark.parametrize("name", ODD)
@pytest.mark.parametrize("batch", [1, 2])
def test_odd_modules(name, batch):
    module, shape = ODD[name]
    graph = from_torch(module, shape)
    result = cost(graph, batch=batch)
    outputs, params, macs = measured(module, shape, batch=batch)
    assert [result.whole_shape(value) for value in graph.outputs] == outputs
    assert (result.params, result.unsupported) == (params, ())
    # torch's counter has no formula for products with vectors and for three operands at once; they multiply, too.
    uncounted = {"vectors": 20, "bilinear": batch * 5 * 4 * 4 * 3}
    assert result.macs == macs + uncounted.get(name, 0)


def test_several_inputs_and_types():
    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.table, self.mix = nn.Embedding(10, 6), nn.Linear(6, 4)

        def forward(self, tokens, image):
            return self.mix(self.table(tokens)).sum(1)[:, :, None, None] * image

    graph = from_torch(Net(), (5,), (4, 8, 8), dtypes=["int64", "float32"])
    result = cost(graph, ((7,), (4, 8, 8)), batch=3)
    assert result.macs == 3 * 7 * 6 * 4 and result.output_shape == (4, 8, 8)
    with pytest.raises(ConvcostError, match="int64"):
        from_torch(Net(), (5,), (4, 8, 8))


def test_the_batch_elsewhere():
    net = nn.TransformerEncoderLayer(8, 2, 16)
    result = cost(from_torch(net, (5, 8), batch_dim=1), batch=3)
    assert result.macs == measured(nn.TransformerEncoderLayer(8, 2, 16, batch_first=True), (5, 8), batch=3)[2]
    assert result.output_shape == (5, 8)


def test_a_table_that_does_not_grow_with_the_batch():
    """Swin v2 computes its position bias once per call."""
    graph = from_torch(build("swin_v2_t"), (3, 224, 224))
    one, two = cost(graph).macs, cost(graph, batch=2).macs
    assert one < two < 2 * one


# -- what must not happen ----------------------------------------------------------------------------------------


def test_the_module_stays_as_it_is():
    module = nn.Sequential(nn.Conv2d(3, 8, 3), nn.BatchNorm2d(8), nn.Dropout()).train()
    before = copy.deepcopy(module.state_dict())
    state = torch.get_rng_state()
    from_torch(module, (3, 8, 8))
    assert module.training and all(part.training for part in module.modules())
    assert all(torch.equal(value, before[name]) for name, value in module.state_dict().items())
    assert not any(part._forward_hooks or part._forward_pre_hooks for part in module.modules())
    assert torch.equal(state, torch.get_rng_state()) and torch.is_grad_enabled()
    assert next(module.parameters()).device.type == "cpu"


def test_no_weights_are_allocated():
    """An import of a module of 400 MB on the meta device stays far below its size."""
    with torch.device("meta"):
        module = nn.Linear(10_000, 10_000)
    from_torch(nn.Linear(2, 2), (2,))
    tracemalloc.start()
    try:
        assert cost(from_torch(module, (10_000,))).params == 10_000 * 10_001
        assert tracemalloc.get_traced_memory()[1] < 20_000_000
    finally:
        tracemalloc.stop()


def test_an_operator_without_a_law_is_listed():
    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.block = Lambda(lambda m, x: torch.linalg.inv(x))
            self.head = nn.Linear(4, 2)

        def forward(self, x):
            return self.head(self.block(x))

    result = cost(from_torch(Net(), (4, 4)))
    assert result.status == "lower-bound" and result.macs == 4 * 4 * 2
    (text,) = result.unsupported
    assert text.startswith("block: ") and "inv" in text
    assert next(row for row in result.rows if row.path == "block").macs is None


def test_a_module_that_raises():
    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.inner = Lambda(lambda m, x: 1 // 0)

        def forward(self, x):
            return self.inner(x)

    with pytest.raises(UnsupportedError, match="inner: the module raises at this input.*ZeroDivisionError"):
        from_torch(Net(), (4,))


@pytest.mark.parametrize("function", [
    lambda m, x: x[x > 0],
    lambda m, x: x * 2 if x.sum() > 0 else x,
    lambda m, x: x.view(int(x.sum().item()), -1),
    lambda m, x: x.nonzero(),
])  # fmt: skip
def test_a_module_that_needs_values(function):
    with pytest.raises(UnsupportedError) as caught:
        from_torch(nn.Sequential(Lambda(function)), (4,))
    assert caught.value.where == "0" and "values of a tensor" in caught.value.what


@pytest.mark.parametrize(("args", "options"), [
    (("no module", (3,)), {}),
    ((Linear(3), (3,)), {}),
    ((nn.Linear(2, 2),), {}),
    ((nn.Linear(2, 2), (2, -1)), {}),
    ((nn.Linear(2, 2), 2), {}),
    ((nn.Linear(2, 2), (3,)), {}),
    ((nn.Linear(2, 2), (2,), (2,)), {}),
    ((nn.LazyLinear(2), (3,)), {}),
    ((nn.Linear(2, 2), (2,)), {"mode": "test"}),
    ((nn.Linear(2, 2), (2,)), {"dtypes": ["int7"]}),
    ((nn.Linear(2, 2), (2,)), {"batch_dim": 5}),
])  # fmt: skip
def test_bad_requests_are_one_line(args, options):
    with pytest.raises(ConvcostError) as caught:
        from_torch(*args, **options)
    assert "\n" not in str(caught.value) and len(str(caught.value)) < 400


# -- laws of one's own -------------------------------------------------------------------------------------------


@torch.library.custom_op("convcost_tests::blend", mutates_args=())
def blend(x: torch.Tensor, weight: torch.Tensor) -> torch.Tensor:
    return x * weight


@blend.register_fake
def _(x, weight):
    return torch.empty_like(x)


def test_a_registered_law(monkeypatch):
    from convcost.frameworks.torch_laws import CUSTOM

    monkeypatch.setattr("convcost.frameworks.torch_laws.CUSTOM", dict(CUSTOM))
    net = Lambda(lambda m, x: blend(x, m.weight), weight=nn.Parameter(torch.ones(4)))
    unknown = cost(from_torch(net, (5, 4)))
    assert unknown.unsupported == ("convcost_tests.blend: convcost_tests.blend",) or "blend" in unknown.unsupported[0]
    register_law(blend, lambda x, weight: (x, Tally(macs=3 * x[0] * x[1] * weight[0])))
    known = cost(from_torch(net, (5, 4)), batch=2)
    assert (known.macs, known.unsupported, known.status) == (3 * 2 * 5 * 4, (), "exact")
    register_law("convcost_tests::blend", lambda x, weight: "nonsense")
    with pytest.raises(ConvcostError, match="answers with no Tally"):
        cost(from_torch(net, (5, 4)))


def test_the_comparison_would_notice():
    """Control: a module that counts something else than the graph says fails the check."""
    module = nn.Conv2d(3, 4, 3)
    graph = from_torch(module, (3, 8, 8))
    module.stride = (2, 2)
    assert cost(graph).macs != measured(module, (3, 8, 8))[2]


def test_rows_at_symbolic_sizes_show_one_example():
    """The batch is no dim of a row's shape, though the size beside it is rounded up."""
    net = torch.nn.Sequential(torch.nn.Conv2d(3, 8, 7, stride=2, padding=3), torch.nn.ReLU(), torch.nn.MaxPool2d(2))
    H, W = symbols("H W")
    counted = cost(from_torch(net, (3, 32, 32)), (3, H, W))
    assert [row.output for row in counted.subs(H=31, W=20).rows] == [(8, 16, 10), (8, 16, 10), (8, 8, 5)]
    assert all(len(row.output) == 3 for row in counted.rows)
