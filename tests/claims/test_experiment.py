"""A controlled experiment: right chapters raise nothing; slips of every kind are put in at random, one a chapter.

What is caught, and what is named right, is counted and printed.
"""

from __future__ import annotations

import random
from collections import Counter
from fractions import Fraction

from convcost.claims.documents import read
from convcost.claims.proofread import proofread

from .chapters import chapter, written

CHAPTERS = 30


def wrong(text):
    return [finding for finding in proofread(read(text)) if finding.verdict == "wrong"]


def test_right_chapters_raise_nothing():
    for seed in range(CHAPTERS):
        assert wrong(written(chapter(random.Random(seed)))) == []


def counted(reader, chapters=CHAPTERS):
    """How many slips are put in, caught and named right, by reason, and how many other things are called wrong."""
    put, caught, named, others = Counter(), Counter(), Counter(), 0
    for seed in range(chapters):
        rng = random.Random(seed)
        statements = chapter(rng)
        for n, statement in enumerate(statements):
            for reason, printed in statement.slips.items():
                if printed is None or printed == statement.right or rng.random() < 0.5:
                    continue
                found = reader(written(statements, (n, printed)))
                hits = [finding for finding in found if printed in finding.printed]
                put[reason] += 1
                caught[reason] += bool(hits)
                named[reason] += any(_names(finding, reason) for finding in hits)
                others += len(found) - len(hits)
    return put, caught, named, others


def test_slips_are_caught_and_named(capsys):
    put, caught, named, others = counted(wrong)
    with capsys.disabled():
        print()
        for reason in sorted(put):
            print(f"{reason:16} put in {put[reason]:4}, caught {caught[reason]:4}, named right {named[reason]:4}")
    assert set(put) == {
        "misprint", "factor-2", "bias", "missing-term", "unit", "rounding", "output-shape", "ratio-direction",
    }  # fmt: skip
    assert Fraction(caught.total(), put.total()) >= Fraction(97, 100)
    assert Fraction(named.total(), caught.total()) >= Fraction(90, 100)
    assert others == 0


def test_a_reader_who_sees_nothing_catches_nothing():
    """Control: the counts are the reader's."""
    put, caught, named, _ = counted(lambda text: [], chapters=2)
    assert put.total() > 5
    assert (caught.total(), named.total()) == (0, 0)


def _names(finding, reason):
    """A total without its last part may be told as a wrong total."""
    return finding.reason == reason or (reason == "missing-term" and finding.reason == "total")
