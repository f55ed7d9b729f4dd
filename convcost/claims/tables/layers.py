"""The layers of a table: what its cells and labels say of kernels, channels and shapes, and where they say it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from math import prod

from ..documents import Passage
from .figure import Figure
from .grid import REPEATED, Grid
from .shapes import NAMED, Shape, Spec, channels_first, read_kernel, read_shape, read_spec

#: A cell of a row: a column for figures, a word for what is read of the layer.
Key = tuple[int, int | str]
Value = Figure | int | tuple[int, ...]
#: Columns that tell how a layer is built; the others hold figures.
STRUCTURE = (
    "in", "out", "units", "stride", "padding", "groups", "dilation", "bias?", "kernel", "in shape", "out shape",
    "weight shape", "in out",
)  # fmt: skip
#: Kernels and channels beyond these are no layer's.
MAX_KERNEL, MAX_CHANNELS = 31, 200_000


@dataclass(frozen=True)
class Ref:
    """A fact, or a part of one: the ``channels``, ``positions`` or ``features`` of a shape."""

    key: Key
    part: str = ""

    def of(self, values: Mapping[Key, Value]) -> int | None:
        """The whole number that it stands for."""
        value = values[self.key]
        if isinstance(value, Figure):
            return value.value.numerator if value.value.denominator == 1 else None
        if isinstance(value, int):
            return value
        if self.part == "channels":
            return value[0] or None
        if self.part == "positions":
            return prod(value[1:])
        return prod(value) or None


@dataclass(frozen=True)
class Layer:
    """One row: its kind, and where its kernel, channels and shapes stand."""

    row: int
    kind: str
    refs: dict[str, Ref] = field(default_factory=dict)
    #: The layer's label, as evidence.
    label: str = ""
    depthwise: bool = False


@dataclass
class Facts:
    """Everything that is read of a grid: values by key, their places, and the layers in order."""

    values: dict[Key, Value] = field(default_factory=dict)
    places: dict[Key, tuple[Passage, int, int]] = field(default_factory=dict)
    layers: list[Layer] = field(default_factory=list)


def facts_of(grid: Grid) -> Facts:
    """Read all rows.

    >>> from ..documents import read
    >>> from .grid import grid_of
    >>> (table,) = read("|Layer|Kernel|Output shape|\\n|---|---|---|\\n|input||32×32×3|\\n|conv1|5×5|28×28×6|").blocks
    >>> facts = facts_of(grid_of(table))
    >>> conv = facts.layers[1]
    >>> conv.kind, {name: ref.of(facts.values) for name, ref in conv.refs.items() if name in ("in", "out")}
    ('conv', {'out': 6, 'in': 3})
    """
    facts = Facts()
    first = {
        quantity: channels_first(
            [
                shape
                for row in grid.layers
                for n in grid.columns(quantity)
                if (shape := _shape(grid, row, n)) is not None
            ]
        )
        for quantity in ("in shape", "out shape")
    }
    order = next((one for one in first.values() if one is not None), None)
    before: dict[str, Ref] = {}
    for row in grid.layers:
        layer = _Reader(grid, facts, row, order, before).layer()
        facts.layers.append(layer)
        before = _output(layer, facts, before)
    for row in range(len(grid.rows)):
        for column in range(len(grid.heads)):
            figure = grid.figure(row, column) if grid.heads[column].quantity not in STRUCTURE else None
            if figure is not None:
                facts.values[row, column] = figure
                facts.places[row, column] = (figure.passage, figure.start, figure.end)
    return facts


def _shape(grid: Grid, row: int, column: int) -> Shape | None:
    cell = grid.rows[row].cells[column]
    return None if cell is None else read_shape(cell.level)


def _output(layer: Layer, facts: Facts, before: dict[str, Ref]) -> dict[str, Ref]:
    """What the next layer receives."""
    if layer.kind in ("none", "norm", "pool") and "out shape" not in layer.refs:
        return before
    if layer.kind == "other" and "out shape" not in layer.refs and "out" not in layer.refs:
        return {}
    found = {}
    if "out" in layer.refs and not (layer.kind in ("none", "norm", "pool") and "in" not in before):
        found["channels"] = layer.refs["out"]
    if "out shape" in layer.refs:
        shape = layer.refs["out shape"]
        found["shape"], found["features"] = shape, replace(shape, part="features")
        found.setdefault("channels", replace(shape, part="channels"))
        if not replace(shape, part="channels").of(facts.values):
            found.pop("features")
    elif layer.kind == "fc" and "out" in layer.refs:
        found["features"] = layer.refs["out"]
    return found


class _Reader:
    """Reads one row."""

    def __init__(self, grid: Grid, facts: Facts, row: int, first: bool | None, before: dict[str, Ref]) -> None:
        self.grid, self.facts, self.row, self.first, self.before = grid, facts, row, first, before
        self.refs: dict[str, Ref] = {}

    def layer(self) -> Layer:
        spec = self._spec()
        for quantity in ("in", "out", "units", "stride", "padding", "groups", "dilation", "repeat", "bias?"):
            self._number(quantity)
        for quantity in ("in out", "out"):
            self._arrow(quantity)
        for quantity in ("in shape", "out shape"):
            self._shape(quantity)
        if spec.size is not None and "out shape" not in self.refs:
            self._told("out shape", (0, *spec.size))
        self._kernel(spec)
        for name, value in (
            ("in", spec.inputs),
            ("out", spec.outputs),
            ("stride", spec.stride),
            ("padding", spec.padding),
        ):
            if value is not None and name not in self.refs:
                self._told(name, value)
        kind = spec.kind or ("conv" if "kernel" in self.refs and self._channels_known() else "")
        depthwise = kind == "depthwise"
        kind = "other" if self._repeated() else "conv" if depthwise else kind
        if "units" in self.refs and kind in ("fc", ""):
            self.refs.setdefault("out", self.refs["units"])
        self._from_shapes(kind)
        self._from_name(kind)
        self._from_before(kind, depthwise)
        return Layer(self.row, kind, self.refs, self.grid.rows[self.row].label, depthwise)

    def _repeated(self) -> bool:
        """Whether the row stands for several layers."""
        times = self.refs["repeat"].of(self.facts.values) if "repeat" in self.refs else 1
        return (times or 1) > 1 or bool(REPEATED.search(self.grid.rows[self.row].label))

    def _channels_known(self) -> bool:
        return bool({"in", "out", "out shape"} & self.refs.keys())

    def _spec(self) -> Spec:
        row = self.grid.rows[self.row]
        told = [
            cell.level.strip()
            for head, cell in zip(self.grid.heads, row.cells, strict=True)
            if cell is not None and head.quantity in ("label", "", "nothing", "kernel", "out")
        ]
        whole = " ; ".join(text for text in told if text and not text.replace(",", "").replace(".", "").isdigit())
        label = read_spec(row.label)
        spec = read_spec(whole)
        return replace(spec, kind=label.kind or spec.kind)

    def _cell(self, quantity: str) -> tuple[int, Passage] | None:
        columns = self.grid.columns(quantity)
        if len(columns) != 1:
            return None
        cell = self.grid.rows[self.row].cells[columns[0]]
        return None if cell is None or not cell.text.strip() else (columns[0], cell)

    def _told(self, name: str, value: Value) -> None:
        """A fact that a label tells: it has no cell of its own."""
        self.facts.values[self.row, f"told {name}"] = value
        self.refs[name] = Ref((self.row, f"told {name}"))

    def _take(self, name: str, value: Value, cell: Passage, column: int) -> None:
        key = (self.row, name)
        self.facts.values[key] = value
        level = cell.level
        start = len(level) - len(level.lstrip())
        self.facts.places[key] = (cell, start, len(level.rstrip()))
        self.refs[name] = Ref(key)

    def _number(self, quantity: str) -> None:
        found = self._cell(quantity)
        if found is None:
            return
        column, cell = found
        figure = self.grid.figure(self.row, column)
        if figure is not None and figure.value.denominator == 1 and not figure.computed:
            number = figure.value.numerator
            if 0 <= number <= MAX_CHANNELS:
                self._take(quantity, number, cell, column)
                self.facts.places[self.row, quantity] = (cell, figure.start, figure.end)

    def _arrow(self, quantity: str) -> None:
        """``48 → 80`` in one cell."""
        found = self._cell(quantity)
        spec = read_spec(found[1].level) if found else None
        if spec is not None and spec.inputs and spec.outputs:
            self._told("in", spec.inputs)
            self._told("out", spec.outputs)

    def _shape(self, quantity: str) -> None:
        found = self._cell(quantity)
        shape = read_shape(found[1].level) if found else None
        if found is None or shape is None:
            return
        dims = shape.dims
        if quantity == "out shape":
            self._take("tensor", dims, found[1], found[0])
        if len(dims) > 3:
            return
        if len(dims) == 2:
            dims = (0, *dims)
        elif len(dims) == 3 and not (shape.first or self.first):
            if self.first is None:
                return
            dims = (dims[2], *dims[:2])
        self._take(quantity, dims, found[1], found[0])

    def _kernel(self, spec: Spec) -> None:
        found = self._cell("kernel")
        read = read_kernel(found[1].level) if found else None
        if found and read:
            self._take("kernel", read[0], found[1], found[0])
            self._behind_kernel(read[1])
        elif spec.kernel is not None:
            self._told("kernel", spec.kernel)
        weight = self._cell("weight shape")
        shape = read_shape(weight[1].level) if weight else None
        if shape is not None and "kernel" not in self.refs:
            self._weight_shape(shape.dims)

    def _behind_kernel(self, more: tuple[int, ...]) -> None:
        """``11×11×3×96`` tells the channels too, ``5×5×6`` those of the input."""
        for name, value in zip(("in", "out"), more if len(more) == 2 else more[:1], strict=False):
            if name not in self.refs:
                self._told(name, value)

    def _weight_shape(self, dims: tuple[int, ...]) -> None:
        if len(dims) == 4:
            last = dims[0] == dims[1] and dims[0] <= MAX_KERNEL and not (dims[2] == dims[3] and dims[2] <= 7 < dims[0])
            kernel, inputs, outputs = (dims[:2], dims[2], dims[3]) if last else (dims[2:], dims[1], dims[0])
            self._told("kernel", kernel)
            for name, value in (("in", inputs), ("out", outputs)):
                if name not in self.refs:
                    self._told(name, value)

    def _from_shapes(self, kind: str) -> None:
        part = "features" if kind == "fc" else "channels"
        for name in ("in", "out"):
            shape = self.refs.get(f"{name} shape")
            if name not in self.refs and shape is not None:
                ref = Ref(shape.key, part)
                if ref.of(self.facts.values):
                    self.refs[name] = ref

    def _from_name(self, kind: str) -> None:
        """``conv3-8`` where 8 channels come out: the other number is the kernel."""
        named = NAMED.search(self.grid.rows[self.row].label)
        outputs = self.refs["out"].of(self.facts.values) if "out" in self.refs else None
        if kind == "conv" and named and "kernel" not in self.refs and outputs == int(named[2]):
            self._told("kernel", (int(named[1]),) * 2)

    def _from_before(self, kind: str, depthwise: bool) -> None:
        if kind == "fc" and "in" not in self.refs and "features" in self.before:
            self.refs["in"] = self.before["features"]
        if kind in ("conv", "transposed") and "in" not in self.refs and "channels" in self.before:
            self.refs["in"] = self.before["channels"]
        if kind == "conv" and depthwise and "out" not in self.refs and "in" in self.refs:
            self.refs["out"] = self.refs["in"]
        if "shape" in self.before:
            self.refs.setdefault("in shape", self.before["shape"])
