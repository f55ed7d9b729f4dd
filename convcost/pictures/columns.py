"""A long network in several columns, read like a text: down, then on at the top of the next one."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from math import isqrt

from .arrange import Arranger
from .pieces import Piece
from .seriesparallel import Series, Tree, Wire

#: Pixels between columns, and the height up to which one column is kept.
GUTTER, TALL = 40, 1200


#: How tall a column may be, in per cent of its share of the whole height.
_UNEVEN = 160

#: The edge that stands for "on to the next column" where a column ends.
ONWARD = -1
#: Pixels from the top of a column to where its lines part.
FORK = 12


@dataclass(frozen=True)
class Column:
    """A piece with the x of its axis, and the x of the line from its end to the next column."""

    piece: Piece
    x: int
    lane: int = 0


def columned(arranger: Arranger, tree: Tree, ends: tuple[int, int], wanted: int | None) -> list[Column]:
    """The columns of a network; one unless it is a series that is taller than a page, or more are ``wanted``."""
    source, sink = ends
    whole = arranger.piece(tree, source, sink)
    # No column is without a box.
    count = min(wanted or _fitting(whole), len(whole.boxes))
    if not isinstance(tree, Series):
        return [Column(whole, whole.left)]
    cuts = _cuts(tree, whole, count)
    while cuts and wanted is None and not _is_even(tree, whole, cuts):
        count -= 1
        cuts = _cuts(tree, whole, count)
    return _placed(arranger, tree, ends, cuts) if cuts else [Column(whole, whole.left)]


def _fitting(whole: Piece) -> int:
    """As many columns as make a picture a little taller than wide."""
    if whole.height <= TALL:
        return 1
    wide = whole.left + whole.right + GUTTER
    # The root of 0.8 height / width, to the nearest whole number.
    return min(max((isqrt(16 * whole.height // (5 * wide)) + 1) // 2, 1), 6)


def _cuts(tree: Series, whole: Piece, count: int) -> list[int]:
    """Numbers of the vertices that end a column: those next to equal shares of the height."""
    bottoms = {box.vertex: box.y + box.height for box in whole.boxes}
    allowed = range(len(tree.vertices) - 1)
    chosen = {
        min(allowed, key=lambda place: abs(bottoms[tree.vertices[place]] - whole.height * part // count))
        for part in range(1, count)
        if allowed
    }
    return sorted(chosen)


def _is_even(tree: Series, whole: Piece, cuts: list[int]) -> bool:
    """Whether no column is much taller than its share: what cannot be cut is no reason to put the rest beside it."""
    bottoms = {box.vertex: box.y + box.height for box in whole.boxes}
    stops = [0, *(bottoms[tree.vertices[cut]] for cut in cuts), whole.height]
    tallest = max(after - before for before, after in pairwise(stops))
    return 100 * tallest * (len(cuts) + 1) <= _UNEVEN * whole.height


def _placed(arranger: Arranger, tree: Series, ends: tuple[int, int], cuts: list[int]) -> list[Column]:
    stops = [-1, *cuts, len(tree.vertices) - 1]
    columns: list[Column] = []
    x = 0
    for before, last in pairwise(stops):
        onward = tree.between[last + 1] if last == stops[-1] else Wire(ONWARD)
        inner = Series((*tree.between[before + 1 : last + 1], onward), tree.vertices[before + 1 : last + 1])
        source = tree.vertices[before] if before >= 0 else ends[0]
        sink = ends[1] if last == stops[-1] else tree.vertices[last + 1]
        piece = arranger.piece(inner, source, sink)
        x += piece.left + (GUTTER if columns else 0)
        columns.append(Column(piece, x, x + piece.right + GUTTER // 2))
        x += piece.right
    return columns
