"""What stands around the call of a torch module, and the functions that stand where there is no module.

Each takes tensors with the batch first. They are functions of this page, not lambdas, so that networks can be pickled,
and they look torch's functions up when called, so that counters which patch torch see them.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from functools import reduce
from typing import Any, TypeAlias

import torch
from torch import Tensor, nn
from torch.nn import functional

#: A module is called, and no more is done to it here.
Module: TypeAlias = Callable[..., Tensor]


def plain(module: Module, *inputs: Tensor) -> Tensor:
    """The module as it is."""
    return module(*inputs)


def padded(module: Module, x: Tensor, *, padding: list[int], value: float = 0.0) -> Tensor:
    """The module behind a border that it could not make itself; negative entries crop.

    >>> padded(nn.MaxPool1d(2), -torch.ones(1, 1, 3), padding=[0, 1], value=-torch.inf)
    tensor([[[-1., -1.]]])
    """
    return module(functional.pad(x, padding, value=value))


def trimmed(module: Module, x: Tensor, *, padding: list[int]) -> Tensor:
    """The module, and less of what comes out."""
    return functional.pad(module(x), padding)


def flat(module: Module, x: Tensor) -> Tensor:
    """The module, and one axis of all that comes out."""
    return module(x).flatten(1)


def on_axis(module: Module, x: Tensor, *, axis: int) -> Tensor:
    """A module of the last axis, on another one."""
    return module(x.movedim(axis, -1)).movedim(-1, axis)


def on_vectors(module: Module, x: Tensor) -> Tensor:
    """A module of maps, on vectors: each is a map of one place."""
    return module(x.unsqueeze(-1)).squeeze(-1)


def indexed(module: Module, x: Tensor) -> Tensor:
    """A table is asked with whole numbers, whatever type they come in."""
    return module(x.long())


def sequence(module: Module, x: Tensor) -> Tensor:
    """Of a recurrent module's results, the sequence of states."""
    return module(x)[0]


def attend(module: Module, query: Tensor, *others: Tensor) -> Tensor:
    """Attention to ``key, value``, or to itself; of its results, the attended sequence."""
    key, value = others or (query, query)
    return module(query, key, value)[0]


def half_norm(make: Callable[..., nn.Module], affine: str, **options: Any) -> nn.Module:
    """A normalization with ``"scale"`` or ``"shift"`` alone: the other one is declared as none.

    >>> [name for name, _ in half_norm(nn.BatchNorm2d, "shift", num_features=4).named_parameters()]
    ['bias']
    """
    module = make(**options)
    module.register_parameter("bias" if affine == "scale" else "weight", None)
    return module


def concatenated(*tensors: Tensor, axis: int) -> Tensor:
    return torch.cat(tensors, axis)


def added(*tensors: Tensor) -> Tensor:
    return reduce(operator.add, tensors)


def multiplied(*tensors: Tensor) -> Tensor:
    return reduce(operator.mul, tensors)


def product(a: Tensor, b: Tensor) -> Tensor:
    return a @ b


def dot_product_attention(query: Tensor, key: Tensor, value: Tensor) -> Tensor:
    return functional.scaled_dot_product_attention(query, key, value)


def reshaped(x: Tensor, *, shape: tuple[int, ...]) -> Tensor:
    return x.reshape(x.shape[0], *shape)


def permuted(x: Tensor, *, order: tuple[int, ...]) -> Tensor:
    return x.permute(order)


def bordered(x: Tensor, *, padding: list[int], mode: str) -> Tensor:
    return functional.pad(x, padding, mode)
