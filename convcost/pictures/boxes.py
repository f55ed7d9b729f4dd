"""What a picture shows, before any geometry: boxes and edges."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from ..arith import Dim, Shape
from ..layers.base import shape_text
from ..report.numbers import formula

#: What a box is: it decides its form.
KINDS = ("input", "output", "layer", "part", "add", "mul", "concat", "idle")


@dataclass(frozen=True)
class Box:
    """A layer, several of them, or an end of the network.

    ``before`` and ``after`` are layers that cost no MACs and are told in the box of the one beside them. The costs
    are those of everything in the box, all of its ``times`` turns together.
    """

    key: str
    path: str
    kind: str
    title: str
    before: str = ""
    after: str = ""
    #: Name that the layer was given.
    name: str = ""
    #: Numbers of the rows of the cost that stand in this box.
    rows: tuple[int, ...] = ()
    macs: Dim = 0
    params: Dim = 0
    #: Like parts, one behind the other, that this box stands for.
    times: Dim = 1
    #: Everything in the box, in notation, a line each.
    details: tuple[str, ...] = ()


@dataclass(frozen=True)
class Edge:
    """A map that goes from one box into another; ``shape`` is ``None`` where no input shape was given."""

    source: str
    target: str
    shape: Shape | None = None

    @property
    def text(self) -> str:
        """The shape as people write it.

        >>> Edge("a", "b", (32, 28, 28)).text
        '32×28×28'
        """
        return "" if self.shape is None else formula(shape_text(self.shape))


@dataclass(frozen=True)
class Diagram:
    """Boxes in the order in which they run, edges, and the totals of the whole network."""

    boxes: tuple[Box, ...]
    edges: tuple[Edge, ...]
    macs: Dim = 0
    params: Dim = 0
    #: Whether there are costs to show; a block without an input shape has none.
    counted: bool = True
    #: What was not counted.
    unsupported: tuple[str, ...] = ()
    #: What must hold of the symbols.
    assumptions: tuple[str, ...] = ()
    #: Which of the outputs is the main one.
    main: int = 0
    batch: Dim = 1

    @cached_property
    def places(self) -> dict[str, int]:
        """Where in :attr:`boxes` the box with a key stands."""
        return {box.key: place for place, box in enumerate(self.boxes)}

    def box(self, key: str) -> Box:
        """The box with this key."""
        return self.boxes[self.places[key]]
