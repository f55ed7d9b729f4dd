"""Our count beside those of other counters: what they print, what we say that they print, and what they leave out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from ..block import Block
from ..conventions import Term
from ..costing import Cost, cost
from ..errors import ConvcostError, SpecError, UnsupportedError
from ..frameworks.counters import TOOLS, Reading, installed, run
from ..graph import Graph


class Layer(NamedTuple):
    """What a tool says of one module, those inside included, and what we say; ``None`` where the tool has no line."""

    printed: int | None
    predicted: int


@dataclass(frozen=True)
class Check:
    """One tool.

    ``status``    ``ok``, ``mismatch``, ``failed`` (no number from the tool, or none from us) or ``missing``;
    ``layers``    by module path, where the tool gives numbers of modules;
    ``uncounted`` what the tool itself says that it skipped;
    ``uncharged`` layers of ours that do something and that the tool charges nothing for: kind and paths.
    """

    tool: str
    unit: str
    status: str
    printed: int | None = None
    predicted: int | None = None
    version: str = ""
    message: str = ""
    layers: Mapping[str, Layer] = field(default_factory=dict)
    uncounted: tuple[str, ...] = ()
    uncharged: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True)
class CrossCheck:
    """Our cost, and a check per tool."""

    cost: Cost
    checks: tuple[Check, ...]

    @property
    def agree(self) -> bool:
        """Whether no tool prints another number than we say; tools that fail or are missing do not count."""
        return all(check.status != "mismatch" for check in self.checks)

    def to_dict(self) -> dict[str, Any]:
        """The ``crosscheck`` JSON object."""
        from ..report.crosscheck import crosscheck_to_dict

        return crosscheck_to_dict(self)

    def table(self, fmt: str = "plain", *, layers: bool = False) -> str:
        """All tools, and what they leave out; with ``layers`` also a line per module."""
        from ..report.crosscheck import render_crosscheck

        return render_crosscheck(self, fmt, layers=layers)

    def _repr_html_(self) -> str:
        return self.table("html")


def crosscheck(
    source: Cost | Block | Graph,
    module: Any,
    *inputs: Any,
    tools: Sequence[str] | None = None,
    mode: str = "eval",
    progress: Callable[[str, int, int], None] | None = None,
) -> CrossCheck:
    """Run other counters on ``module`` and compare what they print with ``cost.under(tool)``.

    ``source`` is the cost of the module (a torch module), or a block or graph to be costed at the shape of ``inputs``,
    which are tensors with their batch. ``tools`` are names of :data:`convcost.frameworks.counters.TOOLS`, all by
    default; ``progress`` is told which tool is next, its number, and how many there are.

    Raises :class:`~convcost.errors.UnsupportedError` if none of the tools is installed.
    """
    names = tuple(dict.fromkeys(tools or TOOLS))
    if not any(map(installed, names)):
        raise UnsupportedError(
            "none of the counters is installed: " + ", ".join(names), fix="pip install 'convcost[torch,peers]'"
        )
    own = source if isinstance(source, Cost) else _cost(source, inputs)
    need_numbers(own)
    checks = []
    for number, name in enumerate(names, start=1):
        if progress is not None:
            progress(name, number, len(names))
        checks.append(_check(own, run(name, module, inputs, mode)))
    return CrossCheck(own, tuple(checks))


def need_numbers(own: Cost) -> None:
    """Raise for a cost over symbols, which no real module has."""
    if own.symbols:
        free = ", ".join(sorted(map(str, own.symbols)))
        raise SpecError("a real module is counted at numbers", got=f"symbols {free}", fix="put numbers in their place")


def _cost(source: Block | Graph, inputs: Sequence[Any]) -> Cost:
    shapes = [tuple(tensor.shape[1:]) for tensor in inputs]
    return cost(source, shapes if len(shapes) > 1 else shapes[0], inputs[0].shape[0])


def _check(own: Cost, reading: Reading) -> Check:
    predicted, terms, trouble = _prediction(own, reading.tool)
    status, remarks = reading.status, [reading.message, trouble]
    if status == "ok":
        if predicted is None:
            status = "failed"
        elif predicted != reading.printed:
            status = "mismatch"
            if own.status != "exact":
                remarks.append(f"our count is a {own.status}: {', '.join(own.unsupported)}")
    return Check(
        reading.tool,
        reading.unit,
        status,
        reading.printed,
        predicted,
        reading.version,
        "; ".join(filter(None, remarks)),
        {} if predicted is None else _layers(terms, reading.per_layer),
        reading.uncounted,
        {} if predicted is None else _uncharged(own, terms),
    )


def _prediction(own: Cost, tool: str) -> tuple[int | None, tuple[Term, ...], str]:
    """Our number for the tool, its account, and what is in the way of them."""
    try:
        predicted = own.under(tool)
        if predicted is None:
            return None, (), f"our cost is {own.status}: {', '.join(own.unsupported)}"
        return int(predicted), own.account(tool), ""
    except ConvcostError as error:
        return None, (), f"no prediction: {error}"


def _dotted(path: str) -> str:
    """A path in torch's own way, with what happens inside a module behind one more dot."""
    return path.replace("/", ".")


def _above(path: str) -> Iterable[str]:
    """The path and those of the modules around it, without the whole.

    >>> [*_above("a.b.c")]
    ['a.b.c', 'a.b', 'a']
    """
    while path:
        yield path
        path = path.rpartition(".")[0]


def _layers(terms: Iterable[Term], printed: Mapping[str, int]) -> dict[str, Layer]:
    """Both numbers of every module of the tool, then what we charge where the tool has no module."""
    if not printed:
        return {}
    own: dict[str, int] = {}
    homeless: dict[str, int] = {}
    for term in terms:
        path = _dotted(term.path)
        for place in _above(path):
            own[place] = own.get(place, 0) + term.value
        if not any(place in printed for place in _above(path)):
            homeless[path] = homeless.get(path, 0) + term.value
    found = {path: Layer(value, own.get(path, 0)) for path, value in printed.items()}
    found.update((path, Layer(None, value)) for path, value in homeless.items())
    return {path: layer for path, layer in found.items() if layer.printed or layer.predicted}


def _uncharged(own: Cost, terms: Iterable[Term]) -> dict[str, tuple[str, ...]]:
    """Rows that do something, and of which neither they nor a module around or inside them is charged."""
    charged = {_dotted(term.path) for term in terms if term.value}
    around = {place for path in charged for place in _above(path)}
    found: dict[str, list[str]] = {}
    for row in own.rows:
        path = _dotted(row.path)
        if row.ran and row.tally and path not in around and charged.isdisjoint(_above(path)):
            found.setdefault(row.kind, []).append(row.path)
    return {kind: tuple(paths) for kind, paths in found.items()}
