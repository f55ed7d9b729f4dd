"""Shape error hunting: where does a block stop, what meets there, and what would mend it?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from ...formula import Chain, Modulo, Num, Product, size, symbol
from ...layers import Add, Concat, Conv, Flatten, Linear, Pool
from ...messages import Message
from ...window import span
from ..draws import Draw, need
from ..laws import added, window_step, worked
from ..model import Code, Distractor, Inline, Listing, Pick, Question, Step
from .base import Topic
from .describe import described
from .draws_of_layers import ranges_of
from .misfits import INPUT, Line, Misfit, misfit, outputs

#: Fewest and most lines, by level: fewer leave nothing to hunt in.
LINES = {1: (4, 6), 2: (6, 8), 3: (7, 9)}


def _shape_error(draw: Draw, level: int) -> Question:
    found = misfit(draw, level)
    low, high = LINES[level]
    need(low <= len(found.lines) <= high and found.stops > 0)
    stop = found.stops + 1
    return Question(
        "shape-error", level, level + 1,
        (
            Message("A map of {shape} enters this block. Every line takes what comes out of the line before it, "
                "unless it says otherwise.", shape=size(found.shape)),
            Listing(tuple(_told(n, line) for n, line in enumerate(found.lines))),
            Message("The block does not fit together. In which line does it stop since what comes in does not fit?"),
        ),
        Message("Write the shape that comes out behind every line, from the first on. A layer that works may still "
            "give what does not fit further on."),
        (*_before(found), _stop(found), *_mend(found)),
        Pick(Message("line {number}", number=stop)),
        tuple(
            Distractor(Message("line {number}", number=n + 1), _mistake(found, n))
            for n in range(len(found.lines)) if n != found.stops
        ),
        {
            "input": list(found.shape), "lines": [[repr(line.layer), list(line.sources)] for line in found.lines],
            "stops": stop, "mend": [found.changed + 1, repr(found.mend)],
        },
        alike=repr((found.shape, [_matters(line) for line in found.lines[:stop]])),
        beside=(Message("Say also what meets there, and what would mend it."),),
    )  # fmt: skip


def _matters(line: Line) -> tuple[str, tuple[int, ...]]:
    """A line without what no block stops for: the kind of a pooling, the number of classes."""
    layer: Any = line.layer
    if isinstance(layer, Pool):
        layer = replace(layer, kind="max")
    if isinstance(layer, Linear):
        layer = replace(layer, out_features=1)
    return repr(layer), line.sources


# -- lines in words ------------------------------------------------------------------------------------------------


def _told(number: int, line: Line) -> Message:
    layer, sources = line
    told = _layer(layer)
    if len(sources) > 1:
        names = _listed([_source(source) for source in sources])
        if isinstance(layer, Add):
            return Message("elementwise sum: {sources}", sources=names)
        return Message("concatenation along the channels: {sources}", sources=names)
    if sources[0] != number - 1:
        return Message("{layer}; it takes {source}", layer=told, source=_source(sources[0]))
    return told


def _number(declared: Any) -> Num:
    """A size that the layer declares; all linear layers of these blocks do."""
    return Num(declared)


def _listed(parts: Sequence[Inline]) -> Message:
    """Two or three things, one after the other."""
    if len(parts) == 2:
        return Message("{first} and {second}", first=parts[0], second=parts[1])
    first, second, third = parts
    return Message("{first}, {second} and {third}", first=first, second=second, third=third)


def _source(line: int) -> Message:
    return Message("the block's input") if line == INPUT else Message("line {number}", number=line + 1)


def _layer(layer: Any) -> Message:
    if isinstance(layer, Conv):
        told = described(layer, bias=False)
        if layer.in_channels is None:
            return told
        return Message("{layer}, made for {count} channels", layer=told, count=Num(layer.in_channels))
    if isinstance(layer, Pool):
        return described(layer)
    if isinstance(layer, Linear):
        return Message(
            "a linear layer from {count} features to {result}",
            count=_number(layer.in_features), result=Num(layer.out_features),
        )  # fmt: skip
    return Message("flatten: all axes become one") if isinstance(layer, Flatten) else Message("a merge")


# -- derivation ----------------------------------------------------------------------------------------------------


def _before(found: Misfit) -> list[Step]:
    return [_works(found, n, line, found.shapes[n]) for n, line in enumerate(found.lines[: found.stops])]


def _works(found: Misfit, number: int, line: Line, shape: tuple[int, ...]) -> Step:
    told = Message("Line {number} gives {shape}.", number=number + 1, shape=size(shape))
    if isinstance(line.layer, Concat):
        return Step(told, added(symbol("C_out"), [found.out(source)[0] for source in line.sources]))
    return Step(told, _arithmetic(line.layer, found.out(line.sources[0]), shape))


def _arithmetic(layer: Any, given: tuple[int, ...], shape: tuple[int, ...]) -> Chain | None:
    if isinstance(layer, (Conv, Pool)) and (layer.kernel, layer.stride) != (1, 1):
        return window_step(layer, 0, given, shape[1])
    if isinstance(layer, Flatten):
        return _features(given)
    return None


def _features(given: tuple[int, ...]) -> Chain:
    channels, height, width = given
    law = Product(symbol("C"), symbol("H"), symbol("W"))
    return worked(symbol("n"), law, {"C": channels, "H": height, "W": width}, channels * height * width)


def _stop(found: Misfit) -> Step:
    """What meets where the block stops; the last sentence is the library's own error."""
    why = Message.joined(_meeting(found), Message("(convcost says: {error})", error=Code(found.error.what)))
    layer, given = found.lines[found.stops].layer, found.arriving[0]
    if not isinstance(layer, Conv) or "groups" not in found.error.what:
        return Step(why)
    return Step(why, Chain(Modulo(Num(given[0]), Num(layer.groups)), Num(given[0] % layer.groups)))


def _meeting(found: Misfit) -> Message:
    layer: Any = found.lines[found.stops].layer
    number, arriving = found.stops + 1, found.arriving
    if isinstance(layer, (Add, Concat)):
        shapes = _listed([size(shape) for shape in arriving])
        if isinstance(layer, Add):
            return Message(
                "Line {number} stops: what meets there is {shapes}; a sum wants equal shapes.",
                number=number,
                shapes=shapes,
            )
        return Message(
            "Line {number} stops: what meets there is {shapes}; of what is put side by side only the channels may "
            "differ.",
            number=number, shapes=shapes,
        )  # fmt: skip
    (given,) = arriving
    if isinstance(layer, Linear):
        return Message(
            "Line {number} stops: it is made for {declared} features, {count} come in.",
            number=number, declared=_number(layer.in_features), count=Num(given[-1]),
        )  # fmt: skip
    return _at_window(number, layer, given)


def _at_window(number: int, layer: Any, given: tuple[int, ...]) -> Message:
    padding = layer.padding
    if span(layer.kernel, layer.dilation) > given[1] + 2 * padding:
        return Message(
            "Line {number} stops: {shape} comes in, and a kernel of {kernel} does not fit into {size}, padding "
            "included.",
            number=number, shape=size(given), kernel=Num(layer.kernel), size=Num(given[1] + 2 * padding),
        )  # fmt: skip
    if layer.in_channels not in (None, given[0]):
        return Message(
            "Line {number} stops: it is made for {declared} channels, {count} come in.",
            number=number, declared=Num(layer.in_channels), count=Num(given[0]),
        )  # fmt: skip
    return Message(
        "Line {number} stops: {count} channels come in, and {groups} groups cannot share them equally.",
        number=number, count=Num(given[0]), groups=Num(layer.groups),
    )  # fmt: skip


def _mend(found: Misfit) -> list[Step]:
    mended = found.mended()
    shapes = outputs(mended, found.shape)
    line = mended[found.changed]
    before = found.shape if line.sources[0] == INPUT else shapes[line.sources[0]]
    told = Message(
        "It fits if line {number} is {layer}: then it gives {shape}.",
        number=found.changed + 1, layer=_layer(line.layer), shape=size(shapes[found.changed]),
    )  # fmt: skip
    steps = [Step(told, _arithmetic(line.layer, before, shapes[found.changed]))]
    if found.changed != found.stops:
        told = Message("Then line {number} gives {shape}.", number=found.stops + 1, shape=size(shapes[found.stops]))
        steps.append(Step(told))
    return steps


def _mistake(found: Misfit, line: int) -> Message:
    if line > found.stops:
        return Message("the block has stopped before, in line {number}", number=found.stops + 1)
    if line == found.changed:
        return Message(
            "this line works and gives {shape}; it is in line {number} that this does not fit",
            shape=size(found.shapes[line]), number=found.stops + 1,
        )  # fmt: skip
    return Message("this line works and gives {shape}", shape=size(found.shapes[line]))


_RANGES = tuple(
    Message("{ranges}; blocks of {low} to {high} lines", ranges=ranges_of(level).told, low=low, high=high)
    for level, (low, high) in LINES.items()
)
SHAPE_ERROR = Topic(
    "shape-error", Message("Shape error hunting"), Message("where a block does not fit together, and why"), _RANGES,
    _shape_error,
)  # fmt: skip
