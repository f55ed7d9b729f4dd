"""Questions about the receptive field of a stack of layers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any, NamedTuple

from ...block import Block, Seq
from ...formula import Num
from ...layers import Concat, Conv, Pool
from ...layers.base import stride_of
from ...messages import Message
from ...window import span
from ..draws import Draw, need
from ..model import Gap, Inline, Listing, Numbers, Question
from .base import Topic, wrong_answers
from .rows import layers_of
from .seen import CHANNELS, INPUT, Field, derived, layer_in_words, seen

MOST = 199


# -- drawing -----------------------------------------------------------------------------------------------------------


def _convolution(draw: Draw, level: int) -> Conv:
    kernel, stride = draw.pick((3, 3, 5, 7, 1) if level < 3 else (3, 3, 5, 7)), draw.pick((1, 1, 2))
    dilation = draw.pick((1, 1, 2, 3)) if level == 3 and stride == 1 else 1
    padding = draw.pick((0, span(kernel, dilation) // 2)) if level == 3 else 0
    return Conv(CHANNELS, kernel, stride, padding, dilation)


def _pooling(draw: Draw, level: int) -> Pool:
    kernel = draw.pick((2, 2, 3))
    padding = draw.pick((0, 1)) if level == 3 and kernel == 3 else 0
    return Pool(kernel, draw.pick((2, 2, 1, 3)), padding, kind=draw.pick(("max", "avg")))


def _branches(draw: Draw) -> Concat:
    """Two branches that keep the size of the map, so that they can be joined."""
    short, long = draw.several((1, 3, 5, 7), 2)
    first = _centred(short, draw.pick((1, 2)) if short > 1 else 1)
    second = (
        Seq(_centred(1, 1), _centred(long, 1))
        if draw.chance(2)
        else _centred(long, draw.pick((1, 2)) if long > 1 else 1)
    )
    return Concat(first, second)


def _centred(kernel: int, dilation: int) -> Conv:
    return Conv(CHANNELS, kernel, 1, span(kernel, dilation) // 2, dilation)


def _drawn(draw: Draw, level: int) -> list[Block]:
    count = draw.pick({1: (2, 3), 2: (3, 4, 5), 3: (3, 4, 5)}[level])
    parts: list[Block] = [_pooling(draw, level) if draw.chance(3) else _convolution(draw, level) for _ in range(count)]
    if level == 3 and draw.chance(2):
        parts[draw.pick(range(1, count))] = _branches(draw)
    # A stride counts only for what comes behind it.
    need(any(stride_of(layer) > 1 for part in parts[:-1] for layer in layers_of(part)))
    return parts


# -- the question ------------------------------------------------------------------------------------------------------


def _receptive_field(draw: Draw, level: int) -> Question:
    parts = _drawn(draw, level)
    right = seen(parts)
    need(3 < right.size <= MOST)
    steps = [*derived(parts, level)]
    gaps = (
        Gap(Message("size"), right.size),
        Gap(Message("stride"), right.stride),
        Gap(Message("start"), right.start),
    )
    return Question(
        "receptive-field", level, level + 1,
        (
            Message("A map goes through these layers, one after the other:"),
            Listing(tuple(map(layer_in_words, parts))),
            _asked(level),
        ),
        Message("The receptive field begins as 1, one element. Each layer adds its kernel's reach less one, times the "
            "product of the strides before it."),
        tuple(steps),
        Numbers(_shown(right, level), gaps[:level]),
        wrong_answers(_shown(right, level), [(_shown(bad, level), why) for bad, why in _wrong(parts, right, level)]),
        {
            "spec": repr(Seq(*parts)), "input": list(INPUT), "quantity": "receptive-field",
            "asked": ["size", "stride", "start"][:level],
        },
        alike=_windows(parts, level),
    )  # fmt: skip


def _windows(parts: Iterable[Any], level: int) -> str:
    """All that the answer hangs on: the windows of the layers, whatever is done with what they see."""
    told: list[list[Any]] = [
        [*map(_windows_of, part.branches)] if isinstance(part, Concat) else _windows_of(part) for part in parts
    ]
    if level == 1:
        # Nothing comes behind the last stride.
        told[-1] = [window._replace(stride=1) for window in told[-1]]
    return repr(told)


class _Window(NamedTuple):
    kernel: int
    stride: int
    padding: int
    dilation: int


def _windows_of(part: Any) -> list[_Window]:
    return [_Window(each.kernel, stride_of(each), each.padding, each.dilation) for each in layers_of(part)]


def _asked(level: int) -> Message:
    size = Message("How many elements of the input does one element behind the last layer see along one side "
        "(the size of its receptive field)?")  # fmt: skip
    if level == 1:
        return size
    stride = Message("By how many elements of the input do the receptive fields of neighbours lie apart (its stride)?")
    if level == 2:
        return Message.joined(size, stride)
    return Message.joined(size, stride, Message("At which place of the input does that of the very first element "
        "start? Places count from 0; those in the padding before it are negative."))  # fmt: skip


def _shown(field: Field, level: int) -> Inline:
    if level == 1:
        return Num(field.size)
    if level == 2:
        return Message("size {size}, stride {stride}", size=Num(field.size), stride=Num(field.stride))
    return Message("size {size}, stride {stride}, start {start}", size=Num(field.size), stride=Num(field.stride),
        start=Num(field.start))  # fmt: skip


# -- mistakes ----------------------------------------------------------------------------------------------------------


def _wrong(parts: list[Block], right: Field, level: int) -> Iterator[tuple[Field, Message]]:
    if any(layer.dilation != 1 for part in parts for layer in layers_of(part)):
        yield seen(_changed(parts, dilation=1)), Message("the dilation forgotten")
    if any(isinstance(part, Concat) for part in parts):
        yield seen([_shorter(part) for part in parts]), Message("the smaller one of the branches taken")
    plain = seen(_changed(parts, stride=1))
    yield replace(plain, stride=right.stride), Message("the strides of earlier layers forgotten")
    yield seen(_early(parts)), Message("each layer's own stride counted before its kernel")
    yield replace(right, size=right.size - 1), Message("begun with 0 instead of 1")
    yield replace(right, size=right.size + right.stride), Message("one step too many")
    if level > 1:
        yield replace(right, stride=_sum_of_strides(parts)), Message("the strides added up instead of multiplied")
    if level == 3:
        yield replace(right, start=-right.start), Message("the sign of the start turned over")


def _changed(parts: Iterable[Any], **options: Any) -> list[Block]:
    """The same layers with other options; padding as before, so what it does to the start stays."""
    changed: list[Block] = []
    for part in parts:
        if isinstance(part, Concat):
            # Branches keep the size of the map only as they are.
            changed.append(part if "dilation" not in options else Concat(*map(_undilated, part.branches)))
        else:
            changed.append(replace(part, **options))
    return changed


def _undilated(branch: Any) -> Block:
    return Seq(*(replace(layer, dilation=1, padding=layer.kernel // 2) for layer in layers_of(branch)))


def _shorter(part: Any) -> Block:
    if not isinstance(part, Concat):
        return part  # type: ignore[no-any-return]
    return min(part.branches, key=lambda branch: seen([branch]).size)


def _early(parts: Iterable[Any]) -> list[Block]:
    """Layers whose stride comes before their window."""
    moved: list[Block] = []
    for part in parts:
        if not isinstance(part, Concat) and stride_of(part) > 1:
            moved += [Pool(1, stride_of(part)), replace(part, stride=1)]
        else:
            moved.append(part)
    return moved


def _sum_of_strides(parts: Iterable[Block]) -> int:
    return sum(stride_of(layer) for part in parts if not isinstance(part, Concat) for layer in layers_of(part))


TOLD = (
    Message("2 or 3 convolutions and poolings with kernels up to 7 and strides up to 3: the size"),
    Message("3 to 5 layers: size and stride"),
    Message("also padding, dilation and branches: size, stride and start"),
)
RECEPTIVE_FIELD = Topic(
    "receptive-field", Message("Receptive field"), Message("what an element sees of the input"), TOLD, _receptive_field
)
