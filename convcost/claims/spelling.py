"""Small liberties of writing, levelled in place before a passage is taken for arithmetic.

>>> levelled("48(in) × 3×3 × 80(out) = 34,560")
'48     × 3×3 × 80      = 34,560'
>>> levelled("256 × 64 weights + 64 biases = 16,448")
'256 × 64         + 64 biases = 16,448'
"""

from __future__ import annotations

import re

#: A number that is set off by emphasis behind a sign: ``= **432**``, ``= `9` ``.
_EMPHASIS = re.compile(r"(?<=[=≈~])(\s*)(\*\*|\*|`|__|_)(\d[\d.,]*)\2(?![\w])")
#: A unit some blanks behind its number: ``13.8 M``.
_APART = re.compile(r"(?<=\d)( {1,16})([KMGTB])(?=FLOP|MAC|MAdd|O[Pp][Ss]?\b|[Pp]aram|[^A-Za-z0-9_^²{]|$)")
_NOTE = r"(?:[A-Za-z][A-Za-z0-9\-'/.]{1,24}|[\u4e00-\u9fff]{1,10})"
_WORD = r"(?:[A-Za-z][A-Za-z\-'/.]{1,24}|[\u4e00-\u9fff]{1,10})"
_BEHIND_FACTOR = r"(?<=[\d)\]²³])"
#: ``48(in)``, ``3 (kernel height)``, ``96（输出通道）``: words in brackets that say what a factor is.
_BRACKETED = re.compile(
    rf"{_BEHIND_FACTOR}\s{{0,2}}\(\s{{0,2}}{_NOTE}(?:\s{_NOTE}){{0,4}}\s{{0,2}}\)"
    r"(?=\s{0,4}(?:[×*+=·≈)\-/]|[xX]\s?\d|\\times|\\cdot|\\approx))"
)
_NO_NAME = (
    r"(?!(?:[xX]|and|or|to|is|are|of|in|with|for|by|at|vs|versus|times)\b)"
    "(?!约|等于|共|为|是|大约|即)"
)
#: ``28×28 pixels × 192 channels``: the same without brackets, before an operator that no prose has.
_NAMED = re.compile(
    rf"{_BEHIND_FACTOR}(?P<gap>\s{{0,2}}){_NO_NAME}"
    rf"(?P<words>{_WORD}(?:\s(?!(?:is|are|has|have|and|or|vs)\b){_WORD}){{0,2}})"
    r"(?=\s{0,3}(?:[×·+*](?!\*)|\\times|\\cdot|[xX](?=\s\d))\s{0,3}[\d(\\])"
)
#: Commands of LaTeX that only dress what they stand at, and words below or above a brace.
_DRESS = re.compile(
    r"\\(?:underbrace|overbrace|underline|overline|mathstrut|limits)(?![A-Za-z])"
    r"|(?<=\})[_^]\{[^{}\n]{0,60}[A-Za-z\u4e00-\u9fff]{2}[^{}\n]{0,60}\}"
    r"|\\(?:textcolor|color)\s?\{[A-Za-z]{1,20}\}|\\(?:label|tag\*?)\{[^{}\n]{0,60}\}"
    r"|\\(?:begin|end)\{[A-Za-z*]{1,20}\}|\\(?:hspace|vspace)\*?\{[^{}\n]{0,20}\}"
    r"|\\(?:large|Large|small|bf|rm|it|!|centering|hfill)(?![A-Za-z])"
)
#: A unit in words, which belongs to its number.
_UNIT_WORDS = re.compile(
    r"(?:(?:thousand|million|billion|trillion|millions|billions|mln|bn)\b|[KkMGT]i?B(?![A-Za-z])"
    r"|[KkMGBT](?=(?:MAC|FLOP|MAdd|Op|OP|ops|param)|[^A-Za-z]|\Z)|多?(?:万亿|[十百千]?[万亿]|[百千](?=\Z|\W)))"
)
#: ``10的10次方``, ``7的平方``.
_POWER_IN_WORDS = re.compile(r"(?<=\d)的(?:(\d{1,3})次(?:方|幂)|(平方|立方)(?!米|厘|根))")


def _power(match: re.Match[str]) -> str:
    power = match[1] or ("2" if match[2] == "平方" else "3")
    return f"^{power}".ljust(len(match[0]))


def _blank(match: re.Match[str]) -> str:
    return re.sub(r"[^\n]", " ", match[0])


def _named(match: re.Match[str]) -> str:
    """A unit stays: ``120 million × 4``, ``1.25 million positions × 96``."""
    unit = _UNIT_WORDS.match(match["words"])
    kept = unit.end() if unit else 0
    words = match["words"]
    return match["gap"] + words[:kept] + " " * (len(words) - kept)


def levelled(level: str) -> str:
    """Normalised text without notes on its factors, as long as before; a unit stands at its number."""
    level = _DRESS.sub(_blank, level)
    level = _POWER_IN_WORDS.sub(_power, level)
    level = _EMPHASIS.sub(lambda m: m[1] + " " * len(m[2]) + m[3] + " " * len(m[2]), level)
    level = _BRACKETED.sub(_blank, level)
    level = _NAMED.sub(_named, level)
    return _APART.sub(lambda m: m[2] + m[1], level)
