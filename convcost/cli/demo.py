"""``convcost demo``: the main job on the tutorials' own numbers."""

from __future__ import annotations

import textwrap

import click

NAIVE = "Conv(32, 5, padding=2)"
BOTTLENECK = "Conv(16, 1) >> Conv(32, 5, padding=2)"
INPUT = (192, 28, 28)


@click.command("demo")
def command() -> int:
    """The flagship comparison, and a verdict on every claim of the five tutorials.

    Exits 0 exactly when every verdict is the expected one.
    """
    from ..analysis.compare import compare
    from ..claims.bundled import judge_all
    from ..notation import parse
    from ..report.tables import table

    click.echo("A 5×5 convolution, and the same behind a 1×1 reduction\n")
    click.echo(compare(parse(NAIVE), parse(BOTTLENECK), input_shape=INPUT).table(rows=False))
    click.echo("\nWhat five tutorials say, and what is true\n")
    judged = judge_all()
    lines = []
    for item in judged:
        verdict = item.finding.verdict + (f": {item.finding.reason}" if item.finding.reason else "")
        mark = "" if item.as_expected else "UNEXPECTED"
        lines.append(
            [item.claim.id, textwrap.shorten(item.claim.printed, 34), _text(item.finding.computed), verdict, mark]
        )
    click.echo(table("plain", ["claim", "printed", "computed", "verdict", ""], lines, left=5))
    click.echo("\nWhat is wrong, and why\n")
    for item in judged:
        if item.finding.verdict == "wrong":
            text = f"{item.claim.id}: {item.claim.wording} {item.finding.explanation}"
            click.echo(textwrap.fill(text, 110, subsequent_indent="    ", break_long_words=False))
    unexpected = [item for item in judged if not item.as_expected]
    wrong = sum(item.finding.verdict == "wrong" for item in judged)
    click.echo(
        f"\n{len(judged)} claims: {len(judged) - wrong} hold, {wrong} are wrong; {len(unexpected)} unexpected verdicts"
    )
    return 1 if unexpected else 0


def _text(computed: object) -> str:
    if isinstance(computed, int):
        return f"{computed:,}"
    text = str(computed)
    numerator, slash, denominator = text.partition("/")
    if slash and numerator.isdigit() and denominator.isdigit():
        return f"{int(numerator) / int(denominator):.3f}"
    return text
