"""The formula for recurrent modules that ptflops published and calflops took over, with its oversights."""

from __future__ import annotations

from ..arith import Dim
from ..calls import Weight
from .trace import Seen

#: Elementwise work per hidden unit and layer.
_EXTRA = {"RNN": 1, "GRU": 7, "LSTM": 10}


def recurrent_formula(seen: Seen, twice: bool) -> Dim:
    """Products of both weights of every layer, elementwise work, biases; per step, and double if bidirectional.

    Axes 0 and 1 are multiplied, whichever is the batch; the first direction's weights stand for both. ``twice`` counts
    a multiply-accumulate as two operations, one addition less per row.
    """
    module, facts = seen.module, seen.module.facts
    kind = seen.name.rpartition(".")[2].removesuffix("Cell")
    is_cell = seen.name.endswith("Cell")
    total: Dim = 0
    for layer in range(1 if is_cell else facts["num_layers"]):
        tail = "" if is_cell else f"_l{layer}"
        for name in ("weight_ih", "weight_hh"):
            rows, columns = module.weights[name + tail].shape
            total += 2 * rows * columns - rows if twice else rows * columns
        total += _EXTRA[kind] * facts["hidden_size"]
        if facts["bias"]:
            total += module.weights["bias_ih" + tail].shape[0] + module.weights["bias_hh" + tail].shape[0]
    steps = seen.x[0] if is_cell else seen.x[0] * seen.x[1]
    return total * steps * (2 if facts.get("bidirectional") else 1)


def recurrent_weights(seen: Seen) -> list[list[Weight]]:
    """The weights of a recurrent operator, one list per layer and direction: ``w_ih, w_hh`` and what follows.

    A cell has one list. Biases and projections stand behind the two matrices.
    """
    if "cell" in seen.name:
        return [[item for item in seen.call.args[2:] if isinstance(item, Weight)]]
    flat = [item for item in seen.call.args[2] if isinstance(item, Weight)]
    turns = seen.given(4, "num_layers") * (2 if seen.given(7, "bidirectional") else 1)
    each = len(flat) // turns
    return [flat[place * each : (place + 1) * each] for place in range(turns)]


def recurrent_steps(seen: Seen) -> Dim:
    """Steps of all examples."""
    if len(seen.x) == 3:
        return seen.x[0] * seen.x[1]
    alone = "cell" in seen.name and len(seen.x) == 1
    return 1 if alone else seen.x[0]


def gate_biases(seen: Seen) -> Dim:
    """Additions of both biases, at every step."""
    rows = sum(weight.shape[0] for weights in recurrent_weights(seen) for weight in weights if len(weight.shape) == 1)
    return rows * recurrent_steps(seen)
