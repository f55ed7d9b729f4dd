"""Questions about one layer: its output shape, its parameters, its multiply-accumulates."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from math import prod
from typing import Any

from ...costing import Cost, cost
from ...errors import ShapeError
from ...formula import Chain, Num, Sum, size, symbol
from ...layers import Conv
from ...layers.convolution import AXES
from ...messages import Message
from ..draws import Draw, need
from ..laws import product_law, window_step, worked
from ..model import Gap, Numbers, Question, Step
from .base import Topic, wrong_answers, wrong_numbers
from .describe import described
from .draws_of_layers import TOLD, convolution, pooling, ranges_of, square_map

CHANNELS = Message("channels")
SIDES = {"L": Message("length"), "D": Message("depth"), "H": Message("height"), "W": Message("width")}
PARAMS = Message("number of parameters")
MACS = Message("number of MACs")


def facts(layer: Any, shape: tuple[int, ...], quantity: str) -> dict[str, Any]:
    """What is asked, as data."""
    return {"spec": repr(layer), "input": list(shape), "quantity": quantity}


def _output_shape(draw: Draw, level: int) -> Question:
    shape = square_map(draw, level)
    layer = pooling(draw, level, shape) if draw.chance(3) else convolution(draw, level, shape)
    need(layer.kernel != 1 or layer.stride != 1)
    result = cost(layer, shape).output
    need(min(result[1:]) > 1)
    channels = layer.out_channels if isinstance(layer, Conv) else shape[0]
    names = AXES[len(shape) - 1]
    steps = [Step(SIDES[name], window_step(layer, axis, shape, result[1 + axis])) for axis, name in enumerate(names)]
    if len({*shape[1:]}) == 1 and result[1] == result[2] and not isinstance(layer.kernel, tuple):
        steps = [Step(Message("height and width"), steps[0].formula)]
    why = (
        Message("every filter gives one channel") if isinstance(layer, Conv) else Message("pooling keeps the channels")
    )
    steps.append(Step(why, Chain(symbol("C_out"), Num(channels))))
    return Question(
        "output-shape", level, level,
        (
            Message("A map of {shape} enters {layer}.", shape=size(shape), layer=described(layer)),
            Message("What shape comes out?"),
        ),
        Message("Count the places that the window takes along each axis: how far it can move, in steps of the stride."),
        tuple(steps),
        Numbers(
            size(result),
            (Gap(CHANNELS, channels), *(Gap(SIDES[name], n) for name, n in zip(names, result[1:], strict=True))),
        ),
        wrong_answers(size(result), [(size(wrong), why) for wrong, why in _wrong_shapes(layer, shape, result)]),
        facts(layer, shape, "output"),
        alike=_alike(layer, shape, *_WINDOW, "out_channels"),
    )  # fmt: skip


def _wrong_shapes(layer: Any, shape: tuple[int, ...], right: tuple[int, ...]) -> list[tuple[tuple[int, ...], Message]]:
    """What slips give; those of a layer's arguments are the kernel's own answers for the layer with that slip."""
    out = right[0]
    found = [(shape[:1] + right[1:], Message("the channels of the input kept"))]
    for slip, why in _slips(layer):
        with suppress(ShapeError):
            found.append((cost(slip, shape).output, why))
    return [
        *found,
        ((out, *(n - 1 for n in right[1:])), Message("the + 1 forgotten")),
        ((out, *shape[1:]), Message("the size of the input kept")),
        ((*right[1:], out), Message("channels written last")),
    ]


def _slips(layer: Any) -> Iterator[tuple[Any, Message]]:
    """The layer with one of its arguments forgotten or taken by half."""
    if layer.stride not in (1, None):
        yield replace(layer, stride=1), Message("the stride forgotten")
    if layer.padding:
        yield replace(layer, padding=0), Message("the padding forgotten")
    if isinstance(layer.padding, int) and layer.padding:
        once = (layer.padding, 0)
        yield replace(layer, padding=(once, once)), Message("the padding counted on one side only")
    if layer.dilation != 1:
        yield replace(layer, dilation=1), Message("the dilation forgotten")
    if getattr(layer, "ceil_mode", False):
        yield replace(layer, ceil_mode=False), Message("rounded down where this layer rounds up")


def _params(draw: Draw, level: int) -> Question:
    shape = square_map(draw, level)
    layer = convolution(draw, level, shape)
    need(level < 3 or layer.kernel != 1)
    counted = cost(layer, shape)
    need(9 < counted.params <= ranges_of(level).most)
    weights = counted.params - (layer.out_channels if layer.bias else 0)
    steps = [_product_step(counted, "params", symbol("n_weights"), Message("weights: the loops that touch the kernel"))]
    if layer.bias:
        steps.append(
            Step(
                Message("and one bias per filter"),
                Chain(symbol("n"), Sum(Num(weights), Num(layer.out_channels)), Num(counted.params)),
            )
        )
    return Question(
        "params", level, level,
        (
            Message("A map of {shape} enters {layer}.", shape=size(shape), layer=described(layer)),
            Message("How many parameters does this layer have?"),
        ),
        Message("Each filter has a weight for every tap of its kernel and every input channel that it sees; "
            "the size of the map does not matter."),
        tuple(steps),
        Numbers(Num(counted.params), (Gap(PARAMS, counted.params),)),
        wrong_numbers(counted.params, _wrong_params(layer, shape, counted, weights)),
        facts(layer, shape, "params"),
        alike=_alike(layer, shape[:1], "kernel", "out_channels", "groups", "bias"),
    )  # fmt: skip


def _wrong_params(layer: Any, shape: tuple[int, ...], counted: Cost, weights: int) -> list[tuple[int, Message]]:
    biases = layer.out_channels if layer.bias else 0
    found = [(each + biases, why) for each, why in _wrong_weights(layer, shape, weights)]
    if layer.bias:
        found[:0] = [(weights, Message("the biases forgotten"))]
        found.append((weights + shape[0], Message("a bias for each input channel")))
    else:
        found.append((weights + layer.out_channels, Message("biases added that it has not")))
    return [*found, (counted.macs, Message("multiply-accumulates counted instead of parameters"))]


def _wrong_weights(layer: Any, shape: tuple[int, ...], weights: int) -> Iterator[tuple[int, Message]]:
    """What the weights would be with a part of their law forgotten."""
    tall, wide = layer.kernel if isinstance(layer.kernel, tuple) else (layer.kernel, layer.kernel)
    groups = shape[0] if layer.groups == "depthwise" else layer.groups
    if groups != 1:
        yield weights * groups, Message("the groups forgotten")
    yield tall * wide * layer.out_channels, Message("the input channels forgotten")
    yield weights // max(tall, wide), Message("only one side of the kernel counted")
    if tall != wide:
        yield weights // (tall * wide) * max(tall, wide) ** 2, Message("the kernel taken as square")


def _product_step(counted: Cost, quantity: str, left: Any, text: Message) -> Step:
    (row,) = counted.rows
    (nest,) = row.layer.contractions(*row.inputs, out=row.output)
    law, values = product_law(nest, quantity)
    return Step(text, worked(left, law, values, nest.macs if quantity == "macs" else nest.weights))


def _macs(draw: Draw, level: int) -> Question:
    shape = square_map(draw, level)
    layer = convolution(draw, level, shape)
    counted = cost(layer, shape)
    need(99 < counted.macs <= ranges_of(level).most)
    out = counted.output
    steps = (
        *(
            Step(SIDES[name], window_step(layer, axis, shape, out[1 + axis]))
            for axis, name in enumerate(AXES[len(shape) - 1])
        ),
        _product_step(counted, "macs", symbol("MACs"), Message("one multiply-accumulate for every turn of every loop")),
    )
    return Question(
        "macs", level, level + 1,
        (
            Message("A map of {shape} enters {layer}.", shape=size(shape), layer=described(layer)),
            Message("How many multiply-accumulates (MACs) does it take? Taps on the padding count, biases do not."),
        ),
        Message("First the output size; then every output element takes one MAC for each tap of the kernel "
            "and each input channel that its filter sees."),
        steps,
        Numbers(Num(counted.macs), (Gap(MACS, counted.macs),)),
        wrong_numbers(counted.macs, _wrong_macs(layer, shape, counted)),
        facts(layer, shape, "macs"),
        alike=_alike(layer, shape, *_WINDOW, "out_channels", "groups"),
    )  # fmt: skip


def _wrong_macs(layer: Any, shape: tuple[int, ...], counted: Cost) -> list[tuple[int, Message]]:
    right, out = counted.macs, counted.output
    places = prod(out[1:])
    weights = right // places
    found = [
        (weights * prod(shape[1:]), Message("the size of the input used instead of the output's")),
        (2 * right, Message("FLOPs counted: two for each multiply-accumulate")),
        *((each * places, why) for each, why in _wrong_weights(layer, shape, weights)),
        (weights, Message("weights counted: the places of the output forgotten")),
    ]
    return [*found, (right + prod(out), Message("the additions of biases counted"))] if layer.bias else found


def _alike(layer: Any, shape: tuple[int, ...], *fields: str) -> str:
    """What an answer depends on: the input, and some of the layer's arguments."""
    return repr((shape, *(getattr(layer, name, None) for name in fields)))


_WINDOW = ("kernel", "stride", "padding", "dilation", "ceil_mode")


OUTPUT_SHAPE = Topic(
    "output-shape", Message("Output shape"), Message("the shape behind a convolution or pooling"), TOLD, _output_shape
)
PARAMS_TOPIC = Topic("params", Message("Parameters"), Message("the parameters of a layer"), TOLD, _params)
MACS_TOPIC = Topic("macs", Message("Multiply-accumulates"), Message("the multiply-accumulates of a layer"), TOLD, _macs)
