"""Activations: elementwise functions, and softmax.

The tally of each is the count of scalar operations in the formula that its docstring states.
"""

from __future__ import annotations

from dataclasses import dataclass

from ..arith import Dim, Shape, decide_same, prod, same
from ..errors import ShapeError, SpecError
from ..sight import InputLaw, Whole, kept
from ..tally import Tally
from .base import Elementwise, Layer, flag, one_of, real, shape_text, whole

_SIGMOID = Tally(exps=1, adds=1, divs=1)


@dataclass(frozen=True, repr=False)
class ReLU(Elementwise):
    """``max(x, 0)``: one compare per element; shape unchanged, no params.

    Source: documentation of ``torch.nn.ReLU``

    >>> ReLU().laws((64, 7, 7)).tally
    Tally(compares=3136)
    """

    each = Tally(compares=1)


@dataclass(frozen=True, repr=False)
class ReLU6(Elementwise):
    """``min(max(x, 0), 6)``: two compares per element; shape unchanged, no params.

    Source: documentation of ``torch.nn.ReLU6``

    >>> ReLU6().laws((2, 2)).tally
    Tally(compares=8)
    """

    each = Tally(compares=2)


@dataclass(frozen=True, repr=False)
class LeakyReLU(Elementwise):
    """``max(x, 0) + slope*min(x, 0)``: one compare and one product per element; shape unchanged, no params.

    Source: documentation of ``torch.nn.LeakyReLU``

    >>> LeakyReLU().laws((2, 2)).tally
    Tally(muls=4, compares=4)
    """

    negative_slope: float = 0.01
    each = Tally(compares=1, muls=1)

    def __post_init__(self) -> None:
        super().__post_init__()
        real("negative_slope", self.negative_slope)


@dataclass(frozen=True, repr=False)
class PReLU(Elementwise):
    """:class:`LeakyReLU` with learned slopes: ``num_parameters`` params: 1, one per channel, or ``"each"``.

    Source: He et al. 2015; documentation of ``torch.nn.PReLU``

    >>> PReLU(64).laws((64, 7, 7)).params
    64
    """

    num_parameters: Dim | str = 1
    each = Tally(compares=1, muls=1)

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.num_parameters != "each":
            self._set(num_parameters=whole("num_parameters", self.num_parameters))

    def output_shape(self, *inputs: Shape) -> Shape:
        (x,) = inputs
        if isinstance(self.num_parameters, str):
            return x
        if decide_same(self.num_parameters, 1) is not True and not (x and same(self.num_parameters, x[0])):
            raise ShapeError(
                f"num_parameters={self.num_parameters} is neither 1 nor the number of channels",
                got=f"input {shape_text(x)}",
            )
        return x

    def params(self, *inputs: Shape, out: Shape) -> Dim:
        return prod(out) if isinstance(self.num_parameters, str) else self.num_parameters


@dataclass(frozen=True, repr=False)
class ELU(Elementwise):
    """``x`` if positive, else ``alpha*(exp(x) - 1)``: a compare, an exponential, an addition, a product per element.

    Source: documentation of ``torch.nn.ELU``

    >>> ELU().laws((2, 2)).tally
    Tally(adds=4, muls=4, compares=4, exps=4)
    """

    alpha: float = 1.0
    each = Tally(compares=1, exps=1, adds=1, muls=1)

    def __post_init__(self) -> None:
        super().__post_init__()
        real("alpha", self.alpha)


@dataclass(frozen=True, repr=False)
class SELU(Elementwise):
    """:class:`ELU` times a constant: one product more per element.

    Source: documentation of ``torch.nn.SELU``

    >>> SELU().laws((2, 2)).tally.muls
    8
    """

    each = ELU.each + Tally(muls=1)


@dataclass(frozen=True, repr=False)
class Sigmoid(Elementwise):
    """``1/(1 + exp(-x))``: an exponential, an addition, a division per element.

    Source: documentation of ``torch.nn.Sigmoid``

    >>> Sigmoid().laws((2, 2)).tally
    Tally(adds=4, divs=4, exps=4)
    """

    each = _SIGMOID


@dataclass(frozen=True, repr=False)
class Tanh(Elementwise):
    """One hyperbolic tangent per element.

    Source: documentation of ``torch.nn.Tanh``

    >>> Tanh().laws((2, 2)).tally
    Tally(tanhs=4)
    """

    each = Tally(tanhs=1)


@dataclass(frozen=True, repr=False)
class SiLU(Elementwise):
    """``x*sigmoid(x)`` ("swish"): a sigmoid and a product per element.

    Source: documentation of ``torch.nn.SiLU``

    >>> SiLU().laws((2, 2)).tally
    Tally(adds=4, muls=4, divs=4, exps=4)
    """

    each = _SIGMOID + Tally(muls=1)


@dataclass(frozen=True, repr=False)
class GELU(Elementwise):
    """``x/2 * (1 + erf(x/sqrt(2)))``: an error function, an addition, three products per element;
    with ``approximate="tanh"`` ``x/2 * (1 + tanh(a*(x + b*x**3)))``: a tanh, two additions, six products.

    Source: documentation of ``torch.nn.GELU``

    >>> GELU().laws((2, 2)).tally, GELU("tanh").laws((2, 2)).tally
    (Tally(adds=4, muls=12, erfs=4), Tally(adds=8, muls=24, tanhs=4))
    """

    approximate: str = "none"

    def __post_init__(self) -> None:
        super().__post_init__()
        one_of("approximate", self.approximate, ("none", "tanh"))

    def tally(self, *inputs: Shape, out: Shape) -> Tally:
        each = Tally(tanhs=1, adds=2, muls=6) if self.approximate == "tanh" else Tally(erfs=1, adds=1, muls=3)
        return each.scaled(prod(out))


@dataclass(frozen=True, repr=False)
class Softplus(Elementwise):
    """``log(1 + exp(x))``: an exponential, an addition, a logarithm per element.

    Source: documentation of ``torch.nn.Softplus``

    >>> Softplus().laws((2, 2)).tally
    Tally(adds=4, exps=4, logs=4)
    """

    each = Tally(exps=1, adds=1, logs=1)


@dataclass(frozen=True, repr=False)
class Mish(Elementwise):
    """``x*tanh(softplus(x))`` per element.

    Source: documentation of ``torch.nn.Mish``

    >>> Mish().laws((2, 2)).tally.tanhs
    4
    """

    each = Softplus.each + Tally(tanhs=1, muls=1)


@dataclass(frozen=True, repr=False)
class Hardsigmoid(Elementwise):
    """``min(max(x + 3, 0), 6)/6``: an addition, two compares, a division per element.

    Source: documentation of ``torch.nn.Hardsigmoid``

    >>> Hardsigmoid().laws((2, 2)).tally
    Tally(adds=4, divs=4, compares=8)
    """

    each = Tally(adds=1, compares=2, divs=1)


@dataclass(frozen=True, repr=False)
class Hardswish(Elementwise):
    """``x*hardsigmoid(x)``: one product more than :class:`Hardsigmoid`.

    Source: documentation of ``torch.nn.Hardswish``

    >>> Hardswish().laws((2, 2)).tally.muls
    4
    """

    each = Hardsigmoid.each + Tally(muls=1)


@dataclass(frozen=True, repr=False)
class Hardtanh(Elementwise):
    """``min(max(x, low), high)``: two compares per element.

    Source: documentation of ``torch.nn.Hardtanh``

    >>> Hardtanh().laws((2, 2)).tally
    Tally(compares=8)
    """

    min_val: float = -1.0
    max_val: float = 1.0
    each = Tally(compares=2)

    def __post_init__(self) -> None:
        super().__post_init__()
        real("min_val", self.min_val)
        real("max_val", self.max_val)


def softmax_tally(rows: Dim, length: Dim, log: bool = False) -> Tally:
    """``exp(x - max)/sum`` for ``rows`` rows: per row ``n - 1`` compares, ``n`` differences and exponentials,
    ``n - 1`` adds, ``n`` divisions; with ``log`` a logarithm and ``n`` differences instead of the divisions."""
    if log:
        return Tally(compares=length - 1, adds=3 * length - 1, exps=length, logs=length * 0 + 1).scaled(rows)
    return Tally(compares=length - 1, adds=2 * length - 1, exps=length, divs=length).scaled(rows)


@dataclass(frozen=True, repr=False)
class Softmax(Layer):
    """``exp(x - max)/sum(exp(x - max))`` along ``axis`` (of the shape without the batch).

    Shape unchanged, no params; per row of ``n``: ``n - 1`` compares, ``2*n - 1`` adds, ``n`` exponentials, ``n``
    divisions; with ``log`` (its logarithm, ``x - max - log(sum)``) one logarithm and ``n`` more adds instead of the
    divisions.
    Source: documentation of ``torch.nn.Softmax`` and ``torch.nn.LogSoftmax``

    >>> Softmax().laws((1000,)).tally
    Tally(adds=1999, divs=1000, compares=999, exps=1000)
    """

    axis: int = -1
    log: bool = False

    def __post_init__(self) -> None:
        super().__post_init__()
        if type(self.axis) is not int:
            raise SpecError("axis is a whole number", got=f"axis={self.axis!r}")
        flag("log", self.log)

    def output_shape(self, *inputs: Shape) -> Shape:
        (x,) = inputs
        if not -len(x) <= self.axis < len(x):
            raise ShapeError(f"there is no axis {self.axis}", got=f"input {shape_text(x)}")
        return x

    def tally(self, *inputs: Shape, out: Shape) -> Tally:
        axis = self.axis % len(out)
        return softmax_tally(prod(out[:axis] + out[axis + 1 :]), out[axis], self.log)

    def sight(self, *inputs: Shape, out: Shape) -> tuple[InputLaw, ...]:
        axis = self.axis % len(out)
        return ((*kept(out)[:axis], Whole(out[axis]), *kept(out)[axis + 1 :]),)
