"""Which two values an amount compares: those beside it in its sentence, else those said just before."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from .values import Value

#: Earlier values that a sentence without two of its own may speak of.
_BACK = 4
#: Earlier values that are looked at at all.
_KEPT = 24


@dataclass(frozen=True)
class Pair:
    """Two values; ``sure`` says that the sentence names no others, ``explicit`` that one leads to the other."""

    first: Value
    second: Value
    sure: bool
    explicit: bool = False


def pairs(before: Sequence[Value], between: Sequence[Value], after: Sequence[Value]) -> Iterator[Pair]:
    """Pairs in the order of how likely they are meant.

    ``between`` are the values since the last amount of the same sentence, ``after`` those up to the next one or the
    sentence's end, ``before`` all that were said earlier, the last at the end. Quotients are left out: they compare
    something already.
    """
    before = [value for value in before if not value.ratio]
    after = candidates(after)
    near = candidates(between)
    found: list[Pair] = []
    if len(near) >= 2:
        found += _within(near)
        found += [replace(pair, sure=False) for pair in _joined(near[-1], before, ())]
    elif len(near) == 1:
        found += _joined(near[0], before, after)
    elif len(after) >= 2 and _comparable(after[0], after[1]):
        found.append(Pair(after[0], after[1], len(after) == 2))
    elif len(after) == 1 and before:
        found += [
            Pair(other, after[0], sure=False) for other in reversed(before[-_BACK:]) if other.comparable(after[0])
        ]
    if not near:
        found += _earlier(before)
    seen: set[tuple[int, int]] = set()
    for pair in found:
        key = (id(pair.first), id(pair.second))
        if key not in seen:
            seen.add(key)
            yield pair


def _comparable(a: Value, b: Value) -> bool:
    return a.comparable(b)


def candidates(values: Sequence[Value]) -> list[Value]:
    """The values that are compared, should any be: no quotients, and sizes of kernels only where nothing else is."""
    values = _each_once([value for value in values if not value.ratio])
    told = [value for value in values if value.told or value.compared]
    if any(value.told for value in told):
        return told
    others = [value for value in values if not value.kernel]
    return others if len(others) > 1 else list(values)


def _each_once(values: Sequence[Value]) -> list[Value]:
    """A value that is told again, rounded, is the same one: ``70,016 (about 70K)``."""
    kept: list[Value] = []
    for value in values:
        if not any(_same(value, other) for other in kept):
            kept.append(value)
    return kept


def _same(a: Value, b: Value) -> bool:
    reach = max(a.slack, b.slack)
    return a.comparable(b) and any(abs(x - y) <= reach for x in a.worths for y in b.worths)


def _within(near: list[Value]) -> Iterator[Pair]:
    last = near[-1]
    for other in reversed(near[:-1]):
        if other.comparable(last):
            yield Pair(other, last, sure=len(near) == 2)
    for n, second in enumerate(near[:-1]):
        for first in near[:n]:
            if first.comparable(second):
                yield Pair(first, second, sure=False)


def _joined(one: Value, before: Sequence[Value], after: Sequence[Value]) -> Iterator[Pair]:
    if after and one.comparable(after[0]):
        yield Pair(one, after[0], sure=len(after) == 1 and one.told and after[0].told)
    told = [value for value in before if value.told or not one.told][-_BACK:]
    earlier = [value for value in told if value.comparable(one) and value.kernel == one.kernel]
    # The original is the larger one, and what a share is of is the largest; of equal ones the last is meant.
    by_size = sorted(earlier, key=lambda value: value.worths[0])
    for n, other in enumerate(reversed(by_size)):
        yield Pair(other, one, sure=n == 0 and not after and _alone_or_far(earlier))


def _earlier(before: Sequence[Value]) -> Iterator[Pair]:
    all_told = _each_once([value for value in before[-_KEPT:] if value.told])
    late = all_told[-_BACK:] if len(all_told) > 1 else list(before[-2:])
    for n in range(len(late) - 1, 0, -1):
        for m in range(n - 1, -1, -1):
            if late[m].comparable(late[n]):
                yield Pair(late[m], late[n], sure=len(all_told) == 2)


def _alone_or_far(earlier: Sequence[Value]) -> bool:
    """Whether one earlier value is plainly what the others are parts of."""
    worths = sorted((value.worths[0] for value in earlier), reverse=True)
    return len(worths) == 1 or (len(worths) > 2 and worths[0] >= sum(worths[2:]) + worths[1])
