"""Shapes that carry the batch, and how they are shown without it.

In an imported graph the batch is an axis like any other: it may be folded into another one (windows of all examples in
a row), stand second (sequences first), or be absent (a table computed once). Where it is, is found by asking the graph
again with one example more: an axis that grows carries it.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING

from .arith import Dim, Shape, assuming, is_symbolic, tidy
from .errors import ConvcostError

if TYPE_CHECKING:
    from .graph import Graph, Node


def with_batch(shapes: Sequence[Shape], axes: Sequence[int | None], batch: Dim) -> tuple[Shape, ...]:
    """The whole shapes of inputs.

    >>> with_batch([(3, 8, 8), (5,)], [0, None], 2)
    ((2, 3, 8, 8), (5,))
    """
    pairs = zip(shapes, axes, strict=True)
    return tuple([shape if axis is None else (*shape[:axis], batch, *shape[axis:]) for shape, axis in pairs])


class Examples:
    """What of every value belongs to one example."""

    def __init__(self, graph: Graph, shapes: Sequence[Shape], batch: Dim) -> None:
        self.graph = graph
        self.shapes = shapes
        self.batch = batch

    @cached_property
    def _more(self) -> list[Shape] | None:
        """All shapes for one example more; ``None`` if the graph cannot be asked for another batch."""
        axes = self.graph.batch_dims
        if axes is None or is_symbolic(self.batch):
            return None
        first = self.shapes[: self.graph.input_count]
        shapes: list[Shape] = [
            shape if axis is None else (*shape[:axis], self.batch + 1, *shape[axis + 1 :])
            for shape, axis in zip(first, axes, strict=True)
        ]
        try:
            with assuming():
                for node in self.graph.nodes:
                    output = node.layer.output_shape(*[shapes[value] for value in node.inputs])
                    shapes.append(tuple(map(tidy, output)))
        except ConvcostError:
            return None
        return shapes

    def shape(self, value: int, shape: Shape) -> Shape:
        """``shape``, which is that of ``value``, without its batch."""
        if is_symbolic(self.batch):
            carries = [is_symbolic(size) and self.batch in size.free_symbols for size in shape]
        elif self._more is None:
            carries = [axis == 0 and size == self.batch for axis, size in enumerate(shape)]
        else:
            carries = [a is not b and a != b for a, b in zip(shape, self._more[value], strict=True)]
        if sum(carries) != 1:
            return shape
        axis = carries.index(True)
        share = shape[axis] // self.batch
        rest = () if share == 1 else (share,)
        return (*shape[:axis], *rest, *shape[axis + 1 :])

    def of_row(self, node: Node, given: tuple[Shape, ...], output: Shape) -> tuple[tuple[Shape, ...], Shape]:
        """Inputs and output of a row; inputs that only tell a size are no inputs of it."""
        value = self.graph.input_count + self._place[id(node)]
        return tuple([self.shape(v, x) for v, x in zip(node.inputs, given, strict=True)]), self.shape(value, output)

    @cached_property
    def _place(self) -> dict[int, int]:
        return {id(node): place for place, node in enumerate(self.graph.nodes)}
