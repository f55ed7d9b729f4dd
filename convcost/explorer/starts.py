"""What the sizes mean, where their sliders stand at first, and how far they reach."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ..arith import Dim, is_symbolic
from ..errors import SpecError
from ..messages import Message
from ..result import Cost
from .pair import BATCH, Pair
from .sides import condition_text

#: Number fields take whole numbers of up to so many digits.
MAX_DIGITS = 30
#: Sliders stay within numbers that every browser steps through exactly.
MAX_SLIDER = 2**52
#: A start that breaks an assumption is looked for anew among these.
_TRIED = (*range(1, 33), 48, 64, 96, 128, 192, 224, 256, 299, 512)


@dataclass(frozen=True)
class Dial:
    """One size that can be turned."""

    name: str
    start: int
    #: Where its slider ends.
    most: int
    about: Message


@dataclass(frozen=True)
class _Role:
    about: Message
    usual: int
    least_end: int = 16


def dials(pair: Pair, values: Mapping[str, int] | None = None) -> list[Dial]:
    """The sizes of a pair; ``values`` are starts that were asked for.

    Raises ``SpecError`` for a value of no size, one that is no whole number from 1 to 10**30, and starts at which a
    block cannot be built.

    >>> from convcost import Conv
    >>> from convcost.explorer.pair import pair
    >>> both = pair(Conv(32, 5, padding=2), Conv(16, 1) >> Conv(32, 5, padding=2), (192, 28, 28))
    >>> [(dial.name, dial.start, dial.most) for dial in dials(both, {"r": 8})]
    [('C', 192, 1024), ('H', 28, 128), ('W', 28, 128), ('r', 8, 256)]
    """
    names = pair.symbols
    asked = _checked(values or {}, names)
    roles = dict(_roles(pair))
    usual = {name: pair.known.get(name, roles[name].usual) for name in names}
    starts = {**_fitting(pair, {**usual, **asked}, {*asked, *pair.known}), **asked}
    _check_starts(pair, starts)
    ends = {name: max(_end(starts[name]), roles[name].least_end) for name in names}
    meeting = pair.meeting(starts)
    if meeting is not None:
        name, _, width = meeting
        ends[name] = max(ends[name], min(_end(int(width) // 2), 64 * ends[name]))
    return [Dial(name, starts[name], min(ends[name], MAX_SLIDER), roles[name].about) for name in names]


def _checked(values: Mapping[str, int], names: list[str]) -> dict[str, int]:
    for name, value in values.items():
        if name not in names:
            raise SpecError(f"there is no size {str(name)[:40]!r} to set", fix=f"one of {', '.join(names)}")
        if type(value) is not int or not 1 <= value < 10**MAX_DIGITS:
            raise SpecError(f"a size is a whole number of up to {MAX_DIGITS} digits", got=f"{name}={str(value)[:40]}")
    return dict(values)


def _end(start: int) -> int:
    """The power of two at or above three times ``start``.

    >>> _end(28), _end(192), _end(1)
    (128, 1024, 4)
    """
    return 1 << (3 * start - 1).bit_length()


# -- what a size is ----------------------------------------------------------------------------------------------


def _roles(pair: Pair) -> Iterator[tuple[str, _Role]]:
    """Every symbol with what it is; what was found last counts most."""
    large = max(len(cost.rows) for cost in pair.costs) > 20
    for name in pair.symbols:
        yield name, _Role(Message("a size of the specs"), 8)
    for cost in pair.costs:
        for row in cost.rows:
            for place, value in vars(row.layer).items():
                role = _ARGUMENTS.get(place)
                for part in value if isinstance(value, tuple) else (value,):
                    if role and is_symbolic(part) and part.is_Symbol:
                        yield part.name, role
    shown = {s.name for cost in pair.costs for shape in cost.outputs for dim in shape for s in _letters(dim)}
    if pair.comparison.width is not None and pair.comparison.width[1] not in shown:
        # A width that comes out again is known by what it is there.
        yield pair.comparison.width[1], _Role(Message("channels of the 1×1 convolution"), 16)
    yield from _of_inputs(pair, 224 if large else 28)
    if BATCH in pair.symbols and str(pair.costs[0].batch) == BATCH:
        yield BATCH, _Role(Message("examples in a batch"), 1)


def _letters(dim: Dim) -> Iterable[Any]:
    return dim.free_symbols if is_symbolic(dim) else ()


_ARGUMENTS = {
    "out_channels": _Role(Message("channels of the output"), 32),
    "out_features": _Role(Message("features of the output"), 100),
    "kernel": _Role(Message("size of the kernel"), 3),
    "stride": _Role(Message("stride"), 1, 8),
    "padding": _Role(Message("padding"), 1, 8),
    "dilation": _Role(Message("dilation"), 1, 8),
    "groups": _Role(Message("groups"), 1),
}


def _of_inputs(pair: Pair, map_size: int) -> Iterator[tuple[str, _Role]]:
    places = {
        1: [Message("features of the input")],
        2: [Message("channels of the input"), Message("length of the input")],
        3: [Message("channels of the input"), Message("height of the input"), Message("width of the input")],
        4: [
            Message("channels of the input"),
            Message("depth of the input"),
            Message("height of the input"),
            Message("width of the input"),
        ],
    }
    for shape in pair.costs[0].inputs:
        for place, (dim, about) in enumerate(zip(shape, places.get(len(shape), []), strict=False)):
            if is_symbolic(dim) and dim.is_Symbol:
                yield dim.name, _Role(about, map_size if place else 64)


# -- starts that fit ---------------------------------------------------------------------------------------------


def _fitting(pair: Pair, usual: Mapping[str, int], fixed: set[str]) -> dict[str, int]:
    """Starts that break no assumption, as near to the usual ones as one size at a time leads."""
    starts = dict(usual)
    for name in [*usual] * 2:
        broken = _broken(pair, starts)
        if not broken or name in fixed:
            continue
        best = min(_TRIED, key=lambda value: (_broken(pair, {**starts, name: value}), abs(value - usual[name])))
        if _broken(pair, {**starts, name: best}) < broken:
            starts[name] = best
    return starts


def _broken(pair: Pair, values: Mapping[str, int]) -> int:
    return sum(len(_unmet(cost, values)) for cost in pair.costs)


def _unmet(cost: Cost, values: Mapping[str, int]) -> list[Any]:
    """The assumptions of a block that do not hold."""
    conditions: list[Any] = [*cost.conditions]
    return [each for each in conditions if each.under({s: values[s.name] for s in each.symbols}) is not True]


def _check_starts(pair: Pair, starts: Mapping[str, int]) -> None:
    for letter, cost in zip("AB", pair.costs, strict=True):
        unmet = _unmet(cost, starts)
        if unmet:
            names = sorted({symbol.name for each in unmet for symbol in each.symbols})
            raise SpecError(
                f"block {letter} cannot be built at the start, it needs {', '.join(map(condition_text, unmet[:3]))}",
                got=", ".join(f"{name}={starts[name]}" for name in names[:6]),
                fix="set other sizes to start with",
            )
