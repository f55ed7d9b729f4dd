"""How deep a network is: layers with weights on the longest path."""

from __future__ import annotations

from ..costing import Cost
from ..layers import Conv, ConvTranspose, Linear

#: As the papers count: convolutions and linear layers; normalization, pooling and activations are no layers.
COUNTED = (Conv, ConvTranspose, Linear)


def depth(cost: Cost) -> int:
    """Layers with weights on the longest path from an input to the main output.

    >>> from convcost import Add, Conv, Identity, cost
    >>> depth(cost(Conv(8, 1) >> Add(Identity(), Conv(8, 1) >> Conv(8, 1)), (8, 4, 4)))
    3
    """
    graph = cost.graph
    longest = [0] * graph.input_count
    for node in graph.nodes:
        longest.append(max(longest[value] for value in node.inputs) + isinstance(node.layer, COUNTED) * node.times)
    return longest[graph.outputs[graph.main]]
