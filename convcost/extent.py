"""Sizes that were computed from other sizes: ``H // 2`` of a tensor's shape, kept as a formula.

An importer sees a module compute with the sizes of its tensors. Written down as formulas over values of the graph,
they can be computed again at another input shape, or with symbols. A formula is an ``int``, ``("size", value, axis)``,
``("is", n, 0)`` for the fixed size of a weight, or ``(operator, a, b)``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, TypeAlias

from .arith import Dim, as_int, ceil_div, decide_same, exact_div, maximum, minimum

#: An ``int``, ``("size", value, axis)`` or ``(operator, a, b)``.
Extent: TypeAlias = Any

_OPERATIONS: Mapping[str, Callable[[Dim, Dim], Dim]] = {
    "+": lambda a, b: a + b,
    "-": lambda a, b: a - b,
    "*": lambda a, b: a * b,
    "//": lambda a, b: a // b,
    "%": lambda a, b: a - b * (a // b),
    # Quotients that Python rounded: no tracer follows a size through them.
    "ceil/": ceil_div,
    "floor/": lambda a, b: a // b,
    "max": maximum,
    "min": minimum,
}


def evaluate(extent: Extent, size: Callable[[int, int], Dim]) -> Dim:
    """The number, or expression; ``size(value, axis)`` tells the sizes.

    >>> evaluate(("*", ("size", 0, 1), ("//", ("size", 0, 2), 2)), lambda value, axis: (1, 3, 8)[axis])
    12
    """
    if type(extent) is not tuple:
        return extent
    operator, first, second = extent
    if operator == "size":
        return size(first, second)
    if operator == "is":
        return first
    a, b = evaluate(first, size), evaluate(second, size)
    if operator == "//" and not (type(a) is int and type(b) is int) and _divides(b, a):
        return exact_div(a, b)
    return as_int(_OPERATIONS[operator](a, b))


def _divides(b: Dim, a: Dim) -> bool:
    """Whether a division of symbols has no remainder, without assuming anything."""
    return decide_same(a, b * (a // b)) is True


def sources(extent: Extent) -> Iterator[int]:
    """The values whose sizes a formula reads."""
    if type(extent) is tuple:
        if extent[0] == "size":
            yield extent[1]
        elif extent[0] != "is":
            yield from sources(extent[1])
            yield from sources(extent[2])


def is_traced(extent: Extent) -> bool:
    """Whether a tracer would see the formula as computed from sizes, and not as a number.

    >>> is_traced(("*", ("size", 0, 1), 2)), is_traced(("*", ("ceil/", ("size", 0, 1), 2), 2))
    (True, False)
    """
    if type(extent) is not tuple or extent[0] in ("ceil/", "floor/"):
        return False
    return extent[0] in ("size", "is") or is_traced(extent[1]) or is_traced(extent[2])


def renumbered(extent: Extent, numbers: Mapping[int, int]) -> Extent:
    """The formula over other numbers for its values."""
    if type(extent) is not tuple:
        return extent
    if extent[0] == "size":
        return ("size", numbers[extent[1]], extent[2])
    if extent[0] == "is":
        return extent
    return (extent[0], renumbered(extent[1], numbers), renumbered(extent[2], numbers))
