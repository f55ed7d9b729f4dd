"""ONNX files as graphs: what a file computes, read without its weights."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import onnx
from google.protobuf.message import DecodeError
from onnx import helper, inliner, shape_inference

from ..arith import as_dim
from ..errors import ConvcostError, SpecError, UnsupportedError
from ..graph import Graph
from . import onnx_elementwise, onnx_layers, onnx_moves
from .onnx_constants import attributes_of, constant, folded, initializer, lighten, of_shape
from .onnx_values import OPERATORS, Call, NoLaw, Place, Target, Tensor

#: The modules that enter their laws when they are imported.
_LAWS = (onnx_elementwise, onnx_layers, onnx_moves)

#: What stands for an open batch while shapes are followed: a prime that no other dim is a multiple of.
_OPEN = 1009


def from_onnx(path: str | Path, *input_shapes: Sequence[int], batch_dim: int = 0) -> Graph:
    """The graph of an ONNX file. Weights are read as shapes only; files with external data do without them.

    ``input_shapes`` (without the batch, in the order of the file's inputs) are needed where the file leaves other dims
    open than the batch, which is axis ``batch_dim`` of every input. ``cost(graph)`` costs it at these shapes;
    ``cost(graph, shape)`` at others, as far as the shapes that the file itself has written down allow.

    Rows bear the names of the nodes. Params are the floating-point initializers that are used, each once; a tensor
    that belongs to no layer (a class token, the bias that is added behind a product) has a row of its own. Constants
    and running statistics are buffers. What the file computes of shapes alone is computed here; an operator without
    a law is listed under ``unsupported``, its cost being unknown.

    Raises ``SpecError`` for a file that is not there, that is no ONNX or that leaves dims open, ``UnsupportedError``
    for an operator without a law whose output shape nobody knows.

    >>> from onnx import TensorProto, helper
    >>> x, y = (helper.make_tensor_value_info(name, TensorProto.FLOAT, ["N", 3, 8, 8]) for name in "xy")
    >>> weight = TensorProto(name="w", dims=[4, 3, 3, 3], data_type=TensorProto.FLOAT)
    >>> nodes = [helper.make_node("Conv", ["x", "w"], ["y"], name="conv", pads=[1, 1, 1, 1])]
    >>> model = helper.make_model(helper.make_graph(nodes, "example", [x], [y], [weight]))
    >>> from convcost import cost
    >>> import tempfile, pathlib
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     file = pathlib.Path(folder, "example.onnx")
    ...     _ = file.write_bytes(model.SerializeToString())
    ...     cost(from_onnx(file)).macs
    6912
    """
    model = _load(path)
    where = Path(path).name
    stored = {proto.name for proto in model.graph.initializer}
    inputs = [value for value in model.graph.input if value.name not in stored]
    if input_shapes and len(input_shapes) != len(inputs):
        raise SpecError(f"the file has {len(inputs)} inputs", where=where, got=f"{len(input_shapes)} shapes")
    given = input_shapes or (None,) * len(inputs)
    size = _batch_size(inputs, batch_dim)
    try:
        return _build(model, [_shape(v, s, size, batch_dim, where) for v, s in zip(inputs, given, strict=True)], size)
    except ConvcostError:
        if size != _OPEN:
            raise
        # Some files leave the batch open, and have one of 1 written into their shapes all the same.
        shapes = [_shape(v, s, 1, batch_dim, where) for v, s in zip(inputs, given, strict=True)]
        try:
            return _build(model, shapes, 1)
        except ConvcostError:
            pass
        raise


def _load(path: str | Path) -> Any:
    """The model of a file, without external data and with local functions written out."""
    if not isinstance(path, (str, Path)):
        raise SpecError("from_onnx takes the path of a file", got=f"a {type(path).__name__}")
    where = str(path)
    try:
        model = onnx.load(where, format="protobuf", load_external_data=False)
    except OSError as error:
        raise SpecError("the ONNX file cannot be read", where=where, got=error.strerror or "an error") from None
    except (DecodeError, ValueError):
        model = None
    if model is None or not model.graph.node or not model.opset_import:
        raise SpecError(
            "this is no ONNX file", where=where, got="other content", fix="give a model that onnx.save has written"
        )
    lighten(model)
    return inliner.inline_local_functions(model) if model.functions else model


# -- inputs ------------------------------------------------------------------------------------------------------


def _dims(value: Any) -> list[int | str]:
    """The dims of an input: numbers, or what is written for open ones."""
    shape = value.type.tensor_type.shape.dim
    return [dim.dim_value if dim.dim_value > 0 else dim.dim_param or "?" for dim in shape]


def _batch_size(inputs: Sequence[Any], batch_dim: int) -> int:
    """The batch that the first input has; a stand-in where it is open."""
    for value in inputs:
        dims = _dims(value)
        if len(dims) > batch_dim:
            size = dims[batch_dim]
            return size if isinstance(size, int) else _OPEN
    return 1


def _shape(
    value: Any, given: Sequence[int] | None, size: int, batch_dim: int, where: str
) -> tuple[tuple[int, ...], Place | None]:
    """The whole shape of an input, and where the batch stands in it."""
    if not value.type.HasField("tensor_type") or not value.type.tensor_type.HasField("shape"):
        raise SpecError("an input has no shape", where=f"{where}: {value.name}", fix="write one into the file")
    dims = _dims(value)
    # An input of another length there (a table of positions) is the same for every example.
    batched = len(dims) > batch_dim and (not isinstance(dims[batch_dim], int) or dims[batch_dim] == size)
    own = [dim for axis, dim in enumerate(dims) if not (batched and axis == batch_dim)]
    if given is not None:
        shape = [as_dim(dim, "a dim of the input") for dim in given]
        fits = len(shape) == len(own) and all(a == b or not isinstance(b, int) for a, b in zip(shape, own, strict=True))
        if not fits or not all(type(dim) is int and dim > 0 for dim in shape):
            raise SpecError(
                "the shape does not fit the file (it is without the batch)",
                where=f"{where}: {value.name}",
                got=f"{tuple(given)}, in the file {tuple(own)}",
            )
        own = list(shape)
    open_dims = [str(dim) for dim in own if not isinstance(dim, int)]
    if open_dims:
        raise SpecError(
            "the file leaves dims of an input open",
            where=f"{where}: {value.name}",
            got=", ".join(open_dims),
            fix=f"give its shape without the batch: from_onnx(path, {tuple(own)})".replace("'", ""),
        )
    known = [dim for dim in own if isinstance(dim, int)]
    if not batched:
        return tuple(known), None
    return (*known[:batch_dim], size, *known[batch_dim:]), Place(batch_dim)


# -- the walk ----------------------------------------------------------------------------------------------------


def _build(model: Any, shapes: Sequence[tuple[tuple[int, ...], Place | None]], size: int) -> Graph:
    """The graph at one size of the batch."""
    stored = {proto.name for proto in model.graph.initializer}
    names = [value.name for value in model.graph.input if value.name not in stored]
    opsets = {"" if entry.domain == "ai.onnx" else entry.domain: entry.version for entry in model.opset_import}
    whole_shapes = dict(zip(names, (shape for shape, _ in shapes), strict=True))
    target = Target(size, opsets, _inferred(model, whole_shapes))
    known: dict[str, Tensor] = {proto.name: initializer(proto) for proto in model.graph.initializer}
    for sparse in model.graph.sparse_initializer:
        dims = tuple(sparse.dims)
        known[sparse.values.name] = Tensor(dims, name=sparse.values.name, stored=len(sparse.values.dims), learned=True)
    for name, (shape, batch) in zip(names, shapes, strict=True):
        number = target.graph.input()
        known[name] = Tensor(shape, batch, number)
        target.shapes[number] = known[name].example
    target.graph.input_shapes = tuple(known[name].example for name in names)
    _run(target, model.graph.node, known)
    for value in model.graph.output:
        tensor = known[value.name]
        if tensor.number is None:
            call = Call(target, "output", f"{value.name}", [tensor], [], {})
            tensor = Tensor(tensor.shape, None, call.number(tensor))
        target.graph.output(tensor.number)  # type: ignore[arg-type]
    return target.graph


def _inferred(model: Any, shapes: dict[str, tuple[int, ...]]) -> dict[str, tuple[int, ...]]:
    """The shapes of all tensors that ``onnx.shape_inference`` finds for these inputs."""
    copy = onnx.ModelProto()
    copy.CopyFrom(model)
    for value in copy.graph.input:
        if value.name in shapes:
            elem_type = value.type.tensor_type.elem_type
            value.CopyFrom(helper.make_tensor_value_info(value.name, elem_type, list(shapes[value.name])))
    # What the file says of its own tensors was written for other inputs; a name for a dim is no number.
    del copy.graph.value_info[:]
    for value in copy.graph.output:
        value.CopyFrom(helper.make_tensor_value_info(value.name, value.type.tensor_type.elem_type, None))
    found: dict[str, tuple[int, ...]] = {}
    sources = [model.graph]
    with suppress(shape_inference.InferenceError, RuntimeError, ValueError):
        # It only helps where there is no law.
        sources.append(shape_inference.infer_shapes(copy, data_prop=True).graph)
    for graph in sources:
        for value in (*graph.value_info, *graph.output):
            dims = _dims(value) if value.type.tensor_type.HasField("shape") else ["?"]
            if all(isinstance(dim, int) for dim in dims):
                found[value.name] = tuple(dim for dim in dims if isinstance(dim, int))
            elif graph is not model.graph:
                found.pop(value.name, None)
    return found


def _run(target: Target, nodes: Sequence[Any], known: dict[str, Tensor]) -> None:
    """Every node, in the order of the file."""
    for place, node in enumerate(nodes):
        where = (node.name or f"{node.op_type}_{place}").strip("/") or node.op_type
        try:
            made = _node(target, node, known, where)
        except ConvcostError as error:
            raise error.at(where) from None
        known.update({name: tensor for name, tensor in zip(node.output, made, strict=False) if name})


def _node(target: Target, node: Any, known: dict[str, Tensor], where: str) -> Sequence[Tensor]:
    """The outputs of one node."""
    inputs = [known.get(name) if name else None for name in node.input]
    for name, tensor in zip(node.input, inputs, strict=True):
        if name and tensor is None:
            raise SpecError("a node reads a tensor that nobody has made", where=where, got=name)
    if node.op_type == "Constant" and not node.domain:
        return [constant(node)]
    if node.op_type in ("Shape", "Size") and inputs and inputs[0] is not None:
        data = of_shape(node, inputs[0])
        return [Tensor(data.shape, data=data)]
    ready = folded(node, inputs, target.opsets)
    if ready is not None:
        return ready
    if node.op_type == "If" and inputs[0] is not None and inputs[0].data is not None:
        return _branch(target, node, known, bool(inputs[0].data))
    own = node.domain not in ("", "ai.onnx")
    operator = f"{node.domain}::{node.op_type}" if own else node.op_type
    first = len(target.graph.nodes)
    call = Call(target, operator, where, [*inputs, *_captured(node, known)], node.output, attributes_of(node))
    saved = set(target.counted), dict(target.made)
    try:
        law = OPERATORS.get(operator)
        if law is None:
            raise NoLaw(operator)
        made = law(call)
        outputs = [made] if isinstance(made, Tensor) else list(made)
        _compare(target, node, outputs, where)
        return outputs
    except NoLaw:
        target.graph.forget(first)
        target.counted, target.made = saved
        return call.unknown()


def _compare(target: Target, node: Any, outputs: Sequence[Tensor], where: str) -> None:
    """Shapes of laws against those that ONNX itself infers."""
    for name, tensor in zip(node.output, outputs, strict=False):
        inferred = target.inferred.get(name)
        if inferred is not None and inferred != tensor.shape:
            raise UnsupportedError(
                "the law of this operator gives another shape than onnx.shape_inference",
                where=where,
                got=f"{tensor.shape}, inferred {inferred}",
            )


def _branch(target: Target, node: Any, known: dict[str, Tensor], taken: bool) -> list[Tensor]:
    """The branch of an ``If`` whose condition is known."""
    attributes = attributes_of(node)
    graph = attributes["then_branch" if taken else "else_branch"]
    inside = dict(known)
    inside.update({proto.name: initializer(proto) for proto in graph.initializer})
    _run(target, graph.node, inside)
    return [inside[value.name] for value in graph.output]


def _captured(node: Any, known: dict[str, Tensor]) -> list[Tensor]:
    """What the graphs inside a node (a loop) read of the tensors around them, and what they store."""
    found: list[Tensor] = []
    for attribute in node.attribute:
        for graph in (attribute.g, *attribute.graphs):
            found += [initializer(proto) for proto in graph.initializer]
            for inner in graph.node:
                found += [known[name] for name in inner.input if name in known]
                found += _captured(inner, known)
    return found
