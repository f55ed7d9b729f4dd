"""A summary table with holes: every hole can be worked out from what is left of the table."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from ...block import Block, Seq
from ...costing import Cost, cost
from ...formula import Num, size
from ...layers import BatchNorm, Conv, Flatten, Linear, Pool, ReLU
from ...messages import Message, plain
from ...row import Row
from ..draws import Draw, need
from ..model import Code, Distractor, Gap, Grid, Hole, Inline, Numbers, Question
from .base import MOST, Topic
from .draws_of_layers import ranges_of
from .missing_cells import LABELS, Missing, hole_of_total, holes_of

#: How many holes, and their kinds, by level.
HOLES: dict[int, tuple[int, tuple[str, ...]]] = {
    1: (2, ("side", "params")),
    2: (3, ("side", "params", "channels", "macs")),
    3: (4, ("side", "params", "channels", "macs", "kernel")),
}
#: Layers behind which a hole in the channels, or in the sides, of the row above is one still: the table must not tell.
_KEEPS = {"channels": ("BatchNorm", "ReLU", "Pool"), "side": ("BatchNorm", "ReLU")}


def _summary_table(draw: Draw, level: int) -> Question:
    counted = _network(draw, level)
    missing = _drawn(draw, level, counted)
    numbers = {(hole.row, hole.kind): number for number, hole in enumerate(missing, start=1)}
    gaps = tuple(Gap(_label(counted, hole), hole.value) for hole in missing)
    shown = _filled([hole.value for hole in missing])
    return Question(
        "summary-table", level, level + 1,
        (
            Message("This summary of a network has holes. Its input is a map of {shape}; every layer takes what comes "
                "out of the one above it.", shape=size(counted.inputs[0])),
            _grid(counted, level, numbers),
            Message("What belongs into the holes? MACs are multiply-accumulates; biases are no part of them.")
            if level > 1 else Message("What belongs into the holes?"),
        ),
        Message("Go through the table from top to bottom: shapes follow from the row above, parameters from the "
            "channels on both sides; where parameters are given, they tell what they were made of."),
        tuple(step for hole in missing for step in hole.steps),
        Numbers(shown, gaps),
        _distractors(missing, str(shown)),
        {
            "spec": repr(counted.source), "input": list(counted.inputs[0]),
            "holes": [[hole.kind, hole.row, hole.value] for hole in missing],
        },
        # Layers that no hole hangs on make no other question.
        alike="\n".join(str(step.formula) for hole in missing for step in hole.steps),
    )  # fmt: skip


def _label(counted: Cost, hole: Missing) -> Message:
    if hole.row == len(counted.rows):
        return LABELS[hole.kind]
    return Message("{layer}: {what}", layer=Code(counted.rows[hole.row].name), what=LABELS[hole.kind])


# -- the network ---------------------------------------------------------------------------------------------------


def _network(draw: Draw, level: int) -> Cost:
    ranges = ranges_of(level)
    kernels = [kernel for kernel in ranges.kernels if kernel % 2]
    shape = (draw.pick(ranges.channels), *[draw.pick([n for n in ranges.sizes if n > 5])] * 2)
    layers: list[Block] = []
    for _ in range(1 if level == 1 else 2):
        kernel = draw.pick(kernels)
        padding, stride = draw.pick(sorted({0, kernel // 2})), draw.pick((1, 1, 2))
        layers.append(Conv(draw.pick(ranges.channels), kernel, stride, padding, bias=not draw.chance(3)))
        if level > 1 and draw.chance(2):
            layers.append(BatchNorm())
        if draw.chance(2):
            layers.append(ReLU())
        layers.append(Pool(draw.pick((2, 3)), 2))
    layers += [Flatten(), Linear(draw.pick((2, 5, 10) if level == 1 else (10, 100, 1000)))]
    try:
        counted = cost(Seq(*layers), shape)
    except ValueError:
        need(False)
        raise
    need(counted.macs <= ranges.most and counted.rows[-2].input[1] > 1)
    return counted


# -- holes ---------------------------------------------------------------------------------------------------------


def _drawn(draw: Draw, level: int, counted: Cost) -> list[Missing]:
    """Holes that can be worked out: of one row no two but a side, whose law needs nothing else of it."""
    count, kinds = HOLES[level]
    possible = [hole for n, row in enumerate(counted.rows) for hole in holes_of(n, row) if hole.kind in kinds]
    need(len(possible) >= count)
    kept: list[Missing] = []
    for hole in draw.several(possible, len(possible)):
        if len(kept) < count - (level > 1) and _solvable(hole, kept):
            kept.append(hole)
    need(len({hole.kind for hole in kept}) >= min(2, len(kept)))
    if level > 1:
        kept.append(hole_of_total(draw, counted))
    return sorted(kept, key=lambda hole: (hole.row, list(LABELS).index(hole.kind)))


def _solvable(hole: Missing, kept: Iterable[Missing]) -> bool:
    """Not two unknowns in one equation: of a row only its side may be missing beside something else, and the MACs,
    which follow from the rest, only where nothing is missing but these two."""
    mine = [other.kind for other in kept if other.row == hole.row]
    return not mine or "side" in (hole.kind, *mine)


# -- the table -----------------------------------------------------------------------------------------------------


def _grid(counted: Cost, level: int, numbers: dict[tuple[int, str], int]) -> Grid:
    head: tuple[Inline, ...] = (Message("Layer"), Message("Output shape"), Message("Parameters"))
    if level > 1:
        head += (Message("MACs of the layer"),)
    numbers = _spread(counted, numbers)
    rows = [_cells(n, row, level, numbers) for n, row in enumerate(counted.rows)]
    last = len(counted.rows)
    total: tuple[Inline | Hole, ...] = (
        Message("Total"), plain("–"), _cell(numbers, (last, "total"), int(counted.params))
    )  # fmt: skip
    if level > 1:
        total += (_cell(numbers, (last, "total-macs"), int(counted.macs)),)
    return Grid(head, (*rows, total))


def _cells(n: int, row: Row, level: int, numbers: dict[tuple[int, str], int]) -> tuple[Inline | Hole, ...]:
    cells: tuple[Inline | Hole, ...] = (
        _named(n, row, numbers), _shape(n, row, numbers), _cell(numbers, (n, "params"), int(row.params)),
    )  # fmt: skip
    return (*cells, _cell(numbers, (n, "macs"), int(row.macs))) if level > 1 else cells


def _cell(numbers: dict[tuple[int, str], int], place: tuple[int, str], value: int) -> Inline | Hole:
    return Hole(numbers[place]) if place in numbers else Num(value)


def _spread(counted: Cost, numbers: dict[tuple[int, str], int]) -> dict[tuple[int, str], int]:
    """The holes, and the cells below them that would tell what belongs there."""
    spread = dict(numbers)
    for n, row in enumerate(counted.rows):
        for kind, kinds in _KEEPS.items():
            if row.kind in kinds and (n - 1, kind) in spread:
                spread[n, kind] = spread[n - 1, kind]
    return spread


def _shape(n: int, row: Row, numbers: dict[tuple[int, str], int]) -> Inline:
    """``32 × 14 × 14``, a hole standing for the channels, or once for both sides."""
    if not {(n, "channels"), (n, "side")} & numbers.keys():
        return size(row.output)
    channels, side, _ = row.output
    side_cell = _cell(numbers, (n, "side"), side)
    return Message("{c} × {h} × {w}", c=_cell(numbers, (n, "channels"), channels), h=side_cell, w=side_cell)


def _named(n: int, row: Row, numbers: dict[tuple[int, str], int]) -> Message:
    """The layer with what its parameters do not tell."""
    layer: Any = row.layer
    name = Code(row.name)
    if isinstance(layer, (Conv, Pool)):
        hole = numbers.get((n, "kernel"))
        kernel = Hole(hole) if hole else Num(layer.kernel)
        kind = (
            Message("{name}: convolution, kernel {kernel} × {kernel}", name=name, kernel=kernel)
            if isinstance(layer, Conv)
            else Message("{name}: max pooling, window {kernel} × {kernel}", name=name, kernel=kernel)
        )
        return Message.joined(kind, *_details(layer), by=", ")
    if isinstance(layer, Linear):
        return Message("{name}: linear, with bias", name=name)
    return Message("{name}: {kind}", name=name, kind=_PLAIN[row.kind])


_PLAIN = {"BatchNorm": Message("batch norm"), "ReLU": Message("ReLU"), "Flatten": Message("flatten")}


def _details(layer: Any) -> Iterator[Message]:
    yield Message("stride {stride}", stride=Num(layer.stride))
    if layer.padding:
        yield Message("padding {padding}", padding=Num(layer.padding))
    if isinstance(layer, Conv):
        yield Message("with bias") if layer.bias else Message("without bias")


# -- answers -------------------------------------------------------------------------------------------------------


def _filled(values: Sequence[int]) -> Message:
    pairs = (Message("({number}) {value}", number=n, value=Num(value)) for n, value in enumerate(values, start=1))
    return Message.joined(*pairs, by=", ")


def _distractors(missing: Sequence[Missing], right: str) -> tuple[Distractor, ...]:
    """Each with one hole filled as a slip fills it, the holes taking turns."""
    seen = {right}
    found: list[Distractor] = []
    values = [hole.value for hole in missing]
    for turn in range(MOST):
        for place, hole in enumerate(missing):
            if turn < len(hole.wrong) and len(found) < MOST:
                value, why = hole.wrong[turn]
                shown = _filled([*values[:place], value, *values[place + 1 :]])
                if value > 0 and str(shown) not in seen:
                    seen.add(str(shown))
                    found.append(Distractor(shown, Message("({number}): {why}", number=place + 1, why=why)))
    need(len(found) >= 3)
    return tuple(found)


_RANGES = (
    Message("one convolution, a pooling and a classifier; small maps, 2 holes"),
    Message("two convolutions with norm and pooling, sizes of real networks; 3 holes"),
    Message("two convolutions with norm and pooling, sizes of real networks; 4 holes, some to be solved for"),
)
SUMMARY_TABLE = Topic(
    "summary-table", Message("A summary with holes"),
    Message("the missing shapes, parameters and totals of a summary table"), _RANGES, _summary_table,
)  # fmt: skip
