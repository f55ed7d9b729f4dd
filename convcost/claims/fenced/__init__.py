"""Fenced blocks with the word ``convcost``, by which a document checks itself.

A line is a definition or a claim; ``#`` begins a comment.

Definitions::

    input = 192x28x28                                    # channels first; letters as in CxHxW are sizes left open
    naive = Conv(32, 5, padding=2)                       # a block in the notation of specs
    bottleneck = Conv(16, 1) >> Conv(32, 5, padding=2)   # it may mention blocks that stand above it
    network = resnet50                                   # a bundled network, with its own input

A name may be defined anew; what is below takes the new meaning. Claims compare two sides, or more in a chain::

    macs(naive) = 120,422,400                            # a number printed in full stands for itself
    flops(naive) ≈ 240.8M                                # a rounded one for all that rounds to it; so does = 240.8M
    macs(naive) / macs(bottleneck) ~ 10                  # ~ and ≈ allow what rounding allows, and 10 % at most
    macs(bottleneck, 192x14x14) < 40M                    # at another input; <, <=, >, >= are bounds
    output(naive) = 32x28x28                             # a shape
    under(naive, "fvcore") = 120,422,400                 # as another counter prints it (its own package is needed)
    macs(naive) = 25*C*K*H*W                             # over letters, where the input has letters

Quantities are ``macs``, ``flops``, ``params``, ``trainable_params``, ``buffers``, ``depth`` and ``output``, each of a
name, a bundled network or a block in notation, and ``under``, with the name of a convention. Sides are made of them
and of numbers, with units, times signs, powers and brackets as anywhere in a document. Nothing is ever evaluated but
through the grammar of claims and the whitelist of the notation.

Each claim is one finding. A line that cannot be read is one too, ``unverifiable``, which says what is wrong with it.

>>> from ..documents import read
>>> text = '''```convcost
... input = 192x28x28
... naive = Conv(32, 5, padding=2)
... bottleneck = Conv(16, 1) >> Conv(32, 5, padding=2)
... macs(bottleneck) = 12,433,648
... macs(naive) / macs(bottleneck) ~ 10
... output(naive) = 32x24x24
... macs(nave) = 1
... ```'''
>>> [(f.line, f.kind, f.verdict, f.reason) for f in judge(read(text))]
[(5, 'equation', 'wrong', 'misprint'), (6, 'ratio', 'holds-rounded', None), (7, 'shape', 'wrong', 'output-shape'), \
(8, 'equation', 'unverifiable', None)]
"""

from __future__ import annotations

from collections.abc import Iterator

from ..documents import Document, Fence
from ..model import Finding, Spot
from .language import Claim, Meanings, Part, UnreadableError, claim_of, defined
from .verdicts import Judgement, judged

#: Lines of one block, and characters of one line.
MAX_LINES, MAX_LENGTH = 500, 4000


def judge(document: Document) -> Iterator[Finding]:
    """Findings of all claims in the document's own blocks."""
    shown = {(line.cell, line.number): line.text for line in document.lines}
    for block in document.blocks:
        if isinstance(block, Fence) and block.language == "convcost":
            meanings = Meanings()
            for number, text in block.lines[:MAX_LINES]:
                column = max(0, shown.get((block.cell, number), text).find(text))
                yield from _line(text, meanings, _Place(document.source, number, column, block.cell, text))


class _Place:
    """Where a line stands, and the findings that are made of it."""

    def __init__(self, source: str, number: int, column: int, cell: int | None, text: str) -> None:
        self.source, self.number, self.column, self.cell, self.text = source, number, column, cell, text

    def spot(self, part: Part) -> Spot:
        """A part of the line in the source."""
        return Spot(self.number, self.column + part.start, self.column + part.end, self.cell)

    def finding(self, claim: Part, printed: Part, judgement: Judgement) -> Finding:
        """The finding about ``printed``."""
        spot, text = self.spot(claim), self.text[claim.start : claim.end]
        mended = None
        if judgement.right is not None:
            mended = self.text[claim.start : printed.start] + judgement.right + self.text[printed.end : claim.end]
        return Finding(
            source=self.source, line=self.number, span=(spot.start, spot.end), text=text, kind=judgement.kind,
            printed=self.text[printed.start : printed.end], stated=judgement.stated, computed=judgement.computed,
            verdict=judgement.verdict, reason=judgement.reason, explanation=judgement.why, cell=self.cell,
            mended=mended, printed_at=self.spot(printed), right=judgement.right,
        )  # fmt: skip


def _line(text: str, meanings: Meanings, place: _Place) -> Iterator[Finding]:
    try:
        if len(text) > MAX_LENGTH:
            raise UnreadableError.too_long(MAX_LENGTH)
        if defined(text, meanings):
            return
        claim: Claim | None = claim_of(text)
        if claim is None:
            return
        for left, relation, right in claim.pairs():
            printed, judgement = judged(left, relation, right, meanings)
            yield place.finding(Part(text, left.start, right.end), printed, judgement)
    except UnreadableError as error:
        whole = Part(text, len(text) - len(text.lstrip()), len(text.rstrip()))
        yield place.finding(whole, whole, Judgement("equation", "unverifiable", None, None, None, error.why))
