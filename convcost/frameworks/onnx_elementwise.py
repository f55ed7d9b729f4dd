"""Laws of the ONNX operators that work element by element, and of reductions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

import numpy as np

from ..layers import (
    ELU,
    GELU,
    SELU,
    Add,
    Combine,
    Dropout,
    Einsum,
    Hardsigmoid,
    Hardswish,
    LeakyReLU,
    Mish,
    Mul,
    Pointwise,
    PReLU,
    Reduce,
    ReLU,
    ReLU6,
    Reshape,
    Sigmoid,
    SiLU,
    Softmax,
    Softplus,
    Tanh,
)
from ..layers.base import Layer
from .onnx_values import Call, NoLaw, Tensor, elements, law

_UNARY: Mapping[str, Layer] = MappingProxyType(
    {
        "Relu": ReLU(), "Sigmoid": Sigmoid(), "Tanh": Tanh(), "LeakyRelu": LeakyReLU(), "Elu": ELU(), "Selu": SELU(),
        "HardSigmoid": Hardsigmoid(), "HardSwish": Hardswish(), "Softplus": Softplus(), "Mish": Mish(),
        "Swish": SiLU(),
        **{
            operator: Pointwise(function)
            for operator, function in {
                "Celu": "celu", "Softsign": "softsign", "ThresholdedRelu": "compare", "Shrink": "soft_shrink",
                "Abs": "abs", "Neg": "neg", "Exp": "exp", "Log": "log", "Sqrt": "sqrt", "Reciprocal": "div",
                "Erf": "erf", "Sign": "compare", "Floor": "round", "Ceil": "round", "Round": "round", "Not": "logic",
                "IsNaN": "compare", "IsInf": "compare",
            }.items()
        },
    }
)  # fmt: skip


@law(*_UNARY)
def _unary(call: Call) -> Tensor:
    return call.add(_UNARY[call.operator], call.need(0))


@law("Gelu")
def _gelu(call: Call) -> Tensor:
    return call.add(GELU(call.attributes.get("approximate", "none")), call.need(0))


@law("Clip")
def _clip(call: Call) -> Tensor:
    low, high = (
        call.attributes[name] if name in call.attributes else call.known(number)
        for number, name in ((1, "min"), (2, "max"))
    )
    if low is None and high is None:
        return call.need(0)
    if low is None or high is None:
        return call.add(Pointwise("compare"), call.need(0))
    is_relu6 = float(np.asarray(low)) == 0 and float(np.asarray(high)) == 6
    return call.add(ReLU6() if is_relu6 else Pointwise("clip"), call.need(0))


@law("PRelu")
def _prelu(call: Call) -> Tensor:
    tensor, slope = call.need(0), call.weight(1)
    if slope.stored == 1:
        return call.add(PReLU(1), tensor, params=[slope])
    channels = tensor.example[0]
    wanted = (channels, *(1,) * (len(tensor.shape) - 2))
    if slope.stored != channels or slope.shape not in (wanted, (1, *wanted)):
        raise NoLaw("slopes of another shape than one per channel")
    return call.add(PReLU(channels), tensor, params=[slope])


@law("Dropout")
def _dropout(call: Call) -> Sequence[Tensor]:
    tensor = call.need(0)
    made = call.add(Dropout(), tensor)
    return [made] * len(call.outputs)


@law("QuantizeLinear", "DequantizeLinear", "DynamicQuantizeLinear")
def _quantize(call: Call) -> Tensor:
    tensor = call.need(0)
    if tensor.is_weight and call.operator == "DequantizeLinear":
        # A weight that is stored in few bits is the same weight.
        return Tensor(tensor.shape, None, None, None, tensor.name, tensor.stored, True)
    if call.operator == "DynamicQuantizeLinear":
        raise NoLaw("a scale that is computed")
    return call.add(Pointwise(call.operator.removesuffix("Linear").lower()), tensor)


# -- two and more ------------------------------------------------------------------------------------------------

#: How tensors are joined, and what the same is with a constant.
_BINARY: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "Add": ("add", "add"), "Mul": ("mul", "mul"), "Sub": ("sub", "add"), "Div": ("div", "div"),
        "Pow": ("pow", "pow"), "Max": ("max", "compare"), "Min": ("min", "compare"), "Sum": ("add", "add"),
        "Mean": ("average", "add"), "And": ("logic", "logic"), "Or": ("logic", "logic"), "Xor": ("logic", "logic"),
        **dict.fromkeys(("Equal", "Greater", "GreaterOrEqual", "Less", "LessOrEqual"), ("compare", "compare")),
    }
)  # fmt: skip


@law(*_BINARY)
def _binary(call: Call) -> Tensor:
    tensors = [tensor for tensor in call.inputs if tensor is not None]
    name, alone = _BINARY[call.operator]
    if len(tensors) == 1:
        return tensors[0]
    moving = [tensor for tensor in tensors if tensor.data is None or tensor.learned]
    shape = np.broadcast_shapes(*(tensor.shape for tensor in tensors))
    if len(moving) == 1 and len(tensors) == 2 and moving[0].shape == shape and moving[0].number is not None:
        constant = next(tensor for tensor in tensors if tensor is not moving[0])
        if call.operator == "Pow" and constant.data is not None and np.asarray(constant.data).size == 1:
            alone = {2.0: "square", 0.5: "sqrt"}.get(float(np.asarray(constant.data).reshape(-1)[0]), "pow")
        return call.add(Pointwise(alone), moving[0])
    layer: Layer = Add() if name == "add" else Mul() if name == "mul" else Combine(operation=name)
    return join(call, layer, tensors)


@law("Where")
def _where(call: Call) -> Tensor:
    return join(call, Combine(operation="select"), [call.need(number) for number in range(3)])


def join(call: Call, layer: Layer, tensors: Sequence[Tensor], suffix: str = "") -> Tensor:
    """Tensors that broadcast against one another, their last axes together, in one rank and without the batch."""
    rank = max(len(tensor.shape) for tensor in tensors)
    places = {
        tensor.batch._replace(axis=tensor.batch.axis + rank - len(tensor.shape))
        for tensor in tensors
        if tensor.batch is not None
    }
    batch = call.one_place(places)
    numbers = []
    for tensor in tensors:
        padded = (*(1,) * (rank - len(tensor.shape)), *tensor.shape)
        if batch is not None and padded[batch.axis] not in (1, call.target.batch * batch.outer * batch.inner):
            raise NoLaw("an axis of one tensor meets the batch of another")
        example = Tensor(padded, batch).example
        if batch is not None and not batch.alone and padded[batch.axis] == 1:
            # The same for all that is folded into the axis of the batch.
            example = padded
        numbers.append(call.number(tensor, example))
    return call.put(layer, numbers, batch, suffix)


@law("Einsum")
def _einsum(call: Call) -> Tensor:
    tensors = [tensor for tensor in call.inputs if tensor is not None]
    operands, _, result = str(call.attributes["equation"]).replace(" ", "").partition("->")
    parts = operands.split(",")
    if len(tensors) != 2 or "." in operands or not _:
        raise NoLaw("an equation with dots, or of other than two tensors")
    letters = {part[tensor.batch.axis] for part, tensor in zip(parts, tensors, strict=True) if tensor.batch is not None}
    if len(letters) != 1 or any(tensor.batch is not None and not tensor.batch.alone for tensor in tensors):
        raise NoLaw("the batch is not one letter")
    (batch,) = letters
    if batch not in result or any(batch in part for part, t in zip(parts, tensors, strict=True) if t.batch is None):
        raise NoLaw("a sum over the batch")
    place = next(tensor.batch for tensor in tensors if tensor.batch is not None)._replace(axis=result.index(batch))
    equation = f"{parts[0]},{parts[1]}->{result}".replace(batch, "")
    if any(len(set(part)) != len(part) for part in equation.replace("->", ",").split(",")):
        raise NoLaw("a diagonal")
    return call.add(Einsum(equation=equation), *tensors, batch=place)


# -- along axes --------------------------------------------------------------------------------------------------

_REDUCTIONS = {
    "ReduceMean": "mean", "ReduceSum": "sum", "ReduceMax": "max", "ReduceMin": "min", "ReduceProd": "prod",
    "ReduceL2": "norm", "ReduceSumSquare": "sum", "ReduceL1": "sum", "ArgMax": "max", "ArgMin": "min",
}  # fmt: skip
_BEFORE = {"ReduceSumSquare": "square", "ReduceL1": "abs"}


@law(*_REDUCTIONS)
def _reduce(call: Call) -> Tensor:
    tensor = call.need(0)
    rank = len(tensor.shape)
    if call.operator.startswith("Arg"):
        axes: list[int] | None = [call.attributes.get("axis", 0)]
    else:
        axes = call.integers(1, "axes")
        if not axes and call.attributes.get("noop_with_empty_axes", 0):
            return tensor
    gone = sorted(axis % rank for axis in axes or range(rank))
    keep = bool(call.attributes.get("keepdims", 1))
    batch = tensor.batch
    if batch is not None and batch.axis in gone:
        raise NoLaw("a reduction over the batch")
    if batch is not None and not keep:
        batch = batch._replace(axis=batch.axis - sum(axis < batch.axis for axis in gone))
    if call.operator in _BEFORE:
        tensor = call.add(Pointwise(_BEFORE[call.operator]), tensor, suffix="each")
    layer = Reduce(_REDUCTIONS[call.operator], tuple(tensor.axis(axis) for axis in gone), keep)
    return call.add(layer, tensor, batch=batch)


@law("Softmax", "LogSoftmax")
def _softmax(call: Call) -> Tensor:
    tensor = call.need(0)
    log = call.operator == "LogSoftmax"
    rank = len(tensor.shape)
    axis = call.attributes.get("axis", -1 if call.opset >= 13 else 1) % rank
    if tensor.batch is not None and (tensor.batch.axis == axis or (tensor.batch.axis > axis and call.opset < 13)):
        raise NoLaw("a softmax along the batch")
    place = tensor.axis(axis)
    if call.opset >= 13 or axis == rank - 1:
        return call.add(Softmax(-1 if place == len(tensor.example) - 1 else place, log), tensor)
    # Older operators read the axis and all behind it as one.
    flat: tuple[Any, ...] = (*tensor.example[:place], elements(tensor.example[place:]))
    rows = call.emit(Softmax(-1, log), [call.number(tensor, flat)], "rows")
    return call.put(Reshape(tensor.example), [rows], tensor.batch)
