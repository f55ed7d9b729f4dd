"""torchinfo: parameters of leaf modules, times what they were used for.

Source: torchinfo 1.8.0, read and measured (see the tests for the real tool).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ..arith import prod
from .base import Term
from .counters import Charge, Counter, charged
from .parts import bias_of, part_of
from .trace import Seen, Trace

#: Containers that torchinfo lists without watching them run.
_UNWATCHED = ("torch.nn.modules.container.ParameterList", "torch.nn.modules.container.ModuleList")


def charges(seen: Seen) -> Iterable[Charge]:
    """The "mult-adds" of one call of a leaf module."""
    y = seen.y
    is_conv = "Conv" in seen.name.rpartition(".")[2]
    part = part_of(seen.name)
    for name, weight in seen.module.named_weights():
        size = prod(weight.shape)
        if name in ("weight", "bias"):
            mine = part if name == "weight" else bias_of(part)
            if is_conv:
                yield size * prod(y[:1] + y[2:]), "1 per parameter and output position", mine
            elif y:
                yield size * y[0], "1 per parameter and example", mine
        elif "weight" in name or "bias" in name:
            yield size * prod(y[:2]), "1 per parameter and step", part


class TorchInfo(Counter):
    """torchinfo 1.8.0, "mult-adds": modules without children that own parameters, in evaluation mode.

    Convolutions count weights and biases at every output position; every other module its parameters once per example,
    whatever it does with them (a batch norm twice its channels, an embedding its whole table, a linear layer on a
    sequence no more than on a vector); recurrent layers their weights once per step. Functions and modules without
    parameters count nothing. Bugs that it reproduces: a transposed convolution is counted at its output positions; a
    ``MultiheadAttention``, whose only child is never called, counts nothing.
    """

    name = "torchinfo"
    unit = "MAC"
    version = "1.8.0"
    about = "torchinfo 1.8.0 mult-adds: parameters of leaf modules, at every output position of convolutions"
    evaluates = True

    def terms(self, trace: Trace) -> Iterator[Term]:
        for seen in trace.modules:
            if not seen.module.children and not any(base in _UNWATCHED for base in seen.module.bases):
                yield from charged(seen, charges(seen))


TORCHINFO = TorchInfo()
