"""What stands in the boxes: layers as papers write them."""

from __future__ import annotations

from typing import Any

from ..arith import Dim
from ..layers import AdaptivePool, Conv, ConvTranspose, GlobalPool, Linear, Pool
from ..layers.base import Layer, axes
from ..report.numbers import formula
from ..row import Row

#: A repr of more letters is no caption.
_SHORT = 26


def caption(layer: Layer, kind: str, row: Row | None = None) -> str:
    """A layer in a few words.

    >>> from convcost import Conv, Pool
    >>> caption(Conv(64, 7, stride=2, padding=3), "Conv"), caption(Pool(3, stride=2), "Pool")
    ('Conv 7×7, 64, /2', 'MaxPool 3×3, /2')
    """
    rank = len(row.input) - 1 if row is not None and len(row.input) > 1 else 2
    if isinstance(layer, (Conv, ConvTranspose)):
        return _convolution(layer, rank, row)
    if isinstance(layer, Pool):
        words = [f"{_word(layer.kind)} {_size(layer.kernel, rank)}", *_stride(layer.stride or layer.kernel, "/")]
        return ", ".join(words)
    if isinstance(layer, GlobalPool):
        return f"Global {_word(layer.kind)}"
    if isinstance(layer, AdaptivePool):
        return f"Adaptive {_word(layer.kind)} {_size(layer.output_size, rank)}"
    if isinstance(layer, Linear):
        return f"Linear {formula(layer.out_features)}"
    return _other(layer, kind)


def _convolution(layer: Any, rank: int, row: Row | None) -> str:
    words = [f"{type(layer).__name__} {_size(layer.kernel, rank)}", formula(layer.out_channels)]
    words += _stride(layer.stride, "/" if isinstance(layer, Conv) else "stride ")
    if layer.dilation != 1:
        words.append(f"dilation {_size(layer.dilation, 1)}")
    if layer.groups == "depthwise" or (row is not None and layer.groups != 1 and layer.groups == row.input[0]):
        words[0] = f"Depthwise {words[0]}" if isinstance(layer, ConvTranspose) else f"Depthwise {words[0][5:]}"
    elif layer.groups != 1:
        words.append(f"groups {formula(layer.groups)}")
    return ", ".join(words)


def _size(value: Any, rank: int) -> str:
    """A kernel as ``3×3``; what is no number stays what it is."""
    return "×".join("–" if size is None else _factor(size) for size in axes(value, rank))


def _factor(size: Dim) -> str:
    text = formula(size)
    return text if text.isalnum() else f"({text})"


def _stride(value: Any, before: str) -> list[str]:
    """The step, where there is one; one number where all axes agree."""
    steps = set(value) if type(value) is tuple else {value}
    if steps == {1}:
        return []
    return [before + (formula(steps.pop()) if len(steps) == 1 else _size(value, len(value)))]


def _word(kind: str) -> str:
    return f"{kind.capitalize()}Pool"


def _other(layer: Layer, kind: str) -> str:
    text = repr(layer.unnamed()).replace("()", "")
    return text if kind == type(layer).__name__ and len(text) <= _SHORT else kind
