"""Numbers that do not say what they count, because the sentence has said it before."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from ..loose import loose
from .names import Name
from .quantities import Quantity


@dataclass(frozen=True)
class Owned:
    """A number and the network that it is said of. ``tight`` says that the grammar leaves no doubt; ``rivals`` are the
    other networks of the sentence.
    """

    name: Name
    quantity: Quantity
    tight: bool
    rivals: tuple[Name, ...] = ()


_KINDS = {
    "params": re.compile(r"param|weights|参数|權重|权重|參數", re.IGNORECASE),
    "operations": re.compile(r"flops|macs?\b|madd|mult|operations|运算|乘加|计算量|乘法", re.IGNORECASE),
}
#: Right behind the name: ``AlexNet (60M)``, ``AlexNet: 60M``, ``AlexNet with its 60M``.
_BEHIND_NAME = loose(
    r"\s?(?:'s|’s)?\s?[(:：,]?\s?(?:(?:comes|with|has|its|only|about|around|of|at|in|is|约|~|≈|有|为|是|的|仅"
    r"|只有)\s?){0,3}"
)
#: Behind the same number in full: ``7,978,856 parameters (about 8 million)``.
_AGAIN = loose(r"\s?[(,，]\s?(?:(?:or|i\.e\.?,?|about|roughly|approximately|around|约|即|~|≈|大约)\s?){0,2}")
#: What may follow a number that has no noun of its own.
_END = loose(r"\s?(?:[,，;；:).。、|\n]|$|\(|with\b|without\b|and\b|(?:个|個)?(?:[,，。；、]|$)|和|与|而|比)")
_RESPECTIVELY = re.compile(r"\brespectively\b|分别|各有", re.IGNORECASE)


def inherited(
    level: str, sentence: tuple[int, int], quantity: Quantity, found: Owned | None, told: Sequence[Owned], own: set[str]
) -> Owned | None:
    """A number without a noun as one of what the sentence counts, and of its network.

    ``own`` is what other numbers of that network say that they count: it is not said twice.
    """
    if _END.match(level, quantity.end, sentence[1]) is None:
        return None
    last = told[-1] if told else None
    if last and last.quantity.whole[1] <= quantity.start:
        between = level[last.quantity.whole[1] : quantity.start]
        if _AGAIN.fullmatch(between) and last.quantity.quantity != "depth":
            same = replace(quantity, quantity=last.quantity.quantity, word=last.quantity.word, about=True)
            return replace(last, quantity=same, tight=False) if _is_same(last.quantity, quantity) else None
    if found is None or not found.tight:
        return None
    kinds = [kind for kind, word in _KINDS.items() if word.search(level, *sentence)]
    if len(kinds) == 1 and kinds[0] not in own and (quantity.printed.exact or _is_behind(level, found)):
        return replace(found, quantity=replace(quantity, quantity=kinds[0]))
    parallel = _parallel(found, told)
    if parallel is not None and _is_behind(level, found):
        return replace(found, quantity=replace(quantity, quantity=parallel.quantity, word=parallel.word))
    return None


def _is_same(first: Quantity, again: Quantity) -> bool:
    """Whether two numbers may say the same, one of them rounded."""
    return abs(first.printed.value - again.printed.value) * 10 < first.printed.value


def _is_behind(level: str, found: Owned) -> bool:
    return _BEHIND_NAME.fullmatch(level, found.name.end, found.quantity.start) is not None


def _parallel(found: Owned, told: Sequence[Owned]) -> Quantity | None:
    """The first number that is said of the network before: ``A has 12M parameters and 2 GMACs, B 22M and 4 GMACs``."""
    others = [each for each in told if each.name != found.name]
    if not others or any(each.name == found.name for each in told):
        return None
    first = next(each for each in others if each.name == others[-1].name)
    return first.quantity if first.quantity.quantity != "depth" else None


def respective(level: str, sentence: tuple[int, int], known: Sequence[Name], inside: Sequence[Quantity]) -> list[Owned]:
    """``A and B have 12M and 22M parameters respectively``: as many numbers of one kind as names."""
    if len(known) < 2 or not all(name.plain for name in known) or not _RESPECTIVELY.search(level, *sentence):
        return []
    behind = [quantity for quantity in inside if quantity.start > known[-1].end]
    said = [quantity.quantity for quantity in behind if quantity.quantity]
    if len(behind) != len(known) or len(set(said)) != 1:
        return []
    word = next(quantity.word for quantity in behind if quantity.quantity)
    same = [replace(quantity, quantity=said[0], word=quantity.word or word) for quantity in behind]
    return [Owned(name, quantity, tight=True) for name, quantity in zip(known, same, strict=True)]
