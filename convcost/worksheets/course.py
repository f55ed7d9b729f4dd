"""A course: the sheets of a term, told in a ``.toml`` file.

::

    title = "Efficient networks"     # stands before the title of every sheet; optional
    lang = "en"                      # what follows up to the first [[sheet]] holds for all sheets that say nothing else
    formats = ["pdf", "html"]
    key = true                       # write the keys beside the sheets
    paper = "a4"

    [[sheet]]
    name = "week-1"                  # of its files
    title = "Shapes and parameters"
    topics = ["output-shape", "params"]
    count = 8
    level = "paper"
    seed = 1
    variants = 2
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..errors import ConvcostError, SpecError
from .render import FORMATS, KEYED, paper_of, suffix_of
from .sheet import Sheet, worksheet
from .topics.base import short

#: What a sheet may say, and the type that it is of.
_KEYS: dict[str, tuple[type, ...]] = {
    "name": (str,), "title": (str,), "topics": (list, str), "count": (int,), "level": (int, str), "seed": (int, str),
    "variants": (int,), "lang": (str,), "formats": (list, str), "key": (bool,), "paper": (str,),
}  # fmt: skip
_COMMON = _KEYS.keys() - {"name"}
MAX_BYTES, MAX_SHEETS = 1_000_000, 200
#: Names that mean devices on Windows.
_RESERVED = re.compile(r"(?:con|prn|aux|nul|com\d|lpt\d)(?:\..*)?", re.IGNORECASE)


@dataclass(frozen=True)
class Planned:
    """One sheet of a course, and how it is to be written."""

    name: str
    sheet: Sheet
    formats: tuple[str, ...]
    key: bool
    paper: str

    def names(self) -> list[str]:
        """Names of its files."""
        return [name for name, _, _ in self._written()]

    def files(self) -> Iterator[tuple[str, str | bytes]]:
        """Names of files and what is in them."""
        for name, fmt, key in self._written():
            yield name, self.sheet.render(fmt, key=key, paper=self.paper)

    def _written(self) -> Iterator[tuple[str, str, bool]]:
        for fmt in self.formats:
            suffix = suffix_of(fmt)
            yield self.name + suffix, fmt, False
            if self.key and fmt in KEYED:
                yield f"{self.name}-key{suffix}", fmt, True


def load_course(path: str | Path) -> tuple[Planned, ...]:
    """The sheets of a course file.

    Raises ``SpecError`` for a file that cannot be read or says what no course says.
    """
    path = Path(path)
    try:
        if path.exists() and not path.is_file():
            raise SpecError("a course is told in a file", where=str(path))
        if path.stat().st_size > MAX_BYTES:
            raise SpecError("a course file is at most 1 MB long", where=str(path))
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise SpecError("the course file cannot be read", where=str(path), got=error.strerror or "") from None
    except UnicodeDecodeError as error:
        raise SpecError("the course file is no text in UTF-8", where=str(path), got=str(error)[:80]) from None
    return read_course(text, str(path))


def read_course(text: str, where: str = "course") -> tuple[Planned, ...]:
    """The sheets of a course told in TOML.

    >>> [planned] = read_course('formats = "html"\\n[[sheet]]\\nname = "week-1"\\ntopics = ["macs"]\\ncount = 2')
    >>> planned.name, planned.formats, [question.topic for question in planned.sheet.questions]
    ('week-1', ('html',), ['macs', 'macs'])
    """
    try:
        data = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, ValueError, RecursionError) as error:
        raise SpecError("the course file is no TOML", where=where, got=str(error)[:80]) from None
    tables = data.pop("sheet", None)
    if not isinstance(tables, list) or not tables or not all(isinstance(table, dict) for table in tables):
        raise SpecError(
            "a course file has tables [[sheet]], in double brackets",
            where=where,
            got=f"keys {', '.join([*data, *(['sheet'] if tables is not None else [])]) or 'none'}"[:80],
        )
    if len(tables) > MAX_SHEETS:
        raise SpecError(f"a course has at most {MAX_SHEETS} sheets", where=where, got=str(len(tables)))
    if "name" in data:
        raise SpecError("a name is that of one sheet", where=where, fix="write it below [[sheet]]")
    _check(data, _COMMON, where)
    planned = [_planned(data, table, f"{where}: sheet {number}") for number, table in enumerate(tables, start=1)]
    names = [name.casefold() for each in planned for name in each.names()]
    for name in names:
        if names.count(name) > 1:
            raise SpecError("two sheets of a course would be the same file", where=where, got=name, fix="rename one")
    return tuple(planned)


def _check(table: Mapping[str, Any], known: Any, where: str) -> None:
    for key, value in table.items():
        if key not in known:
            raise SpecError(
                "a sheet says no such thing", where=where, got=key, fix=f"one of {', '.join(sorted(known))}"
            )
        if not isinstance(value, _KEYS[key]) or (isinstance(value, bool) and key != "key"):
            words = " or ".join({int: "a whole number", str: "a text", list: "a list", bool: "true or false"}[kind]
                                for kind in _KEYS[key])  # fmt: skip
            raise SpecError(f"{key} is {words}", where=where, got=short(value))


def _planned(common: Mapping[str, Any], table: Mapping[str, Any], where: str) -> Planned:
    _check(table, _KEYS, where)
    told = {**common, **table}
    name = told.get("name", "")
    if not re.fullmatch(r"[^\W_][\w.-]{0,98}(?<!\.)", name) or _RESERVED.fullmatch(name):
        raise SpecError(
            "a sheet has a name of letters, digits, - and _ that can be that of a file", where=where, got=short(name)
        )
    formats = told.get("formats", ["pdf"])
    formats = tuple(part.strip() for part in formats.split(",")) if isinstance(formats, str) else tuple(formats)
    if not formats or len(set(map(str, formats))) < len(formats):
        raise SpecError("formats are one or more, each once", where=where, got=short(told["formats"]))
    for fmt in formats:
        if fmt not in FORMATS:
            raise SpecError("there is no such format", where=where, got=short(fmt), fix=f"one of {', '.join(FORMATS)}")
    titles = [source["title"] for source in (common, table) if "title" in source]
    options = {key: told[key] for key in ("count", "level", "variants", "lang", "seed") if key in told}
    try:
        paper = paper_of(told.get("paper", "a4"))
        sheet = worksheet(told.get("topics"), title=": ".join(titles) or None, **options)
    except ConvcostError as error:
        raise error.at(where) from None
    return Planned(name, sheet, formats, told.get("key", True), paper)
