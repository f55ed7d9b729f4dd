"""What a side is worth: quantities by the calculator, numbers by the grammar of claims, letters by the notation."""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from ... import networks
from ...analysis.depth import depth
from ...arith import Dim, Shape, is_symbolic
from ...costing import Cost, cost
from ...errors import ClaimError, ConvcostError
from ...messages import Message
from ...notation import parse, parse_size
from ..expression import Node, evaluate, symbols_of
from ..expression import parse as parse_claim
from ..judge import as_number
from ..printed import Printed
from .language import QUANTITIES, Meanings, Part, UnreadableError, shape_of

_CALL = re.compile(r"\b(?P<name>[A-Za-z_]\w{0,60})\s{0,3}\(")
_SUPERSCRIPT = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789")


@dataclass(frozen=True)
class Worth:
    """A side: a shape, an expression over letters, or a number with its expression and, if it is one, its print."""

    part: Part
    shape: Shape | None = None
    letters: Any = None
    number: Fraction | None = None
    node: Node | None = None
    printed: Printed | None = None
    quantities: tuple[str, ...] = ()

    @property
    def is_ratio(self) -> bool:
        """Whether it divides quantities."""
        return len(self.quantities) > 1 and "/" in _without_calls(self.part.text)


def worth(part: Part, meanings: Meanings, *, shapes: bool = True) -> Worth:
    """What a side says; ``192x28x28`` is a shape, unless ``shapes`` are not wanted, and then a product.

    >>> meanings = Meanings(input=(192, 28, 28))
    >>> text = "macs(Conv(32, 5, padding=2)) / 2"
    >>> worth(Part(text, 0, len(text)), meanings).number
    Fraction(60211200, 1)
    """
    try:
        return _worth(part, meanings, shapes)
    except ConvcostError as error:
        raise UnreadableError.of(error) from None


def _worth(part: Part, meanings: Meanings, shapes: bool) -> Worth:
    text = part.text
    pieces: list[str] = []
    found: list[Any] = []
    names: list[str] = []
    at = 0
    for start, name, inside, end in _calls(text):
        value = _quantity(name, inside, meanings)
        if name == "output":
            if text[:start].strip() or text[end:].strip():
                why = Message("this line cannot be checked: an output is a shape; compare it with a shape.")
                raise UnreadableError(why)
            return Worth(part, shape=value, quantities=("output",))
        pieces += [text[at:start], _written(value)]
        found.append(value)
        names.append(name)
        at = end
    filled = "".join([*pieces, text[at:]])
    if not found and shapes and _SHAPE.fullmatch(text):
        return Worth(part, shape=shape_of(text))
    if any(map(is_symbolic, found)) or _has_letters(filled):
        return Worth(part, letters=parse_size(_for_notation(filled)), quantities=tuple(names))
    node = parse_claim(filled)
    printed = as_number(node) if not found else None
    return Worth(part, number=evaluate(node), node=node, printed=printed, quantities=tuple(names))


_SHAPE = re.compile(r"\w+(?:\s*[x×]\s*\w+){1,4}|[(\[]\s*\w+(?:\s*[x×,]\s*\w+){0,4}\s*,?\s*[)\]]")


def _has_letters(text: str) -> bool:
    """Whether there are letters that are no units of numbers."""
    try:
        return bool(symbols_of(parse_claim(text)))
    except ClaimError:
        return re.search(r"[A-Za-z_]", text) is not None


def _calls(text: str) -> list[tuple[int, str, list[str], int]]:
    """The quantities of a side: where each begins, its name, what stands in its brackets, where it ends."""
    found: list[tuple[int, str, list[str], int]] = []
    at = 0
    while (match := _CALL.search(text, at)) is not None:
        if match["name"] not in QUANTITIES:
            told = ", ".join(QUANTITIES)
            why = Message(
                "this line cannot be checked: there is no quantity {name}; one of {known}.",
                name=match["name"],
                known=told,
            )
            raise UnreadableError(why)
        end = _closing(text, match.end())
        found.append((match.start(), match["name"], _arguments(text[match.end() : end - 1]), end))
        at = end
    return found


def _closing(text: str, start: int) -> int:
    depth = 1
    for place in range(start, len(text)):
        depth += (text[place] in "([{") - (text[place] in ")]}")
        if depth == 0:
            return place + 1
    raise UnreadableError(Message("this line cannot be checked: a bracket is not closed."))


def _arguments(text: str) -> list[str]:
    """What stands between the commas that are in no inner bracket."""
    pieces, depth, at = [], 0, 0
    for place, character in enumerate(text):
        depth += (character in "([{") - (character in ")]}")
        if character == "," and depth == 0:
            pieces.append(text[at:place].strip())
            at = place + 1
    return [*pieces, text[at:].strip()]


def _quantity(name: str, inside: list[str], meanings: Meanings) -> Any:
    counted = 2 if name == "under" else 1
    if not counted <= len(inside) <= counted + 1 or not all(inside):
        usual = 'under(name, "convention")' if name == "under" else f"{name}(name)"
        why = Message("this line cannot be checked: write {usual}, with an input behind it or not.", usual=usual)
        raise UnreadableError(why)
    shape = shape_of(inside[counted]) if len(inside) > counted else None
    result = _cost(inside[0], shape, meanings)
    if name == "under":
        return _known(result.under(inside[1].strip("\"'")), result)
    if name == "output":
        return result.output
    if name == "depth":
        return depth(result)
    return _known(getattr(result, name), result)


def _known(value: Dim | None, result: Cost) -> Dim:
    if value is None or result.unsupported:
        why = Message("this line cannot be checked: the cost is unknown.")
        raise UnreadableError(why)
    return value


def _cost(what: str, shape: Shape | None, meanings: Meanings) -> Cost:
    if what in meanings.blocks:
        return cost(meanings.blocks[what], shape or meanings.inputs.get(what) or _input(meanings))
    if what in networks.names():
        return cost(networks.get(what), shape or networks.entry(what).input)
    if re.fullmatch(r"\w+", what):
        known = ", ".join([*meanings.blocks, "…"]) if meanings.blocks else "name = Conv(…)"
        why = Message(
            "this line cannot be checked: nothing is called {name}; define it above, or use {known}.",
            name=what,
            known=known,
        )
        raise UnreadableError(why)
    return cost(parse(what, meanings.blocks), shape or _input(meanings))


def _input(meanings: Meanings) -> Shape:
    if meanings.input is None:
        why = Message("this line cannot be checked: it needs an input; write input = 3x224x224 above it.")
        raise UnreadableError(why)
    return meanings.input


def _written(value: Any) -> str:
    """A value as text that the grammars read again."""
    if not is_symbolic(value):
        return str(value)
    from ... import symbolic

    return f"({symbolic.notation(value)})"


def _for_notation(text: str) -> str:
    """Times signs and powers as the notation has them."""
    text = re.sub(r"\\times|\\cdot|[×·]", "*", text).replace("^", "**")
    text = re.sub("[⁰¹²³⁴⁵⁶⁷⁸⁹]+", lambda m: "**" + m[0].translate(_SUPERSCRIPT), text)
    return re.sub(r"(?<=\d),(?=\d{3}(?!\d))", "", text)


def _without_calls(text: str) -> str:
    at, pieces = 0, []
    for start, _, _, end in _calls(text):
        pieces.append(text[at:start])
        at = end
    return "".join([*pieces, text[at:]])
