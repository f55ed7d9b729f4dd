"""What is collected where torch is not installed: helpers of the oracles cannot even be imported there."""

from __future__ import annotations

from importlib.util import find_spec

collect_ignore = [] if find_spec("torch") else ["oracles/interpreter.py", "oracles/counted_modules.py"]
