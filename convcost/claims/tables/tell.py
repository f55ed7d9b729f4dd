"""Sentences about cells that break a law."""

from __future__ import annotations

from ...messages import Message, plain
from .relation import Forecast, Relation
from .report import shown

#: What is counted, by variant of a law.
_COUNTED = {
    "weights and biases": Message("weights and biases"),
    "weights": Message("weights, no biases"),
    "weights and two per channel of a normalization": Message("weights and two per channel of a normalization"),
    "weights, biases and two per channel of a normalization": Message(
        "weights, biases and two per channel of a normalization"
    ),
    "weights and four per channel of a normalization": Message("weights and four per channel of a normalization"),
    "weights, biases and four per channel of a normalization": Message(
        "weights, biases and four per channel of a normalization"
    ),
    "one per multiply-add": Message("one operation per multiply-add"),
    "two per multiply-add": Message("two operations per multiply-add"),
    "one per multiply-add, and the biases": Message("one operation per multiply-add, and the biases"),
    "two per multiply-add, and the biases": Message("two operations per multiply-add, and the biases"),
    "multiplications and additions": Message("multiplications and additions"),
}


def counted(variant: str) -> Message:
    """What a variant of a law counts.

    >>> counted("weights")
    'weights, no biases'
    """
    return _COUNTED.get(variant) or plain(variant)


def evidence(relation: Relation, forecast: Forecast, *, target: bool) -> Message:
    """What a cell should be, and from what that is known."""
    value, expression = shown(forecast.value), forecast.text
    if not target:
        return Message("the other cells ask for {value}", value=value)
    if relation.law == "parameters":
        return Message(
            "kernel and channels of this row give {expression} = {value} ({what})",
            expression=expression, value=value, what=counted(relation.variant),
        )  # fmt: skip
    if relation.law == "operations":
        return Message(
            "kernel, channels and output of this row give {expression} = {value} ({what})",
            expression=expression, value=value, what=counted(relation.variant),
        )  # fmt: skip
    return _between_columns(relation.law, expression, value)


def _between_columns(law: str, expression: str, value: str) -> Message:
    if law in ("the same number twice", "the same number in two columns"):
        return Message("the other column has {value}", value=value)
    if law == "window":
        return Message("the output size is {expression}", expression=expression)
    if law == "chain":
        return Message("the layer before has {value} output channels", value=value)
    if law == "channels":
        return Message("the shape beside it has {value} channels", value=value)
    if law == "share":
        return Message("the share of the total is {expression}", expression=expression)
    if law == "weights and biases":
        return Message("weights and biases together are {expression} = {value}", expression=expression, value=value)
    if law == "expression":
        return Message("the expression beside it gives {value}", value=value)
    if law in ("elements", "bytes of a map"):
        return Message("the shape gives {expression} = {value}", expression=expression, value=value)
    if law == "repeats":
        return Message(
            "so many times the number beside it is {expression} = {value}", expression=expression, value=value
        )
    if law == "bytes":
        return Message("the numbers beside it take {expression} bytes", expression=expression)
    return Message("the row gives {expression} = {value}", expression=expression, value=value)
