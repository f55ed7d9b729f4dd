"""Operators that compute element by element, or along axes, and those whose shape only the import knows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, ClassVar

from ..arith import Shape, prod
from ..errors import ConvcostError, ShapeError, SpecError
from ..layers.base import shape_text
from ..layers.elementwise import reduced
from ..layers.merge import broadcast
from ..messages import Message
from ..sight import NOTHING as NOTHING_SEEN
from ..sight import InputLaw, NoLaw
from ..sight import broadcast as stretched
from ..tally import NOTHING, Tally
from .base import Operator


@dataclass(frozen=True, repr=False)
class Pointwise(Operator):
    """The same for every element of the result; inputs broadcast, ranks may differ.

    Tally: ``each`` per element of the result.

    >>> Pointwise("Add", Tally(adds=1)).laws((2, 3, 4), (4,))
    Laws(output=(2, 3, 4), params=0, tally=Tally(adds=24))
    """

    title: str
    each: Tally = field(default_factory=Tally)

    @property
    def makes_map(self) -> bool:  # type: ignore[override]
        """Zeros or noise in the shape of a map are fresh, not computed from it."""
        return self.title not in _MADE_UP

    def output_shape(self, *inputs: Shape) -> Shape:
        if len(inputs) == 1:
            return inputs[0]
        rank = max(map(len, inputs))
        return broadcast(self.title, tuple((1,) * (rank - len(x)) + x for x in inputs))

    def tally(self, *inputs: Shape, out: Shape) -> Tally:
        return self.each.scaled(prod(out)) if self.each else NOTHING

    def sight(self, *inputs: Shape, out: Shape) -> tuple[InputLaw, ...]:
        if self.title in _ANYWHERE:
            # Of the shape only it is as if element by element; what is read lies elsewhere.
            return super().sight(*inputs, out=out)
        if self.title in _MADE_UP:
            return (NOTHING_SEEN,) * len(inputs)
        return tuple([stretched(x, out) for x in inputs])


#: The shape is as if element by element; what is read lies in other places, or in other tensors.
_ANYWHERE = frozenset(
    "RMSNorm Roll Flip Cumsum Sort Argsort Scatter ScatterAdd IndexAdd IndexCopy IndexPut IndexFill SetItem Copy Set "
    "MaskedScatter FillDiagonal Renorm Fill Rot90".split()
)
#: Operators that read a size alone.
_MADE_UP = frozenset(
    "ZerosLike OnesLike FullLike EmptyLike RandLike RandnLike Zero Uniform Normal XavierUniform KaimingUniform "
    "Constant TruncNormal".split()
)


@dataclass(frozen=True, repr=False)
class Reduced(Operator):
    """One result out of all elements along ``axes``.

    Tally: one ``kind`` of operation less than elements, per result; ``divides`` adds a division (a mean).

    >>> Reduced("Mean", (2, 3), False, "adds", True).laws((1, 8, 7, 7))
    Laws(output=(1, 8), params=0, tally=Tally(adds=384, divs=8))
    """

    title: str
    axes: tuple[int, ...]
    keepdim: bool = False
    kind: str = "adds"
    divides: bool = False

    def output_shape(self, *inputs: Shape) -> Shape:
        gone = {axis % len(inputs[0]) for axis in self.axes} if inputs[0] else set()
        sizes = [(1 if axis in gone else size) for axis, size in enumerate(inputs[0])]
        return tuple(size for axis, size in enumerate(sizes) if self.keepdim or axis not in gone)

    def tally(self, *inputs: Shape, out: Shape) -> Tally:
        results = prod(out)
        counted = Tally(**{self.kind: prod(inputs[0]) - results}) if self.kind else NOTHING
        return counted + Tally(divs=results) if self.divides else counted

    def sight(self, *inputs: Shape, out: Shape) -> tuple[InputLaw, ...]:
        every = (NoLaw(Message("{kind} reads more than one tensor", kind=self.row_kind)),) * (len(inputs) - 1)
        return (reduced(inputs[0], self.axes, self.keepdim), *every)


@dataclass(frozen=True, repr=False)
class Fixed(Operator):
    """An operator without a law for its shape: what it gave at the shapes ``at`` that it was imported at.

    ``counted`` says that its multiply-accumulates are known: ``macs_there``; else its cost is unknown.

    >>> Fixed("roll", (1, 4), ((1, 4),)).laws((1, 4)).output
    (1, 4)
    """

    has_macs: ClassVar[bool] = True

    title: str
    shape: Shape
    at: tuple[Shape, ...]
    counted: bool = True
    macs_there: int = 0

    @property
    def is_unknown(self) -> bool:  # type: ignore[override]
        return not self.counted

    @property
    def operator(self) -> str:
        """The name under which a cost lists it as not counted."""
        return self.title

    def output_shape(self, *inputs: Shape) -> Shape:
        if 0 in self.shape and inputs and self.shape[:1] == self.at[0][:1]:
            # Torch computes on with maps of which nothing is left; more examples leave nothing more.
            return (*inputs[0][:1], *self.shape[1:])
        if inputs != self.at:
            raise ShapeError(
                f"{self.title} has no law for its shape",
                got=f"input {', '.join(map(shape_text, inputs))}, imported at {', '.join(map(shape_text, self.at))}",
                fix="import the module at this input shape",
            )
        return self.shape

    def tally(self, *inputs: Shape, out: Shape) -> Tally:
        macs = self.macs(*inputs, out=out)
        return Tally(macs=macs) if self.macs_there else NOTHING

    def macs(self, *inputs: Shape, out: Shape) -> Any:
        if inputs == self.at or not self.at:
            return self.macs_there
        # Only where nothing is left of a map may the batch be another one.
        return self.macs_there * inputs[0][0] // self.at[0][0]


@dataclass(frozen=True, repr=False)
class Registered(Operator):
    """An operator with a law that the user registered.

    ``law`` is called with shapes in place of tensors and answers with a :class:`~convcost.Tally`, or with a pair of the
    result's shape (or shapes) and a tally. ``output`` says which of several results this is; the first one carries the
    tally. Without a shape in the answer, the one seen at the import stands.

    >>> Registered("scale", lambda x: Tally(muls=x[0]), (("tensor", 0),), (), ((4,),)).laws((4,))
    Laws(output=(4,), params=0, tally=Tally(muls=4))
    """

    has_macs: ClassVar[bool] = True

    title: str
    law: Callable[..., Any]
    args: tuple[Any, ...]
    kwargs: tuple[tuple[str, Any], ...] = ()
    shapes: tuple[Shape, ...] = ()
    output: int = 0
    at: tuple[Shape, ...] | None = field(default=None)

    def _answer(self, inputs: tuple[Shape, ...]) -> tuple[tuple[Shape, ...] | None, Tally]:
        def put(value: Any) -> Any:
            if isinstance(value, tuple) and len(value) == 2 and value[0] == "tensor":
                return inputs[value[1]]
            if isinstance(value, (tuple, list)):
                return type(value)(put(item) for item in value)
            return value

        try:
            answer = self.law(*put(self.args), **{name: put(value) for name, value in self.kwargs})
        except ConvcostError:
            raise
        except Exception as error:
            raise SpecError(
                f"the law registered for {self.title} fails", got=f"{type(error).__name__}: {error}"
            ) from error
        shapes: Any = None
        if isinstance(answer, tuple) and len(answer) == 2:
            shapes, answer = answer
            shapes = tuple(map(tuple, shapes)) if shapes and isinstance(shapes[0], (tuple, list)) else (tuple(shapes),)
        if not isinstance(answer, Tally):
            raise SpecError(
                f"the law registered for {self.title} answers with no Tally",
                got=repr(answer)[:60],
                fix="return convcost.Tally(macs=...), or a pair of an output shape and a Tally",
            )
        return shapes, answer

    def output_shape(self, *inputs: Shape) -> Shape:
        shapes, _ = self._answer(inputs)
        if shapes is not None:
            return shapes[self.output]
        if self.at is not None and inputs != self.at:
            raise ShapeError(
                f"the law registered for {self.title} says no output shape",
                got=f"input {', '.join(map(shape_text, inputs))}",
                fix="let it return a pair (output shape, Tally), or import the module at this input shape",
            )
        return self.shapes[self.output]

    def tally(self, *inputs: Shape, out: Shape) -> Tally:
        return self._answer(inputs)[1] if self.output == 0 else NOTHING

    def macs(self, *inputs: Shape, out: Shape) -> Any:
        return self.tally(*inputs, out=out).macs


@dataclass(frozen=True, repr=False)
class Recorded(Operator):
    """An operator of a cost that was read from JSON: its row tells what it did, and nothing can be asked of it anew.

    >>> Recorded("Reshape").row_kind
    'Reshape'
    """

    title: str
    unknown: bool = False

    @property
    def is_unknown(self) -> bool:  # type: ignore[override]
        return self.unknown

    def output_shape(self, *inputs: Shape) -> Shape:
        raise ShapeError(f"{self.title} was read from a file, without its law", fix="import the module")
