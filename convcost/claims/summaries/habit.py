"""A layer without the bias that all others of its kind have."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import islice

from . import laws
from .repair import Repair
from .setting import Reading, Setting
from .sums import counted, missing
from .table import Cell, Table

_FEWEST = 2
_MOST_READINGS = 60
_NORMAL = ("batchnorm", "instancenorm", "groupnorm", "layernorm")


def forgotten_biases(table: Table) -> Iterator[Repair]:
    """Rows whose params leave out the bias, where at least two others of the family have it and none lacks it.

    Not in front of a normalization, which makes a bias needless, and not where the rows add up to the total.
    """
    settled = frozenset(counted(table.record)) if missing(table) == 0 else frozenset()
    for family in ("conv", "dense"):
        biased, bare = [], []
        for n, (name, _) in enumerate(table.families):
            setting, value = table.setting(n), table.params(n)
            if name != family or setting is None or not value or not setting.feeds:
                continue
            weights = _readings(setting, value)
            if weights is not None:
                bare.append((n, weights))
            elif _readings(setting, value - setting.width) is not None:
                biased.append(n)
        if len(bare) == 1 and len(biased) >= _FEWEST:
            ((n, reading),) = bare
            after = table.families[n + 1][0] if n + 1 < len(table.rows) else ""
            width = table.setting(n).width  # type: ignore[union-attr]
            if n not in settled and after not in _NORMAL:
                yield Repair(Cell("params", n), reading.value + width, f"{reading.text} + {width}")


def _readings(setting: Setting, weights: int) -> Reading | None:
    """The reading without a bias by what comes right before, if there is one."""
    beside = replace(setting, widths=frozenset(), biased=False, feeds=setting.feeds[:1])
    found = islice(laws.expected(beside), _MOST_READINGS)
    return next((reading for reading in found if reading.value == weights and "+" not in reading.text), None)
