"""Markup inside a line, blanked in place: emphasis, code marks, links, tags. What it marks stays where it stands."""

from __future__ import annotations

import re

_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)
_SUP = re.compile(r"<sup>(\s*[\w+\-]{1,12}\s*)</sup>", re.IGNORECASE)
_TAG = re.compile(r"</?[A-Za-z][A-Za-z0-9-]{0,20}(?:\s[^<>\n]{0,400})?/?>")
_LINK = re.compile(r"(?<=\])\([^()\s]{0,400}(?:\([^()\s]{0,200}\)[^()\s]{0,200})?(?:\s+\"[^\"\n]{0,200}\")?\)")
_BARE_LINK = re.compile(r"\b(?:https?|ftp)://[^\s<>，。；）)\]]+|\bwww\.[^\s<>，。；）)\]]+")
_TICKS = re.compile(r"`+")
_WORD = r"A-Za-z0-9)\]"
_STRONG = re.compile(rf"(?<![{_WORD}*_\\])(\*\*\*|\*\*|___|__)(?=\S)([^\n]{{1,400}}?)(?<=\S)\1(?![{_WORD}*_(])")
_EMPHASIS = re.compile(
    rf"(?<![{_WORD}*_\\×·^])(?<![{_WORD}] )([*_])(?=[^\s*_])([^\n*_]{{1,400}}?)(?<=[^\s*_])\1(?![{_WORD}*_(])"
)


def _blank(match: re.Match[str]) -> str:
    return re.sub(r"[^\n]", " ", match[0])


def _power(match: re.Match[str]) -> str:
    """``<sup>2</sup>`` as ``^2``, as long as before."""
    return f"^{match[1].strip()}".ljust(len(match[0]))


def _emphasised(match: re.Match[str]) -> str:
    mark = " " * len(match[1])
    return mark + match[2] + mark


def blanked(text: str) -> str:
    """The text without inline markup, as long as before.

    >>> blanked("so `3*3` = **9**, see [this](http://a.b/3=4)")
    'so  3*3  =   9  , see [this]                '
    >>> blanked("7<sup>2</sup> = 7**2, 3 *4* 5")
    '7^2           = 7**2, 3 *4* 5'
    """
    text = _COMMENT.sub(_blank, text)
    text = _SUP.sub(_power, text)
    text = _TAG.sub(_blank, text)
    text = _LINK.sub(_blank, text)
    text = _BARE_LINK.sub(_blank, text)
    text = _TICKS.sub(_blank, text)
    text = _STRONG.sub(_emphasised, text)
    return _EMPHASIS.sub(_emphasised, text)
