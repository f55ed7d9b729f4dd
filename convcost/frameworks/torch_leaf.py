"""An operator under study: what a law of the importer is given, and the registry of these laws.

A law is a function with the operator's own signature, behind a :class:`Leaf`. Tensors arrive as :class:`Operand`. It
says which operands are inputs of the node (``leaf.use``), and answers with a layer, or with a list of layers where the
operator gives several tensors.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from ..calls import Ref, Weight
from ..extent import Extent, renumbered, sources
from ..layers.base import Layer
from .torch_sizes import extent_of, number_of


@dataclass(frozen=True, slots=True)
class Operand:
    """A tensor that an operator got: where it is from, and its shape at the import, batch and all."""

    ref: Ref | Weight
    shape: tuple[int, ...]

    @property
    def rank(self) -> int:
        return len(self.shape)

    @property
    def is_weight(self) -> bool:
        """Whether it is a parameter or buffer, used as it is."""
        return isinstance(self.ref, Weight)


@dataclass
class Leaf:
    """One operator call. ``outputs`` are the shapes that came out at the import."""

    name: str
    outputs: tuple[tuple[int, ...], ...]
    value_of: Callable[[Operand], int]
    inputs: list[int] = field(default_factory=list)

    def use(self, *operands: Any) -> None:
        """These operands, if they are tensors, are the next inputs of the node."""
        for operand in operands:
            if isinstance(operand, Operand):
                self.inputs.append(self.value_of(operand))
            elif isinstance(operand, (tuple, list)):
                self.use(*operand)

    def extent(self, size: Any) -> Extent:
        """The formula of a size over the node's inputs; tensors whose size it reads become inputs."""
        formula = extent_of(size)
        for value in sources(formula):
            if value not in self.inputs:
                self.inputs.append(value)
        return renumbered(formula, {value: place for place, value in reversed([*enumerate(self.inputs)])})


Law = Callable[..., Layer | list[Layer]]
LAWS: dict[str, Law] = {}


def law(*names: str) -> Callable[[Law], Law]:
    """Register the law of the operators with these names, as they are without ``torch.`` or ``Tensor.``."""

    def register(function: Law) -> Law:
        for name in names:
            LAWS[name] = function
        return function

    return register


def short(name: str) -> str:
    """``add`` for ``torch.add``, ``Tensor.add_``, ``aten.add``."""
    last = name.rpartition(".")[2]
    return last if last.startswith("__") or not last.endswith("_") else last.rstrip("_")


def plain(value: Any) -> Any:
    """Arguments without formulas: the bare numbers, noted as such where they were sizes."""
    if isinstance(value, (tuple, list)):
        return tuple(plain(item) for item in value)
    return int(value) if isinstance(value, int) and not isinstance(value, bool) else value


def known(value: Any) -> Any:
    """The number of a size, for looking at only."""
    return number_of(value) if isinstance(value, int) else value


def spread(value: Any, rank: int) -> Any:
    """One number for all axes, or one for each; a tuple of one stands for all, as torch has it."""
    value = plain(value)
    if isinstance(value, tuple):
        return value * rank if len(value) == 1 and rank > 1 else value
    return (value,) * rank
