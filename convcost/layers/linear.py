"""Linear layers, embeddings and recurrent layers: the matrix products on vectors and sequences."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, ClassVar

from ..arith import Dim, Shape, prod
from ..contraction import Contraction
from ..errors import ShapeError, SpecError
from ..sight import InputLaw, Whole, kept
from ..tally import NOTHING, Tally
from .base import Contracting, Layer, declared, flag, one_of, real, shape_text, whole


@dataclass(frozen=True, repr=False)
class Linear(Contracting):
    """Fully connected layer ("dense") on one axis, the last one as in PyTorch; input features are inferred.

    Shape:   ``(*, in) -> (*, out_features)``
    Params:  ``in * out_features``, and ``out_features`` with bias
    Tally:   ``in * out_features`` multiply-accumulates per vector; with bias one add per output element
    Source:  documentation of ``torch.nn.Linear``

    ``axis=0`` works on the channels of a map, as Keras' ``Dense`` does channels last; ``in_features``, if given,
    is checked.

    >>> Linear(1000).laws((2048,))
    Laws(output=(1000,), params=2049000, tally=Tally(macs=2048000, adds=1000))
    """

    out_features: Dim
    bias: bool = True
    axis: int = -1
    in_features: Dim | None = field(default=None, kw_only=True)

    def __post_init__(self) -> None:
        super().__post_init__()
        self._set(
            out_features=whole("out_features", self.out_features),
            bias=flag("bias", self.bias),
            in_features=None if self.in_features is None else whole("in_features", self.in_features),
        )
        if type(self.axis) is not int:
            raise SpecError("axis is a whole number", got=f"axis={self.axis!r}")

    def _axis(self, x: Shape) -> int:
        if not -len(x) <= self.axis < len(x):
            raise ShapeError(f"there is no axis {self.axis}", got=f"input {shape_text(x)}")
        return self.axis % len(x)

    def output_shape(self, *inputs: Shape) -> Shape:
        (x,) = inputs
        axis = self._axis(x)
        declared("in_features", self.in_features, x[axis], x)
        return (*x[:axis], self.out_features, *x[axis + 1 :])

    def contractions(self, *inputs: Shape, out: Shape) -> tuple[Contraction, ...]:
        (x,) = inputs
        axis = self._axis(x)
        rows = [("rows", prod(x[:axis] + x[axis + 1 :]), "io")] if len(x) > 1 else []
        return (Contraction((("in", x[axis], "iw"), ("out", self.out_features, "wo"), *rows)),)

    def sight(self, *inputs: Shape, out: Shape) -> tuple[InputLaw, ...]:
        (x,) = inputs
        axis = self._axis(x)
        return ((*kept(x)[:axis], Whole(x[axis]), *kept(x)[axis + 1 :]),)

    def biases(self, *inputs: Shape) -> Dim:
        return self.out_features if self.bias else 0

    def extras(self, *inputs: Shape, out: Shape) -> Tally:
        return Tally(adds=prod(out)) if self.bias else NOTHING

    def hint(self, *inputs: Shape) -> str:
        (x,) = inputs
        if len(x) < 3 or self.axis != -1 or self.in_features is not None:
            return ""
        return (
            f"Linear acts on the last axis ({x[-1]}) of the map {shape_text(x)}; "
            f"with Flatten() before it, it sees {prod(x)} features"
        )


@dataclass(frozen=True, repr=False)
class Embedding(Layer):
    """A table of vectors, one picked for each index of the input.

    Shape:   ``(*,) -> (*, embedding_dim)``
    Params:  ``num_embeddings * embedding_dim``
    Tally:   none; looking up is no arithmetic
    Source:  documentation of ``torch.nn.Embedding``

    >>> Embedding(10, 4).laws((5,))
    Laws(output=(5, 4), params=40, tally=Tally())
    """

    num_embeddings: Dim
    embedding_dim: Dim

    def __post_init__(self) -> None:
        super().__post_init__()
        self._set(
            num_embeddings=whole("num_embeddings", self.num_embeddings),
            embedding_dim=whole("embedding_dim", self.embedding_dim),
        )

    def output_shape(self, *inputs: Shape) -> Shape:
        return (*inputs[0], self.embedding_dim)

    def params(self, *inputs: Shape, out: Shape) -> Dim:
        return self.num_embeddings * self.embedding_dim

    def sight(self, *inputs: Shape, out: Shape) -> tuple[InputLaw, ...]:
        return (kept(inputs[0]),)


@dataclass(frozen=True, repr=False)
class _Recurrent(Contracting):
    """What recurrent layers share: per step two matrix products into ``gates`` vectors, then the gates."""

    gates: ClassVar[int]
    #: Elementwise work per hidden unit and step, bias and the sum of the two products apart.
    cell: ClassVar[Tally]

    hidden_size: Dim
    num_layers: int = 1
    bias: bool | str = True
    dropout: float = 0.0
    bidirectional: bool = False

    def __post_init__(self) -> None:
        super().__post_init__()
        self._set(
            hidden_size=whole("hidden_size", self.hidden_size),
            num_layers=whole("num_layers", self.num_layers),
            bidirectional=flag("bidirectional", self.bidirectional),
        )
        if type(self.num_layers) is not int or self.num_layers > 1000:
            raise SpecError("num_layers is a number up to 1000", got=f"num_layers={self.num_layers}")
        one_of("bias", self.bias, (True, False, "single"))
        real("dropout", self.dropout, 0, 1)

    @property
    def _directions(self) -> int:
        return 2 if self.bidirectional else 1

    def _state(self) -> Dim:
        """Features that a step hands on: the hidden size, or its projection."""
        return getattr(self, "proj_size", 0) or self.hidden_size

    def output_shape(self, *inputs: Shape) -> Shape:
        (x,) = inputs
        if len(x) != 2:
            raise ShapeError(
                f"{type(self).__name__} reads a sequence (steps, features)",
                got=f"input {shape_text(x)}",
                fix="shapes are without the batch",
            )
        return (x[0], self._state() * self._directions)

    def contractions(self, *inputs: Shape, out: Shape) -> tuple[Contraction, ...]:
        steps, features = inputs[0]
        rows, state = self.hidden_size * self.gates, self._state()
        nests = []
        for layer in range(self.num_layers):
            columns = features if layer == 0 else state * self._directions
            for direction in range(self._directions):
                tag = f"l{layer}" + "_reverse" * direction
                step = ("T", steps, "io")
                gate = ("gates*hidden", rows, "wo")
                nests.append(Contraction((("in", columns, "iw"), gate, step), f"W_ih_{tag}"))
                nests.append(Contraction((("state", state, "iw"), gate, step), f"W_hh_{tag}"))
                if getattr(self, "proj_size", 0):
                    hidden = ("hidden", self.hidden_size, "iw")
                    nests.append(Contraction((hidden, ("proj", state, "wo"), step), f"W_hr_{tag}"))
        return tuple(nests)

    def steps_axis(self, rank: int) -> int | None:
        return 0

    def sight(self, *inputs: Shape, out: Shape) -> tuple[InputLaw, ...]:
        # The last step of a sequence has read all of it, and in both directions every step has.
        return (tuple(map(Whole, inputs[0])),)

    @property
    def _bias_vectors(self) -> int:
        """PyTorch keeps a bias for each of the two products, Keras (but for its newer GRU) one for both."""
        return 1 if self.bias == "single" else 2 if self.bias else 0

    def biases(self, *inputs: Shape) -> Dim:
        return self._bias_vectors * self.gates * self.hidden_size * self.num_layers * self._directions

    def extras(self, *inputs: Shape, out: Shape) -> Tally:
        # The two products are added up, and every bias is added to them.
        sums = Tally(adds=self.gates * (1 + self._bias_vectors))
        return (sums + self.cell).scaled(inputs[0][0] * self.hidden_size * self.num_layers * self._directions)


_SIGMOID = Tally(exps=1, adds=1, divs=1)


@dataclass(frozen=True, repr=False)
class LSTM(_Recurrent):
    """Long short-term memory over a sequence; the sequence of states comes out.

    Shape:   ``(T, in) -> (T, D*state)``, ``D`` = 2 if bidirectional, ``state`` = ``proj_size`` or ``hidden_size``
    Params:  per layer and direction ``4*hidden*(in + state)``, with bias ``8*hidden`` (``bias="single"``, one vector
             for both products as in Keras: ``4*hidden``), with projection ``hidden*proj``
    Tally:   ``T`` times those weights as multiply-accumulates; per unit and step three sigmoids, two tanh, three
             products and a sum, and the additions of products and biases
    Source:  documentation of ``torch.nn.LSTM`` (two bias vectors per gate) and ``keras.layers.LSTM``

    >>> LSTM(6, bias=False).laws((5, 4)).params, LSTM(6).laws((5, 4)).tally.macs
    (240, 1200)
    >>> LSTM(6).laws((5, 4)).params, LSTM(6, bias="single").laws((5, 4)).params
    (288, 264)
    """

    gates = 4
    cell = _SIGMOID.scaled(3) + Tally(tanhs=2, muls=3, adds=1)

    proj_size: Any = 0

    def __post_init__(self) -> None:
        super().__post_init__()
        self._set(proj_size=whole("proj_size", self.proj_size, 0))
        if type(self.proj_size) is type(self.hidden_size) is int and self.proj_size >= self.hidden_size:
            raise SpecError("proj_size is smaller than hidden_size", got=f"{self.proj_size} and {self.hidden_size}")


@dataclass(frozen=True, repr=False)
class GRU(_Recurrent):
    """Gated recurrent unit over a sequence; the sequence of states comes out.

    Shape:   ``(T, in) -> (T, D*hidden_size)``, ``D`` = 2 if bidirectional
    Params:  per layer and direction ``3*hidden*(in + hidden)``, with bias ``6*hidden`` (``bias="single"``, as in Keras
             with ``reset_after=False``: ``3*hidden``)
    Tally:   ``T`` times those weights as multiply-accumulates; per unit and step two sigmoids, a tanh, three products
             and two sums, and the additions of products and biases
    Source:  documentation of ``torch.nn.GRU``

    >>> GRU(6).laws((5, 4)).params
    216
    """

    gates = 3
    cell = _SIGMOID.scaled(2) + Tally(tanhs=1, muls=3, adds=2)


@dataclass(frozen=True, repr=False)
class RNN(_Recurrent):
    """Plain recurrent layer over a sequence, ``tanh(W x + U h)``; the sequence of states comes out.

    Shape:   ``(T, in) -> (T, D*hidden_size)``, ``D`` = 2 if bidirectional
    Params:  per layer and direction ``hidden*(in + hidden)``, with bias ``2*hidden`` (``bias="single"``: ``hidden``)
    Tally:   ``T`` times those weights as multiply-accumulates; per unit and step a tanh, and the additions of products
             and biases
    Source:  documentation of ``torch.nn.RNN`` and ``keras.layers.SimpleRNN``

    >>> RNN(6).laws((5, 4)).params, RNN(6, bias="single").laws((5, 4)).params
    (72, 66)
    """

    gates = 1
    cell = Tally(tanhs=1)
