"""Documents from files: which ones are meant, of which format each is, and reading them."""

from __future__ import annotations

import glob
import os
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from ...errors import SpecError
from ...messages import Message
from .decoding import decode, is_binary
from .formats import read
from .model import Document

#: The format of each suffix; other files are plain text.
SUFFIXES = {
    **dict.fromkeys((".md", ".markdown", ".mdx", ".mdown", ".mkd", ".rmd", ".qmd", ".myst"), "markdown"),
    **dict.fromkeys((".txt", ".text", ".rst", ".adoc", ".asciidoc", ".org"), "text"),
    **dict.fromkeys((".tex", ".ltx", ".latex"), "latex"),
    **dict.fromkeys((".html", ".htm", ".xhtml"), "html"),
    ".ipynb": "notebook",
    ".pdf": "pdf",
}
STDIN = "<stdin>"
#: The size of a document.
MAX_BYTES = 64 * 1024 * 1024
#: Folders of what others have written, or what a program has made.
_FOREIGN = frozenset(
    "node_modules bower_components vendor vendored third_party third-party site-packages __pycache__ venv env "
    "build dist _build _site".split()
)


@dataclass(frozen=True)
class Found:
    """A document that was asked for: a path, or ``None`` for standard input; ``named`` if not found in a folder."""

    path: Path | None
    named: bool = True

    @property
    def source(self) -> str:
        """What findings call it."""
        return STDIN if self.path is None else str(self.path)


def gather(paths: Iterable[str | os.PathLike[str]]) -> Iterator[Found]:
    """The documents that some files, folders and glob patterns stand for, each once; ``-`` is standard input."""
    seen: set[str] = set()
    for given in paths:
        name = os.fspath(given)
        found = [Found(None)] if name == "-" else list(_found(name))
        if not found:
            raise SpecError("there are no documents in this folder", where=name, fix=f"of {', '.join(SUFFIXES)}")
        for each in found:
            key = each.source if each.path is None else os.path.realpath(each.path)
            if key not in seen:
                seen.add(key)
                yield each


def _found(name: str) -> Iterator[Found]:
    if "\0" in name:
        raise SpecError("there is no such file", got=repr(name[:60]))
    if os.path.isdir(name):
        yield from _walked(name)
    elif os.path.exists(name):
        yield Found(Path(name))
    else:
        matches = sorted(glob.glob(name, recursive=True)) if glob.has_magic(name) else []
        if not matches:
            raise SpecError(
                "there is no such file", got=name[:200], fix="name a file, a folder, or - for standard input"
            )
        for match in matches:
            if not os.path.isdir(match):
                yield Found(Path(match), named=Path(match).suffix.lower() in SUFFIXES)


def _walked(folder: str) -> Iterator[Found]:
    for root, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith(".") and name not in _FOREIGN)
        for name in sorted(names):
            path = Path(root, name)
            if path.suffix.lower() in SUFFIXES and not name.startswith(".") and path.is_file():
                yield Found(path, named=False)


def read_path(path: str | os.PathLike[str], kind: str | None = None) -> Document:
    """The document in a file; its format is that of its suffix unless ``kind`` says so. ``-`` is standard input."""
    name = os.fspath(path)
    return read_found(Found(None if name == "-" else Path(name)), kind)


def read_found(found: Found, kind: str | None = None) -> Document:
    """The document that was found."""
    data = bytes_of(found)
    kind = kind or kind_of(found, data)
    if kind == "pdf":
        from . import pdf

        return pdf.read(data, found.source)
    if is_binary(data):
        raise SpecError(
            Message("this is no text"), where=found.source, fix="say --kind if it is a document all the same"
        )
    return read(decode(data, found.source), found.source, kind)


def kind_of(found: Found, data: bytes) -> str:
    """The format of a document, by its suffix or, where it has none, by how it begins."""
    suffix = found.path.suffix.lower() if found.path else ""
    return SUFFIXES.get(suffix, "text") if suffix else _guess(data)


def bytes_of(found: Found) -> bytes:
    """What stands in the file."""
    try:
        if found.path is None:
            return _limited(sys.stdin.buffer, found.source)
        with open(found.path, "rb") as file:
            return _limited(file, found.source)
    except OSError as error:
        raise SpecError(
            Message("it cannot be read"), where=found.source, got=error.strerror or type(error).__name__
        ) from None


def _limited(file: BinaryIO, source: str) -> bytes:
    data = file.read(MAX_BYTES + 1)
    if len(data) > MAX_BYTES:
        what = Message("a document is at most {limit} MB large", limit=MAX_BYTES >> 20)
        raise SpecError(what, where=source, fix="take it apart")
    return data


def _guess(data: bytes) -> str:
    """The format of what has no name."""
    head = data[:1000].lstrip().lower()
    if head.startswith(b"%pdf"):
        return "pdf"
    if head.startswith((b"<!doctype html", b"<html")):
        return "html"
    if head.startswith(b"\\documentclass"):
        return "latex"
    return "notebook" if head.startswith(b"{") and b'"cells"' in data[:100_000] else "markdown"
