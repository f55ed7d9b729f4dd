"""Markdown: blocks by markdown-it, with their lines; markup inside them blanked in place."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from markdown_it import MarkdownIt
from markdown_it.token import Token
from mdit_py_plugins.dollarmath import dollarmath_plugin
from mdit_py_plugins.front_matter import front_matter_plugin

from .inline import blanked
from .marks import marks
from .model import Block, Document, Fence, Line, Passage, Table

_KINDS = {"heading_open": "heading", "paragraph_open": "prose", "th_open": "cell", "td_open": "cell"}


@cache
def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark").enable("table")
    # Inline content is taken as it stands; what emphasis would make of it is of no use here.
    parser.disable("inline")
    return parser.use(front_matter_plugin).use(dollarmath_plugin, allow_blank_lines=False)


def read(text: str, source: str) -> Document:
    """The blocks of a Markdown text."""
    lines = text.splitlines()
    blocks = tuple(_blocks(text, lines))
    return Document(source, tuple(Line(n, line) for n, line in enumerate(lines, start=1)), blocks, marks(lines))


def _blocks(text: str, lines: list[str]) -> Iterator[Block]:
    # What splitlines takes for the end of a line and Markdown does not would shift the numbers.
    tokens = _parser().parse("\n".join(lines))
    kind, at = "prose", 0
    in_item = 0
    while at < len(tokens):
        token = tokens[at]
        if token.type in _KINDS:
            kind = _KINDS[token.type]
        in_item += (token.type == "list_item_open") - (token.type == "list_item_close")
        if token.type == "table_open":
            end = next(n for n in range(at, len(tokens)) if tokens[n].type == "table_close")
            yield from _table(tokens[at:end], lines)
            at = end
        elif token.map is not None:
            first, last = token.map
            if token.type == "inline":
                yield _passage(lines, first, last, token.content, "item" if in_item and kind == "prose" else kind)
            elif token.type == "fence":
                yield from _fence(token, lines)
            elif token.type == "code_block":
                yield _passage(lines, first, last, token.content, "code")
            elif token.type in ("math_block", "math_block_label"):
                yield _passage(lines, first, last, "\n".join(lines[first:last]), "math")
            elif token.type == "html_block":
                yield _passage(lines, first, last, "\n".join(lines[first:last]), "prose")
        at += 1


def _passage(lines: list[str], first: int, last: int, content: str, kind: str) -> Passage:
    """The lines of a block, without the marks of lists and quotations before them."""
    starts, offset = [], 0
    pieces = content.rstrip("\n").split("\n")
    number = first
    for piece in pieces:
        shown = piece.strip()
        # A block's content skips no line, except blank ones in front.
        while number < last - 1 and shown and shown not in lines[number]:
            number += 1
        column = max(0, lines[number].find(piece if piece in lines[number] else shown)) if number < len(lines) else 0
        starts.append((offset, number + 1, column))
        offset += len(piece) + 1
        number += 1
    text = "\n".join(pieces)
    return Passage(text if kind == "code" else blanked(text), tuple(starts), kind)


def _fence(token: Token, lines: list[str]) -> Iterator[Block]:
    first, last = token.map or (0, 0)
    language = token.info.strip().split(" ")[0]
    content = token.content.rstrip("\n").split("\n") if token.content.strip() else []
    numbered = tuple(enumerate(content, start=first + 2))
    if language == "convcost":
        yield Fence(language, numbered)
    elif content:
        yield _passage(lines, first + 1, last, "\n".join(content), "math" if language in ("math", "latex") else "code")


def _table(tokens: list[Token], lines: list[str]) -> Iterator[Table]:
    rows: list[tuple[Passage, ...]] = []
    cells: list[Passage] = []
    heads = 0
    for token in tokens:
        if token.type == "tr_open":
            cells = []
            places = list(_cell_places(lines[token.map[0]])) if token.map else []
            line = token.map[0] + 1 if token.map else 1
        elif token.type == "inline":
            begin, end = places[len(cells)] if len(cells) < len(places) else (0, 0)
            cells.append(Passage(blanked(lines[line - 1][begin:end]), ((0, line, begin),), "cell"))
        elif token.type == "tr_close":
            rows.append(tuple(cells))
        elif token.type == "thead_close":
            heads = len(rows)
    yield Table(tuple(rows), heads)


_PIPE = re.compile(r"(?<!\\)\|")


def _cell_places(line: str) -> Iterator[tuple[int, int]]:
    """Where the cells of a row stand.

    >>> [ "| a | b |"[a:b] for a, b in _cell_places("| a | b |")]
    ['a', 'b']
    """
    edges = [match.start() for match in _PIPE.finditer(line)]
    head = len(line) - len(line.lstrip(" >\t"))
    begins = [0 if not edges or line[head : edges[0]].strip() else None, *(edge + 1 for edge in edges)]
    ends = [*edges, len(line)]
    for begin, end in zip(begins, ends, strict=True):
        if begin is None or (end == len(line) and not line[begin:].strip()):
            continue
        text = line[begin:end]
        yield begin + len(text) - len(text.lstrip()), begin + len(text.rstrip())
