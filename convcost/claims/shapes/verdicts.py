"""What becomes of a size that a text prints behind layers."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from ...messages import Message
from ..diagnosis import slipped
from .laws import Outcome, careless, is_open, outcomes
from .layer import Told
from .sizes import Size
from .walk import Step


@dataclass(frozen=True)
class Judgement:
    """A verdict with its reason, the right size written like the printed one, and what to say."""

    verdict: str
    reason: str | None
    computed: str
    why: Message
    right: str | None = None
    stated: str | None = None
    dims: tuple[int, ...] | None = None


def judged(text: str, step: Step) -> Judgement | None:
    """The verdict on a step's result, which stands in ``text``; ``None`` where anything is open.

    >>> from .walk import Walk
    >>> text = "28×28×192, then 32 filters of 5×5, stride 1, padding 2 → 24×24×32"
    >>> found = judged(text, next(Walk().steps(text)))
    >>> found.verdict, found.reason, found.right
    ('wrong', 'output-shape', '28×28×32')
    """
    source, layers, printed = step.source, step.layers, step.result
    reached = outcomes(layers, source)
    if not reached or not layers or not _is_alike(source, printed):
        return None
    for outcome in reached:
        if _same(outcome, printed):
            return _holds(text, step.shown, outcome, printed)
    if any(_same(each, printed) for other in step.others for each in outcomes(layers, other)):
        return None  # one of several layers beside each other
    if _leaves_channels(layers, reached, printed):
        return None  # a convolution before the pool is not mentioned
    certain = reached[0].certain and all(layer.stride for layer in layers)
    if not step.sure or (not certain and is_open(layers, source, printed)):
        return None
    right = reached[0] if certain else min(reached, key=lambda each: abs(each.height - printed.height))
    return _wrong(text, step, right)


def _leaves_channels(layers: Sequence[Told], reached: Sequence[Outcome], printed: Size) -> bool:
    """Whether nothing but pools is told, and the printed channels are not those that go in, nor a slip of them."""
    channels = reached[0].channels
    if any(layer.kind == "conv" for layer in layers) or None in (channels, printed.channels):
        return False
    return channels != printed.channels and slipped(str(printed.channels), str(channels)) is None


def _is_alike(source: Size, printed: Size) -> bool:
    """A rectangle without channels does not come out of a square."""
    square = source.height == source.width
    return not (square and printed.channels is None and printed.height != printed.width)


def _same(outcome: Outcome, printed: Size) -> bool:
    channels = outcome.channels in (None, printed.channels) or printed.channels is None
    return channels and (outcome.height, outcome.width) == (printed.height, printed.width)


def _holds(text: str, source: str, outcome: Outcome, printed: Size) -> Judgement:
    shown = _canonical(text, printed, printed.dims)
    why = Message("from {source} the layer makes {size}.", source=source, size=shown)
    if outcome.assumed:
        told = Message.joined(*outcome.assumed, by=", ")
        why = Message("from {source} the layer makes {size}, with {told}.", source=source, size=shown, told=told)
    return Judgement("holds", None, shown, why)


def _shown(text: str, size: Size) -> str:
    return text[size.start : size.end]


def _wrong(text: str, step: Step, right: Outcome) -> Judgement:
    printed = step.result
    dims = printed.with_(right.channels, right.height, right.width)
    computed = _canonical(text, printed, dims)
    mended = _written(text[printed.start : printed.end], dims)
    reason, slip = _reason(step.source, step.layers, right, printed)
    why = Message(
        "from {source} the layer makes {right}, printed is {printed}: {slip}.",
        source=step.shown, right=mended, printed=_shown(text, printed), slip=slip,
    )  # fmt: skip
    return Judgement("wrong", reason, computed, why, mended, _canonical(text, printed, printed.dims), dims)


def _reason(source: Size, layers: Sequence[Told], right: Outcome, printed: Size) -> tuple[str, Message]:
    stated = printed.height, printed.width
    if stated == (right.height, right.width):
        return _of_channels(source, right, printed)
    before = outcomes(layers[:-1], source)[0]
    for what, *sides in careless(layers[-1], before):
        if tuple(sides) == stated:
            return "output-shape", what
    for shown, meant in zip(stated, (right.height, right.width), strict=True):
        if printed.height != printed.width and shown != meant:
            slip = slipped(str(shown), str(meant))
            if slip is not None:
                return "misprint", slip
    return "output-shape", Message("neither padding nor stride explains it")


def _of_channels(source: Size, right: Outcome, printed: Size) -> tuple[str, Message]:
    """The size is right, and the number of channels is not."""
    if printed.channels == source.channels:
        return "wrong-operand", Message("these are the channels that go in")
    slip = slipped(str(printed.channels), str(right.channels))
    if slip is not None and right.channels and right.channels > 9:
        return "misprint", slip
    return "wrong-operand", Message("there are {count} filters", count=right.channels)


def _canonical(text: str, size: Size, dims: tuple[int, ...]) -> str:
    """``54×54×96`` or ``(32, 24, 24)``."""
    shown = text[size.start : size.end]
    if "," in shown:
        return re.sub(r"\s+", " ", _written(shown, dims))
    return "×".join(map(str, dims))


def _written(shown: str, dims: tuple[int, ...]) -> str:
    """The printed size with other numbers in it.

    >>> _written("[N, 64, 112, 112]", (64, 56, 56))
    '[N, 64, 56, 56]'
    """
    numbers = iter(dims)
    return re.sub(r"(?<!-)\d+", lambda match: str(next(numbers, match[0])), shown)
