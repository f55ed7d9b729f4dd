"""Helpers that import a framework cannot be collected where it is not installed."""

from __future__ import annotations

from importlib.util import find_spec

_NEEDS = {"built.py": ("torch",), "random_modules.py": ("torch",), "keras_models.py": ("torch", "keras")}
collect_ignore = [file for file, packages in _NEEDS.items() if not all(map(find_spec, packages))]
