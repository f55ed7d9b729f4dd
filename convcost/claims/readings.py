"""Other ways to read what is printed, tried before a claim is called wrong: units, separators, tags, lost signs."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction

from ..messages import Message
from .expression import Node, NotComputableError, Number, Power, Product, Sum, evaluate, numbers
from .judge import in_bytes, is_output_size, matches, rounds_down
from .printed import Printed, read_number
from .scan import Side

#: A verdict, its reason where there is one, and the reading in words.
Reading = tuple[str, str | None, Message]


def other_reading(right: Side, node: Node, value: Fraction, printed: Printed, about: bool) -> Reading | None:
    """A second way to read the claim, under which it holds or cannot be judged."""
    size = in_bytes(value, printed, about) or _in_its_unit(node, value, printed, about)
    if size is not None:
        return "holds-rounded", None, size
    if printed.percent and matches(value / 100, printed, about):
        return "holds-rounded", None, Message("it is per cent already")
    tagged = tag(right)
    if tagged is not None and matches(value, tagged.printed, about):
        return "holds", None, Message("the bracket behind it is taken for a tag")
    if _is_padded(value, printed):
        return "holds-rounded", None, Message("its zeros at the end are not significant")
    if value.denominator > 1 and printed.exact and not is_output_size(node) and abs(value - printed.value) * 2 <= 1:
        return "holds-rounded", None, Message("it rounds to that")
    if isinstance(node, Number) and node.printed.byte_power and printed.value == node.printed.binary().value:
        return "holds", None, Message("it holds with 1024 bytes to the kB")
    if rounds_down(node, value, printed):
        why = Message("it is {value} if the division rounds down, as that of an output size does", value=printed.text)
        return "holds-rounded", None, why
    return _unclear(node, printed, about)


#: ``34.560`` and ``36 864``, read so where the value agrees to the digit.
_GROUPED_BY = (
    (re.compile(r"\d{1,3}(?:\.\d{3})+(?!\d)"), Message("a dot")),
    (re.compile(r"\d{1,3}(?:[ \u00a0]\d{3})+(?!\d)"), Message("a blank")),
)


def regrouped(text: str, stated: Side, value: Fraction) -> tuple[Side, Printed, Message] | None:
    """``48.360`` as 48,360 and ``12 433 648`` as one number, where a value near it is meant.

    >>> from .expression import parse
    >>> side = Side(parse("48.360"), 0, 6)
    >>> regrouped("48.360", side, Fraction(45360))[1].value, regrouped("48.360", side, Fraction(50))
    (Fraction(48360, 1), None)
    """
    for pattern, mark in _GROUPED_BY:
        match = pattern.match(text, stated.start)
        if match is not None and value >= 1000:
            number = read_number(re.sub(r"\D", "", match[0]))
            if number.value < 2 * value < 4 * number.value:
                return Side(stated.node, stated.start, max(stated.end, match.end())), number, mark
    return None


def _in_its_unit(node: Node, value: Fraction, printed: Printed, about: bool) -> Message | None:
    """``0.57 + 1.83 + 2.66 = 5.06 G`` (the unit is said once), and ``602,112 B`` (bytes, no billions)."""
    bytes_meant = printed.unit == "B" and re.search(r"\s?B$", printed.text) is not None
    if not (bytes_meant or said_once(node, printed)):
        return None
    if matches(value, unscaled(printed), about) is None:
        return None
    if bytes_meant:
        return Message("it holds in bytes")
    return Message("it holds if the expression is in that unit already")


def said_once(node: Node, printed: Printed) -> bool:
    """Whether a unit behind the value may be that of every term: a sum of plain numbers, or a product of them.

    A unit in words stands for itself: ``4 × 2.5 = 10 million`` is wrong.
    """
    if printed.scale <= 1 or not isinstance(node, Sum | Product):
        return False
    plain = all(isinstance(part, Number) and not part.printed.unit for _, part in node.parts)
    return plain and (isinstance(node, Sum) or printed.unit in ("K", "k", "M", "G", "B", "T"))


def unscaled(printed: Printed) -> Printed:
    """The same figures without their unit."""
    by = printed.scale
    return replace(
        printed, value=printed.value / by, step=printed.step / by, loose_step=printed.loose_step / by, scale=Fraction(1)
    )


def _is_padded(value: Fraction, printed: Printed) -> bool:
    """``12,444,000`` for 12,443,648: rounded, and the rest filled with zeros."""
    if not printed.exact or printed.loose_step < 1000 or printed.value < 1000 * printed.loose_step:
        return False
    return abs(value - printed.value) * 2 <= printed.loose_step


def tag(right: Side) -> Number | None:
    """``432(2)``: the number before a bracket that may be the equation's own number."""
    node = right.node
    if isinstance(node, Product) and len(node.parts) == 2:
        (_, value), (op, mark) = node.parts
        if op == "*" and isinstance(value, Number) and isinstance(mark, Number):
            return value if mark.span[1] - mark.span[0] > len(mark.printed.text) else None
    return None


def lost_power(right: Side, value: Fraction) -> Message | None:
    """``2.4×106`` for 2.4×10⁶, where the value agrees."""
    node = right.node
    if not (isinstance(node, Product) and len(node.parts) == 2 and isinstance(node.parts[1][1], Number)):
        return None
    mantissa, ten = node.parts[0][1], node.parts[1][1]
    for meant, told in with_signs(ten):
        if told.startswith("10^") and isinstance(mantissa, Number):
            said = mantissa.printed
            if abs(said.value * meant - value) <= said.step * meant:
                return Message("it holds if {printed} is {told} with a sign lost", printed=ten.printed.text, told=told)
    return None


def in_plain_bytes(node: Node) -> Node:
    """The expression with every ``B`` read as bytes.

    >>> from .expression import parse
    >>> evaluate(in_plain_bytes(parse("224 × 224 × 4B")))
    Fraction(200704, 1)
    """
    for number in [n for n in numbers(node) if n.printed.unit == "B"]:
        node = _replaced(node, number, number.printed.value / number.printed.scale)
    return node


def repeated(text: str, right: Side, value: Fraction) -> Side | None:
    """``214×214(224−11+1)×…``: a side that says the value, with another expression stuck to it."""
    node = right.node
    if not isinstance(node, Product):
        return None
    for place in range(1, len(node.parts)):
        before, behind = node.parts[place - 1][1], node.parts[place][1]
        if text[before.span[1] : behind.span[0]].strip():
            continue
        parts = node.parts[:place]
        half = parts[0][1] if len(parts) == 1 else replace(node, parts=parts)
        if evaluate(half) == value:
            return Side(half, right.start, before.span[1])
    return None


def tails(text: str, side: Side) -> Iterator[Side]:
    """``28x28x6 (5*5+1)*6``: what begins at a bracket that a blank parts from what stands before it.

    >>> from .expression import parse
    >>> text = "28x28x6 (5*5+1)*6"
    >>> [text[tail.start : tail.end] for tail in tails(text, Side(parse(text), 0, len(text)))]
    ['(5*5+1)*6']
    """
    node = side.node
    if not isinstance(node, Product):
        return
    for place in range(1, len(node.parts)):
        before, behind = node.parts[place - 1][1], node.parts[place][1]
        gap = text[before.span[1] : behind.span[0]]
        if gap and not gap.strip():
            parts = (("*", behind), *node.parts[place + 1 :])
            tail = behind if len(parts) == 1 else replace(node, parts=parts)
            yield Side(tail, behind.span[0], side.end)


def _unclear(node: Node, printed: Printed, about: bool) -> Reading | None:
    """Readings under which the claim would hold, but which nobody can be sure of."""
    divided = _divided_by_all(node)
    if divided is not None and matches(divided, printed, about):
        return (
            "unverifiable",
            None,
            Message("it is {value} if all that follows the division divides", value=printed.text),
        )
    for number in numbers(node):
        for meant, told in with_signs(number):
            try:
                value = evaluate(_replaced(node, number, meant))
            except NotComputableError:
                continue
            if printed.exact and printed.value > 99 and matches(value, printed, about=False):
                why = Message(
                    "it holds if {printed} is {told} with a sign lost", printed=number.printed.text, told=told
                )
                return "unverifiable", "lost-sign", why
    return None


def _divided_by_all(node: Node) -> Fraction | None:
    """``a/b*c`` as ``a/(b*c)``."""
    if not (isinstance(node, Product) and [op for op, _ in node.parts] == ["*", "/", "*"]):
        return None
    a, b, c = (evaluate(factor) for _, factor in node.parts)
    return a / (b * c) if b * c else None


def with_signs(number: Number) -> list[tuple[Fraction, str]]:
    """``602`` as 60², ``2828`` as 28×28, ``33`` as 3×3."""
    digits = number.printed.text
    if re.fullmatch(r"10[1-9]\d?", digits):
        return [(Fraction(10) ** int(digits[2:]), f"10^{digits[2:]}")]
    if not digits.isdigit() or not 2 <= len(digits) <= 8:
        return []
    found = []
    if digits[-1] in "23":
        found.append((Fraction(int(digits[:-1])) ** int(digits[-1]), digits[:-1] + ("²" if digits[-1] == "2" else "³")))
    half, odd = divmod(len(digits), 2)
    if not odd and digits[:half] == digits[half:]:
        found.append((Fraction(int(digits[:half])) ** 2, f"{digits[:half]}×{digits[half:]}"))
    return found


def _replaced(node: Node, number: Number, value: Fraction) -> Node:
    """The expression with another value for one of its numbers."""
    if node is number:
        plain = read_number("1")
        return replace(number, printed=replace(plain, value=value))
    if isinstance(node, Sum):
        return replace(node, parts=tuple((sign, _replaced(part, number, value)) for sign, part in node.parts))
    if isinstance(node, Product):
        return replace(node, parts=tuple((op, _replaced(part, number, value)) for op, part in node.parts))
    if isinstance(node, Power):
        return replace(node, base=_replaced(node.base, number, value))
    return node
