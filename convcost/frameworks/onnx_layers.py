"""Laws of the ONNX operators with weights or windows: convolution, pooling, products, normalization, recurrence."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..errors import SpecError
from ..layers import (
    GRU,
    LSTM,
    RNN,
    Add,
    BatchNorm,
    Conv,
    ConvTranspose,
    GlobalPool,
    GroupNorm,
    InstanceNorm,
    LayerNorm,
    Linear,
    LocalResponseNorm,
    MatMul,
    Pad,
    Permute,
    Pointwise,
    Pool,
    Reshape,
    RMSNorm,
    ScaledDotProductAttention,
    Take,
)
from ..window import span
from .onnx_elementwise import join
from .onnx_moves import maps
from .onnx_values import Call, NoLaw, Place, Tensor, law, whole

# -- windows -----------------------------------------------------------------------------------------------------


def _sides(pads: Sequence[int]) -> tuple[tuple[int, int], ...]:
    """ONNX writes all sides before, then all sides behind."""
    half = len(pads) // 2
    return tuple(zip(pads[:half], pads[half:], strict=True))


def window_padding(call: Call) -> Any:
    """Padding in numbers or words. ``SAME_LOWER`` puts the odd one in front; sizes and counts are the same."""
    word = call.attributes.get("auto_pad", "NOTSET")
    if word in ("SAME_UPPER", "SAME_LOWER"):
        return "same"
    pads = call.attributes.get("pads") if word == "NOTSET" else None
    sides = _sides(pads or ())
    if len({side for pair in sides for side in pair}) <= 1:
        return sides[0][0] if sides else 0
    return sides


def _even(values: Sequence[int] | None, usual: int) -> Any:
    """One number where all axes agree."""
    if not values:
        return usual
    return values[0] if len(set(values)) == 1 else tuple(values)


def _bias(call: Call, number: int, size: int) -> Tensor | None:
    """A stored bias of ``size`` scalars, if there is one."""
    bias = call.get(number)
    if bias is not None and (not bias.is_weight or bias.stored != size):
        raise NoLaw("a bias that is computed")
    return bias


@law("Conv", "ConvInteger", "QLinearConv")
def _conv(call: Call) -> Tensor:
    tensor = maps(call)
    # Quantized operators have scales and zero points between.
    kernel = call.weight(3 if call.operator == "QLinearConv" else 1)
    places = {"Conv": 2, "QLinearConv": 8}
    bias = _bias(call, places[call.operator], kernel.shape[0]) if call.operator in places else None
    layer = Conv(
        kernel.shape[0],
        _even(kernel.shape[2:], 1),
        _even(call.attributes.get("strides"), 1),
        window_padding(call),
        _even(call.attributes.get("dilations"), 1),
        call.attributes.get("group", 1),
        bias is not None,
    )
    return call.add(layer, tensor, params=[kernel] if bias is None else [kernel, bias])


@law("ConvTranspose")
def _transposed(call: Call) -> Tensor:
    tensor, kernel = maps(call), call.weight(1)
    groups = call.attributes.get("group", 1)
    channels = kernel.shape[1] * groups
    bias = _bias(call, 2, channels)
    rank = len(kernel.shape) - 2
    stride = call.attributes.get("strides") or [1] * rank
    dilation = call.attributes.get("dilations") or [1] * rank
    extra = call.attributes.get("output_padding") or [0] * rank
    padding = window_padding(call)
    wanted = call.attributes.get("output_shape")
    if wanted:
        # The file states the size; what the windows reach beyond it is cut off.
        columns = tensor.shape[2:], kernel.shape[2:], stride, dilation, extra, wanted[-rank:]
        surplus = [
            (n - 1) * step + more + span(k, apart) - size
            for n, k, step, apart, more, size in zip(*columns, strict=True)
        ]
        if min(surplus) < 0:
            raise NoLaw("an output larger than what the windows reach")
        padding = tuple((over // 2, over - over // 2) for over in surplus)
    layer = ConvTranspose(
        channels, _even(kernel.shape[2:], 1), _even(stride, 1), padding, _even(extra, 0), groups, bias is not None,
        _even(dilation, 1),
    )  # fmt: skip
    return call.add(layer, tensor, params=[kernel] if bias is None else [kernel, bias])


@law("MaxPool", "AveragePool")
def _pool(call: Call) -> Tensor | Sequence[Tensor]:
    tensor = maps(call)
    padding = window_padding(call)
    options = {
        "kernel": _even(call.attributes["kernel_shape"], 1),
        "stride": _even(call.attributes.get("strides"), 1),
        "dilation": _even(call.attributes.get("dilations"), 1),
        "ceil_mode": bool(call.attributes.get("ceil_mode", 0)),
        "kind": "max" if call.operator == "MaxPool" else "avg",
        "count_include_pad": bool(call.attributes.get("count_include_pad", 0)),
    }
    layer = Pool(padding=padding, **options)
    try:
        layer.output_shape(tensor.example)
    except SpecError:
        # Wider borders than torch allows: as a layer of its own they are no border of the pool.
        rank = len(tensor.example) - 1
        sides = padding if isinstance(padding, tuple) else ((padding, padding),) * rank
        tensor = call.add(Pad(sides), tensor, suffix="border")
        layer = Pool(**options)
    return [call.add(layer, tensor)] * len(call.outputs)


@law("GlobalAveragePool", "GlobalMaxPool")
def _global_pool(call: Call) -> Tensor:
    return call.add(GlobalPool("max" if call.operator == "GlobalMaxPool" else "avg"), maps(call))


# -- products ----------------------------------------------------------------------------------------------------


def linear(call: Call, tensor: Tensor, weight: Tensor, features: int, bias: Tensor | None, axis: int = -1) -> Tensor:
    """A stored matrix on one axis of ``tensor``."""
    place = tensor.axis(axis)
    if tensor.batch is not None and axis % len(tensor.shape) == tensor.batch.axis:
        raise NoLaw("a product along the batch")
    layer = Linear(features, bias is not None, -1 if place == len(tensor.example) - 1 else place)
    return call.add(layer, tensor, params=[weight] if bias is None else [weight, bias])


@law("Gemm")
def _gemm(call: Call) -> Tensor:
    tensor, weight, bias = call.need(0), call.need(1), call.get(2)
    if call.attributes.get("transA", 0):
        raise NoLaw("a product with rows for columns")
    turned = call.attributes.get("transB", 0)
    features = weight.shape[0] if turned else weight.shape[1]
    if weight.is_weight:
        own = bias if bias is not None and bias.is_weight and bias.stored == features else None
        made = linear(call, tensor, weight, features, own)
    else:
        own = None
        if turned:
            weight = call.add(Permute((1, 0)), weight, suffix="turned")
            weight = Tensor(weight.shape, None, weight.number)
        made = _product(call, tensor, weight)
    if call.attributes.get("alpha", 1.0) != 1.0:
        made = call.add(Pointwise("mul"), made, suffix="alpha")
    return made if bias is None or own is not None else join(call, Add(), [made, bias], "bias")


@law("MatMul", "MatMulInteger", "QLinearMatMul")
def _matmul(call: Call) -> Tensor:
    left, right = call.need(0), call.need(3 if call.operator == "QLinearMatMul" else 1)
    if right.is_weight and len(right.shape) == 2 and not left.is_weight:
        return linear(call, left, right, right.shape[1], None)
    if left.is_weight and len(left.shape) == 2 and not right.is_weight and len(right.shape) > 1:
        return linear(call, right, left, left.shape[0], None, -2)
    return _product(call, left, right)


def _product(call: Call, left: Tensor, right: Tensor) -> Tensor:
    """A product of two computed operands, whose leading axes broadcast."""
    if min(len(left.shape), len(right.shape)) < 2:
        raise NoLaw("a product with a vector")
    rank = max(len(left.shape), len(right.shape))
    if left.batch is not None and left.batch.axis == len(left.shape) - 2 and right.batch is None and rank == 2:
        # One row for each example.
        row = call.number(left, (1, left.shape[-1])) if left.batch.alone else call.number(left)
        product = call.emit(MatMul(), [row, call.number(right)], "product" if left.batch.alone else "")
        if not left.batch.alone:
            return Tensor((left.shape[0], right.shape[1]), left.batch, product)
        return call.put(Reshape((right.shape[1],)), [product], left.batch)
    padded = [(*(1,) * (rank - len(tensor.shape)), *tensor.shape) for tensor in (left, right)]
    places = {
        tensor.batch._replace(axis=tensor.batch.axis + rank - len(tensor.shape))
        for tensor in (left, right)
        if tensor.batch is not None
    }
    batch = call.one_place(places)
    if batch is not None and batch.axis >= rank - 2:
        raise NoLaw("a product along the batch")
    numbers = [
        call.number(tensor, Tensor(shape, batch).example) for tensor, shape in zip((left, right), padded, strict=True)
    ]
    return call.put(MatMul(), numbers, batch)


@law("Attention")
def _attention(call: Call) -> Tensor:
    operands = [call.need(number) for number in range(3)]
    heads = {tensor.shape[1] for tensor in operands if len(tensor.shape) == 4}
    if len(heads) != 1 or any(len(t.shape) != 4 or t.batch != Place(0) for t in operands) or len(call.outputs) > 1:
        raise NoLaw("attention in another form than (batch, heads, steps, width)")
    return call.add(ScaledDotProductAttention(), *operands)


# -- normalization -----------------------------------------------------------------------------------------------


@law("BatchNormalization")
def _batch_norm(call: Call) -> Sequence[Tensor]:
    tensor = call.need(0)
    if tensor.batch != Place(0) or call.attributes.get("training_mode", 0):
        raise NoLaw("normalization by the statistics of the input")
    weights = [call.weight(number) for number in range(1, 5)]
    made = call.add(BatchNorm(), tensor, params=weights[:2], buffers=weights[2:])
    return [made] * len(call.outputs)


def _learned(call: Call, first: int, size: int) -> list[Tensor]:
    """Scale and shift, where they are stored and learned; constants (ones and zeros) are none."""
    found = []
    for number in (first, first + 1):
        tensor = call.get(number)
        if tensor is None or not tensor.learned:
            continue
        if not tensor.is_weight or tensor.stored != size:
            raise NoLaw("scales of another number")
        found.append(tensor)
    return found


@law("InstanceNormalization")
def _instance_norm(call: Call) -> Tensor:
    tensor = maps(call)
    weights = _learned(call, 1, tensor.shape[1])
    if len(weights) == 1:
        raise NoLaw("a scale without a shift")
    return call.add(InstanceNorm(affine=bool(weights)), tensor, params=weights)


@law("GroupNormalization")
def _group_norm(call: Call) -> Tensor:
    tensor = call.need(0)
    if tensor.batch != Place(0):
        raise NoLaw("maps without the batch in front")
    weights = _learned(call, 1, tensor.shape[1])
    affine: bool | str = len(weights) == 2
    if len(weights) == 1:
        affine = "scale" if call.need(1).learned else "shift"
    return call.add(GroupNorm(call.attributes["num_groups"], affine), tensor, params=weights)


@law("LayerNormalization", "RMSNormalization", "SimplifiedLayerNormalization")
def _layer_norm(call: Call) -> Sequence[Tensor]:
    tensor = call.need(0)
    first = call.attributes.get("axis", -1) % len(tensor.shape)
    if tensor.batch is not None and tensor.batch.axis >= first:
        raise NoLaw("a normalization along the batch")
    axes = tuple(tensor.axis(axis) for axis in range(first, len(tensor.shape)))
    size = 1
    for axis in axes:
        size *= tensor.example[axis]
    weights = _learned(call, 1, size)
    last = axes == (len(tensor.example) - 1,)
    if call.operator == "LayerNormalization":
        scaled = any(weight is call.get(1) for weight in weights)
        affine: bool | str = True if scaled else "shift" if weights else False
        layer: Any = LayerNorm(None, affine, len(weights) == 2 or not scaled, axis=None if last else axes)
    else:
        layer = RMSNorm(-1 if last else axes, bool(weights))
    return [call.add(layer, tensor, params=weights)] * len(call.outputs)


@law("LRN")
def _local_response(call: Call) -> Tensor:
    return call.add(LocalResponseNorm(call.attributes["size"]), call.need(0))


# -- recurrence --------------------------------------------------------------------------------------------------

_USUAL = {"LSTM": ["Sigmoid", "Tanh", "Tanh"], "GRU": ["Sigmoid", "Tanh"], "RNN": ["Tanh"]}


@law("LSTM", "GRU", "RNN")
def _recurrent(call: Call) -> Sequence[Tensor]:
    """A layer of one or two directions: all states, the last state, and with LSTM the last cell."""
    tensor, rows, columns, bias = call.need(0), call.weight(1), call.weight(2), call.get(3)
    directions, hidden = rows.shape[0], columns.shape[2]
    usual = _USUAL[call.operator] * directions
    if call.attributes.get("activations", usual) != usual or call.get(7) is not None:
        raise NoLaw("other gates than usual")
    if call.attributes.get("layout", 0) or tensor.batch != Place(1) or len(tensor.shape) != 3:
        raise NoLaw("a sequence without its steps in front")
    if bias is not None and not bias.is_weight:
        raise NoLaw("weights that are computed")
    kinds: dict[str, Any] = {"LSTM": LSTM, "GRU": GRU, "RNN": RNN}
    layer = kinds[call.operator](hidden, bias=bias is not None, bidirectional=directions == 2)
    weights = [weight for weight in (rows, columns, bias) if weight is not None]
    for number in (5, 6):
        # A state to begin with that is learned counts, too.
        state = call.get(number)
        if state is not None and state.is_weight and state.learned:
            call.number(state)
    states = call.add(layer, tensor, suffix="states", params=weights)
    steps, size = tensor.shape[0], call.target.batch
    # ONNX keeps an axis for the directions: (steps, directions, batch, hidden).
    shape = (steps, directions, size, hidden)
    number = call.number(states, Tensor(shape, Place(2)).example)
    every = Tensor(shape, Place(2), number)
    outputs = [every]
    if len(call.outputs) > 1:
        last = call.emit(Take(0), [number], "last")
        batch = Place(1)
        outputs += [Tensor(whole((directions, hidden), batch, size), batch, last)] * (len(call.outputs) - 1)
    return outputs
