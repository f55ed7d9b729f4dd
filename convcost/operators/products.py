"""Operators that multiply and add: matrix products of any rank, and Einstein sums."""

from __future__ import annotations

from dataclasses import dataclass

from ..arith import Dim, Shape, decide_same, divides, prod, same
from ..contraction import Contraction
from ..errors import ShapeError
from ..layers.base import Contracting, shape_text
from ..layers.einsum import named_axes
from ..layers.merge import attention_extras, attention_products, attention_sight, broadcast
from ..sight import InputLaw, Whole, stays
from ..sight import broadcast as stretched
from ..tally import NOTHING, Tally
from .base import Operator


@dataclass(frozen=True, repr=False)
class MatrixProduct(Operator, Contracting):
    """``torch.matmul``: vectors, matrices and stacks of them.

    Shape:   ``(*, m, k), (*, k, n) -> (*, m, n)``; a vector is a row on the left, a column on the right, and its axis
             goes from the result; leading axes broadcast
    Tally:   ``m*k*n`` multiply-accumulates per pair of matrices; with ``added`` (``addmm``, ``baddbmm``, whose first
             input is added) one addition per element of the result
    Source:  documentation of ``torch.matmul``

    >>> MatrixProduct("MatMul").laws((2, 5, 4), (4, 3))
    Laws(output=(2, 5, 3), params=0, tally=Tally(macs=120))
    """

    title: str
    added: bool = False

    def _operands(self, inputs: tuple[Shape, ...]) -> tuple[Shape, Shape]:
        a, b = inputs[-2:]
        return (a if len(a) > 1 else (1, *a)), (b if len(b) > 1 else (*b, 1))

    def output_shape(self, *inputs: Shape) -> Shape:
        if not all(inputs[-2:]):
            raise ShapeError("a matrix product of a scalar", got=", ".join(map(shape_text, inputs)))
        a, b = self._operands(inputs)
        if not same(a[-1], b[-2]):
            raise ShapeError(f"{a[-1]} columns meet {b[-2]} rows", got=f"{shape_text(a)} and {shape_text(b)}")
        rank = max(len(a), len(b)) - 2
        leading = broadcast(
            self.title, inputs, shapes=((1,) * (rank - len(a) + 2) + a[:-2], (1,) * (rank - len(b) + 2) + b[:-2])
        )
        rows = a[-2:-1] if len(inputs[-2]) > 1 else ()
        columns = b[-1:] if len(inputs[-1]) > 1 else ()
        return (*leading, *rows, *columns)

    def contractions(self, *inputs: Shape, out: Shape) -> tuple[Contraction, ...]:
        a, b = self._operands(inputs)
        vectors = sum(len(x) == 1 for x in inputs[-2:])
        leading = out[: len(out) - 2 + vectors]
        stack = [("batch", prod(leading), "iwo")] if leading else []
        nest = (*stack, ("m", a[-2], "io"), ("k", a[-1], "iw"), ("n", b[-1], "wo"))
        return (Contraction(nest, learned=False),)

    def extras(self, *inputs: Shape, out: Shape) -> Tally:
        return Tally(adds=prod(out)) if self.added else NOTHING

    def sight(self, *inputs: Shape, out: Shape) -> tuple[InputLaw, ...]:
        a, b = inputs[-2:]
        rows, columns = int(len(a) > 1), int(len(b) > 1)
        leading = out[: len(out) - rows - columns]
        place = len(leading)
        left = (*stretched(a[:-2], leading), *(stays(place),) * rows, Whole(a[-1]))
        right = (*stretched(b[:-2], leading), Whole(b[-2 if columns else -1]), *(stays(place + rows),) * columns)
        return (*(stretched(x, out) for x in inputs[:-2]), left, right)


@dataclass(frozen=True, repr=False)
class Einsum(Operator, Contracting):
    """An Einstein sum of one, two or more operands, taken from the left as torch does without ``opt_einsum``.

    Tally:   per pair of operands the product of all their index sizes as multiply-accumulates, if a common index is
             summed away; else one product per element. An index of one operand alone that the result lacks is summed
             before (one addition per element)
    Source:  documentation of ``torch.einsum``

    >>> Einsum("bik,bkj->bij").laws((2, 5, 4), (2, 4, 3)).tally
    Tally(macs=120)
    """

    equation: str
    title: str = "Einsum"

    def _parse(self, inputs: tuple[Shape, ...]) -> tuple[list[str], str, dict[str, Dim]]:
        left, arrow, right = self.equation.replace(" ", "").partition("->")
        terms = left.split(",")
        if len(terms) != len(inputs):
            raise ShapeError(f"{self.equation} names {len(terms)} operands", got=f"{len(inputs)}")
        # An ellipsis stands for the leading axes that the letters do not name: fresh capital-like marks, right-aligned.
        widest = max((len(x) - len(t) + 3 for t, x in zip(terms, inputs, strict=True) if "..." in t), default=0)
        marks = "".join(chr(0xE000 + place) for place in range(widest))

        def spelled(term: str, rank: int) -> str:
            return term.replace("...", marks[widest - (rank - len(term) + 3) :]) if "..." in term else term

        terms = [spelled(term, len(x)) for term, x in zip(terms, inputs, strict=True)]
        sizes: dict[str, Dim] = {}
        for term, x in zip(terms, inputs, strict=True):
            if len(term) != len(x):
                raise ShapeError(f"{term} names {len(term)} axes of {self.equation}", got=f"input {shape_text(x)}")
            for letter, size in zip(term, x, strict=True):
                known = sizes.get(letter)
                if known is None or decide_same(known, 1) is True:
                    sizes[letter] = size
                elif decide_same(size, 1) is not True and not same(known, size):
                    raise ShapeError(f"index {letter} is {known} and {size}", got=", ".join(map(shape_text, inputs)))
        if arrow:
            result = right.replace("...", marks)
        else:
            letters = "".join(terms)
            result = marks + "".join(
                sorted(letter for letter in set(letters) - set(marks) if letters.count(letter) == 1)
            )
        return terms, result, sizes

    def output_shape(self, *inputs: Shape) -> Shape:
        _, result, sizes = self._parse(inputs)
        return tuple(sizes[letter] for letter in result)

    def _pairs(self, inputs: tuple[Shape, ...]) -> list[tuple[str, set[str], dict[str, Dim]]]:
        """Per step: the indices of both operands, those summed, and the sizes."""
        terms, result, sizes = self._parse(inputs)
        steps = []
        current = set(terms[0])
        shapes = [dict(zip(term, x, strict=True)) for term, x in zip(terms, inputs, strict=True)]
        now = shapes[0]
        for place, term in enumerate(terms[1:], start=1):
            later = set(result).union(*map(set, terms[place + 1 :]))
            other = shapes[place]

            def real(letter: str, one: dict[str, Dim]) -> bool:
                return letter in one and decide_same(one[letter], 1) is not True

            summed = {x for x in current & set(term) if x not in later and real(x, now) and real(x, other)}
            # What only one operand has and nobody asks for is summed away before the product.
            both = {x for x in current | set(term) if x in later or x in summed}
            steps.append(("".join(sorted(both)), summed, sizes))
            current = both - summed
            now = {x: sizes[x] if real(x, now) or real(x, other) else 1 for x in current}
        return steps

    def contractions(self, *inputs: Shape, out: Shape) -> tuple[Contraction, ...]:
        nests = []
        for letters, summed, sizes in self._pairs(inputs):
            if summed:
                indices = tuple((x, sizes[x], "iw" if x in summed else "iwo") for x in letters)
                nests.append(Contraction(indices, learned=False))
        return tuple(nests)

    def extras(self, *inputs: Shape, out: Shape) -> Tally:
        counted = NOTHING
        for letters, summed, sizes in self._pairs(inputs):
            if not summed:
                counted = counted + Tally(muls=prod(sizes[x] for x in letters))
        return counted

    def sight(self, *inputs: Shape, out: Shape) -> tuple[InputLaw, ...]:
        terms, result, _ = self._parse(inputs)
        return tuple([named_axes(term, x, result, out) for term, x in zip(terms, inputs, strict=True)])


@dataclass(frozen=True, repr=False)
class GroupedAttention(Operator, Contracting):
    """Attention in which several heads of queries share one of keys and values (``enable_gqa``).

    Shape, tally: those of :class:`~convcost.layers.ScaledDotProductAttention` with the queries' heads.
    Source: documentation of ``torch.nn.functional.scaled_dot_product_attention``

    >>> GroupedAttention().laws((1, 4, 5, 8), (1, 2, 5, 8), (1, 2, 5, 8)).tally.macs
    1600
    """

    title: str = "ScaledDotProductAttention"

    def output_shape(self, *inputs: Shape) -> Shape:
        q, k, v = inputs
        if not (divides(k[-3], q[-3]) and same(k[-2], v[-2]) and same(q[-1], k[-1])):
            raise ShapeError("heads of keys do not divide heads of queries", got=", ".join(map(shape_text, inputs)))
        return (*q[:-1], v[-1])

    def contractions(self, *inputs: Shape, out: Shape) -> tuple[Contraction, ...]:
        q, k, v = inputs
        return attention_products(prod(out[:-2]), q[-2], k[-2], q[-1], v[-1])

    def extras(self, *inputs: Shape, out: Shape) -> Tally:
        return attention_extras(prod(out[:-2]), inputs[0][-2], inputs[1][-2])

    def steps_axis(self, rank: int) -> int | None:
        return rank - 2

    def sight(self, *inputs: Shape, out: Shape) -> tuple[InputLaw, ...]:
        heads = len(out) - 3
        # Heads are no axis of the map: that several share one of keys is told as reading all of them.
        laws = attention_sight(inputs, out)
        return (
            laws[0],
            *((*law[:heads], Whole(x[heads]), *law[heads + 1 :]) for law, x in zip(laws[1:], inputs[1:], strict=True)),
        )


@dataclass(frozen=True, repr=False)
class BilinearForm(Operator, Contracting):
    """``x1^T A x2`` for every output feature (``torch.nn.Bilinear``).

    Shape:   ``(*, in1), (*, in2) -> (*, out_features)``
    Tally:   ``in1*in2*out_features`` multiply-accumulates per vector, with bias one addition per output element
    Source:  documentation of ``torch.nn.Bilinear``

    >>> BilinearForm(3, True).laws((5, 4), (5, 2))
    Laws(output=(5, 3), params=0, tally=Tally(macs=120, adds=15))
    """

    out_features: int
    bias: bool = True
    title: str = "Bilinear"

    def output_shape(self, *inputs: Shape) -> Shape:
        return (*broadcast(self.title, inputs, shapes=(inputs[0][:-1], inputs[1][:-1])), self.out_features)

    def contractions(self, *inputs: Shape, out: Shape) -> tuple[Contraction, ...]:
        first, second = ("in1", inputs[0][-1], "iw"), ("in2", inputs[1][-1], "iw")
        rows = [("rows", prod(out[:-1]), "io")] if len(out) > 1 else []
        return (Contraction((first, second, ("out", self.out_features, "wo"), *rows), learned=False),)

    def extras(self, *inputs: Shape, out: Shape) -> Tally:
        return Tally(adds=prod(out)) if self.bias else NOTHING

    def sight(self, *inputs: Shape, out: Shape) -> tuple[InputLaw, ...]:
        return tuple([(*stretched(x[:-1], out[:-1]), Whole(x[-1])) for x in inputs])
