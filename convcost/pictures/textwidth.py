"""How wide a text is, without a font: widths of a sans-serif face that no common one exceeds.

Of every letter the wider of Arial's (Liberation Sans) and DejaVu Sans's is taken, so that a text fits its box
whichever font a reader has. Chinese, Japanese and Korean letters are one em wide.
"""

from __future__ import annotations

import re
import unicodedata

#: Hundredths of an em, from the blank to the tilde.
_PLAIN = (
    32, 41, 46, 84, 64, 96, 78, 28, 40, 40, 50, 84, 32, 37, 32, 34, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 34, 34,
    84, 84, 84, 56, 102, 69, 69, 73, 78, 67, 62, 78, 76, 30, 50, 67, 56, 87, 75, 79, 67, 79, 73, 67, 62, 74, 69, 99,
    69, 67, 69, 40, 34, 40, 84, 56, 50, 62, 64, 55, 64, 62, 36, 64, 64, 28, 28, 58, 28, 98, 64, 62, 64, 64, 42, 53,
    40, 64, 60, 82, 60, 60, 53, 64, 34, 64, 84,
)  # fmt: skip
_BOLD = (
    35, 46, 53, 84, 70, 101, 88, 31, 46, 46, 53, 84, 38, 42, 38, 37, 70, 70, 70, 70, 70, 70, 70, 70, 70, 70, 40, 40,
    84, 84, 84, 62, 100, 78, 77, 74, 84, 69, 69, 83, 84, 38, 56, 78, 64, 100, 84, 86, 74, 86, 78, 73, 69, 82, 78, 111,
    78, 73, 73, 46, 37, 46, 84, 56, 50, 68, 72, 60, 72, 68, 44, 72, 72, 35, 35, 67, 35, 105, 72, 69, 72, 72, 50, 60,
    48, 72, 66, 93, 65, 66, 59, 72, 37, 72, 84,
)  # fmt: skip
_OTHERS = {"×": 84, "·": 38, "…": 100, "²": 44, "³": 44, "%": 101}
#: Letters that XML cannot hold, and marks that would turn the text around them.
_UNPRINTABLE = re.compile(
    "[^ -~\u00a0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]"
    "|[\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff0-\uffff]"
)


def clean(text: str) -> str:
    """``text`` on one line, with a mark for every character that cannot be shown.

    >>> clean("a\\n b\\x00")
    'a b\ufffd'
    """
    return _UNPRINTABLE.sub("\ufffd", " ".join(text.split()))


def width(text: str, size: int, *, bold: bool = False) -> int:
    """Pixels that ``text`` takes at a font size of ``size`` pixels, rounded up.

    >>> width("卷积", 12) >= 24
    True
    """
    table = _BOLD if bold else _PLAIN
    return -(-size * sum(_hundredths(letter, table) for letter in text) // 100)


def _hundredths(letter: str, table: tuple[int, ...]) -> int:
    code = ord(letter)
    if 32 <= code < 127:
        return table[code - 32]
    if letter in _OTHERS:
        return _OTHERS[letter]
    if unicodedata.combining(letter):
        return 0
    if unicodedata.category(letter) == "So":
        return 140
    # Latin with accents is narrower; of other scripts the widest letters are about one em.
    return 104 if code > 0x24F else 85


def fitted(text: str, room: int, size: int, *, bold: bool = False) -> str:
    """``text``, with its middle left out where it is wider than ``room`` pixels.

    >>> fitted("a_very_long_name_of_a_layer", 100, 12)
    'a_very_…_layer'
    """
    if width(text, size, bold=bold) <= room:
        return text
    # Never more letters than fit if all were narrow, so that a huge name costs no time.
    keep = min(len(text) - 1, 8 * room // max(size, 1))
    while keep > 0:
        shown = f"{text[: (keep + 1) // 2]}…{text[len(text) - keep // 2 :]}"
        if width(shown, size, bold=bold) <= room:
            return shown
        keep -= 1
    return "…"
