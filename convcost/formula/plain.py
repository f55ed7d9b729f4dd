"""Formulas as text: terminals, alternative texts, places that know no formulas."""

from __future__ import annotations

from .nodes import ATOM, PRODUCT, Ceil, Floor, Formula, Frac, Num, Power, Product, Root, Slot, Sym, Word
from .writer import Writer, seen

_SUPERSCRIPTS = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")


def plain(formula: Formula, language: str = "en") -> str:
    """A formula on one line of text.

    >>> from . import Chain, Frac, Power, Sum, symbol
    >>> plain(Frac(Power(symbol("H"), Num(2)), Sum(symbol("a"), symbol("b"))))
    'H²/(a + b)'
    """
    return Plain(language).write(formula)


class Plain(Writer):
    """Text on one line."""

    two_storeys = False

    def joined(self, parts: list[str]) -> str:
        return "".join(parts)

    def parenthesized(self, text: str) -> str:
        return f"({text})"

    def sign(self, sign: str) -> str:
        return f" {sign} "

    def times(self, node: Product) -> str:
        return " × " if node.of_numbers else "·"

    def of_num(self, node: Num) -> str:
        return seen(node.text)

    def of_sym(self, node: Sym) -> str:
        return seen(f"{node.name}_{node.index}" if node.index else node.name)

    def of_word(self, node: Word) -> str:
        return self.word(node)

    def of_slot(self, node: Slot) -> str:
        return seen(node.text)

    def of_neg(self, node: Formula) -> str:
        return "−" + self.write(node.part, PRODUCT)  # type: ignore[attr-defined]

    def of_power(self, node: Power) -> str:
        base = self.write(node.base, ATOM)
        if isinstance(node.exponent, Num) and str(node.exponent.value).isdigit():
            return base + str(node.exponent.value).translate(_SUPERSCRIPTS)
        return f"{base}^{self.write(node.exponent, ATOM)}"

    def of_root(self, node: Root) -> str:
        return f"√({self.write(node.part)})"

    def of_frac(self, node: Frac) -> str:
        return f"{self.write(node.over, PRODUCT)}/{self.write(node.under, PRODUCT + 1)}"

    def of_floor(self, node: Floor) -> str:
        return f"⌊{self.write(node.part)}⌋"

    def of_ceil(self, node: Ceil) -> str:
        return f"⌈{self.write(node.part)}⌉"

    def called(self, name: str, parts: list[str]) -> str:
        return f"{name}({', '.join(parts)})"
