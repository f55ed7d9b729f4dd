"""How many params a printed layer has: what its law gives for certain, and what would explain a printed number.

A *setting* is a row with what is known around it. ``expected`` gives the numbers that its law makes likely, likeliest
first, each with the arithmetic that people write; ``explains`` says whether anything at all explains a number, in
the widest reading: other kernels, groups, no bias. It answers ``None`` where nothing can be said.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from math import gcd, prod

from . import kernels
from .record import Dims

#: So few features may come from anywhere.
_ANY_FEATURES = 512
#: Widths that are looked at in search of what feeds a layer.
_MOST_WIDTHS = 24


@dataclass(frozen=True)
class Reading:
    """A number of params and how it comes about."""

    value: int
    text: str


@dataclass(frozen=True)
class Setting:
    """A row and its surroundings.

    ``feeds`` are shapes that may be its input, likeliest first; with ``sure`` the first one is it. ``widths`` are the
    channel counts that occur in the table, ``biased`` whether its convolutions have biases, ``last`` whether channels
    come last.
    """

    tool: str
    kind: str
    family: str
    rank: int
    output: Dims
    feeds: tuple[Dims, ...] = ()
    sure: bool = False
    first: bool = False
    kernel: Dims | None = None
    widths: frozenset[int] = frozenset()
    biased: bool = True
    last: bool = False

    def channels(self, dims: Dims) -> int:
        """The channel count of a shape."""
        return dims[-1] if self.last or len(dims) == 1 else dims[0]

    def sizes(self, dims: Dims) -> Dims:
        """Its other dims."""
        return dims[:-1] if self.last else dims[1:]

    @property
    def width(self) -> int:
        """Its own channel count."""
        return self.channels(self.output)

    @property
    def inputs(self) -> tuple[int, ...]:
        """Channel counts that may come in, likeliest first."""
        own = [width for feed in self.feeds if feed and (width := self.channels(feed)) > 0]
        if self.sure:
            return tuple(own[:1])
        return tuple(dict.fromkeys([*own, *([3, 1] if self.first else []), *sorted(self.widths, reverse=True)]))


def expected(setting: Setting) -> Iterator[Reading]:
    """Likely numbers of params.

    >>> layer = Setting("keras", "Conv2D", "conv", 2, (26, 26, 32), ((28, 28, 1),), sure=True, last=True)
    >>> next(expected(layer))
    Reading(value=320, text='3×3×1×32 + 32')
    """
    law = _EXPECTED.get(setting.family)
    if law is not None:
        yield from law(setting)


def natural(setting: Setting, values: Iterable[int]) -> Iterator[Reading]:
    """Which of some numbers a layer may well have whose input nobody knows, likeliest first.

    >>> layer = Setting("torchsummary", "Conv2d", "conv", 2, (128, 56, 56))
    >>> next(natural(layer, (73_855, 73_856, 73_984)))
    Reading(value=73856, text='3×3×64×128 + 128')
    """
    found: list[tuple[tuple[int, ...], Reading]] = []
    width = setting.output[-1] if setting.family == "dense" else setting.width
    if setting.family in ("conv", "dense") and width > 0:
        sides = kernels.USUAL[setting.rank][:8] if setting.family == "conv" else (1,)
        for value in values:
            for place, side in enumerate(sides):
                for bias in (width, 0):
                    found += _natural(setting, value, side, bias, width, place)
    yield from (reading for _, reading in sorted(found, key=lambda item: item[0]))


def _natural(
    setting: Setting, value: int, side: int, bias: int, width: int, place: int
) -> Iterator[tuple[tuple[int, ...], Reading]]:
    kernel = (side,) * setting.rank if setting.family == "conv" else ()
    weights = width * prod(kernel)
    channels, rest = divmod(value - bias, weights)
    if rest or channels < 1:
        return
    beside = _features(setting) if setting.family == "dense" else setting.inputs[: len(setting.feeds)]
    fed = channels in beside
    known = fed or channels in setting.widths or (setting.first and channels in (1, 3))
    even = known or (channels & (channels - 1) == 0 and channels > 1)
    if even or channels % 16 == 0:
        habit = int((bias > 0) != setting.biased) if setting.family == "conv" else int(bias == 0)
        unlike = int(not known) + int(not even) + int(max(channels, width) % min(channels, width) != 0)
        rare = int(place > 1 and not fed)
        yield (unlike + habit + rare - fed, place), _product(*kernel, channels, width, bias=bias)


def explains(setting: Setting, value: int) -> bool | None:
    """Whether a number of params can be explained.

    >>> layer = Setting("torchsummary", "Conv2d", "conv", 2, (64, 112, 112), first=True)
    >>> explains(layer, 9472), explains(layer, 9408), explains(layer, 9427)
    (True, True, False)
    """
    law = _EXPLAINS.get(setting.family)
    return None if law is None else law(setting, value)


def _product(*factors: int, bias: int = 0) -> Reading:
    text = "×".join(map(str, factors))
    return Reading(prod(factors) + bias, f"{text} + {bias}" if bias else text)


# -- convolutions ------------------------------------------------------------------------------------------------


def _fitting(setting: Setting) -> bool:
    return len(setting.output) == setting.rank + 1 and setting.width > 0


def _usual_kernels(setting: Setting, feed: Dims | None) -> Iterator[Dims]:
    """Kernels that people use, and that fit the sizes where these are known."""
    rank = setting.rank
    if setting.kernel is not None:
        if len(setting.kernel) == rank or len(setting.kernel) == 1:
            yield setting.kernel * (rank if len(setting.kernel) == 1 else 1)
        return
    out = setting.sizes(setting.output)
    for side in kernels.USUAL[rank]:
        kernel = (side,) * rank
        if feed is None or len(feed) != rank + 1 or kernels.fit(setting.sizes(feed), kernel, out, _padding(setting)):
            yield kernel
    if rank == 2:
        yield from ((1, 7), (1, 3), (1, 5))


def _padding(setting: Setting) -> str:
    return "keras" if setting.tool == "keras" and setting.family != "transposed" else "any"


def _conv(setting: Setting) -> Iterator[Reading]:
    if not _fitting(setting):
        return
    out = setting.width
    biases = (out, 0) if setting.biased else (0, out)
    feed = setting.feeds[0] if setting.feeds and setting.family != "transposed" else None
    for place, channels in enumerate(setting.inputs[:_MOST_WIDTHS]):
        for kernel in _usual_kernels(setting, feed if place == 0 else None):
            for bias in biases:
                yield _product(*kernel, channels, out, bias=bias)
                if channels == out and max(kernel) > 1:
                    yield _product(*kernel, out, bias=bias)


def _conv_explained(setting: Setting, value: int) -> bool | None:
    if not _fitting(setting):
        return None
    out = setting.width
    return any(
        rest > 0 and rest % out == 0 and _weights_explained(setting, rest // out)
        for rest in ((value - out, value) if setting.biased else (value, value - out))
    )


def _weights_explained(setting: Setting, weights: int) -> bool:
    """``weights`` are those of one output channel: kernel times input channels over groups."""
    known = setting.inputs if setting.sure else tuple(setting.widths | set(setting.inputs))
    if any(_split(setting, channels, weights) for channels in known if channels > 0):
        return True
    return (not setting.sure or not known) and _from_elsewhere(setting, weights)


def _split(setting: Setting, channels: int, weights: int) -> bool:
    groups = gcd(channels, setting.width)
    if setting.kernel is not None:
        taps = _taps(setting)
        # Old versions of torchinfo print the whole weight for a kernel; then nothing is left to explain.
        return taps is None or (weights % taps == 0 and channels % (weights // taps) == 0)
    if weights % channels == 0 and _kernel_fits(setting, weights // channels):
        return True
    for count in range(2, min(groups, 4096) + 1):
        if groups % count or weights % (channels // count):
            continue
        taps = weights // (channels // count)
        side = round(taps ** (1 / setting.rank))
        longest = kernels.LONGEST[setting.rank] if count == channels else 7
        if side <= longest and side**setting.rank == taps:
            return True
    return False


def _taps(setting: Setting) -> int | None:
    kernel = setting.kernel or ()
    if len(kernel) == 1:
        taps: int = kernel[0] ** setting.rank
        return taps
    return prod(kernel) if len(kernel) == setting.rank else None


def _kernel_fits(setting: Setting, taps: int) -> bool:
    options = kernels.shapes(taps, setting.rank)
    feed = setting.feeds[0] if setting.sure and setting.feeds else None
    if feed is None or setting.family == "transposed" or len(feed) != len(setting.output):
        return bool(options)
    sizes, out = setting.sizes(feed), setting.sizes(setting.output)
    return any(kernels.fit(sizes, kernel, out, _padding(setting)) for kernel in options)


def _from_elsewhere(setting: Setting, weights: int) -> bool:
    """The input may come out of a function that is no row: a concatenation, a split, a mean."""
    for side in range(1, 16):
        taps = side**setting.rank
        if weights % taps:
            continue
        channels = weights // taps
        small = 16 if setting.first else 4
        if channels <= small or channels % 8 == 0 or _from_widths(setting, channels):
            return True
    return False


def _from_widths(setting: Setting, channels: int) -> bool:
    widths = setting.widths
    return (
        2 * channels in widths
        or 4 * channels in widths
        or any(channels - own in widths for own in setting.inputs[:2])
        or any(channels % width == 0 and channels // width <= 6 for width in widths if width > 8)
    )


def _depthwise(setting: Setting) -> Iterator[Reading]:
    if _fitting(setting):
        feed = setting.feeds[0] if setting.feeds else None
        for kernel in _usual_kernels(setting, feed):
            for bias in (setting.width, 0) if setting.biased else (0, setting.width):
                yield _product(*kernel, setting.width, bias=bias)


def _depthwise_explained(setting: Setting, value: int) -> bool | None:
    if not _fitting(setting):
        return None
    out = setting.width
    return any(rest > 0 and rest % out == 0 and _kernel_fits(setting, rest // out) for rest in (value - out, value))


def _separable(setting: Setting) -> Iterator[Reading]:
    if _fitting(setting) and setting.sure and setting.inputs:
        (channels,), out = setting.inputs, setting.width
        for kernel in _usual_kernels(setting, setting.feeds[0]):
            for bias in (out, 0) if setting.biased else (0, out):
                text = f"{'×'.join(map(str, kernel))}×{channels} + {channels}×{out}" + (f" + {bias}" if bias else "")
                yield Reading(prod(kernel) * channels + channels * out + bias, text)


def _separable_explained(setting: Setting, value: int) -> bool | None:
    if not (_fitting(setting) and setting.sure and setting.inputs):
        return None
    (channels,), out = setting.inputs, setting.width
    for bias in (out, 0):
        for multiplier in range(1, 9):
            rest = value - bias - channels * multiplier * out
            if rest > 0 and rest % (channels * multiplier) == 0:
                taps = rest // (channels * multiplier)
                if _kernel_fits(setting, taps):
                    return True
    return False


# -- linear layers, embeddings, recurrences -----------------------------------------------------------------------


def _features(setting: Setting) -> tuple[int, ...]:
    """How many features may come in: the last axis; flattened, or averaged, by a function that is no row."""
    if setting.sure:
        return (setting.feeds[0][-1],) if setting.feeds and setting.feeds[0] else ()
    found: list[int] = []
    for feed in setting.feeds:
        if feed and min(feed) > 0:
            found += [feed[-1], prod(feed), feed[0]] if len(feed) < 3 else [prod(feed), feed[0], feed[-1]]
    return tuple(dict.fromkeys(found))


def _dense(setting: Setting) -> Iterator[Reading]:
    out = setting.output[-1] if setting.output else 0
    if out > 0:
        for features in _features(setting):
            if features > 0:
                yield _product(features, out, bias=out)
                yield _product(features, out)


def _dense_explained(setting: Setting, value: int) -> bool | None:
    out = setting.output[-1] if setting.output else 0
    features = [number for number in _features(setting) if number > 0]
    if out <= 0 or (setting.sure and not features):
        return None
    if value <= 0 or value % out:
        return False
    incoming = {value // out, value // out - 1}
    if incoming & set(features):
        return True
    if setting.sure:
        return False
    return any(
        number <= _ANY_FEATURES or number % 4 == 0 or number % 10 == 0 or _from_widths(setting, number)
        for number in incoming
        if number > 0
    )


def _embedding_explained(setting: Setting, value: int) -> bool | None:
    out = setting.output[-1] if setting.output else 0
    return None if out <= 0 else value > 0 and value % out == 0


_GATES = {"LSTM": 4, "CuDNNLSTM": 4, "GRU": 3, "CuDNNGRU": 3, "SimpleRNN": 1, "RNN": 1}


def _recurrent_forms(kind: str, units: int, features: int) -> Iterator[Reading]:
    gates = _GATES[kind]
    biases = (2, 1, 0) if kind in ("GRU", "CuDNNGRU", "CuDNNLSTM") else (1, 0, 2)
    for bias in biases:
        inner = f"{features} + {units}" + (f" + {bias}" if bias else "")
        yield Reading(gates * units * (features + units + bias), f"{gates}×{units}×({inner})")


def _recurrent(setting: Setting) -> Iterator[Reading]:
    known = setting.tool == "keras" and setting.sure and setting.kind in _GATES
    if not (known and setting.feeds and setting.feeds[0] and setting.output):
        return
    if setting.feeds[0][-1] > 0 and setting.output[-1] > 0:
        yield from _recurrent_forms(setting.kind, setting.output[-1], setting.feeds[0][-1])


def _recurrent_explained(setting: Setting, value: int) -> bool | None:
    forms = [reading.value for reading in _recurrent(setting)]
    return value in forms if forms else None


def _bidirectional(setting: Setting) -> Iterator[Reading]:
    if not (setting.sure and setting.feeds and setting.feeds[0] and setting.output):
        return
    features, out = setting.feeds[0][-1], setting.output[-1]
    if features <= 0 or out <= 0 or out % 2:
        return
    for kind in ("LSTM", "GRU", "SimpleRNN"):
        for reading in _recurrent_forms(kind, out // 2, features):
            yield Reading(2 * reading.value, f"2×{reading.text}")


def _bidirectional_explained(setting: Setting, value: int) -> bool | None:
    forms = [reading.value for reading in _bidirectional(setting)]
    if not forms:
        return None
    whole = setting.output[-1]
    summed = [2 * form.value for kind in _GATES for form in _recurrent_forms(kind, whole, setting.feeds[0][-1])]
    return value in forms or value in summed


# -- the rest -----------------------------------------------------------------------------------------------------


def _batchnorm(setting: Setting) -> Iterator[Reading]:
    if setting.output and setting.width > 0:
        for times in {"keras": (4, 3, 2), "paddle": (4, 2)}.get(setting.tool, (2,)):
            yield _product(times, setting.width)


def _batchnorm_explained(setting: Setting, value: int) -> bool | None:
    if not setting.output or (min(setting.output) < 0 and setting.width < 0):
        return None
    times = {"keras": (4, 3, 2), "paddle": (4, 2)}.get(setting.tool, (2,))
    axes = setting.output if setting.tool == "keras" else (setting.width,)
    return value in {factor * axis for factor in times for axis in axes} or (value == 0 and setting.tool != "keras")


def _pairs(setting: Setting) -> Iterator[Reading]:
    """Scale and shift of a normalization over channels or the last axis."""
    if setting.output and setting.output[-1] > 0:
        axis = setting.output[-1] if setting.family == "layernorm" else setting.width
        yield _product(2, axis)


def _pairs_explained(setting: Setting, value: int) -> bool | None:
    dims = setting.output
    if not dims or min(dims) < 0:
        return None
    axes = {*dims, *(prod(dims[n:]) for n in range(len(dims)))}
    return value == 0 or value in {factor * axis for factor in (1, 2) for axis in axes}


def _prelu_explained(setting: Setting, value: int) -> bool | None:
    products = {1}
    for size in setting.output[:5]:
        products |= {factor * size for factor in products}
    return value in products


def _parameter(setting: Setting) -> Iterator[Reading]:
    yield _product(*setting.output)


def _parameter_explained(setting: Setting, value: int) -> bool | None:
    return value == prod(setting.output)


def _nothing(setting: Setting) -> Iterator[Reading]:
    yield Reading(0, "0")


def _nothing_explained(setting: Setting, value: int) -> bool | None:
    return value == 0


_ZERO = (
    "pool",
    "adaptive",
    "global",
    "same",
    "pad",
    "flatten",
    "upsample",
    "reshape",
    "free",
    "concat",
    "elementwise",
    "input",
)
_EXPECTED: dict[str, Callable[[Setting], Iterator[Reading]]] = {
    "conv": _conv, "transposed": _conv, "depthwise": _depthwise, "separable": _separable, "dense": _dense,
    "recurrent": _recurrent, "bidirectional": _bidirectional, "batchnorm": _batchnorm, "layernorm": _pairs,
    "groupnorm": _pairs, "instancenorm": _pairs, "parameter": _parameter, **dict.fromkeys(_ZERO, _nothing),
}  # fmt: skip
_EXPLAINS: dict[str, Callable[[Setting, int], bool | None]] = {
    "conv": _conv_explained, "transposed": _conv_explained, "depthwise": _depthwise_explained,
    "separable": _separable_explained, "dense": _dense_explained, "embedding": _embedding_explained,
    "recurrent": _recurrent_explained, "bidirectional": _bidirectional_explained, "batchnorm": _batchnorm_explained,
    "layernorm": _pairs_explained, "groupnorm": _pairs_explained, "instancenorm": _pairs_explained,
    "prelu": _prelu_explained, "parameter": _parameter_explained, **dict.fromkeys(_ZERO, _nothing_explained),
}  # fmt: skip
