"""Columns that must agree: short and full, bytes and parameters, FLOPs and MACs, shares and parts, sums of two."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from fractions import Fraction
from itertools import combinations, permutations

from .figure import Figure
from .grid import Grid, numbers_of
from .layers import Facts, Key
from .relation import Forecast, Relation, Values, in_units_of, scaled

#: Words of a head that say nothing about what is counted.
_UNIT_WORDS = re.compile(
    r"[(（\[][^()（）\[\]]*[)）\]]|\b(?:[KkMGBT]|in|of|number|no|num|count|raw|exact|full|approx|"
    r"short|rounded|total|millions?|thousands?|billions?)\b"
    r"|总|精确|近似|约|万|亿|百万|数量|个数|[\W\d_]+|(?<![A-Za-z])[KMG](?=FLOP|MAC|Param)",
    re.IGNORECASE,
)


def multiples(
    law: str, row: int, source: Key, target: Key, by: Fraction, variant: str = "", group: str = "",
    shrink: Fraction = Fraction(1), sure: bool = False,
) -> Relation:  # fmt: skip
    """``target`` is ``by`` times ``source``; in kilobytes of 1024 its number is smaller by ``shrink``."""
    times = f"×{by}" if by != 1 else ""

    def forecast(values: Values) -> Forecast | None:
        figure = values[source]
        if not isinstance(figure, Figure):
            return None
        found = scaled(figure, by, f"{figure.text if figure.computed else figure.value}{times}")
        return found if shrink == 1 else in_units_of(found, shrink)

    def inverse(values: Values, key: Key) -> Forecast | None:
        figure = values[target]
        return scaled(figure, 1 / by / shrink, "") if key == source and isinstance(figure, Figure) else None

    return Relation(law, variant, row, target, (source,), forecast, group, inverse, sure)


def pairs_of(grid: Grid, facts: Facts) -> Iterator[Relation]:
    """Relations between the columns, row by row."""
    yield from _short_and_full(grid, facts)
    yield from _bytes(grid, facts)
    yield from _operations(grid, facts)
    yield from _weights_and_biases(grid, facts)
    yield from _repeated(grid, facts)
    yield from _expressions(grid, facts)
    yield from _shares(grid, facts)


def _figures(facts: Facts, row: int, *columns: int) -> tuple[Figure, ...] | None:
    """The figures of some columns in a row, if all are there and none is nothing."""
    found = tuple(figure for column in columns if isinstance(figure := facts.values.get((row, column)), Figure))
    return found if len(found) == len(columns) and all(figure.value > 0 for figure in found) else None


def _rows(grid: Grid) -> Iterator[int]:
    return (n for n, row in enumerate(grid.rows) if row.kind in ("layer", "total", "subtotal", "aside"))


def stem(words: str) -> str:
    """What a head counts, without its unit.

    >>> stem("#Params (M)") == stem("Params") != stem("Params of the encoder")
    True
    """
    return _UNIT_WORDS.sub("", words).lower().removesuffix("s")


def _short_and_full(grid: Grid, facts: Facts) -> Iterator[Relation]:
    for quantity in ("params", "macs", "flops", "operations", "elements", "bytes"):
        for one, two in combinations(grid.columns(quantity), 2):
            same = stem(grid.heads[one].words) == stem(grid.heads[two].words)
            for row in _rows(grid):
                found = _figures(facts, row, one, two)
                if found is None:
                    continue
                (source, fine), (target, coarse) = sorted(
                    zip((one, two), found, strict=True), key=lambda p: _coarseness(p[1])
                )
                if _coarseness(fine) == _coarseness(coarse) or fine.computed or coarse.computed:
                    continue
                law = "the same number twice" if same else "the same number in two columns"
                group = f"{min(one, two)} {max(one, two)}"
                yield multiples(law, row, (row, source), (row, target), Fraction(1), group=group)


def _coarseness(figure: Figure) -> Fraction:
    return Fraction(0) if figure.printed.exact else figure.printed.scale


def _bytes(grid: Grid, facts: Facts) -> Iterator[Relation]:
    for source in grid.columns("params", "elements"):
        for target in grid.columns("bytes"):
            for row in _rows(grid):
                found = _figures(facts, row, source, target)
                if found is None:
                    continue
                power = found[1].printed.byte_power if "i" not in found[1].printed.unit else 0
                width = grid.heads[target].width
                for size in (width,) if width else (4, 2, 1, 8):
                    for base in (1000, 1024) if power else (1000,):
                        yield multiples(
                            "bytes", row, (row, source), (row, target), Fraction(size), f"{size} bytes each, {base}",
                            f"{source}", Fraction(1000**power, base**power), width is not None,
                        )  # fmt: skip


def _operations(grid: Grid, facts: Facts) -> Iterator[Relation]:
    for source in grid.columns("macs"):
        for target in grid.columns("flops", "operations"):
            for row in _rows(grid):
                if _figures(facts, row, source, target):
                    for by in (2, 1):
                        yield multiples(
                            "FLOPs and MACs", row, (row, source), (row, target), Fraction(by), f"×{by}", f"{source}"
                        )


def _weights_and_biases(grid: Grid, facts: Facts) -> Iterator[Relation]:
    weights, biases, params = (grid.columns(name) for name in ("weights", "biases", "params"))
    params = params or grid.columns("total")
    if not len(weights) == len(biases) == len(params) == 1:
        return
    for row in _rows(grid):
        if _figures(facts, row, weights[0], params[0]) and isinstance(facts.values.get((row, biases[0])), Figure):
            sources = ((row, weights[0]), (row, biases[0]))
            yield Relation("weights and biases", "", row, (row, params[0]), sources, _sum(sources))


def _sum(sources: tuple[Key, ...]) -> Callable[[Values], Forecast | None]:
    def forecast(values: Values) -> Forecast | None:
        figures = [figure for key in sources if isinstance(figure := values[key], Figure)]
        if len(figures) < len(sources):
            return None
        return Forecast(
            sum((figure.low for figure in figures), Fraction(0)),
            sum((figure.high for figure in figures), Fraction(0)),
            " + ".join(str(figure.value) for figure in figures),
        )

    return forecast


def _repeated(grid: Grid, facts: Facts) -> Iterator[Relation]:
    """So much per block, so many blocks, so much in all."""
    counts = grid.columns("repeat")
    for quantity in ("params", "macs", "flops"):
        columns = grid.columns(quantity)
        if len(counts) != 1 or len(columns) != 2:
            continue
        for row in grid.layers:
            found = _figures(facts, row, counts[0], *columns)
            if found and found[0].value > 1 and not any(figure.computed for figure in found):
                one, whole = sorted(zip(columns, found[1:], strict=True), key=lambda pair: pair[1].value)
                yield multiples("repeats", row, (row, one[0]), (row, whole[0]), found[0].value, group=quantity)


def _expressions(grid: Grid, facts: Facts) -> Iterator[Relation]:
    """A column of expressions beside a column of values."""
    values = grid.columns("params", "macs", "flops", "operations", "elements", "weights", "bytes", "values", "")
    for source, target in permutations([*values, *grid.columns("label", "nothing", "out shape")], 2):
        if target not in values:
            continue
        found = {row: one for row in grid.layers if isinstance(one := facts.values.get((row, source)), Figure)}
        if sum(figure.computed for figure in found.values()) * 2 <= len(found):
            continue
        for row, figure in found.items():
            value = facts.values.get((row, target))
            named = grid.heads[target].quantity not in ("", "values")
            if not (figure.computed and isinstance(value, Figure)) or value.computed:
                continue
            if value.value > 0 and (named or (value.printed.exact and value.value >= 1000)):
                yield multiples("expression", row, (row, source), (row, target), Fraction(1), group=f"{source}")


# -- shares --------------------------------------------------------------------------------------------------------


def _shares(grid: Grid, facts: Facts) -> Iterator[Relation]:
    for target in grid.columns("share"):
        of = grid.heads[target].of
        for part in grid.columns(of) if of else grid.columns("params", "macs", "flops", "operations", "bytes"):
            whole = whole_of(grid, facts, part)
            if whole is None:
                continue
            for row in grid.layers:
                if _figures(facts, row, target) and _figures(facts, row, part):
                    sources = ((row, part), *((whole,) if isinstance(whole, tuple) else ()))
                    forecast = share_of((row, part), whole)
                    yield Relation("share", f"of column {part}", row, (row, target), sources, forecast)


def whole_of(grid: Grid, facts: Facts, part: int) -> Key | Fraction | None:
    """What the shares are of: the total that is printed, or the sum of the rows."""
    totals = [n for n, row in enumerate(grid.rows) if row.kind == "total" and not row.of]
    printed = [n for n in totals if isinstance(facts.values.get((n, part)), Figure)]
    if printed:
        return printed[-1], part
    figures = [figure for _, figure in numbers_of(grid, part, grid.layers)]
    return sum((figure.value for figure in figures), Fraction(0)) or None


def share_of(part: Key, whole: Key | Fraction) -> Callable[[Values], Forecast | None]:
    """The forecast of a share."""

    def forecast(values: Values) -> Forecast | None:
        piece, total = values[part], values[whole] if isinstance(whole, tuple) else whole
        if not isinstance(piece, Figure):
            return None
        low, high, middle = (
            (total.low, total.high, total.value) if isinstance(total, Figure) else (Fraction(total),) * 3  # type: ignore[arg-type]
        )
        if low <= 0:
            return None
        return Forecast(piece.low / high, piece.high / low, f"{piece.value}/{middle}", middle=piece.value / middle)

    return forecast
