"""How well findings agree with what a perfect proof-reader would find: recall, precision, values, reasons."""

from __future__ import annotations

import tomllib
from collections import Counter
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path

from convcost.claims.documents import read
from convcost.claims.proofread import proofread

KINDS = {"md": "markdown", "txt": "text", "tex": "latex", "html": "html", "ipynb": "notebook"}
RIGHT = ("holds", "holds-rounded")


@dataclass
class Score:
    """Counts over snippets; ``reasons`` counts (reason, named right) of the wrong claims that were found."""

    wrong: int = 0
    found: int = 0
    computed: int = 0
    reasoned: int = 0
    false_alarms: list[str] = field(default_factory=list)
    missed: list[str] = field(default_factory=list)
    right: int = 0
    right_found: int = 0
    reasons: Counter = field(default_factory=Counter)

    @property
    def recall(self):
        return Fraction(self.found, self.wrong or 1)

    @property
    def precision(self):
        return Fraction(self.found, (self.found + len(self.false_alarms)) or 1)

    def __add__(self, other):
        return Score(
            *(getattr(self, name) + getattr(other, name) for name in self.__dataclass_fields__),
        )

    def __str__(self):
        found = self.found or 1
        return (
            f"recall {self.found}/{self.wrong} = {float(self.recall):.3f}, precision {float(self.precision):.3f} "
            f"({len(self.false_alarms)} false alarms), right value {self.computed / found:.3f}, "
            f"right reason {self.reasoned / found:.3f}, right claims found {self.right_found}/{self.right}"
        )


def snippets(path: Path):
    """The snippets of a corpus file."""
    return tomllib.loads(path.read_text(encoding="utf-8"))["snippet"]


def judged(snippet):
    """The findings of a snippet."""
    return list(proofread(read(snippet["text"], snippet["id"], KINDS[snippet.get("kind", "md")])))


def score(snippet, findings) -> Score:
    """Expected claims of a snippet against findings; what is left over and called wrong is a false alarm."""
    result = Score()
    left = list(findings)
    for claim, finding in _paired(snippet.get("claim", []), left):
        if claim["verdict"] == "wrong":
            _count_wrong(result, snippet, claim, finding)
        elif finding is not None and finding.verdict == "wrong":
            result.false_alarms.append(f"{snippet['id']}: {claim['printed']} {finding.explanation}")
        else:
            result.right += claim["verdict"] in RIGHT
            result.right_found += finding is not None and finding.verdict in RIGHT and claim["verdict"] in RIGHT
    result.false_alarms += [
        f"{snippet['id']}: {finding.text!r} {finding.explanation}" for finding in left if finding.verdict == "wrong"
    ]
    return result


def _paired(claims, left):
    """Each claim with its finding, by the printed number; findings that are used up leave ``left``."""
    pairs = [(claim, _take(left, claim, exact=True)) for claim in claims]
    return [(claim, found if found is not None else _take(left, claim, exact=False)) for claim, found in pairs]


def _take(left, claim, *, exact):
    printed = claim["printed"].strip()
    fitting = [
        finding
        for finding in left
        if (finding.printed.strip() == printed if exact else _overlap(finding.printed.strip(), printed))
    ]
    if not fitting:
        return None
    wrong = claim["verdict"] == "wrong"
    best = min(fitting, key=lambda finding: (finding.verdict == "wrong") != wrong)
    left.remove(best)
    return best


def _overlap(a, b):
    return bool(a) and (a in b or b in a)


def _count_wrong(result, snippet, claim, finding):
    result.wrong += 1
    if finding is None or finding.verdict != "wrong":
        result.missed.append(f"{snippet['id']}: {claim['printed']} ({claim['reason']})")
        return
    result.found += 1
    result.computed += _same(claim["computed"], finding.computed)
    named = finding.reason in (claim["reason"], *claim.get("also", []))
    result.reasoned += named
    result.reasons[claim["reason"], named] += 1


def _same(expected, computed):
    """Equal as numbers (a decimal that was rounded for the corpus within its rounding), or as words."""
    try:
        value = Fraction(str(expected).replace(",", ""))
    except ValueError:
        return _words(expected) == _words(computed)
    if isinstance(computed, str) or computed is None:
        return _words(expected) == _words(computed)
    decimals = len(str(expected).partition(".")[2]) if "." in str(expected) else 0
    return abs(Fraction(computed) - value) <= (Fraction(1, 2 * 10**decimals) if decimals else 0)


def _words(value):
    return str(value).replace(" ", "").replace("×", "x").replace("*", "x").lower()
