"""One line of a cost."""

from __future__ import annotations

from typing import Protocol

from .arith import Dim, Shape
from .layers.base import Layer, shape_text
from .messages import Message
from .sight.field import ReceptiveField, first_seen, unknown
from .tally import Tally


class Facts(Protocol):
    """What is told of a row when it is first asked for, by its place."""

    def fields_at(self, place: int) -> tuple[ReceptiveField | None, ...]:
        """What it sees of each input of the network."""

    def elements_at(self, place: int) -> Dim:
        """The elements of what it puts out."""


class Row:
    """One layer of a network: what goes in and out, and what it costs for the whole batch."""

    __slots__ = (
        "buffers",
        "facts",
        "inputs",
        "layer",
        "output",
        "params",
        "path",
        "ran",
        "tally",
        "times",
        "trainable",
    )

    def __init__(
        self,
        path: str,
        layer: Layer,
        inputs: tuple[Shape, ...],
        output: Shape,
        params: Dim,
        tally: Tally,
        *,
        buffers: Dim = 0,
        ran: bool = True,
        times: Dim = 1,
        trainable: Dim = None,
        facts: tuple[Facts, int] | None = None,
    ) -> None:
        self.path = path
        self.layer = layer
        self.inputs = inputs
        self.output = output
        self.params = params
        self.tally = tally
        self.buffers = buffers
        self.ran = ran
        self.times = times
        #: Those of the params that training changes.
        self.trainable = params if trainable is None else trainable
        #: Who is asked what it sees and how much it puts out, and under which number.
        self.facts = facts

    @property
    def name(self) -> str:
        """The last part of the path."""
        return self.path.rpartition("/")[2]

    @property
    def kind(self) -> str:
        """The class of the layer, such as ``Conv``."""
        return self.layer.row_kind

    @property
    def input(self) -> Shape:
        """The (first) input shape, without the batch."""
        return self.inputs[0] if self.inputs else ()

    @property
    def macs(self) -> Dim:
        """Multiply-accumulates; ``None`` for a layer without a law, whose cost is unknown and not zero."""
        return None if self.layer.is_unknown else self.tally.macs

    @property
    def elements(self) -> Dim:
        """Elements of its output, for the whole batch and all repetitions; ``None`` where that is not known.

        Every output counts once, also where an implementation works in place or hands on a view of its input. What is
        not run has none, nor has a stored tensor, which is counted by its params, a fresh one (zeros, ranges, noise),
        or a question about sizes.

        >>> from convcost import Conv, cost
        >>> cost(Conv(8, 3), (3, 9, 9), batch=2).rows[0].elements
        784
        """
        return None if self.facts is None else self.facts[0].elements_at(self.facts[1])

    @property
    def makes_map(self) -> bool:
        """Whether its output is a map: it is run, and computes something from others."""
        return self.ran and not (type(self.elements) is int and self.elements == 0)

    @property
    def receptive_fields(self) -> tuple[ReceptiveField | None, ...]:
        """What its output sees of each of the network's inputs; ``None`` for an input that it does not see."""
        if self.facts is None:
            return (unknown(Message("the row is of no network")),)
        if not self.ran:
            return (unknown(Message("it is not run")),)
        return self.facts[0].fields_at(self.facts[1])

    @property
    def receptive_field(self) -> ReceptiveField:
        """What an element of its output sees of the network's input: of the first one that it sees.

        >>> from convcost import Conv, Pool, cost
        >>> str(cost(Conv(8, 3) >> Pool(2), (3, 9, 9)).rows[1].receptive_field)
        '4×4'
        """
        return first_seen(self.receptive_fields)

    def __repr__(self) -> str:
        return f"<{self.kind} {self.path}: {shape_text(self.output)}, {self.params} params, {self.macs} MACs>"
