"""A counter, for tests that hold of all of them."""

from __future__ import annotations

import warnings

import pytest

from convcost.frameworks.counters import TOOLS, installed, package


def need(tool):
    """Skip where a tool is not installed."""
    pytest.importorskip(package(tool), reason=f"{tool} is what is tested: install convcost[torch,peers]",
                        exc_type=ImportError)  # fmt: skip
    if not installed(tool):
        pytest.skip(f"{tool} imports more than it asks for: install convcost[torch,peers]")


@pytest.fixture(params=TOOLS)
def tool(request):
    with warnings.catch_warnings():
        # Importing them warns: thop of distutils, fvcore of torch.jit.script.
        warnings.simplefilter("ignore")
        need(request.param)
    return request.param
