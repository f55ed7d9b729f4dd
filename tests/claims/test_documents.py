"""Readers of documents: every character at its place, nothing swallowed, markup out of the way, any text soon."""

from __future__ import annotations

import json
import re
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from convcost import SpecError
from convcost.claims.documents import Fence, Table, read

FORMATS = ("markdown", "text", "latex", "html")


def shown(text, kind="markdown"):
    """The blocks in brief: kind and text, rows of a table, lines of a fence."""
    brief = []
    for block in read(text, "a", kind).blocks:
        if isinstance(block, Table):
            brief.append(("table", block.heads, [[cell.text for cell in row] for row in block.rows]))
        elif isinstance(block, Fence):
            brief.append((block.language, list(block.lines)))
        else:
            brief.append((block.kind, " ".join(block.text.split())))
    return brief


# -- positions ---------------------------------------------------------------------------------------------------


def misplaced(document):
    """Characters that are not those at their place in the source; blanks stand for markup."""
    source = {(line.cell, line.number): line.text for line in document.lines}
    for passage in document.passages():
        for offset, character in enumerate(passage.text):
            if character.isspace():
                continue
            line, column = passage.place(offset)
            if source[passage.cell, line][column : column + 1] != character:
                yield passage.text, offset, character, (line, column)


#: Everything that a format gives a meaning, but what is read as another character: entities, powers, units.
PIECES = {
    "markdown": "# ## > - * + 1. 2) 1986. | |-|-| ``` ~~~ ```python ```math $$ \\[ \\] $ ** * _ __ ` [a](b) [a][b] "
    "[b]: ![c](d) <b> <td> <table> </table> <div> <!-- --> --- === = --- *** \\| \\* \\ <br> [^1] [^1]: http://a.b/3",
    "text": "- * | +---+ ==== ---- a  3 \\t3 = + 1. # http://a.b/3 ┃ def if: ; <!-- convcost: ok --> # convcost: ok",
    "latex": "\\begin{align} \\end{align} \\\\ & $ $$ \\[ \\] { } % \\% \\section{ \\item \\begin{tabular}{ll} "
    "\\end{tabular} \\hline \\verb| | \\cite{a} \\label{b} \\textbf{ \\begin{verbatim} \\end{verbatim} \\caption{ ~ -- "
    "\\begin{document} \\multicolumn{2}{c}{ \\iffalse \\fi \\par \\begin{itemize} \\end{itemize} {,} \\,",
    "html": "<p> </p> <div> <table> </table> <tr> <td> <td-colspan=2> <th> </td> <ul> <li> </ul> <pre> </pre> <br> <b "
    "</b> <!-- --> <math> </math> <mn> <msqrt> <script> </script> <style> <span-class=katex-html> </span> <a "
    "href=\" ' > < $$ \\[ \\] <svg> </svg> <h1> </h1>",
}
words = st.sampled_from("48 × 12 = 576 words 卷积 １２ 3^2 34,560 · 😀 é \x00 \ud800 \x0c \x85 \u2028 （ ）".split(" "))
gaps = st.sampled_from([" ", " ", "  ", "    ", "\t", "\n", "\n", "\n\n", "\r\n", "\r", ""])


def documents(kind):
    pieces = st.sampled_from([piece.replace("-c", " c") for piece in PIECES[kind].split(" ")])
    return st.lists(st.tuples(st.one_of(words, pieces), gaps).map("".join), max_size=40).map("".join)


@pytest.mark.parametrize("kind", FORMATS)
@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_characters_stand_where_their_passage_says(kind, data):
    document = read(data.draw(documents(kind)), "a", kind)
    assert next(misplaced(document), None) is None


def test_the_place_test_would_notice():
    """Control: a reader that is one column off."""
    document = read("> 48 × 12\n", "a")
    (passage,) = document.passages()
    moved = type(passage)(passage.text, ((0, 1, 3),), passage.kind)
    assert next(misplaced(type(document)(document.source, document.lines, (moved,))), None) is not None


@settings(max_examples=50, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(("markdown", "code", "raw")), documents("markdown")), max_size=5))
def test_characters_of_notebooks_too(cells):
    notebook = {"cells": [{"cell_type": kind, "source": text, "outputs": [{"text": text}]} for kind, text in cells]}
    document = read(json.dumps(notebook), "a", "notebook")
    assert next(misplaced(document), None) is None
    assert len({(line.cell, line.number) for line in document.lines}) == len(document.lines)


# -- nothing is swallowed ----------------------------------------------------------------------------------------

BLOCKS = {
    "markdown": [
        "{} words", "# {}", "{}\n====", "{}\n---", "- {}\n- {}", "1. {}\n\n   {}", "> {}\n{}", "> > - {}", "    {}",
        "```\n{}\n```", "| {} | {} |\n|--|--|\n| {} | {} | {} |\n| {} |", "| {} |\n| {} |", "$$\n{} \\\\\n{}\n$$",
        "\\[\n{}\n\\]", "text {}\n\\begin{{align}}\n{} &= {} \\\\\n{}\n\\end{{align}}", "<div>{}\n{}</div>",
        "<table><tr><td>{}</td>\n\n<td>{}</td></tr></table>", "= {}\n= {}", "{}\n=\n{}", "---", "***", "{}. {}",
        "[^{}]: {}".replace("[^{}]", "[^1]"), "**{}** `{}` [{}](x)", "{}\n+ {}\n+ {}\n= {}", "{}  \n{}\\\n{}", "$${}",
        "<p>{}", "</table>", "* {}\n\n      {}", "-\t{}", ">     {}", "[x]: {}",
    ],
    "text": [
        "{} words\n{}", "- {}\n  {}", "    {}\n    {}", "| {} | {} |\n|--|--|\n| {} | {} |", "+---+\n| {} |\n+---+",
        "{}  {}\n{}  {}", "{}\n=====", "name  {}\n----  ----\nb  {}", "{}\n= {}\n+ {}", "-----\n{}\n=====\n{}\n-----",
        "\t{}\t{}", "def f():\n    return {}", "* {}", "a {} and this line is filled to some width or other {}\nand {}",
    ],
    "latex": [
        "{} words", "\\section{{{}}} {}", "\\begin{{itemize}}\\item {}\n\\item {}\\end{{itemize}}",
        "\\[ {} \\\\ {} \\]",
        "\\begin{{align}} {} &= {} \\\\ {} \\end{{align}}",
        "\\begin{{tabular}}{{ll}} {} & {} \\\\ {} & {} \\end{{tabular}}",
        "${}$ and $${}$$", "\\begin{{verbatim}}\n{}\n\\end{{verbatim}}", "\\verb|{}|", "\\caption{{{}}}", "{} \\\\ {}",
        "\\textbf{{{}}} \\emph{{\\textit{{{}}}}}", "{}\\footnote{{{}}}", "\\begin{{theorem}} {}",
        "\\num{{{}}}", "{{\\bf {}}}",
    ],
    "html": [
        "<p>{}", "<p>{}<br>{}</p>",
        "<ul><li>{}<li>{}</ul>", "<table><tr><th>{}</th></tr><tr><td>{}</td></tr></table>",
        "<h2>{}</h2>{}", "<pre>{}\n{}</pre>", "<div><div>{}</div>{}</div>", "{} <b>{}</b> <code>{}</code>",
        "\\[ {} \\]",
        "<table><tr><td>{}<table><tr><td>{}</table>{}<td>{}</table>", "<math><mn>{}</mn></math>", "a < {} and {} > b",
        "</table>{}</td>", "<dl><dt>{}<dd>{}</dl>", "<td>{}",
    ],
}  # fmt: skip


def filled(block, numbers):
    return (
        re.sub(r"\{\}", lambda _: next(numbers), block.replace("{{", "\0").replace("}}", "\1"))
        .replace("\0", "{")
        .replace("\1", "}")
    )


@pytest.mark.parametrize("kind", FORMATS)
@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_every_number_is_in_one_passage(kind, data):
    blocks = data.draw(st.lists(st.sampled_from(BLOCKS[kind]), max_size=8))
    numbers = (str(n) for n in range(61001, 69000))
    text = "\n\n".join(filled(block, numbers) for block in blocks)
    document = read(text, "a", kind)
    found = [number for passage in document.passages() for number in re.findall(r"6\d{4}", passage.text)]
    assert Counter(found) == Counter(re.findall(r"6\d{4}", text))


@pytest.mark.parametrize("kind", FORMATS)
def test_the_swallowing_test_would_notice(kind):
    """Control: what a comment holds is not read."""
    text = {"markdown": "<!-- 61001 -->", "html": "<!-- 61001 -->", "latex": "% 61001", "text": "http://61001"}[kind]
    assert not [number for passage in read(text, "a", kind).passages() for number in re.findall("61001", passage.text)]


# -- what each format is made of ---------------------------------------------------------------------------------

MARKDOWN = [
    ("# Head 3 #\ntext", [("heading", "Head 3"), ("prose", "text")]),
    ("Head\n====", [("heading", "Head")]),
    ("48 × 12 = 576\n---", [("prose", "48 × 12 = 576")]),
    ("= 48 * 12\n= 576", [("prose", "= 48 * 12 = 576")]),
    ("48 * 12\n=\n576", [("prose", "48 * 12 = 576")]),
    ("48×12\n+ 9×12×80\n= 9,216", [("prose", "48×12 + 9×12×80 = 9,216")]),
    ("48\n* 12\n= 576", [("prose", "48 * 12 = 576")]),
    ("- 3\n- 4", [("item", "3"), ("item", "4")]),
    ("+ 3\n+ 4", [("item", "3"), ("item", "4")]),
    ("costs 9\n* 3 a\n* 4 b", [("prose", "costs 9"), ("item", "3 a"), ("item", "4 b")]),
    ("9216. So it is", [("prose", "9216. So it is")]),
    ("---\ntitle: 3\n---\n4", [("prose", "4")]),
    ("---\n3 × 3 = 10\n---\n4", [("prose", "3 × 3 = 10"), ("prose", "4")]),
    ("| a | b |\n|--|--|\n| 1 \\| 2 | 3 | 4 |\n| 5 |", [("table", 1, [["a", "b"], ["1  | 2", "3", "4"], ["5"]])]),
    ("> | a |\n> |---|\n> | 1 |", [("table", 1, [["a"], ["1"]])]),
    ("- | a |\n  |---|\n  | 1 |", [("table", 1, [["a"], ["1"]])]),
    ("a | b\n--|--\n1 | 2", [("table", 1, [["a", "b"], ["1", "2"]])]),
    ("| a | b |\n| 1 | 2 |", [("table", 1, [["a", "b"], ["1", "2"]])]),
    ("<table>\n<tr><td>a</td>\n\n<td>1</td></tr>\n</table>", [("table", 0, [["a", "1"]])]),
    ("<div>\n<table>\n\n<tr><td>1</table>\n</div>\n\n2", [("table", 0, [["1"]]), ("prose", "2")]),
    ("$$\na = 3 \\\\\n- 2 \\\\\nb = 4\n$$", [("math", "$$ a = 3 \\\\ - 2"), ("math", "b = 4 $$")]),
    (
        "so\n\\begin{align}\na &= 3\\label{x}\n\\end{align}\nand",
        [("prose", "so"), ("math", "a &= 3"), ("prose", "and")],
    ),
    ("$$ unclosed 3\n\n4", [("prose", "$$ unclosed 3"), ("prose", "4")]),
    ("```python\nx = 3\n```", [("code", "x = 3")]),
    ("```math\na = 3\n```", [("math", "a = 3")]),
    ("```convcost\nmacs(a) = 3\n```", [("convcost", [(2, "macs(a) = 3")])]),
    ("**3×3** = *9*, __a__ `7` 2**3*4", [("prose", "3×3 = 9 , a 7 2**3*4")]),
    ("[3×3 = 9](http://a.b/c_3=4) and https://x.y/3=4", [("prose", "[3×3 = 9] and")]),
    ("[9][b] and [3](4) = 12[^1]\n\n[b]: http://c.d", [("prose", "[9] and [3](4) = 12")]),
    ("[^1]: 9=3×3", [("prose", "9=3×3")]),
    ("7<sup>2</sup> &times; 3 &#61; 147 <b>so</b>", [("prose", "7^2 × 3 = 147 so")]),
    ("9<sup>[1]</sup> 9<sup><a href=x>1</a></sup> C<sub>1</sub> ~~8~~ ==9==", [("prose", "9 9 C _1 9")]),
    ("a<br>b <br/> c", [("prose", "a b c")]),
    ("9 <!-- 3\n4 --> 5", [("prose", "9 5")]),
    ("hard\\\nbreak  \nthree", [("prose", "hard break three")]),
    (">" * 70 + " deep 3", [("prose", ">" * 70 + " deep 3")]),
]
TEXT = [
    ("one 3\ntwo 4", [("prose", "one 3"), ("prose", "two 4")]),
    ("48 * 12\n= 576", [("prose", "48 * 12 = 576")]),
    ("48 * 12 =\n576", [("prose", "48 * 12 = 576")]),
    (
        "a paragraph that somebody has filled to some\nwidth, so that it reads 3",
        [("prose", "a paragraph that somebody has filled to some width, so that it reads 3")],
    ),
    ("- 3 a\n  more\n- 4", [("item", "- 3 a more"), ("item", "- 4")]),
    ("layer  n\nconv1  3\nconv2  4", [("table", 1, [["layer", "n"], ["conv1", "3"], ["conv2", "4"]])]),
    ("a\t3\nb\t4", [("table", 0, [["a", "3"], ["b", "4"]])]),
    ("| a | 3 |\n| b | 4 |\nafter", [("table", 0, [["a", "3"], ["b", "4"]]), ("prose", "after")]),
    ("+---+\n| a |\n+===+\n| 3 |\n+---+", [("table", 1, [["a"], ["3"]])]),
    ("a  n\n-  --\nb  3", [("table", 1, [["a", "n"], ["b", "3"]])]),
    ("-----\n a  n\n=====\n b  3\n-----", [("code", "----- a n ===== b 3 -----")]),
    ("Head 3\n======", [("heading", "Head 3")]),
    ("Head 3\n------\nso 4\nand 5", [("heading", "Head 3"), ("prose", "so 4"), ("prose", "and 5")]),
    ("  48\n+ 12\n----\n  60", [("code", "48 + 12 ---- 60")]),
    ("# 3×3\n#  = 9", [("prose", "3×3 = 9")]),
    ("see http://a.b/3=4 at 5", [("prose", "see at 5")]),
]
LATEX = [
    ("3 % 4\n5 \\% 6", [("prose", "3 5 % 6")]),
    ("a\\documentclass[3]{b}\\begin{document}4\\end{document}5", [("prose", "4")]),
    ("\\section{On {3} maps}\\label{s:4}\ntext", [("heading", "On 3 maps"), ("prose", "text")]),
    ("\\begin{itemize}\n\\item[3)] a\n\\item b\n\\end{itemize}", [("item", "a"), ("item", "b")]),
    ("see \\cite[p.~3]{he2016}, \\ref{t:4}, Table~5", [("prose", "see , , Table 5")]),
    ("\\SI{3.8}{\\giga\\flop}, \\num{12443648}, \\qty{5}{\\mega\\byte}", [("prose", "3.8 GFLOP , 12443648 , 5 MB")]),
    ("7\\textsuperscript{2} = \\textbf{49}, 34{,}560, 34\\,560", [("prose", "7^2 = 49 , 34{,}560, 34\\,560")]),
    (
        "\\begin{align*} a &= 3 \\\\ &= 4 \\tag{5}\\\\[2mm] b &= 6 \\end{align*}",
        [("math", "a &= 3 \\\\ &= 4"), ("math", "b &= 6")],
    ),
    (
        "\\begin{tabular*}{3cm}{*{3}r}\\hline a & \\multicolumn{2}{c}{b} \\\\\\hline c & 3 & $4$ \\\\\\end{tabular*}",
        [("table", 1, [["a", "b", "b"], ["c", "3", "$4$"]])],
    ),
    (
        "\\begin{tabular}{l}\\hline a \\\\\\hline 3 \\\\ 4 \\\\\\hline\\end{tabular}",
        [("table", 1, [["a"], ["3"], ["4"]])],
    ),
    ("\\begin{lstlisting}[language=C]\nx = 3 % 4\n\\end{lstlisting}", [("code", "x = 3 % 4")]),
    ("\\verb|3 % 4| 5", [("prose", "3 % 4 5")]),
    ("\\iffalse 3 \\fi 4 \\begin{comment}5\\end{comment}", [("prose", "4")]),
    ("\\usepackage[margin=3in]{geometry} \\vspace{4mm} \\href{http://5}{6}", [("prose", "6")]),
    ("$a = \\frac{9}{3}$ -- {\\bf 3}", [("prose", "$a = \\frac{9}{3}$ 3")]),
    ("$x$ 3 $ unclosed 4\n\n5 \\emph{6}", [("prose", "$x$ 3 $ unclosed 4"), ("prose", "5 6")]),
]
HTML = [
    ("<p>3&times;3 &#x3d; <b>9</b><p>4", [("prose", "3× 3 = 9"), ("prose", "4")]),
    ("7<sup>2</sup>, 9<sup><a href=#n>1</a></sup>, 9<sup>[1]</sup>, C<sub>1</sub>", [("prose", "7^2 , 9 , 9 , C _1")]),
    ("<ul><li>a 3<li>b 4</ul>c", [("item", "a 3"), ("item", "b 4"), ("prose", "c")]),
    ("<pre><code>x = 3\n  y</code></pre>", [("code", "x = 3 y")]),
    (
        "<table><caption>C</caption><tr><th>a<th colspan=2>b<tr><td rowspan=2>x<td>1<td>2<tr><td>3<td>4</table>",
        [("heading", "C"), ("table", 1, [["a", "b", "b"], ["x", "1", "2"], ["x", "3", "4"]])],
    ),
    ("<table><tr><td colspan=2>7<td>8</table>", [("table", 0, [["7", "", "8"]])]),
    ("<script>x = 3*3</script><style>3</style><svg><text>4</text></svg>5<!-- 6", [("prose", "5")]),
    ("<script type='math/tex'>3\\times 3</script>", [("prose", "3\\times 3")]),
    ("a \\[ 3 \\\\ b = 4 \\] c", [("prose", "a"), ("math", "\\[ 3"), ("math", "b = 4 \\]"), ("prose", "c")]),
    ("<math><msup><mn>7</mn><mn>2</mn></msup><mo>=</mo><mn>49</mn></math>", [("prose", "7 ^2 = 49")]),
    (
        "<math><mfrac><mn>9</mn><mrow><mn>1</mn><mo>+</mo><mn>2</mn></mrow></mfrac><annotation>9/3</annotation></math>",
        [("prose", "9 /( 1 + 2 )")],
    ),
    ("<math><msqrt><mn>4</mn></msqrt><mo>=</mo><mn>3</mn></math> 5", [("prose", "5")]),
    (
        "<span class=katex><math><mn>3</mn></math><span class='katex-html x'>3<span>3</span></span> 4</span>",
        [("prose", "3 4")],
    ),
    ("<a title=\"x > 3\" href='y'>4</a> if 5 <b then 6 < 7", [("prose", "4 if 5 <b then 6 < 7")]),
]


@pytest.mark.parametrize(
    ("kind", "text", "blocks"),
    [(kind, *case) for kind, cases in zip(FORMATS, (MARKDOWN, TEXT, LATEX, HTML), strict=True) for case in cases],
    ids=lambda value: value[:50] if isinstance(value, str) else "",
)
def test_blocks(kind, text, blocks):
    assert shown(text, kind) == blocks


def test_lines_end_at_universal_newlines():
    document = read("a\r\nb\rc\nd\x0ce\x85f\u2028g\x00h\r\n", "a")
    assert [line.text for line in document.lines] == ["a", "b", "c", "d\x0ce\x85f\u2028g\x00h"]
    (passage,) = document.passages()
    assert passage.place(passage.text.index("g")) == (4, 6)


# -- notebooks ---------------------------------------------------------------------------------------------------


def test_notebook():
    cells = [
        {"cell_type": "markdown", "source": ["# Head\n", "\n", "3×3 = 9"]},
        {"cell_type": "raw", "source": "raw 4"},
        {
            "cell_type": "code",
            "source": "a = 5\nb = 6",
            "outputs": [
                {"output_type": "stream", "text": ["seven 7\n"]},
                {"data": {"text/plain": "no", "text/html": "<table><tr><td>8</td></tr></table>"}},
            ],
        },
        {"cell_type": "code", "source": "%%markdown\n- nine 9"},
    ]
    document = read(json.dumps({"cells": cells}), "a.ipynb", "notebook")
    found = [(p.kind, p.text, p.cell, p.place(0)) for p in document.passages()]
    assert found == [
        ("heading", "Head", 1, (1, 2)), ("prose", "3×3 = 9", 1, (3, 0)), ("prose", "raw 4", 2, (1, 0)),
        ("code", "a = 5\nb = 6", 3, (1, 0)), ("prose", "seven 7", 3, (3, 0)), ("cell", "8", 3, (4, 15)),
        ("prose", "%%markdown", 4, (1, 0)), ("item", "nine 9", 4, (2, 2)),
    ][: len(found)]  # fmt: skip


def test_old_notebooks():
    sheets = {"worksheets": [{"cells": [{"cell_type": "code", "input": ["x = 3"], "outputs": [{"text": "4"}]}]}]}
    assert [p.text for p in read(json.dumps(sheets), "a", "notebook").passages()] == ["x = 3", "4"]


@pytest.mark.parametrize("text", ["", "{", "[]", "3", '{"cells": 3}', "{}", "[" * 100_000, '{"a": 1e'])
def test_no_notebooks(text):
    with pytest.raises(SpecError, match="no notebook"):
        read(text, "a.ipynb", "notebook")


@pytest.mark.parametrize(
    "cells", [[], [3], [{}], [{"source": [3]}], [{"cell_type": "code", "outputs": [3, {"data": 4}]}]]
)
def test_odd_notebooks(cells):
    assert list(read(json.dumps({"cells": cells}), "a", "notebook").passages()) == []


# -- marks -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "marks"),
    [
        ("3×3 = 8 <!-- convcost: ok as printed -->", {1: "as printed"}),
        ("<!-- convcost: ok\n  as printed\n-->\n\n3×3 = 8", {5: "as printed"}),
        ("% convcost: ok why\n$$\n3×3 = 8\n$$", {3: "why"}),
        ("x = 3*3 # convcost: OK", {1: ""}),
        ("a convcost: ok b", {}),
        ("<!-- convcost: okay -->", {}),
        ("<!-- convcost: ok", {1: ""}),
    ],
)
def test_marks(text, marks):
    assert read(text, "a").marks == {(None, line): why for line, why in marks.items()}


# -- any text, in short time -------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", [*FORMATS, "notebook"])
@settings(max_examples=60, deadline=None)
@given(text=st.text(alphabet="<>/ab=\"'&;#|-+*_`$\\[](){}!%~:. \t\n123×卷\x00\ud800", max_size=120))
def test_any_text_is_read(kind, text):
    try:
        document = read(text, "a", kind)
    except SpecError:
        assert kind == "notebook"
        return
    for passage in document.passages():
        assert passage.lines[0][0] == 0
        assert list(passage.sentences()) or not passage.text.strip()


HOSTILE = {
    "markdown": ["> ", ">", "- ", "  - a\n", "[", "](", "`a", "**a ", "_a *b", "<!--", "<a ", "<div>\n\n", "<table>\n",
                 "$$\n", "\\[ a\n", "| ", "|a|\n|-|\n", "[a]: b\n", "# ", "\t", "```\n", "1\n+ 1\n", "a\n---\n"],
    "text": ["| a\n", "- a\n", "a  b  3\n", "= 3\n", " ", "-" , "a 3\n\n", "http://", "卷 "],
    "latex": ["\\begin{align}", "\\begin{tabular}{l} a &", "{", "}", "$", "\\section{", "\\verb", "\\cite{",
              "\\SI{3}{",              "\\\\", "%", "\\item ", "\\[", "\\begin{a}["],
    "html": ["<a ", "<a =\"", "<div>", "<td>", "<table>", "<tr><td colspan=999 rowspan=999>", "<math><msup>",
             "<sup>", "&#",             "<!--", "<script>", "<span class=katex-html>", "</a>", "<p>1", "<li>"],
}  # fmt: skip


@pytest.mark.parametrize(("kind", "piece"), [(kind, piece) for kind, pieces in HOSTILE.items() for piece in pieces])
def test_hostile_markup_is_read(kind, piece):
    """How long that takes, and how it grows, is shown by `benchmarks/verify.py`."""
    document = read(piece * (20_000 // len(piece)), "a", kind)
    assert document.lines
