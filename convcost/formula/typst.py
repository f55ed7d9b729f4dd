"""Formulas in the mathematical mode of Typst."""

from __future__ import annotations

from .lines import WIDTH, lines
from .nodes import ATOM, SUM, Ceil, Floor, Formula, Frac, Num, Power, Product, Root, Slot, Sym, Word
from .writer import Writer, seen

_SIGNS = {"−": "-", "≈": "approx", "≤": "<=", "≥": ">=", "≠": "!=", "mod": "mod", "→": "->"}


def typst(formula: Formula, language: str = "en", display: bool = False, width: int = WIDTH) -> str:
    """A formula for Typst, to be read by ``eval(…, mode: "math")``; with ``display`` a long one has several lines,
    aligned at the signs.

    >>> from . import Frac, symbol
    >>> typst(Frac(symbol("C_in"), Num(1024)))
    'frac(C_"in", "1,024")'
    """
    writer = Typst(language)
    parts = lines(formula, width, language) if display else ()
    if len(parts) < 2:
        return writer.write(formula)
    rows = []
    for part in parts:
        left = writer.write(part.left, SUM) if part.left else ""
        sign = writer.sign(part.sign) if part.sign else ""
        right = (
            f"quad {writer.nothing} {writer.continued(part.right)}" if part.continues else writer.write(part.right, SUM)
        )
        rows.append(f"{left} &{sign} {right}")
    return " \\ ".join(rows)


def quoted(text: str) -> str:
    """Text that means itself, without what cannot be seen.

    >>> quoted('a "b"')
    '"a \\\\"b\\\\""'
    """
    return '"' + seen(text).replace("\\", "\\\\").replace('"', '\\"') + '"'


class Typst(Writer):
    """Typst."""

    nothing = '""'

    def parenthesized(self, text: str) -> str:
        return f"({text})"

    def sign(self, sign: str) -> str:
        return _SIGNS.get(sign) or (sign if sign in "=+-<>" else quoted(sign))

    def times(self, node: Product) -> str:
        return "times" if node.of_numbers else "dot"

    def of_num(self, node: Num) -> str:
        # A comma between digits would be set as one between arguments.
        return node.text if node.text.isdigit() else quoted(node.text)

    def of_sym(self, node: Sym) -> str:
        return _letters(node.name) + (f"_{_letters(node.index)}" if node.index else "")

    def of_word(self, node: Word) -> str:
        return quoted(self.word(node))

    def of_slot(self, node: Slot) -> str:
        # How it is marked, a document says itself.
        return f"#highlight({quoted(node.text)})"

    def of_power(self, node: Power) -> str:
        return f"{self.write(node.base, ATOM)}^({self.write(node.exponent)})"

    def of_root(self, node: Root) -> str:
        return f"sqrt({self.write(node.part)})"

    def of_frac(self, node: Frac) -> str:
        return f"frac({self.write(node.over)}, {self.write(node.under)})"

    def of_floor(self, node: Floor) -> str:
        return f"floor({self.write(node.part)})"

    def of_ceil(self, node: Ceil) -> str:
        return f"ceil({self.write(node.part)})"

    def called(self, name: str, parts: list[str]) -> str:
        known = name if name in ("max", "min", "gcd", "") else quoted(name)
        return f"{known}({', '.join(parts)})"


def _letters(text: str) -> str:
    return text if len(text) == 1 and (text.isalpha() or text in "0123456789") else quoted(text)
