"""Layers drawn at random, within ranges that keep the arithmetic fit for its level."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ...layers import Conv, Pool
from ...messages import Message
from ..draws import Draw, need


@dataclass(frozen=True)
class Ranges:
    """What sizes, channels and kernels are drawn from; ``most`` is the largest result that is asked for."""

    sizes: tuple[int, ...]
    channels: tuple[int, ...]
    kernels: tuple[int, ...]
    most: int

    @property
    def told(self) -> Message:
        """The ranges in words."""
        return Message(
            "maps of {low} to {high}, {few} to {many} channels, kernels of {kernels}; results up to {most}",
            low=self.sizes[0], high=self.sizes[-1], few=self.channels[0], many=self.channels[-1],
            kernels=", ".join(map(str, self.kernels)), most=f"{self.most:,}",
        )  # fmt: skip


PAPER = Ranges(tuple(range(4, 17)), (2, 3, 4, 5, 6, 8, 10, 12, 16, 20), (1, 2, 3, 5), 99_999)
CALCULATOR = Ranges(
    (7, 8, 13, 14, 16, 20, 27, 28, 32, 56, 64, 112), (3, 16, 24, 32, 48, 64, 96, 112, 128, 160, 192, 256, 384, 512),
    (1, 3, 5, 7, 11), 9_999_999_999,
)  # fmt: skip
#: By level.
RANGES = (PAPER, CALCULATOR, CALCULATOR)
_FURTHER = Message("groups, depthwise, dilation, oblong kernels, maps that are not square, pooling that rounds up")
TOLD = (PAPER.told, CALCULATOR.told, Message.joined(CALCULATOR.told, _FURTHER, by="; "))


def ranges_of(level: int) -> Ranges:
    """The ranges of a level."""
    return RANGES[level - 1]


def square_map(draw: Draw, level: int) -> tuple[int, int, int]:
    """An input shape with a square map; at the highest level it need not be square."""
    ranges = ranges_of(level)
    height = draw.pick(ranges.sizes)
    width = draw.pick(ranges.sizes) if level == 3 and draw.chance(2) else height
    return draw.pick(ranges.channels), height, width


def convolution(draw: Draw, level: int, shape: tuple[int, ...]) -> Conv:
    """A convolution that fits ``shape``; at the highest level with groups, dilation or an oblong kernel."""
    ranges = ranges_of(level)
    kernel: Any = draw.pick(ranges.kernels)
    need(kernel <= min(shape[1:]))
    options: dict[str, Any] = {"stride": draw.pick((1, 1, 2)), "bias": not draw.chance(3)}
    options["padding"] = draw.pick(sorted({0, (kernel - 1) // 2, kernel // 2}))
    if level == 3:
        extra = draw.pick(("groups", "depthwise", "dilation", "oblong", "none"))
        if extra == "groups":
            options["groups"] = draw.pick((2, 4, 8))
            need(shape[0] % options["groups"] == 0)
        elif extra == "depthwise":
            options["groups"] = "depthwise"
        elif extra == "dilation" and kernel > 1:
            options |= {"dilation": 2, "padding": kernel - 1}
        elif extra == "oblong" and kernel > 1:
            kernel, options["padding"] = (1, kernel), (0, (kernel - 1) // 2)
    filters = shape[0] * draw.pick((1, 2)) if options.get("groups") == "depthwise" else draw.pick(ranges.channels)
    need(not isinstance(options.get("groups"), int) or filters % options["groups"] == 0)
    return Conv(filters, kernel, **options)


def pooling(draw: Draw, level: int, shape: tuple[int, ...]) -> Pool:
    """A pooling that fits ``shape``; at the highest level it may round up."""
    kernel = draw.pick((2, 3))
    padding = draw.pick((0, kernel // 2))
    need(kernel <= min(shape[1:]))
    return Pool(
        kernel,
        draw.pick((1, 2, 2, 3)),
        padding,
        ceil_mode=level == 3 and draw.chance(2),
        kind=draw.pick(("max", "avg")),
    )
