"""Keras models as graphs: Sequential and functional ones, with shared layers and models inside models."""

from __future__ import annotations

import inspect
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import keras

from ..arith import Shape
from ..errors import ConvcostError, SpecError, UnsupportedError
from ..graph import Graph
from . import keras_layers, keras_moves, keras_ops, keras_sequences
from .keras_values import Call, KerasShape, NoLaw, Target, Value, find_law, placed, scalars

#: The modules that enter their laws when they are imported.
_LAWS = (keras_layers, keras_moves, keras_ops, keras_sequences)

#: Layers that read sequences: (steps, features) before them is no map.
_SEQUENCES = {"LSTM", "GRU", "SimpleRNN", "RNN", "Bidirectional", "MultiHeadAttention", "Attention", "Embedding"}


def from_keras(model: Any) -> Graph:
    """The graph of a built Keras model, Sequential or functional.

    ``cost(graph)`` costs it at the shapes of its inputs, ``cost(graph, shape)`` at others; shapes are without the batch
    and channels first, ``(3, 224, 224)`` for a model that reads 224×224×3 (sequences stay ``(steps, features)`` unless
    a convolution reads them first). Rows bear the names of the layers; an activation argument, and a part of a layer
    such as the pointwise convolution of a separable one, stands below its layer's name. Params are all weights that
    were made to be trained, frozen or not, shared ones once; moving statistics are buffers. A layer without a law is
    listed under ``unsupported`` with its weights, its cost being unknown.

    Raises ``SpecError`` for what is no Keras model or has not been built, ``UnsupportedError`` for a subclassed model,
    which has no graph of layers, and for layers whose shapes are left open.

    >>> import keras
    >>> from convcost import cost
    >>> model = keras.Sequential([keras.Input((8, 8, 3)), keras.layers.Conv2D(4, 3, activation="relu", name="a")])
    >>> counted = cost(from_keras(model))
    >>> [(row.path, row.output, row.params, row.macs) for row in counted.rows]
    [('a', (4, 6, 6), 112, 3888), ('a/relu', (4, 6, 6), 0, 0)]
    """
    functional = _functional(model)
    inputs = [tuple(tensor.shape[1:]) for tensor in functional.inputs]
    last = keras.config.image_data_format() == "channels_last"
    orders = [_order(functional, tensor, last) for tensor in functional.inputs]
    # What a model does with its maps tells how they stand, also where a reshape makes new ones.
    maps = next((order for shape, order in zip(inputs, orders, strict=True) if len(shape) > 2), last)
    target = Target(Counter(_calls(functional)), lambda rank: rank > 2 and maps)
    values = [Value(target.graph.input(), shape, order) for shape, order in zip(inputs, orders, strict=True)]
    for value in _run(target, functional, values, ""):
        target.graph.output(value.number)
    if not any(size is None for shape in inputs for size in shape):
        target.graph.input_shapes = tuple(placed(shape, order) for shape, order in zip(inputs, orders, strict=True))
        _check(target)
    counted = sum(count for _, _, count in target.scalars)
    if counted != functional.count_params():
        raise UnsupportedError(
            "layers share single weights with one another, or the model keeps some of its own",
            where=functional.name,
            got=f"{counted} in its layers, {functional.count_params()} in the model",
        )
    return target.graph


def _functional(model: Any) -> Any:
    """The functional model behind ``model``."""
    if isinstance(model, type) or not isinstance(model, keras.Model):
        got = f"the class {model.__name__}" if isinstance(model, type) else f"a {type(model).__name__}"
        raise SpecError("from_keras takes a Keras model", got=got, fix="give it a keras.Model that has been made")
    if isinstance(model, keras.Sequential):
        inner = getattr(model, "_functional", None)
        if inner is None:
            raise SpecError(
                "the model has not been built, so its layers have no shapes",
                where=model.name,
                got="a Sequential without an input shape",
                fix="begin it with keras.Input(shape), or call model.build((None, *shape))",
            )
        return inner
    if not _has_graph(model):
        raise UnsupportedError(
            "a subclassed model has no graph of layers",
            where=model.name,
            got=f"the class {type(model).__name__}",
            fix="build it with the functional API: x = keras.Input(shape); keras.Model(x, model.call(x))",
        )
    return model


# -- the walk ----------------------------------------------------------------------------------------------------


def _nodes(functional: Any) -> Iterator[Any]:
    """The calls of a functional model in the order in which they run."""
    for depth in sorted(functional._nodes_by_depth, reverse=True):
        yield from (node for node in functional._nodes_by_depth[depth] if not node.is_input)


def _inside(operation: Any) -> Any:
    """The functional model that an operation is, or ``None`` for a layer."""
    if isinstance(operation, keras.Sequential):
        return getattr(operation, "_functional", None)
    return operation if _has_graph(operation) else None


def _has_graph(model: Any) -> bool:
    """Whether a model is what its graph says: a functional one whose class has no ``call`` of its own."""
    is_functional = isinstance(model, keras.Model) and hasattr(model, "_nodes_by_depth")
    return is_functional and str(type(model).call.__module__).split(".")[0] == "keras"


def _calls(functional: Any) -> Iterator[int]:
    """Every layer, once for each of its calls."""
    for node in _nodes(functional):
        inner = _inside(node.operation)
        if inner is None:
            yield id(node.operation)
        else:
            yield from _calls(inner)


def _run(target: Target, functional: Any, inputs: Sequence[Value], prefix: str) -> list[Value]:
    """Every call of ``functional`` on ``inputs``; the values of its outputs."""
    known = {id(tensor): value for tensor, value in zip(functional.inputs, inputs, strict=True)}
    for node in _nodes(functional):
        operation = node.operation
        given = [known[id(tensor)] for tensor in node.input_tensors]
        path, inner = f"{prefix}{operation.name}", _inside(operation)
        if inner is not None:
            made = _run(target, inner, given, f"{target.path(path)}/")
        else:
            outputs = [tuple(tensor.shape[1:]) for tensor in node.output_tensors]
            made = _call(target, operation, path, given, outputs, _arguments(node, known))
        for tensor, value in zip(node.output_tensors, made, strict=True):
            known[id(tensor)] = value
    return [known[id(tensor)] for tensor in functional.outputs]


def _arguments(node: Any, known: Mapping[int, Value]) -> dict[str, Any]:
    """The arguments of a call by name, its tensors as values."""
    try:
        bound = inspect.signature(node.operation.call).bind(*node.arguments.args, **node.arguments.kwargs)
    except (TypeError, ValueError):
        return {}
    return {name: known.get(id(value), value) for name, value in bound.arguments.items()}


def _call(
    target: Target, layer: Any, path: str, given: Sequence[Value], outputs: Sequence[KerasShape],
    arguments: Mapping[str, Any],
) -> list[Value]:  # fmt: skip
    """One layer: its law, or an unknown with its shapes and weights."""
    call = Call(target, layer, path, given, outputs, arguments)
    name, law = find_law(layer)
    first = len(target.graph.nodes)
    try:
        if law is None:
            raise NoLaw(name)
        made = law(call)
        values = [made] if isinstance(made, Value) else list(made)
        if len(values) != len(outputs):
            raise NoLaw("further outputs")
    except NoLaw:
        target.graph.forget(first)
        values = call.unknown(name)
    except ConvcostError as error:
        raise error.at(call.path) from None
    for value, shape in zip(values, outputs, strict=True):
        target.stated[value.number] = placed(shape, value.moved)
    if call.first:
        target.scalars.append((call.path, range(first, len(target.graph.nodes)), sum(scalars(layer))))
    return values


def _order(functional: Any, tensor: Any, last: bool) -> bool:
    """Whether a tensor stands channels first in the graph although Keras has its channels last.

    The first layer behind it that reads maps or sequences decides; where none does, images are channels last as Keras
    is configured.
    """
    rank = len(tensor.shape) - 1
    waiting, seen = [(functional, tensor)], set()
    while waiting and rank > 1:
        inside, current = waiting.pop(0)
        if id(current) in seen:
            continue
        seen.add(id(current))
        for node in _nodes(inside):
            places = [place for place, other in enumerate(node.input_tensors) if other is current]
            if not places:
                continue
            operation = node.operation
            kind, inner = type(operation).__name__, _inside(operation)
            if inner is not None:
                waiting += [(inner, inner.inputs[place]) for place in places]
            elif kind in _SEQUENCES:
                return False
            elif kind != "Flatten" and getattr(operation, "data_format", None) is not None:
                return bool(operation.data_format == "channels_last")
            elif kind in ("Conv1D", "ZeroPadding1D", "Cropping1D", "UpSampling1D"):
                return True
            else:
                waiting += [(inside, output) for output in node.output_tensors if len(output.shape) == rank + 1]
    return rank > 2 and last


# -- the check ---------------------------------------------------------------------------------------------------


def _check(target: Target) -> None:
    """Every shape and every number of weights against Keras' own, which know nothing of our laws."""
    graph = target.graph
    shapes: list[Shape] = list(graph.input_shapes or ())
    counts: list[int] = []
    for node in graph.nodes:
        given = [shapes[value] for value in node.inputs]
        try:
            out = node.layer.output_shape(*given)
        except ConvcostError as error:
            raise error.at(node.path) from None
        stated = target.stated.get(len(shapes), out)
        if len(stated) != len(out) or any(size not in (None, ours) for size, ours in zip(stated, out, strict=True)):
            raise UnsupportedError(
                "the law of this layer gives another shape than Keras", where=node.path, got=f"{out}, Keras {stated}"
            )
        shapes.append(out)
        counts.append(node.layer.params(*given, out=out) + node.layer.buffers(*given))
    for path, nodes, expected in target.scalars:
        counted = sum(counts[number] for number in nodes)
        if counted != expected:
            raise UnsupportedError(
                "the law of this layer counts other weights than Keras", where=path, got=f"{counted}, Keras {expected}"
            )
