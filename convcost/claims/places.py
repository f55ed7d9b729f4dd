"""Where findings stand in their files, for tools that mark places there: a notebook's cell is a part of its JSON."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from ..errors import SpecError
from .cells import Spelling, cells, stretch
from .documents.decoding import decode
from .documents.files import Found, bytes_of, kind_of
from .model import Finding, Spot

_LINE_END = re.compile(r"\r\n?|\n")


@dataclass(frozen=True)
class Placed:
    """A finding with the places of its claim and of its printed number in the file; ``None`` where there are no lines.

    Lines are those of the file, as an editor counts them. A PDF has none.
    """

    finding: Finding
    claim: Spot | None
    number: Spot | None
    #: Whether the number is spelled as a part of a JSON string there.
    in_json: bool = False


def placed(findings: Iterable[Finding]) -> Iterator[Placed]:
    """The findings with their places; the notebooks among their files are read again."""
    notebooks: dict[str, _Notebook | None] = {}
    for finding in findings:
        claim = Spot(finding.line, *finding.span, finding.cell)
        number = finding.printed_at
        if Path(finding.source).suffix.lower() == ".pdf":
            yield Placed(finding, None, None)
        elif finding.cell is None:
            yield Placed(finding, claim, number)
        else:
            if finding.source not in notebooks:
                notebooks[finding.source] = _notebook(finding.source)
            notebook = notebooks[finding.source]
            if notebook is None:
                yield Placed(finding, None, None)
            else:
                yield Placed(finding, notebook.place(claim), number and notebook.place(number), in_json=True)


@dataclass(frozen=True)
class _Notebook:
    """A notebook's JSON: where its lines begin, and how its cells are spelled."""

    starts: tuple[int, ...]
    sources: dict[int, tuple[str, Spelling, tuple[int, ...]]]

    @classmethod
    def of(cls, text: str) -> _Notebook:
        sources = {number: (source, spelling, _starts(source)) for number, (source, spelling) in cells(text).items()}
        return cls(_starts(text), sources)

    def place(self, spot: Spot) -> Spot | None:
        """A place in a cell as a place in the file; up to the end of the line where it runs over that."""
        source, spelling, starts = self.sources.get(spot.cell or 0, ("", [], ()))
        if not 1 <= spot.line <= len(starts):
            return None
        begin = starts[spot.line - 1]
        if begin + spot.end > len(source) or spot.end <= spot.start:
            return None
        first, last = stretch(spelling, begin + spot.start, begin + spot.end)
        line = bisect_right(self.starts, first)
        start = self.starts[line - 1]
        end = self.starts[line] - 1 if line < len(self.starts) else last
        return Spot(line, first - start, min(last, end) - start)


def _starts(text: str) -> tuple[int, ...]:
    return (0, *(match.end() for match in _LINE_END.finditer(text)))


def _notebook(source: str) -> _Notebook | None:
    found = Found(Path(source))
    try:
        data = bytes_of(found)
        return _Notebook.of(decode(data, source)) if kind_of(found, data) == "notebook" else None
    except SpecError:
        return None
