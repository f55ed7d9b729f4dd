"""``Cost`` ⇄ the ``cost`` JSON object. Integers stay exact; what is symbolic is a string in notation."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from ..arith import Dim, Shape, is_array, is_symbolic
from ..conventions import convention
from ..errors import SpecError
from ..layers.base import whole
from ..messages import Message
from ..sight.field import ReceptiveField, unknown
from ..tally import Tally
from .columns import chosen

if TYPE_CHECKING:
    from ..costing import Cost, Row

SCHEMA = 1


def dumps(data: Mapping[str, Any]) -> str:
    """JSON text, readable and with every character as it is."""
    return json.dumps(data, ensure_ascii=False, indent=2)


def value(quantity: Dim) -> Any:
    """A quantity as JSON: ``int``, ``null`` for unknown, notation for an expression, a list for an array."""
    if is_symbolic(quantity):
        from .. import symbolic

        quantity = symbolic.closed_form(quantity)
    if is_symbolic(quantity):
        return symbolic.notation(quantity)
    return quantity.tolist() if is_array(quantity) else quantity


def _shape(shape: Shape) -> list[Any]:
    return [value(dim) for dim in shape]


def network_to_dict(cost: Cost) -> dict[str, Any]:
    """What was counted: the spec, its input shape (a list of shapes where there are several) and the batch."""
    shapes = [_shape(shape) for shape in cost.inputs]
    return {
        "spec": cost.spec,
        "input": shapes[0] if len(shapes) == 1 else shapes,
        "batch": value(cost.batch),
    }


def cost_to_dict(cost: Cost, name: str = "macs") -> dict[str, Any]:
    """The object of DESIGN section 6, with all inputs of every row and its whole tally."""
    price = convention(name)
    return {
        "schema": SCHEMA,
        **network_to_dict(cost),
        "convention": name,
        "unit": price.unit,
        "total": value(cost.under(name)) if cost.status != "unknown" else None,
        "output": _shape(cost.output),
        "outputs": [_shape(shape) for shape in cost.outputs],
        "main_output": cost.main,
        "params": value(cost.params),
        "trainable_params": value(cost.trainable_params),
        "buffers": value(cost.buffers),
        "macs": value(cost.macs),
        "flops": value(cost.flops),
        "receptive_field": cost.receptive_field.to_dict(value),
        "receptive_fields": _fields(cost.receptive_fields),
        "activations": value(cost.activations),
        "input_elements": value(cost.input_elements),
        "rows": [_row(row) for row in cost.rows],
        "status": cost.status,
        "assumptions": list(cost.assumptions),
        "conditions": [_condition(condition) for condition in cost.conditions],
        "unsupported": list(cost.unsupported),
        "notes": list(cost.notes),
    }


def with_columns(
    told: dict[str, Any], cost: Cost, columns: str | Sequence[str] | None, element_size: Dim
) -> dict[str, Any]:
    """The cost object with what columns of a table add to it: it has all but the bytes of the maps already."""
    if columns is None:
        return told
    names = [column.name for column in chosen(columns, ())]
    whole("element_size", element_size)
    if "memory" in names:
        told |= {"element_size": element_size, "activation_bytes": value(cost.activation_bytes(element_size))}
        for data, row in zip(told["rows"], cost.rows, strict=True):
            data["activation_bytes"] = value(None if row.elements is None else row.elements * element_size)
    return told | {"columns": names}


def _notation(row: Row) -> str | None:
    """The layer in notation; ``None`` for an operator of an imported module, which has none."""
    from ..notation import VOCABULARY

    known = VOCABULARY.get(row.kind) is type(row.layer)
    return repr(row.layer.unnamed()) if known else None


def _read_layer(row: Mapping[str, Any]) -> Any:
    from ..notation import parse
    from ..operators import Recorded

    return Recorded(row["kind"], row["macs"] is None) if row["layer"] is None else parse(row["layer"])


def _row(row: Row) -> dict[str, Any]:
    return {
        "path": row.path,
        "name": row.name,
        "kind": row.kind,
        "layer": _notation(row),
        "trainable_params": value(row.trainable),
        "input": _shape(row.input),
        "inputs": [_shape(shape) for shape in row.inputs],
        "output": _shape(row.output),
        "params": value(row.params),
        "buffers": value(row.buffers),
        "macs": value(row.macs),
        "tally": {kind: value(count) for kind, count in row.tally.items()},
        "elements": value(row.elements),
        "receptive_fields": _fields(row.receptive_fields),
        "ran": row.ran,
    }


def _fields(fields: Sequence[ReceptiveField | None]) -> list[Any]:
    return [None if field is None else field.to_dict(value) for field in fields]


def _condition(condition: Any) -> dict[str, Any]:
    return {
        "relation": condition.relation,
        "left": value(condition.left),
        "right": value(condition.right),
        "text": condition.text,
        "symbol": condition.symbol,
        "bound": condition.bound,
    }


def cost_from_dict(data: Mapping[str, Any]) -> Cost:
    """A ``Cost`` from its JSON object; totals are summed anew from the rows."""
    from ..costing import Cost, Row

    if data.get("schema") != SCHEMA:
        raise SpecError(f"this is no cost of schema {SCHEMA}", got=f"schema {data.get('schema')!r}"[:60])
    try:
        inputs = data["input"]
        several = bool(inputs) and isinstance(inputs[0], list)
        facts = _Stored(data)
        rows = tuple(
            Row(
                row["path"],
                _read_layer(row),
                tuple(map(_read_shape, row["inputs"])),
                _read_shape(row["output"]),
                _read(row["params"]),
                Tally(**{kind: _read(count) for kind, count in row["tally"].items()}),
                buffers=_read(row["buffers"]),
                ran=row["ran"],
                trainable=_read(row["trainable_params"]) if "trainable_params" in row else None,
                facts=(facts, place),
            )
            for place, row in enumerate(data["rows"])
        )
        conditions = tuple(_read_condition(condition) for condition in data["conditions"])
        return Cost(
            data["spec"],
            tuple(map(_read_shape, inputs if several else [inputs])),
            _read(data["batch"]),
            tuple(map(_read_shape, data["outputs"])),
            data["main_output"],
            rows=rows,
            conditions=conditions,
            notes=tuple(data["notes"]),
            unsupported=tuple(data["unsupported"]),
            map_facts=facts,
        )
    except (KeyError, TypeError, AttributeError, IndexError) as error:
        raise SpecError("this is no cost object", got=f"{type(error).__name__}: {error}") from None


class _Stored:
    """What a file tells of the maps of a cost; read when it is first asked for."""

    def __init__(self, data: Mapping[str, Any]) -> None:
        self.data = data
        self.rows = data["rows"]

    def main_fields(self) -> tuple[ReceptiveField | None, ...]:
        first = _read_field(self.data.get("receptive_field"))
        if first is None:
            return (unknown(_UNTOLD),)
        told = self.data.get("receptive_fields")
        return (first,) if told is None else tuple(map(_read_field, told))

    def input_elements(self) -> Dim:
        return _read(self.data.get("input_elements"))

    def fields_at(self, place: int) -> tuple[ReceptiveField | None, ...]:
        told = self.rows[place].get("receptive_fields")
        return (unknown(_UNTOLD),) if told is None else tuple(map(_read_field, told))

    def elements_at(self, place: int) -> Dim:
        return _read(self.rows[place].get("elements"))


_UNTOLD = Message("the file that this cost was read from does not say")


def _read_field(told: Any) -> ReceptiveField | None:
    if told is None:
        return None
    try:
        return ReceptiveField.from_dict(told, _read)
    except (KeyError, TypeError, AttributeError) as error:
        raise SpecError("this is no receptive field", got=f"{type(error).__name__}: {error}") from None


def _read(quantity: Any) -> Dim:
    if not isinstance(quantity, str):
        return quantity
    from .. import symbolic
    from ..notation import parse_size

    return symbolic.tidy(parse_size(quantity))


def _read_shape(shape: list[Any]) -> Shape:
    return tuple(map(_read, shape))


def _read_condition(data: Mapping[str, Any]) -> Any:
    from .. import symbolic

    left, right = _read(data["left"]), _read(data["right"])
    return symbolic.Condition(data["relation"], left, right, data["text"], data["symbol"], data["bound"])
