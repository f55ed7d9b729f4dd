"""Laws of all other layers: linear ones, embeddings, recurrences, normalizations, and what has no params."""

from __future__ import annotations

from collections.abc import Iterator
from math import prod

from .setting import Reading, Setting, from_widths, product

#: So few features may come from anywhere.
_ANY_FEATURES = 512


def features_in(setting: Setting) -> tuple[int, ...]:
    """How many features may come in: the last axis; flattened, or averaged, by a function that is no row."""
    if setting.sure:
        return (setting.feeds[0][-1],) if setting.feeds and setting.feeds[0] else ()
    found: list[int] = []
    for feed in setting.feeds:
        if feed and min(feed) > 0:
            found += [feed[-1], prod(feed), feed[0]] if len(feed) < 3 else [prod(feed), feed[0], feed[-1]]
    return tuple(dict.fromkeys(found))


def dense(setting: Setting) -> Iterator[Reading]:
    out = setting.output[-1] if setting.output else 0
    if out > 0:
        for features in features_in(setting):
            if features > 0:
                yield product(features, out, bias=out)
                yield product(features, out)


def dense_explained(setting: Setting, value: int) -> bool | None:
    out = setting.output[-1] if setting.output else 0
    features = [number for number in features_in(setting) if number > 0]
    if out <= 0 or (setting.sure and not features):
        return None
    if value <= 0 or value % out:
        return False
    incoming = {value // out, value // out - 1}
    if incoming & set(features):
        return True
    if setting.sure:
        return False
    return any(
        number <= _ANY_FEATURES or number % 4 == 0 or number % 10 == 0 or from_widths(setting, number)
        for number in incoming
        if number > 0
    )


def embedding_explained(setting: Setting, value: int) -> bool | None:
    out = setting.output[-1] if setting.output else 0
    return None if out <= 0 else value > 0 and value % out == 0


_GATES = {"LSTM": 4, "CuDNNLSTM": 4, "GRU": 3, "CuDNNGRU": 3, "SimpleRNN": 1, "RNN": 1}


def _recurrent_forms(kind: str, units: int, features: int) -> Iterator[Reading]:
    gates = _GATES[kind]
    biases = (2, 1, 0) if kind in ("GRU", "CuDNNGRU", "CuDNNLSTM") else (1, 0, 2)
    for bias in biases:
        inner = f"{features} + {units}" + (f" + {bias}" if bias else "")
        yield Reading(gates * units * (features + units + bias), f"{gates}×{units}×({inner})")


def recurrent(setting: Setting) -> Iterator[Reading]:
    known = setting.tool == "keras" and setting.sure and setting.kind in _GATES
    if not (known and setting.feeds and setting.feeds[0] and setting.output):
        return
    if setting.feeds[0][-1] > 0 and setting.output[-1] > 0:
        yield from _recurrent_forms(setting.kind, setting.output[-1], setting.feeds[0][-1])


def recurrent_explained(setting: Setting, value: int) -> bool | None:
    forms = [reading.value for reading in recurrent(setting)]
    return value in forms if forms else None


def bidirectional(setting: Setting) -> Iterator[Reading]:
    if not (setting.sure and setting.feeds and setting.feeds[0] and setting.output):
        return
    features, out = setting.feeds[0][-1], setting.output[-1]
    if features <= 0 or out <= 0 or out % 2:
        return
    for kind in ("LSTM", "GRU", "SimpleRNN"):
        for reading in _recurrent_forms(kind, out // 2, features):
            yield Reading(2 * reading.value, f"2×{reading.text}")


def bidirectional_explained(setting: Setting, value: int) -> bool | None:
    forms = [reading.value for reading in bidirectional(setting)]
    if not forms:
        return None
    whole = setting.output[-1]
    summed = [2 * form.value for kind in _GATES for form in _recurrent_forms(kind, whole, setting.feeds[0][-1])]
    return value in forms or value in summed


# -- normalizations, and the rest ------------------------------------------------------------------------------------


def batchnorm(setting: Setting) -> Iterator[Reading]:
    if setting.output and setting.width > 0:
        for times in {"keras": (4, 3, 2), "paddle": (4, 2)}.get(setting.tool, (2,)):
            yield product(times, setting.width)


def batchnorm_explained(setting: Setting, value: int) -> bool | None:
    if not setting.output or (min(setting.output) < 0 and setting.width < 0):
        return None
    times = {"keras": (4, 3, 2), "paddle": (4, 2)}.get(setting.tool, (2,))
    axes = setting.output if setting.tool == "keras" else (setting.width,)
    return value in {factor * axis for factor in times for axis in axes} or (value == 0 and setting.tool != "keras")


def pairs(setting: Setting) -> Iterator[Reading]:
    """Scale and shift of a normalization over channels or the last axis."""
    if setting.output and setting.output[-1] > 0:
        axis = setting.output[-1] if setting.family == "layernorm" else setting.width
        yield product(2, axis)


def pairs_explained(setting: Setting, value: int) -> bool | None:
    dims = setting.output
    if not dims or min(dims) < 0:
        return None
    axes = {*dims, *(prod(dims[n:]) for n in range(len(dims)))}
    return value == 0 or value in {factor * axis for factor in (1, 2) for axis in axes}


def prelu_explained(setting: Setting, value: int) -> bool | None:
    products = {1}
    for size in setting.output[:5]:
        products |= {factor * size for factor in products}
    return value in products


def parameter(setting: Setting) -> Iterator[Reading]:
    yield product(*setting.output)


def parameter_explained(setting: Setting, value: int) -> bool | None:
    return value == prod(setting.output)


def nothing(setting: Setting) -> Iterator[Reading]:
    yield Reading(0, "0")


def nothing_explained(setting: Setting, value: int) -> bool | None:
    return value == 0
