"""What a formula is made of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

#: How tightly a node binds; what binds less tightly than its place asks for stands in parentheses.
CHAIN, SUM, PRODUCT, POWER, ATOM = range(5)


@dataclass(frozen=True)
class Formula:
    """A part of a formula; its text is the plain one."""

    @property
    def binds(self) -> int:
        """How tightly it binds."""
        return ATOM

    def __str__(self) -> str:
        from .plain import plain

        return plain(self)


@dataclass(frozen=True)
class Num(Formula):
    """A whole number, written with separators; or text of a number that is written as it is, such as ``0.58``."""

    value: int | str

    @property
    def binds(self) -> int:
        return SUM if str(self.value).startswith(("-", "−")) else ATOM

    @property
    def text(self) -> str:
        """The number as people write it.

        >>> Num(12443648).text, Num(-3).text
        ('12,443,648', '−3')
        """
        return f"{self.value:,}".replace("-", "−") if isinstance(self.value, int) else str(self.value)


@dataclass(frozen=True)
class Sym(Formula):
    """A letter, perhaps with an index."""

    name: str
    index: str = ""


@dataclass(frozen=True)
class Word(Formula):
    """Words inside a formula: a unit, the name of a layer."""

    text: str


@dataclass(frozen=True)
class Slot(Formula):
    """A place that is to be filled in, and what stands there until then, such as ``(1)``."""

    text: str


@dataclass(frozen=True, init=False)
class _Several(Formula):
    """Parts in their order."""

    parts: tuple[Formula, ...]

    def __init__(self, *parts: Formula) -> None:
        object.__setattr__(self, "parts", parts)


@dataclass(frozen=True, init=False)
class Sum(_Several):
    """Terms; those that are :class:`Neg` are taken away."""

    @property
    def binds(self) -> int:
        return SUM


@dataclass(frozen=True, init=False)
class Product(_Several):
    """Factors, in their order."""

    @property
    def binds(self) -> int:
        return PRODUCT

    @property
    def of_numbers(self) -> bool:
        """Whether two numbers may meet, so that the sign between them must be seen."""
        return sum(not has_letters(part) for part in self.parts) > 1


@dataclass(frozen=True, init=False)
class Call(Formula):
    """A named function of several parts, such as ``max(a, b)``; one without a name is a tuple: ``(0, 5)``."""

    name: str
    parts: tuple[Formula, ...]

    def __init__(self, name: str, *parts: Formula) -> None:
        object.__setattr__(self, "name", name)
        object.__setattr__(self, "parts", parts)


@dataclass(frozen=True)
class Neg(Formula):
    """What is taken away."""

    part: Formula

    @property
    def binds(self) -> int:
        return SUM


@dataclass(frozen=True)
class Power(Formula):
    """A base with its exponent."""

    base: Formula
    exponent: Formula

    @property
    def binds(self) -> int:
        return POWER


@dataclass(frozen=True)
class Root(Formula):
    """A square root."""

    part: Formula


@dataclass(frozen=True)
class Frac(Formula):
    """A fraction."""

    over: Formula
    under: Formula

    @property
    def binds(self) -> int:
        return PRODUCT


@dataclass(frozen=True)
class Floor(Formula):
    """Rounded down."""

    part: Formula


@dataclass(frozen=True)
class Ceil(Formula):
    """Rounded up."""

    part: Formula


@dataclass(frozen=True)
class Modulo(Formula):
    """What is left of ``over`` when ``under`` is taken away as often as it goes."""

    over: Formula
    under: Formula

    @property
    def binds(self) -> int:
        return SUM


@dataclass(frozen=True, init=False)
class Chain(Formula):
    """Parts that are equal (or, with other signs, are not): ``a = b ≈ c``."""

    parts: tuple[Formula, ...]
    signs: tuple[str, ...]

    def __init__(self, *parts: Formula, signs: str | Sequence[str] = "=") -> None:
        object.__setattr__(self, "parts", parts)
        signs = tuple(signs) if not isinstance(signs, str) else (signs,) * (len(parts) - 1)
        object.__setattr__(self, "signs", signs)

    @property
    def binds(self) -> int:
        return CHAIN


def symbol(name: str) -> Formula:
    """A letter with its index behind ``_``; a quotient of two such names stays one.

    >>> symbol("C_in"), str(symbol("C_in/g"))
    (Sym(name='C', index='in'), 'C_in/g')
    """
    over, slash, under = name.partition("/")
    if slash:
        return Frac(symbol(over), symbol(under))
    letter, _, index = name.partition("_")
    return Sym(letter, index)


def size(dims: Sequence[object]) -> Formula:
    """A shape: ``32 × 28 × 28``; a scalar's is the word ``scalar``.

    >>> str(size((32, 28, 28)))
    '32 × 28 × 28'
    """
    parts = tuple(dim if isinstance(dim, Formula) else Num(int(str(dim))) for dim in dims)
    if not parts:
        return Word("scalar")
    return Product(*parts) if len(parts) > 1 else parts[0]


def has_letters(part: Formula) -> bool:
    """Whether a letter occurs in it."""
    if isinstance(part, Sym):
        return True
    return any(has_letters(inner) for inner in children(part))


def children(part: Formula) -> tuple[Formula, ...]:
    """The parts that it is made of."""
    found: list[Formula] = []
    for value in vars(part).values():
        if isinstance(value, Formula):
            found.append(value)
        elif isinstance(value, tuple):
            found += [inner for inner in value if isinstance(inner, Formula)]
    return tuple(found)
