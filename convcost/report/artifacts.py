"""Names of documents as other tools want them: relative to the folder in which the work is done, with ``/``."""

from __future__ import annotations

import os
from pathlib import Path
from urllib.parse import quote

#: What stands for a text that is in no file: ``<text>``, ``<stdin>``.
_NO_FILE = ("<", ">")


def is_file(source: str) -> bool:
    """Whether a finding's source is a file.

    >>> is_file("<stdin>"), is_file("a.md")
    (False, True)
    """
    return not (source.startswith(_NO_FILE[0]) and source.endswith(_NO_FILE[1]))


def relative(source: str) -> str:
    """The path from the working folder; the whole path where the document lies elsewhere.

    >>> relative("docs/../a b.md")
    'a b.md'
    """
    whole = Path(os.path.abspath(source))
    here = Path.cwd()
    return (whole.relative_to(here) if whole.is_relative_to(here) else whole).as_posix()


def uri(source: str) -> str:
    """The same as a URI reference: every character that means something in one is spelled with ``%``.

    >>> uri("docs/a: 100%.md")
    'docs/a%3A%20100%25.md'
    """
    path = relative(source)
    try:
        return Path(path).as_uri() if Path(path).is_absolute() else quote(os.fsencode(path))
    except UnicodeEncodeError:  # the name of no file
        return quote(path, errors="replace")
