"""Derivations line by line, read off the description of each layer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..arith import Dim, is_symbolic
from ..contraction import Contraction
from ..errors import SpecError
from ..layers.base import Contracting, shape_text
from .numbers import number

if TYPE_CHECKING:
    from ..costing import Cost, Row


def steps(cost: Cost, quantity: str = "macs") -> list[str]:
    """Law, numbers put in, result for every layer that counts; then the sum.

    >>> from convcost import Conv, cost
    >>> for line in cost(Conv(16, 1) >> Conv(32, 5, padding=2), (192, 28, 28)).steps():
    ...     print(line)
    conv1: 192×28×28 → 16×28×28
    MACs = k_H·k_W·C_in·C_out·H_out·W_out = 1·1·192·16·28·28 = 2,408,448
    conv2: 16×28×28 → 32×28×28
    MACs = k_H·k_W·C_in·C_out·H_out·W_out = 5·5·16·32·28·28 = 10,035,200
    total = 2,408,448 + 10,035,200 = 12,443,648 MACs
    """
    if quantity not in ("macs", "params"):
        raise SpecError("derivations are of macs or params", got=repr(quantity))
    lines: list[str] = []
    parts: list[str] = []
    for row in cost.rows:
        count = getattr(row, quantity)
        if type(count) is int and count == 0:
            continue
        lines.append(f"{row.path}: {', '.join(map(shape_text, row.inputs))} → {shape_text(row.output)}")
        lines += _of_row(row, quantity, cost.batch)
        parts.append(_term(count))
    unit = "MACs" if quantity == "macs" else "params"
    total = number(getattr(cost, quantity))
    if len(parts) > 1 and " + ".join(parts) != total:
        lines.append(f"total = {' + '.join(parts)} = {total} {unit}")
    else:
        lines.append(f"total = {total} {unit}")
    return lines


def _term(count: Dim) -> str:
    text = number(count)
    return f"({text})" if is_symbolic(count) and count.is_Add else text


def _of_row(row: Row, quantity: str, batch: Dim) -> list[str]:
    nests = row.layer.contractions(*row.inputs, out=row.output)
    word = "MACs" if quantity == "macs" else "params"
    lines, names, values = [], [], []
    for nest in nests:
        if quantity == "params" and not nest.learned:
            continue
        law, numbers, result = _product(nest, quantity)
        names.append(law)
        values.append(numbers)
        if len(nests) > 1:
            lines.append(f"{nest.name}: {law} = {numbers} = {number(result)}")
    if quantity == "params" and isinstance(row.layer, Contracting):
        biases = row.layer.biases(*row.inputs)
        if type(biases) is not int or biases:
            names.append("biases")
            values.append(number(biases))
    each = getattr(row, quantity)
    factors = [
        *([_term(row.times)] if _more(row.times) else []),
        *([_term(batch)] if quantity == "macs" and _more(batch) else []),
    ]
    if not names:
        return [f"{word} = {number(each)}"]
    law, numbers = " + ".join(names), " + ".join(values)
    if len(nests) > 1:
        law = " + ".join(
            [
                *(n.name for n in nests if quantity == "macs" or n.learned),
                *names[len(names) - ("biases" in names) :],
            ]
        )
        numbers = ""
    if factors:
        law = f"({law})" if "+" in law else law
        numbers = f"({numbers})" if "+" in numbers else numbers
    return [
        *lines,
        " = ".join(
            part
            for part in (
                word,
                "·".join([law, *factors]),
                "·".join([numbers, *factors]) if numbers else "",
                number(each),
            )
            if part
        ),
    ]


def _more(factor: Dim) -> bool:
    return type(factor) is not int or factor != 1


def _product(nest: Contraction, quantity: str) -> tuple[str, str, Dim]:
    """Law, numbers and result of one nest: all its loops, or those of its weight."""
    loops = nest.loops(quantity)
    result = nest.macs if quantity == "macs" else nest.weights
    return "·".join(name for name, _, _ in loops), "·".join(_term(extent) for _, extent, _ in loops), result
