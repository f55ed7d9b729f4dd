"""``convcost verify``: a verdict on every claim of some documents."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from .. import __version__
from ..errors import SpecError
from ..messages import LANGUAGES, usual_language
from ..report import FORMATS
from .common import resolve
from .fixing import fix

if TYPE_CHECKING:
    from ..claims import Report
    from ..costing import Cost

#: Formats of other tools: code scanning, and the annotations of GitHub Actions.
_OTHERS = ("sarif", "github")
_KINDS = ("markdown", "text", "latex", "html", "notebook", "pdf")


@click.command("verify")
@click.argument("files", nargs=-1, metavar="FILE…")
@click.option("--text", help="judge this text instead of files")
@click.option("--kind", type=click.Choice(_KINDS), help="format of the documents  [default: by the suffix]")
@click.option("--network", metavar="SPEC", help="the network that tables and numbers speak of")
@click.option("--input", "shape", metavar="CxHxW", help="the network's input, where it has none of its own")
@click.option("--lang", type=click.Choice(LANGUAGES), help="language of the explanations  [default: the locale's]")
@click.option("--wrong-only", is_flag=True, help="list only what is wrong")
@click.option("--fix", "mends", is_flag=True, help="mend misprinted digits in the files; shows a diff and asks")
@click.option("--yes", is_flag=True, help="with --fix: do not ask")
@click.option("--format", "fmt", type=click.Choice((*FORMATS, *_OTHERS)), default="plain", show_default=True)
def command(
    files: tuple[str, ...],
    text: str | None,
    kind: str | None,
    network: str | None,
    shape: str | None,
    lang: str | None,
    wrong_only: bool,
    mends: bool,
    yes: bool,
    fmt: str,
) -> int:
    """Judge the cost arithmetic in documents.

    FILE is a document (Markdown, plain text, LaTeX, HTML, a Jupyter notebook, a PDF), a folder, a pattern such as
    "docs/**/*.md", or - for standard input. Exits 1 if a claim is wrong.
    """
    cost, language = _network(network, shape), lang or usual_language()
    if mends:
        if text is not None:
            raise SpecError("--text cannot be mended", fix="name a file")
        fix(files, kind, cost, language, yes=yes, aside=fmt != "plain")
    elif yes:
        raise SpecError("--yes answers what --fix asks", fix="say --fix too")
    report = _report(files, text, kind, cost)
    told = _told(report, fmt, language, wrong_only)
    if told:
        click.echo(told)
    return 1 if report.summary["wrong"] else 0


def _told(report: Report, fmt: str, language: str, wrong_only: bool) -> str:
    if fmt not in _OTHERS:
        from ..report.findings import render_findings

        return render_findings(report, fmt, language, wrong_only)
    from ..claims.places import placed

    places = placed(finding for finding in report if finding.verdict == "wrong" or not wrong_only)
    if fmt == "sarif":
        from ..report.sarif import render_sarif

        return render_sarif(places, __version__, language)
    from ..report.github import render_github

    return render_github(places, language)


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
