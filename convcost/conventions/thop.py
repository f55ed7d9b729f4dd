"""thop (pytorch-OpCounter): hooks on modules whose class is in its table.

Source: the tables of thop 0.1.1, read and measured (see the tests for the real tool).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from ..arith import Dim, is_symbolic, prod
from ..calls import Module
from .base import Term
from .counters import Charge, Counter, Rule, charged, repeated, standing
from .trace import Seen, Trace, numbers_only


def _conv(seen: Seen) -> Iterable[Charge]:
    # The bug on transposed convolutions: output positions times input channels, whatever the stride.
    weight = seen.module.weights["weight"].shape
    per_group = seen.x[1] // seen.module.facts["groups"]
    yield seen.elements_out * per_group * prod(weight[2:]), "input channels per group x kernel per output element"


def _norm(seen: Seen) -> Iterable[Charge]:
    affine = seen.module.facts.get("affine") or seen.module.facts.get("elementwise_affine")
    each = 4 if affine else 2
    yield each * seen.elements_in, f"{each} per input element"


def _per_input(seen: Seen) -> Iterable[Charge]:
    yield seen.elements_in, "1 per input element"


def _per_output(seen: Seen) -> Iterable[Charge]:
    yield seen.elements_out, "1 per output element"


def _softmax(seen: Seen) -> Iterable[Charge]:
    features = seen.x[seen.module.facts["dim"]]
    rows = seen.elements_in // features
    yield rows * (3 * features - 1), "3 per element, less 1 per row"


def _adaptive(seen: Seen) -> Iterable[Charge]:
    sides_in, sides_out = seen.x[2:], seen.y[2:]
    # thop hands the first example's shape on for maps with a batch of their own; it divides in floating point.
    if any(map(is_symbolic, (*seen.x, *seen.y))):
        ratio, exact = _exact_ratio(sides_in, sides_out)
        if exact:
            yield (ratio + 1) * seen.elements_out, "window and 1 per output element"
            return
        numbers_only(seen.elements_in, "thop")
    kernel = 1.0
    for size, cells in zip(sides_in, sides_out, strict=True):
        kernel *= size / cells
    yield int((kernel + 1) * seen.elements_out), "window and 1 per output element"


def _exact_ratio(sizes: Any, cells: Any) -> tuple[Dim, bool]:
    ratio: Dim = 1
    for size, cell in zip(sizes, cells, strict=True):
        if not (type(cell) is int and cell == 1):
            return 0, False
        ratio = ratio * size
    return ratio, True


_UPSAMPLE = {"nearest": 1, "linear": 5, "bilinear": 11, "bicubic": 259}


def _upsample(seen: Seen) -> Iterable[Charge]:
    each = _UPSAMPLE.get(seen.module.facts["mode"], 0)
    yield each * seen.elements_out, f"{each} per output element"


def _linear(seen: Seen) -> Iterable[Charge]:
    yield seen.module.facts["in_features"] * seen.elements_out, "input features per output element"


_GATES = {"RNN": 1, "GRU": 3, "LSTM": 4}
#: Further elementwise work per hidden unit and step.
_CELL = {"RNN": 0, "GRU": 4, "LSTM": 4}


def _cell(kind: str, features: int, hidden: int, bias: bool) -> int:
    gate = hidden * (features + hidden) + hidden + (2 * hidden if bias else 0)
    return _GATES[kind] * gate + _CELL[kind] * hidden


def _recurrent_cell(seen: Seen) -> Iterable[Charge]:
    facts, kind = seen.module.facts, seen.name.rpartition(".")[2].removesuffix("Cell")
    yield seen.x[0] * _cell(kind, facts["input_size"], facts["hidden_size"], facts["bias"]), "formula of the cell"


def _recurrent(seen: Seen) -> Iterable[Charge]:
    facts, kind = seen.module.facts, seen.name.rpartition(".")[2]
    hidden, turns = facts["hidden_size"], 2 if facts["bidirectional"] else 1
    layers = [facts["input_size"], *[hidden * turns] * (facts["num_layers"] - 1)]
    steps = sum(turns * _cell(kind, features, hidden, facts["bias"]) for features in layers)
    yield seen.x[0] * seen.x[1] * steps, "formula of the cell per step"


def _nothing(_: Seen) -> Iterable[Charge]:
    return ()


def _table(entries: Mapping[str, Rule]) -> dict[str, Rule]:
    """``conv.Conv{1,2,3}d`` stands for three classes."""
    table = {}
    for names, rule in entries.items():
        for name in names.split():
            for each in [name.replace("#", rank) for rank in "123"] if "#" in name else [name]:
                table[f"torch.nn.modules.{each}"] = rule
    return table


RULES = _table({
    "conv.Conv#d conv.ConvTranspose#d": _conv,
    "batchnorm.BatchNorm#d batchnorm.SyncBatchNorm normalization.LayerNorm instancenorm.InstanceNorm#d": _norm,
    "activation.PReLU": _per_input,
    "activation.Softmax": _softmax,
    "pooling.AvgPool#d": _per_output,
    "pooling.AdaptiveAvgPool#d": _adaptive,
    "linear.Linear": _linear,
    "upsampling.Upsample upsampling.UpsamplingBilinear2d upsampling.UpsamplingNearest2d": _upsample,
    "rnn.RNNCell rnn.GRUCell rnn.LSTMCell": _recurrent_cell,
    "rnn.RNN rnn.GRU rnn.LSTM": _recurrent,
    "padding.ZeroPad2d activation.ReLU activation.ReLU6 activation.LeakyReLU pooling.MaxPool#d "
    "pooling.AdaptiveMaxPool#d dropout.Dropout container.Sequential pixelshuffle.PixelShuffle": _nothing,
})  # fmt: skip
_CONTAINERS = ("torch.nn.modules.container.Sequential", "torch.nn.modules.container.ModuleList")


def _has_rule(module: Module) -> bool:
    return module.kind in RULES


def _stops(module: Module) -> bool:
    return _has_rule(module) and not any(base in _CONTAINERS for base in module.bases)


class Thop(Counter):
    """thop 0.1.1: multiply-accumulates of modules whose very class is in its table, in evaluation mode.

    Functions, operators, parameters used directly and classes that are not in the table (GroupNorm,
    MultiheadAttention, subclasses) count nothing. Normalization counts 4 per element, an average pool 1 per result, an
    adaptive one its window too; biases count nothing. Bugs that it reproduces: a transposed convolution is counted at
    its output positions; a module that stands in several places gets one hook for each of them and is added up for each
    of them again.
    """

    name = "thop"
    unit = "MAC"
    version = "0.1.1"
    about = "thop 0.1.1: modules in its table; norms 4 per element, average pools, no bias"
    evaluates = True

    def terms(self, trace: Trace) -> Iterator[Term]:
        counted = standing(trace.top, _has_rule, lambda module: module is not trace.top and _stops(module))
        hooks = standing(trace.top, _has_rule)
        for seen in trace.modules:
            rule = RULES.get(seen.name)
            if rule is None:
                continue
            times = counted.get(id(seen.module), 0) * hooks.get(id(seen.module), 0)
            if times:
                yield from charged(seen, rule(seen), times, repeated(times))


THOP = Thop()
