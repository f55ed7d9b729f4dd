"""The parts of the page that hang on the two blocks, as HTML. Every text goes through :func:`escaped`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape

from ..formula import Formula
from ..formula.nodes import has_letters
from .formulas import in_letters, is_wide, readable, tree, with_numbers
from .sides import Line, Side, condition_text
from .starts import MAX_DIGITS, Dial

#: Tables longer than this are folded away at first, and have no column of formulas.
FOLDED = 14


def escaped(text: str) -> str:
    """Text that means itself, between tags and inside quotes.

    >>> escaped('<a href="x">')
    '&lt;a href=&quot;x&quot;&gt;'
    """
    return escape(text, quote=True)


class Parts:
    """HTML in one language; texts carry their names, so that the page can tell them in another."""

    def __init__(self, told: Mapping[str, str], symbols: Sequence[str]) -> None:
        self.told = told
        self.symbols = symbols

    def text(self, name: str, tag: str = "span", more: str = "") -> str:
        """A sentence of the page."""
        return f'<{tag}{more} data-text="{name}">{escaped(self.told[name])}</{tag}>'

    # -- sizes -----------------------------------------------------------------------------------------------------

    def dial(self, dial: Dial, place: int) -> str:
        """A slider and a field, with their labels and the place of a complaint."""
        name = escaped(dial.name)
        about = self.text(f"about-{place}", more=f' class="quiet" id="about-{place}"')
        return (
            f'<div class="dial"><label for="field-{place}"><i class="symbol">{name}</i> {about}</label>'
            f'<input id="field-{place}" class="number" type="text" inputmode="numeric" autocomplete="off" '
            f'spellcheck="false" maxlength="{MAX_DIGITS + 10}" value="{dial.start}" '
            f'aria-describedby="complaint-{place}">'
            f'<input id="slider-{place}" type="range" min="1" max="{dial.most}" step="1" '
            f'value="{min(dial.start, dial.most)}" aria-label="{name}" aria-describedby="about-{place}">'
            f'<p id="complaint-{place}" class="complaint" aria-live="polite"></p></div>'
        )

    def option(self, dial: Dial, place: int, chosen: bool) -> str:
        """One size that the chart can be drawn against."""
        return f'<option value="{place}"{" selected" if chosen else ""}>{escaped(dial.name)}</option>'

    # -- costs -----------------------------------------------------------------------------------------------------

    def number(self, entry: int | None, side: Side, tag: str = "span", kind: str = "n") -> str:
        """A number that the page keeps up to date."""
        if entry is None:
            return f'<{tag} class="number">?</{tag}>'
        return f'<{tag} class="number" data-{kind}="{entry}" data-b="{side.place}"></{tag}>'

    def shape(self, entries: Sequence[int], side: Side) -> str:
        """A shape that the page keeps up to date."""
        return f'<span class="number" data-shape="{" ".join(map(str, entries))}" data-b="{side.place}"></span>'

    def card(self, side: Side) -> str:
        """The totals of a block."""
        low = side.letter.lower()
        more = "" if side.exact or side.macs is None else "≥ "
        outputs = ", ".join(self.shape(shape, side) for shape in side.outputs)
        bar = "" if side.macs is None else f'<span data-part="{side.macs}" data-b="{side.place}"></span>'
        unit = self.text("macs", more=' class="unit"')
        note = self.text(f"status-{side.place}", "p", ' class="note"') if side.status else ""
        return (
            f'<article class="total block-{side.place}" aria-labelledby="card-{low}">'
            + self.text(f"block-{low}", "h3", f' id="card-{low}"')
            + f'<p class="trouble" id="trouble-{side.place}" hidden></p>'
            + f'<p class="big">{more}{self.number(side.macs, side)} {unit}</p>'
            + f'<div class="measure" aria-hidden="true">{bar}</div>'
            + f"<dl><div>{self.text('params', 'dt')}<dd>{self.number(side.params, side)}</dd></div>"
            + f"<div>{self.text('flops', 'dt')}<dd>{more}{self.number(side.macs, side, kind='twice')}</dd></div>"
            + f"<div>{self.text('output', 'dt')}<dd>{outputs}</dd></div></dl>"
            + note
            + self._assumptions(side)
            + "</article>"
        )

    def _assumptions(self, side: Side) -> str:
        if not side.cost.conditions:
            return ""
        items = "".join(
            f'<li data-assumption="{side.place}-{n}">'
            f'<span class="condition">{escaped(condition_text(condition))}</span> <span class="mark"></span></li>'
            for n, condition in enumerate(side.cost.conditions)
        )
        return f'<div class="assumptions">{self.text("assumes", "p")}<ul>{items}</ul></div>'

    # -- formulas --------------------------------------------------------------------------------------------------

    def formula(self, name: str, formula: Formula, result: str, kind: str = "") -> str:
        """A formula in letters, then with the numbers in it, then what it comes to."""
        lines = []
        if not readable(formula):
            lines = [self.text("too-large", "p", ' class="quiet"')]
        elif has_letters(formula):
            lines = [
                f'<p class="equation letters">{in_letters(formula)}</p>',
                f'<p class="equation">{_equals()} {with_numbers(formula, self.symbols)}</p>',
            ]
        lines.append(f'<p class="equation">{result}</p>')
        wide = " wide" if readable(formula) and is_wide(formula) else ""
        return f'<div class="formula {kind}{wide}">{self.text(name, "h3")}{"".join(lines)}</div>'

    def formulas_of(self, side: Side) -> str:
        """MACs and params of a block."""
        parts = []
        for quantity, value, entry in (("macs", side.cost.macs, side.macs), ("params", side.cost.params, side.params)):
            if value is not None:
                result = f"{_equals()} {self.number(entry, side, 'strong')}"
                name = f"formula-{quantity}-{side.letter.lower()}"
                parts.append(self.formula(name, tree(value), result, f"block-{side.place}"))
        return "".join(parts)

    # -- layers ----------------------------------------------------------------------------------------------------

    def table(self, side: Side) -> str:
        """The layers of a block and their sum."""
        long = len(side.lines) > FOLDED
        head = ["layer", *([] if long else ["formula"]), "output", "params", "macs", "share"]
        cells = "".join(self.text(name, "th", f' scope="col" class="col-{name}"') for name in head)
        body = "".join(self._row(line, side, long) for line in side.lines)
        low = side.letter.lower()
        foot = (
            self.text("total", "th", ' scope="row"')
            + "".join(f'<td class="col-{name}"></td>' for name in head[1:-3])
            + f"<td>{self.number(side.params, side)}</td><td>{self.number(side.macs, side)}</td>"
            + '<td class="col-share"></td>'
        )
        table = (
            f'<div class="scroll" role="region" tabindex="0" data-label="layers-{low}" '
            f'aria-label="{escaped(self.told[f"layers-{low}"])}"><table class="block-{side.place}">'
            f"<thead><tr>{cells}</tr></thead><tbody>{body}</tbody><tfoot><tr>{foot}</tr></tfoot></table></div>"
        )
        title = self.text(f"block-{low}", "h3")
        if long:
            table = f"<details><summary>{self.text('show-layers')} ({len(side.lines)})</summary>{table}</details>"
        return f'<div class="layers block-{side.place}">{title}{table}</div>'

    def _row(self, line: Line, side: Side, long: bool) -> str:
        formula = "" if long else f'<td class="col-formula">{_short(line)}</td>'
        part = ""
        if line.macs is not None and side.macs is not None:
            part = f'<span data-part="{line.macs}" data-of="{side.macs}" data-b="{side.place}"></span>'
        return (
            f'<tr><th scope="row"><span class="path">{escaped(line.path)}</span> '
            f"<code>{escaped(line.notation)}</code></th>{formula}"
            f'<td class="col-output">{self.shape(line.output, side)}</td><td>{self.number(line.params, side)}</td>'
            f"<td>{self.number(line.macs, side)}</td>"
            f'<td class="col-share"><div class="measure" aria-hidden="true">{part}</div></td></tr>'
        )


def _equals() -> str:
    return "<math><mo>=</mo></math>"


def _short(line: Line) -> str:
    formula = None if line.form is None else tree(line.form)
    return in_letters(formula) if formula is not None and readable(formula) and has_letters(formula) else ""
