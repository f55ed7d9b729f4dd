"""Which products the backward pass makes: an operand that needs a gradient takes one more.

The loss is the sum of all outputs. Gradients start at trainable parameters, run on through whatever is computed from
them, and come back only from what the outputs depend on.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import Any

from ..arith import Dim
from ..calls import Ref, Weight
from .recurrent import recurrent_steps, recurrent_weights
from .trace import Seen, Trace

#: Results without a gradient: comparisons, indices, copies that cut it.
_CUT = frozenset(
    "detach eq ne lt le gt ge argmax argmin sign floor ceil round zeros_like ones_like empty_like full_like arange "
    "zeros ones full isnan __eq__ __ne__ bool long int".split()
)


class Gradients:
    """Asks, for every operator of a trace, which of its operands need a gradient."""

    def __init__(self, trace: Trace) -> None:
        self.trace = trace

    @cached_property
    def _needing(self) -> set[int]:
        """Values computed from something trainable."""
        needing: set[int] = set()
        for seen in self.trace.leaves:
            if seen.name.rpartition(".")[2].rstrip("_") in _CUT:
                continue
            if any(self._needs(item, needing) for item in (*seen.call.args, *seen.call.kwargs.values())):
                needing.update(ref.value for ref in _refs(seen.call.out))
        return needing

    @cached_property
    def _reached(self) -> set[int]:
        """Operators from which a gradient comes back."""
        made = {ref.value: seen.call for seen in self.trace.leaves for ref in _refs(seen.call.out)}
        reached: set[int] = set()
        todo = [*_refs(self.trace.root.out)]
        while todo:
            call = made.get(todo.pop().value)
            if call is not None and id(call) not in reached:
                reached.add(id(call))
                todo += [*_refs(call.args), *_refs(tuple(call.kwargs.values()))]
        return reached

    def _needs(self, item: Any, needing: set[int]) -> bool:
        if isinstance(item, Ref):
            value = item.value
            graph = self.trace.cost.graph
            if value in needing:
                return True
            if value >= graph.input_count:
                declared = graph.nodes[value - graph.input_count].declared
                return (
                    declared is not None
                    and declared.trainable > 0
                    and not graph.nodes[value - graph.input_count].inputs
                )
            return False
        if isinstance(item, Weight):
            return item.learned and item.parameter
        return isinstance(item, tuple) and any(self._needs(part, needing) for part in item)

    def wanted(self, tensor: Any) -> bool:
        """Whether a tensor takes a gradient."""
        return self._needs(tensor, self._needing)

    def products(self, seen: Seen, macs: Dim) -> Iterator[tuple[str, Dim]]:
        """For one operator of so many multiply-accumulates: the gradients it takes, and what each costs."""
        if seen.name.rpartition(".")[2].startswith(("lstm", "gru", "rnn_")):
            if id(seen.call) in self._reached:
                yield from self._of_recurrent(seen)
            return
        for what, times in self._operands(seen):
            yield what, times * macs

    def _operands(self, seen: Seen) -> Iterator[tuple[str, int]]:
        """The operands that take a gradient, and how often each of these products is counted."""
        call = seen.call
        short = call.name.rpartition(".")[2]
        if id(call) not in self._reached:
            return
        if short.startswith("conv"):
            place = 8 if short in ("convolution", "_convolution") else 6
            groups = seen.given(place, "groups", 1)
            if self._needs(seen.raw(0, "input"), self._needing):
                yield "gradient of the input", 1
            if self._needs(seen.raw(1, "weight"), self._needing):
                word = "" if groups == 1 else f", counted {groups} times for its groups"
                yield f"gradient of the weight{word}", groups
            return
        operands = [*call.args, *call.kwargs.values()]
        if short in ("addmm", "baddbmm"):
            operands = operands[1:3]
        elif short == "linear":
            operands = operands[:2]
        elif "attention" in short:
            operands = operands[:3]
            yield from self._of_attention(operands)
            return
        elif len(operands) == 1 or short == "einsum":
            operands = [part for item in operands if isinstance(item, tuple) for part in _flat(item)]
        for place, operand in enumerate(operands[:2]):
            if self._needs(operand, self._needing):
                yield f"gradient of operand {place + 1}", 1

    def _of_recurrent(self, seen: Seen) -> Iterator[tuple[str, Dim]]:
        """Weights at every step; the input where it needs one; the state at every step but the first, whose state is
        given."""
        is_cell = "cell" in seen.name
        steps = recurrent_steps(seen)
        axis = 1 if not is_cell and len(seen.x) == 3 and seen.given(8, "batch_first") else 0
        first = 1 if is_cell or len(seen.x) == 2 else seen.x[1 - axis]
        examples = steps if is_cell else first
        state_given = self._needs(seen.raw(1, "hx"), self._needing)
        layers = recurrent_weights(seen)
        turns = 2 if not is_cell and seen.given(7, "bidirectional") else 1
        for place, weights in enumerate(layers):
            for number, weight in enumerate(weights):
                if len(weight.shape) != 2:
                    continue
                size = weight.shape[0] * weight.shape[1]
                if weight.learned:
                    yield "gradient of the weight", size * steps
                from_input = number == 0
                if from_input and (place >= turns or self._needs(seen.raw(0, "input"), self._needing)):
                    yield "gradient of the input", size * steps
                elif number == 1:
                    yield "gradient of the state", size * (steps if state_given else steps - examples)
                elif number > 1:
                    yield "gradient of the state before its projection", size * steps

    def _of_attention(self, operands: list[Any]) -> Iterator[tuple[str, int]]:
        """Both products of attention have two operands; the scores need a gradient if queries or keys do."""
        q, k, v = (self._needs(item, self._needing) for item in operands)
        if q or k or v:
            yield "gradients of queries, keys, scores and values", 2 if q and k and v else 1


def _refs(value: Any) -> Iterator[Ref]:
    if isinstance(value, Ref):
        yield value
    elif isinstance(value, dict):
        yield from _refs(tuple(value.values()))
    elif isinstance(value, tuple) and not isinstance(value, Weight):
        for item in value:
            yield from _refs(item)


def _flat(value: Any) -> Iterator[Any]:
    if isinstance(value, (Ref, Weight)):
        yield value
    elif isinstance(value, tuple):
        for item in value:
            yield from _flat(item)
