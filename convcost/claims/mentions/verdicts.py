"""What becomes of a number that is said of a network: looked up among all that the network is known by."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction

from ...messages import Message
from .figures import MACS, Figure, figures
from .questions import Judgement, Question, figures_of_papers, has, known, shown, significant, worth
from .slips import explained, wrong


def judged(question: Question) -> Judgement | None:
    """The verdict, or ``None`` where nothing can be said.

    >>> from .quantities import quantities
    >>> (number,) = quantities("26.5M parameters")
    >>> found = judged(Question("ResNet-50", ("resnet50",), number, "26.5M", tight=True))
    >>> found.verdict, found.reason, int(found.computed), found.right
    ('wrong', 'misprint', 25557032, '25.6M')
    """
    usual = [figure for network in question.networks for figure in known(network, question)]
    meant = [figure for figure in usual if not figure.tags & question.wording.excluded]
    if not meant:
        return None
    if question.quantity.bound:
        return _bounded(question, meant)
    for figure in meant:
        verdict = question.fits(figure)
        if verdict:
            return Judgement(verdict, None, worth(question, figure), _holds(question, figure))
    return _in_1024(question, meant) or _published(question) or _classes(question) or explained(question, meant, usual)


def _holds(question: Question, figure: Figure) -> Message:
    told = has(question, figure)
    said = question.quantity.word
    if figure.what == MACS and not question.quantity.counts_macs and "flop" in said.lower():
        return Message.joined(told, Message("The text calls multiply-accumulates FLOPs."))
    return told


# -- other ways to be right -------------------------------------------------------------------------------------------


def _in_1024(question: Question, meant: Iterable[Figure]) -> Judgement | None:
    """Some tables count in units of 1024; with two figures that would fit too much."""
    binary = question.printed.counted_in_1024()
    if binary is None or significant(question.printed) < 3:
        return None
    for figure in meant:
        if figure.plain and figure.fits(binary):
            unit = Message("It holds with 1 {unit} = {size}.", unit=question.printed.unit, size=shown(binary.scale))
            return Judgement("holds-rounded", None, figure.low, Message.joined(has(question, figure), unit))
    return None


def _published(question: Question) -> Judgement | None:
    for figure in figures_of_papers(question):
        if figure.value == question.printed.value:
            usual = [each for each in known(figure.network, question) if each.plain or figure.holds]
            first = min(usual, key=lambda each: each.distance(figure.value))
            if not figure.holds:
                why = Message(
                    "{name} has it from {source} ({why}), whose own network has {value}.",
                    name=question.name, source=figure.source, why=figure.why, value=shown(first.low),
                )  # fmt: skip
                return Judgement("unverifiable", None, first.low, why)
            why = Message("{source} prints this figure: {why}.", source=figure.source, why=figure.why)
            return Judgement("holds-rounded", None, first.low, Message.joined(why, has(question, first)))
    return None


def _classes(question: Question) -> Judgement | None:
    """Params printed in full that are those of the network with another number of classes."""
    if question.quantity.quantity != "params" or not question.printed.exact:
        return None
    for network in question.networks:
        found = figures(network)
        classes, rest = divmod(question.printed.value.numerator - found.headless, found.per_class)
        if rest == 0 and 0 < classes <= 30_000 and classes != 1000:
            why = Message("{name} has so many with {classes} classes.", name=question.name, classes=classes)
            return Judgement("holds", None, question.printed.value, why)
    return None


def _bounded(question: Question, meant: Sequence[Figure]) -> Judgement | None:
    """A bound holds if some way to count lies on its side, and is wrong where none does by far."""
    stated, over = question.printed.value, question.quantity.bound == "over"
    for figure in meant:
        if figure.high >= stated if over else figure.low <= stated:
            return Judgement("holds", None, figure.low, _holds(question, figure)) if _is_near(figure, stated) else None
    nearest = min(meant, key=lambda figure: figure.distance(stated))
    if nearest.distance(stated) <= Fraction(1, 20) or question.fits(nearest) or not question.tight:
        return None
    return wrong(question, nearest)


def _is_near(figure: Figure, stated: Fraction) -> bool:
    return 2 * stated > figure.low and stated < 2 * figure.high
