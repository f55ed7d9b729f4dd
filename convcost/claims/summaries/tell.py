"""Findings about summaries."""

from __future__ import annotations

from fractions import Fraction

from ...messages import Message, plain
from ..diagnosis import Case, diagnose, slipped
from ..expression import Node, NotComputableError, parse
from ..model import Finding, Spot
from .record import Dims, Figure, Record, Row, Size


def whole(value: Fraction | int) -> int | Fraction:
    """An integer where it is one."""
    number = Fraction(value)
    return number.numerator if number.denominator == 1 else number


def node_of(text: str, value: Fraction | int) -> Node:
    """The expression for the diagnosis; the bare number where there is none."""
    try:
        return parse(text)
    except NotComputableError:
        return parse(str(Fraction(value).numerator))


def diagnosed(
    figure: Figure, right: Fraction | int, text: str = "", values: frozenset[Fraction] = frozenset()
) -> tuple[str, Message]:
    """The reason for a wrong figure, and how it came about."""
    case = Case(node_of(text, right), Fraction(right), figure.printed, figure.text, values=values)
    found = diagnose(case)
    return found.reason, found.why


def about_figure(
    source: str, kind: str, figure: Figure, line: tuple[str, Spot], computed: Fraction | int, verdict: str, why: Message,
    reason: str | None = None,
) -> Finding:  # fmt: skip
    """A finding about one printed number; ``line`` is the text it stands in, and where."""
    text, spot = line
    right = figure.like(computed) if verdict == "wrong" else None
    return Finding(
        source, figure.spot.line, (spot.start, spot.end) if spot.line == figure.spot.line else (figure.spot.start, figure.spot.end),
        text, kind, figure.text, whole(figure.value), whole(computed), verdict, reason, why, figure.spot.cell,
        None if right is None else replaced(text, spot, figure.spot, right), figure.spot, right,
    )  # fmt: skip


def replaced(text: str, spot: Spot, at: Spot, right: str) -> str | None:
    """A line with another number in one place.

    >>> replaced("a 12 b", Spot(1, 4, 10), Spot(1, 6, 8), "21")
    'a 21 b'
    """
    if at.line != spot.line:
        return None
    return text[: at.start - spot.start] + right + text[at.end - spot.start :]


def about_size(source: str, row: Row, size: Size, right: Dims, why: Message) -> Finding:
    """A finding about a wrong shape."""
    reason, how = shape_reason(size.dims, right)
    text = size.like(right)
    explanation = Message("{why}; {how}.", why=why, how=how)
    mended = replaced(row.text, row.spot, size.spot, text) if size.whole else None
    return Finding(
        source, size.spot.line, (row.spot.start, row.spot.end), row.text, "table", size.text, size.text, text, "wrong",
        reason, explanation, size.spot.cell, mended, size.spot, text if size.whole else None,
    )  # fmt: skip


def shape_reason(printed: Dims, right: Dims) -> tuple[str, Message]:
    """What happened to a shape.

    >>> shape_reason((64, 121, 112), (64, 112, 112))[0], shape_reason((26, 26, 8), (26, 8, 26))[0]
    ('misprint', 'swapped-columns')
    """
    differing = [(a, b) for a, b in zip(printed, right, strict=False) if a != b]
    if len(printed) == len(right) and len(differing) == 2 and differing[0] == differing[1][::-1]:
        return "swapped-columns", Message("two of its dims are swapped")
    if len(differing) == 1 and len(printed) == len(right):
        how = slipped(str(differing[0][0]), str(differing[0][1]))
        if how is not None:
            return "misprint", Message("in {dim} {how}", dim=differing[0][0], how=how)
    return "output-shape", Message("the sizes do not come out")


def rows_hold(source: str, record: Record, judged: int) -> Finding:
    """All rows of a summary in one finding."""
    rows = len(record.rows)
    why = Message(
        "the summary has {rows} rows; the params of {judged} of them can be checked against the laws of their layers, "
        "and they hold.",
        rows=rows, judged=judged,
    )  # fmt: skip
    first = record.rows[0]
    return Finding(
        source, first.spot.line, (first.spot.start, first.spot.end), first.text, "table", "", rows, rows, "holds", None,
        why, first.spot.cell,
    )  # fmt: skip


def sentence(*parts: str) -> Message:
    """Parts of an explanation, one behind the other."""
    return Message.joined(*(part if isinstance(part, Message) else plain(part) for part in parts))
