"""Elementwise functions that have no layer of their own, elementwise joins beyond sum and product, and reductions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from ..arith import Dim, Shape, prod
from ..errors import ShapeError, SpecError
from ..sight import AxisLaw, InputLaw, Whole, kept, stays
from ..sight import broadcast as stretched
from ..tally import NOTHING, Tally
from .activation import ELU, Softplus
from .base import Layer, flag, one_of, shape_text
from .merge import Merge, broadcast

#: What one element costs. Signs, casts, roundings and logic are no arithmetic, as in the other layers.
_FUNCTIONS: Mapping[str, Tally] = MappingProxyType(
    {
        "identity": NOTHING, "neg": NOTHING, "cast": NOTHING, "round": NOTHING, "logic": NOTHING,
        "add": Tally(adds=1), "mul": Tally(muls=1), "div": Tally(divs=1), "pow": Tally(pows=1),
        "square": Tally(muls=1), "sqrt": Tally(sqrts=1), "rsqrt": Tally(sqrts=1, divs=1), "exp": Tally(exps=1),
        "log": Tally(logs=1), "erf": Tally(erfs=1), "abs": Tally(compares=1), "compare": Tally(compares=1),
        "clip": Tally(compares=2), "scale_shift": Tally(muls=1, adds=1), "mask": Tally(compares=1, muls=1),
        "quantize": Tally(divs=1, adds=1, compares=2), "dequantize": Tally(adds=1, muls=1),
        "softsign": Tally(compares=1, adds=1, divs=1), "celu": ELU.each + Tally(divs=1), "log_sigmoid": Softplus.each,
        "hard_shrink": Tally(compares=2), "soft_shrink": Tally(compares=2, adds=1),
        "tanh_shrink": Tally(tanhs=1, adds=1), "squareplus": Tally(adds=2, muls=2, sqrts=1),
    }
)  # fmt: skip


@dataclass(frozen=True, repr=False)
class Pointwise(Layer):
    """A function of one element, the same for all of them, named by ``function``.

    Shape:   unchanged
    Params:  none
    Tally:   what the formula says, per element. One operation: ``add``, ``mul``, ``div``, ``pow`` (with a constant),
             ``square``, ``sqrt``, ``exp``, ``log``, ``erf``, ``abs``, ``compare`` (also maximum and minimum with a
             constant). Two or more: ``rsqrt`` (root, division), ``clip`` (two compares), ``scale_shift`` (product,
             addition), ``mask`` (compare, product), ``softsign`` ``x/(1 + abs(x))``, ``celu`` (:class:`ELU` of
             ``x/alpha``), ``log_sigmoid`` (:class:`Softplus` of ``-x``), ``hard_shrink`` (two compares),
             ``soft_shrink`` (and a difference), ``tanh_shrink`` ``x - tanh(x)``, ``squareplus``
             ``(x + sqrt(x*x + b))/2``, ``quantize`` (division, zero point, two compares), ``dequantize``. None:
             ``identity``, ``neg``, ``cast``, ``round``, ``logic``
    Source:  documentation of ``torch`` and ``keras.activations`` for each formula

    >>> Pointwise("exp").laws((3, 4, 4)).tally
    Tally(exps=48)
    """

    function: str

    def __post_init__(self) -> None:
        super().__post_init__()
        one_of("function", self.function, tuple(_FUNCTIONS))

    def output_shape(self, *inputs: Shape) -> Shape:
        return inputs[0]

    def tally(self, *inputs: Shape, out: Shape) -> Tally:
        return _FUNCTIONS[self.function].scaled(prod(out))

    def sight(self, *inputs: Shape, out: Shape) -> tuple[InputLaw, ...]:
        return (kept(out),)


#: What each further input costs per output element.
_JOINS: Mapping[str, Tally] = MappingProxyType(
    {
        "sub": Tally(adds=1), "div": Tally(divs=1), "pow": Tally(pows=1), "max": Tally(compares=1),
        "min": Tally(compares=1), "compare": Tally(compares=1), "average": Tally(adds=1), "select": NOTHING,
        "logic": NOTHING,
    }
)  # fmt: skip


@dataclass(frozen=True, repr=False, init=False)
class Combine(Merge):
    """Elementwise join of several inputs by ``operation``, with broadcasting of dims that are 1.

    Shape:   the common one
    Params:  none
    Tally:   per output element and further input one addition (``sub``, a difference, and ``average``), division
             (``div``), power (``pow``) or compare (``max``, ``min``, ``compare``); ``average`` divides once more per
             output element; ``select`` (a choice between inputs) and ``logic`` are no arithmetic
    Source:  documentation of ``torch.sub``, ``torch.maximum``, ``torch.where`` and ``keras.layers.Average``

    >>> Combine(operation="average").laws((64, 7, 7), (64, 7, 7)).tally
    Tally(adds=3136, divs=3136)
    """

    operation: str

    def __post_init__(self) -> None:
        super().__post_init__()
        one_of("operation", self.operation, tuple(_JOINS))

    def output_shape(self, *inputs: Shape) -> Shape:
        if not inputs:
            raise SpecError("Combine needs an input", got="none")
        return broadcast("Combine", inputs)

    def tally(self, *inputs: Shape, out: Shape) -> Tally:
        elements = prod(out)
        joined = _JOINS[self.operation].scaled(elements * (len(inputs) - 1))
        return joined + Tally(divs=elements) if self.operation == "average" else joined

    def sight(self, *inputs: Shape, out: Shape) -> tuple[InputLaw, ...]:
        return tuple([stretched(x, out) for x in inputs])


REDUCTIONS = ("mean", "sum", "max", "min", "prod", "norm")


@dataclass(frozen=True, repr=False)
class Reduce(Layer):
    """One number out of all elements along ``axes`` (of the shape without the batch; ``None``: all of them).

    Shape:   without those axes, or with 1 in their place (``keepdims``)
    Params:  none
    Tally:   per result of ``n`` elements ``n - 1`` adds (``sum``), compares (``max``, ``min``; also for the place of
             the largest) or products (``prod``); ``mean`` divides once more; ``norm`` (the root of the sum of squares)
             has ``n`` products, ``n - 1`` adds and a root
    Source:  documentation of ``torch.mean`` and its like

    >>> Reduce("mean", (1, 2)).laws((1024, 7, 7))
    Laws(output=(1024,), params=0, tally=Tally(adds=49152, divs=1024))
    """

    kind: str
    axes: Any = None
    keepdims: bool = False

    def __post_init__(self) -> None:
        super().__post_init__()
        one_of("kind", self.kind, REDUCTIONS)
        flag("keepdims", self.keepdims)
        if self.axes is not None:
            axes = tuple(self.axes) if isinstance(self.axes, (tuple, list)) else (self.axes,)
            if not all(type(axis) is int for axis in axes):
                raise SpecError("axes are whole numbers", got=f"axes={self.axes!r}")
            self._set(axes=axes)

    def output_shape(self, *inputs: Shape) -> Shape:
        (x,) = inputs
        axes = tuple(range(len(x))) if self.axes is None else self.axes
        if not all(-len(x) <= axis < len(x) for axis in axes):
            raise ShapeError(f"there are no axes {axes}", got=f"input {shape_text(x)}")
        gone = {axis % len(x) for axis in axes}
        if self.keepdims:
            return tuple(1 if axis in gone else size for axis, size in enumerate(x))
        return tuple(size for axis, size in enumerate(x) if axis not in gone)

    def tally(self, *inputs: Shape, out: Shape) -> Tally:
        elements, results = prod(inputs[0]), prod(out)
        rest: Dim = elements - results
        if self.kind in ("max", "min"):
            return Tally(compares=rest)
        if self.kind == "prod":
            return Tally(muls=rest)
        if self.kind == "norm":
            return Tally(muls=elements, adds=rest, sqrts=results)
        return Tally(adds=rest, divs=results) if self.kind == "mean" else Tally(adds=rest)

    def sight(self, *inputs: Shape, out: Shape) -> tuple[InputLaw, ...]:
        return (reduced(inputs[0], range(len(inputs[0])) if self.axes is None else self.axes, self.keepdims),)


def reduced(x: Shape, axes: Iterable[int], keepdims: bool) -> InputLaw:
    """All elements along ``axes`` are read; the other axes close up where those go."""
    gone = {axis % len(x) for axis in axes} if x else set()
    laws: list[AxisLaw] = []
    place = 0
    for axis, size in enumerate(x):
        laws.append(Whole(size) if axis in gone else stays(place))
        place += 1 if keepdims or axis not in gone else 0
    return tuple(laws)
