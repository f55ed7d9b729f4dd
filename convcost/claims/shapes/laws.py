"""What comes out of told layers: by convcost's own layers, under every reading of what is not told."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice, product
from typing import Any

from ...errors import ConvcostError
from ...layers import Conv, Pool
from ...messages import Message
from .layer import Told
from .sizes import Size

#: Ways to read a chain of layers that are looked at.
MAX_READINGS = 64


@dataclass(frozen=True)
class Outcome:
    """A size of a map, and what was assumed to get it; ``certain`` says that nothing had to be."""

    channels: int | None
    height: int
    width: int
    assumed: tuple[Message, ...] = ()

    @property
    def certain(self) -> bool:
        """Whether every needed quantity was told."""
        return not self.assumed


@dataclass(frozen=True)
class Window:
    """A window as it slides, and what was assumed about it."""

    kernel: tuple[int, int]
    stride: int
    padding: int | str = 0
    ceil: bool = False
    assumed: tuple[Message, ...] = ()


def outcomes(layers: Sequence[Told], size: Size) -> list[Outcome]:
    """Where layers lead, one behind the other: first as the words say, then with other assumptions.

    >>> from .sizes import sizes
    >>> from .told import told_layers
    >>> text = "28×28×192, 32 filters of 5×5, stride 1, padding 2"
    >>> [(o.channels, o.height, o.certain) for o in outcomes(told_layers(text, 9, len(text)), next(sizes(text)))]
    [(32, 28, True)]
    """
    reached = [Outcome(size.channels, size.height, size.width)]
    for layer in layers:
        reached = _distinct(after for before in reached for after in _through(layer, before))
    return reached


def _distinct(found: Iterator[Outcome]) -> list[Outcome]:
    kept: dict[tuple[int | None, int, int], Outcome] = {}
    for outcome in found:
        kept.setdefault((outcome.channels, outcome.height, outcome.width), outcome)
        if len(kept) >= MAX_READINGS:
            break
    return list(kept.values())


def _through(layer: Told, before: Outcome) -> Iterator[Outcome]:
    channels = before.channels if layer.kind != "conv" or layer.depthwise else layer.filters
    if layer.kind == "global":
        yield replace(before, height=1, width=1)
        return
    for window in windows(layer):
        sides = slide(window, before.height, before.width, layer.dilation)
        if sides is not None:
            yield Outcome(channels, *sides, (*before.assumed, *window.assumed))


def slide(window: Window, height: int, width: int, dilation: int = 1) -> tuple[int, int] | None:
    """How many places a window takes on both axes; ``None`` where it does not fit."""
    options: dict[str, Any] = {"stride": window.stride, "padding": window.padding, "dilation": dilation}
    try:
        if window.ceil:
            shape = Pool(window.kernel, ceil_mode=True, **options).output_shape((1, height, width))
        else:
            shape = Conv(1, window.kernel, **options).output_shape((1, height, width))
    except ConvcostError:
        return None
    return (shape[1], shape[2]) if shape[1] > 0 < shape[2] else None


def windows(layer: Told) -> Iterator[Window]:
    """The window of a layer, under every reading of what is not told of it."""
    if layer.exact and layer.kernel is not None:
        yield Window(layer.kernel, layer.stride or 1, layer.padding or 0, layer.ceil)
    elif layer.kind == "conv":
        yield from _convolutions(layer)
    else:
        yield from _pools(layer)


def _convolutions(layer: Told) -> Iterator[Window]:
    """Without a stride 1 is meant; without a padding any is possible, up to one that lets the map grow."""
    if layer.kernel is None:
        return
    if layer.padding is not None:
        yield Window(layer.kernel, layer.stride or 1, layer.padding)
        return
    for padding in range(max(layer.kernel)):
        told = Message("padding {padding}", padding=padding)
        yield Window(layer.kernel, layer.stride or 1, padding, assumed=(told,))


def _pools(layer: Told) -> Iterator[Window]:
    """Without a stride the kernel is meant, without a kernel 2 or 3 by 2; frameworks differ in the last window."""
    kernels = [layer.kernel] if layer.kernel else [(2, 2), (3, 3)]
    guessed = () if layer.kernel else (Message("a usual window"),)
    for kernel in kernels:
        stride = layer.stride or (kernel[0] if layer.kernel else 2)
        if layer.padding is not None:
            yield Window(kernel, stride, layer.padding, assumed=guessed)
            continue
        yield Window(kernel, stride, 0, assumed=guessed)
        yield Window(kernel, stride, 0, ceil=True, assumed=(*guessed, Message("the last window over the end")))
        if kernel[0] > 2:
            yield Window(kernel, stride, kernel[0] // 2, assumed=(*guessed, Message("half a window of padding")))


def careless(layer: Told, before: Outcome) -> Iterator[tuple[Message, int, int]]:
    """The sizes that come out with one thing ignored, with that thing in words."""
    if layer.kernel is None:
        return
    stride = layer.stride or (1 if layer.kind == "conv" else layer.kernel[0])
    for what, window, dilation in _slips(layer, layer.kernel, stride, layer.padding or 0):
        sides = slide(window, before.height, before.width, dilation)
        if sides is not None:
            yield what, *sides
    yield Message("nothing is done to the size of the map"), before.height, before.width
    if stride > 1:
        rest = [(side - layer.kernel[0]) // stride for side in (before.height, before.width)]
        yield Message("the last + 1 of the formula is left out"), rest[0], rest[1]


def _slips(
    layer: Told, kernel: tuple[int, int], stride: int, padding: int | str
) -> Iterator[tuple[Message, Window, int]]:
    """Windows with one thing ignored, and their dilation."""
    if padding != 0:
        yield Message("the padding is ignored"), Window(kernel, stride, 0), layer.dilation
    if stride > 1:
        yield Message("the stride is ignored"), Window(kernel, 1, padding), layer.dilation
        yield Message("padding and stride are ignored"), Window(kernel, 1, 0), layer.dilation
    if layer.dilation > 1:
        yield Message("the dilation is ignored"), Window(kernel, stride, padding), 1
    if padding == 0:
        kept = Message("the map is kept as if it were padded")
        yield kept, Window(kernel, stride, max(kernel) // 2), layer.dilation
    elif isinstance(padding, int) and padding % 2 == 0:
        halved = Message("the padding is counted on one side only")
        yield halved, Window(kernel, stride, padding // 2), layer.dilation
    yield Message("the last window goes over the end"), Window(kernel, stride, padding, ceil=True), layer.dilation


def is_open(layers: Sequence[Told], size: Size, printed: Size) -> bool:
    """Whether what is not told leaves room for the printed size: another stride, or a pool that is not mentioned."""
    choices = [[layer] if layer.stride else [replace(layer, stride=stride) for stride in _STRIDES] for layer in layers]
    for told in islice(product(*choices), MAX_READINGS):
        for outcome in outcomes(told, size):
            pooled = (1,) if all(layer.stride == 1 for layer in layers) else (1, 2, 4, 8)
            if any(_is_shrunk(outcome, printed, times) for times in pooled):
                return True
    return False


_STRIDES = (1, 2, 3, 4)


def _is_shrunk(outcome: Outcome, printed: Size, times: int) -> bool:
    sides = ((outcome.height, printed.height), (outcome.width, printed.width))
    return all(shown in (side // times, -(-side // times)) for side, shown in sides)
