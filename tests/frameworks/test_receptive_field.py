"""Receptive fields and map sizes against real torch modules: what has a gradient is what is seen.

With positive weights and a positive input nothing cancels, so that the gradient of one output element is nonzero
exactly at the input elements that reach it. Maximum pools, whose gradient goes to one element alone, are made average
pools.
"""

from __future__ import annotations

import pytest

torch = pytest.importorskip("torch", reason="the oracle is torch itself: install convcost[torch]")
from torch import nn  # noqa: E402

from convcost import cost, from_torch  # noqa: E402

torchvision = pytest.importorskip("torchvision", reason="networks of torchvision: install convcost[peers]")


def positive(module):
    """The module with weights of which none is zero or negative, statistics that change nothing, and average pools."""
    for parent in list(module.modules()):
        for name, child in list(parent.named_children()):
            if isinstance(child, nn.MaxPool2d):
                setattr(parent, name, nn.AvgPool2d(child.kernel_size, child.stride, child.padding, child.ceil_mode))
    module = module.eval()
    for name, tensor in [*module.named_parameters(), *module.named_buffers()]:
        fan_in = tensor[0].numel() if tensor.dim() > 1 else 1
        if tensor.is_floating_point():
            tensor.data.fill_(0 if "mean" in name or "bias" in name else 1 / fan_in)
    return module


def outputs_by_path(module, x):
    """What every module gave when it was last called, by its path."""
    given = {}
    hooks = [
        child.register_forward_hook(lambda _module, _inputs, y, path=path: given.__setitem__(path, y))
        for path, child in module.named_modules()
    ]
    y = module(x)
    for hook in hooks:
        hook.remove()
    return given, y


def seen(y, place, x):
    """First and last input place along each axis with a gradient of ``y``'s element ``place``."""
    (gradient,) = torch.autograd.grad(y[(0, slice(None), *place)].sum(), x, retain_graph=True)
    touched = gradient[0].abs().sum(0) > 0
    return [(int(places.min()), int(places.max())) for places in touched.nonzero(as_tuple=True)]


def predicted(field, place, shape):
    """What the law says, cut to the map."""
    return [
        (max(start + n * stride, 0), min(start + n * stride + size - 1, length - 1))
        for n, start, stride, size, length in zip(place, field.start, field.stride, field.size, shape[1:], strict=True)
    ]


def check(module, shape, paths):
    """Gradients of elements in the middle and in a corner, at every path."""
    module = positive(module)
    rows = {row.path: row for row in cost(from_torch(module, shape)).rows}
    x = torch.ones(1, *shape, requires_grad=True)
    given, _ = outputs_by_path(module, x)
    for path in paths:
        y, field = given[path], rows[path].receptive_field
        sizes = y.shape[2:]
        for place in {tuple(n // 2 for n in sizes), tuple((n - 1) * (n % 2) for n in sizes)}:
            assert seen(y, place, x) == predicted(field, place, shape), (path, place)
    return rows


def trunk(name, **options):
    return getattr(torchvision.models, name)(weights=None, **options)


CASES = {
    "conv": (nn.Sequential(nn.Conv2d(2, 2, (3, 5), (2, 1), (1, 0), (1, 2))), (2, 30, 31), ["0"]),
    "same": (nn.Sequential(nn.Conv2d(2, 2, 4, padding="same"), nn.Conv2d(2, 2, 3, padding="valid")), (2, 20, 20), "01"),
    "one axis": (nn.Sequential(nn.Conv1d(2, 2, 3, 2), nn.AvgPool1d(3, 2, 1, ceil_mode=True)), (2, 40), "01"),
    "three axes": (nn.Sequential(nn.Conv3d(2, 2, (1, 2, 3)), nn.AvgPool3d(2)), (2, 6, 8, 9), []),
    "adaptive": (nn.Sequential(nn.AdaptiveAvgPool2d((5, 10))), (2, 20, 30), "0"),
    "norm": (nn.Sequential(nn.Conv2d(2, 2, 3), nn.BatchNorm2d(2), nn.ReLU(), nn.Conv2d(2, 2, 3)), (2, 20, 20), "0123"),
    "resnet18": (
        trunk("resnet18"), (3, 160, 193),
        ["maxpool", "layer1.0.conv2", "layer2.0.downsample.0", "layer2.1.conv2", "layer3.1.conv2", "layer4.0.conv1"],
    ),
    "resnet50": (trunk("resnet50"), (3, 160, 160), ["layer1.2.conv3", "layer2.3.conv3"]),
    "vgg11": (trunk("vgg11"), (3, 160, 160), ["features.5", "features.10", "features.20"]),
    "googlenet": (
        trunk("googlenet", init_weights=False, aux_logits=False), (3, 192, 192),
        ["maxpool1", "inception3a.branch3.1.conv", "inception3b.branch4.0", "maxpool3", "inception4a.branch1.conv"],
    ),
    "squeezenet1_1": (trunk("squeezenet1_1"), (3, 161, 161), ["features.3.expand3x3", "features.7.expand3x3"]),
    "mobilenet_v2": (trunk("mobilenet_v2"), (3, 160, 160), ["features.2.conv.2", "features.4.conv.2"]),
    "densenet121": (trunk("densenet121"), (3, 128, 128), ["features.denseblock1.denselayer6.conv2"]),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_gradients_reach_what_is_seen(name):
    module, shape, paths = CASES[name]
    check(module, shape, paths)


def test_the_check_would_notice():
    """Control: gradients of another kernel are elsewhere."""
    x = torch.ones(1, 2, 20, 20, requires_grad=True)
    y = positive(nn.Conv2d(2, 2, 5, padding=2))(x)
    field = cost(from_torch(nn.Conv2d(2, 2, 3, padding=1), (2, 20, 20))).receptive_field
    assert seen(y, (9, 9), x) != predicted(field, (9, 9), (2, 20, 20))
    assert seen(y, (9, 9), x) == [(7, 11), (7, 11)]


class Residual(nn.Module):
    """Branches with kernels of odd and even size."""

    def __init__(self, even):
        super().__init__()
        self.far = nn.Conv2d(2, 2, 3, padding=1)
        if even:
            self.far = nn.Sequential(nn.ZeroPad2d((0, 1, 0, 1)), nn.Conv2d(2, 2, 2))

    def forward(self, x):
        return x + self.far(x)


@pytest.mark.parametrize("even", [True, False])
def test_unaligned_branches_of_a_module(even):
    module = positive(Residual(even))
    field = cost(from_torch(module, (2, 16, 16))).receptive_field
    x = torch.ones(1, 2, 16, 16, requires_grad=True)
    assert seen(module(x), (7, 7), x) == predicted(field, (7, 7), (2, 16, 16))
    assert field.aligned is not even and ("not aligned at add" in field.why) is even


class Gate(nn.Module):
    """Squeeze and excitation."""

    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(2, 2, 3, padding=1)
        self.squeeze = nn.Conv2d(2, 2, 1)

    def forward(self, x):
        x = self.conv(x)
        return x * self.squeeze(x.mean((2, 3), keepdim=True))


def test_a_gate_sees_the_whole_map():
    field = cost(from_torch(Gate(), (2, 9, 9))).receptive_field
    assert (field.size, field.stride, field.start, field.aligned) == ((11, 11), (0, 0), (-1, -1), True)


class Tokens(nn.Module):
    """Patches, a class token, attention."""

    def __init__(self):
        super().__init__()
        self.patches = nn.Conv2d(3, 8, 4, 4)
        self.token = nn.Parameter(torch.zeros(1, 1, 8))
        self.norm = nn.LayerNorm(8)
        self.attention = nn.MultiheadAttention(8, 2, batch_first=True)

    def forward(self, x):
        tokens = self.patches(x).flatten(2).transpose(1, 2)
        tokens = self.norm(torch.cat([self.token.expand(x.shape[0], -1, -1), tokens], 1))
        return self.attention(tokens, tokens, tokens, need_weights=False)[0][:, 0]


def test_attention_sees_everything_and_tokens_before_it_a_patch():
    rows = cost(from_torch(Tokens(), (3, 16, 24))).rows
    norm = next(row for row in rows if row.kind == "LayerNorm")
    assert norm.receptive_field.size == (4, 4) and norm.receptive_field.stride is None
    assert rows[-1].receptive_field.size == (16, 24) and rows[-1].receptive_field.stride == (0, 0)


class Rolled(nn.Module):
    def forward(self, x):
        return torch.roll(x, 1, 2)


@pytest.mark.parametrize("module", [Rolled(), nn.PixelUnshuffle(2), nn.Sequential(nn.RMSNorm(8))], ids=str)
def test_operators_without_a_law_are_unknown(module):
    field = cost(from_torch(module, (2, 8, 8))).receptive_field
    assert not field.known and "no law" in field.why


@pytest.mark.parametrize(
    ("module", "train", "eval_"),
    [(nn.BatchNorm2d(2), (8, 8), (1, 1)), (nn.BatchNorm2d(2, track_running_stats=False), (8, 8), (8, 8))],
)
def test_batch_normalization_sees_the_map_while_it_trains(module, train, eval_):
    assert cost(from_torch(module, (2, 8, 8), mode="train")).receptive_field.size == train
    assert cost(from_torch(module, (2, 8, 8))).receptive_field.size == eval_


@pytest.mark.parametrize("scale", [2, 3, 1.5, 0.5])
@pytest.mark.parametrize("mode", ["nearest", "nearest-exact", "bilinear", "bilinear corners", "bicubic", "transposed"])
def test_finer_maps_against_tainted_inputs(mode, scale):
    """What an element reads, by making input elements no numbers; neighbours of weight zero are read and not seen."""
    if mode == "transposed":
        if int(scale) != scale:
            return
        module = nn.ConvTranspose2d(1, 1, 3, int(scale), padding=1)
    else:
        options = {"align_corners": "corners" in mode} if mode[0] == "b" else {}
        module = nn.Upsample(scale_factor=scale, mode=mode.split()[0], **options)
    module = positive(module)
    field = cost(from_torch(module, (1, 12, 12))).receptive_field
    x = torch.ones(1, 1, 12, 12, requires_grad=True)
    y = module(x)
    spans = [seen(y, (n, y.shape[3] // 2), x)[0] for n in range(y.shape[2])]
    sizes = [last - first + 1 for first, last in spans]
    assert field.size[0] == max(sizes)
    if field.regular:
        inner = [span for span in spans if span[0] > 0 and span[1] < 11]
        assert all(last - first + 1 == field.size[0] for first, last in inner)


# -- memory ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "functions"),
    [
        ("resnet18", "Add Flatten"),
        ("vgg11", "Flatten"),
        ("googlenet", "Concat Flatten ReLU"),
        ("mobilenet_v2", "Add Flatten AdaptivePool"),
    ],
)
def test_maps_have_as_many_elements_as_hooks_see(name, functions):
    """Every module that calls no other gave a map; the rest comes from functions, on which there are no hooks."""
    module = trunk(name, **({"init_weights": False, "aux_logits": False} if name == "googlenet" else {})).eval()
    elements = []
    for child in module.modules():
        if not [*child.children()]:
            child.register_forward_hook(lambda _module, _inputs, y: elements.append(y.numel()))
    with torch.no_grad():
        module(torch.zeros(2, 3, 224, 224))
    seen_by_hooks = sum(elements)
    counted = cost(from_torch(module, (3, 224, 224)), batch=2)
    others = sum(row.elements for row in counted.rows if row.kind in functions.split())
    assert seen_by_hooks == counted.activations - others
    assert counted.activation_bytes(2, with_input=True) == 2 * (counted.activations + 2 * 3 * 224 * 224)


def test_torchsummary_counts_the_same_maps_twice():
    from convcost import networks

    counted = cost(networks.get("vgg11"), (3, 224, 224))
    assert counted.summary("torchsummary").forward_backward_bytes == 2 * counted.activation_bytes()
    residual = cost(networks.get("resnet18"), (3, 224, 224))
    assert residual.summary("torchsummary").forward_backward_bytes != 2 * residual.activation_bytes()


def test_what_is_not_run_has_no_map():
    module = torchvision.models.googlenet(weights=None, init_weights=False, aux_logits=True).eval()
    idle = [row for row in cost(from_torch(module, (3, 224, 224))).rows if not row.ran]
    assert idle and all(row.elements == 0 and not row.receptive_field.known for row in idle)


# -- what is no map ----------------------------------------------------------------------------------------------


def test_an_lstm_has_its_results_for_maps():
    """Questions about sizes and initial states of zeros are no maps: what torch's own module returns are."""
    module = nn.LSTM(6, 4, batch_first=True).eval()
    states, (hidden, cell) = module(torch.zeros(1, 7, 6))
    counted = cost(from_torch(module, (7, 6)))
    assert counted.activations == states.numel() + hidden.numel() + cell.numel() == 36
    for kind in ("Guard", "Zeros"):
        assert {row.elements for row in counted.rows if row.kind == kind} == {0}


class Fresh(nn.Module):
    """A stored tensor, a captured one and three fresh ones beside a map."""

    def __init__(self):
        super().__init__()
        self.scale = nn.Parameter(torch.ones(9))
        self.register_buffer("shift", torch.ones(9))

    def forward(self, x):
        x = x * self.scale + self.shift
        return x + torch.zeros(9) + torch.arange(9) + torch.zeros_like(x) + torch.randn_like(x)


def test_stored_and_fresh_tensors_are_no_maps():
    counted = cost(from_torch(Fresh().eval(), (3, 9, 9)))
    assert counted.activations == 6 * 3 * 9 * 9
    assert all(row.elements in (0, 243) for row in counted.rows)


def test_questions_and_stored_tensors_have_no_cell_and_no_footnote():
    counted = cost(from_torch(trunk("vit_b_16").eval(), (3, 224, 224)))
    table = counted.table("plain", columns="kind,receptive-field,stride,elements,memory")
    questions = [line.split() for line in table.splitlines() if " Guard " in line and "guard" in line]
    assert len(questions) == 26 and all(line[1:] == ["Guard", "0", "0"] for line in questions)
    assert "from guard on" not in table and "from class_token on" not in table


class Two(nn.Module):
    def __init__(self):
        super().__init__()
        self.a = nn.Conv2d(3, 4, 3, padding=1)
        self.b = nn.Conv2d(1, 4, 5, padding=2)

    def forward(self, x, y):
        return self.a(x) + self.b(y)


def test_every_input_is_told():
    counted = cost(from_torch(Two().eval(), (3, 9, 9), (1, 9, 9)))
    assert [field and field.size for field in counted.receptive_fields] == [(3, 3), (5, 5)]
    table = counted.table("plain", columns=["kind", "receptive-field", "stride", "start"])
    lines = {line.split()[0]: line for line in table.splitlines() if line.strip()}
    assert "3×3; –" in lines["a"] and "–; 5×5" in lines["b"]
    for name in ("add", "total"):
        assert "3×3; 5×5" in lines[name] and "1×1; 1×1" in lines[name] and "(-1; -1); (-2; -2)" in lines[name]
    assert "input 1 (3×9×9), input 2 (1×9×9)" in table
    from convcost import Cost

    back = Cost.from_dict(counted.to_dict())
    assert back.receptive_fields == counted.receptive_fields and back.to_dict() == counted.to_dict()


def test_one_input_is_told_without_a_number():
    """Control."""
    counted = cost(from_torch(nn.Conv2d(3, 4, 3).eval(), (3, 9, 9)))
    table = counted.table("plain", columns="receptive-field")
    assert "3×3" in table and "3×3;" not in table and "input 1" not in table


def test_features_of_a_sequence_are_no_place():
    modules = nn.LSTM(6, 4, batch_first=True), nn.GRU(6, 4), nn.TransformerEncoderLayer(6, 2, 8, batch_first=True)
    for module in modules:
        found = cost(from_torch(module.eval(), (7, 6))).receptive_field
        assert not found.known and "sequence" in found.why
