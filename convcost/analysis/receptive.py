"""What every map of a network sees of its inputs: the walk over the graph.

Along a path the windows of the layers compose, where branches meet they are united (:mod:`convcost.sight`). What has
no law is unknown, and so is everything behind it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

from ..arith import Dim, Shape, exact_div
from ..errors import ConvcostError
from ..graph import Graph, Node
from ..layers.base import Layer
from ..layers.normalization import BatchNorm
from ..messages import Message
from ..operators import Batchwise
from ..sight import NOTHING, Beside, InputLaw, NoLaw, Seen, Slide, Union, Unseen, beside, stays, through, unite
from ..sight.field import ReceptiveField, field_of, unknown

if TYPE_CHECKING:
    from ..result import Cost

#: An axis of one of the graph's inputs.
Axis: TypeAlias = tuple[int, int]


class View(NamedTuple):
    """What a value sees: of every axis of the inputs that it sees at all, and whether all paths are aligned."""

    axes: Mapping[Axis, Seen]
    inputs: frozenset[int]
    aligned: bool | None = True
    apart: str = ""
    #: Where the channels of every input (its first axis) stand in it.
    channels: Mapping[int, int] = MappingProxyType({})


#: A repetition whose number has been put in is walked turn by turn, up to so many turns.
MAX_TURNS = 1000


def receptive_fields(cost: Cost) -> list[tuple[ReceptiveField | None, ...]]:
    """For every value of the cost's graph what it sees of each input; ``None`` for an input that it does not see.

    >>> from convcost import Conv, Pool, cost
    >>> stem = cost(Conv(64, 7, stride=2, padding=3) >> Pool(3, stride=2, padding=1), (3, 224, 224))
    >>> [str(fields[0]) for fields in receptive_fields(stem)]
    ['1×1', '7×7', '11×11']
    """
    walk = _Walk(cost)
    inputs = range(walk.graph.input_count)
    views = walk.views()
    return [
        tuple([walk.told(view, shape, at) for at in inputs]) for view, shape in zip(views, walk.shapes, strict=True)
    ]


class _Walk:
    """The views of all values, in the order in which they run."""

    def __init__(self, cost: Cost) -> None:
        self.cost = cost
        self.graph: Graph = cost.graph
        self.shapes = [cost.whole_shape(value) for value in range(self.graph.input_count + len(self.graph.nodes))]
        self.axes = [self._spatial(at) for at in range(self.graph.input_count)]
        #: Statistics are those of the maps themselves while a module trains.
        self.trains = self.graph.evaluated is not None
        #: Why an input has no spatial axes to tell of.
        self.placeless = {at: _ONE_AXIS for at, axes in enumerate(self.axes) if not axes}

    def _of_example(self, at: int) -> tuple[int, ...]:
        """The axes of an input, the batch apart."""
        batch = None if self.graph.batch_dims is None else self.graph.batch_dims[at]
        return tuple([axis for axis in range(len(self.shapes[at])) if axis != batch])

    def _spatial(self, at: int) -> tuple[int, ...]:
        """The spatial axes of an input: those behind the channels."""
        return self._of_example(at)[1:]

    def views(self) -> list[View]:
        views = [
            View(
                {(at, axis): stays(axis) for axis in self.axes[at]},
                frozenset([at]),
                channels={at: self._of_example(at)[0]} if self.axes[at] else {},
            )
            for at in range(self.graph.input_count)
        ]
        self._walk(views, 0, len(self.graph.nodes), 1)
        return views

    def _walk(self, views: list[View], first: int, stop: int, times: Dim) -> None:
        """The views of nodes ``first`` to ``stop`` (exclusive), which run ``times`` over."""
        place = first
        while place < stop:
            node = self.graph.nodes[place]
            if node.times is not times and node.times != times:
                end = self._end_of_repetition(place, stop, times)
                self._repeat(views, place, end, times)
                place = end
            else:
                views.append(self._behind(views, node, self.graph.input_count + place))
                place += 1

    def _end_of_repetition(self, place: int, stop: int, times: Dim) -> int:
        while place < stop and self.graph.nodes[place].times != times:
            place += 1
        return place

    def _repeat(self, views: list[View], first: int, stop: int, times: Dim) -> None:
        """A body that runs a symbolic number of times: its nodes are seen as in the last turn.

        A turn widens every window by as much as the turn before; where the number is known, turns are walked.
        """
        inner = self.graph.nodes[stop - 1].times
        end, entry = self.graph.nodes[stop].inputs
        before = views[entry]
        self._walk(views, first, stop, inner)
        turns = exact_div(inner, times)
        if type(turns) is int and turns <= MAX_TURNS:
            for _ in range(turns - 1):
                views[entry] = views[end]
                self._again(views, first, stop, inner)
        else:
            views[entry] = _grown(before, views[end], turns - 1)
            self._again(views, first, stop, inner)
        views[entry] = before

    def _again(self, views: list[View], first: int, stop: int, times: Dim) -> None:
        del views[self.graph.input_count + first :]
        self._walk(views, first, stop, times)

    def _behind(self, views: list[View], node: Node, value: int) -> View:
        given = [views[source] for source in node.inputs]
        shapes = tuple([self.shapes[source] for source in node.inputs])
        layer, out = _in_training(node.layer) if self.trains else node.layer, self.shapes[value]
        self._find_sequences(node, given, shapes)
        try:
            laws = layer.sight(*shapes, out=out) if shapes else ()
            return _joined(node.path, given, shapes, laws, out)
        except ConvcostError as error:
            law = NoLaw(Message("it hangs on a symbol: {reason}", reason=str(error)))
        except (TypeError, ValueError):
            law = NoLaw(Message("sizes are no numbers"))
        return _joined(node.path, given, shapes, (law,) * len(shapes), out)

    def _find_sequences(self, node: Node, given: list[View], shapes: tuple[Shape, ...]) -> None:
        """Inputs of two axes that are sequences, and no maps."""
        for view, x in zip(given, shapes, strict=True):
            steps = node.layer.steps_axis(len(x))
            if steps is None:
                continue
            for at in view.inputs:
                if len(self.axes[at]) == 1 and self._stands_wrong(view, at, steps, len(x) - 1):
                    why = Message(
                        "the input is a sequence, steps × features, as {kind} reads it (at {path}): no axis is spatial",
                        kind=node.layer.row_kind, path=node.path,
                    )  # fmt: skip
                    self.placeless.setdefault(at, why)

    def _stands_wrong(self, view: View, at: int, steps: int, features: int) -> bool:
        """Whether an input's first axis is read as steps, or the one behind it as features."""
        seen = view.axes.get((at, self.axes[at][0]))
        return view.channels.get(at) == steps or (isinstance(seen, Slide) and seen.along == features)

    def told(self, view: View, out: Shape, at: int) -> ReceptiveField | None:
        if at not in view.inputs:
            return None
        if at in self.placeless:
            return unknown(self.placeless[at], at)
        axes = [view.axes[at, axis] for axis in self.axes[at] if (at, axis) in view.axes]
        if len(axes) < len(self.axes[at]):
            return unknown(Message("a part of the input's axes is not seen"), at)
        return field_of(axes, out, view.aligned, view.apart, self.cost.closed, at)


_ONE_AXIS = Message("the input has no axis behind its first one, which counts as channels: no axis is spatial")


def _in_training(layer: Layer) -> Layer:
    """Batch normalization while it trains: with the statistics of the maps themselves."""
    if isinstance(layer, Batchwise) and isinstance(layer.layer, BatchNorm):
        return replace(layer, layer=replace(layer.layer, track_running_stats=False))
    return replace(layer, track_running_stats=False) if isinstance(layer, BatchNorm) else layer


def _joined(
    path: str, given: list[View], shapes: tuple[Shape, ...], laws: tuple[InputLaw, ...], out: Shape
) -> View:  # fmt: skip
    """What a layer's output sees through all of its inputs."""
    read = [(view, x, law) for view, x, law in zip(given, shapes, laws, strict=True) if law is not NOTHING]
    axes: dict[Axis, Seen] = {}
    aligned: bool | None = True
    apart = ""
    for axis in dict.fromkeys(axis for view, _, _ in read for axis in view.axes):
        parts = [(view.axes[axis], x, law) for view, x, law in read if axis in view.axes]
        union = _united(path, parts, out)
        axes[axis] = _placed(union.seen, path)
        if union.aligned is not True and aligned is not False:
            aligned, apart = union.aligned, Message("branches are not aligned at {path}", path=path)
    for view, _, _ in read:
        if view.aligned is False or (view.aligned is None and aligned is True):
            aligned, apart = view.aligned, view.apart
            break
    inputs = frozenset[int]().union(*(view.inputs for view, _, _ in read))
    return View(axes, inputs, aligned, apart, _channels(read))


def _channels(read: list[tuple[View, Shape, InputLaw]]) -> dict[int, int]:
    """Where the inputs' channels stand in the output, if they still have an axis to themselves."""
    found: dict[int, int] = {}
    for view, _, law in read:
        for at, axis in view.channels.items():
            entry = law[axis] if law_is_tuple(law) else None
            if isinstance(entry, Slide) and entry.along is not None:
                found.setdefault(at, entry.along)
    return found


def _united(path: str, parts: list[tuple[Seen, Shape, InputLaw]], out: Shape) -> Union:
    seen = []
    stretches: list[tuple[Seen, Dim, Dim]] = []
    along = None
    for before, x, law in parts:
        seen.append(_placed(through(before, law, x), path))
        entry = (
            law[before.along] if isinstance(before, Slide) and before.along is not None and law_is_tuple(law) else None
        )
        if isinstance(entry, Beside):
            along = entry.along
            stretches.append((seen[-1], entry.first, x[before.along]))  # type: ignore[union-attr, index]
    if along is not None and len(stretches) == len(seen) > 1:
        return beside(stretches, along)
    return unite(seen, out)


def law_is_tuple(law: InputLaw) -> bool:
    """Whether a law speaks of every axis by itself."""
    return isinstance(law, tuple) and not isinstance(law, (NoLaw, type(NOTHING)))


def _placed(seen: Seen, path: str) -> Seen:
    """What is unknown, with the place where it became so."""
    return Unseen(seen.why, path) if isinstance(seen, Unseen) and not seen.where else seen


def _grown(before: View, after: View, turns: Dim) -> View:
    """``before`` widened ``turns`` times by what lies between it and ``after``."""
    axes: dict[Axis, Seen] = {}
    for axis, seen in after.axes.items():
        axes[axis] = _grown_along(before.axes.get(axis), seen, turns)
    return after._replace(axes=axes)


def _grown_along(first: Any, second: Seen, turns: Dim) -> Seen:
    if isinstance(second, Unseen) or first == second:
        return second
    if not (isinstance(first, Slide) and isinstance(second, Slide)):
        return Unseen(Message("a repetition by a symbol loses the order of the elements"))
    if second.along is None:
        return second
    if first[:2] != second[:2] or len(first.phases) != 1 or None in (*first.phases, *second.phases):
        return Unseen(Message("a repetition by a symbol whose windows step unevenly"))
    (a, b), (c, d) = first.phases[0], second.phases[0]  # type: ignore[misc]
    return Slide(first.along, first.advance, ((a + turns * (c - a), b + turns * (d - b)),))
