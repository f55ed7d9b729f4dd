"""LaTeX sheets: balanced, escaped, and set by the compilers that are installed."""

from __future__ import annotations

import re
import shutil
import subprocess

import pytest

from convcost.worksheets import worksheet

from .handmade import EXOTIC, HOSTILE, handmade, hostile

COMMANDS = re.compile(r"\\([a-zA-Z]+)")


def commands(text):
    return set(COMMANDS.findall(text.replace(r"\\", "")))


def balanced(text):
    text = re.sub(r"\\[{}\\]", "", text)
    depth = 0
    for brace in re.findall("[{}]", text):
        depth += 1 if brace == "{" else -1
        assert depth >= 0
    assert depth == 0
    opened = re.findall(r"\\(begin|end)\{(\w+)\}", text)
    stack = []
    for what, name in opened:
        assert what == "begin" or stack.pop() == name
        if what == "begin":
            stack.append(name)
    assert stack == []


@pytest.mark.parametrize("key", [False, True])
@pytest.mark.parametrize("paper", ["a4", "letter"])
def test_structure(key, paper):
    text = handmade().render("latex", key=key, paper=paper)
    balanced(text)
    assert text.startswith(f"\\documentclass[11pt,{'a4paper' if paper == 'a4' else 'letterpaper'}]{{article}}\n")
    assert text.count(r"\question{") == 6 and text.count(r"\begin{tabular}") == 2
    assert r"\begin{aligned}" in text or not key
    assert "Picture: a convolution" in text


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_is_text(text):
    made, calm = (hostile(one).render("latex", key=True) for one in (text, "calm"))
    balanced(made)
    known = {"textbackslash", "textasciitilde", "textasciicircum", "textless", "textgreater", "textbar", "hspace",
             "textasciigrave", "textquotedbl", "begin", "end", "quad", "left", "right"}  # fmt: skip
    assert commands(made) <= commands(calm) | known
    body = made.partition(r"\begin{document}")[2]
    assert "^^" not in body and not re.search(r"(?<!\\)[#%]", body.replace("{%\n", "").replace("}%\n", ""))
    assert re.sub(r"\\\$", "", body).count("$") == re.sub(r"\\\$", "", calm.partition(r"\begin{document}")[2]).count(
        "$"
    )


def test_the_checks_would_notice():
    """Control: raw text would be a command."""
    assert "input" in commands(HOSTILE[3])
    with pytest.raises(AssertionError):
        balanced("}{")


def set_by(compiler, text, folder):
    if not shutil.which(compiler):
        pytest.skip(f"{compiler} is not installed")
    (folder / "sheet.tex").write_text(text, encoding="utf-8")
    command = [compiler, "-no-shell-escape", "-interaction=nonstopmode", "-halt-on-error", "sheet.tex"]
    done = subprocess.run(command, cwd=folder, capture_output=True, timeout=120, check=False)  # noqa: S603
    return done.returncode, done.stdout.decode("utf-8", "replace")


@pytest.mark.parametrize("compiler", ["pdflatex", "xelatex"])
@pytest.mark.parametrize("key", [False, True])
def test_compiles(compiler, key, tmp_path):
    for sheet in (handmade(), worksheet(seed=3, count=6, level=3)):
        code, log = set_by(compiler, sheet.render("latex", key=key), tmp_path)
        assert code == 0, log[-2000:]
        assert "Overfull" not in log and "Missing character" not in log


@pytest.mark.parametrize("compiler", ["pdflatex", "xelatex"])
def test_hostile_text_compiles(compiler, tmp_path):
    """All of it in one document, which a single command of its own would end."""
    from convcost.messages import plain
    from convcost.worksheets.model import Code

    from .handmade import question

    asked = [(plain(text), Code(text)) for text in (*HOSTILE, *EXOTIC) if len(text) < 200]
    sheet = handmade("title", 1, [question([told for pair in asked for told in pair], handmade().questions[0].answer)])
    code, log = set_by(compiler, sheet.render("latex", key=True), tmp_path)
    assert code == 0, log[-2000:]
    # Control: one that is not escaped ends the run.
    code, _ = set_by(compiler, sheet.render("latex").replace(r"\section*", r"\nosuch"), tmp_path)
    assert code != 0


def test_chinese_compiles(tmp_path):
    code, log = set_by("xelatex", handmade("卷积网络练习").render("latex", lang="zh"), tmp_path)
    if "ctex.sty' not found" in log:
        pytest.skip("the package ctex is not installed")
    assert code == 0 and "Missing character" not in log
