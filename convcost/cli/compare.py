"""``convcost compare``: several specs side by side."""

from __future__ import annotations

import click

from ..errors import SpecError
from .common import format_option, input_option, resolve, units_option


@click.command("compare")
@click.argument("specs", nargs=-1, required=True, metavar="SPEC SPEC...")
@input_option
@units_option
@format_option
def command(specs: tuple[str, ...], shape: str | None, batch: str, units: str, fmt: str) -> int:
    """Costs of two or more SPECs, ratios, closed forms and break-even width. The first is the measure."""
    from ..analysis.compare import compare
    from ..notation import parse_size

    if len(specs) < 2:
        raise SpecError("a comparison needs two specs or more", got=f"{len(specs)}")
    targets = [resolve(spec) for spec in specs]
    own = next((target for target in targets if target.input is not None), targets[0])
    dims = own.shape(shape)
    graphs = [target.graph(shape) for target in targets]
    comparison = compare(*graphs, input_shape=dims, batch=parse_size(batch))
    for each, target in zip(comparison.costs, targets, strict=True):
        each.source = target.text
    click.echo(comparison.table(fmt, units=units))
    return 0
