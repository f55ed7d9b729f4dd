"""What changed between two costs, row by row; and costs read back from their JSON files."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

from ..arith import Dim, Shape, decide_same, is_symbolic
from ..costing import Cost, Row
from ..errors import ConvcostError, SpecError
from ..layers.base import Layer, shape_text
from ..notation import parse_size
from .budget import known, over

#: A cost file is at most this long.
MAX_BYTES = 64 * 2**20
QUANTITIES = ("params", "macs")


class Change(NamedTuple):
    """A number before and after; ``None`` where it is unknown."""

    old: Dim
    new: Dim

    @property
    def absolute(self) -> Dim:
        """By how much it grew.

        >>> Change(80, 100).absolute, Change(80, 100).relative
        (20, Fraction(1, 4))
        """
        return None if self.old is None or self.new is None else Cost.closed(self.new - self.old)

    @property
    def relative(self) -> Fraction | None:
        """The growth as a part of the old number; ``None`` where there is no such number."""
        if type(self.absolute) is not int or not type(self.old) is type(self.new) is int or not self.old:
            return None
        return Fraction(self.absolute, self.old)

    @property
    def same(self) -> bool:
        """Whether both are the same for certain."""
        if self.old is None or self.new is None:
            return self.old is self.new
        return decide_same(self.old, self.new) is True


@dataclass(frozen=True)
class RowChange:
    """A row that is ``added``, ``removed`` or ``changed``; where it is added there is no old row."""

    path: str
    status: str
    old: Row | None
    new: Row | None

    def change(self, quantity: str) -> Change:
        """Params or macs before and after; what is not there costs nothing."""
        return Change(*(0 if row is None else getattr(row, quantity) for row in (self.old, self.new)))

    @property
    def what(self) -> str:
        """The layer, and what became of it."""
        parts = [_layer(row) for row in (self.old, self.new) if row is not None]
        if len(parts) == 2 and parts[0] == parts[1] and self.old is not None and self.new is not None:
            shapes = [f"{', '.join(map(shape_text, row.inputs))} → {shape_text(row.output)}"
                      for row in (self.old, self.new)]  # fmt: skip
            return parts[0] if shapes[0] == shapes[1] else f"{parts[0]}: {shapes[0]}, now {shapes[1]}"
        return ", now ".join(parts)


def _layer(row: Row) -> str:
    return repr(row.layer.unnamed()) + ("" if row.ran else " (not run)")


@dataclass(frozen=True)
class CostDifference:
    """Two costs, and what is different."""

    old: Cost
    new: Cost

    def change(self, quantity: str) -> Change:
        """A total before and after."""
        return Change(getattr(self.old, quantity), getattr(self.new, quantity))

    @cached_property
    def rows(self) -> tuple[RowChange, ...]:
        """The rows that differ: those of the new cost in its order, then those that are gone."""
        before, after = ({row.path: row for row in cost.rows} for cost in (self.old, self.new))
        found = [
            RowChange(path, "changed" if path in before else "added", before.get(path), row)
            for path, row in after.items()
            if path not in before or _differs(before[path], row)
        ]
        return tuple(
            found + [RowChange(path, "removed", row, None) for path, row in before.items() if path not in after]
        )

    @cached_property
    def unchanged(self) -> int:
        """How many rows are as they were."""
        return len(self.new.rows) - sum(row.status != "removed" for row in self.rows)

    def over(self, limits: Mapping[str, int], growth: Fraction | None = None) -> list[str]:
        """What exceeds its limit, in words: ``limits`` bound the new totals, ``growth`` how far they may rise.

        Raises :class:`~convcost.errors.SpecError` where a total is no known number.
        """
        found = [text for quantity, limit in limits.items() for text in over(self.new, quantity, limit)]
        if growth is None:
            return found
        for quantity in QUANTITIES:
            old, new = known(self.old, quantity), known(self.new, quantity)
            if new > old + old * growth:
                by = f"by {float(Fraction(100 * (new - old), old)):.3g} %" if old else "from nothing"
                found.append(f"{quantity} grew {by}: {old:,}, now {new:,}; {float(100 * growth):g} % allowed")
        return found

    def to_dict(self) -> dict[str, Any]:
        """The ``diff`` JSON object."""
        from ..report.change import difference_to_dict

        return difference_to_dict(self)

    def table(self, fmt: str = "plain") -> str:
        """The difference as text in one of the formats of ``Cost.table``."""
        from ..report.change import render_difference

        return render_difference(self, fmt)


def difference(old: Cost, new: Cost) -> CostDifference:
    """What changed from ``old`` to ``new``.

    >>> from convcost import Conv, ReLU, cost
    >>> both = difference(cost(Conv(8, 1), (3, 4, 4)), cost(Conv(16, 1) >> ReLU(), (3, 4, 4)))
    >>> both.change("macs").absolute, [(row.path, row.status) for row in both.rows]
    (384, [('conv1', 'changed'), ('relu1', 'added')])
    """
    for cost in (old, new):
        if not isinstance(cost, Cost):
            raise SpecError("a difference is of two costs", got=type(cost).__name__)
    return CostDifference(old, new)


def _differs(old: Row, new: Row) -> bool:
    return (
        any(not Change(getattr(old, quantity), getattr(new, quantity)).same for quantity in QUANTITIES)
        or old.layer.unnamed() != new.layer.unnamed()
        or old.ran != new.ran
        or not _alike((*old.inputs, old.output), (*new.inputs, new.output))
    )


def _alike(old: tuple[Shape, ...], new: tuple[Shape, ...]) -> bool:
    """Whether shapes are the same for certain, whatever form their expressions have."""
    return [*map(len, old)] == [*map(len, new)] and all(
        Change(a, b).same for first, second in zip(old, new, strict=True) for a, b in zip(first, second, strict=True)
    )


# -- files -----------------------------------------------------------------------------------------------------------


def read_cost(path: str | Path) -> Cost:
    """The cost in a JSON file that ``convcost cost … --format json`` has written.

    Raises :class:`~convcost.errors.SpecError` for a file that cannot be read, is no cost object, or whose totals are
    not the sums of its rows.
    """
    place = str(path)
    try:
        with open(path, "rb") as file:
            text = file.read(MAX_BYTES + 1)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise SpecError("the file cannot be read", where=place, got=reason) from None
    if len(text) > MAX_BYTES:
        raise SpecError(f"a cost file is at most {MAX_BYTES // 2**20} MB long", where=place, got="a longer one")
    fix = "make it with `convcost cost SPEC --format json`"
    try:
        data = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise SpecError("this file is no JSON", where=place, got=str(error)[:80], fix=fix) from None
    if not isinstance(data, dict):
        raise SpecError("this file holds no cost object", where=place, got=type(data).__name__, fix=fix)
    try:
        return _checked(Cost.from_dict(data), data)
    except ConvcostError as error:
        error.where = f"{place}: {error.where}" if error.where else place
        raise
    except (ValueError, ArithmeticError, RecursionError) as error:
        raise SpecError("this file holds no cost object", where=place, got=str(error)[:80], fix=fix) from None


def _checked(cost: Cost, data: dict[str, Any]) -> Cost:
    """The cost, if all that it holds are counts, sizes and texts, and its rows add up to what the file says."""
    paths = set()
    for row in cost.rows:
        if not isinstance(row.path, str) or row.path in paths:
            raise SpecError("rows have a path each, and no two the same", got=repr(row.path)[:40])
        paths.add(row.path)
        if not isinstance(row.layer, Layer):
            raise SpecError("a row is one layer", where=row.path[:40], got=repr(row.layer)[:40])
        _check_counts(row.path, [row.params, row.buffers, *row.tally.values(), *row.output, *sum(row.inputs, ())])
    _check_counts("the network", [cost.batch, *sum((*cost.inputs, *cost.outputs), ())])
    texts = (data["spec"], *cost.unsupported, *cost.notes, *(condition.text for condition in cost.conditions))
    if not all(isinstance(text, str) for text in texts):
        raise SpecError("spec, notes and conditions are texts", got=repr(texts)[:40])
    for quantity in QUANTITIES:
        said, summed = data.get(quantity), getattr(cost, quantity)
        stated = parse_size(said) if isinstance(said, str) else said
        if stated is not None:
            _check_counts("the network", [stated])
        known = None not in (stated, summed)
        if not (decide_same(stated, summed) if known else stated is summed):
            raise SpecError(
                f"the rows do not add up to the {quantity} that the file states",
                got=f"{str(summed)[:60]} in rows, {str(said)[:60]} stated",
            )
    return cost


def _check_counts(where: str, numbers: list[Any]) -> None:
    for number in numbers:
        if not (type(number) is int and number >= 0) and not is_symbolic(number):
            raise SpecError("this is no count", where=where[:40], got=repr(number)[:40])
