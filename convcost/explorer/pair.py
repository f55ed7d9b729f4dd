"""Two blocks over symbols: which sizes of theirs can be turned, and where they start."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any

from ..analysis.compare import INPUT_NAMES, Comparison, compare
from ..arith import Shape, is_symbolic
from ..block import Block
from ..errors import ConvcostError, ShapeError, SpecError
from ..graph import Graph
from ..result import Cost

#: A page shows at most so many layers of a block.
MAX_ROWS = 3_000
BATCH = "N"


@dataclass(frozen=True)
class Pair:
    """Two costs over symbols, and what is known of the symbols from the numbers that were asked about."""

    comparison: Comparison
    known: Mapping[str, int]

    @property
    def costs(self) -> tuple[Cost, ...]:
        """Both blocks over symbols."""
        return self.comparison.general

    @property
    def symbols(self) -> list[str]:
        """Those of the input in its order, then the others by name."""
        found = {s.name for cost in self.costs for s in cost.symbols}
        found |= {s.name for cost in self.costs for condition in cost.conditions for s in condition.symbols}
        first = [str(dim) for shape in self.costs[0].inputs for dim in shape if is_symbolic(dim) and dim.is_Symbol]
        return [*dict.fromkeys(name for name in first if name in found), *sorted(found - set(first))]

    @cached_property
    def meetings(self) -> list[Any]:
        """Widths at which both cost the same, as expressions over the other symbols; they need not be whole."""
        from .. import symbolic

        width = self.comparison.width
        if width is None or any(cost.status != "exact" for cost in self.costs):
            return []
        first, other = self.comparison.closed_forms
        return symbolic.positive_solutions(first - other, width[1])

    def meeting(self, values: Mapping[str, int]) -> tuple[str, Any, Fraction] | None:
        """The symbol of the width, where both cost the same, and what that is at ``values``; ``None`` if nowhere."""
        from .. import symbolic

        for expression in self.meetings:
            value = symbolic.as_fraction(expression, values)
            if value is None:
                value = symbolic.near_fraction(expression, values)
            if value is not None and value > 0 and self.comparison.width is not None:
                return self.comparison.width[1], expression, value
        return None


def pair(a: Block | Graph, b: Block | Graph, shape: Any) -> Pair:
    """The blocks over as many symbols as they allow: their own, the sizes of the input, the width of a reduction.

    Raises as :func:`convcost.compare`, and ``SpecError`` where nothing can be turned.

    >>> from convcost import Conv
    >>> found = pair(Conv(32, 5, padding=2), Conv(16, 1) >> Conv(32, 5, padding=2), (192, 28, 28))
    >>> found.symbols, found.known
    (['C', 'H', 'W', 'r'], {'C': 192, 'H': 28, 'W': 28, 'r': 16})
    """
    try:
        asked = compare(a, b, input_shape=shape)
    except ShapeError as error:
        if (
            isinstance(shape, tuple)
            and any(map(is_symbolic, shape))
            and any(isinstance(each, Graph) for each in (a, b))
        ):
            raise _held(error, "the input can only be given in numbers") from None
        raise
    _check_size(asked)
    if not any(cost.symbols for cost in asked.costs) and _turns(asked):
        return Pair(asked, _known(asked))
    for wider in _wider(asked):
        try:
            found = compare(a, b, input_shape=wider)
        except ConvcostError:
            continue
        if _turns(found):
            return Pair(found, _dims(wider, asked.costs[0].inputs[0]))
    if any(cost.symbols for cost in asked.costs):
        return Pair(asked, {})
    return _by_batch(a, b, shape)


def _by_batch(a: Block | Graph, b: Block | Graph, shape: Any) -> Pair:
    from .. import symbolic

    try:
        found = compare(a, b, input_shape=shape, batch=symbolic.symbols(BATCH))
    except ConvcostError as error:
        raise _held(error, "no size of the input can be turned") from None
    if not any(cost.symbols for cost in found.costs):
        raise SpecError(
            "no size of these specs can be turned", fix="write a symbol for one, such as Conv(K, 3), or 3xHxW as input"
        )
    return Pair(found, {BATCH: 1})


def _held(error: ConvcostError, so: str) -> SpecError:
    """What to say where a layer of a network holds the input at the numbers of its import."""
    return SpecError(
        f"{error.what}, so {so}",
        where=error.where,
        fix="write numbers as input, and a symbol in the other spec, such as Conv(K, 3)",
    )


def _check_size(asked: Comparison) -> None:
    rows = max(len(cost.rows) for cost in asked.costs)
    if rows > MAX_ROWS:
        raise SpecError(f"a page shows at most {MAX_ROWS:,} layers of a block", got=f"{rows:,} layers")


def _turns(found: Comparison) -> bool:
    """Whether there are symbols, and none of them is bound to one number."""
    if not any(cost.symbols for cost in found.general):
        return False
    bound = (c for cost in found.general for c in cost.conditions if c.relation == "==")
    return not any(len(c.symbols) == 1 and " == " in str(c) and "%" not in str(c) for c in bound)


def _wider(asked: Comparison) -> Iterator[Shape]:
    """The input with symbols for its numbers: for all of them, for all but the channels, for the channels only."""
    from .. import symbolic

    if len(asked.costs[0].inputs) != 1:
        return
    given = asked.costs[0].inputs[0]
    if any(map(is_symbolic, given)):
        # Whoever writes 3xHxW means the 3.
        return
    names = INPUT_NAMES.get(len(given), "").split()
    taken = {s.name for cost in asked.costs for s in cost.symbols}
    free = [name for name in names if name not in taken]
    for wanted in (free, [name for name in free if name != "C"], [name for name in free if name == "C"]):
        if wanted:
            yield tuple(
                symbolic.symbols(name) if name in wanted else dim for name, dim in zip(names, given, strict=True)
            )


def _dims(shape: Shape, numbers: Shape) -> dict[str, int]:
    """What the symbols of a shape stand for where the other has numbers."""
    return {str(s): n for s, n in zip(shape, numbers, strict=True) if is_symbolic(s) and type(n) is int}


def _known(found: Comparison) -> dict[str, int]:
    """What the symbols that the comparison brought in stand for: sizes of the input, and the width."""
    known = _dims(found.general[0].inputs[0], found.costs[0].inputs[0])
    if found.width is not None:
        place, name = found.width
        for general, plain in zip(found.general[place].rows, found.costs[place].rows, strict=True):
            wide, width = (getattr(row.layer, "out_channels", None) for row in (general, plain))
            if str(wide) == name and type(width) is int:
                known[name] = width
    return known
