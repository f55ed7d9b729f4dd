"""torchstat's table: shapes, params, MAdd, Flops and memory traffic of every module, and the totals below."""

from __future__ import annotations

import re
from collections.abc import Iterator
from fractions import Fraction
from math import prod

from ...messages import Message
from .figurelaws import SOFT, FactLaw, FigureLaw, SumLaw
from .pasted import Pasted
from .record import Figure, figure
from .sheet import Sheet

_NUMBER = r"\d[\d,]{0,20}(?:\.\d{1,6})?"
_CELLS = (
    "".join(rf"[ \t|]{{1,60}}(?P<{name}>{_NUMBER})" for name in ("params", "memory", "madd", "flops", "read", "write"))
    + rf"[ \t|]{{1,60}}(?P<share>\d{{1,3}}(?:\.\d{{1,4}})?)%[ \t|]{{1,60}}(?P<both>{_NUMBER})"
)
_ROW = re.compile(
    rf"^[ \t#>|]{{0,60}}(?:(?P<index>\d{{1,5}})[ \t|]{{1,60}})?(?P<name>[A-Za-z_][\w.]{{0,100}})(?P<dims>(?:[ \t|]{{1,60}}\d{{1,7}}){{2,8}}){_CELLS}\s*?$",
    re.MULTILINE,
)
_TOTAL = re.compile(rf"^[ \t#>|]{{0,60}}total{_CELLS}\s*?$", re.MULTILINE)
_FOOT = re.compile(
    r"Total\s(?P<label>params|memory|MAdd|Flops|MemR\+W):\s{0,9}(?P<number>\d[\d,]{0,20}(?:\.\d{1,4})?)\s?(?P<unit>[KMGT]?)(?:MAdd|Flops|B|$|(?=[\s<]))"
)
_COLUMNS = ("params", "memory", "madd", "flops", "read", "write", "both")
_UNITS = {"": 1, "K": 10**3, "M": 10**6, "G": 10**9, "T": 10**12}
_BINARY = {"": 1, "K": 2**10, "M": 2**20, "G": 2**30, "T": 2**40}


def find(text: Pasted) -> Iterator[Sheet]:
    """The tables of a text (those whose rows stand there; totals alone say nothing about each other)."""
    rows = list(_ROW.finditer(text.text))
    totals = list(_TOTAL.finditer(text.text))
    start = 0
    for total in [*totals, None]:
        stop = total.start() if total else len(text.text)
        run = [row for row in rows if start <= row.start() < stop]
        if run:
            yield _sheet(text, run, total)
        start = total.end() if total else stop


def _sheet(text: Pasted, rows: list[re.Match[str]], total: re.Match[str] | None) -> Sheet:
    figures: dict[str, Figure] = {}
    laws: list[FigureLaw] = []
    for n, row in enumerate(rows):
        figures |= {f"{n} {column}": _whole(text, row, column) for column in _COLUMNS}
        laws += _row_laws(n, row)
    end = rows[-1].end()
    if total is not None:
        figures |= {f"total {column}": _whole(text, total, column) for column in _COLUMNS}
        laws += [
            SumLaw(f"total {column}", tuple(f"{n} {column}" for n in range(len(rows))), SOFT)
            for column in ("params", "memory", "madd", "flops", "both")
        ]
        end = total.end()
        for foot in _FOOT.finditer(text.text, end, min(len(text.text), end + 2500)):
            column = {"params": "params", "memory": "memory", "MAdd": "madd", "Flops": "flops", "MemR+W": "both"}[
                foot["label"]
            ]
            units = _BINARY if column == "both" else _UNITS
            scale = 1 if column == "memory" else units[foot["unit"]]
            figures[f"foot {column}"] = figure(foot["number"], text.spot(*foot.span("number")), scale)
            laws.append(SumLaw(f"foot {column}", (f"total {column}",), SOFT))
            end = foot.end()
    keys = frozenset(key for key in figures if key.startswith(("total ", "foot ")))
    return Sheet("torchstat", figures, laws, text.covered(rows[0].start(), end), keys)


def _whole(text: Pasted, match: re.Match[str], column: str) -> Figure:
    """Counts are printed as whole numbers with a zero behind the point."""
    printed = match[column]
    shown = figure(printed, text.spot(*match.span(column)))
    if column == "memory" or not printed.endswith(".0"):
        return shown
    digits = printed[:-2]
    return figure(digits, text.spot(match.start(column), match.start(column) + len(digits)))


def _row_laws(n: int, row: re.Match[str]) -> Iterator[FigureLaw]:
    dims = [int(size) for size in re.findall(r"\d+", row["dims"])]
    yield SumLaw(f"{n} both", (f"{n} read", f"{n} write"), SOFT)
    if len(dims) % 2:
        return
    into, out = prod(dims[: len(dims) // 2]), prod(dims[len(dims) // 2 :])
    params = int(Fraction(row["params"].replace(",", "")))
    told = Message("an output of {count} values has 4 bytes each", count=f"{out:,}")
    yield FactLaw(f"{n} write", (Fraction(4 * out),), told, SOFT, f"4×{out}")
    yield FactLaw(f"{n} memory", (Fraction(4 * out, 2**20),), told, SOFT)
    told = Message(
        "{values} values come in and {params} params, 4 bytes each", values=f"{into:,}", params=f"{params:,}"
    )
    yield FactLaw(f"{n} read", (Fraction(4 * (into + params)),), told, SOFT, f"4×({into} + {params})")
