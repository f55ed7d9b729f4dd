"""``convcost cost``: rows and totals of one spec."""

from __future__ import annotations

import click

from ..conventions import CONVENTIONS
from ..errors import SpecError
from ..report.columns import COLUMNS as _COLUMNS
from .common import budget, format_option, input_option, mode_option, resolve, units_option


@click.command("cost")
@click.argument("spec")
@input_option
@mode_option
@click.option("--as", "convention", type=click.Choice(CONVENTIONS), default="macs", show_default=True)
@units_option
@click.option("--depth", type=click.IntRange(1), help="group rows by so many parts of their path")
@click.option("--sort", type=click.Choice(["order", "macs", "params"]), default="order", show_default=True)
@click.option("--columns", metavar="NAME,NAME,…", help=f"columns of the table, out of: {', '.join(_COLUMNS)}")
@click.option(
    "--element-size", type=click.IntRange(1), default=4, show_default=True, help="bytes, for the column memory"
)
@click.option("--steps", is_flag=True, help="print the derivation line by line instead of the table")
@click.option("--max-macs", help="exit 1 if it costs more, for example 300M")
@click.option("--max-params", help="exit 1 if it has more, for example 5M")
@format_option
def command(
    spec: str,
    shape: str | None,
    batch: str,
    mode: str,
    convention: str,
    units: str,
    depth: int | None,
    sort: str,
    columns: str | None,
    element_size: int,
    steps: bool,
    max_macs: str | None,
    max_params: str | None,
    fmt: str,
) -> int:
    """Rows and totals of SPEC."""
    from ..analysis.budget import over

    if steps and columns is not None:
        raise SpecError("--steps prints no table", got=f"--columns {columns[:60]}", fix="give one of the two")
    limits = {"macs": budget(max_macs, "--max-macs"), "params": budget(max_params, "--max-params")}
    result = resolve(spec).cost(shape, batch, mode)
    exceeded = [
        text for quantity, limit in limits.items() if limit is not None for text in over(result, quantity, limit)
    ]
    if steps:
        click.echo("\n".join(result.steps()))
    else:
        table = result.table(
            fmt, convention=convention, units=units, depth=depth, sort=sort, columns=columns, element_size=element_size
        )
        click.echo(table)
    for text in exceeded:
        click.echo(f"convcost: over budget: {text}", err=True)
    return 1 if exceeded else 0
