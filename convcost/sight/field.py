"""What is told of a receptive field."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from ..arith import Dim, Shape, exact_div, is_symbolic
from ..messages import Message
from .laws import Slide
from .seen import Lost, Seen, Several, Unseen, largest, widest

#: A stride is a fraction where a map is finer than the input.
Number = Any


@dataclass(frozen=True)
class ReceptiveField:
    """What an element of a map sees of the network's input, along each spatial axis of that input.

    Element ``i`` sees the input's elements ``start + i*stride`` to ``start + i*stride + size - 1``; a negative place is
    padding. Spatial axes are those behind the channels. ``size`` is the largest where it differs from place to place
    (then ``regular`` is false), and over branches that of the smallest window around all of them.

    ``aligned``: wherever branches met on the way, they had the same stride and the same centre (Araujo et al. 2019,
    doi 10.23915/distill.00021); a branch that sees the same from everywhere counts as aligned with what it covers.
    ``None`` where that hangs on symbols. A stride of 0: every element sees the same. A stride that is a fraction
    ``1/n``: the windows step once in ``n`` elements, and ``start`` is that of the first.

    Where it is not known, ``size``, ``stride`` and ``start`` are ``None``, and ``why`` says why; where only the order
    of the elements is lost (behind ``Flatten``), ``stride`` and ``start`` alone are.

    >>> from convcost import Conv, cost
    >>> field = cost(Conv(8, 3, padding=1) >> Conv(8, 3, stride=2), (3, 28, 28)).receptive_field
    >>> field, str(field)
    (ReceptiveField(size=(5, 5), stride=(2, 2), start=(-1, -1), aligned=True), '5×5')
    """

    size: tuple[Dim, ...] | None
    stride: tuple[Number, ...] | None = None
    start: tuple[Dim, ...] | None = None
    aligned: bool | None = True
    regular: bool = True
    why: str = ""
    #: Which input of the network it speaks of.
    input: int = 0

    @property
    def known(self) -> bool:
        """Whether at least the size is known."""
        return self.size is not None

    def text(self, quantity: str = "size") -> str:
        """``size``, ``stride`` or ``start`` for people: ``7×7``; ``unknown``, or ``–`` where nothing is to be told."""
        values = getattr(self, quantity)
        if values is None:
            return "–" if self.known else "unknown"
        return ("; " if quantity == "start" else "×").join(map(_bracketed, values)) or "–"

    def __str__(self) -> str:
        return self.text()

    def __repr__(self) -> str:
        more = ("" if self.regular else ", regular=False") + (f", why={str(self.why)!r}" if self.why else "")
        parts = (f"{name}={_tuple(getattr(self, name))}" for name in ("size", "stride", "start"))
        return f"ReceptiveField({', '.join(parts)}, aligned={self.aligned}{more})"

    def mapped(self, put: Callable[[Dim], Dim]) -> ReceptiveField:
        """The same with ``put`` applied to every number."""

        def each(values: tuple[Dim, ...] | None) -> tuple[Dim, ...] | None:
            return None if values is None else tuple(map(put, values))

        return ReceptiveField(
            each(self.size), each(self.stride), each(self.start), self.aligned, self.regular, self.why, self.input
        )

    def to_dict(self, value: Callable[[Dim], Any]) -> dict[str, Any]:
        """As JSON; ``value`` writes a quantity, and a fraction is a text such as ``1/2``."""

        def each(values: tuple[Dim, ...] | None) -> list[Any] | None:
            return None if values is None else [str(n) if isinstance(n, Fraction) else value(n) for n in values]

        return {
            "size": each(self.size), "stride": each(self.stride), "start": each(self.start),
            "aligned": self.aligned, "regular": self.regular, "why": str(self.why), "input": self.input,
        }  # fmt: skip

    @classmethod
    def from_dict(cls, data: Mapping[str, Any], read: Callable[[Any], Dim]) -> ReceptiveField:
        """Back from :meth:`to_dict`; ``read`` reads a quantity."""

        def each(values: Sequence[Any] | None) -> tuple[Dim, ...] | None:
            return None if values is None else tuple(map(number, values))

        def number(text: Any) -> Number:
            plain = isinstance(text, str) and text.replace("/", "", 1).isdigit()
            return Fraction(text) if plain else read(text)

        return cls(
            each(data["size"]), each(data["stride"]), each(data["start"]), data["aligned"], data["regular"],
            data["why"], data["input"],
        )  # fmt: skip


def _tuple(values: tuple[Number, ...] | None) -> str:
    return "None" if values is None else f"({', '.join(map(str, values))}{',' * (len(values) == 1)})"


def _bracketed(value: Number) -> str:
    return f"({value})" if is_symbolic(value) and value.args else str(value)


def unknown(why: str, at: int = 0) -> ReceptiveField:
    """A receptive field that is not known."""
    return ReceptiveField(None, aligned=None, regular=False, why=why, input=at)


def unseen(rank: int) -> ReceptiveField:
    """The receptive field of what does not depend on the input, which has ``rank`` spatial axes."""
    none = (0,) * rank
    return ReceptiveField(none, none, none, why=Message("it sees nothing of the input"))


def first_seen(fields: Sequence[ReceptiveField | None]) -> ReceptiveField:
    """The first of several inputs' receptive fields that there is."""
    return next((field for field in fields if field is not None), unseen(2))


def field_of(
    axes: Sequence[Seen], out: Shape, aligned: bool | None, apart: str, closed: Callable[[Dim], Dim], at: int
) -> ReceptiveField:
    """What a map of shape ``out`` sees along every axis of input ``at``, told; ``apart`` says where branches are not
    aligned."""
    lost: list[Lost | Several] = []
    slides: list[Slide] = []
    sizes: list[Dim] = []
    for seen in axes:
        if isinstance(seen, Unseen):
            told = Message("{reason} (at {path})", reason=seen.why, path=seen.where) if seen.where else seen.why
            return unknown(told, at)
        if isinstance(seen, (Lost, Several)):
            size = seen.size if isinstance(seen, Lost) else widest(seen, out)
            if size is None:
                return unknown(
                    Message("branches with different strides or along different axes meet: the largest is not known"),
                    at,
                )
            lost.append(seen)
            sizes.append(closed(size))
        else:
            slides.append(seen)
            sizes.append(closed(largest(_present(seen, out))))
    return _told(lost, slides, tuple(sizes), aligned, apart, closed, at)


def _present(seen: Slide, out: Shape) -> Slide:
    """The windows that the map is long enough to hold."""
    if seen.along is None or type(out[seen.along]) is not int:
        return seen
    return seen._replace(phases=seen.phases[: out[seen.along]])


def _told(
    lost: list[Lost | Several], slides: list[Slide], sizes: tuple[Dim, ...], aligned: bool | None, apart: str,
    closed: Callable[[Dim], Dim], at: int,
) -> ReceptiveField:  # fmt: skip
    steps = any(len(seen.phases) > 1 for seen in slides)
    why: list[str] = [apart if aligned is False else ""]
    if lost:
        first = lost[0]
        uneven = Message("branches with different strides meet: the largest window")
        why.append(first.why if isinstance(first, Lost) else uneven)
    if steps and not lost:
        why.append(Message("windows step unevenly: the largest size, and the stride on average"))
    told: str = Message.joined(*why, by="; ") if any(why) else ""
    if lost:
        return ReceptiveField(sizes, None, None, aligned, False, told, at)
    starts = tuple([closed(_start(seen)) for seen in slides])
    strides = tuple([_stride(seen, closed) for seen in slides])
    return ReceptiveField(sizes, strides, starts, aligned, not steps, told, at)


def _start(seen: Slide) -> Dim:
    return next((phase[0] for phase in seen.phases if phase is not None), 0)


def _stride(seen: Slide, closed: Callable[[Dim], Dim]) -> Number:
    if seen.along is None:
        return 0
    if type(seen.advance) is int:
        pace = Fraction(seen.advance, len(seen.phases))
        return pace.numerator if pace.denominator == 1 else pace
    return closed(exact_div(seen.advance, len(seen.phases)))


__all__ = ["ReceptiveField", "field_of", "first_seen", "unknown", "unseen"]
