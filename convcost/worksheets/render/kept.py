"""What stays together on a line of text: a number with its unit, a shape with its empty places.

Formulas come out whole; a rendering parts long ones with :func:`convcost.formula.fragments`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import groupby

from ...formula import Formula, Num, Product, Slot
from ..inline import Piece, pieces
from ..model import Hole, Inline

#: Characters of a formula that stand in one piece inside of a line.
SHORT = 32
_TIMES = " × "
#: What is counted or measured: a unit, or the Chinese word that begins what is counted.
_UNIT = (
    r"(?:(?:MACs?|FLOPs?|bytes?|bits?|[KMGT]i?B|kB|parameters|weights|channels|filters|groups|outputs|features|"
    r"pixels?|numbers|values|elements|maps)\b|%|[\u4e00-\u9fff])"
)
_IN_TEXT = re.compile(rf"(?<=\d) (?={_UNIT})")
_BEHIND = re.compile(rf"^ (?={_UNIT})")
_SLOT = re.compile(r"\(\d+\)")


def kept(content: Inline | Hole | str, language: str = "en") -> list[Piece]:
    """The pieces of a line, with no-break spaces between numbers and units, and products in one piece.

    >>> from ...messages import Message
    >>> kept(Message("{n} MACs for {a} × {b}", n=Num(1204), a=Num(3), b=Num(5)))
    [Num(value=1204), '\\xa0MACs for ', Product(parts=(Num(value=3), Num(value=5)))]
    """
    return _kept(pieces(content, language))


def kept_in_cell(content: Inline | Hole, language: str = "en") -> list[Piece]:
    """The pieces of a table's cell, in which also the empty places of a shape are known.

    >>> from ...messages import Message
    >>> shape, = kept_in_cell(Message("{c} × {h} × {h}", c=Num(16), h=Hole(1)))
    >>> shape.parts
    (Num(value=16), Slot(text='(1)'), Slot(text='(1)'))
    """
    if isinstance(content, Hole):
        return [str(content)]
    found = pieces(content, language)
    # A hole inside of a sentence has become its text.
    return _kept(Slot(one) if isinstance(one, str) and _SLOT.fullmatch(one) else one for one in found)


def _kept(found: Iterable[Piece]) -> list[Piece]:
    made: list[Piece] = []
    for piece in _multiplied(list(_whole(found))):
        if isinstance(piece, str):
            piece = _IN_TEXT.sub("\xa0", piece)
            if made and isinstance(made[-1], Formula):
                piece = _BEHIND.sub("\xa0", piece)
        made.append(piece)
    return made


def _whole(found: Iterable[Piece]) -> Iterator[Piece]:
    """Texts that follow each other as one."""
    for textual, group in groupby(found, lambda one: isinstance(one, str)):
        if textual:
            yield "".join(map(str, group))
        else:
            yield from group


def _multiplied(found: list[Piece]) -> Iterator[Piece]:
    """Factors with the sign as text between them as one formula."""
    place = 0
    while place < len(found):
        factors = [found[place]]
        while found[place + 1 : place + 2] == [_TIMES] and _factors(found[place], *found[place + 2 : place + 3]):
            factors.append(found[place + 2])
            place += 2
        place += 1
        yield Product(*factors) if len(factors) > 1 else factors[0]  # type: ignore[arg-type]


def _factors(*both: Piece) -> bool:
    return len(both) > 1 and all(isinstance(one, (Num, Slot)) for one in both)
