"""How an output reads an input, axis by axis.

The law of a layer for one input is a tuple with an entry for every axis of that input: which of its elements an output
element reads, as a function of the output element's place. All entries are exact; where there is no such function the
entry is a :class:`NoLaw` that says why.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple, TypeAlias

from ..arith import Dim, Shape, decide_same, prod
from ..messages import Message
from ..window import span


class Slide(NamedTuple):
    """A window that moves with the output axis ``along`` (``None``: it stays where it is).

    Element ``len(phases)*q + n`` reads the elements ``low + q*advance`` to ``high + q*advance``, ``low, high`` being
    ``phases[n]`` (``None`` where it reads none). A convolution has one phase and advances by its stride; windows that
    step unevenly, as those of a transposed convolution or an adaptive pool, repeat after several elements. A dilated
    window reads every ``dilation``-th element alone.
    """

    along: int | None
    advance: Dim
    phases: tuple[tuple[Dim, Dim] | None, ...]
    dilation: Dim = 1


class Whole(NamedTuple):
    """Every element of the axis, ``size`` of them, whatever the output element."""

    size: Dim


class One(NamedTuple):
    """One element, the same for all output elements, but nobody knows which."""


class Beside(NamedTuple):
    """The axis is a stretch of the output axis ``along``, from place ``first`` on; other inputs fill the rest."""

    along: int
    first: Dim


class Merged(NamedTuple):
    """The axis becomes a part of the output axis ``along``: number ``place`` of those with these ``extents``."""

    along: int
    extents: Shape
    place: int


class Split(NamedTuple):
    """The axis is spread over several output axes with these ``extents``."""

    along: tuple[int, ...]
    extents: Shape


class NoLaw(NamedTuple):
    """It is not known what is read; ``why``."""

    why: Message


class _Nothing(NamedTuple):
    """No element of the input is read: it only tells a size."""


NOTHING = _Nothing()
#: How one axis of an input is read.
AxisLaw: TypeAlias = Slide | Whole | One | Beside | Merged | Split | NoLaw
#: How one input is read.
InputLaw: TypeAlias = tuple[AxisLaw, ...] | NoLaw | _Nothing

_ITSELF = ((0, 0),)


def stays(axis: int) -> Slide:
    """Each element of the output axis ``axis`` reads the element in its own place.

    >>> stays(1)
    Slide(along=1, advance=1, phases=((0, 0),), dilation=1)
    """
    return Slide(axis, 1, _ITSELF)


def kept(x: Shape) -> tuple[AxisLaw, ...]:
    """Every axis in its place: the law of whatever works element by element."""
    return tuple([stays(axis) for axis in range(len(x))])


def renamed(law: InputLaw, place: Callable[[int], int]) -> InputLaw:
    """The law where the output's axes have other numbers: ``place(axis)``."""
    if isinstance(law, (NoLaw, _Nothing)):
        return law
    return tuple([_renamed(entry, place) for entry in law])


def _renamed(law: AxisLaw, place: Callable[[int], int]) -> AxisLaw:
    if isinstance(law, Split):
        return law._replace(along=tuple(map(place, law.along)))
    if isinstance(law, (Slide, Beside, Merged)):
        return law if law.along is None else law._replace(along=place(law.along))
    return law


def window(axis: int, kernel: Dim, stride: Dim = 1, before: Dim = 0, dilation: Dim = 1) -> Slide:
    """A sliding window: element ``i`` reads from ``i*stride - before`` as far as the dilated kernel reaches.

    >>> window(1, 3, stride=2, before=1)
    Slide(along=1, advance=2, phases=((-1, 1),), dilation=1)
    """
    return Slide(axis, stride, ((-before, span(kernel, dilation) - 1 - before),), dilation)


def broadcast(x: Shape, out: Shape) -> tuple[AxisLaw, ...]:
    """``x`` stretched to ``out``, aligned at the last axis; a dim of 1 that is stretched gives its one element to all.

    >>> [law.along for law in broadcast((64, 1), (2, 64, 7))]
    [1, None]
    """
    fresh = len(out) - len(x)
    return tuple(
        [
            Slide(None, 0, _ITSELF) if decide_same(size, 1) is True and decide_same(out[axis], 1) is not True
            else stays(axis)
            for axis, size in enumerate(x, start=fresh)
        ]
    )  # fmt: skip


def regroup(x: Shape, out: Shape) -> tuple[AxisLaw, ...]:
    """The same elements in another shape: which axes stay, which are merged, which are split.

    >>> regroup((64, 7, 7), (64, 49))[1]
    Merged(along=1, extents=(7, 7), place=0)
    >>> regroup((64, 49), (64, 7, 7))[1]
    Split(along=(1, 2), extents=(7, 7))
    """
    laws: list[AxisLaw] = [Slide(None, 0, _ITSELF)] * len(x)
    before = [axis for axis, size in enumerate(x) if decide_same(size, 1) is not True]
    after = [axis for axis, size in enumerate(out) if decide_same(size, 1) is not True]
    for given, made in _groups(x, out, before, after):
        extents, sizes = tuple([x[axis] for axis in given]), tuple([out[axis] for axis in made])
        for place, axis in enumerate(given):
            if len(given) == len(made) == 1:
                laws[axis] = stays(made[0])
            elif len(made) == 1:
                laws[axis] = Merged(made[0], extents, place)
            elif len(given) == 1:
                laws[axis] = Split(tuple(made), sizes)
            else:
                laws[axis] = NoLaw(Message("axes are cut and joined anew"))
    return tuple(laws)


def _groups(
    x: Shape, out: Shape, before: Sequence[int], after: Sequence[int]
) -> list[tuple[Sequence[int], Sequence[int]]]:
    """Runs of axes, as short as can be, that hold equally many elements on both sides."""
    groups: list[tuple[Sequence[int], Sequence[int]]] = []
    while before and after:
        found = _shortest(x, out, before, after)
        if found is None:
            break
        groups.append((before[: found[0]], after[: found[1]]))
        before, after = before[found[0] :], after[found[1] :]
    return [*groups, (before, after)] if before or after else groups


def _shortest(x: Shape, out: Shape, before: Sequence[int], after: Sequence[int]) -> tuple[int, int] | None:
    places = [(a, b) for a in range(1, len(before) + 1) for b in range(1, len(after) + 1)]
    for a, b in sorted(places, key=sum):
        if decide_same(prod(x[axis] for axis in before[:a]), prod(out[axis] for axis in after[:b])) is True:
            return a, b
    return None
