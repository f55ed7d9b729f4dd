"""Printed modules with counts and shares in them: ptflops, DeepSpeed's profiler, calflops.

``(0): Conv2d(448, 1.4% Params, 458.75 KMac, 64.3% MACs, 3, 16, kernel_size=(3, 3), stride=(1, 1))``
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from .figurelaws import SOFT, FactLaw, FigureLaw, ShareLaw, SumLaw
from .modules import params
from .network import told_by_arguments
from .pasted import Pasted
from .record import Figure, figure
from .sheet import Sheet

_NUMBER = r"\d{1,9}(?:\.\d{1,9})?"
_SHARE = r"\s?[=,]\s?(?P<{0}>\d{{1,3}}(?:\.\d{{1,9}})?)\s?%\s"
_GROUP = re.compile(
    rf"(?:(?P<params>{_NUMBER})\s?(?P<params_unit>[kKMGB]?)" + _SHARE.format("params_share") + r"Params,\s{0,4})?"
    rf"(?P<macs>{_NUMBER})\s?(?P<macs_unit>[KMGT]?)(?:Macs?|MACs?)" + _SHARE.format("macs_share") + r"MACs"
    rf"(?:,\s(?P<flops>{_NUMBER})\s?(?P<flops_unit>[KMGT]?)FLOPS" + _SHARE.format("flops_share") + r"FLOPs)?"
)
_OPENING = re.compile(r"(?:\((?P<name>[\w.-]{1,60})\):\s?)?(?P<kind>[A-Za-z_]\w{0,60})\((?:[\s|]{0,120})\Z")
_UNITS = {"": 1, "k": 10**3, "m": 10**6, "g": 10**9, "b": 10**9, "t": 10**12}
_COLUMNS = ("params", "macs", "flops")


@dataclass
class _Node:
    number: int
    name: str
    kind: str
    depth: int
    figures: dict[str, Figure]
    arguments: str
    leaf: bool


def find(text: Pasted) -> Iterator[Sheet]:
    """The printed trees of a text."""
    groups = list(_GROUP.finditer(text.text))
    run: list[_Node] = []
    start = end = depth = 0
    for match in groups:
        between = text.text[end : match.start()]
        if run and (len(between) > 3000 or _ends(depth, between)):
            yield _sheet(text, run, start, end)
            run = []
        if not run:
            before = text.text[max(0, match.start() - 200) : match.start()]
            start, depth, between = match.start() - len(before.rsplit("\n\n", 1)[-1]), 0, before.rsplit("\n", 2)[-1] or before
            between = before[before.rfind("\n", 0, max(0, before.rstrip().rfind("\n"))) + 1 :]
        depth += between.count("(") - between.count(")")
        run.append(_node(text, match, len(run), depth, between))
        end = match.end()
    if run:
        yield _sheet(text, run, start, end)


def _ends(depth: int, between: str) -> bool:
    """Whether the outermost bracket closes in between."""
    for character in between:
        depth += (character == "(") - (character == ")")
        if depth <= 0:
            return True
    return False


def _node(text: Pasted, match: re.Match[str], number: int, depth: int, between: str) -> _Node:
    opening = _OPENING.search(between)
    figures = {}
    for column in _COLUMNS:
        if match[column]:
            unit = _UNITS[(match[f"{column}_unit"] or "").lower()]
            figures[column] = figure(match[column], text.spot(*match.span(column)), unit)
            figures[f"{column} share"] = figure(match[f"{column}_share"], text.spot(*match.span(f"{column}_share")))
    stop = text.text.find("\n", match.end())
    rest = text.text[match.end() : stop if stop >= 0 else len(text.text)]
    following = text.text[match.end() : match.end() + 400]
    leaf = rest.rstrip(" |").endswith(")") or (rest.count(")") > rest.count("(") and not re.match(r"[\s,|]*\(", following))
    name, kind = (opening["name"] or "", opening["kind"]) if opening else ("", "")
    return _Node(number, name, kind, depth, figures, rest, leaf)


def _sheet(text: Pasted, run: list[_Node], start: int, end: int) -> Sheet:
    figures = {f"{node.number} {column}": figure for node in run for column, figure in node.figures.items()}
    return Sheet(figures, list(_laws(run)), text.covered(start, end), {f"{node.number} {column}": node.kind for node in run for column in node.figures})


def _laws(run: list[_Node]) -> Iterator[FigureLaw]:
    root = run[0]
    for node in run:
        if node.leaf and "params" in node.figures:
            reading = params(node.kind, node.arguments)
            if reading is not None:
                yield FactLaw(f"{node.number} params", (reading.value,), told_by_arguments(node.kind, reading), SOFT, reading.text)
        for column in _COLUMNS:
            if node is not root and column in node.figures and column in root.figures:
                yield ShareLaw(f"{node.number} {column} share", f"{node.number} {column}", f"0 {column}", "0 {column} share".format(column=column))
    for node in run:
        parts = [child.number for child in _children(run, node)]
        if parts and not node.leaf:
            yield SumLaw(f"{node.number} params", tuple(f"{number} params" for number in parts), SOFT)
            yield SumLaw(f"{node.number} macs", tuple(f"{number} macs" for number in parts), SOFT)


def _children(run: list[_Node], node: _Node) -> Iterator[_Node]:
    for other in run[node.number + 1 :]:
        if other.depth <= node.depth:
            return
        if other.depth == node.depth + 1:
            yield other
