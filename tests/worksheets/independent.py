"""What the tests of topics know by themselves: layers read from notation, walked by counting, built in torch."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cache
from math import prod

from convcost.formula import evaluate
from convcost.worksheets import questions


@cache
def drawn(name, level, count):
    """The first questions of a topic."""
    return tuple(itertools.islice(questions(name, "tests", level), count))


# -- notation ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Plain:
    """A layer as data: its kind, and its arguments by name."""

    kind: str
    given: dict = field(default_factory=dict)

    def get(self, name, default=None):
        return self.given.get(name, default)


class _Row(list):
    def __rshift__(self, other):
        return _Row([*self, *other])


_POSITIONAL = {
    "Conv": ("out_channels", "kernel", "stride", "padding", "dilation", "groups", "bias"),
    "Pool": ("kernel", "stride", "padding", "dilation", "ceil_mode", "kind"),
    "Linear": ("out_features", "bias", "axis"),
}
_KINDS = ("Conv", "Pool", "Linear", "Flatten", "ReLU", "BatchNorm", "Add", "Concat")


def _maker(kind):
    def make(*positional, **named):
        return _Row([Plain(kind, dict(zip(_POSITIONAL.get(kind, ()), positional, strict=False)) | named)])

    return make


def read(spec):
    """The layers of a sequence in notation, as data."""
    names = {kind: _maker(kind) for kind in _KINDS}
    made = eval(spec, {"__builtins__": {}, "Seq": lambda *parts: _Row(itertools.chain(*parts)), **names})  # noqa: S307
    return list(made)


# -- counting ------------------------------------------------------------------------------------------------------


class DoesNotFitError(Exception):
    """A layer cannot take what comes in."""


def pair(value):
    return value if isinstance(value, tuple) else (value, value)


def places(size, kernel, stride, padding, dilation=1, ceil=False):
    """Places of a window on one axis: it is moved along, step by step, over the padded axis."""
    reach = dilation * (kernel - 1)
    count, start = 0, -padding
    while start + reach < size + padding:
        count, start = count + 1, start + stride
    if ceil and start - stride + reach + 1 < size + padding and start < size:
        count += 1
    return count


def _windows(layer, shape):
    kernel, padding, dilation = (pair(layer.get(n, d)) for n, d in (("kernel", 1), ("padding", 0), ("dilation", 1)))
    stride = layer.get("stride")
    stride = pair(stride if stride is not None else (kernel if layer.kind == "Pool" else 1))
    sizes = tuple(
        places(
            shape[1 + axis], kernel[axis], stride[axis], padding[axis], dilation[axis], layer.get("ceil_mode", False)
        )
        for axis in (0, 1)
    )
    if min(sizes) < 1:
        raise DoesNotFitError
    return sizes


def groups_of(layer, shape):
    groups = layer.get("groups", 1)
    return shape[0] if groups == "depthwise" else groups


def behind(layer, *shapes):
    """The shape behind a layer; raises where it does not fit."""
    shape = shapes[0]
    if layer.kind == "Conv":
        sizes, groups = _windows(layer, shape), groups_of(layer, shape)
        if layer.get("in_channels") not in (None, shape[0]):
            raise DoesNotFitError
        if any(channels // groups * groups != channels for channels in (shape[0], layer.get("out_channels"))):
            raise DoesNotFitError
        return (layer.get("out_channels"), *sizes)
    if layer.kind == "Pool":
        return (shape[0], *_windows(layer, shape))
    if layer.kind == "Flatten":
        return (prod(shape),)
    if layer.kind == "Linear":
        if layer.get("in_features") not in (None, shape[-1]):
            raise DoesNotFitError
        return (*shape[:-1], layer.get("out_features"))
    if layer.kind in ("Add", "Concat"):
        if any(other[layer.kind == "Concat" :] != shape[layer.kind == "Concat" :] for other in shapes):
            raise DoesNotFitError
        return shape if layer.kind == "Add" else (sum(other[0] for other in shapes), *shape[1:])
    return shape


@dataclass(frozen=True)
class Counted:
    """A layer with the shapes around it, and what was counted for it."""

    layer: Plain
    given: tuple
    out: tuple

    @property
    def weights(self):
        if self.layer.kind == "Conv":
            tall, wide = pair(self.layer.get("kernel"))
            seen = self.given[0] // groups_of(self.layer, self.given)
            return sum(tall * wide * seen for _ in range(self.out[0]))
        return self.given[0] * self.out[0] if self.layer.kind == "Linear" else 0

    @property
    def bias(self):
        return self.out[0] if self.layer.kind in ("Conv", "Linear") and self.layer.get("bias", True) else 0

    @property
    def params(self):
        return self.weights + self.bias + (2 * self.out[0] if self.layer.kind == "BatchNorm" else 0)

    @property
    def macs(self):
        return self.weights * prod(self.out[1:])

    @property
    def bias_adds(self):
        return self.bias * prod(self.out[1:])


def counted(spec, shape):
    """Every layer of a sequence, counted."""
    found, shape = [], tuple(shape)
    for layer in read(spec):
        out = behind(layer, shape)
        found.append(Counted(layer, shape, out))
        shape = out
    return found


# -- derivations ---------------------------------------------------------------------------------------------------


def worth(part):
    """What a part of a chain is worth; nothing where it has letters."""
    try:
        return evaluate(part)
    except ValueError:
        return None


def holds(chain):
    """Whether the parts of a chain that are numbers are equal, or round to each other behind ≈; at least one is one."""
    values = [worth(part) for part in chain.parts]
    known = [value for value in values if value is not None]
    for sign, before, after in zip(chain.signs, values, values[1:], strict=False):
        if before is None or after is None:
            continue
        if sign == "=" and before != after:
            return False
        if sign == "≈" and abs(before - after) > Fraction(1, 200):
            return False
    return bool(known)


# -- torch ---------------------------------------------------------------------------------------------------------


def torch_layer(layer, given):
    """A layer as a module, or a function, of torch; ``given`` are the tensors that come in."""
    import torch
    from torch import nn

    channels = given[0].shape[1]
    if layer.kind == "Conv":
        groups = layer.get("groups", 1)
        return nn.Conv2d(
            layer.get("in_channels") or channels, layer.get("out_channels"), layer.get("kernel"),
            layer.get("stride", 1), layer.get("padding", 0), layer.get("dilation", 1),
            channels if groups == "depthwise" else groups, bias=layer.get("bias", True),
        )  # fmt: skip
    if layer.kind == "Pool":
        return nn.MaxPool2d(layer.get("kernel"), layer.get("stride"), layer.get("padding", 0))
    if layer.kind == "Linear":
        return nn.Linear(layer.get("in_features") or channels, layer.get("out_features"), layer.get("bias", True))
    if layer.kind == "Concat":
        return lambda *maps: torch.cat(maps, dim=1)
    if layer.kind == "Add":
        return lambda one, other: one + other
    made = {"Flatten": nn.Flatten, "ReLU": nn.ReLU}.get(layer.kind)
    return made() if made else nn.BatchNorm2d(channels)
