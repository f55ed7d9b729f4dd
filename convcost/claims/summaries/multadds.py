"""Mult-adds as torchinfo counts them: params times positions."""

from __future__ import annotations

from math import prod

from .table import Table


def of(table: Table, n: int) -> int | None:
    """The mult-adds of a row (0 for a row that counts none); nothing where that is not known.

    torchinfo 1.8 multiplies the params of a convolution by batch and positions, those of other layers by the batch.
    """
    row, dims = table.rows[n], table.dims(n)
    below = table.rows[n + 1] if n + 1 < len(table.rows) else None
    if row.kind == "Parameter" or (below is not None and below.depth > row.depth and below.kind != "Parameter"):
        return 0
    if row.params is None:
        return None if row.repeated else 0
    family = table.families[n][0]
    if not family or dims is None or row.output is None or row.output.batch is None or family == "recurrent":
        return None
    params = table.params(n) or 0
    if family in ("conv", "transposed"):
        return params * row.output.batch * prod(dims[1:])
    return params * row.output.batch
