"""A sheet: questions drawn from a seed, in one or more variants, and its renderings."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from ..errors import SpecError
from ..messages import LANGUAGES, Message
from .draws import Again, Draw
from .model import Question
from .topics import LEVELS, level_number, topic, topics_of
from .topics.base import short

#: Variants are named A to Z; beyond that nobody prints them on paper, but a question bank may hold more.
MAX_QUESTIONS, MAX_VARIANTS = 200, 1000
#: Some topics take a fiftieth of a second for a question.
MAX_IN_ALL = 10_000
#: After so many draws that gave nothing new a topic has no more questions.
MAX_DRAWS = 2000


@dataclass(frozen=True)
class Sheet:
    """Questions with answers, hints and derivations; ``variants`` hold the same topics with other numbers.

    It is one object with many renderings: :meth:`render`.
    """

    title: str | Message
    seed: int | str
    level: int
    variants: tuple[tuple[Question, ...], ...]
    language: str = "en"

    @property
    def questions(self) -> tuple[Question, ...]:
        """Those of the first variant."""
        return self.variants[0]

    @property
    def number(self) -> str:
        """What links a sheet with its key: it hangs on seed and level, and does not tell them."""
        return _number(self.seed, self.level)

    @property
    def points(self) -> int:
        """Points of one variant."""
        return sum(question.points for question in self.questions)

    def heading(self, language: str | None = None) -> str:
        """The title in a language; a title that was given is the same in all."""
        language = language or self.language
        return self.title.to(language) if isinstance(self.title, Message) else self.title

    def render(
        self,
        fmt: str,
        *,
        key: bool = False,
        lang: str | None = None,
        variant: int | str | None = None,
        paper: str = "a4",
    ) -> str | bytes:
        """The sheet in a format: text, or bytes for ``pdf``.

        ``key`` gives the version with hints, derivations and answers; ``variant`` (a number from 1, or a letter) one
        of the variants instead of all. Raises ``SpecError`` for what there is not, or where an extra is missing.

        >>> print(worksheet("macs", seed=1, count=1).render("markdown").splitlines()[0])
        # Worksheet
        """
        from .render import render

        return render(self.only(variant), fmt, key=key, language=lang or self.language, paper=paper)

    def only(self, variant: int | str | None) -> Sheet:
        """The sheet with one of its variants; the sheet itself for ``None``."""
        if variant is None:
            return self
        for number, questions in enumerate(self.variants, start=1):
            if str(variant).upper() in (str(number), variant_name(number)):
                return replace(self, variants=(questions,))
        names = f"{variant_name(1)} to {variant_name(len(self.variants))}"
        raise SpecError("there is no such variant", got=repr(variant)[:40], fix=f"this sheet has {names}")

    def to_dict(self) -> dict[str, Any]:
        """The ``worksheet`` JSON object."""
        from .render.json import sheet_to_dict

        return sheet_to_dict(self, self.language)

    def _repr_html_(self) -> str:
        return str(self.render("html-fragment"))


def variant_name(number: int) -> str:
    """The letters of a variant, from 1.

    >>> variant_name(1), variant_name(26), variant_name(27)
    ('A', 'Z', 'AA')
    """
    name = ""
    while number:
        number, letter = divmod(number - 1, 26)
        name = chr(65 + letter) + name
    return name


def worksheet(
    topics: str | Iterable[str] | None = None,
    seed: int | str = 0,
    count: int = 10,
    level: int | str = 1,
    variants: int = 1,
    *,
    title: str | None = None,
    lang: str = "en",
) -> Sheet:
    """A sheet of ``count`` questions, the topics taking turns; the same arguments give the same sheet.

    No two questions of a sheet are alike, over all its variants. ``level`` is 1 (paper), 2 (calculator) or 3
    (challenge). Raises ``SpecError`` for topics, levels and numbers that there are not.

    >>> sheet = worksheet(["params", "macs"], seed=9, count=4, variants=2)
    >>> [question.topic for question in sheet.questions], len(sheet.variants)
    (['params', 'macs', 'params', 'macs'], 2)
    """
    names = topics_of(topics)
    number = level_number(level)
    _within("count", count, MAX_QUESTIONS)
    _within("variants", variants, MAX_VARIANTS)
    if count * variants > MAX_IN_ALL:
        raise SpecError(f"a sheet has at most {MAX_IN_ALL:,} questions in all its variants", got=f"{count}×{variants}")
    _check_seed(seed)
    if title is not None and not (isinstance(title, str) and _sound(title)):
        raise SpecError("a title is a text", got=ascii(title)[:60])
    if lang not in LANGUAGES:
        raise SpecError("there are no texts in this language", got=repr(lang)[:40], fix=", ".join(LANGUAGES))
    asked = [names[place % len(names)] for place in range(count)]
    pools = {name: questions(name, seed, number) for name in dict.fromkeys(asked)}
    sheet = _number(seed, number)
    made = [
        tuple(replace(next(pools[name]), name=f"{sheet}-{place}-{variant_name(variant)}")
              for place, name in enumerate(asked, start=1))
        for variant in range(1, variants + 1)
    ]  # fmt: skip
    return Sheet(title if title is not None else Message("Worksheet"), seed, number, tuple(made), lang)


def questions(name: str, seed: int | str, level: int | str = 1) -> Iterator[Question]:
    """Different questions of a topic, one after the other, without end.

    Raises ``SpecError`` where the topic's ranges hold no more.

    >>> stream = questions("params", seed=1)
    >>> next(stream).facts != next(stream).facts
    True
    """
    maker, number = topic(name), level_number(level)
    seen: set[str] = set()
    draws, misses = 0, 0
    while True:
        draws += 1
        try:
            question = maker.make(Draw(seed, name, number, draws), number)
        except Again:
            question = None
        told = "" if question is None else question.alike or repr(sorted(question.facts.items()))
        if question is None or told in seen:
            misses += 1
            if misses > MAX_DRAWS:
                raise SpecError(
                    f"the topic {name} has no more than {len(seen)} different questions at level "
                    f"{LEVELS[number - 1].name}",
                    fix="ask for fewer questions or variants, or for another level",
                )
            continue
        misses = 0
        seen.add(told)
        yield question


def _check_seed(seed: object) -> None:
    whole = isinstance(seed, int) and not isinstance(seed, bool) and abs(seed) < 10**100
    if not whole and not (isinstance(seed, str) and len(seed) <= 100 and _sound(seed)):
        raise SpecError("a seed is a whole number or a word, of at most 100 letters", got=short(seed))


def _sound(text: str) -> bool:
    """Whether a text can be written: half of a surrogate pair cannot."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _number(seed: int | str, level: int) -> str:
    return hashlib.sha256(f"{seed}/{level}".encode("utf-8", "surrogatepass")).hexdigest()[:6]


def _within(name: str, value: object, most: int) -> None:
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= most:
        raise SpecError(f"{name} is a whole number from 1 to {most:,}", got=f"{name}={short(value)}")
