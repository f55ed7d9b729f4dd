"""The lines below the rows that several tools share: totals of params, of mult-adds, and sizes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from .pasted import Pasted
from .record import Figure, figure

#: What the figures are called in a record, by the first words of their labels.
_KEYS = (
    ("non", "frozen"),
    ("total p", "params"),
    ("total t", "trainable"),
    ("trainable", "trainable"),
    ("optimizer", "optimizer"),
    ("total m", "mult-adds"),
    ("input", "input"),
    ("forward", "passes"),
    ("param", "weights"),
    ("estimated", "memory"),
)
_FOOT = re.compile(
    r"(?<![\w/-])(?P<label>Total\s{1,3}(?:params|parameters|mult-adds|trainable\s{1,3}params)|Trainable\s{1,3}(?:params|parameters)|"
    r"Non-?\s?trainable\s{1,3}(?:params|parameters)|Optimizer\s{1,3}params|Input\s{1,3}size|"
    r"Forward/backward\s{1,3}pass\s{1,3}size|Params?\s{1,3}size|Estimated\s{1,3}total\s{1,3}size)"
    r"(?:\s{0,3}\((?P<unit>[A-Za-z.]{1,20})\))?(?:[ \t]{0,3}[:=|│：][ \t|]{0,40}\n?[ \t]{0,20}|[ \t]{1,40})"
    r"(?P<number>\d(?:[\d,]{0,30}\d)?(?:\.\d{1,9})?)(?!\d|\.\d)(?:\s?(?P<scale>[KkMGBT])(?![\w(]))?"
    r"(?:[ \t]{0,3}\((?P<size>\d[\d,]{0,20}(?:\.\d{1,4})?)\s?(?P<bytes>bytes?|[KMGT]?i?B)\))?",
    re.IGNORECASE,
)
_SCALES = {"": 1, "k": 10**3, "m": 10**6, "g": 10**9, "b": 10**9, "t": 10**12}
_POWERS = {"b": 0, "k": 1, "m": 2, "g": 3, "t": 4}


@dataclass(frozen=True)
class Foot:
    """A figure below the rows. ``power`` is that of a size's unit: kB 1, MB 2, GB 3."""

    key: str
    figure: Figure
    power: int
    start: int
    end: int


def feet(text: Pasted) -> Iterator[Foot]:
    """All such figures of a text.

    >>> from ..documents import Line
    >>> found = feet(Pasted.of((Line(1, " Total params: 181,006 (707.05 KB)"), Line(2, "Input size (MB): 0.57"))))
    >>> [(foot.key, str(foot.figure.value), foot.power) for foot in found]
    [('params', '181006', 0), ('params bytes', '14141/20', 1), ('input', '57/100', 2)]
    """
    for match in _FOOT.finditer(text.text):
        label = match["label"].lower()
        key = next(key for words, key in _KEYS if label.startswith(words))
        unit = (match["unit"] or "").lower().removeprefix("units.")
        is_size = key in ("input", "passes", "weights", "memory")
        if is_size and not unit:
            continue
        scale = 1 if is_size else _SCALES.get(unit[:1], 1) * _SCALES[(match["scale"] or "").lower()]
        spot = text.spot(match.start("number"), match.end("number"))
        yield Foot(
            key,
            figure(match["number"], spot, scale),
            _POWERS.get(unit[:1], 2) if is_size else 0,
            match.start(),
            match.end(),
        )
        if match["size"]:
            spot = text.spot(match.start("size"), match.end("size"))
            power = _POWERS.get(match["bytes"][0].lower(), 2)
            yield Foot(f"{key} bytes", figure(match["size"], spot), power, match.start(), match.end())
