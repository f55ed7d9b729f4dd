"""The renderings of a sheet, one module each; each is given the whole sheet and writes all its variants."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

from ...errors import SpecError
from ...messages import LANGUAGES

if TYPE_CHECKING:
    from ..sheet import Sheet

#: Format and the module whose ``write(sheet, *, key, language, paper)`` makes it.
_HOMES = {
    "markdown": "markdown",
    "html": "html",
    "html-fragment": "html",
    "latex": "latex",
    "pdf": "pdf",
    "notebook": "notebook",
    "moodle": "moodle",
    "gift": "gift",
    "canvas": "canvas",
    "json": "json",
}
FORMATS = tuple(name for name in _HOMES if name != "html-fragment")
PAPERS = ("a4", "us-letter")
#: Formats that have a version for students and a key; the others are question banks, which hold the answers anyway.
KEYED = ("markdown", "html", "latex", "pdf", "notebook", "json")
#: Formats that are bytes and no text.
BINARY = ("pdf", "canvas")
#: Usual suffixes of files.
SUFFIXES = {
    ".md": "markdown", ".html": "html", ".tex": "latex", ".pdf": "pdf", ".ipynb": "notebook", ".xml": "moodle",
    ".gift": "gift", ".zip": "canvas", ".json": "json",
}  # fmt: skip


def suffix_of(fmt: str) -> str:
    """The usual suffix of a format's files.

    >>> suffix_of("moodle")
    '.xml'
    """
    return next(suffix for suffix, name in SUFFIXES.items() if name == fmt)


def paper_of(asked: str) -> str:
    """The paper that is asked for, under its usual name.

    >>> paper_of("Letter")
    'us-letter'
    """
    paper = {"letter": "us-letter"}.get(str(asked).lower(), str(asked).lower())
    if paper not in PAPERS:
        raise SpecError("there is no such paper", got=repr(asked)[:40], fix="a4 or letter")
    return paper


def render(sheet: Sheet, fmt: str, *, key: bool = False, language: str = "en", paper: str = "a4") -> str | bytes:
    """A sheet in one of :data:`FORMATS`."""
    if fmt not in _HOMES:
        raise SpecError(f"there is no format {str(fmt)[:40]!r}", fix=f"one of {', '.join(FORMATS)}")
    paper = paper_of(paper)
    if language not in LANGUAGES:
        raise SpecError("there are no texts in this language", got=repr(language)[:40], fix=", ".join(LANGUAGES))
    module = importlib.import_module(f".{_HOMES[fmt]}", __name__)
    written: str | bytes = module.write(sheet, fmt=fmt, key=key, language=language, paper=paper)
    return written
