"""Laws of operators that move elements: views, permutations, slices, joins, padding, copies, tables."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

from ..layers.base import Layer
from ..layers.reshape import Pad
from ..operators import Batchwise, Expanded, Joined, Padded, Permuted, Picked, Pointwise, Source, Stacked, View
from .torch_leaf import Leaf, Operand, known, law, plain
from .torch_sizes import Size


def _sizes(leaf: Leaf, sizes: tuple[Any, ...]) -> tuple[Any, ...]:
    """``view(2, 3)`` and ``view((2, 3))`` alike, as formulas."""
    if len(sizes) == 1 and isinstance(sizes[0], (tuple, list)):
        sizes = tuple(sizes[0])
    return tuple(leaf.extent(size) for size in sizes)


@law("view", "reshape", "_unsafe_view", "_reshape_alias")
def view(leaf: Leaf, input: Operand, *shape: Any, **options: Any) -> Layer:
    leaf.use(input)
    shape = shape or (options.get("shape", options.get("size")),)
    if len(shape) == 1 and not isinstance(shape[0], (tuple, list, int)):
        return Pointwise("View")  # another type for the same bytes
    return View("Reshape", _sizes(leaf, shape))


@law("view_as", "reshape_as")
def view_as(leaf: Leaf, input: Operand, other: Operand) -> Layer:
    leaf.use(input, other)
    return View("Reshape", tuple(("size", 1, axis) for axis in range(other.rank)))


@law("flatten")
def flatten(leaf: Leaf, input: Operand, start_dim: Any = 0, end_dim: Any = -1) -> Layer:
    leaf.use(input)
    rank = max(input.rank, 1)
    start, end = known(start_dim) % rank, known(end_dim) % rank
    kept = [("size", 0, axis) for axis in range(input.rank)]
    return View("Flatten", (*kept[:start], -1, *kept[end + 1 :]))


@law("unflatten")
def unflatten(leaf: Leaf, input: Operand, dim: Any, sizes: Any) -> Layer:
    leaf.use(input)
    place = known(dim) % input.rank
    kept = [("size", 0, axis) for axis in range(input.rank)]
    return View("Reshape", (*kept[:place], *_sizes(leaf, (sizes,)), *kept[place + 1 :]))


@law("squeeze")
def squeeze(leaf: Leaf, input: Operand, dim: Any = None) -> Layer:
    leaf.use(input)
    asked = range(input.rank) if dim is None else (plain(dim) if isinstance(dim, (tuple, list)) else (plain(dim),))
    places = {place % input.rank for place in asked} if input.rank else set()
    gone = {place for place in places if input.shape[place] == 1}
    # Which axes are 1 is asked at the import; an axis that goes must be 1 at any other shape too, or the view fails.
    return View("Squeeze", tuple(("size", 0, axis) for axis in range(input.rank) if axis not in gone))


@law("unsqueeze")
def unsqueeze(leaf: Leaf, input: Operand, dim: Any) -> Layer:
    leaf.use(input)
    place = known(dim) % (input.rank + 1)
    return Picked("Unsqueeze", (*[("all",)] * place, ("new",)))


@law("permute")
def permute(leaf: Leaf, input: Operand, *dims: Any, **options: Any) -> Layer:
    leaf.use(input)
    dims = dims or (options["dims"],)
    order = dims[0] if len(dims) == 1 and isinstance(dims[0], (tuple, list)) else dims
    return Permuted("Permute", tuple(known(axis) % input.rank for axis in order))


@law("transpose", "swapaxes", "swapdims")
def transpose(leaf: Leaf, input: Operand, dim0: Any, dim1: Any) -> Layer:
    leaf.use(input)
    order = list(range(input.rank))
    if order:
        a, b = known(dim0) % input.rank, known(dim1) % input.rank
        order[a], order[b] = order[b], order[a]
    return Permuted("Transpose", tuple(order))


@law("t", "T", "mT", "H", "mH", "adjoint")
def flipped(leaf: Leaf, input: Operand) -> Layer:
    leaf.use(input)
    order = list(range(input.rank))
    turned = order[::-1] if leaf.name in ("t", "T", "H") else [*order[:-2], *order[:-3:-1]]
    return Permuted("Transpose", tuple(turned))


@law("movedim", "moveaxis")
def movedim(leaf: Leaf, input: Operand, source: Any, destination: Any) -> Layer:
    leaf.use(input)
    rank = input.rank
    come = [axis % rank for axis in (plain(source) if isinstance(source, (tuple, list)) else (plain(source),))]
    go = [
        axis % rank
        for axis in (plain(destination) if isinstance(destination, (tuple, list)) else (plain(destination),))
    ]
    order: list[int | None] = [None] * rank
    for a, b in zip(come, go, strict=True):
        order[b] = a
    rest = iter(axis for axis in range(rank) if axis not in come)
    return Permuted("Permute", tuple(next(rest) if axis is None else axis for axis in order))


@law("expand")
def expand(leaf: Leaf, input: Operand, *sizes: Any, **options: Any) -> Layer:
    leaf.use(input)
    return Expanded("Expand", _sizes(leaf, sizes or (options["size"],)))


@law("expand_as", "broadcast_to")
def expand_as(leaf: Leaf, input: Operand, other: Any, *rest: Any) -> Layer:
    leaf.use(input)
    if not isinstance(other, Operand):
        return Expanded("Expand", _sizes(leaf, (other, *rest)))
    leaf.use(other)
    return Expanded("Expand", tuple(("size", 1, axis) for axis in range(other.rank)))


@law("repeat", "tile")
def repeat(leaf: Leaf, input: Operand, *sizes: Any, **options: Any) -> Layer:
    leaf.use(input)
    times = _sizes(leaf, sizes or (options.get("repeats", options.get("dims")),))
    fresh = len(times) - input.rank
    return _Sized("Repeat", tuple(n if place < fresh else ("*", ("size", 0, place - fresh), n)
                                  for place, n in enumerate(times)))  # fmt: skip


def _Sized(title: str, sizes: tuple[Any, ...]) -> Layer:  # noqa: N802
    """A result whose sizes are formulas over the operands."""
    return Source(title, sizes)


@law("repeat_interleave")
def repeat_interleave(leaf: Leaf, input: Operand, repeats: Any, dim: Any = None, **options: Any) -> Layer:
    if isinstance(repeats, Operand) or dim is None:
        raise TypeError("repeats by a tensor have no law")
    leaf.use(input)
    place = known(dim) % input.rank
    count = leaf.extent(repeats)
    return _Sized("Repeat", tuple(("*", ("size", 0, axis), count) if axis == place else ("size", 0, axis)
                                  for axis in range(input.rank)))  # fmt: skip


@law("cat", "concat", "concatenate")
def cat(leaf: Leaf, tensors: Any, dim: Any = 0, **options: Any) -> Layer:
    # An empty one-dimensional tensor may be joined with anything, for the sake of old programs.
    parts = [part for part in tensors if part.shape != (0,)] or list(tensors)
    leaf.use(parts)
    axis = known(options.get("axis", dim)) % parts[0].rank
    return Joined("Concat", axis - parts[0].rank)


@law("stack")
def stack(leaf: Leaf, tensors: Any, dim: Any = 0) -> Layer:
    leaf.use(list(tensors))
    return Stacked("Stack", known(dim) % (tensors[0].rank + 1))


@law("chunk")
def chunk(leaf: Leaf, input: Operand, chunks: Any, dim: Any = 0) -> list[Layer]:
    leaf.use(input)
    place = known(dim) % input.rank
    # As many pieces come out as the import saw; the size of each follows the input.
    each = ("ceil/", ("size", 0, place), leaf.extent(chunks))
    return _pieces(leaf, place, each, len(leaf.outputs))


@law("split", "split_with_sizes")
def split(leaf: Leaf, tensor: Operand, split_size: Any = None, dim: Any = 0, **options: Any) -> list[Layer]:
    leaf.use(tensor)
    sizes = next((options[name] for name in ("split_size_or_sections", "split_sizes") if name in options), split_size)
    place = known(dim) % tensor.rank
    if not isinstance(sizes, (tuple, list)):
        return _pieces(leaf, place, leaf.extent(sizes), len(leaf.outputs))
    ends: list[Any] = [0]
    for size in sizes:
        ends.append(("+", ends[-1], leaf.extent(size)))
    pairs = pairwise(ends)
    return [Picked("Split", (*[("all",)] * place, ("slice", start, stop, 1))) for start, stop in pairs]


def _pieces(leaf: Leaf, place: int, each: Any, count: int) -> list[Layer]:
    def at(number: int) -> Any:
        return ("*", each, number)

    return [Picked("Split", (*[("all",)] * place, ("slice", at(number), at(number + 1), 1))) for number in range(count)]


@law("tensor_split")
def tensor_split(leaf: Leaf, input: Operand, sections: Any = None, dim: Any = 0, **options: Any) -> list[Layer]:
    leaf.use(input)
    place = known(dim) % input.rank
    size = ("size", 0, place)
    cuts = next((options[name] for name in ("indices", "sections", "indices_or_sections") if name in options), sections)
    if isinstance(cuts, (tuple, list)):
        ends: list[Any] = [0, *(leaf.extent(cut) for cut in cuts), None]
    else:
        parts = known(cuts)
        ends = [("//", ("+", ("*", size, number), parts - 1), parts) for number in range(parts + 1)]
    return [Picked("Split", (*[("all",)] * place, ("slice", a, b, 1))) for a, b in pairwise(ends)]


@law("unbind")
def unbind(leaf: Leaf, input: Operand, dim: Any = 0) -> list[Layer]:
    leaf.use(input)
    place = known(dim) % input.rank
    return [Picked("Unbind", (*[("all",)] * place, ("one",)))] * len(leaf.outputs)


@law("select")
def select(leaf: Leaf, input: Operand, dim: Any, index: Any) -> Layer:
    leaf.use(input)
    return Picked("Select", (*[("all",)] * (known(dim) % input.rank), ("one",)))


@law("narrow")
def narrow(leaf: Leaf, input: Operand, dim: Any, start: Any, length: Any) -> Layer:
    leaf.use(input)
    first = leaf.extent(start)
    stop = ("+", first, leaf.extent(length))
    return Picked("Slice", (*[("all",)] * (known(dim) % input.rank), ("slice", first, stop, 1)))


@law("slice")
def slice_(leaf: Leaf, input: Operand, dim: Any = 0, start: Any = None, end: Any = None, step: Any = 1) -> Layer:
    leaf.use(input)
    return Picked("Slice", (*[("all",)] * (known(dim) % input.rank), _slice(leaf, slice(start, end, step))))


def _slice(leaf: Leaf, part: slice) -> tuple[Any, ...]:
    bounds = [None if bound is None else leaf.extent(bound) for bound in (part.start, part.stop, part.step)]
    return ("slice", *bounds)


@law("__getitem__")
def getitem(leaf: Leaf, input: Operand, index: Any) -> Layer:
    leaf.use(input)
    parts = list(index) if isinstance(index, tuple) else [index]
    if any(isinstance(part, (Operand, list)) for part in parts):
        return _gathered(leaf, input, parts)
    if any(isinstance(part, bool) for part in parts):
        raise TypeError("masks have no law")
    used = sum(part is not None and part is not Ellipsis for part in parts)
    picks: list[tuple[Any, ...]] = []
    for part in parts:
        if part is Ellipsis:
            picks += [("all",)] * (input.rank - used)
        elif part is None:
            picks.append(("new",))
        elif isinstance(part, slice):
            picks.append(_slice(leaf, part))
        else:
            picks.append(("one",))
    return Picked("Slice", tuple(picks))


def _gathered(leaf: Leaf, x: Operand, parts: list[Any]) -> Layer:
    """One table of indices on one axis: its shape takes the axis' place."""
    tables = [place for place, part in enumerate(parts) if isinstance(part, Operand)]
    others = [part for part in parts if not isinstance(part, Operand)]
    if len(tables) != 1 or any(part != slice(None) for part in others):
        raise TypeError("indexing by several tables has no law")
    (place,) = tables
    leaf.use(parts[place])
    table = len(leaf.inputs) - 1
    kept = [("size", 0, axis) for axis in range(x.rank)]
    return _Sized("Gather", (*kept[:place], *(("size", table, axis) for axis in range(parts[place].rank)),
                             *kept[place + 1 :]))  # fmt: skip


@law("index_select")
def index_select(leaf: Leaf, input: Operand, dim: Any, index: Operand) -> Layer:
    return _gathered(leaf_with(leaf, input), input, [*[slice(None)] * (known(dim) % input.rank), index])


def leaf_with(leaf: Leaf, operand: Operand) -> Leaf:
    leaf.use(operand)
    return leaf


@law("gather", "take_along_dim")
def gather(leaf: Leaf, input: Operand, dim: Any, index: Any, **options: Any) -> Layer:
    table = index if isinstance(index, Operand) else dim
    leaf.use(input, table)
    return _Sized("Gather", tuple(("size", 1, axis) for axis in range(table.rank)))


@law("pad", "constant_pad_nd", "reflection_pad1d", "reflection_pad2d", "replication_pad1d", "replication_pad2d",
     "reflection_pad3d", "replication_pad3d")  # fmt: skip
def pad(leaf: Leaf, input: Operand, pad: Any, *rest: Any, **options: Any) -> Layer:
    leaf.use(input)
    if not any(isinstance(side, Size) for side in pad) and len(pad) == 2 * (input.rank - 2) and 3 <= input.rank <= 5:
        numbers = plain(tuple(pad))
        pairs = tuple(zip(numbers[::2], numbers[1::2], strict=True))[::-1]
        return Batchwise(Pad(pairs))
    sides = tuple(leaf.extent(side) for side in pad)
    return Padded("Pad", tuple(zip(sides[::2], sides[1::2], strict=True)))


@law("zeros", "ones", "empty", "full", "rand", "randn")
def filled(leaf: Leaf, *sizes: Any, **options: Any) -> Layer:
    if leaf.name == "full":
        sizes = sizes[:1]
    return Source(leaf.name.capitalize(), _sizes(leaf, sizes or (options["size"],)))


@law("new_zeros", "new_ones", "new_empty", "new_full")
def new_filled(leaf: Leaf, input: Operand, *sizes: Any, **options: Any) -> Layer:
    leaf.use(input)
    sizes = sizes or (options["size"],)
    if leaf.name == "new_full":
        sizes = sizes[:1]
    return Source(leaf.name[4:].capitalize(), _sizes(leaf, sizes))


@law("arange")
def arange(leaf: Leaf, *bounds: Any, **options: Any) -> Layer:
    numbers = [
        bound for bound in (*bounds, *(options.get(name) for name in ("start", "end", "step"))) if bound is not None
    ]
    if len(numbers) == 1 and isinstance(numbers[0], int):
        return Source("Arange", (leaf.extent(numbers[0]),))
    plain(tuple(numbers))
    return Source("Arange", leaf.outputs[0])


@law("linspace", "logspace", "eye", "tensor", "as_tensor", "hann_window", "triu_indices", "tril_indices", "randint",
     "randperm", "scalar_tensor")  # fmt: skip
def table(leaf: Leaf, *args: Any, **options: Any) -> Layer:
    plain(args)
    return Source(leaf.name.capitalize(), leaf.outputs[0])


@law("meshgrid")
def meshgrid(leaf: Leaf, *tensors: Any, **options: Any) -> list[Layer]:
    parts = list(tensors[0]) if len(tensors) == 1 and isinstance(tensors[0], (tuple, list)) else list(tensors)
    leaf.use(parts)
    sizes = [("size", place, 0) if part.rank else 1 for place, part in enumerate(parts)]
    if options.get("indexing") == "xy" and len(sizes) > 1:
        sizes[:2] = sizes[1::-1]
    return [_Sized("Meshgrid", tuple(sizes))] * len(parts)


@law("unfold")
def unfold(leaf: Leaf, input: Operand, *args: Any, **options: Any) -> Layer:
    if len(args) != 3 or options or not isinstance(args[1], int) or (input.rank == 4 and isinstance(args[0], tuple)):
        raise TypeError("im2col has no law")
    leaf.use(input)
    place, size, step = known(args[0]) % input.rank, known(args[1]), known(args[2])
    count = ("+", ("//", ("-", ("size", 0, place), size), step), 1)
    sizes = tuple(count if axis == place else ("size", 0, axis) for axis in range(input.rank))
    return _Sized("Unfold", (*sizes, size))
