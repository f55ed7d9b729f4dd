"""Values that may be compared: results of equations, expressions, counts with their units, factors of letters."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction

from ...errors import ClaimError
from ..documents import Passage
from ..expression import Node, NotComputableError, Number, Product, Span, Sum, evaluate, parse
from ..forms import counts, is_kernel, is_map, is_ratio, is_shape
from ..judge import as_number
from ..printed import Printed
from ..scan import Chain, chains_of
from ..spelling import levelled
from ..tokens import Word, runs, tokens
from .nouns import counted, how_many, is_compared, is_of_a_shape, is_of_a_thing

#: Values of one passage that are looked at.
_MOST_VALUES = 400
#: Words of an expression that stands in no equation.
_LONGEST = 299
#: A smaller number without a noun counts anything.
_SMALLEST_COUNT = 1000
#: ``k = 3``, ``C is 64``: what stands before a number that is the size of something.
_ASSIGNED = re.compile(r"[A-Za-z_]\s?[=＝]\s?$|\b[A-Za-z]\sis\s$")
#: ``conv1``, ``#3``, ``§2``: what stands before a number that is part of a name.
_NAMED = re.compile(r"[A-Za-z]-?$|[#§_.]$")
_YEAR = re.compile(r"\s?年")
_LETTER = r"(?:[A-WYZ]|[a-wyz](?![a-z]))(?:_\{?\w{1,4}\}?)?(?:²|³|\^\{?\d\}?)?"
#: ``27C²``, ``2 C_in k²``: letters with their number, but no unit.
_LETTERS = re.compile(
    r"(?<![\w.,^])(?P<number>\d{1,6}(?:\.\d+)?)(?:\s(?=[A-Z]))?"
    rf"(?P<letters>(?:{_LETTER}){{1,4}})(?![A-Za-z0-9])"
)
_UNITS = ("K", "M", "G", "B", "T", "k", "s", "m")


@dataclass(frozen=True)
class Value:
    """Something with a size: where it stands, its worth (two where printed and computed differ), and of what it is.

    ``slack`` is half of what its last printed digit is worth; ``letters`` is the product of letters it counts.
    ``kernel`` marks the size of a kernel, which is compared only where nothing else is; ``told`` what surely counts
    something, ``compared`` a number that stands beside a word such as from, to or against; ``ratio`` a quotient, which
    compares two things already.
    """

    start: int
    end: int
    worths: tuple[Fraction, ...]
    slack: Fraction = Fraction(0)
    what: str = ""
    letters: str = ""
    kernel: bool = False
    told: bool = False
    compared: bool = False
    ratio: bool = False

    def comparable(self, other: Value) -> bool:
        """Whether the two may be of the same thing."""
        return self.letters == other.letters and (not self.what or not other.what or self.what == other.what)


def values(passage: Passage, taken: list[Span]) -> list[Value]:
    """The values of a passage in the order of the text; stretches that are ``taken`` (amounts) are left out."""
    if not any(map(str.isdigit, passage.level)):
        return []
    level = levelled(_masked(passage.level, taken))
    try:
        found = _of_chains(passage, level, taken)
        found += _of_letters(level, _places(found))
        found += _of_runs(level, _places(found), wrapped=passage.kind == "math")
    except ClaimError:
        return []
    return sorted(found, key=lambda value: value.start)[:_MOST_VALUES]


def _masked(level: str, taken: list[Span]) -> str:
    """The text with a mark that is no arithmetic in the place of every amount."""
    for start, end in taken:
        level = level[:start] + "§" * (end - start) + level[end:]
    return level


def _places(found: list[Value]) -> list[Span]:
    return sorted((value.start, value.end) for value in found)


def _overlaps(span: Span, used: list[Span]) -> bool:
    """Whether a stretch overlaps one of several, which are in order and apart."""
    place = bisect_left(used, (span[0], span[0]))
    return (place > 0 and used[place - 1][1] > span[0]) or (place < len(used) and used[place][0] < span[1])


def _slack(printed: Printed | None) -> Fraction:
    return Fraction(0) if printed is None or printed.exact else printed.step / 2


# -- equations ---------------------------------------------------------------------------------------------------


def _of_chains(passage: Passage, level: str, taken: list[Span]) -> list[Value]:
    found: list[Value] = []
    for chain in sorted(chains_of(passage), key=lambda chain: chain.sides[0].start):
        # What goes on in words behind an equation is the same value once more.
        if not found or chain.sides[0].start >= found[-1].end:
            value = _of_chain(chain, level)
            if value is not None and not _overlaps((value.start, value.end), taken):
                found.append(value)
    return found


def _of_chain(chain: Chain, level: str) -> Value | None:
    """An equation is one value: what it gives, and what it prints."""
    printed = as_number(chain.sides[-1].node)
    worths = _worths(chain)
    if chain.relations[-1].bound or not worths or (printed is not None and printed.percent):
        return None
    start, end = chain.sides[0].start, chain.sides[-1].end
    if len(worths) > 1 and worths[0]:
        worths = [worths[0], worths[-1]]
    what = counted(level, end, printed.unit if printed else "")
    ratio = is_ratio(chain.sides[0].node, worths[0])
    return Value(start, end, tuple(worths), _slack(printed), what, told=not ratio, ratio=ratio)


def _worths(chain: Chain) -> list[Fraction]:
    """What the sides of an equation are worth, each worth once."""
    worths: list[Fraction] = []
    for side in chain.sides:
        try:
            worth = evaluate(side.node)
        except NotComputableError:
            continue
        if worth not in worths:
            worths.append(worth)
    return worths


# -- factors of letters ------------------------------------------------------------------------------------------


def _of_letters(level: str, used: list[Span]) -> Iterator[Value]:
    """Numbers before a product of letters; ``7²C² = 49C²`` is one value, told twice."""
    last: Value | None = None
    for match in _LETTERS.finditer(level):
        letters = re.sub(r"[{}\s]", "", match["letters"]).replace("²", "^2").replace("³", "^3")
        if letters in _UNITS or _overlaps(match.span(), used):
            continue
        value = Value(*match.span(), (Fraction(match["number"]),), letters=letters, told=True)
        if last is not None and last.letters == letters and level[last.end : match.start()].strip(" )") == "=":
            value = replace(value, start=last.start, worths=(*value.worths, *last.worths))
        elif last is not None:
            yield last
        last = value
    if last is not None:
        yield last


# -- what stands in no equation ----------------------------------------------------------------------------------


def _of_runs(level: str, used: list[Span], *, wrapped: bool) -> Iterator[Value]:
    """Expressions and numbers that stand in no equation."""
    for run in runs(tokens(level, wrapped=wrapped), _LONGEST):
        for piece in _split(level, run):
            value = _of_run(level, _trimmed(level, piece))
            if value is not None and not _overlaps((value.start, value.end), used):
                yield value


def _split(level: str, run: list[Word]) -> list[list[Word]]:
    """``9.46M/21.7 G`` lists two counts; the stroke divides nothing."""
    if len(run) == 3 and level[run[1].start] == "/" and all(level[n.end - 1].isalpha() for n in (run[0], run[2])):
        return [run[:1], run[2:]]
    return [run]


def _trimmed(level: str, run: list[Word]) -> list[Word]:
    """A run without the signs at its ends that join it to nothing."""
    while run and run[0].kind == "operator" and level[run[0].start] in "+-*/×·)]}→":
        run = run[1:]
    while run and run[-1].kind == "operator" and level[run[-1].end - 1] in "+-*/×·([{xX^":
        run = run[:-1]
    return run


def _of_run(level: str, run: list[Word]) -> Value | None:
    if not run:
        return None
    start, end = run[0].start, run[-1].end
    try:
        node = parse(level, start=start, end=end, normal=True)
        worth = evaluate(node)
    except ClaimError:
        return _one_number(level, run)
    return _of_number(level, node) if isinstance(node, Number) else _of_expression(level, (start, end), node, worth)


def _one_number(level: str, run: list[Word]) -> Value | None:
    """Of a run that is no expression, such as a number behind a dash or before a bracket, the number."""
    if run[0].kind == "number" and len(run) > 1 and level[run[1].start] in "([{":
        word = run[0]
    elif len(run) <= 3 and any(word.kind == "number" for word in run):
        word = next(word for word in reversed(run) if word.kind == "number")
    else:
        return None
    node = parse(level, start=word.start, end=word.end, normal=True)
    return _of_number(level, node) if isinstance(node, Number) else None


def _of_number(level: str, node: Number) -> Value | None:
    start, end = node.span
    printed = node.printed
    before = level[max(0, start - 14) : start]
    assigned = printed.value < _SMALLEST_COUNT and _ASSIGNED.search(before)
    if printed.percent or printed.value <= 0 or assigned or _NAMED.search(before):
        return None
    what = counted(level, end, printed.unit)
    told = what not in ("time", "layers") and (bool(what or printed.unit) or printed.value >= _SMALLEST_COUNT)
    compared = is_compared(level, start, end)
    if not (told or compared) or is_of_a_shape(level, end) or _YEAR.match(level, end):
        return None
    return Value(start, end, (printed.value,), _slack(printed), what, told=told, compared=compared)


def _of_expression(level: str, span: Span, node: Node, worth: Fraction) -> Value | None:
    kernel, ratio = is_kernel(node), is_ratio(node, worth)
    power = as_number(node)
    if worth <= 0 or not (power or isinstance(node, Product | Sum)) or is_map(node):
        return None
    if worth <= 1 and not ratio:
        return None
    start, end = span
    what = counted(level, end)
    if kernel:
        worth *= how_many(level, start)
    of_a_thing = is_of_a_thing(level, end) or (is_shape(node) and not what)
    told = not (kernel or ratio) and (bool(what or power) or (counts(node) and not of_a_thing))
    return Value(start, end, (worth,), what=what, kernel=kernel, told=told, ratio=ratio)
