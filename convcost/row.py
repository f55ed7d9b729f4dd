"""One line of a cost."""

from __future__ import annotations

from .arith import Dim, Shape
from .layers.base import Layer, shape_text
from .tally import Tally


class Row:
    """One layer of a network: what goes in and out, and what it costs for the whole batch."""

    __slots__ = ("buffers", "inputs", "layer", "output", "params", "path", "ran", "tally", "times", "trainable")

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

    def __repr__(self) -> str:
        return f"<{self.kind} {self.path}: {shape_text(self.output)}, {self.params} params, {self.macs} MACs>"
