"""Write ``suite.json`` anew: ``python -m convcost.conformance.build``."""

from __future__ import annotations

import json
from pathlib import Path

from .suite import made

if __name__ == "__main__":
    path = Path(__file__).with_name("suite.json")
    path.write_text(json.dumps(made(), ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
