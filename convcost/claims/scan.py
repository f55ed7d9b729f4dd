"""Where the equations are: relations in a text, and the expressions that touch them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from ..errors import ClaimError
from ..messages import Message
from .counted import FILLER, in_bytes_by_word
from .documents import Passage
from .expression import Node, NotComputableError, Number, Product, Sum, number_pattern, parse
from .printed import read_number
from .relations import SIGN, WEAK, Relation, relation
from .spelling import levelled
from .tokens import CLOSING, NEAR, OPENING, Word, tokens

#: Words of one side of an equation; a longer one is no arithmetic that anybody reads.
MAX_TOKENS = 4000


@dataclass(frozen=True)
class Side:
    """An expression beside a relation, and where it stands in the text."""

    node: Node
    start: int
    end: int


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
    reader = _Reader(text, level, wrapped, letters)
    found = list(reader.strong())
    yield from found
    if not letters:
        yield from reader.weak({side.end: side for chain in found for side in chain.sides[-1:]})
        yield from reader.explained()


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


_HAS_DIGIT = re.compile(r"\d")


#: Where a bracket closes that explains a number, with nothing else behind it that is computed.
_CLOSED = re.compile(r"[^()=≈\n]{0,16}\)(?!\s?[/*×+^(-])")
#: A number with its noun, and what opens the expression behind it: a bracket, or the mark of a comment.
_EXPLAINED = re.compile(
    r"(?<![A-Za-z0-9_.,×*/^+\-])(?<![,，]\s)(?P<number>\d[\d,._]{2,24}(?:\s?(?:[KMG]?i?B|[KMG])(?![A-Za-z0-9])|\s?[万亿])?)"
    r"(?:[^\S\n]{0,2}(?:的|个|次)?[^\S\n]?[A-Za-z\u4e00-\u9fff]{1,16}){0,2}[^\S\n]{0,2}"
    r"(?:\((?:[^\S\n]?(?:=|即|i\.e\.|from))?|[);,]{0,2}[^\S\n]{1,80}(?://|/\*|#)|;[^\S\n]{0,20}(?://|/\*))[^\S\n]{0,3}(?=[\d(])"
)


class _Reader:
    def __init__(self, text: str, level: str, wrapped: bool, letters: bool) -> None:
        self.text, self.level, self.wrapped, self.letters = text, level, wrapped, letters

    def strong(self) -> Iterator[Chain]:
        """Chains over signs."""
        level = self.level
        signs = [sign for sign in SIGN.finditer(level) if not _is_range(level, sign)]
        edges = [0, *(edge for sign in signs for edge in sign.span()), len(level)]
        segments = [*zip(edges[::2], edges[1::2], strict=True)]
        sides: list[Side] = []
        said: list[Relation] = []
        for place, sign in enumerate(signs):
            left = sides[-1] if sides else self._ending(*segments[place])
            right = self._beginning(*segments[place + 1])
            if left is None or right is None:
                yield from self._closed(sides, said)
                sides, said = [], []
                continue
            sides = [*(sides or [left]), self._with_unit(right)]
            said.append(relation(sign))
            if not self._only_filler(right.end, segments[place + 1][1]):
                # Words follow: what comes behind the next sign belongs to another claim.
                yield from self._closed(sides, said)
                sides, said = [], []
        yield from self._closed(sides, said)

    def weak(self, ends: dict[int, Side]) -> Iterator[Chain]:
        """Two sides with words between them; ``ends`` are the last sides of chains, which may go on in words."""
        level = self.level
        for run in _runs(tokens(level, wrapped=self.wrapped)):
            start, end = run[0].start, run[-1].end
            in_bytes = in_bytes_by_word(level, end)
            if len(run) < 3 and end not in ends and not in_bytes:
                continue
            past = self._past_filler(end)
            words = WEAK.match(level, past)
            if (
                words is None
                or not words[0].strip(" ,，;；")
                or "\n" in words[0]
                or SIGN.match(level, past + _blanks(level, past))
            ):
                continue
            if end in ends and (_SUMS_UP.search(words[0]) or _LEADS_ON.search(words[0])):
                continue  # "… = 64, in total 128", "… = 44.352 → 44": the number is that of several, or a new one
            left = ends.get(end) or self._ending(start, end)
            if left is None or not (end in ends or in_bytes or _is_expression(left.node)):
                continue
            right = self._beginning(words.end(), min(len(level), words.end() + 2 * NEAR))
            if right is not None and isinstance(right.node, Number) and not self._counts_something(right.end):
                if isinstance(left.node, Number) and end not in ends and not right.node.printed.byte_power:
                    continue  # "4 bytes, 16 channels": only a size says once more how many bytes there are
                right = self._with_unit(right)
                ends[right.end] = right
                yield Chain((left, right), (relation(words),), alone=False, weak=True)

    def explained(self) -> Iterator[Chain]:
        """``102,422,400 (5×5×192×32×28×28)``, ``7776; // 3×3×…``: a number, and the expression that it is worth."""
        for match in _EXPLAINED.finditer(self.level):
            number = number_pattern().match(self.level, match.start())
            if number is None or number.end() > match.end("number"):
                continue
            left = self._side(match.start(), number.end())
            inner = tokens(self.level[match.end() : match.end() + 4 * NEAR])
            run = next(_runs(inner), [])
            if left is None or not run or run[0].start > 1:
                continue
            right = self._beginning(match.end(), match.end() + run[-1].end)
            if right is None or (match[0].endswith("(") and not _CLOSED.match(self.level, right.end)):
                continue
            if _is_expression(right.node):
                yield Chain(
                    (left, right), (Relation(about="约" in match[0] or "~" in match[0]),), alone=False, weak=True
                )

    def _counts_something(self, end: int) -> bool:
        """``3×3 is 2 layers``, ``is 4 times``: the number is of something else than the expression."""
        return _OTHER_COUNT.match(self.level, end) is not None

    def _only_filler(self, start: int, end: int) -> bool:
        return not self.level[self._past_filler(start) : end].strip()

    def _past_filler(self, at: int) -> int:
        match = FILLER.match(self.level, at)
        return match.end() if match else at

    def _with_unit(self, side: Side) -> Side:
        """The side up to a unit that stands some blanks behind it in the text as written."""
        last = self.level[side.end - 1]
        if last not in "KMGTB" or self.text[side.end - 1] == last:
            return side
        where = self.text.find(last, side.end - 1, side.end + 20)
        return side if where < 0 else Side(side.node, side.start, where + 1)

    def _closed(self, sides: list[Side], said: list[Relation]) -> Iterator[Chain]:
        if len(sides) > 1:
            start, end = sides[0].start, sides[-1].end
            short = start < NEAR and len(self.level) - end < NEAR
            alone = short and not (self.level[:start] + self.level[end:]).strip(" .。;；,，\n")
            yield Chain(tuple(sides), tuple(said), alone)

    def _pieces(self, start: int, end: int) -> list[list[Word]]:
        """The words between two places, cut into runs of arithmetic; the first and the last may be empty."""
        runs: list[list[Word]] = [[]]
        for a, b, kind in tokens(self.level[start:end], wrapped=self.wrapped, letters=self.letters):
            if kind:
                runs[-1].append(Word(a + start, b + start, kind))
            else:
                runs.append([])
        if max(map(len, runs)) > MAX_TOKENS:
            what = Message("one side of an equation has more than {limit} parts", limit=MAX_TOKENS)
            raise ClaimError(what, fix="take it apart")
        return runs

    def _ending(self, start: int, end: int) -> Side | None:
        """The longest expression that ends at ``end`` (words such as "MACs" may stand between)."""
        level = self.level
        stop = self._before_filler(start, end)
        run = self._pieces(start, stop)[-1]
        if stop < end and run and "\n" in level[run[-1].end : stop]:
            return None  # the word begins a line of its own: "28×28", and below it "FLOPs = …"
        for first, (a, _, kind) in enumerate(run[:200]):
            before = level[max(0, a - NEAR) : a].rstrip(" ")[-1:]
            if kind == "operator" and level[a] in CLOSING and first == 0 and level[a + 1 : a + 2].isspace():
                continue  # "B) 3×16 = 48": an answer's letter
            if kind == "operator" and level[a] not in OPENING + "\\":
                if first == 0 and level[a] in "-*+" and _starts_line(level, a) and level[a + 1 : a + 2].isspace():
                    continue  # the mark of a list item
                if before and (before.isalnum() or before in CLOSING + "_"):
                    return None  # "n - 1": half of the expression is no number
                if first or level[a] not in "+-":
                    continue
            elif first and run[first - 1].kind == "operator" and level[run[first - 1].start] not in OPENING:
                marks_item = first == 1 and _starts_line(level, run[0].start)
                if not marks_item and not (level[run[first - 1].start] in CLOSING and level[a - 1 : a].isspace()):
                    continue
            side = self._side(a, run[-1].end)
            if side is not None and not _belongs_to_a_name(level, a):
                return side
        return None

    def _before_filler(self, start: int, end: int) -> int:
        """Where the words begin that stand between a number and its sign."""
        for match in FILLER.finditer(self.level, max(start, end - NEAR), end):
            if match.start() > start and not self.level[match.end() : end].strip():
                return match.start()
        return end

    def _beginning(self, start: int, end: int) -> Side | None:
        """The longest expression that begins at ``start``."""
        level = self.level
        run = self._pieces(start, end)[0]
        while run and level[run[0].start] in CLOSING:  # "(48×12 =) 576": the bracket closes what is on the left
            start, run = run[0].end, run[1:]
        if not run or level[start : run[0].start].strip(" *\n"):
            return None
        first = run[0].start
        misgrouped = _MISGROUPED.match(level, first, end)
        if misgrouped and run[0].end < misgrouped.end() and sum(map(str.isdigit, misgrouped[0])) > 4:
            node = Number((first, misgrouped.end()), 1, read_number(misgrouped[0].replace(",", "")))
            return Side(node, first, misgrouped.end())
        for last in range(len(run) - 1, max(-1, len(run) - 200), -1):
            stop = run[last].end
            if run[last].kind == "operator" and level[stop - 1] not in CLOSING + "⁰¹²³⁴⁵⁶⁷⁸⁹":
                continue
            side = self._side(first, stop)
            if side is not None:
                return None if _is_cut(level, run, last) else side
        return None

    def _side(self, start: int, end: int) -> Side | None:
        try:
            return Side(parse(self.level, start=start, end=end, normal=True), start, end)
        except NotComputableError:
            return None


#: What a number counts when it is not the worth of the expression before it.
_OTHER_COUNT = re.compile(
    r"\s{0,2}(?:-|×|x\b|times\b|fold\b|倍|%|％|分之|层|个(?:卷积|层|通道|分支|类)|layers?\b|channels?\b|filters?\b|kernels?\b|classes\b|"
    r"blocks?\b|images?\b|epochs?\b|convolutions?\b|(?:\d|,\d|\.\d)|[–~-]\s?\d|to\s\d|and\s\d|or\s\d|到|至|[xX×]\s?\d)",
    re.IGNORECASE,
)
#: Signs behind a value that lead to another one.
_LEADS_ON = re.compile("[:：→]")
#: Words behind a value that begin a total.
_SUMS_UP = re.compile(r"总|合计|共|total|sums? to|adds? up", re.IGNORECASE)
#: A number whose groups of digits are not all threes: a digit may be missing or doubled in one of them.
_MISGROUPED = re.compile(r"\d{1,3}(?:,\d{1,5})+(?![\d,.])")


def _runs(words: list[Word]) -> Iterator[list[Word]]:
    run: list[Word] = []
    for word in [*words, Word(0, 0, "")]:
        if word.kind:
            run.append(word)
        elif run:
            if len(run) <= MAX_TOKENS:
                yield run
            run = []


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


def _starts_line(level: str, at: int) -> bool:
    return not level[max(0, at - NEAR) : at].rpartition("\n")[2].strip()


def _is_range(level: str, sign: re.Match[str]) -> bool:
    """``10~20`` and ``5 ~ 10 ms`` are ranges; behind an expression the same sign says "about"."""
    if sign[0].strip() not in ("~", "\\sim"):
        return False
    return not re.search(r"[×*/^·)]\s*[\d.,]+\s*$|\)\s*$", level[max(0, sign.start() - 40) : sign.start()])


def _belongs_to_a_name(level: str, start: int) -> bool:
    """``ResNet-50 = …``, ``l_3 = …``, ``2.0.1 = …``: the digits are part of a name."""
    before = level[max(0, start - NEAR) : start]
    return bool(re.search(r"[A-Za-z]\s?-\Z|[A-Za-z_.]\Z|[A-Za-z]\d*[\^_]\{?\Z", before)) or before.endswith("#")


def _is_cut(level: str, run: list[Word], last: int) -> bool:
    """Whether something sticks to the end of an expression, so that it is only a part of what is said."""
    stop = run[last].end
    if last + 1 < len(run):
        following = level[run[last + 1].start : run[last + 1].end + 1]
        if level[stop - 1].isalpha() and following[:1] == "/" and following[1:].isalpha():
            return False  # "9.6 GB/s"
        # "28 - k": the sign is left over, since its other side is no number.
        return run[last + 1].kind == "operator" and level[run[last + 1].start] in "+-*/^×·÷xX"
    following = level[stop : stop + 2]
    if not (following[:1].isascii() and following[:1].isalpha()) or run[last].kind != "number":
        return False
    if level[stop - 1].isalpha():
        return False  # a unit, with its word behind it: MFLOPs
    return not (following[0] in "xX" and not following[1:].isalnum())
