"""The table that Keras prints of a model: rows by layer, channels last, params with running statistics among them.

Source: ``keras.Model.summary`` of Keras 3 (see the tests for the real one).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from ..arith import Shape, is_array, is_symbolic
from ..errors import UnsupportedError

if TYPE_CHECKING:
    from ..costing import Cost


class KerasRow(NamedTuple):
    """A layer: its name and kind, its output shape without the batch and channels last, and its params."""

    name: str
    kind: str
    output_shape: Shape
    params: int


@dataclass(frozen=True)
class KerasSummary:
    """What ``model.summary()`` says: running statistics are params that are not trained; a value has 4 bytes, and MB
    are of 2**20 bytes."""

    rows: tuple[KerasRow, ...]
    trainable_params: int
    input_shape: Shape

    @property
    def total_params(self) -> int:
        """Everything that is stored."""
        return sum(row.params for row in self.rows)

    @property
    def non_trainable_params(self) -> int:
        """Frozen params and running statistics."""
        return self.total_params - self.trainable_params

    @property
    def params_mb(self) -> float:
        """4 bytes a param, in MB of 2**20 bytes."""
        return 4 * self.total_params / 2**20

    def __str__(self) -> str:
        head = ("Layer (type)", "Output Shape", "Param #")
        cells = [(f"{row.name} ({row.kind})", f"({_dims(row.output_shape)})", f"{row.params:,}") for row in self.rows]
        widths = [max(len(line[column]) for line in [head, *cells]) for column in range(3)]
        rule = "─" * (sum(widths) + 4)

        def line(entries: tuple[str, str, str]) -> str:
            name, shape, params = entries
            return f"{name:<{widths[0]}}  {shape:<{widths[1]}}  {params:>{widths[2]}}"

        totals = [
            f" {word} params: {number:,} ({_memory(4 * number)})"
            for word, number in (
                ("Total", self.total_params),
                ("Trainable", self.trainable_params),
                ("Non-trainable", self.non_trainable_params),
            )
        ]
        return "\n".join([rule, line(head), rule, *map(line, cells), rule, *totals])


def _dims(shape: Shape) -> str:
    return ", ".join(["None", *map(str, shape)])


def _memory(size: int) -> str:
    for unit in ("B", "KB", "MB", "GB"):
        if size < 1024 or unit == "GB":
            return f"{size:.2f} {unit}"
        size = size / 1024  # type: ignore[assignment]
    return ""


def channels_last(shape: Shape) -> Shape:
    """``(C, H, W)`` as ``(H, W, C)``; vectors as they are.

    >>> channels_last((32, 28, 29))
    (28, 29, 32)
    """
    return (*shape[1:], shape[0]) if len(shape) > 2 else shape


def keras_summary(cost: Cost) -> KerasSummary:
    """The summary of a network as a Keras model of its layers.

    Raises ``UnsupportedError`` for symbols.
    """
    rows = []
    for row in cost.rows:
        for value in (*row.output, row.params):
            if is_symbolic(value) or is_array(value):
                raise UnsupportedError("summary tools print numbers", got=str(value), fix="put numbers in with .subs()")
        rows.append(KerasRow(row.path, row.kind, channels_last(row.output), row.params + row.buffers))
    return KerasSummary(tuple(rows), cost.trainable_params, cost.inputs[0])
