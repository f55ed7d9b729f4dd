"""Lines that stand together: those of a list, of a block of equations, of notes. Only runs with a total count."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from ..documents import Document, Passage
from .plain import TOOL
from .said import TOTAL

#: Lines of one run; more are no list that anybody adds up.
MAX_LINES = 120
#: How much of the words before a run is kept.
MAX_WORDS = 200
#: The end of a line that introduces others.
INTRODUCES = re.compile(r"[:：]\s*\**\s*$")
Line = tuple[Passage, int, int]


@dataclass
class Run:
    """Lines as (passage, start, end), and the words before them, which may say what they count."""

    words: str = ""
    lines: list[Line] = field(default_factory=list)
    #: Lines of the runs before, which have a heading line of their own and no total.
    before: list[Line] = field(default_factory=list)

    @property
    def has_total(self) -> bool:
        """Whether a line names a total and a number."""
        return any(
            TOTAL.search(passage.level, start, end) and any(map(str.isdigit, passage.text[start:end]))
            for passage, start, end in self.lines
        )


def runs_of(document: Document, taken: frozenset[int]) -> Iterator[Run]:
    """Runs of lines with at most one blank line between them; ``taken`` are passages that were read as tables.

    >>> from ..documents import read
    >>> [len(run.lines) for run in runs_of(read("Costs:\\n\\n- a: 1\\n- b: 2\\n\\nTotal: 3"), frozenset())]
    [3]
    """
    run, line_before, lead, kind = Run(), -9, "", ""
    for item in document.blocks:
        if not isinstance(item, Passage) or item.kind == "heading" or id(item) in taken or TOOL.search(item.text):
            yield from _kept(run)
            lead = item.text[:MAX_WORDS] if isinstance(item, Passage) and item.kind == "heading" else ""
            run, line_before = Run(lead), -9
            continue
        for start, end in _lines(item):
            number, text = item.place(start)[0], item.text[start:end]
            introduces = INTRODUCES.search(text) is not None
            if number - line_before > 2 or len(run.lines) >= MAX_LINES or introduces or _turns(kind, item.kind, text):
                yield from _kept(run)
                before = [] if not introduces or number - line_before > 2 or run.has_total else run.before + run.lines
                run = Run(run.words if not run.lines else lead, before=before[-MAX_LINES:])
            kind, line_before = item.kind, number
            if introduces:
                run.words = f"{run.words} {text}"[-MAX_WORDS:]
            else:
                run.lines.append((item, start, end))
    yield from _kept(run)


def _kept(run: Run) -> Iterator[Run]:
    if len(run.before) + len(run.lines) > 2 and run.has_total:
        yield run


def _turns(before: str, kind: str, text: str) -> bool:
    """A paragraph behind a list ends it, but for the total of the list."""
    return before != kind and not (before == "item" and TOTAL.search(text))


def _lines(passage: Passage) -> Iterator[tuple[int, int]]:
    start = 0
    for line in passage.text.split("\n"):
        if line.strip():
            yield start, start + len(line)
        start += len(line) + 1
