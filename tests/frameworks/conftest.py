"""The helper that builds modules cannot be imported where torch is not installed, so it is not collected there."""

from __future__ import annotations

from importlib.util import find_spec

collect_ignore = [] if find_spec("torch") else ["built.py"]
