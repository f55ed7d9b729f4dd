"""Numbers drawn from a seed: the same seed draws the same ones, on every machine and every Python."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Sequence
from typing import TypeVar

T = TypeVar("T")


class Again(Exception):  # noqa: N818 (no error: the draw is thrown away and made anew)
    """These numbers make no good question: too large, two answers alike, nothing to compute."""


class Draw:
    """A source of numbers for one question.

    >>> Draw("9", "macs", 1).pick(range(10, 20)) == Draw("9", "macs", 1).pick(range(10, 20))
    True
    """

    def __init__(self, *names: object) -> None:
        seed = hashlib.sha256("/".join(map(str, names)).encode()).digest()
        self._random = random.Random(int.from_bytes(seed, "big"))  # noqa: S311 (drawn to be drawn again, not secret)

    def pick(self, values: Sequence[T]) -> T:
        """One of the values."""
        return values[self._random.randrange(len(values))]

    def several(self, values: Sequence[T], count: int) -> list[T]:
        """``count`` different places of ``values``, in a random order."""
        left = list(range(len(values)))
        return [values[left.pop(self._random.randrange(len(left)))] for _ in range(count)]

    def chance(self, one_in: int) -> bool:
        """True once in so many draws."""
        return self._random.randrange(one_in) == 0


def need(condition: bool) -> None:
    """Draw again unless this holds."""
    if not condition:
        raise Again
