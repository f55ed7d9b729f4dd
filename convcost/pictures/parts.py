"""Parts of a picture: nodes that share a box. What costs no MACs joins its neighbour; modules become one box."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from ..arith import Dim
from ..layers import Add, Concat, Dropout, Flatten, Mul, Parameter, Permute, Reshape, activation, normalization
from ..operators.base import Source
from ..operators.moves import Joined, Permuted, Picked, View
from ..operators.values import Pointwise
from .network import Atom, Network

#: Layers that are told in the box of the one before or behind them; pooling and upsampling are not among them.
_COMPANIONS = (Dropout, Flatten, Permute, Reshape, Permuted, Picked, View)
_FAMILIES = (activation.__name__, normalization.__name__)


@dataclass
class Part:
    """Nodes in one box, in order. ``host`` is the one that the box is named after."""

    members: list[Atom]
    host: Atom
    #: The module that it is, where it is one.
    path: str = ""
    #: Like parts in a row that it stands for, and the nodes of the first of them.
    times: int = 1
    each: int = 0
    #: Branches side by side that it stands for, and what the last one of them ends with.
    branches: int = 0
    last: Atom | None = None

    @property
    def is_module(self) -> bool:
        return bool(self.path)


def singles(found: Network) -> list[Part]:
    """Every node a part of its own."""
    return [Part([atom], atom) for atom in found.shown]


def merged(found: Network) -> list[Part]:
    """Parts in which normalizations, activations and the like share the box of a neighbour."""
    parts = {atom.number: Part([atom], atom) for atom in found.shown}
    users = _users(found)
    for atom in found.shown:
        if not _is_companion(atom) or len(atom.inputs) != 1:
            continue
        before = atom.inputs[0] - found.graph.input_count
        if before in parts and parts[before].host.ran and users[atom.inputs[0]] == 1 and not _is_bare(parts[before]):
            host = parts[before]
            host.members.append(atom)
            parts[atom.number] = host
    for atom in reversed(found.shown):
        _join_next(found, parts, users, atom)
    return in_order({id(part): part for part in parts.values()}.values(), found)


def _join_next(found: Network, parts: dict[int, Part], users: dict[int, int], atom: Atom) -> None:
    """What could not join the box before, and operands that come from nowhere, join the box behind."""
    part, value = parts[atom.number], atom.number + found.graph.input_count
    is_source = isinstance(atom.layer, (Parameter, Source)) and atom.ran and not atom.inputs
    if part.members[-1] is not atom or users[value] != 1 or not (is_source or _is_bare(part)):
        return
    user = next((each for each in found.shown[_index(found, atom) + 1 :] if value in each.inputs), None)
    if user is None:
        return
    target = parts[user.number]
    if target.members[0] is not user or target is part or not (is_source or len(user.inputs) == 1):
        return
    if not is_source and not (target.host.works or _is_bare(target)):
        return
    target.members[:0] = part.members
    for member in part.members:
        parts[member.number] = target


def _index(found: Network, atom: Atom) -> int:
    low, high = 0, len(found.shown)
    while low < high:
        middle = (low + high) // 2
        low, high = (middle + 1, high) if found.shown[middle].number < atom.number else (low, middle)
    return low


def _users(found: Network) -> dict[int, int]:
    """How often each value is read; an output counts as a reader."""
    users: dict[int, int] = defaultdict(int)
    for atom in found.shown:
        for value in atom.inputs:
            users[value] += 1
    for value in found.outputs:
        users[value] += 1
    return users


def _is_companion(atom: Atom) -> bool:
    layer = atom.layer
    if isinstance(layer, Pointwise) or atom.works or not atom.ran:
        return isinstance(layer, Pointwise) and len(atom.inputs) == 1 and not layer.each
    return isinstance(layer, _COMPANIONS) or type(layer).__module__ in _FAMILIES


def _is_bare(part: Part) -> bool:
    """Whether it is made of companions alone."""
    return all(map(_is_companion, part.members))


def in_order(parts: Iterable[Part], found: Network) -> list[Part]:
    """Parts in an order in which they can run: by the first node that waits for something outside."""

    def first(part: Part) -> int:
        own = {member.number + found.graph.input_count for member in part.members}
        waits = [member.number for member in part.members if any(value not in own for value in member.inputs)]
        return waits[0] if waits else part.members[0].number

    return sorted(parts, key=first)


def joins(atom: Atom) -> str:
    """``add``, ``mul`` or ``concat`` for a node where branches meet; else nothing."""
    layer = atom.layer
    if len(atom.inputs) < 2:
        return ""
    for kind, name in ((Add, "add"), (Mul, "mul"), ((Concat, Joined), "concat")):
        if isinstance(layer, kind):
            return name
    return {"Add": "add", "Mul": "mul"}.get(atom.kind, "") if isinstance(layer, Pointwise) else ""


def prefix(path: str, depth: int) -> str:
    """The first ``depth`` components of a path.

    >>> prefix("layer1.0.conv1/relu", 2)
    'layer1.0'
    """
    # Modules of torch are dotted, what happens inside them stands behind a slash.
    return "".join(re.split(r"([./])", path)[: 2 * depth - 1])


def total(values: Iterable[Dim]) -> Dim:
    """A sum of numbers or expressions."""
    whole: Dim = 0
    for value in values:
        whole = whole + value
    return whole
