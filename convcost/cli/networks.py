"""``convcost networks``: what is bundled."""

from __future__ import annotations

import click

from .common import format_option


@click.command("networks")
@format_option
def command(fmt: str) -> int:
    """List the bundled networks with their input, params, MACs and source."""
    from .. import networks
    from ..costing import cost
    from ..layers.base import shape_text
    from ..report.json import SCHEMA, dumps
    from ..report.tables import table

    found = []
    for name in networks.names():
        entry = networks.entry(name)
        counted = cost(networks.get(name), entry.input)
        found.append((entry, counted))
    if fmt == "json":
        items = [
            {"name": e.name, "input": list(e.input), "params": c.params, "macs": c.macs, "source": e.source}
            for e, c in found
        ]
        click.echo(dumps({"schema": SCHEMA, "networks": items}))
        return 0
    plain = fmt == "csv"
    lines = [
        [
            e.name,
            e.source,
            shape_text(e.input).replace("×", "x") if plain else shape_text(e.input),
            str(c.params) if plain else f"{c.params:,}",
            str(c.macs) if plain else f"{c.macs:,}",
        ]
        for e, c in found
    ]
    click.echo(table(fmt, ["name", "source", "input", "params", "MAC"], lines, left=3))
    return 0
