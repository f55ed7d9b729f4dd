"""What a cost tells of its maps: what their elements see of the input, and how many elements there are.

All of it is computed when it is first asked for.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any, Protocol

from .arith import Dim, Shape, prod
from .errors import SpecError
from .layers.base import whole
from .row import Row
from .sight.field import ReceptiveField, first_seen

if TYPE_CHECKING:
    from .graph import Graph


class MapFacts(Protocol):
    """What a cost without a graph is told of its maps."""

    def main_fields(self) -> tuple[ReceptiveField | None, ...]:
        """What the main output sees of each input."""

    def input_elements(self) -> Dim:
        """Elements of all inputs."""


class Maps:
    """The part of a :class:`~convcost.Cost` that is about its maps.

    Memory is counted by one rule: the output of every row, once, for the whole batch and all repetitions; also where an
    implementation works in place (``ReLU``) or hands on a view (``Flatten``). Stored tensors are params and no maps,
    nor is what reads no map: zeros, ranges, noise, and questions about sizes. So twice these bytes is what
    ``torchsummary`` calls the size of a forward and backward pass, where its lines are the rows (it counts containers
    again and joins not at all).
    """

    inputs: tuple[Shape, ...]
    batch: Dim
    _graph: Graph | None
    _shapes: Sequence[Shape]
    _map_facts: MapFacts | None

    if TYPE_CHECKING:

        @cached_property
        def rows(self) -> tuple[Row, ...]:
            """One row per layer."""

        @staticmethod
        def closed(value: Dim) -> Dim:
            """``value`` in its simplest exact form."""

    # -- what is seen --------------------------------------------------------------------------------------------

    @cached_property
    def _fields(self) -> list[tuple[ReceptiveField | None, ...]]:
        from .analysis.receptive import receptive_fields

        whole: Any = self
        return receptive_fields(whole)

    def fields_at(self, value: int) -> tuple[ReceptiveField | None, ...]:
        """What a value of the graph sees of each input."""
        return self._fields[value]

    @property
    def receptive_field(self) -> ReceptiveField:
        """What an element of the main output sees of the (first) input; see :class:`~convcost.sight.ReceptiveField`.

        >>> from convcost import Conv, cost, symbols
        >>> k = symbols("k")
        >>> str(cost(Conv(8, k) >> Conv(8, k, stride=2) >> Conv(8, k), (3, 99, 99)).receptive_field)
        '(4*k - 3)×(4*k - 3)'
        """
        return first_seen(self.receptive_fields)

    @property
    def receptive_fields(self) -> tuple[ReceptiveField | None, ...]:
        """What an element of the main output sees of each input; ``None`` for an input that it does not see."""
        if self._graph is None:
            return self._facts.main_fields()
        return self.fields_at(self._graph.outputs[self._graph.main])

    @property
    def _facts(self) -> MapFacts:
        if self._map_facts is None:
            raise SpecError("this cost has rows but no graph", fix="ask cost() of the block itself")
        return self._map_facts

    # -- how many elements there are -----------------------------------------------------------------------------

    def elements_at(self, value: int) -> Dim:
        """Elements of what the layer of a value puts out; see :attr:`Row.elements`."""
        graph = self._graph
        if graph is None:
            raise SpecError("this cost has rows but no graph", fix="ask its rows")
        node = graph.nodes[value - graph.input_count]
        if not node.ran or not node.layer.makes_map:
            return 0
        once = graph.batch_dims is not None or not node.layer.per_example or value in graph.constants
        return self.closed(prod(self._shapes[value]) * node.times * (1 if once else self.batch))

    @property
    def activations(self) -> Dim:
        """Elements of the outputs of all rows, each counted once: the sum of :attr:`Row.elements`.

        >>> from convcost import Conv, ReLU, cost
        >>> cost(Conv(8, 3) >> ReLU(), (3, 9, 9)).activations
        784
        """
        each = [row.elements for row in self.rows]
        return None if any(elements is None for elements in each) else self.closed(sum(each))

    @property
    def input_elements(self) -> Dim:
        """Elements of all inputs, for the whole batch."""
        if self._graph is None:
            return self._facts.input_elements()
        if self._graph.batch_dims is not None:
            return self.closed(sum(prod(shape) for shape in self._shapes[: self._graph.input_count]))
        return self.closed(sum(prod(shape) for shape in self.inputs) * self.batch)

    def activation_bytes(self, element_size: int = 4, with_input: bool = False) -> Dim:
        """Bytes of all maps, ``element_size`` for each element: 4 as 32-bit floats, 2 as 16-bit ones.

        >>> from convcost import Conv, cost
        >>> counted = cost(Conv(8, 3), (3, 9, 9))
        >>> counted.activation_bytes(), counted.activation_bytes(2, with_input=True)
        (1568, 1270)
        """
        whole("element_size", element_size)
        elements = self.activations
        given = self.input_elements if with_input else 0
        if elements is None or given is None:
            return None
        return self.closed(element_size * (elements + given))
