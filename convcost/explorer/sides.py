"""One block as the page knows it: the entries of its numbers, and its layers."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from ..messages import Message
from ..result import Cost
from ..row import Row
from .wire import Wire

_MAX_NAMED = 3
_MAX_NOTATION = 90


@dataclass(frozen=True)
class Line:
    """A layer: its place, its notation, and the entries of its numbers; ``None`` for MACs that are not known."""

    path: str
    notation: str
    #: MACs as a number or expression, for the formula beside them.
    form: Any
    output: tuple[int, ...]
    params: int
    macs: int | None


@dataclass(frozen=True)
class Side:
    """Block A (``place`` 0) or B (``place`` 1)."""

    place: int
    cost: Cost
    wire: Wire = field(repr=False)

    @cached_property
    def lines(self) -> tuple[Line, ...]:
        """One per layer, in the order in which they run."""
        return tuple(map(self._line, self.cost.rows))

    def _line(self, row: Row) -> Line:
        add = self.wire.add
        macs = None if row.macs is None else add(row.macs)
        return Line(row.path, _notation(row), row.macs, tuple(map(add, row.output)), add(row.params), macs)

    @property
    def letter(self) -> str:
        """``A`` or ``B``."""
        return "AB"[self.place]

    @cached_property
    def macs(self) -> int | None:
        """The entry of the closed form of the MACs."""
        return None if self.cost.macs is None else self.wire.add(self.cost.macs)

    @cached_property
    def params(self) -> int:
        """The entry of the closed form of the params."""
        return self.wire.add(self.cost.params)

    @property
    def exact(self) -> bool:
        """Whether every layer is counted."""
        return self.cost.status == "exact"

    @cached_property
    def outputs(self) -> list[list[int]]:
        """The entries of the output shapes."""
        return [[*map(self.wire.add, shape)] for shape in self.cost.outputs]

    @property
    def status(self) -> Message | None:
        """What is to be said of a result that is not exact."""
        if self.exact:
            return None
        named = ", ".join(self.cost.unsupported[:_MAX_NAMED]) + ", …" * (len(self.cost.unsupported) > _MAX_NAMED)
        count = len(self.cost.unsupported)
        if self.cost.status == "unknown":
            return Message("Not known: layers without a law ({count}) are {layers}", count=count, layers=named)
        return Message(
            "A lower bound: not counted are {layers} (layers without a law: {count})", count=count, layers=named
        )

    def data(self) -> dict[str, Any]:
        """What the script is told: totals from the closed forms and, to be held against them, from the layers."""
        counted = [line.macs for line in self.lines if line.macs is not None]
        return {
            "exact": self.exact,
            "macs": self.macs,
            "params": self.params,
            "sums": {
                "macs": None if self.macs is None else self.wire.sum(counted),
                "params": self.wire.sum([line.params for line in self.lines]),
            },
            "outputs": self.outputs,
            "conditions": [
                {
                    "text": condition_text(condition),
                    "relation": condition.relation,
                    "left": self.wire.add(condition.left),
                    "right": self.wire.add(condition.right),
                }
                for condition in self.cost.conditions
            ],
        }


def condition_text(condition: object) -> str:
    """An assumption with the signs of mathematics.

    >>> condition_text("H % 4 in {1, 2}"), condition_text("2*H >= 3")
    ('H mod 4 ∈ {1, 2}', '2·H ≥ 3')
    """
    text = str(condition)
    for code, sign in _SIGNS.items():
        text = text.replace(code, sign)
    return text


_SIGNS = {" >= ": " ≥ ", " <= ": " ≤ ", " == ": " = ", " % ": " mod ", " in {": " ∈ {", "*": "·"}


def _notation(row: Row) -> str:
    text = repr(row.layer.unnamed())
    return text if len(text) <= _MAX_NOTATION else text[: _MAX_NOTATION - 1] + "…"
