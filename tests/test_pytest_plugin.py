"""``pytest --convcost``, run by pytest itself: wrong claims in documents fail, and unasked it does nothing."""

from __future__ import annotations

import json
import tomllib
from importlib.metadata import entry_points
from pathlib import Path

import pytest

import convcost.claims
import convcost.report.findings  # noqa: F401 (loaded once, else every run below would load it anew)

pytest_plugins = ["pytester"]

CHAPTER = """# Costs

5×5×3 = 75, and 28^2×192×16 + 5^2×28^2×16×32 = 12,433,648 in all; again 5×5×3 = 75.
The image of size 2828.

11×11 = 122 <!-- convcost: ok as in the book -->
"""
#: An installation made before the plugin was declared does not load it by itself.
DECLARED = any(entry.name == "convcost" for entry in entry_points(group="pytest11"))
#: Hypothesis would be loaded anew in every run.
PLUGIN = ("-p", "no:hypothesispytest", *(() if DECLARED else ("-p", "convcost.pytest_plugin")))


@pytest.fixture
def in_folder(pytester, monkeypatch):
    """A folder with a chapter, a test, and a file that is no document."""
    monkeypatch.setenv("COLUMNS", "200")
    docs = pytester.mkdir("docs")
    docs.joinpath("chapter.md").write_text(CHAPTER, encoding="utf-8")
    docs.joinpath("data.bin").write_bytes(b"6 = 7")
    docs.joinpath("right.txt").write_text("6×7 = 42", encoding="utf-8")
    pytester.makepyfile(test_own="def test_own(): pass")
    pytester.makeini("[pytest]")
    return pytester


def test_it_is_declared():
    project = Path(__file__).parents[1] / "pyproject.toml"
    declared = tomllib.loads(project.read_text(encoding="utf-8"))["project"]["entry-points"]["pytest11"]
    assert declared == {"convcost": "convcost.pytest_plugin"}


def test_claims_are_tests(in_folder):
    result = in_folder.runpytest(*PLUGIN, "--convcost", "docs", "-v")
    result.assert_outcomes(passed=3, failed=1, skipped=2)
    result.stdout.fnmatch_lines(
        [
            "docs/chapter.md::line 3: 5×5×3 = 75 PASSED *",
            "docs/chapter.md::line 3: 28^2×192×16 + 5^2×28 … 16×32 = 12,433,648 FAILED *",
            "docs/chapter.md::line 3: 5×5×3 = 75 (2) PASSED *",
            "docs/chapter.md::line 4: 2828 SKIPPED (2828 may be 28×28 with its times signs lost*",
            "docs/chapter.md::line 6: 11×11 = 122 SKIPPED (accepted by the author: as in the book*",
            "docs/right.txt::line 1: 6×7 = 42 PASSED *",
            "printed 12,433,648, computed 12,443,648 (misprint)",
            "docs/chapter.md:3: 28^2×192×16 + 5^2×28^2×16×32 = 12,433,648",
            "*ten-thousands digit is printed 3 where 4 is right*",
            "mended: * = 12,443,648",
            "FAILED docs/chapter.md::line 3: * - Failed: printed 12,433,648, computed 12,443,648 (misprint)",
        ]
    )
    assert "Traceback" not in result.stdout.str()
    assert result.ret == pytest.ExitCode.TESTS_FAILED


def test_mended_it_passes(in_folder):
    """Control: the failure above is the misprint's."""
    chapter = in_folder.path / "docs" / "chapter.md"
    chapter.write_text(CHAPTER.replace("12,433,648", "12,443,648"), encoding="utf-8")
    result = in_folder.runpytest(*PLUGIN, "--convcost", "docs")
    result.assert_outcomes(passed=4, skipped=2)


def test_tests_and_documents_go_together(in_folder):
    in_folder.runpytest(*PLUGIN, "--convcost").assert_outcomes(passed=4, failed=1, skipped=2)


def test_unasked_it_collects_nothing(in_folder):
    in_folder.runpytest(*PLUGIN).assert_outcomes(passed=1)
    result = in_folder.runpytest(*PLUGIN, "docs")
    assert result.ret == pytest.ExitCode.NO_TESTS_COLLECTED


LOADED = """
import sys
def test_loaded(): assert not {"lark", "sympy", "numpy", "click", "markdown_it", "convcost.claims"} & set(sys.modules)
"""


@pytest.fixture
def alone(pytester, monkeypatch):
    """pytest with this plugin only: what others load is their business."""
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    pytester.makepyfile(test_loaded=LOADED)
    pytester.makefile(".md", a="6×7 = 42")
    return lambda *args: pytester.runpytest_subprocess("-p", "convcost.pytest_plugin", *args)


def test_unasked_it_loads_nothing(alone):
    alone().assert_outcomes(passed=1)


def test_the_probe_would_notice(alone):
    """Control: asked for, it does load the reader of claims."""
    alone("--convcost", "a.md", "test_loaded.py").assert_outcomes(passed=1, failed=1)


@pytest.mark.parametrize(
    ("expression", "outcomes"),
    [
        ("wrong", {"failed": 1}),
        ("misprint", {"failed": 1}),
        ("equation and holds", {"passed": 3}),
        ("2828", {"skipped": 1}),
        ("not wrong", {"passed": 3, "skipped": 2}),
        ("right.txt", {"passed": 1}),
    ],
)
def test_keywords(in_folder, expression, outcomes):
    result = in_folder.runpytest(*PLUGIN, "--convcost", "docs", "-k", expression)
    found = result.parseoutcomes()
    found.pop("deselected", None)
    assert found == outcomes


def test_collected_only(in_folder):
    result = in_folder.runpytest(*PLUGIN, "--convcost", "docs", "--collect-only", "-q")
    result.stdout.fnmatch_lines(["docs/chapter.md::line 4: 2828", "*6 tests collected*"])
    result = in_folder.runpytest(*PLUGIN, "--convcost", "docs", "--collect-only")
    result.stdout.fnmatch_lines(["*<DocumentFile chapter.md>", "*<ClaimItem line 4: 2828>"])


def test_one_claim_by_its_name(in_folder):
    result = in_folder.runpytest(*PLUGIN, "--convcost", "docs/chapter.md::line 3: 5×5×3 = 75 (2)")
    result.assert_outcomes(passed=1)
    in_folder.runpytest(*PLUGIN, "--convcost", "docs")
    in_folder.runpytest(*PLUGIN, "--convcost", "docs", "--last-failed").assert_outcomes(failed=1)


def test_names_part_nothing(pytester):
    pytester.makefile(".md", a="Text a::b says 6×7 = 42, and (6::1) 7×7 = 49, [x] 2×3 = 6.\n")
    result = pytester.runpytest(*PLUGIN, "--convcost", "a.md", "--collect-only", "-q")
    names = [line for line in result.outlines if line.startswith("a.md::")]
    assert names
    for name in names:
        assert name.count("::") == 1
        pytester.runpytest(*PLUGIN, "--convcost", name).assert_outcomes(passed=1)


def test_on_several_processes(in_folder):
    pytest.importorskip("xdist", reason="distributes tests: install convcost[core-test]")
    result = in_folder.runpytest(*PLUGIN, "--convcost", "docs", "-n", "2")
    result.assert_outcomes(passed=3, failed=1, skipped=2)
    result.stdout.fnmatch_lines(["*printed 12,433,648, computed 12,443,648 (misprint)"])


def test_in_junit(in_folder):
    in_folder.runpytest(*PLUGIN, "--convcost", "docs", "--junitxml", "out.xml")
    written = in_folder.path.joinpath("out.xml").read_text(encoding="utf-8")
    assert 'failures="1"' in written and "12,443,648" in written


def test_the_language_is_the_users(in_folder, monkeypatch):
    monkeypatch.setenv("LANGUAGE", "zh")
    in_folder.runpytest(*PLUGIN, "--convcost", "docs").stdout.fnmatch_lines(["*万位上的数字印成了 3，应为 4*"])


# -- what is collected -------------------------------------------------------------------------------------------


def test_kinds(in_folder):
    in_folder.makeini("[pytest]\nconvcost_kinds = text latex")
    in_folder.runpytest(*PLUGIN, "--convcost", "docs").assert_outcomes(passed=1)


def test_a_named_file_is_a_document_whatever_its_suffix(in_folder):
    in_folder.path.joinpath("docs", "data.log").write_text("6×7 = 84", encoding="utf-8")
    in_folder.runpytest(*PLUGIN, "--convcost", "docs/data.log").assert_outcomes(failed=1)
    in_folder.runpytest(*PLUGIN, "--convcost", "test_own.py").assert_outcomes(passed=1)


def test_the_network_of_the_tables(in_folder):
    in_folder.makeini("[pytest]\nconvcost_network = no_such_network")
    result = in_folder.runpytest(*PLUGIN, "--convcost", "docs")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["*convcost_network: there is no network*"])
    in_folder.makeini("[pytest]\nconvcost_network = squeezenet1_1")
    in_folder.runpytest(*PLUGIN, "--convcost", "docs").assert_outcomes(passed=3, failed=1, skipped=2)


def test_what_cannot_be_read(pytester):
    docs = pytester.mkdir("docs")
    docs.joinpath("a.md").write_bytes(b"\xff\x00\x01\x02" * 50)
    docs.joinpath("b.md").write_text("6×7 = 42", encoding="utf-8")
    pytester.runpytest(*PLUGIN, "--convcost", "docs").assert_outcomes(passed=1, skipped=1)
    result = pytester.runpytest(*PLUGIN, "--convcost", "docs/a.md")
    result.assert_outcomes(errors=1)
    assert "Traceback" not in result.stdout.str()


def test_cells_of_a_notebook(pytester):
    cells = [{"cell_type": "markdown", "metadata": {}, "source": ["first\n", "6×7 = 84"]}]
    notebook = {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    pytester.path.joinpath("a.ipynb").write_text(json.dumps(notebook), encoding="utf-8")
    result = pytester.runpytest(*PLUGIN, "--convcost", "a.ipynb", "-v")
    result.stdout.fnmatch_lines(["a.ipynb::cell 1, line 2: 6×7 = 84 FAILED *", "a.ipynb:1:2: 6×7 = 84"])
