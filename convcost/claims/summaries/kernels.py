"""Kernels that a layer may have: which products of sides are plausible, and which fit the sizes before and behind."""

from __future__ import annotations

from functools import cache

from .record import Dims

#: Sides of kernels that people use; a number that only an odd kernel explains is mended to one of these.
USUAL = {1: (3, 1, 5, 7, 2, 4, 9, 8, 10, 11, 15), 2: (3, 1, 5, 7, 2, 4, 11, 16, 9, 8, 6, 14), 3: (3, 1, 5, 7, 2, 4)}
#: The longest side of a kernel: long filters of one-dimensional signals are longer still.
LONGEST = {1: 4096, 2: 31, 3: 16}
_LONGEST_OBLONG = 13
_MOST_STRIDE = 16


@cache
def plausible(taps: int, rank: int) -> bool:
    """Whether a kernel of so many taps may exist: square, a row or a column, or with two short sides.

    >>> [taps for taps in range(1, 30) if not plausible(taps, 2)]
    []
    >>> plausible(49, 2), plausible(147, 2), plausible(34, 2), plausible(27, 3)
    (True, False, False, True)
    """
    return any(True for _ in shapes(taps, rank))


@cache
def shapes(taps: int, rank: int) -> tuple[Dims, ...]:
    """The kernels with so many taps, square ones first."""
    longest = LONGEST[rank]
    if rank == 1:
        return ((taps,),) if 0 < taps <= longest else ()
    found = []
    for side in range(1, min(taps, longest) + 1):
        if taps % side:
            continue
        for rest in [(taps // side,)] if rank == 2 else shapes(taps // side, rank - 1):
            kernel = (side, *rest)
            if max(kernel) <= longest and (len(set(kernel)) == 1 or min(kernel) == 1 or max(kernel) <= _LONGEST_OBLONG):
                found.append(kernel)
    return tuple(sorted(set(found), key=lambda kernel: (max(kernel) - min(kernel), kernel)))


def square(side: int, rank: int) -> int:
    """Taps of a kernel whose sides are equal."""
    taps: int = side**rank
    return taps


@cache
def fits(size: int, side: int, out: int, padded: str = "any") -> bool:
    """Whether some stride, dilation and padding make ``out`` of ``size``.

    ``padded`` says how the tool pads: ``any`` number up to the kernel's side, or ``keras``'s ``same`` and ``valid``.

    >>> fits(28, 3, 26), fits(28, 3, 25), fits(28, 3, 25, "keras"), fits(224, 7, 112)
    (True, False, False, True)
    """
    if size < 0 or out < 0:
        return True
    for stride in range(1, _MOST_STRIDE + 1):
        if padded == "keras" and out == -(-size // stride):
            return True
        for dilation in range(1, 9 if stride == 1 and side > 1 else 2):
            window = dilation * (side - 1) + 1
            paddings = (0,) if padded == "keras" else range(window + 1)
            if any(size + 2 * p >= window and (size + 2 * p - window) // stride + 1 == out for p in paddings):
                return True
    return False


def fit(sizes: Dims, kernel: Dims, out: Dims, padded: str = "any") -> bool:
    """The same over all axes."""
    return len(sizes) == len(kernel) == len(out) and all(
        fits(size, side, target, padded) for size, side, target in zip(sizes, kernel, out, strict=True)
    )
