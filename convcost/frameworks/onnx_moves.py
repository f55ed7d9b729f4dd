"""Laws of the ONNX operators that move elements: shapes, slices, joins along an axis, and borders."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from ..layers import (
    Concat,
    Embedding,
    Flatten,
    Pad,
    Permute,
    PixelShuffle,
    Pointwise,
    Reshape,
    Slice,
    Take,
    Tile,
    Upsample,
)
from ..layers.base import Layer
from .onnx_values import Call, NoLaw, Place, Tensor, elements, law, view


def reshaped(call: Call, tensor: Tensor, shape: Sequence[int], open_axis: int | None = None) -> Tensor:
    """``tensor`` in another whole shape; ``open_axis`` is the one that the file leaves to be inferred."""
    shape = tuple(shape)
    if elements(shape) != elements(tensor.shape):
        raise NoLaw("a shape for another number of elements")
    if tensor.number is None:
        return view(tensor, shape)
    batch = moved_batch(tensor, shape, call.target.batch)
    if batch is None and call.target.batch == 1 and shape[:1] == (1,):
        # A batch of one may stand in front of what comes of a tensor that had lost it; stored tensors have none.
        batch = None if tensor.number in call.target.graph.constants else Place(0)
    after = Tensor(shape, batch)
    if after.example == tensor.example:
        # Only the batch was moved about.
        return replace(after, number=tensor.number)
    example = list(after.example)
    if open_axis is not None and (batch is None or open_axis != batch.axis):
        # Left open, it also fits other sizes of the input.
        example[after.axis(open_axis)] = -1
    layer: Layer = Flatten() if tuple(example) == (-1,) and len(tensor.example) > 1 else Reshape(tuple(example))
    return call.add(layer, tensor, batch=batch)


def moved_batch(tensor: Tensor, shape: tuple[int, ...], size: int) -> Place | None:
    """Where the batch of ``size`` stands when ``tensor`` is read in another shape.

    Elements keep their order, so as many of them lie within one step of the batch, and as many steps before it.

    >>> moved_batch(Tensor((7, 5, 12, 64), Place(0)), (35, 12, 64), 7)
    Place(axis=0, outer=1, inner=5)
    >>> moved_batch(Tensor((5, 7, 768), Place(1)), (5, 84, 64), 7)
    Place(axis=1, outer=1, inner=12)
    """
    if tensor.batch is None:
        return None
    axis, outer, _ = tensor.batch
    before = elements(tensor.shape[:axis]) * outer
    starts = [elements(shape[:place]) for place in range(len(shape))]
    if size == 1 and 1 in shape:
        # A batch of one is no more than an axis of size 1: the one that starts where it did, or the first.
        alone = [place for place, length in enumerate(shape) if length == 1]
        return Place(next((place for place in alone if starts[place] == before), alone[0]))
    for place, length in enumerate(shape):
        # So many steps of this axis lie before the batch; the rest of it are steps within.
        own, rest = divmod(before, starts[place])
        if not rest and length % (own * size) == 0:
            return Place(place, own, length // (own * size))
    raise NoLaw("a shape that takes the batch apart")


@law("Reshape")
def _reshape(call: Call) -> Tensor:
    tensor = call.need(0)
    target = call.integers(1, "shape")
    if target is None:
        raise NoLaw("no shape")
    allow_zero = call.attributes.get("allowzero", 0)
    shape = [tensor.shape[axis] if size == 0 and not allow_zero else size for axis, size in enumerate(target)]
    open_axis = shape.index(-1) if -1 in shape else None
    if open_axis is not None:
        known = elements([size for size in shape if size != -1])
        shape[open_axis] = elements(tensor.shape) // known if known else 0
    return reshaped(call, tensor, shape, open_axis)


@law("Flatten")
def _flatten(call: Call) -> Tensor:
    tensor = call.need(0)
    axis = call.attributes.get("axis", 1)
    axis = axis % len(tensor.shape) if axis < 0 else axis
    shape = (elements(tensor.shape[:axis]), elements(tensor.shape[axis:]))
    return reshaped(call, tensor, shape, 1)


@law("Squeeze", "Unsqueeze")
def _squeeze(call: Call) -> Tensor:
    tensor = call.need(0)
    axes = call.integers(1, "axes")
    shape = list(tensor.shape)
    if call.operator == "Squeeze":
        gone = {a % len(shape) for a in axes} if axes is not None else {a for a, n in enumerate(shape) if n == 1}
        if tensor.batch is not None and tensor.batch.axis in gone:
            # A batch of one that the file drops; examples look the same without it.
            left = tuple(n for a, n in enumerate(shape) if a not in gone)
            return Tensor(left, None, call.number(tensor, left))
        return reshaped(call, tensor, [n for a, n in enumerate(shape) if a not in gone])
    for axis in sorted(a % (len(shape) + len(axes or ())) for a in axes or ()):
        shape.insert(axis, 1)
    return reshaped(call, tensor, shape)


@law("Transpose")
def _transpose(call: Call) -> Tensor:
    tensor = call.need(0)
    order = list(call.attributes.get("perm", range(len(tensor.shape))[::-1]))
    shape = tuple(tensor.shape[axis] for axis in order)
    if tensor.number is None:
        return view(tensor, shape)
    batch = None if tensor.batch is None else tensor.batch._replace(axis=order.index(tensor.batch.axis))
    alone = tensor.batch.axis if tensor.batch is not None and tensor.batch.alone else None
    wanted = tuple(tensor.axis(axis) for axis in order if axis != alone)
    if wanted == tuple(range(len(wanted))):
        return replace(tensor, shape=shape, batch=batch)
    return call.add(Permute(wanted), tensor, batch=batch)


@law("Identity", "Cast", "CastLike", "Optional", "OptionalGetElement")
def _pass_on(call: Call) -> Tensor:
    return call.need(0)


@law("Expand")
def _expand(call: Call) -> Tensor:
    tensor = call.need(0)
    shape = tuple(np.broadcast_shapes(tensor.shape, tuple(call.integers(1) or ())))
    return expanded(call, tensor, shape)


def expanded(call: Call, tensor: Tensor, shape: tuple[int, ...]) -> Tensor:
    """``tensor`` with axes of size 1 repeated until it has ``shape``."""
    padded = (*(1,) * (len(shape) - len(tensor.shape)), *tensor.shape)
    batch = tensor.batch
    if batch is not None:
        batch = batch._replace(axis=batch.axis + len(shape) - len(tensor.shape))
        start = Tensor(padded, batch).example
    elif call.target.batch > 1 and (axes := [a for a, n in enumerate(shape) if n == call.target.batch != padded[a]]):
        batch = Place(axes[0])
        start = (*padded[: axes[0]], *padded[axes[0] + 1 :])
    else:
        start = padded
    repeats = tuple(a // b for a, b in zip(Tensor(shape, batch).example, start, strict=True))
    if batch == tensor.batch and set(repeats) <= {1} and len(padded) == len(tensor.shape):
        return tensor
    made = call.put(Tile(repeats), [call.number(tensor, start)], batch)
    if tensor.batch is None and batch is not None and made.number is not None:
        # A copy for every example: what is computed of it is computed for every example.
        call.target.graph.constants.discard(made.number)
    return made


@law("Tile")
def _tile(call: Call) -> Tensor:
    tensor = call.need(0)
    repeats = call.integers(1) or []
    if tensor.batch is not None and repeats[tensor.batch.axis] != 1:
        raise NoLaw("copies of the batch")
    alone = tensor.batch.axis if tensor.batch is not None and tensor.batch.alone else None
    own = tuple(number for axis, number in enumerate(repeats) if axis != alone)
    return call.add(Tile(own), tensor) if set(own) != {1} else tensor


# -- parts -------------------------------------------------------------------------------------------------------


@law("Slice")
def _slice(call: Call) -> Tensor:
    tensor = call.need(0)
    starts, ends = call.integers(1, "starts") or [], call.integers(2, "ends") or []
    axes = call.integers(3, "axes") or list(range(len(starts)))
    steps = call.integers(4) or [1] * len(starts)
    for number, (axis, start, end, step) in enumerate(zip(axes, starts, ends, steps, strict=True), start=1):
        size = tensor.shape[axis % len(tensor.shape)]
        chosen = range(size)[start : end if step > 0 or end >= -size else None : step]
        if len(chosen) == size and step > 0:
            continue
        place = tensor.axis(axis)
        layer: Layer = Take(place, len(chosen))
        if step > 0 and chosen:
            # Ends beyond the axis are written as such, so that other sizes fit as well.
            layer = Slice(place, start, None if end >= size else end, step)
        tensor = call.add(layer, tensor, suffix=f"axis{axis}" if number < len(axes) else "")
    return tensor


@law("Split")
def _split(call: Call) -> Sequence[Tensor]:
    tensor = call.need(0)
    axis = call.attributes.get("axis", 0)
    size = tensor.shape[axis % len(tensor.shape)]
    sizes = call.integers(1, "split")
    if sizes is None:
        part = -(-size // len(call.outputs))
        sizes = [min(part, size - part * number) for number in range(len(call.outputs))]
    place, start, parts = tensor.axis(axis), 0, []
    for number, length in enumerate(sizes, start=1):
        layer = Slice(place, start, start + length)
        parts.append(call.add(layer, tensor, suffix=f"part{number}" if number > 1 else ""))
        start += length
    return parts


@law("Gather")
def _gather(call: Call) -> Tensor:
    tensor, indices = call.need(0), call.need(1)
    axis = call.attributes.get("axis", 0) % len(tensor.shape)
    if indices.data is None:
        return _looked_up(call, tensor, indices, axis)
    number = None if len(indices.shape) == 0 else elements(indices.shape)
    if tensor.batch is not None and tensor.batch.axis == axis:
        raise NoLaw("indices along the batch")
    batch = tensor.batch
    if batch is not None and batch.axis > axis and number is None:
        batch = batch._replace(axis=batch.axis - 1)
    made = call.add(Take(tensor.axis(axis), number), tensor, batch=batch)
    if len(indices.shape) < 2:
        return made
    return reshaped(call, made, (*tensor.shape[:axis], *indices.shape, *tensor.shape[axis + 1 :]))


def _looked_up(call: Call, table: Tensor, indices: Tensor, axis: int) -> Tensor:
    """Rows of a stored table by computed indices: an embedding."""
    if not table.is_weight or not table.learned or axis != 0 or len(table.shape) < 2:
        raise NoLaw("computed indices")
    width = table.shape[1:]
    made = call.add(Embedding(table.shape[0], elements(width)), indices, params=[table])
    return made if len(width) == 1 else reshaped(call, made, (*indices.shape, *width))


@law("Concat")
def _concat(call: Call) -> Tensor:
    tensors = [tensor for tensor in call.inputs if tensor is not None and 0 not in tensor.shape]
    axis = call.attributes.get("axis", 0) % len(tensors[0].shape)
    batched = [tensor for tensor in tensors if tensor.batch is not None]
    if not batched:
        return call.add(Concat(axis=axis), *tensors)
    batch = call.one_place({tensor.batch for tensor in batched if tensor.batch is not None})
    if batch is not None and batch.axis == axis:
        raise NoLaw("tensors side by side along the batch")
    numbers = [call.number(tensor, Tensor(tensor.shape, batch).example) for tensor in tensors]
    return call.put(Concat(axis=Tensor(batched[0].shape, batch).axis(axis)), numbers, batch)


@law("ScatterND", "ScatterElements", "Scatter")
def _scatter(call: Call) -> Tensor:
    """Elements put into others' places; with a reduction they would be computed."""
    tensor, updates = call.need(0), call.need(2)
    if call.attributes.get("reduction", "none") != "none" or (tensor.batch is None and updates.batch is not None):
        raise NoLaw("elements that are reduced, or that differ from example to example")
    return call.add(Pointwise("identity"), tensor)


# -- maps --------------------------------------------------------------------------------------------------------


def maps(call: Call) -> Tensor:
    """The first input, a tensor of maps with its batch in front."""
    tensor = call.need(0)
    if tensor.batch is None and call.target.batch == 1 and tensor.shape[:1] == (1,) and len(tensor.shape) > 2:
        # A batch of one whose place got lost.
        tensor = Tensor(tensor.shape, Place(0), call.number(tensor, tensor.shape[1:]))
    if tensor.batch != Place(0) or len(tensor.shape) < 3:
        raise NoLaw("maps without the batch in front")
    return tensor


@law("Pad")
def _pad(call: Call) -> Tensor:
    tensor = call.need(0)
    pads = call.integers(1, "pads") or call.integers(1, "paddings") or []
    rank = len(tensor.shape)
    axes = call.integers(3) if call.get(3) is not None else list(range(rank))
    sides = {axis % rank: (pads[n], pads[n + len(pads) // 2]) for n, axis in enumerate(axes or ())}
    alone = tensor.batch.axis if tensor.batch is not None and tensor.batch.alone else None
    own = tuple(sides.get(axis, (0, 0)) for axis in range(rank) if axis != alone)
    if tensor.batch is not None and any(sides.get(tensor.batch.axis, (0, 0))):
        raise NoLaw("a border around the batch")
    if not any(map(any, own)):
        return tensor
    if own[0] == (0, 0) and 2 <= len(own) <= 4:
        return call.add(Pad(own[1:]), tensor)
    if len(own) > 3:
        raise NoLaw("a border along more than three axes")
    # Borders along the channels: with one more axis in front they are sides like others.
    inner = call.emit(Pad(own), [call.number(tensor, (1, *tensor.example))], "bordered")
    return call.put(Reshape(call.target.shapes[inner][1:]), [inner], tensor.batch)


@law("Resize", "Upsample")
def _resize(call: Call) -> Tensor:
    tensor = maps(call)
    mode = {"nearest": "nearest", "linear": "linear", "bilinear": "linear", "cubic": "bicubic"}.get(
        call.attributes.get("mode", "nearest")
    )
    older = call.operator == "Upsample" or call.opset < 11
    scales = call.attributes.get("scales") or (call.known(1) if older else call.known(2) if call.get(2) else None)
    sizes = None if older or call.get(3) is None else [int(size) for size in call.known(3)]
    policy = call.attributes.get("keep_aspect_ratio_policy", "stretch")
    if mode is None or call.attributes.get("axes") or policy != "stretch":
        raise NoLaw("resizing of some axes, or in another way")
    if sizes is None:
        factors = [float(scale) for scale in (scales if scales is not None else ())]
        if len(factors) != len(tensor.shape) or factors[:2] != [1.0, 1.0]:
            raise NoLaw("resizing of the channels")
        layer = Upsample(scale_factor=tuple(factors[2:]), mode=mode)
    else:
        if tuple(sizes[:2]) != tensor.shape[:2]:
            raise NoLaw("resizing of the channels")
        layer = Upsample(size=tuple(sizes[2:]), mode=mode)
    return call.add(layer, tensor)


@law("DepthToSpace")
def _depth_to_space(call: Call) -> Tensor:
    return call.add(PixelShuffle(call.attributes["blocksize"]), maps(call))


@law("SpaceToDepth")
def _space_to_depth(call: Call) -> Tensor:
    tensor = maps(call)
    block = call.attributes["blocksize"]
    channels, height, width = tensor.example
    return call.add(Reshape((channels * block * block, height // block, width // block)), tensor)
