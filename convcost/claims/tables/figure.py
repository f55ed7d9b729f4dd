"""A number as it stands in a cell or a line: what it is worth at least and at most, and where it is printed."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from fractions import Fraction

from ...errors import ClaimError
from ..documents import Passage
from ..expression import Node, evaluate, number_pattern, parse
from ..judge import as_number
from ..printed import Printed, read_number, significant_step

#: A longer cell is prose.
MAX_LENGTH = 240
_ABOUT = re.compile(
    r"\s*(?P<about>(?:~|≈|≃|\\approx|\\sim|约等于|约为|大约|约|about|approx\.?|circa|ca\.|roughly)\s*)?", re.IGNORECASE
)
_BLANK_GROUPS = re.compile(r"\d{1,3}(?:[ '’]\d{3}){1,4}(?![\d.,])")
_DOT_GROUPS = re.compile(r"\d{1,3}\.\d{3}(?![\d.,])")
#: A unit a blank behind its number.
_APART = re.compile(r"\s{1,3}(?P<unit>[KkMGT])(?![A-Za-z0-9_²^])(?!\s?[×*=+])")
_OPERATION = re.compile(r"\s*(?:[×*/^·+²³]|-\s*\d|-\s+|[xX]\s*\d|\\times|\\cdot|\()")
_BRACKET = re.compile(r"\s*(?:\([^()]*\)|\[[^\[\]]*\]|（[^（）]*）)\s*")
#: A bracket behind a number that multiplies nothing: a note, such as its share.
_NOTE = re.compile(
    r"\s*[(（][^()（）]*(?:%|％|[KMG]i?B|[A-Za-z\u4e00-\u9fff]{2})[^()（）]*[)）]\s*|\s+[(（][^()（）]*[)）]\s*"
)
#: Behind a number: words, no further digits (but those of names and notes in brackets).
_TRAILING = re.compile(r"[^\d=×*^]*")
#: The environment that a formula over two lines stands in.
_DRESS = re.compile(r"\s*\\begin\{[A-Za-z*]{1,16}\}\s*")
#: What an expression is made of; the parser need not be asked about prose.
_ARITHMETIC = re.compile(
    r"(?:[\s\d.,_+\-*/^%×·÷xX(){}\[\]²³⁴{}万亿KkMGB&]|\\(?:times|cdot|div|left|right|[dt]?frac|[,;:! \\])){3,}"
)
_DIGIT = re.compile(r"\d")
#: A cell that refers to a note, or a hole to be filled in.
_MARK = re.compile(r"\s*(?:\(\d{1,2}\)|\[\d{1,2}\])\s*")
_EQUALITY = re.compile(r"\s*(?:≈|=|\\approx|~=)\s*")


@dataclass(frozen=True)
class Unit:
    """What the head of a column says about its numbers: their scale, and whether they are bytes or per cent."""

    scale: Fraction = Fraction(1)
    name: str = ""
    byte_power: int = 0
    percent: bool = False


@dataclass(frozen=True)
class Figure:
    """A printed number, everything that rounds to it, and where it stands.

    ``low`` and ``high`` bound what is rounded to it, ``least`` and ``most`` also what is cut off to it, or padded with
    zeros. ``node`` is the expression beside it in its cell, if there is one.
    """

    printed: Printed
    passage: Passage
    start: int
    end: int
    about: bool = False
    node: Node | None = None
    #: Whether the cell prints an expression only, so that nobody printed the number.
    computed: bool = False

    @property
    def value(self) -> Fraction:
        return self.printed.value

    @property
    def text(self) -> str:
        return self.passage.text[self.start : self.end].strip()

    @property
    def slack(self) -> Fraction:
        if self.computed or (self.printed.exact and not self.about):
            return Fraction(0)
        return (self.printed.loose_step if self.about else self.printed.step) / 2

    @property
    def low(self) -> Fraction:
        return self.value - self.slack

    @property
    def high(self) -> Fraction:
        return self.value + self.slack

    @property
    def padded(self) -> Fraction:
        """The worth of the last figure before three or more zeros at the end; nothing where there are fewer."""
        if self.computed or not self.printed.exact:
            return Fraction(0)
        step = significant_step(int(self.value))
        return Fraction(step) if step >= 1000 else Fraction(0)

    @property
    def least(self) -> Fraction:
        return self.low - self.padded / 2

    @property
    def most(self) -> Fraction:
        return self.value + max(2 * self.slack, self.padded)

    def binary(self) -> Figure:
        """The same size where a kilobyte is 1024 bytes."""
        return replace(self, printed=self.printed.binary()) if self.printed.byte_power else self


def agreement(figure: Figure, low: Fraction, high: Fraction) -> str:
    """Whether a figure stands for a value between two bounds: ``yes``, ``maybe`` (cut off, or padded), ``no``."""
    if figure.low <= high and low <= figure.high:
        return "yes"
    return "maybe" if figure.least <= high and low <= figure.most else "no"


def read_figure(passage: Passage, unit: Unit | None = None, start: int = 0, end: int | None = None) -> Figure | None:
    """The number that a cell prints, or the value of the expression that it prints; nothing for other text.

    >>> cell = Passage("5×5×3×8 + 8 = 608", ((0, 1, 0),), "cell")
    >>> read_figure(cell).value, read_figure(cell, start=0, end=11).computed
    (Fraction(608, 1), True)
    >>> read_figure(Passage("13.82", ((0, 1, 0),)), Unit(Fraction(10**6), "M")).high
    Fraction(13825000, 1)
    >>> read_figure(Passage("(2)", ((0, 1, 0),)))
    """
    level = passage.level
    end = len(level) if end is None else end
    if end - start > MAX_LENGTH or not _DIGIT.search(level, start, end):
        return None
    if _MARK.fullmatch(level, start, end):
        return None
    dress = _DRESS.match(level, start, end)
    if dress:
        start = dress.end()
        end = max(start, level.rfind("\\end", start, end))
    try:
        return _equation(passage, start, end, unit) or _plain(passage, start, end, unit)
    except (ClaimError, KeyError, ValueError):
        return None


def _equation(passage: Passage, start: int, end: int, unit: Unit | None) -> Figure | None:
    """``208 = 5*5*8 + 8``, either way round: the number, with the expression beside it."""
    signs = list(_EQUALITY.finditer(passage.level, start, end))
    if not signs or len(signs) > 6:
        return None
    edges = [start, *(edge for sign in signs for edge in sign.span()), end]
    found = [_side(passage, a, b, unit) for a, b in zip(edges[::2], edges[1::2], strict=True)]
    numbers = [figure for figure in found if figure is not None and not figure.computed]
    expressions = [figure for figure in found if figure is not None and figure.computed]
    if not numbers:
        return None
    about = numbers[-1].about or any(sign[0].strip() != "=" for sign in signs)
    return replace(numbers[-1], about=about, node=expressions[0].node if expressions else None)


def _side(passage: Passage, start: int, end: int, unit: Unit | None) -> Figure | None:
    try:
        return _plain(passage, start, end, unit)
    except ClaimError:
        return None


def _plain(passage: Passage, start: int, end: int, unit: Unit | None) -> Figure | None:
    level = passage.level
    opening = _ABOUT.match(level, start, end)
    about = opening is not None and opening["about"] is not None
    start = opening.end() if opening else start
    while end > start and level[end - 1] in " .;,。；，、":
        end -= 1
    grouped = _BLANK_GROUPS.match(level, start, end)
    match = grouped or number_pattern().match(level, start, end)
    if match is None:
        return _expression(passage, start, end)
    stop, text = match.end(), match[0]
    if grouped:
        text = re.sub(r"\D", "", text)
    apart = _APART.match(level, stop, end)
    if apart:
        text, stop = text + apart["unit"], apart.end()
    rest = level[stop:end]
    if rest.strip() and _OPERATION.match(rest) and not _NOTE.fullmatch(rest):
        found = _expression(passage, start, end)
        if found is not None or not _BRACKET.match(rest):
            return found
    if not _TRAILING.fullmatch(_BRACKET.sub(" ", rest)):
        return None
    return Figure(in_unit(read_number(text), unit), passage, start, stop, about)


def _expression(passage: Passage, start: int, end: int) -> Figure | None:
    if end - start < 3 or not _ARITHMETIC.fullmatch(passage.level, start, end):
        return None
    node = parse(passage.level, start=start, end=end, normal=True)
    number = as_number(node)
    if number is not None:
        return Figure(number, passage, start, end)
    value = evaluate(node)
    said = Printed(passage.text[start:end], value, Fraction(1), Fraction(1), Fraction(1), value.denominator == 1)
    return Figure(said, passage, start, end, False, node, True)


def in_unit(printed: Printed, unit: Unit | None) -> Printed:
    """A number under a head that tells its unit; a unit of its own goes before.

    >>> in_unit(read_number("61.1"), Unit(Fraction(10**6), "M")).value
    Fraction(61100000, 1)
    """
    if unit is None or printed.unit or (unit.scale == 1 and not unit.percent):
        return printed
    step = printed.step if not printed.exact else printed.loose_step
    return replace(
        printed,
        value=printed.value * unit.scale,
        step=step * unit.scale,
        loose_step=printed.loose_step * unit.scale,
        scale=unit.scale,
        exact=False,
        unit="%" if unit.percent else unit.name,
        byte_power=unit.byte_power,
    )


def is_dot_grouped(figure: Figure) -> Figure | None:
    """``34.560`` read as thousands, where that is possible."""
    if figure.printed.unit or not _DOT_GROUPS.fullmatch(figure.text):
        return None
    return replace(figure, printed=read_number(figure.text.replace(".", "")))
