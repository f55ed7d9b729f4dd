"""Products of two tensors over named axes."""

from __future__ import annotations

import re
from dataclasses import dataclass

from ..arith import Dim, Shape, decide_same, same
from ..contraction import Contraction
from ..errors import ShapeError, SpecError
from ..sight import InputLaw, Slide, Whole, stays
from .base import Contracting, shape_text
from .merge import Merge

_EQUATION = re.compile(r"([a-zA-Z]*),([a-zA-Z]*)->([a-zA-Z]*)")


@dataclass(frozen=True, repr=False, init=False)
class Einsum(Merge, Contracting):
    """The sum over products that ``equation`` names, ``"ij,jk->ik"``, of two inputs (without the batch).

    Shape:   the extents of the letters behind the arrow
    Params:  none
    Tally:   one multiply-accumulate for every value of all letters together
    Source:  documentation of ``torch.einsum``

    Every letter stands in an input, at most once in each; a letter of one input alone that does not come out is
    summed over within the same loops.

    >>> Einsum(equation="hqd,hkd->hqk").laws((12, 197, 64), (12, 197, 64)).tally
    Tally(macs=29805312)
    """

    equation: str

    def __post_init__(self) -> None:
        super().__post_init__()
        if not isinstance(self.equation, str):
            raise SpecError("equation is a text such as 'ij,jk->ik'", got=repr(self.equation))
        self._set(equation=self.equation.replace(" ", ""))
        found = _EQUATION.fullmatch(self.equation)
        if found is None:
            raise SpecError("equation is written like 'ij,jk->ik'", got=repr(self.equation))
        if any(len(set(part)) != len(part) for part in found.groups()) or not set(found[3]) <= set(found[1] + found[2]):
            raise SpecError("letters stand once in an input, and come from one", got=repr(self.equation))

    def _parts(self) -> tuple[str, str, str]:
        left, right = self.equation.split(",")
        second, result = right.split("->")
        return left, second, result

    def _extents(self, inputs: tuple[Shape, ...]) -> dict[str, Dim]:
        if len(inputs) != 2:
            raise SpecError("Einsum takes 2 inputs", got=f"{len(inputs)}")
        extents: dict[str, Dim] = {}
        for letters, x in zip(self._parts(), inputs, strict=False):
            if len(letters) != len(x):
                raise ShapeError(f"{letters!r} names {len(letters)} axes", got=f"input {shape_text(x)}")
            for letter, size in zip(letters, x, strict=True):
                known = extents.setdefault(letter, size)
                if decide_same(known, 1) is True:
                    extents[letter] = size
                elif decide_same(size, 1) is not True and not same(known, size):
                    raise ShapeError(
                        f"{letter!r} is {known} and {size}", got=" and ".join(shape_text(shape) for shape in inputs)
                    )
        return extents

    def output_shape(self, *inputs: Shape) -> Shape:
        extents = self._extents(inputs)
        return tuple(extents[letter] for letter in self._parts()[2])

    def contractions(self, *inputs: Shape, out: Shape) -> tuple[Contraction, ...]:
        left, right, result = self._parts()
        nest = tuple(
            (letter, extent, "i" * (letter in left) + "w" * (letter in right) + "o" * (letter in result))
            for letter, extent in self._extents(inputs).items()
        )
        return (Contraction(nest, learned=False),)

    def sight(self, *inputs: Shape, out: Shape) -> tuple[InputLaw, ...]:
        left, right, result = self._parts()
        return tuple([named_axes(letters, x, result, out) for letters, x in zip((left, right), inputs, strict=True)])


def named_axes(letters: str, x: Shape, result: str, out: Shape) -> InputLaw:
    """What is read of an operand whose axes have names: along names that come out one element, of others all."""
    stretched = Slide(None, 0, ((0, 0),))
    return tuple(
        [
            Whole(size) if letter not in result
            else stretched if decide_same(size, 1) is True and decide_same(out[result.index(letter)], 1) is not True
            else stays(result.index(letter))
            for letter, size in zip(letters, x, strict=True)
        ]
    )  # fmt: skip
