"""What is collected where a framework is not installed: its importers cannot be loaded there, nor their examples run.

Keras reads its backend when it is first imported, and only torch is installed here.
"""

from __future__ import annotations

import os
from importlib.util import find_spec

os.environ.setdefault("KERAS_BACKEND", "torch")
collect_ignore_glob = [
    f"convcost/frameworks/*{name}*.py" for name in ("torch", "keras", "onnx") if find_spec(name) is None
]
