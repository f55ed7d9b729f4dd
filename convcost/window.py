"""The sliding-window law, once, for convolution and pooling.

All functions speak of one axis. Sizes are in elements; the source of the floor law is the output-shape formula in
the documentation of ``torch.nn.Conv2d``, of the ceil law that of ``torch.nn.MaxPool2d``, and of ``same`` the
definition of Keras' ``padding="same"``.
"""

from __future__ import annotations

from .arith import Dim, ceil_div, decide_same, exact_div, gcd, maximum, minimum


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


def same_before(size: Dim, reach: Dim, stride: Dim = 1) -> Dim:
    """Padding before the map that ``same`` gives a window that reaches ``reach``: half of what is needed, rounded down
    (the odd element stands behind the map).

    >>> same_before(28, 5), same_before(7, 3, stride=2), same_before(8, 3, stride=2)
    (2, 1, 0)
    """
    missing = (same_positions(size, stride) - 1) * stride + reach - size
    return maximum(missing, missing * 0) // 2


def adaptive_cells(size: Dim, cells: Dim) -> tuple[Dim, tuple[tuple[Dim, Dim], ...]] | None:
    """The windows of an adaptive pool: after how many elements they repeat, and the first and last element of each
    until then. ``None`` where that hangs on a symbol.

    >>> adaptive_cells(7, 3), adaptive_cells(12, 6)
    ((7, ((0, 2), (2, 4), (4, 6))), (2, ((0, 1),)))
    """
    if decide_same(cells * (size // cells), size) is True:
        return exact_div(size, cells), ((0, exact_div(size, cells) - 1),)
    if not type(size) is type(cells) is int:
        return None
    common = gcd(size, cells)
    windows = [(i * size // cells, ceil_div((i + 1) * size, cells) - 1) for i in range(cells // common)]
    return size // common, tuple(windows)


def transposed_taps(
    kernel: Dim, stride: Dim, before: Dim = 0, dilation: Dim = 1
) -> tuple[tuple[Dim, Dim] | None, ...] | None:
    """The input elements that reach the output elements ``0`` to ``stride - 1`` of a transposed window; those of the
    next ``stride`` are one further. An element that nothing reaches has ``None``.

    Input ``i`` is spread over the outputs ``i*stride - before + dilation*t``. ``None`` for a stride that is a symbol.

    >>> transposed_taps(3, 2, before=1), transposed_taps(1, 2)
    (((0, 0), (0, 1)), ((0, 0), None))
    """
    if type(stride) is not int:
        return None
    if type(dilation) is int and dilation == 1:
        spans = [(ceil_div(place + before - kernel + 1, stride), (place + before) // stride) for place in range(stride)]
        return tuple([None if decide_same(high - low, -1) is True else (low, high) for low, high in spans])
    if not type(kernel) is type(before) is type(dilation) is int:
        return None
    taps = []
    for place in range(stride):
        reached = [place + before - dilation * tap for tap in range(kernel)]
        inputs = [source // stride for source in reached if source % stride == 0]
        taps.append((min(inputs), max(inputs)) if inputs else None)
    return tuple(taps)


def resampled_taps(advance: int, count: int, width: int, grid: str = "cells") -> tuple[tuple[int, int], ...]:
    """The input elements that ``count`` output elements are interpolated from, the map being ``count/advance`` times as
    fine; those of the next ``count`` are ``advance`` further.

    The nearest one (``width`` 1) of output ``o`` is ``floor(o*advance/count)``, or on a grid of ``middles`` that of
    ``o + 1/2``; else the centre of ``o`` falls on ``(o + 1/2)*advance/count - 1/2``, or where ``corners`` meet on
    ``o*advance/count``, with ``width/2`` elements on each side, or one alone that it falls on exactly.
    Source: documentation of ``torch.nn.functional.interpolate``.

    >>> resampled_taps(1, 2, 1), resampled_taps(1, 2, 2)
    (((0, 0), (0, 0)), ((-1, 0), (0, 1)))
    """
    if width == 1:
        late = 1 if grid == "middles" else 0
        nearest = [(2 * place + late) * advance // (2 * count) for place in range(count)]
        return tuple([(place, place) for place in nearest])
    taps = []
    for place in range(count):
        doubled = 2 * place * advance if grid == "corners" else (2 * place + 1) * advance - count
        left = doubled // (2 * count)
        exact = doubled % (2 * count) == 0
        taps.append((left, left) if exact else (left - width // 2 + 1, left + width // 2))
    return tuple(taps)
