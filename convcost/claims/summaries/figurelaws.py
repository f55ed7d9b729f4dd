"""What binds the figures below a summary together: totals of params, sizes in MB, and the rows they come from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction

from ...messages import Message
from .near import slips
from .record import Figure

#: What a broken law weighs: figures that break a hard one are wrong; a soft one may have exceptions, so that only a
#: slip is believed; a hint decides between figures that could all be wrong.
HARD, SOFT, HINT = 2, 1, 0


@dataclass(frozen=True)
class SumLaw:
    """``target`` is the sum of ``parts``; parts that are not printed count as nothing."""

    target: str
    parts: tuple[str, ...]
    weight: int = HARD
    #: Figures whose values are known more exactly than they are printed.
    exact: Mapping[str, Fraction] = field(default_factory=dict)
    #: Whether the target may be more than the printed parts.
    upward: bool = False
    #: What comes to the parts without being printed as a number.
    more: Fraction = Fraction(0)

    def needs(self) -> tuple[str, ...]:
        """The figures without which it says nothing."""
        return (self.target,)

    def keys(self) -> tuple[str, ...]:
        return (self.target, *self.parts)

    def _known(self, figures: Mapping[str, Figure]) -> Mapping[str, Figure]:
        """The figures, as exactly as they are known."""
        sharper = {
            key: replace(figures[key], value=value, step=Fraction(1, 10**9))
            for key, value in self.exact.items()
            if key in figures and figures[key].says(value)
        }
        return {**figures, **sharper}

    def _parts(self, figures: Mapping[str, Figure]) -> list[Figure]:
        return [figures[key] for key in self.parts if key in figures]

    def holds(self, figures: Mapping[str, Figure]) -> bool:
        """Whether the target is the sum, as far as rounding lets one see."""
        parts = self._parts(figures)
        low, high = sum((part.low for part in parts), self.more), sum((part.high for part in parts), self.more)
        target = figures[self.target]
        return target.between(low, high) or (self.upward and target.high >= low)

    def solved(self, figures: Mapping[str, Figure], key: str) -> Iterator[Fraction]:
        """What ``key`` would have to be; of rounded figures several values may follow, the likeliest first."""
        if key != self.target and len(self.parts) > _MOST_PARTS:
            return
        step = figures[key].step if key in figures else Fraction(1)
        figures = self._known(figures)
        parts = self._parts(figures)
        if key == self.target:
            yield from _around(sum((part.value for part in parts), self.more), figures, self.keys(), step)
        elif key in figures and key in self.parts:
            rest = sum((part.value for part in parts), self.more) - figures[key].value
            yield from _around(figures[self.target].value - rest, figures, self.keys(), step)

    def why(self, figures: Mapping[str, Figure], key: str) -> Message:
        """The arithmetic in words."""
        parts = [figures[name].text for name in self.parts if name in figures]
        if key == self.target:
            return Message(
                "the parts {parts} add up to {sum}",
                parts=" + ".join(parts),
                sum=_shown(next(self.solved(figures, key))),
            )
        return Message(
            "{total} less the other parts leaves {rest}",
            total=figures[self.target].text, rest=_shown(next(self.solved(figures, key))),
        )  # fmt: skip

    def expression(self, figures: Mapping[str, Figure], key: str) -> str:
        """The same for the diagnosis."""
        parts = [figures[name].text.replace(",", "") for name in self.parts if name in figures]
        return " + ".join(parts) if key == self.target else ""


@dataclass(frozen=True)
class ScaleLaw:
    """``target`` is ``source`` times one of some factors (bytes a value over bytes a unit), and perhaps some bytes more."""

    target: str
    source: str
    factors: tuple[Fraction, ...]
    weight: int = HARD
    extras: tuple[Fraction, ...] = (Fraction(0),)
    #: A factor that is an upper bound only: not everything that is counted is stored.
    at_most: Fraction | None = None

    def needs(self) -> tuple[str, ...]:
        """The figures without which it says nothing."""
        return (self.target, self.source)

    def keys(self) -> tuple[str, ...]:
        return (self.target, self.source)

    def holds(self, figures: Mapping[str, Figure]) -> bool:
        """Whether one of the factors fits."""
        source, target = figures[self.source], figures[self.target]
        return (self.at_most is not None and target.low <= source.high * self.at_most) or self.tells(figures)

    def tells(self, figures: Mapping[str, Figure]) -> bool:
        """Whether the target is what one of the factors gives."""
        source, target = figures[self.source], figures[self.target]
        return any(
            target.between(source.low * factor + extra, source.high * factor + extra)
            for factor in self.factors
            for extra in self.extras
        )

    def solved(self, figures: Mapping[str, Figure], key: str) -> Iterator[Fraction]:
        """What the target would have to be; of a rounded size no source follows."""
        if key == self.target:
            yield from (figures[self.source].value * factor for factor in self.factors)

    def why(self, figures: Mapping[str, Figure], key: str) -> Message:
        """The arithmetic in words."""
        size = _shown(next(self.solved(figures, self.target)))
        return Message("{count} values of 4 bytes make {size}", count=figures[self.source].text, size=size)

    def expression(self, figures: Mapping[str, Figure], key: str) -> str:
        """Nothing that anybody writes."""
        return ""


@dataclass(frozen=True)
class FactLaw:
    """``target`` is one of some values that follow from the rows, told by ``told``."""

    target: str
    values: tuple[Fraction, ...]
    told: Message
    weight: int = HARD
    text: str = ""

    def needs(self) -> tuple[str, ...]:
        """The figures without which it says nothing."""
        return (self.target,)

    def keys(self) -> tuple[str, ...]:
        return (self.target,)

    def holds(self, figures: Mapping[str, Figure]) -> bool:
        """Whether the figure says one of them."""
        return any(figures[self.target].says(value) for value in self.values)

    def solved(self, figures: Mapping[str, Figure], key: str) -> Iterator[Fraction]:
        """The values."""
        yield from self.values

    def why(self, figures: Mapping[str, Figure], key: str) -> Message:
        """How the rows give it."""
        return self.told

    def expression(self, figures: Mapping[str, Figure], key: str) -> str:
        """A sum, where there is one short enough to be looked at."""
        return self.text


@dataclass(frozen=True)
class LeastLaw:
    """``target`` is no less than what can be seen of it."""

    target: str
    least: Fraction
    weight: int = HARD

    def needs(self) -> tuple[str, ...]:
        """The figures without which it says nothing."""
        return (self.target,)

    def keys(self) -> tuple[str, ...]:
        return (self.target,)

    def holds(self, figures: Mapping[str, Figure]) -> bool:
        """Whether it is that large."""
        return figures[self.target].high >= self.least

    def solved(self, figures: Mapping[str, Figure], key: str) -> Iterator[Fraction]:
        """Nothing: it may be any larger number."""
        yield from ()

    def why(self, figures: Mapping[str, Figure], key: str) -> Message:
        """What can be seen."""
        return Message("the rows that stand here have {least} params", least=_shown(self.least))

    def expression(self, figures: Mapping[str, Figure], key: str) -> str:
        """Nothing."""
        return ""


@dataclass(frozen=True)
class ShareLaw:
    """``target`` is the share of ``part`` in the whole, of which ``whole`` is printed with its own share."""

    target: str
    part: str
    whole: str
    whole_share: str = ""
    weight: int = HARD

    def keys(self) -> tuple[str, ...]:
        return tuple(key for key in (self.target, self.part, self.whole, self.whole_share) if key)

    def needs(self) -> tuple[str, ...]:
        """The figures without which it says nothing."""
        return (self.target, self.part, self.whole)

    def _bounds(self, figures: Mapping[str, Figure]) -> tuple[Fraction, Fraction]:
        """The least and the most of one per cent."""
        whole, share = figures[self.whole], figures.get(self.whole_share)
        if share is None or share.low <= 0:
            return whole.low / 100, whole.high / 100
        return whole.low / min(Fraction(100), Fraction(share.high)), whole.high / share.low

    def holds(self, figures: Mapping[str, Figure]) -> bool:
        """Whether the share is right, as far as rounding lets one see."""
        low, high = self._bounds(figures)
        part, target = figures[self.part], figures[self.target]
        # Some tools cut digits off instead of rounding.
        slack = target.step
        if low <= 0:
            return True
        return target.low - slack <= part.high / low and part.low / high <= target.high + slack

    def solved(self, figures: Mapping[str, Figure], key: str) -> Iterator[Fraction]:
        """The share; or the slips of the part's digits that would have this share."""
        low, high = self._bounds(figures)
        if key in figures and low > 0:
            printed = figures[key]
            for digits in slips(int(printed.value / printed.step)):
                meant = replace(printed, value=digits * printed.step)
                if self.holds({**figures, key: meant}):
                    yield meant.value
        if key == self.target and low > 0:
            yield figures[self.part].value * 2 / (low + high)

    def why(self, figures: Mapping[str, Figure], key: str) -> Message:
        """The arithmetic in words."""
        part, whole, share = figures[self.part].text, figures[self.whole].text, figures[self.target].text
        if key == self.target:
            return Message(
                "{part} of {whole} is {share} %", part=part, whole=whole, share=_shown(next(self.solved(figures, key)))
            )
        if key == self.part:
            return Message("the share printed beside it is {share} % of {whole}", share=share, whole=whole)
        return Message("the shares below it, such as {share} % for {part}, do not fit it", share=share, part=part)

    def expression(self, figures: Mapping[str, Figure], key: str) -> str:
        """Nothing that anybody writes."""
        return ""


FigureLaw = SumLaw | ScaleLaw | FactLaw | LeastLaw | ShareLaw


#: In longer sums no part is looked for.
_MOST_PARTS = 300
#: Values around the likeliest that are looked at.
_MOST_AROUND = 6


def _around(value: Fraction, figures: Mapping[str, Figure], keys: Sequence[str], step: Fraction) -> Iterator[Fraction]:
    """A value, and what it may be as well since every figure it follows from is rounded."""
    yield value
    slack = sum((figures[name].step / 2 for name in keys if name in figures and not figures[name].exact), Fraction(0))
    for count in range(1, min(int(slack / step), _MOST_AROUND) + 1):
        yield value - count * step
        yield value + count * step


def broken(laws: Sequence[FigureLaw], figures: Mapping[str, Figure]) -> list[FigureLaw]:
    """The laws that the figures do not keep."""
    return [law for law in laws if all(key in figures for key in law.needs()) and not law.holds(figures)]


def _shown(value: Fraction) -> str:
    return f"{value.numerator:,}" if value.denominator == 1 else f"{float(value):,.2f}"
