"""Laws of the Keras layers on sequences: recurrent layers, attention, and layers that wrap others."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import keras

from ..layers import (
    GRU,
    LSTM,
    RNN,
    Add,
    Combine,
    Concat,
    Conv,
    Flatten,
    MatMul,
    Mul,
    MultiheadAttention,
    Parameter,
    Permute,
    Pool,
    Reduce,
    Softmax,
    Take,
)
from ..layers.base import Layer
from .keras_activations import activate, activation_name
from .keras_layers import window_padding
from .keras_values import Call, KerasShape, NoLaw, Value, find_law, law

# -- recurrent layers --------------------------------------------------------------------------------------------


_CELLS = (keras.layers.LSTMCell, keras.layers.GRUCell, keras.layers.SimpleRNNCell)


def recurrent(layer: Any) -> Layer:
    """The law of a recurrent layer, or of the cell of an ``RNN``."""
    kind = type(layer).__name__
    cell = getattr(layer, "cell", layer)
    name = type(cell).__name__.removesuffix("Cell")
    # A subclass of a cell computes what it likes; only Keras' own three have a law.
    if kind not in ("LSTM", "GRU", "SimpleRNN", "RNN") or type(cell) not in _CELLS:
        raise NoLaw("a cell of its own")
    for argument, usual in (("activation", "tanh"), ("recurrent_activation", "sigmoid")):
        if hasattr(cell, argument) and activation_name(getattr(cell, argument)) != usual:
            raise NoLaw(f"another {argument} than {usual}")
    # Keras keeps one bias for both products; only its newer GRU, which resets behind the product, keeps two.
    bias: bool | str = "single" if cell.use_bias else False
    if name == "LSTM":
        return LSTM(cell.units, bias=bias)
    if name == "GRU":
        return GRU(cell.units, bias=True if cell.use_bias and cell.reset_after else bias)
    return RNN(cell.units, bias=bias)


def _run(call: Call, layer: Any, value: Value, suffix: str = "") -> list[Value]:
    """A recurrent layer on a sequence: its output, then its states if it returns them."""
    steps = value.shape[0]
    made = recurrent(layer)
    width = made.hidden_size  # type: ignore[attr-defined]
    sequence = call.add(made, value, suffix=suffix, shape=(steps, width), moved=False)
    below = f"{suffix}/" if suffix else ""
    states = 2 if isinstance(made, LSTM) else 1
    if not layer.return_sequences or layer.return_state:
        last = call.add(Take(0), sequence, suffix=f"{below}last", shape=(width,), moved=False)
    outputs = [sequence if layer.return_sequences else last]
    # A state is as large as an output; where it is kept costs nothing.
    return outputs + ([last] * states if layer.return_state else [])


@law("LSTM", "GRU", "SimpleRNN", "RNN")
def _recurrent(call: Call) -> Sequence[Value]:
    recurrent(call.layer)
    return _run(call, call.layer, call.plain(call.inputs[0]))


@law("Bidirectional")
def _bidirectional(call: Call) -> Sequence[Value]:
    layer = call.layer
    recurrent(layer.forward_layer)
    recurrent(layer.backward_layer)
    value = call.plain(call.inputs[0])
    forward, *states = _run(call, layer.forward_layer, value, "forward")
    backward, *more = _run(call, layer.backward_layer, value, "backward")
    states += more
    if layer.merge_mode is None:
        return [forward, backward, *states]
    joins: dict[str, Layer] = {
        "concat": Concat(axis=-1),
        "sum": Add(),
        "mul": Mul(),
        "ave": Combine(operation="average"),
    }
    return [call.add(joins[layer.merge_mode], forward, backward, moved=False), *states]


# -- attention ---------------------------------------------------------------------------------------------------


def _operands(call: Call) -> tuple[Value, Value, Value]:
    """Queries, keys and values; Keras names values before keys, and takes values for keys where none are given."""
    query, value = call.argument("query"), call.argument("value")
    key = call.argument("key", value)
    if not (isinstance(query, Value) and isinstance(value, Value) and isinstance(key, Value)):
        raise NoLaw("operands that are no tensors of the model")
    if any(len(operand.shape) != 2 for operand in (query, key, value)):
        raise NoLaw("attention over several axes")
    return query, key, value


def _attend(call: Call, heads: int, key_dim: int, value_dim: int, kv_heads: int, out: int | None, bias: bool) -> Any:
    query, key, value = _operands(call)
    width = query.shape[-1]
    usual = key_dim == value_dim and key_dim * heads == width
    made = MultiheadAttention(
        heads,
        bias,
        key_dim=None if usual else key_dim,
        value_dim=None if value_dim == key_dim else value_dim,
        out_features=None if out in (None, width) else out,
        num_kv_heads=None if kv_heads == heads else kv_heads,
    )
    if len(call.outputs) > 1:
        raise NoLaw("attention that returns its scores")
    operands = [call.plain(query)] if query == key == value else [call.plain(x) for x in (query, key, value)]
    return call.add(made, *operands, moved=False)


@law("MultiHeadAttention")
def _multi_head_attention(call: Call) -> Value:
    config = call.layer.get_config()
    if config.get("use_gate"):
        raise NoLaw("gated attention")
    out = config["output_shape"]
    out = out[0] if isinstance(out, (tuple, list)) and len(out) == 1 else out
    if out is not None and not isinstance(out, int):
        raise NoLaw("several output axes")
    heads, key_dim = config["num_heads"], config["key_dim"]
    value_dim = config["value_dim"] or key_dim
    made: Value = _attend(call, heads, key_dim, value_dim, heads, out, config["use_bias"])
    return made


@law("GroupedQueryAttention")
def _grouped_query_attention(call: Call) -> Value:
    config = call.layer.get_config()
    if config.get("use_gate"):
        raise NoLaw("gated attention")
    heads, kv_heads, width = config["num_query_heads"], config["num_key_value_heads"], config["head_dim"]
    made: Value = _attend(call, heads, width, width, kv_heads, None, config["use_bias"])
    return made


@law("Attention")
def _attention(call: Call) -> Sequence[Value]:
    """Dot-product attention of ``[queries, values]`` or ``[queries, values, keys]``: two products and a softmax."""
    layer = call.layer
    if layer.score_mode != "dot" or len(call.inputs) not in (2, 3):
        raise NoLaw("other scores than products")
    query, value, key = call.inputs if len(call.inputs) == 3 else (*call.inputs, call.inputs[1])
    if any(len(operand.shape) != 2 for operand in (query, key, value)):
        raise NoLaw("attention over several axes")
    query, value, key = call.plain(query), call.plain(value), call.plain(key)
    scores_shape: KerasShape = (query.shape[0], key.shape[0])
    turned = call.add(Permute((1, 0)), key, suffix="keys", shape=(key.shape[1], key.shape[0]))
    scores = call.add(MatMul(), query, turned, suffix="scores", shape=scores_shape)
    if layer.use_scale:
        scale = call.add(Parameter((1, 1)), suffix="scale", shape=(1, 1))
        scores = call.add(Mul(), scores, scale, suffix="scaled", shape=scores_shape)
    weights = call.add(Softmax(), scores, suffix="softmax", shape=scores_shape)
    result = call.add(MatMul(), weights, value)
    return [result, weights][: len(call.outputs)]


# -- wrapped layers ----------------------------------------------------------------------------------------------

#: Layers that do to each step what they do to the whole: the last axis, or every element, is all that they look at.
_STEPWISE = {
    "Dense", "Activation", "ReLU", "LeakyReLU", "ELU", "Softmax", "Dropout", "BatchNormalization",
    "LayerNormalization", "RMSNormalization", "Rescaling", "Identity",
}  # fmt: skip


@law("TimeDistributed")
def _time_distributed(call: Call) -> Value | Sequence[Value]:
    """A layer on every step. Windows do not reach across steps: in one dim more their kernel has the size 1 there."""
    layer = call.layer.layer
    name, found = find_law(layer)
    if found is None:
        raise NoLaw(name)
    if name in ("Conv1D", "Conv2D") and layer.data_format == "channels_last" and layer.padding != "causal":
        made = Conv(
            layer.filters, (1, *layer.kernel_size), (1, *layer.strides), window_padding(layer),
            (1, *layer.dilation_rate), layer.groups, layer.use_bias,
        )  # fmt: skip
        return activate(call, call.add(made, call.maps(call.input)), layer.activation)
    if name in ("MaxPooling1D", "MaxPooling2D", "AveragePooling1D", "AveragePooling2D") and _is_last(layer):
        kind = "max" if name.startswith("Max") else "avg"
        pool = Pool((1, *layer.pool_size), (1, *layer.strides), layer.padding, kind=kind)
        return call.add(pool, call.maps(call.input))
    if name.startswith("Global") and _is_last(layer) and not layer.keepdims:
        value = call.plain(call.input)
        axes = tuple(range(1, len(value.shape) - 1))
        return call.add(Reduce("max" if "Max" in name else "mean", axes), value)
    if name == "Flatten":
        return call.add(Flatten(1), call.plain(call.input))
    if name in _STEPWISE and getattr(layer, "axis", -1) in (-1, [-1]):
        return found(call.standing_for(layer))
    raise NoLaw(name)


def _is_last(layer: Any) -> bool:
    return bool(layer.data_format == "channels_last")
