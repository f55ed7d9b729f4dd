r"""Block rules for the Markdown parser: displayed formulas, and HTML tables with blank lines in them.

A display begins with a line that opens one (``$$``, ``\[``, ``\begin{align}``) and ends with its closing mark, before
any blank line. What is inside belongs to no list and no heading, whatever it begins with.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock

from .tex import DISPLAYS

if TYPE_CHECKING:
    from markdown_it.ruler import RuleOptionsType

_OPEN = re.compile(rf"\$\$|\\\\?\[|\\begin\{{(?P<name>(?:{'|'.join(DISPLAYS)})\*?)\}}")
#: What may stand behind a closing mark: punctuation, a number, a label; not a sentence.
_REST = re.compile(r"[^A-Za-z\u4e00-\u9fff]{0,20}(?:\{[^{}]{0,80}\}|\\(?:tag|label)\{[^{}]{0,80}\})?\s*\Z")
#: A display, and a table, of more lines than this is none.
_LONGEST = 2000
_TABLE = re.compile(r"<table\b", re.IGNORECASE)
_AROUND = re.compile(r"<(?:div|p|center|details|section|article|figure|td|tr|blockquote)\b", re.IGNORECASE)
_TABLE_END = re.compile(r"</table\s{0,9}>", re.IGNORECASE)


def rules(parser: MarkdownIt) -> None:
    """Teach the parser displays and tables."""
    ends: RuleOptionsType = {"alt": ["paragraph", "reference", "blockquote", "list"]}
    parser.block.ruler.before("fence", "display", _display, ends)
    parser.block.ruler.before("html_block", "html_table", _table, ends)


def _shown(state: StateBlock, number: int) -> str:
    return state.src[state.bMarks[number] + state.tShift[number] : state.eMarks[number]]


def _display(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    line = _shown(state, start)
    opening = _OPEN.match(line) if line[:1] in ("$", "\\") and not state.is_code_block(start) else None
    if opening is None:
        return False
    closing = _closing(opening)
    last = _last(state, start, end, closing, opening.end())
    if last is None:
        return False
    if not silent:
        _push(state, "display", start, last)
    return True


def _closing(opening: re.Match[str]) -> str:
    if opening["name"]:
        return rf"\end{{{opening['name']}}}"
    return opening[0].replace("[", "]")


def _last(state: StateBlock, start: int, end: int, closing: str, after: int) -> int | None:
    """The line with the closing mark; where none comes, that is remembered for the lines below."""
    hopeless: dict[str, Any] = state.env.setdefault("unclosed", {})
    if hopeless.get(closing, -1) > start:
        return None
    for number in range(start, min(end, start + _LONGEST)):
        line = _shown(state, number)
        if not line.strip() or state.sCount[number] < state.blkIndent:
            break
        at = line.find(closing, after if number == start else 0)
        if at >= 0:
            return number if _REST.match(line, at + len(closing)) else None
    else:
        number = min(end, start + _LONGEST)
    hopeless[closing] = number
    return None


def _table(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """A block of HTML with a table goes to the table's end, over blank lines too."""
    hopeless: dict[str, Any] = state.env.setdefault("unclosed", {})
    line = _shown(state, start)
    if line[:1] != "<" or hopeless.get("table", -1) > start or state.is_code_block(start):
        return False
    first = start if _TABLE.match(line) else _opens(state, start, end, hopeless) if not silent else None
    if first is None:
        return False
    last = min(end, start + _LONGEST)
    for number in range(first, last):
        if _TABLE_END.search(_shown(state, number)):
            if not silent:
                _push(state, "html_block", start, number)
            return True
    hopeless["table"] = last
    return False


def _opens(state: StateBlock, start: int, end: int, hopeless: dict[str, Any]) -> int | None:
    """The line before any blank one in which a table begins that stands inside another element."""
    if not _AROUND.match(_shown(state, start)) or hopeless.get("ahead", -1) > start:
        return None
    for number in range(start, min(end, start + _LONGEST)):
        line = _shown(state, number)
        if _TABLE.search(line):
            return number
        if not line.strip():
            break
    hopeless["ahead"] = number
    return None


def _push(state: StateBlock, kind: str, first: int, last: int) -> None:
    state.line = last + 1
    token = state.push(kind, "", 0)
    token.map = [first, last + 1]
    token.content = state.getLines(first, last + 1, state.blkIndent, False)
