"""Blocks side by side: costs, ratios, closed forms, and the width at which a bottleneck stops paying."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, replace
from fractions import Fraction
from functools import cached_property
from typing import Any

from ..arith import Dim, Shape, is_symbolic
from ..block import Block
from ..costing import Cost, cost
from ..errors import ConvcostError, SpecError
from ..graph import Graph
from ..layers import Conv

#: The names that closed forms use where the specs have no symbols of their own.
INPUT_NAMES = {1: "C", 2: "C L", 3: "C H W", 4: "C D H W"}
WIDTH = "r"


@dataclass(frozen=True)
class BreakEven:
    """The width at which a block costs as much as the first one.

    ``expression`` is over symbols; ``value`` is its value at the compared input, where that is a number (``exact``
    unless it is irrational, then within 10**-30).
    ``cheaper`` and ``dearer`` are the integers on both sides of it, with the block's MACs at each.
    """

    symbol: str
    expression: Any
    block: int
    value: Fraction | None = None
    exact: bool = True
    first_macs: int | None = None
    cheaper: tuple[int, int] | None = None
    dearer: tuple[int, int] | None = None


@dataclass(frozen=True)
class Comparison:
    """Costs of several blocks for the same input, the first one being the measure.

    A ratio is the first block's number divided by this block's: above 1 this block is cheaper.
    """

    costs: tuple[Cost, ...]
    #: The same blocks over symbols.
    general: tuple[Cost, ...]
    #: Block and symbol whose width is asked for, if there is one.
    width: tuple[int, str] | None

    def ratios(self, quantity: str = "macs") -> tuple[Any, ...]:
        """Exact ratios: fractions, or expressions; ``None`` where a block costs nothing or its cost is unknown."""
        known = [each.closed_form(quantity) if each.status == "exact" else None for each in self.costs]
        return tuple(_ratio(known[0], other) for other in known)

    @cached_property
    def closed_forms(self) -> tuple[Any, ...]:
        """MACs of each block over symbols."""
        return tuple(each.macs for each in self.general)

    @cached_property
    def ratio_forms(self) -> tuple[Any, ...]:
        """The first closed form divided by each, simplified."""
        known = [each.macs if each.status == "exact" else None for each in self.general]
        return tuple(_ratio(known[0], other) for other in known)

    @cached_property
    def break_even(self) -> BreakEven | None:
        """Where the first block and the first one with a free width cost the same; ``None`` if nowhere."""
        if self.width is None or any(each.status != "exact" for each in self.general):
            return None
        from .. import symbolic

        place, name = self.width
        solutions = symbolic.positive_solutions(self.closed_forms[0] - self.closed_forms[place], name)
        located = (self._located(BreakEven(name, solution, place)) for solution in solutions)
        # A width that comes out negative at the compared input is no width: one block is cheaper at all of them.
        return next((found for found in located if found.value is None or found.value > 0), None)

    @cached_property
    def assumptions(self) -> tuple[str, ...]:
        """What the closed forms assume of the symbols."""
        if not any(each.conditions for each in self.general):
            return ()
        from .. import symbolic

        return tuple(map(str, symbolic.simplest(c for each in self.general for c in each.conditions)))

    def _located(self, found: BreakEven) -> BreakEven:
        """The number at the compared input, and the integers around it."""
        from .. import symbolic

        known = {s: v for s, v in self._given().items() if s != found.symbol}
        value = symbolic.as_fraction(found.expression, known)
        exact = value is not None
        if value is None:
            value = symbolic.near_fraction(found.expression, known)
        if value is None:
            return found
        first = symbolic.as_fraction(self.closed_forms[0], known)
        below, above = -(-value.numerator // value.denominator) - 1, value.numerator // value.denominator + 1
        sides = []
        for start, step in ((below, -1), (above, 1)):
            width = self._nearest_allowed(found, known, start, step)
            macs = symbolic.as_fraction(self.closed_forms[found.block], {**known, found.symbol: width})
            sides.append((width, int(macs)) if width >= 1 and macs is not None else None)
        return replace(
            found,
            value=value,
            exact=exact,
            first_macs=None if first is None else int(first),
            cheaper=sides[0],
            dearer=sides[1],
        )

    def _nearest_allowed(self, found: BreakEven, known: Mapping[str, int], start: int, step: int) -> int:
        """The first width from ``start`` on that the block's assumptions allow; 0 if none is near."""
        conditions = self.general[found.block].conditions
        for width in range(start, start + 1000 * step, step):
            if width < 1:
                break
            named = {**known, found.symbol: width}
            values = {s: named[s.name] for c in conditions for s in c.symbols if s.name in named}
            if all(condition.under(values) is not False for condition in conditions):
                return width
        return 0

    def _given(self) -> Mapping[str, int]:
        """What the symbols of the input stand for in the numeric comparison."""
        table = {}
        for symbol, dim in zip(self.general[0].inputs[0], self.costs[0].inputs[0], strict=True):
            if is_symbolic(symbol) and type(dim) is int:
                table[str(symbol)] = dim
        return table

    def to_dict(self) -> dict[str, Any]:
        """The ``compare`` JSON object."""
        from ..report.comparison import comparison_to_dict

        return comparison_to_dict(self)

    def table(self, fmt: str = "plain", **options: Any) -> str:
        """The comparison as text in one of the formats of ``Cost.table``."""
        from ..report.comparison import render_comparison

        return render_comparison(self, fmt, **options)

    def _repr_html_(self) -> str:
        return self.table("html")


def _ratio(first: Dim, other: Dim) -> Any:
    if first is None or other is None or (type(other) is int and other == 0):
        return None
    if is_symbolic(first) or is_symbolic(other):
        from .. import symbolic

        return symbolic.ratio(first, other)
    return Fraction(first, other)


def compare(*blocks: Block | Graph, input_shape: Any = None, batch: Dim = 1) -> Comparison:
    """Compare blocks for one input shape; the first is the measure.

    Closed forms are over the specs' own symbols; where there are none, over ``H``, ``W``, ``C`` of the input and ``r``
    for the width of the first 1×1 convolution that is free to change (of the second block on).

    Raises as :func:`convcost.cost`.

    >>> from convcost import Conv
    >>> both = compare(Conv(32, 5, padding=2), Conv(16, 1) >> Conv(32, 5, padding=2), input_shape=(192, 28, 28))
    >>> both.ratios()[1], both.ratio_forms[1], both.break_even.expression
    (Fraction(300, 31), 800*C/(r*(C + 800)), 800*C/(C + 800))
    """
    if len(blocks) < 2:
        raise SpecError("a comparison needs two blocks or more", got=f"{len(blocks)}")
    costs = tuple(cost(block, input_shape, batch) for block in blocks)
    if any(each.symbols for each in costs):
        names = {symbol.name for each in costs for symbol in each.symbols}
        return Comparison(costs, costs, _own_width(blocks, names))
    return Comparison(costs, *_generalized(blocks, costs, batch))


def _own_width(blocks: tuple[Block | Graph, ...], names: set[str]) -> tuple[int, str] | None:
    """A symbol of the specs that is the width of a 1×1 convolution; ``r`` if there is one of that name."""
    for place, block in enumerate(blocks):
        if place == 0 or not isinstance(block, Block):
            continue
        widths = [str(conv.out_channels) for conv in _reductions(block) if str(conv.out_channels) in names]
        if widths:
            return place, WIDTH if WIDTH in widths else widths[0]
    return None


def _generalized(
    blocks: tuple[Block | Graph, ...], costs: tuple[Cost, ...], batch: Dim
) -> tuple[tuple[Cost, ...], tuple[int, str] | None]:
    """The blocks over a symbolic input, one of them with a symbolic width."""
    from .. import symbolic

    if len(costs[0].inputs) != 1:
        return costs, None
    names = INPUT_NAMES.get(len(costs[0].inputs[0]))
    if names is None:
        return costs, None
    shape: Shape = tuple(symbolic.symbols(name) for name in names.split())
    try:
        general = [cost(block, shape, batch) for block in blocks]
    except ConvcostError:
        # A size that the network itself fixes (a reshape, a linear layer that states its input).
        return costs, None
    for place, block in enumerate(blocks):
        if place == 0 or not isinstance(block, Block):
            continue
        for variant in _with_width(block, symbolic.symbols(WIDTH)):
            try:
                candidate = cost(variant, shape, batch)
            except ConvcostError:
                continue
            # A width that shows in the output, or that a sum or a division fixes, is not free to change.
            if not any(WIDTH in map(str, _symbols_of(dims)) for dims in (*candidate.outputs, *_assumed(candidate))):
                general[place] = candidate
                return tuple(general), (place, WIDTH)
    return tuple(general), None


def _assumed(counted: Cost) -> list[Shape]:
    """Both sides of every assumption but lower bounds."""
    return [(c.left, c.right) for c in counted.conditions if c.relation != ">="]


def _symbols_of(shape: Shape) -> set[Any]:
    return set().union(*(dim.free_symbols for dim in shape if is_symbolic(dim)))


def _reductions(block: Block) -> Iterator[Conv]:
    """The 1×1 convolutions of a block, in order."""
    if isinstance(block, Conv) and (block.kernel == 1 or block.kernel in ((1,), (1, 1), (1, 1, 1))):
        yield block
    for part in _parts(block):
        yield from _reductions(part)


def _parts(block: Block) -> Iterator[Block]:
    for item in fields(block):
        value = getattr(block, item.name)
        if isinstance(value, Block):
            yield value
        elif isinstance(value, tuple):
            yield from (part for part in value if isinstance(part, Block))


def _with_width(block: Block, width: Any) -> Iterator[Block]:
    """The block with one of its 1×1 convolutions at a time made ``width`` wide."""
    if isinstance(block, Conv):
        if any(block is found for found in _reductions(block)):
            yield replace(block, out_channels=width)
        return
    for number, part in enumerate(_parts(block)):
        for changed in _with_width(part, width):
            yield _replaced(block, number, changed)


def _replaced(block: Block, number: int, part: Block) -> Block:
    """``block`` with its part of that number exchanged."""
    parts = [*_parts(block)]
    parts[number] = part
    options = {f.name: getattr(block, f.name) for f in fields(block) if not _holds_blocks(getattr(block, f.name))}
    single = [f.name for f in fields(block) if isinstance(getattr(block, f.name), Block)]
    if single:
        return type(block)(**options, **dict[str, Any](zip(single, parts, strict=True)))
    kind: Any = type(block)
    return kind(*parts, **options)  # type: ignore[no-any-return]


def _holds_blocks(value: object) -> bool:
    return isinstance(value, Block) or (isinstance(value, tuple) and any(isinstance(part, Block) for part in value))
