"""Sizes that remember where they came from.

While a module is recorded, ``x.shape`` gives these numbers. They are ints in every respect; arithmetic with them keeps
the formula, and a comparison or any other way of reading the bare number is noted as a guard: at another input shape
the module might go another way.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

from ..extent import Extent

#: Called with (relation, left, right, answer) whenever control flow may hang on a size.
Note = Callable[[str, Extent, Extent, bool], None]


def extent_of(value: Any) -> Extent:
    """The formula of a size, or the number itself."""
    return value.extent if isinstance(value, Size) else number_of(value)


#: The bare number, without a note.
number_of = int.__int__


def _whole(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


class Size(int):
    """An int with its formula."""

    extent: Extent
    note: Note

    def __new__(cls, value: int, extent: Extent, note: Note) -> Size:
        self = super().__new__(cls, value)
        self.extent = extent
        self.note = note
        return self

    def _made(self, value: int, operator: str, left: Any, right: Any) -> Any:
        extent = (operator, extent_of(left), extent_of(right))
        self.note(operator, extent, None, True)
        return Size(value, extent, self.note)

    # -- arithmetic ----------------------------------------------------------------------------------------------

    def __add__(self, other: Any) -> Any:
        return (
            self._made(number_of(self) + number_of(other), "+", self, other)
            if _whole(other)
            else number_of(self) + other
        )

    def __radd__(self, other: Any) -> Any:
        return (
            self._made(number_of(other) + number_of(self), "+", other, self)
            if _whole(other)
            else other + number_of(self)
        )

    def __sub__(self, other: Any) -> Any:
        return (
            self._made(number_of(self) - number_of(other), "-", self, other)
            if _whole(other)
            else number_of(self) - other
        )

    def __rsub__(self, other: Any) -> Any:
        return (
            self._made(number_of(other) - number_of(self), "-", other, self)
            if _whole(other)
            else other - number_of(self)
        )

    def __mul__(self, other: Any) -> Any:
        if _whole(other):
            return self._made(number_of(self) * number_of(other), "*", self, other)
        if isinstance(other, float):
            return Quotient.of(number_of(self) * other, self, other, self.note)
        return self.bare() * other

    def __rmul__(self, other: Any) -> Any:
        return self.__mul__(other)

    def __floordiv__(self, other: Any) -> Any:
        return (
            self._made(number_of(self) // number_of(other), "//", self, other)
            if _whole(other)
            else self.bare() // other
        )

    def __rfloordiv__(self, other: Any) -> Any:
        return (
            self._made(number_of(other) // number_of(self), "//", other, self)
            if _whole(other)
            else other // self.bare()
        )

    def __mod__(self, other: Any) -> Any:
        return (
            self._made(number_of(self) % number_of(other), "%", self, other) if _whole(other) else self.bare() % other
        )

    def __rmod__(self, other: Any) -> Any:
        return (
            self._made(number_of(other) % number_of(self), "%", other, self) if _whole(other) else other % self.bare()
        )

    def __truediv__(self, other: Any) -> Any:
        if _whole(other) and number_of(other):
            return Quotient(number_of(self), self.extent, number_of(other), extent_of(other), self.note)
        return self.bare() / other

    def __rtruediv__(self, other: Any) -> Any:
        return other / self.bare()

    def __neg__(self) -> Any:
        return self._made(-number_of(self), "-", 0, self)

    def __pow__(self, other: Any, mod: Any = None) -> Any:
        if mod is None and type(other) is int and 1 <= other <= 8:
            result: Any = self
            for _ in range(other - 1):
                result = result * self
            return result
        return pow(self.bare(), other, mod)

    def __rpow__(self, other: Any, mod: Any = None) -> Any:
        return pow(other, self.bare(), mod)

    # -- questions -----------------------------------------------------------------------------------------------

    def bare(self) -> int:
        """The number alone; that it was taken is noted."""
        number = number_of(self)
        self.note("==", self.extent, number, True)
        return number

    def __int__(self) -> int:
        return self.bare()

    def __eq__(self, other: object) -> bool:
        if not _whole(other):
            return False
        answer = int.__eq__(self, other)
        self.note("==", self.extent, extent_of(other), answer)
        return answer

    def __ne__(self, other: object) -> bool:
        return not self == other

    def __lt__(self, other: Any) -> bool:
        if not _whole(other):
            return self.bare() < other  # type: ignore[no-any-return]
        answer = int.__lt__(self, other)
        self.note("<", self.extent, extent_of(other), answer)
        return answer

    def __gt__(self, other: Any) -> bool:
        if not _whole(other):
            return self.bare() > other  # type: ignore[no-any-return]
        answer = int.__gt__(self, other)
        self.note("<", extent_of(other), self.extent, answer)
        return answer

    def __le__(self, other: Any) -> bool:
        return not self > other

    def __ge__(self, other: Any) -> bool:
        return not self < other

    def __bool__(self) -> bool:
        return self != 0

    __hash__ = int.__hash__

    def __float__(self) -> float:
        return float(self.bare())

    def __index__(self) -> int:
        return self.bare()

    def __deepcopy__(self, memo: Any) -> Size:
        return self

    def __reduce__(self) -> Any:
        return int, (number_of(self),)


class Quotient(float):
    """A true quotient of sizes; ``math.ceil`` and ``math.floor`` of it are sizes again."""

    above: tuple[int, Extent]
    below: tuple[int, Extent]
    note: Note

    def __new__(cls, above: int, above_extent: Extent, below: int, below_extent: Extent, note: Note) -> Quotient:
        self = super().__new__(cls, above / below)
        self.above = (above, above_extent)
        self.below = (below, below_extent)
        self.note = note
        return self

    @staticmethod
    def of(value: float, size: Size, factor: float, note: Note) -> float:
        """``size * factor``, kept as a quotient where the factor is the inverse of a whole number or whole itself."""
        number = number_of(size)
        if factor == int(factor):
            return Quotient(number * int(factor), ("*", size.extent, int(factor)), 1, 1, note)
        inverse = round(1 / factor) if factor else 0
        if inverse and 1 / inverse == factor:
            return Quotient(number, size.extent, inverse, inverse, note)
        size.bare()
        return value

    def __floor__(self) -> Any:
        (a, a_extent), (b, b_extent) = self.above, self.below
        return Size(a // b, ("floor/", a_extent, b_extent), self.note)

    def __ceil__(self) -> Any:
        (a, a_extent), (b, b_extent) = self.above, self.below
        # A function that treats sizes that are tensors apart has them rounded as tensors when it is traced.
        names = sys._getframe(1).f_code.co_names
        if "isinstance" in names and "Tensor" in names:
            return Size(-(-a // b), ("-", 0, ("//", ("-", 0, a_extent), b_extent)), self.note)
        return Size(-(-a // b), ("ceil/", a_extent, b_extent), self.note)

    def _read(self) -> Any:
        self.note("==", self.above[1], self.above[0], True)
        self.note("==", self.below[1], self.below[0], True)
        return self.above[0] / self.below[0]

    def __int__(self) -> int:
        return int(self._read())

    def __trunc__(self) -> Any:
        return self.__floor__()

    def __round__(self, ndigits: Any = None) -> Any:
        return round(self._read()) if ndigits is None else round(self._read(), ndigits)

    def _compared(name: str) -> Any:  # type: ignore[misc]  # noqa: N805
        def compare(self: Quotient, other: Any) -> Any:
            return getattr(self._read(), name)(float(other) if isinstance(other, (int, float)) else other)

        return compare

    __add__, __radd__, __sub__, __rsub__ = map(_compared, ("__add__", "__radd__", "__sub__", "__rsub__"))
    __mul__, __rmul__, __truediv__, __rtruediv__ = map(
        _compared, ("__mul__", "__rmul__", "__truediv__", "__rtruediv__")
    )
    __lt__, __le__, __gt__, __ge__ = map(_compared, ("__lt__", "__le__", "__gt__", "__ge__"))
    __eq__, __ne__ = map(_compared, ("__eq__", "__ne__"))
    __pow__, __floordiv__ = map(_compared, ("__pow__", "__floordiv__"))

    def __neg__(self) -> float:
        return float(-self._read())

    __hash__ = float.__hash__
