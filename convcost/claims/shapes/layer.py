"""A layer as a text tells it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Told:
    """A layer, and what is told of it; ``None`` is what is not told. ``padding`` may be ``"same"``.

    ``start`` and ``end`` are where it is told; ``kind`` is ``conv``, ``max``, ``avg``, ``global`` or ``keeps``.
    """

    kind: str
    start: int
    end: int
    kernel: tuple[int, int] | None = None
    filters: int | None = None
    stride: int | None = None
    padding: int | str | None = None
    dilation: int = 1
    depthwise: bool = False
    channels: int | None = None
    #: Whether what is not told has the default of a framework, and whether the last window may go over the end.
    exact: bool = False
    ceil: bool = False
