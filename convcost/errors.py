"""The few ways in which a request can fail.

Every error is a :class:`ConvcostError` and also the builtin it resembles, carries its facts as fields, prints
as one line, and survives pickling.
"""

from __future__ import annotations

from typing import Any, Self


class ConvcostError(Exception):
    """Base of all errors that a user can meet.

    ``what``  the rule that was broken, in words;
    ``where`` the path of the layer, or the place in a text (empty when there is none);
    ``got``   what was received;
    ``fix``   what would mend it.

    >>> str(ConvcostError("kernel must be at least 1", where="stem/conv1", got="kernel=-3"))
    'stem/conv1: kernel must be at least 1 (got kernel=-3)'
    """

    def __init__(self, what: str, *, where: str = "", got: str = "", fix: str = "") -> None:
        super().__init__(what)
        self.what = what
        self.where = where
        self.got = got
        self.fix = fix

    def __str__(self) -> str:
        line = self.what
        if self.where:
            line = f"{self.where}: {line}"
        if self.got:
            line = f"{line} (got {self.got})"
        if self.fix:
            line = f"{line}; {self.fix}"
        return " ".join(line.split())

    def __reduce__(self) -> tuple[Any, ...]:
        return _rebuild, (type(self), self.what, self.where, self.got, self.fix)

    def at(self, where: str) -> Self:
        """The same error, with its place. A place that is already known stays."""
        if not self.where:
            self.where = where
        return self


def _rebuild(kind: type[ConvcostError], what: str, where: str, got: str, fix: str) -> ConvcostError:
    return kind(what, where=where, got=got, fix=fix)


class SpecError(ConvcostError, ValueError):
    """A specification that means nothing: unknown layer, negative kernel, malformed text."""


class ShapeError(ConvcostError, ValueError):
    """Shapes that cannot meet."""


class UndecidedError(ConvcostError, ArithmeticError):
    """A question about symbols that has no single answer."""


class UnsupportedError(ConvcostError, NotImplementedError):
    """An operation for which there is no law, or a thing that cannot be expressed in the asked form."""


class ClaimError(ConvcostError, ValueError):
    """Claim text that cannot be carried out: too large, too deep, or over a number limit."""
