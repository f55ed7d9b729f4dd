"""Keras activations, as layers of their own and as the ``activation=`` argument of others."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

import keras

from ..errors import UnsupportedError
from ..layers import (
    ELU,
    GELU,
    SELU,
    Hardsigmoid,
    Hardswish,
    Hardtanh,
    LeakyReLU,
    Mish,
    Pointwise,
    PReLU,
    ReLU,
    ReLU6,
    Sigmoid,
    SiLU,
    Softmax,
    Softplus,
    Tanh,
    Unknown,
)
from ..layers.base import Layer
from .keras_values import Call, NoLaw, Value, find_law, law, placed

#: Functions of ``keras.activations``. Softmax works on Keras' last axis and is entered where the axis is known.
_FUNCTIONS: Mapping[str, Callable[[], Layer]] = MappingProxyType(
    {
        "relu": ReLU, "relu6": ReLU6, "leaky_relu": lambda: LeakyReLU(0.2), "elu": ELU, "selu": SELU, "gelu": GELU,
        "silu": SiLU, "sigmoid": Sigmoid, "hard_sigmoid": Hardsigmoid, "hard_silu": Hardswish, "hard_tanh": Hardtanh,
        "tanh": Tanh, "softplus": Softplus, "mish": Mish, "exponential": lambda: Pointwise("exp"),
        "softsign": lambda: Pointwise("softsign"), "celu": lambda: Pointwise("celu"),
        "log_sigmoid": lambda: Pointwise("log_sigmoid"), "hard_shrink": lambda: Pointwise("hard_shrink"),
        "soft_shrink": lambda: Pointwise("soft_shrink"), "tanh_shrink": lambda: Pointwise("tanh_shrink"),
        "squareplus": lambda: Pointwise("squareplus"),
    }
)  # fmt: skip


def activation_name(function: Any) -> str:
    """The name of an activation in ``keras.activations``; of anything else an empty text."""
    name = getattr(function, "__name__", "")
    return name if getattr(keras.activations, name, None) is function else ""


def activate(call: Call, value: Value, function: Any) -> Value:
    """The activation argument of a layer as a node of its own behind ``value``; none for ``linear``."""
    if function is None or activation_name(function) == "linear":
        return value
    if isinstance(function, keras.Layer):
        inner = call.sub(function, (value,), (value.shape,), function.name)
        found = find_law(function)[1]
        try:
            made = found(inner) if found else inner.unknown(type(function).__name__)
        except NoLaw:
            made = inner.unknown(type(function).__name__)
        return made if isinstance(made, Value) else made[0]
    name = activation_name(function)
    layer = _named(name, value)
    if layer is None:
        shown = name or getattr(function, "__name__", type(function).__name__)
        if None in value.shape:
            raise UnsupportedError(
                "the activation has no law, and Keras leaves its shape open",
                where=call.path,
                got=shown,
                fix="build the model for a fixed input shape",
            )
        layer = Unknown(f"activation {shown}", placed(value.shape, value.moved))
    return call.add(layer, value, suffix=name or "activation", shape=value.shape, moved=value.moved)


def _named(name: str, value: Value) -> Layer | None:
    if name in ("softmax", "log_softmax"):
        return Softmax(0 if value.moved else -1, log=name == "log_softmax") if value.shape else None
    return _FUNCTIONS[name]() if name in _FUNCTIONS else None


@law("Activation")
def _activation(call: Call) -> Value:
    value, function = call.input, call.layer.activation
    name = activation_name(function)
    if name == "linear":
        return call.add(Pointwise("identity"), value)
    layer = _named(name, value)
    if layer is None:
        raise NoLaw(name or "a function of its own")
    return call.add(layer, value)


@law("ReLU")
def _relu(call: Call) -> Value:
    layer = call.layer
    if layer.threshold:
        raise NoLaw("a threshold")
    if layer.negative_slope and layer.max_value is not None:
        raise NoLaw("a slope and a bound")
    if layer.negative_slope:
        return call.add(LeakyReLU(float(layer.negative_slope)), call.input)
    if layer.max_value is None:
        return call.add(ReLU(), call.input)
    bound = float(layer.max_value)
    return call.add(ReLU6() if bound == 6 else Hardtanh(0.0, bound), call.input)


@law("LeakyReLU")
def _leaky(call: Call) -> Value:
    return call.add(LeakyReLU(float(call.layer.negative_slope)), call.input)


@law("ELU")
def _elu(call: Call) -> Value:
    return call.add(ELU(float(call.layer.alpha)), call.input)


@law("PReLU")
def _prelu(call: Call) -> Value:
    value, slopes = call.input, tuple(call.layer.alpha.shape)
    own = [axis for axis, size in enumerate(slopes) if size != 1]
    if not own:
        return call.add(PReLU(1), value)
    if own == [len(slopes) - 1] or own == [0]:
        value = call.ordered(value, own != [0])
        return call.add(PReLU(slopes[own[0]]), value)
    if slopes == value.shape:
        return call.add(PReLU("each"), value)
    raise NoLaw("slopes shared along some axes")


@law("Softmax")
def _softmax(call: Call) -> Value:
    axis = call.layer.axis
    axes = [axis] if isinstance(axis, int) else list(axis)
    if len(axes) != 1 or call.argument("mask") is not None:
        raise NoLaw("several axes, or a mask")
    value = call.inputs[0]
    return call.add(Softmax(call.axis(value, axes[0])), value)
