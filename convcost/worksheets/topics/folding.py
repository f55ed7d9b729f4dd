"""Numbers put into a formula and worked out as far as the letters that are left allow.

SymPy does the same and much more, a hundred times slower; a sheet needs it for each formula of each question.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from math import prod

from ...formula import Chain, Formula, Frac, Num, Power, Product, Sum, evaluate, put
from ...formula.plain import Plain


def filled(form: Formula, values: Mapping[str, int]) -> Formula:
    """``form`` with numbers in place of some letters, like factors and terms taken together.

    >>> from ...symbolic import symbols, tree
    >>> C, N, r = symbols("C N r")
    >>> str(filled(tree(r * (C + 25 * N)), {"C": 8})), str(filled(tree(9 * C * r + 9 * r * N), {"C": 8, "N": 2}))
    ('r·(25·N + 8)', '90·r')
    """
    return _folded(put(form, values))


def filled_chain(chain: Chain, values: Mapping[str, int], *, terms: bool = False) -> Chain:
    """A chain with numbers put in everywhere and its end worked out; ``terms`` works out each term of a sum as well.

    >>> from ...formula import symbol
    >>> end = Product(symbol("C"), Num(9))
    >>> str(filled_chain(Chain(symbol("n"), Product(Num(3), Num(3), symbol("C")), end), {"C": 8}))
    'n = 3 × 3 × 8 = 72'
    """
    first, *middle, last = chain.parts
    # A sum that nothing could be taken out of is its own end, and yet may come to less with numbers in it.
    middle = middle or ([last] if terms else [])
    done = [_terms(part, values) if terms else put(part, values) for part in middle]
    return shortest(first, *done, filled(last, values))


def _terms(part: Formula, values: Mapping[str, int]) -> Formula:
    return Sum(*(filled(term, values) for term in part.parts)) if isinstance(part, Sum) else filled(part, values)


def shortest(*parts: Formula) -> Chain:
    """Equal parts as a chain; one that reads like the one before is left out."""
    return Chain(*(part for number, part in enumerate(parts) if not number or str(part) != str(parts[number - 1])))


def value_at(form: Formula, point: Mapping[str, int]) -> Fraction:
    """The exact value of a formula at a point."""
    return evaluate(put(form, point))


def differ(a: Formula, b: Formula) -> bool:
    """Whether two formulas are certainly different functions: they differ where every letter is a number of its own.

    >>> from ...formula import symbol
    >>> differ(Product(symbol("k"), symbol("k")), Power(symbol("k"), Num(2))), differ(symbol("k"), Num(3))
    (False, True)
    """
    return value_at(a, _POINT) != value_at(b, _POINT)


#: Large primes, so that different formulas with small numbers do not meet here by accident.
_POINT = dict(zip("CHWkgrsLMN", (10007, 20011, 30011, 40009, 50021, 60013, 70001, 80021, 90001, 100003), strict=True))


def code(form: Formula) -> str:
    """A formula as an expression of Python's.

    >>> from ...formula import symbol
    >>> code(Product(symbol("H"), Sum(Power(symbol("k"), Num(2)), Num(1204))))
    'H*(k**2 + 1204)'
    """
    return _Code().write(form)


class _Code(Plain):
    def times(self, node: Product) -> str:
        return "*"

    def of_num(self, node: Num) -> str:
        return str(node.value)

    def sign(self, sign: str) -> str:
        return f" {'-' if sign == self.minus else sign} "

    def of_power(self, node: Power) -> str:
        return f"{self.write(node.base, node.binds + 1)}**{self.write(node.exponent, node.binds + 1)}"


def _folded(form: Formula) -> Formula:
    if isinstance(form, Product):
        return _product(form)
    if isinstance(form, Sum):
        return _sum(form)
    if isinstance(form, Power):
        base = _folded(form.base)
        return Num(int(evaluate(Power(base, form.exponent)))) if isinstance(base, Num) else Power(base, form.exponent)
    if isinstance(form, Frac):
        return Frac(_folded(form.over), _folded(form.under))
    return form


def _product(form: Product) -> Formula:
    """The number first, a sum last, letters in their order."""
    factors: list[Formula] = []
    for part in map(_folded, form.parts):
        factors += part.parts if isinstance(part, Product) else (part,)
    number = prod(int(evaluate(factor)) for factor in factors if isinstance(factor, Num))
    letters = [factor for factor in factors if not isinstance(factor, Num)]
    parts = ([Num(number)] if number != 1 or not letters else []) + letters
    return parts[0] if len(parts) == 1 else Product(*parts)


def _sum(form: Sum) -> Formula:
    """Like terms as one, a plain number last."""
    gathered: dict[str, tuple[int, tuple[Formula, ...]]] = {}
    for term in map(_folded, form.parts):
        for part in term.parts if isinstance(term, Sum) else (term,):
            number, letters = _split(part)
            key = "·".join(sorted(map(str, letters)))
            gathered[key] = (gathered.get(key, (0, ()))[0] + number, gathered.get(key, (0, letters))[1])
    constant, _ = gathered.pop("", (0, ()))
    terms = [_product(Product(Num(number), *letters)) for number, letters in gathered.values()]
    terms += [Num(constant)] if constant else []
    return terms[0] if len(terms) == 1 else Sum(*terms)


def _split(term: Formula) -> tuple[int, tuple[Formula, ...]]:
    """A term's number and its letters."""
    factors = term.parts if isinstance(term, Product) else (term,)
    number = prod(int(evaluate(factor)) for factor in factors if isinstance(factor, Num))
    return number, tuple(factor for factor in factors if not isinstance(factor, Num))
