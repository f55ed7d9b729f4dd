"""Layers and shapes in words."""

from __future__ import annotations

from typing import Any

from ...formula import Call, Formula, Num, size
from ...layers import Conv, Pool
from ...layers.base import stride_of
from ...messages import Message


def described(layer: Any, *, bias: bool = True) -> Message:
    """A layer in words; with ``bias=False`` nothing is said of its bias.

    >>> described(Conv(32, 5, padding=2, bias=False))
    'a 5 × 5 convolution with 32 filters, padding 2, without bias'
    """
    return Message.joined(_kind(layer), *_details(layer, bias), by=", ")


def _kind(layer: Any) -> Message:
    kernel = a_window(window(layer.kernel))
    if isinstance(layer, Conv):
        filters = Num(layer.out_channels)
        return Message("{kernel} convolution with {filters} filters", kernel=kernel, filters=filters)
    if layer.kind == "max":
        return Message("{kernel} max pooling", kernel=kernel)
    return Message("{kernel} average pooling", kernel=kernel)


#: Numbers that are spoken with a vowel first.
_VOWELS = ("8", "11", "18")


def a_window(kernel: Message | Formula) -> Message:
    """The size of a window with its article.

    >>> a_window(window(11))
    'an 11 × 11'
    """
    first = str(kernel).partition(" ")[0]
    if first in _VOWELS or (first.startswith("8") and first.isdigit()):
        return Message("an {window}", window=kernel)
    return Message("a {window}", window=kernel)


def window(kernel: Any) -> Formula:
    """The size of a window: ``5 × 5``."""
    return size(kernel if isinstance(kernel, tuple) else (kernel, kernel))


def _details(layer: Any, bias: bool) -> list[Message]:
    told = []
    stride = stride_of(layer)
    if stride != 1 or isinstance(layer, Pool):
        told.append(Message("stride {stride}", stride=_each(stride)))
    if layer.padding == "same":
        told.append(Message("padding “same”"))
    elif layer.padding:
        told.append(Message("padding {padding}", padding=_each(layer.padding)))
    if layer.dilation != 1:
        told.append(Message("dilation {dilation}", dilation=_each(layer.dilation)))
    if getattr(layer, "ceil_mode", False):
        told.append(Message("rounding up (ceil mode)"))
    if isinstance(layer, Conv):
        if layer.groups == "depthwise":
            told.append(Message("depthwise"))
        elif layer.groups != 1:
            told.append(Message("{groups} groups", groups=Num(layer.groups)))
        if bias:
            told.append(Message("with bias") if layer.bias else Message("without bias"))
    return told


def _each(value: Any) -> Formula:
    return Call("", *map(Num, value)) if isinstance(value, tuple) else Num(value)
