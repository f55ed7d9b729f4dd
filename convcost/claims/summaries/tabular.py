"""Rows and figures found one by one, put together to summaries: what belongs together, and whether anything is cut."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from .footer import Foot
from .pasted import Pasted
from .record import Record, Row

#: What may stand between two rows of one summary without saying anything.
_FILLER = re.compile(r"[\s\-=_|#>/\\:.,;'\"+~\u2500-\u257f·•¯]+")
_HEADER = re.compile(
    r"\(?layer\s?\(type[^\n]{0,60}|model\s?:\s?\"?[\w ./-]{0,60}\"?|output\s?(?:shape|size)|input\s?(?:shape|size)|"
    r"kernel\s?(?:shape|size)|param(?:eter)?s?\s?[#%]?|#\s?param(?:eter)?s?|connected\s?to|mult-adds|trainable|None|\bmacs?\b|"
    r"\bflops?\b",
    re.IGNORECASE,
)
_CUT = re.compile(r"\.\.\.|…|\u22ee|⋮|\betc\b|省略|略")
#: Rows further apart do not belong together.
_MOST_BETWEEN = 2000
_LONGEST_HEADER = 400
#: How far up a row of the same depth is looked for.
_LOOK_BACK = 60
#: Words between two rows: a line that no rule reads, but no new paragraph.
_MOST_WORDS = 90


@dataclass(frozen=True)
class Found:
    """A row and its place in the text."""

    row: Row
    start: int
    end: int


@dataclass
class _Group:
    found: list[Found] = field(default_factory=list)
    feet: list[Foot] = field(default_factory=list)
    cut: bool = False
    headed: bool = False
    start: int = 0
    end: int = 0

    def takes(self, item: Found | Foot, gap: str, *, renumbered: bool) -> bool:
        if len(gap) > _MOST_BETWEEN or len(_words(gap)) > _MOST_WORDS:
            return False
        if isinstance(item, Found):
            return not self.feet and not renumbered and not _starts_again(gap, bool(self.found))
        return all(item.key != foot.key for foot in self.feet)


def _words(gap: str) -> str:
    """What is left of a gap when rules, headers and blanks are taken away."""
    return _FILLER.sub(" ", _HEADER.sub(" ", _CUT.sub(" ", gap))).strip()


def _starts_again(gap: str, begun: bool) -> bool:
    return begun and re.search(r"layer\s?\(type", gap, re.IGNORECASE) is not None


def records(tool: str, text: Pasted, rows: Iterable[Found], feet: Sequence[Foot]) -> Iterator[Record]:
    """The summaries that the rows and figures make up."""
    found = list(rows)
    for group in _groups(text, sorted([*found, *feet], key=lambda item: item.start)) if found else ():
        if group.found:
            yield _record(tool, text, group)


def without_rows(text: Pasted, feet: Sequence[Foot]) -> Iterator[Record]:
    """Figures whose rows nobody printed, two or more of them."""
    for group in _groups(text, feet):
        if len(group.feet) > 1:
            yield _record("", text, group)


def _groups(text: Pasted, items: Sequence[Found | Foot]) -> Iterator[_Group]:
    group = _Group()
    for item in items:
        gap = text.text[group.end : item.start] if group.end <= item.start else ""
        if group.end and not group.takes(item, gap, renumbered=_renumbered(group, item)):
            yield group
            group = _Group()
        if not group.end:
            group.headed = _is_header(_rules_away(text.text[max(0, item.start - 1000) : item.start]))
            group.start = item.start
        elif _words(gap) or _CUT.search(gap) is not None or _skips(group, item):
            group.cut = True
            item = _after_gap(item)
        (group.found if isinstance(item, Found) else group.feet).append(item)  # type: ignore[arg-type]
        group.end = max(group.end, item.end)
    if group.end:
        yield group


def _skips(group: _Group, item: Found | Foot) -> bool:
    """Whether a number is left out between two numbered rows of one depth."""
    if not (isinstance(item, Found) and group.found and item.row.number):
        return False
    last = next((found.row for found in reversed(group.found[-_LOOK_BACK:]) if found.row.depth == item.row.depth), None)
    return last is not None and last.number is not None and item.row.number != last.number + 1


def _after_gap(item: Found | Foot) -> Found | Foot:
    return replace(item, row=replace(item.row, after_gap=True)) if isinstance(item, Found) else item


def _is_header(before: str) -> bool:
    """Whether the line right before the first row is a header."""
    line = before.rpartition("\n")[2]
    return len(line) < _LONGEST_HEADER and "param" in line.lower()


def _rules_away(before: str) -> str:
    return before.rstrip("=_-|#>+: \t\n" + "".join(map(chr, range(0x2500, 0x2580))))


def _renumbered(group: _Group, item: Found | Foot) -> bool:
    """A summary whose rows count from one begins with the first."""
    if not isinstance(item, Found) or item.row.depth or not group.found:
        return False
    last = group.found[-1].row.number
    return last is not None and item.row.number == 1 and last > 1


def _record(tool: str, text: Pasted, group: _Group) -> Record:
    rows = tuple(found.row for found in group.found)
    head = rows[0].spot if rows else group.feet[0].figure.spot
    return Record(
        tool=tool,
        rows=rows,
        totals={foot.key: foot.figure for foot in group.feet},
        powers={foot.key: foot.power for foot in group.feet},
        whole=bool(rows and group.feet) and group.headed and not group.cut,
        name=_model_name(text.text[max(0, group.start - 600) : group.start]),
        lines=text.covered(_header_start(text, group), group.end),
        head=head,
    )


def _model_name(before: str) -> str:
    names = re.findall(r"Model:\s{0,3}\"?([\w./-]{1,80})\"?", before)
    return names[-1] if names else ""


def _header_start(text: Pasted, group: _Group) -> int:
    """Header lines and rules right before the first row belong to the summary."""
    line = text.index(group.start)
    while (
        line and not _words(text.text[text.starts[line - 1] : text.starts[line]]) and text.lines[line - 1].text.strip()
    ):
        line -= 1
    return text.starts[line]
