"""How a wrong number comes about of a right one: what is near enough to be a slip of somebody's hand."""

from __future__ import annotations

from collections.abc import Iterator

from ..diagnosis import slipped
from .record import Dims

#: Smaller numbers are a slip away from everything.
_FEW = 10


def near(printed: int, right: int) -> bool:
    """Whether one slip makes one number of the other: of a digit, of a power of ten, of a factor of two.

    >>> near(9742, 9472), near(94720, 9472), near(4736, 9472), near(9472, 36928)
    (True, True, True, False)
    """
    if printed == right:
        return False
    low, high = sorted((printed, right))
    if high >= _FEW and slipped(str(printed), str(right)) is not None:
        return True
    return low >= _FEW and (high == 2 * low or (high % low == 0 and str(high // low).rstrip("0") == "1"))


def slips(printed: int) -> Iterator[int]:
    """The numbers that one slip of a digit makes of another: what may have been meant.

    >>> 73856 in slips(73865), 9472 in slips(947), 9472 in slips(94722), 9472 in slips(9372), 12 in slips(9999)
    (True, True, True, True, False)
    """
    digits = str(printed)
    found = set()
    for n in range(len(digits)):
        found |= {digits[:n] + other + digits[n + 1 :] for other in "0123456789"}
        found.add(digits[:n] + digits[n + 1 :])
        found |= {
            digits[:n] + digits[m] + digits[n + 1 : m] + digits[n] + digits[m + 1 :] for m in range(n + 1, len(digits))
        }
    for n in range(len(digits) + 1):
        found |= {digits[:n] + other + digits[n:] for other in "0123456789"}
    yield from sorted({int(text) for text in found if text and text[0] != "0"} - {printed})


def near_dims(printed: Dims, right: Dims) -> bool:
    """Whether two shapes differ by a slip: of a digit in one dim, or by two dims that changed places.

    >>> near_dims((64, 121, 112), (64, 112, 112)), near_dims((112, 64, 7), (64, 112, 7)), near_dims((1, 2), (3, 4))
    (True, True, False)
    """
    if len(printed) != len(right):
        return False
    differing = [(a, b) for a, b in zip(printed, right, strict=True) if a != b]
    if len(differing) == 1:
        return slipped(str(differing[0][0]), str(differing[0][1])) is not None
    return len(differing) == 2 and differing[0] == differing[1][::-1]
