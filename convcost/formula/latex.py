r"""Formulas in LaTeX's mathematical mode; needs no package (``\text`` is amsmath's, where words occur)."""

from __future__ import annotations

from .lines import WIDTH, lines
from .nodes import ATOM, SUM, Ceil, Floor, Formula, Frac, Num, Power, Product, Root, Slot, Sym, Word
from .writer import Writer, seen

_SIGNS = {"−": "-", "≈": r"\approx", "≤": r"\le", "≥": r"\ge", "≠": r"\ne", "mod": r"\bmod", "→": r"\to"}
_ESCAPES = {char: f"\\{char}" for char in "#$%&_{}"} | {
    "\\": r"\textbackslash{}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    # These mean something to Markdown, where a formula stands in one.
    "<": r"\textless{}",
    ">": r"\textgreater{}",
    "|": r"\textbar{}",
    "`": r"\textasciigrave{}",
}


def latex(formula: Formula, language: str = "en", display: bool = False, width: int = WIDTH) -> str:
    r"""A formula for LaTeX; with ``display`` a long one has several lines, aligned at the signs (amsmath).

    >>> from . import Floor, Frac, symbol
    >>> latex(Floor(Frac(symbol("H"), Num(1024))))
    '\\left\\lfloor \\frac{H}{1{,}024} \\right\\rfloor'
    """
    writer = Latex(language)
    parts = lines(formula, width, language) if display else ()
    if len(parts) < 2:
        return writer.write(formula)
    rows = []
    for part in parts:
        left = writer.write(part.left, SUM) if part.left else ""
        sign = writer.sign(part.sign) if part.sign else ""
        right = (
            rf"\quad {writer.nothing}{writer.continued(part.right)}"
            if part.continues
            else writer.write(part.right, SUM)
        )
        rows.append(f"{left} &{sign} {right}")
    return "\\begin{aligned}\n" + " \\\\\n".join(rows) + "\n\\end{aligned}"


def escaped(text: str) -> str:
    """Text that means itself in LaTeX.

    >>> escaped("a_b 100%")
    'a\\\\_b 100\\\\%'
    """
    return "".join(_ESCAPES.get(char, char) for char in seen(text))


class Latex(Writer):
    """LaTeX."""

    nothing = "{}"

    def parenthesized(self, text: str) -> str:
        return rf"\left( {text} \right)"

    def sign(self, sign: str) -> str:
        return _SIGNS.get(sign) or (sign if sign in "=+-<>" else rf"\text{{{escaped(sign)}}}")

    def times(self, node: Product) -> str:
        return r"\times" if node.of_numbers else r"\cdot"

    def of_num(self, node: Num) -> str:
        return escaped(node.text).replace(",", "{,}").replace("−", "-")

    def of_sym(self, node: Sym) -> str:
        name, index = (
            escaped(text) if len(text) == 1 else rf"\mathrm{{{escaped(text)}}}" for text in (node.name, node.index)
        )
        return f"{name}_{{{index}}}" if node.index else name

    def of_word(self, node: Word) -> str:
        return rf"\text{{{escaped(self.word(node))}}}"

    def of_slot(self, node: Slot) -> str:
        return rf"\text{{{escaped(node.text)}}}"

    def of_power(self, node: Power) -> str:
        return f"{self.write(node.base, ATOM)}^{{{self.write(node.exponent)}}}"

    def of_root(self, node: Root) -> str:
        return rf"\sqrt{{{self.write(node.part)}}}"

    def of_frac(self, node: Frac) -> str:
        return rf"\frac{{{self.write(node.over)}}}{{{self.write(node.under)}}}"

    def of_floor(self, node: Floor) -> str:
        return rf"\left\lfloor {self.write(node.part)} \right\rfloor"

    def of_ceil(self, node: Ceil) -> str:
        return rf"\left\lceil {self.write(node.part)} \right\rceil"

    def called(self, name: str, parts: list[str]) -> str:
        known = rf"\{name}" if name in ("max", "min", "gcd") else rf"\mathrm{{{escaped(name)}}}"
        return rf"{known if name else ''}\left( {', '.join(parts)} \right)"
