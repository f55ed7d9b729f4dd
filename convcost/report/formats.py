"""The formats that every report knows."""

from __future__ import annotations

from ..errors import SpecError

FORMATS = ("plain", "markdown", "latex", "html", "json", "csv")


def check_format(fmt: str) -> None:
    """Raise for a format that there is not."""
    if fmt not in FORMATS:
        raise SpecError(f"there is no format {fmt!r}", fix=f"one of {', '.join(FORMATS)}")
