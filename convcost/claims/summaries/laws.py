"""How many params a printed layer has: what its law gives for certain, and what would explain a printed number.

A *setting* is a row with what is known around it. ``expected`` gives the numbers that its law makes likely, likeliest
first, each with the arithmetic that people write; ``explains`` says whether anything at all explains a number, in
the widest reading: other kernels, groups, no bias. It answers ``None`` where nothing can be said.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from math import prod

from . import convolutions, kernels, layers
from .names import WITHOUT_PARAMS
from .setting import Reading, Setting, product

__all__ = ["Reading", "Setting", "expected", "explains", "natural"]


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
    beside = layers.features_in(setting) if setting.family == "dense" else setting.inputs[: len(setting.feeds)]
    fed = channels in beside
    known = fed or channels in setting.widths or (setting.first and channels in (1, 3))
    even = known or (channels & (channels - 1) == 0 and channels > 1)
    if even or channels % 16 == 0:
        habit = int((bias > 0) != setting.biased) if setting.family == "conv" else int(bias == 0)
        unlike = int(not known) + int(not even) + int(max(channels, width) % min(channels, width) != 0)
        rare = int(place > 1 and not fed)
        yield (unlike + habit + rare - fed, place), product(*kernel, channels, width, bias=bias)


def explains(setting: Setting, value: int) -> bool | None:
    """Whether a number of params can be explained.

    >>> layer = Setting("torchsummary", "Conv2d", "conv", 2, (64, 112, 112), first=True)
    >>> explains(layer, 9472), explains(layer, 9408), explains(layer, 9427)
    (True, True, False)
    """
    law = _EXPLAINS.get(setting.family)
    return None if law is None else law(setting, value)


_EXPECTED: dict[str, Callable[[Setting], Iterator[Reading]]] = {
    "conv": convolutions.conv,
    "transposed": convolutions.conv,
    "depthwise": convolutions.depthwise,
    "separable": convolutions.separable,
    "dense": layers.dense,
    "recurrent": layers.recurrent,
    "bidirectional": layers.bidirectional,
    "batchnorm": layers.batchnorm,
    "parameter": layers.parameter,
    **dict.fromkeys(("layernorm", "groupnorm", "instancenorm"), layers.pairs),
    **dict.fromkeys(WITHOUT_PARAMS, layers.nothing),
}
_EXPLAINS: dict[str, Callable[[Setting, int], bool | None]] = {
    "conv": convolutions.conv_explained,
    "transposed": convolutions.conv_explained,
    "depthwise": convolutions.depthwise_explained,
    "separable": convolutions.separable_explained,
    "dense": layers.dense_explained,
    "embedding": layers.embedding_explained,
    "recurrent": layers.recurrent_explained,
    "bidirectional": layers.bidirectional_explained,
    "batchnorm": layers.batchnorm_explained,
    "prelu": layers.prelu_explained,
    "parameter": layers.parameter_explained,
    **dict.fromkeys(("layernorm", "groupnorm", "instancenorm"), layers.pairs_explained),
    **dict.fromkeys(WITHOUT_PARAMS, layers.nothing_explained),
}
