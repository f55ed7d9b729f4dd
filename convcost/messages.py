"""Sentences that can be told in more than one language.

A :class:`Message` is the English sentence, a text like any other, and remembers what it was made of, so that the same
sentence can be told in another language later. Catalogues are gettext's, in ``locale/``; the English template is the
key. ``tools/catalogue.py`` gathers the templates and compiles the catalogues.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from functools import cache
from typing import TYPE_CHECKING, Any

from .errors import SpecError

if TYPE_CHECKING:
    import gettext

#: Languages that sentences can be told in.
LANGUAGES = ("en", "zh")


class Message(str):
    """A sentence in English that knows its template and its values.

    >>> told = Message("the expression gives {value}", value="9")
    >>> told, told.values
    ('the expression gives 9', {'value': '9'})
    """

    __slots__ = ("parts", "template", "values")
    template: str
    values: dict[str, Any]
    parts: tuple[Message, ...]

    def __new__(cls, template: str, /, **values: Any) -> Message:
        self = super().__new__(cls, template.format(**values) if values else template)
        self.template, self.values, self.parts = template, values, ()
        return self

    @classmethod
    def joined(cls, *parts: str, by: str = " ") -> Message:
        """Several sentences, one behind the other; a plain text among them is the same in every language.

        >>> Message.joined(Message("One."), Message("Two."))
        'One. Two.'
        """
        told = tuple(part if isinstance(part, Message) else plain(part) for part in parts if part)
        self = super().__new__(cls, by.join(told))
        self.template, self.values, self.parts = by, {}, told
        return self

    def to(self, language: str) -> str:
        """The sentence in another language; English where the catalogue has none.

        >>> Message("One.").to("en")
        'One.'
        """
        if language == "en":
            return str(self)
        if self.parts:
            return between(self.template, language).join(part.to(language) for part in self.parts)
        values = {
            key: value.to(language) if isinstance(value, Message) else value for key, value in self.values.items()
        }
        template = catalogue(language).gettext(self.template) if self.template else ""
        return template.format(**values) if values else template

    def __reduce__(self) -> tuple[Any, ...]:
        return _rebuilt, (self.template, self.values, self.parts)


def _rebuilt(template: str, values: dict[str, Any], parts: tuple[Message, ...]) -> Message:
    return Message.joined(*parts, by=template) if parts else Message(template, **values)


def between(separator: str, language: str) -> str:
    """Chinese sentences follow each other without a blank, and its marks are wide."""
    return separator.strip().translate(_WIDE) if language == "zh" else separator


_WIDE = str.maketrans(",;:", "，；：")


def plain(text: str) -> Message:
    """A text that is the same in every language.

    >>> plain("{x}").to("zh")
    '{x}'
    """
    return Message("{text}", text=text)


@cache
def catalogue(language: str) -> gettext.NullTranslations:
    """The catalogue of a language; English needs none."""
    if language not in LANGUAGES:
        raise SpecError("there are no texts in this language", got=language, fix=f"one of {', '.join(LANGUAGES)}")
    # Layers have messages, few of which are ever told in another language: what reads catalogues is loaded when needed.
    import gettext
    from importlib.resources import files

    compiled = files(__package__).joinpath("locale", language, "LC_MESSAGES", "convcost.mo")
    if language == "en" or not compiled.is_file():
        return gettext.NullTranslations()
    with compiled.open("rb") as file:
        return gettext.GNUTranslations(file)


def usual_language() -> str:
    """The language of the user's locale, where there are texts in it; else English.

    The variables are read as gettext reads them, so that the locale need not be installed.
    """
    for name in _asked():
        known = _known(name)
        if known is not None:
            return known
    return "en"


def _asked() -> Iterator[str]:
    """Names of locales, the one that is liked best first."""
    for variable in ("LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"):
        if os.environ.get(variable):
            yield from os.environ[variable].split(":")
            return
    # Where no variable says so (Windows), the interpreter knows.
    import locale

    try:
        yield locale.getlocale()[0] or ""
    except ValueError:
        return


def _known(name: str) -> str | None:
    """The language of a locale's name, if there are texts in it.

    >>> _known("zh_CN.UTF-8"), _known("Chinese (Simplified)_China"), _known("de_DE")
    ('zh', 'zh', None)
    """
    language = re.split(r"[_.@\s-]", name.strip().lower(), maxsplit=1)[0]
    language = {"chinese": "zh", "english": "en"}.get(language, language)
    return language if language in LANGUAGES else None
