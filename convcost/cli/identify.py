"""``convcost identify``: which number is this?"""

from __future__ import annotations

import click

from .common import format_option, input_option, mode_option, resolve


@click.command("identify")
@click.argument("number")
@click.option("--network", "spec", required=True, metavar="SPEC", help="the network that the number is said to be of")
@input_option
@mode_option
@click.option("--limit", type=click.IntRange(1), default=10, show_default=True, help="at most so many readings")
@format_option
def command(number: str, spec: str, shape: str | None, batch: str, mode: str, limit: int, fmt: str) -> int:
    """The readings under which a network yields NUMBER, such as 1.5G, "3.8 billion FLOPs" or 120,422,400.

    Tries all conventions, params, a factor of 2, units of 1024, other batches and image sizes, with and without bias,
    batch norm and heads. Exits 1 if none fits.
    """
    from ..analysis.identify import identify

    counted = resolve(spec).cost(shape, batch, mode)
    found = identify(number, counted, limit=limit)
    click.echo(found.table(fmt))
    return 0 if found.exact else 1
