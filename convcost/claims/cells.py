r"""Where the characters of a notebook's cells stand in its JSON text.

A notebook is written back with nothing else touched, so what is mended is mended inside the JSON strings: every
character of a cell's source is traced to the characters that spell it, an escape such as ``\u00d7`` among them.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from itertools import accumulate

_TOKEN = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*"|[{}\[\],]', re.DOTALL)
_PAIR = r"\\u[dD][89aAbB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}"
_CHARACTER = re.compile(rf"{_PAIR}|\\u[0-9a-fA-F]{{4}}|\\.|[^\\]", re.DOTALL)

#: For every character of a cell's source, where the characters stand that spell it, and whether it opens a string.
Spelling = list[tuple[int, int, bool]]


def cells(text: str) -> dict[int, tuple[str, Spelling]]:
    """The source of each cell, counted from 1, and how it is spelled.

    >>> source, spelling = cells('{"cells": [{"source": ["a\\\\n", "3\\\\u00d73"]}]}')[1]
    >>> source, spelling[3]
    ('a\\n3×3', (32, 38, False))
    """
    found: dict[int, tuple[str, Spelling]] = {}
    for path, start, end in _strings(text):
        if path[:1] == ("cells",) and path[2:3] == ("source",) and len(path) in (3, 4) and isinstance(path[1], int):
            number = path[1] + 1
            source, spelling = found.get(number, ("", []))
            # Of two sources the last one counts, as for every reader of JSON.
            fresh = len(path) == 3 or path[3] == 0
            piece, places = _spelled(text, start + 1, end - 1)
            found[number] = (piece, places) if fresh else (source + piece, spelling + places)
    return found


def _strings(text: str) -> Iterator[tuple[tuple[str | int, ...], int, int]]:
    """Every string of a JSON text that is no key: the keys and indices that lead to it, and its place."""
    path: list[str | int | None] = []
    kinds: list[str] = []
    for token in _TOKEN.finditer(text):
        mark = token[0]
        if mark in "{[":
            kinds.append(mark)
            path.append(None if mark == "{" else 0)
        elif mark in "}]":
            kinds.pop()
            path.pop()
        elif mark == ",":
            last = path[-1]
            path[-1] = None if kinds[-1] == "{" else int(last or 0) + 1
        elif path and path[-1] is None:
            path[-1] = str(json.loads(mark))
        else:
            yield tuple(key for key in path if key is not None), *token.span()


def _spelled(text: str, start: int, end: int) -> tuple[str, Spelling]:
    pieces = [match[0] for match in _CHARACTER.finditer(text, start, end)]
    characters = [piece if len(piece) == 1 else str(json.loads(f'"{piece}"')) for piece in pieces]
    ends = list(accumulate(map(len, pieces), initial=start))
    places = [(ends[n], ends[n + 1], n == 0) for n in range(len(pieces))]
    return "".join(characters), places


def stretch(spelling: Spelling, start: int, end: int) -> tuple[int, int]:
    """Where the characters of a cell from ``start`` to ``end`` stand in the JSON text.

    >>> source, spelling = cells('{"cells": [{"source": "3\\\\u00d73 = 9"}]}')[1]
    >>> stretch(spelling, 1, 3)
    (24, 31)
    """
    return spelling[start][0], spelling[end - 1][1]
