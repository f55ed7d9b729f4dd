"""Where the equations are: signs of equality in a text, and the expressions that touch them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from ..errors import ClaimError
from .expression import Node, NotComputableError, number_pattern, parse
from .normalize import normalise

#: A sign of equality; the group is set where it says "about".
SIGN = re.compile(
    r"(?P<about>\\approx(?![a-zA-Z])|≈|≃|≅|~=|约等于|约为|\bequals about\b)|(?<![<>!=:+\-*/])=+(?!>)|等于|\bequals\b|~"
)
_OPERATOR = re.compile(
    r"\\times(?![a-zA-Z])|\\cdot(?![a-zA-Z])|\\div(?![a-zA-Z])|\\[dt]?frac|\\\*|\*\*|[+\-*/^×·÷xX(){}\[\]⁰¹²³⁴⁵⁶⁷⁸⁹]"
)
#: Tokens of one side of an equation; a longer one is no arithmetic that anybody reads.
MAX_TOKENS = 4000
#: Words that may stand between a number and its sign without changing what is said, such as units of counts.
_FILLER = re.compile(
    r"\s*(?:\*\*|MACs?|FLOPs?|MAdds?|mult-adds?|multiply-adds?|multiplications?|parameters|params|weights|operations|ops|"
    r"次乘法|次运算|次|个参数|个|参数)\s*(?=[=≈~]|\\approx|约|等于)",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Side:
    """An expression beside a sign of equality, and where it stands in the line."""

    node: Node
    start: int
    end: int


@dataclass(frozen=True)
class Chain:
    """``a = b ≈ c``: the sides, and for each sign between them whether it says "about"."""

    sides: tuple[Side, ...]
    about: tuple[bool, ...]
    #: Whether nothing else stands in the line: then even "number = number" is a claim.
    alone: bool


def tokens(line: str) -> list[tuple[int, int, str]]:
    """Numbers and operators of a normalised line, with their places; anything else parts two runs (an empty kind).

    >>> [kind for _, _, kind in tokens("is 3×3")]
    ['', 'number', 'operator', 'number']
    """
    found = []
    at, word_end = 0, -1
    number = number_pattern()
    while at < len(line):
        if line[at].isspace():
            at += 1
            continue
        match = number.match(line, at)
        glued = at > 0 and (
            (line[at - 1].isalpha() and line[at - 1].isascii() and line[at - 1] not in "xX") or line[at - 1] == "_"
        )
        if match and not (glued and word_end == at):
            end = match.end()
            found.append((at, end, "number"))
            at = end
            continue
        match = _OPERATOR.match(line, at)
        if match and not _part_of_a_word(line, at, match.end()):
            found.append((at, match.end(), "operator"))
            at = match.end()
            continue
        end = at + 1
        if line[at].isascii() and (line[at].isalpha() or line[at] in "_\\"):
            while end < len(line) and line[end].isascii() and (line[end].isalnum() or line[end] in "_"):
                end += 1
        if not found or found[-1][2] or found[-1][1] != at:
            found.append((at, end, ""))
        else:
            found[-1] = (found[-1][0], end, "")
        at = word_end = end
    return found


def _part_of_a_word(line: str, start: int, end: int) -> bool:
    """An ``x`` is a times sign between factors only; in ``x86``, ``max`` or ``4x cheaper`` it is a letter."""
    if line[start:end] not in ("x", "X"):
        return False
    before, after = line[:start].rstrip()[-1:], line[end:].lstrip()[:1]
    if start and line[start - 1].isalpha():
        return True
    return not (
        before and (before.isdigit() or before in ")]}⁰¹²³⁴⁵⁶⁷⁸⁹") and after and (after.isdigit() or after in "([{\\")
    )


def chains(line: str) -> Iterator[Chain]:
    """The chains of equations of one line.

    >>> [[(side.start, side.end) for side in chain.sides] for chain in chains("so 3×3 = 9, and 2 + 2 = 4 = 2×2")]
    [[(3, 6), (9, 10)], [(16, 21), (24, 25), (28, 31)]]
    """
    level = normalise(line)
    signs = [*SIGN.finditer(level)]
    if not signs:
        return
    edges = [0, *(edge for sign in signs for edge in sign.span()), len(level)]
    segments = [*zip(edges[::2], edges[1::2], strict=True)]
    sides: list[Side] = []
    abouts: list[bool] = []
    for place, sign in enumerate(signs):
        left = _ending(level, *segments[place]) if not sides else sides[-1]
        right = _beginning(level, *segments[place + 1])
        if left is None or right is None:
            yield from _closed(level, sides, abouts)
            sides, abouts = [], []
            continue
        if not sides:
            sides = [left]
        sides.append(right)
        abouts.append(sign["about"] is not None or sign[0] == "~")
        if level[right.end : segments[place + 1][1]].strip():
            # Words follow: what comes behind the next sign belongs to another claim.
            yield from _closed(level, sides, abouts)
            sides, abouts = [], []
    yield from _closed(level, sides, abouts)


def _closed(level: str, sides: list[Side], abouts: list[bool]) -> Iterator[Chain]:
    if len(sides) > 1:
        rest = (level[: sides[0].start] + level[sides[-1].end :]).strip(" .。;；,，")
        yield Chain(tuple(sides), tuple(abouts), not rest)


def _runs(level: str, start: int, end: int) -> list[list[tuple[int, int, str]]]:
    """Tokens between two places, cut into runs of arithmetic."""
    runs: list[list[tuple[int, int, str]]] = [[]]
    for a, b, kind in tokens(level[start:end]):
        if kind:
            runs[-1].append((a + start, b + start, kind))
        else:
            runs.append([])
    if max(map(len, runs)) > MAX_TOKENS:
        raise ClaimError(f"one side of an equation has more than {MAX_TOKENS} parts", fix="take it apart")
    return runs


def _ending(level: str, start: int, end: int) -> Side | None:
    """The longest expression that ends at ``end`` (words such as "MACs" may stand between)."""
    filler = _last_filler(level, start, end)
    run = _runs(level, start, filler)[-1]
    for first, (a, _, kind) in enumerate(run):
        if kind == "operator" and level[a] not in "([{+-\\":
            continue
        if first and first > 200:
            return None
        side = _side(level, a, run[-1][1])
        if side is not None and not _belongs_to_a_name(level, a):
            return side
    return None


def _last_filler(level: str, start: int, end: int) -> int:
    for match in _FILLER.finditer(level[: end + 8], start):
        if match.end() == end and match.start() > start:
            return match.start()
    return end


def _belongs_to_a_name(level: str, start: int) -> bool:
    """``ResNet-50 = …``, ``l_3 = …``, ``2.0.1 = …``: the digits are part of a name."""
    before = level[:start]
    return bool(re.search(r"[A-Za-z]\s?-$|[A-Za-z_.]$|[A-Za-z]\d*[\^_]\{?$", before)) or before.endswith("#")


def _beginning(level: str, start: int, end: int) -> Side | None:
    """The longest expression that begins at ``start``."""
    run = _runs(level, start, end)[0]
    if not run or level[start : run[0][0]].strip(" *"):
        return None
    for last in range(len(run) - 1, max(-1, len(run) - 200), -1):
        stop = run[last][1]
        if run[last][2] == "operator" and level[stop - 1] not in ")]}⁰¹²³⁴⁵⁶⁷⁸⁹":
            continue
        side = _side(level, run[0][0], stop)
        if side is not None:
            if level[stop : stop + 1].isascii() and level[stop : stop + 1].isalpha() and run[last][2] == "number":
                # A letter sticks to the number: 16C, 3a. It says something else than the number.
                return None
            return side
    return None


def _side(level: str, start: int, end: int) -> Side | None:
    try:
        return Side(parse(level, start=start, end=end, normal=True), start, end)
    except NotComputableError:
        return None
