"""One browser for all tests of pages."""

from __future__ import annotations

import pytest

from tests.explorer.browser import Opened, launched


@pytest.fixture(scope="session")
def browser():
    with launched() as found:
        yield found


@pytest.fixture
def opened(browser, tmp_path):
    """Opens a page's text from disk: ``opened(text, fragment="", **options of the browser's context)``."""
    contexts = []

    def open_page(text, fragment="", **options):
        path = tmp_path / f"page{len(contexts)}.html"
        path.write_text(text, encoding="utf-8")
        context = browser.new_context(**options)
        contexts.append(context)
        return Opened(context.new_page(), path).go(fragment)

    yield open_page
    for context in contexts:
        context.close()
