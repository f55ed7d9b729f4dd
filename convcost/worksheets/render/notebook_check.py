"""What a notebook checks answers with: code that students see and that holds salted hashes instead of answers.

A hash keeps an answer from being read, not from being guessed: whoever tries all small numbers, or all letters, will
find it. It is made slow, so that large numbers take long. Marks should hang on the hidden tests, not on this check.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from typing import Any

from ...messages import Message

#: How often a hash is hashed again; some milliseconds.
ROUNDS = 10_000
_MARKS = re.compile("(?i)(BEGIN|END) (?=SOLUTION|HIDDEN TESTS|MARK SCHEME)")

_TEXTS = {
    "nothing": Message("{place} has no answer yet: write it in place of the dots and run its cell.", place="{place}"),
    "number": Message("{place} is no number: write its digits, without quotes and separators.", place="{place}"),
    "letter": Message("{place} is one of the letters {letters}, in quotes.", place="{place}", letters="{letters}"),
    "fails": Message("{place} cannot be worked out: {error}", place="{place}", error="{error}"),
    "wrong": Message("{place} is not right. Hint: {hint}", place="{place}", hint="{hint}"),
    "right": Message("{place} is right.", place="{place}"),
}

_START = '''\
# {about}
import hashlib
import math
from fractions import Fraction

TEXTS = {texts}


def tell(text, place, **values):
    """One of the texts above, as an error."""
    raise AssertionError(TEXTS[text].format(place=place, **values)) from None


def answer_of(name):
    """What stands under a name."""
    value = globals().get(name, ...)
    return tell("nothing", name) if value is None or value is ... else value


def digits(value, places=None):
    """A number as text, exactly, or rounded half up to some decimals; nothing for what is no number."""
    if isinstance(value, (bool, str)):
        return None
    try:
        exact = Fraction(str(value))
    except (ValueError, ZeroDivisionError):
        return None
    if places is not None:
        exact = Fraction(math.floor(exact * 10**places + Fraction(1, 2)), 10**places)
    return str(exact)
'''

_READERS = {
    "numbers": '''\
def read_numbers(name, asked):
    """The numbers of an answer; ``asked`` says what they are, and how many decimals count."""
    answer = answer_of(name)
    if len(asked) == 1 and not isinstance(answer, (dict, tuple, list)):
        answer = (answer,)
    if isinstance(answer, (tuple, list)):
        answer = dict(zip(asked, answer))
    if not isinstance(answer, dict):
        tell("number", name)
    found = {}
    for label, places in asked.items():
        place = f"{name}['{label}']" if len(asked) > 1 else name
        value = answer.get(label, ...)
        if value is None or value is ...:
            tell("nothing", place)
        found[place] = digits(value, places) or tell("number", place)
    return found
''',
    "letter": '''\
def read_letter(name, letters):
    """The letter of an option."""
    letter = str(answer_of(name)).strip().strip("()").lower()
    if letter not in [*letters]:
        tell("letter", name, letters=", ".join(letters))
    return {name: letter}
''',
    "form": '''\
class Exact(Fraction):
    """A number that is divided exactly, also when it comes from one that was rounded down."""


def exactly(name):
    return lambda *parts: Exact(getattr(Fraction, name)(*parts))


for name in "add sub mul truediv floordiv mod pow".split():
    for side in ("", "r"):
        setattr(Exact, f"__{side}{name}__", exactly(f"__{side}{name}__"))
for name in ("neg", "floor", "ceil"):
    setattr(Exact, f"__{name}__", exactly(f"__{name}__"))


def gcd(a, b):
    """The greatest common divisor."""
    return Exact(math.gcd(int(a), int(b)))


def read_form(name, points):
    """The values of a closed form for some values of its letters; divisions are exact."""
    form, values = answer_of(name), []
    for point in points:
        try:
            value = form(*map(Exact, point))
        except NotImplementedError:
            tell("nothing", name)
        except Exception as error:
            tell("fails", name, error=f"{type(error).__name__}: {error}")
        if value is None or value is ...:
            tell("nothing", name)
        values.append(digits(value) or tell("number", name))
    return {name: " ".join(values)}
''',
}

#: What reads answers: numbers, letters of options, closed forms.
READERS = tuple(_READERS)

_CHECK = '''\
def check(found, hashes, salt, hint):
    """Compare what was found with hashes of what is right."""
    for place, text in found.items():
        hashed = hashlib.pbkdf2_hmac("sha256", text.encode(), (salt + place).encode(), {rounds}).hex()
        if hashed[:32] != hashes[place]:
            tell("wrong", place, hint=hint)
    print(*(TEXTS["right"].format(place=place) for place in found))
'''


def source(language: str, readers: Iterable[str] = READERS) -> str:
    """The code of the cell that defines the check, with what it says in a language.

    ``readers`` are those that the answers of the notebook need.

    >>> compile(source("en"), "<cell>", "exec") is not None
    True
    """
    about = Message("Run this cell first: it checks answers without holding them.").to(language)
    texts = {name: text.to(language) for name, text in _TEXTS.items()}
    start = _START.format(about=unmarked(about), texts=mapping(texts))
    needed = [_READERS[name] for name in READERS if name in readers]
    return "\n\n".join([start, *needed, _CHECK.format(rounds=ROUNDS)]).rstrip()


def hashed(salt: str, text: str) -> str:
    """The hash of an answer, salted with its question and place."""
    return hashlib.pbkdf2_hmac("sha256", text.encode(), salt.encode(), ROUNDS).hex()[:32]


def unmarked(text: str) -> str:
    r"""Text in which nbgrader finds no marks of its own.

    >>> unmarked("### BEGIN SOLUTION")
    '### BEGIN\xa0SOLUTION'
    """
    return _MARKS.sub("\\1\xa0", text)


def literal(value: Any) -> str:
    """A value as Python code.

    >>> print(literal('a"b'), literal(...), literal(None))
    'a"b' ... None
    """
    if value is ...:
        return "..."
    return unmarked(repr(str(value) if isinstance(value, str) else value))


def mapping(values: Mapping[str, Any]) -> str:
    """A dictionary as Python code, an entry on each line where there are several.

    >>> print(mapping({"MACs": None}))
    {'MACs': None}
    """
    entries = [f"{literal(name)}: {literal(value)}" for name, value in values.items()]
    if len(entries) < 2:
        return "{" + ", ".join(entries) + "}"
    return "\n".join(["{", *(f"    {entry}," for entry in entries), "}"])


def comments(lines: Iterable[str]) -> list[str]:
    """Lines as comments of Python code."""
    return [f"# {unmarked(line)}" for line in lines]
