"""The shared vocabulary of random layers, shapes and blocks. New layers join it here."""

from __future__ import annotations

from hypothesis import strategies as st

from convcost import (
    ELU,
    GELU,
    SELU,
    AdaptivePool,
    Add,
    BatchNorm,
    ChannelShuffle,
    Combine,
    Concat,
    Conv,
    ConvTranspose,
    Dropout,
    Einsum,
    Flatten,
    GlobalPool,
    GroupNorm,
    Hardsigmoid,
    Hardswish,
    Hardtanh,
    Identity,
    InstanceNorm,
    LayerNorm,
    LeakyReLU,
    Linear,
    LocalResponseNorm,
    Mish,
    Module,
    Mul,
    Pad,
    Parameter,
    Permute,
    PixelShuffle,
    Pointwise,
    Pool,
    PReLU,
    Reduce,
    ReLU,
    ReLU6,
    Repeat,
    Reshape,
    RMSNorm,
    Seq,
    Sigmoid,
    SiLU,
    Slice,
    Softmax,
    Softplus,
    Take,
    Tanh,
    Tile,
    Upsample,
)
from convcost.layers.elementwise import _FUNCTIONS, REDUCTIONS

small = st.integers(1, 4)


@st.composite
def maps(draw, ranks=(1, 2, 3), low=1, high=12):
    """A shape ``(C, *spatial)``."""
    rank = draw(st.sampled_from(ranks))
    channels = draw(st.sampled_from([1, 2, 3, 4, 6, 8, 12]))
    return (channels, *(draw(st.integers(low, high)) for _ in range(rank)))


def _per_axis(draw, rank, values):
    """One number, or one for each axis."""
    return draw(values) if draw(st.booleans()) else tuple(draw(values) for _ in range(rank))


def _divisors(*numbers):
    return [g for g in range(1, min(numbers) + 1) if all(n % g == 0 for n in numbers)]


@st.composite
def convs(draw, shape, sided=True):
    """A convolution whose arguments make sense, though it may not fit ``shape``."""
    rank = len(shape) - 1
    out = draw(st.sampled_from([1, 2, 4, 6, 12]))
    padding = st.integers(0, 3)
    forms = [padding, st.tuples(*[padding] * rank)]
    if sided:
        forms += [st.tuples(*[st.tuples(padding, padding)] * rank), st.sampled_from(["same", "valid"])]
    groups = draw(st.sampled_from(_divisors(shape[0], out)))
    if out % shape[0] == 0 and draw(st.booleans()):
        groups = "depthwise"
    return Conv(
        out,
        _per_axis(draw, rank, st.integers(1, 5)),
        stride=_per_axis(draw, rank, st.integers(1, 3)),
        padding=draw(st.one_of(forms)),
        dilation=_per_axis(draw, rank, st.integers(1, 3)),
        groups=groups,
        bias=draw(st.booleans()),
    )


@st.composite
def transposed(draw, shape):
    """A transposed convolution."""
    rank = len(shape) - 1
    out = draw(st.sampled_from([1, 2, 4, 6]))
    stride = draw(st.integers(1, 3))
    dilation = draw(st.integers(1, 2))
    return ConvTranspose(
        out,
        _per_axis(draw, rank, st.integers(1, 4)),
        stride=stride,
        padding=draw(st.integers(0, 1)),
        output_padding=draw(st.integers(0, max(stride, dilation) - 1)),
        groups=draw(st.sampled_from(_divisors(shape[0], out))),
        bias=draw(st.booleans()),
        dilation=dilation,
    )


@st.composite
def pools(draw, shape):
    """A pool of any kind."""
    rank = len(shape) - 1
    which = draw(st.sampled_from(["sliding", "sliding", "global", "adaptive"]))
    kind = draw(st.sampled_from(["max", "avg"]))
    if which == "global":
        return GlobalPool(kind)
    if which == "adaptive":
        return AdaptivePool(_per_axis(draw, rank, st.integers(1, 5)), kind)
    kernel = draw(st.integers(1, 5))
    return Pool(
        kernel,
        stride=draw(st.one_of(st.none(), st.integers(1, 4))),
        padding=draw(st.integers(0, kernel // 2)),
        dilation=draw(st.integers(1, 2)) if kind == "max" else 1,
        ceil_mode=draw(st.booleans()),
        kind=kind,
        count_include_pad=draw(st.booleans()),
    )


def pointwise(shape):
    """Layers that keep the shape."""
    same_shape = [
        ReLU(), ReLU6(), LeakyReLU(), ELU(), SELU(), Sigmoid(), Tanh(), SiLU(), GELU(), GELU("tanh"),
        Softplus(), Mish(), Softmax(log=True), *map(Pointwise, _FUNCTIONS), RMSNorm(), RMSNorm(0, False),
        Hardsigmoid(), Hardswish(), Hardtanh(), PReLU(), PReLU(shape[0]), Softmax(0), Dropout(), BatchNorm(),
        BatchNorm(affine=False), BatchNorm(track_running_stats=False), LocalResponseNorm(3), LayerNorm(),
        LayerNorm(bias=False), LayerNorm(elementwise_affine=False), LayerNorm(shape), LayerNorm(axis=0),
        LayerNorm(axis=(-1, 0), bias=False),
    ]  # fmt: skip
    same_shape += [GroupNorm(g) for g in _divisors(shape[0])] + [GroupNorm(1, affine=False)]
    if len(shape) > 1:
        same_shape += [InstanceNorm(), InstanceNorm(affine=True, track_running_stats=True)]
    return st.sampled_from(same_shape)


@st.composite
def movers(draw, shape):
    """Layers that move elements."""
    rank = len(shape) - 1
    choices = [Flatten(), Flatten(1) if rank > 1 else Flatten(), Reshape((-1,)), Reshape((shape[0], -1))]
    choices.append(Permute(tuple(draw(st.permutations(range(rank + 1))))))
    choices.append(Pad(draw(st.integers(0, 2))))
    choices.append(Pad(tuple((draw(st.integers(0, 2)), draw(st.integers(0, 2))) for _ in range(rank))))
    linear = {1: "linear", 2: "bilinear", 3: "trilinear"}[rank]
    choices.append(Upsample(scale_factor=draw(st.integers(1, 3)), mode=draw(st.sampled_from(["nearest", linear]))))
    choices.append(Upsample(draw(st.integers(1, 9))))
    if rank == 2:
        choices += [ChannelShuffle(g) for g in _divisors(shape[0])]
        choices += [PixelShuffle(2)] if shape[0] % 4 == 0 else []
    choices.append(Linear(draw(st.integers(1, 8)), bias=draw(st.booleans())))
    choices.append(Linear(draw(st.integers(1, 8)), axis=0))
    axis = draw(st.integers(-rank - 1, rank))
    places = st.integers(-4, 12)
    choices.append(Slice(axis, draw(places), draw(st.one_of(st.none(), places)), draw(st.integers(1, 3))))
    choices.append(Take(axis, draw(st.one_of(st.none(), st.integers(1, 5)))))
    choices.append(Tile(tuple(draw(st.integers(1, 3)) for _ in shape)))
    several = draw(st.one_of(st.none(), st.sets(st.integers(0, rank), min_size=1).map(tuple)))
    choices.append(Reduce(draw(st.sampled_from(REDUCTIONS)), several, draw(st.booleans())))
    join = draw(st.sampled_from(["sub", "div", "pow", "max", "min", "compare", "logic", "average"]))
    choices.append(Combine(Identity(), Pointwise("abs"), Parameter((1,) * len(shape)), operation=join))
    choices.append(Combine(*[Identity()] * 3, operation="select"))
    choices.append(Add(Identity(), Parameter(shape, learned=draw(st.booleans()))))
    if min(shape) > 1:
        # Torch makes plain products, which are no MACs to its counter, of axes of size 1.
        letters = "abcdef"[: len(shape)]
        kept = draw(st.permutations(letters))[0]
        choices.append(Einsum(Identity(), Identity(), equation=f"{letters},{letters}->{kept}"))
        choices.append(Einsum(Linear(3, axis=0), Identity(), equation=f"z{letters[1:]},{letters}->{letters[0]}z"))
    return draw(st.sampled_from(choices))


@st.composite
def placed_layers(draw):
    """A layer and an input shape for it; the layer may still not fit."""
    shape = draw(maps())
    return draw(st.one_of(convs(shape), transposed(shape), pools(shape), pointwise(shape), movers(shape))), shape


@st.composite
def keepers(draw, shape, sided=False):
    """A block that keeps the spatial size of a map: what branches may be made of."""
    parts = []
    for _ in range(draw(st.integers(1, 3))):
        choice = draw(st.sampled_from(["conv", "conv", "point", "pool", "pair"]))
        if choice == "conv":
            kernel = draw(st.sampled_from([1, 3, 5]))
            dilation = draw(st.sampled_from([1, 2]))
            padding = "same" if sided and draw(st.booleans()) else dilation * (kernel // 2)
            parts.append(
                Conv(
                    draw(st.sampled_from([2, 4, 6])),
                    kernel,
                    padding=padding,
                    dilation=dilation,
                    bias=draw(st.booleans()),
                )
            )
        elif choice == "pair":
            n = draw(st.sampled_from([3, 5]))
            parts += [Conv(4, (1, n), padding=(0, n // 2)), Conv(4, (n, 1), padding=(n // 2, 0), groups=2)]
        elif choice == "point":
            parts.append(draw(st.sampled_from([ReLU(), BatchNorm(), SiLU(), Dropout(), GELU(), LocalResponseNorm(3)])))
        else:
            parts.append(Pool(3, stride=1, padding=1, kind=draw(st.sampled_from(["max", "avg"]))))
    return Seq(*parts)


@st.composite
def blocks(draw, shape, depth=2):
    """A block on 2-d maps, with branches, residuals, gates, repetitions and downsampling."""
    parts = []
    for _ in range(draw(st.integers(1, 3))):
        choice = draw(st.sampled_from(["chain", "concat", "residual", "gate", "down", "repeat", "module"]))
        if depth == 0 or choice == "chain":
            parts.append(draw(keepers(shape)))
        elif choice == "concat":
            branches = [
                draw(st.one_of(keepers(shape), st.just(Identity()), blocks(shape, 0)))
                for _ in range(draw(st.integers(1, 4)))
            ]
            parts.append(Concat(*branches))
        elif choice == "residual":
            width = draw(st.sampled_from([2, 4]))
            body = draw(keepers(shape)) >> Conv(width, 1)
            parts.append(Conv(width, 1) >> Add(Identity(), body) >> ReLU())
        elif choice == "gate":
            parts.append(Conv(4, 1) >> Mul(Identity(), GlobalPool() >> Conv(2, 1) >> ReLU() >> Conv(4, 1) >> Sigmoid()))
        elif choice == "down":
            parts.append(
                draw(st.sampled_from([Pool(2, ceil_mode=True), Conv(4, 3, stride=2, padding=1), Pool(3, 2, 1)]))
            )
        elif choice == "repeat":
            parts.append(Conv(4, 1) >> Repeat(Conv(4, 3, padding=1, groups=2) >> ReLU(), draw(st.integers(0, 3))))
        else:
            parts.append(Module("Unit", draw(keepers(shape))))
    return Seq(*parts)


@st.composite
def placed_blocks(draw):
    """A block and an input shape."""
    shape = draw(maps(ranks=(2,), low=4, high=16))
    body = draw(blocks(shape))
    if draw(st.booleans()):
        body = body >> AdaptivePool(2) >> Flatten() >> Linear(draw(st.integers(1, 10)))
    return body, shape
