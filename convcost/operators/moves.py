"""Operators that move elements and compute nothing: views, permutations, slices, joins, padding, resampling."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ..arith import Dim, Shape, at_least, decide_same, divides, exact_div, maximum, minimum, prod, same
from ..errors import ShapeError
from ..extent import Extent
from ..layers.base import shape_text
from ..layers.merge import Concat
from ..layers.reshape import Upsample
from ..tally import Tally
from .base import Operator, read


@dataclass(frozen=True, repr=False)
class View(Operator):
    """The same elements in another shape; one size may be -1, sizes may be formulas.

    >>> View("Reshape", (("size", 0, 0), -1)).laws((2, 3, 4)).output
    (2, 12)
    """

    title: str
    sizes: tuple[Extent, ...]

    def output_shape(self, *inputs: Shape) -> Shape:
        x = inputs[0]
        sizes = [read(size, inputs) for size in self.sizes]
        total = prod(x)
        open_place = sizes.index(-1) if any(type(size) is int and size == -1 for size in sizes) else None
        if open_place is not None:
            known = prod(size for place, size in enumerate(sizes) if place != open_place)
            sizes[open_place] = self._rest(x, total, known)
        elif not same(prod(sizes), total):
            raise self._fixed(x, tuple(sizes))
        return tuple(sizes)

    def _rest(self, x: Shape, total: Dim, known: Dim) -> Dim:
        if not divides(known, total):
            raise self._fixed(x, self.sizes)
        return exact_div(total, known)

    def _fixed(self, x: Shape, sizes: Shape) -> ShapeError:
        return ShapeError(
            f"{self.title.lower()} to {'×'.join(str(s) if type(s) is not tuple else '…' for s in sizes)} fixes the "
            "size that it was imported at",
            got=f"{shape_text(x)} at this input shape",
            fix="import the module at this input shape",
        )


@dataclass(frozen=True, repr=False)
class Permuted(Operator):
    """Axes in another order.

    >>> Permuted("Permute", (0, 2, 3, 1)).laws((1, 3, 8, 9)).output
    (1, 8, 9, 3)
    """

    title: str
    order: tuple[int, ...]

    def output_shape(self, *inputs: Shape) -> Shape:
        return tuple([inputs[0][axis] for axis in self.order])


@dataclass(frozen=True, repr=False)
class Picked(Operator):
    """Basic indexing. Per axis of the input: ``("all",)``, ``("one",)`` (the axis goes), ``("slice", start, stop,
    step)`` with formulas or ``None``, or ``("new",)`` (a fresh axis of 1, which uses up no axis of the input).

    >>> Picked("Slice", (("all",), ("slice", 1, None, 1), ("new",))).laws((2, 5)).output
    (2, 4, 1)
    """

    title: str
    picks: tuple[tuple[Any, ...], ...]

    def output_shape(self, *inputs: Shape) -> Shape:
        sizes, axes = [], iter(inputs[0])
        for pick in self.picks:
            if pick[0] == "new":
                sizes.append(1)
                continue
            size = next(axes)
            if pick[0] == "all":
                sizes.append(size)
            elif pick[0] == "slice":
                sizes.append(self._length(size, pick, inputs))
        return (*sizes, *axes)

    @staticmethod
    def _length(size: Dim, pick: tuple[Any, ...], inputs: tuple[Shape, ...]) -> Dim:
        """How many elements a slice takes, by Python's rules."""
        start, stop, step = (None if part is None else read(part, inputs) for part in pick[1:])

        def place(position: Dim) -> Dim:
            if type(position) is int and position < 0:
                return maximum(size + position, 0 * size)
            return minimum(position, size)

        first = 0 if start is None else place(start)
        last = size if stop is None else place(stop)
        taken = last - first
        if not at_least(taken, 0):
            taken = 0
        return taken if step is None or step == 1 else -(-taken // step)


@dataclass(frozen=True, repr=False)
class Expanded(Operator):
    """Broadcast to stated sizes; -1 keeps the input's own.

    >>> Expanded("Expand", (2, -1, -1)).laws((1, 1, 8)).output
    (2, 1, 8)
    """

    title: str
    sizes: tuple[Extent, ...]

    def output_shape(self, *inputs: Shape) -> Shape:
        x = inputs[0]
        sizes = [read(size, inputs) for size in self.sizes]
        fresh = len(sizes) - len(x)
        out = []
        for place, size in enumerate(sizes):
            own = x[place - fresh] if place >= fresh else 1
            if type(size) is int and size == -1:
                size = own
            elif decide_same(own, 1) is not True and not same(own, size):
                raise ShapeError(
                    f"{own} elements cannot be expanded to {size}",
                    got=f"input {shape_text(x)}",
                    fix="import the module at this input shape",
                )
            out.append(size)
        return tuple(out)


@dataclass(frozen=True, repr=False)
class Joined(Operator):
    """Tensors side by side on one axis.

    >>> Joined("Concat", -1).laws((2, 3), (2, 4)).output
    (2, 7)
    """

    title: str
    axis: int

    def output_shape(self, *inputs: Shape) -> Shape:
        return Concat(axis=self.axis).output_shape(*inputs)


@dataclass(frozen=True, repr=False)
class Stacked(Operator):
    """Tensors side by side on a fresh axis; ``axis`` counts in the result.

    >>> Stacked("Stack", 1).laws((2, 3), (2, 3)).output
    (2, 2, 3)
    """

    title: str
    axis: int

    def output_shape(self, *inputs: Shape) -> Shape:
        axis = self.axis % (len(inputs[0]) + 1)
        return Concat(axis=axis).output_shape(*((*x[:axis], 1, *x[axis:]) for x in inputs))


@dataclass(frozen=True, repr=False)
class Padded(Operator):
    """``before`` and ``after`` on the last axes: ``pads`` has one pair per padded axis, the last axis first, as in
    ``torch.nn.functional.pad``.

    >>> Padded("Pad", ((1, 2),)).laws((2, 3, 4)).output
    (2, 3, 7)
    """

    title: str
    pads: tuple[tuple[Extent, Extent], ...]

    def output_shape(self, *inputs: Shape) -> Shape:
        sizes = list(inputs[0])
        for place, (before, after) in enumerate(self.pads, start=1):
            sizes[-place] = sizes[-place] + read(before, inputs) + read(after, inputs)
        return tuple(sizes)


@dataclass(frozen=True, repr=False)
class Resampled(Operator):
    """Interpolation of the spatial axes (all behind batch and channels) to stated sizes.

    Tally: that of :class:`~convcost.layers.Upsample` in the same mode.

    >>> Resampled("Upsample", (16, 16), "bilinear").laws((1, 4, 8, 8)).output
    (1, 4, 16, 16)
    """

    title: str
    sizes: tuple[Extent, ...]
    mode: str

    def output_shape(self, *inputs: Shape) -> Shape:
        return (*inputs[0][:2], *(read(size, inputs) for size in self.sizes))

    def tally(self, *inputs: Shape, out: Shape) -> Tally:
        return Upsample(size=1, mode=self.mode).tally(*inputs, out=out[1:]).scaled(out[0])
