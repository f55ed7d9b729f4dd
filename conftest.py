"""What is collected where torch is not installed: its rooms cannot even be imported there, nor their examples run."""

from __future__ import annotations

from importlib.util import find_spec

collect_ignore_glob = [] if find_spec("torch") else ["convcost/frameworks/*torch*.py"]
