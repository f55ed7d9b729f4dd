"""The rows of a summary as layers that feed each other, and which of them keep their laws as printed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace

from . import laws, shapes
from .laws import Setting
from .names import WITHOUT_PARAMS, family
from .record import Dims, Record, Row

#: Rows before a row that may feed it where nobody says which does.
_BACK = 4


@dataclass(frozen=True)
class Cell:
    """One printed thing of the table: the ``params``, ``output`` or ``input`` of a row."""

    column: str
    row: int


@dataclass(frozen=True)
class Fault:
    """A law that a row breaks: that of ``params``, or that of ``shape``. ``certain`` if no reading keeps it."""

    law: str
    certain: bool


class Table:
    """Rows with their feeds. ``value`` and ``dims`` are as printed, until a repair is tried on them."""

    def __init__(self, record: Record) -> None:
        self.record = record
        self.rows = record.rows
        self.families = [family(record.tool, row.kind) for row in self.rows]
        self.cells: dict[Cell, int | Dims | None] = {}
        for n, row in enumerate(self.rows):
            self.cells[Cell("params", n)] = None if row.params is None else int(row.params.value)
            self.cells[Cell("output", n)] = row.output.dims if row.output else None
            self.cells[Cell("input", n)] = row.input.dims if row.input else None
        self.last = record.tool == "keras" and not _channels_first(record)
        self.feeds = [tuple(feeds) for feeds in _feeds(record)]
        self.sure = _sureness(record)
        self.consumers: dict[int, list[int]] = {}
        for n, feeds in enumerate(self.feeds):
            for cell in feeds if self.sure[n] else feeds[:1]:
                self.consumers.setdefault(cell.row, []).append(n)
        self.widths = self._widths()
        self.biased = self._biased()

    def _widths(self) -> frozenset[int]:
        found = Counter(
            size
            for n, (name, _) in enumerate(self.families)
            if (dims := self.dims(n)) and name
            for size in (dims[-1] if self.last else dims[0],)
        )
        return frozenset(size for size, _ in found.most_common(200) if size > 0)

    def _biased(self) -> bool:
        """Whether most convolutions of the table have biases."""
        with_bias = without = 0
        for n, (name, _) in enumerate(self.families):
            value, dims = self.params(n), self.dims(n)
            if name in ("conv", "transposed") and value and dims:
                width = dims[-1] if self.last else dims[0]
                if width > 1 and value % width == 0:
                    weights = value // width
                    without += weights % 9 == 0 or weights % 8 == 0
                    with_bias += (weights - 1) % 9 == 0 or (weights - 1) % 8 == 0
        return with_bias >= without

    def params(self, n: int) -> int | None:
        """The number of params of a row."""
        value = self.cells[Cell("params", n)]
        return value if isinstance(value, int) else None

    def dims(self, n: int) -> Dims | None:
        """The output shape of a row."""
        value = self.cells[Cell("output", n)]
        return value if isinstance(value, tuple) else None

    def setting(self, n: int) -> Setting | None:
        """A row with what is known around it; nothing for classes without laws."""
        name, rank = self.families[n]
        output = self.dims(n)
        if not name or not output or self._holds_others(n):
            return None
        feeds = [self.cells.get(cell) for cell in self.feeds[n]]
        known = tuple(feed for feed in feeds if isinstance(feed, tuple) and feed)
        sure = self.sure[n] > 0 and len(known) == len(feeds) > 0
        return Setting(
            self.record.tool, self.rows[n].kind, name, rank, output, known, sure, not feeds, self.rows[n].kernel,
            self.widths, self.biased, self.last,
        )  # fmt: skip

    def _holds_others(self, n: int) -> bool:
        """Whether rows of its own stand below a row of a tree: then it is no layer, whatever its name."""
        if self.record.tool != "torchinfo" or n + 1 == len(self.rows):
            return False
        below = self.rows[n + 1]
        return below.depth > self.rows[n].depth and below.kind != "Parameter"

    def faults(self, n: int) -> tuple[Fault, ...]:
        """The laws that a row breaks."""
        setting = self.setting(n)
        if setting is None:
            return ()
        return tuple(fault for fault in (self._params_fault(n, setting), _shape_fault(setting)) if fault)

    def _params_fault(self, n: int, setting: Setting) -> Fault | None:
        value = self.params(n)
        if value is None or self.rows[n].repeated:
            return None
        # A class of one's own may bear the name of a layer; torchsummary counts nothing for what it holds.
        if value == 0 and self.record.tool == "torchsummary":
            return None
        if laws.explains(setting, value) is not False:
            return None
        return Fault("params", setting.sure or setting.family not in ("conv", "dense") or _indivisible(setting, value))

    def answers(self, n: int) -> bool:
        """Whether a law of its own says something about the params of a row."""
        setting, value = self.setting(n), self.params(n)
        return setting is not None and value is not None and laws.explains(setting, value) is not None


def _indivisible(setting: Setting, value: int) -> bool:
    width = setting.output[-1] if setting.family == "dense" else setting.width
    return width > 1 and value % width != 0


def _shape_fault(setting: Setting) -> Fault | None:
    # Where nobody says what feeds a layer, a differing shape before it is no fault, but a repair should not add one.
    if not setting.sure and setting.family not in ("same", "batchnorm", "pool"):
        return None
    one = setting if setting.sure else replace(setting, feeds=setting.feeds[:1])
    return Fault("shape", setting.sure) if shapes.possible(one) is False else None


def _channels_first(record: Record) -> bool:
    """Whether a Keras table has its channels in front: then the params fit the first dim, not the last."""
    first = last = 0
    for row in record.rows:
        name, _ = family(record.tool, row.kind)
        if row.output is None or row.params is None or len(row.output.dims) < 3 or min(row.output.dims) < 1:
            continue
        value, dims = int(row.params.value), row.output.dims
        if name == "batchnorm":
            first, last = first + (value == 4 * dims[0]), last + (value == 4 * dims[-1])
        elif name == "conv" and value:
            first, last = first + (value % dims[0] == 0), last + (value % dims[-1] == 0)
    return first > last


def _feeds(record: Record) -> Iterator[list[Cell]]:
    if record.tool == "keras":
        yield from _keras_feeds(record)
    elif any(row.input for row in record.rows):
        yield from ([Cell("input", n)] if row.input else [] for n, row in enumerate(record.rows))
    elif record.tool == "torchinfo":
        yield from _tree_feeds(record.rows)
    else:
        yield from _chain_feeds(record.rows)


def _chain_feeds(rows: tuple[Row, ...]) -> Iterator[list[Cell]]:
    start = 0
    for n, row in enumerate(rows):
        start = n if row.after_gap else start
        yield [Cell("output", m) for m in range(n - 1, max(start, n - _BACK) - 1, -1)]


def _tree_feeds(rows: tuple[Row, ...]) -> Iterator[list[Cell]]:
    """What ended right before a row: the outermost block that did, and the layers before."""
    open_blocks: list[int] = []
    leaves: list[int] = []
    for n, row in enumerate(rows):
        if row.kind == "Parameter":
            yield []
            continue
        if row.after_gap:
            open_blocks, leaves = [], []
        closed = []
        while open_blocks and rows[open_blocks[-1]].depth >= row.depth:
            closed.append(open_blocks.pop())
        # A block whose output is that of its last layer says nothing new.
        ends = [m for m in reversed(closed) if m not in leaves]
        yield [Cell("output", m) for m in [*ends, *leaves[: -_BACK - 1 : -1]]]
        open_blocks.append(n)
        if n + 1 == len(rows) or rows[n + 1].depth <= row.depth or rows[n + 1].kind == "Parameter":
            leaves.append(n)


def _keras_feeds(record: Record) -> Iterator[list[Cell]]:
    connected = any(row.sources for row in record.rows)
    by_name: dict[str, int] = {}
    previous: dict[int, int] = {}
    for n, row in enumerate(record.rows):
        if row.after_gap:
            previous.clear()
        if not connected:
            yield [Cell("output", previous[row.depth])] if row.depth in previous and row.kind != "InputLayer" else []
        else:
            found = [_resolved(source, by_name, record.whole) for source in row.sources or ()]
            yield [Cell("output", m) for m in found if m is not None] if None not in found and not row.depth else []
        if not row.depth:
            # Names that the column has cut are the same for many layers.
            by_name[row.name if row.name not in by_name else f"{row.name}{n}…"] = n
            previous.pop(1, None)
        previous[row.depth] = n


def _resolved(source: str, by_name: dict[str, int], whole: bool) -> int | None:
    if source in by_name and not source.endswith("…"):
        return by_name[source]
    begun = source.rstrip("…")
    # A name that is cut off may be that of a row which does not stand here.
    if not whole:
        return None
    fitting = [n for name, n in by_name.items() if _may_be(name, begun, source != begun)]
    return fitting[0] if len(fitting) == 1 and begun else None


def _may_be(name: str, begun: str, cut: bool) -> bool:
    """Whether a name that may be cut off can be one that begins like this."""
    whole = name.rstrip("…")
    return (cut and whole.startswith(begun)) or (whole != name and begun.startswith(whole))


def _sureness(record: Record) -> list[int]:
    """How sure the feeds of each row are: 2 where the table says so, 1 where the rows seem to be one chain, else 0."""
    if record.tool == "keras":
        connected = any(row.sources for row in record.rows)
        chain = record.name.startswith(("sequential", "functional", "model")) or not record.name
        vague = any(row.output is None and row.kind not in ("InputLayer",) for row in record.rows)
        named = 2 if record.name.startswith("sequential") else 1
        return [
            2 if connected and row.sources else named if chain and not (connected or vague or row.depth) else 0
            for row in record.rows
        ]
    return [2 if row.input else 0 for row in record.rows]


__all__ = ["WITHOUT_PARAMS", "Cell", "Fault", "Table"]
