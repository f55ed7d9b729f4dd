"""A sheet as the ``worksheet`` JSON object: integers exact, fractions as ``"300/31"`` beside their decimals."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ...formula import Formula, latex, plain
from ...messages import Message
from ...report.json import dumps
from ..inline import Piece, pieces, text
from ..model import (
    Answer,
    Code,
    Expression,
    Gap,
    Grid,
    Hole,
    Inline,
    Listing,
    Numbers,
    Part,
    Pick,
    Picture,
    Question,
    Step,
)
from ..sheet import variant_name
from .parts import one_line

if TYPE_CHECKING:
    from ..sheet import Sheet

SCHEMA = 1


def write(sheet: Sheet, *, key: bool = False, language: str = "en", **_: Any) -> str:
    """The JSON text; without ``key`` it holds what students may see.

    >>> from ..sheet import worksheet
    >>> '"answer": {' in write(worksheet("macs", count=1)), '"value":' in write(worksheet("macs", count=1))
    (True, False)
    """
    return dumps(sheet_to_dict(sheet, language, key=key)) + "\n"


def sheet_to_dict(sheet: Sheet, language: str = "en", *, key: bool = True) -> dict[str, Any]:
    """The object that ``schemas/worksheet.json`` describes.

    Without ``key`` there are no answers, hints, derivations, facts or mistakes, and options only where a question
    cannot be answered without them.
    """
    return {
        "schema": SCHEMA,
        "title": one_line(sheet.heading(language)),
        "number": sheet.number,
        # Whoever knows the seed can make the key.
        **({"seed": one_line(sheet.seed) if isinstance(sheet.seed, str) else sheet.seed} if key else {}),
        "level": sheet.level,
        "language": language,
        "key": key,
        "variants": [[_question(question, language, key) for question in variant] for variant in sheet.variants],
    }


def _question(question: Question, language: str, key: bool) -> dict[str, Any]:
    told: dict[str, Any] = {
        "name": one_line(question.name),
        "topic": question.topic,
        "level": question.level,
        "points": question.points,
        "prompt": {
            "text": "\n".join(part_text(part, language) for part in question.prompt + question.beside),
            "parts": [_part(part, language) for part in question.prompt + question.beside],
        },
        "answer": _answer(question.answer, language, key),
    }
    if key or isinstance(question.answer, Pick):
        told["options"] = [
            _option(place, shown, why, language, key) for place, (shown, why) in enumerate(question.options(), start=1)
        ]
    if key:
        told["hint"] = _line(question.hint, language)
        told["derivation"] = [_step(step, language) for step in question.derivation]
        told["facts"] = data(question.facts)
    return told


def part_text(part: Part, language: str = "en") -> str:
    """A part of a prompt as plain text, a line for each of its lines.

    >>> print(part_text(Grid((Message("layer"), Message("MACs")), ((Code("Conv(8, 1)"), Hole(1)),))))
    layer | MACs
    Conv(8, 1) | (1)
    """
    if isinstance(part, Listing):
        return "\n".join(f"{number}. {text(line, language)}" for number, line in enumerate(part.lines, start=1))
    if isinstance(part, Grid):
        return "\n".join(" | ".join(text(cell, language) for cell in row) for row in (part.head, *part.rows))
    return text(part.alternative if isinstance(part, Picture) else part, language)


def _part(part: Part, language: str) -> dict[str, Any]:
    if isinstance(part, Formula):
        return _piece(part, language)
    if isinstance(part, Listing):
        return {"kind": "listing", "lines": [_pieces(line, language) for line in part.lines]}
    if isinstance(part, Grid):
        rows = [[_pieces(cell, language) for cell in row] for row in part.rows]
        return {"kind": "grid", "head": [_pieces(cell, language) for cell in part.head], "rows": rows}
    if isinstance(part, Picture):
        return {"kind": "picture", "svg": part.svg, "alternative": text(part.alternative, language)}
    return {"kind": "paragraph", "pieces": _pieces(part, language)}


def _line(content: Inline, language: str) -> dict[str, Any]:
    return {"text": text(content, language), "pieces": _pieces(content, language)}


def _pieces(content: Inline | Hole, language: str) -> list[dict[str, Any]]:
    if isinstance(content, Hole):
        return [{"kind": "hole", "number": content.number}]
    return [_piece(piece, language) for piece in pieces(content, language)]


def _piece(piece: Piece, language: str) -> dict[str, Any]:
    if isinstance(piece, Formula):
        return {"kind": "formula", "text": plain(piece, language), "latex": latex(piece, language)}
    return {"kind": "code" if isinstance(piece, Code) else "text", "text": str(piece)}


def _answer(answer: Answer, language: str, key: bool) -> dict[str, Any]:
    told: dict[str, Any] = {"kind": type(answer).__name__.lower()}
    if isinstance(answer, Numbers):
        told["gaps"] = [_gap(gap, language, key) for gap in answer.gaps]
    if key:
        told["shown"] = _line(answer.shown, language)
        if isinstance(answer, Expression):
            told["notation"] = answer.text
    return told


def _gap(gap: Gap, language: str, key: bool) -> dict[str, Any]:
    told: dict[str, Any] = {
        "label": text(gap.label, language),
        "unit": None if gap.unit is None else text(gap.unit, language),
        "places": gap.places,
    }
    if key:
        told["value"] = data(gap.value)
        told["digits"] = gap.digits
        told["tolerance"] = data(gap.tolerance)
    return told


def _step(step: Step, language: str) -> dict[str, Any]:
    formula = None if step.formula is None else _piece(step.formula, language)
    return {"text": text(step.text, language), "pieces": _pieces(step.text, language), "formula": formula}


def _option(place: int, shown: Inline, why: Message | None, language: str, key: bool) -> dict[str, Any]:
    told = {"letter": variant_name(place).lower(), "shown": _line(shown, language)}
    return told | ({"mistake": None if why is None else text(why, language)} if key else {})


def data(value: Any) -> Any:
    """Facts as JSON: fractions as text, tuples as lists, formulas and notation as what they read.

    >>> from fractions import Fraction
    >>> data({"ratio": Fraction(300, 31), "shape": (3, 28, 28)})
    {'ratio': '300/31', 'shape': [3, 28, 28]}
    """
    if isinstance(value, Mapping):
        return {str(name): data(inner) for name, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [data(inner) for inner in value]
    return value if value is None or isinstance(value, (bool, int, str)) else str(value)
