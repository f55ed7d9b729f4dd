"""The cases: one layer each, blocks, and networks, in notation."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from ..arith import Shape
from ..block import Block
from ..notation import parse


class Case(NamedTuple):
    """A name, a block in notation (or a bundled network's name), and an input shape without the batch."""

    name: str
    spec: str
    input: Shape

    @property
    def block(self) -> Block | Any:
        """The block or graph."""
        from .. import networks

        return networks.get(self.spec) if self.spec in networks.names() else parse(self.spec)


_MAP, _ROW, _CUBE, _TEXT = (4, 8, 8), (4, 8), (4, 8, 8, 8), (5, 4)

_INCEPTION_3A = (
    "Concat(Conv(64, 1), Conv(96, 1) >> Conv(128, 3, padding=1), Conv(16, 1) >> Conv(32, 5, padding=2), "
    "Pool(3, stride=1, padding=1) >> Conv(32, 1))"
)

CASES: tuple[Case, ...] = tuple(
    Case(name, spec, shape)
    for name, spec, shape in (
        ("convolution", "Conv(6, 3, padding=1, bias=False)", _MAP),
        ("convolution with bias", "Conv(6, 3, padding=1)", _MAP),
        ("strided convolution", "Conv(6, 3, stride=2)", _MAP),
        ("dilated convolution", "Conv(6, 3, dilation=2)", _MAP),
        ("convolution, rectangular kernel", "Conv(6, (1, 7), padding=(0, 3))", _MAP),
        ("convolution, padding same", "Conv(6, 3, padding='same')", _MAP),
        ("grouped convolution", "Conv(6, 3, padding=1, groups=2)", _MAP),
        ("depthwise convolution", "Conv(4, 3, padding=1, groups=4, bias=False)", _MAP),
        ("pointwise convolution", "Conv(16, 1)", _MAP),
        ("convolution 1d", "Conv(6, 3)", _ROW),
        ("convolution 3d", "Conv(6, 3)", _CUBE),
        ("transposed convolution", "ConvTranspose(6, 3, stride=2, padding=1, bias=False)", _MAP),
        ("transposed convolution with bias", "ConvTranspose(6, 3, stride=2, padding=1)", _MAP),
        ("transposed convolution in groups", "ConvTranspose(6, 3, stride=2, padding=1, groups=2)", _MAP),
        ("linear", "Linear(6, bias=False)", (4,)),
        ("linear with bias", "Linear(6)", (4,)),
        ("linear on a sequence", "Linear(6)", _TEXT),
        ("batch norm", "BatchNorm()", _MAP),
        ("batch norm without weights", "BatchNorm(affine=False)", _MAP),
        ("layer norm", "LayerNorm()", _TEXT),
        ("group norm", "GroupNorm(2)", _MAP),
        ("instance norm", "InstanceNorm(affine=True)", _MAP),
        ("local response norm", "LocalResponseNorm(3)", _MAP),
        ("ReLU", "ReLU()", _MAP),
        ("ReLU6", "ReLU6()", _MAP),
        ("leaky ReLU", "LeakyReLU()", _MAP),
        ("PReLU", "PReLU(4)", _MAP),
        ("GELU", "GELU()", _MAP),
        ("SiLU", "SiLU()", _MAP),
        ("sigmoid", "Sigmoid()", _MAP),
        ("hardswish", "Hardswish()", _MAP),
        ("softmax", "Softmax()", _TEXT),
        ("max pool", "Pool(3, stride=2, padding=1)", _MAP),
        ("average pool", "Pool(2, kind='avg')", _MAP),
        ("average pool, ceil mode", "Pool(3, stride=2, ceil_mode=True, kind='avg')", _MAP),
        ("global average pool", "GlobalPool()", _MAP),
        ("adaptive average pool", "AdaptivePool(3)", _MAP),
        ("upsampling, nearest", "Upsample(scale_factor=2)", _MAP),
        ("upsampling, bilinear", "Upsample(scale_factor=2, mode='bilinear')", _MAP),
        ("residual sum", "Add(Conv(4, 3, padding=1), Identity())", _MAP),
        ("gate", "Mul(Identity(), GlobalPool() >> Conv(4, 1) >> Sigmoid())", _MAP),
        ("concatenation", "Concat(Conv(2, 1), Conv(3, 3, padding=1))", _MAP),
        ("matrix product", "MatMul(Linear(5), Identity())", _TEXT),
        ("attention", "ScaledDotProductAttention(Linear(4), Linear(4), Linear(4))", (2, 5, 4)),
        ("multi-head attention", "MultiheadAttention(2)", _TEXT),
        ("LSTM", "LSTM(6)", _TEXT),
        ("GRU", "GRU(6)", _TEXT),
        ("5x5 convolution of inception 3a", "Conv(32, 5, padding=2)", (192, 28, 28)),
        ("5x5 convolution behind a reduction", "Conv(16, 1) >> Conv(32, 5, padding=2)", (192, 28, 28)),
        (
            "inception 3a, naive",
            "Concat(Conv(64, 1), Conv(128, 3, padding=1), Conv(32, 5, padding=2), Pool(3, stride=1, padding=1))",
            (192, 28, 28),
        ),
        (
            "inception 3a, reduced",
            _INCEPTION_3A,
            (192, 28, 28),
        ),
        ("separable convolution", "Conv(32, 3, padding=1, groups='depthwise') >> Conv(64, 1)", (32, 28, 28)),
        ("AlexNet", "alexnet", (3, 224, 224)),
        ("SqueezeNet 1.1", "squeezenet1_1", (3, 224, 224)),
        ("MobileNet v2", "mobilenet_v2", (3, 224, 224)),
        ("ResNet-50", "resnet50", (3, 224, 224)),
        ("DenseNet-121", "densenet121", (3, 224, 224)),
        ("Inception v1", "inception_v1", (3, 224, 224)),
    )
)


def case_modules(names: frozenset[str] | None = None) -> Iterator[tuple[Case, Any]]:
    """Every case with its torch module, in evaluation mode, with real weights.

    Raises :class:`~convcost.errors.UnsupportedError` where torch is missing.
    """
    from ..frameworks import to_torch

    for case in CASES:
        if names is None or case.name in names:
            yield case, to_torch(case.block, case.input).eval()
