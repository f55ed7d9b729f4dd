"""Packages that are extras: present, or a clear word on how to get them."""

from __future__ import annotations

import importlib
import importlib.util
from typing import Any

from ..errors import UnsupportedError

#: The extra of this project that brings a package along.
EXTRAS = {
    "torch": "torch", "fvcore": "torch", "torchvision": "peers", "timm": "peers", "thop": "peers", "ptflops": "peers",
    "torchinfo": "peers", "torchprofile": "peers", "calflops": "peers", "transformers": "peers",
    "torchsummary": "peers", "keras": "keras", "onnx": "onnx",
}  # fmt: skip


def need(package: str, purpose: str) -> Any:
    """Import ``package``.

    Raises :class:`~convcost.errors.UnsupportedError` that says which extra brings it, if it is not installed.

    >>> need("json", "an example").__name__
    'json'
    """
    top = package.partition(".")[0]
    if importlib.util.find_spec(top) is None:
        extra = EXTRAS.get(top)
        hint = f"pip install 'convcost[{extra}]'" if extra else f"pip install {top}"
        raise UnsupportedError(f"{purpose} needs the package {top}, which is not installed", fix=hint)
    return importlib.import_module(package)
