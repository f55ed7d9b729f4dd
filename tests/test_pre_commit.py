"""The hooks of pre-commit: as they are declared they run, and a wrong document stops a commit."""

from __future__ import annotations

import shlex
from pathlib import Path

import pytest

from convcost.claims.documents.files import SUFFIXES
from convcost.cli import COMMANDS, cli, run

yaml = pytest.importorskip("yaml", reason="reads the hooks: install convcost[core-test]")
HOOKS = Path(__file__).parents[1] / ".pre-commit-hooks.yaml"
WRONG = "28^2×192×16 + 5^2×28^2×16×32 = 12,433,648\n"


@pytest.fixture(scope="module")
def hooks():
    if not HOOKS.exists():
        pytest.skip("the hooks stand beside the tests, not in the package")
    return {hook["id"]: hook for hook in yaml.safe_load(HOOKS.read_text(encoding="utf-8"))}


def _run(hook, *files):
    program, *words = [*shlex.split(hook["entry"]), *hook["args"]]
    assert program == "convcost"
    return run([*words, *map(str, files)])


def test_what_pre_commit_needs(hooks):
    assert set(hooks) == {"convcost-verify", "convcost-fix"}
    for hook in hooks.values():
        assert {"id", "name", "entry", "language", "types_or"} <= set(hook)
        assert hook["language"] == "python"
        command = shlex.split(hook["entry"])[1]
        assert command in COMMANDS and cli.get_command(None, command) is not None


def test_the_verifying_hook_fails_on_a_wrong_file_and_changes_nothing(hooks, tmp_path, capsys):
    wrong, right = tmp_path / "a.md", tmp_path / "b.txt"
    wrong.write_text(WRONG, encoding="utf-8")
    right.write_text("6×7 = 42", encoding="utf-8")
    assert _run(hooks["convcost-verify"], right, wrong) == 1
    assert "misprint" in capsys.readouterr().out
    assert wrong.read_text(encoding="utf-8") == WRONG
    assert _run(hooks["convcost-verify"], right) == 0


def test_the_fixing_hook_changes_the_file(hooks, tmp_path, capsys):
    wrong = tmp_path / "a.md"
    wrong.write_text(WRONG, encoding="utf-8")
    assert _run(hooks["convcost-fix"], wrong) == 0
    assert wrong.read_text(encoding="utf-8") == WRONG.replace("433", "443")
    capsys.readouterr()


def test_the_types_are_those_of_documents(hooks):
    identify = pytest.importorskip("identify.identify", reason="knows the types of pre-commit")
    for hook in hooks.values():
        assert set(hook["types_or"]) <= identify.ALL_TAGS
        for suffix in (".md", ".txt", ".tex", ".html", ".ipynb", ".rst", ".adoc"):
            assert suffix in SUFFIXES
            assert identify.tags_from_filename(f"a{suffix}") & set(hook["types_or"])
        assert not identify.tags_from_filename("a.py") & set(hook["types_or"])
