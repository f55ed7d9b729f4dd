"""Blocks in words, with numbers or letters for their sizes, and the sentences that two or more topics say."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import Any

from ...arith import Dim, Shape
from ...block import Block, Seq
from ...formula import Chain, Formula, Num, size, symbol
from ...layers import Concat
from ...messages import Message
from ...symbolic import tree
from ..model import Listing
from .describe import a_window

MACS = Message("MACs")
WEIGHTS = Message("parameters")


def shape_in_words(shape: Shape) -> Message | Formula:
    """A shape, letters or numbers.

    >>> from ...symbolic import symbols
    >>> str(shape_in_words(symbols("C H W"))), str(shape_in_words((3, 8, 8)))
    ('C × H × W', '3 × 8 × 8')
    """
    if all(type(dim) is int for dim in shape):
        return size(shape)
    channels, height, width = map(dim_in_words, shape)
    return Message("{channels} × {height} × {width}", channels=channels, height=height, width=width)


def dim_in_words(dim: Dim) -> Formula:
    """A size as a formula; numbers take the short way."""
    return Num(dim) if type(dim) is int else tree(dim)


def window_in_words(kernel: Any) -> Message | Formula:
    """The size of a window."""
    sides = kernel if isinstance(kernel, tuple) else (kernel, kernel)
    if all(type(side) is int for side in sides):
        return size(sides)
    height, width = map(dim_in_words, sides)
    return Message("{height} × {width}", height=height, width=width)


def block_in_words(block: Block) -> Message:
    """A block in words; padding and bias are told for all of its convolutions at once, see :func:`conditions`.

    >>> from ...layers import Conv
    >>> print(block_in_words(Conv(16, 1) >> Concat(Conv(8, 1), Conv(8, 3, 1, "same"))))
    a 1 × 1 convolution with 16 filters, then side by side, their outputs joined: [a 1 × 1 convolution with 8 filters; \
a 3 × 3 convolution with 8 filters]
    """
    if isinstance(block, Seq):
        *before, last = block.blocks
        if not before:
            return block_in_words(last)
        return Message("{first}, then {last}", first=block_in_words(Seq(*before)), last=block_in_words(last))
    if isinstance(block, Concat):
        branches = Message.joined(*map(block_in_words, block.branches), by="; ")
        return Message("side by side, their outputs joined: [{branches}]", branches=branches)
    return _convolution(block)


@lru_cache(maxsize=4096)
def _convolution(layer: Any) -> Message:
    window = window_in_words(layer.kernel)
    if layer.groups == "depthwise":
        told = Message("a depthwise {window} convolution (one filter per channel)", window=window)
    elif type(layer.groups) is int and layer.groups == 1:
        told = Message(
            "{window} convolution with {filters} filters",
            window=a_window(window),
            filters=dim_in_words(layer.out_channels),
        )
    else:
        told = Message("{window} convolution with {filters} filters in {groups} groups", window=a_window(window),
                       filters=dim_in_words(layer.out_channels), groups=dim_in_words(layer.groups))  # fmt: skip
    return (
        told
        if layer.stride == 1
        else Message("{layer}, stride {stride}", layer=told, stride=dim_in_words(layer.stride))
    )


def two_blocks(shape: Shape, blocks: Iterable[Block]) -> tuple[Message, Listing]:
    """The prompt's first lines: what comes in, and the two blocks, numbered."""
    return (
        Message("A map of {shape} enters two blocks:", shape=shape_in_words(shape)),
        Listing(tuple(map(block_in_words, blocks))),
    )


def conditions(*, bias: bool | None, stride: bool = True) -> Message:
    """What holds for all convolutions; ``bias`` is ``None`` where it does not matter, ``stride`` whether all are 1."""
    kept = (
        Message("All convolutions have stride 1 and are padded so that the map keeps its size.")
        if stride
        else Message("All convolutions are padded so that only a stride makes the map smaller.")
    )
    if bias is None:
        return kept
    return Message.joined(kept, Message("All have a bias.") if bias else Message("None has a bias."))


def letters_in_words(letters: Iterable[str]) -> Message:
    """Letters of a formula, one after the other."""
    return Message.joined(*(Message("{text}", text=symbol(letter)) for letter in letters), by=", ")


def given_values(values: dict[str, int]) -> Message:
    """``C = 192, N = 32``."""
    return Message.joined(
        *(Message("{text}", text=Chain(symbol(name), Num(value))) for name, value in values.items()), by=", "
    )
