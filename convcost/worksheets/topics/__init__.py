"""The topics that questions are drawn of: one module per family, one maker per topic."""

from __future__ import annotations

import importlib
from collections.abc import Iterable
from functools import cache

from ...errors import SpecError
from .base import LEVELS, Level, Topic, level_number, short

__all__ = ["LEVELS", "TOPICS", "Level", "Topic", "level_number", "topic", "topics_of"]

#: Every topic, in the order of a course, and the module and constant that define it.
_HOMES = {
    "output-shape": "single.OUTPUT_SHAPE",
    "params": "single.PARAMS_TOPIC",
    "macs": "single.MACS_TOPIC",
    "receptive-field": "fields.RECEPTIVE_FIELD",
    "memory": "memories.MEMORY",
    "compare-blocks": "comparing.COMPARE_BLOCKS",
    "ratio": "ratios.RATIO",
    "break-even": "widths.BREAK_EVEN",
    "closed-form": "forms.CLOSED_FORM",
    "shape-error": "shape_error.SHAPE_ERROR",
    "misprint": "misprint.MISPRINT",
    "summary-table": "summary_table.SUMMARY_TABLE",
    "which-counter": "which_counter.WHICH_COUNTER",
}
TOPICS = tuple(_HOMES)


@cache
def topic(name: str) -> Topic:
    """The topic of that name; raises ``SpecError`` for a name that there is not.

    >>> str(topic("macs").title)
    'Multiply-accumulates'
    """
    if name not in _HOMES:
        raise SpecError(f"there is no topic {name[:40]!r}", fix=f"one of {', '.join(TOPICS)}")
    module, _, constant = _HOMES[name].partition(".")
    found: Topic = getattr(importlib.import_module(f".{module}", __name__), constant)
    return found


def topics_of(asked: str | Iterable[str] | None) -> tuple[str, ...]:
    """Names of topics from a list, a text with commas, or nothing (then all of them).

    >>> topics_of("macs, params")
    ('macs', 'params')
    """
    if asked is None:
        return TOPICS
    if isinstance(asked, str):
        asked = asked.split(",")
    try:
        stripped = (name.strip() if isinstance(name, str) else name for name in asked)
        names = tuple(name for name in stripped if name != "")
    except TypeError:
        raise SpecError("topics are a list of names", got=short(asked)) from None
    for name in names:
        if not isinstance(name, str):
            raise SpecError("a topic is a name", got=short(name), fix=f"one of {', '.join(TOPICS)}")
        topic(name)
    if not names:
        raise SpecError("a sheet needs a topic", fix=f"one of {', '.join(TOPICS)}")
    return names
