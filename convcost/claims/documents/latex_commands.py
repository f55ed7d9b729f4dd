r"""Commands of LaTeX, blanked in place or written as what they stand for; formulas keep theirs, for the grammar.

>>> blanked(r"\textbf{432} weights~\cite{a3}, \SI{3.8}{G\flop}, $7^{2}$").rstrip()
'        432  weights          ,     3.8 GFLOP   , $7^{2}$'
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from . import tex
from .inline import blank

_OPTIONS = r"(?:\s?\[[^\[\]\n]{0,200}\]){0,2}"
_ARGUMENT = r"\s?\{[^{}]{0,400}\}"
#: Commands whose arguments are names, files, lengths and colours, by how many arguments are none to read.
_NO_TEXT = {
    1: r"[A-Za-z]{0,12}cite[A-Za-z]{0,12}|[A-Za-z]{0,8}ref\*?|label|tag\*?|usepackage|RequirePackage|documentclass|"
    r"input|include|includegraphics|includepdf|bibliography|bibliographystyle|addbibresource|vspace\*?|hspace\*?|url|"
    r"path|pagestyle|thispagestyle|hypersetup|sisetup|graphicspath|cline|color|rowcolor|cellcolor|columncolor|href|textcolor|"
    r"colorbox|raisebox|scalebox|newcolumntype|hyphenation|pagenumbering|captionsetup|lstset|usetikzlibrary|index|gls|"
    r"glspl|acrshort|intertext",
    2: r"setlength|addtolength|setcounter|addtocounter|rule|resizebox\*?|fontsize|fcolorbox|multirow|multicolumn|"
    r"newtheorem\*?|renewcommand\*?|newcommand\*?|providecommand\*?|DeclareMathOperator\*?|SetKwInOut|definecolor",
}
_BEGIN = re.compile(
    rf"\\(?:begin|end)\s?\{{[A-Za-z*]{{1,40}}\}}{_OPTIONS}"
    rf"|(?<=minipage\}})(?:{_OPTIONS}{_ARGUMENT})|(?<=figure\}})(?:{_OPTIONS}{_ARGUMENT}){{1,2}}|(?<=multicols\}}){_ARGUMENT}"
)
_RULES = re.compile(r"\\cmidrule(?:\([lr]{1,2}\))?\s?\{[\d-]{1,9}\}|\\(?:v|h)skip\s?-?[\d.]{1,9}\s?[a-z]{2}")
_BLANKED = [
    re.compile(rf"\\(?:{names})(?![A-Za-z]){_OPTIONS}(?:{_ARGUMENT}{_OPTIONS}){{0,{count}}}")
    for count, names in _NO_TEXT.items()
]
_NUM = re.compile(
    r"\\(?:num|SI|qty|numproduct|qtyproduct|tablenum)(?:\[[^\[\]\n]{0,80}\])?\{(?P<number>[^{}\n]{1,80})\}"
    r"(?:(?<=\})(?:\[[^\[\]\n]{0,20}\])?\{(?P<unit>[^{}\n]{0,80})\})?"
)
_UNITS = {
    "kilo": "k", "mega": "M", "giga": "G", "tera": "T", "kibi": "Ki", "mebi": "Mi", "gibi": "Gi", "byte": "B",
    "bit": "bit", "percent": "%", "flop": "FLOP", "flops": "FLOPs", "FLOP": "FLOP", "FLOPS": "FLOPS", "per": "/",
    "second": "s", "mac": "MAC", "MAC": "MAC",
}  # fmt: skip
_RAISED = re.compile(r"\\textsuperscript\{([\w+\-]{1,12})\}|(?<=\d)\$\s?(\^\{?[\d]{1,4}\}?)\s?\$")
_LOWERED = re.compile(r"\\textsubscript(?=\{)")
_MODE = re.compile(
    rf"\$\$?|\\[()\[\]]|\\(?P<edge>begin|end)\s{{0,9}}\{{(?P<name>{'|'.join(tex.DISPLAYS)})\*?\}}"
    r"|\\[\s\S]|\n[ \t]*\n"
)
_CLOSED_BY = {"$": "$", "$$": "$$", "\\(": "\\)", "\\[": "\\]"}
_SIGNS = "times|cdot|approx|div|[dt]?frac|leq?|geq?"
_WORDS = re.compile(
    rf"\\(?!(?:{_SIGNS})(?![A-Za-z]))(?:[A-Za-z]{{1,40}}\*?|\\\*?(?:\[-?[\d.]{{1,8}}\s?[a-z]{{2}}\])?|[\s\S])"
    r"|(?<!\d)\{,\}|\{,\}(?!\d)|\{(?!,\})|(?<!\{,)\}|--+|~"
)
_BRACE = re.compile(r"\\[\s\S]|[{}]")
_ARGUMENT_BEGINS = re.compile(r"\s{0,9}\{")
_LITERALS = {r"\%": " %", r"\_": " _", r"\#": " #"}


def blanked(text: str) -> str:
    """The text as long as before, formulas as they are, everything else without commands and brackets."""
    formulas = list(_formulas(text))
    text = _NUM.sub(_number, text)
    text = _RAISED.sub(lambda m: (f"^{m[1]}" if m[1] else m[2]).ljust(len(m[0])), text)
    text = _LOWERED.sub(lambda m: " " * (len(m[0]) - 1) + "_", text)
    text = _BEGIN.sub(blank, _RULES.sub(blank, text))
    for pattern in _BLANKED:
        text = pattern.sub(blank, text)
    pieces, at = [], 0
    for start, end in formulas:
        pieces += [_WORDS.sub(_word, text[at:start]), tex.without_marks(text[start:end])]
        at = end
    return "".join(pieces) + _WORDS.sub(_word, text[at:])


def _number(match: re.Match[str]) -> str:
    """A number of siunitx where it stands, its unit right behind it."""
    whole, number = match[0], match["number"]
    unit = re.sub(r"\\([A-Za-z]+)|[\\,~\s]", lambda m: _UNITS.get(m[1] or "", m[1] or ""), match["unit"] or "")
    written = " " * (match.start("number") - match.start()) + number + (f" {unit}" if unit else "")
    return written.ljust(len(whole)) if len(written) <= len(whole) else whole


def _word(match: re.Match[str]) -> str:
    """What a command is in running text: a line's end, a character, or nothing."""
    word = match[0]
    if word in _LITERALS:
        return _LITERALS[word]
    if word == r"\," and match.string[match.start() - 1 : match.start()].isdigit():
        return word
    if word.startswith("\\\\") or word in ("\\newline", "\\linebreak"):
        return " " * (len(word) - 1) + "\n"
    return blank(match)


def _formulas(text: str) -> Iterator[tuple[int, int]]:
    """Where formulas stand, inline and displayed; an inline one ends at a blank line at the latest."""
    closing, start = "", 0
    for match in _MODE.finditer(text):
        mark = match[0]
        if not closing:
            closing = _CLOSED_BY.get(mark, f"end {match['name']}" if match["edge"] == "begin" else "")
            start = match.start()
        elif mark == closing or (match["edge"] == "end" and closing == f"end {match['name']}"):
            yield start, match.end()
            closing = ""
        elif not mark.strip():
            closing = ""
    if closing in ("$$", "\\]") or closing.startswith("end"):
        yield start, len(text)


def closings(text: str) -> dict[int, int]:
    r"""For each bracket that opens and is closed, the place behind the one that closes it.

    >>> closings(r"{a{b}\}} {")
    {2: 5, 0: 8}
    """
    found, opened = {}, []
    for match in _BRACE.finditer(text):
        if match[0] == "{":
            opened.append(match.start())
        elif match[0] == "}" and opened:
            found[opened.pop()] = match.end()
    return found


def closing(text: str, brackets: Mapping[int, int], start: int, end: int) -> int | None:
    """Behind the argument that begins at ``start``, perhaps after blanks; ``None`` if none does, or it does not end."""
    match = _ARGUMENT_BEGINS.match(text, start, end)
    close = brackets.get(match.end() - 1) if match else None
    return close if close is not None and close <= end else None
