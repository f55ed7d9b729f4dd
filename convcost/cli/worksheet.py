"""``convcost worksheet``: sheets of questions, and their keys."""

from __future__ import annotations

from pathlib import Path

import click

from ..errors import SpecError
from ..messages import LANGUAGES, usual_language
from ..worksheets.render import FORMATS, KEYED, SUFFIXES
from .writing import deliver, folder


@click.command("worksheet")
@click.argument("course", required=False, metavar="[COURSE.toml]")
@click.option(
    "--topics", "-t", metavar="NAME,…", multiple=True, help="topics, which take turns  [default: all; see --list]"
)
@click.option("--seed", default="0", show_default=True, help="the same seed gives the same sheet, and the key")
@click.option("--count", default=10, show_default=True, help="number of questions")
@click.option("--level", default="paper", show_default=True, help="1 or paper, 2 or calculator, 3 or challenge")
@click.option("--variants", default=1, show_default=True, help="versions with other numbers")
@click.option("--variant", help="write this one only: a letter or a number")
@click.option("--title", help="title of the sheet")
@click.option("--key", is_flag=True, help="write the key instead of the sheet")
@click.option("--with-key", is_flag=True, help="write the key too, beside the sheet")
@click.option("--format", "fmt", type=click.Choice(FORMATS), help="[default: by the suffix of -o, else markdown]")
@click.option("--paper", default="a4", show_default=True, help="of a PDF: a4 or letter")
@click.option("--lang", type=click.Choice(LANGUAGES), help="language of the sheet  [default: the locale's]")
@click.option("-o", "--output", "target", metavar="FILE", help="file to write; for a course a folder")
@click.option("--list", "lists", is_flag=True, help="list topics, levels and ranges")
def command(
    course: str | None,
    topics: tuple[str, ...],
    seed: str,
    count: int,
    level: str,
    variants: int,
    variant: str | None,
    title: str | None,
    key: bool,
    with_key: bool,
    fmt: str | None,
    paper: str,
    lang: str | None,
    target: str | None,
    lists: bool,
) -> int:
    """Write a worksheet whose every answer is computed, or all sheets of a COURSE.toml.

    Formats: markdown, html, latex, pdf and notebook for students (with --key for teachers); moodle, gift and canvas for
    learning platforms; json.
    """
    language = lang or usual_language()
    if lists:
        _list(language)
        return 0
    if course is not None:
        _alone()
        _course(course, target)
        return 0
    from ..worksheets import worksheet

    fmt = fmt or _by_suffix(target)
    if key and fmt not in KEYED:
        raise SpecError(f"a {fmt} file holds the answers anyway", got="--key", fix="drop it")
    sheet = worksheet(
        ",".join(topics) if topics else None, _number(seed), count, level, variants, title=title, lang=language
    )
    if with_key:
        if target in (None, "-") or fmt not in KEYED:
            raise SpecError(
                "--with-key writes two files", got=f"format {fmt}", fix="say -o FILE and a format with a key"
            )
        deliver(sheet.render(fmt, variant=variant, paper=paper), target)
        path = Path(str(target))
        key, target = True, str(path.with_name(f"{path.stem}-key{path.suffix}"))
    deliver(sheet.render(fmt, key=key, variant=variant, paper=paper), target)
    return 0


def _alone() -> None:
    """A course says everything itself."""
    context = click.get_current_context()
    for name in context.params:
        given = context.get_parameter_source(name)
        if name not in ("course", "target") and given is not None and given.name == "COMMANDLINE":
            option = {"fmt": "format"}.get(name, name).replace("_", "-")
            raise SpecError("a course says this itself", got=f"--{option}", fix="drop it, or write it into the file")


def _number(seed: str) -> int | str:
    return int(seed) if seed.isascii() and seed.isdigit() and len(seed) < 100 else seed


def _by_suffix(target: str | None) -> str:
    suffix = Path(target).suffix.lower() if target else ""
    if suffix and suffix not in SUFFIXES:
        raise SpecError("no format has this suffix", got=suffix, fix=f"one of {', '.join(SUFFIXES)}, or say --format")
    return SUFFIXES.get(suffix, "markdown")


def _course(path: str, target: str | None) -> None:
    from ..worksheets.course import load_course

    planned = load_course(path)
    if target is None:
        raise SpecError("a course writes several files", fix="say -o FOLDER")
    # Everything is made before anything is written.
    files = [file for each in planned for file in each.files()]
    place = folder(target)
    for name, content in files:
        deliver(content, str(place / name))


def _list(language: str) -> None:
    from ..worksheets import LEVELS, TOPICS, topic

    for name in TOPICS:
        told = topic(name)
        click.echo(f"{name}: {told.about.to(language)}")
        for level, ranges in zip(LEVELS, told.ranges, strict=True):
            click.echo(f"  {level.number} {level.name}: {ranges.to(language)}")
