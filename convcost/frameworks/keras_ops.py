"""Laws of ``keras.ops`` called on symbolic tensors: what a functional model has where it computes between layers."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from ..layers import (
    ELU,
    GELU,
    SELU,
    Add,
    Combine,
    Concat,
    Einsum,
    Hardsigmoid,
    Hardswish,
    Hardtanh,
    LeakyReLU,
    MatMul,
    Mul,
    Pointwise,
    Reduce,
    ReLU,
    ReLU6,
    Reshape,
    Sigmoid,
    SiLU,
    Slice,
    Softmax,
    Softplus,
    Take,
    Tanh,
)
from ..layers.base import Layer
from .keras_layers import example_equation
from .keras_moves import elements, permuted, together
from .keras_values import OPERATIONS, Call, NoLaw, Value, law, open_shape, placed

_UNARY: Mapping[str, Layer] = MappingProxyType(
    {
        **{
            name: Pointwise(function)
            for name, function in {
                "Exp": "exp", "Log": "log", "Sqrt": "sqrt", "Rsqrt": "rsqrt", "Square": "square", "Negative": "neg",
                "Absolute": "abs", "Abs": "abs", "Floor": "round", "Ceil": "round", "Round": "round", "Erf": "erf",
                "Sign": "compare", "Reciprocal": "div", "Clip": "clip", "Cast": "cast", "Copy": "identity",
                "StopGradient": "identity", "LogicalNot": "logic", "Softsign": "softsign", "Celu": "celu",
                "LogSigmoid": "log_sigmoid", "HardShrink": "hard_shrink", "SoftShrink": "soft_shrink",
                "TanhShrink": "tanh_shrink", "Squareplus": "squareplus", "Threshold": "compare",
            }.items()
        },
        "Relu": ReLU(), "Relu6": ReLU6(), "LeakyRelu": LeakyReLU(0.2), "Elu": ELU(), "Selu": SELU(), "Gelu": GELU(),
        "Silu": SiLU(), "Sigmoid": Sigmoid(), "HardSigmoid": Hardsigmoid(), "HardSilu": Hardswish(),
        "HardTanh": Hardtanh(), "Tanh": Tanh(), "Softplus": Softplus(),
    }
)  # fmt: skip


@law(*_UNARY, table=OPERATIONS)
def _unary(call: Call) -> Value:
    return call.add(_UNARY[type(call.layer).__name__], call.input)


#: How two tensors are joined, and what the same is with a constant.
_BINARY: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "Add": ("add", "add"), "Multiply": ("mul", "mul"), "Subtract": ("sub", "add"), "Divide": ("div", "div"),
        "TrueDivide": ("div", "div"), "Maximum": ("max", "compare"), "Minimum": ("min", "compare"),
        "Power": ("pow", "pow"), "LogicalAnd": ("logic", "logic"), "LogicalOr": ("logic", "logic"),
        "LogicalXor": ("logic", "logic"),
        **dict.fromkeys(("Equal", "NotEqual", "Greater", "GreaterEqual", "Less", "LessEqual"), ("compare", "compare")),
    }
)  # fmt: skip


@law(*_BINARY, table=OPERATIONS)
def _binary(call: Call) -> Value:
    join, alone = _BINARY[type(call.layer).__name__]
    if len(call.inputs) == 1:
        if call.inputs[0].shape != call.shape:
            raise NoLaw("a constant that is larger than the tensor")
        # x*x and x+x have one tensor twice, and are no different from a product or sum with a constant.
        return call.add(Pointwise(alone), call.inputs[0])
    if len({len(value.shape) for value in call.inputs}) != 1:
        raise NoLaw("tensors of different rank: the batch of one meets an axis of the other")
    layer: Layer = Add() if join == "add" else Mul() if join == "mul" else Combine(operation=join)
    return call.add(layer, *together(call, call.inputs))


@law("Where", table=OPERATIONS)
def _where(call: Call) -> Value:
    if len({len(value.shape) for value in call.inputs}) != 1:
        raise NoLaw("tensors of different rank")
    return call.add(Combine(operation="select"), *together(call, call.inputs))


@law("Softmax", "LogSoftmax", table=OPERATIONS)
def _softmax(call: Call) -> Value:
    axis = call.layer.axis
    if not isinstance(axis, int):
        raise NoLaw("softmax over several axes")
    log = type(call.layer).__name__ == "LogSoftmax"
    return call.add(Softmax(call.axis(call.input, axis), log), call.input)


_REDUCTIONS = {
    "Mean": "mean", "Sum": "sum", "Max": "max", "Min": "min", "Prod": "prod", "Amax": "max", "Amin": "min",
}  # fmt: skip


@law(*_REDUCTIONS, table=OPERATIONS)
def _reduce(call: Call) -> Value:
    layer, value = call.layer, call.input
    if layer.axis is None:
        raise NoLaw("a reduction over the batch")
    given = [layer.axis] if isinstance(layer.axis, int) else list(layer.axis)
    axes = tuple(sorted(call.axis(value, axis) for axis in given))
    last = value.moved and 0 in axes
    made = Reduce(_REDUCTIONS[type(layer).__name__], axes, bool(layer.keepdims))
    # Without the axis that was moved to the front, the others stand as in Keras.
    return call.add(made, value, moved=value.moved and (bool(layer.keepdims) or not last))


@law("Reshape", "ExpandDims", "Squeeze", "Ravel", table=OPERATIONS)
def _reshape(call: Call) -> Value:
    before, after = elements(call.input.shape), elements(call.shape)
    if None not in (before, after) and before != after:
        raise NoLaw("the batch is reshaped")
    moved = call.target.moved(len(call.shape))
    return call.add(Reshape(placed(open_shape(call.shape), moved)), call.input, moved=moved)


@law("Transpose", table=OPERATIONS)
def _transpose(call: Call) -> Value:
    axes = call.layer.axes
    if axes is None or axes[0] != 0:
        raise NoLaw("the batch is moved")
    return permuted(call, call.input, [axis - 1 for axis in axes[1:]])


@law("Concatenate", table=OPERATIONS)
def _concat(call: Call) -> Value:
    values = together(call, call.inputs)
    return call.add(Concat(axis=call.axis(values[0], call.layer.axis)), *values)


@law("Matmul", table=OPERATIONS)
def _matmul(call: Call) -> Value:
    if len(call.inputs) != 2 or len({len(value.shape) for value in call.inputs}) != 1 or len(call.shape) < 2:
        raise NoLaw("a product with a constant")
    return call.add(MatMul(), *(call.plain(value) for value in call.inputs))


@law("Einsum", table=OPERATIONS)
def _einsum(call: Call) -> Value:
    if len(call.inputs) != 2:
        raise NoLaw("a product of one tensor, or of more than two")
    ranks = tuple(len(value.shape) + 1 for value in call.inputs)
    equation = example_equation(call.layer.subscripts, (ranks[0], ranks[1]))
    return call.add(Einsum(equation=equation), *(call.plain(value) for value in call.inputs), moved=False)


@law("GetItem", table=OPERATIONS)
def _get_item(call: Call) -> Value:
    key = call.argument("key", ())
    entries = list(key) if isinstance(key, tuple) else [key]
    if Ellipsis in entries:
        place = entries.index(Ellipsis)
        missing = len(call.input.shape) + 1 - (len(entries) - 1 - entries.count(None))
        entries[place : place + 1] = [slice(None)] * missing
    if not entries or entries[0] != slice(None) or not all(_plain_entry(entry) for entry in entries):
        raise NoLaw("indices along the batch, or tensors as indices")
    value = call.plain(call.input)
    steps: list[Layer] = []
    axis = 0
    for entry in entries[1:]:
        if entry is None:
            # A new axis: the reshape at the end makes it.
            continue
        if isinstance(entry, int):
            steps.append(Take(axis))
            continue
        if entry != slice(None):
            steps.append(Slice(axis, entry.start or 0, entry.stop, entry.step or 1))
        axis += 1
    if None in entries or not steps:
        steps.append(Reshape(open_shape(call.shape)))
    for number, step in enumerate(steps[:-1], start=1):
        # Shapes in between are looked at by nobody; only their rank must be right.
        rank = len(value.shape) - isinstance(step, Take)
        value = call.add(step, value, suffix=f"step{number}", shape=(None,) * rank, moved=False)
    return call.add(steps[-1], value, moved=False)


def _plain_entry(entry: Any) -> bool:
    if isinstance(entry, slice):
        parts = (entry.start, entry.stop, entry.step)
        return all(part is None or isinstance(part, int) for part in parts) and (entry.step or 1) > 0
    return entry is None or (isinstance(entry, int) and not isinstance(entry, bool))
