"""Misprints mended in the source, nothing else touched.

For texts the judge is the tests' own, which knows products of two numbers; files are judged by the real one.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from convcost.claims.cells import cells
from convcost.claims.documents import read
from convcost.claims.fix import difference, fixable, mend
from convcost.claims.model import Finding, Spot
from convcost.claims.proofread import proofread
from convcost.claims.rewriting import rewritings
from convcost.cli import run
from convcost.errors import SpecError

_PRODUCT = re.compile(r"(\d+)×(\d+) = (\d[\d,]*\d)")


def _finding(match, line, cell, **changes):
    printed, value = match[3], int(match[1]) * int(match[2])
    right = f"{value:,}" if "," in printed else str(value)
    wrong = int(printed.replace(",", "")) != value
    spot = Spot(line, match.start(3), match.end(3), cell)
    fields = {
        "source": "a", "line": line, "span": match.span(), "text": match[0], "kind": "equation", "printed": printed,
        "stated": int(printed.replace(",", "")), "computed": value, "verdict": "wrong" if wrong else "holds",
        "reason": "misprint" if wrong else None, "explanation": "", "cell": cell, "printed_at": spot,
        "right": right if wrong else None,
    }  # fmt: skip
    return Finding(**fields | changes)


def _lines(text, cell=None, **changes):
    for number, line in enumerate(re.split("\r\n|\r|\n", text), start=1):
        for match in _PRODUCT.finditer(line):
            yield _finding(match, number, cell, **changes)


def judge(text):
    return list(_lines(text))


def judge_notebook(text):
    for number, cell in enumerate(json.loads(text)["cells"], start=1):
        yield from _lines("".join(cell["source"]), number)


# -- texts -------------------------------------------------------------------------------------------------------

words = st.text(alphabet='ab×=, \t"\\/é重\U0001f600\u2028\x0c<>#|*`$', max_size=8)


@st.composite
def products(draw):
    """A product as it is printed, with one digit of its value changed or not, and as it should be printed."""
    a, b = draw(st.integers(11, 999)), draw(st.integers(11, 999))
    right = f"{a * b:,}" if draw(st.booleans()) else str(a * b)
    places = [n for n, character in enumerate(right) if character.isdigit()]
    n = draw(st.sampled_from(places))
    other = draw(st.sampled_from([digit for digit in "123456789" if digit != right[n]]))
    wrong = right[:n] + other + right[n + 1 :] if draw(st.booleans()) else right
    return f"{a}×{b} = {wrong}", f"{a}×{b} = {right}"


@st.composite
def documents(draw):
    """Lines of words and products, as they are and as they should be; no number touches another."""
    end = st.sampled_from(["\n", "\r\n", "\r"])
    pieces = draw(st.lists(st.tuples(words, products(), words, end), max_size=6))
    last = draw(st.tuples(words, products()))
    sides = []
    for side in (0, 1):
        text = "".join(f"{before} {product[side]} {behind}{stop}" for before, product, behind, stop in pieces)
        sides.append(text + (f"{last[0]} {last[1][side]}" if draw(st.booleans()) and not sides else ""))
    if not sides[0].endswith(tuple("\r\n")) and sides[0]:
        sides[1] += f"{last[0]} {last[1][1]}"
    return tuple(sides)


@given(documents())
@settings(deadline=None)
def test_only_misprints_change(document):
    wrong, right = document
    assert mend(wrong, judge).text == right
    assert mend(right, judge).text == right
    assert mend(right, judge).findings == ()


@given(documents(), st.sampled_from([None, 1, "\t"]), st.booleans(), st.booleans())
@settings(deadline=None)
def test_in_a_notebook_the_rest_of_the_json_stays(document, indent, ascii_only, in_lines):
    def notebook(text):
        source = re.findall("[^\n]*\n|[^\n]+", text) if in_lines else text
        other = {"cell_type": "code", "outputs": [{"text": ["11×11 = 122"]}], "source": []}
        data = {"metadata": {"source": "11×11 = 122"}, "cells": [other, {"source": source, "id": "11×11 = 122"}, other]}
        return json.dumps(data, indent=indent, ensure_ascii=ascii_only)

    wrong, right = document
    assert mend(notebook(wrong), judge_notebook, notebook=True).text == notebook(right)


def test_numbers_spelled_with_escapes():
    text = '{"cells": [ {"source": "\\u0036\\u00d77 = 4\\u0031\\/\\ud83d\\ude00, 11×11 = 12\\u0032"} ]}'
    mended = mend(text, lambda text: judge_notebook(text), notebook=True)
    assert mended.text == text.replace("12\\u0032", "121").replace("4\\u0031", "42")


def test_a_number_in_two_strings_is_left_alone():
    text = '{"cells": [{"source": ["11×11 = 1", "22"]}]}'
    assert mend(text, judge_notebook, notebook=True).text == text


def test_of_two_sources_the_last_counts():
    text = '{"cells": [{"source": "11×11 = 122", "source": ["11×12 = 133"]}]}'
    assert cells(text)[1][0] == "11×12 = 133"
    assert mend(text, judge_notebook, notebook=True).text == text.replace("133", "132")


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.text(max_size=9), lambda children: (
    st.lists(children, max_size=3) | st.dictionaries(st.sampled_from(["cells", "source", "id"]), children, max_size=3)
), max_leaves=20))  # fmt: skip
def test_cells_are_those_that_a_json_reader_finds(data):
    data = {"cells": [{"source": "first"}, data, {"source": ["a", "b\n"]}]}
    found = {number: source for number, (source, _) in cells(json.dumps(data)).items()}
    assert found[1] == "first" and found[3] == "ab\n"
    source = data["cells"][1].get("source") if isinstance(data["cells"][1], dict) else None
    if isinstance(source, str) or (isinstance(source, list) and source and all(isinstance(s, str) for s in source)):
        assert found[2] == "".join(source)


def _bare(text):
    """A text without what the numbers in it consist of."""
    return re.sub(r"[\d,._' ]", "", text)


@given(
    st.text(alphabet="0123456789+-*/^×=≈(){}[].,%_~| \\\n万MKG约", max_size=60) | documents().map(lambda pair: pair[0])
)
@settings(deadline=None, max_examples=200)
def test_whatever_is_found_only_digits_change(text):
    """The real judge, on any text: what is mended differs in digits only, and mending again changes nothing."""

    def real(text):
        return proofread(read(text))

    mended = mend(text, real)
    assert _bare(mended.text) == _bare(text)
    if len(mended.findings) < 5:
        assert mend(mended.text, real).findings == ()


CORPUS = sorted((Path(__file__).parent / "corpus").glob("*.toml"))
FORMATS = {"md": "markdown", "txt": "text", "tex": "latex", "html": "html", "ipynb": "notebook"}


@pytest.mark.parametrize("path", CORPUS, ids=lambda path: path.stem)
def test_numbers_stand_where_findings_say(path):
    """What makes mending possible: in every format the source has the printed number at the finding's place."""
    for snippet in tomllib.loads(path.read_text(encoding="utf-8"))["snippet"]:
        document = read(snippet["text"], snippet["id"], FORMATS[snippet.get("kind", "md")])
        lines = {(line.cell, line.number): line.text for line in document.lines}
        for finding in proofread(document):
            spot = finding.printed_at
            if spot is not None:
                assert lines[spot.cell, spot.line][spot.start : spot.end] == finding.printed


# -- what is not mended ------------------------------------------------------------------------------------------

TEXT = "11×11 = 122 and so on"


@pytest.mark.parametrize(
    "changes",
    [
        {"reason": "arithmetic"},
        {"reason": "factor-2"},
        {"verdict": "unverifiable"},
        {"verdict": "holds"},
        {"right": None},
        {"printed_at": None},
        {"right": "555"},  # no slip of one digit
        {"right": "121 M"},  # a unit is no digit
        {"printed": "127"},  # something else stands there now
        {"printed": ""},
        {"printed_at": Spot(1, 8, 12)},
        {"printed_at": Spot(2, 8, 11)},
        {"printed_at": Spot(0, 8, 11)},
        {"printed_at": Spot(1, 8, 11, 1)},
    ],
    ids=str,
)
def test_what_is_not_clear_is_left_alone(changes):
    assert mend(TEXT, judge).text == TEXT.replace("122", "121")  # control: unchanged, it is mended
    assert mend(TEXT, lambda text: _lines(text, **changes)) == mend(TEXT, lambda text: [])


def test_of_two_opinions_about_a_number_the_first_counts():
    (finding,) = judge(TEXT)
    other = Finding(**{name: getattr(finding, name) for name in finding.__dataclass_fields__} | {"right": "123"})
    assert fixable(other)
    assert mend(TEXT, lambda text: [finding, other] if text == TEXT else []).text == TEXT.replace("122", "121")


def test_what_comes_to_light_is_mended_too():
    def later(text):
        first, second = judge(text)
        return [first] if first.verdict == "wrong" else [second]

    mended = mend("11×11 = 122, 12×12 = 145", later)
    assert mended.text == "11×11 = 121, 12×12 = 144"
    assert [finding.printed for finding in mended.findings] == ["122", "145"]


def test_a_judge_that_is_never_content_comes_to_an_end():
    def contrary(text):
        (finding,) = _lines(text, verdict="wrong", reason="misprint")
        return [Finding(**finding.__dict__ | {"right": "122" if finding.printed == "121" else "121"})]

    assert len(mend(TEXT, contrary).findings) == 5


# -- the difference ----------------------------------------------------------------------------------------------


def test_the_difference_shows_lines_and_hides_nothing():
    shown = difference("one\r\ntwo\x1b[2K 11×11 = 122\r\nthree", "one\r\ntwo\x1b[2K 11×11 = 121\r\nthree", "a.md")
    assert shown.splitlines()[2:] == [
        "@@ -1,3 +1,3 @@",
        " one",
        "-two\\x1b[2K 11×11 = 122",
        "+two\\x1b[2K 11×11 = 121",
        " three",
    ]
    assert difference("a", "a", "a.md") == ""


# -- files -------------------------------------------------------------------------------------------------------

WRONG, RIGHT = "12,433,648", "12,443,648"
CHAPTER = (
    "第一章：1×1卷积的计算量\r\n\r\n28^2×192×16 + 5^2×28^2×16×32 = 12,433,648 次乘法。 \r\n"
    "And 6×7 = 84, 2^10 = 1024\r\nlast line"
)


def _written(tmp_path, data, name="ch 1.md"):
    path = tmp_path / name
    path.write_bytes(data)
    return path


@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "utf-16", "utf-16-be", "utf-32", "gb18030"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"], ids=["LF", "CRLF", "CR"])
@pytest.mark.parametrize("last", ["", "\n", "\n\n \n"], ids=["open", "closed", "blank"])
def test_every_other_byte_stays(tmp_path, codec, end, last, capsys):
    text = CHAPTER.replace("\r\n", end) + last.replace("\n", end)
    mark = "\ufeff" if codec == "utf-16-be" else ""
    path = _written(tmp_path, (mark + text).encode(codec))
    path.chmod(0o640)
    assert run(["verify", "--fix", "--yes", str(path)]) == 1  # twice the value is no misprint, and stays
    assert path.read_bytes() == (mark + text).replace(WRONG, RIGHT).encode(codec)
    assert path.stat().st_mode & 0o777 == 0o640
    assert [entry.name for entry in tmp_path.iterdir()] == [path.name]
    capsys.readouterr()


def test_after_mending_it_holds(tmp_path, capsys):
    path = _written(tmp_path, f"5^2×28^2×16×32 + 28^2×192×16 = {WRONG}\n".encode())
    assert run(["verify", str(path)]) == 1
    assert run(["verify", "--fix", "--yes", str(path)]) == 0
    out = capsys.readouterr().out
    assert f"-5^2×28^2×16×32 + 28^2×192×16 = {WRONG}\n+5^2×28^2×16×32 + 28^2×192×16 = {RIGHT}\n" in out
    assert run(["verify", str(path), "--fix", "--yes"]) == 0
    assert "no misprint to mend" in capsys.readouterr().out


def test_where_nobody_can_be_asked_nothing_changes(tmp_path, capsys):
    path = _written(tmp_path, CHAPTER.encode())
    assert run(["verify", "--fix", str(path)]) == 1
    assert path.read_bytes() == CHAPTER.encode()
    out = capsys.readouterr().out
    assert "+28^2×192×16 + 5^2×28^2×16×32 = 12,443,648" in out
    assert "left as it is" in out


@pytest.mark.parametrize(("answer", "changed"), [("y", True), ("n", False), ("", False)])
def test_somebody_at_a_terminal_is_asked(tmp_path, answer, changed):
    pty = pytest.importorskip("pty", reason="a terminal is needed")
    path = _written(tmp_path, CHAPTER.encode())
    ours, theirs = pty.openpty()
    os.write(ours, f"{answer}\n".encode())
    done = subprocess.run(  # noqa: S603
        [sys.executable, "-m", "convcost", "verify", "--fix", str(path)], stdin=theirs, capture_output=True, timeout=60,
        check=False,
    )  # fmt: skip
    os.close(ours)
    os.close(theirs)
    assert done.returncode == 1, done.stderr
    assert "Write this to" in done.stdout.decode()
    assert (path.read_bytes() != CHAPTER.encode()) == changed


def test_what_a_program_reads_stays_readable(tmp_path, capsys):
    path = _written(tmp_path, CHAPTER.encode())
    assert run(["verify", "--fix", "--yes", "--format", "json", str(path)]) == 1
    printed = capsys.readouterr()
    assert json.loads(printed.out)["summary"] == {"holds": 2, "holds-rounded": 0, "wrong": 1, "unverifiable": 0}
    assert WRONG in printed.err


def test_accepted_claims_stay(tmp_path, capsys):
    text = f"28^2×192×16 + 5^2×28^2×16×32 = {WRONG} <!-- convcost: ok as in the book -->"
    path = _written(tmp_path, text.encode())
    assert run(["verify", "--fix", "--yes", str(path)]) == 0
    assert path.read_text(encoding="utf-8") == text
    capsys.readouterr()


def test_a_link_stays_a_link(tmp_path, capsys):
    path = _written(tmp_path, CHAPTER.encode(), "real.md")
    link = tmp_path / "link.md"
    link.symlink_to("real.md")
    assert run(["verify", "--fix", "--yes", str(link)]) == 1
    assert link.is_symlink()
    assert path.read_bytes() == CHAPTER.replace(WRONG, RIGHT).encode()
    capsys.readouterr()


@pytest.mark.parametrize(
    ("args", "told"),
    [
        (["-"], "standard input cannot be mended"),
        (["a.pdf"], "a PDF cannot be mended"),
        (["--text", "6×7 = 43"], "--text cannot be mended"),
        (["a.md", "a.pdf"], "a PDF cannot be mended"),
        (["no.md"], "no such file"),
    ],
    ids=str,
)
def test_what_cannot_be_written_back_is_refused(tmp_path, monkeypatch, args, told, capsys):
    _written(tmp_path, CHAPTER.encode(), "a.md")
    _written(tmp_path, b"%PDF-1.4", "a.pdf")
    monkeypatch.chdir(tmp_path)
    assert run(["verify", "--fix", "--yes", *args]) == 2
    err = capsys.readouterr().err
    assert told in err and err.count("\n") == 1
    assert (tmp_path / "a.md").read_bytes() == CHAPTER.encode()


def test_yes_alone_means_nothing(tmp_path, capsys):
    assert run(["verify", "--yes", str(_written(tmp_path, b"6 = 6"))]) == 2
    assert "--fix" in capsys.readouterr().err


def test_a_file_that_changed_meanwhile_is_left_alone(tmp_path):
    path = _written(tmp_path, CHAPTER.encode())
    (rewriting,) = rewritings([path])
    path.write_bytes(b"something else")
    with pytest.raises(SpecError, match="changed meanwhile"):
        rewriting.write()
    assert path.read_bytes() == b"something else"


def test_a_file_that_cannot_be_written_stays_whole(tmp_path, monkeypatch):
    path = _written(tmp_path, CHAPTER.encode())
    (rewriting,) = rewritings([path])

    def full(*args):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", full)
    with pytest.raises(SpecError, match="No space left"):
        rewriting.write()
    assert path.read_bytes() == CHAPTER.encode()
    assert [entry.name for entry in tmp_path.iterdir()] == [path.name]


def test_a_folder_of_documents(tmp_path, capsys):
    for name in ("a.md", "b.tex", "c.txt"):
        _written(tmp_path, CHAPTER.encode(), name)
    _written(tmp_path, b"6 = 6", "d.md")
    found = list(rewritings([tmp_path]))
    assert [rewriting.path.name for rewriting in found] == ["a.md", "b.tex", "c.txt"]
    assert all(len(rewriting.mended.findings) == 1 for rewriting in found)


DISPLAY = r"""\begin{equation}
28^2\times192\times16 + 5^2\cdot28^2\cdot16\cdot32 = 12{,}433{,}648
\end{equation}"""
PAGE = "<p>28<sup>2</sup>&times;192&times;16 + 5<sup>2</sup>&times;28<sup>2</sup>&times;512 = <b>12,433,648</b></p>"


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.tex", DISPLAY),
        ("a.tex", r"so $28^2 \cdot 192 \cdot 16 + 5^2 \cdot 28^2 \cdot 16 \cdot 32 = 12\,433\,648$ of them"),
        ("a.html", PAGE),
        ("a.md", "> * 28^2×192×16 +\r\n>   5^2×28^2×16×32 = **12433648**"),
        ("a.md", "| layer | multiplications |\n|---|---|\n| both | 28^2×192×16 + 5^2×28^2×16×32 = 12,433,648 |\n"),
        ("a.txt", "２８^2×192×16 + 5^2×28^2×16×32 = 12\u00a0433\u00a0648"),
    ],
    ids=["equation", "inline", "html", "quoted", "table", "blanks"],
)
def test_in_every_format(tmp_path, name, text, capsys):
    path = _written(tmp_path, text.encode(), name)
    assert run(["verify", "--fix", "--yes", str(path)]) == 0, capsys.readouterr().out
    assert path.read_bytes().decode() == text.replace("433", "443")
    capsys.readouterr()


@pytest.mark.parametrize("how", [{}, {"indent": 1}, {"indent": 4, "ensure_ascii": False}], ids=str)
def test_a_notebook_on_disk(tmp_path, how, capsys):
    def notebook(number):
        source = ["# ×\n", "\n", f"28^2×192×16 + 5^2×28^2×16×32 = {number}\n", "\n", f'"{number}" are many']
        output = {"output_type": "stream", "name": "stdout", "text": ["6×7 = 43\n"]}
        cells = [
            {"cell_type": "code", "metadata": {}, "source": ["print(1)\n"], "outputs": [output], "execution_count": 1},
            {"cell_type": "markdown", "metadata": {"x": "12,433,648"}, "source": source},
        ]
        return json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}, **how) + "\n"

    path = _written(tmp_path, notebook(WRONG).encode(), "a.ipynb")
    assert run(["verify", "--fix", "--yes", str(path)]) == 1  # what was printed by a program is not mended
    expected = json.loads(notebook(WRONG))
    expected["cells"][1]["source"][2] = expected["cells"][1]["source"][2].replace(WRONG, RIGHT)
    assert path.read_text(encoding="utf-8") == json.dumps(expected, **how) + "\n"
    capsys.readouterr()
