"""Recipes of the layers that torch writes as functions; they register themselves beside those of modules."""

from __future__ import annotations

from .. import layers
from ..arith import Shape
from . import torch_functions as functions
from .torch_layers import Recipe, batched, function, recipe


@recipe.register
def _(layer: layers.Pointwise, inputs: tuple[Shape, ...], output: Shape) -> Recipe:
    return function(functions.pointwise, function=layer.function)


@recipe.register
def _(layer: layers.Combine, inputs: tuple[Shape, ...], output: Shape) -> Recipe:
    return function(functions.combined, operation=layer.operation)


@recipe.register
def _(layer: layers.Einsum, inputs: tuple[Shape, ...], output: Shape) -> Recipe:
    return function(functions.einstein, equation=layer.equation)


@recipe.register
def _(layer: layers.Reduce, inputs: tuple[Shape, ...], output: Shape) -> Recipe:
    axes = range(len(inputs[0])) if layer.axes is None else layer.axes
    places = tuple(map(batched, axes))
    return function(functions.reduced, kind=layer.kind, axes=places, keepdims=layer.keepdims)


@recipe.register
def _(layer: layers.Slice, inputs: tuple[Shape, ...], output: Shape) -> Recipe:
    bounds = {"start": layer.start, "stop": layer.stop, "step": layer.step}
    return function(functions.sliced, axis=batched(layer.axis), **bounds)


@recipe.register
def _(layer: layers.Take, inputs: tuple[Shape, ...], output: Shape) -> Recipe:
    return function(functions.taken, axis=batched(layer.axis), count=layer.count)


@recipe.register
def _(layer: layers.Tile, inputs: tuple[Shape, ...], output: Shape) -> Recipe:
    return function(functions.tiled, repeats=tuple(layer.repeats))


@recipe.register
def _(layer: layers.Parameter, inputs: tuple[Shape, ...], output: Shape) -> Recipe:
    return Recipe(functions.stored, functions.Stored, {"shape": output, "learned": layer.learned})
