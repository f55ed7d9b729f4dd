"""``convcost reconcile``: why two conventions give two numbers."""

from __future__ import annotations

from pathlib import Path

import click

from ..conventions import CONVENTIONS
from .common import format_option, input_option, mode_option, resolve
from .writing import save

_NAMES = click.Choice(list(CONVENTIONS))


@click.command("reconcile")
@click.argument("spec")
@input_option
@mode_option
@click.option("--from", "start", type=_NAMES, required=True, help="the convention to start from")
@click.option("--to", "end", type=_NAMES, required=True, help="the convention to arrive at")
@click.option("--by-path", is_flag=True, help="place by place instead of part by part")
@click.option("--svg", type=click.Path(path_type=Path, dir_okay=False), help="draw the account into this file as well")
@format_option
def command(
    spec: str, shape: str | None, batch: str, mode: str, start: str, end: str, by_path: bool, svg: Path | None, fmt: str
) -> int:
    """An exact account of the difference between what two conventions say of SPEC.

    Exits 1 if the account leaves a remainder.
    """
    from ..analysis.reconcile import reconcile

    counted = resolve(spec).cost(shape, batch, mode)
    found = reconcile(counted, start, end)
    if svg is not None:
        save(found.svg(), svg, "picture")
    click.echo(found.table(fmt, by_path=by_path))
    return 0 if found.exact or found.difference is None else 1
