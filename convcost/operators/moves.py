"""Operators that move elements and compute nothing: views, permutations, slices, joins, padding, resampling."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ..arith import Dim, Shape, at_least, decide_same, divides, exact_div, maximum, minimum, prod, same
from ..errors import ShapeError
from ..extent import Extent
from ..layers.base import shape_text
from ..layers.merge import Concat, side_by_side
from ..layers.resampling import Upsample, interpolated
from ..layers.reshape import moved
from ..messages import Message
from ..sight import NOTHING, AxisLaw, InputLaw, NoLaw, One, Slide, broadcast, kept, regroup, renamed, stays
from ..tally import Tally
from .base import Batchwise, Operator, read


def first_alone(law: InputLaw, inputs: tuple[Shape, ...]) -> tuple[InputLaw, ...]:
    """The first input is read; of the others only sizes are."""
    return (law, *(NOTHING,) * (len(inputs) - 1))


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

    def sight(self, *inputs: Shape, out: Shape) -> tuple[InputLaw, ...]:
        return first_alone(regroup(inputs[0], out), inputs)

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

    def sight(self, *inputs: Shape, out: Shape) -> tuple[InputLaw, ...]:
        places = [axis % len(out) for axis in self.order]
        return (tuple([stays(places.index(axis)) for axis in range(len(out))]),)


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

    def sight(self, *inputs: Shape, out: Shape) -> tuple[InputLaw, ...]:
        laws: list[AxisLaw] = []
        place, sizes = 0, iter(inputs[0])
        for pick in self.picks:
            if pick[0] == "slice":
                first, _, step = self._bounds(next(sizes), pick, inputs)
                gate = NoLaw(Message("a gate reads another part of the axis as well"))
                laws.append(gate if self.title == "GLU" else Slide(place, step, ((first, first),)))
            elif pick[0] != "new":
                next(sizes)
                laws.append(One() if pick[0] == "one" else stays(place))
            place += pick[0] != "one"
        return first_alone((*laws, *(stays(axis) for axis, _ in enumerate(sizes, start=place))), inputs)

    @staticmethod
    def _bounds(size: Dim, pick: tuple[Any, ...], inputs: tuple[Shape, ...]) -> tuple[Dim, Dim, Dim]:
        """Where a slice starts, where it stops, and its step, by Python's rules."""
        start, stop, step = (None if part is None else read(part, inputs) for part in pick[1:])

        def place(position: Dim) -> Dim:
            if type(position) is int and position < 0:
                return maximum(size + position, 0 * size)
            return minimum(position, size)

        return 0 if start is None else place(start), size if stop is None else place(stop), 1 if step is None else step

    @classmethod
    def _length(cls, size: Dim, pick: tuple[Any, ...], inputs: tuple[Shape, ...]) -> Dim:
        """How many elements a slice takes."""
        first, last, step = cls._bounds(size, pick, inputs)
        taken = last - first
        if not at_least(taken, 0):
            taken = 0
        return taken if step == 1 else -(-taken // step)


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

    def sight(self, *inputs: Shape, out: Shape) -> tuple[InputLaw, ...]:
        return first_alone(broadcast(inputs[0], out), inputs)


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

    def sight(self, *inputs: Shape, out: Shape) -> tuple[InputLaw, ...]:
        return side_by_side(inputs, self.axis)


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

    def sight(self, *inputs: Shape, out: Shape) -> tuple[InputLaw, ...]:
        fresh = self.axis % len(out)
        return tuple([renamed(kept(x), lambda axis: axis + (axis >= fresh)) for x in inputs])


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

    def sight(self, *inputs: Shape, out: Shape) -> tuple[InputLaw, ...]:
        laws: list[AxisLaw] = [*kept(out)]
        for place, (before, _) in enumerate(self.pads, start=1):
            laws[-place] = moved(len(out) - place, read(before, inputs))
        return first_alone(tuple(laws), inputs)


@dataclass(frozen=True, repr=False)
class Resampled(Operator):
    """Interpolation of the spatial axes (all behind batch and channels) to stated sizes.

    ``grid`` says where the elements of both maps lie: ``"cells"`` (each is the middle of its cell), ``"corners"`` (the
    first and the last ones meet: ``align_corners``), ``"middles"`` (nearest to the middle of the cell) or ``"blurred"``
    (``antialias``, whose windows have no law here).

    Tally: that of :class:`~convcost.layers.Upsample` in the same mode.

    >>> Resampled("Upsample", (16, 16), "bilinear").laws((1, 4, 8, 8)).output
    (1, 4, 16, 16)
    """

    title: str
    sizes: tuple[Extent, ...]
    mode: str
    grid: str = "cells"

    def output_shape(self, *inputs: Shape) -> Shape:
        return (*inputs[0][:2], *(read(size, inputs) for size in self.sizes))

    def tally(self, *inputs: Shape, out: Shape) -> Tally:
        return Upsample(size=1, mode=self.mode).tally(*inputs, out=out[1:]).scaled(out[0])

    def sight(self, *inputs: Shape, out: Shape) -> tuple[InputLaw, ...]:
        x = inputs[0]
        laws = (interpolated(axis, x[axis], out[axis], self.mode, self.grid) for axis in range(2, len(x)))
        return first_alone((stays(0), stays(1), *laws), inputs)


@dataclass(frozen=True, repr=False)
class Rescaled(Batchwise):
    """:class:`~convcost.layers.Upsample` by factors, with another ``grid`` than its own (see :class:`Resampled`).

    >>> Rescaled(Upsample(scale_factor=2, mode="bilinear"), grid="corners").laws((1, 4, 8, 8)).output
    (1, 4, 16, 16)
    """

    grid: str = "cells"

    def sight(self, *inputs: Shape, out: Shape) -> tuple[InputLaw, ...]:
        mode: str = self.layer.mode  # type: ignore[attr-defined]
        return Resampled("Upsample", (), mode, self.grid).sight(*inputs, out=out)
