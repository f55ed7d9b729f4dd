"""The rows of a counted block as steps of a derivation, with numbers or with letters."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from ...arith import Dim
from ...block import Seq
from ...costing import Cost, Row
from ...formula import Chain, Formula, Sum, put, symbol
from ...layers import Concat
from ...messages import Message
from ...symbolic import closed_form, tree
from ..laws import added, product_law, worked
from ..model import Step
from .folding import differ, shortest
from .words import block_in_words


def total(counted: Cost, quantity: str) -> Dim:
    """The count of a block: MACs or parameters."""
    return counted.macs if quantity == "macs" else counted.params


def count(row: Row, quantity: str) -> Dim:
    """The count of a row."""
    return row.macs if quantity == "macs" else row.params


def _rows(counted: Cost) -> list[Row]:
    return [row for row in counted.rows if row.macs]


def layers_of(block: Any) -> Iterator[Any]:
    """The convolutions of a block in the order in which they run."""
    if isinstance(block, Seq):
        for part in block.blocks:
            yield from layers_of(part)
    elif isinstance(block, Concat):
        for part in block.branches:
            yield from layers_of(part)
    else:
        yield block


# -- derivations -------------------------------------------------------------------------------------------------------


def row_law(row: Row, quantity: str) -> tuple[Formula, dict[str, Dim]]:
    """The law of a convolution in the letters of its own loops, and what they stand for; loops that turn once because
    of the groups are left out.

    >>> from ...costing import cost
    >>> from ...layers import Conv
    >>> law, values = row_law(cost(Conv(4, 3, 1, "same", groups="depthwise"), (4, 9, 9)).rows[0], "params")
    >>> str(law), str(put(law, values))
    ('k_H·k_W·g + C_out', '3 × 3 × 4 + 4')
    """
    (nest,) = row.layer.contractions(*row.inputs, out=row.output)
    once = [index for index in nest.indices if "/g" in index[0] and type(index[1]) is int and index[1] == 1]
    law, values = product_law(nest._replace(indices=tuple(i for i in nest.indices if i not in once)), quantity)
    layer: Any = row.layer
    if quantity == "params" and layer.bias:
        values["C_out"] = layer.out_channels if type(layer.groups) is not int else values["C_out"]
        return Sum(law, symbol("C_out")), values
    return law, values


def row_step(name: str, row: Row, quantity: str) -> Step:
    """Law, numbers (or letters) put in, result for one row."""
    law, values = row_law(row, quantity)
    result = count(row, quantity)
    if type(result) is int:
        return Step(block_in_words(row.layer), worked(symbol(name), law, values, result))
    return Step(block_in_words(row.layer), in_letters(symbol(name), law, values, result))


def in_letters(left: Formula, law: Formula, values: Mapping[str, Dim], result: Dim) -> Chain:
    """``left = law = letters put in = result``; a part that says the same as the one before is left out."""
    simple = tree(result) if result.is_Mul or result.is_Symbol else tree(closed_form(result))
    parts = [left, law, put(law, {name: tree(value) for name, value in values.items()}), simple]
    if differ(*parts[2:]):
        raise ArithmeticError(f"{parts[2]} is not {parts[3]}")
    return shortest(*parts)


def block_steps(counted: Cost, quantity: str, letter: str, whole: str) -> list[Step]:
    """A step for each row, named ``letter`` with a number, and one for their sum, named ``whole``."""
    rows = _rows(counted)
    if len(rows) == 1:
        return [row_step(whole, rows[0], quantity)]
    steps = [row_step(f"{letter}_{number}", row, quantity) for number, row in enumerate(rows, start=1)]
    counts = [count(row, quantity) for row in rows]
    if all(type(part) is int for part in counts):
        return [*steps, Step(Message("together"), added(symbol(whole), counts))]
    return [*steps, Step(Message("together"), together(symbol(whole), counts, total(counted, quantity)))]


def together(left: Formula, counts: Iterable[Dim], result: Dim) -> Chain:
    """``left = a + b = result`` for letters; raises ``ArithmeticError`` where that is not so."""
    parts = [left, Sum(*map(tree, counts)), tree(result)]
    if differ(*parts[1:]):
        raise ArithmeticError(f"{parts[1]} is not {parts[2]}")
    return shortest(*parts)
