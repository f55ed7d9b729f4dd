"""Documents from files: which are found, how they are decoded, PDFs, and one clear error for every mistake."""

from __future__ import annotations

import io
import json
import os
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from convcost import SpecError, verify, verify_files
from convcost.claims.documents import Table, files, gather, read_path
from convcost.claims.documents.decoding import decode, is_binary

from .pdf_writer import pdf

RIGHT, WRONG = "6×7 = 42\n", "6×7 = 41\n"


def names(found):
    return [os.path.basename(each.source) for each in found]


# -- which files -------------------------------------------------------------------------------------------------


@pytest.fixture
def folder(tmp_path):
    for name in (
        "b.md",
        "a.txt",
        "sub/c.html",
        ".hidden/d.md",
        "node_modules/e.md",
        "sub/.f.md",
        "g.py",
        "h.png",
        "i.TEX",
    ):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(WRONG, encoding="utf-8")
    return tmp_path


def test_folders_are_walked_in_order_without_what_is_foreign(folder):
    assert names(gather([folder])) == ["a.txt", "b.md", "i.TEX", "c.html"]


def test_patterns_and_names(folder):
    assert names(gather([f"{folder}/**/*.md"])) == ["b.md", "e.md"]
    assert names(gather([folder / "g.py", folder / "b.md", folder, "-"])) == [
        "g.py",
        "b.md",
        "a.txt",
        "i.TEX",
        "c.html",
        "<stdin>",
    ]


def test_a_name_with_brackets_is_a_name_first(tmp_path):
    path = tmp_path / "a[1].md"
    path.write_text(WRONG, encoding="utf-8")
    assert names(gather([path])) == ["a[1].md"]


def test_a_circle_of_links_ends(tmp_path):
    (tmp_path / "a.md").write_text(RIGHT, encoding="utf-8")
    (tmp_path / "loop").symlink_to(tmp_path, target_is_directory=True)
    (tmp_path / "again.md").symlink_to(tmp_path / "a.md")
    (tmp_path / "gone.md").symlink_to(tmp_path / "nothing")
    assert names(gather([tmp_path])) == ["a.md"]


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("a.md", "md"),
        ("a.markdown", "md"),
        ("a.qmd", "md"),
        ("a.txt", "txt"),
        ("a", "md"),
        ("a.c", "txt"),
        ("A.MD", "md"),
    ],
)
def test_formats_by_suffix(tmp_path, name, kind):
    (tmp_path / name).write_text("# 6×7 = 41", encoding="utf-8")
    (passage,) = read_path(tmp_path / name).passages()
    assert passage.kind == {"md": "heading", "txt": "prose"}[kind]


@pytest.mark.parametrize(
    ("text", "kind"),
    [("<!DOCTYPE html><h1>3</h1>", "heading"), ("\\documentclass{a}\\begin{document}\\item 3", "item"),
     ('{"cells": [{"cell_type": "code", "source": "x = 3"}]}', "code"), ("- 3", "item")],
)  # fmt: skip
def test_standard_input_is_told_by_how_it_begins(monkeypatch, text, kind):
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(text.encode())))
    (passage,) = read_path("-").passages()
    assert passage.kind == kind


# -- bytes -------------------------------------------------------------------------------------------------------

CHINESE = "卷积的参数量为 3×3×48＝432 个，约为原来的四分之一。"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32", "gb18030"])
def test_encodings(tmp_path, encoding):
    (tmp_path / "a.txt").write_bytes(CHINESE.encode(encoding))
    (passage,) = read_path(tmp_path / "a.txt").passages()
    assert passage.text == CHINESE
    assert passage.place(0) == (1, 0)


@pytest.mark.parametrize("text", ["Le coût du réseau: 3×3 = 9, été à Genève où", "Größe über Maß", "naïve façade"])
def test_latin_letters_are_not_taken_for_chinese(text):
    with pytest.raises(SpecError, match="is not UTF-8"):
        decode(text.encode("latin-1"), "a.md")


@settings(deadline=None)
@given(st.text())
def test_utf_8_is_read_as_it_is(text):
    bytes_ = text.encode("utf-8", "surrogatepass")
    if not text.startswith("\ufeff") and text.isprintable():
        assert decode(bytes_, "a") == text


@pytest.mark.parametrize("data", [b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", b"PK\x03\x04\0\0", bytes(range(32)) * 9])
def test_binary_files_are_told(data):
    assert is_binary(data)


MISTAKES = {
    "missing": (lambda tmp: tmp / "gone.md", "there is no such file"),
    "no match": (lambda tmp: f"{tmp}/*.nothing", "there is no such file"),
    "an empty folder": (lambda tmp: tmp, "there are no documents in this folder"),
    "a picture": (lambda tmp: _write(tmp / "a.png", b"\x89PNG\r\n\0\0\0"), "this is no text"),
    "latin": (lambda tmp: _write(tmp / "a.md", "été à".encode("latin-1")), "is not UTF-8"),
    "half of utf-16": (lambda tmp: _write(tmp / "a.md", b"\xff\xfea"), "is not UTF-16"),
    "a broken notebook": (lambda tmp: _write(tmp / "a.ipynb", b'{"cells": ['), "its JSON is broken"),
    "a NUL in the name": (lambda tmp: "a\0b", "there is no such file"),
    "too long a name": (lambda tmp: "a" * 5000, "there is no such file"),
    "nothing": (lambda tmp: [], "there is nothing to verify"),
}


def _write(path, data):
    path.write_bytes(data)
    return path


@pytest.mark.parametrize(("make", "words"), MISTAKES.values(), ids=MISTAKES)
def test_mistakes_are_one_clear_line(tmp_path, make, words):
    with pytest.raises(SpecError, match=words) as caught:
        verify_files(make(tmp_path))
    assert "\n" not in str(caught.value)


def test_what_may_not_be_read(tmp_path):
    path = _write(tmp_path / "a.md", b"6")
    path.chmod(0)
    if os.access(path, os.R_OK):
        pytest.skip("the superuser may read everything")
    with pytest.raises(SpecError, match="it cannot be read"):
        verify_files(path)


def test_the_size_of_a_document_is_limited(tmp_path, monkeypatch):
    monkeypatch.setattr(files, "MAX_BYTES", 1 << 20)
    with pytest.raises(SpecError, match="at most 1 MB"):
        verify_files(_write(tmp_path / "a.md", b" " * ((1 << 20) + 1)))


def test_one_bad_document_in_a_folder_is_a_finding_and_the_others_are_read(tmp_path):
    _write(tmp_path / "a.md", "été à 3×3 = 8".encode("latin-1"))
    _write(tmp_path / "b.md", WRONG.encode())
    _write(tmp_path / "c.md", b"9**9**9**9 = 1\n\n6*7 = 42\n")
    report = verify_files(tmp_path)
    assert [(os.path.basename(f.source), f.verdict) for f in report] == [
        ("a.md", "unverifiable"), ("b.md", "wrong"), ("c.md", "unverifiable"), ("c.md", "holds"),
    ]  # fmt: skip
    assert "cannot be read" in report.findings[0].explanation


# -- verify ------------------------------------------------------------------------------------------------------


def test_findings_of_all_formats_know_their_place(tmp_path):
    texts = {
        "a.md": "text\n\n> so 6×7 = 41 it is",
        "b.txt": "text\n\n  so 6×7 = 41",
        "c.tex": "% no\n\\section{A}\nso $6\\times7 = 41$",
        "d.html": "<p>a\n<p>so\n<b>6&times;7</b> = 41",
        "e.ipynb": json.dumps({"cells": [{"cell_type": "code"}, {"cell_type": "markdown", "source": "a\n\n6×7 = 41"}]}),
    }  # fmt: skip
    for name, text in texts.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    found = {os.path.basename(f.source): f for f in verify_files(tmp_path) if f.verdict == "wrong"}
    assert {name: (f.cell, f.line, f.computed) for name, f in found.items()} == {
        "a.md": (None, 3, 42), "b.txt": (None, 3, 42), "c.tex": (None, 3, 42), "d.html": (None, 3, 42),
        "e.ipynb": (2, 3, 42),
    }  # fmt: skip
    for name, finding in found.items():
        spot = finding.printed_at
        if name != "e.ipynb":
            assert texts[name].split("\n")[spot.line - 1][spot.start : spot.end].strip(" $") == "41"


@pytest.mark.parametrize("kind", ["markdown", "text", "latex", "html"])
def test_a_text_of_a_kind(kind):
    (finding,) = verify("6*7 = 41", kind=kind)
    assert (finding.verdict, finding.computed) == ("wrong", 42)


def test_no_text_of_another_kind():
    for kind in ("pdf", "docx"):
        with pytest.raises(SpecError, match="a text is not read in this format"):
            verify("6×7 = 42", kind=kind)


# -- PDF ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def written(tmp_path):
    pytest.importorskip("pypdfium2", reason="PDFs are read with pypdfium2: install convcost[pdf]")

    def write(*pages):
        return _write(tmp_path / "a.pdf", pdf(*pages))

    return write


def test_raised_digits_of_a_pdf_are_powers(written):
    path = written(
        [(72, 700, 10, "so 5"), (89, 704, 7, "2"), (93, 700, 10, "*28"), (108, 704, 7, "2"), (114, 700, 10, "= 19600")]
    )
    (passage,) = read_path(path).passages()
    assert passage.text == "so 5^2*28^2 = 19600"
    assert [f.verdict for f in verify_files(path)] == ["holds"]


def test_a_raised_note_is_no_power(written):
    path = written([(72, 700, 10, "3*3*48*80 = 34,560"), (156, 704, 7, "2"), (161, 700, 10, "weights")])
    assert [f.verdict for f in verify_files(path)] == ["holds"]


def test_fractions_of_a_pdf(written):
    path = written([(72, 700, 10, "b ="), (92, 707, 10, "100"), (97, 693, 10, "8"), (110, 700, 10, "= 12.5")])
    assert [passage.text for passage in read_path(path).passages()] == ["b = 100/8 = 12.5"]


def test_lines_pages_and_tables_of_a_pdf(written):
    path = written(
        [(72, 700, 14, "Costs"), (72, 680, 10, "a paragraph that goes on"), (72, 668, 10, "in a second line"),
         (72, 640, 10, "layer"), (150, 640, 10, "n"), (72, 628, 10, "conv1"), (150, 628, 10, "432")],
        [(72, 700, 10, "6*7 = 41")],
    )  # fmt: skip
    document = read_path(path)
    heading, paragraph, table, last = document.blocks
    assert (heading.kind, heading.text, paragraph.text) == (
        "heading",
        "Costs",
        "a paragraph that goes on\nin a second line",
    )
    assert isinstance(table, Table) and [[cell.text for cell in row] for row in table.rows] == [
        ["layer", "n"],
        ["conv1", "432"],
    ]
    assert (last.cell, last.place(0)) == (2, (6, 0))
    (finding,) = verify_files(path)
    assert (finding.cell, finding.line, finding.verdict) == (2, 6, "wrong")


def test_a_pdf_without_text(written):
    with pytest.raises(SpecError, match="page 1 has no text layer"):
        verify_files(written([], []))


@pytest.mark.parametrize("data", [b"", b"%PDF-1.4", b"nothing", pdf([(72, 700, 10, "3")])[:200]])
def test_a_broken_pdf(tmp_path, data):
    pytest.importorskip("pypdfium2", reason="PDFs are read with pypdfium2: install convcost[pdf]")
    with pytest.raises(SpecError, match="this PDF cannot be read"):
        verify_files(_write(tmp_path / "a.pdf", data))


def test_a_pdf_without_its_reader(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "pypdfium2", None)
    with pytest.raises(SpecError, match=r"pip install 'convcost\[pdf\]'"):
        verify_files(_write(tmp_path / "a.pdf", b"%PDF"))
