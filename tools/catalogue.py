"""The catalogues of translated sentences: gather the templates, compile what was translated.

    python tools/catalogue.py           # update convcost/locale/*/LC_MESSAGES/convcost.po, compile the .mo beside it
    python tools/catalogue.py --check   # change nothing; exit 1 if something is missing

Between two runs somebody translates: a new template stands in the .po with an empty ``msgstr``. Needs polib
(``pip install convcost[core-test]``).
"""

from __future__ import annotations

import ast
import string
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import click
from polib import POEntry, POFile, pofile

PACKAGE = Path(__file__).resolve().parents[1] / "convcost"
LOCALES = PACKAGE / "locale"
#: Where templates are handed on, not written.
HANDS_ON = "messages.py"


@dataclass(frozen=True)
class Template:
    """A sentence with placeholders, and the file that it stands in."""

    text: str
    file: str
    line: int


class NoLiteralError(ValueError):
    """A template that no catalogue can hold, since it is put together while the program runs."""


def templates(package: Path = PACKAGE) -> Iterator[Template]:
    """Every ``Message("literal", …)`` of the package, in the order of files and lines."""
    for path in sorted(package.rglob("*.py")):
        if path.name == HANDS_ON:
            continue
        file = path.relative_to(package.parent).as_posix()
        yield from templates_of(path.read_text(encoding="utf-8"), file)


def templates_of(source: str, file: str) -> Iterator[Template]:
    """The templates of one source text.

    >>> [template.text for template in templates_of("Message('a {n}' if x else 'b', n=1); Message('c')", "x.py")]
    ['a {n}', 'b', 'c']
    """
    calls = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call) and _is_message(node.func)]
    for call in sorted(calls, key=lambda call: (call.lineno, call.col_offset)):
        if not call.args:
            raise NoLiteralError(f"{file}:{call.lineno}: a Message without a template")
        for text in _literals(call.args[0], file):
            yield Template(text, file, call.lineno)


def _is_message(function: ast.expr) -> bool:
    name = function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
    return name == "Message"


def _literals(node: ast.expr, file: str) -> Iterator[str]:
    if isinstance(node, ast.IfExp):
        yield from _literals(node.body, file)
        yield from _literals(node.orelse, file)
    elif isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    else:
        raise NoLiteralError(f"{file}:{node.lineno}: the template is no literal: {ast.unparse(node)[:60]}")


def placeholders(template: str) -> list[str]:
    """The placeholders of a template with their formats, in alphabetical order.

    >>> placeholders("{b:,} of {a}"), placeholders("a {{brace}}")
    (['a', 'b:,'], [])
    """
    fields = string.Formatter().parse(template)
    return sorted(name + (f":{spec}" if spec else "") for _, name, spec, _ in fields if name is not None)


def needs_words(template: str) -> bool:
    """Whether there is something to translate: words, or the marks of a sentence, which are wide in Chinese.

    >>> needs_words("{a}×{b}"), needs_words("10^{power}"), needs_words("{a}: {b}.")
    (False, True, True)
    """
    return any(any(map(_means_something, text)) for text, *_ in string.Formatter().parse(template))


def _means_something(character: str) -> bool:
    return character.isalnum() or character in ".,:;!?()"


def faults(catalogue: POFile, wanted: list[Template]) -> Iterator[str]:
    """What is wrong with a catalogue: missing, unfinished and superfluous translations, and other placeholders."""
    texts = {template.text: template for template in wanted if needs_words(template.text)}
    for text, template in texts.items():
        entry = catalogue.find(text)
        if entry is None or not entry.translated():
            yield f"{template.file}:{template.line}: not translated: {text}"
        elif placeholders(text) != placeholders(entry.msgstr):
            yield f"{template.file}:{template.line}: other placeholders in the translation of: {text}"
    for entry in catalogue:
        if entry.msgid not in texts:
            yield f"translated, but no longer in the package: {entry.msgid}"


def updated(catalogue: POFile, wanted: list[Template]) -> POFile:
    """The catalogue with exactly the templates that there are; what was translated stays translated."""
    fresh = POFile(wrapwidth=110, check_for_duplicates=True)
    fresh.metadata = dict(catalogue.metadata)
    for text in dict.fromkeys(template.text for template in wanted if needs_words(template.text)):
        known = catalogue.find(text)
        # Lines would make a difference whenever a source is touched.
        places = sorted({(template.file, "") for template in wanted if template.text == text})
        fresh.append(POEntry(msgid=text, msgstr=known.msgstr if known else "", occurrences=places))
    return fresh


def read(path: Path) -> POFile:
    """A catalogue from its ``.po`` file."""
    return pofile(str(path), encoding="utf-8", wrapwidth=110)


@click.command()
@click.option("--check", is_flag=True, help="change nothing, say what is missing")
def main(check: bool) -> None:
    """Update the catalogues from the package's sources, and compile them."""
    wanted = list(templates())
    found = []
    for path in sorted(LOCALES.glob("*/LC_MESSAGES/convcost.po")):
        catalogue = read(path)
        if not check:
            catalogue = updated(catalogue, wanted)
            catalogue.save(str(path))
            catalogue.save_as_mofile(str(path.with_suffix(".mo")))
        found += [f"{path.parts[-3]}: {fault}" for fault in faults(catalogue, wanted)]
    for fault in found:
        click.echo(fault)
    sys.exit(1 if found else 0)


if __name__ == "__main__":
    main()
