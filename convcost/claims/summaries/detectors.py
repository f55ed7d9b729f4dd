"""What detectors print of themselves: Darknet's layers with BFLOPs, and the rows of YOLOv5 and its kin."""

from __future__ import annotations

import re
from collections.abc import Iterator
from fractions import Fraction

from ...messages import Message
from .figurelaws import HARD, SOFT, FactLaw, FigureLaw
from .pasted import Pasted
from .record import Figure, figure
from .sheet import Sheet

_DARKNET = re.compile(
    r"(?<![\w.])(?P<index>\d{1,4})[ \t]{1,20}conv[ \t]{1,20}(?P<filters>\d{1,5})[ \t]{0,9}(?:/[ \t]{0,4}(?P<groups>\d{1,5})[ \t]{1,9})?"
    r"[ \t]{0,20}(?P<side>\d{1,3})[ \t]?x[ \t]?(?P<side_2>\d{1,3})[ \t]{0,4}/[ \t]{0,4}(?P<stride>\d{1,2})[ \t]{1,20}"
    r"(?P<width>\d{1,5})[ \t]{0,4}x[ \t]{0,4}(?P<height>\d{1,5})[ \t]{0,4}x[ \t]{0,4}(?P<channels>\d{1,5})[ \t]{0,9}->[ \t]{0,9}"
    r"(?P<out_w>\d{1,5})[ \t]{0,4}x[ \t]{0,4}(?P<out_h>\d{1,5})[ \t]{0,4}x[ \t]{0,4}(?P<out_c>\d{1,5})[ \t]{1,20}(?P<bflops>\d{1,6}\.\d{1,6})[ \t]?B(?:FLOPs?|F)\b",
    re.IGNORECASE,
)
_YOLO = re.compile(
    r"^[ \t#>|]{0,40}(?P<index>\d{1,3})[ \t|]{1,30}(?P<source>-?\d{1,3}|\[[-\d, ]{1,40}\])[ \t|]{1,30}(?P<times>\d{1,3})[ \t|]{1,30}(?P<params>\d{1,12})[ \t|]{1,30}"
    r"(?P<module>[A-Za-z_][\w.]{1,100})[ \t|]{1,60}(?P<args>\[[^\n]{0,200}\])",
    re.MULTILINE,
)
_YOLO_TOTAL = re.compile(r"Model\s[Ss]ummary[^\n]{0,80}?(?P<params>\d[\d,]{0,15})\sparameters")


def find(text: Pasted) -> Iterator[Sheet]:
    """The layers that a text prints."""
    yield from _darknet(text)
    yield from _yolo(text)


def _runs(matches: list[re.Match[str]]) -> Iterator[list[re.Match[str]]]:
    run: list[re.Match[str]] = []
    for match in matches:
        if run and (match.start() - run[-1].end() > 1500 or int(match["index"]) <= int(run[-1]["index"])):
            yield run
            run = []
        run.append(match)
    if run:
        yield run


def _darknet(text: Pasted) -> Iterator[Sheet]:
    for run in _runs(list(_DARKNET.finditer(text.text))):
        figures: dict[str, Figure] = {}
        laws: list[FigureLaw] = []
        for match in run:
            key = f"{match['index']} bflops"
            figures[key] = figure(match["bflops"], text.spot(*match.span("bflops")))
            names = ("filters", "side", "side_2", "channels", "out_w", "out_h")
            filters, side, side_2, channels, out_w, out_h = (int(match[name]) for name in names)
            count = Fraction(2 * filters * side * side_2 * channels * out_w * out_h, int(match["groups"] or 1))
            told = Message(
                "two operations for each of {taps}×{channels}×{filters} weights at {size} positions make {count}",
                taps=side * side_2, channels=channels, filters=filters, size=out_w * out_h, count=f"{float(count / 10**9):.3f}",
            )  # fmt: skip
            laws.append(FactLaw(key, (count / 10**9,), told, HARD))
        yield Sheet("darknet", figures, laws, text.covered(run[0].start(), run[-1].end()))


def _yolo(text: Pasted) -> Iterator[Sheet]:
    for run in _runs(list(_YOLO.finditer(text.text))):
        figures = {
            f"{match['index']} params": figure(match["params"], text.spot(*match.span("params"))) for match in run
        }
        laws: list[FigureLaw] = []
        for match in run:
            laws += _module_law(match)
        end = run[-1].end()
        total = _YOLO_TOTAL.search(text.text, end, min(len(text.text), end + 600))
        indices = [int(match["index"]) for match in run]
        if total is not None and indices == list(range(len(run))):
            figures["total"] = figure(total["params"], text.spot(*total.span("params")))
            count = sum(int(match["params"]) for match in run)
            told = Message("the params of the {rows} rows add up to {count}", rows=len(run), count=f"{count:,}")
            laws.append(FactLaw("total", (Fraction(count),), told, SOFT))
            end = total.end()
        yield Sheet("yolo", figures, laws, text.covered(run[0].start(), end), frozenset(("total",)))


def _module_law(match: re.Match[str]) -> Iterator[FigureLaw]:
    kind = match["module"].rpartition(".")[2]
    key = f"{match['index']} params"
    if kind in ("Upsample", "Concat"):
        yield FactLaw(key, (Fraction(0),), Message("{kind} has no params", kind=kind), SOFT, "0")
    sizes = re.fullmatch(
        r"\[(\d{1,5}), (\d{1,5}), (\d{1,2})(?:, \d{1,2})?(?:, (?:\d{1,2}|None))?\]", match["args"].strip()
    )
    if kind == "Conv" and sizes is not None and int(match["times"]) == 1:
        into, out, side = (int(size) for size in sizes.groups()[:3])
        text = f"{side}×{side}×{into}×{out} + 2×{out}"
        count = side * side * into * out + 2 * out
        told = Message(
            "a convolution with batch normalization has {expression} = {count} params",
            expression=text,
            count=f"{count:,}",
        )
        yield FactLaw(key, (Fraction(count),), told, SOFT, text)
