"""Where the equations are: signs of equality in a text, and the expressions that touch them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from ..errors import ClaimError
from .expression import Node, NotComputableError, Number, number_pattern, parse
from .normalize import normalise
from .printed import read_number

#: A sign of equality; the group is set where it says "about".
SIGN = re.compile(
    r"(?P<about>\\approx(?![a-zA-Z])|≈|≃|≅|~=|约等于|约为|\bequals about\b)|(?<![<>!=:+\-*/])=+(?!>)|等于|\bequals\b|~"
)
_OPERATOR = re.compile(
    r"\\times(?![a-zA-Z])|\\cdot(?![a-zA-Z])|\\div(?![a-zA-Z])|\\[dt]?frac|\\\*|\*\*|[+\-*/^×·÷xX(){}\[\]⁰¹²³⁴⁵⁶⁷⁸⁹]"
)
#: Tokens of one side of an equation; a longer one is no arithmetic that anybody reads.
MAX_TOKENS = 4000
#: How far a word or a mark reaches; looking no further keeps long lines linear.
NEAR = 60
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


def _starts_line(level: str, at: int) -> bool:
    return at < NEAR and not level[:at].strip()


def _part_of_a_word(line: str, start: int, end: int) -> bool:
    """An ``x`` is a times sign between factors only; in ``x86``, ``max`` or ``4x cheaper`` it is a letter."""
    if line[start:end] not in ("x", "X"):
        return False
    before, after = line[max(0, start - NEAR) : start].rstrip()[-1:], line[end : end + NEAR].lstrip()[:1]
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
    level = _levelled(line)
    signs = [sign for sign in SIGN.finditer(level) if not _is_range(level, sign)]
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
        sides.append(_with_unit(line, right))
        abouts.append(sign["about"] is not None or sign[0] == "~")
        if level[right.end : segments[place + 1][1]].strip():
            # Words follow: what comes behind the next sign belongs to another claim.
            yield from _closed(level, sides, abouts)
            sides, abouts = [], []
    yield from _closed(level, sides, abouts)


#: A number that is set off by emphasis behind a sign: ``= **432**``, ``= `9` ``.
_EMPHASIS = re.compile(r"(?<=[=≈~])(\s*)(\*\*|\*|`|__|_)(\d[\d.,]*)\2(?![\w])")
#: A unit a blank behind its number: ``13.8 M``.
_APART = re.compile(r"(?<=\d) ([KMGTB])(?=FLOP|MAC|MAdd|OPs?\b|[Pp]aram|[^A-Za-z0-9_]|$)")


def _levelled(line: str) -> str:
    """The line in the grammar's alphabet, as long as before; a unit stands at its number, emphasis is blank."""
    level = normalise(line)
    level = _EMPHASIS.sub(lambda m: m[1] + " " * len(m[2]) + m[3] + " " * len(m[2]), level)
    return _APART.sub(lambda m: m[1] + " ", level)


def _with_unit(line: str, side: Side) -> Side:
    """The side up to a unit that stands a blank behind it in the line as written."""
    apart = line[side.end - 1] == " " and line[side.end : side.end + 1] in tuple("KMGTB")
    return Side(side.node, side.start, side.end + 1) if apart else side


def _is_range(level: str, sign: re.Match[str]) -> bool:
    """``10~20`` and ``5 ~ 10 ms`` are ranges; behind an expression the same sign says "about"."""
    if sign[0] != "~":
        return False
    return not re.search(r"[×*/^·)]\s*[\d.,]+\s*$|\)\s*$", level[max(0, sign.start() - 40) : sign.start()])


def _closed(level: str, sides: list[Side], abouts: list[bool]) -> Iterator[Chain]:
    if len(sides) > 1:
        start, end = sides[0].start, sides[-1].end
        short = start < NEAR and len(level) - end < NEAR
        alone = short and not (level[:start] + level[end:]).strip(" .。;；,，")
        yield Chain(tuple(sides), tuple(abouts), alone)


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
    run = _runs(level, start, _last_filler(level, start, end))[-1]
    for first, (a, _, kind) in enumerate(run[:200]):
        before = level[max(0, a - NEAR) : a].rstrip()[-1:]
        if kind == "operator" and level[a] not in "([{\\":
            if first == 0 and level[a] in "-*+" and _starts_line(level, a) and level[a + 1 : a + 2].isspace():
                continue  # the mark of a list item
            if before and (before.isalnum() or before in ")]}_"):
                return None  # "n - 1": half of the expression is no number
            if first or level[a] not in "+-":
                continue
        elif first and run[first - 1][2] == "operator" and level[run[first - 1][0]] not in "([{":
            marks_item = first == 1 and _starts_line(level, run[0][0])
            if not marks_item and not (level[run[first - 1][0]] in ")]}" and level[a - 1 : a].isspace()):
                continue
        side = _side(level, a, run[-1][1])
        if side is not None and not _belongs_to_a_name(level, a):
            return side
    return None


def _last_filler(level: str, start: int, end: int) -> int:
    for match in _FILLER.finditer(level, max(start, end - NEAR), min(len(level), end + 8)):
        if match.end() == end and match.start() > start:
            return match.start()
    return end


def _belongs_to_a_name(level: str, start: int) -> bool:
    """``ResNet-50 = …``, ``l_3 = …``, ``2.0.1 = …``: the digits are part of a name."""
    before = level[max(0, start - NEAR) : start]
    return bool(re.search(r"[A-Za-z]\s?-$|[A-Za-z_.]$|[A-Za-z]\d*[\^_]\{?$", before)) or before.endswith("#")


#: A number whose groups of digits are not all threes: a digit may be missing or doubled in one of them.
_MISGROUPED = re.compile(r"\d{1,3}(?:,\d{1,5})+(?![\d,.])")


def _beginning(level: str, start: int, end: int) -> Side | None:
    """The longest expression that begins at ``start``."""
    run = _runs(level, start, end)[0]
    if not run or level[start : run[0][0]].strip(" *"):
        return None
    first = run[0][0]
    misgrouped = _MISGROUPED.match(level, first, end)
    if misgrouped and run[0][1] < misgrouped.end() and sum(map(str.isdigit, misgrouped[0])) > 4:
        node = Number((first, misgrouped.end()), 1, read_number(misgrouped[0].replace(",", "")))
        return Side(node, first, misgrouped.end())
    for last in range(len(run) - 1, max(-1, len(run) - 200), -1):
        stop = run[last][1]
        if run[last][2] == "operator" and level[stop - 1] not in ")]}⁰¹²³⁴⁵⁶⁷⁸⁹":
            continue
        side = _side(level, first, stop)
        if side is not None:
            return None if _goes_on(level, run, last) else side
    return None


def _goes_on(level: str, run: list[tuple[int, int, str]], last: int) -> bool:
    """Whether something sticks to the end of an expression, so that it is only a part of what is said."""
    stop = run[last][1]
    if last + 1 < len(run):
        # "28 - k": the sign is left over, since its other side is no number.
        return run[last + 1][2] == "operator" and level[run[last + 1][0]] in "+-*/^×·÷xX"
    following = level[stop : stop + 2]
    if not (following[:1].isascii() and following[:1].isalpha()) or run[last][2] != "number":
        return False
    if level[stop - 1].isalpha():
        return False  # a unit, with its word behind it: MFLOPs
    return not (following[0] in "xX" and not following[1:].isalnum())


def _side(level: str, start: int, end: int) -> Side | None:
    try:
        return Side(parse(level, start=start, end=end, normal=True), start, end)
    except NotComputableError:
        return None
