"""A number that is said of a network, and what the network is known by."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction

from ...messages import Message
from ..printed import Printed
from .figures import LAYERS, Figure, figures
from .published import PUBLISHED, Published
from .quantities import Quantity
from .wording import Wording


@dataclass(frozen=True)
class Judgement:
    """A verdict with its reason, the value that it rests on, and what to say; ``right`` is what belongs there."""

    verdict: str
    reason: str | None
    computed: Fraction
    why: Message
    right: str | None = None


@dataclass(frozen=True)
class Question:
    """A number, said of one of ``networks`` (which the text calls ``name``), and how its sentence counts."""

    name: str
    networks: tuple[str, ...]
    quantity: Quantity
    text: str
    tight: bool
    rivals: tuple[str, ...] = ()
    wording: Wording = field(default_factory=Wording)
    #: The number with the words around it.
    around: str = ""

    @property
    def printed(self) -> Printed:
        """The number as it is printed."""
        return self.quantity.printed

    def fits(self, figure: Figure) -> str | None:
        """Whether the number stands for a figure."""
        return figure.fits(self.printed, self.quantity.about)


def known(network: str, question: Question) -> list[Figure]:
    """The figures that the words may mean, the plainest first."""
    found = figures(network)
    side = question.wording.side
    if question.quantity.quantity == "params":
        return sorted(found.params, key=lambda figure: not figure.plain)
    if question.quantity.quantity == "depth":
        return [Figure(Fraction(found.depth), Fraction(found.depth), LAYERS, Message("as the paper counts"), True)]
    macs, flops = found.macs, found.flops
    if side is not None:
        other = figures(network, side)
        macs, flops = (*other.macs, *macs), (*other.flops, *flops)
    if question.quantity.counts_macs:
        return [*macs]
    return [*flops] if question.wording.two_flops else [*flops, *macs]


def worth(question: Question, figure: Figure) -> Fraction:
    """What a figure is worth: of a range the number itself if it lies within, and is printed in full."""
    stated = question.printed.value
    return stated if question.printed.exact and figure.low <= stated <= figure.high else figure.low


def has(question: Question, figure: Figure) -> Message:
    if figure.low == figure.high:
        return Message(
            "{name} has {value} {what} ({how}).",
            name=question.name, value=shown(figure.low), what=figure.what, how=figure.how,
        )  # fmt: skip
    return Message(
        "{name} has {value} {what} ({how}), up to {most} as tools count other operations beside them.",
        name=question.name, value=shown(figure.low), what=figure.what, how=figure.how, most=shown(figure.high),
    )  # fmt: skip


def shown(value: Fraction) -> str:
    return f"{int(value):,}"


def significant(printed: Printed) -> int:
    return len(str(int(printed.value / printed.step))) if printed.step else 0


def figures_of_papers(question: Question) -> list[Published]:
    kind = question.quantity.quantity
    return [figure for figure in PUBLISHED if figure.network in question.networks and figure.quantity == kind]
