"""Which variant of each law a table follows, and whether enough rows follow it to call one wrong that does not."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from .layers import Key
from .relation import Relation, Values

#: Laws that the heads alone make certain: what they compare is in the same row, and named.
CERTAIN = ("the same number twice", "weights and biases", "expression", "elements", "biases", "total")
Family = tuple[str, int | str]


@dataclass
class Instance:
    """A law in one row: the relation under the variant that its group follows, and how the row stands to it."""

    relation: Relation
    state: str
    #: The variant under which the row holds, where that is another one than the group's.
    other: Relation | None = None


@dataclass
class Evidence:
    """All instances, and by family of law how many rows follow it and how many do not."""

    instances: list[Instance] = field(default_factory=list)
    followed: Counter[Family] = field(default_factory=Counter)
    broken: Counter[Family] = field(default_factory=Counter)
    in_group: Counter[tuple[str, int | str, str]] = field(default_factory=Counter)
    by_key: dict[Key, list[Instance]] = field(default_factory=lambda: defaultdict(list))

    def learned(self, relation: Relation) -> bool:
        """Three rows follow the law and at most half as many do not, or all others (two at least) do."""
        yes, no = self.followed[family(relation)], self.broken[family(relation)]
        return (yes >= 3 and 2 * no <= yes) or (yes >= 2 and no == 1)

    def certain(self, relation: Relation) -> bool:
        """The heads say what must agree, and the table does not speak against it."""
        yes, no = self.followed[family(relation)], self.broken[family(relation)]
        if relation.law == "share":
            return yes >= no == 1
        return (relation.law in CERTAIN or relation.sure) and (no == 1 or no <= yes)

    def trusted(self, relation: Relation) -> bool:
        """Whether the table, or its heads, say that the law is meant."""
        return self.learned(relation) or self.certain(relation)

    def uniform(self, relation: Relation) -> bool:
        """Three rows of the same kind follow one variant, and hardly any another."""
        yes, no = self.in_group[(*family(relation), relation.group)], self.broken[family(relation)]
        return (yes >= 3 and (no == 1 or 4 * no <= yes)) or (relation.law == "FLOPs and MACs" and yes >= 2 and no == 1)


def family(relation: Relation) -> Family:
    return relation.law + (f" {relation.group}" if relation.law in _BY_GROUP else ""), relation.target[1]


#: Laws of sizes in bytes, whose variants name the bytes of a number and of a kilobyte.
_SIZES = ("bytes", "bytes of a map")
#: Laws between two columns: each pair of columns has to show by itself that it follows them.
_BY_GROUP = ("the same number in two columns", "the same number twice", "bytes", "FLOPs and MACs", "expression")


def weigh(relations: Iterable[Relation], values: Values) -> Evidence:
    """Choose the variants and count."""
    rows: dict[tuple[str, int | str, str], dict[int, list[tuple[Relation, str]]]] = defaultdict(
        lambda: defaultdict(list)
    )
    for relation in relations:
        state = relation.holds(values)
        if state:
            rows[(*family(relation), relation.group)][relation.row].append((relation, state))
    evidence = Evidence()
    usual = _usual(rows)
    for group, by_row in rows.items():
        variant, yes = _variant(by_row)
        if not yes and group[:2] in usual:
            variant = usual[group[:2]]  # one law for layers of all kinds, where one kind shows none
        for states in by_row.values():
            instance = _instance(states, variant, yes)
            if instance is not None:
                _count(evidence, instance, group)
    return evidence


Rows = Mapping[int, list[tuple[Relation, str]]]


def _usual(rows: Mapping[tuple[str, int | str, str], Rows]) -> dict[Family, str]:
    """The variant that most rows of a column follow, whatever their kind."""
    merged: dict[Family, Counter[str]] = defaultdict(Counter)
    for (law, column, _), by_row in rows.items():
        merged[law, column] += _ballot(by_row)
    return {family: max(ballot, key=lambda variant: ballot[variant]) for family, ballot in merged.items() if ballot}


def _ballot(by_row: Rows) -> Counter[str]:
    ballot: Counter[str] = Counter()
    for states in by_row.values():
        for relation, state in states:
            ballot[relation.variant] += {"yes": 1000, "maybe": 1}.get(state, 0)
    return ballot


def _variant(by_row: Rows) -> tuple[str, int]:
    """The variant that most rows follow, of equals the first; and how many rows do."""
    ballot = _ballot(by_row)
    best = max(ballot, key=lambda variant: ballot[variant])
    return best, ballot[best] // 1000


def _instance(states: list[tuple[Relation, str]], variant: str, yes: int) -> Instance | None:
    own = next(((relation, state) for relation, state in states if relation.variant == variant), None)
    if own is None:
        return None
    relation, state = own
    other = next((r for r, s in states if s != "no" and r.variant != variant), None) if state == "no" else None
    if (
        other is not None
        and yes < 3
        and relation.law in _SIZES
        and other.variant.split(",")[0] == variant.split(",")[0]
    ):
        return Instance(other, "yes")  # megabytes of either kind: the column need not be of one mind
    return Instance(relation, state, other)


def _count(evidence: Evidence, instance: Instance, group: tuple[str, int | str, str]) -> None:
    evidence.instances.append(instance)
    relation = instance.relation
    for key in {relation.target, *relation.sources}:
        evidence.by_key[key].append(instance)
    if instance.state == "yes":
        evidence.followed[family(relation)] += 1
        evidence.in_group[group] += 1
    elif instance.state == "no":
        evidence.broken[family(relation)] += 1
