"""Slips of the formula: a term or factor forgotten, a bias, an operand from next door, padding or stride ignored."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from itertools import pairwise

from ...messages import Message
from ..expression import Node, NotComputableError, Number, Power, Product, Rounded, Sum, evaluate, factors, terms
from ..printed import read_number
from .case import Case, Diagnosis
from .digits import slipped

#: Smaller numbers are sizes of kernels; a bias has as many values as the layer has filters.
_FEWEST_FILTERS = 4
_TWO = Number((0, 0), 1, read_number("2"))
#: Neighbours that are looked at; a page of numbers explains anything.
MOST_NEIGHBOURS = 40


def _worth(node: Node) -> Fraction | None:
    try:
        return evaluate(node)
    except NotComputableError:
        return None


def _is_one(node: Node) -> bool:
    return isinstance(node, Number) and _worth(node) == 1


def _shown(value: Fraction) -> str:
    return f"{value.numerator:,}" if value.denominator == 1 else str(value)


# -- bias --------------------------------------------------------------------------------------------------------


def bias(case: Case) -> Diagnosis | None:
    """Biases added where the expression has none, or left out where it has them."""
    for forgotten in biases_told(case.node):
        if case.says(case.computed - forgotten):
            why = Message("the printed value leaves out the {count} biases", count=_shown(forgotten))
            return Diagnosis("bias", why)
    for added in biases_possible(case.node):
        if case.says(case.computed + added) and not (case.about or not case.printed.exact):
            why = Message("the printed value counts {count} biases that the expression leaves out", count=_shown(added))
            return Diagnosis("bias", why)
    return None


def biases_told(node: Node) -> Iterator[Fraction]:
    """``3×3×64×96 + 96`` and ``(3×3×64 + 1)×96`` have 96 biases; a sum of such layers has them all."""
    signed = [term for sign, term in terms(node) if sign > 0]
    of_products = {value for term in signed if isinstance(term, Product) for value in _operands(term)}
    alone = [value for term in signed if isinstance(term, Number) and (value := evaluate(term)) in of_products]
    yield from alone
    if len(alone) > 1:
        yield sum(alone, Fraction(0))
    within = [of_one for term in signed if (of_one := _inner_bias(term)) is not None]
    yield from within
    if len(within) > 1:
        yield sum(within, Fraction(0))


def _inner_bias(term: Node) -> Fraction | None:
    """``(3×3×64 + 1)×96``: the 96 of the 1."""
    if not isinstance(term, Product):
        return None
    for place, (op, factor) in enumerate(term.parts):
        ones = [part for sign, part in terms(factor) if sign > 0 and _is_one(part)]
        if op == "*" and isinstance(factor, Sum) and len(factor.parts) > 1 and ones:
            rest = Product(term.span, term.depth, term.parts[:place] + term.parts[place + 1 :])
            return _worth(rest)
    return None


def _operands(product: Product) -> list[Fraction]:
    return [value for op, factor in product.parts if op == "*" and (value := _worth(factor)) is not None]


def biases_possible(node: Node) -> Iterator[Fraction]:
    """The number of filters of a layer whose weights are a product: its last factor, or its first."""
    lasts: list[Fraction] = []
    for sign, term in terms(node):
        if sign < 0 or not isinstance(term, Product) or len(term.parts) < 2:
            continue
        values = _operands(term)
        if values and values[-1] >= _FEWEST_FILTERS:
            lasts.append(values[-1])
            yield values[-1]
        if values and values[0] >= 4 * _FEWEST_FILTERS:
            yield values[0]
    if len(lasts) > 1:
        yield sum(lasts, Fraction(0))


# -- terms and factors -------------------------------------------------------------------------------------------


def missing_part(case: Case) -> Diagnosis | None:
    """A term or a factor left out."""
    signed = terms(case.node)
    if len(signed) > 1:
        for sign, term in signed:
            if case.says(case.computed - sign * evaluate(term)):
                why = Message("the printed value leaves out the term worth {value}", value=_shown(evaluate(term)))
                return Diagnosis("missing-term", why)
    if not case.printed.exact and case.figures < 2:
        return None
    for value, op in factors_to_forget(case.node):
        if value not in (0, 1) and case.says(case.computed / value if op == "*" else case.computed * value):
            why = Message("the printed value leaves out the factor {value}", value=_shown(value))
            return Diagnosis("missing-term", why)
    return None


def factors_to_forget(node: Node) -> Iterator[tuple[Fraction, str]]:
    """Each factor, the base of each power (3 for 9), and each two neighbours (a kernel, a map)."""
    if not isinstance(node, Product):
        return
    values = [(evaluate(factor), op) for op, factor in factors(node)]
    yield from values
    for op, factor in factors(node):
        if isinstance(factor, Power) and evaluate(factor.exponent) == 2:
            yield evaluate(factor.base), op
    for (first, op), (second, other) in pairwise(values):
        if op == other == "*":
            yield first * second, "*"


# -- operands ----------------------------------------------------------------------------------------------------


def neighbours_value(case: Case) -> Diagnosis | None:
    """The worth of another expression nearby."""
    if case.figures > 2 and case.stated in case.values and case.stated != case.computed:
        why = Message("the printed value, {value}, is that of a neighbouring expression", value=_shown(case.stated))
        return Diagnosis("wrong-operand", why)
    return None


def wrong_operand(case: Case) -> Diagnosis | None:
    """What comes out if one factor is replaced by a number that stands nearby."""
    if case.figures < 3:
        return None
    near = sorted(case.operands)[:MOST_NEIGHBOURS]
    for worth, factor, value in replaceable(case.node):
        squared = isinstance(factor, Power) and _worth(factor.exponent) == 2
        for other in near:
            used = other**2 if squared else other
            if used != value and case.says(case.computed + worth * (used / value - 1)):
                was = evaluate(factor.base) if isinstance(factor, Power) and squared else value
                why = Message(
                    "the printed value comes out if {other} is put in for {value}",
                    other=_shown(other), value=_shown(was),
                )  # fmt: skip
                return Diagnosis("wrong-operand", why)
    return None


def replaceable(node: Node) -> Iterator[tuple[Fraction, Node, Fraction]]:
    """Factors, each between the worth of its term and its own."""
    for sign, term in terms(node):
        worth = sign * evaluate(term)
        for op, factor in factors(term):
            value = _worth(factor)
            if op == "*" and value:
                yield worth, factor, value


def misprinted_operand(case: Case) -> Diagnosis | None:
    """The value is right for the expression with one digit of one operand changed."""
    if not case.whole or not isinstance(case.node, Product):
        return None
    for op, factor in factors(case.node):
        if op != "*" or not isinstance(factor, Number):
            continue
        value = evaluate(factor)
        meant = value * case.stated / case.computed if case.computed else Fraction(0)
        if value.denominator == 1 == meant.denominator and value > 9 and slipped(str(value), str(meant)):
            why = Message("the printed value is right if {value} reads {meant}", value=str(value), meant=str(meant))
            return Diagnosis("misprint", why, mends=False)
    return None


# -- output sizes ------------------------------------------------------------------------------------------------


def output_shape(case: Case) -> Diagnosis | None:
    """``(28 − 5 + 2×2)/1 + 1 = 24``: the formula of an output size, with padding, stride or the last one ignored."""
    for what, node in careless_sizes(case.node):
        value = _worth(node)
        if value is not None and case.says(Fraction(value.__floor__())) and case.stated != case.computed:
            return Diagnosis("output-shape", what)
    return None


def careless_sizes(node: Node) -> Iterator[tuple[Message, Node]]:
    """The formula as it comes out with one thing ignored."""
    place = _place_of_quotient(node)
    if place is None or not isinstance(node, Sum):
        return
    size = node.parts[place][1]
    divided = size.operand if isinstance(size, Rounded) else size
    if not (isinstance(divided, Product) and len(divided.parts) == 2 and divided.parts[1][0] in ("/", "//")):
        return
    (_, room), stride = divided.parts

    def formula(inner: Node) -> Node:
        return replace(node, parts=tuple((s, inner if n == place else t) for n, (s, t) in enumerate(node.parts)))

    for what, careless in _careless_paddings(room):
        yield what, formula(replace(divided, parts=(("*", careless), stride)))
    yield Message("the division is rounded up"), Rounded(node.span, node.depth, node, up=True)
    yield Message("the stride is ignored"), formula(room)
    yield Message("the last + 1 is ignored"), size


def _place_of_quotient(node: Node) -> int | None:
    """Which of two terms stands beside the 1 of ``(28 − 5 + 2×2)/1 + 1``."""
    if not isinstance(node, Sum) or len(node.parts) != 2:
        return None
    ones = [n for n, (sign, term) in enumerate(node.parts) if sign > 0 and _is_one(term)]
    return 1 - ones[-1] if ones else None


def _careless_paddings(room: Node) -> Iterator[tuple[Message, Node]]:
    """``28 − 5 + 2×2`` without its padding, and with half of it."""
    if not isinstance(room, Sum):
        return
    for n, (sign, term) in enumerate(room.parts):
        if sign > 0 and n:
            yield Message("the padding is ignored"), replace(room, parts=room.parts[:n] + room.parts[n + 1 :])
            half = Product(term.span, term.depth, (("*", term), ("/", _TWO)))
            once = replace(room, parts=(*room.parts[:n], (sign, half), *room.parts[n + 1 :]))
            yield Message("the padding is counted on one side only"), once
