"""``convcost explore``: two specs on a page to play with."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import click

from ..arith import is_symbolic
from ..block import Block
from ..errors import ConvcostError, SpecError
from ..graph import Graph
from ..layers.base import shape_text
from ..messages import LANGUAGES, Message
from .common import Target, resolve
from .writing import deliver


@click.command("explore")
@click.argument("specs", nargs=-1, metavar="[SPEC_A SPEC_B]")
@click.option("--input", "shape", metavar="CxHxW", help="shape without the batch; dims may be symbols")
@click.option("--set", "start", metavar="H=28,r=16", multiple=True, help="sizes to start with")
@click.option("-o", "output", metavar="FILE", help="the page; standard output without it")
@click.option("--title", help="heading of the page")
@click.option("--lang", type=click.Choice(LANGUAGES), help="language to start in; by default that of the locale")
def command(
    specs: tuple[str, ...],
    shape: str | None,
    start: tuple[str, ...],
    output: str | None,
    title: str | None,
    lang: str | None,
) -> int:
    """A web page on which every size of two SPECs can be turned: costs, ratio, formulas, diagrams and break-even.

    One file, without network: open it from disk. Without SPECs it compares a 5×5 convolution with the same behind a
    1×1 bottleneck.
    """
    from ..explorer import explore

    if specs and len(specs) != 2:
        raise SpecError("a page compares two specs", got=f"{len(specs)}")
    values = _values(start)
    if specs:
        targets = [resolve(spec) for spec in specs]
        own = next((target for target in targets if target.input is not None), targets[0])
        dims = own.shape(shape)
        blocks = [_imported(target, shape) for target in targets]
        notes = _other_inputs(targets, own) if shape is None else []
        page = explore(
            blocks[0],
            blocks[1],
            dims,
            values={**_usual(own, dims), **values},
            title=title,
            lang=lang,
            names=(specs[0], specs[1]),
            notes=notes,
        )
        for note in notes:
            click.echo(f"convcost: {note}", err=True)
    elif shape is not None:
        raise SpecError("--input goes with two specs", got=f"--input {shape[:40]}")
    else:
        page = explore(values=values, title=title, lang=lang)
    deliver(page, output)
    return 0


def _values(texts: tuple[str, ...]) -> dict[str, int]:
    """``H=28,r=16`` as numbers.

    >>> _values(("H=28,r=16",))
    {'H': 28, 'r': 16}
    """
    values = {}
    for part in ",".join(texts).split(",") if texts else []:
        name, equals, number = (piece.strip() for piece in part.partition("="))
        if not equals or not name or not (number.isascii() and number.isdigit()) or len(number) > 100:
            raise SpecError("--set is written like H=28,r=16, with whole numbers", got=part.strip()[:60])
        values[name] = int(number)
    return values


def _imported(target: Target, shape: str | None) -> Block | Graph:
    """The block; an error at numbers that stood for symbols says which ones would do."""
    try:
        return target.graph(shape)
    except ConvcostError as error:
        if target.real is None or shape is None or not any(map(is_symbolic, _flat(target.shape(shape)))):
            raise
        fix = f"write the numbers that {target.text[:60]} is made for as --input, in place of the symbols"
        raise SpecError(error.what, where=error.where, got=f"--input {shape[:40]}", fix=fix) from None


def _flat(shape: Any) -> Iterator[Any]:
    for size in shape:
        yield from _flat(size) if isinstance(size, tuple) else (size,)


def _other_inputs(targets: list[Target], own: Target) -> list[Message]:
    """What is to be said of a spec that is asked about at the input of the other one."""
    return [
        Message(
            "{spec} is asked about at {input}, the input of {other}: its own is {own}",
            spec=target.text,
            input=_told(own.input),
            other=own.text,
            own=_told(target.input),
        )
        for target in targets
        if target.input is not None and target.input != own.input
    ]


def _told(shape: Any) -> str:
    parts = shape if shape and isinstance(shape[0], tuple) else (shape,)
    return "; ".join(map(shape_text, parts))


def _usual(target: Target, dims: object) -> dict[str, int]:
    """The network's own input sizes, where symbols were asked for in their place."""
    if not isinstance(dims, tuple) or not isinstance(target.input, tuple) or len(dims) != len(target.input):
        return {}
    pairs = zip(dims, target.input, strict=True)
    return {str(dim): own for dim, own in pairs if type(own) is int and str(dim).isidentifier()}
