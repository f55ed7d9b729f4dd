"""Long formulas taken apart into lines: at the signs of equality, and where that is not enough at ``+`` and ``×``.

Nothing is ever broken inside a number, a fraction or a bracket.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from .nodes import Chain, Formula, Frac, Product, Sum, Sym
from .plain import Plain

#: How many characters of plain text stand on one line.
WIDTH = 64
#: However long the left side is, the right side has this much.
LEAST = 24


@dataclass(frozen=True)
class Line:
    """One line: ``left sign right``; a line that goes on has neither left side nor sign and ``continues`` the sum or
    product above, so that it begins with ``+``, ``−`` or ``×``.
    """

    left: Formula | None
    sign: str
    right: Formula
    continues: bool = False


class _Measured(Plain):
    """What is as long as the formula on paper, where a fraction is as wide as its wider half and an index is small."""

    two_storeys = True

    def times(self, node: Product) -> str:
        return " × " if node.of_numbers else "· "

    def of_sym(self, node: Sym) -> str:
        return node.name + node.index[: (len(node.index) + 1) // 2]

    def of_frac(self, node: Frac) -> str:
        return max(self.write(node.over), self.write(node.under), key=len)


def _told(formula: Formula, language: str) -> str:
    return _Measured(language).write(formula)


def lines(formula: Formula, width: int = WIDTH, language: str = "en") -> tuple[Line, ...]:
    """The lines of a formula; one without left side where all of it fits.

    >>> from .nodes import Num, symbol
    >>> law = Chain(symbol("n"), Sum(*map(Num, (1000, 2000, 3000))), Num(6000))
    >>> [(line.sign, str(line.right), line.continues) for line in lines(law, width=28)]
    [('=', '1,000 + 2,000 + 3,000', False), ('=', '6,000', False)]
    >>> long = Chain(symbol("n"), Sum(*map(Num, (1000, 2000, 3000, 4000, 5000))), Num(15000))
    >>> [(line.sign, str(line.right), line.continues) for line in lines(long, width=28)]
    [('=', '1,000 + 2,000 + 3,000', False), ('', '4,000 + 5,000', True), ('=', '15,000', False)]
    """
    if len(_told(formula, language)) <= width:
        return (Line(None, "", formula),)
    if not isinstance(formula, Chain):
        return tuple(_broken(None, "", formula, width, language))
    head = len(_told(formula.parts[0], language))
    whole = [len(_told(part, language)) for part in formula.parts[1:] if not isinstance(part, (Sum, Product))]
    found: list[Line] = []
    left: Formula | None = formula.parts[0]
    # A long left side has a line of its own where what stands behind it would not fit.
    if head > width // 2 or (head > LEAST // 2 and head + 3 + max(whole, default=0) > width):
        found += _broken(None, "", formula.parts[0], width, language)
        left, head = None, 0
    for sign, part in zip(formula.signs, formula.parts[1:], strict=True):
        found += _broken(left, sign, part, max(width - head - 3, LEAST), language)
        left = None
    return tuple(found)


def _broken(left: Formula | None, sign: str, part: Formula, room: int, language: str) -> Iterator[Line]:
    if not isinstance(part, (Sum, Product)) or len(_told(part, language)) <= room:
        yield Line(left, sign, part)
        return
    kind = type(part)
    group: list[Formula] = []
    continues = False
    for inner in part.parts:
        if group and len(_told(kind(*group, inner), language)) > room:
            yield Line(None if continues else left, "" if continues else sign, kind(*group), continues)
            group, continues = [], True
        group.append(inner)
    yield Line(None if continues else left, "" if continues else sign, kind(*group), continues)
