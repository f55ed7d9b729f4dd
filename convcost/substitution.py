"""Values for the symbols of a cost that is there already."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from copy import copy
from dataclasses import fields, replace
from functools import cached_property
from operator import is_
from typing import Any

from . import symbolic
from .arith import Dim, Shape, as_dim, assuming, is_symbolic
from .block import Block
from .errors import ShapeError
from .layers.base import Layer
from .result import Cost
from .row import Row
from .sight.field import ReceptiveField
from .tally import Tally


def put_into(cost: Cost, values: Mapping[Any, Any]) -> Cost:
    """``cost`` with numbers (or other symbols) in place of symbols, its assumptions asked again.

    >>> from convcost import Conv, cost, symbols
    >>> put_into(cost(Conv(8, 3), (3, symbols("h"), 9)), {"h": 9}).output_shape
    (8, 7, 7)
    """
    with assuming() as conditions:
        table = symbolic.assignment(values, cost.symbols)
        for value in table.values():
            as_dim(value, "a value")
    for condition in cost.conditions:
        answer = condition.under(table)
        if answer is False:
            raise ShapeError(f"this result needs {condition}", got=_said(table))
        if answer is not True:
            conditions.append(answer)

    done: dict[Any, Dim] = {}

    def put(value: Dim) -> Dim:
        """``value`` with the numbers in it; rows repeat one another's expressions a lot."""
        if not is_symbolic(value):
            return value
        if value not in done:
            done[value] = symbolic.substitute(value, table)
        return done[value]

    def shape(dims: Shape) -> Shape:
        return tuple(map(put, dims))

    facts = _Substituted(cost, put)
    rows = tuple(
        Row(
            row.path,
            _with_values(row.layer, put),
            tuple(map(shape, row.inputs)),
            shape(row.output),
            put(row.params),
            Tally(**{kind: put(count) for kind, count in row.tally.items()}),
            buffers=put(row.buffers),
            ran=row.ran,
            times=put(row.times),
            trainable=put(row.trainable),
            facts=(facts, place),
        )
        for place, row in enumerate(cost.rows)
    )
    return Cost(
        cost.source,
        tuple(map(shape, cost.inputs)),
        put(cost.batch),
        tuple(map(shape, cost.outputs)),
        cost.main,
        rows=rows,
        conditions=symbolic.simplest(conditions),
        notes=cost.notes,
        unsupported=cost.unsupported,
        scopes=cost.scopes,
        map_facts=facts,
    )


class _Substituted:
    """What the rows of a cost see and put out, with numbers in place of symbols: asked when first needed.

    What is seen is asked anew of the graph with the numbers in it, since numbers settle what symbols leave open. A cost
    that was read from a file has no graph; of that, the numbers are put into the answer.
    """

    def __init__(self, cost: Cost, put: Callable[[Dim], Dim]) -> None:
        self.cost = cost
        self.put = put

    @cached_property
    def walked(self) -> Cost | None:
        """The graph with the numbers in it."""
        source, graph = self.cost, self.cost._graph
        if graph is None:
            facts = source._map_facts
            found = facts.walked if isinstance(facts, _Substituted) else None
            if found is None:
                return None
            source, graph = found, found.graph
        filled = copy(graph)
        filled.nodes = [
            node._replace(layer=_with_values(node.layer, self.put), times=self.put(node.times)) for node in graph.nodes
        ]
        shapes = [tuple(map(self.put, source.whole_shape(value))) for value in range(len(source._shapes))]
        outputs = tuple([tuple(map(self.put, shape)) for shape in source.outputs])
        inputs = tuple([tuple(map(self.put, shape)) for shape in source.inputs])
        return Cost(source.source, inputs, self.put(source.batch), outputs, source.main, graph=filled, shapes=shapes)

    def value_at(self, place: int) -> int:
        """The value of the graph that a row gives."""
        facts, value = self.cost.rows[place].facts or (None, place)
        return facts.value_at(place) if isinstance(facts, _Substituted) else value

    def main_fields(self) -> tuple[ReceptiveField | None, ...]:
        if self.walked is not None:
            return self.walked.receptive_fields
        return self._filled(self.cost.receptive_fields)

    def input_elements(self) -> Dim:
        return self.put(self.cost.input_elements)

    def fields_at(self, place: int) -> tuple[ReceptiveField | None, ...]:
        if self.walked is not None:
            return self.walked.fields_at(self.value_at(place))
        return self._filled(self.cost.rows[place].receptive_fields)

    def _filled(self, fields: tuple[ReceptiveField | None, ...]) -> tuple[ReceptiveField | None, ...]:
        return tuple([None if field is None else field.mapped(self.put) for field in fields])

    def elements_at(self, place: int) -> Dim:
        return self.put(self.cost.rows[place].elements)


def _with_values(layer: Layer, put: Any) -> Layer:
    changes = {}
    for item in fields(layer):
        value = getattr(layer, item.name)
        filled = _filled(value, put)
        if filled is not value:
            changes[item.name] = filled
    return replace(layer, **changes) if changes else layer


def _filled(value: Any, put: Any) -> Any:
    """An argument of a layer with numbers for its symbols; the same object if it has none."""
    if isinstance(value, Layer):
        return _with_values(value, put)
    if type(value) is tuple and not any(isinstance(part, Block) for part in value):
        # Branches of a merge are nodes of their own.
        parts = tuple([_filled(part, put) for part in value])
        return value if all(map(is_, parts, value)) else parts
    return put(value) if is_symbolic(value) else value


def _said(values: Mapping[Any, Any]) -> str:
    return ", ".join(f"{symbol}={value}" for symbol, value in values.items())
