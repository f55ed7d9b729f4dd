"""Plain text: paragraphs, list items, indented blocks, tables drawn with pipes or aligned by blanks.

What is pasted from a web page has one statement a line, so lines are lines, each a passage of its own. Only the lines
of a paragraph that was filled to a width go on into each other, and a formula that is broken before or behind its sign.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence

from . import columns, pipes
from .inline import blank, without_links
from .marks import marks
from .model import Block, Document, Passage
from .source import Source, lines_of, numbered

_MARGIN = re.compile(r" {0,3}(//[/!]?|#|%)(?=[ \t]|\Z)")
_BULLET = re.compile(r"[ \t]*(?:[-+*•‣◦·●○▪–][ \t]+|\(?(?:\d{1,3}|[a-zA-Z])[.)、][ \t]+)(?=\S)")
_SENTENCE_END = tuple(".!?:;。！？：；")
_BEGINS_OPEN = re.compile(r"[ \t]*(?:[=≈≃]|[×·÷/][ \t]*[\d(]|\\approx|等于|约等于|约为|\+[ \t]*[\d(])")
_ENDS_OPEN = re.compile(r"(?:[=≈≃+×÷(（]|(?<=[\d)] )[-*/·−]|\\times|等于|约为)[ \t]*\Z")
_CODE = re.compile(
    r"[ \t]*(?:def |class |import |from \S+ import |for .{1,80}:$|if .{1,80}:$|return\b|print\(|>>> |# |//|\$ |#include"
    r"|self\.)"
    r"|.{0,200}(?:[;{}]|\w\(.{0,200}\):?)[ \t]*$"
)
_COMMENT = re.compile(r"(?:<!--.{0,400}?-->|[#%] ?convcost:.{0,400})")
_DRAWN = re.compile(r"[┏┓┗┛┡┩━┃│╇╈┴┬]")
#: Lines filled to a width are at least this wide.
_NARROWEST = 40


def read(text: str, source: str) -> Document:
    """The blocks of a plain text."""
    lines = lines_of(text)
    return Document(source, numbered(lines), tuple(blocks(lines)), marks(lines))


def _bare(text: str) -> str:
    """A plain text has no markup but addresses and the author's marks."""
    return without_links(_COMMENT.sub(blank, text) if "convcost" in text else text)


def blocks(
    lines: Sequence[str], cell: int | None = None, first: int = 1, clean: Callable[[str], str] = _bare
) -> Iterator[Block]:
    """The blocks of the lines; the first line has the number ``first``. ``clean`` blanks what is markup."""
    shown = list(lines)
    stretches, begin = [], 0
    for number in range(len(lines) + 1):
        if number == len(lines) or not lines[number].strip():
            if begin < number:
                stretches.append((begin, number))
                shown[begin:number] = _without_margin(lines[begin:number])
            begin = number + 1
    whole = _Block(Source.of(lines, cell, first), clean("\n".join(shown)), shown, first)
    for begin, end in stretches:
        yield from whole.read(begin, end)


def _without_margin(lines: Sequence[str]) -> Sequence[str]:
    """The lines of a program's comment without the marks before them, blanks in their place.

    >>> _without_margin(["# 3×3", "#  = 9"]), _without_margin(["# one", "x = 1"])
    (['  3×3', '   = 9'], ['# one', 'x = 1'])
    """
    margins = [_MARGIN.match(line) for line in lines]
    if len(lines) < 2 or len({margin and margin[1] for margin in margins}) > 1 or not margins[0]:
        return lines
    ends = [margin.end() if margin else 0 for margin in margins]
    return [" " * end + line[end:] for line, end in zip(lines, ends, strict=True)]


class _Block:
    """Reads stretches of lines between blank ones."""

    def __init__(self, source: Source, clean: str, lines: Sequence[str], first: int) -> None:
        self.source, self.clean, self.lines, self.first = source, clean, lines, first

    def read(self, begin: int, end: int) -> Iterator[Block]:
        at = begin
        while at < end:
            stop = at
            while stop < end and self.lines[stop].lstrip()[:1] in tuple("|+") and self._drawn(stop):
                stop += 1
            if stop - at > 1:
                table = pipes.table(((self.first + n, self.lines[n], 0) for n in range(at, stop)), self.source.cell)
                yield from [table] if table else []
                at = stop
                continue
            stop = next((n for n in range(at + 1, end) if self._drawn(n) and n + 1 < end and self._drawn(n + 1)), end)
            yield from self._undrawn(at, stop)
            at = stop

    def _drawn(self, number: int) -> bool:
        line = self.lines[number].strip()
        return (line.startswith("|") and line.count("|") > 1) or line.startswith(("+-", "+="))

    def _undrawn(self, begin: int, end: int) -> Iterator[Block]:
        lines = [self.lines[n] for n in range(begin, end)]
        if any(map(columns.is_rule, lines)) or _DRAWN.search("".join(lines)):
            yield from self._printed(begin, end, lines)
            return
        table = columns.table([*enumerate(lines, start=self.first + begin)], self.source.cell)
        if table is not None:
            yield table
        elif all(line[:1] == "\t" or line[:4] == "    " for line in lines) and any(map(_CODE.match, lines)):
            yield from self._passage(begin, end, "code")
        else:
            yield from self._running(begin, end)

    def _printed(self, begin: int, end: int, lines: Sequence[str]) -> Iterator[Block]:
        """Printed output: a table if its rules have a stretch for each column; a heading that is underlined."""
        if _is_underlined(lines):
            yield from self._passage(begin, begin + 1, "prose" if re.search("[=≈]", lines[0]) else "heading")
            if end > begin + 2:
                yield from self._undrawn(begin + 2, end)
            return
        ruled = any(columns.is_rule(line) and len(line.split()) > 1 for line in lines)
        table = columns.table([*enumerate(lines, start=self.first + begin)], self.source.cell) if ruled else None
        if table is not None:
            yield table
        else:
            yield from self._passage(begin, end, "code")

    def _running(self, begin: int, end: int) -> Iterator[Block]:
        for first, last in self._parted(begin, end):
            kind = "item" if _BULLET.match(self.lines[first]) else "prose"
            yield from self._passage(first, last, kind)

    def _parted(self, begin: int, end: int) -> Iterator[tuple[int, int]]:
        """The lines that belong together."""
        filled = _filled(self.lines[begin:end])
        at = begin
        for number in range(begin + 1, end + 1):
            if number < end and (self._continues(at, number) or (filled and not _BULLET.match(self.lines[number]))):
                continue
            yield at, number
            at = number

    def _continues(self, at: int, number: int) -> bool:
        line, before = self.lines[number], self.lines[number - 1]
        listed = _BULLET.match(self.lines[at])
        if listed and _indent(line) >= listed.end() - 1 and _indent(line) > _indent(self.lines[at]):
            return True
        bullet = _BULLET.match(line)
        if bullet and (listed or line.lstrip()[0] != "+"):
            return False
        return _BEGINS_OPEN.match(line) is not None or _ENDS_OPEN.search(before[-40:]) is not None

    def _passage(self, begin: int, end: int, kind: str) -> Iterator[Passage]:
        start = self.source.places[begin][0]
        stop = self.source.places[end][0] if end < len(self.lines) else len(self.source.text)
        if kind == "code":  # its columns are aligned: the blanks before the first line belong to it
            text = "\n".join(self.lines[begin:end]).rstrip()
            places = tuple((offset - start, line, column) for offset, line, column in self.source.places[begin:end])
            yield Passage(text, places, kind, self.source.cell)
            return
        passage = self.source.passage(start, stop, kind, self.clean)
        if passage is not None:
            yield passage


def _is_underlined(lines: Sequence[str]) -> bool:
    """Whether the first line is a heading: the only line with dashes below it, as long as a line of words is."""
    ruled = [columns.is_rule(line) for line in lines]
    return ruled[1:2] == [True] and sum(ruled) == 1 and len(lines[1].split()) == 1 and "  " not in lines[0].strip()


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())


def _width(text: str) -> int:
    """Columns on a screen: Chinese characters take two."""
    return len(text) if text.isascii() else sum(1 + (unicodedata.east_asian_width(c) in "WF") for c in text)


def _filled(lines: Sequence[str]) -> bool:
    """Whether lines were broken to fit a width: no line has room for the first word of the next.

    >>> _filled(["a paragraph that somebody has filled to some", "width, so that it reads well"])
    True
    >>> _filled(["3×3 = 9 is a statement in a line", "5×5 = 25 is another statement in a longer line"])
    False
    """
    widths = [_width(line) for line in lines]
    if len(lines) < 2 or not _NARROWEST <= max(widths) <= 140:
        return False
    if all(line.rstrip().endswith(_SENTENCE_END) for line in lines):
        return False
    rooms = zip(widths, lines[1:], strict=False)
    return all(width + (_first(following)) > max(widths) for width, following in rooms)


def _first(line: str) -> int:
    """The width of the first word and the blank before it; a Chinese character is a word."""
    word = line.lstrip().split(maxsplit=1)[0] if line.strip() else ""
    if word and not word[0].isascii():
        return _width(word[0])
    return 1 + _width(re.split(r"(?=[^\x00-\x7f])", word, maxsplit=1)[0])
