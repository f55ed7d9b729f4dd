"""The one call for everybody: a spec, a block, a graph or a cost in, text of a picture out."""

from __future__ import annotations

from typing import Any

from ..block import Block
from ..costing import Cost, cost
from ..errors import ConvcostError, SpecError
from ..graph import Graph
from ..messages import LANGUAGES
from ..notation import parse
from .boxes import Diagram
from .diagram import MAX_BOXES, diagram
from .layout import layout
from .svg import svg
from .texts import dot, mermaid

FORMATS = ("svg", "mermaid", "dot")


def draw(
    source: str | Block | Graph | Cost,
    input_shape: Any = None,
    fmt: str = "svg",
    *,
    batch: Any = 1,
    depth: int | None = None,
    max_boxes: int = MAX_BOXES,
    fold: bool = True,
    title: str | None = None,
    lang: str = "en",
    **options: Any,
) -> str:
    """A block diagram of ``source``: text in notation, a block, a graph or a cost.

    Without an input shape a block is drawn without shapes and costs. ``fmt`` is ``svg``, ``mermaid`` or ``dot``;
    ``options`` are ``columns`` (of :func:`convcost.pictures.layout`) and those of :func:`convcost.pictures.svg`.

    Raises ``SpecError`` for a format or language that there is not, and what :func:`convcost.cost` raises.

    >>> print(draw("Conv(16, 1)", (192, 28, 28), "mermaid").splitlines()[0])
    flowchart TD
    """
    if fmt not in FORMATS:
        raise SpecError(f"there is no format {fmt!r}", fix=f"one of {', '.join(FORMATS)}")
    if lang not in LANGUAGES:
        raise SpecError("there are no texts in this language", got=lang, fix=f"one of {', '.join(LANGUAGES)}")
    shown = diagram(_counted(source, input_shape, batch), max_boxes=max_boxes, fold=fold, depth=depth)
    return rendered(shown, fmt, title=title, lang=lang, **options)


def sketch(block: Block | Graph) -> str | None:
    """The structure of a block for a notebook, or nothing where it cannot be drawn."""
    try:
        return svg(layout(diagram(block)))
    except (ConvcostError, RecursionError):
        return None


def rendered(
    shown: Diagram,
    fmt: str,
    *,
    title: str | None = None,
    lang: str = "en",
    columns: int | None = None,
    **options: Any,
) -> str:
    """A diagram in a format; ``columns`` and ``options`` are those of an SVG.

    Raises ``SpecError`` for an option that the format does not have.
    """
    if fmt != "svg":
        usual = {"columns": None, "theme": "auto", "live": False, "prefix": ""}
        for name, value in {"columns": columns, **options}.items():
            if value is not None and value != usual.get(name):
                raise SpecError(f"{name} says nothing about {fmt} text", fix="leave it out, or draw an SVG")
        return mermaid(shown, lang, title) if fmt == "mermaid" else dot(shown, lang, title)
    return svg(layout(shown, lang, columns=columns), title=title, **options)


def _counted(source: str | Block | Graph | Cost, input_shape: Any, batch: Any) -> Cost | Block | Graph:
    if isinstance(source, Cost):
        return source
    block = parse(source) if isinstance(source, str) else source
    own = isinstance(block, Graph) and block.input_shapes is not None
    return block if input_shape is None and not own else cost(block, input_shape, batch)
