"""Real modules in and out: importers, the torch builder, and the counters of others.

The only room that imports torch, Keras, ONNX or a counter, and only inside functions or in modules that are loaded
when one of them is asked for.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from .needs import need

if TYPE_CHECKING:
    from ..block import Block
    from ..graph import Graph
    from ..result import Cost

__all__ = ["from_keras", "from_onnx", "from_torch", "rebuilt", "register_law", "to_torch"]


def from_torch(module: Any, *input_shapes: Any, dtypes: Any = None, batch_dim: Any = 0, mode: str = "eval") -> Graph:
    """The graph of a ``torch.nn.Module``, as it runs at ``input_shapes`` (sizes without the batch, one for each input).

    Every call of torch that the module makes becomes a node, whatever control flow led to it. The module runs on the
    meta device, on a copy without weights: nothing is allocated, nothing is computed, and the module stays as it is.
    ``dtypes`` are the types of the inputs (``"int64"`` for indices), ``batch_dim`` is where the batch stands in them
    (``None``: they have none), ``mode`` is ``eval`` or ``train``.

    ``params`` of its cost are all parameters that the module declares; parts that did not run are rows of their own.
    What has no law stands under ``unsupported``. ``cost(graph)`` uses the shape of the import; another shape, or
    symbols, work as far as the module's own arithmetic on sizes lets it.

    Raises ``UnsupportedError`` where torch is missing, where the module raises, and where it needs the values of a
    tensor.

    >>> import torch
    >>> from convcost import cost, from_torch, symbols
    >>> graph = from_torch(torch.nn.Sequential(torch.nn.Conv2d(3, 8, 3), torch.nn.ReLU()), (3, 32, 32))
    >>> cost(graph).macs, cost(graph).params, cost(graph, (3, symbols("H"), 32)).macs
    (194400, 224, 6480*H - 12960)
    """
    need("torch", "from_torch")
    from .torch_import import import_module

    return import_module(module, input_shapes, dtypes=dtypes, batch_dim=batch_dim, mode=mode)


def to_torch(block: Block | Graph, input_shape: Any) -> Any:
    """A ``torch.nn.Module`` of a block, with real (random) weights, for inputs of ``input_shape`` without the batch.

    The inverse of :func:`from_torch` on the layers that exist in torch: the same shapes, parameters and
    multiply-accumulates. Under ``torch.device("meta")`` no weights are allocated.

    Raises ``UnsupportedError`` where torch is missing and for a layer that it does not have, ``SpecError`` for symbols.

    >>> from convcost import Conv, to_torch
    >>> to_torch(Conv(8, 3), (3, 9, 9)).eval()  # doctest: +ELLIPSIS
    Network(...
    """
    need("torch", "to_torch")
    from .build_torch import to_torch as build

    return build(block, input_shape)


def from_keras(model: Any) -> Graph:
    """The graph of a Keras 3 model, sequential or functional, at the shape of its input.

    Raises ``UnsupportedError`` where Keras is missing and for a model without a graph of layers.
    """
    need("keras", "from_keras")
    from .keras_import import from_keras as imported

    return imported(model)


def from_onnx(path: Any) -> Graph:
    """The graph of an ONNX file, at the shapes of its inputs.

    Raises ``UnsupportedError`` where the package onnx is missing, ``SpecError`` for a file that is none.
    """
    need("onnx", "from_onnx")
    from .onnx_import import from_onnx as imported

    return imported(path)


def rebuilt(cost: Cost) -> Cost:
    """The cost of a spec as that of the module that :func:`to_torch` builds of it, which other counters would see."""
    need("torch", "the number of another counter")
    from ..costing import cost as costed
    from .build_torch import to_torch
    from .torch_import import import_module

    shapes = cost.inputs
    module = to_torch(cost.graph, shapes[0] if len(shapes) == 1 else shapes)
    return costed(import_module(module, shapes), None, cost.batch)


def register_law(operator: Any, law: Callable[..., Any]) -> None:
    """Teach the importer what an operator of your own costs.

    ``operator`` is the operator, its name (``"mylib::op"``), or the class of a module that is one operation. ``law`` is
    called as the operator is, with shapes (batch and all) in place of tensors, and returns a
    :class:`~convcost.Tally` for the whole call, or a pair of the output's shape and a tally. With a shape in the
    answer, the operator need not run on meta tensors, and the cost can be asked at other shapes.

    >>> from convcost import Tally, register_law
    >>> register_law("mylib::scale", lambda x: (x, Tally(muls=x[0] * x[1])))
    """
    need("torch", "register_law")
    from .torch_laws import register

    register(operator, law)
