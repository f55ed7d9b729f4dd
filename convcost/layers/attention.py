"""Attention with its projections."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from ..arith import Dim, Shape, divides, exact_div, same
from ..contraction import Contraction
from ..errors import ShapeError, SpecError
from ..tally import Tally
from .base import Contracting, flag, shape_text, whole
from .merge import attention_extras, attention_products


@dataclass(frozen=True, repr=False)
class MultiheadAttention(Contracting):
    """Attention of ``num_heads`` heads with learned projections of queries, keys, values and the result.

    One input attends to itself; three inputs are queries, keys and values (whose widths may differ, as with
    PyTorch's ``kdim`` and ``vdim``).

    Shape:   ``(L, E) -> (L, E)``; with three inputs ``(L, E), (S, Ek), (S, Ev) -> (L, E)``
    Params:  ``E*(E + Ek + Ev) + E*E``, and ``4*E`` with bias
    Tally:   the four projections, ``L*S*E`` for scores and again for values as multiply-accumulates; biases, scale and
             softmax beside them
    Source:  Vaswani et al. 2017, section 3.2.2; documentation of ``torch.nn.MultiheadAttention``

    >>> MultiheadAttention(2).laws((5, 4)).params, MultiheadAttention(2).laws((5, 4)).tally.macs
    (80, 520)
    """

    arity: ClassVar[int | None] = None

    num_heads: Dim
    bias: bool = True

    def __post_init__(self) -> None:
        super().__post_init__()
        self._set(num_heads=whole("num_heads", self.num_heads), bias=flag("bias", self.bias))

    @staticmethod
    def _qkv(inputs: tuple[Shape, ...]) -> tuple[Shape, Shape, Shape]:
        if len(inputs) not in (1, 3):
            raise SpecError("attention takes one input, or queries, keys and values", got=f"{len(inputs)} inputs")
        q, k, v = inputs if len(inputs) == 3 else inputs * 3
        return q, k, v

    def output_shape(self, *inputs: Shape) -> Shape:
        q, k, v = self._qkv(inputs)
        if not len(q) == len(k) == len(v) == 2:
            raise ShapeError("attention reads sequences (length, width)", got=", ".join(map(shape_text, inputs)))
        if not same(k[0], v[0]):
            raise ShapeError("there are not as many keys as values", got=f"{shape_text(k)} and {shape_text(v)}")
        if not divides(self.num_heads, q[1]):
            raise ShapeError(f"num_heads={self.num_heads} does not divide the width", got=f"input {shape_text(q)}")
        return q

    def contractions(self, *inputs: Shape, out: Shape) -> tuple[Contraction, ...]:
        q, k, v = self._qkv(inputs)
        width = ("E", q[1], "wo")

        def project(name: str, x: Shape) -> Contraction:
            return Contraction((("L" if x is q else "S", x[0], "io"), ("in", x[1], "iw"), width), name)

        head = exact_div(q[1], self.num_heads)
        inner = attention_products(self.num_heads, q[0], k[0], head, head)
        return project("W_q", q), project("W_k", k), project("W_v", v), *inner, project("W_out", q)

    def biases(self, *inputs: Shape) -> Dim:
        return 4 * inputs[0][1] if self.bias else 0

    def extras(self, *inputs: Shape, out: Shape) -> Tally:
        q, k, _ = self._qkv(inputs)
        inner = attention_extras(self.num_heads, q[0], k[0])
        return inner + Tally(adds=2 * q[1] * (q[0] + k[0])) if self.bias else inner
