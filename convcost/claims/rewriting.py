"""Documents written back with their misprints mended: in one step, and byte for byte the same everywhere else."""

from __future__ import annotations

import codecs
import contextlib
import os
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from ..errors import SpecError
from .documents import read
from .documents.decoding import decode, is_binary
from .documents.files import Found, bytes_of, gather, kind_of
from .fix import Mended, difference, mend
from .proofread import proofread

if TYPE_CHECKING:
    from ..costing import Cost

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
    (b"", "utf-8"),
    (b"", "gb18030"),
)


@dataclass(frozen=True)
class Rewriting:
    """A document that has something to mend: its bytes, how they were read, and what comes out."""

    path: Path
    data: bytes
    before: str
    mended: Mended

    @property
    def difference(self) -> str:
        """What would change, as a unified diff."""
        return difference(self.before, self.mended.text, str(self.path))

    def write(self) -> None:
        """Put the mended document in the place of the old one."""
        _replace(self.path, self.data, encoded(self.mended.text, self.data, self.before, str(self.path)))


def rewritings(
    paths: Iterable[str | os.PathLike[str]], *, kind: str | None = None, network: Cost | None = None
) -> Iterator[Rewriting]:
    """The documents with misprints that can be mended. Nothing is written.

    Raises :class:`~convcost.errors.SpecError` for standard input and for a PDF that is named: there is nothing that
    could be written back.
    """
    documents = list(gather(paths))
    for found in documents:
        if found.path is None:
            raise SpecError("standard input cannot be mended", fix="name a file")
        if found.named and _is_pdf(found, kind):
            raise SpecError("a PDF cannot be mended", where=found.source, fix="mend the document that it was made from")
    for found in documents:
        if found.path is not None and not _is_pdf(found, kind):
            rewriting = _rewriting(found, found.path, kind, network)
            if rewriting is not None:
                yield rewriting


def _is_pdf(found: Found, kind: str | None) -> bool:
    return kind == "pdf" or (kind is None and kind_of(found, bytes_of(found)) == "pdf")


def _rewriting(found: Found, path: Path, kind: str | None, network: Cost | None) -> Rewriting | None:
    data = bytes_of(found)
    kind = kind or kind_of(found, data)
    try:
        if is_binary(data):
            raise SpecError("this is no text", where=found.source)
        before = decode(data, found.source)
        mended = mend(
            before,
            lambda text: proofread(read(text, found.source, kind), network=network),
            notebook=kind == "notebook",
        )
    except SpecError:
        if found.named:
            raise
        return None  # the report says so
    return Rewriting(path, data, before, mended) if mended.findings else None


def encoded(text: str, data: bytes, before: str, source: str) -> bytes:
    """``text`` in the encoding in which ``data`` says ``before``, its mark included.

    >>> encoded("42", "\\ufeff41".encode("utf-16-be"), "41", "a.md")
    b'\\xfe\\xff\\x004\\x002'
    """
    for mark, codec in _MARKS:
        with contextlib.suppress(UnicodeEncodeError):
            if mark + before.encode(codec) == data:
                return mark + text.encode(codec)
    raise SpecError("it cannot be written back as it was read", where=source, fix="save it as UTF-8")


def _replace(path: Path, old: bytes, new: bytes) -> None:
    """Write a file beside the old one and let it take its place; a link stays a link."""
    target = Path(os.path.realpath(path))
    try:
        if not target.is_file() or target.read_bytes() != old:
            raise SpecError("it has changed meanwhile, nothing was written", where=str(path), fix="try again")
        if not os.access(target, os.W_OK):
            raise SpecError("it may not be written", where=str(path))
        handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name[:40]}.")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(new)
                file.flush()
                os.fsync(file.fileno())
            shutil.copymode(target, name)
            os.replace(name, target)
        except BaseException:
            os.unlink(name)
            raise
    except OSError as error:
        raise SpecError("it cannot be written", where=str(path), got=error.strerror or type(error).__name__) from None
