"""The input of a network, as its first convolution tells of it."""

from __future__ import annotations

from . import kernels
from .record import Dims
from .table import Table

#: Sizes of input maps relative to the first output.
_STRIDES = (1, 2, 4)
_SIDES = (7, 3, 5, 11, 1, 4, 2, 9, 16, 8)


def sizes(table: Table) -> list[Dims]:
    """Shapes with the batch that the first layer may read; nothing where it is no convolution.

    The usual reading first: the map as large as the output times the stride, with so many channels as the params tell.
    """
    if not table.rows or table.rows[0].number not in (None, 1) or table.rows[0].after_gap:
        return []
    first = next((n for n, (name, _) in enumerate(table.families) if name), None)
    setting = table.setting(first) if first is not None else None
    value = table.params(first) if first is not None else None
    if setting is None or setting.family != "conv" or not value or len(setting.output) != setting.rank + 1:
        return []
    batch = table.rows[first].output.batch or 1  # type: ignore[index, union-attr]
    found = []
    for side in _SIDES:
        for bias in (setting.width, 0):
            channels, rest = divmod(value - bias, setting.width * side**setting.rank)
            if rest == 0 and 1 <= channels <= 16:
                found += [(batch, channels, *sizes) for sizes in _maps(setting.sizes(setting.output), side)]
    return found


def _maps(out: Dims, side: int) -> list[Dims]:
    """Maps from which a kernel makes the output: all axes with one stride, and an even or an odd rest."""
    found = []
    for stride in _STRIDES:
        for more in (0, -1, 1, side - stride, side - 1 - stride, side - 1):
            sizes = tuple(size * stride + more for size in out)
            if min(sizes) > 0 and kernels.fit(sizes, (side,) * len(out), out):
                found.append(sizes)
    return list(dict.fromkeys(found))


def shown(shape: Dims) -> str:
    """A shape in words.

    >>> shown((1, 3, 224, 224)), shown((4, 1, 28, 28))
    ('[3, 224, 224]', '[4, 1, 28, 28]')
    """
    return str(list(shape[1:] if shape[0] == 1 else shape))
