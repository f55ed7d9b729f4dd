"""How a wrong number comes about of a right one: what is near enough to be a slip of somebody's hand."""

from __future__ import annotations

from ..diagnosis import slipped
from .record import Dims


def near(printed: int, right: int) -> bool:
    """Whether one slip makes one number of the other: of a digit, of a power of ten, of a factor of two.

    >>> near(9742, 9472), near(94720, 9472), near(4736, 9472), near(9472, 36928)
    (True, True, True, False)
    """
    if printed == right:
        return False
    if slipped(str(printed), str(right)) is not None:
        return True
    low, high = sorted((printed, right))
    return low > 0 and (high == 2 * low or (high % low == 0 and str(high // low).rstrip("0") == "1"))


def near_dims(printed: Dims, right: Dims) -> bool:
    """Whether two shapes differ by a slip: in one dim, or by two that changed places.

    >>> near_dims((64, 121, 112), (64, 112, 112)), near_dims((112, 64, 7), (64, 112, 7)), near_dims((1, 2), (3, 4))
    (True, True, False)
    """
    if len(printed) != len(right):
        return False
    differing = [(a, b) for a, b in zip(printed, right, strict=True) if a != b]
    if len(differing) == 1:
        return True
    return len(differing) == 2 and differing[0] == differing[1][::-1]
