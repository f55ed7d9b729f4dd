"""Values that may be compared: results of equations, expressions, counts with their units, factors of letters."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction

from ...errors import ClaimError
from ..documents import Passage
from ..expression import Node, NotComputableError, Number, Product, Sum, evaluate, parse
from ..judge import as_number
from ..scan import Chain, chains_of
from ..spelling import levelled
from ..tokens import tokens
from .numerals import CHINESE_NUMBER, NUMBER_WORD, spelled

#: Values of one passage that are looked at.
_MOST_VALUES = 400
_NOUNS = (
    ("params", re.compile(r"\s{0,2}(?:个)?\s?(?:trainable |learnable |free )?(?:param|weight|参数|权重|variables)", re.IGNORECASE)),
    ("operations", re.compile(
        r"\s{0,2}[GMKT]?-?(?:MACs?|FLOP|MAdd|mult|multiply|operation|ops\b|次|乘|运算|浮点)", re.IGNORECASE)),
    ("bytes", re.compile(r"\s{0,2}(?:bytes?|字节)", re.IGNORECASE)),
    ("layers", re.compile(r"\s{0,2}(?:layers?|层)", re.IGNORECASE)),
    ("values", re.compile(r"\s{0,2}(?:values|neurons|activations|个数|elements|features|pixels|positions)", re.IGNORECASE)),
    ("time", re.compile(r"\s{0,2}(?:ms(?![a-z])|s\b|sec|seconds|毫秒|秒|fps\b|FPS)")),
)  # fmt: skip
_COMPARED = re.compile(
    r"(?:from|从|由|against|versus|vs\.?|instead of|than|→|->|=>|对|比|to|降到|降至|变为|变成|到|至|减到|减至|增加到|of the|of)\s{0,2}$",
    re.IGNORECASE,
)
_COMPARED_AFTER = re.compile(
    r"\s{0,2}(?:→|->|=>|to\s\d|降到|降至|变为|变成|减到|减至|增加到|against|versus|vs|对|compared)", re.IGNORECASE
)
#: Behind a number that is the size of something, or of an image.
_OF_A_SHAPE = re.compile(
    r"\s{0,2}(?:个)?(?:channels?|dimensions?|dims|classes|images|epochs|filters|kernels|branches|blocks|通道|维|类|张|轮|卷积核|分支|核)",
    re.IGNORECASE,
)
_ASSIGNED = re.compile(r"[A-Za-z_]\s?[=＝]\s?$|\b[A-Za-z]\sis\s$")
_LETTERS = re.compile(
    r"(?<![\w.,^])(?P<number>\d{1,6}(?:\.\d+)?)(?:\s(?=[A-Z]))?(?P<letters>(?:(?:[A-WYZ]|[a-wyz](?![a-z]))(?:_\{?\w{1,4}\}?)?(?:²|³|\^\{?\d\}?)?){1,4})(?![A-Za-z0-9])"
)


@dataclass(frozen=True)
class Value:
    """Something with a size: where it stands, its worth (two where printed and computed differ), and of what it is.

    ``slack`` is half of what its last printed digit is worth; ``letters`` is the product of letters it counts.
    ``kernel`` marks the size of a kernel, which is compared only where nothing else is; ``told`` what surely counts something,
    ``compared`` a number that stands beside a word such as from, to or against; ``ratio`` a quotient, which compares two things already.
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


def values(passage: Passage, taken: list[tuple[int, int]]) -> list[Value]:
    """The values of a passage in the order of the text; stretches that are ``taken`` (amounts) are left out."""
    if not any(map(str.isdigit, passage.level)):
        return []
    level = levelled(_masked(passage.level, taken))
    found: list[Value] = []
    try:
        for chain in sorted(chains_of(passage), key=lambda chain: chain.sides[0].start):
            # What goes on in words behind an equation is the same value once more.
            if not found or chain.sides[0].start >= found[-1].end:
                found += [value for value in _of_chain(chain, level) if not _overlaps((value.start, value.end), taken)]
        used = sorted((value.start, value.end) for value in found)
        found += _of_letters(level, used)
        used = sorted((value.start, value.end) for value in found)
        found += _of_runs(level, used, wrapped=passage.kind == "math")
    except ClaimError:
        return []
    return sorted(found, key=lambda value: value.start)[:_MOST_VALUES]


def _masked(level: str, taken: list[tuple[int, int]]) -> str:
    """The text with a mark that is no arithmetic in the place of every amount."""
    for start, end in taken:
        level = level[:start] + "§" * (end - start) + level[end:]
    return level


def _what(level: str, end: int, unit: str = "") -> str:
    if "B" in unit and len(unit) > 1:
        return "bytes"
    return next((name for name, pattern in _NOUNS if pattern.match(level, end)), "")


def _of_chain(chain: Chain, level: str) -> Iterator[Value]:
    """An equation is one value: what it gives, and what it prints."""
    last = chain.sides[-1]
    printed = as_number(last.node)
    worths: list[Fraction] = []
    for side in chain.sides:
        try:
            worth = evaluate(side.node)
        except NotComputableError:
            continue
        if worth not in worths:
            worths.append(worth)
    if chain.relations[-1].bound or not worths or (printed is not None and printed.percent):
        return
    slack = Fraction(0) if printed is None or printed.exact else printed.step / 2
    start, end = chain.sides[0].start, last.end
    worths = [worths[0], worths[-1]] if len(worths) > 1 and abs(worths[0]) else worths
    unit = printed.unit if printed else ""
    ratio = _is_ratio(chain.sides[0].node, worths[0])
    yield Value(start, end, tuple(dict.fromkeys(worths)), slack, _what(level, end, unit), told=not ratio, ratio=ratio)


def _of_letters(level: str, used: list[tuple[int, int]]) -> Iterator[Value]:
    last: Value | None = None
    for match in _LETTERS.finditer(level):
        letters = re.sub(r"[{}\s]", "", match["letters"]).replace("²", "^2").replace("³", "^3")
        if letters in ("K", "M", "G", "B", "T", "k", "s", "m") or _overlaps(match.span(), used):
            continue
        value = Value(*match.span(), (Fraction(match["number"]),), letters=letters, told=True)
        if last is not None and last.letters == letters and level[last.end : match.start()].strip(" )") == "=":
            # "7²C² = 49C²" is one value, told twice.
            value = replace(value, start=last.start, worths=(*value.worths, *last.worths))
        elif last is not None:
            yield last
        last = value
    if last is not None:
        yield last


def _of_runs(level: str, used: list[tuple[int, int]], *, wrapped: bool) -> Iterator[Value]:
    """Expressions and numbers that stand in no equation."""
    run: list[tuple[int, int, str]] = []
    for word in [*tokens(level, wrapped=wrapped), (len(level), len(level), "")]:
        if word[2]:
            run.append(word)
            continue
        if run and len(run) < 300:
            for piece in _split(level, run):
                value = _of_run(level, piece)
                if value is not None and not _overlaps((value.start, value.end), used):
                    yield value
        run = []


def _split(level: str, run: list[tuple[int, int, str]]) -> list[list[tuple[int, int, str]]]:
    """``9.46M/21.7 G`` lists two counts; the stroke divides nothing."""
    if len(run) == 3 and level[run[1][0]] == "/" and all(level[word[1] - 1].isalpha() for word in (run[0], run[2])):
        return [run[:1], run[2:]]
    return [run]


def _overlaps(span: tuple[int, int], used: list[tuple[int, int]]) -> bool:
    """Whether a stretch overlaps one of several, which are in order and apart."""
    place = bisect_left(used, (span[0], span[0]))
    return (place > 0 and used[place - 1][1] > span[0]) or (place < len(used) and used[place][0] < span[1])


def _of_run(level: str, run: list[tuple[int, int, str]]) -> Value | None:
    while run and run[0][2] == "operator" and level[run[0][0]] in "+-*/×·)]}→":
        run = run[1:]
    while run and run[-1][2] == "operator" and level[run[-1][1] - 1] in "+-*/×·([{xX^":
        run = run[:-1]
    if not run:
        return None
    start, end = run[0][0], run[-1][1]
    try:
        node = parse(level, start=start, end=end, normal=True)
        worth = evaluate(node)
    except (NotComputableError, ClaimError):
        return _one_number(level, run)
    if isinstance(node, Number):
        return _of_number(level, node)
    kernel, ratio = _is_kernel(node), _is_ratio(node, worth)
    power = as_number(node)
    if worth <= 0 or not (power or isinstance(node, Product | Sum)) or _is_map(node):
        return None
    if worth <= 1 and not ratio:
        return None
    what = _what(level, end)
    if kernel:
        worth *= _how_many(level, start)
    what_it_is = _THING.match(level, end) is not None or (_is_shape(node) and not what)
    told = not (kernel or ratio) and (bool(what or power) or (_counts(node) and not what_it_is))
    return Value(start, end, (worth,), what=what, kernel=kernel, told=told, ratio=ratio)


def _counts(node: Node) -> bool:
    """Whether an expression is more than the size of a map: three factors, or a sum with a product in it."""
    if isinstance(node, Sum):
        return any(isinstance(term, Product) for _, term in node.parts)
    return isinstance(node, Product) and len(node.parts) > 2


#: A thing whose size an expression tells, not a count.
_THING = re.compile(
    r"\s{0,2}(?:的)?\s?(?:conv|kernel|filter|layer|map|feature|image|input|output|tensor|pixel|patch|卷积|输入|输出|特征|图像|张量|核|滤波)",
    re.IGNORECASE,
)


def _is_map(node: Node) -> bool:
    """``64×64``: the size of a map, which costs nothing by itself."""
    if not (isinstance(node, Product) and len(node.parts) == 2 and all(op == "*" for op, _ in node.parts)):
        return False
    (_, a), (_, b) = node.parts
    return isinstance(a, Number) and isinstance(b, Number) and a.printed.value == b.printed.value > 15


def _is_shape(node: Node) -> bool:
    """``100×100×256``: a map with channels before or behind."""
    if not (isinstance(node, Product) and len(node.parts) == 3 and all(isinstance(n, Number) for _, n in node.parts)):
        return False
    a, b, c = (evaluate(part) for _, part in node.parts)
    return (a == b >= 7 and c > 1) or b == c >= 7


_HOW_MANY = re.compile(
    rf"({NUMBER_WORD}|{CHINESE_NUMBER}|\d{{1,2}})\s?(?:个|层|stacked|consecutive|successive|堆叠的?|×)?\s?$",
    re.IGNORECASE,
)


def _how_many(level: str, start: int) -> int:
    """``two 3×3``, ``三个 3×3``: kernels that are counted together."""
    match = _HOW_MANY.search(level, max(0, start - 16), start)
    return (spelled(match[1]) or 1) if match else 1


#: A quotient that is larger counts something.
_LARGEST_RATIO = 1000


def _is_ratio(node: Node, worth: Fraction) -> bool:
    terms = [term for _, term in node.parts] if isinstance(node, Sum) else [node]
    divided = any(isinstance(term, Product) and any(op == "/" for op, _ in term.parts) for term in terms)
    return divided and 0 < worth < _LARGEST_RATIO


def _is_kernel(node: Node) -> bool:
    return (
        isinstance(node, Product)
        and len(node.parts) == 2
        and all(isinstance(part, Number) and part.printed.value <= 15 for _, part in node.parts)
    )


def _one_number(level: str, run: list[tuple[int, int, str]]) -> Value | None:
    """Of a run that is no expression, such as a number behind a dash or before a bracket, the number."""
    if run[0][2] == "number" and len(run) > 1 and level[run[1][0]] in "([{":
        word = run[0]
    elif len(run) <= 3 and any(word[2] == "number" for word in run):
        word = next(word for word in reversed(run) if word[2] == "number")
    else:
        return None
    node = parse(level, start=word[0], end=word[1], normal=True)
    return _of_number(level, node) if isinstance(node, Number) else None


def _of_number(level: str, node: Number) -> Value | None:
    start, end = node.span
    printed = node.printed
    before = level[max(0, start - 14) : start]
    if (
        printed.percent
        or (printed.value < 1000 and _ASSIGNED.search(before))
        or re.search(r"[A-Za-z]-?$|[#§_.]$", before)
    ):
        return None
    what = _what(level, end, printed.unit)
    told = what not in ("time", "layers") and (bool(what or printed.unit) or printed.value >= 1000)
    compared = _COMPARED.search(before) is not None or _COMPARED_AFTER.match(level, end) is not None
    if (
        _OF_A_SHAPE.match(level, end)
        or not (told or compared)
        or re.match(r"\s?年", level[end : end + 2])
        or printed.value <= 0
    ):
        return None
    slack = Fraction(0) if printed.exact else printed.step / 2
    return Value(start, end, (printed.value,), slack, what, told=told, compared=compared)
