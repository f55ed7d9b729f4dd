"""Blocks that do not fit together: drawn as blocks that do, with one layer changed as people forget it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from math import prod
from typing import Any, NamedTuple

from ...costing import cost
from ...errors import ShapeError
from ...graph import Graph
from ...layers import Add, Concat, Conv, Flatten, Linear, Pool
from ..draws import Draw, need
from .draws_of_layers import ranges_of, square_map

#: The source of a line that takes the block's input.
INPUT = -1


class Line(NamedTuple):
    """A layer, and the lines (from 0) whose outputs it takes."""

    layer: Any
    sources: tuple[int, ...]


@dataclass(frozen=True)
class Misfit:
    """A block that stops at line ``stops`` (from 0) with ``error``; it fits if line ``changed`` is ``mend``.

    ``shapes`` are those behind the lines before it stops, ``arriving`` what meets where it stops.
    """

    shape: tuple[int, ...]
    lines: tuple[Line, ...]
    changed: int
    mend: Any
    stops: int
    error: ShapeError
    shapes: tuple[tuple[int, ...], ...]

    @property
    def arriving(self) -> tuple[tuple[int, ...], ...]:
        return tuple(self.out(source) for source in self.lines[self.stops].sources)

    def out(self, line: int) -> tuple[int, ...]:
        """What comes out of a line before the stop."""
        return self.shape if line == INPUT else self.shapes[line]

    def mended(self) -> tuple[Line, ...]:
        """The block that fits."""
        lines = list(self.lines)
        lines[self.changed] = lines[self.changed]._replace(layer=self.mend)
        return tuple(lines)


def graph_of(lines: tuple[Line, ...]) -> Graph:
    """The lines as a graph; line ``n`` (from 0) is the node of that name."""
    graph = Graph()
    values = {INPUT: graph.input()}
    for number, line in enumerate(lines):
        values[number] = graph.add(line.layer, *(values[source] for source in line.sources), name=str(number))
    graph.output(values[len(lines) - 1])
    return graph


def outputs(lines: tuple[Line, ...], shape: tuple[int, ...]) -> list[tuple[int, ...]]:
    """What comes out of each line of a block that fits."""
    found: dict[int, tuple[int, ...]] = {INPUT: shape}
    for number, line in enumerate(lines):
        found[number] = line.layer.output_shape(*(found[source] for source in line.sources))
    return [found[number] for number in range(len(lines))]


def misfit(draw: Draw, level: int) -> Misfit:
    """A block with one layer changed so that it stops somewhere, by the kernel's own verdict."""
    shape = square_map(draw, min(level, 2))
    lines, breaks = draw.pick(_RECIPES[level])(draw, level, shape)
    need(prod(outputs(lines, shape)[-1]) > 0)
    changed, layer = draw.pick(draw.pick([group for group in breaks.values() if group]))
    broken = list(lines)
    broken[changed] = broken[changed]._replace(layer=layer)
    try:
        cost(graph_of(tuple(broken)), shape)
    except ShapeError as error:
        stops = int(error.where)
        shapes = tuple(outputs(tuple(broken[:stops]), shape))
        return Misfit(shape, tuple(broken), changed, lines[changed].layer, stops, error, shapes)
    need(False)
    raise AssertionError


# -- recipes: lines that fit, and by kind the changes that people make --------------------------------------------

Breaks = dict[str, list[tuple[int, Any]]]


class _Plan:
    """Lines that are added one by one, with the shapes that come out of them."""

    def __init__(self, draw: Draw, level: int, shape: tuple[int, ...]) -> None:
        self.draw, self.level = draw, level
        self.shapes: dict[int, tuple[int, ...]] = {INPUT: shape}
        self.lines: list[Line] = []
        self.breaks: Breaks = {"padding": [], "stride": [], "channels": [], "groups": [], "features": [], "kernel": []}
        #: Whether convolutions say how many channels they expect, as in PyTorch.
        self.declares = draw.chance(2)

    def add(self, layer: Any, *sources: int) -> int:
        """A line; the one before it is its source unless others are given. Draws again where it does not fit."""
        sources = sources or (len(self.lines) - 1,)
        try:
            out = layer.output_shape(*(self.shapes[source] for source in sources))
        except ShapeError:
            need(False)
        self.lines.append(Line(layer, sources))
        self.shapes[len(self.lines) - 1] = out
        return len(self.lines) - 1

    def conv(self, kernel: int, source: int, filters: int | None = None, **options: Any) -> int:
        """A convolution that keeps the size unless told otherwise."""
        channels = self.shapes[source][0]
        filters = self.filters() if filters is None else filters
        if kernel > 1 and "groups" not in options and self.draw.chance(3):
            options["groups"] = self.draw.pick((2, 4))
            need(channels % options["groups"] == 0 == filters % options["groups"])
        options = {"padding": kernel // 2, "bias": False} | options
        return self.add(Conv(filters, kernel, in_channels=channels if self.declares else None, **options), source)

    def filters(self) -> int:
        """A number of filters within the level's range."""
        return self.draw.pick([n for n in ranges_of(self.level).channels if n > 3])

    def may(self, kind: str, line: int, **changes: Any) -> None:
        """One more change that people make."""
        self.breaks[kind].append((line, replace(self.lines[line].layer, **changes)))

    def done(self) -> tuple[tuple[Line, ...], Breaks]:
        """The plan."""
        return tuple(self.lines), self.breaks


def _chain(draw: Draw, level: int, shape: tuple[int, ...]) -> tuple[tuple[Line, ...], Breaks]:
    """Convolutions and pools, then a classifier: declared sizes, groups and a kernel that is too large."""
    plan = _Plan(draw, level, shape)
    need(shape[1] >= 6)
    _body(plan, turns=level)
    _last_convolution(plan)
    _classifier(plan)
    return plan.done()


def _body(plan: _Plan, turns: int) -> None:
    for _ in range(turns):
        line = plan.conv(plan.draw.pick((3, 5)), len(plan.lines) - 1, padding=plan.draw.pick((0, 1, 2)))
        _wrong_channels(plan, line)
        plan.add(Pool(2))


def _last_convolution(plan: _Plan) -> None:
    channels, size, _ = plan.shapes[len(plan.lines) - 1]
    groups = plan.draw.pick([n for n in (1, 2, 4) if channels % n == 0])
    filters = plan.filters()
    need(filters % groups == 0)
    line = plan.conv(3, len(plan.lines) - 1, filters, padding=1, groups=groups)
    _wrong_channels(plan, line)
    _wrong_groups(plan, line)
    for kernel in (3, 5, 7):
        if size < kernel:
            plan.may("kernel", line, kernel=kernel, padding=0)


def _classifier(plan: _Plan) -> None:
    before = plan.shapes[len(plan.lines) - 1]
    plan.add(Flatten())
    right = prod(before)
    line = plan.add(Linear(plan.draw.pick((2, 5, 10, 100)), bias=False, in_features=right))
    channels, size, _ = before
    for wrong in {channels, channels * size, channels * (size + 1) ** 2, channels * (2 * size) ** 2} - {right}:
        plan.may("features", line, in_features=wrong)


def _wrong_channels(plan: _Plan, line: int) -> None:
    """The channels that another line has, declared where they do not come in."""
    if not plan.declares:
        return
    comes = plan.lines[line].layer.in_channels
    others = {plan.shapes[n][0] for n in range(INPUT, line + 1)}
    for wrong in sorted(others - {comes}):
        plan.may("channels", line, in_channels=wrong)


def _own_breaks(plan: _Plan, line: int) -> None:
    """Changes at which the line itself stops: channels declared that do not come in, groups that do not divide them."""
    _wrong_channels(plan, line)
    _wrong_groups(plan, line)


def _wrong_groups(plan: _Plan, line: int) -> None:
    layer: Any = plan.lines[line].layer
    channels = plan.shapes[plan.lines[line].sources[0]][0]
    for wrong in (2, 3, 4, 5, 6, 8):
        if layer.kernel > 1 and channels % wrong and layer.out_channels % wrong == 0:
            plan.may("groups", line, groups=wrong)


def _residual(draw: Draw, level: int, shape: tuple[int, ...]) -> tuple[tuple[Line, ...], Breaks]:
    """Three convolutions or more, added to what went in."""
    plan = _Plan(draw, level, shape)
    start = INPUT
    if level > 1:
        start = plan.conv(draw.pick((3, 5)), INPUT)
        if draw.chance(2):
            start = plan.add(Pool(2))
    channels, size, _ = plan.shapes[start]
    middle = [plan.conv(draw.pick((1, 3)), start)]
    for _ in range(1 if level < 3 else draw.pick((2, 3))):
        middle.append(plan.conv(3, middle[-1]))
    end = plan.conv(draw.pick((1, 3, 5)), middle[-1], channels)
    join = plan.add(Add(), end, start)
    for line in (*middle, end):
        layer = plan.lines[line].layer
        if layer.kernel > 1:
            plan.may("padding", line, padding=layer.padding - 1)
        plan.may("stride", line, stride=2)
        _own_breaks(plan, line)
    for wrong in (channels * 2, plan.filters()):
        if wrong != channels:
            plan.may("channels", end, out_channels=wrong)
    if level > 1:
        _wrong_channels(plan, plan.conv(3, join, stride=draw.pick((1, 2))))
    need(size > 4)
    return plan.done()


def _inception(draw: Draw, level: int, shape: tuple[int, ...]) -> tuple[tuple[Line, ...], Breaks]:
    """Branches side by side, concatenated."""
    plan = _Plan(draw, level, shape)
    need(shape[1] > 4)
    start = plan.conv(3, INPUT) if level == 3 else INPUT
    ends, convolutions = [], []
    for kind in draw.several(("one", "three", "five", "pool"), 2 if level == 1 else 3):
        ends.append(_branch(plan, kind, start))
        convolutions += [n for n in range(ends[-1] - (kind != "one"), ends[-1] + 1) if n != start]
    join = plan.add(Concat(), *ends)
    after = plan.conv(draw.pick((1, 3)), join)
    if plan.declares:
        for end in ends:
            plan.may("channels", after, in_channels=plan.shapes[join][0] - plan.shapes[end][0])
    for line in convolutions:
        layer = plan.lines[line].layer
        if isinstance(layer, Conv):
            _own_breaks(plan, line)
        if layer.kernel > 1:
            plan.may("padding", line, padding=0)
            plan.may("stride", line, **({"stride": 2} if isinstance(layer, Conv) else {"stride": None}))
    return plan.done()


def _branch(plan: _Plan, kind: str, start: int) -> int:
    if kind == "one":
        return plan.conv(1, start)
    if kind == "pool":
        return plan.conv(1, plan.add(Pool(3, 1, 1), start))
    return plan.conv({"three": 3, "five": 5}[kind], plan.conv(1, start))


Recipe = Callable[[Draw, int, tuple[int, ...]], tuple[tuple[Line, ...], Breaks]]
_RECIPES: dict[int, tuple[Recipe, ...]] = {
    1: (_chain, _residual, _inception),
    2: (_chain, _residual, _inception, _inception),
    3: (_chain, _residual, _inception, _inception),
}
