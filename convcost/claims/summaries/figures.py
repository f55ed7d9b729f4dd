"""The figures below a summary under their laws: one finding for each that some law speaks of."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from fractions import Fraction

from ...messages import Message
from ..model import Finding, Spot
from .figurelaws import HARD, HINT, FactLaw, FigureLaw, LeastLaw, ScaleLaw, SumLaw
from .record import Figure
from .solve import Mend, mends
from .table import Table
from .tell import about_figure, diagnosed
from .totals import figure_laws

#: Figures that are sizes; the others are totals.
_SIZES = ("input", "passes", "weights")
Line = Callable[[Spot], tuple[str, Spot]]


def judge_figures(table: Table, source: str, line: Line, remark: Message | None = None) -> Iterator[Finding]:
    """Findings of the figures."""
    figures = table.record.totals
    laws = figure_laws(table)
    wrong, now = mends(laws, figures)
    for mend in wrong:
        yield _wrong(source, mend, figures, line)
    done = {mend.key for mend in wrong}
    yield from _gap(source, laws, now, done, line)
    for key in figures:
        law = _best_law(laws, key, now)
        if law is not None and key not in done and (law.tells(now) if isinstance(law, ScaleLaw) else law.holds(now)):
            yield _holds(source, key, law, now, line, remark if key == "params" else None)


def _gap(
    source: str, laws: list[FigureLaw], figures: Mapping[str, Figure], done: set[str], line: Line
) -> Iterator[Finding]:
    """A total that its own parts bear out, and the rows do not: one of the rows must be wrong, and nobody knows which."""
    for law in laws:
        if isinstance(law, FactLaw) and law.target == "params" and law.weight == HARD and not law.holds(figures):
            if "params" not in done:
                figure = figures["params"]
                why = Message(
                    "{why}, while the figures below them agree on {total}: a row may be wrong, or missing.",
                    why=law.why(figures, "params"), total=figure.text,
                )  # fmt: skip
                computed = next(law.solved(figures, "params"))
                yield about_figure(source, "total", figure, line(figure.spot), computed, "unverifiable", why)
            return


def _best_law(laws: list[FigureLaw], key: str, figures: Mapping[str, Figure]) -> FigureLaw | None:
    """The law that computes a figure; the rows say more than other figures do."""
    own = [
        law
        for law in laws
        if law.target == key
        and not isinstance(law, LeastLaw)
        and (law.weight != HINT or key == "input")
        and all(name in figures for name in law.needs())
    ]
    return min(own, key=lambda law: (isinstance(law, SumLaw), -law.weight), default=None)


def _kind(key: str) -> str:
    return "memory" if key in _SIZES or key.endswith(" bytes") else "total"


def _holds(
    source: str, key: str, law: FigureLaw, figures: Mapping[str, Figure], line: Line, remark: Message | None
) -> Finding:
    figure = figures[key]
    values = list(law.solved(figures, key))
    computed = next((value for value in values if figure.says(value)), values[0])
    exact = computed == figure.value
    why = Message("{why}.", why=law.why(figures, key))
    if remark is not None:
        why = Message.joined(why, remark)
    return about_figure(
        source, _kind(key), figure, line(figure.spot), computed, "holds" if exact else "holds-rounded", why
    )


def _wrong(source: str, mend: Mend, figures: Mapping[str, Figure], line: Line) -> Finding:
    figure = figures[mend.key]
    reason, how = diagnosed(figure, mend.right, mend.law.expression(figures, mend.key))
    if reason in ("arithmetic", "missing-term", "wrong-operand", "rounding") and _kind(mend.key) == "total":
        reason = "total"
    if isinstance(mend.law, ScaleLaw) and _other_kilobyte(mend.law, figures):
        reason, how = "unit", Message("the printed value has 1000 bytes to the kB where 1024 are meant, or vice versa")
    why = Message(
        "{why}, printed is {printed}: {how}.", why=mend.law.why(figures, mend.key), printed=figure.text, how=how
    )
    return about_figure(source, _kind(mend.key), figure, line(figure.spot), Fraction(mend.right), "wrong", why, reason)


def _other_kilobyte(law: ScaleLaw, figures: Mapping[str, Figure]) -> bool:
    """Whether a size is right with the other kind of kilobyte."""
    count, size = figures[law.source].value, figures[law.target]
    ratios = [Fraction(1024**power, 1000**power) for power in (1, 2, 3)]
    return any(
        size.says(count * factor * other) for factor in law.factors for ratio in ratios for other in (ratio, 1 / ratio)
    )
