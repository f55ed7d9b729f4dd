"""What a sentence says about how it counts: with which parts, at which input, and what a FLOP is."""

from __future__ import annotations

import re
from dataclasses import dataclass

_TWO_FLOPS = re.compile(
    r"(?:multiply[- ](?:add|accumulate)s?|mult-?adds?|\bMACs?)\b[^.;。；]{0,24}?(?:\bas\b|\bis\b|\bare\b|="
    r"|\bequals?\b|counts?|for)\s?(?:as\s)?"
    r"(?:two|2)\b|(?:two|2)\s(?:FLOPs?|operations|ops)\s(?:per|for (?:a|each|every)|each|a)\s?(?:MAC|multiply|mult)?"
    r"|(?:multiplications|multiplies|products) and (?:additions|adds|sums)(?:\sare)?(?:\sboth)?\s(?:count|separate"
    r"|both)"
    r"|counting (?:both )?(?:multiplications|multiplies) and (?:additions|adds)|乘(?:法)?(?:和|与|、)加(?:法)?(?:各"
    r"|都|分别)"
    r"|(?:一次)?乘加(?:运算)?(?:算|记|计|为|=|等于)(?:作|为)?\s?(?:两|2|二)",
    re.IGNORECASE,
)
_WITH = (
    r"(?:\bwith\b|\bincluding|\bplus\b|\binclud\w{1,3}|\badding|\bcounting|together with|\band\b|含有?|包括|包含"
    r"|加上|连同|计入|算上)"
)
_WITHOUT = (
    r"(?:\bwithout\b|\bexcluding|\bexcept|\bignoring|\bno\b|\bnot counting|\bdisregarding|不含|不包括|不包含|去掉"
    r"|忽略|不计|不算|除去)"
)
_HEADS = (
    r"[^,.;，。；]{0,16}?(?:aux\w{0,6}|side)(?:[- ](?:head|classifier|branch|output|loss)\w{0,3})?"
    r"|\s?(?:\w{1,8}\s){0,2}?辅助"
)
_BIAS = r"[^,.;，。；]{0,12}?(?:bias(?:es)?\b|偏置)"
_NORM = r"[^,.;，。；]{0,12}?(?:batch[- ]?norm\w{0,10}|\bBN\b|批归一化|批量归一化)"
#: Words that say that a part is counted, or left out, with the tags of figures that they rule out.
_PARTS = (
    (re.compile(f"{_WITH}(?:{_HEADS})", re.IGNORECASE), "without heads"),
    (re.compile(f"{_WITHOUT}(?:{_HEADS})", re.IGNORECASE), "with heads"),
    (re.compile(rf"{_WITH}{_BIAS}|\bweights (?:and|\+) bias", re.IGNORECASE), "without bias"),
    (re.compile(f"{_WITHOUT}{_BIAS}|weights (?:only|alone)", re.IGNORECASE), "with bias"),
    (re.compile(f"{_WITH}{_NORM}", re.IGNORECASE), "without batch norm"),
)
_INPUT = re.compile(
    r"(?<![\d×x*.])(\d{2,4})\s?(?:×|x|\*|\\times)\s?(\d{2,4})(?!\s?(?:×|x|\*|\\times)\s?(?!3\b)\d)(?!\d|\.\d)"
)
#: Sizes that inputs have; smaller ones are maps and kernels.
_SIDES = range(64, 2049)


@dataclass(frozen=True)
class Wording:
    """``excluded`` are tags of figures that the words rule out, ``side`` an input size that is named."""

    two_flops: bool = False
    excluded: frozenset[str] = frozenset()
    side: int | None = None


def wording(sentence: str) -> Wording:
    """Read a normalised sentence.

    >>> wording("Weights and biases together, it has 138,344,128 parameters").excluded
    frozenset({'without bias'})
    >>> wording("If a multiply-add is two FLOPs, at 320×320").side
    320
    """
    found = {tag for pattern, tag in _PARTS if pattern.search(sentence)}
    if {"without heads", "without bias"} & found and re.search(r"\bwithout\b|不含|不包括", sentence):
        found -= {"without heads", "without bias"}  # "without and with its heads": each number has its own
    for both in ({"with heads", "without heads"}, {"with bias", "without bias"}):
        if both <= found:
            found -= both
    sides = {int(m[1]) for m in _INPUT.finditer(sentence) if m[1] == m[2] and int(m[1]) in _SIDES}
    side = next(iter(sides)) if len(sides) == 1 else None
    return Wording(_TWO_FLOPS.search(sentence) is not None, frozenset(found), side)
