"""What an element of a map sees along one axis of the network's input, and how that grows.

Derived once for all layers: through a layer windows compose, and where branches meet they are united to the smallest
window around all of them (Araujo, Norris & Sim 2019, "Computing receptive fields of convolutional neural networks",
doi 10.23915/distill.00021, whose recurrences for size, stride and start are the case of one phase). Places are counted
on the whole line: what lies before 0 or behind the map's end is padding, whatever it is filled with.
"""

from __future__ import annotations

from math import gcd, lcm
from typing import Any, NamedTuple, TypeAlias

from ..arith import Dim, Shape, decide_same, exact_div, maximum, minimum
from ..messages import Message
from .laws import AxisLaw, Beside, InputLaw, Merged, NoLaw, One, Slide, Split, Whole

#: Windows that repeat only after more elements than this have no law here.
MAX_PHASES = 4096


class Lost(NamedTuple):
    """Each element sees a window of at most ``size`` somewhere from ``low`` to ``high``, but not in order of place.

    ``spread`` are the axes along which elements differ in what they see. ``key`` tells equal orders from others, and
    ``inner`` is the window in the order that was lost, where it may come back.
    """

    size: Dim
    low: Dim
    high: Dim
    spread: frozenset[int]
    key: Any
    inner: Slide | None
    why: Message


class Several(NamedTuple):
    """Windows of different strides: each element sees its own one of every slide."""

    slides: tuple[Slide, ...]


class Unseen(NamedTuple):
    """It is not known what an element sees; ``why``, and from which layer on."""

    why: Message
    where: str = ""


#: What elements of a map see along one axis of the input: :class:`~.laws.Slide` from the input to the map, and so on.
Seen: TypeAlias = Slide | Several | Lost | Unseen

FLAT = Message("elements stand no longer in the order of the map")


def through(seen: Seen, law: InputLaw, x: Shape) -> Seen:
    """What elements of a layer's output see, its input of shape ``x`` being read by ``law``.

    >>> from .laws import stays, window
    >>> once = through(stays(1), (stays(0), window(1, 3, before=1)), (8, 28))
    >>> through(once, (stays(0), window(1, 3, stride=2)), (8, 28))
    Slide(along=1, advance=2, phases=((-1, 3),), dilation=1)
    """
    if isinstance(seen, Unseen):
        return seen
    if isinstance(law, NoLaw):
        return Unseen(law.why)
    if isinstance(seen, Lost):
        return _lost_through(seen, law)
    if isinstance(seen, Several):
        return _several_through(seen, law, x)
    if seen.along is None:
        return seen
    entry: AxisLaw = law[seen.along]
    if isinstance(entry, Slide):
        return compose(seen, entry)
    if isinstance(entry, Whole):
        return compose(seen, Slide(None, 0, ((0, entry.size - 1),)))
    if isinstance(entry, Beside):
        return compose(seen, Slide(entry.along, 1, ((-entry.first, -entry.first),)))
    if isinstance(entry, NoLaw):
        return Unseen(entry.why)
    return _lose(seen, entry, x[seen.along])


def _several_through(seen: Several, law: InputLaw, x: Shape) -> Seen:
    parts = [through(slide, law, x) for slide in seen.slides]
    slides = [part for part in parts if isinstance(part, Slide)]
    if len(slides) == len(parts):
        return in_order(slides)
    for part in parts:
        if isinstance(part, Unseen):
            return part
    lost = [part for part in parts if isinstance(part, Lost)]
    window = widest(seen, x)
    hull = hull_of([(part.low, part.high) for part in lost])
    if window is None or hull is None or len(lost) < len([s for s in seen.slides if s.along is not None]):
        return Unseen(FLAT)
    for slide in slides:
        hull = hull_of([hull, *(phase for phase in slide.phases)]) or hull
    return Lost(window, *hull, lost[0].spread, ("several", *(part.key for part in lost)), None, lost[0].why)


def in_order(slides: list[Slide]) -> Seen:
    """Slides that move alike made one; what is left of them."""
    groups: list[list[Slide]] = []
    for slide in slides:
        for group in groups:
            if alike(group[0], slide):
                group.append(slide)
                break
        else:
            groups.append([slide])
    merged = [in_step(group) for group in groups]
    if any(slide is None for slide in merged):
        return Unseen(Message("windows repeat only after more than {limit} elements", limit=MAX_PHASES))
    known = tuple(slide for slide in merged if slide is not None)
    return known[0] if len(known) == 1 else Several(known)


def alike(first: Slide, other: Slide) -> bool:
    """Whether two move along one axis with one stride."""
    pace = decide_same(first.advance * len(other.phases), other.advance * len(first.phases))
    return first.along == other.along and pace is True


def in_step(slides: list[Slide]) -> Slide | None:
    """The smallest window around those of slides that move alike, phase by phase; ``None`` for too many phases."""
    if len(slides) == 1:
        return slides[0]
    count = common_period(slides)
    if count > MAX_PHASES:
        return None
    phases = tuple([hull_of([seen_at(seen, place) for seen in slides]) for place in range(count)])
    return shortened(Slide(slides[0].along, slides[0].advance * (count // len(slides[0].phases)), phases))


def common_period(slides: list[Slide]) -> int:
    """After how many elements all of them repeat."""
    return lcm(*(len(seen.phases) for seen in slides))


def widest(seen: Several, x: Shape) -> Dim | None:
    """The largest window that an element of a map of shape ``x`` sees; ``None`` where it cannot be told."""
    moving = [slide for slide in seen.slides if slide.along is not None]
    if len({slide.along for slide in moving}) != 1:
        return None
    length = x[moving[0].along]  # type: ignore[index]
    places: list[Dim] = [length * 0, length - 1]
    if any(len(slide.phases) > 1 for slide in seen.slides):
        if type(length) is not int or length > MAX_PHASES:
            return None
        places = [*range(length)]
    # With one phase each, how far windows lie apart is convex in the place: largest at one of the ends.
    size: Dim = 0
    for place in places:
        window = hull_of([seen_at(slide, place) for slide in seen.slides])
        size = size if window is None else maximum(size, window[1] - window[0] + 1)
    return size


def compose(seen: Slide, law: Slide) -> Seen:
    """Windows on a map whose elements have windows themselves."""
    count, turns = len(seen.phases), 1
    if count > 1:
        if not all(type(n) is int for n in (law.advance, law.dilation, *ends_of(law))):
            return Unseen(Message("windows that step unevenly meet a symbol: put numbers in first"))
        turns = count // gcd(count, law.advance)
    if turns * len(law.phases) > MAX_PHASES:
        return Unseen(Message("windows repeat only after more than {limit} elements", limit=MAX_PHASES))
    phases = tuple(
        [
            hull_between(seen, phase[0] + turn * law.advance, phase[1] + turn * law.advance, law.dilation)
            if phase is not None
            else None
            for turn in range(turns)
            for phase in law.phases
        ]
    )
    advance = exact_div(turns * law.advance * seen.advance, count)
    return shortened(Slide(law.along, advance, phases))


def ends_of(law: Slide) -> list[Dim]:
    return [end for phase in law.phases if phase is not None for end in phase]


def seen_at(seen: Slide, place: Dim) -> tuple[Dim, Dim] | None:
    """What the element in this place sees."""
    count = len(seen.phases)
    turn, phase = (place, 0) if count == 1 else (place // count, place % count)
    window = seen.phases[phase]
    return None if window is None else (window[0] + turn * seen.advance, window[1] + turn * seen.advance)


def hull_between(seen: Slide, first: Dim, last: Dim, step: Dim = 1) -> tuple[Dim, Dim] | None:
    """What every ``step``-th of the elements ``first`` to ``last`` sees, together."""
    count = len(seen.phases)
    if count == 1:
        return hull_of([seen_at(seen, first), seen_at(seen, last)])
    places = range(first, last + 1, step)
    if len(places) <= 2 * count:
        return hull_of([seen_at(seen, place) for place in places])
    # Whatever a period in the middle sees lies between what the first and the last one see.
    return hull_of([seen_at(seen, place) for place in (*places[:count], *places[-count:])])


def hull_of(windows: list[tuple[Dim, Dim] | None]) -> tuple[Dim, Dim] | None:
    met = [window for window in windows if window is not None]
    if not met:
        return None
    low, high = met[0]
    for window in met[1:]:
        low, high = minimum(low, window[0]), maximum(high, window[1])
    return low, high


def shortened(seen: Slide) -> Slide:
    """The same windows with as few phases as tell them."""
    count = len(seen.phases)
    for short in range(1, count):
        if count % short or seen.advance * short % count:
            continue
        step = seen.advance * short // count
        if all(_shifted(seen.phases[n - short], step) == seen.phases[n] for n in range(short, count)):
            return Slide(seen.along, step, seen.phases[:short])
    return seen


def _shifted(window: tuple[Dim, Dim] | None, step: Dim) -> tuple[Dim, Dim] | None:
    return None if window is None else (window[0] + step, window[1] + step)


# -- an order that is lost ---------------------------------------------------------------------------------------


def largest(seen: Slide) -> Dim:
    """The most that an element sees."""
    size: Dim = 0
    for phase in seen.phases:
        if phase is not None:
            size = maximum(size, phase[1] - phase[0] + 1)
    return size


def _lose(seen: Slide, law: One | Merged | Split, size: Dim) -> Seen:
    hull = hull_between(seen, size * 0, size - 1)
    low, high = (0, -1) if hull is None else hull
    if isinstance(law, One):
        spread: frozenset[int] = frozenset()
    else:
        spread = frozenset([law.along] if isinstance(law, Merged) else law.along)
    return Lost(largest(seen), low, high, spread, law, seen, FLAT)


def _lost_through(seen: Lost, law: InputLaw) -> Seen:
    spread: set[int] = set()
    whole = 0
    changed: list[AxisLaw] = []
    for axis in sorted(seen.spread):
        entry: AxisLaw = law[axis]  # type: ignore[assignment]
        if isinstance(entry, NoLaw):
            return Unseen(entry.why)
        if isinstance(entry, Split) and seen.spread == {axis} and _undoes(entry, seen.key):
            return Slide(entry.along[seen.key.place], seen.inner.advance, seen.inner.phases)  # type: ignore[union-attr]
        if isinstance(entry, Slide):
            if not all(phase is not None and decide_same(*phase) is True for phase in entry.phases):
                return Unseen(Message("a window slides over elements that are not in the order of the map"))
            spread |= {entry.along} if entry.along is not None else set()
            if (entry.advance, entry.phases) != (1, ((0, 0),)):
                changed.append(entry)
        elif isinstance(entry, Whole):
            whole += 1
        elif isinstance(entry, Beside):
            spread.add(entry.along)
            changed.append(entry)
        elif not isinstance(entry, One):
            spread |= {entry.along} if isinstance(entry, Merged) else set(entry.along)
            changed.append(entry)
    if whole == len(seen.spread) and whole:
        return Slide(None, 0, ((seen.low, seen.high),))
    if whole:
        return Unseen(Message("a part is read of axes that were cut and joined anew"))
    return seen._replace(spread=frozenset(spread), key=(seen.key, *changed) if changed else seen.key)


def _undoes(law: Split, key: Any) -> bool:
    """Whether a split takes back the merge that lost the order."""
    return (
        isinstance(key, Merged)
        and len(key.extents) == len(law.extents)
        and all(decide_same(a, b) is True for a, b in zip(key.extents, law.extents, strict=True))
    )
