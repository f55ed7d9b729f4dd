"""The README's example with torch: every line with a remark gives what the remark says."""

from __future__ import annotations

from pathlib import Path

import pytest

pytest.importorskip("torch", reason="modules are torch's: install convcost[torch]")

README = Path(__file__).parents[2] / "README.md"


def results(text):
    """What every remarked line gives, and what it says."""
    space = {}
    for line in text.splitlines():
        code, mark, said = line.partition("  # ")
        if mark:
            yield repr(eval(code, space)).strip(), said.strip()  # noqa: S307 (our own README)
        else:
            exec(line, space)  # noqa: S102 (our own README)


def test_the_example_with_torch():
    text = README.read_text(encoding="utf-8")
    (block,) = [part for part in text.split("```python\n")[1:] if part.startswith("import torch")]
    pairs = [*results(block.partition("```")[0])]
    assert len(pairs) == 4 and all(given == said for given, said in pairs), pairs


def test_a_wrong_remark_is_noticed():
    """Control."""
    assert [given == said for given, said in results("x = 2\nx + 2  # 5")] == [False]
