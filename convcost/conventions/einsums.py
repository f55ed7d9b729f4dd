"""How NumPy prices an Einstein sum: two counters print what it says, digits lost and all."""

from __future__ import annotations

from ..arith import Shape
from .trace import numbers_only


def numpy_flops(equation: str, shapes: list[Shape]) -> float:
    """The "optimized FLOP count" of ``numpy.einsum_path``, as its report rounds it to four digits.

    >>> numpy_flops("ij,jk->ik", [(5, 4), (4, 5)])
    201.0
    """
    import numpy as np

    sizes = [tuple(numbers_only(size, "NumPy") for size in shape) for shape in shapes]
    # Only shapes matter: one zero, looked at as an array of any size, takes no memory.
    arrays = [np.broadcast_to(np.zeros(()), shape) for shape in sizes]
    report: str = np.einsum_path(equation.replace(" ", ""), *arrays, optimize="optimal")[1]
    line = next(line for line in report.split("\n") if "optimized flop" in line.lower())
    return float(line.split(":")[-1])
