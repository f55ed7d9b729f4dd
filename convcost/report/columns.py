"""The columns that a table of a cost can have."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from ..arith import Dim, is_symbolic
from ..conventions import Convention
from ..errors import SpecError
from ..layers.base import shape_text
from ..sight.field import ReceptiveField, first_seen
from .numbers import formula, number

if TYPE_CHECKING:
    from ..costing import Cost, Row


class Line(NamedTuple):
    """What a line of the table speaks of: one row, several, or what a convention charges to no row."""

    path: str
    kind: str
    input: str
    output: str
    params: Dim
    value: Dim
    ran: bool = True
    rows: tuple[Row, ...] = ()


@dataclass(frozen=True)
class Frame:
    """What all lines have in common. ``exact`` asks for bare numbers, for programs that read them."""

    cost: Cost
    price: Convention
    #: The cost under the convention.
    total: Dim
    prefix: str = ""
    factor: int = 1
    element_size: int = 4
    exact: bool = False

    def count(self, value: Dim, factor: int = 1) -> str:
        """A number as this frame writes numbers."""
        if self.exact:
            return "unknown" if value is None else str(value)
        return number(value, factor)

    def shape(self, text: str) -> str:
        """A shape as this frame writes shapes."""
        return text.replace("×", "x") if self.exact else text


@dataclass(frozen=True)
class Column:
    """A column: its ``head``, its ``cell`` for a line, and its cell for the whole network.

    Numbers that add up have ``adds``: their sum over lines, for the table of kinds.
    """

    name: str
    about: str
    head: Callable[[Frame], str]
    cell: Callable[[Line, Frame], str]
    whole: Callable[[Frame], str]
    adds: Callable[[Sequence[Line], Frame], str] | None = None
    flush: str = "right"


def share(part: Dim, total: Dim) -> str:
    """``part`` of ``total`` in per cent, one decimal; empty where one of them is no number."""
    if not type(part) is type(total) is int:
        return ""
    if total == 0:
        return "0 %"
    return f"{float(Fraction(100 * part, total)):.1f} %"


def added(lines: Sequence[Line], frame: Frame) -> Dim:
    """What lines cost together; ``None`` where no one knows of any."""
    counted = [line.value for line in lines if line.value is not None]
    return frame.cost.closed(sum(counted)) if counted else None


def _elements(lines: Sequence[Line], frame: Frame) -> Dim:
    each = [row.elements for line in lines for row in line.rows]
    return None if any(elements is None for elements in each) else frame.cost.closed(sum(each))


def _bytes(elements: Dim, frame: Frame) -> str:
    return frame.count(None if elements is None else frame.cost.closed(elements * frame.element_size))


#: What is seen of each input of the network.
Fields: TypeAlias = tuple[ReceptiveField | None, ...]


def fields_of(line: Line) -> Fields:
    """What the last map of a line sees of each input; nothing for a line without maps."""
    maps = [row for row in line.rows if row.makes_map]
    return _told(maps[-1].receptive_fields) if maps else ()


def _told(fields: Fields) -> Fields:
    return fields if any(fields) else (first_seen(fields),)


def _seen(fields: Fields, frame: Frame, quantity: str) -> str:
    """The cell of what is seen; with several inputs each in turn."""
    several = len(fields) > 1
    texts = [_seen_of(field, frame, quantity, several) for field in fields]
    if frame.exact:
        # A dash is for people: programs find nothing there.
        return ";".join(texts) if any(texts) else ""
    return "; ".join(texts)


def _seen_of(field: ReceptiveField | None, frame: Frame, quantity: str, several: bool) -> str:
    text = "–" if field is None else field.text(quantity)
    if several and quantity == "start" and "; " in text:
        text = f"({text})"
    if frame.exact:
        return "" if text == "–" else text.replace("×", "x").replace(" ", "")
    if field is None:
        return text
    apart = " *" if quantity == "size" and field.aligned is False else ""
    values = getattr(field, quantity)
    return (formula(text) if values and any(map(is_symbolic, values)) else text) + apart


def _sight(name: str, about: str, cell: Callable[[Fields, Frame], str], flush: str = "right") -> Column:
    return Column(
        name, about, lambda _: name.replace("-", " "),
        lambda line, frame: cell(fields_of(line), frame),
        lambda frame: cell(_told(frame.cost.receptive_fields), frame),
        flush=flush,
    )  # fmt: skip


def _size(fields: Fields, frame: Frame) -> str:
    return _seen(fields, frame, "size")


def _stride(fields: Fields, frame: Frame) -> str:
    return _seen(fields, frame, "stride")


def _start(fields: Fields, frame: Frame) -> str:
    return _seen(fields, frame, "start")


def _aligned(fields: Fields, _: Frame) -> str:
    words = {True: "true", False: "false", None: "unknown"}
    return ";".join(["" if field is None else words[field.aligned] for field in fields])


def _why(fields: Fields, _: Frame) -> str:
    return "; ".join(dict.fromkeys(str(field.why) for field in fields if field is not None and field.why))


def _text(name: str, about: str, whole: Callable[[Frame], str] = lambda _: "") -> Column:
    return Column(
        name, about, lambda _: name, lambda line, frame: frame.shape(str(getattr(line, name))), whole, flush="left"
    )


def _outputs(cost: Cost) -> str:
    return ", ".join(map(shape_text, cost.outputs))


_ALL = (
    _text("kind", "the layer's class"),
    _text("input", "shape that comes in"),
    _text("output", "shape that goes out", lambda frame: frame.shape(_outputs(frame.cost))),
    Column(
        "params", "learned scalars", lambda _: "params",
        lambda line, frame: frame.count(line.params), lambda frame: frame.count(frame.cost.params),
        lambda lines, frame: frame.count(frame.cost.closed(sum((line.params for line in lines), 0))),
    ),
    Column(
        "macs", "what the convention counts (--as)",
        lambda frame: frame.price.unit if frame.exact else f"{frame.prefix} {frame.price.unit}".strip(),
        lambda line, frame: frame.count(line.value, frame.factor) if line.ran or frame.exact else "not run",
        lambda frame: frame.count(frame.total, frame.factor),
        lambda lines, frame: frame.count(added(lines, frame), frame.factor),
    ),
    Column(
        "share", "of the convention's total", lambda _: "share",
        lambda line, frame: share(line.value, frame.total), lambda _: "100 %",
        lambda lines, frame: share(added(lines, frame), frame.total),
    ),
    _sight("receptive-field", "what an element sees of the network's input, along each axis", _size),
    _sight("stride", "how far that moves from one element to the next", _stride),
    _sight("start", "where that begins for the first element; negative: in the padding", _start),
    Column(
        "elements", "elements of the map that goes out, batch included", lambda _: "elements",
        lambda line, frame: frame.count(_elements([line], frame)), lambda frame: frame.count(frame.cost.activations),
        lambda lines, frame: frame.count(_elements(lines, frame)),
    ),
    Column(
        "memory", "bytes of that map (--element-size)", lambda _: "bytes",
        lambda line, frame: _bytes(_elements([line], frame), frame),
        lambda frame: _bytes(frame.cost.activations, frame),
        lambda lines, frame: _bytes(_elements(lines, frame), frame),
    ),
    Column(
        "ran", "whether it is run", lambda _: "ran", lambda line, _: str(line.ran).lower(), lambda _: "",
        flush="left",
    ),
)  # fmt: skip
COLUMNS = {column.name: column for column in _ALL}
USUAL = ("kind", "input", "output", "params", "macs", "share")
#: Columns of what is seen; a table for programs has what other tables tell of them in marks and footnotes.
SIGHTS = [COLUMNS[name] for name in ("receptive-field", "stride", "start")]
SIGHT_NOTES = [
    _sight("aligned", "whether branches had one stride and one centre", _aligned, "left"),
    _sight("why", "why something is not known, uneven or not aligned", _why, "left"),
]
#: For programs: no share, which is rounded.
USUAL_BARE = ("kind", "input", "output", "params", "macs", "ran")


def chosen(columns: str | Sequence[str] | None, usual: Sequence[str]) -> list[Column]:
    """Columns by their names, a list or one text with commas.

    >>> [column.name for column in chosen("output, memory", USUAL)]
    ['output', 'memory']
    """
    if columns is None:
        columns = usual
    names = [name.strip() for name in columns.split(",")] if isinstance(columns, str) else list(columns)
    unknown = [name for name in names if name not in COLUMNS]
    if unknown or not names:
        raise SpecError(
            f"there is no column {str(unknown[0])[:40]!r}" if unknown else "a table has at least one column",
            fix=f"one of {', '.join(COLUMNS)}",
        )
    for place, name in enumerate(names):
        if name in names[:place]:
            raise SpecError(f"the columns have {name!r} twice", fix="name each once")
    return [COLUMNS[name] for name in names]
