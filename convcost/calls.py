"""What a module did, call by call: the record from which the numbers of other counters are told.

A tree: modules call functions and modules, functions of ``torch.nn.functional`` call others, down to the operators.
Counters look at different levels of it (modules, patched functions, traced operators), and several tell a method from
a function and a function from an infix sign. Tensors stand in it as :class:`Ref` to values of the graph, so that the
record can be read at any input shape.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple


class Ref(NamedTuple):
    """A tensor: a value of the graph. ``size`` is the bytes of one element."""

    value: int
    size: int = 4


class Weight(NamedTuple):
    """A parameter or buffer used as it is. ``key`` tells it from others, ``learned`` is ``requires_grad``."""

    name: str
    shape: tuple[int, ...]
    learned: bool
    key: int
    parameter: bool = True


class Sized(NamedTuple):
    """A number that is a formula over sizes (see :mod:`convcost.extent`)."""

    extent: Any


@dataclass(slots=True)
class Call:
    """One call. ``name`` is the class of a module (``torch.nn.modules.conv.Conv2d``), or a function as users know it:
    ``F.relu``, ``torch.add``, ``Tensor.add``; ``infix`` for ``x + y``; ``named`` where it was looked up by that name
    when it was called, and not kept under another one before. ``path`` is the module that runs.

    ``bases`` are the classes of a module, ``facts`` its plain attributes, ``weights`` its own parameters by attribute,
    ``children`` the names of all modules directly below it, called or not.
    """

    name: str
    path: str
    args: tuple[Any, ...] = ()
    kwargs: dict[str, Any] = field(default_factory=dict)
    out: Any = None
    calls: list[Call] = field(default_factory=list)
    infix: bool = False
    named: bool = True
    #: The nodes of the graph that this very call made (calls below it apart).
    nodes: tuple[int, ...] = ()
    module: Module | None = None
    #: What it consists of below torch's own decompositions.
    below: tuple[str, ...] = ()

    @property
    def is_leaf(self) -> bool:
        """Whether it is an operator, that calls nothing."""
        return not self.calls and self.module is None

    def walk(self) -> Iterator[Call]:
        """This call and all below it, in the order in which they began."""
        yield self
        for call in self.calls:
            yield from call.walk()


@dataclass(slots=True)
class Module:
    """What a counter can ask of a module, whether it ran or not."""

    path: str
    kind: str
    bases: tuple[str, ...]
    facts: dict[str, Any]
    weights: dict[str, Weight]
    #: Direct children by attribute, in order; the same module may stand in several places.
    children: dict[str, Module] = field(default_factory=dict)
    ran: bool = False

    def named_weights(self, seen: set[int] | None = None) -> Iterator[tuple[str, Weight]]:
        """All parameters below it, each once, with dotted names."""
        seen = set() if seen is None else seen
        for name, weight in self.weights.items():
            if weight.parameter and weight.key not in seen:
                seen.add(weight.key)
                yield name, weight
        for name, child in self.children.items():
            for inner, weight in child.named_weights(seen):
                yield f"{name}.{inner}", weight

    def walk(self, seen: set[int] | None = None) -> Iterator[Module]:
        """This module and all below it, each once."""
        seen = set() if seen is None else seen
        if id(self) in seen:
            return
        seen.add(id(self))
        yield self
        for child in self.children.values():
            yield from child.walk(seen)
