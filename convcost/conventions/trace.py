"""The record of a module's calls, read at the shapes of a cost: what the conventions of other counters look at."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cached_property
from typing import TYPE_CHECKING, Any

from ..arith import Dim, Shape, is_symbolic, prod
from ..calls import Call, Module, Ref, Sized, Weight
from ..errors import UnsupportedError
from ..extent import evaluate, is_traced, sources

if TYPE_CHECKING:
    from ..result import Cost


class Trace:
    """All calls of a module. ``cost`` is the cost of the imported graph, whose values the references name."""

    def __init__(self, cost: Cost) -> None:
        calls = cost.graph.calls
        if calls is None:
            raise UnsupportedError("the numbers of other counters are told from a module", fix="import it first")
        self.cost = cost
        self.root: Call = calls

    def seen(self, call: Call) -> Seen:
        return Seen(self, call)

    @cached_property
    def calls(self) -> list[Call]:
        """Every call, in the order in which they began."""
        return [*self.root.walk()]

    def functions(self, *names: str) -> Iterator[Seen]:
        """Calls of functions with these names, wherever they were made."""
        wanted = frozenset(names)
        return (Seen(self, call) for call in self.calls if call.name in wanted)

    @cached_property
    def leaves(self) -> list[Seen]:
        """The operators, in order."""
        return [Seen(self, call) for call in self.calls if call.module is None and not call.calls and call.nodes]

    @cached_property
    def modules(self) -> list[Seen]:
        """Calls of modules, in order."""
        return [Seen(self, call) for call in self.calls if call.module is not None]

    @property
    def top(self) -> Module:
        """The module itself."""
        return _known(self.root.module)

    def shape(self, tensor: Any) -> Shape | None:
        """The shape of a tensor; ``None`` for what is none."""
        if isinstance(tensor, Ref):
            return self.cost.whole_shape(tensor.value)
        return tensor.shape if isinstance(tensor, Weight) else None

    def number(self, value: Any) -> Any:
        """A plain value, sizes evaluated."""
        if isinstance(value, Sized):
            return evaluate(value.extent, lambda tensor, axis: self.cost.whole_shape(tensor)[axis])
        if isinstance(value, tuple) and not isinstance(value, (Ref, Weight)):
            return tuple(self.number(item) for item in value)
        return value

    # -- what a traced graph keeps --------------------------------------------------------------------------------

    @cached_property
    def live(self) -> frozenset[int]:
        """Operators on which the result hangs, and products of sizes that they read: tracers drop the others."""
        made: dict[int, Call] = {}
        for seen in self.leaves:
            for value in _refs(seen.call.out):
                # An operator in place gives its operand a new value; the old one is its input.
                made[value] = seen.call
        products = {id(call.out.extent): call for call in self.calls if call.name == "size.mul"}
        alive: set[int] = set()
        todo: list[Any] = [self.root.out]
        todo += [seen.call for seen in self.leaves if _in_place(seen.call.name)]
        visited: set[int] = set()
        while todo:
            item = todo.pop()
            if isinstance(item, Call):
                if id(item) not in alive:
                    alive.add(id(item))
                    todo += [item.args, tuple(item.kwargs.values())]
                continue
            for extent in _extents(item):
                _mark(extent, products, alive)
                for value in sources(extent) if is_traced(extent) else ():
                    if value in made and value not in visited:
                        visited.add(value)
                        todo.append(made[value])
            for value in _refs(item):
                if value in made and value not in visited:
                    visited.add(value)
                    todo.append(made[value])
        return frozenset(alive)

    def place(self, call: Call) -> str:
        """The row that a call belongs to: that of its only operator, else the module."""
        nodes = self.cost.graph.nodes
        found = []
        for inner in call.walk():
            if inner is not call and inner.module is not None:
                return call.path or "(module)"
            found += [nodes[number].path for number in inner.nodes if not nodes[number].layer.is_silent]
            if len(found) > 1 and call.module is not None:
                return call.path or "(module)"
        return found[0] if found else call.path or "(module)"


class Seen:
    """One call, with the shapes of a cost."""

    __slots__ = ("call", "trace")

    def __init__(self, trace: Trace, call: Call) -> None:
        self.trace = trace
        self.call = call

    @property
    def name(self) -> str:
        return self.call.name

    @property
    def module(self) -> Module:
        return _known(self.call.module)

    @property
    def path(self) -> str:
        return self.trace.place(self.call)

    def raw(self, place: int, name: str = "") -> Any:
        """An argument as the record keeps it, by position or name; ``None`` where it was not given."""
        if place < len(self.call.args):
            return self.call.args[place]
        return self.call.kwargs.get(name)

    def shape(self, place: int, name: str = "") -> Any:
        """The shape of an argument; ``None`` if it is no tensor."""
        return self.trace.shape(self.raw(place, name))

    def given(self, place: int, name: str = "", default: Any = None) -> Any:
        """An argument that is no tensor."""
        value = self.raw(place, name)
        return default if value is None else self.trace.number(value)

    @property
    def x(self) -> Shape:
        """The shape of the first tensor that came in."""
        shape = self.shape(0, "input")
        if shape is None:
            first = next(_tensors((self.call.args, tuple(self.call.kwargs.values()))), None)
            shape = self.trace.shape(first)
        return () if shape is None else shape

    @property
    def y(self) -> Shape:
        """The shape of the first tensor that came out."""
        return self.trace.shape(next(_tensors(self.call.out), None)) or ()

    @property
    def elements_in(self) -> Dim:
        return prod(self.x)

    @property
    def elements_out(self) -> Dim:
        return prod(self.y)


def _known(module: Module | None) -> Module:
    if module is None:
        raise TypeError("this is the call of a function, not of a module")
    return module


def _tensors(value: Any) -> Iterator[Any]:
    if isinstance(value, (Ref, Weight)):
        yield value
    elif isinstance(value, dict):
        yield from _tensors(tuple(value.values()))
    elif isinstance(value, tuple) and not isinstance(value, Sized):
        for item in value:
            yield from _tensors(item)


def _refs(value: Any) -> Iterator[int]:
    return (tensor.value for tensor in _tensors(value) if isinstance(tensor, Ref))


def _extents(value: Any) -> Iterator[Any]:
    if isinstance(value, Sized):
        yield value.extent
    elif isinstance(value, tuple) and not isinstance(value, (Ref, Weight)):
        for item in value:
            yield from _extents(item)


def _mark(extent: Any, products: dict[int, Call], alive: set[int]) -> None:
    if is_traced(extent) and extent[0] not in ("size", "is"):
        if id(extent) in products:
            alive.add(id(products[id(extent)]))
        _mark(extent[1], products, alive)
        _mark(extent[2], products, alive)


def _in_place(name: str) -> bool:
    short = name.rpartition(".")[2]
    return short == "__setitem__" or (short.endswith("_") and not short.endswith("__"))


def occurrences(top: Module, wanted: Callable[[Module], Any], enter: Callable[[Module], bool]) -> Iterator[Module]:
    """Every place where a wanted module stands, as tools that walk ``children()`` meet it: once per parent.

    ``enter`` says whether the walk goes on below a module.
    """
    if wanted(top):
        yield top
    if enter(top):
        for child in {id(child): child for child in top.children.values()}.values():
            yield from occurrences(child, wanted, enter)


def numbers_only(value: Dim, tool: str) -> int:
    """A count for a tool whose arithmetic is no formula.

    Raises :class:`~convcost.errors.UnsupportedError` for symbols.
    """
    if is_symbolic(value):
        raise UnsupportedError(f"{tool} computes this in floating point, which is no formula", got=str(value)[:60])
    return int(value)
