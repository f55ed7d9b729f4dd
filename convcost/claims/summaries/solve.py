"""Which figure is wrong where figures do not agree: the one whose correction lets most laws hold."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import islice

from .figurelaws import HARD, HINT, SOFT, FigureLaw, ShareLaw, broken
from .near import near
from .record import Figure

#: Figures of one summary that may be wrong; where more are, the summary is not understood.
_MOST_WRONG = 3
#: Corrections that are tried for one of them.
_MOST_TRIED = 3000
#: Figures that are looked at for that, all in all.
_MOST_EFFORT = 60_000
#: Where nothing else decides, the figure further down is wrong: it was computed from the others.
_ORDER = ("memory", "params", "weights", "passes", "input", "frozen", "trainable", "optimizer", "mult-adds")


@dataclass(frozen=True)
class Mend:
    """A wrong figure, what it should be, and the law that says so."""

    key: str
    right: Fraction
    law: FigureLaw


def mends(
    laws: Sequence[FigureLaw], figures: Mapping[str, Figure], only: str | None = None
) -> tuple[list[Mend], dict[str, Figure]]:
    """The wrong figures, and the figures as they should be; ``only`` is the one that may be wrong, if that is known."""
    found: list[Mend] = []
    now = dict(figures)
    touching: dict[str, list[FigureLaw]] = defaultdict(list)
    for law in laws:
        for key in dict.fromkeys((*law.keys(), *law.needs())):
            touching[key].append(law)
    for _ in range(_MOST_WRONG):
        best = _best(laws, now, touching, {mend.key for mend in found}, only)
        if best is None:
            break
        found.append(best)
        now[best.key] = changed(now[best.key], best.right)
    return found, now


def changed(figure: Figure, value: Fraction) -> Figure:
    """The figure with another value, rounded as it is printed."""
    steps = (value / figure.step + Fraction(1, 2)).__floor__()
    rounded = value if figure.exact else steps * figure.step
    return replace(figure, value=Fraction(rounded))


def _weights(laws: Sequence[FigureLaw], figures: Mapping[str, Figure]) -> tuple[int, int, int]:
    """How many hard laws, soft laws and hints are broken."""
    failing = [law.weight for law in broken(laws, figures)]
    return failing.count(HARD), failing.count(SOFT), failing.count(HINT)


def _best(
    laws: Sequence[FigureLaw], figures: Mapping[str, Figure], touching: Mapping[str, list[FigureLaw]], done: set[str],
    only: str | None,
) -> Mend | None:  # fmt: skip
    hard, soft, hints = _weights(laws, figures)
    if not hard + soft:
        return None
    effort = 0
    best: tuple[tuple[object, ...], Mend] | None = None
    for place, mend in enumerate(islice(_possible(laws, figures, only), _MOST_TRIED)):
        figure = figures[mend.key]
        new = changed(figure, mend.right)
        if mend.key in done or new.value == figure.value or new.value < 0:
            continue
        close = _close(figure, new)
        if not close and not hard:
            continue
        # Only the laws that speak of this figure can change.
        concerned = touching[mend.key]
        effort += sum(len(law.keys()) for law in concerned)
        if effort > _MOST_EFFORT:
            break
        before, later = _weights(concerned, figures), _weights(concerned, {**figures, mend.key: new})
        after = tuple(all_ - old + now for all_, old, now in zip((hard, soft, hints), before, later, strict=True))
        worse = after[0] > hard or (after[0] == hard and (not close or after[1] >= soft))
        if worse or later[0]:
            continue
        order = _ORDER.index(mend.key) if mend.key in _ORDER else len(_ORDER)
        rank = (*after, not close, not _is_target(mend), order, place)
        if best is None or rank < best[0]:
            best = rank, mend
    return best[1] if best else None


def _is_target(mend: Mend) -> bool:
    return mend.law.target == mend.key


def _possible(laws: Sequence[FigureLaw], figures: Mapping[str, Figure], only: str | None) -> Iterator[Mend]:
    """Each figure of a broken law, with every value that some law gives it."""
    failing = [law for law in broken(laws, figures) if law.weight != HINT]
    suspects = {key for law in failing for key in law.keys() if key in figures and only in (None, key)}  # noqa: SIM118
    seen: set[tuple[str, Fraction]] = set()
    shared: set[str] = set()
    for law in [*failing, *(law for law in laws if not isinstance(law, ShareLaw))]:
        if not all(name in figures for name in law.needs()):
            continue
        for key in law.keys():  # noqa: SIM118
            if key not in suspects or key in shared:
                continue
            if isinstance(law, ShareLaw) and key in (law.whole, law.whole_share):
                shared.add(key)  # every share has the same whole: one of them is asked
            for value in law.solved(figures, key):
                if (key, value) not in seen:
                    seen.add((key, value))
                    yield Mend(key, value, law)


def _close(figure: Figure, new: Figure) -> bool:
    printed, right = int(figure.value / figure.step), int(new.value / new.step)
    if not figure.exact and abs(printed - right) < 2:
        return False  # the last digit of a rounded figure may depend on what nobody sees
    return near(printed, right) or (right == 0 and printed < 10)
