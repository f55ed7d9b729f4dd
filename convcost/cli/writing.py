"""Where a command's text or bytes go: a file, or standard output."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from ..errors import SpecError


def deliver(content: str | bytes, target: str | None) -> None:
    """Write to a file and say so, or to standard output; bytes are not written to a terminal."""
    if target is None or target == "-":
        if isinstance(content, bytes) and sys.stdout.isatty():
            raise SpecError("this format is no text for a terminal", fix="say -o FILE")
        try:
            click.echo(content, nl=isinstance(content, str) and not content.endswith("\n"))
        except BrokenPipeError:
            raise
        except OSError as error:
            raise SpecError("standard output cannot be written", got=error.strerror or str(error)) from None
        return
    save(content, target)
    click.echo(f"wrote {target}", err=True)


def save(content: str | bytes, target: str | Path, what: str = "file") -> None:
    """Write a file; ``what`` it is says the error where that cannot be done."""
    try:
        Path(target).write_bytes(content.encode("utf-8") if isinstance(content, str) else content)
    except OSError as error:
        raise SpecError(f"the {what} cannot be written", where=str(target), got=error.strerror or str(error)) from None


def folder(target: str) -> Path:
    """A folder to write several files into; made where it is missing."""
    path = Path(target)
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise SpecError("the folder cannot be made", where=target, got=error.strerror or str(error)) from None
    return path
