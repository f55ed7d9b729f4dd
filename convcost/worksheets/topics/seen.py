"""What a stack of layers sees, told layer by layer."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from ...block import Block, Seq
from ...costing import cost
from ...formula import Call, Chain, Formula, Neg, Num, Product, Sum, symbol
from ...layers import Concat, Conv, Pool
from ...layers.base import stride_of
from ...messages import Message
from ...sight import ReceptiveField
from ...symbolic import symbols, tree
from ...window import span
from ..laws import worked
from ..model import Step
from .describe import a_window
from .rows import layers_of
from .words import window_in_words

#: Channels and size of the map do not matter, as long as all layers fit.
INPUT = (3, 1024, 1024)
CHANNELS = 4


@dataclass(frozen=True)
class Field:
    """What the last map sees along one axis."""

    size: int
    stride: int
    start: int


def seen(parts: Iterable[Block]) -> Field:
    """What the map behind these parts sees, by the kernel's own law.

    >>> seen([Conv(4, 3, 2, 1), Conv(4, 3)])
    Field(size=7, stride=2, start=-1)
    """
    return _field(cost(Seq(*parts), INPUT).receptive_field)


def _field(told: ReceptiveField) -> Field:
    if told.size is None or told.stride is None or told.start is None:
        raise ArithmeticError(f"a stack has a field: {told!r}")
    return Field(int(told.size[0]), int(told.stride[0]), int(told.start[0]))


def layer_in_words(part: Block) -> Message:
    """A layer in words, as far as it matters here."""
    if isinstance(part, Concat):
        branches = Message.joined(*map(layer_in_words, part.branches), by="; ")
        return Message("side by side, their outputs joined: [{branches}]", branches=branches)
    if isinstance(part, Seq):
        *before, end = map(layer_in_words, part.blocks)
        for first in reversed(before):
            end = Message("{first}, then {last}", first=first, last=end)
        return end
    layer: Any = part
    window = a_window(window_in_words(layer.kernel))
    if isinstance(layer, Conv):
        kind = Message("{kernel} convolution", kernel=window)
    elif layer.kind == "max":
        kind = Message("{kernel} max pooling", kernel=window)
    else:
        kind = Message("{kernel} average pooling", kernel=window)
    told = [kind]
    if stride_of(layer) != 1 or isinstance(layer, Pool):
        told.append(Message("stride {stride}", stride=Num(stride_of(layer))))
    if layer.padding:
        told.append(Message("padding {padding}", padding=Num(layer.padding)))
    if layer.dilation != 1:
        told.append(Message("dilation {dilation}", dilation=Num(layer.dilation)))
    return Message.joined(*told, by=", ")


def derived(parts: list[Block], level: int) -> Iterator[Step]:
    """Layer by layer; what each step comes to is compared with what the kernel says of the map there."""
    rows = iter(cost(Seq(*parts), INPUT).rows)
    field = Field(1, 1, 0)
    for number, part in enumerate(parts, start=1):
        if isinstance(part, Concat):
            ends = []
            for branch, each in enumerate(part.branches, start=1):
                end = field
                for layer in layers_of(each):
                    inner, end = end, _field(next(rows).receptive_field)
                    told = Message("layer {number}, branch {branch}: {layer}", number=number, branch=branch,
                                   layer=layer_in_words(layer))  # fmt: skip
                    yield from _steps(layer, told, inner, end, number, level, stride=False)
                ends.append(end)
            field = _field(next(rows).receptive_field)
            yield from _met(ends, field, number, level)
        else:
            end = _field(next(rows).receptive_field)
            told = Message("layer {number}: {layer}", number=number, layer=layer_in_words(part))
            # At the first level nobody asks for the stride behind the last layer.
            asked = level > 1 or number < len(parts)
            yield from _steps(part, told, field, end, number, level, stride=asked)
            field = end


@cache
def _reach(dilated: bool) -> Formula:
    """How far beyond its first tap a window reaches, in letters."""
    k, d = symbols("k d")
    return tree(span(k, d if dilated else 1) - 1)


def _steps(
    layer: Any, told: Message, before: Field, after: Field, number: int, level: int, *, stride: bool
) -> Iterator[Step]:
    values = {
        "r_before": before.size, "j_before": before.stride, "a_before": before.start,
        "k": layer.kernel, "d": layer.dilation, "s": stride_of(layer), "p": layer.padding,
    }  # fmt: skip
    reach = _reach(layer.dilation != 1)
    size, jump, start = symbol("r_before"), symbol("j_before"), symbol("a_before")
    yield Step(told, worked(symbol(f"r_{number}"), Sum(size, Product(reach, jump)), values, after.size))
    if level == 3 and layer.padding:
        shifted = Sum(start, Neg(Product(symbol("p"), jump)))
        yield Step(
            Message("where its first window starts"), worked(symbol(f"a_{number}"), shifted, values, after.start)
        )
    if stride and stride_of(layer) != 1:
        apart = Product(jump, symbol("s"))
        yield Step(Message("how far apart its windows lie"), worked(symbol(f"j_{number}"), apart, values, after.stride))


def _met(ends: list[Field], field: Field, number: int, level: int) -> Iterator[Step]:
    """Branches with one centre: the largest is the whole."""
    if max(end.size for end in ends) != field.size or min(end.start for end in ends) != field.start:
        raise ArithmeticError(f"{ends} do not make {field}")
    sizes: list[Formula] = [Num(end.size) for end in ends]
    yield Step(Message("where the branches meet, the largest field"),
        Chain(symbol(f"r_{number}"), Call("max", *sizes), Num(field.size)))  # fmt: skip
    if level == 3:
        starts: list[Formula] = [Num(end.start) for end in ends]
        yield Step(Message("and the first start"),
            Chain(symbol(f"a_{number}"), Call("min", *starts), Num(field.start)))  # fmt: skip
