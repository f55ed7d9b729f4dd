"""The laws of shapes: elements and bytes of a map, channels that follow each other, the size of a window's output."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fractions import Fraction
from itertools import pairwise
from math import prod

from ...window import positions
from .figure import Figure
from .grid import Grid
from .laws import cells_of
from .layers import Facts, Key, Layer, Ref
from .relation import (
    Factors,
    Forecast,
    Relation,
    Values,
    exactly,
    in_units_of,
    product_of,
    same_number,
    written,
)


def maps_of(grid: Grid, facts: Facts) -> Iterator[Relation]:
    """Every relation of a shape."""
    for layer in facts.layers:
        yield from _elements(grid, facts, layer)
    yield from _channels(facts)
    yield from _chain(facts)
    yield from _windows(facts)


def _elements(grid: Grid, facts: Facts, layer: Layer) -> Iterator[Relation]:
    shape = layer.refs.get("tensor") or layer.refs.get("out shape")
    if shape is None or shape.key[0] != layer.row:
        return
    if not _volume_of(facts.values[shape.key]):
        return
    for target in cells_of(grid, facts, layer.row, "elements"):
        yield Relation("elements", "", layer.row, target, (shape.key,), _volume(shape.key, 1))
    for target in cells_of(grid, facts, layer.row, "bytes"):
        width = grid.heads[target[1]].width
        for size in (width,) if width else (4, 2, 1, 8):
            for base in (1000, 1024):
                yield Relation(
                    "bytes of a map", f"{size} bytes each, {base}", layer.row, target, (shape.key,),
                    _bytes(_volume(shape.key, size), facts, target, base), sure=width is not None,
                )  # fmt: skip


def _volume_of(value: object) -> Factors | None:
    return product_of(*value) if isinstance(value, tuple) else None


def _volume(key: Key, size: int) -> Callable[[Values], Forecast | None]:
    def forecast(values: Values) -> Forecast | None:
        product = _volume_of(values[key])
        if product is None:
            return None
        return exactly(prod(product) * size, written((*product, size) if size > 1 else product))

    return forecast


def _bytes(
    inner: Callable[[Values], Forecast | None], facts: Facts, target: Key, base: int
) -> Callable[[Values], Forecast | None]:
    """The same in a column whose megabytes are of 1024 kilobytes: the cell is larger, so the forecast is smaller."""
    figure = facts.values[target]
    power = figure.printed.byte_power if isinstance(figure, Figure) and "i" not in figure.printed.unit else 0
    shrink = Fraction(1000**power, base**power)

    def forecast(values: Values) -> Forecast | None:
        found = inner(values)
        if found is None or (base == 1024 and not power):
            return None
        return in_units_of(found, shrink)

    return forecast


def _channels(facts: Facts) -> Iterator[Relation]:
    """Channels in a column of their own are those of the shape beside it."""
    for layer in facts.layers:
        for name in ("in", "out"):
            own, shape = layer.refs.get(name), layer.refs.get(f"{name} shape")
            if (
                own is None
                or shape is None
                or own.key != (layer.row, name)
                or shape.key != (layer.row, f"{name} shape")
            ):
                continue
            channels = Ref(shape.key, "channels")
            if layer.kind == "conv" and channels.of(facts.values):
                yield Relation("channels", "", layer.row, own.key, (shape.key,), same_number(channels), name)


def _chain(facts: Facts) -> Iterator[Relation]:
    """The input channels of a layer are the output channels of the one before."""
    rows = [layer for layer in facts.layers if layer.kind == "conv"]
    for before, after in pairwise(rows):
        out, into = before.refs.get("out"), after.refs.get("in")
        if out is None or into is None or out.part or into.part:
            continue
        if out.key == (before.row, "out") and into.key == (after.row, "in"):
            yield Relation("chain", "", after.row, into.key, (out.key,), same_number(out), inverse=_same_back(into))


def _same_back(ref: Ref) -> Callable[[Values, Key], Forecast | None]:
    forecast = same_number(ref)
    return lambda values, _: forecast(values)


def _windows(facts: Facts) -> Iterator[Relation]:
    """The size of the output, where kernel, stride, padding and the size of the input are all shown."""
    for layer in facts.layers:
        refs = layer.refs
        if (
            layer.kind not in ("conv", "pool")
            or not {"kernel", "stride", "padding", "in shape", "out shape"} <= refs.keys()
        ):
            continue
        if "dilation" in refs or refs["out shape"].key[0] != layer.row:
            continue
        names = ("in shape", "kernel", "stride", "padding")
        yield Relation(
            "window", "", layer.row, refs["out shape"].key, tuple(refs[name].key for name in names),
            _window(layer), layer.kind,
        )  # fmt: skip


def _window(layer: Layer) -> Callable[[Values], Forecast | None]:
    def forecast(values: Values) -> Forecast | None:
        size, kernel = values[layer.refs["in shape"].key], values[layer.refs["kernel"].key]
        stride, padding = layer.refs["stride"].of(values), layer.refs["padding"].of(values)
        if (
            not (isinstance(size, tuple) and isinstance(kernel, tuple) and len(size) == 3)
            or not stride
            or padding is None
        ):
            return None
        if any(side + 2 * padding < k for side, k in zip(size[1:], kernel, strict=True)):
            return None
        floor, ceil = (
            tuple(
                positions(side, k, stride, padding, padding, ceil=up) for side, k in zip(size[1:], kernel, strict=True)
            )
            for up in (False, True)
        )
        shapes = ((0, *floor), (0, *ceil)) if layer.kind == "pool" else ((0, *floor),)
        text = f"⌊({size[1]} - {kernel[0]} + 2×{padding})/{stride}⌋ + 1"
        return Forecast(text=text, shapes=shapes)

    return forecast
