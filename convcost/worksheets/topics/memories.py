"""Questions about memory: what a small network's parameters and maps take."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from math import prod
from typing import Any

from ...arith import Shape
from ...block import Block, Seq
from ...costing import Cost, Row, cost
from ...formula import Chain, Formula, Frac, Num, Product, Sum, evaluate, size, symbol
from ...layers import Conv, Pool, ReLU
from ...layers.convolution import AXES
from ...messages import Message
from ..draws import Draw, need
from ..laws import added, window_step
from ..model import Gap, Inline, Listing, Numbers, Question, Step
from .base import Topic, wrong_answers
from .comparing import decimal, equals
from .describe import described
from .draws_of_layers import convolution, pooling, square_map
from .rows import row_step

#: Bytes of a number, by the name of its type.
TYPES = {"float32": 4, "float16": 2, "float64": 8}
BYTES = Message("bytes")


@dataclass(frozen=True)
class _Unit:
    """A unit of memory."""

    name: Message
    size: int
    told: Message


_UNITS = {
    2: (
        _Unit(Message("kB"), 1000, Message("kilobytes (1 kB = 1,000 bytes)")),
        _Unit(Message("KiB"), 1024, Message("kibibytes (1 KiB = 1,024 bytes)")),
    ),
    3: (
        _Unit(Message("MB"), 1000**2, Message("megabytes (1 MB = 1,000,000 bytes)")),
        _Unit(Message("MiB"), 1024**2, Message("mebibytes (1 MiB = 1,048,576 bytes)")),
    ),
}


@dataclass(frozen=True)
class _Memory:
    """Bytes of the parameters and of all maps."""

    params: int
    maps: int

    @property
    def both(self) -> int:
        """All together."""
        return self.params + self.maps


def _network(draw: Draw, level: int) -> tuple[tuple[Block, ...], Shape]:
    shape = start = square_map(draw, level)
    layers: list[Block] = []
    for place in range(draw.pick({1: (2, 3), 2: (3, 4), 3: (3, 4, 5)}[level])):
        earlier = layers[-1] if layers else None
        if isinstance(earlier, Conv) and draw.chance(3):
            layers.append(ReLU())
        elif place and draw.chance(3):
            layers.append(pooling(draw, level, shape))
        else:
            layers.append(convolution(draw, level, shape))
        shape = cost(Seq(*layers), start).output
    need(sum(isinstance(layer, Conv) for layer in layers) >= (1 if level == 1 else 2))
    return tuple(layers), start


def _memory(draw: Draw, level: int) -> Question:
    layers, shape = _network(draw, level)
    kind = draw.pick(("float32", "float32", "float16") if level < 3 else tuple(TYPES))
    batch = draw.pick((2, 4, 8, 16, 32)) if level == 3 else 1
    counted = cost(Seq(*layers), shape, batch)
    right = _Memory(counted.params * TYPES[kind], int(counted.activation_bytes(TYPES[kind])))
    need(right.both <= {1: 39_999, 2: 99_999_999, 3: 9_999_999_999}[level])
    unit = draw.pick(_UNITS[level]) if level > 1 else None
    need(unit is None or 10 * right.both >= unit.size)
    shown = _shown(right, unit)
    return Question(
        "memory", level, level + 2,
        _prompt(layers, shape, batch, kind, unit),
        Message("Count the parameters and the elements of every map that a layer puts out, add each up, and multiply "
            "by the bytes of one number."),
        (*_derived(counted, kind, right, unit),),
        Numbers(shown, _gaps(right, unit)),
        wrong_answers(shown, [*_other_unit(right, unit), *((_shown(wrong, unit), why)
            for wrong, why in _wrong(counted, kind, right))]),
        {
            "spec": repr(Seq(*layers)), "input": list(shape), "batch": batch, "quantity": "memory", "type": kind,
            "unit": "" if unit is None else str(unit.name),
        },
        # Maximum or average: a map is as large.
        alike=repr((
            [replace(each, kind="max") if isinstance(each, Pool) else each for each in layers], shape, batch, kind,
            unit and unit.size,
        )),
    )  # fmt: skip


# -- text --------------------------------------------------------------------------------------------------------------


def _prompt(
    layers: tuple[Block, ...], shape: Shape, batch: int, kind: str, unit: _Unit | None
) -> tuple[Message | Listing, ...]:
    enters = (
        Message("A map of {shape} goes through these layers, one after the other:", shape=size(shape))
        if batch == 1
        else Message("A batch of {batch} maps of {shape} each goes through these layers, one after the other:",
                     batch=Num(batch), shape=size(shape))
    )  # fmt: skip
    kept = Message("Every number is a {kind} of {bytes} bytes. The outputs of all layers are kept, also those of ReLU "
        "and pooling layers; the input is not counted.", kind=kind, bytes=TYPES[kind])  # fmt: skip
    asked = Message("How many bytes do the parameters take, and how many the outputs?")
    if unit is not None:
        asked = Message.joined(asked, Message("How much is it together in {unit}, to two decimals?", unit=unit.told))
    return enters, Listing(tuple(map(_told, layers))), kept, asked


def _told(layer: Any) -> Message:
    return Message("a ReLU") if isinstance(layer, ReLU) else described(layer)


def _gaps(memory: _Memory, unit: _Unit | None) -> tuple[Gap, ...]:
    gaps = (
        Gap(Message("all parameters"), memory.params, BYTES),
        Gap(Message("outputs"), memory.maps, BYTES),
    )
    return gaps if unit is None else (*gaps, Gap(Message("together"), Fraction(memory.both, unit.size), unit.name, 2))


def _shown(memory: _Memory, unit: _Unit | None, by: int = 0) -> Inline:
    if unit is None:
        return Message("{params} bytes for the parameters, {maps} bytes for the outputs",
            params=Num(memory.params), maps=Num(memory.maps))  # fmt: skip
    return Message("{params} bytes for the parameters, {maps} bytes for the outputs, together {total} {unit}",
        params=Num(memory.params), maps=Num(memory.maps), total=decimal(Fraction(memory.both, by or unit.size)),
        unit=unit.name)  # fmt: skip


# -- the derivation ----------------------------------------------------------------------------------------------------


def _derived(counted: Cost, kind: str, right: _Memory, unit: _Unit | None) -> Iterator[Step]:
    rows = counted.rows
    learned = [row for row in rows if row.params]
    for row in learned:
        number = 1 + rows.index(row)
        yield Step(
            Message("parameters of layer {number}", number=number), row_step(f"P_{number}", row, "params").formula
        )
    if len(learned) > 1:
        yield Step(Message("all parameters"), added(symbol("P"), [row.params for row in learned]))
    yield Step(Message("their bytes"), _times(symbol("B_P"), counted.params, TYPES[kind], right.params))
    for number, row in enumerate(rows, start=1):
        yield from _map_steps(number, row, counted.batch)
    yield Step(Message("all elements"), added(symbol("E"), [int(row.elements) for row in rows]))
    yield Step(Message("their bytes"), _times(symbol("B_E"), int(counted.activations), TYPES[kind], right.maps))
    if unit is not None:
        total = Fraction(right.both, unit.size)
        parts = Frac(Sum(Num(right.params), Num(right.maps)), Num(unit.size))
        chain = Chain(symbol("B"), parts, decimal(total), signs=("=", equals(total)))
        yield Step(Message("together, in {unit}", unit=unit.told), chain)


def _times(left: Formula, count: int, each: int, result: int) -> Chain:
    product = Product(Num(count), Num(each))
    if evaluate(product) != result:
        raise ArithmeticError(f"{product} is not {result}")
    return Chain(left, product, Num(result))


def _map_steps(number: int, row: Row, batch: int) -> Iterator[Step]:
    """The size of a map, where it changes, and its elements."""
    layer: Any = row.layer
    if not isinstance(layer, ReLU) and row.output[1:] != row.input[1:]:
        names = AXES[len(row.input) - 1]
        chains = [window_step(layer, axis, row.input, row.output[1 + axis]) for axis in range(len(names))]
        square = row.input[1] == row.input[2] and row.output[1] == row.output[2] and not isinstance(layer.kernel, tuple)
        for chain in chains[:1] if square else chains:
            yield Step(Message("size behind layer {number}", number=number), chain)
    factors = (*((batch,) if batch != 1 else ()), *row.output)
    if prod(factors) != row.elements:
        raise ArithmeticError(f"{factors} are not {row.elements} elements")
    chain = Chain(symbol(f"E_{number}"), Product(*map(Num, factors)), Num(prod(factors)))
    yield Step(Message("elements behind layer {number}", number=number), chain)


# -- mistakes ----------------------------------------------------------------------------------------------------------


def _other_unit(right: _Memory, unit: _Unit | None) -> Iterator[tuple[Inline, Message]]:
    """Thousands and powers of 1,024 taken for each other."""
    for pair in _UNITS.values():
        for wrong, meant in (pair, pair[::-1]):
            if unit is meant:
                told = Message("divided by {wrong} instead of {right}", wrong=Num(wrong.size), right=Num(meant.size))
                yield _shown(right, unit, by=wrong.size), told


def _wrong(counted: Cost, kind: str, right: _Memory) -> Iterator[tuple[_Memory, Message]]:
    each, batch = TYPES[kind], int(counted.batch)
    biases = sum(row.layer.biases(*row.inputs) for row in counted.rows if isinstance(row.layer, Conv))
    entered = batch * prod(counted.inputs[0]) * each
    if biases:
        yield replace(right, params=right.params - biases * each), Message("the biases forgotten")
    if batch > 1:
        yield replace(right, maps=right.maps // batch), Message("the batch forgotten")
        yield (
            replace(right, params=right.params * batch),
            Message("the parameters counted once for each map of the batch"),
        )
    changed = sum(int(row.elements) for row in counted.rows if isinstance(row.layer, Conv)) * each
    yield replace(right, maps=changed), Message("only the outputs of convolutions counted")
    yield replace(right, maps=right.maps + entered), Message("the input counted among the outputs")
    yield replace(right, maps=int(counted.rows[-1].elements) * each), Message("only the last output counted")
    yield _Memory(right.params // each, right.maps // each), Message("numbers counted instead of bytes")
    other = 4 if each != 4 else 2
    yield (
        _Memory(right.params // each * other, right.maps // each * other),
        Message("counted as numbers of {bytes} bytes", bytes=other),
    )


TOLD = (
    Message("2 or 3 layers, small maps, numbers of 2 or 4 bytes; up to 39,999 bytes"),
    Message("3 or 4 layers, sizes of real networks; bytes, and kB or KiB"),
    Message("3 to 5 layers with everything they can do, and a batch; bytes, and MB or MiB"),
)
MEMORY = Topic("memory", Message("Memory"), Message("what parameters and maps take"), TOLD, _memory)
