"""The table that torchinfo prints of a module, computed from the record of its calls.

Source: torchinfo 1.8.0, read and measured (see the tests for the real tool).
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from ..arith import prod
from ..calls import Module
from ..conventions.torchinfo import charges
from ..conventions.trace import Seen, Trace
from ..errors import UnsupportedError

if TYPE_CHECKING:
    from ..costing import Cost

_UNWATCHED = ("torch.nn.modules.container.ParameterList", "torch.nn.modules.container.ModuleList")
#: Deeper rows are not printed.
DEPTH = 3


@dataclass
class InfoRow:
    """One call of a module. ``output_shape`` is whole, batch and all; ``params`` are those printed beside it."""

    kind: str
    depth: int
    output_shape: tuple[int, ...]
    num_params: int
    trainable: int
    is_leaf: bool
    mult_adds: int = 0
    output_bytes: int = 0
    repeated: bool = False
    number: int = 0
    children: list[InfoRow] = field(default_factory=list, repr=False)

    @property
    def name(self) -> str:
        """``Conv2d: 2-1``: the class, the depth, and a running number in that depth."""
        return f"{self.kind}: {self.depth}-{self.number}" if self.depth else self.kind

    @property
    def leftover(self) -> int:
        """Params that stand in no row below."""
        return self.num_params - sum(
            child.num_params if child.is_leaf else child.leftover for child in self.children if not child.repeated
        )

    @property
    def params(self) -> int:
        """Its own params: all of a module without children, else those that no child has."""
        return 0 if self.repeated else self.num_params if self.is_leaf else self.leftover

    def printed_params(self) -> str:
        """The cell of the table."""
        if self.num_params == 0:
            return "--"
        if self.repeated:
            return "(recursive)"
        if self.depth == DEPTH or self.is_leaf:
            return f"{self.num_params:,}" if self.trainable else f"({self.num_params:,})"
        return f"{self.leftover:,}" if self.leftover > 0 else "--"


@dataclass(frozen=True)
class InfoSummary:
    """What ``torchinfo.summary`` prints: rows in the order in which modules began, and memory by its own rules (MB of
    10**6 bytes; twice the outputs of modules that own parameters)."""

    rows: tuple[InfoRow, ...]
    input_bytes: int
    trainable_params: int
    params_bytes: int

    @property
    def total_params(self) -> int:
        """All parameters, each once."""
        return sum(max(row.params, 0) for row in self.rows)

    @property
    def mult_adds(self) -> int:
        """The sum of the modules without children."""
        return sum(row.mult_adds for row in self.rows)

    @property
    def forward_backward_bytes(self) -> int:
        """Twice the outputs of modules without children that own parameters."""
        return 2 * sum(row.output_bytes for row in self.rows if row.is_leaf and row.num_params)

    @property
    def input_mb(self) -> float:
        return self.input_bytes / 10**6

    @property
    def forward_backward_mb(self) -> float:
        return self.forward_backward_bytes / 10**6

    @property
    def params_mb(self) -> float:
        return self.params_bytes / 10**6

    @property
    def total_mb(self) -> float:
        return (self.input_bytes + self.forward_backward_bytes + self.params_bytes) / 10**6

    def __str__(self) -> str:
        longest = max(len(row.name) + 5 * row.depth + 1 for row in self.rows)
        width = math.ceil(longest / 5) * 5 if longest >= 40 else 40
        rule = "=" * (width + 50)

        def line(name: str, shape: str, params: str) -> str:
            return f"{name:<{width}} {shape:<25} {params:<25} ".rstrip()

        lines = [rule, line("Layer (type:depth-idx)", "Output Shape", "Param #"), rule]
        for row in self.rows:
            if row.depth <= DEPTH:
                shape = str(list(row.output_shape)) if row.output_shape else "--"
                lines.append(line(_indent(row.depth) + row.name, shape, row.printed_params()))
        total, trainable = self.total_params, self.trainable_params
        lines += [
            rule,
            f"Total params: {total:,}",
            f"Trainable params: {trainable:,}",
            f"Non-trainable params: {total - trainable:,}",
            f"Total mult-adds{_large(self.mult_adds)}",
            rule,
            f"Input size (MB): {self.input_mb:0.2f}",
            f"Forward/backward pass size (MB): {self.forward_backward_mb:0.2f}",
            f"Params size (MB): {self.params_mb:0.2f}",
            f"Estimated Total Size (MB): {self.total_mb:0.2f}",
            rule,
        ]
        return "\n".join(lines)


def _indent(depth: int) -> str:
    return "" if depth == 0 else "├─" if depth == 1 else "│    " * (depth - 1) + "└─"


def _large(number: int) -> str:
    word, size = ("T", 10**12) if number >= 10**12 else ("G", 10**9) if number >= 10**9 else ("M", 10**6)
    units = {"T": "Units.TERABYTES", "G": "Units.GIGABYTES", "M": "Units.MEGABYTES"}[word]
    text = f"{number // size:,}" if number % size == 0 else f"{number / size:,.2f}"
    return f" ({units}): {text}"


def torchinfo_summary(cost: Cost) -> InfoSummary:
    """The summary of a module in evaluation mode.

    Raises ``UnsupportedError`` for a module with lists of modules, which torchinfo puts in front of everything, and for
    symbols.
    """
    trace = Trace(cost.traced(True))
    above = _above(trace.top)
    rows: list[InfoRow] = []
    ran = {id(seen.module) for seen in trace.modules}
    seen_modules: set[int] = set()
    listed: dict[int, Module] = {}
    for seen in trace.modules:
        module = seen.module
        # Containers that are never called stand where the first of their parts runs.
        for container in above[id(module)][1:]:
            depth = len(above[id(container)])
            if listed.get(depth) is not container:
                if id(container) not in ran:
                    rows.append(_row(container, depth, (), id(container) in seen_modules))
                    seen_modules.add(id(container))
                listed[depth] = container
        depth = len(above[id(module)])
        listed = {d: part for d, part in listed.items() if d < depth} | {depth: module}
        shape = seen.y
        if not all(type(size) is int for size in shape):
            raise UnsupportedError("torchinfo prints numbers", got=str(shape), fix="put numbers in with .subs()")
        row = _row(module, depth, shape, id(module) in seen_modules)
        row.mult_adds = sum(value for value, *_ in charges(seen)) if row.is_leaf else 0
        row.output_bytes = prod(shape) * _element_size(seen)
        rows.append(row)
        seen_modules.add(id(module))
    _numbered(rows)
    inputs = [trace.cost.whole_shape(value) for value in range(len(cost.inputs))]
    named = [weight for _, weight in trace.top.named_weights()]
    # Memory of parameters is that of modules without children; what a container owns itself is left out.
    stored = sum(row.num_params for row in rows if row.is_leaf and not row.repeated)
    return InfoSummary(
        tuple(rows),
        sum(4 * prod(shape) for shape in inputs),
        sum(prod(weight.shape) for weight in named if weight.learned),
        4 * stored,
    )


def _element_size(seen: Seen) -> int:
    from ..calls import Ref

    out: Any = seen.call.out
    while isinstance(out, tuple) and not isinstance(out, Ref) and out:
        out = out[0]
    return out.size if isinstance(out, Ref) else 4


def _row(module: Module, depth: int, shape: tuple[int, ...], repeated: bool) -> InfoRow:
    weights = [weight for _, weight in module.named_weights()]
    return InfoRow(
        module.kind.rpartition(".")[2],
        depth,
        shape,
        sum(prod(weight.shape) for weight in weights),
        sum(prod(weight.shape) for weight in weights if weight.learned),
        not module.children,
        repeated=repeated,
    )


def _above(top: Module) -> dict[int, list[Module]]:
    """The modules around every module, outermost first; where it stands several times, the last place counts."""
    around: dict[int, list[Module]] = {}

    def visit(module: Module, chain: list[Module]) -> None:
        if any(base in _UNWATCHED for base in module.bases):
            raise UnsupportedError("torchinfo's table of lists of modules has no rule", where=module.path)
        around[id(module)] = chain
        for child in module.children.values():
            visit(child, [*chain, module])

    visit(top, [])
    return around


def _numbered(rows: list[InfoRow]) -> None:
    """Running numbers by depth, and the rows below each."""
    counts: dict[int, int] = {}
    for place, row in enumerate(rows):
        counts[row.depth] = row.number = counts.get(row.depth, 0) + 1
        for below in rows[place + 1 :]:
            if below.depth <= row.depth:
                break
            row.children.append(below)
