"""Composition: how layers are put together, before any shape is known.

A block is an immutable value; ``a >> b`` is ``b`` after ``a``. Its ``repr`` is its notation, and
:func:`convcost.notation.parse` reads that back. Blocks know nothing of shapes: they lower to the one
:class:`~convcost.graph.Graph`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import MISSING, dataclass, field, fields, replace
from typing import Any, Protocol, Self

from .arith import Dim, as_dim, at_least, is_array, is_symbolic
from .errors import SpecError

#: A repetition is written out; more turns than this are a mistake.
MAX_TIMES = 50_000


class Builder(Protocol):
    """What a block needs of a graph to write itself into it."""

    def emit(self, layer: Any, inputs: tuple[int, ...], path: str) -> int: ...
    def child(self, path: str, block: Block) -> str: ...
    def output(self, value: int) -> None: ...
    def enter(self, kind: str, path: str, inputs: tuple[int, ...]) -> Any: ...
    def leave(self, scope: Any, value: int) -> None: ...
    def repeat(self, body: Block, times: Dim, value: int, path: str) -> int: ...


@dataclass(frozen=True, repr=False)
class Block:
    """Anything that turns inputs into an output. ``name`` is its part of the path in rows and errors."""

    name: str | None = field(default=None, kw_only=True)

    def __post_init__(self) -> None:
        if self.name is not None and (not isinstance(self.name, str) or not self.name or "/" in self.name):
            raise SpecError("a name is a text without '/'", got=f"name={self.name!r}")

    def __rshift__(self, other: Block) -> Seq:
        return Seq(self, other)

    def named(self, name: str) -> Self:
        """The same block under a name of its own.

        >>> from convcost import Conv
        >>> Conv(16, 1).named("reduce")
        Conv(16, 1, name='reduce')
        """
        return replace(self, name=name)

    def lower(self, graph: Builder, inputs: tuple[int, ...], path: str) -> int:
        """Write this block into ``graph`` behind the values ``inputs``; the value that comes out."""
        raise NotImplementedError

    def __repr__(self) -> str:
        return f"{type(self).__name__}({', '.join(self._arguments())})"

    def _arguments(self) -> Iterable[str]:
        # The name stands first among the fields, since all blocks have it, and last in the notation.
        for item in sorted(fields(self), key=lambda item: item.name == "name"):
            value = getattr(self, item.name)
            if item.default is MISSING:
                yield show(value)
            elif value is not item.default and value != item.default:
                yield f"{item.name}={show(value)}"

    def _repr_svg_(self) -> str | None:
        """Its block diagram, for notebooks; without an input shape there are no shapes or costs to tell."""
        from .pictures.drawing import sketch

        return sketch(self)


def show(value: object) -> str:
    """An argument in notation."""
    if is_symbolic(value):
        from . import symbolic

        return symbolic.notation(value)
    if isinstance(value, tuple):
        return f"({', '.join(map(show, value))}{',' if len(value) == 1 else ''})"
    return repr(value)


def check_blocks(parts: Iterable[object], of: str) -> tuple[Block, ...]:
    checked = []
    for part in parts:
        if not isinstance(part, Block):
            hint = f"write {part.__name__}(...)" if isinstance(part, type) else ""
            raise SpecError(f"{of} is made of blocks", got=repr(part), fix=hint)
        checked.append(part)
    return tuple(checked)


@dataclass(frozen=True, repr=False, init=False)
class Seq(Block):
    """Blocks one after the other; ``Seq(a, b)`` is ``a >> b``. Unnamed sequences inside are dissolved.

    >>> from convcost import Conv
    >>> Conv(16, 1) >> (Conv(24, 3) >> Conv(24, 3))
    Conv(16, 1) >> Conv(24, 3) >> Conv(24, 3)
    """

    blocks: tuple[Block, ...] = ()

    def __init__(self, *blocks: Block, name: str | None = None) -> None:
        flat: list[Block] = []
        for block in check_blocks(blocks, "a sequence"):
            if isinstance(block, Seq) and block.name is None:
                flat.extend(block.blocks)
            else:
                flat.append(block)
        object.__setattr__(self, "blocks", tuple(flat))
        object.__setattr__(self, "name", name)
        self.__post_init__()

    def named(self, name: str) -> Self:
        return type(self)(*self.blocks, name=name)

    def lower(self, graph: Builder, inputs: tuple[int, ...], path: str) -> int:
        for block in self.blocks:
            inputs = (block.lower(graph, inputs, graph.child(path, block)),)
        return _only(inputs, self)

    def __repr__(self) -> str:
        if self.name is None and len(self.blocks) > 1:
            return " >> ".join(map(repr, self.blocks))
        return super().__repr__()

    def _arguments(self) -> Iterable[str]:
        yield from map(repr, self.blocks)
        if self.name is not None:
            yield f"name={self.name!r}"


@dataclass(frozen=True, repr=False)
class Identity(Block):
    """The input itself: no row, no cost. The shortcut of a residual block."""

    def lower(self, graph: Builder, inputs: tuple[int, ...], path: str) -> int:
        return _only(inputs, self)


@dataclass(frozen=True, repr=False)
class Repeat(Block):
    """``times`` copies of ``body`` in a row, each with weights of its own.

    ``times`` may be a symbol where ``body`` keeps its input shape; its rows then count ``times`` over.

    >>> from convcost import Conv, cost, symbols
    >>> cost(Repeat(Conv(8, 3, padding=1), symbols("n")), (8, 4, 4)).macs
    9216*n
    """

    body: Block
    times: Dim

    def __post_init__(self) -> None:
        super().__post_init__()
        check_blocks((self.body,), "a repetition")
        object.__setattr__(self, "times", as_dim(self.times, "times"))
        if is_array(self.times) or (type(self.times) is int and self.times > MAX_TIMES):
            raise SpecError(f"times is one number up to {MAX_TIMES:,}, or a symbol", got=f"times={self.times}")
        if not at_least(self.times, 0):
            raise SpecError("times must not be negative", got=f"times={self.times}")

    def lower(self, graph: Builder, inputs: tuple[int, ...], path: str) -> int:
        if is_symbolic(self.times):
            return graph.repeat(self.body, self.times, _only(inputs, self), path)
        for turn in range(self.times):
            inputs = (self.body.lower(graph, inputs, f"{path}/{turn + 1}"),)
        return _only(inputs, self)


@dataclass(frozen=True, repr=False)
class Tap(Block):
    """A side output, such as an auxiliary head: ``head`` leaves the network here, the input goes on unchanged.

    >>> from convcost import Conv, cost
    >>> cost(Conv(8, 1) >> Tap(Conv(2, 1)) >> Conv(4, 1), (3, 5, 5)).output_shape
    ((2, 5, 5), (4, 5, 5))
    """

    head: Block

    def __post_init__(self) -> None:
        super().__post_init__()
        check_blocks((self.head,), "a side output")

    def lower(self, graph: Builder, inputs: tuple[int, ...], path: str) -> int:
        value = _only(inputs, self)
        graph.output(self.head.lower(graph, inputs, path))
        return value


@dataclass(frozen=True, repr=False)
class Module(Block):
    """A part that stands in a framework as a module of its own class, ``kind``; summaries give it a row.

    >>> from convcost import Conv
    >>> Module("Stem", Conv(64, 7, stride=2, padding=3), name="conv1")
    Module('Stem', Conv(64, 7, stride=2, padding=3), name='conv1')
    """

    kind: str
    body: Block

    def __post_init__(self) -> None:
        super().__post_init__()
        if not isinstance(self.kind, str) or not self.kind.isidentifier():
            raise SpecError("the kind of a module is the name of a class", got=f"kind={self.kind!r}")
        check_blocks((self.body,), "a module")

    def lower(self, graph: Builder, inputs: tuple[int, ...], path: str) -> int:
        scope = graph.enter(self.kind, path, inputs)
        value = self.body.lower(graph, inputs, path)
        graph.leave(scope, value)
        return value


def _only(values: tuple[int, ...], block: Block) -> int:
    if len(values) != 1:
        raise SpecError(f"{type(block).__name__} takes one input", got=f"{len(values)} inputs")
    return values[0]
