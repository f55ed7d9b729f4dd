"""Laws that users register for operators and modules of their own."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import nn

from ..errors import SpecError
from ..layers.base import Layer
from ..operators import Registered
from .torch_leaf import Leaf, Operand, plain
from .torch_names import name_of

#: Laws by the operator's name, or by the name of a module's class.
CUSTOM: dict[str, Callable[..., Any]] = {}


def key_of(operator: Any) -> str:
    """The name under which an operator, function or module class is recorded."""
    if isinstance(operator, str):
        return operator.replace("::", ".")
    if isinstance(operator, type) and issubclass(operator, nn.Module):
        return f"{operator.__module__}.{operator.__qualname__}"
    qualname = getattr(operator, "_qualname", None)
    if isinstance(qualname, str):
        return qualname.replace("::", ".")
    if isinstance(operator, (torch._ops.OpOverload, torch._ops.OpOverloadPacket)) or callable(operator):
        return name_of(operator)
    raise SpecError("a law is registered for an operator, its name, or a module class", got=repr(operator)[:60])


def register(operator: Any, law: Callable[..., Any]) -> None:
    """See :func:`convcost.register_law`."""
    if not callable(law):
        raise SpecError("a law is a function of shapes", got=repr(law)[:60])
    CUSTOM[key_of(operator)] = law


def custom_layers(leaf: Leaf, name: str, args: Any, kwargs: dict[str, Any]) -> list[Layer] | None:
    """The nodes of an operator with a registered law; ``None`` if it has none."""
    law = CUSTOM.get(name)
    if law is None:
        return None

    def placed(value: Any) -> Any:
        if isinstance(value, Operand):
            if value.is_weight:
                return value.shape
            leaf.use(value)
            return ("tensor", len(leaf.inputs) - 1)
        if isinstance(value, (tuple, list)):
            return tuple(placed(item) for item in value)
        return plain(value)

    given = placed(tuple(args))
    named = tuple((key, placed(item)) for key, item in kwargs.items())
    return [Registered(name, law, given, named, leaf.outputs, place) for place in range(len(leaf.outputs))]
