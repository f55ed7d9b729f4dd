"""Claims: finding the cost arithmetic in a text, computing it, and saying what became of it."""

from __future__ import annotations

from ..errors import ClaimError
from .documents import read
from .model import Finding, Report
from .proofread import proofread

__all__ = ["Finding", "Report", "verify"]

#: A text that is handed over in one piece is at most this long.
MAX_BYTES = 64 * 1024


def verify(text: str, *, source: str = "<text>") -> Report:
    """A verdict on every equation in ``text``.

    Raises :class:`~convcost.errors.ClaimError` for a text over 64 kB, or an expression over the limits of
    size and depth.

    >>> (finding,) = verify("1^2 ×28^2 ×192 ×16+5^2× 28^2×16 × 32=12,433,648")
    >>> finding.verdict, finding.reason, finding.computed
    ('wrong', 'misprint', 12443648)
    """
    if not isinstance(text, str):
        raise ClaimError("a claim is a text", got=type(text).__name__)
    if len(text) > MAX_BYTES or len(text.encode("utf-8", "surrogatepass")) > MAX_BYTES:
        raise ClaimError(f"a text is at most {MAX_BYTES // 1024} kB long", got=f"{len(text)} characters")
    return Report(proofread(read(text, source), strict=True))
