"""Markdown sheets, read by markdown-it and by our own proof-reader."""

from __future__ import annotations

from dataclasses import replace

import pytest
from markdown_it import MarkdownIt

from convcost import verify
from convcost.worksheets import TOPICS, worksheet
from convcost.worksheets.render.markdown import beginning, escaped

from .handmade import HOSTILE, handmade, hostile

#: What a sheet is made of.
KINDS = {
    "heading_open", "paragraph_open", "inline", "blockquote_open", "ordered_list_open", "bullet_list_open",
    "list_item_open", "table_open", "thead_open", "tbody_open", "tr_open", "th_open", "td_open", "hr", "math_block",
    "text", "em_open", "strong_open", "math_inline", "code_inline", "image", "softbreak",
}  # fmt: skip


def tokens(text):
    dollars = pytest.importorskip("mdit_py_plugins.dollarmath", reason="reads formulas between dollar signs")
    reader = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
    # As editors have it: pictures may be part of the text.
    reader.validateLink = lambda address: address.startswith("data:image/")
    found = reader.use(dollars.dollarmath_plugin, allow_space=False).parse(text)
    return [inner for token in found for inner in (token, *(token.children or ()))]


def counted(found, kind):
    return sum(token.type == kind for token in found)


@pytest.mark.parametrize("key", [False, True])
def test_structure(key):
    found = tokens(handmade().render("markdown", key=key))
    assert counted(found, "heading_open") == 8
    assert counted(found, "table_open") == 2 and counted(found, "image") == 2
    assert counted(found, "td_open") == 16 and counted(found, "th_open") == 8
    assert counted(found, "math_block") == (8 if key else 2)
    opened = {token.type for token in found if not token.type.endswith("_close")}
    assert opened <= KINDS
    images = [token for token in found if token.type == "image"]
    assert all(image.attrs["src"].startswith("data:image/svg+xml;base64,") for image in images)


@pytest.mark.parametrize("key", [False, True])
@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_is_text(text, key):
    found = tokens(hostile(text).render("markdown", key=key))
    calm = tokens(hostile("calm").render("markdown", key=key))
    assert {token.type for token in found} - {"text_special"} <= {token.type for token in calm}
    for kind in ("heading_open", "table_open", "td_open", "th_open", "hr", "image", "list_item_open", "em_open",
                 "strong_open", "code_inline", "math_inline"):  # fmt: skip
        assert counted(found, kind) == counted(calm, kind), kind


def test_the_reader_would_notice():
    """Control: unescaped, the same texts are markup."""
    assert counted(tokens("<img src=x>"), "html_block") + counted(tokens("a <img src=x>"), "html_inline") == 2
    assert counted(tokens("# heading"), "heading_open") == counted(tokens("a $x$"), "math_inline") == 1


@pytest.mark.parametrize("text", HOSTILE)
def test_what_is_escaped_reads_as_itself(text):
    (paragraph,) = (token for token in tokens(beginning(escaped(text).strip())) if token.type == "inline")
    read = "".join(token.content for token in paragraph.children)
    unseen = "\x00\x07\x1b\u202e\u2066"
    assert read == " ".join("".join(" " if c == "\u2028" else c for c in text if c not in unseen).split()).strip()


@pytest.mark.parametrize("level", [1, 2, 3])
def test_the_key_passes_our_own_proof_reader(level):
    key = worksheet(["output-shape", "params", "macs"], seed=level, count=9, level=level, variants=2).render(
        "markdown", key=True
    )
    assert {claim.verdict for claim in verify(key)} <= {"holds", "holds-rounded"}
    assert len(verify(key)) >= 18
    # Control: a digit changed in a result.
    (result, *_) = (line for line in key.splitlines() if line.strip().startswith("&= ") and "times" not in line)
    digits = result.replace("=", "").replace("&", "").strip()
    slipped = digits[:-1] + str((int(digits[-1]) + 1) % 10)
    assert {claim.verdict for claim in verify(key.replace(digits, slipped))} != {"holds"}


#: One topic asks for a line that is wrong, and one has tables with numbered holes.
HONEST = [name for name in TOPICS if name not in ("misprint", "summary-table")]


@pytest.mark.parametrize("fmt", ["markdown", "html"])
@pytest.mark.parametrize("level", [1, 2, 3])
def test_no_topic_says_anything_wrong(fmt, level):
    """What it tells of wrong answers is left out: these are wrong."""
    sheet = worksheet(HONEST, seed="proof", count=len(HONEST), level=level)
    honest = [replace(question, distractors=()) for question in sheet.questions]
    claims = []
    for half in (honest[:6], honest[6:]):
        claims += verify(replace(sheet, variants=(tuple(half),)).render(fmt, key=True), kind=fmt)
    assert {claim.verdict for claim in claims} <= {"holds", "holds-rounded"} and len(claims) > 30


def test_a_line_that_is_wrong_is_found():
    """Control: where a question asks for a wrong line, the proof-reader finds it too."""
    key = worksheet("misprint", seed="proof", count=4).render("markdown", key=True)
    assert "wrong" in {claim.verdict for claim in verify(key)}
