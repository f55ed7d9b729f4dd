"""``convcost draw``: the block diagram of one spec."""

from __future__ import annotations

from pathlib import Path

import click

from ..errors import SpecError
from ..messages import LANGUAGES, usual_language
from .common import input_option, mode_option, resolve
from .writing import deliver

#: Formats by the suffix of the file.
_SUFFIXES = {".svg": "svg", ".mmd": "mermaid", ".mermaid": "mermaid", ".dot": "dot", ".gv": "dot"}


@click.command("draw")
@click.argument("spec")
@input_option
@mode_option
@click.option("-o", "--output", metavar="FILE", help="where to write it; its suffix tells the format")
@click.option("--format", "fmt", type=click.Choice(["svg", "mermaid", "dot"]), help="svg unless FILE says otherwise")
@click.option("--depth", type=click.IntRange(1), help="one box for so many parts of the layers' paths")
@click.option("--max-boxes", type=click.IntRange(1), help="fold like parts and modules if there are more")
@click.option("--no-fold", is_flag=True, help="a box for every layer, however many")
@click.option("--columns", type=click.IntRange(1), help="of an SVG; one unless it would be taller than a page")
@click.option("--title", help="stands above the picture")
@click.option("--theme", type=click.Choice(["auto", "light", "dark"]), default="auto", show_default=True)
@click.option("--lang", type=click.Choice(LANGUAGES), help="language of its words  [default: the locale's]")
def command(
    spec: str,
    shape: str | None,
    batch: str,
    mode: str,
    output: str | None,
    fmt: str | None,
    depth: int | None,
    max_boxes: int | None,
    no_fold: bool,
    columns: int | None,
    title: str | None,
    theme: str,
    lang: str | None,
) -> int:
    """The block diagram of SPEC as SVG, Mermaid or DOT text, with shapes and costs.

    Without an input shape a spec that has none of its own is drawn without shapes and costs.
    """
    from ..pictures.diagram import MAX_BOXES, diagram
    from ..pictures.drawing import rendered

    fmt = _format(output, fmt)
    target = resolve(spec)
    bare = target.block if shape is None and target.input is None else None
    source = target.cost(shape, batch, mode) if bare is None else bare
    shown = diagram(source, max_boxes=max_boxes or MAX_BOXES, fold=not no_fold, depth=depth)
    text = rendered(shown, fmt, title=title, lang=lang or usual_language(), columns=columns, theme=theme)
    deliver(text, output)
    return 0


def _format(output: str | None, wanted: str | None) -> str:
    """The format that is asked for, which must not be another one than the file's suffix tells."""
    if output in (None, "-"):
        return wanted or "svg"
    suffix = Path(output or "").suffix.lower()
    if wanted is not None:
        if _SUFFIXES.get(suffix, wanted) != wanted:
            raise SpecError(
                f"a file {suffix} holds {_SUFFIXES[suffix]}, and not {wanted}", fix="another suffix or format"
            )
        return wanted
    if suffix not in _SUFFIXES:
        raise SpecError(f"no format has the suffix {suffix!r}", fix=f"one of {', '.join(_SUFFIXES)}, or say --format")
    return _SUFFIXES[suffix]
