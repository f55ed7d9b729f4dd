"""The networks of the five tutorials that the project began with, written anew from their architecture."""

from __future__ import annotations

from ..arith import Dim
from ..block import Block, Identity, Module, Seq, Tap
from ..layers import Add, BatchNorm, Concat, Conv, Dropout, Flatten, Linear, Pool, ReLU, Softmax
from .inception_v1 import TABLE
from .parts import conv_norm_relu, conv_relu


def small_block(name: str | None = None, *, kernel5: int = 5, padding5: int = 2, stride5: int = 1) -> Block:
    """The four-branch block for MNIST: 16, 24, 24 and 24 channels side by side, no activations.

    Tutorial 003 builds its 5×5 branch with ``kernel5=1``, and the text of 001 gives it ``stride5=2``: neither fits.

    >>> from convcost import cost
    >>> cost(small_block(), (10, 12, 12)).output_shape
    (88, 12, 12)
    """
    return Concat(
        Seq(Conv(16, 1), name="branch1"),
        Seq(Conv(16, 1), Conv(24, kernel5, padding=padding5, stride=stride5), name="branch5"),
        Seq(Conv(16, 1), Conv(24, 3, padding=1), Conv(24, 3, padding=1), name="branch3"),
        Seq(Pool(3, stride=1, padding=1, kind="avg"), Conv(24, 1), name="branch_pool"),
        name=name,
    )


def mnist_inception(features: int | None = None, **block: int) -> Block:
    """Convolution, pool and block, twice, then one linear layer (tutorials 000, 001 and 003).

    ``features`` is what the linear layer expects: 1,408 come in; tutorial 000 writes 3·3·1024 instead.

    >>> from convcost import cost
    >>> cost(mnist_inception(), (1, 28, 28)).params
    97298
    """
    return Seq(
        Conv(10, 5, name="conv1"),
        Pool(2, name="pool1"),
        ReLU(),
        small_block("inception1", **block),
        Conv(20, 5, name="conv2"),
        Pool(2, name="pool2"),
        ReLU(),
        small_block("inception2", **block),
        Flatten(),
        Linear(10, in_features=features, name="fc"),
    )


def residual_block(channels: Dim, name: str | None = None) -> Block:
    """Two 3×3 convolutions and the input added, ReLU behind each."""
    body = Seq(Conv(channels, 3, padding=1), ReLU(), Conv(channels, 3, padding=1), name="body")
    return Seq(Add(Identity(), body), ReLU(), name=name)


def mnist_residual() -> Block:
    """Tutorial 003's second network: convolution, pool and residual block, twice, then one linear layer.

    >>> from convcost import cost
    >>> cost(mnist_residual(), (1, 28, 28)).params
    41514
    """
    return Seq(
        Conv(16, 5, name="conv1"),
        Pool(2, name="pool1"),
        ReLU(),
        residual_block(16, "residual1"),
        Conv(32, 5, name="conv2"),
        Pool(2, name="pool2"),
        ReLU(),
        residual_block(32, "residual2"),
        Flatten(),
        Linear(10, name="fc"),
    )


def keras_inception_v1() -> Block:
    """Tutorial 002's Inception v1, as printed: ``same`` padding and two side classifiers.

    Its blocks 5a and 5b give the 5×5 branch 32 and 48 filters (the paper: 128), and its side classifiers have no
    flatten, so that their linear layers work on the channels of a 4×4 map.

    >>> from convcost import cost
    >>> cost(keras_inception_v1(), (3, 224, 224)).output_shape
    ((1000, 4, 4), (1000, 4, 4), (1000,))
    """

    def unit(out: int, kernel: int, stride: int = 1) -> Block:
        return Seq(Conv(out, kernel, stride=stride, padding="same"), ReLU())

    def side() -> Block:
        return Seq(
            Pool(5, stride=3, kind="avg"), Conv(128, 1), ReLU(), Linear(1024, axis=0), ReLU(), Dropout(0.7),
            Linear(1000, axis=0), Softmax(0),
        )  # fmt: skip

    def halve() -> Block:
        return Pool(3, stride=2, padding="same")

    parts: list[Block] = [unit(64, 7, 2), BatchNorm(), halve(), unit(64, 1), unit(192, 3), BatchNorm(), halve()]
    printed = {"5a": 32, "5b": 48}
    for name, widths in TABLE.items():
        if widths is None:
            parts.append(halve())
            continue
        one, reduce3, three, reduce5, five, projection = widths
        parts.append(
            Concat(
                unit(one, 1),
                unit(reduce3, 1) >> unit(three, 3),
                unit(reduce5, 1) >> unit(printed.get(name, five), 5),
                Pool(3, stride=1, padding="same") >> unit(projection, 1),
                name=f"inception_{name}",
            )
        )
        if name in ("4a", "4d"):
            parts.append(Tap(side(), name="aux1" if name == "4a" else "aux2"))
    return Seq(
        *parts, Pool(7, stride=1, kind="avg"), Flatten(), Dropout(0.4), Linear(1000, name="fc"), Softmax(name="softmax")
    )


def normalized_trunk(width: Dim = 1) -> Block:
    """Tutorial 004's convolutions: Inception v1 with batch normalization inside the blocks; ``width`` multiplies every
    channel number.

    >>> from convcost import cost, symbols
    >>> h, w = symbols("h w")
    >>> counted = cost(normalized_trunk(w), (3, 32 * h, 32 * h))
    >>> counted.macs, counted.params
    (29870080*h**2*w**2 + 2408448*h**2*w, 5956864*w**2 + 30608*w)
    """

    def unit(out: Dim, kernel: int, padding: int = 0) -> Block:
        return conv_norm_relu(out, kernel, padding=padding, bias=True)

    def block(widths: tuple[int, ...], name: str) -> Block:
        one, reduce3, three, reduce5, five, projection = (n * width for n in widths)
        branches = Concat(
            unit(one, 1),
            unit(reduce3, 1) >> unit(three, 3, 1),
            unit(reduce5, 1) >> unit(five, 5, 2),
            Pool(3, stride=1, padding=1) >> unit(projection, 1),
        )
        return Module("InceptionBlock", branches, name=name)

    def halve() -> Block:
        return Pool(3, stride=2, padding=1)

    parts: list[Block] = [
        Seq(conv_relu(64 * width, 7, 2, 3), halve(), name="conv1"),
        Seq(conv_relu(64 * width, 1), conv_relu(192 * width, 3, 1, 1), halve(), name="conv2"),
    ]
    for name, widths in TABLE.items():
        parts.append(halve() if widths is None else block(widths, f"inception_{name}"))
    return Seq(*parts)


def normalized_inception_v1(width: Dim = 1, classes: int = 2) -> Block:
    """Tutorial 004's network: the trunk, an extra 1024×1024 linear layer, and two classes; ``width`` as in the trunk.

    >>> from convcost import cost
    >>> cost(normalized_inception_v1(), (3, 224, 224)).params
    7039122
    """
    head = Seq(Flatten(), Linear(1024 * width), ReLU(), Linear(classes), Softmax(), name="fc")
    return Seq(normalized_trunk(width), Pool(7, stride=1, kind="avg"), Dropout(0.4), head)
