"""Short reports: torch's FLOP counter, the head of calflops, Lightning's model summary."""

from __future__ import annotations

import re
from collections.abc import Iterator
from fractions import Fraction

from .figurelaws import HARD, SOFT, FigureLaw, ScaleLaw, ShareLaw, SumLaw
from .pasted import Pasted
from .record import Figure, figure
from .sheet import Sheet

_UNITS = {"": 1, "k": 10**3, "m": 10**6, "g": 10**9, "b": 10**9, "t": 10**12}
_COUNTER_HEAD = re.compile(r"^[ \t#>|]{0,40}Module[ \t|]{1,200}FLOPs?[ \t|]{1,60}% Total", re.MULTILINE)
_COUNTER_ROW = re.compile(
    r"^(?P<indent>[ \t#>|]{0,60})(?P<name>(?:- )?[\w.:]{1,200})[ \t|]{1,200}(?P<flops>\d{1,9}(?:\.\d{1,6})?)(?P<unit>[KMGTB]?)[ \t|]{1,60}(?P<share>\d{1,3}\.\d{1,4})%",
    re.MULTILINE,
)
_CALFLOPS = re.compile(
    r"(?P<label>Total Training Params|fwd MACs|fwd FLOPs|fwd\+bwd MACs|fwd\+bwd FLOPs):\s{1,90}"
    r"(?P<number>\d{1,9}(?:\.\d{1,9})?)\s?(?P<unit>[KMGT]?)\s?(?:MACs|FLOPS)?"
)
_LIGHTNING_ROW = re.compile(
    r"^[ \t#>|]{0,40}\d{1,4}\s?\|\s?(?P<name>[\w.]{1,100})\s{0,80}\|\s{0,20}(?P<kind>\w{1,80})\s{0,80}\|\s{0,20}(?P<number>\d{1,9}(?:[.,]\d{1,3})?)\s?(?P<unit>[KMBT]?)\s{0,40}(?:\||$)",
    re.MULTILINE,
)
_LIGHTNING_TOTAL = re.compile(
    r"(?<![\d.,])(?P<number>\d{1,9}(?:[.,]\d{1,3}){0,4})\s?(?P<unit>[KMBT]?)\s{1,40}"
    r"(?P<label>(?:Non-trainable|Trainable|Total) params|Total estimated model params size \(MB\))"
)


def _read(text: Pasted, match: re.Match[str], group: str = "number", unit: str = "unit") -> Figure:
    return figure(match[group], text.spot(*match.span(group)), _UNITS[(match[unit] or "").lower()])


def find(text: Pasted) -> Iterator[Sheet]:
    """The reports of a text."""
    yield from _counters(text)
    yield from _calflops(text)
    yield from _lightning(text)


def _counters(text: Pasted) -> Iterator[Sheet]:
    heads = [head.end() for head in _COUNTER_HEAD.finditer(text.text)]
    for head, stop in zip(heads, [*heads[1:], len(text.text)], strict=False):
        figures: dict[str, Figure] = {}
        laws: list[FigureLaw] = []
        operations: list[str] = []
        end = head
        module = ""
        for n, match in enumerate(_COUNTER_ROW.finditer(text.text, head, stop)):
            if text.text.count("\n", end, match.start()) > 2:
                break
            figures[f"{n} flops"] = _read(text, match, "flops")
            figures[f"{n} share"] = figure(match["share"], text.spot(*match.span("share")))
            if n:
                laws.append(ShareLaw(f"{n} share", f"{n} flops", "0 flops"))
            if match["name"].startswith("- "):
                operations.append(f"{n} flops")
            else:
                laws += [SumLaw(module, tuple(operations), SOFT)] if operations else []
                module, operations = f"{n} flops", []
            end = match.end()
        laws += [SumLaw(module, tuple(operations), SOFT)] if operations else []
        if figures:
            yield Sheet("torch", figures, laws, text.covered(head, end), frozenset())


_KEYS = {
    "total training params": "params", "fwd macs": "macs", "fwd flops": "flops", "fwd+bwd macs": "both macs",
    "fwd+bwd flops": "both flops",
}  # fmt: skip


def _calflops(text: Pasted) -> Iterator[Sheet]:
    run: dict[str, Figure] = {}
    start = end = 0
    for match in [*_CALFLOPS.finditer(text.text), None]:
        if match is None or (run and (match.start() - end > 200 or _KEYS[match["label"].lower()] in run)):
            if len(run) > 1:
                laws = [ScaleLaw(f"both {key}", key, (Fraction(3),), SOFT) for key in ("macs", "flops")]
                yield Sheet("calflops", run, laws, text.covered(start, end), frozenset(run))
            run = {}
        if match is not None:
            start = match.start() if not run else start
            run[_KEYS[match["label"].lower()]] = _read(text, match)
            end = match.end()


def _lightning(text: Pasted) -> Iterator[Sheet]:
    totals = list(_LIGHTNING_TOTAL.finditer(text.text))
    if not totals:
        return
    keys = {"trainable params": "trainable", "non-trainable params": "frozen", "total params": "params"}
    rows = list(_LIGHTNING_ROW.finditer(text.text))
    run: dict[str, Figure] = {}
    for match in totals:
        key = keys.get(match["label"].lower(), "size")
        run[key] = _loose(_read(text, match)) if key != "size" else _read(text, match)
        if key != "size":
            continue
        above = [row for row in rows if 0 < match.start() - row.start() < 20_000]
        parts = {f"{n} params": _loose(_read(text, row)) for n, row in enumerate(above)}
        start = above[0].start() if above else match.start()
        laws: list[FigureLaw] = [
            SumLaw("params", ("trainable", "frozen"), HARD),
            ScaleLaw("size", "params", (Fraction(4, 10**6),), SOFT),
        ]
        if parts:
            laws.append(SumLaw("params", tuple(parts), SOFT))
        yield Sheet("lightning", {**parts, **run}, laws, text.covered(start, match.end()), frozenset(run))
        rows = [row for row in rows if row.start() > match.end()]
        run = {}


def _loose(shown: Figure) -> Figure:
    """Lightning cuts digits off: a figure stands for what is up to one step more."""
    return shown if shown.exact else Figure(shown.text, shown.value, 2 * shown.step, shown.scale, shown.spot)
