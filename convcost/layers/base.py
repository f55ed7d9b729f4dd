"""What every layer is: three laws, and the checks of arguments that all share."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, ClassVar, NamedTuple

from ..arith import Dim, Shape, as_dim, at_least, decide_same, prod, same
from ..block import Block, Builder
from ..contraction import Contraction
from ..errors import ShapeError, SpecError, UndecidedError
from ..messages import Message
from ..sight import InputLaw, NoLaw, broadcast
from ..tally import NOTHING, Tally


class Laws(NamedTuple):
    """What the three laws of a layer say of given inputs, per example."""

    output: Shape
    params: Dim
    tally: Tally


@dataclass(frozen=True, repr=False)
class Layer(Block):
    """A layer owns three laws, side by side: output shape, params and tally, all per example.

    Shapes are without the batch, channels first.
    """

    #: How many inputs it takes; ``None`` for any number.
    arity: ClassVar[int | None] = 1
    #: Whether the tally grows with the batch.
    per_example: ClassVar[bool] = True
    #: Whether ``macs`` may be other than 0.
    has_macs: ClassVar[bool] = False
    #: Whether it is no operation at all and gets no row.
    is_silent: ClassVar[bool] = False
    #: Whether it stands for an operation without a law, whose cost is not known.
    is_unknown: ClassVar[bool] = False
    #: Whether what comes out is a map that it made, which takes memory of its own: not what is stored, or comes fresh
    #: out of a size alone.
    makes_map: ClassVar[bool] = True
    #: Arguments that are one number, or one per spatial axis.
    per_axis_fields: ClassVar[tuple[str, ...]] = ()

    def output_shape(self, *inputs: Shape) -> Shape:
        """The shape that comes out. Whether inputs fit is decided here, and only here."""
        raise NotImplementedError

    def params(self, *inputs: Shape, out: Shape) -> Dim:
        """Learned scalars, ``out`` being the output shape."""
        return 0

    def tally(self, *inputs: Shape, out: Shape) -> Tally:
        """What it does to one example."""
        return NOTHING

    def macs(self, *inputs: Shape, out: Shape) -> Dim:
        """The ``macs`` of the tally, without the rest of it."""
        return 0

    def contractions(self, *inputs: Shape, out: Shape) -> tuple[Contraction, ...]:
        """The loop nests whose products are MACs; none for a layer that does not multiply."""
        return ()

    def buffers(self, *inputs: Shape) -> Dim:
        """Scalars that are stored, not learned (running statistics)."""
        return 0

    def sight(self, *inputs: Shape, out: Shape) -> tuple[InputLaw, ...]:
        """What an element of the output reads of each input, axis by axis: the law of receptive fields.

        >>> from convcost import Pool
        >>> Pool(2).sight((8, 6), out=(8, 3))[0][1]
        Slide(along=1, advance=2, phases=((0, 1),), dilation=1)
        """
        return (NoLaw(Message("{kind} has no law of what it sees", kind=self.row_kind)),) * len(inputs)

    def steps_axis(self, rank: int) -> int | None:
        """Which of the ``rank`` axes of its input counts the steps of a sequence, features standing behind it; ``None``
        for a layer that reads no sequences."""
        return None

    def laws(self, *inputs: Shape) -> Laws:
        """All three laws for given inputs.

        >>> from convcost import Conv
        >>> Conv(32, 5, padding=2).laws((192, 28, 28)).output
        (32, 28, 28)
        """
        out = self.output_shape(*inputs)
        return Laws(out, self.params(*inputs, out=out), self.tally(*inputs, out=out))

    def hint(self, *inputs: Shape) -> str:
        """A remark on inputs that are allowed but rarely meant; empty for none."""
        return ""

    def lower(self, graph: Builder, inputs: tuple[int, ...], path: str) -> int:
        return graph.emit(self, inputs, path)

    @property
    def row_layer(self) -> Layer:
        """The layer that its row shows."""
        return self

    @property
    def row_kind(self) -> str:
        """What its rows are called: the class of the layer."""
        return type(self).__name__

    def _set(self, **values: object) -> None:
        for name, value in values.items():
            object.__setattr__(self, name, value)

    def unnamed(self) -> Layer:
        """The layer itself, without its name."""
        return self if self.name is None else replace(self, name=None)


@dataclass(frozen=True, repr=False)
class Contracting(Layer):
    """A layer whose params and MACs both follow from its contractions."""

    has_macs: ClassVar[bool] = True

    def biases(self, *inputs: Shape) -> Dim:
        """Bias scalars."""
        return 0

    def extras(self, *inputs: Shape, out: Shape) -> Tally:
        """Operations beside the multiply-accumulates: bias additions, gates, softmax."""
        return NOTHING

    def params(self, *inputs: Shape, out: Shape) -> Dim:
        return sum([nest.weights for nest in self.contractions(*inputs, out=out)], self.biases(*inputs))

    def macs(self, *inputs: Shape, out: Shape) -> Dim:
        total: Dim = 0
        for nest in self.contractions(*inputs, out=out):
            total = total + nest.macs
        return total

    def tally(self, *inputs: Shape, out: Shape) -> Tally:
        return Tally(macs=self.macs(*inputs, out=out)) + self.extras(*inputs, out=out)


@dataclass(frozen=True, repr=False)
class Elementwise(Layer):
    """A layer that does the same to every element and keeps the shape."""

    each: ClassVar[Tally] = NOTHING

    def output_shape(self, *inputs: Shape) -> Shape:
        return inputs[0]

    def tally(self, *inputs: Shape, out: Shape) -> Tally:
        return self.each.scaled(prod(out))

    def sight(self, *inputs: Shape, out: Shape) -> tuple[InputLaw, ...]:
        return tuple([broadcast(x, out) for x in inputs])


# -- arguments ---------------------------------------------------------------------------------------------------


def whole(name: str, value: object, least: int = 1) -> Dim:
    """A whole number or symbol that is at least ``least``.

    Where that hangs on a symbol's value it is left open here; :func:`convcost.cost` asks again and records it.
    """
    number = as_dim(value, name)
    try:
        large_enough = at_least(number, least)
    except UndecidedError:
        return number
    if not large_enough:
        raise SpecError(f"{name} must be at least {least}", got=f"{name}={value}")
    return number


def per_axis(name: str, value: object, least: int = 1) -> Dim | tuple[Dim, ...]:
    """One number for all axes, or a tuple with one for each."""
    if isinstance(value, (tuple, list)):
        if not 1 <= len(value) <= 3:
            raise SpecError(f"{name} is one number, or one for each of 1 to 3 axes", got=f"{name}={value}")
        return tuple(whole(name, item, least) for item in value)
    return whole(name, value, least)


def axes(value: Dim | tuple[Dim, ...], rank: int) -> tuple[Dim, ...]:
    """``value`` for each of ``rank`` axes."""
    return value if type(value) is tuple else (value,) * rank


def stride_of(layer: Any) -> Any:
    """The steps of a layer's window; those of a pool that names none are as long as its kernel."""
    return layer.kernel if layer.stride is None else layer.stride


def padding_of(value: object, *, words: bool = True, least: int | None = 0) -> Any:
    """Padding in its four forms: a number, one per axis, ``((before, after), …)``, or a word."""
    if isinstance(value, str):
        if words and value in ("same", "valid"):
            return value
        raise SpecError(
            "padding is a number, one per axis, or (before, after) per axis" + (', or "same" or "valid"' * words),
            got=f"padding={value!r}",
        )

    def checked(item: object) -> Dim:
        return as_dim(item, "padding") if least is None else whole("padding", item, least)

    if not isinstance(value, (tuple, list)):
        return checked(value)
    if not 1 <= len(value) <= 3:
        raise SpecError(
            "padding has one entry for each of 1 to 3 axes",
            got=f"padding={value}",
            fix="write (before, after) for each axis, such as ((0, 1), (0, 1))",
        )
    entries: list[Any] = []
    for item in value:
        if isinstance(item, (tuple, list)):
            if len(item) != 2:
                raise SpecError("padding of an axis is (before, after)", got=f"padding={value}")
            entries.append((checked(item[0]), checked(item[1])))
        else:
            entries.append(checked(item))
    return tuple(entries)


def sides(padding: Any, rank: int) -> tuple[tuple[Dim, Dim], ...]:
    """Numeric padding as ``(before, after)`` for each of ``rank`` axes."""
    if type(padding) is not tuple:
        return ((padding, padding),) * rank
    return tuple([p if type(p) is tuple else (p, p) for p in padding])


def spatial_rank(layer: Layer, x: Shape) -> int:
    """How many spatial axes ``x`` has; every per-axis argument of the layer must speak of as many."""
    rank = len(x) - 1
    if not 1 <= rank <= 3:
        raise ShapeError(
            f"{type(layer).__name__} wants channels and 1 to 3 spatial axes",
            got=f"input {shape_text(x)}",
            fix="shapes are (C, H, W) without the batch",
        )
    for name in layer.per_axis_fields:
        value = getattr(layer, name)
        if type(value) is tuple and len(value) != rank:
            raise ShapeError(
                f"{name} speaks of {len(value)} spatial axes, the input has {rank}",
                got=f"{name}={value}, input {shape_text(x)}",
                fix="shapes are (C, H, W) without the batch",
            )
    return rank


def declared(name: str, expected: Dim | None, actual: Dim, x: Shape) -> None:
    """Check a size that the spec states although it could be inferred."""
    if expected is None or same(expected, actual):
        return
    hint = f"write {name}={actual}"
    if name == "in_features" and len(x) > 1 and decide_same(prod(x), expected):
        hint = "put Flatten() before it"
    elif name == "in_features" and len(x) > 1:
        hint = f"Flatten() before it gives {prod(x)}"
    raise ShapeError(f"{name}={expected} is declared, but {actual} come in", got=f"input {shape_text(x)}", fix=hint)


def shape_text(shape: Shape) -> str:
    """``(32, 28, 28)`` as ``32×28×28``."""
    return "×".join(str(dim) if not hasattr(dim, "args") or not dim.args else f"({dim})" for dim in shape) or "scalar"


def flag(name: str, value: object) -> bool:
    if not isinstance(value, bool):
        raise SpecError(f"{name} is True or False", got=f"{name}={value!r}")
    return value


def real(name: str, value: object, low: float = float("-inf"), high: float = float("inf")) -> None:
    """A plain number within bounds, for arguments that change values and no cost."""
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not low <= value <= high:
        bounds = f" from {low} to {high}" if low > float("-inf") else ""
        raise SpecError(f"{name} is a number{bounds}", got=f"{name}={value!r}")


def one_of(name: str, value: object, allowed: Sequence[object]) -> None:
    if not any(value is item or (type(value) is type(item) and value == item) for item in allowed):
        listed = ", ".join(map(repr, allowed))
        raise SpecError(f"{name} is one of {listed}", got=f"{name}={value!r}")
