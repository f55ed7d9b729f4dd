"""``convcost verify``: a verdict on every claim of some documents."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from ..errors import SpecError
from ..messages import LANGUAGES, usual_language
from .common import format_option, resolve

if TYPE_CHECKING:
    from ..claims import Report
    from ..costing import Cost

_KINDS = ("markdown", "text")


@click.command("verify")
@click.argument("files", nargs=-1, metavar="FILE…")
@click.option("--text", help="judge this text instead of files")
@click.option("--kind", type=click.Choice(_KINDS), help="format of the documents  [default: by the suffix]")
@click.option("--network", metavar="SPEC", help="the network that tables and numbers speak of")
@click.option("--input", "shape", metavar="CxHxW", help="the network's input, where it has none of its own")
@click.option("--lang", type=click.Choice(LANGUAGES), help="language of the explanations  [default: the locale's]")
@click.option("--wrong-only", is_flag=True, help="list only what is wrong")
@format_option
def command(
    files: tuple[str, ...],
    text: str | None,
    kind: str | None,
    network: str | None,
    shape: str | None,
    lang: str | None,
    wrong_only: bool,
    fmt: str,
) -> int:
    """Judge the cost arithmetic in documents.

    FILE is a document (Markdown, plain text, LaTeX, HTML, a Jupyter notebook, a PDF), a folder, a pattern such as
    "docs/**/*.md", or - for standard input. Exits 1 if a claim is wrong.
    """
    from ..report.findings import render_findings

    report = _report(files, text, kind, _network(network, shape))
    click.echo(render_findings(report, fmt, lang or usual_language(), wrong_only))
    return 1 if report.summary["wrong"] else 0


def _report(files: tuple[str, ...], text: str | None, kind: str | None, network: Cost | None) -> Report:
    from ..claims import verify, verify_files

    if text is None:
        return verify_files(files, kind=kind, network=network)
    if files:
        raise SpecError("--text and files do not go together", got=files[0][:60], fix="drop one of them")
    return verify(text, kind=kind or "markdown", network=network)


def _network(spec: str | None, shape: str | None) -> Cost | None:
    if spec is None:
        if shape is not None:
            raise SpecError("--input is the input of a network", fix="say --network too")
        return None
    return resolve(spec).cost(shape)
