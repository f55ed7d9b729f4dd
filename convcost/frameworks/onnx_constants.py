"""Contents of an ONNX file that are known: initializers, constants, and what the file computes of shapes."""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from onnx import TensorProto, helper, numpy_helper
from onnx.reference import ReferenceEvaluator

from .onnx_values import Tensor, elements

#: Contents of more elements are not looked at: shapes are short.
MOST = 1 << 16

_LEARNED = {
    TensorProto.FLOAT, TensorProto.FLOAT16, TensorProto.BFLOAT16, TensorProto.DOUBLE, TensorProto.FLOAT8E4M3FN,
    TensorProto.FLOAT8E4M3FNUZ, TensorProto.FLOAT8E5M2, TensorProto.FLOAT8E5M2FNUZ, TensorProto.COMPLEX64,
    TensorProto.COMPLEX128,
}  # fmt: skip

#: Operators that are never computed here: they draw numbers, or what they make hangs on more than their inputs.
_NEVER = {
    "RandomNormal", "RandomUniform", "RandomNormalLike", "RandomUniformLike", "Bernoulli", "Multinomial", "If", "Loop",
    "Scan", "Dropout",
}  # fmt: skip


def initializer(proto: Any) -> Tensor:
    """An initializer as a stored tensor.

    Floating-point ones are params, but for bare numbers without an axis: those are constants of a formula, such as
    the root of a width. The content of whole numbers is kept, for they are shapes and indices.
    """
    shape = tuple(proto.dims)
    learned = proto.data_type in _LEARNED and len(shape) > 0
    data = None if learned else content(proto)
    return Tensor(shape, None, None, data, proto.name, elements(shape), learned)


def content(proto: Any) -> Any:
    """The elements of a stored tensor; ``None`` where there are many, or where they stand in another file."""
    outside = proto.data_location == TensorProto.EXTERNAL
    if outside or elements(proto.dims) > MOST:
        return None
    try:
        return numpy_helper.to_array(proto)
    except (ValueError, TypeError, KeyError):
        return None


def constant(node: Any) -> Tensor:
    """The output of a ``Constant`` node. It is stored, but nobody learns it."""
    attribute = node.attribute[0]
    value = helper.get_attribute_value(attribute)
    if attribute.name == "value":
        data = content(value)
        shape = tuple(value.dims)
    else:
        kinds: dict[str, Any] = {"value_int": np.int64, "value_ints": np.int64}
        data = np.asarray(value, kinds.get(attribute.name, np.float32 if "float" in attribute.name else None))
        shape = data.shape
    return Tensor(shape, None, None, data, node.output[0], elements(shape), False)


def of_shape(node: Any, tensor: Tensor) -> Any:
    """What ``Shape`` and ``Size`` say of a tensor: all of its dims are known here."""
    if node.op_type == "Size":
        return np.asarray(elements(tensor.shape), np.int64)
    attributes = {attribute.name: helper.get_attribute_value(attribute) for attribute in node.attribute}
    return np.asarray(tensor.shape[attributes.get("start", 0) : attributes.get("end")], np.int64)


def folded(node: Any, inputs: Sequence[Tensor | None], opsets: Mapping[str, int]) -> list[Tensor] | None:
    """The outputs of a node whose inputs are all known, by the reference implementation of ONNX itself.

    ``None`` where an input is not known, or nothing can be computed: then the node is one like others.
    """
    given = [tensor for tensor in inputs if tensor is not None]
    if node.domain not in ("", "ai.onnx") or node.op_type in _NEVER or any(t.data is None for t in given):
        return None
    filled = _filled(node, given)
    if filled is not None:
        return filled
    named = {name: np.asarray(t.data) for name, t in zip(node.input, inputs, strict=False) if name and t is not None}
    try:
        arguments = [
            helper.make_tensor_value_info(name, helper.np_dtype_to_tensor_dtype(value.dtype), list(value.shape))
            for name, value in named.items()
        ]
        results = [helper.make_tensor_value_info(name, TensorProto.UNDEFINED, None) for name in node.output if name]
        graph = helper.make_graph([node], "known", arguments, results)
        imports = [helper.make_opsetid(domain, version) for domain, version in opsets.items()]
        model = helper.make_model(graph, opset_imports=imports)
        with warnings.catch_warnings():
            # The reference implementation divides as NumPy does, and NumPy warns.
            warnings.simplefilter("ignore")
            values = iter(ReferenceEvaluator(model).run(None, named))
    except Exception:
        # Whatever it cannot do is no error of the file: a law is asked instead.
        return None
    made = []
    for name in node.output:
        value = np.asarray(next(values)) if name else np.zeros(0)
        made.append(Tensor(value.shape, data=value))
    return made


def _filled(node: Any, given: Sequence[Tensor]) -> list[Tensor] | None:
    """Operators whose small inputs make large outputs: beyond a size their shape is known, their content is not."""
    if node.op_type == "ConstantOfShape" and given:
        shape = tuple(int(size) for size in given[0].data)
    elif node.op_type == "Expand" and len(given) == 2:
        shape = tuple(np.broadcast_shapes(given[0].shape, tuple(int(size) for size in given[1].data)))
    elif node.op_type == "Tile" and len(given) == 2:
        shape = tuple(a * int(b) for a, b in zip(given[0].shape, given[1].data, strict=True))
    else:
        return None
    return [Tensor(shape)] if elements(shape) > MOST else None


def attributes_of(node: Any) -> dict[str, Any]:
    """Attributes by name; texts as text."""
    found = {}
    for attribute in node.attribute:
        value = helper.get_attribute_value(attribute)
        if isinstance(value, bytes):
            value = value.decode()
        elif isinstance(value, list) and value and isinstance(value[0], bytes):
            value = [item.decode() for item in value]
        found[attribute.name] = value
    return found


def lighten(model: Any) -> None:
    """Drop the contents of large tensors: only their shapes are asked for."""
    for proto in model.graph.initializer:
        if elements(proto.dims) > MOST:
            bare = TensorProto(name=proto.name, dims=proto.dims, data_type=proto.data_type)
            # A tensor without contents that says where they are is not looked for.
            bare.data_location = TensorProto.EXTERNAL
            proto.CopyFrom(bare)
