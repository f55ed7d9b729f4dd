"""Many branches side by side: the first ones, the last one, and one box for those between."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from .network import Network
from .parts import Part

#: More branches than these are folded, all but the first few and the last one.
MOST, FIRST = 6, 3


@dataclass(frozen=True)
class _Branch:
    """Numbers of parts one behind the other, and the values that the first of them reads."""

    parts: tuple[int, ...]
    values: frozenset[int]


def gathered(found: Network, parts: list[Part]) -> list[Part]:
    """The parts with one for the middle ones of more than ``MOST`` branches.

    All of them read the same values, and nothing but the box where they meet reads them, so no circle arises.
    """
    kept: dict[int, Part] = dict(enumerate(parts))
    for middle in _middles(found, parts):
        places = [place for branch in middle for place in branch.parts]
        members = [atom for place in places for atom in parts[place].members]
        for place in places:
            del kept[place]
        kept[min(places)] = Part(members, parts[places[0]].host, branches=len(middle), last=parts[places[-1]].host)
    return [kept[place] for place in sorted(kept)]


def _middles(found: Network, parts: list[Part]) -> list[list[_Branch]]:
    """The branches to fold, of each fork that has too many."""
    first = found.graph.input_count
    owner = {atom.number + first: place for place, part in enumerate(parts) for atom in part.members}
    reads = [_outside(part, owner, place) for place, part in enumerate(parts)]
    readers: dict[int, list[int]] = defaultdict(list)
    for place, values in enumerate(reads):
        for value in values:
            readers[owner.get(value, -1)].append(place)
    for value in found.outputs:
        readers[owner.get(value, -1)].append(len(parts))
    middles = []
    for place, values in enumerate(reads):
        forks: dict[frozenset[int], list[_Branch]] = defaultdict(list)
        for value in values:
            branch = _branch(owner.get(value, -1), place, owner, reads, readers)
            if branch is not None:
                forks[branch.values].append(branch)
        middles += [each[FIRST:-1] for each in forks.values() if len(each) > MOST]
    return middles


def _outside(part: Part, owner: dict[int, int], place: int) -> dict[int, None]:
    """The values from other parts that a part reads, in order."""
    return {value: None for atom in part.members for value in atom.inputs if owner.get(value, -1) != place}


def _branch(
    last: int, join: int, owner: dict[int, int], reads: list[dict[int, None]], readers: dict[int, list[int]]
) -> _Branch | None:
    """The chain that ends with a part, back to where it forks off; nothing where others read its end as well."""
    chain: list[int] = []
    after = join
    while last >= 0 and readers[last] == [after]:
        chain.append(last)
        owners = {owner.get(value, -1) for value in reads[last]}
        if len(owners) != 1:
            break
        last, after = owners.pop(), last
    return _Branch(tuple(chain[::-1]), frozenset(reads[chain[-1]])) if chain else None
