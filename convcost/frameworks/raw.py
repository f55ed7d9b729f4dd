"""What a counter's run gives back, before it is a :class:`~convcost.frameworks.counters.Reading`."""

from __future__ import annotations

import operator
import traceback
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, NamedTuple


class Raw(NamedTuple):
    """A counter's number, its numbers by module path (dotted), what it says it skipped, and a remark."""

    printed: int
    per_layer: Mapping[str, int] = MappingProxyType({})
    uncounted: tuple[str, ...] = ()
    message: str = ""


class CounterError(Exception):
    """A counter that gave no number, or one that is none."""


def exact(value: Any) -> int:
    """A counter's number as an ``int``; some count in floats.

    >>> exact(27648.0)
    27648
    """
    if isinstance(value, float):
        if not value.is_integer():
            raise CounterError(f"the tool gives a fraction: {value!r}")
        return int(value)
    return operator.index(value)


def one_line(error: BaseException) -> str:
    """What went wrong first, short.

    >>> one_line(ValueError("no  such\\nthing"))
    'ValueError: no such thing'
    """
    while error.__cause__ is not None:
        error = error.__cause__
    text = " ".join(str(error).split())
    if isinstance(error, CounterError):
        return text[:200]
    return f"{type(error).__name__}: {text}"[:200] if text else f"{type(error).__name__}{_place(error)}"


def _place(error: BaseException) -> str:
    """For an error without words: the Python module in which it was raised."""
    frames = [frame for frame, _ in traceback.walk_tb(error.__traceback__)]
    return f" in {frames[-1].f_globals.get('__name__', '')}" if frames else ""


def rolled_up(layers: Mapping[str, int]) -> dict[str, int]:
    """Numbers of modules with those of the modules inside added, by dotted path.

    >>> rolled_up({"a.b": 2, "a.c": 3})
    {'a.b': 2, 'a': 5, 'a.c': 3}
    """
    total: dict[str, int] = {}
    for path, value in layers.items():
        while path:
            total[path] = total.get(path, 0) + value
            path = path.rpartition(".")[0]
    return total


def leaves_only(module: Any, kinds: list[str]) -> tuple[str, ...]:
    """Of classes for which a tool has no rule, those that have no modules inside: the others are walked into."""
    leaves = {type(one).__name__ for one in module.modules() if not any(one.children())}
    names = dict.fromkeys(kind.rpartition(".")[2] for kind in kinds)
    return tuple(name for name in names if name in leaves)
