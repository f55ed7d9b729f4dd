"""What all operators share, the wrapper that brings layers among them, and the nodes that are no operation."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from ..arith import Dim, Shape, at_least, decide_same, same
from ..contraction import Contraction
from ..errors import ShapeError
from ..extent import Extent, evaluate
from ..layers.base import Layer, shape_text
from ..sight import NOTHING as NOT_SEEN
from ..sight import InputLaw, NoLaw, renamed, stays
from ..tally import NOTHING, Tally


@dataclass(frozen=True, repr=False)
class Operator(Layer):
    """A layer whose shapes carry every axis. ``title`` is what its rows are called."""

    arity: ClassVar[int | None] = None
    per_example: ClassVar[bool] = False

    @property
    def row_kind(self) -> str:
        title: str = getattr(self, "title", "") or type(self).__name__
        return title


def read(extent: Extent, inputs: tuple[Shape, ...]) -> Dim:
    """The size that a formula over the inputs of a node stands for."""
    return extent if type(extent) is int else evaluate(extent, lambda value, axis: inputs[value][axis])


@dataclass(frozen=True, repr=False)
class Batchwise(Operator):
    """A layer applied to every example: ``axis`` of the inputs counts the examples, the rest is what the layer sees.

    Shape, tally: the layer's own, with the examples put back on ``axis`` and counted.

    >>> from convcost import Conv
    >>> Batchwise(Conv(8, 3)).laws((2, 3, 9, 9)).output
    (2, 8, 7, 7)
    """

    layer: Layer
    axis: int = 0
    has_macs: ClassVar[bool] = True

    @property
    def row_layer(self) -> Layer:
        return self.layer

    @property
    def row_kind(self) -> str:
        return self.layer.row_kind

    def one(self, *shapes: Shape) -> tuple[Shape, ...]:
        """The shapes of one example."""
        return tuple([shape[: self.axis] + shape[self.axis + 1 :] for shape in shapes])

    def output_shape(self, *inputs: Shape) -> Shape:
        out = self.layer.output_shape(*self.one(*inputs))
        return (*out[: self.axis], inputs[0][self.axis], *out[self.axis :])

    def tally(self, *inputs: Shape, out: Shape) -> Tally:
        return self.layer.tally(*self.one(*inputs), out=self.one(out)[0]).scaled(inputs[0][self.axis])

    def macs(self, *inputs: Shape, out: Shape) -> Dim:
        return self.layer.macs(*self.one(*inputs), out=self.one(out)[0]) * inputs[0][self.axis]

    def contractions(self, *inputs: Shape, out: Shape) -> tuple[Contraction, ...]:
        nests = self.layer.contractions(*self.one(*inputs), out=self.one(out)[0])
        examples = ("N", inputs[0][self.axis], "io")
        return tuple(Contraction((examples, *nest.indices), nest.name, learned=nest.learned) for nest in nests)

    def sight(self, *inputs: Shape, out: Shape) -> tuple[InputLaw, ...]:
        laws = self.layer.sight(*self.one(*inputs), out=self.one(out)[0])
        return tuple([self._whole(law) for law in laws])

    def steps_axis(self, rank: int) -> int | None:
        axis = self.layer.steps_axis(rank - 1)
        return None if axis is None else axis + (axis >= self.axis)

    def _whole(self, law: InputLaw) -> InputLaw:
        """The law of one example with the examples among the axes."""
        law = renamed(law, lambda axis: axis + (axis >= self.axis))
        if law is NOT_SEEN or isinstance(law, NoLaw):
            return law
        return (*law[: self.axis], stays(self.axis), *law[self.axis :])


@dataclass(frozen=True, repr=False)
class Source(Operator):
    """A tensor that comes from nowhere in the graph: a parameter used as an operand, a table, zeros.

    Shape: as stated, sizes may be formulas over other tensors. Nothing is computed.

    >>> Source("zeros", (("size", 0, 0), 4)).laws((2, 3)).output
    (2, 4)
    """

    title: str
    shape: tuple[Extent, ...]
    is_silent: ClassVar[bool] = True

    @property
    def makes_map(self) -> bool:  # type: ignore[override]
        """What is stored or comes fresh is no map; a stand-in's result is computed from one."""
        return self.title in _PICKING

    def output_shape(self, *inputs: Shape) -> Shape:
        return tuple([read(extent, inputs) for extent in self.shape])

    def sight(self, *inputs: Shape, out: Shape) -> tuple[InputLaw, ...]:
        if self.title in _PICKING:
            # A stand-in for an operator of which only the shape is told.
            return super().sight(*inputs, out=out)
        return (NOT_SEEN,) * len(inputs)


#: Titles of sources that do read the tensors whose sizes they tell.
_PICKING = ("Repeat", "Gather", "Meshgrid", "Unfold", "State")


@dataclass(frozen=True, repr=False)
class Guard(Operator):
    """A question about sizes on which the module's own control flow hung, and its answer.

    Where the answer differs the module would take another path; that is an error, never a silent difference.

    >>> Guard("==", ("%", ("size", 0, 2), 7), 0, True).laws((1, 3, 224, 224)).output
    ()
    """

    relation: str
    left: Extent
    right: Extent
    answer: bool
    is_silent: ClassVar[bool] = True
    makes_map: ClassVar[bool] = False

    def output_shape(self, *inputs: Shape) -> Shape:
        left, right = read(self.left, inputs), read(self.right, inputs)
        if not self._holds(left, right):
            word = self.relation if self.answer else {"==": "!=", "<": ">="}[self.relation]
            raise ShapeError(
                f"the module goes another way at this size: it was imported where {_text(self.left)} {word} "
                f"{_text(self.right)}",
                got=f"{left} and {right}, input {', '.join(map(shape_text, inputs))}",
                fix="import it at this input shape",
            )
        return ()

    def sight(self, *inputs: Shape, out: Shape) -> tuple[InputLaw, ...]:
        return (NOT_SEEN,) * len(inputs)

    def _holds(self, left: Dim, right: Dim) -> bool:
        if self.relation == "==":
            if self.answer:
                return same(left, right)
            # That two sizes differ cannot be assumed of symbols in general; only what is certain passes.
            return decide_same(left, right) is not True
        return at_least(right, left + 1) if self.answer else at_least(left, right)


def _text(extent: Any) -> str:
    if type(extent) is not tuple:
        return str(extent)
    if extent[0] == "is":
        return str(extent[1])
    if extent[0] == "size":
        return f"size({extent[2]})"
    return f"({_text(extent[1])} {extent[0]} {_text(extent[2])})"


__all__ = ["NOTHING", "Batchwise", "Guard", "Operator", "Source", "read"]
