"""The page put together: one file, under a policy that lets nothing else in."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files
from string import Template
from typing import Any

from .. import __version__
from ..block import Block
from ..errors import SpecError
from ..graph import Graph
from ..layers import Conv
from ..layers.base import shape_text
from ..messages import LANGUAGES, Message, usual_language
from ..notation import parse
from ..pictures.shades import SHADES
from .diagrams import colours, drawings
from .formulas import tree
from .pair import Pair, pair
from .parts import Parts, escaped
from .sides import Side
from .starts import MAX_DIGITS, Dial, dials
from .texts import TEXTS, texts
from .wire import Wire

#: Read in this order: each uses what stands before it.
SCRIPTS = ("exact.js", "words.js", "diagrams.js", "dials.js", "chart.js", "results.js", "page.js")
STYLES = ("page.css", "costs.css", "figures.css", "media.css")
MAX_TITLE = 300
_MAX_SPEC = 400
_TAGS = {"en": "en", "zh": "zh-Hans"}


def explore(
    a: str | Block | Graph | None = None,
    b: str | Block | Graph | None = None,
    input_shape: Any = None,
    *,
    values: Mapping[str, int] | None = None,
    title: str | None = None,
    lang: str | None = None,
    names: tuple[str | None, str | None] = (None, None),
    notes: Sequence[Message] = (),
) -> str:
    """A web page, in one file, on which every size of two blocks can be turned.

    Sizes are the symbols of the blocks and of the input; numbers of the input are made symbols where the blocks allow
    it, and in blocks without symbols the width ``r`` of the first free 1×1 convolution, as by :func:`convcost.compare`.
    Text is read as notation. ``values`` are the sizes to start with, ``names`` what the blocks are called, ``notes``
    sentences that stand beneath the names. Without blocks the page compares a 5×5 convolution with the same behind a
    1×1 bottleneck.

    Raises as :func:`convcost.cost`, and ``SpecError`` where no size can be turned, a block has more layers than a page
    can hold, a value is no whole number from 1 on, or a block cannot be built at the sizes to start with.

    >>> from convcost import Conv
    >>> page = explore(Conv(32, 5, padding=2), Conv(16, 1) >> Conv(32, 5, padding=2), (192, 28, 28))
    >>> page.splitlines()[0], "http" in page.replace("http-equiv", "").replace("http://www.w3.org/2000/svg", "")
    ('<!DOCTYPE html>', False)
    """
    remarks: tuple[str, ...] = ()
    if a is None and b is None:
        a, b, input_shape, values = *_flagship(), {**FLAGSHIP_START, **(values or {})}
        remarks = ("flagship",)
    if a is None or b is None:
        raise SpecError("a page compares two blocks", got="one")
    if title is not None and len(title) > MAX_TITLE:
        raise SpecError(f"a title is at most {MAX_TITLE} characters long", got=f"{len(title)}")
    language = usual_language() if lang is None else lang
    if language not in LANGUAGES:
        raise SpecError("there is no page in this language", got=language[:40], fix=f"one of {', '.join(LANGUAGES)}")
    a, b = (parse(block) if isinstance(block, str) else block for block in (a, b))
    both = pair(a, b, input_shape)
    return _Page(both, dials(both, values), language, title, _names(both, names), remarks, notes).text()


FLAGSHIP_START = {"C": 192, "H": 28, "W": 28, "K": 32, "r": 16}


def _flagship() -> tuple[Block, Block, Any]:
    from .. import symbolic

    channels, height, width, out, reduced = symbolic.symbols("C H W K r")
    wide = Conv(out, 5, padding=2)
    return wide, Conv(reduced, 1) >> wide, (channels, height, width)


def _names(both: Pair, names: tuple[str | None, str | None]) -> tuple[str, ...]:
    return tuple(name or cost.spec for name, cost in zip(names, both.costs, strict=True))


class _Page:
    def __init__(
        self,
        both: Pair,
        dials: list[Dial],
        language: str,
        title: str | None,
        names: tuple[str, ...],
        remarks: tuple[str, ...],
        notes: Sequence[Message],
    ) -> None:
        self.pair, self.dials, self.language, self.title = both, dials, language, title
        self.names, self.remarks, self.notes = names, remarks, notes
        self.symbols = [dial.name for dial in dials]
        self.wire = Wire(self.symbols)
        self.sides = [Side(place, cost, self.wire) for place, cost in enumerate(both.costs)]
        starts = {dial.name: dial.start for dial in dials}
        self.meeting = both.meeting(starts)
        self.drawn = [drawings(side, starts, language) for side in self.sides]
        self.texts = texts(self._own_texts())
        self.parts = Parts(self.texts[language], self.symbols)

    def _own_texts(self) -> dict[str, Message]:
        own = {f"about-{place}": dial.about for place, dial in enumerate(self.dials)}
        own |= {f"status-{side.place}": side.status for side in self.sides if side.status is not None}
        own |= {f"note-{place}": note for place, note in enumerate(self.notes)}
        if "flagship" in self.remarks:
            own["title"] = TEXTS["flagship-title"]
        return own

    def text(self) -> str:
        """The whole file."""
        parts = self._parts()
        style = colours() + "".join(map(_asset, STYLES))
        data = _json({**self._data(), **self._extra()})
        script = "'use strict';\n{\nconst data = JSON.parse(document.getElementById('data').textContent);\n"
        script += "".join(map(_asset, SCRIPTS)) + "}\n"
        told = {f"t_{name.replace('-', '_')}": escaped(text) for name, text in self.texts[self.language].items()}
        return Template(_asset("page.html")).substitute(
            told | parts, style=style, script=script, data=data, policy=_policy(script, style), version=__version__
        )

    def _parts(self) -> dict[str, str]:
        title = self.texts[self.language]["title"] if self.title is None else self.title
        chosen = self._charted()
        a, b = self.sides
        return {
            "html_language": _TAGS[self.language],
            "other_lang": _TAGS["en" if self.language == "zh" else "zh"],
            "title": escaped(title),
            "document_title": escaped(title),
            "title_hook": ' data-text="title"' if self.title is None else "",
            "spec_a": escaped(_cut(self.names[0])),
            "spec_b": escaped(_cut(self.names[1])),
            "notes": "".join(self.parts.text(f"note-{n}", "p", ' class="note"') for n in range(len(self.notes))),
            "input_shape": escaped("; ".join(map(shape_text, a.cost.inputs))),
            "dials": "\n".join(self.parts.dial(dial, place) for place, dial in enumerate(self.dials)),
            "chart_sizes": "".join(
                self.parts.option(dial, place, place == chosen) for place, dial in enumerate(self.dials)
            ),
            "cards": self.parts.card(a) + self.parts.card(b),
            "diagrams": self._diagrams(),
            "formulas": self._formulas(),
            "tables": self.parts.table(a) + self.parts.table(b),
            "remarks": "".join(self.parts.text(name, "li") for name in self.remarks),
        }

    def _charted(self) -> int:
        """The size that the chart is drawn against at first: the width where there is one, else that of the map."""
        width = self.pair.comparison.width
        wanted = [width[1]] if width else []
        return next((self.symbols.index(name) for name in [*wanted, "r", "H", "C"] if name in self.symbols), 0)

    def _diagrams(self) -> str:
        figures = "".join(
            f'<figure class="block-{side.place}{" wide" if wide else ""}" data-picture="{side.place}">'
            + self.parts.text(f"block-{side.letter.lower()}", "figcaption")
            + f"{pictures}</figure>"
            for side, (pictures, wide, _) in zip(self.sides, self.drawn, strict=True)
        )
        return f'<div class="diagrams">{figures}</div>'

    # -- formulas --------------------------------------------------------------------------------------------------

    def _formulas(self) -> str:
        found = "".join(map(self.parts.formulas_of, self.sides))
        ratio = self.pair.comparison.ratio_forms[1]
        if ratio is not None:
            found += self.parts.formula("formula-ratio", tree(ratio), '<span id="ratio-value" class="number"></span>')
        if self.meeting is not None:
            symbol, expression, _ = self.meeting
            value = f'<i class="symbol">{escaped(symbol)}</i> <span id="meeting-value" class="number"></span>'
            found += self.parts.formula("formula-meeting", tree(expression), value)
        return found

    def _extra(self) -> dict[str, Any]:
        """The entries of the ratio and of the break-even, where there are any, and all entries."""
        extra, found = {}, {}
        ratio = self.pair.comparison.ratio_forms[1]
        if ratio is not None:
            extra["ratio"] = self.wire.add(ratio)
        if self.meeting is not None:
            symbol, expression, _ = self.meeting
            extra["meeting"] = self.wire.add(expression)
            found["meetingOf"] = self.symbols.index(symbol)
        return {**found, "extra": extra, "entries": self.wire.entries}

    def _data(self) -> dict[str, Any]:
        return {
            "language": self.language,
            "texts": self.texts,
            "digits": MAX_DIGITS,
            "dials": [{"name": dial.name, "start": str(dial.start)} for dial in self.dials],
            "steps": [shade.least for shade in SHADES],
            "blocks": [
                {**side.data(), "boxes": boxes} for side, (*_, boxes) in zip(self.sides, self.drawn, strict=True)
            ],
        }


def _cut(text: str) -> str:
    return text if len(text) <= _MAX_SPEC else text[: _MAX_SPEC - 1] + "…"


def _json(value: Any) -> str:
    """JSON that cannot end the element that it stands in.

    >>> _json("</script>")
    '"\\\\u003c/script\\\\u003e"'
    """
    text = json.dumps(value, ensure_ascii=True, separators=(",", ":"))
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


@cache
def _asset(name: str) -> str:
    return files(__package__).joinpath("assets", name).read_text(encoding="utf-8")


def _policy(script: str, style: str) -> str:
    """What the browser lets in: this script, this style, and nothing from anywhere."""
    rules = {
        "default-src": "'none'",
        "script-src": _hash(script),
        "style-src": _hash(style),
        "img-src": "data:",
        "base-uri": "'none'",
        "form-action": "'none'",
    }
    return "; ".join(f"{name} {allowed}" for name, allowed in rules.items())


def _hash(text: str) -> str:
    digest = hashlib.sha256(text.encode("utf-8")).digest()
    return f"'sha256-{base64.b64encode(digest).decode('ascii')}'"
