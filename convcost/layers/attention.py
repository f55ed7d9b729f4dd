"""Attention with its projections."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar

from ..arith import Dim, Shape, divides, exact_div, same
from ..contraction import Contraction
from ..errors import ShapeError, SpecError
from ..sight import InputLaw, Whole, stays
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
    Source:  Vaswani et al. 2017, section 3.2.2; documentation of ``torch.nn.MultiheadAttention`` and
             ``keras.layers.MultiHeadAttention``; for shared keys Ainslie et al. 2023

    As in Keras a head may have a width of its own: with ``key_dim=d`` (``None``: ``E/heads``) and ``value_dim=v``
    (``None``: ``d``) queries and keys are projected to ``heads*d``, values to ``heads*v``, and the result to
    ``out_features`` (``None``: ``E``). ``num_kv_heads`` heads of keys and values may serve all heads of queries.

    >>> MultiheadAttention(2).laws((5, 4)).params, MultiheadAttention(2).laws((5, 4)).tally.macs
    (80, 520)
    >>> MultiheadAttention(2, key_dim=8, value_dim=3, out_features=7).laws((5, 4)).params
    239
    """

    arity: ClassVar[int | None] = None

    num_heads: Dim
    bias: bool = True
    key_dim: Dim | None = field(default=None, kw_only=True)
    value_dim: Dim | None = field(default=None, kw_only=True)
    out_features: Dim | None = field(default=None, kw_only=True)
    num_kv_heads: Dim | None = field(default=None, kw_only=True)

    def __post_init__(self) -> None:
        super().__post_init__()
        self._set(num_heads=whole("num_heads", self.num_heads), bias=flag("bias", self.bias))
        for name in ("key_dim", "value_dim", "out_features", "num_kv_heads"):
            value = getattr(self, name)
            self._set(**{name: None if value is None else whole(name, value)})
        if self.num_kv_heads is not None and not divides(self.num_kv_heads, self.num_heads):
            raise SpecError(
                "num_kv_heads divides num_heads", got=f"num_kv_heads={self.num_kv_heads}, num_heads={self.num_heads}"
            )

    def _widths(self, q: Shape) -> tuple[Dim, Dim, Dim, Dim]:
        """The width of a head of keys and of values, the width that comes out, and the heads of keys and values."""
        key = exact_div(q[1], self.num_heads) if self.key_dim is None else self.key_dim
        value = key if self.value_dim is None else self.value_dim
        out = q[1] if self.out_features is None else self.out_features
        return key, value, out, self.num_heads if self.num_kv_heads is None else self.num_kv_heads

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
        if self.key_dim is None and not divides(self.num_heads, q[1]):
            raise ShapeError(f"num_heads={self.num_heads} does not divide the width", got=f"input {shape_text(q)}")
        return q if self.out_features is None else (q[0], self.out_features)

    def contractions(self, *inputs: Shape, out: Shape) -> tuple[Contraction, ...]:
        q, k, v = self._qkv(inputs)
        key, value, width, kv_heads = self._widths(q)
        heads = self.num_heads

        def project(name: str, rows: tuple[str, Dim, str], columns: Dim, to: Dim) -> Contraction:
            return Contraction((rows, ("in", columns, "iw"), ("E", to, "wo")), name)

        long, short = ("L", q[0], "io"), ("L" if k is q else "S", k[0], "io")
        return (
            project("W_q", long, q[1], heads * key),
            project("W_k", short, k[1], kv_heads * key),
            project("W_v", short, v[1], kv_heads * value),
            *attention_products(heads, q[0], k[0], key, value),
            project("W_out", long, heads * value, width),
        )

    def steps_axis(self, rank: int) -> int | None:
        return rank - 2

    def sight(self, *inputs: Shape, out: Shape) -> tuple[InputLaw, ...]:
        every = tuple([tuple(map(Whole, x)) for x in inputs])
        return every if len(inputs) == 1 else ((stays(0), Whole(inputs[0][1])), *every[1:])

    def biases(self, *inputs: Shape) -> Dim:
        if not self.bias:
            return 0
        key, value, width, kv_heads = self._widths(inputs[0])
        return self.num_heads * key + kv_heads * (key + value) + width

    def extras(self, *inputs: Shape, out: Shape) -> Tally:
        q, k, _ = self._qkv(inputs)
        inner = attention_extras(self.num_heads, q[0], k[0])
        if not self.bias:
            return inner
        key, value, width, kv_heads = self._widths(q)
        return inner + Tally(adds=q[0] * (self.num_heads * key + width) + k[0] * kv_heads * (key + value))
