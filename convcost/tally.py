"""What a layer does, by kind of operation, before anybody prices it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from .arith import Dim

#: The kinds, in the order in which they are shown. ``macs`` are multiply-accumulates of contractions;
#: everything else is one scalar operation each.
KINDS = ("macs", "adds", "muls", "divs", "compares", "exps", "logs", "sqrts", "tanhs", "erfs", "pows")
_KNOWN = frozenset(KINDS)


class Tally(Mapping[str, Dim]):
    """Counts by kind; kinds that do not occur are absent and read as 0.

    >>> conv = Tally(macs=100, adds=4)
    >>> (conv + Tally(adds=1)).adds, conv.scaled(3).macs, conv.exps
    (5, 300, 0)
    """

    __slots__ = ("_counts",)
    _counts: dict[str, Dim]

    def __init__(self, **counts: Dim) -> None:
        if not counts.keys() <= _KNOWN:
            raise TypeError(f"unknown kinds of operation: {', '.join(sorted(set(counts) - _KNOWN))}")
        self._counts = counts

    def __getitem__(self, kind: str) -> Dim:
        return self._counts[kind]

    def __iter__(self) -> Iterator[str]:
        return iter(self._counts)

    def __len__(self) -> int:
        return len(self._counts)

    def __getattr__(self, kind: str) -> Dim:
        if kind in _KNOWN:
            return self._counts.get(kind, 0)
        raise AttributeError(kind)

    def __add__(self, other: Tally) -> Tally:
        total = dict(self._counts)
        for kind, count in other._counts.items():
            total[kind] = total[kind] + count if kind in total else count
        return Tally(**total)

    def scaled(self, factor: Dim) -> Tally:
        """Every count times ``factor`` (elements, the batch, repetitions)."""
        return Tally(**{kind: count * factor for kind, count in self._counts.items()})

    def __repr__(self) -> str:
        return f"Tally({', '.join(f'{kind}={self._counts[kind]}' for kind in KINDS if kind in self._counts)})"

    def __reduce__(self) -> tuple[object, ...]:
        return _tally, (self._counts,)


def _tally(counts: dict[str, Dim]) -> Tally:
    return Tally(**counts)


#: Nothing at all: reshapes, concatenation, dropout at inference.
NOTHING = Tally()
