"""The tables of summary tools, computed: rows in the tool's order and memory by the tool's own rules."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from ..arith import Dim, Shape, is_array, is_symbolic, prod
from ..calls import Call, Ref
from ..errors import SpecError, UnsupportedError
from ..layers.base import Layer

if TYPE_CHECKING:
    from ..costing import Cost

_BY_RANK = {"Conv", "ConvTranspose", "BatchNorm", "InstanceNorm"}
_FUNCTIONS = {
    "Concat",
    "Add",
    "Mul",
    "MatMul",
    "ScaledDotProductAttention",
    "Reshape",
    "Permute",
    "Pad",
    "_SameShape",
}
_TUPLES = {"LSTM", "GRU", "MultiheadAttention"}


class SummaryRow(NamedTuple):
    """One printed line: the tool's name for it, its output shape without the batch, and its params."""

    name: str
    output_shape: Shape
    params: int


@dataclass(frozen=True)
class Summary:
    """What ``torchsummary`` prints of a network, reproduced without running it.

    Memory follows that tool: 4 bytes a value, MB of 2**20 bytes, and twice the sum of all printed output sizes for
    the forward and the backward pass. ``notes`` says what it counts twice.
    """

    rows: tuple[SummaryRow, ...]
    input_shape: Shape
    notes: tuple[str, ...] = ()

    @property
    def total_params(self) -> int:
        """Sum of the params column."""
        return sum(row.params for row in self.rows)

    @property
    def input_bytes(self) -> int:
        """The input, 4 bytes a value."""
        return 4 * int(prod(self.input_shape))

    @property
    def forward_backward_bytes(self) -> int:
        """Twice every printed output."""
        return 8 * sum(int(prod(row.output_shape)) for row in self.rows)

    @property
    def params_bytes(self) -> int:
        """The params."""
        return 4 * self.total_params

    @property
    def total_bytes(self) -> int:
        """The sum of the three."""
        return self.input_bytes + self.forward_backward_bytes + self.params_bytes

    @property
    def input_mb(self) -> float:
        """:attr:`input_bytes` in MB of 2**20 bytes."""
        return self.input_bytes / 2**20

    @property
    def forward_backward_mb(self) -> float:
        """:attr:`forward_backward_bytes` in MB of 2**20 bytes."""
        return self.forward_backward_bytes / 2**20

    @property
    def params_mb(self) -> float:
        """:attr:`params_bytes` in MB of 2**20 bytes."""
        return self.params_bytes / 2**20

    @property
    def total_mb(self) -> float:
        """:attr:`total_bytes` in MB of 2**20 bytes."""
        return self.total_bytes / 2**20

    def __str__(self) -> str:
        rule, double = "-" * 64, "=" * 64
        lines = [rule, f"{'Layer (type)':>20}  {'Output Shape':>25} {'Param #':>15}", double]
        lines += [f"{row.name:>20}  {[-1, *row.output_shape]!s:>25} {row.params:>15,}" for row in self.rows]
        lines += [
            double,
            f"Total params: {self.total_params:,}",
            f"Trainable params: {self.total_params:,}",
            "Non-trainable params: 0",
            rule,
            f"Input size (MB): {self.input_mb:0.2f}",
            f"Forward/backward pass size (MB): {self.forward_backward_mb:0.2f}",
            f"Params size (MB): {self.params_mb:0.2f}",
            f"Estimated Total Size (MB): {self.total_mb:0.2f}",
            rule,
        ]
        return "\n".join(lines)


def torch_name(layer: Layer, x: Shape) -> str:
    """The class in ``torch.nn`` for a layer with input ``x``; empty where it is a function there.

    >>> from convcost import Pool
    >>> torch_name(Pool(2, kind="avg"), (3, 8, 8))
    'AvgPool2d'
    """
    kind, rank = type(layer).__name__, max(len(x) - 1, 1)
    if kind in _FUNCTIONS:
        return ""
    if kind in _BY_RANK:
        return f"{kind}{rank}d"
    if kind in ("Pool", "GlobalPool", "AdaptivePool"):
        word = "Max" if layer.kind == "max" else "Avg"  # type: ignore[attr-defined]
        return f"{'' if kind == 'Pool' else 'Adaptive'}{word}Pool{rank}d"
    return kind


def summary(cost: Cost, tool: str) -> Any:
    """Reproduce the table of ``tool``.

    Raises :class:`~convcost.errors.UnsupportedError` for layers on which the tool itself stops.
    """
    if tool == "torchinfo":
        from .torchinfo import torchinfo_summary

        return torchinfo_summary(cost)
    if tool == "keras":
        from .keras_summary import keras_summary

        return keras_summary(cost)
    if tool != "torchsummary":
        raise SpecError(f"there is no summary {tool!r}", fix="one of torchsummary, torchinfo, keras")
    if cost.graph.calls is not None:
        return _of_module(cost)
    if len(cost.inputs) != 1:
        raise UnsupportedError("summaries are of networks with one input", got=f"{len(cost.inputs)} inputs")
    printed: list[SummaryRow] = []
    blocks: list[tuple[str, Dim]] = []

    def add(name: str, shape: Shape, params: Dim) -> None:
        for value in (*shape, params):
            if is_symbolic(value) or is_array(value):
                raise UnsupportedError("summary tools print numbers", got=str(value), fix="put numbers in with .subs()")
        printed.append(SummaryRow(f"{name}-{len(printed) + 1}", shape, params))

    ends = sorted(cost.scopes, key=lambda scope: (scope.stop, -scope.first))
    for place, row in enumerate(cost.rows):
        name = torch_name(row.layer, row.input)
        if type(row.layer).__name__ in _TUPLES:
            raise UnsupportedError("torchsummary stops on layers that return several values", where=row.path, got=name)
        if name:
            add(name, row.output, row.params)
        while ends and ends[0].stop == place + 1:
            scope = ends.pop(0)
            output = cost.value_shape(scope.value)
            add(scope.kind, output, 0)
            blocks.append((scope.kind, prod(output)))
    return Summary(tuple(printed), cost.inputs[0], tuple(_twice(blocks)))


#: Containers that torchsummary does not watch, nor what is derived from them.
_UNWATCHED = ("torch.nn.modules.container.Sequential", "torch.nn.modules.container.ModuleList")


def _of_module(cost: Cost) -> Summary:
    """The table of an imported module: a line whenever a watched module ends, with its own ``weight`` and ``bias``.

    A bug that it reproduces: a module that stands in several places has a hook for each, and a line for each.
    """
    from ..conventions.counters import standing
    from ..conventions.trace import Trace

    trace = Trace(cost.traced())
    hooks = standing(trace.top)
    printed: list[SummaryRow] = []

    def visit(call: Call) -> None:
        for inner in call.calls:
            visit(inner)
        module = call.module
        if module is None or module is trace.top or any(base in _UNWATCHED for base in module.bases):
            return
        seen = trace.seen(call)
        params = sum(int(prod(module.weights[name].shape)) for name in ("weight", "bias") if name in module.weights)
        if isinstance(call.out, tuple) and not isinstance(call.out, Ref):
            raise UnsupportedError(
                "torchsummary stops on layers that return several values", where=call.path, got=module.kind
            )
        for size in seen.y:
            if type(size) is not int:
                raise UnsupportedError("summary tools print numbers", got=str(size), fix="put numbers in with .subs()")
        for _ in range(hooks[id(module)]):
            kind = module.kind.rpartition(".")[2]
            printed.append(SummaryRow(f"{kind}-{len(printed) + 1}", seen.y[1:], params))

    visit(trace.root)
    return Summary(tuple(printed), cost.inputs[0])


def _twice(blocks: list[tuple[str, Dim]]) -> list[str]:
    """A block's output is already there, as the output of its last layers; its own row counts it again."""
    if not blocks:
        return []
    values = sum(size for _, size in blocks)
    kinds = ", ".join(dict.fromkeys(kind for kind, _ in blocks))
    text = (
        f"the outputs of {len(blocks)} blocks ({kinds}) are counted twice, once for their last layers and once for the "
        f"blocks themselves: {values:,} values, {8 * values / 2**20:.2f} MB of the forward/backward size"
    )
    return [text]
