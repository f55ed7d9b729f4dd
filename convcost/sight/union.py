"""What is seen where branches meet."""

from __future__ import annotations

from typing import NamedTuple

from ..arith import Dim, Shape, at_least, decide_same, maximum, minimum
from ..messages import Message
from .laws import Merged, Slide
from .seen import (
    FLAT,
    MAX_PHASES,
    Lost,
    Seen,
    Several,
    Unseen,
    alike,
    common_period,
    hull_between,
    in_order,
    in_step,
    largest,
    seen_at,
)


class Union(NamedTuple):
    """What all branches see together, and whether their windows are aligned (``None``: not decided)."""

    seen: Seen
    aligned: bool | None = True


def unite(branches: list[Seen], out: Shape) -> Union:
    """The smallest window around those of all branches, for each element of a map of shape ``out``.

    Branches are aligned if they have the same stride and the same centre. One that sees the same from everywhere has no
    centre of its own; it is aligned with all that it covers.

    >>> from .laws import window
    >>> unite([window(1, 3, before=1), window(1, 5, before=2)], (8, 28))
    Union(seen=Slide(along=1, advance=1, phases=((-2, 2),), dilation=1), aligned=True)
    >>> unite([window(1, 1), window(1, 2)], (8, 28)).aligned
    False
    """
    for branch in branches:
        if isinstance(branch, Unseen):
            return Union(branch)
    known = list(dict.fromkeys(branches))
    if len(known) == 1:
        return Union(known[0])
    lost = [branch for branch in known if isinstance(branch, Lost)]
    slides: list[Slide] = []
    for branch in known:
        slides += branch.slides if isinstance(branch, Several) else [branch] if isinstance(branch, Slide) else []
    return _unite_lost(lost, slides) if lost else _unite_slides(slides, out)


def _unite_slides(slides: list[Slide], out: Shape) -> Union:
    slides = _that_move(slides, out)
    aligned = _aligned(slides)
    union = in_order(slides)
    if not isinstance(union, Several):
        return Union(union, aligned)
    still = next((seen for seen in union.slides if seen.along is None), None)
    if still is None:
        return Union(union, False)
    apart = [seen for seen in union.slides if seen is not still and not _covers(still, seen, out)]
    return Union(Several((still, *apart)), False) if apart else Union(still, aligned)


def _that_move(slides: list[Slide], out: Shape) -> list[Slide]:
    """Where strides differ on an axis of one element they mean nothing: there is no moving."""
    if all(alike(slides[0], seen) for seen in slides):
        return slides
    return [
        Slide(None, 0, seen.phases[:1]) if seen.along is not None and decide_same(out[seen.along], 1) is True else seen
        for seen in slides
    ]


def _aligned(slides: list[Slide]) -> bool | None:
    """Whether those that move have one stride and their centres agree, and so those that stay."""
    aligned: bool | None = True
    for group in ([s for s in slides if s.along is not None], [s for s in slides if s.along is None]):
        if not all(alike(group[0], seen) for seen in group):
            return False
        if len(group) < 2 or common_period(group) > MAX_PHASES:
            continue
        for place in range(common_period(group)):
            windows = [seen_at(seen, place) for seen in group]
            centres = [window[0] + window[1] for window in windows if window is not None]
            for centre in centres[1:]:
                equal = decide_same(centre, centres[0])
                aligned = equal if aligned is True or equal is False else aligned
    return aligned


def _covers(still: Slide, moving: Slide, out: Shape) -> bool:
    """Whether what is seen from everywhere holds all that any element sees through its window."""
    hull = hull_between(moving, 0, out[moving.along] - 1)  # type: ignore[index]
    window = still.phases[0]
    if hull is None or window is None:
        return hull is None
    return at_least(hull[0], window[0]) and at_least(window[1], hull[1])


def _unite_lost(lost: list[Lost], slides: list[Slide]) -> Union:
    first = lost[0]
    if len(lost) == 1:
        whole = [seen for seen in slides if seen.along is None and len(seen.phases) == 1 and seen.phases[0] is not None]
        if len(whole) == len(slides):
            around = in_step(whole)
            window = around.phases[0] if around is not None else None
            if window is not None and at_least(first.low, window[0]) and at_least(window[1], first.high):
                return Union(around or whole[0], _aligned(whole))
    same_order = not slides and all((other.spread, other.key) == (first.spread, first.key) for other in lost)
    inner = [other.inner for other in lost if other.inner is not None]
    if same_order and len(inner) == len(lost):
        extent = first.key.extents if isinstance(first.key, Merged) else None
        size = extent[first.key.place] if extent is not None else None
        union = _unite_slides(inner, _sized(inner, size)) if size is not None else Union(Unseen(FLAT))
        if isinstance(union.seen, Slide) and union.seen.along is not None:
            joined = around_all(lost)
            return Union(joined._replace(size=largest(union.seen), key=first.key, inner=union.seen), union.aligned)
    return Union(Unseen(Message("branches meet whose elements stand in different orders")), None)


def _sized(inner: list[Slide], size: Dim) -> Shape:
    """A shape in which every axis has this size."""
    return (size,) * (1 + max(seen.along or 0 for seen in inner))


def around_all(lost: list[Lost]) -> Lost:
    """The largest size and the stretch around all."""
    size, low, high = lost[0].size, lost[0].low, lost[0].high
    for other in lost[1:]:
        size, low, high = maximum(size, other.size), minimum(low, other.low), maximum(high, other.high)
    spread = frozenset[int]().union(*(other.spread for other in lost))
    return Lost(size, low, high, spread, tuple(other.key for other in lost), None, lost[0].why)


def beside(parts: list[tuple[Seen, Dim, Dim]], along: int) -> Union:
    """What is seen by maps that stand one behind the other on axis ``along``: each with its first place and length."""
    known = list(dict.fromkeys(seen for seen, _, _ in parts))
    if len(known) == 1:
        return Union(known[0])
    lost: list[Lost] = []
    for seen, first, length in parts:
        if isinstance(seen, Several):
            seen = Unseen(Message("maps that see in several ways stand one behind the other"))
        if isinstance(seen, Unseen):
            return Union(seen)
        if isinstance(seen, Slide):
            window = hull_between(seen, first, first + length - 1)
            low, high = (0, -1) if window is None else window
            why = Message("maps stand one behind the other: the largest window")
            seen = Lost(largest(seen), low, high, frozenset([along]), ("beside", seen, first), None, why)
        lost.append(seen)
    return Union(around_all(lost))
