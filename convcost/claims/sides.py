"""One side of an equation: the longest expression that ends before a sign, or begins behind it."""

from __future__ import annotations

import re
from dataclasses import dataclass

from ..errors import ClaimError
from ..messages import Message
from .counted import FILLER
from .expression import Node, NotComputableError, Number, parse
from .printed import read_number
from .tokens import CLOSING, NEAR, OPENING, Word, tokens

#: Words of one side of an equation; a longer one is no arithmetic that anybody reads.
MAX_TOKENS = 4000
#: Words of a side that are tried as its first or its last one.
_MOST_TRIED = 200
#: A number whose groups of digits are not all threes: a digit may be missing or doubled in one of them.
_MISGROUPED = re.compile(r"\d{1,3}(?:,\d{1,5})+(?![\d,.])")


@dataclass(frozen=True)
class Side:
    """An expression beside a relation, and where it stands in the text."""

    node: Node
    start: int
    end: int


@dataclass(frozen=True)
class SideReader:
    """Reads the sides of a text; its fields are the arguments of :func:`convcost.claims.scan.chains`."""

    text: str
    level: str
    wrapped: bool
    letters: bool

    def ending(self, start: int, end: int) -> Side | None:
        """The longest expression that ends at ``end`` (words such as "MACs" may stand between)."""
        stop = self._before_filler(start, end)
        run = self._pieces(start, stop)[-1]
        if stop < end and run and "\n" in self.level[run[-1].end : stop]:
            return None  # the word begins a line of its own: "28×28", and below it "FLOPs = …"
        for first, word in enumerate(run[:_MOST_TRIED]):
            if first == 0 and self._is_mark(word):
                continue
            if self._is_half(word):
                return None
            if self._may_begin(run, first):
                side = self.read(word.start, run[-1].end)
                if side is not None and not _belongs_to_a_name(self.level, word.start):
                    return side
        return None

    def beginning(self, start: int, end: int) -> Side | None:
        """The longest expression that begins at ``start``."""
        level = self.level
        run = self._pieces(start, end)[0]
        while run and level[run[0].start] in CLOSING:  # "(48×12 =) 576": the bracket closes what is on the left
            start, run = run[0].end, run[1:]
        if not run or level[start : run[0].start].strip(" *\n"):
            return None
        first = run[0].start
        misgrouped = self._misgrouped(run[0], end)
        if misgrouped is not None:
            return misgrouped
        for last in range(len(run) - 1, max(-1, len(run) - _MOST_TRIED), -1):
            stop = run[last].end
            if run[last].kind == "operator" and level[stop - 1] not in CLOSING + "⁰¹²³⁴⁵⁶⁷⁸⁹":
                continue
            side = self.read(first, stop)
            if side is not None:
                return None if _is_cut(level, run, last) else side
        return None

    def read(self, start: int, end: int) -> Side | None:
        """What stands between two places, if it is an expression."""
        try:
            return Side(parse(self.level, start=start, end=end, normal=True), start, end)
        except NotComputableError:
            return None

    def with_unit(self, side: Side) -> Side:
        """The side up to a unit that stands some blanks behind it in the text as written."""
        last = self.level[side.end - 1]
        if last not in "KMGTB" or self.text[side.end - 1] == last:
            return side
        where = self.text.find(last, side.end - 1, side.end + 20)
        return side if where < 0 else Side(side.node, side.start, where + 1)

    def past_filler(self, at: int) -> int:
        """Where the words end that say what a number counts."""
        match = FILLER.match(self.level, at)
        return match.end() if match else at

    def _before_filler(self, start: int, end: int) -> int:
        """Where the words begin that stand between a number and its sign."""
        for match in FILLER.finditer(self.level, max(start, end - NEAR), end):
            if match.start() > start and not self.level[match.end() : end].strip():
                return match.start()
        return end

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

    def _is_mark(self, word: Word) -> bool:
        """``B) 3×16 = 48``, ``- 3×16 = 48``: the letter of an answer, the mark of a list item."""
        sign, behind = self.level[word.start], self.level[word.start + 1 : word.start + 2]
        if word.kind != "operator" or not behind.isspace():
            return False
        return sign in CLOSING or (sign in "-*+" and _starts_line(self.level, word.start))

    def _joins(self, word: Word) -> bool:
        """Whether a word is a sign that needs something before it."""
        return word.kind == "operator" and self.level[word.start] not in OPENING + "\\"

    def _is_half(self, word: Word) -> bool:
        """``n - 1``: what stands before the sign is no number, and half of an expression is none."""
        before = self.level[max(0, word.start - NEAR) : word.start].rstrip(" ")[-1:]
        return self._joins(word) and bool(before) and (before.isalnum() or before in CLOSING + "_")

    def _may_begin(self, run: list[Word], first: int) -> bool:
        """Whether an expression may begin with this word of a run."""
        at = run[first].start
        if self._joins(run[first]):
            return first == 0 and self.level[at] in "+-"
        before = run[first - 1]
        if first == 0 or before.kind != "operator" or self.level[before.start] in OPENING:
            return True
        if first == 1 and _starts_line(self.level, before.start):
            return True  # behind the mark of a list item
        return self.level[before.start] in CLOSING and self.level[at - 1 : at].isspace()

    def _misgrouped(self, word: Word, end: int) -> Side | None:
        """``12,43,648``: more than the grammar takes for one number, and one all the same."""
        match = _MISGROUPED.match(self.level, word.start, end)
        if match is None or word.end >= match.end() or sum(map(str.isdigit, match[0])) <= 4:
            return None
        return Side(Number(match.span(), 1, read_number(match[0].replace(",", ""))), *match.span())


def _starts_line(level: str, at: int) -> bool:
    return not level[max(0, at - NEAR) : at].rpartition("\n")[2].strip()


def _belongs_to_a_name(level: str, start: int) -> bool:
    """``ResNet-50 = …``, ``l_3 = …``, ``2.0.1 = …``: the digits are part of a name."""
    before = level[max(0, start - NEAR) : start]
    return bool(re.search(r"[A-Za-z]\s?-\Z|[A-Za-z_.]\Z|[A-Za-z]\d*[\^_]\{?\Z", before)) or before.endswith(("#", "@"))


def _is_cut(level: str, run: list[Word], last: int) -> bool:
    """Whether something sticks to the end of an expression, so that it is only a part of what is said."""
    stop = run[last].end
    if last + 1 < len(run):
        following = level[run[last + 1].start : run[last + 1].end + 1]
        behind = level[run[last + 1].end : run[last + 1].end + 2].lstrip()
        if level[stop - 1].isalpha() and following[:1] == "/" and behind[:1].isalpha():
            return False  # "9.6 GB/s"
        # "28 - k": the sign is left over, since its other side is no number.
        return run[last + 1].kind == "operator" and level[run[last + 1].start] in "+-*/^×·÷xX"
    following = level[stop : stop + 2]
    if not (following[:1].isascii() and following[:1].isalpha()) or run[last].kind != "number":
        return False
    if level[stop - 1].isalpha():
        return False  # a unit, with its word behind it: MFLOPs
    return not (following[0] in "xX" and not following[1:].isalnum())
