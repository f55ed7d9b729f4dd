"""Texts taken apart into what is plain text, what is a formula and what is notation.

Whoever writes markup escapes the plain text and nothing else; so no title, name or sentence can become markup.
"""

from __future__ import annotations

import string
from collections.abc import Iterator

from ..formula import Formula
from ..messages import Message, between, catalogue
from .model import Code, Hole, Inline

Piece = str | Formula | Code


def pieces(content: Inline | Hole | str, language: str = "en") -> Iterator[Piece]:
    """The pieces of a line in their order, in the language asked for.

    >>> from ..formula import Num, Product
    >>> line = Message("A {code} costs {n} MACs.", code=Code("Conv(8, 1)"), n=Product(Num(8), Num(3)))
    >>> [type(piece).__name__ for piece in pieces(line)]
    ['str', 'Code', 'str', 'Product', 'str']
    """
    if isinstance(content, (Formula, Code)):
        yield content
    elif isinstance(content, Message) and content.parts:
        for number, part in enumerate(content.parts):
            if number:
                yield between(content.template, language)
            yield from pieces(part, language)
    elif isinstance(content, Message) and content.values:
        template = catalogue(language).gettext(content.template) if content.template else ""
        for text, name, _, _ in string.Formatter().parse(template):
            if text:
                yield text
            if name is not None:
                value = content.values[name]
                yield from pieces(value if isinstance(value, (Formula, Code, Message)) else str(value), language)
    elif isinstance(content, Message):
        yield content.to(language)
    else:
        yield str(content)


def has_hole(content: Inline | Hole) -> bool:
    """Whether a line is an empty cell, or has one inside of it.

    >>> has_hole(Message("{c} × {h}", c=Hole(1), h="4")), has_hole(Code("Pool(2)"))
    (True, False)
    """
    if isinstance(content, Message):
        return any(map(has_hole, (*content.parts, *content.values.values())))
    return isinstance(content, Hole)


def text(content: Inline | Hole | str, language: str = "en") -> str:
    """A line as plain text.

    >>> from ..formula import Num
    >>> text(Message("{n} MACs", n=Num(1204)))
    '1,204 MACs'
    """
    from ..formula import plain

    return "".join(
        plain(piece, language) if isinstance(piece, Formula) else str(piece) for piece in pieces(content, language)
    )
