"""Values for the symbols of a cost that is there already."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import fields, replace
from typing import Any

from . import symbolic
from .arith import Dim, Shape, as_dim, assuming, is_symbolic
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
    """What the rows of a cost see and put out, with numbers in place of symbols: asked when first needed."""

    def __init__(self, cost: Cost, put: Callable[[Dim], Dim]) -> None:
        self.cost = cost
        self.put = put

    def main_field(self) -> ReceptiveField:
        return self.cost.receptive_field.mapped(self.put)

    def input_elements(self) -> Dim:
        return self.put(self.cost.input_elements)

    def fields_at(self, place: int) -> tuple[ReceptiveField | None, ...]:
        fields = self.cost.rows[place].receptive_fields
        return tuple([None if field is None else field.mapped(self.put) for field in fields])

    def elements_at(self, place: int) -> Dim:
        return self.put(self.cost.rows[place].elements)


def _with_values(layer: Layer, put: Any) -> Layer:
    changes = {}
    for item in fields(layer):
        value = getattr(layer, item.name)
        if is_symbolic(value):
            changes[item.name] = put(value)
        elif isinstance(value, tuple) and any(map(is_symbolic, value)):
            changes[item.name] = tuple(map(put, value))
    return replace(layer, **changes) if changes else layer


def _said(values: Mapping[Any, Any]) -> str:
    return ", ".join(f"{symbol}={value}" for symbol, value in values.items())
