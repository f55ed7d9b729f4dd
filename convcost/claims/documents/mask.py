"""What Markdown would take for markup and is arithmetic: hidden from the parser, line by line, as long as before."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

_YAML = re.compile(r"[A-Za-z_\"'][\w \"'./-]{0,60}:(?:\s|$)|#|\s*$")
_TERM = re.compile(r"[ \t]{0,40}([+*-])[ \t]+[\d(\\]")
_ENDS_IN_A_NUMBER = re.compile(r"[\d)\]}²³](?:[ \t]|\\)*\Z")
_NUMBER_AND_STOP = re.compile(r"([ \t]{0,3}\d{4,9})[.)](?=[ \t])")
#: Blanks that part nothing in Markdown, though Python strips them.
_ODD_BLANKS = str.maketrans(dict.fromkeys("\v\f\x1c\x1d\x1e\x1f\x85\xa0\u1680\u2028\u2029\u202f\u205f\u3000", "\ufffd"))
_ODD_BLANKS |= dict.fromkeys(range(0x2000, 0x200B), "\ufffd")
#: Front matter is no longer than this.
_LONGEST_FRONT = 1000


def front_matter(lines: Sequence[str]) -> int:
    """How many lines the front matter takes; a rule at the top of a text is none.

    >>> front_matter(["---", "title: x", "---", "6×7"]), front_matter(["---", "6×7 = 42", "---"])
    (3, 0)
    """
    fence = lines[0].strip() if lines else ""
    if fence not in ("---", "+++") or len(lines) < 2:
        return 0
    if not (_YAML.match(lines[1]) and lines[1].strip()) and not (
        fence == "+++" and re.match(r"[\w.\"-]+\s*=|\[", lines[1])
    ):
        return 0
    for number, line in enumerate(lines[1:_LONGEST_FRONT], start=1):
        if line.rstrip() in (fence, "..." if fence == "---" else fence):
            return number + 1
    return 0


def masked(lines: Sequence[str]) -> Iterator[str]:
    """The lines as the parser shall see them.

    >>> list(masked(["48 × 12", "+ 9 × 12", "=", "9216. So"]))
    ['48 × 12', '＋ 9 × 12', '＝', '9216． So']
    """
    before, in_list = "", False
    for number, odd in enumerate(lines):
        line = odd if odd.isascii() and odd.isprintable() else odd.translate(_ODD_BLANKS)
        bullet = _TERM.match(line)
        if bullet and not in_list and _adds_up(lines, number, before, bullet[1]):
            line = line.replace(bullet[1], {"+": "＋", "*": "＊", "-": "－"}[bullet[1]], 1)
        elif line.strip() == "=":
            line = line.replace("=", "＝")
        else:
            in_list = bullet is not None or (in_list and bool(line.strip()))
            line = _NUMBER_AND_STOP.sub(lambda m: m[1] + "．", line, count=1)
        before = line
        yield line


def _adds_up(lines: Sequence[str], number: int, before: str, mark: str) -> bool:
    """Whether a line that begins with a bullet is a term of the sum in the line before."""
    if not _ENDS_IN_A_NUMBER.search(before[-40:]):
        return False
    if mark == "+":
        return True
    following = next(
        (line.lstrip() for line in lines[number + 1 : number + 8] if not line.lstrip().startswith(mark)), ""
    )
    return following.startswith(("=", "≈", "\\approx"))
