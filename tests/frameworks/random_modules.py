"""Random torch modules: branches, residuals, groups, dilations, transposed convolutions, modules and functions mixed.

Built with torch alone; the package under test is not used.
"""

from __future__ import annotations

import torch
from hypothesis import strategies as st
from torch import nn
from torch.nn import functional as F  # noqa: N812


class Made(nn.Module):
    """A module whose forward is given as a list of steps."""

    def __init__(self, steps, parts):
        super().__init__()
        self.steps = steps
        self.parts = nn.ModuleList(parts)

    def forward(self, x):
        for step in self.steps:
            x = step(self, x)
        return x


def _divisors(n):
    return [d for d in range(1, n + 1) if n % d == 0]


@st.composite
def modules(draw, depth=2, channels=None, rank=2):
    """A module for maps of ``channels`` channels, the number of channels that come out, and both as a pair."""
    channels = draw(st.integers(1, 6)) if channels is None else channels
    parts, steps = [], []
    for _ in range(draw(st.integers(1, 4))):
        kinds = ["conv", "functional", "deconv", "norm", "activation", "pool", "resize", "gate", "views"]
        if depth:
            kinds += ["residual", "branches", "shared", "nested"]
        channels = _step(draw, draw(st.sampled_from(kinds)), parts, steps, channels, rank, depth)
    return Made(steps, parts), channels


def _module(parts, module):
    parts.append(module)
    place = len(parts) - 1
    return lambda self: self.parts[place]


def _conv(draw, channels, rank, out=None):
    groups = draw(st.sampled_from(_divisors(channels)))
    out = out or groups * draw(st.integers(1, 3))
    groups = groups if out % groups == 0 else 1
    kernel = draw(st.integers(1, 3))
    dilation = draw(st.integers(1, 2))
    padding = draw(st.sampled_from(["same", "half", "valid"]))
    stride = 1 if padding == "same" else draw(st.integers(1, 2))
    pad = "same" if padding == "same" else dilation * (kernel - 1) // 2 + (kernel % 2 == 0) if padding == "half" else 1
    bias = draw(st.booleans())
    kind = (nn.Conv1d, nn.Conv2d, nn.Conv3d)[rank - 1]
    return kind(channels, out, kernel, stride, pad, dilation, groups, bias), out


def _step(draw, kind, parts, steps, channels, rank, depth):
    call = steps.append
    if kind == "conv":
        module, channels = _conv(draw, channels, rank)
        get = _module(parts, module)
        call(lambda self, x: get(self)(x))
    elif kind == "functional":
        module, out = _conv(draw, channels, rank)
        get = _module(parts, module)
        function = (F.conv1d, F.conv2d, F.conv3d)[rank - 1]

        def convolve(self, x):
            m = get(self)
            return function(x, m.weight, m.bias, m.stride, m.padding, m.dilation, m.groups)

        call(convolve)
        return out
    elif kind == "deconv":
        groups = draw(st.sampled_from(_divisors(channels)))
        out = groups * draw(st.integers(1, 2))
        stride = draw(st.integers(1, 2))
        extra = draw(st.integers(0, stride - 1))
        make = (nn.ConvTranspose1d, nn.ConvTranspose2d, nn.ConvTranspose3d)[rank - 1]
        get = _module(
            parts, make(channels, out, draw(st.integers(2, 3)), stride, 1, extra, groups, draw(st.booleans()))
        )
        call(lambda self, x: get(self)(x))
        return out
    elif kind == "norm":
        choices = [
            (nn.BatchNorm1d, nn.BatchNorm2d, nn.BatchNorm3d)[rank - 1](channels, affine=draw(st.booleans())),
            nn.GroupNorm(draw(st.sampled_from(_divisors(channels))), channels),
            nn.Identity(),
        ]
        get = _module(parts, draw(st.sampled_from(choices)))
        call(lambda self, x: get(self)(x))
    elif kind == "activation":
        function = draw(st.sampled_from([torch.relu, F.relu, F.silu, torch.sigmoid, torch.tanh, F.gelu, F.hardswish]))
        module = draw(st.sampled_from([nn.ReLU, nn.GELU, nn.ELU, nn.PReLU, nn.Softplus]))
        if draw(st.booleans()):
            call(lambda _, x: function(x))
        else:
            get = _module(parts, module())
            call(lambda self, x: get(self)(x))
    elif kind == "pool":
        if draw(st.booleans()):
            make = (F.max_pool1d, F.max_pool2d, F.max_pool3d)[rank - 1]
            ceil = draw(st.booleans())
            call(lambda _, x: make(x, 2, 1, 1, ceil_mode=ceil))
        else:
            make = (nn.AvgPool1d, nn.AvgPool2d, nn.AvgPool3d)[rank - 1]
            get = _module(parts, make(2, 1, 1, draw(st.booleans())))
            call(lambda self, x: get(self)(x))
    elif kind == "resize":
        scale = draw(st.integers(1, 2))
        call(lambda _, x: F.interpolate(x, scale_factor=scale))
    elif kind == "gate":
        get = _module(parts, nn.Linear(channels, channels))
        axes = tuple(range(2, 2 + rank))

        def gate(self, x):
            weights = torch.sigmoid(get(self)(x.mean(axes)))
            return x * weights[(..., *[None] * rank)]

        call(gate)
    elif kind == "views":
        groups = draw(st.sampled_from(_divisors(channels)))

        def shuffle(_, x):
            n, c = x.shape[:2]
            return x.view(n, groups, c // groups, -1).transpose(1, 2).reshape(x.shape)

        call(shuffle)
    elif kind == "residual":
        inner, out = draw(modules(depth - 1, channels, rank))
        get, project = (
            _module(parts, inner),
            _module(parts, (nn.Conv1d, nn.Conv2d, nn.Conv3d)[rank - 1](channels, out, 1)),
        )

        def join(self, x):
            y = get(self)(x)
            return y + F.adaptive_avg_pool2d(project(self)(x), y.shape[2:]) if rank == 2 else y

        call(join)
        return out
    elif kind == "branches":
        first, one = draw(modules(depth - 1, channels, rank))
        second, two = draw(modules(depth - 1, channels, rank))
        a, b = _module(parts, first), _module(parts, second)
        size = (2,) * rank
        pool = (F.adaptive_max_pool1d, F.adaptive_max_pool2d, F.adaptive_max_pool3d)[rank - 1]
        call(lambda self, x: torch.cat([pool(a(self)(x), size), pool(b(self)(x), size)], 1))
        return one + two
    elif kind == "shared":
        get = _module(parts, (nn.Conv1d, nn.Conv2d, nn.Conv3d)[rank - 1](channels, channels, 3, padding=1))
        call(lambda self, x: get(self)(get(self)(x)) + x)
    elif kind == "nested":
        inner, channels = draw(modules(depth - 1, channels, rank))
        get = _module(parts, inner)
        call(lambda self, x: get(self)(x))
    return channels
