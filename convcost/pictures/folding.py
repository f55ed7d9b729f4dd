"""Folding: modules as one box, and like parts in a row as one box that says how many."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from dataclasses import replace
from itertools import pairwise

from .branches import gathered
from .network import Atom, Network
from .parts import Part, prefix

#: The longest pattern of boxes that is looked for as a repetition.
_PERIOD = 8
#: So often a single layer comes again before that is worth a sign.
_ALONE = 4


def folded(found: Network, parts: list[Part], most: int) -> list[Part]:
    """At most ``most`` parts, where that can be had: the finest grouping by modules that is small enough.

    Of many branches side by side those in the middle share a box, however few boxes there are.
    """
    parts = gathered(found, parts)
    if len(parts) <= most:
        return parts
    deepest = max(len(prefix_parts(part.host.path)) for part in parts)
    grouped = parts
    for depth in range(min(deepest, 40), 0, -1):
        grouped = repeated(found, modules(parts, depth), 1)
        if len(grouped) <= most:
            return grouped
    return repeated(found, grouped, _PERIOD)


def span(first: str, last: str) -> str:
    """The name of several modules in a row.

    >>> span("layer1.1", "layer1.5"), span("mixed_6c", "mixed_6d"), span("conv1", "pool3")
    ('layer1.1–5', 'mixed_6c–d', 'conv1 … pool3')
    """
    if first == last:
        return first
    a, b = (re.fullmatch(r"(.*?)(\d+|(?<=\d)[a-z])", name) for name in (first, last))
    return f"{first}–{b[2]}" if a and b and a[1] == b[1] else f"{first} … {last}"


def prefix_parts(path: str) -> list[str]:
    """The components of a path."""
    return path.replace("/", ".").split(".")


def modules(parts: list[Part], depth: int) -> list[Part]:
    """Parts whose paths agree in their first ``depth`` components, and that run one after another, as one.

    Stretches of an order in which the network can run never wait for one another, so no circle arises.
    """
    grouped: list[Part] = []
    open_path: str | None = None
    for part in parts:
        path = prefix(part.host.path, depth)
        if path == open_path:
            _extend(grouped[-1], part, path)
        else:
            grouped.append(replace(part, members=list(part.members)))
        open_path = path
    return _shortened(parts, grouped)


def _shortened(parts: list[Part], grouped: list[Part]) -> list[Part]:
    """Each module under the shortest path that means the same nodes: ``layer1/1`` and not ``layer1/1/add1``."""
    counts = Counter(
        prefix(part.host.path, depth)
        for part in parts
        for depth in range(1, len(prefix_parts(part.host.path)) + 1)
        for _ in part.members
    )
    for group in grouped:
        if group.is_module:
            names = [prefix(group.path, depth) for depth in range(1, len(prefix_parts(group.path)) + 1)]
            group.path = next(name for name in names if counts[name] == len(group.members) or name == group.path)
    return grouped


def _extend(group: Part, part: Part, path: str) -> None:
    group.members += part.members
    group.path, group.branches, group.last = path, 0, None


def repeated(found: Network, parts: list[Part], longest: int) -> list[Part]:
    """Like parts in a row as one; a pattern of up to ``longest`` parts may repeat as well."""
    known: dict[object, int] = {}
    looks = [known.setdefault(_look(found, part), len(known)) for part in parts]
    chained = _chained(found, parts)
    result: list[Part] = []
    place = 0
    while place < len(parts):
        period, turns = _best(looks, chained, place, longest)
        alone = longest == 1 and len(parts[place].members) == 1
        if turns < (_ALONE if alone else 2):
            result.append(parts[place])
            place += 1
            continue
        members = [atom for part in parts[place : place + period * turns] for atom in part.members]
        first, last = parts[place], parts[place + period * turns - 1]
        path = span(first.path or first.host.path, last.path or last.host.path)
        result.append(Part(members, first.host, path, turns, len(members) // turns))
        place += period * turns
    return result


def _best(looks: list[int], chained: list[bool], place: int, longest: int) -> tuple[int, int]:
    """Length and turns of the repetition at ``place`` that covers most."""
    best = (1, 1)
    for period in range(1, longest + 1):
        turns = 1
        while _again(looks, chained, place, period, turns):
            turns += 1
        if turns > 1 and period * turns > best[0] * best[1]:
            best = (period, turns)
    return best


def _again(looks: list[int], chained: list[bool], place: int, period: int, turns: int) -> bool:
    """Whether the pattern comes once more; the turns before are known to be alike."""
    start = place + period * turns
    stop = start + period
    if stop > len(looks) or looks[start - period : start] != looks[start:stop]:
        return False
    return all(chained[start:stop]) and all(chained[start - period + 1 : start])


def _chained(found: Network, parts: list[Part]) -> list[bool]:
    """Of every part whether all it reads is what the part before gives, and nothing else reads that."""
    first = found.graph.input_count
    owner = {atom.number + first: place for place, part in enumerate(parts) for atom in part.members}
    readers: dict[int, set[int]] = defaultdict(set)
    read: list[set[int]] = []
    for place, part in enumerate(parts):
        outside = {v for atom in part.members for v in atom.inputs if owner.get(v, -1) != place}
        read.append(outside)
        for value in outside:
            readers[owner.get(value, -1)].add(place)
    for value in found.outputs:
        readers[owner.get(value, -1)].add(len(parts))
    links = [False]
    for before, (_, values) in enumerate(pairwise(read)):
        sources = {owner.get(value, -1) for value in values}
        links.append(len(values) == 1 and sources == {before} and readers[before] == {before + 1})
    return links


def _look(found: Network, part: Part) -> object:
    """What two parts have in common if they are the same but for their weights and their name."""
    first = found.graph.input_count
    own = {atom.number + first: place for place, atom in enumerate(part.members)}

    def seen(atom: Atom) -> object:
        sources = tuple(own.get(value, -1) for value in atom.inputs)
        shape = found.shape(atom.number + first)
        return (repr(atom.layer.unnamed()), atom.kind, sources, shape, str(atom.times), atom.ran, str(atom.params))

    return (part.times, *map(seen, part.members))
