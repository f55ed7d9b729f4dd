"""Sheets as PDF, set by Typst: tagged, with a spoken text for every formula, the same bytes every time.

Latin letters and formulas come in the fonts that Typst carries. Whatever these cannot write (Chinese, most of all) is
looked for among the fonts of the system and in the folder that ``CONVCOST_FONT_PATH`` names.
"""

from __future__ import annotations

import json
import os
import re
import tempfile
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from ...errors import ConvcostError, SpecError
from .typeset import sheet_data

if TYPE_CHECKING:
    from ..sheet import Sheet

TEXT, MATH, CODE = "Libertinus Serif", "New Computer Modern Math", "DejaVu Sans Mono"
#: Fonts with simplified Chinese, those that look best beside the others first.
CHINESE = (
    "Noto Serif CJK SC", "Noto Serif SC", "Source Han Serif SC", "Source Han Serif CN", "Songti SC", "STSong", "SimSun",
    "Noto Sans CJK SC", "Noto Sans SC", "Source Han Sans SC", "Source Han Sans CN", "PingFang SC", "Microsoft YaHei",
    "WenQuanYi Micro Hei", "WenQuanYi Zen Hei", "AR PL UMing CN", "Droid Sans Fallback",
)  # fmt: skip
FOLDERS = "CONVCOST_FONT_PATH"
#: The rules for accessible documents; they also refuse a text that no font can show.
STANDARD = "ua-1"


def write(sheet: Sheet, *, key: bool = False, language: str = "en", paper: str = "a4", **_: object) -> bytes:
    """The sheet, or its key, as PDF.

    Raises ``SpecError`` where Typst or a font is missing.
    """
    typst = _typst()
    data = sheet_data(sheet, key=key, language=language, paper=paper)
    if language == "zh":
        fonts = _fonts(typst, system=True)
        return _set(typst, fonts, data | {"fonts": _families(_chinese(fonts.families()))})
    try:
        return _set(typst, _fonts(typst, system=False), data | {"fonts": _families()})
    except _NoGlyphError:
        # Slower, and from machine to machine not the same; so only where it must be.
        fonts = _fonts(typst, system=True)
        others = [name for name in CHINESE if name in fonts.families()][:1]
        return _set(typst, fonts, data | {"fonts": _families(*others)})


class _NoGlyphError(SpecError):
    """A character that no font can show."""


def _typst() -> Any:
    try:
        import typst
    except ImportError:
        raise SpecError("PDF needs Typst", fix='pip install "convcost[worksheet]"') from None
    return typst


def _fonts(typst: Any, *, system: bool) -> Any:
    """Fonts, read once: those that Typst carries, and with ``system`` all others that there are."""
    given = tuple(folder for folder in os.environ.get(FOLDERS, "").split(os.pathsep) if folder) if system else ()
    missing = [folder for folder in given if not os.path.isdir(folder)]
    if missing:
        raise SpecError(f"{FOLDERS} names a folder that is not there", got=repr(missing[0])[:80])
    return _read(typst, system, given)


@cache
def _read(typst: Any, system: bool, folders: tuple[str, ...]) -> Any:
    return typst.Fonts(include_system_fonts=system, include_embedded_fonts=True, font_paths=list(folders))


def _chinese(there: list[str]) -> str:
    for name in CHINESE:
        if name in there:
            return name
    raise SpecError(
        "no font with Chinese characters was found",
        fix="install Noto Serif CJK (Debian: fonts-noto-cjk) or WenQuanYi Micro Hei (fonts-wqy-microhei), or name a "
        f"folder with such a font in {FOLDERS}",
    )


def _families(*others: str) -> dict[str, list[Any]]:
    """The fonts by use; Chinese marks come from the Chinese font, though a Latin one has them too."""
    latin: Any = {"name": TEXT, "covers": "latin-in-cjk"} if others else TEXT
    return {"text": [latin, *others], "math": [MATH, *others], "code": [CODE, *others]}


def _set(typst: Any, fonts: Any, data: dict[str, Any]) -> bytes:
    source = files(__package__).joinpath("sheet.typ").read_bytes()
    # An empty folder is all of the disk that the template can see.
    with tempfile.TemporaryDirectory() as nothing:
        compiler = typst.Compiler(
            source, root=nothing, font_paths=fonts, sys_inputs={"data": json.dumps(data)}, package_path=nothing,
            package_cache_path=nothing,
        )  # fmt: skip
        try:
            made, warnings = compiler.compile_with_warnings(format="pdf", timestamp=0, pdf_standards=STANDARD)
        except typst.TypstError as error:
            raise _refused(str(error.message), getattr(error, "diagnostic", "")) from None
    if warnings:
        raise ConvcostError("Typst warns of the sheet", got=str(warnings[0].message)[:200])
    return bytes(made)


def _refused(message: str, diagnostic: str) -> ConvcostError:
    told = re.findall(r"the text `\"(.*?)\"` could not be displayed", f"{message}\n{diagnostic}")
    if told:
        return _NoGlyphError(
            "no font has these characters", got=" ".join(dict.fromkeys(told))[:80],
            fix=f"leave them out, or name a folder with a font that has them in {FOLDERS}",
        )  # fmt: skip
    return ConvcostError("Typst cannot set the sheet", got=message[:200])
