"""``convcost diff``: what changed between two costs."""

from __future__ import annotations

from fractions import Fraction

import click

from ..errors import ConvcostError, SpecError
from .common import budget, format_option


@click.command("diff")
@click.argument("old", metavar="OLD.json")
@click.argument("new", metavar="NEW.json")
@click.option("--max-macs", help="exit 1 if the new one costs more, for example 300M")
@click.option("--max-params", help="exit 1 if the new one has more, for example 5M")
@click.option("--max-growth", help="exit 1 if MACs or params grew by more, for example 5%")
@format_option
def command(old: str, new: str, max_macs: str | None, max_params: str | None, max_growth: str | None, fmt: str) -> int:
    """What changed between two files made by `convcost cost SPEC --format json`.

    Totals and rows by path: added, removed, changed.
    """
    from ..analysis.difference import difference, read_cost

    limits = {"macs": budget(max_macs, "--max-macs"), "params": budget(max_params, "--max-params")}
    growth = None if max_growth is None else _growth(max_growth)
    found = difference(read_cost(old), read_cost(new))
    over = found.over({name: limit for name, limit in limits.items() if limit is not None}, growth)
    click.echo(found.table(fmt))
    for text in over:
        click.echo(f"convcost: over budget: {text}", err=True)
    return 1 if over else 0


def _growth(text: str) -> Fraction:
    from ..claims.printed import read_number

    try:
        printed = read_number(text)
    except (ConvcostError, KeyError):
        printed = None
    if printed is None or not printed.percent:
        raise SpecError("--max-growth is a percentage such as 5%", got=text[:40])
    return printed.value
