"""A module without its weights, and what there is to know of its parts."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any

import torch
from torch import nn

from ..calls import Module, Weight
from ..errors import SpecError, UnsupportedError

_PLAIN = (int, float, bool, str, type(None))


def weightless(module: nn.Module) -> nn.Module:
    """A copy whose parameters, buffers and other tensors are on the meta device; the module itself stays as it is.

    Raises ``UnsupportedError`` for a module with parameters that have no shape yet, and for one that cannot be copied.
    """
    memo: dict[int, Any] = {}
    for part in module.modules():
        for holder in (part._parameters, part._buffers, vars(part)):
            for tensor in _tensors(holder):
                if torch.nn.parameter.is_lazy(tensor):
                    raise UnsupportedError(
                        "a lazy module has no shapes yet", got=type(part).__name__, fix="run it once before the import"
                    )
                memo[id(tensor)] = _empty(tensor)
    try:
        return copy.deepcopy(module, memo)
    except Exception as error:
        raise UnsupportedError(
            "the module cannot be copied, and an import must not change it",
            got=f"{type(error).__name__}: {error}"[:160],
        ) from error


def _empty(tensor: torch.Tensor) -> torch.Tensor:
    bare = torch.empty_strided(tensor.shape, tensor.stride(), dtype=tensor.dtype, device="meta")
    if isinstance(tensor, nn.Parameter):
        return nn.Parameter(bare, requires_grad=tensor.requires_grad)
    return bare


def _tensors(holder: Any) -> Iterator[torch.Tensor]:
    for value in list(holder.values()):
        if isinstance(value, torch.Tensor):
            yield value
        elif isinstance(value, (list, tuple)):
            yield from (item for item in value if isinstance(item, torch.Tensor))
        elif isinstance(value, dict) and holder is not value:
            yield from (item for item in value.values() if isinstance(item, torch.Tensor))


def describe(module: nn.Module) -> tuple[Module, dict[int, Module], dict[int, Weight]]:
    """The tree of modules with their plain attributes; modules and weights by the identity of the real thing."""
    modules: dict[int, Module] = {}
    weights: dict[int, Weight] = {}

    def weight(path: str, name: str, tensor: torch.Tensor, parameter: bool) -> Weight:
        known = weights.get(id(tensor))
        if known is None:
            full = f"{path}.{name}" if path else name
            known = Weight(full, tuple(tensor.shape), tensor.requires_grad, len(weights), parameter)
            weights[id(tensor)] = known
        return known

    def visit(part: nn.Module, path: str) -> Module:
        if id(part) in modules:
            return modules[id(part)]
        kind = type(part)
        info = Module(
            path,
            f"{kind.__module__}.{kind.__qualname__}",
            tuple(f"{base.__module__}.{base.__qualname__}" for base in kind.__mro__[:-1]),
            {name: _fact(value) for name, value in vars(part).items() if not name.startswith("_") and _is_plain(value)},
            {},
        )
        modules[id(part)] = info
        for name, tensor in part._parameters.items():
            if tensor is not None:
                info.weights[name] = weight(path, name, tensor, True)
        for name, buffer in part._buffers.items():
            if buffer is not None:
                info.weights.setdefault(name, weight(path, name, buffer, False))
        for name, child in part._modules.items():
            if child is not None:
                info.children[name] = visit(child, f"{path}.{name}" if path else name)
        return info

    return visit(module, ""), modules, weights


def _is_plain(value: Any) -> bool:
    if isinstance(value, (tuple, list)):
        return len(value) <= 8 and all(isinstance(item, _PLAIN) for item in value)
    return isinstance(value, _PLAIN)


def _fact(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


def dtype_of(value: Any) -> torch.dtype:
    """A dtype by name or as it is."""
    found = getattr(torch, value, None) if isinstance(value, str) else value
    if not isinstance(found, torch.dtype):
        raise SpecError("dtypes are torch dtypes or their names", got=repr(value), fix='such as "int64"')
    return found
