"""Why a number that is said of a network is wrong; nothing where there is doubt."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from fractions import Fraction

from ...messages import Message
from ..diagnosis import Case, Diagnosis, diagnose
from ..expression import Number
from ..printed import read_number, written_like
from .figures import FLOPS, MACS, Figure
from .questions import Judgement, Question, figures_of_papers, has, known, shown, significant
from .variants import VARIANTS

#: Numbers nearer than this to a known one are taken for another way to count, unless a digit is wrong.
NEAR = Fraction(3, 200)
#: Numbers further off than this from all known ones are wrong without an explanation; tools differ in operations.
_FAR_PARAMS, _FAR_OPERATIONS = Fraction(1, 10), Fraction(1, 4)
_SPECIFIC = ("unit", "misprint", "factor-2")


def explained(question: Question, meant: Sequence[Figure], usual: Sequence[Figure]) -> Judgement | None:
    """Wrong, where a reason is found or the grammar leaves no doubt; unverifiable or nothing where there is doubt."""
    for figure in usual:
        if figure not in meant and question.fits(figure) and meant:
            return _left_out(question, figure, meant[0])
    doubled = _factor_2(question, meant)
    if doubled is not None:
        return doubled
    if question.quantity.quantity == "depth":
        return _depth(question, meant)
    rival = _copied(question, question.rivals)
    if rival is not None and not question.tight:
        return None
    return rival or _copied(question, _family(question.networks)) or _slipped(question, meant)


def _left_out(question: Question, figure: Figure, right: Figure) -> Judgement:
    """A number that is right for another count than the words tell."""
    reason = "bias" if any("bias" in tag for tag in figure.tags & question.wording.excluded) else "missing-term"
    why = Message("{value} is the number {how}", value=shown(figure.low), how=figure.how)
    return wrong(question, right, Diagnosis(reason, why))


def _factor_2(question: Question, meant: Sequence[Figure]) -> Judgement | None:
    """The other of MACs and FLOPs, where the words tell which."""
    if question.quantity.quantity != "operations":
        return None
    for figure in meant:
        if figure.what == MACS and question.quantity.counts_macs and question.fits(figure.times(2, FLOPS)):
            why = Message("the printed number is that of the FLOPs, two for each multiply-accumulate")
            return wrong(question, figure, Diagnosis("factor-2", why))
        if figure.what == FLOPS and question.wording.two_flops and question.fits(_halved(figure)):
            why = Message("the printed number is that of the MACs, half of the FLOPs")
            return wrong(question, figure, Diagnosis("factor-2", why))
        if figure.what == FLOPS and question.tight and question.fits(figure.times(2, FLOPS)):
            return wrong(question, figure, Diagnosis("factor-2", Message("the printed number is twice the FLOPs")))
    return None


def _halved(figure: Figure) -> Figure:
    return Figure(figure.low / 2, figure.high / 2, MACS, figure.how, figure.plain, figure.tags)


def _depth(question: Question, meant: Sequence[Figure]) -> Judgement | None:
    """Without a word for layers with weights, whoever counts pools or activations has more of them."""
    strict = any(word in question.around for word in ("deep", "weight", "深", "权"))
    if not question.tight or not meant or not (strict or question.printed.value < meant[0].low):
        return None
    return _copied(question, _family(question.networks)) or _slipped(question, meant)


def _family(networks: Iterable[str]) -> tuple[str, ...]:
    """Networks of the same name and another size, from which a number may be copied."""
    stems = {network.rstrip("0123456789_") for network in networks}
    return tuple(name for name in VARIANTS if name.rstrip("0123456789_") in stems and name not in networks)


def _copied(question: Question, others: Iterable[str]) -> Judgement | None:
    """The number of another network."""
    if not question.printed.exact and significant(question.printed) < 3 and not set(others) & set(question.rivals):
        return None
    for other in others:
        for figure in known(other, question):
            if figure.plain and question.fits(figure):
                right = known(question.networks[0], question)[0]
                why = Message("the printed number is that of {other}", other=other)
                return wrong(question, right, Diagnosis("wrong-operand", why))
    return None


def _slipped(question: Question, meant: Sequence[Figure]) -> Judgement | None:
    """A slip of digits or units; without one, only what is far from everything and plainly said is wrong."""
    worths = [(figure, figure.low) for figure in meant]
    for paper in figures_of_papers(question):
        worths += [(min(meant, key=lambda each: each.distance(paper.value)), paper.value)] * paper.holds
    explained = [(figure, diagnose(_case(question, value))) for figure, value in worths]
    figure, found = min(explained, key=lambda each: _rank(question, *each))
    nearest = min(meant, key=lambda each: each.distance(question.printed.value))
    near = nearest.distance(question.printed.value)
    if _is_specific(question, found) and (near > NEAR or found.reason != "misprint" or _is_sure(question, found)):
        return wrong(question, figure, found)
    cut = diagnose(_case(question, meant[0].low))
    if cut.reason == "rounding" and question.tight and significant(question.printed) > 2:
        return wrong(question, meant[0], cut)
    if near <= NEAR or any(each.reason == "rounding" for _, each in explained):
        why = Message("No way to count gives this number.")
        return Judgement("unverifiable", None, nearest.low, Message.joined(has(question, nearest), why))
    if question.quantity.quantity == "operations" and _is_of_a_batch(question, meant):
        return None
    far = _FAR_OPERATIONS if question.quantity.quantity == "operations" else _FAR_PARAMS
    if not question.tight or (near <= far and not question.printed.exact):
        return None
    plain = [each for each in meant if each.plain] or [nearest]
    right = min(plain, key=lambda each: each.distance(question.printed.value))
    if right.distance(question.printed.value) > Fraction(1, 2):
        right = plain[0]
    return wrong(question, right, Diagnosis("arithmetic", Message("no simpler slip explains the difference")))


def _is_of_a_batch(question: Question, meant: Sequence[Figure]) -> bool:
    """A small multiple of what one image costs, to the last digit."""
    return any(
        question.fits(figure.times(size, figure.what)) for figure in meant for size in (3, 4, 8, 16, 32, 64, 128)
    )


def _is_specific(question: Question, found: Diagnosis) -> bool:
    """Of two figures any number shares one with any other: there only transposed ones are a slip."""
    if found.reason == "misprint" and significant(question.printed) < 3:
        return _transposed(found)
    return found.reason in _SPECIFIC


def _rank(question: Question, figure: Figure, found: Diagnosis) -> tuple[int, bool, Fraction]:
    order = ("factor-2", "misprint", "unit", "rounding")
    place = order.index(found.reason) if found.reason in order else len(order)
    if found.reason == "misprint" and not _is_specific(question, found):
        place = len(order)
    return place, not figure.plain, figure.distance(question.printed.value)


def _is_sure(question: Question, found: Diagnosis) -> bool:
    """Whether a slip so near to the right number is no other way to count: many digits, or two of them transposed."""
    return significant(question.printed) >= 5 or _transposed(found)


def _transposed(found: Diagnosis) -> bool:
    shown, meant = str(found.why.values.get("shown", "")), str(found.why.values.get("meant", ""))
    return len(shown) == 2 and shown == meant[::-1]


def _case(question: Question, value: Fraction) -> Case:
    node = Number((0, 0), 1, read_number(str(int(value))))
    return Case(node, value, question.printed, question.text, question.quantity.about)


def wrong(question: Question, figure: Figure, found: Diagnosis | None = None) -> Judgement:
    reason, why = (found.reason, found.why) if found else ("arithmetic", Message("the bound does not hold"))
    printed = Message("Printed is {printed}: {why}.", printed=question.text, why=why)
    right = _right(question, figure.low)
    told = Message("Right: {right}.", right=right)
    return Judgement("wrong", reason, figure.low, Message.joined(has(question, figure), printed, told), right)


def _right(question: Question, value: Fraction) -> str:
    """The right number as the printed one is written; in full where its unit leaves nothing of it."""
    printed = question.printed
    if printed.exact or value >= 5 * printed.step:
        return written_like(question.text, printed, value)
    if value < printed.scale:
        return shown(value)
    tenth = written_like("0.0", read_number("0.0"), value / printed.scale)
    return re.sub(r"\d+", tenth, question.text, count=1)
