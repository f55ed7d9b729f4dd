"""A browser that opens pages from disk, and notes whatever a page must not do."""

from __future__ import annotations

import json
import os
import re
import shutil
from contextlib import contextmanager
from pathlib import Path

import pytest

FLAGS = (
    "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync"
).split()
#: Notes violations before the page's own script runs.
WATCH = """
window.violations = [];
document.addEventListener('securitypolicyviolation', (e) =>
  window.violations.push(e.violatedDirective + ' ' + e.blockedURI));
"""
#: Sets sizes through fields and sliders as a user would, waits for the page, and reads what it shows.
TURN = """
async (moves) => {
  for (const [place, text, by] of moves) {
    const input = document.getElementById(`${by}-${place}`);
    input.value = text;
    input.dispatchEvent(new Event('input', { bubbles: true }));
  }
  await new Promise((done) => requestAnimationFrame(done));
  const text = (element) => element ? element.textContent : null;
  return [0, 1].map((block) => {
    const card = document.querySelector(`.total.block-${block}`);
    const rows = [...document.querySelectorAll(`table.block-${block} tbody tr`)];
    const trouble = document.getElementById(`trouble-${block}`);
    const drawn = `[data-picture="${block}"] .drawing:not([hidden]) text[data-field=macs]`;
    const numbers = [...card.querySelectorAll('dd')].map(text);
    return {
      macs: text(card.querySelector('.big .number')), params: numbers[0], flops: numbers[1], output: numbers[2],
      rows: rows.map((row) => [...row.querySelectorAll('td')].slice(-4, -1).map(text)),
      trouble: trouble.hidden ? '' : text(trouble),
      put: [...document.querySelectorAll(`.formula.block-${block} [data-s]`)].map((e) => [e.dataset.s, e.textContent]),
      formulas: [...document.querySelectorAll(`.formula.block-${block} strong`)].map(text),
      picture: [...document.querySelectorAll(drawn)].map(text),
    };
  }).concat([{
    macs: text(document.getElementById('ratio-macs')), params: text(document.getElementById('ratio-params')),
    summary: text(document.getElementById('chart-summary')), verdict: text(document.getElementById('verdict-macs')),
  }]);
}
"""


def chromium() -> str | None:
    return os.environ.get("CONVCOST_CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")


@contextmanager
def launched():
    """Chromium through playwright; skips, saying why, where one of them is missing."""
    reason = "pages are tried in a browser: pip install playwright"
    api = pytest.importorskip("playwright.sync_api", reason=reason)
    path = chromium()
    if path is None:
        pytest.skip("pages are tried in a browser: install chromium, or say where it is in CONVCOST_CHROMIUM")
    with api.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        browser.close()


class Opened:
    """A page from disk with the notes that were taken of it."""

    def __init__(self, page, path: Path) -> None:
        self.page, self.path = page, path
        self.requests: list[str] = []
        self.noises: list[str] = []
        page.on("request", lambda request: self.requests.append(request.url))
        page.on("console", lambda message: self.noises.append(f"{message.type}: {message.text}"))
        page.on("pageerror", lambda error: self.noises.append(f"error: {error}"))
        page.add_init_script(WATCH)

    def go(self, fragment: str = ""):
        self.page.goto(self.path.as_uri() + fragment)
        self.settle()
        return self

    def settle(self) -> None:
        self.page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")

    def turn(self, *moves):
        return self.page.evaluate(TURN, list(moves))

    def complaints(self) -> list[str]:
        """Everything that a page must not do: requests, noise on the console, violations of its policy."""
        own = self.path.as_uri()
        strange = [url for url in self.requests if url.split("#")[0] != own and not url.startswith("data:,")]
        return [*strange, *self.noises, *self.page.evaluate("window.violations")]

    def text(self, selector: str) -> str:
        return self.page.locator(selector).first.text_content() or ""

    def saved(self, dial: str) -> str:
        """The text of a field."""
        return self.page.input_value(dial)


def shown(number: int) -> str:
    """A number as the page writes it."""
    return f"{number:,}".replace("-", "−")


def data_of(text: str) -> dict:
    """What the page tells its script."""
    found = re.search(r'<script type="application/json" id="data">(.*?)</script>', text, re.DOTALL)
    assert found
    return json.loads(found.group(1))
