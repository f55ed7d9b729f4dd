"""What a convention is: an account of a cost, whose terms add up to one number."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, NamedTuple

from ..arith import Dim

if TYPE_CHECKING:
    from ..result import Cost


class Term(NamedTuple):
    """One entry of an account.

    ``part``  what of the network is priced, in words that all conventions share ("convolutions", "bias of
              convolutions", "batch norm", …);
    ``how``   at what price ("1 per multiply-accumulate", "2 per input element");
    ``path``  the layer or module that is charged;
    ``value`` the amount, in the convention's unit.
    """

    part: str
    how: str
    path: str
    value: Dim


class Convention:
    """A rule that turns a cost into one number.

    ``unit`` is the word that must stand beside the number, ``about`` one line on what counts, ``version`` the release
    of the tool that it reproduces (empty for our own readings).
    """

    name: str
    unit: str
    about: str
    version: str = ""

    def account(self, cost: Cost) -> Iterable[Term]:
        """Every amount that is charged, in the order of the network; they add up to :meth:`total`."""
        raise NotImplementedError

    def total(self, cost: Cost) -> Dim:
        """The number itself."""
        return sum((term.value for term in self.account(cost)), 0)
