"""``convcost verify --fix``: what would be mended is shown first, then written if that is wanted."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from ..messages import Message

if TYPE_CHECKING:
    from ..costing import Cost


def fix(
    files: tuple[str, ...], kind: str | None, network: Cost | None, language: str, *, yes: bool, aside: bool
) -> None:
    """Mend the misprints of some documents, each after its diff; ``aside`` keeps standard output for the report.

    Without ``yes`` somebody is asked; where nobody can be, nothing is changed.
    """
    from ..claims.rewriting import rewritings
    from ..report.findings import visible

    def say(message: Message) -> None:
        click.echo(visible(message.to(language)), err=aside)

    asks = sys.stdin is not None and sys.stdin.isatty()
    found = list(rewritings(files, kind=kind, network=network))
    if not found:
        say(Message("There is no misprint to mend."))
    for rewriting in found:
        name, count = str(rewriting.path), len(rewriting.mended.findings)
        click.echo(rewriting.difference, err=aside)
        question = Message("Write this to {file}?", file=name)
        if yes or (asks and click.confirm(visible(question.to(language)), err=aside)):
            rewriting.write()
            say(Message("{file}: numbers mended: {count}", file=name, count=count))
        elif asks:
            say(Message("{file} is left as it is.", file=name))
        else:
            say(Message("{file} is left as it is; --yes writes the change.", file=name))
