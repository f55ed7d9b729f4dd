"""``convcost verify``: a verdict on every claim of a text."""

from __future__ import annotations

import click

from ..errors import SpecError
from .common import format_option


@click.command("verify")
@click.option("--text", help="the text to judge")
@format_option
def command(text: str | None, fmt: str) -> int:
    """Judge the cost arithmetic in a text. Exits 1 if a claim is wrong."""
    from ..claims import verify
    from ..report.findings import render_findings

    if text is None:
        raise SpecError("there is nothing to verify", fix="say --text '5^2 × 28^2 × 192 × 32 = 120,422,400'")
    report = verify(text)
    click.echo(render_findings(report, fmt))
    return 1 if report.summary["wrong"] else 0
