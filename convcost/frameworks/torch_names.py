"""What functions of torch are called, and the Python functions of torch opened up.

``torch.nn.functional`` is full of Python functions that call others. A function mode sees the outer call only, since
such a function hands itself to the mode before it does anything. :func:`opened` makes a copy that does not ask, so
that its body runs and the mode sees what it calls.
"""

from __future__ import annotations

import types
from collections.abc import Callable
from functools import cache
from typing import Any

import torch
from torch.nn import functional

_GUARDS = ("has_torch_function", "has_torch_function_unary", "has_torch_function_variadic")


def _never(*_args: Any, **_kwargs: Any) -> bool:
    return False


#: Builtins that users know as functions of ``torch.nn.functional``, whatever module they were made in.
_FUNCTIONAL = {
    value: name for name, value in vars(functional).items() if callable(value) and not isinstance(value, type)
}


@cache
def name_of(func: Any) -> str:
    """``F.relu``, ``torch.add``, ``Tensor.add``, ``Tensor.shape``, ``aten.mm``.

    >>> name_of(torch.add), name_of(torch.Tensor.add), name_of(functional.relu), name_of(functional.conv2d)
    ('torch.add', 'Tensor.add', 'F.relu', 'F.conv2d')
    """
    if func in _FUNCTIONAL:
        return f"F.{_FUNCTIONAL[func]}"
    if isinstance(func, torch._ops.OpOverload):
        return f"{func.namespace}.{func._schema.name.partition('::')[2]}"
    if isinstance(func, torch._ops.OpOverloadPacket):
        return str(func)
    owner = getattr(func, "__self__", None)
    if isinstance(func, types.MethodWrapperType) and owner is not None:
        return f"Tensor.{getattr(owner, '__name__', owner.fget.__name__ if hasattr(owner, 'fget') else '?')}"
    if isinstance(func, (types.MethodDescriptorType, types.WrapperDescriptorType)):
        return f"Tensor.{func.__name__}"
    module = getattr(func, "__module__", None) or ""
    name = getattr(func, "__name__", str(func))
    if module == "torch._tensor":
        return f"Tensor.{name}"
    if module == "torch._C._nn":
        return f"_nn.{name}"
    if module.startswith("torch.nn.functional"):
        return f"F.{name}"
    if isinstance(func, types.BuiltinFunctionType) and getattr(torch, name, None) is not func:
        # What a Python function of the same name calls, such as torch.einsum.
        return f"_VF.{name}"
    return f"torch.{name}" if not module or module.startswith("torch.") else f"{module}.{name}"


@cache
def opened(func: Any) -> Callable[..., Any] | None:
    """A copy of a Python function of torch that runs its body; ``None`` for whatever cannot be opened."""
    if not isinstance(func, types.FunctionType):
        return None
    guards = {name: _never for name in _GUARDS if name in func.__globals__}
    closure = tuple(_opened_cell(cell, func) for cell in func.__closure__ or ())
    if not guards and all(new is old for new, old in zip(closure, func.__closure__ or (), strict=True)):
        return None
    copy = types.FunctionType(
        func.__code__, {**func.__globals__, **guards}, func.__name__, func.__defaults__, closure or None
    )
    copy.__kwdefaults__ = func.__kwdefaults__
    return copy


@cache
def codes_of(func: Any) -> frozenset[types.CodeType]:
    """The code of a Python function of torch, and of those that it chooses from."""
    if not isinstance(func, types.FunctionType):
        return frozenset()
    cells = [cell.cell_contents for cell in func.__closure__ or ()]
    inner = [cell for cell in cells if isinstance(cell, types.FunctionType) and cell is not func]
    return frozenset({func.__code__}).union(*map(codes_of, inner))


def _opened_cell(cell: types.CellType, around: Any) -> types.CellType:
    """A function that another one chooses (max pooling with indices or without) is opened with it."""
    try:
        # A wrapper names itself to hand itself on, which an opened one never does.
        inner = None if cell.cell_contents is around else opened(cell.cell_contents)
    except (TypeError, ValueError):
        return cell
    return cell if inner is None else types.CellType(inner)
