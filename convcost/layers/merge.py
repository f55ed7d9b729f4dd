"""Where branches meet: concatenation, sum, product, and matrix products of two computed operands."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import MISSING, dataclass, field, fields
from typing import Any, ClassVar, Self

from ..arith import Dim, Shape, decide_same, prod, same
from ..block import Block, Builder, check_blocks, show
from ..contraction import Contraction
from ..errors import ShapeError, SpecError
from ..sight import Beside, InputLaw, Whole, kept, stays
from ..sight import broadcast as stretched
from ..tally import Tally
from .activation import softmax_tally
from .base import Contracting, Layer, shape_text


@dataclass(frozen=True, repr=False, init=False)
class Merge(Layer):
    """Several inputs, one output. ``branches`` all start from the same input; without branches the layer itself
    takes several inputs (in a :class:`~convcost.graph.Graph`)."""

    arity: ClassVar[int | None] = None

    branches: tuple[Block, ...] = field(default=(), kw_only=True)

    def __init__(self, *branches: Block, name: str | None = None, **options: Any) -> None:
        self._set(branches=check_blocks(branches, type(self).__name__), name=name)
        known = {item.name: item.default for item in fields(self) if item.name not in ("name", "branches")}
        for option, default in known.items():
            if default is MISSING and option not in options:
                raise SpecError(f"{type(self).__name__} needs {option}=", got="nothing")
            object.__setattr__(self, option, options.pop(option, default))
        if options:
            raise SpecError(f"{type(self).__name__} has no argument {', '.join(options)}", got=str(options))
        self.__post_init__()

    def _options(self) -> dict[str, Any]:
        return {item.name: getattr(self, item.name) for item in fields(self) if item.name not in ("name", "branches")}

    def named(self, name: str) -> Self:
        return type(self)(*self.branches, name=name, **self._options())

    def unnamed(self) -> Layer:
        return type(self)(**self._options())

    def lower(self, graph: Builder, inputs: tuple[int, ...], path: str) -> int:
        if not self.branches:
            return graph.emit(self, inputs, path)
        ends = []
        for place, branch in enumerate(self.branches, start=1):
            ends.append(branch.lower(graph, inputs, f"{path}/{branch.name or f'branch{place}'}"))
        return graph.emit(self, tuple(ends), path)

    def _arguments(self) -> Iterable[str]:
        yield from map(repr, self.branches)
        for item in fields(self):
            value = getattr(self, item.name)
            if item.name not in ("branches", "name") and value != item.default:
                yield f"{item.name}={show(value)}"
        if self.name is not None:
            yield f"name={self.name!r}"


def _check_inputs(layer: str, inputs: tuple[Shape, ...], exactly: int | None = None) -> None:
    if exactly is not None and len(inputs) != exactly:
        raise SpecError(f"{layer} takes {exactly} inputs", got=f"{len(inputs)}")
    if not inputs:
        raise SpecError(f"{layer} needs an input", got="none")


def _differ(what: str, inputs: tuple[Shape, ...], number: int, axis: int) -> ShapeError:
    first, other = inputs[0], inputs[number]
    return ShapeError(
        f"{what}: input {number + 1} is {shape_text(other)}, input 1 is {shape_text(first)}, "
        f"they differ on axis {axis} ({other[axis]} against {first[axis]})"
    )


@dataclass(frozen=True, repr=False, init=False)
class Concat(Merge):
    """Inputs are put side by side along ``axis`` (0, the channels, by default; the batch is not counted).

    Shape:   the sum on ``axis``; all other dims must be equal
    Params:  none
    Tally:   none; it moves, it does not compute
    Source:  documentation of ``torch.cat``

    >>> Concat().laws((64, 28, 28), (128, 28, 28)).output
    (192, 28, 28)
    """

    axis: int = 0

    def __post_init__(self) -> None:
        super().__post_init__()
        if type(self.axis) is not int:
            raise SpecError("axis is a whole number", got=f"axis={self.axis!r}")

    def output_shape(self, *inputs: Shape) -> Shape:
        _check_inputs("Concat", inputs)
        first = inputs[0]
        if not -len(first) <= self.axis < len(first):
            raise ShapeError(f"there is no axis {self.axis}", got=f"input {shape_text(first)}")
        along = self.axis % len(first)
        total = first[along]
        for number, x in enumerate(inputs[1:], start=1):
            if len(x) != len(first):
                raise ShapeError(
                    "Concat: inputs differ in rank",
                    got=f"{shape_text(first)} and {shape_text(x)} (input {number + 1})",
                )
            for axis, (a, b) in enumerate(zip(x, first, strict=True)):
                if axis != along and not same(a, b):
                    raise _differ("Concat", inputs, number, axis)
            total = total + x[along]
        return (*first[:along], total, *first[along + 1 :])

    def sight(self, *inputs: Shape, out: Shape) -> tuple[InputLaw, ...]:
        return side_by_side(inputs, self.axis)


def side_by_side(inputs: tuple[Shape, ...], axis: int) -> tuple[InputLaw, ...]:
    """What is read of inputs that stand one behind the other on ``axis``."""
    along = axis % len(inputs[0])
    laws: list[InputLaw] = []
    before: Dim = 0
    for x in inputs:
        laws.append((*kept(x)[:along], Beside(along, before), *kept(x)[along + 1 :]))
        before = before + x[along]
    return tuple(laws)


def broadcast(layer: str, inputs: tuple[Shape, ...], *, shapes: tuple[Shape, ...] | None = None) -> Shape:
    """The common shape: dims are equal, or one of them is 1. Ranks must agree, for the batch stands before them."""
    shapes = inputs if shapes is None else shapes
    result = list(shapes[0])
    for number, x in enumerate(shapes[1:], start=1):
        if len(x) != len(result):
            raise ShapeError(
                f"{layer}: inputs differ in rank",
                got=f"{shape_text(shapes[0])} and {shape_text(x)} (input {number + 1})",
            )
        for axis, (old, new) in enumerate(zip(result, x, strict=True)):
            if decide_same(old, new) is True or decide_same(new, 1) is True:
                continue
            if decide_same(old, 1) is True:
                result[axis] = new
            elif not same(new, old):
                raise _differ(layer, shapes, number, axis)
    return tuple(result)


@dataclass(frozen=True, repr=False, init=False)
class _Elementwise(Merge):
    each: ClassVar[Tally]

    def output_shape(self, *inputs: Shape) -> Shape:
        _check_inputs(type(self).__name__, inputs)
        return broadcast(type(self).__name__, inputs)

    def tally(self, *inputs: Shape, out: Shape) -> Tally:
        return self.each.scaled(prod(out) * (len(inputs) - 1))

    def sight(self, *inputs: Shape, out: Shape) -> tuple[InputLaw, ...]:
        return tuple([stretched(x, out) for x in inputs])


@dataclass(frozen=True, repr=False, init=False)
class Add(_Elementwise):
    """Elementwise sum, with broadcasting of dims that are 1: the join of a residual block.

    Shape: the common one; params: none; tally: one addition per output element and further input.
    Source: He et al. 2016; documentation of ``torch.add``

    >>> Add().laws((64, 7, 7), (64, 7, 7)).tally
    Tally(adds=3136)
    """

    each = Tally(adds=1)


@dataclass(frozen=True, repr=False, init=False)
class Mul(_Elementwise):
    """Elementwise product, with broadcasting of dims that are 1: a squeeze-and-excitation gate.

    Shape: the common one; params: none; tally: one product per output element and further input (no MACs).
    Source: Hu et al. 2018; documentation of ``torch.mul``

    >>> Mul().laws((64, 7, 7), (64, 1, 1)).output
    (64, 7, 7)
    """

    each = Tally(muls=1)


@dataclass(frozen=True, repr=False, init=False)
class MatMul(Merge, Contracting):
    """Matrix product of two computed operands, batched over leading axes (which broadcast).

    Shape:   ``(*, m, k), (*, k, n) -> (*, m, n)``
    Params:  none
    Tally:   ``m*k*n`` multiply-accumulates per pair of matrices
    Source:  documentation of ``torch.matmul``

    >>> MatMul().laws((8, 5, 4), (8, 4, 5))
    Laws(output=(8, 5, 5), params=0, tally=Tally(macs=800))
    """

    def output_shape(self, *inputs: Shape) -> Shape:
        _check_inputs("MatMul", inputs, 2)
        a, b = inputs
        if min(len(a), len(b)) < 2:
            raise ShapeError("MatMul multiplies matrices", got=f"{shape_text(a)} and {shape_text(b)}")
        if not same(a[-1], b[-2]):
            raise ShapeError(f"MatMul: {a[-1]} columns meet {b[-2]} rows", got=f"{shape_text(a)} and {shape_text(b)}")
        return (*broadcast("MatMul", inputs, shapes=(a[:-2], b[:-2])), a[-2], b[-1])

    def contractions(self, *inputs: Shape, out: Shape) -> tuple[Contraction, ...]:
        a, _ = inputs
        leading = [("batch", prod(out[:-2]), "iwo")] if len(out) > 2 else []
        nest = (*leading, ("m", out[-2], "io"), ("k", a[-1], "iw"), ("n", out[-1], "wo"))
        return (Contraction(nest, learned=False),)

    def sight(self, *inputs: Shape, out: Shape) -> tuple[InputLaw, ...]:
        a, b = inputs
        rank = len(out)
        return (
            (*stretched(a[:-2], out[:-2]), stays(rank - 2), Whole(a[-1])),
            (*stretched(b[:-2], out[:-2]), Whole(b[-2]), stays(rank - 1)),
        )


@dataclass(frozen=True, repr=False, init=False)
class ScaledDotProductAttention(Merge, Contracting):
    """``softmax(q k^T / sqrt(d)) v``: three inputs, heads on the leading axes.

    Shape:   ``(*, L, E), (*, S, E), (*, S, V) -> (*, L, V)``
    Params:  none
    Tally:   ``L*S*E`` and ``L*S*V`` multiply-accumulates per head; one product per score for the scale, and a softmax
             of ``S`` for each of the ``L`` rows. A causal mask changes nothing: scores are counted whole
    Source:  Vaswani et al. 2017, section 3.2.1

    >>> ScaledDotProductAttention().laws((1, 5, 4), (1, 5, 4), (1, 5, 4)).tally.macs
    200
    """

    def output_shape(self, *inputs: Shape) -> Shape:
        _check_inputs("ScaledDotProductAttention", inputs, 3)
        q, k, v = inputs
        text = ", ".join(map(shape_text, inputs))
        if min(map(len, inputs)) < 2:
            raise ShapeError("attention wants matrices of queries, keys and values", got=text)
        if not same(q[-1], k[-1]):
            raise ShapeError("queries and keys differ in width", got=text)
        if not same(k[-2], v[-2]):
            raise ShapeError("there are not as many keys as values", got=text)
        leading = broadcast("attention", inputs, shapes=(q[:-2], k[:-2], v[:-2]))
        return (*leading, q[-2], v[-1])

    def contractions(self, *inputs: Shape, out: Shape) -> tuple[Contraction, ...]:
        q, k, v = inputs
        return attention_products(prod(out[:-2]), q[-2], k[-2], q[-1], v[-1])

    def extras(self, *inputs: Shape, out: Shape) -> Tally:
        return attention_extras(prod(out[:-2]), inputs[0][-2], inputs[1][-2])

    def steps_axis(self, rank: int) -> int | None:
        return rank - 2

    def sight(self, *inputs: Shape, out: Shape) -> tuple[InputLaw, ...]:
        return attention_sight(inputs, out)


def attention_sight(inputs: tuple[Shape, ...], out: Shape) -> tuple[InputLaw, ...]:
    """Each place reads its own query, all keys, and along its own feature all values."""
    q, k, v = inputs
    rank = len(out)
    return (
        (*stretched(q[:-2], out[:-2]), stays(rank - 2), Whole(q[-1])),
        (*stretched(k[:-2], out[:-2]), Whole(k[-2]), Whole(k[-1])),
        (*stretched(v[:-2], out[:-2]), Whole(v[-2]), stays(rank - 1)),
    )


def attention_products(heads: Dim, queries: Dim, keys: Dim, width: Dim, value_width: Dim) -> tuple[Contraction, ...]:
    """The two products of attention: scores, and the weighted sum of values."""
    head, row, column = ("heads", heads, "iwo"), ("L", queries, "io"), ("S", keys, "wo")
    scores = Contraction((head, row, ("E", width, "iw"), column), "scores", learned=False)
    summed = (head, row, ("S", keys, "iw"), ("V", value_width, "wo"))
    return scores, Contraction(summed, "values", learned=False)


def attention_extras(heads: Dim, queries: Dim, keys: Dim) -> Tally:
    """The scale and the softmax between them."""
    return softmax_tally(heads * queries, keys) + Tally(muls=heads * queries * keys)
