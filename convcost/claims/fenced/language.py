"""Lines of a block: definitions, and claims taken apart into sides and the relations between them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from ... import networks
from ...arith import Shape
from ...block import Block
from ...errors import ConvcostError
from ...messages import Message
from ...notation import VOCABULARY, parse, parse_shape
from ..normalize import normalise

_DEFINITION = re.compile(r"\s*(?P<name>[A-Za-z_]\w{0,60})\s*=(?![=<>])\s*(?P<what>.*\S)?\s*")
_RELATION = re.compile(r"\\approx|≈|~=?|==|<=|>=|≤|≥|<|>|=")
_OPENING, _CLOSING = "([{", ")]}"
QUANTITIES = ("macs", "flops", "params", "trainable_params", "buffers", "depth", "output", "under")


class UnreadableError(Exception):
    """A line that the author has to mend; ``why`` says so in a sentence."""

    def __init__(self, why: Message) -> None:
        super().__init__(why)
        self.why = why

    @classmethod
    def of(cls, error: ConvcostError) -> UnreadableError:
        """What an error of the calculator means for a line.

        The calculator's own words are the same in every language.
        """
        return cls(Message("this line cannot be checked: {what}.", what=str(error).rstrip(".")))

    @classmethod
    def too_long(cls, most: int) -> UnreadableError:
        """A line over the limit."""
        return cls(Message("this line cannot be checked: it is longer than {most} characters.", most=most))


@dataclass(frozen=True)
class Part:
    """A stretch of a line, without the blanks around it."""

    line: str
    start: int
    end: int

    @property
    def text(self) -> str:
        """As it stands there, in the alphabet of the grammar."""
        return normalise(self.line)[self.start : self.end]

    def stripped(self) -> Part:
        """Without blanks at its ends."""
        text = self.line[self.start : self.end]
        start = self.start + len(text) - len(text.lstrip())
        return Part(self.line, start, max(start, self.start + len(text.rstrip())))


@dataclass(frozen=True)
class Claim:
    """Sides with relations between them: ``about``, ``=``, ``<``, ``<=``, ``>``, ``>=``."""

    sides: tuple[Part, ...]
    relations: tuple[str, ...]

    def pairs(self) -> Iterator[tuple[Part, str, Part]]:
        """Each relation with its two sides."""
        yield from zip(self.sides, self.relations, self.sides[1:], strict=False)


@dataclass
class Meanings:
    """What names mean: blocks with the inputs of bundled networks, and the input of all others."""

    blocks: dict[str, Block] = field(default_factory=dict)
    inputs: dict[str, Shape] = field(default_factory=dict)
    input: Shape | None = None


def defined(line: str, meanings: Meanings) -> bool:
    """Take in a definition; whether the line is one.

    >>> meanings = Meanings()
    >>> defined("naive = Conv(32, 5, padding=2)  # as in the text", meanings), meanings.blocks["naive"]
    (True, Conv(32, 5, padding=2))
    >>> defined("macs(naive) = 3", meanings)
    False
    """
    match = _DEFINITION.fullmatch(_without_comment(line))
    if match is None:
        return False
    name, what = match["name"], normalise(match["what"] or "").strip()
    if name in VOCABULARY or name in QUANTITIES:
        why = Message("this line cannot be checked: {name} is a word of the language; choose another name.", name=name)
        raise UnreadableError(why)
    try:
        _define(name, what, meanings)
    except ConvcostError as error:
        raise UnreadableError.of(error) from None
    return True


def _define(name: str, what: str, meanings: Meanings) -> None:
    if name == "input":
        meanings.input = shape_of(what)
        return
    meanings.inputs.pop(name, None)
    if what in networks.names() and what not in meanings.blocks:
        meanings.blocks[name] = networks.get(what)
        meanings.inputs[name] = networks.entry(what).input
    else:
        meanings.blocks[name] = parse(what, meanings.blocks)
        if what in meanings.inputs:
            meanings.inputs[name] = meanings.inputs[what]


def shape_of(text: str) -> Shape:
    """``192x28x28``, ``192×28×28`` or ``(192, 28, 28)``.

    >>> shape_of("(192, 28, 28)"), shape_of("192×28×28")
    ((192, 28, 28), (192, 28, 28))
    """
    text = text.strip()
    if text[:1] + text[-1:] in ("()", "[]"):
        text = text[1:-1].rstrip().rstrip(",")
    return parse_shape(text)


def claim_of(line: str) -> Claim | None:
    """The claim of a line; ``None`` for a line that is empty.

    >>> claim = claim_of("macs(Conv(8, 3, padding=1)) / 2 ~ 10 < 12  # so")
    >>> [side.text for side in claim.sides], claim.relations
    (['macs(Conv(8, 3, padding=1)) / 2', '10', '12'], ('about', '<'))
    """
    line = _without_comment(line)
    text = normalise(line)
    if not text.strip():
        return None
    edges = [0]
    relations: list[str] = []
    for match in _RELATION.finditer(text):
        if _depth(text, match.start()) == 0:
            edges += match.span()
            relations.append(_said(match[0]))
    if not relations:
        raise UnreadableError(
            Message(
                "this line cannot be checked: it is neither a definition nor a claim; write name = block, or a = b."
            )
        )
    edges.append(len(text))
    sides = tuple(Part(line, a, b).stripped() for a, b in zip(edges[::2], edges[1::2], strict=True))
    if not all(side.end > side.start for side in sides):
        raise UnreadableError(Message("this line cannot be checked: a side of it is empty."))
    return Claim(sides, tuple(relations))


def _said(sign: str) -> str:
    if sign in ("≈", "~", "~=", "\\approx"):
        return "about"
    return {"==": "=", "≤": "<=", "≥": ">="}.get(sign, sign)


def _depth(text: str, place: int) -> int:
    """How many brackets are open."""
    before = text[:place]
    return sum(map(before.count, _OPENING)) - sum(map(before.count, _CLOSING))


def _without_comment(line: str) -> str:
    """The line with its comment blanked; a mark in quotes begins none."""
    quoted = ""
    for place, character in enumerate(line):
        if quoted:
            quoted = "" if character == quoted else quoted
        elif character in "\"'":
            quoted = character
        elif character == "#":
            return line[:place].ljust(len(line))
    return line
