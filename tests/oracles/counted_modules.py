"""The modules whose counts are written down in ``counters.json``, built as they were when they were measured."""

from __future__ import annotations

import torch
from torch import nn
from torch.nn import functional


class Wrapped(nn.Module):
    """A layer inside a module, with one parameter of its own: calflops counts nothing that has none."""

    def __init__(self, inner):
        super().__init__()
        self.inner = inner
        self.dummy = nn.Parameter(torch.zeros(1))

    def forward(self, *inputs):
        return self.inner(*inputs)


class Functions(nn.Module):
    """Functions instead of layers."""

    def __init__(self, function, **members):
        super().__init__()
        self.dummy = nn.Parameter(torch.zeros(1))
        self.function = function
        for name, member in members.items():
            setattr(self, name, member)

    def forward(self, *inputs):
        return self.function(self, *inputs)


def _twice():
    conv = nn.Conv2d(4, 4, 3, padding=1, bias=False)
    return Functions(lambda m, x: m.conv(m.conv(x)), conv=conv)


def _frozen():
    conv = nn.Conv2d(4, 6, 3, padding=1)
    for parameter in conv.parameters():
        parameter.requires_grad_(False)
    return Wrapped(conv)


def _attention():
    attention = nn.MultiheadAttention(4, 2, batch_first=True)
    return Functions(lambda m, x: m.attention(x, x, x, need_weights=False)[0], attention=attention)


MAP, SEQUENCE = (1, 4, 8, 8), (1, 5, 4)
#: Layers: what makes one, and the shape of its input.
LAYERS = {
    "conv3x3 4->6 p1 nobias": (lambda: nn.Conv2d(4, 6, 3, padding=1, bias=False), MAP),
    "conv3x3 4->6 p1 bias": (lambda: nn.Conv2d(4, 6, 3, padding=1), MAP),
    "conv3x3 same-str bias": (lambda: nn.Conv2d(4, 6, 3, padding="same"), MAP),
    "conv3x3 g=2 nobias": (lambda: nn.Conv2d(4, 6, 3, padding=1, groups=2, bias=False), MAP),
    "conv3x3 dil2 p2": (lambda: nn.Conv2d(4, 6, 3, padding=2, dilation=2, bias=False), MAP),
    "conv3x3 s2 p1": (lambda: nn.Conv2d(4, 6, 3, 2, 1, bias=False), MAP),
    "dwconv3x3 nobias": (lambda: nn.Conv2d(4, 4, 3, padding=1, groups=4, bias=False), MAP),
    "convT3 s2 p1 4->6 nobias": (lambda: nn.ConvTranspose2d(4, 6, 3, 2, 1, bias=False), MAP),
    "convT3 s2 p1 4->6 bias": (lambda: nn.ConvTranspose2d(4, 6, 3, 2, 1), MAP),
    "convT3 s2 p1 g2 4->6 nobias": (lambda: nn.ConvTranspose2d(4, 6, 3, 2, 1, groups=2, bias=False), MAP),
    "conv1d k3": (lambda: nn.Conv1d(4, 6, 3, padding=1, bias=False), (1, 4, 8)),
    "conv3d k3": (lambda: nn.Conv3d(4, 6, 3, padding=1, bias=False), (1, 4, 4, 4, 4)),
    "linear 4->6 nobias": (lambda: nn.Linear(4, 6, bias=False), (1, 4)),
    "linear 4->6 bias": (lambda: nn.Linear(4, 6), (1, 4)),
    "linear 4->6 bias on (1,5,4)": (lambda: nn.Linear(4, 6), SEQUENCE),
    "BN2d eval": (lambda: nn.BatchNorm2d(4), MAP),
    "BN2d eval noaffine": (lambda: nn.BatchNorm2d(4, affine=False), MAP),
    "LN(4) on (1,5,4)": (lambda: nn.LayerNorm(4), SEQUENCE),
    "GN(2,4)": (lambda: nn.GroupNorm(2, 4), MAP),
    "IN(4) affine": (lambda: nn.InstanceNorm2d(4, affine=True), MAP),
    "ReLU": (nn.ReLU, MAP),
    "LeakyReLU": (nn.LeakyReLU, MAP),
    "GELU": (nn.GELU, MAP),
    "SiLU": (nn.SiLU, MAP),
    "Sigmoid": (nn.Sigmoid, MAP),
    "Tanh": (nn.Tanh, MAP),
    "Hardswish": (nn.Hardswish, MAP),
    "PReLU": (nn.PReLU, MAP),
    "MaxPool2": (lambda: nn.MaxPool2d(2), MAP),
    "MaxPool3s2p1": (lambda: nn.MaxPool2d(3, 2, 1), MAP),
    "AvgPool2": (lambda: nn.AvgPool2d(2), MAP),
    "AvgPool3s2p1": (lambda: nn.AvgPool2d(3, 2, 1), MAP),
    "AdaptiveAvg1": (lambda: nn.AdaptiveAvgPool2d(1), MAP),
    "AdaptiveAvg3": (lambda: nn.AdaptiveAvgPool2d(3), MAP),
    "Softmax mod": (lambda: nn.Softmax(-1), SEQUENCE),
    "Upsample nearest x2": (lambda: nn.Upsample(scale_factor=2), MAP),
    "Upsample nearest size16": (lambda: nn.Upsample(size=16), MAP),
    "Upsample bilinear x2": (lambda: nn.Upsample(scale_factor=2, mode="bilinear"), MAP),
    "Dropout eval": (nn.Dropout, MAP),
    "PixelShuffle": (lambda: nn.PixelShuffle(2), MAP),
    "LSTM(4,6) T5": (lambda: nn.LSTM(4, 6, batch_first=True), SEQUENCE),
    "N=2 conv bias": (lambda: nn.Conv2d(4, 6, 3, padding=1), (2, 4, 8, 8)),
    "N=2 BN eval": (lambda: nn.BatchNorm2d(4), (2, 4, 8, 8)),
    "N=2 linear bias": (lambda: nn.Linear(4, 6), (2, 4)),
    "N=2 ReLU": (nn.ReLU, (2, 4, 8, 8)),
    "N=2 upsample nearest": (lambda: nn.Upsample(scale_factor=2), (2, 4, 8, 8)),
    "N=2 avgpool2": (lambda: nn.AvgPool2d(2), (2, 4, 8, 8)),
}
#: Functions and operators: what makes the module, and the shapes of its inputs.
FUNCTIONS = {
    "F.relu": (lambda: Functions(lambda m, x: functional.relu(x)), [MAP]),
    "mean(2,3)": (lambda: Functions(lambda m, x: x.mean((2, 3))), [MAP]),
    "x+x": (lambda: Functions(lambda m, x: x + x), [MAP]),
    "add_ inplace": (lambda: Functions(lambda m, x: (x * 1).add_(x)), [MAP]),
    "torch.add": (lambda: Functions(lambda m, x: torch.add(x, x)), [MAP]),
    "x*x": (lambda: Functions(lambda m, x: x * x), [MAP]),
    "cat": (lambda: Functions(lambda m, x: torch.cat([x, x], 1)), [MAP]),
    "F.softmax": (lambda: Functions(lambda m, x: functional.softmax(x, -1)), [SEQUENCE]),
    "F.interp bilinear x2": (
        lambda: Functions(lambda m, x: functional.interpolate(x, scale_factor=2, mode="bilinear")), [MAP]),
    "matmul fn 5x4 @ 4x5": (lambda: Functions(lambda m, x: torch.matmul(x, x.transpose(1, 2))), [SEQUENCE]),
    "@ op 5x4 @ 4x5": (lambda: Functions(lambda m, x: x @ x.transpose(1, 2)), [SEQUENCE]),
    "einsum": (lambda: Functions(lambda m, x: torch.einsum("bij,bkj->bik", x, x)), [SEQUENCE]),
    "SDPA h1 s5 d4": (
        lambda: Functions(lambda m, x: functional.scaled_dot_product_attention(x, x, x)), [(1, 1, 5, 4)]),
    "MHA(4,2) s5": (_attention, [SEQUENCE]),
    "conv used twice": (_twice, [MAP]),
    "frozen conv bias": (_frozen, [MAP]),
    "bare nn.Parameter matmul": (
        lambda: Functions(lambda m, x: torch.matmul(x, m.w), w=nn.Parameter(torch.zeros(4, 6))), [SEQUENCE]),
    "F.conv2d bias": (
        lambda: Functions(lambda m, x: functional.conv2d(x, m.w, m.b, padding=1),
                          w=nn.Parameter(torch.zeros(6, 4, 3, 3)), b=nn.Parameter(torch.zeros(6))), [MAP]),
}  # fmt: skip


def _conv(i, o, k, *, bias=False, norm=False, relu=False):
    parts = [nn.Conv2d(i, o, k, padding=k // 2, bias=bias)]
    parts += [nn.BatchNorm2d(o)] if norm else []
    parts += [nn.ReLU()] if relu else []
    return parts


class Inception(nn.Module):
    """GoogLeNet's first block, as in the paper, with the reductions or without."""

    def __init__(self, reduced):
        super().__init__()
        unit = {"bias": True, "relu": True}
        self.a = nn.Sequential(*_conv(192, 64, 1, **unit))
        if reduced:
            self.b = nn.Sequential(*_conv(192, 96, 1, **unit), *_conv(96, 128, 3, **unit))
            self.c = nn.Sequential(*_conv(192, 16, 1, **unit), *_conv(16, 32, 5, **unit))
            self.d = nn.Sequential(nn.MaxPool2d(3, 1, 1), *_conv(192, 32, 1, **unit))
        else:
            self.b = nn.Sequential(*_conv(192, 128, 3, **unit))
            self.c = nn.Sequential(*_conv(192, 32, 5, **unit))
            self.d = nn.MaxPool2d(3, 1, 1)

    def forward(self, x):
        return torch.cat([self.a(x), self.b(x), self.c(x), self.d(x)], 1)


_KINDS = {"conv only": {}, "bias+relu": {"bias": True, "relu": True}, "bn+relu": {"norm": True, "relu": True}}
BLOCKS = {
    **{f"3a 5x5 naive {kind}": (lambda o=o: nn.Sequential(*_conv(192, 32, 5, **o))) for kind, o in _KINDS.items()},
    **{
        f"3a 5x5 bottleneck {kind}": (lambda o=o: nn.Sequential(*_conv(192, 16, 1, **o), *_conv(16, 32, 5, **o)))
        for kind, o in _KINDS.items()
    },
    "3a module naive (pool unprojected)": lambda: Inception(False),
    "3a module reduced": lambda: Inception(True),
}
MODELS = ("alexnet", "vgg16", "googlenet", "resnet50", "mobilenet_v2", "densenet121", "vit_b_16")


def build(name):
    """The module of that name, and its inputs."""
    if name in LAYERS:
        make, shape = LAYERS[name]
        return Wrapped(make()), (torch.rand(shape),)
    if name in FUNCTIONS:
        make, shapes = FUNCTIONS[name]
        return make(), tuple(torch.rand(shape) for shape in shapes)
    if name == "Embedding(10,4) on 5":
        return Wrapped(nn.Embedding(10, 4)), (torch.zeros(1, 5, dtype=torch.long),)
    if name in BLOCKS:
        return Wrapped(BLOCKS[name]()), (torch.rand(1, 192, 28, 28),)
    import torchvision

    options = {"init_weights": False} if name == "googlenet" else {}
    return getattr(torchvision.models, name)(weights=None, **options), (torch.rand(1, 3, 224, 224),)


def network():
    """A bit of everything, one module inside another."""
    return nn.Sequential(
        nn.Conv2d(3, 8, 3, padding=1, bias=False),
        nn.Sequential(nn.BatchNorm2d(8), nn.ReLU()),
        nn.AdaptiveAvgPool2d(1),
        nn.Flatten(),
        nn.Linear(8, 4),
    )
