"""Equations and chains of them: found, computed and judged."""

from __future__ import annotations

from collections.abc import Iterator

from ...errors import ClaimError
from ..documents import Document
from ..model import Finding
from ..scan import Chain, chains_of
from .chain import JudgedChain
from .place import Place

#: Chains before and behind one whose numbers may have been copied into it.
_NEIGHBOURS = 3


def judge(document: Document, *, strict: bool = False) -> Iterator[Finding]:
    """Findings of the equations. What is over a limit raises if ``strict``, else it is one ``unverifiable`` finding."""
    found: list[tuple[Place, Chain]] = []
    for passage in document.passages():
        at = Place(passage, document.source)
        try:
            found += [(at, chain) for chain in chains_of(passage)]
        except ClaimError as error:
            if strict:
                raise error.at(f"line {passage.place(0)[0]}") from None
            yield at.beyond(error)
    for n, (at, chain) in enumerate(found):
        near = [other for _, other in found[max(0, n - _NEIGHBOURS) : n + _NEIGHBOURS + 1]]
        try:
            yield from JudgedChain(at, chain, near).findings()
        except ClaimError as error:
            if strict:
                raise error.at(f"line {at.passage.place(chain.sides[0].start)[0]}") from None
            yield at.beyond(error)
