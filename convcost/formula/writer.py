"""What all notations of a formula have in common: the walk, and where parentheses stand."""

from __future__ import annotations

from ..messages import Message
from .nodes import (
    POWER,
    PRODUCT,
    SUM,
    Call,
    Ceil,
    Chain,
    Floor,
    Formula,
    Frac,
    Modulo,
    Neg,
    Num,
    Power,
    Product,
    Root,
    Slot,
    Sum,
    Sym,
    Word,
)


def seen(text: str) -> str:
    r"""Text on one line, without what cannot be seen.

    >>> seen("a\n\0b")
    'a b'
    """
    return "".join(char if char.isprintable() else " " * char.isspace() for char in text)


class Writer:
    """Writes a formula; a notation says how each node looks."""

    #: Whether a fraction stands on two lines, and so needs no parentheses.
    two_storeys = True
    #: What stands before a sign at the beginning, so that it is one between two terms.
    nothing = ""
    minus = "−"
    plus = "+"

    def __init__(self, language: str = "en") -> None:
        self.language = language

    def write(self, node: Formula, least: int = 0) -> str:
        """``node`` where everything binds at least as tightly as ``least``."""
        text = getattr(self, "of_" + type(node).__name__.lower())(node)
        binds = POWER if self.two_storeys and isinstance(node, Frac) else node.binds
        return self.parenthesized(text) if binds < least else str(text)

    def word(self, node: Word) -> str:
        """The words in the language asked for."""
        return seen(node.text.to(self.language) if isinstance(node.text, Message) else node.text)

    # -- what every notation must say ------------------------------------------------------------------------------

    def joined(self, parts: list[str]) -> str:
        """Parts of one row."""
        return " ".join(parts)

    def parenthesized(self, text: str) -> str:
        raise NotImplementedError

    def sign(self, sign: str) -> str:
        """A sign between two parts."""
        return sign

    def times(self, node: Product) -> str:
        """The sign between factors."""
        raise NotImplementedError

    def of_num(self, node: Num) -> str:
        raise NotImplementedError

    def of_sym(self, node: Sym) -> str:
        raise NotImplementedError

    def of_word(self, node: Word) -> str:
        raise NotImplementedError

    def of_slot(self, node: Slot) -> str:
        raise NotImplementedError

    def of_power(self, node: Power) -> str:
        raise NotImplementedError

    def of_root(self, node: Root) -> str:
        raise NotImplementedError

    def of_frac(self, node: Frac) -> str:
        raise NotImplementedError

    def of_floor(self, node: Floor) -> str:
        raise NotImplementedError

    def of_ceil(self, node: Ceil) -> str:
        raise NotImplementedError

    def called(self, name: str, parts: list[str]) -> str:
        """A function of several parts; one without a name is a tuple."""
        raise NotImplementedError

    # -- what follows ----------------------------------------------------------------------------------------------

    def of_sum(self, node: Sum) -> str:
        return self.joined(self.terms(node))

    def terms(self, node: Sum, continues: bool = False) -> list[str]:
        """Terms with the signs between them; one before the first too where the sum goes on from the line above."""
        parts: list[str] = []
        for number, term in enumerate(node.parts):
            negative = isinstance(term, Neg)
            inner = term.part if isinstance(term, Neg) else term
            first = not (number or negative or continues)
            if not first:
                parts.append(self.sign(self.minus if negative else self.plus))
            # What is left of "a mod b + c" would be asked.
            parts.append(self.write(inner, SUM if first and not isinstance(inner, Modulo) else PRODUCT))
        return parts

    def continued(self, node: Formula) -> str:
        """A sum or product that goes on from the line above."""
        if isinstance(node, Sum):
            return self.joined(self.terms(node, continues=True))
        if isinstance(node, Product):
            return self.joined([self.times(node), self.of_product(node)])
        return self.write(node)

    def of_neg(self, node: Neg) -> str:
        return self.joined([self.sign(self.minus), self.write(node.part, PRODUCT)])

    def of_product(self, node: Product) -> str:
        parts: list[str] = []
        for number, factor in enumerate(node.parts):
            if number:
                parts.append(self.times(node))
            # A quotient in the middle of a product on one line would be misread.
            inner = isinstance(factor, (Frac, Product)) and not (self.two_storeys and isinstance(factor, Frac))
            parts.append(self.write(factor, PRODUCT + 1 if inner and number else PRODUCT))
        return self.joined(parts)

    def of_call(self, node: Call) -> str:
        return self.called(node.name, [self.write(part) for part in node.parts])

    def of_modulo(self, node: Modulo) -> str:
        return self.joined([self.write(node.over, PRODUCT), self.sign("mod"), self.write(node.under, PRODUCT + 1)])

    def of_chain(self, node: Chain) -> str:
        parts = [self.write(node.parts[0], SUM)] if node.parts else []
        for sign, part in zip(node.signs, node.parts[1:], strict=True):
            parts += [self.sign(sign), self.write(part, SUM)]
        return self.joined(parts)
