"""For all tests: texts are English, whatever the user's language. Without torch some helpers are not collected.

The helpers of the oracles cannot even be imported where torch is not installed.
"""

from __future__ import annotations

import os
from importlib.util import find_spec

os.environ["LANGUAGE"] = "en"

collect_ignore = [] if find_spec("torch") else ["oracles/interpreter.py", "oracles/counted_modules.py"]
