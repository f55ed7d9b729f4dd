"""Formulas in MathML Core, which browsers set without a script."""

from __future__ import annotations

from html import escape

from .lines import WIDTH, Line, lines
from .nodes import ATOM, SUM, Ceil, Floor, Formula, Frac, Num, Power, Product, Root, Slot, Sym, Word
from .writer import Writer, seen


def mathml(formula: Formula, language: str = "en", display: bool = False, width: int = WIDTH) -> str:
    """A formula for a web page; with ``display`` it stands on lines of its own, a long one on several, aligned at the
    signs.

    >>> from . import Power, symbol
    >>> mathml(Power(symbol("k"), Num(2)))
    '<math><msup><mi>k</mi><mn>2</mn></msup></math>'
    """
    writer = MathML(language)
    if not display:
        return f"<math>{writer.write(formula)}</math>"
    parts = lines(formula, width, language)
    body = writer.table(parts) if len(parts) > 1 else writer.write(formula)
    return f'<math display="block">{body}</math>'


def _escaped(text: str) -> str:
    return escape(seen(text))


class MathML(Writer):
    """MathML."""

    nothing = "<mrow></mrow>"

    def joined(self, parts: list[str]) -> str:
        return f"<mrow>{''.join(parts)}</mrow>"

    def parenthesized(self, text: str) -> str:
        return f"<mrow><mo>(</mo>{text}<mo>)</mo></mrow>"

    def sign(self, sign: str) -> str:
        return f"<mo>{_escaped(sign)}</mo>"

    def times(self, node: Product) -> str:
        return "<mo>×</mo>" if node.of_numbers else "<mo>·</mo>"

    def of_num(self, node: Num) -> str:
        return f"<mn>{_escaped(node.text)}</mn>"

    def of_sym(self, node: Sym) -> str:
        name = f"<mi>{_escaped(node.name)}</mi>"
        return f"<msub>{name}<mi>{_escaped(node.index)}</mi></msub>" if node.index else name

    def of_word(self, node: Word) -> str:
        return f"<mtext>{_escaped(self.word(node))}</mtext>"

    def of_slot(self, node: Slot) -> str:
        return f'<mtext class="hole">{_escaped(node.text)}</mtext>'

    def of_power(self, node: Power) -> str:
        return f"<msup>{self.write(node.base, ATOM)}{self.write(node.exponent)}</msup>"

    def of_root(self, node: Root) -> str:
        return f"<msqrt>{self.write(node.part)}</msqrt>"

    def of_frac(self, node: Frac) -> str:
        return f"<mfrac>{self.write(node.over)}{self.write(node.under)}</mfrac>"

    def of_floor(self, node: Floor) -> str:
        return f"<mrow><mo>⌊</mo>{self.write(node.part)}<mo>⌋</mo></mrow>"

    def of_ceil(self, node: Ceil) -> str:
        return f"<mrow><mo>⌈</mo>{self.write(node.part)}<mo>⌉</mo></mrow>"

    def called(self, name: str, parts: list[str]) -> str:
        known = f"<mi>{_escaped(name)}</mi>" if name else ""
        return f"<mrow>{known}<mo>(</mo>{'<mo>,</mo>'.join(parts)}<mo>)</mo></mrow>"

    def table(self, parts: tuple[Line, ...]) -> str:
        """Lines aligned at the signs."""
        rows = []
        for part in parts:
            left = self.write(part.left, SUM) if part.left else ""
            sign = self.sign(part.sign) if part.sign else ""
            right = self.continued(part.right) if part.continues else self.write(part.right, SUM)
            cells = (("left", left), ("sign", sign), ("right more" if part.continues else "right", right))
            rows.append("<mtr>" + "".join(f'<mtd class="{name}">{cell}</mtd>' for name, cell in cells) + "</mtr>")
        return f'<mtable displaystyle="true">{"".join(rows)}</mtable>'
