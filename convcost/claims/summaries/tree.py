"""Printed modules with counts and shares in them: ptflops, DeepSpeed's profiler, calflops; and those without any.

``(0): Conv2d(448, 1.4% Params, 458.75 KMac, 64.3% MACs, 3, 16, kernel_size=(3, 3), stride=(1, 1))``
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction

from ...messages import Message
from .figurelaws import HINT, SOFT, FactLaw, FigureLaw, ShareLaw, SumLaw
from .laws import Reading
from .modules import params
from .pasted import Pasted
from .record import Figure, figure
from .sheet import Sheet

_NUMBER = r"\d{1,9}(?:\.\d{1,9})?"
_SHARE = r"\s?[=,]\s?(?P<{0}>\d{{1,3}}(?:\.\d{{1,9}})?)\s?%\s"
_GROUP = (
    rf"(?:(?P<params>{_NUMBER})\s?(?P<params_unit>[kKMGB]?)" + _SHARE.format("params_share") + r"Params,\s{0,4})?"
    rf"(?P<macs>{_NUMBER})\s?(?P<macs_unit>[KMGT]?)(?:Macs?|MACs?)" + _SHARE.format("macs_share") + r"MACs"
    rf"(?:,\s(?P<flops>{_NUMBER})\s?(?P<flops_unit>[KMGT]?)FLOPS" + _SHARE.format("flops_share") + r"FLOPs)?"
)
_TOKEN = re.compile(
    rf"(?P<group>(?<![\w.]){_GROUP})|(?P<open>(?:\((?P<name>[\w.-]{{1,60}})\):\s?)?\b(?P<kind>[A-Z_]\w{{0,60}})\()|(?P<bracket>\()|(?P<close>\))|"
    r"(?P<gap>\n[ \t]*\n)"
)
_UNITS = {"": 1, "k": 10**3, "m": 10**6, "g": 10**9, "b": 10**9, "t": 10**12}
COLUMNS = ("params", "macs", "flops")
#: A dump of modules without counts has at least so many lines.
_FEWEST = 3


@dataclass
class Node:
    """A printed module: its class, its figures by column, and where the text of its arguments is."""

    number: int
    kind: str
    start: int
    end: int = 0
    figures: dict[str, Figure] = field(default_factory=dict)
    arguments_from: int = 0
    children: list[Node] = field(default_factory=list)


def find(text: Pasted) -> Iterator[Sheet]:
    """The printed trees of a text; one without counts has no figures, only lines."""
    for root in _roots(text):
        nodes = list(_all(root))
        figures = {f"{node.number} {column}": shown for node in nodes for column, shown in node.figures.items()}
        if not figures and len(nodes) < _FEWEST:
            continue
        totals = frozenset(f"{root.number} {column}" for column in COLUMNS)
        laws = list(_laws(text, root, nodes)) if figures else []
        yield Sheet("tree", figures, laws, text.covered(root.start, root.end), totals)


def _all(node: Node) -> Iterator[Node]:
    stack = [node]
    while stack:
        node = stack.pop()
        yield node
        stack.extend(reversed(node.children))


def _roots(text: Pasted) -> Iterator[Node]:
    stack: list[Node | None] = []  # every open bracket, of a module or not
    modules: list[Node] = []  # those of modules alone
    count = 0
    for match in _TOKEN.finditer(text.text):
        above = modules[-1] if modules else None
        if match["gap"]:
            stack, modules = [], []
        elif match["open"]:
            node = Node(count, match["kind"], match.start(), match.end(), {}, match.end())
            count += 1
            if above is not None:
                above.children.append(node)
            stack.append(node)
            modules.append(node)
        elif match["bracket"]:
            stack.append(None)
        elif match["group"] and above is not None and not above.figures:
            above.figures = _figures(text, match)
            above.arguments_from = match.end()
        elif match["close"] and stack:
            closed = stack.pop()
            if closed is not None:
                closed.end = match.start()
                modules.pop()
                if not modules:
                    yield closed


def _figures(text: Pasted, match: re.Match[str]) -> dict[str, Figure]:
    found = {}
    for column in COLUMNS:
        if match[column]:
            unit = _UNITS[(match[f"{column}_unit"] or "").lower()]
            found[column] = figure(match[column], text.spot(*match.span(column)), unit)
            found[f"{column} share"] = figure(match[f"{column}_share"], text.spot(*match.span(f"{column}_share")))
    return found


def _laws(text: Pasted, root: Node, nodes: list[Node]) -> Iterator[FigureLaw]:
    for node in nodes:
        if not node.children and "params" in node.figures:
            reading = params(node.kind, text.text[node.arguments_from : node.end])
            if reading is not None:
                told = _told(node, reading)
                yield FactLaw(f"{node.number} params", (Fraction(reading.value),), told, SOFT, reading.text)
        for column in COLUMNS:
            if node is not root:
                whole = f"{root.number} {column}"
                yield ShareLaw(f"{node.number} {column} share", f"{node.number} {column}", whole, f"{whole} share")
        if node.children:
            yield from _sums(node)


def _sums(node: Node) -> Iterator[FigureLaw]:
    """What the parts of a module make; it may own params itself, and call functions between them."""
    for column in COLUMNS:
        parts = [child for child in node.children if column in child.figures]
        if parts:
            keys = tuple(f"{child.number} {column}" for child in parts)
            yield SumLaw(f"{node.number} {column}", keys, SOFT, upward=True)
            yield SumLaw(f"{node.number} {column}", keys, HINT)


def _told(node: Node, reading: Reading) -> Message:
    return Message(
        "a {kind} with these arguments has {expression} = {count} params",
        kind=node.kind, expression=reading.text, count=f"{reading.value:,}",
    )  # fmt: skip
