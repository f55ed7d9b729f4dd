"""Claims: finding the cost arithmetic in a text, computing it, and saying what became of it."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from ..errors import ClaimError, SpecError
from ..messages import Message
from .documents import KINDS, gather, read
from .documents.files import Found, read_found
from .model import Finding, Report
from .proofread import proofread

if TYPE_CHECKING:
    from ..costing import Cost

__all__ = ["KINDS", "Finding", "Report", "verify", "verify_files"]

#: A text that is handed over in one piece is at most this long.
MAX_BYTES = 64 * 1024


def verify(text: str, *, source: str = "<text>", kind: str = "markdown", network: Cost | None = None) -> Report:
    """A verdict on every claim in ``text``, which is read as ``kind``; ``network`` is what its tables speak of.

    Raises :class:`~convcost.errors.ClaimError` for a text over 64 kB, or an expression over the limits of
    size and depth.

    >>> (finding,) = verify("1^2 ×28^2 ×192 ×16+5^2× 28^2×16 × 32=12,433,648")
    >>> finding.verdict, finding.reason, finding.computed
    ('wrong', 'misprint', 12443648)
    """
    if not isinstance(text, str):
        raise ClaimError("a claim is a text", got=type(text).__name__)
    if len(text) > MAX_BYTES or len(text.encode("utf-8", "surrogatepass")) > MAX_BYTES:
        raise ClaimError(
            f"a text is at most {MAX_BYTES // 1024} kB long", got=f"{len(text)} characters", fix="put it into a file"
        )
    return Report(proofread(read(text, source, kind), strict=True, network=network))


def verify_files(
    paths: str | os.PathLike[str] | Iterable[str | os.PathLike[str]],
    *,
    kind: str | None = None,
    network: Cost | None = None,
) -> Report:
    """A verdict on every claim in some documents: files, folders, glob patterns, ``-`` for standard input.

    The format of each is that of its suffix, unless ``kind`` says so. A document in a folder that cannot be read is an
    ``unverifiable`` finding; one that is named raises.
    """
    named = [paths] if isinstance(paths, str | os.PathLike) else list(paths)
    if not named:
        raise SpecError("there is nothing to verify", fix="name a file, a folder, or - for standard input")
    return Report(tuple(finding for found in gather(named) for finding in _of(found, kind, network)))


def _of(found: Found, kind: str | None, network: Cost | None) -> Iterator[Finding]:
    try:
        document = read_found(found, kind)
    except SpecError as error:
        if found.named:
            raise
        why = Message("this document cannot be read: {what}.", what=error.what)
        yield Finding(found.source, 1, (0, 0), "", "equation", "", None, None, "unverifiable", None, why)
        return
    yield from proofread(document, network=network)
