"""Formulas inside of a line of text: in pieces between which the line may break, at signs only."""

from __future__ import annotations

from .lines import Line, lines
from .nodes import SUM, Formula
from .writer import Writer


def fragments(writer: Writer, formula: Formula, width: int) -> tuple[str, ...]:
    """A formula in one piece where it has no more than ``width`` characters; else a long one is parted before its
    signs of equality, and where that is not enough before ``+``, ``−`` and ``×`` that stand in no bracket.

    >>> from . import Chain, Num, Sum, symbol
    >>> from .plain import Plain
    >>> law = Chain(symbol("n"), Sum(*map(Num, (1000, 2000, 3000))), Num(6000))
    >>> fragments(Plain(), law, 40), fragments(Plain(), law, 28)
    (('n = 1,000 + 2,000 + 3,000 = 6,000',), ('n = 1,000 + 2,000 + 3,000', ' = 6,000'))
    """
    parts = lines(formula, width, writer.language)
    return (writer.write(formula),) if len(parts) < 2 else tuple(_fragment(writer, part) for part in parts)


def _fragment(writer: Writer, part: Line) -> str:
    right = writer.continued(part.right) if part.continues else writer.write(part.right, SUM)
    if not (part.sign or part.continues):
        return right
    left = writer.write(part.left, SUM) if part.left else writer.nothing
    return writer.joined([left, *([writer.sign(part.sign)] if part.sign else []), right])
