"""What counts: every decision about it, and nowhere else.

A convention is applied last. ``macs`` and ``flops`` are the two readings of textbooks, ``full`` prices every
operation; the others reproduce the number that a counter prints.
"""

from __future__ import annotations

import importlib
from functools import cache

from ..errors import SpecError
from .base import Convention, Term

__all__ = ["CONVENTIONS", "COUNTERS", "Convention", "Term", "convention"]

#: Every name, and the module and constant that define it; a module is loaded when its convention is first asked for.
_HOMES = {
    "macs": "prices.MACS",
    "flops": "prices.FLOPS",
    "full": "prices.FULL",
    "fvcore": "fvcore.FVCORE",
    "torch": "torch_counter.TORCH",
    "torch-train": "torch_counter.TRAIN",
    "torch-profiler": "torch_counter.PROFILER",
    "thop": "thop.THOP",
    "ptflops": "ptflops.PTFLOPS",
    "ptflops-aten": "ptflops.ATEN",
    "torchinfo": "torchinfo.TORCHINFO",
    "torchprofile": "torchprofile.TORCHPROFILE",
    "calflops": "calflops.FLOPS",
    "calflops-macs": "calflops.MACS",
}
CONVENTIONS = tuple(_HOMES)
#: Those that reproduce another counter.
COUNTERS = CONVENTIONS[3:]


def convention(name: str) -> Convention:
    """The convention of that name.

    Raises :class:`~convcost.errors.SpecError` for a name that there is not.

    >>> convention("macs").unit
    'MAC'
    """
    if not isinstance(name, str) or name not in _HOMES:
        raise SpecError(f"there is no convention {name!r}", fix=f"one of {', '.join(CONVENTIONS)}")
    return _load(name)


@cache
def _load(name: str) -> Convention:
    module, _, constant = _HOMES[name].partition(".")
    found: Convention = getattr(importlib.import_module(f".{module}", __name__), constant)
    return found
