"""The cells of a table that break its laws, and what each of them should be."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from ..expression import evaluate
from .culprit import Repair, best_repair, exchange_score, with_value
from .evidence import Evidence, Instance, weigh
from .figure import Figure, read_figure
from .grid import Grid
from .laws import laws_of
from .layers import Facts, Key, Value
from .maps import maps_of
from .notes import notes_of
from .pairs import pairs_of
from .relation import Forecast
from .slips import UNKNOWN, Slip, diagnosed, excused, named_slip, of_number, slip_of
from .totals import total_relations

#: Digits from which on a slip of one digit is no coincidence.
_LONG = 4
#: Broken rows of one table that are looked into.
MAX_BROKEN = 60
#: Rows of a table in which cells, or heads, in each other's place are looked for.
MAX_ROWS = 200


@dataclass(frozen=True)
class Wrong:
    """A wrong cell: what it should be, and what happened to it."""

    key: Key
    repair: Repair
    slip: Slip


@dataclass
class Settled:
    """What became of a table's laws; ``mended`` are its values with the wrong cells put right."""

    facts: Facts
    evidence: Evidence
    mended: dict[Key, Value]
    wrong: list[Wrong] = field(default_factory=list)
    exchanged: list[tuple[Key, Key]] = field(default_factory=list)
    #: Totals that other cells contradict: whether they are sums is judged by itself.
    doubted: set[Key] = field(default_factory=set)

    @property
    def keys(self) -> Iterator[Key]:
        """The cells that something was found about."""
        yield from (wrong.key for wrong in self.wrong)
        for pair in self.exchanged:
            yield from pair


def evidence_of(grid: Grid, facts: Facts) -> Evidence:
    """All laws of a table, weighed."""
    found = [*laws_of(grid, facts), *maps_of(grid, facts), *pairs_of(grid, facts), *notes_of(grid, facts)]
    found += total_relations(grid, facts.values)
    return weigh(found, facts.values)


def settled(grid: Grid, facts: Facts, evidence: Evidence) -> Settled:
    """The cells that break the laws."""
    result = Settled(facts, evidence, dict(facts.values))
    broken = [one for one in evidence.instances if one.state == "no" and one.relation.law != "total"]
    for instance in broken[:MAX_BROKEN]:
        touched = {instance.relation.target, *instance.relation.sources}
        if (
            touched.isdisjoint({*result.keys, *result.doubted})
            and not excused(instance.relation, facts)
            and not _own_equation(instance, facts)
        ):
            _settle(instance, grid, result)
    return result


def _own_equation(instance: Instance, facts: Facts) -> bool:
    """A cell that is wrong by its own expression is the judge of equations' business."""
    said = facts.values[instance.relation.target]
    return isinstance(said, Figure) and said.node is not None and not said.low <= evaluate(said.node) <= said.high


def _settle(instance: Instance, grid: Grid, result: Settled) -> None:
    evidence, facts, relation = result.evidence, result.facts, instance.relation
    if instance.other is not None and not evidence.uniform(relation):
        return  # another convention, and too few rows to say that it is not meant
    forecast = relation.forecast(facts.values)
    if forecast is None:
        return
    trusted = evidence.trusted(relation)
    repair = best_repair(instance, evidence, facts.values, facts.places) if trusted else None
    if repair is not None and instance.other is not None and relation.law == "FLOPs and MACs":
        repair = _flops_for_macs(instance, repair, result)
    pair = _exchange(instance, forecast, grid, result, repair.score if repair else 0)
    if pair is not None:
        result.exchanged.append(pair)
        return
    if repair is not None and repair.relation.law == "total" and repair.relation.target == repair.key:
        result.doubted.add(repair.key)
        return
    if repair is None or repair.key == relation.target:
        _settle_target(instance, forecast, repair, trusted, grid, result)
    elif relation.law != "chain":
        other = named_slip(instance, forecast, facts) if relation.law == "FLOPs and MACs" else None
        slip = other or diagnosed_source(repair, facts, grid)
        _found(result, repair, slip)


def _flops_for_macs(instance: Instance, repair: Repair, result: Settled) -> Repair:
    """One number in both columns: FLOPs are printed for MACs more often than MACs for FLOPs."""
    relation, values = instance.relation, result.facts.values
    source = relation.sources[0]
    forecast = relation.inverse(values, source) if relation.inverse else None
    value = with_value(values[source], forecast) if forecast else None
    if forecast is None or value is None or repair.key != relation.target or repair.score > 1:
        return repair
    return Repair(source, value, forecast, relation, repair.score)


def _settle_target(
    instance: Instance, forecast: Forecast, repair: Repair | None, trusted: bool, grid: Grid, result: Settled
) -> None:
    facts, relation = result.facts, instance.relation
    slip = slip_of(instance, forecast, facts, grid)
    said = facts.values[relation.target]
    if not trusted and not _speaks_for_itself(instance, forecast, slip, said, result):
        return
    if relation.law in ("chain", "window") and (repair is None or (repair.score < 2 and not slip.named)):
        return
    value = repair.value if repair else with_value(said, forecast) or said
    _found(result, repair or Repair(relation.target, value, forecast, relation), slip)


def _speaks_for_itself(instance: Instance, forecast: Forecast, slip: Slip, said: Value, result: Settled) -> bool:
    """Whether a slip is so plain that no other row is needed to see it."""
    relation, evidence = instance.relation, result.evidence
    if not isinstance(said, Figure) or relation.law not in ("parameters", "operations", "share", "bytes"):
        return False
    if said.computed and slip.reason == "wrong-operand":
        return True
    if named_slip(instance, forecast, result.facts) is not None:
        return instance.other is None
    same = [one for one in evidence.by_key[relation.target] if one.state == "no"]
    alone = sum(one.state == "no" and one.relation.law == relation.law for one in evidence.instances) == 1
    long = said.printed.exact and len(str(int(said.value))) >= _LONG
    return alone and slip.reason == "misprint" and long and bool(same)


def diagnosed_source(repair: Repair, facts: Facts, grid: Grid) -> Slip:
    """What happened to a cell that is known to be wrong by what others make of it."""
    said = facts.values[repair.key]
    if isinstance(said, Figure):
        return diagnosed(said, repair.forecast, repair.key, facts, grid)
    return of_number(said, repair.value) if isinstance(said, int) and isinstance(repair.value, int) else UNKNOWN


def _found(result: Settled, repair: Repair, slip: Slip) -> None:
    result.wrong.append(Wrong(repair.key, repair, slip))
    result.mended[repair.key] = repair.value


# -- exchanged cells -----------------------------------------------------------------------------------------------


def _exchange(
    instance: Instance, forecast: Forecast, grid: Grid, result: Settled, single: int
) -> tuple[Key, Key] | None:
    """Two cells of the row that stand in each other's place, where that explains more than one wrong cell does."""
    facts, row = result.facts, instance.relation.row
    if not result.evidence.learned(instance.relation) or len(grid.rows) > MAX_ROWS:
        return None
    keys = [key for key in facts.places if key[0] == row]
    mine = [key for key in (instance.relation.target, *instance.relation.sources) if key in keys]
    for one in mine:
        for two in keys:
            values = _swapped(one, two, grid, facts) if one != two else None
            if values is None:
                continue
            score = exchange_score(one, two, values, result.evidence, facts.values)
            if score > max(single, 1) or (
                score and score >= single and _stands_there(one, values[0], forecast, instance)
            ):
                return min(one, two, key=str), max(one, two, key=str)
    return None


def _stands_there(one: Key, value: Value, forecast: Forecast, instance: Instance) -> bool:
    """Whether the right number of the target, to the digit, stands in the other cell."""
    return (
        one == instance.relation.target
        and isinstance(value, Figure)
        and value.printed.exact
        and value.value == forecast.value >= 10 ** (_LONG - 1)
    )


def _swapped(one: Key, two: Key, grid: Grid, facts: Facts) -> tuple[Value, Value] | None:
    """The values of two cells if each stood in the other's column."""
    a, b = facts.values[one], facts.values[two]
    if isinstance(a, Figure) and isinstance(b, Figure) and isinstance(one[1], int) and isinstance(two[1], int):
        heads = grid.heads
        if a.computed or b.computed or "share" in (heads[one[1]].quantity, heads[two[1]].quantity):
            return None
        to_one = read_figure(b.passage, heads[one[1]].unit, b.start, b.end)
        to_two = read_figure(a.passage, heads[two[1]].unit, a.start, a.end)
        return None if to_one is None or to_two is None else (to_one, to_two)
    names = {one[1], two[1]}
    if names in ({"in", "out"}, {"in shape", "out shape"}) and a != b:
        return b, a
    return None
