"""The verdict on two sides of a claim."""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from ...arith import Shape, same
from ...errors import ConvcostError
from ...layers.base import shape_text
from ...messages import Message
from ..diagnosis import Case, diagnose, slipped
from ..judge import matches
from ..model import Value
from ..printed import decimal, written_like
from .language import Meanings, Part, UnreadableError
from .values import Worth, worth

#: How far off a number may be that is said to be about right.
_ABOUT = Fraction(1, 10)


@dataclass(frozen=True)
class Judgement:
    """A verdict in the words of the JSON contract, and what to say."""

    kind: str
    verdict: str
    reason: str | None
    stated: Value
    computed: Value
    why: Message
    right: str | None = None


def judged(left: Part, relation: str, right: Part, meanings: Meanings) -> tuple[Part, Judgement]:
    """The verdict, and the side that is the printed one: the one without quantities, or the right one."""
    sides = worth(left, meanings), worth(right, meanings)
    if (sides[0].shape is None) != (sides[1].shape is None):
        sides = worth(left, meanings, shapes=False), worth(right, meanings, shapes=False)
    printed, computed = sides if sides[1].quantities and not sides[0].quantities else sides[::-1]
    flipped = printed is sides[0]
    if (printed.shape is None) != (computed.shape is None):
        raise UnreadableError(Message("this line cannot be checked: one side of it is a shape, the other is a number."))
    if printed.shape is not None and computed.shape is not None:
        return printed.part, _shapes(printed, computed, relation)
    if printed.letters is not None or computed.letters is not None:
        return printed.part, _letters(printed, computed, relation)
    return printed.part, _numbers(printed, computed, _turned(relation) if flipped else relation)


def _turned(relation: str) -> str:
    """The relation seen from the other side."""
    return {"<": ">", ">": "<", "<=": ">=", ">=": "<="}.get(relation, relation)


# -- shapes -----------------------------------------------------------------------------------------------------------


def _shapes(printed: Worth, computed: Worth, relation: str) -> Judgement:
    if relation != "=":
        raise UnreadableError(Message("this line cannot be checked: shapes are compared with =."))
    stated, right = printed.shape or (), computed.shape or ()
    shown, meant = shape_text(stated), shape_text(right)
    why = Message("{side} is {value}.", side=computed.part.text, value=meant)
    if len(stated) == len(right) and all(_same(a, b) for a, b in zip(stated, right, strict=True)):
        return Judgement("shape", "holds", None, shown, meant, why)
    reason = "output-shape" if stated[:1] == right[:1] or len(stated) != len(right) else "wrong-operand"
    differing = [(a, b) for a, b in zip(stated, right, strict=False) if str(a) != str(b)]
    if len(differing) == 1 and len(stated) == len(right) and slipped(*map(str, differing[0])) and differing[0][1] > 9:
        reason = "misprint"
    told = Message.joined(why, Message("Printed is {printed}.", printed=printed.part.text))
    return Judgement("shape", "wrong", reason, shown, meant, told, _shape_like(printed.part.text, right))


def _shape_like(text: str, shape: Shape) -> str:
    """A shape written like the printed one.

    >>> _shape_like("(32, 28, 82)", (32, 28, 28))
    '(32, 28, 28)'
    """
    if len(re.findall(r"[A-Za-z\d]+(?<!x)", text.replace("x", " "))) != len(shape):
        return shape_text(shape)
    dims = iter(shape)
    return re.sub(r"\d+|[A-WYZa-wyz]\w*", lambda _: str(next(dims)), text)


def _same(a: Any, b: Any) -> bool:
    try:
        return same(a, b)
    except ConvcostError as error:
        raise UnreadableError.of(error) from None


# -- letters ----------------------------------------------------------------------------------------------------------


def _letters(printed: Worth, computed: Worth, relation: str) -> Judgement:
    from ... import symbolic

    if relation not in ("=", "about"):
        raise UnreadableError(Message("this line cannot be checked: expressions over letters are compared with =."))
    stated, right = _expression(printed), _expression(computed)
    shown, meant = str(symbolic.closed_form(stated)), str(symbolic.closed_form(right))
    why = Message("{side} is {value}.", side=computed.part.text, value=meant)
    if symbolic.identical(stated, right) or _same(stated, right):
        return Judgement("equation", "holds", None, shown, meant, why)
    reason = "arithmetic"
    if symbolic.identical(stated, 2 * right) or symbolic.identical(2 * stated, right):
        reason = "factor-2"
    elif _leaves_out_a_term(stated, right):
        reason = "missing-term"
    told = Message.joined(why, Message("Printed is {printed}.", printed=printed.part.text))
    return Judgement("equation", "wrong", reason, shown, meant, told, meant)


def _leaves_out_a_term(stated: Any, right: Any) -> bool:
    """Whether the two differ by one of the terms of the right one."""
    from ... import symbolic

    missing, terms = symbolic.coefficients(right - stated), symbolic.coefficients(right)
    return len(missing) == 1 < len(terms) and all(terms.get(term) == count for term, count in missing.items())


def _expression(side: Worth) -> Any:
    if side.letters is not None:
        return side.letters
    number = side.number or Fraction(0)
    from ... import symbolic

    return symbolic.exact(number)


# -- numbers ----------------------------------------------------------------------------------------------------------


def _numbers(printed: Worth, computed: Worth, relation: str) -> Judgement:
    value, stated = computed.number or Fraction(0), printed.number or Fraction(0)
    kind = "ratio" if computed.is_ratio or printed.is_ratio else "equation"
    why = Message("{side} is {value}.", side=computed.part.text, value=_told(value))
    percent = 100 if printed.printed and printed.printed.percent else 1
    verdict = _verdict(value, stated, printed, relation)
    told, meant = _whole(stated * percent), _whole(value * percent)
    if verdict is not None:
        return Judgement(kind, verdict, None, told, meant, why)
    if relation not in ("=", "about"):
        bound = Message.joined(why, Message("The bound does not hold."))
        return Judgement(kind, "wrong", "arithmetic", told, meant, bound)
    reason, slip, right = "arithmetic", Message("the two sides differ"), None
    if printed.printed is not None and computed.node is not None:
        text = printed.part.text
        found = diagnose(Case(computed.node, value, printed.printed, text, relation == "about"))
        reason, slip, right = found.reason, found.why, written_like(text, printed.printed, value)
    wrong = Message("Printed is {printed}: {why}.", printed=printed.part.text, why=slip)
    mend = Message("Right: {right}.", right=right) if right else Message("")
    return Judgement(kind, "wrong", reason, told, meant, Message.joined(why, wrong, mend), right)


def _verdict(value: Fraction, stated: Fraction, printed: Worth, relation: str) -> str | None:
    if relation not in ("=", "about"):
        holds = {
            "<": value < stated, "<=": value <= stated, ">": value > stated, ">=": value >= stated,
        }[relation]  # fmt: skip
        return "holds" if holds else None
    if value == stated:
        return "holds"
    if printed.printed is not None:
        verdict = matches(value, printed.printed, relation == "about")
        near = abs(value - stated) <= abs(value) * _ABOUT
        return verdict if verdict and (near or relation == "=") else None
    if relation == "about" and abs(value - stated) <= abs(value) * _ABOUT:
        return "holds-rounded"
    return None


def _told(value: Fraction) -> str:
    return f"{value.numerator:,}" if value.denominator == 1 else decimal(value)


def _whole(value: Fraction) -> int | Fraction:
    return value.numerator if value.denominator == 1 else value
