"""What the conventions of other counters share."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Any

from ..arith import Dim, prod
from ..calls import Module
from .base import Convention, Term
from .parts import part_of
from .trace import Seen, Trace, occurrences

if TYPE_CHECKING:
    from ..result import Cost

#: What a rule of a tool says of one call: amounts with the price they were made at, and the part where it is another
#: one than the call's own.
Charge = tuple[Any, ...]
Rule = Callable[[Seen], Iterable[Charge]]

PER_MAC = "1 per multiply-accumulate"
PER_MAC_2 = "2 per multiply-accumulate"
PER_OUT = "1 per output element"


class Counter(Convention):
    """The number that another counter prints, told from the record of calls."""

    #: Whether the tool puts the module into evaluation mode before it counts.
    evaluates = False

    def account(self, cost: Cost) -> Iterable[Term]:
        traced = cost.traced(self.evaluates)
        terms = tuple(self.terms(Trace(traced)))
        if cost.graph.calls is not None:
            return terms
        # Of a spec, layers are named as it names them, and not as the module that was built of it.
        names = {node.path.replace("/", "."): node.path for node in cost.graph.nodes}
        return tuple(term._replace(path=names.get(term.path, term.path)) for term in terms)

    def terms(self, trace: Trace) -> Iterator[Term]:
        """All charges, in order."""
        raise NotImplementedError


def charged(seen: Seen, charges: Iterable[Charge], times: int = 1, note: str = "") -> Iterator[Term]:
    """The terms of one call."""
    path = seen.path
    for value, how, *part in charges:
        if type(value) is int and value == 0:
            continue
        yield Term(part[0] if part else part_of(seen.name), how + note, path, value * times)


def standing(
    top: Module, wanted: Callable[[Module], bool] | None = None, stops: Callable[[Module], bool] | None = None
) -> dict[int, int]:
    """How often each (wanted) module stands in the tree, as tools meet it that add up over ``children()``; below a
    module that ``stops`` they do not look."""
    found: dict[int, int] = {}
    for module in occurrences(top, wanted or bool, lambda module: stops is None or not stops(module)):
        found[id(module)] = found.get(id(module), 0) + 1
    return found


def repeated(times: int) -> str:
    """A remark for what a tool counts several times."""
    return "" if times == 1 else f", counted {times} times since the module stands in several places"


def conv_macs(x: Any, w: Any, y: Any, transposed: bool = False) -> Dim:
    """Multiply-accumulates by the shapes of input, weight and output: the weight at every place walked."""
    places = x if transposed else y
    examples = x[0] if len(x) == len(w) else 1
    return examples * prod(w) * prod(places[len(places) - len(w) + 2 :])


__all__ = [
    "PER_MAC",
    "PER_MAC_2",
    "PER_OUT",
    "Charge",
    "Counter",
    "Rule",
    "charged",
    "conv_macs",
    "repeated",
    "standing",
]
