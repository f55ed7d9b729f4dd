"""Where the equations are: relations in a text, and the expressions that touch them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from ..errors import ClaimError
from .counted import in_bytes_by_word
from .documents import Passage
from .expression import Node, Number, Product, Sum, number_pattern
from .relations import SIGN, WEAK, Relation, relation
from .sides import MAX_TOKENS, Side, SideReader
from .spelling import levelled
from .tokens import NEAR, runs, tokens
from .words import alternatives

__all__ = ["MAX_TOKENS", "Chain", "Side", "chains", "chains_of"]

_HAS_DIGIT = re.compile(r"\d")
#: What a number counts when it is not the worth of the expression before it.
_OTHER_COUNT = re.compile(
    r"\s{0,2}"
    + alternatives(
        r"-|×|x\b|times\b|fold\b|倍|%|％|分之",
        "层|个(?:卷积|层|通道|分支|类)",
        r"layers?\b|channels?\b|filters?\b|kernels?\b|classes\b",
        r"blocks?\b|images?\b|epochs?\b|convolutions?\b",
        # The number goes on, or is one end of a range.
        r"(?:\d|,\d|\.\d)|[–~-]\s?\d|to\s\d|and\s\d|or\s\d|到|至|[xX×]\s?\d",
    ),
    re.IGNORECASE,
)
#: Signs behind a value that lead to another one.
_LEADS_ON = re.compile("[:：→]")
#: Words behind a value that begin a total.
_SUMS_UP = re.compile(r"总|合计|共|total|sums? to|adds? up", re.IGNORECASE)
_BLANK = r"[^\S\n]"
#: Where a bracket closes that explains a number, with nothing else behind it that is computed.
_CLOSED = re.compile(r"[^()=≈\n]{0,16}\)(?!\s?[/*×+^(-])")
_NUMBER_WITH_UNIT = r"\d[\d,._]{2,24}(?:\s?(?:[KMG]?i?B|[KMG])(?![A-Za-z0-9])|\s?[万亿])?"
_COMMENT = rf"[);,]{{0,2}}{_BLANK}{{1,80}}(?://|/\*|#)|;{_BLANK}{{0,20}}(?://|/\*)"
#: A number with its noun, and what opens the expression behind it: a bracket, or the mark of a comment.
_EXPLAINED = re.compile(
    rf"(?<![A-Za-z0-9_.,×*/^+\-])(?<![,，]\s)(?P<number>{_NUMBER_WITH_UNIT})"
    rf"(?:{_BLANK}{{0,2}}(?:的|个|次)?{_BLANK}?(?!(?:[xX]|times|by|and|or|plus|minus|to)\b)[A-Za-z\u4e00-\u9fff]{{1,16}}){{0,2}}{_BLANK}{{0,2}}"
    rf"(?:\((?:{_BLANK}?(?:=|即|i\.e\.|from))?|{_COMMENT}){_BLANK}{{0,3}}(?=[\d(])"
)


@dataclass(frozen=True)
class Chain:
    """``a = b ≈ c``: the sides, and the relations between them.

    ``alone`` says that nothing else stands in the text: then even "number = number" is a claim. ``weak`` says that
    words stand for the sign.
    """

    sides: tuple[Side, ...]
    relations: tuple[Relation, ...]
    alone: bool
    weak: bool = False


def chains(text: str, level: str, *, wrapped: bool = False, letters: bool = False) -> Iterator[Chain]:
    """The chains of equations of one passage; ``level`` is its text levelled (``normalize`` and ``spelling``).

    ``letters`` takes single letters for sizes, and finds chains over signs only.

    >>> def places(text):
    ...     return [[(side.start, side.end) for side in chain.sides] for chain in chains(text, text)]
    >>> places("so 3×3 = 9, and 2 + 2 = 4 = 2×2")
    [[(3, 6), (9, 10)], [(16, 21), (24, 25), (28, 31)]]
    >>> places("3×3×48×80 weights, or about 34,560")
    [[(0, 9), (28, 34)]]
    """
    scan = _Scan(SideReader(text, level, wrapped, letters))
    found = list(scan.strong())
    yield from found
    if not letters:
        yield from scan.weak({side.end: side for chain in found for side in chain.sides[-1:]})
        yield from scan.explained()


def chains_of(passage: Passage) -> tuple[Chain, ...]:
    """The chains of a passage, found once; raises :class:`ClaimError` for what is over a limit."""
    found = passage.notes.get("chains")
    if found is None:
        try:
            level = levelled(passage.level) if _HAS_DIGIT.search(passage.level) else ""
            found = tuple(chains(passage.text, level, wrapped=passage.kind == "math")) if level else ()
        except ClaimError as error:
            found = error
        passage.notes["chains"] = found
    if isinstance(found, ClaimError):
        raise found
    return found  # type: ignore[return-value]  # notes hold anything


class _Scan:
    """The three ways in which an expression and its worth stand beside each other."""

    def __init__(self, sides: SideReader) -> None:
        self.sides, self.level = sides, sides.level

    def strong(self) -> Iterator[Chain]:
        """Chains over signs."""
        level = self.level
        signs = [sign for sign in SIGN.finditer(level) if not _is_range(level, sign)]
        edges = [0, *(edge for sign in signs for edge in sign.span()), len(level)]
        segments = [*zip(edges[::2], edges[1::2], strict=True)]
        sides: list[Side] = []
        said: list[Relation] = []
        for place, sign in enumerate(signs):
            left = sides[-1] if sides else self.sides.ending(*segments[place])
            right = self.sides.beginning(*segments[place + 1])
            if left is None or right is None:
                yield from self._closed(sides, said)
                sides, said = [], []
                continue
            sides = [*(sides or [left]), self.sides.with_unit(right)]
            said.append(relation(sign))
            if level[self.sides.past_filler(right.end) : segments[place + 1][1]].strip():
                # Words follow: what comes behind the next sign belongs to another claim.
                yield from self._closed(sides, said)
                sides, said = [], []
        yield from self._closed(sides, said)

    def _closed(self, sides: list[Side], said: list[Relation]) -> Iterator[Chain]:
        if len(sides) > 1:
            start, end = sides[0].start, sides[-1].end
            short = start < NEAR and len(self.level) - end < NEAR
            alone = short and not (self.level[:start] + self.level[end:]).strip(" .。;；,，\n")
            yield Chain(tuple(sides), tuple(said), alone)

    def weak(self, ends: dict[int, Side]) -> Iterator[Chain]:
        """Two sides with words between them; ``ends`` are the last sides of chains, which may go on in words."""
        for run in runs(tokens(self.level, wrapped=self.sides.wrapped), MAX_TOKENS):
            start, end = run[0].start, run[-1].end
            goes_on, in_bytes = end in ends, in_bytes_by_word(self.level, end)
            words = self._words_behind(end) if len(run) > 2 or goes_on or in_bytes else None
            if words is None or (goes_on and _to_another(words[0])):
                continue
            left = ends.get(end) or self.sides.ending(start, end)
            if left is None or not (goes_on or in_bytes or _is_expression(left.node)):
                continue
            right = self._value_behind(words.end())
            if right is None or not (goes_on or _may_be_worth(left.node, right.node)):
                continue
            ends[right.end] = right
            yield Chain((left, right), (relation(words),), alone=False, weak=True)

    def _words_behind(self, end: int) -> re.Match[str] | None:
        """Words behind an expression, on its line, that may say what it is worth."""
        past = self.sides.past_filler(end)
        words = WEAK.match(self.level, past)
        if words is None or not words[0].strip(" ,，;；") or "\n" in words[0]:
            return None
        return None if SIGN.match(self.level, past + _blanks(self.level, past)) else words

    def _value_behind(self, at: int) -> Side | None:
        """A number behind words, unless it counts something else: ``3×3 is 2 layers``, ``is 4 times``."""
        side = self.sides.beginning(at, min(len(self.level), at + 2 * NEAR))
        if side is None or not isinstance(side.node, Number) or _OTHER_COUNT.match(self.level, side.end):
            return None
        return self.sides.with_unit(side)

    def explained(self) -> Iterator[Chain]:
        """``102,422,400 (5×5×192×32×28×28)``, ``7776; // 3×3×…``: a number, and the expression that it is worth."""
        for match in _EXPLAINED.finditer(self.level):
            number = number_pattern().match(self.level, match.start())
            if number is None or number.end() > match.end("number"):
                continue
            left = self.sides.read(match.start(), number.end())
            run = next(runs(tokens(self.level[match.end() : match.end() + 4 * NEAR]), MAX_TOKENS), [])
            if left is None or not run or run[0].start > 1:
                continue
            right = self.sides.beginning(match.end(), match.end() + run[-1].end)
            if right is None or ("(" in match[0] and not _CLOSED.match(self.level, right.end)):
                continue
            if _is_expression(right.node):
                said = Relation(about="约" in match[0] or "~" in match[0])
                yield Chain((left, right), (said,), alone=False, weak=True)


def _to_another(words: str) -> bool:
    """``… = 64, in total 128``, ``… = 44.352 → 44``: the number is that of several, or a new one."""
    return bool(_SUMS_UP.search(words) or _LEADS_ON.search(words))


def _may_be_worth(left: Node, right: Node) -> bool:
    """``4 bytes, 16 channels``: of a number alone, only a size says once more how many bytes there are."""
    return not isinstance(left, Number) or (isinstance(right, Number) and right.printed.byte_power > 0)


def _is_expression(node: Node) -> bool:
    """Whether words may speak of its worth: a sum, or a product that is more than the size of a kernel."""
    if isinstance(node, Sum):
        return any(not isinstance(term, Number) for _, term in node.parts) or len(node.parts) > 2
    if not isinstance(node, Product):
        return False
    return len(node.parts) > 2 or all(isinstance(f, Number) and f.printed.value >= 64 for _, f in node.parts)


def _blanks(level: str, at: int) -> int:
    piece = level[at : at + NEAR]
    return len(piece) - len(piece.lstrip(" "))


def _is_range(level: str, sign: re.Match[str]) -> bool:
    """``10~20`` and ``5 ~ 10 ms`` are ranges; behind an expression the same sign says "about"."""
    if sign[0].strip() not in ("~", "\\sim"):
        return False
    return not re.search(r"[×*/^·)]\s*[\d.,]+\s*$|\)\s*$", level[max(0, sign.start() - 40) : sign.start()])
