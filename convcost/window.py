"""The sliding-window law, once, for convolution and pooling.

All functions speak of one axis. Sizes are in elements; the source of the floor law is the output-shape formula in
the documentation of ``torch.nn.Conv2d``, of the ceil law that of ``torch.nn.MaxPool2d``, and of ``same`` the
definition of Keras' ``padding="same"``.
"""

from __future__ import annotations

from .arith import Dim, ceil_div, minimum


def span(kernel: Dim, dilation: Dim = 1) -> Dim:
    """How far a dilated kernel reaches.

    >>> span(3), span(3, dilation=2)
    (3, 5)
    """
    return dilation * (kernel - 1) + 1


def positions(
    size: Dim,
    kernel: Dim,
    stride: Dim = 1,
    before: Dim = 0,
    after: Dim = 0,
    dilation: Dim = 1,
    ceil: bool = False,
) -> Dim:
    """How many places a window takes on an axis of ``size`` with padding ``before`` and ``after``.

    With ``ceil`` the last window may run over the end, unless it would start in the padding behind the map: so
    never more windows than starts that lie before the end of the map.

    >>> positions(224, 7, stride=2, before=3, after=3)
    112
    >>> positions(5, 2, stride=3, before=1, after=1), positions(5, 2, stride=3, before=1, after=1, ceil=True)
    (2, 2)
    """
    room = size + before + after - dilation * (kernel - 1) - 1
    if not ceil:
        return room // stride + 1
    return minimum(ceil_div(room, stride) + 1, (size + before - 1) // stride + 1)


def same_positions(size: Dim, stride: Dim = 1) -> Dim:
    """Places of a window under ``same`` padding: one per started stride.

    >>> same_positions(7, stride=2)
    4
    """
    return ceil_div(size, stride)


def transposed_positions(
    size: Dim,
    kernel: Dim,
    stride: Dim = 1,
    before: Dim = 0,
    after: Dim = 0,
    dilation: Dim = 1,
    extra: Dim = 0,
) -> Dim:
    """The size that a transposed window spreads ``size`` elements over.

    It is an input size for which :func:`positions` gives ``size`` back; ``extra`` is ``output_padding``.

    >>> transposed_positions(8, 3, stride=2, before=1, after=1)
    15
    """
    return (size - 1) * stride - before - after + span(kernel, dilation) + extra


def adaptive_taps(size: Dim, cells: Dim, gcd: Dim) -> Dim:
    """Elements read by all windows of an adaptive pool, ``gcd`` being that of ``size`` and ``cells``.

    Window ``i`` reads from ``floor(i*size/cells)`` to ``ceil((i+1)*size/cells)``. Summed over the cells the ends
    and the starts cancel, but for one element at each inner border that falls inside an element; of the
    ``cells - 1`` inner borders ``gcd - 1`` do not.

    >>> adaptive_taps(7, 3, 1), adaptive_taps(8, 4, 4)
    (9, 8)
    """
    return size + cells - gcd
