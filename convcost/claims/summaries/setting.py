"""A row with what is known around it, and what its law makes of it."""

from __future__ import annotations

from dataclasses import dataclass
from math import prod

from .record import Dims


@dataclass(frozen=True)
class Reading:
    """A number of params and how it comes about."""

    value: int
    text: str


@dataclass(frozen=True)
class Setting:
    """A row and its surroundings.

    ``feeds`` are shapes that may be its input, likeliest first; with ``sure`` the first one is it. ``widths`` are the
    channel counts that occur in the table, ``biased`` whether its convolutions have biases, ``last`` whether channels
    come last.
    """

    tool: str
    kind: str
    family: str
    rank: int
    output: Dims
    feeds: tuple[Dims, ...] = ()
    sure: bool = False
    first: bool = False
    kernel: Dims | None = None
    widths: frozenset[int] = frozenset()
    biased: bool = True
    last: bool = False

    def channels(self, dims: Dims) -> int:
        """The channel count of a shape."""
        return dims[-1] if self.last or len(dims) == 1 else dims[0]

    def sizes(self, dims: Dims) -> Dims:
        """Its other dims."""
        return dims[:-1] if self.last else dims[1:]

    @property
    def width(self) -> int:
        """Its own channel count."""
        return self.channels(self.output)

    @property
    def inputs(self) -> tuple[int, ...]:
        """Channel counts that may come in, likeliest first."""
        own = [width for feed in self.feeds if feed and (width := self.channels(feed)) > 0]
        if self.sure:
            return tuple(own[:1])
        return tuple(dict.fromkeys([*own, *([3, 1] if self.first else []), *sorted(self.widths, reverse=True)]))


def product(*factors: int, bias: int = 0) -> Reading:
    text = "×".join(map(str, factors))
    return Reading(prod(factors) + bias, f"{text} + {bias}" if bias else text)


def from_widths(setting: Setting, channels: int) -> bool:
    widths = setting.widths
    return (
        2 * channels in widths
        or 4 * channels in widths
        or any(channels - own in widths for own in setting.inputs[:2])
        or any(channels % width == 0 and channels // width <= 6 for width in widths if width > 8)
    )
