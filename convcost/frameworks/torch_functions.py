"""The layers that torch writes as functions: arithmetic, reductions, selection. Picklable, looked up when called."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

_POINTWISE: Mapping[str, Callable[[Tensor], Tensor]] = {
    "identity": lambda x: x,
    "neg": lambda x: -x,
    "cast": lambda x: x.double(),
    "round": torch.round,
    "logic": torch.logical_not,
    "add": lambda x: x + 1,
    "mul": lambda x: x * 2,
    "div": lambda x: x / 2,
    "pow": lambda x: x**3,
    "square": torch.square,
    "sqrt": torch.sqrt,
    "rsqrt": torch.rsqrt,
    "exp": torch.exp,
    "log": torch.log,
    "erf": torch.erf,
    "abs": torch.abs,
    "compare": lambda x: (x > 0).to(x.dtype),
    "clip": lambda x: torch.clamp(x, -1, 1),
    "scale_shift": lambda x: x * 2 + 1,
    "mask": lambda x: x * (x > 0),
    "quantize": lambda x: torch.clamp(torch.round(x / 2 + 1), 0, 255),
    "dequantize": lambda x: (x - 1) * 2,
    "softsign": functional.softsign,
    "celu": functional.celu,
    "log_sigmoid": functional.logsigmoid,
    "hard_shrink": functional.hardshrink,
    "soft_shrink": functional.softshrink,
    "tanh_shrink": functional.tanhshrink,
    "squareplus": lambda x: (x + torch.sqrt(x * x + 4)) / 2,
}
_JOINS: Mapping[str, Callable[[Tensor, Tensor], Tensor]] = {
    "sub": torch.sub,
    "div": torch.div,
    "pow": torch.pow,
    "max": torch.maximum,
    "min": torch.minimum,
    "compare": torch.gt,
    "logic": torch.logical_and,
    "average": torch.add,
}


def pointwise(x: Tensor, *, function: str) -> Tensor:
    """A function of every element; constants in it (which the notation leaves open) are small numbers."""
    return _POINTWISE[function](x)


def combined(first: Tensor, *others: Tensor, operation: str) -> Tensor:
    """Several tensors, element by element."""
    if operation == "select":
        return torch.where(first > 0, others[0], others[1])
    for other in others:
        first = _JOINS[operation](first, other)
    return first / (1 + len(others)) if operation == "average" else first


def einstein(*tensors: Tensor, equation: str) -> Tensor:
    """An Einstein sum over examples: the batch is one more letter of all inputs and of the result."""
    result: Tensor = torch.einsum("Z" + equation.replace(",", ",Z").replace("->", "->Z"), *tensors)
    return result


def reduced(x: Tensor, *, kind: str, axes: tuple[int, ...], keepdims: bool) -> Tensor:
    """One number out of all along ``axes`` (of the tensor, batch and all)."""
    if kind == "norm":
        length: Tensor = torch.linalg.vector_norm(x, 2, axes, keepdims)
        return length
    if kind == "prod":
        for axis in sorted((axis % x.dim() for axis in axes), reverse=True):
            x = torch.prod(x, axis, keepdims)
        return x
    reduce: Any = {"mean": torch.mean, "sum": torch.sum, "max": torch.amax, "min": torch.amin}[kind]
    result: Tensor = reduce(x, axes, keepdims)
    return result


def sliced(x: Tensor, *, axis: int, start: int, stop: int | None, step: int) -> Tensor:
    """A part of one axis; backwards, too."""
    places = range(x.shape[axis])[start:stop:step]
    return x.index_select(axis, torch.tensor(list(places), device=x.device))


def taken(x: Tensor, *, axis: int, count: int | None) -> Tensor:
    """One place of an axis, which goes, or the first ``count`` of it, again and again if it has fewer."""
    if count is None:
        return x.select(axis, 0)
    return x.index_select(axis, torch.arange(count, device=x.device) % x.shape[axis])


def tiled(x: Tensor, *, repeats: tuple[int, ...]) -> Tensor:
    """Copies side by side, the examples apart."""
    return torch.tile(x, (1, *repeats))


class Stored(nn.Module):
    """A tensor of the network's own: a parameter, or a buffer where it is not learned. It broadcasts over examples."""

    def __init__(self, shape: tuple[int, ...], learned: bool) -> None:
        super().__init__()
        value = torch.ones(1, *shape)
        if learned:
            self.value = nn.Parameter(value)
        else:
            self.register_buffer("value", value)

    def forward(self) -> Tensor:
        """The tensor."""
        value: Tensor = self.value
        return value


def stored(module: nn.Module) -> Tensor:
    """What such a module holds."""
    value: Tensor = module()
    return value
