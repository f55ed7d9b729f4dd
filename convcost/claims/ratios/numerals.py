"""Small numbers in words, English and Chinese.

>>> spelled("three"), spelled("两"), spelled("五十"), spelled("12"), spelled("many")
(3, 2, 50, 12, None)
"""

from __future__ import annotations

_ENGLISH = {
    word: number
    for number, word in enumerate(
        "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen".split()
    )
} | {"twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "hundred": 100, "thousand": 1000, "a": 1, "an": 1}
_PARTS = {
    "half": 2, "halves": 2, "third": 3, "quarter": 4, "fourth": 4, "fifth": 5, "sixth": 6, "seventh": 7, "eighth": 8,
    "ninth": 9, "tenth": 10, "twelfth": 12, "sixteenth": 16, "twentieth": 20, "hundredth": 100, "thousandth": 1000,
}  # fmt: skip
_CHINESE = {sign: number for number, sign in enumerate("零一二三四五六七八九")} | {"两": 2, "〇": 0}
_TENS = {"十": 10, "百": 100, "千": 1000}

#: Patterns for the words above.
NUMBER_WORD = "(?:" + "|".join(sorted(_ENGLISH, key=len, reverse=True)) + ")"
PART_WORD = "(?:" + "|".join(sorted(_PARTS, key=len, reverse=True)) + ")s?"
CHINESE_NUMBER = "[一二两三四五六七八九十百千零〇]{1,7}"


def spelled(word: str) -> int | None:
    """The number that a word or digits say; ``None`` for any other word."""
    word = word.strip().lower()
    if word.isascii() and word.isdigit():
        return int(word[:9])
    if word in _ENGLISH:
        return _ENGLISH[word]
    total, digit = 0, 0
    for sign in word:
        if sign in _CHINESE:
            digit = _CHINESE[sign]
        elif sign in _TENS:
            total, digit = total + (digit or 1) * _TENS[sign], 0
        else:
            return None
    return total + digit if word else None


def part(word: str) -> int | None:
    """Into how many parts a word divides.

    >>> part("quarter"), part("thirds"), part("whole")
    (4, 3, None)
    """
    word = word.strip().lower()
    return _PARTS.get(word, _PARTS.get(word.removesuffix("s")))
