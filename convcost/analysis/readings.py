"""Every number that a network may be said to have: by convention, input size, batch, and what is left out.

The number that is looked for decides only what is worth computing, never what comes out.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from itertools import combinations
from typing import NamedTuple

from ..arith import Dim, Shape
from ..conventions import CONVENTIONS, convention
from ..costing import Cost, cost
from ..errors import ConvcostError, SpecError
from ..layers import Conv, ConvTranspose, Linear
from ..layers.base import Contracting, shape_text
from ..layers.normalization import BatchNorm

#: Side lengths of square images that networks are published at.
SIZES = (
    28, 32, 64, 96, 112, 128, 160, 192, 224, 227, 229, 256, 288, 299, 320, 331, 384, 416, 448, 480, 512, 600, 640, 1024,
)  # fmt: skip
#: Numbers of examples that are run at once; 2 would be the factor 2 that is tried anyway.
BATCHES = (4, 8, 16, 32, 64, 128, 256)
#: Layers whose additions are those of a bias.
_BIASED = (Conv, ConvTranspose, Linear)
#: At other sizes and batches, what is likely to be further from the number than this factor is not computed.
NEAR = 4
BIAS, NORM, HEADS = "bias", "batch norm", "the heads"


@dataclass(frozen=True)
class Quantity:
    """A number with the words for it: a quantity, and what was changed about the network or the counting.

    ``convention`` is ``None`` for params.
    """

    name: str
    convention: str | None
    value: Fraction
    changes: tuple[str, ...] = ()

    @property
    def what(self) -> str:
        """In words.

        >>> Quantity("fvcore (MAC)", "fvcore", Fraction(1), ("at input 3×299×299",)).what
        'fvcore (MAC), at input 3×299×299'
        """
        return ", ".join([self.name, *self.changes])

    def changed(self, words: str, value: Fraction) -> Quantity:
        """The same with one more change."""
        return replace(self, value=value, changes=(*self.changes, words))


class Piece(NamedTuple):
    """A part of a total, and what it is of: :data:`BIAS`, :data:`NORM`, :data:`HEADS`."""

    value: int
    tags: frozenset[str]


@dataclass
class Readings:
    """The numbers of a cost, simplest first, and the conventions that do not take it, with the reason."""

    found: list[Quantity] = field(default_factory=list)
    skipped: dict[str, str] = field(default_factory=dict)


def readings(counted: Cost, number: Fraction | None, conventions: Iterable[str] | None = None) -> Readings:
    """The numbers of a network with at most two changes; at other sizes and batches those in reach of ``number``.

    Without a ``number`` there are only those of the cost's own input and batch.

    Raises :class:`~convcost.errors.SpecError` for a cost that is no number.

    >>> from convcost import BatchNorm, Conv
    >>> for each in readings(cost(Conv(8, 1, bias=False) >> BatchNorm(), (3, 4, 4)), Fraction(40)).found:
    ...     if each.convention is None:
    ...         print(each.value, each.what)
    40 params
    24 params, without batch norm
    56 params, with running statistics
    """
    result = Readings()
    heads = _heads(counted)
    plain: list[Quantity] = [Quantity("params", None, _number(counted.params))]
    changed: list[Quantity] = []
    for name in CONVENTIONS if conventions is None else conventions:
        try:
            value = counted.under(name)
            pieces = [] if value is None else _charged(counted, name, heads)
        except ConvcostError as error:
            result.skipped[name] = str(error)
            continue
        if value is None:
            result.skipped[name] = f"the cost is unknown: {', '.join(counted.unsupported)}"
            continue
        base = Quantity(f"{name} ({convention(name).unit})", name, _number(value))
        plain.append(base)
        changed += _without(base, pieces)
        if name in ("macs", "flops"):
            changed += _with_elementwise(base, counted)
    changed += _without(plain[0], _declared(counted, heads))
    if counted.buffers:
        changed.append(plain[0].changed("with running statistics", Fraction(counted.params + counted.buffers)))
    if number is not None:
        changed += _elsewhere(plain, counted, number)
    result.found = [*plain, *changed]
    result.found += [each for base in result.found if len(base.changes) < 2 for each in _factors(base)]
    result.found = _distinct(result.found)
    return result


def _number(value: Dim) -> Fraction:
    if type(value) is not int:
        raise SpecError("a printed number is compared with a number", got=str(value)[:40], fix="put numbers in")
    return Fraction(value)


def _factors(base: Quantity) -> list[Quantity]:
    """Twice and half of what is counted in operations: a FLOP is half a multiply-accumulate, or the whole of it."""
    if base.convention is None:
        return []
    return [base.changed("doubled", 2 * base.value), base.changed("halved", base.value / 2)]


def _distinct(found: Iterable[Quantity]) -> list[Quantity]:
    """Simplest first. A number needs no other words where a simpler reading gives it, or another convention under the
    same changes; zero is no reading.
    """
    kept: list[Quantity] = []
    seen: dict[tuple[bool, Fraction], list[tuple[str, ...]]] = {}
    for each in sorted(found, key=lambda quantity: len(quantity.changes)):
        known = seen.setdefault((each.convention is None, each.value), [])
        simpler = any(len(changes) < len(each.changes) or changes == each.changes for changes in known)
        if each.value and (not each.changes or not simpler):
            kept.append(each)
            known.append(each.changes)
    return kept


# -- what is left out, or counted as well ----------------------------------------------------------------------------


def _without(base: Quantity, pieces: list[Piece]) -> Iterator[Quantity]:
    """One or two kinds of pieces left out."""
    tags = [tag for tag in (BIAS, NORM, HEADS) if any(tag in piece.tags for piece in pieces)]
    for count in (1, 2):
        for left_out in combinations(tags, count):
            value = sum(piece.value for piece in pieces if not piece.tags.intersection(left_out))
            words = tuple(f"without {tag}" for tag in left_out)
            yield replace(base, value=Fraction(value), changes=(*base.changes, *words))


def _charged(counted: Cost, name: str, heads: frozenset[str]) -> list[Piece]:
    """A convention's account, each term with its tags."""
    return [
        Piece(
            term.value,
            frozenset(
                tag
                for tag, holds in (
                    (BIAS, term.part.startswith("bias of ")),
                    (NORM, term.part == "batch norm"),
                    (HEADS, term.path in heads),
                )
                if holds
            ),
        )
        for term in counted.account(name)
    ]


def _declared(counted: Cost, heads: frozenset[str]) -> list[Piece]:
    """The params row by row, biases apart."""
    pieces: list[Piece] = []
    for row in counted.rows:
        tags = {HEADS} if row.path in heads else set()
        if isinstance(row.layer, BatchNorm):
            tags.add(NORM)
        biases = 0
        if row.params and isinstance(row.layer, Contracting):
            # Params of repeated layers are those of one layer, several times.
            own = row.layer.params(*row.inputs, out=row.output)
            biases = row.params // own * row.layer.biases(*row.inputs) if own else 0
        pieces += [Piece(row.params - biases, frozenset(tags)), Piece(biases, frozenset({*tags, BIAS}))]
    return pieces


def _with_elementwise(base: Quantity, counted: Cost) -> Iterator[Quantity]:
    """What neither of our two plain conventions counts, and many counters do."""
    biases = sum(row.tally.adds for row in counted.rows if isinstance(row.layer, _BIASED))
    norms = sum(row.tally.adds + row.tally.muls for row in counted.rows if isinstance(row.layer, BatchNorm))
    if biases:
        yield base.changed("with bias", base.value + biases)
    if norms:
        yield base.changed("with batch norm", base.value + norms)
    if biases and norms:
        yield replace(base, value=base.value + biases + norms, changes=("with bias", "with batch norm"))


def _heads(counted: Cost) -> frozenset[str]:
    """Paths of layers that are declared and do not run, or on which the main output does not depend."""
    paths = {row.path for row in counted.rows if not row.ran}
    try:
        graph = counted.graph
    except SpecError:
        return frozenset(paths)
    if len(graph.outputs) > 1:
        needed = {graph.outputs[graph.main]}
        for number in range(len(graph.nodes) - 1, -1, -1):
            node = graph.nodes[number]
            if number + graph.input_count in needed:
                needed.update(node.inputs)
            else:
                paths.add(node.path)
    return frozenset(paths)


# -- other inputs ----------------------------------------------------------------------------------------------------


def _elsewhere(plain: list[Quantity], counted: Cost, number: Fraction) -> Iterator[Quantity]:
    """The same quantities at other image sizes and batches, where the network takes them."""
    here = counted.macs
    for words, other in _places(counted):
        there = other.macs
        for base in plain:
            # Conventions grow about as the multiply-accumulates do; sizes that cannot matter need no rows.
            if here and base.convention and not number <= NEAR * base.value * there / here <= NEAR**2 * number:
                continue
            try:
                value = other.params if base.convention is None else other.under(base.convention)
            except ConvcostError:
                continue
            if value is not None:
                yield base.changed(words, _number(value))


def _places(counted: Cost) -> Iterator[tuple[str, Cost]]:
    try:
        graph = counted.graph
    except SpecError:
        return
    shape = counted.inputs[0] if len(counted.inputs) == 1 else ()
    others: Mapping[str, tuple[tuple[Shape, ...], int]] = {
        **{
            f"at input {shape_text((shape[0], size, size))}": (((shape[0], size, size),), counted.batch)
            for size in SIZES
            if len(shape) == 3 and shape[1] == shape[2] != size
        },
        **(
            {"for one example": (counted.inputs, 1)}
            if counted.batch != 1
            else {f"for a batch of {batch}": (counted.inputs, batch) for batch in BATCHES}
        ),
    }
    for words, (shapes, batch) in others.items():
        try:
            yield words, cost(graph, shapes, batch)
        except ConvcostError:
            continue
