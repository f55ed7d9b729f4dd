"""What stands below a picture: the totals, what they assume, and what the shades mean."""

from __future__ import annotations

from dataclasses import dataclass

from ..messages import Message
from ..report.numbers import formula, number
from .boxes import Diagram
from .shades import SHADES, step
from .sizes import told
from .textwidth import fitted, width

#: Font size, height of a line, and what stands around a swatch.
SIZE, LINE_HEIGHT, SWATCH = 11, 17, 28
LEAST = 420


@dataclass(frozen=True)
class Foot:
    """Lines of text, then the shades that occur with what they stand for, and the room that all needs."""

    notes: tuple[str, ...] = ()
    words: str = ""
    swatches: tuple[tuple[int, str], ...] = ()

    @property
    def row(self) -> int:
        """The width of the legend."""
        if not self.swatches:
            return 0
        return width(self.words, SIZE) + 8 + sum(SWATCH + width(text, SIZE) for _, text in self.swatches)

    @property
    def width(self) -> int:
        return max([self.row, *(width(note, SIZE) for note in self.notes)], default=0) + 24 if self.notes else 0

    @property
    def height(self) -> int:
        return 12 + LINE_HEIGHT * len(self.notes) + (20 if self.swatches else 0) if self.notes else 0


def foot(shown: Diagram, wide: int, lang: str) -> Foot:
    """The foot of a picture that is ``wide`` pixels wide; none where nothing was counted."""
    if not shown.counted:
        return Foot()
    used = sorted({step(box.macs, shown.macs) for box in shown.boxes} - {0})
    swatches = tuple((each, told(_range(each), lang)) for each in used)
    notes = tuple(fitted(note, max(wide, LEAST) - 24, SIZE) for note in _notes(shown, lang))
    return Foot(notes, told(Message("share of MACs:"), lang), swatches)


def _notes(shown: Diagram, lang: str) -> list[str]:
    macs, params = number(shown.macs), number(shown.params)
    totals = Message("total: {macs} MACs, {params} params", macs=macs, params=params)
    if type(shown.batch) is not int or shown.batch != 1:
        batch = formula(shown.batch)
        totals = Message(
            "total: {macs} MACs for a batch of {batch}, {params} params", macs=macs, batch=batch, params=params
        )
    notes = [told(totals, lang)]
    notes += [told(Message("assumes {assumption}", assumption=text), lang) for text in shown.assumptions]
    if shown.unsupported:
        notes.append(told(Message("not counted: {list}", list=", ".join(shown.unsupported)), lang))
    return notes


def _range(shade: int) -> str:
    """What a shade stands for.

    >>> [_range(number) for number in (1, 2, 5)]
    ['< 1 %', '1–5 %', '≥ 50 %']
    """
    low = SHADES[shade].least // 10
    if shade == len(SHADES) - 1:
        return f"≥ {low} %"
    high = SHADES[shade + 1].least // 10
    return f"{low}–{high} %" if low else f"< {high} %"
