"""What would mend a shape error: candidates are tried, and only those that fit are named."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from .arith import Shape, is_array, is_symbolic
from .errors import ConvcostError, ShapeError
from .layers.base import Layer, shape_text, sides, stride_of
from .layers.convolution import Conv
from .layers.merge import Concat, Merge
from .layers.pooling import Pool
from .window import span

if TYPE_CHECKING:
    from .graph import Graph, Node


def explain(error: ConvcostError, graph: Graph, node: Node, shapes: list[Shape]) -> None:
    """Add to an error at a merge which branch does not fit, and what would mend it."""
    if not isinstance(error, ShapeError) or not isinstance(node.layer, Merge) or "differ" not in error.what:
        return
    arrived = [shapes[value] for value in node.inputs]
    names = [graph.nodes[v - graph.input_count].path if v >= graph.input_count else "input" for v in node.inputs]
    error.got = error.got or ", ".join(
        f"{name} {shape_text(shape)}" for name, shape in zip(names, arrived, strict=True)
    )
    error.fix = (
        "; ".join(_repairs(graph, node, node.layer, shapes)) or "bring the branches to one size with padding or stride"
    )


def _fits(layer: Merge, shape: Shape, others: list[Shape]) -> bool:
    """Whether ``shape`` could meet all of ``others``: dims equal, but for the axis of a concatenation."""
    free = layer.axis % len(shape) if isinstance(layer, Concat) else -1
    return all(
        len(shape) == len(other)
        and all(a == b for axis, (a, b) in enumerate(zip(shape, other, strict=True)) if axis != free)
        for other in others
    )


def _repairs(graph: Graph, node: Node, merge: Merge, shapes: list[Shape]) -> Iterator[str]:
    """For each branch that alone stands against all others: the changes of one layer that make it fit."""
    if any(is_symbolic(dim) or is_array(dim) for value in node.inputs for dim in shapes[value]):
        return
    for value in node.inputs:
        others = [shapes[v] for v in node.inputs if v != value]
        if not others or not all(_fits(merge, other, others) for other in others):
            continue
        if _fits(merge, shapes[value], others):
            continue
        chain = _chain(graph, value)
        for place, number in enumerate(chain):
            changes = [
                text
                for text, layer in _candidates(graph.nodes[number - graph.input_count].layer, len(shapes[number]) - 1)
                if _fits(merge, _rerun(graph, chain[place:], layer, shapes), others)
            ]
            if changes:
                yield f"{graph.nodes[number - graph.input_count].path} would fit with {' or '.join(changes)}"


def _chain(graph: Graph, value: int) -> list[int]:
    """The values of one branch, from its fork to ``value``."""
    chain: list[int] = []
    while value >= graph.input_count and len(graph.nodes[value - graph.input_count].inputs) == 1:
        chain.insert(0, value)
        value = graph.nodes[value - graph.input_count].inputs[0]
        if sum(value in node.inputs for node in graph.nodes) > 1:
            break
    return chain


def _candidates(layer: Layer, rank: int) -> Iterator[tuple[str, Layer]]:
    """Small changes of a window: another padding, kernel or stride, the size-keeping ones first."""
    if not isinstance(layer, (Conv, Pool)) or isinstance(layer.padding, str):
        return
    kernel, dilation = (value if isinstance(value, int) else None for value in (layer.kernel, layer.dilation))
    if kernel is None or dilation is None:
        return
    stride = stride_of(layer)
    before = {pad for side in sides(layer.padding, rank) for pad in side}
    centred, odd = divmod(span(kernel, dilation) - 1, 2)
    options: list[dict[str, Any]] = []
    if stride != 1:
        options.append({"stride": 1})
        if not odd and before != {centred}:
            options.append({"stride": 1, "padding": centred})
    if not odd:
        options.append({"padding": centred})
    if len(before) == 1 and (2 * min(before)) % dilation == 0:
        options.append({"kernel": 2 * min(before) // dilation + 1})
    for option in options:
        if any(getattr(layer, key) != value for key, value in option.items()):
            yield " and ".join(f"{key}={value}" for key, value in option.items()), replace(layer, **option)


def _rerun(graph: Graph, chain: list[int], first: Layer, shapes: list[Shape]) -> Shape:
    """The shape at the end of ``chain`` if its first layer were ``first``; empty if that does not run."""
    shape = shapes[graph.nodes[chain[0] - graph.input_count].inputs[0]]
    try:
        for place, value in enumerate(chain):
            layer = first if place == 0 else graph.nodes[value - graph.input_count].layer
            shape = layer.output_shape(shape)
    except ConvcostError:
        return ()
    return shape
