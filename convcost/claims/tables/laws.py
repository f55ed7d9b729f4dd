"""The laws of a layer: kernel and channels give its parameters, and with the size of its output its operations."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from math import prod

from .figure import Figure
from .grid import Grid
from .layers import MAX_KERNEL, Facts, Layer, Ref
from .relation import Factors, Forecast, Relation, Values, exactly, product_of, same_number, written


def laws_of(grid: Grid, facts: Facts) -> Iterator[Relation]:
    """Parameters and operations of every layer, under every variant of the law."""
    for layer in facts.layers:
        yield from _parameters(grid, facts, layer)
        yield from _operations(grid, facts, layer)


def cells_of(grid: Grid, facts: Facts, row: int, *quantities: str) -> Iterator[tuple[int, int]]:
    """The printed figures of a row in the columns of some quantities."""
    for column in grid.columns(*quantities):
        figure = facts.values.get((row, column))
        if isinstance(figure, Figure) and figure.value > 0:
            yield row, column


# -- parameters ----------------------------------------------------------------------------------------------------

#: How often the output channels are counted beside the weights, and how that is written, by variant.
PARAMETERS = {
    "weights and biases": (1, "{w} + {o}"),
    "weights": (0, "{w}"),
    "weights and two per channel of a normalization": (2, "{w} + 2×{o}"),
    "weights, biases and two per channel of a normalization": (3, "{w} + {o} + 2×{o}"),
    "weights and four per channel of a normalization": (4, "{w} + 4×{o}"),
    "weights, biases and four per channel of a normalization": (5, "{w} + {o} + 4×{o}"),
}


def _parameters(grid: Grid, facts: Facts, layer: Layer) -> Iterator[Relation]:
    weights = weights_of(layer)
    if weights is None:
        return
    sources = tuple(layer.refs[name].key for name in ("kernel", "in", "out", "groups") if name in layer.refs)
    for target in cells_of(grid, facts, layer.row, "params", "weights", "total"):
        sure = grid.heads[target[1]].biases is not None
        for variant in _variants(grid, target[1], layer):
            forecast = _with_channels(weights, layer, *PARAMETERS[variant])
            yield Relation("parameters", variant, layer.row, target, sources, forecast, _group(layer), sure=sure)
    for target in cells_of(grid, facts, layer.row, "biases"):
        forecast = same_number(layer.refs["out"])
        yield Relation("biases", "", layer.row, target, (layer.refs["out"].key,), forecast, layer.kind)


def _group(layer: Layer) -> str:
    """Layers of one kind count the same way."""
    return "depthwise" if layer.depthwise else layer.kind


def _variants(grid: Grid, column: int, layer: Layer) -> Iterator[str]:
    """What may be counted in a column, by its head and the columns beside it."""
    head = grid.heads[column]
    apart = head.quantity == "weights" and bool(grid.columns("biases", "params"))
    for variant in PARAMETERS:
        if (apart and variant != "weights") or (layer.kind == "fc" and "normalization" in variant):
            continue
        if head.biases is None or head.biases == ("biases" in variant):
            yield variant


def weights_of(layer: Layer) -> Callable[[Values], Factors | None] | None:
    """The factors of the product that counts a layer's weights."""
    refs = layer.refs
    if layer.kind == "fc" and {"in", "out"} <= refs.keys():
        return lambda values: product_of(refs["in"].of(values), refs["out"].of(values))
    if layer.kind not in ("conv", "transposed") or not {"kernel", "in", "out"} <= refs.keys():
        return None
    return lambda values: _convolution(layer, values)


def _convolution(layer: Layer, values: Values) -> Factors | None:
    kernel = values[layer.refs["kernel"].key]
    inputs, outputs = layer.refs["in"].of(values), layer.refs["out"].of(values)
    if not isinstance(kernel, tuple) or inputs is None or outputs is None or max(kernel) > MAX_KERNEL:
        return None
    groups = layer.refs["groups"].of(values) if "groups" in layer.refs else 1
    if layer.depthwise:
        return product_of(*kernel, outputs)
    if not groups or inputs % groups:
        return None
    return product_of(*kernel, inputs // groups, outputs)


def _with_channels(
    weights: Callable[[Values], Factors | None], layer: Layer, times: int, formula: str
) -> Callable[[Values], Forecast | None]:
    def forecast(values: Values) -> Forecast | None:
        product, outputs = weights(values), layer.refs["out"].of(values)
        if product is None or outputs is None:
            return None
        return exactly(prod(product) + times * outputs, formula.format(w=written(product), o=outputs))

    return forecast


# -- operations ----------------------------------------------------------------------------------------------------

#: Operations per layer, by variant: per weight and per output channel, at every position; and how that is written.
OPERATIONS = {
    "one per multiply-add": (1, 0, "{w}×{p}"),
    "two per multiply-add": (2, 0, "2×{w}×{p}"),
    "one per multiply-add, and the biases": (1, 1, "({w} + {o})×{p}"),
    "two per multiply-add, and the biases": (2, 1, "(2×{w} + {o})×{p}"),
    "multiplications and additions": (2, -1, "(2×{w} - {o})×{p}"),
}
OPERATION_COLUMNS = ("macs", "flops", "operations")


def _operations(grid: Grid, facts: Facts, layer: Layer) -> Iterator[Relation]:
    weights = weights_of(layer)
    if weights is None:
        return
    shape = layer.refs.get("out shape")
    if layer.kind == "transposed":
        shape = layer.refs.get("in shape")
    elif layer.kind == "conv" and shape is None:
        return
    places = Ref(shape.key, "positions") if layer.kind != "fc" and shape else None
    sources = {layer.refs[name].key for name in ("kernel", "in", "out", "groups") if name in layer.refs}
    for target in cells_of(grid, facts, layer.row, *OPERATION_COLUMNS):
        for variant, formula in OPERATIONS.items():
            yield Relation(
                "operations", variant, layer.row, target, (*sources, *([places.key] if places else ())),
                _per_position(weights, layer, formula, places), _group(layer),
            )  # fmt: skip


def _per_position(
    weights: Callable[[Values], Factors | None], layer: Layer, formula: tuple[int, int, str], places: Ref | None
) -> Callable[[Values], Forecast | None]:
    per_weight, per_channel, text = formula

    def forecast(values: Values) -> Forecast | None:
        product, outputs = weights(values), layer.refs["out"].of(values)
        shape = values[places.key] if places else (0, 1)
        if product is None or outputs is None or not isinstance(shape, tuple) or len(shape) < 2:
            return None
        count = (per_weight * prod(product) + per_channel * outputs) * prod(shape[1:])
        return exactly(count, text.format(w=written(product), o=outputs, p=written(shape[1:])))

    return forecast
