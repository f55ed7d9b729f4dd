"""Derivations: a law as formula, the numbers put in, and the result, each read off the kernel's own laws.

The window law is :func:`convcost.window.positions` asked about letters; products are the loops of a layer's
contraction. The numbers that are put in are worked out once more and compared with the kernel's result, so that no
derivation can say what its law does not give.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from ..contraction import Contraction
from ..formula import Chain, Formula, Num, Product, Sum, evaluate, put, symbol
from ..layers.base import axes, sides, stride_of
from ..layers.convolution import AXES
from ..symbolic import symbols, tree
from ..window import positions, same_positions


def worked(left: Formula, law: Formula, values: Mapping[str, int], result: int) -> Chain:
    """``left = law = numbers put in = result``.

    Raises ``ArithmeticError`` where the law does not give the result.

    >>> str(worked(symbol("n"), Product(symbol("k"), symbol("k")), {"k": 3}, 9))
    'n = k·k = 3 × 3 = 9'
    """
    numbers = put(law, values)
    if evaluate(numbers) != result:
        raise ArithmeticError(f"{left} = {numbers} is not {result}")
    return Chain(left, law, numbers, Num(result))


def added(left: Formula, parts: list[int]) -> Chain:
    """``left = a + b + c = total``.

    >>> str(added(symbol("n"), [2, 3]))
    'n = 2 + 3 = 5'
    """
    return Chain(left, Sum(*map(Num, parts)), Num(sum(parts)))


@cache
def window_law(axis: str, *, dilated: bool = False, ceil: bool = False, uneven: bool = False) -> Formula:
    """How many places a window takes, in letters: size, kernel ``k``, stride ``s``, padding ``p``, dilation ``d``.

    >>> str(window_law("H")), str(window_law("W", dilated=True))
    ('⌊(H − k + 2·p)/s⌋ + 1', '⌊(W − d·(k − 1) + 2·p − 1)/s⌋ + 1')
    """
    size, k, s, p, d = symbols(f"{axis} k s p d")
    before, after = symbols("p_before p_after") if uneven else (p, p)
    return tree(positions(size, k, s, before, after, d if dilated else 1, ceil=ceil))


def window_step(layer: Any, axis: int, shape: tuple[int, ...], result: int) -> Chain:
    """The size behind a convolution or pool on one spatial axis.

    >>> from ..layers import Conv
    >>> str(window_step(Conv(8, 5, padding=2, stride=2), 0, (3, 28, 28), 14))
    'H_out = ⌊(H − k + 2·p)/s⌋ + 1 = ⌊(28 − 5 + 2 × 2)/2⌋ + 1 = 14'
    """
    rank = len(shape) - 1
    name, size = AXES[rank][axis], shape[1 + axis]
    step = axes(stride_of(layer), rank)[axis]
    if layer.padding == "same":
        law = tree(same_positions(*symbols(f"{name} s")))
        return worked(symbol(f"{name}_out"), law, {name: size, "s": step}, result)
    before, after = sides(0 if layer.padding == "valid" else layer.padding, rank)[axis]
    dilation = axes(layer.dilation, rank)[axis]
    law = window_law(name, dilated=dilation != 1, ceil=getattr(layer, "ceil_mode", False), uneven=before != after)
    values = {name: size, "k": axes(layer.kernel, rank)[axis], "s": step, "p": before, "d": dilation}
    return worked(symbol(f"{name}_out"), law, {**values, "p_before": before, "p_after": after}, result)


def product_law(nest: Contraction, quantity: str) -> tuple[Formula, dict[str, int]]:
    """The product of a layer's loops in letters, and what the letters stand for: all loops for ``macs``, those of the
    weight for ``params``.

    >>> from ..layers import Conv
    >>> str(product_law(Conv(8, 3).contractions((4, 9, 9), out=(8, 7, 7))[0], "params")[0])
    'k_H·k_W·C_in·C_out'
    >>> law, values = product_law(Conv(8, 3, groups=2).contractions((4, 9, 9), out=(8, 7, 7))[0], "params")
    >>> str(put(law, values))
    '3 × 3 × 2 × (4/2) × (8/2)'
    """
    values: dict[str, int] = {}
    factors: list[Formula] = []
    for name, extent, _ in nest.loops(quantity):
        over, _, under = name.partition("/")
        values[over] = extent * (values[under] if under else 1)
        factors.append(symbol(name))
    return Product(*factors), values
