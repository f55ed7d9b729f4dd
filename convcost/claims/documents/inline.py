"""Markup inside a line, blanked in place: emphasis, code marks, links, tags. What it marks stays where it stands."""

from __future__ import annotations

import html
import re
from collections.abc import Container

from .emphasis import without_emphasis

_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)
_SUP = re.compile(r"<sup>([ ]{0,4}[\w+\-]{1,12}[ ]{0,4})</sup>", re.IGNORECASE)
_REFERENCE = re.compile(r"<sup>(?:[^<>]{0,80}|\s{0,9}<a\b[^<>]{0,300}>[^<>]{0,40}</a>\s{0,9})</sup>", re.IGNORECASE)
_SUB = re.compile(r"<sub>(?=[^<>]{1,40}</sub>)", re.IGNORECASE)
_BREAK = re.compile(r"<br\s{0,9}/?>", re.IGNORECASE)
_STRUCK = re.compile(r"(?<!~)~~(?=[^\s~])[^~\n]{1,400}(?<=[^\s~])~~(?!~)")
_MARKED = re.compile(r"(?<![\w=<>!~])==(?=[^\s=])([^=\n]{1,200})(?<=[^\s=])==(?![\w=])")
_TAG = re.compile(r"</?[A-Za-z][A-Za-z0-9-]{0,20}(?:\s[^<>]{0,400})?/?>")
_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9A-Fa-f]{1,6}|[A-Za-z][A-Za-z0-9]{1,30});")
_DESTINATION = r"\((?![\d+\-*/^.,×x ]{1,40}\))<?[^()<>\s]{0,400}(?:\([^()\s]{0,200}\)[^()\s]{0,200})?>?"
_LINK = re.compile(rf"(?<=\]){_DESTINATION}(?:\s{{1,9}}(?:\"[^\"\n]{{0,200}}\"|'[^'\n]{{0,200}}'))?\)")
_LABEL = re.compile(r"(?<=\])\[([^\[\]\n]{0,200})\]")
_NOTE = re.compile(r"\[\^[^\[\]\s]{1,60}\]:?")
_BARE_LINK = re.compile(r"<?\b(?:https?|ftp)://[^\s<>，。；）)\]]+>?|\bwww\.[^\s<>，。；）)\]]+")
_ESCAPE = re.compile(r"(?<!\\)\\(?=[#~<>=|^+.\-])")
_HARD_BREAK = re.compile(r"(?<!\\)\\$", re.MULTILINE)
_TICKS = re.compile(r"`+")


def blank(match: re.Match[str]) -> str:
    """Blanks in place of a match; line ends stay."""
    return re.sub(r"[^\n]", " ", match[0])


def _power(match: re.Match[str]) -> str:
    """``<sup>2</sup>`` as ``^2``, as long as before."""
    return f"^{match[1].strip()}".ljust(len(match[0]))


def _line_end(match: re.Match[str]) -> str:
    """``<br>`` is the end of a line."""
    return " " * (len(match[0]) - 1) + "\n"


def _entity(match: re.Match[str]) -> str:
    character = html.unescape(match[0])
    return (character if len(character) == 1 and character.isprintable() else " ").ljust(len(match[0]))


def entities(text: str) -> str:
    """The text with its character entities read, as long as before.

    >>> entities("3&times;3 &#61; 9")
    '3×      3 =     9'
    """
    return _ENTITY.sub(_entity, text) if "&" in text else text


def without_links(text: str) -> str:
    """The text without bare addresses, as long as before."""
    return _BARE_LINK.sub(blank, text) if "://" in text or "www." in text else text


def blanked(text: str, labels: Container[str] = ()) -> str:
    """The text without inline markup, as long as before; ``labels`` are the names that reference links may have.

    >>> blanked("so `3*3` = **9**, see [this](http://a.b/3=4)")
    'so  3*3  =   9  , see [this]                '
    >>> blanked("7<sup>2</sup> = 7**2, 3 *4* 5, [3](4) = 12[^1]")
    '7^2           = 7**2, 3 *4* 5, [3](4) = 12    '
    """
    if "<" in text:
        text = _REFERENCE.sub(blank, _SUP.sub(_power, _COMMENT.sub(blank, text)))
        text = _BREAK.sub(_line_end, _SUB.sub("    _", text))
        text = _TAG.sub(blank, text)
    if "]" in text:
        text = _NOTE.sub(blank, _LINK.sub(blank, text))
        text = _LABEL.sub(lambda m: blank(m) if m[1].strip().casefold() in labels or not m[1] else m[0], text)
    if "~~" in text or "==" in text:
        text = _MARKED.sub(lambda m: f"  {m[1]}  ", _STRUCK.sub(blank, text))
    text = entities(without_links(text))
    if "\\" in text:
        text = _ESCAPE.sub(" ", _HARD_BREAK.sub(" ", text))
    return without_emphasis(_TICKS.sub(blank, text))
