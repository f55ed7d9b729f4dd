"""Expressions as a flat table that a few lines of script evaluate exactly.

Every entry is a list: what it is, and the numbers of the entries that it is made of, which stand before it. Equal
parts stand once, so that hundreds of layers share what they have in common.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..errors import SpecError, UnsupportedError
from ..formula import (
    Call,
    Ceil,
    Floor,
    Formula,
    Frac,
    Modulo,
    Neg,
    Num,
    Power,
    Product,
    Root,
    Sum,
    Sym,
    symbol,
)
from ..formula.nodes import children

#: A page that is larger than this is none that a browser answers quickly.
MAX_ENTRIES = 60_000

_WORDS: dict[type[Formula], str] = {
    Sum: "+",
    Product: "*",
    Neg: "-",
    Frac: "/",
    Power: "^",
    Root: "root",
    Floor: "floor",
    Ceil: "ceil",
    Modulo: "%",
}
_CALLS = ("min", "max", "gcd")


def _name(part: Formula) -> str:
    """The name that a letter was made of; empty where it became something else."""
    if not isinstance(part, Sym):
        return ""
    return f"{part.name}_{part.index}" if part.index else part.name


class Wire:
    """The table, filled entry by entry.

    >>> from convcost import symbols
    >>> wire = Wire(["H"])
    >>> wire.add(symbols("H") // 2 + 1), wire.entries
    (5, [['s', 0], ['n', '2'], ['/', 0, 1], ['floor', 2], ['n', '1'], ['+', 3, 4]])
    """

    def __init__(self, symbols: Sequence[str]) -> None:
        for name in symbols:
            if _name(symbol(name)) != name:
                raise SpecError("a page cannot write this symbol", got=name[:40], fix="call it by letters and digits")
        self.symbols = {name: place for place, name in enumerate(symbols)}
        self.entries: list[list[Any]] = []
        self._known: dict[tuple[Any, ...], int] = {}
        self._asked: dict[Any, int] = {}

    def add(self, value: Any) -> int:
        """The number of the entry that stands for a number or a SymPy expression."""
        if value not in self._asked:
            from .. import symbolic

            self._asked[value] = self.formula(symbolic.tree(value))
        return self._asked[value]

    def formula(self, part: Formula) -> int:
        """The number of the entry that stands for a formula.

        Raises ``UnsupportedError`` for what has no exact value.
        """
        if isinstance(part, Num):
            return self._entry("n", str(int(part.value)))
        if isinstance(part, Sym):
            return self._entry("s", self.symbols[_name(part)])
        word = part.name if isinstance(part, Call) else _WORDS.get(type(part))
        if word is None or (isinstance(part, Call) and word not in _CALLS):
            raise UnsupportedError("a page cannot compute this expression", got=str(part)[:80])
        return self._entry(word, *map(self.formula, children(part)))

    def sum(self, numbers: Sequence[int]) -> int:
        """The entry of a sum of entries; of none, that of 0."""
        return self._entry("+", *numbers) if numbers else self._entry("n", "0")

    def _entry(self, *entry: Any) -> int:
        if entry not in self._known:
            if len(self.entries) >= MAX_ENTRIES:
                raise SpecError("these specs are too large for one page", fix="explore a part of them")
            self._known[entry] = len(self.entries)
            self.entries.append([*entry])
        return self._known[entry]
