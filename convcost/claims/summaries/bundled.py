"""Which bundled network a summary is of, where its layers are exactly those of one."""

from __future__ import annotations

from collections import Counter
from functools import cache

from ... import networks
from ...costing import cost
from ...messages import Message
from .table import Table

_WEIGHTED = ("conv", "transposed", "dense", "depthwise")
_KINDS = ("Conv", "ConvTranspose", "Linear")


@cache
def _layers() -> dict[int, list[tuple[str, Counter[int]]]]:
    """The bundled networks by their params (with running statistics too, as Keras counts): the params of their layers."""
    found: dict[int, list[tuple[str, Counter[int]]]] = {}
    for name in networks.names():
        counted = cost(networks.get(name), networks.entry(name).input)
        layers = Counter(row.params for row in counted.rows if row.kind in _KINDS and row.ran)
        for total in {counted.params, counted.params + counted.buffers}:
            found.setdefault(total, []).append((name, layers))
    return found


def remark(table: Table, total: int) -> Message | None:
    """A sentence that names the network; nothing where no bundled one has the same layers."""
    layers = Counter(
        value for n, (family, _) in enumerate(table.families) if family in _WEIGHTED and (value := table.params(n))
    )
    for name, known in _layers().get(total, ()):
        if known == layers:
            return Message("The layers are those of the bundled network {name}.", name=name)
    return None
