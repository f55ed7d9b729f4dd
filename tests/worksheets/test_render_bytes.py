"""The same sheet gives the same bytes in every process."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

for name, extra in (("text2qti", "lms"), ("nbformat", "notebook")):
    pytest.importorskip(name, reason=f"one of the formats needs it: install convcost[{extra}]")

ROOT = Path(__file__).parents[2]
CODE = """
import hashlib
from tests.worksheets.samples import all_kinds, drawn, sheet_of
for sheet in (drawn(), sheet_of(all_kinds(), all_kinds("B"))):
    for fmt in ("json", "moodle", "gift", "canvas", "notebook"):
        for key in (False, True):
            made = sheet.render(fmt, key=key)
            print(fmt, key, hashlib.sha256(made if isinstance(made, bytes) else made.encode()).hexdigest())
"""


def hashes(seed):
    done = subprocess.run(  # noqa: S603
        [sys.executable, "-c", CODE],
        cwd=ROOT, env={**os.environ, "PYTHONHASHSEED": str(seed)}, capture_output=True, text=True, check=True,
    )  # fmt: skip
    return done.stdout.splitlines()


def test_every_process_writes_the_same():
    first = hashes(1)
    assert first == hashes(2) and len(first) == 20
    # A key is something else; a question bank is the same.
    made = dict(line.rsplit(" ", 1) for line in first[:10])
    assert made["json False"] != made["json True"] and made["gift False"] == made["gift True"]
