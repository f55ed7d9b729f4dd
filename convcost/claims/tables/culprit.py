"""Which cell is the wrong one where several cells disagree: the one whose repair mends most and breaks least."""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from math import isqrt

from .evidence import Evidence, Instance
from .figure import Figure
from .layers import Key, Value
from .relation import Forecast, Relation, Values


@dataclass(frozen=True)
class Repair:
    """A new value for a cell, where it comes from, and how many relations it mends less those it breaks."""

    key: Key
    value: Value
    forecast: Forecast
    relation: Relation
    score: int = 0


def with_value(said: Value, forecast: Forecast) -> Value | None:
    """The cell's value as it should be."""
    if isinstance(said, Figure):
        printed = replace(said.printed, value=forecast.value, step=Fraction(forecast.high - forecast.low), exact=False)
        return replace(said, printed=printed, about=False, computed=False)
    if isinstance(said, tuple):
        if not forecast.shapes:
            return None
        shape = forecast.shapes[0]
        return (said[0], *shape[1:]) if len(said) == len(shape) else shape
    return int(forecast.value) if forecast.low == forecast.high else None


def best_repair(instance: Instance, evidence: Evidence, values: Values, places: Mapping[Key, object]) -> Repair | None:
    """The best repair of a broken relation; its target's, where nothing speaks for another cell."""
    repairs = [
        replace(repair, score=_score(repair, evidence, values))
        for repair in _repairs(instance.relation, evidence, values)
        if repair.key in places
    ]
    if not repairs:
        return None
    best = max(repair.score for repair in repairs)
    good = [repair for repair in repairs if repair.score == best]
    first = min(good, key=lambda repair: _misfit(repair, evidence, values))
    return min(
        (repair for repair in good if repair.key == first.key),
        key=lambda repair: repair.forecast.high - repair.forecast.low,
    )


def _repairs(relation: Relation, evidence: Evidence, values: Values) -> Iterator[Repair]:
    """Repairs of the target first, then of each source."""
    for key in (relation.target, *relation.sources[:8]):
        for instance in evidence.by_key.get(key, ())[:12]:
            known = instance.relation == relation or evidence.trusted(instance.relation)
            forecast = _forecast(instance.relation, key, values) if known else None
            if forecast is None:
                continue
            value = with_value(values[key], forecast)
            if value is not None and value != values[key]:
                yield Repair(key, value, forecast, instance.relation)
    for key in relation.sources[:8]:
        value = _in_proportion(relation, key, values)
        if value is not None:
            number = Fraction(value if isinstance(value, int) else 0)
            yield Repair(key, value, Forecast(number, number), relation)


def _in_proportion(relation: Relation, key: Key, values: Values) -> int | tuple[int, ...] | None:
    """The channels, or the kernel, with which the target would be right: it grows with them."""
    said, forecast, value = values[relation.target], relation.forecast(values), values[key]
    if relation.law not in ("parameters", "operations") or not isinstance(said, Figure) or not forecast:
        return None
    if not said.printed.exact or forecast.value <= 0 or isinstance(value, Figure):
        return None
    ratio = said.value / forecast.value
    if isinstance(value, int):
        other = value * ratio
        return other.numerator if other.denominator == 1 and other > 0 else None
    if key[1] != "kernel":
        return None
    side = isqrt(int(value[0] * value[1] * ratio))
    return (side, side) if value[0] == value[1] and side * side == value[0] * value[1] * ratio else None


def _forecast(relation: Relation, key: Key, values: Values) -> Forecast | None:
    if relation.target == key:
        return relation.forecast(values)
    return relation.inverse(values, key) if relation.inverse else None


def _score(repair: Repair, evidence: Evidence, values: Values) -> int:
    changed = ChainMap({repair.key: repair.value}, values)  # type: ignore[arg-type]
    score = 0
    for instance in evidence.by_key.get(repair.key, ()):
        if instance.state == "maybe" or not evidence.trusted(instance.relation):
            continue
        after = instance.relation.holds(changed)
        score += (instance.state == "no" and after == "yes") - (instance.state == "yes" and after == "no")
    return score


def _misfit(repair: Repair, evidence: Evidence, values: Values) -> int:
    """How far the repair leads away from laws that the table follows only roughly, in powers of 1.1; 0 for a little."""
    changed = ChainMap({repair.key: repair.value}, values)  # type: ignore[arg-type]
    rough = [
        instance.relation
        for instance in evidence.by_key.get(repair.key, ())
        if instance.state == "no" and not evidence.trusted(instance.relation)
    ]
    return max((_distance(relation, changed) - _distance(relation, values) for relation in rough), default=0)


def _distance(relation: Relation, values: Values) -> int:
    said, forecast = values[relation.target], relation.forecast(values)
    if not isinstance(said, Figure) or forecast is None or min(said.value, forecast.value) <= 0:
        return 0
    ratio, steps = max(said.value, forecast.value) / min(said.value, forecast.value), 0
    while ratio > Fraction(11, 10) and steps < 100:
        ratio, steps = ratio * Fraction(10, 11), steps + 1
    return steps


def exchange_score(one: Key, two: Key, swapped: tuple[Value, Value], evidence: Evidence, values: Values) -> int:
    """What it mends to exchange two cells; nothing if a broken relation of theirs stays broken."""
    new: dict[Key, Value] = {one: swapped[0], two: swapped[1]}
    changed = ChainMap(new, values)  # type: ignore[arg-type]
    touched = {
        id(instance): instance
        for key in new
        for instance in evidence.by_key.get(key, ())
        if evidence.trusted(instance.relation)
    }
    after = [(instance.state, instance.relation.holds(changed)) for instance in touched.values()]
    if any(state == "no" for _, state in after):
        return 0
    return sum(before == "no" for before, _ in after)
