"""Bytes to text: UTF-8, UTF-16 and UTF-32 by their marks, GB18030 where it plainly is Chinese, else an error."""

from __future__ import annotations

import codecs

from ...errors import SpecError
from ...messages import Message

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
#: How many bytes are looked at to tell a binary file.
_HEAD = 8192


def is_binary(data: bytes) -> bool:
    """Whether the bytes are no text: NULs without a mark of UTF-16 before them, or a great part control characters.

    >>> is_binary(b"PK\\x03\\x04\\x00\\x00"), is_binary("6×7".encode())
    (True, False)
    """
    head = data[:_HEAD]
    if any(head.startswith(mark) for mark, _ in _MARKS):
        return False
    controls = sum(byte < 32 and byte not in b"\t\n\v\f\r\x1b" for byte in head)
    return head.count(0) > len(head) // 256 or controls > len(head) // 10


def decode(data: bytes, source: str) -> str:
    """The text of a document.

    >>> decode("约为 6×7".encode("gb18030"), "a.md"), decode("6×7".encode("utf-16"), "a.md")
    ('约为 6×7', '6×7')
    """
    encoding = next((name for mark, name in _MARKS if data.startswith(mark)), "utf-8")
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        if encoding == "utf-8" and (text := _chinese(data)) is not None:
            return text
        raise SpecError(
            Message("byte {n} is not {encoding}", n=error.start, encoding=encoding.removesuffix("-sig").upper()),
            where=source,
            fix="save it as UTF-8",
        ) from None


def _chinese(data: bytes) -> str | None:
    """The text as GB18030, if most of what is not ASCII are the characters that Chinese text mostly consists of."""
    try:
        text = data.decode("gb18030")
    except UnicodeDecodeError:
        return None
    foreign = [character for character in text if not character.isascii()]
    common = sum(("\u4e00" <= c <= "\u9fa5" and _is_common(c)) or c in "，。、；：？！（）“”《》×＝" for c in foreign)
    return text if common * 5 >= len(foreign) * 4 else None


def _is_common(character: str) -> bool:
    try:
        return 0xB0 <= character.encode("gb2312")[0] <= 0xD7
    except UnicodeEncodeError:
        return False
