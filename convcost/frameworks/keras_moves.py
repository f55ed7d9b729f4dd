"""Laws of the Keras layers that join, move, resize or pass on: nothing here multiplies weights."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..arith import prod
from ..layers import (
    Add,
    Combine,
    Concat,
    Dropout,
    Einsum,
    Flatten,
    Mul,
    Pad,
    Permute,
    Pointwise,
    Reshape,
    Slice,
    Tile,
    Upsample,
)
from ..layers.base import Layer
from .keras_values import Call, NoLaw, Value, axes_of, law, open_shape, placed

# -- joins -------------------------------------------------------------------------------------------------------

_JOINS: dict[str, Any] = {
    "Add": Add, "Multiply": Mul,
    "Subtract": lambda: Combine(operation="sub"), "Average": lambda: Combine(operation="average"),
    "Maximum": lambda: Combine(operation="max"), "Minimum": lambda: Combine(operation="min"),
}  # fmt: skip


def together(call: Call, values: Sequence[Value]) -> list[Value]:
    """Values in one order and of one rank, as a join wants them."""
    rank = max(len(value.shape) for value in values)
    leader = next(value for value in values if len(value.shape) == rank)
    ranked = [call.ranked(value, rank, f"input{number}") for number, value in enumerate(values, start=1)]
    return [call.ordered(value, leader.moved) for value in ranked]


@law(*_JOINS)
def _join(call: Call) -> Value:
    return call.add(_JOINS[type(call.layer).__name__](), *together(call, call.inputs))


@law("CustomScaleLayer")
def _scaled_sum(call: Call) -> Value:
    """Of Inception-ResNet in ``keras.applications``: the first input, and the second times a constant."""
    first, second = call.inputs
    scaled = call.add(Pointwise("mul"), second, suffix="scaled", shape=second.shape)
    return call.add(Add(), *together(call, [first, scaled]))


@law("Concatenate")
def _concat(call: Call) -> Value:
    values = together(call, call.inputs)
    return call.add(Concat(axis=call.axis(values[0], call.layer.axis)), *values)


@law("Dot")
def _dot(call: Call) -> Value:
    """``Dot``: one axis of each input is summed over; the others come out, first those of the first input."""
    layer = call.layer
    if layer.normalize or len(call.inputs) != 2:
        raise NoLaw("normalization")
    first, second = (call.plain(value) for value in call.inputs)
    axes = [layer.axes] * 2 if isinstance(layer.axes, int) else list(layer.axes)
    letters = list("abcdefgh"[: len(first.shape)])
    others = list("ijklmnop"[: len(second.shape)])
    others[call.axis(second, axes[1])] = letters[call.axis(first, axes[0])]
    summed = letters[call.axis(first, axes[0])]
    result = "".join(letter for letter in letters + others if letter != summed)
    made = Einsum(equation=f"{''.join(letters)},{''.join(others)}->{result}")
    if result:
        return call.add(made, first, second, moved=False)
    # Two vectors: Keras keeps an axis for their one product.
    value = call.add(made, first, second, suffix="product", shape=(), moved=False)
    return call.add(Reshape((1,)), value, shape=(1,), moved=False)


# -- shapes ------------------------------------------------------------------------------------------------------


@law("Flatten")
def _flatten(call: Call) -> Value:
    return call.add(Flatten(), call.input, moved=False)


@law("Reshape")
def _reshape(call: Call) -> Value:
    # How many elements there are does not hang on their order, so a map goes over into a map.
    moved = call.target.moved(len(call.shape))
    return call.add(Reshape(placed(open_shape(call.layer.target_shape), moved)), call.input, moved=moved)


@law("Permute")
def _permute(call: Call) -> Value:
    value = call.input
    return permuted(call, value, tuple(axis - 1 for axis in call.layer.dims))


def permuted(call: Call, value: Value, order: Sequence[int]) -> Value:
    """``value`` with its Keras axes (without the batch) in another order."""
    moved = call.target.moved(len(order))
    wanted = tuple(value.axes.index(order[axis]) for axis in axes_of(len(order), moved))
    return call.add(Permute(wanted), value, moved=moved)


@law("RepeatVector")
def _repeat(call: Call) -> Value:
    width = call.input.shape[0]
    value = call.add(Reshape((1, -1)), call.input, suffix="row", shape=(1, width), moved=False)
    return call.add(Tile((call.layer.n, 1)), value, moved=False)


def _per_axis(rank: int, sides: Any) -> tuple[tuple[int, int], ...]:
    """``(before, after)`` for each axis; Keras writes those of one axis without the outer pair."""
    return (tuple(sides),) if rank == 1 else tuple(tuple(side) for side in sides)


@law("ZeroPadding1D", "ZeroPadding2D", "ZeroPadding3D")
def _zero_padding(call: Call) -> Value:
    value = call.maps(call.input, getattr(call.layer, "data_format", "channels_last"))
    return call.add(Pad(_per_axis(len(value.shape) - 1, call.layer.padding)), value)


@law("Cropping1D", "Cropping2D", "Cropping3D")
def _cropping(call: Call) -> Value:
    value = call.maps(call.input, getattr(call.layer, "data_format", "channels_last"))
    sides = _per_axis(len(value.shape) - 1, call.layer.cropping)
    return call.add(Pad(tuple((-before, -after) for before, after in sides)), value)


# -- resizing ----------------------------------------------------------------------------------------------------

_MODES = {"nearest": "nearest", "bilinear": "bilinear", "bicubic": "bicubic"}


def _mode(name: str) -> str:
    if name not in _MODES:
        raise NoLaw(f"interpolation {name}")
    return _MODES[name]


@law("UpSampling1D", "UpSampling2D", "UpSampling3D")
def _upsampling(call: Call) -> Value:
    layer = call.layer
    mode = _mode(getattr(layer, "interpolation", "nearest"))
    value = call.maps(call.input, getattr(layer, "data_format", "channels_last"))
    factors = (layer.size,) if isinstance(layer.size, int) else tuple(layer.size)
    return call.add(Upsample(scale_factor=factors, mode=mode), value)


@law("Resizing")
def _resizing(call: Call) -> Value:
    layer = call.layer
    if layer.crop_to_aspect_ratio or layer.pad_to_aspect_ratio or getattr(layer, "antialias", False):
        raise NoLaw("cropping, padding or smoothing while resizing")
    mode = _mode(layer.interpolation)
    return call.add(Upsample(size=(layer.height, layer.width), mode=mode), call.maps(call.input, layer.data_format))


@law("CenterCrop")
def _center_crop(call: Call) -> Value:
    layer, value = call.layer, call.input
    sizes = placed(value.shape, layer.data_format == "channels_last")[1:]
    wanted = (layer.height, layer.width)
    if any(size is None or size < least for size, least in zip(sizes, wanted, strict=True)):
        raise NoLaw("a map that is smaller is resized")
    value = call.maps(value, layer.data_format)
    channels = value.shape[-1 if value.moved else 0]
    rows = (layer.height, sizes[1])
    first = (*rows, channels) if value.moved else (channels, *rows)
    value = call.add(Slice(1, 0, layer.height), value, suffix="rows", shape=first)
    return call.add(Slice(2, 0, layer.width), value)


# -- what passes on ----------------------------------------------------------------------------------------------


@law("Dropout", "SpatialDropout1D", "SpatialDropout2D", "SpatialDropout3D", "AlphaDropout", "GaussianDropout")
def _dropout(call: Call) -> Value:
    return call.add(Dropout(float(call.layer.rate)), call.input)


@law("StochasticDepth")
def _stochastic_depth(call: Call) -> Value:
    return call.add(Dropout(float(call.layer.drop_path_rate)), call.input)


@law(
    "Identity", "ActivityRegularization", "GaussianNoise", "RandomFlip", "RandomRotation", "RandomZoom",
    "RandomTranslation", "RandomContrast", "RandomBrightness", "RandomShear", "RandomSaturation", "RandomHue",
    "RandomGrayscale", "RandomColorJitter", "RandomErasing", "RandomSharpness", "RandomGaussianBlur",
    "RandomPosterization", "RandomColorDegeneration", "RandomPerspective", "RandomElasticTransform", "RandomInvert",
    "MixUp", "CutMix", "RandAugment", "AugMix",
)  # fmt: skip
def _passes_on(call: Call) -> Value:
    """Outside training these hand on what they get."""
    return call.add(Pointwise("identity"), call.inputs[0])


@law("Masking")
def _masking(call: Call) -> Value:
    return call.add(Pointwise("mask"), call.input)


@law("Rescaling")
def _rescaling(call: Call) -> Value:
    layer: Layer = Pointwise("scale_shift")
    return call.add(layer, call.input)


def elements(shape: Sequence[int | None]) -> int | None:
    """How many elements a shape has; ``None`` where a dim is open.

    >>> elements((2, 3)), elements((None, 3))
    (6, None)
    """
    return None if None in shape else int(prod(shape))
